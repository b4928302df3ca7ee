from fastapi import APIRouter, Depends, FastAPI

from service.deps import verify


def create_app(title: str = "service") -> FastAPI:
    from service.routes import accounts

    app = FastAPI(title=title, dependencies=[Depends(verify)])
    register_routers(app)
    app.include_router(accounts.router, prefix="/accounts")
    add_health(app)

    @app.get("/inside")
    def inside(user=Depends(verify)):
        return user

    return app


def register_routers(application: FastAPI) -> None:
    from service.routes.orders import router as orders_router

    api = APIRouter(prefix="/api")
    api.include_router(orders_router, prefix="/orders")
    application.include_router(api)


def add_health(app):
    @app.get("/health")
    async def health():
        return "ok"
