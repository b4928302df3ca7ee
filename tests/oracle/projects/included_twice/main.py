from fastapi import APIRouter, Depends, FastAPI


def guard():
    return None


def strict():
    return None


app = FastAPI()
items = APIRouter(prefix="/items")
outer = APIRouter()
never = APIRouter(prefix="/never", dependencies=[Depends(strict)])
only_in_never = APIRouter()


@items.get("/")
def read():
    return None


@never.get("/mounted")
def never_mounted():
    return None


@only_in_never.get("/inner")
def inner():
    return None


never.include_router(only_in_never)
app.include_router(items)
app.include_router(items, prefix="/guarded", dependencies=[Depends(guard)])
outer.include_router(items, prefix="/outer", dependencies=[Depends(strict)])
app.include_router(outer, dependencies=[Depends(guard)])
app.include_router(outer, prefix="/again")


@items.get("/late")
def late():
    return None
