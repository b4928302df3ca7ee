import os

import jwt
from fastapi import APIRouter, BackgroundTasks, Depends, FastAPI, HTTPException, Request, Response, WebSocket
from fastapi.security import OAuth2PasswordBearer
from sqlmodel import Field, Relationship, Session, SQLModel, create_engine, delete, or_, select, update

app = FastAPI()
engine = create_engine(os.environ["DATABASE_URL"])


class User(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    email: str
    hashed_password: str
    role: str = "user"
    is_superuser: bool = False


class Project(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str
    owner_id: int = Field(foreign_key="user.id")


class Task(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    title: str
    done: bool = False
    is_public: bool = False
    user_id: int = Field(foreign_key="user.id")
    project_id: int | None = Field(default=None, foreign_key="project.id")


class Attachment(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    path: str
    task_id: int = Field(foreign_key="task.id")


class TaskUpdate(SQLModel):
    title: str | None = None


def get_session():
    with Session(engine) as session:
        yield session


def get_current_user(
    token: str = Depends(OAuth2PasswordBearer(tokenUrl="token")), session: Session = Depends(get_session)
) -> User:
    try:
        claims = jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
    except jwt.PyJWTError:
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    user = session.get(User, claims.get("sub"))
    if user is None:
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    return user



class Team(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str


class TeamMember(SQLModel, table=True):
    team_id: int = Field(foreign_key="team.id", primary_key=True)
    user_id: int = Field(foreign_key="user.id", primary_key=True)


class Sheet(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    team_id: int = Field(foreign_key="team.id")
    title: str


def team_member(team_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)) -> TeamMember:
    member = db.get(TeamMember, (team_id, me.id))  # ok
    if member is None:
        raise HTTPException(403)
    return member


@app.get("/teams/{team_id}/sheets")
def sheets(team_id: int, member: TeamMember = Depends(team_member), db: Session = Depends(get_session)):
    return db.exec(select(Sheet).where(Sheet.team_id == team_id)).all()  # ok


@app.get("/sheets/{sheet_id}")
def sheet(sheet_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    found = db.get(Sheet, sheet_id)  # ok
    if found is None or db.get(TeamMember, (found.team_id, me.id)) is None:
        raise HTTPException(404)
    return found


@app.get("/sheets")
def of_my_teams(db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    teams = select(TeamMember.team_id).where(TeamMember.user_id == me.id)
    return db.exec(select(Sheet).where(Sheet.team_id.in_(teams))).all()  # ok


@app.post("/teams/{team_id}/sheets")
def add(team_id: int, title: str, member: TeamMember = Depends(team_member), db: Session = Depends(get_session)):
    db.add(Sheet(team_id=team_id, title=title))  # ok
    db.commit()
