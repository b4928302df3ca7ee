from fastapi import FastAPI

from api import *
from api import v2

app = FastAPI()
app.include_router(users_router)
app.include_router(router, prefix="/v1")
app.include_router(v2.router, prefix="/v2")
