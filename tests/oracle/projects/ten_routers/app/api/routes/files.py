from fastapi import APIRouter, UploadFile

from app.deps import User

router = APIRouter(prefix="/files")


@router.post("/")
async def upload(file: UploadFile, user: User):
    return file.filename
