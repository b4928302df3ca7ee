import os
from dataclasses import dataclass

import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel

app = FastAPI()
bearer = HTTPBearer()


class NoteIn(BaseModel):
    text: str


class Note(NoteIn):
    id: int
    owner: str


@dataclass
class Photo:
    id: int
    uploaded_by: str


notes: dict[int, dict] = {}
db = {"orders": [], "carts": {}}
PHOTOS: list[Photo] = []


class Notes:
    def __init__(self):
        self._rows: dict[int, Note] = {}

    def get(self, note_id: int) -> Note | None:
        return self._rows.get(note_id)

    def put(self, note: Note):
        self._rows[note.id] = note
        return note

    def of(self, owner: str):
        return [note for note in self._rows.values() if note.owner == owner]

    def drop(self, note_id: int):
        self._rows.pop(note_id, None)


repository = Notes()


def me(creds: HTTPAuthorizationCredentials = Depends(bearer)) -> str:
    try:
        options = {"require": ["exp", "sub"]}
        return jwt.decode(creds.credentials, os.environ["KEY"], algorithms=["HS256"], options=options)["sub"]
    except jwt.PyJWTError:
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})


@app.post("/notes")
def create_note(note: NoteIn, uid: str = Depends(me)):
    number = len(notes) + 1
    notes[number] = {"id": number, "text": note.text, "owner": uid}
    return notes[number]


@app.post("/orders")
def create_order(item: str, uid: str = Depends(me)):
    order = {"id": len(db["orders"]), "item": item, "buyer": uid}
    db["orders"].append(order)
    return order


@app.post("/photos")
def create_photo(uid: str = Depends(me)):
    PHOTOS.append(Photo(id=len(PHOTOS), uploaded_by=uid))


@app.post("/kept")
def create_kept(note: NoteIn, uid: str = Depends(me)):
    return repository.put(Note(id=1, owner=uid, **note.model_dump()))


@app.post("/carts")
def add_to_cart(item: str, uid: str = Depends(me)):
    db["carts"].setdefault(uid, []).append({"item": item, "user_id": uid})
