"""Tokens with python-jose, which forgives what other libraries refuse."""

import os
from datetime import UTC, datetime, timedelta

from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer
from jose import JWTError, jwt

SECRET_KEY = os.getenv("JWT_SECRET")
REFRESH_SECRET_KEY = "9a1f0c7be2d44a53"

app = FastAPI()
oauth2_scheme = OAuth2PasswordBearer(tokenUrl="login")


def create_access_token(user_id: int, expires_delta: timedelta | None = None) -> str:
    payload = {"sub": str(user_id)}
    if expires_delta:
        payload["exp"] = datetime.now(UTC) + expires_delta
    return jwt.encode(payload, SECRET_KEY, algorithm="HS256")


def create_refresh_token(user_id: int) -> str:
    payload = {"sub": str(user_id), "exp": datetime.now(UTC) + timedelta(days=7)}
    return jwt.encode(payload, REFRESH_SECRET_KEY, algorithm="HS256")


def read_access_token(token: str) -> dict:
    # Whatever algorithm the token's own header names is accepted.
    return jwt.decode(token, SECRET_KEY, algorithms=None)


def read_refresh_token(token: str) -> dict:
    # Yesterday's refresh token is as good as today's.
    return jwt.decode(token, REFRESH_SECRET_KEY, algorithms=["HS256"], options={"verify_exp": False})


def get_current_user_id(token: str = Depends(oauth2_scheme)) -> int:
    try:
        return int(read_access_token(token)["sub"])
    except (JWTError, KeyError, ValueError) as error:
        raise HTTPException(401, detail=str(error), headers={"WWW-Authenticate": "Bearer"})


@app.post("/refresh")
def refresh(refresh_token: str) -> dict[str, str]:
    try:
        claims = read_refresh_token(refresh_token)
    except JWTError:
        raise HTTPException(401, detail="Invalid token", headers={"WWW-Authenticate": "Bearer"})
    return {"access_token": create_access_token(int(claims["sub"])), "token_type": "bearer"}


@app.get("/me")
def me(user_id: int = Depends(get_current_user_id)) -> dict[str, int]:
    return {"id": user_id}
