import os

import jwt
from fastapi import APIRouter, BackgroundTasks, Depends, FastAPI, HTTPException, Request, Response, WebSocket
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



from celery import shared_task
from fastapi.responses import FileResponse

report_cache: dict = {}


@shared_task
def delete_all_tasks(user_id: int) -> None:
    with Session(engine) as session:
        session.exec(delete(Task).where(Task.user_id == user_id))
        session.commit()


def archive(user_id: int) -> None:
    with Session(engine) as session:
        session.exec(delete(Task).where(Task.user_id == user_id))
        session.commit()


@app.post("/archive")
def archive_mine(background: BackgroundTasks, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    background.add_task(archive, me.id)  # ok


@app.post("/archive/{user_id}")
def archive_of(user_id: int, background: BackgroundTasks, db: Session = Depends(get_session), me: User = Depends(get_current_user)):  # finding: path-user-mismatch-unchecked
    background.add_task(archive, user_id)


@app.post("/celery")
def celery_mine(db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    delete_all_tasks.delay(me.id)  # ok


@app.post("/celery/{user_id}")
def celery_of(user_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):  # finding: path-user-mismatch-unchecked
    delete_all_tasks.delay(user_id)


@app.get("/files/{attachment_id}")
def download(attachment_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    attachment = db.get(Attachment, attachment_id)  # finding: object-without-owner-check
    return FileResponse(attachment.path)


@app.get("/files/{attachment_id}/mine")
def download_mine(attachment_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    attachment = db.exec(select(Attachment).join(Task).where(Attachment.id == attachment_id, Task.user_id == me.id)).first()  # ok
    if attachment is None:
        raise HTTPException(404)
    return FileResponse(attachment.path)


@app.get("/report")
def cached_for_all(db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    if "report" not in report_cache:
        report_cache["report"] = db.exec(select(Task).where(Task.user_id == me.id)).all()  # finding: cross-request-user-state
    return report_cache["report"]


@app.get("/report/mine")
def cached_for_me(db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    if me.id not in report_cache:
        report_cache[me.id] = db.exec(select(Task).where(Task.user_id == me.id)).all()  # ok
    return report_cache[me.id]


@app.get("/csv")
def csv(db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    rows = db.exec(select(Task)).all()  # finding: list-without-owner-filter
    return Response("\n".join(row.title for row in rows), media_type="text/csv")


@app.get("/count/{project_id}")
def count(project_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    return len(db.exec(select(Task).where(Task.project_id == project_id)).all())
