from dataclasses import dataclass, field
from typing import Annotated, NamedTuple, Optional

from fastapi import Depends, FastAPI
from pydantic import BaseModel

from common import Pagination, Service, get_db

app = FastAPI()


class Filters:
    def __init__(self, q: Optional[str] = None, db: str = Depends(get_db)):
        self.q = q


class MoreFilters(Filters):
    pass


class OwnFilters(Filters):
    def __init__(self, pages: Pagination = Depends(), db: str = Depends(get_db)):
        super().__init__(db=db)


@dataclass
class Repository:
    db: str = Depends(get_db)
    limit: int = 10


@dataclass
class Users(Repository):
    service: Service = Depends()


class Query(BaseModel):
    limit: int = 10
    offset: int = 0


@app.get("/class")
def with_class(filters: Filters = Depends(Filters)):
    return filters.q


@app.get("/annotation")
def with_annotation(filters: Filters = Depends(), more: MoreFilters = Depends(), own: OwnFilters = Depends()):
    return filters.q


@app.get("/annotated")
def with_annotated(filters: Annotated[Filters, Depends()], pages: Annotated[Pagination, Depends(Pagination)]):
    return filters.q


@app.get("/dataclass")
def with_dataclass(repository: Repository = Depends(), users: Users = Depends(Users)):
    return repository.limit


@app.get("/model")
def with_model(query: Query = Depends()):
    return query.limit


@app.get("/service")
def with_service(service: Annotated[Service, Depends()]):
    return None
