from fastapi import APIRouter, Depends

from ..deps import admin, get_current_user
from .routes import auth, comments, files, items, orders, reports, users
from .routes.admin import router as admin_router

api_router = APIRouter()
protected = APIRouter(dependencies=[Depends(get_current_user)])
api_router.include_router(auth.router, prefix="/auth", tags=["auth"])
protected.include_router(users.router, prefix="/users")
protected.include_router(items.router, prefix="/items")
protected.include_router(orders.router, prefix="/orders")
protected.include_router(files.router)
protected.include_router(reports.router, prefix="/reports", dependencies=[Depends(admin)])
api_router.include_router(protected)
api_router.include_router(admin_router, prefix="/admin", dependencies=[Depends(admin)])
