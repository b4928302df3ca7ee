from functools import lru_cache, wraps

from fastapi import APIRouter, Depends, FastAPI, Request

from tools import Limiter, cache, inject, plain_wrapper, require_permission, traced

app = FastAPI()
router = APIRouter()
limiter = Limiter()


def get_user():
    return None


@traced
def get_settings(user=Depends(get_user)):
    return None


@lru_cache
def get_cached():
    return None


@app.get("/cached")
@cache(expire=60)
def cached(user=Depends(get_user)):
    return user


@app.get("/limited")
@limiter.limit("5/minute")
@inject
async def limited(request: Request, user=Depends(get_user)):
    return user


@router.get("/permission")
@require_permission("read")
async def permission(settings=Depends(get_settings), other=Depends(get_cached)):
    return None


@router.get("/lost")
@plain_wrapper
def lost(user=Depends(get_user)):
    return user


@cache(expire=10)
@app.get("/outside")
def outside(user=Depends(get_user)):
    return user


@app.get("/first")

@app.get("/second", dependencies=[Depends(get_user)])
# a comment between
@traced
def stacked(
    user=Depends(get_user),
):
    return user


app.include_router(router)
