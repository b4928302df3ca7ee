from fastapi import APIRouter, FastAPI

app = FastAPI()
shared = APIRouter(prefix="/shared")


@app.get("/application")
def in_application():
    return None
