import os

from fastapi import APIRouter, Depends, FastAPI

from settings import settings


def guard():
    return None


app = FastAPI()
debug = APIRouter(prefix="/debug")
internal = APIRouter(prefix="/internal")
public = APIRouter(prefix="/public")
DEVELOPMENT = os.getenv("ORACLE_DEVELOPMENT") == "yes"


@debug.get("/")
def read_debug():
    return None


@internal.get("/")
def read_internal():
    return None


@public.get("/")
def read_public():
    return None


if settings.DEBUG:
    app.include_router(debug)

if DEVELOPMENT:
    app.include_router(debug, prefix="/development")
else:
    app.include_router(internal, dependencies=[Depends(guard)])

if True:
    app.include_router(public)

try:
    import missing_module
except ImportError:

    @app.get("/fallback")
    def fallback():
        return None

try:
    app.include_router(public, prefix="/tried")
except RuntimeError:
    pass

with open(os.devnull):
    app.include_router(public, prefix="/with")
