from fastapi import FastAPI

from views import Attribute, Health, Users, api

app = FastAPI()
users = Users("db")
health = Health("/health")
app.include_router(Attribute.router, prefix="/attribute")
app.include_router(users.router)
app.include_router(health.router)
app.include_router(Health("/second").router, prefix="/again")
app.include_router(api.build())
