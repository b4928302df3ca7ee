from fastapi import APIRouter

router = APIRouter()


@router.get("/healthz")
@router.get("/health")
def health():
    return "ok"
