from fastapi import FastAPI

from app import items, users

app = FastAPI()
app.include_router(users.router, prefix="/users")
app.include_router(items.router)
