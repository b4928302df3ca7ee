#- deps.py
import os
from typing import Annotated

import jwt
from fastapi import Depends, HTTPException
from fastapi.security import OAuth2PasswordBearer
from pydantic import BaseModel


class User(BaseModel):
    id: str
    role: str
    email: str


def current_user(token: str = Depends(OAuth2PasswordBearer(tokenUrl="token"))) -> User:
    try:
        claims = jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"], options={"require": ["exp", "sub"]})
        return User(id=claims["sub"], role=claims["role"], email=claims["email"])
    except (jwt.PyJWTError, KeyError):
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})


def admin(user: Annotated[User, Depends(current_user)]) -> User:
    if user.role != "admin":
        raise HTTPException(403)
    return user


def admin_by_mail(user: Annotated[User, Depends(current_user)]) -> User:
    if "admin" not in user.email:
        raise HTTPException(403)
    return user


def admin_by_text(user: Annotated[User, Depends(current_user)]) -> User:
    if user.role not in "admin,superadmin":
        raise HTTPException(403)
    return user


def admin_by_tuple(user: Annotated[User, Depends(current_user)]) -> User:
    if user.role not in ("admin", "superadmin"):  # ok
        raise HTTPException(403)
    return user


def admin_by_prefix(user: Annotated[User, Depends(current_user)]) -> User:
    if not user.email.startswith("admin"):
        raise HTTPException(403)
    return user
#- main.py
from typing import Annotated

from fastapi import Depends, FastAPI

import deps

app = FastAPI()
USERS = {}


@app.delete("/admin/users/{user_id}", dependencies=[Depends(deps.admin)])
def remove(user_id: str):  # ok
    USERS.pop(user_id)


@app.delete("/admin/everyone")  # finding: admin-route-without-role-check
def remove_everyone(user: Annotated[deps.User, Depends(deps.current_user)]):
    USERS.clear()


@app.delete("/admin/a/{user_id}", dependencies=[Depends(deps.admin_by_mail)])  # finding: admin-route-without-role-check
def by_mail(user_id: str):
    USERS.pop(user_id)


@app.delete("/admin/b/{user_id}", dependencies=[Depends(deps.admin_by_text)])  # finding: admin-route-without-role-check
def by_text(user_id: str):
    USERS.pop(user_id)


@app.delete("/admin/c/{user_id}", dependencies=[Depends(deps.admin_by_tuple)])
def by_tuple(user_id: str):  # ok
    USERS.pop(user_id)


@app.delete("/admin/d/{user_id}", dependencies=[Depends(deps.admin_by_prefix)])  # finding: admin-route-without-role-check
def by_prefix(user_id: str):
    USERS.pop(user_id)
