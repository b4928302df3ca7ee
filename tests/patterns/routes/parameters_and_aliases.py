#- begins as callers
#- deps/__init__.py
from typing import Annotated

from fastapi import Depends, Security

from security import CurrentUser, get_current_user

User = Annotated[CurrentUser, Depends(get_current_user)]
Scoped = Annotated[CurrentUser, Security(get_current_user, scopes=["me"])]
Limit = Annotated[int, Depends(lambda: 10)]
REQUIRE_LOGIN = Depends(get_current_user)
#- main.py
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Security

import deps
from deps import REQUIRE_LOGIN, User
from security import CurrentUser, get_current_user

Local = Annotated[CurrentUser, Depends(get_current_user)]
router = APIRouter()
THINGS = {}


@router.post("/depends")
def depends(name: str, user: CurrentUser = Depends(get_current_user)):  # ok
    THINGS[name] = user.id


@router.post("/security")
def security(name: str, user: CurrentUser = Security(get_current_user, scopes=["things"])):  # ok
    THINGS[name] = user.id


@router.post("/local")
def local(name: str, user: Local):  # ok
    THINGS[name] = user.id


@router.post("/imported")
def imported(name: str, user: User):  # ok
    THINGS[name] = user.id


@router.post("/module")
def module(name: str, user: deps.User):  # ok
    THINGS[name] = user.id


@router.post("/scoped")
def scoped(name: str, user: deps.Scoped):  # ok
    THINGS[name] = user.id


@router.post("/unused")
def unused(name: str, _auth: User):  # ok
    THINGS[name] = True


@router.post("/user_id")
def user_id_is_a_dependency(name: str, user_id: User):  # ok
    THINGS[name] = user_id.id


@router.post("/list", dependencies=[Depends(get_current_user)])
def in_list(name: str):  # ok
    THINGS[name] = True


@router.post("/constant", dependencies=[REQUIRE_LOGIN])
def constant(name: str):  # ok
    THINGS[name] = True


@router.post(
    "/broken/over/lines",
    dependencies=[
        REQUIRE_LOGIN,
    ],
)

def over_lines(
    name: str,
):  # ok
    THINGS[name] = True


@router.post("/other", dependencies=[Depends(lambda: None)])  # finding: route-without-auth
def other_dependency(name: str):
    THINGS[name] = True


@router.post("/limit")  # finding: route-without-auth
def limit(name: str, limit: deps.Limit):
    THINGS[name] = limit


@router.post("/annotated")
def annotated_function(name: str, user: Annotated[CurrentUser, get_current_user]):  # finding: dependency-not-declared
    THINGS[name] = user.id


@router.post("/plain")  # finding: route-without-auth
def plain_model(name: str, user: CurrentUser):
    THINGS[name] = user.id


app = FastAPI()
app.include_router(router)
