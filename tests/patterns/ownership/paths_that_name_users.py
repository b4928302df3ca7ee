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



@app.get("/users/{user_id}/tasks")
def of_user(user_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    if user_id != me.id:
        raise HTTPException(403)
    return db.exec(select(Task).where(Task.user_id == user_id)).all()  # ok


@app.get("/users/{user_id}/tasks/unchecked")
def of_user_unchecked(user_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):  # finding: path-user-mismatch-unchecked
    return db.exec(select(Task).where(Task.user_id == user_id)).all()


@app.get("/users/{user_id}/tasks/{task_id}")
def one_of_user(user_id: int, task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    if user_id != me.id:
        raise HTTPException(403)
    task = db.get(Task, task_id)  # finding: object-without-owner-check
    if task is None:
        raise HTTPException(404)
    return task


@app.get("/users/{user_id}/tasks/{task_id}/both")
def one_of_user_both(user_id: int, task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    if user_id != me.id:
        raise HTTPException(403)
    task = db.get(Task, task_id)  # ok
    if task is None or task.user_id != user_id:
        raise HTTPException(404)
    return task


@app.get("/users/{user_id}/tasks/{task_id}/path-only")
def compared_with_path(user_id: int, task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):  # finding: path-user-mismatch-unchecked
    task = db.get(Task, task_id)
    if task is None or task.user_id != user_id:
        raise HTTPException(404)
    return task


@app.get("/users/{username}/files/{attachment_id}")
def username_checked(username: str, attachment_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    if username != me.email:
        raise HTTPException(403)
    return db.get(Attachment, attachment_id)  # finding: object-without-owner-check


@app.get("/compared/{user_id}/before")
def before_fetch(user_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    if not (user_id == me.id or me.is_superuser):
        raise HTTPException(403)
    return db.exec(select(Task).where(Task.user_id == user_id)).all()  # ok


@app.get("/strings/{user_id}")
def as_strings(user_id: str, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    if str(me.id) != user_id:
        raise HTTPException(403)
    return db.exec(select(Task).where(Task.user_id == int(user_id))).all()  # ok


def verified_path_user(user_id: int, me: User = Depends(get_current_user)) -> int:
    if user_id != me.id:
        raise HTTPException(404)
    return user_id


@app.get("/dependency/{user_id}")
def by_dependency(user_id: int = Depends(verified_path_user), db: Session = Depends(get_session)):
    return db.exec(select(Task).where(Task.user_id == user_id)).all()  # ok
