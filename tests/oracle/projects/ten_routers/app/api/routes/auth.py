from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.security import OAuth2PasswordRequestForm

from app.deps import Db

router = APIRouter()


@router.post("/token")
def token(form: Annotated[OAuth2PasswordRequestForm, Depends()], db: Db):
    return form.username


@router.post("/refresh")
def refresh(db: Db, refresh_token: str):
    return refresh_token
