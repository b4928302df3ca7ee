from fastapi import Depends, FastAPI, Header, Request

app = FastAPI()


async def get_db():
    try:
        yield "db"
    finally:
        pass


async def get_token(request: Request, authorization: str = Header("")):
    yield authorization


async def get_user(token: str = Depends(get_token), db=Depends(get_db, use_cache=False)):
    return token


async def get_active_user(user=Depends(get_user)):
    return user


async def get_owned_item(item_id: int, user=Depends(get_active_user), db=Depends(get_db)):
    return item_id


async def verified_owner(item=Depends(get_owned_item), user=Depends(get_user)):
    return item


@app.get("/items/{item_id}")
async def read(item=Depends(verified_owner)):
    return item


@app.put("/items/{item_id}", dependencies=[Depends(verified_owner, use_cache=False)])
async def write(request: Request, item_id: int, db=Depends(get_db)):
    return item_id


@app.get("/stream", dependencies=[Depends(get_db, scope="function")])
async def stream():
    return None
