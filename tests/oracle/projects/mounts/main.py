from fastapi import APIRouter, Depends, FastAPI
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from sub import api, inner


def guard():
    return None


def own():
    return None


async def hello(request):
    return PlainTextResponse("hello")


app = FastAPI(dependencies=[Depends(guard)])
admin = FastAPI(dependencies=[Depends(own)])
legacy = Starlette(routes=[Route("/hello", hello), Route("/send", hello, methods=["POST"])])


@app.get("/")
def root():
    return None


@admin.get("/users")
def users(value=Depends(guard)):
    return None


router = APIRouter(prefix="/router")
bare = FastAPI()


@bare.get("/bare")
def read_bare():
    return None


router.mount("/mounted", bare)
api.mount("/inner", inner)
app.mount("/admin", admin)
app.mount("/api/v1/", app=api, name="api")
app.mount("/legacy", legacy)
app.include_router(router, prefix="/prefix")
