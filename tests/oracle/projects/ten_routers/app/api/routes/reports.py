from fastapi import APIRouter

router = APIRouter()


@router.get("/")
def reports():
    return []


@router.websocket("/live")
async def live(websocket):
    return None
