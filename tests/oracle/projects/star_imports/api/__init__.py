from fastapi import APIRouter

from .users import *
from .users import router as users_router

router = APIRouter()


@router.get("/")
def index():
    return PREFIX


router.include_router(users_router, prefix="/again")
