#- main.py
import os
from typing import Annotated

import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPBearer

type Rows[T] = dict[str, T]
app = FastAPI()
ROWS: Rows[int] = {}


def first[T](items: list[T]) -> T:
    return items[0]


def user(credentials=Depends(HTTPBearer())) -> str:
    try:
        claims = jwt.decode(credentials.credentials, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"], options={"require": ["exp", "sub"]})
    except jwt.PyJWTError, KeyError:
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    return f"{claims["sub"]}"


type User = Annotated[str, Depends(user)]


@app.post("/rows")
def add(name: str, user: User):  # ok
    ROWS[name] = 1


@app.delete("/rows")  # finding: route-without-auth
def clear():
    ROWS.clear()
