from typing import Annotated

from fastapi import Depends


def get_db():
    return "db"


class Pagination:
    def __init__(self, limit: int = 10):
        self.limit = limit


class UnitOfWork:
    def __init__(self, db: Annotated[str, Depends(get_db)]):
        self.db = db


class Service:
    def __init__(self, uow: Annotated[UnitOfWork, Depends()], pages: Pagination = Depends()):
        self.uow = uow
