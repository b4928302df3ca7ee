"""Signing in with a name and a password, answering with a token: OAuth2 after the pattern of FastAPI's tutorial."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import jwt
from fastapi import Depends, FastAPI, HTTPException, status
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from jwt.exceptions import InvalidTokenError
from pwdlib import PasswordHash
from pydantic import BaseModel, SecretStr
from pydantic_settings import BaseSettings

ALGORITHM = "HS256"
ACCESS_TOKEN_LIFETIME = timedelta(minutes=30)


class Settings(BaseSettings):
    # No default: without it the service does not start. `openssl rand -hex 32` makes a good one.
    better_auth_secret: SecretStr


class Token(BaseModel):
    access_token: str
    token_type: str = "bearer"


class User(BaseModel):
    username: str
    full_name: str | None = None
    disabled: bool = False


class StoredUser(User):
    hashed_password: str


settings = Settings()
password_hash = PasswordHash.recommended()
# Checked when there is no such user, so that both answers take the same time.
DUMMY_HASH = password_hash.hash("nobody")
users: dict[str, StoredUser] = {}

oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")
app = FastAPI()


def authenticate(username: str, password: str) -> StoredUser | None:
    user = users.get(username)
    hashed = user.hashed_password if user else DUMMY_HASH
    return user if password_hash.verify(password, hashed) else None


def create_access_token(subject: str) -> str:
    now = datetime.now(UTC)
    claims = {"sub": subject, "iat": now, "exp": now + ACCESS_TOKEN_LIFETIME}
    return jwt.encode(claims, settings.better_auth_secret.get_secret_value(), algorithm=ALGORITHM)


async def get_current_user(token: Annotated[str, Depends(oauth2_scheme)]) -> User:
    credentials_exception = HTTPException(
        status_code=status.HTTP_401_UNAUTHORIZED,
        detail="Could not validate credentials",
        headers={"WWW-Authenticate": "Bearer"},
    )
    try:
        payload = jwt.decode(
            token,
            settings.better_auth_secret.get_secret_value(),
            algorithms=[ALGORITHM],
            options={"require": ["exp", "sub"]},
        )
    except InvalidTokenError:
        raise credentials_exception
    user = users.get(payload["sub"])
    if user is None or user.disabled:
        raise credentials_exception
    return User.model_validate(user.model_dump())


@app.post("/token")
async def sign_in(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> Token:
    user = authenticate(form.username, form.password)
    if user is None:
        raise HTTPException(
            status_code=status.HTTP_401_UNAUTHORIZED,
            detail="Incorrect username or password",
            headers={"WWW-Authenticate": "Bearer"},
        )
    return Token(access_token=create_access_token(user.username))


@app.get("/users/me")
async def read_own_user(current_user: Annotated[User, Depends(get_current_user)]) -> User:
    return current_user
