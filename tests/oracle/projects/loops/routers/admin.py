from fastapi import APIRouter, Depends


def admin():
    return None


router = APIRouter(prefix="/admin", dependencies=[Depends(admin)])


@router.get("/")
def index():
    return []
