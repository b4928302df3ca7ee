#- begins as callers
#- main.py
from functools import lru_cache

from fastapi import Depends, FastAPI, Request

from security import CurrentUser, get_current_user
from store import load_settings

app = FastAPI()
current = None
seen: dict[int, int] = {}
cache: dict = {}


@app.get("/a")
def global_user(user: CurrentUser = Depends(get_current_user)):
    global current
    current = user  # finding: cross-request-user-state
    return load_settings(current.id)


@app.get("/b")
def keyed_by_user(user: CurrentUser = Depends(get_current_user)):
    seen[user.id] = seen.get(user.id, 0) + 1  # ok
    return seen[user.id]


@app.get("/c")
def request_state(request: Request, user: CurrentUser = Depends(get_current_user)):
    request.state.user = user  # ok
    return load_settings(request.state.user.id)


@app.get("/d")
def application_state(request: Request, user: CurrentUser = Depends(get_current_user)):
    request.app.state.user = user  # finding: cross-request-user-state
    return load_settings(request.app.state.user.id)
