from fastapi import Depends, Request
from fastapi.security import HTTPBearer


def get_db():
    return None


async def rbac_verify(request: Request, token=Depends(HTTPBearer())):
    return token


def verify(token=Depends(HTTPBearer())):
    return token


DependsJwtAuth = Depends(HTTPBearer())
DependsRBAC = Depends(rbac_verify)
PROTECTED = [DependsJwtAuth]
ADMIN_ONLY = [DependsRBAC]
ADMIN_ONLY.append(Depends(verify))


def protected(role):
    return [Depends(verify), DependsRBAC]
