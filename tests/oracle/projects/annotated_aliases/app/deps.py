from typing import Annotated, Optional

from fastapi import Depends, Query
from fastapi.security import OAuth2PasswordBearer

oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")
TokenDep = Annotated[str, Depends(oauth2_scheme)]


def get_db():
    yield "session"


Session = str
SessionDep = Annotated[Session, Depends(get_db)]


def get_current_user(session: SessionDep, token: TokenDep):
    return token


CurrentUser = Annotated[str, Depends(get_current_user)]


def get_current_superuser(current_user: CurrentUser):
    return current_user


# An alias around an alias: the outer mark counts.
Superuser = Annotated[CurrentUser, Depends(get_current_superuser)]
Page = Annotated[int, Query(ge=1)]
