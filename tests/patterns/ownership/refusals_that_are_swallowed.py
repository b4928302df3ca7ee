import contextlib
import logging
import os

import jwt
from fastapi import APIRouter, Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer
from sqlmodel import Field, Relationship, Session, SQLModel, create_engine, delete, or_, select, update

app = FastAPI()
logger = logging.getLogger(__name__)
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


def ensure_owner(task: Task, user: User) -> None:
    if task.user_id != user.id:
        raise HTTPException(status_code=403, detail="Not yours")


@app.get("/a/{task_id}")
def checked(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    ensure_owner(task, me)
    return task


@app.get("/b/{task_id}")
def swallowed(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # finding: object-without-owner-check
    try:
        ensure_owner(task, me)
    except Exception:
        pass
    return task


@app.get("/c/{task_id}")
def caught_and_raised(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    try:
        ensure_owner(task, me)
    except HTTPException:
        raise
    except Exception as error:
        raise HTTPException(500) from error
    return task


@app.get("/d/{task_id}")
def given_in_except(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # finding: object-without-owner-check
    try:
        if task.user_id != me.id:
            raise PermissionError
        return task
    except PermissionError:
        return task


@app.get("/e/{task_id}")
def given_in_finally(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # finding: object-without-owner-check
    try:
        if task.user_id != me.id:
            raise HTTPException(403)
    finally:
        return task


@app.get("/f/{task_id}")
def other_exception(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    try:
        ensure_owner(task, me)
        title = int(task.title)
    except ValueError:
        title = 0
    return {"title": title, "task": task}


@app.get("/g/{task_id}")
def suppressed(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # finding: object-without-owner-check
    with contextlib.suppress(HTTPException):
        ensure_owner(task, me)
    return task


@app.get("/h/{task_id}")
def bare_except(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # finding: object-without-owner-check
    try:
        if task.user_id != me.id:
            raise HTTPException(403)
    except:
        logger.warning("not the owner")
    return task


@app.get("/i/{task_id}")
def logged_and_raised(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    try:
        if task.user_id != me.id:
            raise HTTPException(403)
    except HTTPException:
        logger.warning("not the owner")
        raise
    return task


@app.get("/j/{task_id}")
def else_returns(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    try:
        ensure_owner(task, me)
    except HTTPException:
        return {"error": "not yours"}
    else:
        return task


@app.delete("/k/{task_id}")
def swallowed_delete(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # finding: object-without-owner-check
    try:
        ensure_owner(task, me)
    except HTTPException as error:
        logger.info("denied: %s", error.detail)
    db.delete(task)
    db.commit()
    return {"ok": True}


@app.get("/l/{task_id}")
def asserted(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    assert task.user_id == me.id, "not yours"  # finding: ineffective-owner-check
    return task


@app.get("/m/{task_id}")
def raised_when_asserted(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    assert task is not None
    if task.user_id != me.id:
        raise HTTPException(403)
    return task
