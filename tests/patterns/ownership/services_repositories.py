#- begins as identity
#- app/models.py
from sqlmodel import Field, SQLModel


class Customer(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    email: str
    hashed_password: str


class Order(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    customer_id: int = Field(foreign_key="customer.id")
    total: int
#- app/repositories/base.py
from typing import Generic, TypeVar

from sqlmodel import Session, SQLModel, select

T = TypeVar("T", bound=SQLModel)


class Repository(Generic[T]):
    model: type[T]

    def __init__(self, session: Session):
        self.session = session

    def get(self, id: int) -> T | None:
        return self.session.get(self.model, id)  # finding: object-without-owner-check

    def find_one(self, **filters) -> T | None:
        return self.session.exec(select(self.model).filter_by(**filters)).first()

    def find_all(self, **filters) -> list[T]:
        return self.session.exec(select(self.model).filter_by(**filters)).all()

    def save(self, row: T) -> T:
        self.session.add(row)
        self.session.commit()
        return row
#- app/repositories/orders.py
from sqlmodel import select

from app.models import Order
from app.repositories.base import Repository


class OrderRepository(Repository[Order]):
    model = Order

    def for_customer(self, customer_id: int):
        return self.session.exec(select(Order).where(Order.customer_id == customer_id)).all()  # ok

    def one_for_customer(self, order_id: int, customer_id: int):
        return self.session.exec(select(Order).where(Order.id == order_id, Order.customer_id == customer_id)).one_or_none()  # ok

    def large(self, minimum: int):
        return self.session.exec(select(Order).where(Order.total >= minimum)).all()  # finding: list-without-owner-filter
#- app/unit_of_work.py
from sqlmodel import Session

from app.repositories.orders import OrderRepository


class UnitOfWork:
    def __init__(self, factory):
        self.factory = factory

    def __enter__(self):
        self.session = self.factory()
        self.orders = OrderRepository(self.session)
        return self

    def __exit__(self, *args):
        self.session.rollback()
        self.session.close()

    def commit(self):
        self.session.commit()
#- app/services/orders.py
from fastapi import HTTPException

from app.repositories.orders import OrderRepository
from app.unit_of_work import UnitOfWork


class OrderService:
    def __init__(self, uow: UnitOfWork, customer_id: int):
        self.uow = uow
        self.customer_id = customer_id

    def mine(self):
        with self.uow as uow:
            return uow.orders.for_customer(self.customer_id)

    def get(self, order_id: int):
        with self.uow as uow:
            order = uow.orders.one_for_customer(order_id, self.customer_id)
            if order is None:
                raise HTTPException(404)
            return order

    def get_any(self, order_id: int):
        with self.uow as uow:
            order = uow.orders.get(order_id)
            if order is None:
                raise HTTPException(404)
            return order

    def get_compared(self, order_id: int):
        with self.uow as uow:
            order = uow.orders.get(order_id)
            self._assert_owner(order)
            return order

    def large(self, minimum: int):
        with self.uow as uow:
            return uow.orders.large(minimum)

    def filtered(self, order_id: int):
        with self.uow as uow:
            return uow.orders.find_one(id=order_id, customer_id=self.customer_id)

    def _assert_owner(self, order):
        if order is None or order.customer_id != self.customer_id:
            raise HTTPException(404)
#- app/deps.py
import os
from typing import Annotated

from fastapi import Depends
from sqlmodel import Session, create_engine

from app.services.orders import OrderService
from app.unit_of_work import UnitOfWork
from security import CurrentUser, get_current_user

engine = create_engine(os.environ["DATABASE_URL"])


def get_uow() -> UnitOfWork:
    return UnitOfWork(lambda: Session(engine))


def get_order_service(uow: Annotated[UnitOfWork, Depends(get_uow)], user: Annotated[CurrentUser, Depends(get_current_user)]) -> OrderService:
    return OrderService(uow, user.id)


Orders = Annotated[OrderService, Depends(get_order_service)]
#- main.py
from fastapi import APIRouter, FastAPI

from app.deps import Orders

router = APIRouter(prefix="/orders")


@router.get("")
def mine(service: Orders):
    return service.mine()


@router.get("/large")
def large(service: Orders, minimum: int = 100):
    return service.large(minimum)


@router.get("/{order_id}")
def one(order_id: int, service: Orders):
    return service.get(order_id)


@router.get("/{order_id}/any")
def any_order(order_id: int, service: Orders):
    return service.get_any(order_id)


@router.get("/{order_id}/compared")
def compared(order_id: int, service: Orders):
    return service.get_compared(order_id)


@router.get("/{order_id}/filtered")
def filtered(order_id: int, service: Orders):
    return service.filtered(order_id)


app = FastAPI()
app.include_router(router)
