#- begins as identity
#- main.py
import os

from bson import ObjectId
from fastapi import Depends, FastAPI, HTTPException
from motor.motor_asyncio import AsyncIOMotorClient
from pydantic import BaseModel

from security import CurrentUser, get_current_user

app = FastAPI()
client = AsyncIOMotorClient(os.environ["MONGO_URL"])
db = client["app"]
documents = db["documents"]


class DocumentIn(BaseModel):
    title: str


@app.post("/documents")
async def create(body: DocumentIn, me: CurrentUser = Depends(get_current_user)):
    await documents.insert_one({**body.model_dump(), "metadata": {"owner_id": me.id}})  # ok
    return {"ok": True}


@app.get("/documents")
async def mine(me: CurrentUser = Depends(get_current_user)):
    return await documents.find({"metadata.owner_id": me.id}, {"_id": 0}).to_list(100)  # ok


@app.get("/documents/all")
async def everybodys(me: CurrentUser = Depends(get_current_user)):
    return await documents.find({}, {"_id": 0}).to_list(100)  # finding: list-without-owner-filter


@app.get("/documents/{document_id}")
async def read(document_id: str, me: CurrentUser = Depends(get_current_user)):
    document = await documents.find_one({"_id": ObjectId(document_id), "metadata.owner_id": me.id})  # ok
    if not document:
        raise HTTPException(404)
    return {"title": document["title"]}


@app.get("/documents/{document_id}/bad")
async def read_bad(document_id: str, me: CurrentUser = Depends(get_current_user)):
    document = await documents.find_one({"_id": ObjectId(document_id)})  # finding: object-without-owner-check
    if not document:
        raise HTTPException(404)
    return {"title": document["title"]}


@app.get("/documents/{document_id}/compared")
async def compared(document_id: str, me: CurrentUser = Depends(get_current_user)):
    document = await documents.find_one({"_id": ObjectId(document_id)})  # ok
    if not document or document["metadata"]["owner_id"] != me.id:
        raise HTTPException(404)
    return {"title": document["title"]}


@app.get("/documents/{document_id}/or")
async def either(document_id: str, me: CurrentUser = Depends(get_current_user)):
    document = await documents.find_one({"$or": [{"_id": ObjectId(document_id)}, {"metadata.owner_id": me.id}]})  # finding: object-without-owner-check
    if not document:
        raise HTTPException(404)
    return {"title": document["title"]}


@app.get("/documents/{document_id}/and")
async def both(document_id: str, me: CurrentUser = Depends(get_current_user)):
    document = await documents.find_one({"$and": [{"_id": ObjectId(document_id)}, {"metadata.owner_id": me.id}]})  # ok
    if not document:
        raise HTTPException(404)
    return {"title": document["title"]}


@app.get("/documents/{document_id}/shared")
async def shared(document_id: str, me: CurrentUser = Depends(get_current_user)):
    document = await documents.find_one(
        {"_id": ObjectId(document_id), "$or": [{"metadata.owner_id": me.id}, {"is_public": True}]}  # ok
    )
    if not document:
        raise HTTPException(404)
    return {"title": document["title"]}


@app.put("/documents/{document_id}")
async def change(document_id: str, body: DocumentIn, me: CurrentUser = Depends(get_current_user)):
    result = await documents.update_one({"_id": ObjectId(document_id), "metadata.owner_id": me.id}, {"$set": body.model_dump()})  # ok
    if result.matched_count == 0:
        raise HTTPException(404)


@app.put("/documents/{document_id}/bad")
async def change_bad(document_id: str, body: DocumentIn, me: CurrentUser = Depends(get_current_user)):
    await documents.update_one({"_id": ObjectId(document_id)}, {"$set": body.model_dump()})  # finding: object-without-owner-check


@app.delete("/documents/{document_id}")
async def remove(document_id: str, me: CurrentUser = Depends(get_current_user)):
    deleted = await documents.find_one_and_delete({"_id": ObjectId(document_id), "metadata.owner_id": me.id})  # ok
    if deleted is None:
        raise HTTPException(404)


@app.delete("/documents/{document_id}/bad")
async def remove_bad(document_id: str, me: CurrentUser = Depends(get_current_user)):
    await documents.delete_one({"_id": ObjectId(document_id)})  # finding: object-without-owner-check


@app.get("/documents/stats/mine")
async def stats(me: CurrentUser = Depends(get_current_user)):
    pipeline = [{"$match": {"metadata.owner_id": me.id}}, {"$group": {"_id": "$kind", "n": {"$sum": 1}}}]
    return await documents.aggregate(pipeline).to_list(None)  # ok


@app.get("/documents/stats/all")
async def stats_bad(me: CurrentUser = Depends(get_current_user)):
    pipeline = [{"$match": {"kind": "letter"}}, {"$project": {"title": 1}}]
    return await documents.aggregate(pipeline).to_list(None)  # finding: list-without-owner-filter
