from fastapi import APIRouter, Depends


def get_user():
    return None


class Attribute:
    router = APIRouter()

    @router.get("/class")
    @staticmethod
    def in_class(user=Depends(get_user)):
        return user


class Users:
    def __init__(self, db):
        self.db = db
        self.router = APIRouter(prefix="/users", dependencies=[Depends(get_user)])
        self.router.add_api_route("/", self.read, methods=["GET"])
        self.register()

    def register(self):
        self.router.add_api_route("/{user_id}", self.read_one, methods=["GET"])

        @self.router.post("/")
        def create(user=Depends(get_user)):
            return self.db

    def read(self, user=Depends(get_user)):
        return user

    def read_one(self, user_id: int):
        return user_id


class Health:
    def __init__(self, path: str) -> None:
        self.router = APIRouter()
        self.path = path
        self._add()

    def _add(self) -> None:
        self.router.add_api_route(self.path, self.check)

    async def check(self):
        return "ok"


class Api:
    def build(self) -> APIRouter:
        router = APIRouter(prefix="/built")

        @router.get("/")
        def built():
            return None

        return router


api = Api()
