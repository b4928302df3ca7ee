#- begins as callers
#- views.py
from fastapi import APIRouter, Depends
from fastapi_utils.cbv import cbv

from security import CurrentUser, get_current_user

router = APIRouter(prefix="/views")
VIEWS = {}


class Base:
    user: CurrentUser = Depends(get_current_user)


@cbv(router)
class Protected(Base):
    @router.post("/a")
    def add(self, name: str):  # ok
        VIEWS[name] = self.user.id
#- open_views.py
from fastapi import APIRouter, Depends
from fastapi_utils.cbv import cbv

router = APIRouter(prefix="/open")
VIEWS = {}


@cbv(router)
class Open:
    size: int = Depends(lambda: 3)

    @router.post("/b")  # finding: route-without-auth
    def add(self, name: str):
        VIEWS[name] = self.size
#- routing.py
from fastapi import APIRouter, Depends

from security import get_current_user


class ProtectedRouter(APIRouter):
    def __init__(self, *args, **kwargs):
        dependencies = list(kwargs.pop("dependencies", None) or [])
        super().__init__(*args, dependencies=[Depends(get_current_user), *dependencies], **kwargs)


class TaggedRouter(APIRouter):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, tags=["tagged"], **kwargs)
#- main.py
from fastapi import FastAPI

import open_views
from routing import ProtectedRouter, TaggedRouter
from views import router

app = FastAPI()
protected = ProtectedRouter(prefix="/protected")
tagged = TaggedRouter(prefix="/tagged")
ROWS = {}


@protected.post("/")
def add_protected(name: str):  # ok
    ROWS[name] = 1


@tagged.post("/")  # finding: route-without-auth
def add_tagged(name: str):
    ROWS[name] = 1


app.include_router(router)
app.include_router(open_views.router)
app.include_router(protected)
app.include_router(tagged)
