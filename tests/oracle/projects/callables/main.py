import functools
from functools import partial

from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from security import JWTBearer, PermissionDependency, RoleChecker, auth, require_role, token_getter, user_getter

app = FastAPI()


def get_db():
    return "db"


def limited(maximum: int, db: str = Depends(get_db), q: str = ""):
    return maximum


async def tenant(name: str, user: str = Depends(require_role("tenant"))):
    return name


allow_admin = RoleChecker(["admin"])
bearer = HTTPBearer(auto_error=False)


@app.get("/instance", dependencies=[Depends(PermissionDependency(["admin"])), Depends(JWTBearer())])
def instance(role=Depends(allow_admin)):
    return role


@app.get("/closure")
def closure(user=Depends(require_role("admin")), other=Depends(user_getter(get_db)), third=Depends(user_getter(bearer))):
    return user


@app.get("/partial")
def with_partial(limit=Depends(partial(limited, 10)), who=Depends(functools.partial(tenant, name="a"))):
    return limit


@app.get("/replaced")
def replaced(limit=Depends(partial(limited, 10, db="mine"))):
    return limit


@app.get("/lambda")
def with_lambda(value=Depends(lambda q="": q), nested=Depends(lambda db=Depends(get_db): db)):
    return value


@app.get("/method")
def method(user=Depends(auth.current_user), static=Depends(auth.version), cls=Depends(auth.create)):
    return user


@app.get("/external")
def external(credentials: HTTPAuthorizationCredentials = Depends(bearer), again=Depends(HTTPBearer())):
    return credentials


@app.get("/returned")
def returned(token: str = Depends(token_getter)):
    return token
