#- begins as identity
#- db.py
import os

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

engine = create_async_engine(os.environ["DATABASE_URL"])
SessionLocal = async_sessionmaker(engine, expire_on_commit=False)


async def get_session():
    async with SessionLocal() as session:
        yield session
#- main.py
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, HTTPException
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from db import get_session
from security import CurrentUser, get_current_user

app = FastAPI()
router = APIRouter(prefix="/invoices", tags=["invoices"])
Db = Annotated[AsyncSession, Depends(get_session)]
Me = Annotated[CurrentUser, Depends(get_current_user)]

FIND = text("SELECT * FROM invoices WHERE id = :invoice_id AND customer_id = :customer_id")


@router.get("/")
async def mine(db: Db, me: Me):
    result = await db.execute(text("SELECT * FROM invoices WHERE customer_id = :me"), {"me": me.id})  # ok
    return result.mappings().all()


@router.post("/")
async def create(db: Db, me: Me, amount: int):
    await db.execute(text("INSERT INTO invoices (customer_id, amount) VALUES (:me, :amount)"), {"me": me.id, "amount": amount})  # ok
    await db.commit()
    return {"ok": True}


@router.get("/{invoice_id}")
async def one(invoice_id: int, db: Db, me: Me):
    result = await db.execute(FIND, {"invoice_id": invoice_id, "customer_id": me.id})  # ok
    invoice = result.mappings().first()
    if invoice is None:
        raise HTTPException(404)
    return invoice


@router.get("/{invoice_id}/swapped")
async def swapped(invoice_id: int, db: Db, me: Me):
    result = await db.execute(FIND, {"invoice_id": me.id, "customer_id": invoice_id})  # finding: object-without-owner-check
    invoice = result.mappings().first()
    if invoice is None:
        raise HTTPException(404)
    return invoice


@router.get("/{invoice_id}/bound")
async def bound(invoice_id: int, db: Db, me: Me):
    query = text("SELECT * FROM invoices WHERE id = :id AND customer_id = :owner").bindparams(id=invoice_id, owner=me.id)
    invoice = (await db.execute(query)).mappings().first()  # ok
    if invoice is None:
        raise HTTPException(404)
    return invoice


@router.get("/{invoice_id}/open")
async def unfiltered(invoice_id: int, db: Db, me: Me):
    result = await db.execute(text("SELECT * FROM invoices WHERE id = :id"), {"id": invoice_id})  # finding: object-without-owner-check
    invoice = result.mappings().first()
    if invoice is None:
        raise HTTPException(404)
    return invoice


@router.delete("/{invoice_id}")
async def remove(invoice_id: int, db: Db, me: Me):
    await db.execute(text("DELETE FROM invoices WHERE id = :id AND customer_id = :me"), {"id": invoice_id, "me": me.id})  # ok
    await db.commit()
    return {"ok": True}


app.include_router(router)
