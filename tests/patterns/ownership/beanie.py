#- begins as identity
#- models.py
from beanie import Document, Indexed, PydanticObjectId


class Plan(Document):
    title: str
    createdBy: int

    class Settings:
        name = "plans"
#- main.py
from beanie import PydanticObjectId
from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel

from models import Plan
from security import CurrentUser, get_current_user

app = FastAPI()


class PlanIn(BaseModel):
    title: str


@app.post("/plans")
async def create(body: PlanIn, me: CurrentUser = Depends(get_current_user)):
    plan = Plan(**body.model_dump(), createdBy=me.id)  # ok
    return await plan.insert()


@app.get("/plans")
async def mine(me: CurrentUser = Depends(get_current_user)):
    return await Plan.find(Plan.createdBy == me.id).to_list()  # ok


@app.get("/plans/all")
async def everybodys(me: CurrentUser = Depends(get_current_user)):
    return await Plan.find_all().to_list()  # finding: list-without-owner-filter


@app.get("/plans/{plan_id}")
async def read(plan_id: PydanticObjectId, me: CurrentUser = Depends(get_current_user)):
    plan = await Plan.find_one(Plan.id == plan_id, Plan.createdBy == me.id)  # ok
    if plan is None:
        raise HTTPException(404)
    return plan


@app.get("/plans/{plan_id}/bad")
async def read_bad(plan_id: PydanticObjectId, me: CurrentUser = Depends(get_current_user)):
    plan = await Plan.get(plan_id)  # finding: object-without-owner-check
    if plan is None:
        raise HTTPException(404)
    return plan


@app.put("/plans/{plan_id}")
async def change(plan_id: PydanticObjectId, body: PlanIn, me: CurrentUser = Depends(get_current_user)):
    plan = await Plan.get(plan_id)  # ok
    if not plan or plan.createdBy != me.id:
        raise HTTPException(404)
    await plan.set(body.model_dump())
    return plan


@app.put("/plans/{plan_id}/bad")
async def change_bad(plan_id: PydanticObjectId, body: PlanIn, me: CurrentUser = Depends(get_current_user)):
    plan = await Plan.get(plan_id)  # finding: object-without-owner-check
    if not plan:
        raise HTTPException(404)
    await plan.update({"$set": body.model_dump()})
    return {"ok": True}


@app.delete("/plans/{plan_id}/bad")
async def remove_bad(plan_id: PydanticObjectId, me: CurrentUser = Depends(get_current_user)):
    plan = await Plan.get(plan_id)  # finding: object-without-owner-check
    await plan.delete()
    return {"ok": True}
