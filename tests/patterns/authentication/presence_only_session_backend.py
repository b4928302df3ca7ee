#- backend.py
import os

import jwt
from starlette.authentication import AuthCredentials, AuthenticationBackend, SimpleUser, UnauthenticatedUser


class TokenBackend(AuthenticationBackend):
    """A bad token makes the caller anonymous."""

    async def authenticate(self, conn):
        header = conn.headers.get("Authorization")
        if not header:
            return AuthCredentials([]), UnauthenticatedUser()
        try:
            claims = jwt.decode(header.removeprefix("Bearer "), os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
        except jwt.PyJWTError:
            return AuthCredentials([]), UnauthenticatedUser()
        return AuthCredentials(["authenticated"]), SimpleUser(claims["sub"])
#- deps.py
from fastapi import HTTPException, Request


def header_is_there(request: Request) -> None:
    if not request.headers.get("Authorization"):  # finding: scheme-without-verification
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})


def logged_in(request: Request):
    if not request.user.is_authenticated:
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    return request.user
#- main.py
from fastapi import Depends, FastAPI
from starlette.middleware.authentication import AuthenticationMiddleware

from backend import TokenBackend
from deps import header_is_there, logged_in

app = FastAPI()
app.add_middleware(AuthenticationMiddleware, backend=TokenBackend())
REPORTS = {}


@app.get("/reports", dependencies=[Depends(logged_in)])
def reports():  # ok
    return REPORTS


@app.delete("/reports/{name}", dependencies=[Depends(header_is_there)])
def remove(name: str):
    REPORTS.pop(name)
