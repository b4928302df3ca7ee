#- begins as identity
#- main.py
import sqlite3

from fastapi import Depends, FastAPI, HTTPException

from security import CurrentUser, get_current_user

app = FastAPI()


def get_db():
    connection = sqlite3.connect("notes.db", check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute("CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, user_id INTEGER, title TEXT, shared INTEGER)")
    try:
        yield connection
    finally:
        connection.close()


@app.get("/notes")
def list_notes(db: sqlite3.Connection = Depends(get_db), user: CurrentUser = Depends(get_current_user)):
    cursor = db.cursor()
    cursor.execute("SELECT * FROM notes WHERE user_id = ?", (user.id,))  # ok
    return [dict(row) for row in cursor.fetchall()]


@app.get("/notes/{note_id}")
def read_note(note_id: int, db: sqlite3.Connection = Depends(get_db), user: CurrentUser = Depends(get_current_user)):
    row = db.execute("SELECT * FROM notes WHERE id = ? AND user_id = ?", (note_id, user.id)).fetchone()  # ok
    if row is None:
        raise HTTPException(404)
    return dict(row)


@app.get("/notes/{note_id}/swapped")
def read_swapped(note_id: int, db: sqlite3.Connection = Depends(get_db), user: CurrentUser = Depends(get_current_user)):
    row = db.execute("SELECT * FROM notes WHERE id = ? AND user_id = ?", (user.id, note_id)).fetchone()  # finding: object-without-owner-check
    if row is None:
        raise HTTPException(404)
    return dict(row)


@app.delete("/notes/{note_id}/swapped")
def remove_swapped(note_id: int, db: sqlite3.Connection = Depends(get_db), user: CurrentUser = Depends(get_current_user)):
    cursor = db.cursor()
    cursor.execute("DELETE FROM notes WHERE id = ? AND user_id = ?", (user.id, note_id))  # finding: object-without-owner-check
    db.commit()
    return {"deleted": cursor.rowcount}


@app.put("/notes/{note_id}")
def change_note(note_id: int, title: str, db: sqlite3.Connection = Depends(get_db), user: CurrentUser = Depends(get_current_user)):
    db.execute("UPDATE notes SET title = ? WHERE id = ? AND user_id = ?", (title, note_id, user.id))  # ok
    db.commit()
    return {"ok": True}


@app.put("/notes/{note_id}/shifted")
def change_shifted(note_id: int, title: str, db: sqlite3.Connection = Depends(get_db), user: CurrentUser = Depends(get_current_user)):
    db.execute("UPDATE notes SET title = ? WHERE user_id = ? AND id = ?", (title, note_id, user.id))  # finding: object-without-owner-check
    db.commit()
    return {"ok": True}


@app.get("/notes/{note_id}/named")
def read_named(note_id: int, db: sqlite3.Connection = Depends(get_db), user: CurrentUser = Depends(get_current_user)):
    row = db.execute("SELECT * FROM notes WHERE id = :id AND user_id = :owner", {"id": note_id, "owner": user.id}).fetchone()  # ok
    if row is None:
        raise HTTPException(404)
    return dict(row)


@app.get("/notes/{note_id}/misnamed")
def read_misnamed(note_id: int, db: sqlite3.Connection = Depends(get_db), user: CurrentUser = Depends(get_current_user)):
    row = db.execute("SELECT * FROM notes WHERE id = :id AND user_id = :owner", {"id": user.id, "owner": note_id}).fetchone()  # finding: object-without-owner-check
    if row is None:
        raise HTTPException(404)
    return dict(row)


@app.get("/notes/{note_id}/compared")
def read_compared(note_id: int, db: sqlite3.Connection = Depends(get_db), user: CurrentUser = Depends(get_current_user)):
    row = db.execute("SELECT * FROM notes WHERE id = ?", (note_id,)).fetchone()  # ok
    if row is None or row["user_id"] != user.id:
        raise HTTPException(404)
    return dict(row)


@app.get("/notes/{note_id}/either")
def read_either(note_id: int, db: sqlite3.Connection = Depends(get_db), user: CurrentUser = Depends(get_current_user)):
    row = db.execute("SELECT * FROM notes WHERE id = ? OR user_id = ?", (note_id, user.id)).fetchone()  # finding: object-without-owner-check
    if row is None:
        raise HTTPException(404)
    return dict(row)


@app.get("/notes/{note_id}/shared")
def read_shared(note_id: int, db: sqlite3.Connection = Depends(get_db), user: CurrentUser = Depends(get_current_user)):
    row = db.execute("SELECT * FROM notes WHERE id = ? AND (user_id = ? OR shared = 1)", (note_id, user.id)).fetchone()  # ok
    if row is None:
        raise HTTPException(404)
    return dict(row)
