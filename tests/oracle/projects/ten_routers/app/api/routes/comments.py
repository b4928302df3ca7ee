from fastapi import APIRouter

from ...deps import Db, User

router = APIRouter()


@router.get("")
def read(db: Db, item_id: int):
    return []


@router.post("")
def write(db: Db, user: User, item_id: int):
    return item_id
