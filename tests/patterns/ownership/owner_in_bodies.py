#- begins as callers
#- models.py
from sqlmodel import Field, SQLModel


class User(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    email: str
    hashed_password: str
    role: str = "user"
    balance: int = 0


class TaskBase(SQLModel):
    title: str


class TaskCreate(TaskBase):
    pass


class TaskCreateWithOwner(TaskBase):
    owner_id: int


class TaskUpdate(SQLModel):
    title: str | None = None


class TaskUpdateWithOwner(TaskUpdate):
    owner_id: int | None = None


class Task(TaskBase, table=True):
    id: int | None = Field(default=None, primary_key=True)
    owner_id: int = Field(foreign_key="user.id")


class ProfileUpdate(SQLModel):
    email: str | None = None


class ProfileUpdateWithRole(SQLModel):
    email: str | None = None
    role: str | None = None


class ProfileUpdateWithBalance(SQLModel):
    email: str | None = None
    balance: int | None = None
#- main.py
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlmodel import Session, select

import models as m
from db import get_session
from security import CurrentUser, get_current_user

app = FastAPI()
Db = Annotated[Session, Depends(get_session)]
Me = Annotated[CurrentUser, Depends(get_current_user)]


@app.post("/a")
def validated_with_owner(body: m.TaskCreate, db: Db, me: Me):
    task = m.Task.model_validate(body, update={"owner_id": me.id})  # ok
    db.add(task)
    db.commit()


@app.post("/b")
def owner_overwritten(body: m.TaskCreateWithOwner, db: Db, me: Me):
    task = m.Task.model_validate(body)  # ok
    task.owner_id = me.id
    db.add(task)
    db.commit()


@app.post("/c")
def owner_from_body(body: m.TaskCreateWithOwner, db: Db, me: Me):
    task = m.Task.model_validate(body)  # finding: owner-from-request-body
    db.add(task)
    db.commit()


@app.post("/d")
def owner_from_spread(body: m.TaskCreateWithOwner, db: Db, me: Me):
    task = m.Task(**body.model_dump())  # finding: owner-from-request-body
    db.add(task)
    db.commit()


@app.post("/e")
def owner_beside_spread(body: m.TaskCreate, db: Db, me: Me):
    task = m.Task(**body.model_dump(), owner_id=me.id)  # ok
    db.add(task)
    db.commit()


@app.post("/f")
def spread_wins(body: m.TaskCreateWithOwner, db: Db, me: Me):
    task = m.Task(**{"owner_id": me.id, **body.model_dump()})  # finding: owner-from-request-body
    db.add(task)
    db.commit()


@app.post("/g")
def caller_wins(body: m.TaskCreateWithOwner, db: Db, me: Me):
    task = m.Task(**{**body.model_dump(), "owner_id": me.id})  # ok
    db.add(task)
    db.commit()


@app.patch("/h/{task_id}")
def set_attributes(task_id: int, body: m.TaskUpdate, db: Db, me: Me):
    task = db.exec(select(m.Task).where(m.Task.id == task_id, m.Task.owner_id == me.id)).one()  # ok
    for key, value in body.model_dump(exclude_unset=True).items():
        setattr(task, key, value)  # ok
    db.commit()


@app.patch("/i/{task_id}")
def set_attributes_with_owner(task_id: int, body: m.TaskUpdateWithOwner, db: Db, me: Me):
    task = db.exec(select(m.Task).where(m.Task.id == task_id, m.Task.owner_id == me.id)).one()  # ok
    for key, value in body.model_dump(exclude_unset=True).items():
        setattr(task, key, value)  # finding: owner-from-request-body
    db.commit()


@app.patch("/j/{task_id}")
def excluded(task_id: int, body: m.TaskUpdateWithOwner, db: Db, me: Me):
    task = db.exec(select(m.Task).where(m.Task.id == task_id, m.Task.owner_id == me.id)).one()  # ok
    for key, value in body.model_dump(exclude_unset=True, exclude={"owner_id"}).items():
        setattr(task, key, value)  # ok
    db.commit()


@app.patch("/k/{task_id}")
def sqlmodel_update(task_id: int, body: m.TaskUpdateWithOwner, db: Db, me: Me):
    task = db.exec(select(m.Task).where(m.Task.id == task_id, m.Task.owner_id == me.id)).one()  # ok
    task.sqlmodel_update(body.model_dump(exclude_unset=True))  # finding: owner-from-request-body
    db.commit()


@app.post("/l")
def table_as_body(task: m.Task, db: Db, me: Me):  # finding: table-model-as-body
    db.add(task)
    db.commit()


@app.patch("/m")
def profile(body: m.ProfileUpdate, db: Db, me: Me):
    user = db.get(m.User, me.id)
    user.sqlmodel_update(body.model_dump(exclude_unset=True))  # ok
    db.commit()


@app.patch("/n")
def profile_with_role(body: m.ProfileUpdateWithRole, db: Db, me: Me):
    user = db.get(m.User, me.id)
    user.sqlmodel_update(body.model_dump(exclude_unset=True))  # finding: mass-assignment
    db.commit()


@app.patch("/o")
def profile_with_balance(body: m.ProfileUpdateWithBalance, db: Db, me: Me):
    user = db.get(m.User, me.id)
    for field, value in body.model_dump(exclude_unset=True).items():
        setattr(user, field, value)  # finding: mass-assignment
    db.commit()


@app.patch("/p")
def profile_from_dict(body: dict, db: Db, me: Me):
    user = db.get(m.User, me.id)
    for field, value in body.items():
        setattr(user, field, value)  # finding: mass-assignment
    db.commit()


@app.patch("/q")
def profile_allow_list(body: dict, db: Db, me: Me):
    user = db.get(m.User, me.id)
    for field in ("email",):
        if field in body:
            setattr(user, field, body[field])  # ok
    db.commit()
