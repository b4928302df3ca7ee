from fastapi import APIRouter, Depends

from app import deps
from . import comments

router = APIRouter()


def owned(item_id: int, user: deps.User, db: deps.Db):
    return item_id


@router.get("/")
def read_all(db: deps.Db):
    return []


@router.get("/{item_id}")
def read(item=Depends(owned)):
    return item


@router.delete("/{item_id}", dependencies=[Depends(deps.admin)])
def remove(item=Depends(owned)):
    return item


router.include_router(comments.router, prefix="/{item_id}/comments", dependencies=[Depends(owned)])
