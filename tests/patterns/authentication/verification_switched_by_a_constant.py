#- config.py
VERIFY_SIGNATURE = False
CHECK = True
#- main.py
import os

import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPBearer

import config

app = FastAPI()
bearer = HTTPBearer()


def claims(credentials=Depends(bearer)):
    try:
        return jwt.decode(
            credentials.credentials,
            os.environ["BETTER_AUTH_SECRET"],
            algorithms=["HS256"],
            options={"verify_signature": config.CHECK, "require": ["exp"]},  # ok
        )
    except jwt.PyJWTError:
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})


def open_claims(credentials=Depends(bearer)):
    try:
        return jwt.decode(  # finding: jwt-signature-not-verified
            credentials.credentials,
            os.environ["BETTER_AUTH_SECRET"],
            algorithms=["HS256"],
            options={"verify_signature": config.VERIFY_SIGNATURE, "require": ["exp"]},
        )
    except jwt.PyJWTError:
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})


@app.get("/a")
def a(claims=Depends(claims)):
    return claims.get("sub")  # finding: jwt-subject-not-checked


@app.get("/b")
def b(claims=Depends(open_claims)):
    return claims.get("sub")  # finding: jwt-subject-not-checked
