from enum import Enum

from fastapi import APIRouter, Depends, FastAPI

import config
from config import API, ITEMS, Paths, settings

app = FastAPI()
NAME = "things"
router = APIRouter(prefix=f"{API}/{NAME}")
users = APIRouter(prefix=settings.API_V1 + "/users")


@app.get("/v1" + ITEMS)
@app.get(ITEMS)
@app.post(
    f"{config.API}{ITEMS}/"
    "{item_id}"
)
def several(item_id: int = 0):
    return item_id


@router.get("/%s" % NAME)
def percent():
    return None


@router.get(Paths.LIST.value)
def from_enum():
    return None


@router.get(path="/{}/x".format(NAME))
def from_format():
    return None


@router.get(
    "/{thing_id:path}"
)

async def converter(
    thing_id: str,
):
    return thing_id


@users.get("")
def empty():
    return None


@users.get("/{user_id}/items/{item_id}")
def nested(user_id: int, item_id: int):
    return None


app.include_router(router)
app.include_router(users, prefix=settings.ROOT)
app.include_router(users, prefix=config.settings.ROOT + "/second")
