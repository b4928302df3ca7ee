from typing import Annotated, Optional

from fastapi import Body, Depends, FastAPI, Header, Path, Query, Request
from fastapi.security import OAuth2PasswordBearer

app = FastAPI()
scheme = OAuth2PasswordBearer(tokenUrl="token")


def get_user(token: str = Depends(scheme)):
    return token


CurrentUser = Annotated[str, Depends(get_user)]


@app.get("/body")
def from_body(user: Annotated[str, Query()] = "x", limit: Annotated[int, Query(), "doc"] = 1):
    return user


@app.get("/optional")
def optional(user: Optional[CurrentUser] = None):
    return user


@app.get("/plain/{user_id}")
def plain(request: Request, user_id: Annotated[int, Path()], token: str = "", agent: str = Header("")):
    return token


class Cache:
    def get(self, path):
        def decorator(function):
            return function

        return decorator


cache = Cache()
routes = {"/x": 1}
routes.get("/x")


@cache.get("/not-a-route")
def not_a_route():
    return None


TEXT = '''
@app.get("/in-a-text")
def in_a_text():
    pass
'''
