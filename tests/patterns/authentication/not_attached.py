#- api/deps.py
import os

import jwt
from fastapi import Depends, HTTPException
from fastapi.security import OAuth2PasswordBearer


def current_user(token: str = Depends(OAuth2PasswordBearer(tokenUrl="token"))) -> str:
    try:
        return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"], options={"require": ["exp", "sub"]})["sub"]
    except (jwt.PyJWTError, KeyError):
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
#- api/invoices.py
from fastapi import APIRouter, Depends

from api.deps import current_user

router = APIRouter(prefix="/invoices", dependencies=[Depends(current_user)])
INVOICES = {}


@router.post("/")
def add(name: str):  # ok
    INVOICES[name] = True
#- api/payments.py
from fastapi import APIRouter

from api.deps import current_user

router = APIRouter(prefix="/payments")
PAYMENTS = {}


@router.post("/")  # finding: route-without-auth
def add(name: str):
    PAYMENTS[name] = True
#- main.py
from fastapi import FastAPI

from api import invoices, payments

app = FastAPI()
app.include_router(invoices.router)
app.include_router(payments.router)
