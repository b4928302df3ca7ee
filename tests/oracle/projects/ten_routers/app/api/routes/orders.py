from fastapi import APIRouter, Security

from app.deps import get_current_user

router = APIRouter()


@router.get("/", dependencies=[Security(get_current_user, scopes=["orders"])])
def read():
    return []
