from fastapi import APIRouter

router = APIRouter()


@router.get("/")
def accounts():
    return []
