from typing import Annotated

from fastapi import Depends, Header
from fastapi.security import OAuth2PasswordBearer

scheme = OAuth2PasswordBearer(tokenUrl="/api/v1/auth/token")


def verify_header(x_request_id: str = Header("")):
    return x_request_id


def get_db():
    yield None


Db = Annotated[None, Depends(get_db)]


def get_current_user(db: Db, token: Annotated[str, Depends(scheme)]):
    return token


User = Annotated[str, Depends(get_current_user)]


class Role:
    def __init__(self, *names: str):
        self.names = names

    def __call__(self, user: User):
        return user


admin = Role("admin")
