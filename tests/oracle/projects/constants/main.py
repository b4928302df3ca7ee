from fastapi import APIRouter, Depends, FastAPI

from security import ADMIN_ONLY, DependsJwtAuth, DependsRBAC, PROTECTED, get_db, protected

app = FastAPI(dependencies=PROTECTED)
router = APIRouter(dependencies=[DependsJwtAuth, *ADMIN_ONLY])
extended = APIRouter(prefix="/extended", dependencies=PROTECTED + [Depends(get_db)])
empty = APIRouter(prefix="/empty", dependencies=None)


@router.get("/constant", dependencies=[DependsRBAC])
def constant(auth=DependsJwtAuth):
    return auth


@router.get("/list", dependencies=ADMIN_ONLY)
def with_list():
    return None


@extended.get("/")
def with_sum():
    return None


@empty.get("/", dependencies=[])
def nothing():
    return None


@app.get("/call", dependencies=protected("admin"))
def with_call():
    return None


app.include_router(router)
app.include_router(router=extended)
app.include_router(empty)
