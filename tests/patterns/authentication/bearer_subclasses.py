#- security.py
import os

import jwt
from fastapi import HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer


class JWTBearer(HTTPBearer):
    async def __call__(self, request: Request):
        credentials: HTTPAuthorizationCredentials = await super().__call__(request)
        if not self.verify(credentials.credentials):
            raise HTTPException(401, "Invalid token", headers={"WWW-Authenticate": "Bearer"})
        return credentials.credentials

    def verify(self, token: str) -> bool:
        try:
            jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"], options={"require": ["exp"]})
        except jwt.PyJWTError:
            return False
        return True


class HalfFinishedBearer(HTTPBearer):
    async def __call__(self, request: Request):
        credentials: HTTPAuthorizationCredentials = await super().__call__(request)
        # if not self.verify(credentials.credentials):
        #     raise HTTPException(401, "Invalid token")
        return credentials.credentials  # finding: scheme-without-verification


class SchemeOnlyBearer(HTTPBearer):
    async def __call__(self, request: Request):
        credentials: HTTPAuthorizationCredentials = await super().__call__(request)
        if credentials.scheme != "Bearer":
            raise HTTPException(401, "Wrong scheme", headers={"WWW-Authenticate": "Bearer"})
        return credentials.credentials  # finding: scheme-without-verification
#- main.py
from fastapi import Depends, FastAPI

from security import HalfFinishedBearer, JWTBearer, SchemeOnlyBearer

app = FastAPI()
POSTS = []


@app.post("/a", dependencies=[Depends(JWTBearer())])
def add(text: str):  # ok
    POSTS.append(text)


@app.post("/b", dependencies=[Depends(HalfFinishedBearer())])
def add_half(text: str):
    POSTS.append(text)


@app.post("/c", dependencies=[Depends(SchemeOnlyBearer())])
def add_scheme(text: str):
    POSTS.append(text)
