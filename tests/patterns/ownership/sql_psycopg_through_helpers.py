#- begins as identity
#- db.py
import os

from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

pool = ConnectionPool(os.environ["DATABASE_URL"], open=False, kwargs={"row_factory": dict_row})


def fetch_one(query, params=()):
    with pool.connection() as connection:
        with connection.cursor() as cursor:
            cursor.execute(query, params)
            return cursor.fetchone()


def fetch_all(query, params=()):
    with pool.connection() as connection, connection.cursor() as cursor:
        cursor.execute(query, params)
        return cursor.fetchall()
#- repository.py
from db import fetch_all, fetch_one, pool


def find_ticket(ticket_id, reporter_id):
    return fetch_one("SELECT * FROM tickets WHERE id = %s AND reporter_id = %s", (ticket_id, reporter_id))  # ok


def load_ticket(ticket_id):
    return fetch_one("SELECT * FROM tickets WHERE id = %s", (ticket_id,))  # finding: object-without-owner-check


def tickets_of(reporter_id):
    return fetch_all("SELECT * FROM tickets WHERE reporter_id = %s", (reporter_id,))  # ok


def insert_ticket(reporter_id, subject):
    with pool.connection() as connection:
        connection.execute("INSERT INTO tickets (reporter_id, subject) VALUES (%s, %s)", (reporter_id, subject))


def close_ticket(ticket_id, reporter_id):
    with pool.connection() as connection:
        connection.execute("UPDATE tickets SET status = 'closed' WHERE id = %s AND reporter_id = %s", (ticket_id, reporter_id))  # ok


def close_any(ticket_id):
    with pool.connection() as connection:
        connection.execute("UPDATE tickets SET status = 'closed' WHERE id = %s", (ticket_id,))  # finding: object-without-owner-check
#- main.py
from fastapi import Depends, FastAPI, HTTPException

import repository
from security import CurrentUser, get_current_user

app = FastAPI()


@app.get("/tickets")
def mine(me: CurrentUser = Depends(get_current_user)):
    return repository.tickets_of(me.id)


@app.post("/tickets", status_code=201)
def create(subject: str, me: CurrentUser = Depends(get_current_user)):
    repository.insert_ticket(me.id, subject)


@app.get("/tickets/{ticket_id}")
def read(ticket_id: int, me: CurrentUser = Depends(get_current_user)):
    ticket = repository.find_ticket(ticket_id, me.id)
    if not ticket:
        raise HTTPException(404, "No such ticket")
    return ticket


@app.get("/tickets/{ticket_id}/raw")
def read_raw(ticket_id: int, me: CurrentUser = Depends(get_current_user)):
    ticket = repository.load_ticket(ticket_id)
    if not ticket:
        raise HTTPException(404, "No such ticket")
    return ticket


@app.post("/tickets/{ticket_id}/close")
def close(ticket_id: int, me: CurrentUser = Depends(get_current_user)):
    repository.close_ticket(ticket_id, me.id)
    return {"status": "closed"}


@app.post("/tickets/{ticket_id}/force-close")
def force_close(ticket_id: int, me: CurrentUser = Depends(get_current_user)):
    repository.close_any(ticket_id)
    return {"status": "closed"}
