#- deps.py
import os
import secrets

import jwt
from fastapi import Depends, Header, HTTPException, Request
from fastapi.security import HTTPBearer

bearer = HTTPBearer(auto_error=False)


def verified(request: Request, credentials=Depends(bearer)) -> str:
    if credentials is None:
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    try:
        return jwt.decode(credentials.credentials, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"], options={"require": ["exp", "sub"]})["sub"]
    except (jwt.PyJWTError, KeyError):
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})


def local_or_verified(request: Request, credentials=Depends(bearer)) -> str:
    if request.client.host == "127.0.0.1":  # finding: auth-bypass-left-in
        return "local"
    return verified(request, credentials)


def forwarded_or_verified(request: Request, credentials=Depends(bearer)) -> str:
    if request.headers.get("X-Forwarded-For", "").startswith("10."):  # finding: auth-bypass-left-in
        return "internal"
    return verified(request, credentials)


def internal_or_verified(request: Request, x_internal: str | None = Header(None), credentials=Depends(bearer)) -> str:
    if x_internal == "true":  # finding: auth-bypass-left-in
        return "internal"
    return verified(request, credentials)


def debug_or_verified(request: Request, debug: bool = False, credentials=Depends(bearer)) -> str:
    if debug:  # finding: auth-bypass-left-in
        return "debug"
    return verified(request, credentials)


def only_referer(request: Request) -> None:
    if not request.headers.get("referer", "").startswith("https://app.example.com"):
        raise HTTPException(403)


def only_secret(x_api_key: str = Header()) -> None:
    if not secrets.compare_digest(x_api_key, os.environ["API_KEY"]):
        raise HTTPException(401)  # finding: auth-missing-www-authenticate
#- main.py
from fastapi import Depends, FastAPI

import deps

app = FastAPI()
JOBS = {}


@app.post("/a", dependencies=[Depends(deps.verified)])
def a(name: str):  # ok
    JOBS[name] = 1


@app.post("/b", dependencies=[Depends(deps.local_or_verified)])
def b(name: str):
    JOBS[name] = 1


@app.post("/c", dependencies=[Depends(deps.forwarded_or_verified)])
def c(name: str):
    JOBS[name] = 1


@app.post("/d", dependencies=[Depends(deps.internal_or_verified)])
def d(name: str):
    JOBS[name] = 1


@app.post("/e", dependencies=[Depends(deps.debug_or_verified)])
def e(name: str):
    JOBS[name] = 1


@app.post("/f", dependencies=[Depends(deps.only_referer)])  # finding: route-without-auth
def f(name: str):
    JOBS[name] = 1


@app.post("/g", dependencies=[Depends(deps.only_secret)])
def g(name: str):  # ok
    JOBS[name] = 1
