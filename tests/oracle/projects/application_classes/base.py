from fastapi import APIRouter, Depends, FastAPI

health = APIRouter(prefix="/health")


@health.get("/")
def check():
    return None


def authenticated():
    return None


class Service(FastAPI):
    def __init__(self, root: str, **kwargs):
        super().__init__(dependencies=[Depends(authenticated)], **kwargs)
        self.root = root
        self.setup_routers()

    def setup_routers(self) -> None:
        self.include_router(health, prefix=self.root)
