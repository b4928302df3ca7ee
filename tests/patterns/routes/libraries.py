#- begins as callers
#- users.py
import uuid

from fastapi import Depends
from fastapi_users import FastAPIUsers
from fastapi_users.authentication import AuthenticationBackend, BearerTransport, JWTStrategy

import os


def strategy() -> JWTStrategy:
    return JWTStrategy(secret=os.environ["BETTER_AUTH_SECRET"], lifetime_seconds=3600)


backend = AuthenticationBackend(name="jwt", transport=BearerTransport(tokenUrl="auth/login"), get_strategy=strategy)
fastapi_users = FastAPIUsers(lambda: None, [backend])
active = fastapi_users.current_user(active=True)
perhaps = fastapi_users.current_user(optional=True)
#- main.py
import os

from fastapi import Depends, FastAPI, Security
from fastapi_jwt import JwtAccessBearer, JwtAuthorizationCredentials
from fastapi_jwt_auth import AuthJWT  # finding: jwt-library-unmaintained

from users import active, perhaps

app = FastAPI()
access = JwtAccessBearer(secret_key=os.environ["BETTER_AUTH_SECRET"])
ROWS = {}


@app.post("/a")
def with_users(name: str, user=Depends(active)):  # ok
    ROWS[name] = user.id


@app.delete("/b")  # todo-finding: route-without-auth
def with_optional(user=Depends(perhaps)):
    ROWS.clear()


@app.post("/c")
def with_fastapi_jwt(name: str, credentials: JwtAuthorizationCredentials = Security(access)):  # ok
    ROWS[name] = credentials["id"]


@app.post("/d")
def with_auth_jwt(name: str, Authorize: AuthJWT = Depends()):  # ok
    """Adds a row.

    The name has to be new.
    """
    Authorize.jwt_required()
    ROWS[name] = Authorize.get_jwt_subject()


@app.post("/e")  # todo-finding: route-without-auth
def forgotten_auth_jwt(name: str, Authorize: AuthJWT = Depends()):
    """Adds a row."""
    ROWS[name] = 1
