#- begins as identity
#- database.py
import os

from sqlalchemy import Column, ForeignKey, Integer, String, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import relationship, sessionmaker

engine = create_engine(os.environ["DATABASE_URL"])
SessionLocal = sessionmaker(autocommit=False, autoflush=False, bind=engine)
Base = declarative_base()


class User(Base):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True)
    email = Column(String, unique=True)
    hashed_password = Column(String)
    organization_id = Column(Integer, ForeignKey("organizations.id"))


class Organization(Base):
    __tablename__ = "organizations"
    id = Column(Integer, primary_key=True)
    name = Column(String)


class Membership(Base):
    __tablename__ = "memberships"
    user_id = Column(Integer, ForeignKey("users.id"), primary_key=True)
    organization_id = Column(Integer, ForeignKey("organizations.id"), primary_key=True)
    role = Column(String)


class Contract(Base):
    __tablename__ = "contracts"
    id = Column(Integer, primary_key=True)
    organization_id = Column(Integer, ForeignKey("organizations.id"))
    text = Column(String)


def get_db():
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()
#- crud.py
from sqlalchemy.orm import Session

import database as models


def organizations_of(db: Session, user_id: int) -> list[int]:
    rows = db.query(models.Membership.organization_id).filter(models.Membership.user_id == user_id).all()
    return [row[0] for row in rows]


def contracts_of(db: Session, user_id: int):
    org_ids = organizations_of(db, user_id)
    return db.query(models.Contract).filter(models.Contract.organization_id.in_(org_ids)).all()  # ok


def all_contracts(db: Session, skip: int = 0, limit: int = 100):
    return db.query(models.Contract).offset(skip).limit(limit).all()  # finding: list-without-owner-filter


def contract_by_membership(db: Session, contract_id: int, user_id: int):
    return (
        db.query(models.Contract)  # ok
        .join(models.Membership, models.Membership.organization_id == models.Contract.organization_id)
        .filter(models.Contract.id == contract_id, models.Membership.user_id == user_id)
        .first()
    )


def contract(db: Session, contract_id: int):
    return db.query(models.Contract).filter(models.Contract.id == contract_id).first()  # finding: object-without-owner-check


def is_member(db: Session, user_id: int, organization_id: int) -> bool:
    return db.query(models.Membership).filter_by(user_id=user_id, organization_id=organization_id).first() is not None
#- main.py
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy.orm import Session

import crud
from database import Contract, Membership, get_db
from security import CurrentUser, get_current_user

app = FastAPI()


@app.get("/contracts")
def mine(db: Session = Depends(get_db), me: CurrentUser = Depends(get_current_user)):
    return crud.contracts_of(db, me.id)


@app.get("/contracts/all")
def everybodys(db: Session = Depends(get_db), me: CurrentUser = Depends(get_current_user)):
    return crud.all_contracts(db)


@app.get("/contracts/{contract_id}")
def read(contract_id: int, db: Session = Depends(get_db), me: CurrentUser = Depends(get_current_user)):
    found = crud.contract_by_membership(db, contract_id, me.id)
    if not found:
        raise HTTPException(404)
    return found


@app.get("/contracts/{contract_id}/bad")
def read_bad(contract_id: int, db: Session = Depends(get_db), me: CurrentUser = Depends(get_current_user)):
    found = crud.contract(db, contract_id)
    if not found:
        raise HTTPException(404)
    return found


@app.get("/contracts/{contract_id}/member")
def read_as_member(contract_id: int, db: Session = Depends(get_db), me: CurrentUser = Depends(get_current_user)):
    found = db.query(Contract).get(contract_id)  # ok
    if not found or not crud.is_member(db, me.id, found.organization_id):
        raise HTTPException(404)
    return found


@app.get("/organizations/{organization_id}/contracts")
def of_organization(organization_id: int, db: Session = Depends(get_db), me: CurrentUser = Depends(get_current_user)):
    if not crud.is_member(db, me.id, organization_id):
        raise HTTPException(403)
    return db.query(Contract).filter(Contract.organization_id == organization_id).all()  # ok


@app.get("/organizations/{organization_id}/contracts/bad")
def of_organization_bad(organization_id: int, db: Session = Depends(get_db), me: CurrentUser = Depends(get_current_user)):  # finding: path-user-mismatch-unchecked
    return db.query(Contract).filter(Contract.organization_id == organization_id).all()


@app.get("/memberships/{organization_id}")
def composite(organization_id: int, db: Session = Depends(get_db), me: CurrentUser = Depends(get_current_user)):
    return db.get(Membership, (me.id, organization_id))  # ok


@app.get("/memberships/{organization_id}/dict")
def composite_dict(organization_id: int, db: Session = Depends(get_db), me: CurrentUser = Depends(get_current_user)):
    return db.get(Membership, {"user_id": me.id, "organization_id": organization_id})  # ok
