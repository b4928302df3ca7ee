import fastapi
from fastapi import APIRouter as Router, Depends as Injected

from .. import deps

router: Router = Router()


@router.get("/me")
def me(user=Injected(deps.get_user), again=fastapi.Depends(deps.get_token)):
    return user
