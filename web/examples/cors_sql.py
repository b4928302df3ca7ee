"""Orders of a shop: who may call, and what reaches the database."""

import os
from typing import Annotated

import jwt
from fastapi import Depends, FastAPI, HTTPException, Query, status
from fastapi.middleware.cors import CORSMiddleware
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

SECRET = os.environ["BETTER_AUTH_SECRET"]
SORTABLE = {"date": "created_at", "total": "total"}
ORIGINS = ["*"]

engine = create_async_engine(os.environ["DATABASE_URL"])
new_session = async_sessionmaker(engine)
app = FastAPI()

# With credentials, "*" does not mean "anyone, without cookies": it lets every site in with the visitor's own.
app.add_middleware(CORSMiddleware, allow_origins=ORIGINS, allow_credentials=True, allow_methods=["*"])


async def get_session():
    async with new_session() as session:
        yield session


def get_user_id(credentials: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]) -> str:
    try:
        claims = jwt.decode(
            credentials.credentials, SECRET, algorithms=["HS256"], options={"require": ["exp", "sub"]}
        )
    except jwt.InvalidTokenError:
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "Invalid token", {"WWW-Authenticate": "Bearer"})
    return claims["sub"]


Database = Annotated[AsyncSession, Depends(get_session)]
UserId = Annotated[str, Depends(get_user_id)]


@app.get("/orders")
async def orders(session: Database, user_id: UserId, sort: Annotated[str, Query()] = "date"):
    # Right: the column comes from a table of known names, the value is bound.
    column = SORTABLE.get(sort, "created_at")
    query = text(f"SELECT * FROM orders WHERE user_id = :user_id ORDER BY {column}")
    return (await session.execute(query, {"user_id": user_id})).mappings().all()


@app.get("/orders/search")
async def search_orders(session: Database, user_id: UserId, q: str):
    # Wrong: the client writes part of the query.
    query = "SELECT * FROM orders WHERE user_id = '" + user_id + "' AND item LIKE '%" + q + "%'"
    return (await session.execute(text(query))).mappings().all()


@app.get("/orders/{order_id}")
async def order(session: Database, user_id: UserId, order_id: int):
    # Wrong for the same reason, in another spelling.
    query = "SELECT * FROM orders WHERE id = %s AND user_id = '%s'" % (order_id, user_id)
    row = (await session.execute(text(query))).mappings().first()
    if row is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "No such order")
    return row
