from fastapi import APIRouter

from app.deps import Db, User, admin

router = APIRouter()


@router.get("/users")
def users(db: Db, user: User):
    return []


@router.api_route("/maintenance", methods=["PUT", "DELETE"])
def maintenance():
    return None
