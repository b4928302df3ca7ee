from fastapi import APIRouter, Depends, FastAPI

from factories import make_crud, make_router, versioned


def admin():
    return None


def member():
    return None


app = FastAPI()
app.include_router(make_router("/admin", admin))
members = make_router("/members", dependency=member)


@members.get("/extra")
def extra():
    return None


app.include_router(members)
app.include_router(make_crud("books"), prefix="/library")
app.include_router(make_crud(name="films"), prefix="/library")
app.include_router(versioned(1, members))
app.include_router(versioned(2, make_router("/late", admin)))
