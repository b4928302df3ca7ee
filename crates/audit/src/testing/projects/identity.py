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


async def get_current_user(credentials: HTTPAuthorizationCredentials = Depends(bearer)) -> CurrentUser:
    try:
        claims = jwt.decode(
            credentials.credentials,
            os.environ["BETTER_AUTH_SECRET"],
            algorithms=["HS256"],
            options={"require": ["exp", "sub"]},
        )
        return CurrentUser(id=int(claims["sub"]), is_admin=claims.get("is_admin", False))
    except (jwt.PyJWTError, ValueError):
        raise HTTPException(status_code=401, detail="Not authenticated", headers={"WWW-Authenticate": "Bearer"})
