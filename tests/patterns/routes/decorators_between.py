#- begins as callers
#- main.py
from fastapi import Depends, FastAPI, Request
from fastapi_cache.decorator import cache
from slowapi import Limiter
from slowapi.util import get_remote_address

from security import CurrentUser, get_current_user

app = FastAPI()
limiter = Limiter(key_func=get_remote_address)
ROWS = {}


@app.post("/a")
@limiter.limit("5/minute")
def limited(request: Request, name: str, user: CurrentUser = Depends(get_current_user)):  # ok
    ROWS[name] = user.id


@app.post("/b")  # finding: route-without-auth
@limiter.limit("5/minute")
def limited_open(request: Request, name: str):
    ROWS[name] = 1


@app.get("/c")
@cache(expire=60)
def cached(user: CurrentUser = Depends(get_current_user)):  # ok
    return "the same for everybody"
