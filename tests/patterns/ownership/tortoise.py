#- begins as identity
#- models.py
from tortoise import fields
from tortoise.models import Model


class User(Model):
    id = fields.IntField(pk=True)
    username = fields.CharField(max_length=50, unique=True)
    password_hash = fields.CharField(max_length=128)


class Note(Model):
    id = fields.IntField(pk=True)
    title = fields.CharField(max_length=100)
    owner = fields.ForeignKeyField("models.User", related_name="notes")


class Leaf(Model):
    id = fields.IntField(pk=True)
    note = fields.ForeignKeyField("models.Note", related_name="pages")
    text = fields.TextField()
#- main.py
from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel

from models import Leaf, Note, User
from security import CurrentUser, get_current_user

app = FastAPI()


class NoteIn(BaseModel):
    title: str


@app.get("/notes")
async def mine(me: CurrentUser = Depends(get_current_user)):
    return await Note.filter(owner_id=me.id).values()  # ok


@app.get("/notes/all")
async def everybodys(me: CurrentUser = Depends(get_current_user)):
    return await Note.all().values()  # finding: list-without-owner-filter


@app.post("/notes")
async def create(body: NoteIn, me: CurrentUser = Depends(get_current_user)):
    note = await Note.create(title=body.title, owner_id=me.id)  # ok
    return {"id": note.id}


@app.get("/notes/{note_id}")
async def read(note_id: int, me: CurrentUser = Depends(get_current_user)):
    return await Note.get(id=note_id, owner_id=me.id).values()  # ok


@app.get("/notes/{note_id}/bad")
async def read_bad(note_id: int, me: CurrentUser = Depends(get_current_user)):
    return await Note.get(id=note_id).values()  # finding: object-without-owner-check


@app.get("/notes/{note_id}/compared")
async def compared(note_id: int, me: CurrentUser = Depends(get_current_user)):
    note = await Note.get_or_none(id=note_id)  # ok
    if note is None or note.owner_id != me.id:
        raise HTTPException(404)
    return {"title": note.title}


@app.get("/notes/{note_id}/fetched")
async def fetched(note_id: int, me: CurrentUser = Depends(get_current_user)):
    note = await Note.get(id=note_id).prefetch_related("owner")  # ok
    if note.owner.id != me.id:
        raise HTTPException(404)
    return {"title": note.title}


@app.get("/pages/{page_id}")
async def page(page_id: int, me: CurrentUser = Depends(get_current_user)):
    return await Leaf.get(id=page_id, note__owner_id=me.id).values()  # ok


@app.get("/pages/{page_id}/bad")
async def page_bad(page_id: int, me: CurrentUser = Depends(get_current_user)):
    return await Leaf.get(id=page_id).values()  # finding: object-without-owner-check


@app.put("/notes/{note_id}")
async def change(note_id: int, body: NoteIn, me: CurrentUser = Depends(get_current_user)):
    updated = await Note.filter(id=note_id, owner_id=me.id).update(**body.model_dump())  # ok
    if not updated:
        raise HTTPException(404)


@app.put("/notes/{note_id}/bad")
async def change_bad(note_id: int, body: NoteIn, me: CurrentUser = Depends(get_current_user)):
    await Note.filter(id=note_id).update(**body.model_dump())  # finding: object-without-owner-check


@app.delete("/notes/{note_id}")
async def remove(note_id: int, me: CurrentUser = Depends(get_current_user)):
    deleted = await Note.filter(id=note_id, owner_id=me.id).delete()  # ok
    if not deleted:
        raise HTTPException(404)


@app.delete("/notes/{note_id}/bad")
async def remove_bad(note_id: int, me: CurrentUser = Depends(get_current_user)):
    note = await Note.get(id=note_id)  # finding: object-without-owner-check
    await note.delete()
