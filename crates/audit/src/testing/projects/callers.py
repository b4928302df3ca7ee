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
