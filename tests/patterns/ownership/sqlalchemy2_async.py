#- begins as identity
#- database.py
import os
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

engine = create_async_engine(os.environ["DATABASE_URL"])
async_session = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    pass


async def get_db():
    async with async_session() as session:
        yield session


Db = Annotated[AsyncSession, Depends(get_db)]
#- models.py
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from database import Base


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(255), unique=True)
    hashed_password: Mapped[str]
    wallets: Mapped[list["Wallet"]] = relationship(back_populates="user", lazy="selectin")


class Wallet(Base):
    __tablename__ = "wallets"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str]
    user: Mapped[User] = relationship(back_populates="wallets")


class Transfer(Base):
    __tablename__ = "transfers"
    id: Mapped[int] = mapped_column(primary_key=True)
    wallet_id: Mapped[int] = mapped_column(ForeignKey("wallets.id"))
    amount: Mapped[int]
    wallet: Mapped[Wallet] = relationship()
#- main.py
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel
from sqlalchemy import and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import selectinload, with_loader_criteria

from database import Db
from models import Transfer, User, Wallet
from security import CurrentUser, get_current_user

app = FastAPI()
Me = Annotated[CurrentUser, Depends(get_current_user)]


class WalletUpdate(BaseModel):
    name: str


class Out(BaseModel):
    id: int
    name: str


@app.get("/comma/{wallet_id}", response_model=Out)
async def comma(wallet_id: int, db: Db, me: Me):
    return await db.scalar(select(Wallet).where(Wallet.id == wallet_id, Wallet.user_id == me.id))  # ok


@app.get("/comma/{wallet_id}/bad", response_model=Out)
async def comma_bad(wallet_id: int, db: Db, me: Me):
    return await db.scalar(select(Wallet).where(Wallet.id == wallet_id, Wallet.name != ""))  # finding: object-without-owner-check


@app.get("/and/{wallet_id}", response_model=Out)
async def with_and(wallet_id: int, db: Db, me: Me):
    return (await db.execute(select(Wallet).where(and_(Wallet.id == wallet_id, Wallet.user_id == me.id)))).scalar_one_or_none()  # ok


@app.get("/or/{wallet_id}", response_model=Out)
async def with_or(wallet_id: int, db: Db, me: Me):
    return (await db.execute(select(Wallet).where(or_(Wallet.id == wallet_id, Wallet.user_id == me.id)))).scalars().first()  # finding: object-without-owner-check


@app.get("/chained/{wallet_id}", response_model=Out)
async def chained(wallet_id: int, db: Db, me: Me):
    statement = select(Wallet).where(Wallet.id == wallet_id)  # ok
    statement = statement.where(Wallet.user_id == me.id)
    return (await db.scalars(statement)).one_or_none()


@app.get("/forgotten/{wallet_id}", response_model=Out)
async def forgotten(wallet_id: int, db: Db, me: Me):
    statement = select(Wallet).where(Wallet.id == wallet_id)  # finding: object-without-owner-check
    statement.where(Wallet.user_id == me.id)
    return (await db.scalars(statement)).one_or_none()


@app.get("/filter_by/{wallet_id}", response_model=Out)
async def by(wallet_id: int, db: Db, me: Me):
    return (await db.scalars(select(Wallet).filter_by(id=wallet_id, user_id=me.id))).first()  # ok


@app.get("/filter_by/{wallet_id}/bad", response_model=Out)
async def by_bad(wallet_id: int, db: Db, me: Me):
    return (await db.scalars(select(Wallet).filter_by(id=wallet_id))).first()  # finding: object-without-owner-check


@app.get("/relationship", response_model=list[Out])
async def relationship_read(db: Db, me: Me):
    user = await db.get(User, me.id)
    return user.wallets  # ok


@app.get("/users/{user_id}/wallets", response_model=list[Out])
async def relationship_of_other(user_id: int, db: Db, me: Me):  # finding: path-user-mismatch-unchecked
    user = await db.get(User, user_id)
    return user.wallets


@app.get("/transfers/{transfer_id}")
async def joined(transfer_id: int, db: Db, me: Me):
    query = select(Transfer).join(Wallet).where(Transfer.id == transfer_id, Wallet.user_id == me.id)  # ok
    return {"amount": (await db.scalars(query)).one().amount}


@app.get("/transfers/{transfer_id}/bad")
async def joined_bad(transfer_id: int, db: Db, me: Me):
    query = select(Transfer).join(Wallet).where(Transfer.id == transfer_id)  # finding: object-without-owner-check
    return {"amount": (await db.scalars(query)).one().amount}


