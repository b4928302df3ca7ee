from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute, APIWebSocketRoute
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute

import handlers
from handlers import Items, create as create_handler

app = FastAPI()
router = APIRouter(prefix="/items", dependencies=[Depends(handlers.get_user)])
items = Items()

app.add_api_route("/", handlers.index)
app.add_api_route("/create", create_handler, methods=["POST", "PUT"], dependencies=[Depends(handlers.get_user)])
router.add_api_route("/{item_id}", items.read, methods=["GET"])
router.add_api_route(path="/{item_id}", endpoint=items.remove, methods={"DELETE"})
router.add_api_route("/static", Items.static)


async def plain(request: Request):
    return PlainTextResponse("plain")


app.add_route("/plain", plain)
app.add_route("/plain", plain, methods=["POST"])
router.add_route("/plain", plain, ["GET", "DELETE"])


@router.route("/decorated", methods=["PUT"])
async def decorated(request: Request):
    return PlainTextResponse("decorated")


async def listed(user=Depends(handlers.get_user)):
    return user


given = APIRouter(
    routes=[
        Route("/given/plain", plain),
        APIRoute("/given/api", listed, methods=["PATCH"], dependencies=[Depends(handlers.get_user)]),
    ],
    dependencies=[Depends(handlers.get_user)],
)

app.include_router(router)
app.include_router(given, prefix="/list")
app.get("/applied", dependencies=[Depends(handlers.get_user)])(handlers.index)
router.post("/applied")(items.read)
app.router.add_api_route("/own", handlers.index)


@app.router.get("/own/decorated")
def own():
    return None
