from fastapi import APIRouter, Depends

from shop.deps import get_current_user

router = APIRouter(prefix="/orders")


@router.get("/")
def orders(user=Depends(get_current_user)):
    return user
