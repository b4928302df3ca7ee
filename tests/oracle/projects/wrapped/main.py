from typing import Annotated, TypeVar

from fastapi import Depends, FastAPI

from tools import logged

T = TypeVar("T")
Injected = Annotated[T, Depends()]
app = FastAPI()


def get_db():
    return None


def get_user(db=Depends(get_db)):
    return db


class Service:
    def __init__(self, db=Depends(get_db)):
        self.db = db


wrapped_user = logged(get_user)


@logged
def decorated(user=Depends(get_user)):
    return user


@app.get("/wrapped")
def wrapped(user=Depends(wrapped_user), again=Depends(logged(get_user)), other=Depends(decorated)):
    return user


@app.get("/class")
def with_class(service=Depends(logged(Service))):
    return None


@app.get("/generic")
def generic(service: Injected[Service]):
    return None


app.get("/handler")(logged(get_user))
app.add_api_route("/added", logged(logged(get_user)))
