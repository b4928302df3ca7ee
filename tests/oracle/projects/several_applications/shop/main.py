from fastapi import Depends, FastAPI

from .deps import get_current_user
from .routes import router

app = FastAPI()
app.include_router(router)


@app.get("/me")
def me(user=Depends(get_current_user)):
    return user
