from fastapi import APIRouter, Depends

from ..deps import verify

router = APIRouter(dependencies=[Depends(verify)])


@router.get("/{order_id}")
def order(order_id: int):
    return order_id
