import os
import jwt
from fastapi import Depends, FastAPI, Header, HTTPException, Request
from fastapi.security import HTTPBearer
from motor.motor_asyncio import AsyncIOMotorClient
app = FastAPI()
db = AsyncIOMotorClient(os.environ["MONGO"]).shop
def claims(creds=Depends(HTTPBearer())) -> dict:
    try:
        return jwt.decode(creds.credentials, os.environ["KEY"], algorithms=["HS256"])
    except jwt.PyJWTError:
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
def me(claims: dict = Depends(claims)) -> str:
    return claims.get("sub")
