import os

import jwt
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, Response, WebSocket
from fastapi.security import OAuth2PasswordBearer
from sqlmodel import Field, Relationship, Session, SQLModel, create_engine, delete, or_, select, update

app = FastAPI()
engine = create_engine(os.environ["DATABASE_URL"])


class User(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    email: str
    hashed_password: str
    role: str = "user"
    is_superuser: bool = False


class Project(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str
    owner_id: int = Field(foreign_key="user.id")


class Task(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    title: str
    done: bool = False
    is_public: bool = False
    user_id: int = Field(foreign_key="user.id")
    project_id: int | None = Field(default=None, foreign_key="project.id")


class Attachment(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    path: str
    task_id: int = Field(foreign_key="task.id")


class TaskUpdate(SQLModel):
    title: str | None = None


def get_session():
    with Session(engine) as session:
        yield session


def get_current_user(
    token: str = Depends(OAuth2PasswordBearer(tokenUrl="token")), session: Session = Depends(get_session)
) -> User:
    try:
        claims = jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
    except jwt.PyJWTError:
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    user = session.get(User, claims.get("sub"))
    if user is None:
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    return user



class TaskRepository:
    def __init__(self, session: Session = Depends(get_session)):
        self.session = session

    def by_id(self, task_id: int) -> Task | None:
        return self.session.get(Task, task_id)  # finding: object-without-owner-check

    def by_id_and_owner(self, task_id: int, owner_id: int) -> Task | None:
        return self.session.exec(select(Task).where(Task.id == task_id).where(Task.user_id == owner_id)).first()  # ok

    def remove(self, task: Task) -> None:
        self.session.delete(task)
        self.session.commit()


class TaskService:
    def __init__(self, tasks: TaskRepository = Depends(), me: User = Depends(get_current_user)):
        self.tasks = tasks
        self.me = me

    def _load(self, task_id: int) -> Task:
        task = self.tasks.by_id_and_owner(task_id, self.me.id)
        if not task:
            raise HTTPException(404)
        return task

    def _load_any(self, task_id: int) -> Task:
        task = self.tasks.by_id(task_id)
        if not task:
            raise HTTPException(404)
        return task

    def remove(self, task_id: int) -> None:
        self.tasks.remove(self._load(task_id))

    def remove_any(self, task_id: int) -> None:
        self.tasks.remove(self._load_any(task_id))

    def read_checked(self, task_id: int) -> Task:
        task = self._load_any(task_id)
        if task.user_id != self.me.id:
            raise HTTPException(404)
        return task


@app.delete("/a/{task_id}")
def remove(task_id: int, service: TaskService = Depends()):
    service.remove(task_id)


@app.delete("/b/{task_id}")
def remove_any(task_id: int, service: TaskService = Depends()):
    service.remove_any(task_id)


@app.get("/c/{task_id}")
def read_checked(task_id: int, service: TaskService = Depends()):
    return service.read_checked(task_id)
