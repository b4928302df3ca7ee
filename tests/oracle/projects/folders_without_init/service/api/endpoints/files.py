from fastapi import APIRouter, Depends

import service.api.deps

router = APIRouter()


@router.get("/")
def read(user=Depends(service.api.deps.get_user)):
    return user
