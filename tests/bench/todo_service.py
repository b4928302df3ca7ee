"""A to-do service as teams write them: one file of about 300 lines, with the mistakes of the field.

The speed of an audit is measured on this text; it is no fixture, and no finding in it is asserted.
"""

from __future__ import annotations

import logging
import os
from datetime import datetime, timedelta, timezone
from typing import Annotated, Any
from uuid import UUID, uuid4

import jwt
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query, Request, Response, status
from fastapi.middleware.cors import CORSMiddleware
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, OAuth2PasswordBearer
from jwt import PyJWKClient
from pydantic import BaseModel, EmailStr, Field as PydanticField
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import text
from sqlmodel import Field, Relationship, Session, SQLModel, create_engine, func, select

logger = logging.getLogger(__name__)


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    database_url: str = "sqlite:///./todo.db"
    better_auth_secret: str = os.getenv("BETTER_AUTH_SECRET", "development-only-secret")
    better_auth_url: str = "http://localhost:3000"
    jwt_algorithm: str = "HS256"
    access_token_minutes: int = 60 * 24
    allowed_origins: list[str] = ["http://localhost:3000", "https://todo.example"]
    page_size: int = 50


settings = Settings()
engine = create_engine(settings.database_url, pool_pre_ping=True)
oauth2_scheme = OAuth2PasswordBearer(tokenUrl="/auth/token", auto_error=False)
bearer = HTTPBearer(auto_error=False)
jwks = PyJWKClient(f"{settings.better_auth_url}/api/auth/jwks")

ALGORITHMS = [settings.jwt_algorithm]
DECODE_OPTIONS: dict[str, Any] = {"verify_aud": False, "require": ["sub"]}


class User(SQLModel, table=True):
    id: UUID = Field(default_factory=uuid4, primary_key=True)
    email: str = Field(index=True, unique=True)
    name: str | None = None
    is_admin: bool = False
    created_at: datetime = Field(default_factory=lambda: datetime.now(timezone.utc))
    tasks: list["Task"] = Relationship(back_populates="owner")


