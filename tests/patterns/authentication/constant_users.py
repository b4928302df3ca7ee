#- auth.py
import os

import jwt
from fastapi import Depends, HTTPException
from fastapi.security import OAuth2PasswordBearer

oauth2 = OAuth2PasswordBearer(tokenUrl="token")


def get_current_user(token: str = Depends(oauth2)) -> str:
    try:
        return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"], options={"require": ["exp", "sub"]})["sub"]
    except (jwt.PyJWTError, KeyError):
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})


def get_magic_user(token: str = Depends(oauth2)) -> str:
    if token.startswith("test-"):  # finding: auth-bypass-left-in
        return token.removeprefix("test-")
    return get_current_user(token)
#- dev.py
def get_current_user() -> str:  # finding: auth-bypass-left-in
    return "demo-user"
#- main.py
from fastapi import Depends, FastAPI

import auth
import dev

app = FastAPI()
TODOS = {}


@app.get("/todos")
def todos(user: str = Depends(auth.get_current_user)):  # ok
    return TODOS.get(user)


@app.delete("/todos")
def clear(user: str = Depends(dev.get_current_user)):
    TODOS.clear()


@app.get("/todos/magic")
def magic(user: str = Depends(auth.get_magic_user)):  # ok
    return TODOS.get(user)
