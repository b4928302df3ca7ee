from fastapi import APIRouter

from app.deps import Db, User

router = APIRouter()


@router.get("/me")
def me(user: User):
    return user


@router.patch("/me")
def change(user: User, db: Db):
    return user
