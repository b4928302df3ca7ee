from fastapi import Depends, FastAPI

from crud import CRUDRouter, ReadOnlyRouter


def get_items_db():
    return "items"


def get_users_db():
    return "users"


app = FastAPI()
items = CRUDRouter("items", get_items_db)
users = CRUDRouter(name="users", source=get_users_db, dependencies=[Depends(get_items_db)])


@items.get("/extra")
def extra():
    return None


app.include_router(items)
app.include_router(users, prefix="/admin")
app.include_router(ReadOnlyRouter("tags", get_items_db))
