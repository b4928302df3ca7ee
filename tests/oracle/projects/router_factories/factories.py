from fastapi import APIRouter, Depends


def make_router(prefix: str, dependency) -> APIRouter:
    router = APIRouter(prefix=prefix, dependencies=[Depends(dependency)])

    @router.get("/")
    def index(value=Depends(dependency)):
        return value

    return router


def make_crud(name: str):
    router = APIRouter()

    async def read():
        return name

    router.add_api_route(f"/{name}", read)
    return router


def versioned(version: int, inner: APIRouter) -> APIRouter:
    outer = APIRouter(prefix=f"/v{version}")
    outer.include_router(inner)
    return outer
