from typing import Annotated, Optional

from fastapi import APIRouter, Depends

import app.deps as deps
from app import deps as dependencies
from app.deps import CurrentUser, SessionDep as Db

router = APIRouter()
Local = Annotated[str, Depends(deps.get_current_user)]


@router.get("/me")
def me(user: CurrentUser):
    return user


@router.get("/local")
def local(user: Local, db: Db, page: deps.Page = 1):
    return user


@router.get("/module")
def module(user: deps.CurrentUser, again: dependencies.Superuser):
    return user


@router.get("/unused")
def unused(_auth: CurrentUser, limit: int = 10, q: Optional[str] = None):
    return limit


@router.get("/inline/{user_id}")
async def inline(user_id: int, db: Annotated[str, Depends(deps.get_db)], *, who: Annotated[str, "doc", Depends(deps.get_current_superuser)]):
    return user_id


@router.get("/quoted")
def quoted(user: "CurrentUser"):
    return user
