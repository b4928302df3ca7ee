from fastapi import APIRouter, Depends

from ..deps import get_user

router = APIRouter()


@router.get("/")
def read(user=Depends(get_user)):
    return user
