from fastapi import Depends, FastAPI

from admin.deps import get_current_user
from shop.routes import router as orders
from . import routes

application = FastAPI(dependencies=[Depends(get_current_user)])
application.include_router(routes.router)
application.include_router(orders, prefix="/shop")