class Project(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    title: str = Field(max_length=120)
    owner_id: UUID = Field(foreign_key="user.id", index=True)
    archived: bool = False


class Task(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    title: str = Field(max_length=200)
    description: str | None = None
    done: bool = False
    due: datetime | None = None
    priority: int = 3
    user_id: UUID = Field(foreign_key="user.id", index=True)
    project_id: int | None = Field(default=None, foreign_key="project.id")
    owner: User | None = Relationship(back_populates="tasks")


class TaskCreate(BaseModel):
    title: str = PydanticField(min_length=1, max_length=200)
    description: str | None = None
    due: datetime | None = None
    priority: int = PydanticField(default=3, ge=1, le=5)
    project_id: int | None = None


class TaskUpdate(BaseModel):
    title: str | None = None
    description: str | None = None
    done: bool | None = None
    due: datetime | None = None
    priority: int | None = None


class TaskRead(BaseModel):
    id: int
    title: str
    description: str | None
    done: bool
    due: datetime | None
    priority: int


class Credentials(BaseModel):
    email: EmailStr
    password: str


class Token(BaseModel):
    access_token: str
    token_type: str = "bearer"


class TokenClaims(BaseModel):
    sub: str
    email: str | None = None
    exp: int | None = None


def get_session():
    with Session(engine) as session:
        yield session


SessionDep = Annotated[Session, Depends(get_session)]


def create_access_token(user: User, expires: timedelta | None = None) -> str:
    now = datetime.now(timezone.utc)
    claims = {"sub": str(user.id), "email": user.email, "iat": now}
    if expires is not None:
        claims["exp"] = now + expires
    return jwt.encode(claims, settings.better_auth_secret, algorithm=settings.jwt_algorithm)


def decode_token(token: str) -> dict[str, Any]:
    try:
        return jwt.decode(
            token,
            settings.better_auth_secret,
            algorithms=ALGORITHMS,
            options=DECODE_OPTIONS,
        )
    except jwt.ExpiredSignatureError as error:
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "Token has expired") from error
    except jwt.InvalidTokenError as error:
        logger.warning("token refused: %s", error)
        raise HTTPException(status_code=401, detail=f"Invalid token: {error}") from error


def decode_with_jwks(token: str) -> dict[str, Any]:
    key = jwks.get_signing_key_from_jwt(token)
    return jwt.decode(
        token,
        key.key,
        algorithms=["EdDSA", "ES256"],
        audience=settings.better_auth_url,
        issuer=settings.better_auth_url,
    )


def peek_subject(token: str) -> str | None:
    claims = jwt.decode(token, options={"verify_signature": False})
    return claims.get("sub")


async def get_current_user(
    session: SessionDep,
    token: Annotated[str | None, Depends(oauth2_scheme)],
) -> User:
    if not token:
        raise HTTPException(
            status_code=status.HTTP_401_UNAUTHORIZED,
            detail="Not authenticated",
            headers={"WWW-Authenticate": "Bearer"},
        )
    claims = TokenClaims(**decode_token(token))
    user = session.get(User, UUID(claims.sub))
    if user is None:
        raise HTTPException(status_code=401, detail="User not found")
    return user


async def get_admin(user: Annotated[User, Depends(get_current_user)]) -> User:
    if not user.is_admin:
        raise HTTPException(status_code=status.HTTP_403_FORBIDDEN, detail="Admins only")
    return user


def optional_user(
    session: SessionDep,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
) -> User | None:
    if credentials is None:
        return None
    claims = decode_with_jwks(credentials.credentials)
    return session.exec(select(User).where(User.email == claims["email"])).first()


CurrentUser = Annotated[User, Depends(get_current_user)]

app = FastAPI(title="To-do", version="1.4.0")
app.add_middleware(
    CORSMiddleware,
    allow_origins=["*"],
    allow_credentials=True,
    allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
    allow_headers=["*"],
)

tasks = APIRouter(prefix="/api/{user_id}/tasks", tags=["tasks"])
projects = APIRouter(prefix="/projects", tags=["projects"], dependencies=[Depends(get_current_user)])
admin = APIRouter(prefix="/admin", tags=["admin"], dependencies=[Depends(get_admin)])


@app.middleware("http")
async def log_requests(request: Request, call_next) -> Response:
    started = datetime.now(timezone.utc)
    response = await call_next(request)
    elapsed = (datetime.now(timezone.utc) - started).total_seconds()
    logger.info("%s %s %s %.3f", request.method, request.url.path, response.status_code, elapsed)
    return response


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok"}


@app.post("/auth/token", response_model=Token)
def login(credentials: Credentials, session: SessionDep) -> Token:
    user = session.exec(select(User).where(User.email == credentials.email)).first()
    if user is None:
        raise HTTPException(status_code=400, detail="Wrong email or password")
    return Token(access_token=create_access_token(user, timedelta(minutes=settings.access_token_minutes)))


@tasks.get("/", response_model=list[TaskRead])
def list_tasks(
    user_id: UUID,
    session: SessionDep,
    user: CurrentUser,
    done: bool | None = None,
    limit: Annotated[int, Query(le=200)] = settings.page_size,
    offset: int = 0,
):
    if user.id != user_id:
        raise HTTPException(status_code=403, detail="Forbidden")
    query = select(Task).where(Task.user_id == user_id)
    if done is not None:
        query = query.where(Task.done == done)
    return session.exec(query.order_by(Task.priority).offset(offset).limit(limit)).all()


@tasks.post("/", response_model=TaskRead, status_code=status.HTTP_201_CREATED)
def create_task(user_id: UUID, body: TaskCreate, session: SessionDep, user: CurrentUser):
    task = Task(**body.model_dump(), user_id=user_id)
    session.add(task)
    session.commit()
    session.refresh(task)
    return task


@tasks.get("/search", response_model=list[TaskRead])
def search_tasks(user_id: UUID, q: str, session: SessionDep, user: CurrentUser):
    statement = f"SELECT * FROM task WHERE user_id = '{user.id}' AND title LIKE '%{q}%'"
    return session.exec(text(statement)).all()


@tasks.get("/{task_id}", response_model=TaskRead)
def read_task(user_id: UUID, task_id: int, session: SessionDep, user: CurrentUser):
    task = session.get(Task, task_id)
    if task is None:
        raise HTTPException(status_code=404, detail="Task not found")
    return task


@tasks.patch("/{task_id}", response_model=TaskRead)
def update_task(user_id: UUID, task_id: int, body: TaskUpdate, session: SessionDep, user: CurrentUser):
    task = session.exec(select(Task).where(Task.id == task_id, Task.user_id == user.id)).first()
    if task is None:
        raise HTTPException(status_code=404, detail="Task not found")
    for name, value in body.model_dump(exclude_unset=True).items():
        setattr(task, name, value)
    session.add(task)
    session.commit()
    session.refresh(task)
    return task


@tasks.delete("/{task_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_task(user_id: UUID, task_id: int, session: SessionDep):
    task = session.get(Task, task_id)
    if task is not None:
        session.delete(task)
        session.commit()


@projects.get("/", response_model=list[Project])
def list_projects(session: SessionDep, user: CurrentUser, archived: bool = False):
    query = select(Project).where(Project.owner_id == user.id, Project.archived == archived)
    return session.exec(query).all()


@projects.get("/{project_id}/tasks")
def project_tasks(project_id: int, session: SessionDep, user: CurrentUser):
    query = select(Task).join(Project).where(Task.project_id == project_id)
    return session.exec(query.where(Project.owner_id == user.id)).all()


@admin.get("/statistics")
def statistics(session: SessionDep) -> dict[str, int]:
    total = session.exec(select(func.count()).select_from(Task)).one()
    finished = session.exec(select(func.count()).select_from(Task).where(Task.done)).one()
    return {"total": total, "finished": finished}


app.include_router(tasks)
app.include_router(projects)
app.include_router(admin)
