#- security.py
import os

import jwt
from fastapi import Depends, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

bearer = HTTPBearer()


async def is_valid(token: str) -> bool:
    try:
        jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"], options={"require": ["exp"]})
    except jwt.PyJWTError:
        return False
    return True


async def guarded(credentials: HTTPAuthorizationCredentials = Depends(bearer)) -> None:
    if not await is_valid(credentials.credentials):
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})


async def unguarded(credentials: HTTPAuthorizationCredentials = Depends(bearer)) -> None:
    if not is_valid(credentials.credentials):  # finding: auth-fails-open
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
#- main.py
from fastapi import Depends, FastAPI

from security import guarded, unguarded

app = FastAPI()
FILES = {}


@app.delete("/files", dependencies=[Depends(guarded)])
async def remove_all():  # ok
    FILES.clear()


@app.delete("/files/fast", dependencies=[Depends(unguarded)])
async def remove_all_fast():
    FILES.clear()
