from fastapi import APIRouter, Depends, FastAPI

from routers import admin, items, users
from routers.many import ROUTERS, TABLE


def check():
    return None


app = FastAPI()
for module in (users, items):
    app.include_router(module.router, prefix="/modules")

for router in [users.router, admin.router]:
    app.include_router(router)

for router, prefix, dependencies in [
    (users.router, "/a", []),
    (items.router, "/b", [Depends(check)]),
]:
    app.include_router(router, prefix=prefix, dependencies=dependencies)

for prefix, router in TABLE.items():
    app.include_router(router, prefix=prefix)

for router in ROUTERS:
    app.include_router(router)

[app.include_router(r, prefix="/comprehension") for r in (admin.router, items.router)]

for outer in ["/x", "/y"]:
    for inner in [users.router, items.router]:
        app.include_router(inner, prefix=outer)
