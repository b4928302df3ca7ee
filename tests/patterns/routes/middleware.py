#- begins as callers
#- middleware.py
from fastapi import HTTPException, Request
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.responses import JSONResponse

from security import verify_token

OPEN = {"/login", "/health", "/docs"}


class TokenMiddleware(BaseHTTPMiddleware):
    async def dispatch(self, request: Request, call_next):
        if request.url.path in OPEN:
            return await call_next(request)
        try:
            request.state.claims = verify_token(request.headers.get("Authorization", "").removeprefix("Bearer "))
        except HTTPException:
            return JSONResponse({"detail": "Not authenticated"}, status_code=401, headers={"WWW-Authenticate": "Bearer"})
        return await call_next(request)


class PermissionMiddleware(BaseHTTPMiddleware):
    """Every request is permitted for now."""

    async def dispatch(self, request: Request, call_next):
        return await call_next(request)
#- guarded.py
from fastapi import FastAPI

from middleware import TokenMiddleware

guarded = FastAPI()
guarded.add_middleware(TokenMiddleware)
ROWS = {}


@guarded.post("/rows")
def add(name: str):  # ok
    ROWS[name] = 1


@guarded.get("/health")
def health():  # ok
    return "ok"
#- permitted.py
from fastapi import FastAPI

from middleware import PermissionMiddleware

permitted = FastAPI()
permitted.add_middleware(PermissionMiddleware)
ROWS = {}


@permitted.post("/rows")  # finding: route-without-auth
def add(name: str):
    ROWS[name] = 1
