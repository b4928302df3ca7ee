from typing import Any

from fastapi import APIRouter, Depends


def get_user():
    return None


def get_admin(user=Depends(get_user)):
    return user


class AuthRouter(APIRouter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, dependencies=[Depends(get_user)], **kwargs)


class AdminRouter(AuthRouter):
    """A class that derives from one that derives from APIRouter."""

    def __init__(self, prefix: str):
        super().__init__(prefix=prefix, tags=["admin"])


class PlainRouter(APIRouter):
    """Nothing of its own."""


class VersionedRouter(APIRouter):
    def __init__(self, version: int, **kwargs):
        kwargs.setdefault("dependencies", [Depends(get_admin)])
        kwargs["prefix"] = f"/v{version}" + kwargs["prefix"]
        super(VersionedRouter, self).__init__(**kwargs)
