from fastapi import APIRouter, Depends, FastAPI

from base import Service, authenticated

router = APIRouter()


@router.get("/things")
def things():
    return None


class Server:
    def __init__(self):
        self.app = FastAPI(dependencies=[Depends(authenticated)])
        self.include()
        self.routes()

    def include(self):
        self.app.include_router(router, prefix="/server")

    def routes(self):
        @self.app.get("/inside")
        def inside(user=Depends(authenticated)):
            return user

        self.app.add_api_route("/method", self.method)

    def method(self):
        return None


app = Service("/api")
server = Server()


@app.get("/own")
def own():
    return None
