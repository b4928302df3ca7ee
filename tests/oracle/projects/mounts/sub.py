from fastapi import APIRouter, FastAPI

api = FastAPI()
inner = FastAPI()
router = APIRouter(prefix="/things")


@router.get("/{thing_id}")
def thing(thing_id: int):
    return thing_id


@inner.get("/deep")
def deep():
    return None


api.include_router(router)
