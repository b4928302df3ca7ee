#- phase_1/auth.py
import os

import jwt
from fastapi import Depends, HTTPException
from fastapi.security import OAuth2PasswordBearer


def get_current_user(token: str = Depends(OAuth2PasswordBearer(tokenUrl="token"))) -> str:
    try:
        return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"], options={"require": ["exp", "sub"]})["sub"]
    except (jwt.PyJWTError, KeyError):
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
#- phase_1/main.py
from fastapi import Depends, FastAPI

from auth import get_current_user

app = FastAPI()
ROWS = {}


@app.post("/rows", dependencies=[Depends(get_current_user)])
def add(name: str):  # ok
    ROWS[name] = 1
#- phase_2/auth.py
def get_current_user() -> str:  # finding: auth-bypass-left-in
    return "somebody"
#- phase_2/main.py
from fastapi import Depends, FastAPI

from auth import get_current_user

app = FastAPI()
ROWS = {}


@app.post("/rows", dependencies=[Depends(get_current_user)])
def add(name: str):
    ROWS[name] = 1
