from fastapi import Depends, Request
from fastapi.security import HTTPBearer, OAuth2PasswordBearer

scheme = OAuth2PasswordBearer(tokenUrl="token")


def current_user(token: str = Depends(scheme)):
    return token


def require_role(role: str):
    def check(user: str = Depends(current_user)):
        return user

    return check


def user_getter(source):
    async def get(value=Depends(source)):
        return value

    return get


class RoleChecker:
    def __init__(self, roles):
        self.roles = roles

    def __call__(self, user: str = Depends(current_user)):
        return user


class PermissionDependency:
    def __init__(self, permissions):
        self.permissions = permissions

    async def __call__(self, request: Request, token: str = Depends(scheme)):
        return None


class JWTBearer(HTTPBearer):
    async def __call__(self, request: Request):
        return await super().__call__(request)


class Auth:
    def __init__(self, scheme):
        self.scheme = scheme

    def current_user(self, token: str = Depends(scheme)):
        return token

    @staticmethod
    def version(token: str = Depends(scheme)):
        return 1

    @classmethod
    def create(cls, user: str = Depends(current_user)):
        return cls


auth = Auth(scheme)


def _make():
    def token_getter(token: str = Depends(scheme)):
        return token

    return token_getter


token_getter = _make()
