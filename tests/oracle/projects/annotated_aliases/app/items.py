from fastapi import APIRouter

from .deps import *

router = APIRouter(prefix="/items")


@router.get("")
def read(db: SessionDep, user: CurrentUser):
    return user


@router.post("/")
def create(user: Superuser, db: SessionDep):
    return user
