from typing import ClassVar

from fastapi import APIRouter, Depends
from fastapi_utils.cbv import cbv


def get_db():
    return "db"


def get_current_user(db=Depends(get_db)):
    return db


def guard():
    return None


router = APIRouter(prefix="/items", dependencies=[Depends(guard)])
second = APIRouter()


class Base:
    user: str = Depends(get_current_user)


@cbv(router)
class Items(Base):
    kind: ClassVar[str] = "item"
    db: str = Depends(get_db)

    @router.get("/")
    def read(self):
        return self.db

    @router.post("/{item_id}", dependencies=[Depends(guard)])
    def write(self, item_id: int, more=Depends(get_db)):
        return item_id


@cbv(second)
class Things:
    def __init__(self, db: str = Depends(get_db)):
        self.db = db

    @second.get("/things")
    async def things(self):
        return self.db
