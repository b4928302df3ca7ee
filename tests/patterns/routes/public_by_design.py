#- begins as callers
#- models.py
from sqlmodel import Field, SQLModel


class User(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    email: str
    hashed_password: str


class Post(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    author_id: int = Field(foreign_key="user.id")
    title: str
#- main.py
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.security import OAuth2PasswordRequestForm
from pydantic import BaseModel
from sqlmodel import Session, select

from db import get_session
from mail import send_link
from models import Post, User
from oauth import oauth
from passwords import hash_password, verify_password
from security import CurrentUser, get_current_user
from tokens import issue, read_reset_token, read_refresh_token

app = FastAPI()


class Account(BaseModel):
    email: str
    password: str


class Reset(BaseModel):
    token: str
    password: str


class Message(BaseModel):
    text: str


@app.post("/login")
def login(form: OAuth2PasswordRequestForm = Depends(), db: Session = Depends(get_session)):  # ok
    user = db.exec(select(User).where(User.email == form.username)).first()
    if user is None or not verify_password(form.password, user.hashed_password):
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    return {"access_token": issue(user.id), "token_type": "bearer"}


@app.post("/users", status_code=201)
def register(account: Account, db: Session = Depends(get_session)):  # ok
    db.add(User(email=account.email, hashed_password=hash_password(account.password)))
    db.commit()


@app.post("/auth/refresh")
def refresh(token: Message):  # ok
    return {"access_token": issue(read_refresh_token(token.text))}


@app.post("/auth/logout", status_code=204)
def logout():  # ok
    return None


@app.post("/auth/forgot-password")
def forgot(account: Message):  # ok
    send_link(account.text)


@app.post("/auth/reset-password")
def reset(body: Reset, db: Session = Depends(get_session)):  # ok
    user = db.get(User, read_reset_token(body.token))
    user.hashed_password = hash_password(body.password)
    db.commit()


@app.get("/auth/google")
async def start(request: Request):  # ok
    return await oauth.google.authorize_redirect(request, request.url_for("callback"))


@app.get("/auth/google/callback")
async def callback(request: Request, db: Session = Depends(get_session)):  # ok
    profile = await oauth.google.authorize_access_token(request)
    return {"access_token": issue(profile["userinfo"]["sub"])}


@app.post("/magic-link")
def magic(account: Message):  # ok
    send_link(account.text)


@app.post("/contact")
def contact(message: Message):  # ok
    send_link(message.text)


@app.get("/health")
def health():  # ok
    return {"status": "ok"}


@app.get("/")
def root():  # ok
    return {"name": "blog"}


@app.get("/posts")
def posts(db: Session = Depends(get_session)):  # ok
    return db.exec(select(Post)).all()


@app.get("/posts/{post_id}")
def post(post_id: int, db: Session = Depends(get_session)):  # ok
    return db.get(Post, post_id)


@app.delete("/posts/{post_id}")  # finding: route-without-auth
def remove(post_id: int, db: Session = Depends(get_session)):
    db.delete(db.get(Post, post_id))
    db.commit()


@app.put("/users/{user_id}/password")  # finding: route-without-auth
def set_password(user_id: int, account: Account, db: Session = Depends(get_session)):
    user = db.get(User, user_id)
    user.hashed_password = hash_password(account.password)
    db.commit()


@app.post("/posts")
def add(title: str, db: Session = Depends(get_session), user: CurrentUser = Depends(get_current_user)):  # ok
    db.add(Post(title=title, author_id=user.id))
    db.commit()
