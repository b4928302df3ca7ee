#- begins as tasks
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
