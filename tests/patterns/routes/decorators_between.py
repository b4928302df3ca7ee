#- security.py
import os

import jwt
from fastapi import Depends, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel

bearer = HTTPBearer()


class CurrentUser(BaseModel):
    id: int
    is_admin: bool = False


def verify_token(token: str) -> dict:
    try:
        return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"], options={"require": ["exp", "sub"]})
    except jwt.PyJWTError:
        raise HTTPException(status_code=401, detail="Not authenticated", headers={"WWW-Authenticate": "Bearer"})


def get_current_user(credentials: HTTPAuthorizationCredentials = Depends(bearer)) -> CurrentUser:
    claims = verify_token(credentials.credentials)
    try:
        return CurrentUser(id=int(claims["sub"]), is_admin=claims.get("is_admin", False))
    except (KeyError, ValueError):
        raise HTTPException(status_code=401, detail="Not authenticated", headers={"WWW-Authenticate": "Bearer"})
#- main.py
from fastapi import Depends, FastAPI, Request
from fastapi_cache.decorator import cache
from slowapi import Limiter
from slowapi.util import get_remote_address

from security import CurrentUser, get_current_user

app = FastAPI()
limiter = Limiter(key_func=get_remote_address)
ROWS = {}


@app.post("/a")
@limiter.limit("5/minute")
def limited(request: Request, name: str, user: CurrentUser = Depends(get_current_user)):  # ok
    ROWS[name] = user.id


@app.post("/b")  # finding: route-without-auth
@limiter.limit("5/minute")
def limited_open(request: Request, name: str):
    ROWS[name] = 1


@app.get("/c")
@cache(expire=60)
def cached(user: CurrentUser = Depends(get_current_user)):  # ok
    return "the same for everybody"
