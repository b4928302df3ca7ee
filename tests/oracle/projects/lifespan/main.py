from contextlib import asynccontextmanager

from fastapi import APIRouter, Depends, FastAPI

late = APIRouter(prefix="/late")
startup = APIRouter(prefix="/startup")


def ready():
    return True


@late.get("/")
def read_late(value=Depends(ready)):
    return value


@startup.get("/")
def read_startup():
    return None


@asynccontextmanager
async def lifespan(application: FastAPI):
    application.include_router(late, dependencies=[Depends(ready)])
    application.add_api_route("/added", read_startup)
    connect(application)
    yield


def connect(application):
    application.include_router(startup)


app = FastAPI(lifespan=lifespan)


@app.get("/early")
def early():
    return None
