#- main.py
import os

import jwt
from fastapi import Depends, FastAPI, HTTPException, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, OAuth2PasswordBearer

app = FastAPI()
bearer = HTTPBearer()
oauth2 = OAuth2PasswordBearer(tokenUrl="token")
NOTES = {}


def read(token: str) -> dict:
    try:
        return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"], options={"require": ["exp", "sub"]})
    except jwt.PyJWTError:
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})


def verified(token: str = Depends(oauth2)) -> dict:
    return read(token)


def plain_parameter(token: str) -> dict:  # finding: token-from-unsafe-location
    return read(token)


@app.get("/a")
def proper(claims: dict = Depends(verified)):  # ok
    return NOTES.get(claims["sub"])


@app.delete("/b")
def scheme_is_default(credentials: HTTPAuthorizationCredentials = bearer):  # finding: dependency-not-declared
    read(credentials.credentials)  # finding: auth-called-manually
    NOTES.clear()


@app.delete("/c")
def only_scheme(credentials: HTTPAuthorizationCredentials = Depends(bearer)):  # finding: scheme-without-verification
    NOTES.clear()


@app.delete("/d")
def scheme_and_verification(credentials: HTTPAuthorizationCredentials = Security(bearer)):  # ok
    read(credentials.credentials)
    NOTES.clear()


@app.get("/e")
def query_token(claims: dict = Depends(plain_parameter)):  # ok
    return NOTES.get(claims["sub"])


@app.delete("/f")
def only_oauth(token: str = Depends(oauth2)):  # finding: scheme-without-verification
    NOTES.clear()
