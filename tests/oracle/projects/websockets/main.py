from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Query, WebSocket, WebSocketException
from starlette.websockets import WebSocketDisconnect


async def get_token(websocket: WebSocket, token: str = Query("")):
    return token


async def guard(token=Depends(get_token)):
    return token


app = FastAPI(dependencies=[Depends(guard)])
router = APIRouter(prefix="/rooms", dependencies=[Depends(get_token)])
User = Annotated[str, Depends(get_token)]


@app.websocket("/ws")
async def root(websocket: WebSocket):
    await websocket.accept()


@router.websocket("/{room}/ws", dependencies=[Depends(guard)])
async def room(websocket: WebSocket, room: str, user: User):
    await websocket.accept()


@router.websocket_route("/plain")
async def plain(websocket: WebSocket):
    await websocket.accept()


async def added(websocket: WebSocket, user: User):
    await websocket.accept()


app.add_api_websocket_route("/added", added)
router.add_api_websocket_route("/added", endpoint=added, dependencies=[Depends(guard)])
app.include_router(router, prefix="/v1")


@app.get("/page")
def page():
    return None
