from fastapi import APIRouter

from .deps import *

__all__ = ["router", "get_user", "PREFIX"]
PREFIX = "/users"
router = APIRouter(prefix=PREFIX)


@router.get("/me")
def me(user=Depends(get_user)):
    return user
