from fastapi import APIRouter

from service.api.endpoints import items, login
from .endpoints import users
from .endpoints.files import router as files_router

api_router = APIRouter()
api_router.include_router(login.router, tags=["login"])
api_router.include_router(users.router, prefix="/users")
api_router.include_router(items.router, prefix="/items")
api_router.include_router(files_router, prefix="/files")
