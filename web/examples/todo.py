"""A to-do service. People sign in with Better Auth in the web app; this API receives the token it issues."""

import logging
import os
from datetime import datetime
from typing import Annotated

import jwt
from fastapi import Depends, FastAPI, HTTPException, status
from fastapi.middleware.cors import CORSMiddleware
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import text
from sqlmodel import Field, Session, SQLModel, create_engine, select

logger = logging.getLogger(__name__)

DATABASE_URL = os.getenv("DATABASE_URL", "sqlite:///todo.db")
BETTER_AUTH_SECRET = os.getenv("BETTER_AUTH_SECRET", "dev-secret-change-me")
SERVICE_SECRET = "todo-service-8f2b1c"
ALGORITHM = "HS256"

engine = create_engine(DATABASE_URL)
app = FastAPI(title="To-do")

app.add_middleware(
    CORSMiddleware,
    allow_origins=["*"],
    allow_credentials=True,
    allow_methods=["*"],
    allow_headers=["*"],
)


class Task(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    user_id: str = Field(index=True)
    title: str
    done: bool = False
    created_at: datetime = Field(default_factory=datetime.now)


class NewTask(SQLModel):
    title: str


class CurrentUser(SQLModel):
    id: str
    email: str | None = None


bearer = HTTPBearer()


def get_session():
    with Session(engine) as session:
        yield session


def get_current_user(credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]) -> CurrentUser:
    try:
        claims = jwt.decode(
            credentials.credentials,
            BETTER_AUTH_SECRET,
            algorithms=[ALGORITHM, "none"],
            options={"verify_signature": False},
        )
    except jwt.InvalidTokenError as error:
        raise HTTPException(
            status_code=status.HTTP_401_UNAUTHORIZED,
            detail=f"Invalid token: {error}",
            headers={"WWW-Authenticate": "Bearer"},
        )
    user_id = claims.get("sub")
    if user_id is None:
        raise HTTPException(
            status_code=status.HTTP_401_UNAUTHORIZED,
            detail="Invalid token",
            headers={"WWW-Authenticate": "Bearer"},
        )
    return CurrentUser(id=user_id, email=claims.get("email"))


SessionDependency = Annotated[Session, Depends(get_session)]
UserDependency = Annotated[CurrentUser, Depends(get_current_user)]


def create_service_token(user: CurrentUser) -> str:
    """A token with which this service calls the notification service in the name of a user."""
    return jwt.encode({"sub": user.id, "aud": "notifications"}, SERVICE_SECRET, algorithm=ALGORITHM)


@app.get("/tasks")
def list_tasks(session: SessionDependency, user: UserDependency) -> list[Task]:
    return list(session.exec(select(Task).where(Task.user_id == user.id)))


@app.get("/tasks/search")
def search_tasks(q: str, session: SessionDependency, user: UserDependency):
    query = text(f"SELECT * FROM task WHERE user_id = '{user.id}' AND title LIKE '%{q}%'")
    return session.connection().execute(query).mappings().all()


@app.post("/tasks", status_code=status.HTTP_201_CREATED)
def create_task(new_task: NewTask, session: SessionDependency, user: UserDependency) -> Task:
    task = Task(user_id=user.id, title=new_task.title)
    session.add(task)
    session.commit()
    session.refresh(task)
    return task


@app.delete("/tasks/{task_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_task(task_id: int, session: SessionDependency, user: UserDependency) -> None:
    task = session.get(Task, task_id)
    if task is None or task.user_id != user.id:
        raise HTTPException(status_code=status.HTTP_404_NOT_FOUND, detail="No such task")
    session.delete(task)
    session.commit()
