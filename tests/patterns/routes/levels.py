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
#- routers/__init__.py
from fastapi import APIRouter

from . import admin, jobs, open_jobs

api = APIRouter(prefix="/api")
api.include_router(jobs.router)
api.include_router(admin.router)
never_mounted = APIRouter()
#- routers/jobs.py
from fastapi import APIRouter, Depends

from security import get_current_user

router = APIRouter(prefix="/jobs", dependencies=[Depends(get_current_user)])
JOBS = {}


@router.post("/")
def add(name: str):  # ok
    JOBS[name] = 1
#- routers/admin.py
from fastapi import APIRouter

router = APIRouter(prefix="/cleanup")
JOBS = {}


@router.delete("/")
def clear():  # ok
    JOBS.clear()
#- routers/open_jobs.py
from fastapi import APIRouter

router = APIRouter(prefix="/open")
JOBS = {}


@router.delete("/")  # finding: route-without-auth
def clear():
    JOBS.clear()
#- main.py
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI

from routers import api, open_jobs
from security import get_current_user


@asynccontextmanager
async def lifespan(app: FastAPI):
    app.include_router(open_jobs.router)
    yield


def create_app() -> FastAPI:
    app = FastAPI(lifespan=lifespan)
    app.include_router(api, prefix="/v1", dependencies=[Depends(get_current_user)])
    return app


app = create_app()
