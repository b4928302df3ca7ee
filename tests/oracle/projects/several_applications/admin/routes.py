from fastapi import APIRouter, Depends

from .deps import get_current_user

router = APIRouter(prefix="/users")


@router.get("/")
def users(user=Depends(get_current_user)):
    return user
