from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Security
from fastapi.security import OAuth2PasswordBearer, SecurityScopes

ADMIN = ["users:write", "users:read"]
scheme = OAuth2PasswordBearer(tokenUrl="token", scopes={"me": "own", "items": "items"})


async def get_current_user(security_scopes: SecurityScopes, token: Annotated[str, Depends(scheme)]):
    return token


async def get_active_user(user: Annotated[str, Security(get_current_user, scopes=["me"])]):
    return user


Me = Annotated[str, Security(get_current_user, scopes=["me"])]
app = FastAPI(dependencies=[Security(scheme)])
router = APIRouter(prefix="/admin", dependencies=[Security(get_current_user, scopes=ADMIN)])


@app.get("/me")
async def me(user: Annotated[str, Depends(get_active_user)]):
    return user


@app.get("/items")
async def items(user: str = Security(get_active_user, scopes=["items"])):
    return user


@app.get("/alias", dependencies=[Security(dependency=get_active_user, scopes=["items", "me"])])
async def alias(user: Me):
    return user


@router.delete("/users/{user_id}")
async def delete(user_id: int):
    return user_id


app.include_router(router)