@app.get("/transfers/{transfer_id}/has")
async def has(transfer_id: int, db: Db, me: Me):
    query = select(Transfer).where(Transfer.id == transfer_id, Transfer.wallet.has(Wallet.user_id == me.id))  # ok
    return {"amount": (await db.scalars(query)).one().amount}


@app.get("/transfers/{transfer_id}/exists")
async def with_exists(transfer_id: int, db: Db, me: Me):
    owned = exists().where(Wallet.id == Transfer.wallet_id, Wallet.user_id == me.id)
    query = select(Transfer).where(Transfer.id == transfer_id, owned)  # ok
    return {"amount": (await db.scalars(query)).one().amount}


@app.get("/transfers/{transfer_id}/subquery")
async def subquery(transfer_id: int, db: Db, me: Me):
    mine = select(Wallet.id).where(Wallet.user_id == me.id)
    query = select(Transfer).where(Transfer.id == transfer_id, Transfer.wallet_id.in_(mine))  # ok
    return {"amount": (await db.scalars(query)).one().amount}


@app.get("/transfers/{transfer_id}/subquery/bad")
async def subquery_bad(transfer_id: int, db: Db, me: Me):
    named = select(Wallet.id).where(Wallet.name == "main")
    query = select(Transfer).where(Transfer.id == transfer_id, Transfer.wallet_id.in_(named))  # finding: object-without-owner-check
    return {"amount": (await db.scalars(query)).one().amount}


@app.get("/transfers/{transfer_id}/loaded")
async def loaded(transfer_id: int, db: Db, me: Me):
    transfer = await db.get(Transfer, transfer_id, options=[selectinload(Transfer.wallet)])  # ok
    if transfer is None or transfer.wallet.user_id != me.id:
        raise HTTPException(404)
    return {"amount": transfer.amount}


@app.get("/criteria/{wallet_id}", response_model=Out)
async def criteria(wallet_id: int, db: Db, me: Me):
    query = select(Wallet).where(Wallet.id == wallet_id).options(with_loader_criteria(Wallet, Wallet.user_id == me.id))  # ok
    return (await db.scalars(query)).one_or_none()


@app.patch("/wallets/{wallet_id}", status_code=204)
async def change(wallet_id: int, body: WalletUpdate, db: Db, me: Me):
    result = await db.execute(update(Wallet).where(Wallet.id == wallet_id, Wallet.user_id == me.id).values(**body.model_dump()))  # ok
    await db.commit()
    if result.rowcount == 0:
        raise HTTPException(404)


@app.patch("/wallets/{wallet_id}/bad", status_code=204)
async def change_bad(wallet_id: int, body: WalletUpdate, db: Db, me: Me):
    await db.execute(update(Wallet).where(Wallet.id == wallet_id).values(**body.model_dump()))  # finding: object-without-owner-check
    await db.commit()


@app.delete("/wallets", status_code=204)
async def remove_many(ids: list[int], db: Db, me: Me):
    await db.execute(delete(Wallet).where(Wallet.id.in_(ids), Wallet.user_id == me.id))  # ok
    await db.commit()


@app.delete("/wallets/bad", status_code=204)
async def remove_many_bad(ids: list[int], db: Db, me: Me):
    await db.execute(delete(Wallet).where(Wallet.id.in_(ids)))  # finding: list-without-owner-filter
    await db.commit()


@app.get("/wallets/count")
async def count(db: Db, me: Me):
    return await db.scalar(select(func.count()).select_from(Wallet).where(Wallet.user_id == me.id))  # ok


@app.get("/transfers/sum")
async def total(db: Db, me: Me):
    return await db.scalar(select(func.sum(Transfer.amount)).join(Wallet).where(Wallet.user_id == me.id))  # ok


@app.get("/wallets/search", response_model=list[Out])
async def search(q: str, db: Db, me: Me):
    return (await db.scalars(select(Wallet).where(Wallet.user_id == me.id, Wallet.name.ilike(f"%{q}%")))).all()  # ok


@app.get("/wallets/search/bad", response_model=list[Out])
async def search_bad(q: str, db: Db, me: Me):
    return (await db.scalars(select(Wallet).where(Wallet.name.ilike(f"%{q}%")))).all()  # finding: list-without-owner-filter


@app.get("/wallets/export")
async def export(db: Db, me: Me):
    rows = (await db.scalars(select(Wallet).where(Wallet.user_id == me.id))).all()  # ok
    return "\n".join(f"{row.id},{row.name}" for row in rows)


@app.get("/wallets/export/bad")
async def export_bad(db: Db, me: Me):
    rows = (await db.scalars(select(Wallet))).all()  # finding: list-without-owner-filter
    return "\n".join(f"{row.id},{row.name}" for row in rows)
