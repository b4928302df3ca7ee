from fastapi import APIRouter

router = APIRouter(prefix="/metrics")


@router.get("")
def metrics():
    return ""
