#- begins as tasks
from sqlalchemy import text


def user_session(me: User = Depends(get_current_user)):
    with Session(engine) as session:
        session.execute(text("SELECT set_config('app.user_id', :me, true)"), {"me": str(me.id)})
        yield session


def local_session(me: User = Depends(get_current_user)):
    with Session(engine) as session:
        session.exec(text(f"SET LOCAL app.current_user = '{int(me.id)}'"))  # finding: sql-injection
        yield session


@app.get("/tasks")
def mine(db: Session = Depends(user_session)):
    return db.exec(select(Task)).all()  # ok


@app.get("/tasks/{task_id}")
def one(task_id: int, db: Session = Depends(local_session)):
    return db.get(Task, task_id)  # ok


@app.get("/tasks/{task_id}/plain")
def plain(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    return db.get(Task, task_id)  # finding: object-without-owner-check
