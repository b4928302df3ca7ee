#- begins as callers
#- permissions.py
from functools import partial

from fastapi import Depends, HTTPException, Request

from security import CurrentUser, bearer, get_current_user, verify_token


class IsAuthenticated:
    def has_permission(self, request: Request) -> bool:
        header = request.headers.get("Authorization", "")
        verify_token(header.removeprefix("Bearer "))
        return True


class AllowAny:
    def has_permission(self, request: Request) -> bool:
        return True


class PermissionDependency:
    def __init__(self, permissions: list):
        self.permissions = permissions

    def __call__(self, request: Request) -> None:
        for permission in self.permissions:
            if not permission().has_permission(request):
                raise HTTPException(403)


class UserGetter:
    def __init__(self, required: bool = True):
        self.required = required

    def __call__(self, credentials=Depends(bearer)) -> CurrentUser:
        return CurrentUser(id=int(verify_token(credentials.credentials)["sub"]))  # finding: jwt-subject-not-checked


def require_role(role: str):
    def check(user: CurrentUser = Depends(get_current_user)) -> CurrentUser:
        if role == "admin" and not user.is_admin:
            raise HTTPException(403)
        return user

    return check


def log_request(request: Request, name: str) -> None:
    print(name, request.url)


def verified_owner(user: CurrentUser = Depends(require_role("member"))) -> int:
    return user.id


logged = partial(log_request, name="x")
#- main.py
from fastapi import Depends, FastAPI, Request

from permissions import AllowAny, IsAuthenticated, PermissionDependency, UserGetter, logged, require_role, verified_owner
from security import bearer, verify_token

app = FastAPI()
DATA = {}


@app.post("/a", dependencies=[Depends(PermissionDependency([IsAuthenticated]))])
def with_permission(name: str):  # ok
    DATA[name] = 1


@app.post("/c")
def with_getter(name: str, user=Depends(UserGetter())):  # ok
    DATA[name] = user.id


@app.post("/d", dependencies=[Depends(require_role("admin"))])
def with_factory(name: str):  # ok
    DATA[name] = 1


@app.post("/e")
def with_chain(name: str, owner: int = Depends(verified_owner)):  # ok
    DATA[name] = owner


@app.post("/f", dependencies=[Depends(logged)])  # finding: route-without-auth
def with_partial(name: str):
    DATA[name] = 1


@app.post("/g")
def in_body(name: str, credentials=Depends(bearer)):  # ok
    claims = verify_token(credentials.credentials)  # finding: auth-called-manually
    DATA[name] = claims["sub"]


@app.post("/h")
def header_in_body(name: str, request: Request):  # ok
    claims = verify_token(request.headers["Authorization"].removeprefix("Bearer "))
    DATA[name] = claims["sub"]
