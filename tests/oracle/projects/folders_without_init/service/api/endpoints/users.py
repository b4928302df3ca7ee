from fastapi import APIRouter, Depends

from service.api import deps

router = APIRouter()


@router.get("/")
def read(user=Depends(deps.get_user)):
    return user
