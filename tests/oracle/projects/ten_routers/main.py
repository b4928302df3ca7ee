from fastapi import Depends, FastAPI

from app.api import api_router
from app.api.routes import health, metrics
from app.deps import verify_header

app = FastAPI(dependencies=[Depends(verify_header)])
app.include_router(api_router, prefix="/api/v1")
app.include_router(health.router)
app.include_router(metrics.router, include_in_schema=False)
