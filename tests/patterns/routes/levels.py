#- begins as callers
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
