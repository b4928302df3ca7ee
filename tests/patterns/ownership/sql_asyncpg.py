#- begins as identity
#- schema.py
SCHEMA = """
CREATE TABLE users (id SERIAL PRIMARY KEY, email TEXT UNIQUE);
CREATE TABLE notes (
    id SERIAL PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users(id),
    title TEXT,
    body TEXT
);
"""
#- main.py
import asyncpg
from fastapi import Depends, FastAPI, HTTPException, Request
from pydantic import BaseModel

from schema import SCHEMA
from security import CurrentUser, get_current_user

app = FastAPI()


class NoteIn(BaseModel):
    title: str
    body: str


async def get_connection(request: Request):
    async with request.app.state.pool.acquire() as connection:
        yield connection


@app.get("/notes")
async def list_notes(db: asyncpg.Connection = Depends(get_connection), user: CurrentUser = Depends(get_current_user)):
    rows = await db.fetch("SELECT id, title FROM notes WHERE user_id = $1 ORDER BY id", user.id)  # ok
    return [dict(row) for row in rows]


@app.get("/notes/all")
async def list_all(db: asyncpg.Connection = Depends(get_connection), user: CurrentUser = Depends(get_current_user)):
    rows = await db.fetch("SELECT id, title FROM notes ORDER BY id")  # finding: list-without-owner-filter
    return [dict(row) for row in rows]


@app.get("/notes/{note_id}")
async def read_note(note_id: int, db: asyncpg.Connection = Depends(get_connection), user: CurrentUser = Depends(get_current_user)):
    row = await db.fetchrow("SELECT * FROM notes WHERE id = $1 AND user_id = $2", note_id, user.id)  # ok
    if row is None:
        raise HTTPException(status_code=404)
    return dict(row)


@app.get("/notes/{note_id}/swapped")
async def read_swapped(note_id: int, db: asyncpg.Connection = Depends(get_connection), user: CurrentUser = Depends(get_current_user)):
    row = await db.fetchrow("SELECT * FROM notes WHERE id = $1 AND user_id = $2", user.id, note_id)  # finding: object-without-owner-check
    if row is None:
        raise HTTPException(status_code=404)
    return dict(row)


@app.get("/notes/{note_id}/numbered")
async def read_numbered(note_id: int, db: asyncpg.Connection = Depends(get_connection), user: CurrentUser = Depends(get_current_user)):
    row = await db.fetchrow("SELECT * FROM notes WHERE user_id = $2 AND id = $1", note_id, user.id)  # ok
    if row is None:
        raise HTTPException(status_code=404)
    return dict(row)


@app.put("/notes/{note_id}")
async def change_note(note_id: int, note: NoteIn, db: asyncpg.Connection = Depends(get_connection), user: CurrentUser = Depends(get_current_user)):
    result = await db.execute(
        "UPDATE notes SET title = $1, body = $2 WHERE id = $3 AND user_id = $4", note.title, note.body, note_id, user.id  # ok
    )
    if result == "UPDATE 0":
        raise HTTPException(status_code=404)
    return {"ok": True}


@app.put("/notes/{note_id}/open")
async def change_open(note_id: int, note: NoteIn, db: asyncpg.Connection = Depends(get_connection), user: CurrentUser = Depends(get_current_user)):
    await db.execute("UPDATE notes SET title = $1 WHERE id = $2", note.title, note_id)  # finding: object-without-owner-check
    return {"ok": True}


@app.delete("/notes/{note_id}")
async def remove_note(note_id: int, db: asyncpg.Connection = Depends(get_connection), user: CurrentUser = Depends(get_current_user)):
    await db.execute("DELETE FROM notes WHERE id = $1 AND user_id = $2", note_id, user.id)  # ok


@app.delete("/notes/{note_id}/swapped")
async def remove_swapped(note_id: int, db: asyncpg.Connection = Depends(get_connection), user: CurrentUser = Depends(get_current_user)):
    await db.execute("DELETE FROM notes WHERE id = $1 AND user_id = $2", user.id, note_id)  # finding: object-without-owner-check


@app.post("/notes")
async def add_note(note: NoteIn, db: asyncpg.Connection = Depends(get_connection), user: CurrentUser = Depends(get_current_user)):
    await db.execute("INSERT INTO notes (user_id, title, body) VALUES ($1, $2, $3)", user.id, note.title, note.body)  # ok
    return {"ok": True}
