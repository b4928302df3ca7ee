from fastapi import Depends

from application import app, shared
from users import get_user

import admin


@app.get("/views")
def in_views(user=Depends(get_user)):
    return user


@shared.get("/views")
def in_shared():
    return None


app.include_router(shared)
