from fastapi import FastAPI

from views import router, second

app = FastAPI()
app.include_router(router, prefix="/api")
app.include_router(second)
