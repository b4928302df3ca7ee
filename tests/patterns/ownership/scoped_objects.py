#- begins as tasks
from fastapi import Response

class OwnTasks:
    """Tasks of one user."""

    def __init__(self, session: Session, user: User):
        self.session = session
        self.user = user

    def query(self):
        return select(Task).where(Task.user_id == self.user.id)

    def all(self):
        return self.session.exec(self.query()).all()  # ok

    def get(self, task_id: int):
        task = self.session.exec(self.query().where(Task.id == task_id)).first()  # ok
        if task is None:
            raise HTTPException(404)
        return task


class AllTasks:
    def __init__(self, session: Session, user: User):
        self.session = session
        self.user = user

    def query(self):
        return select(Task)  # finding: list-without-owner-filter

    def all(self):
        return self.session.exec(self.query()).all()


def own_tasks(db: Session = Depends(get_session), me: User = Depends(get_current_user)) -> OwnTasks:
    return OwnTasks(db, me)


def all_tasks(db: Session = Depends(get_session), me: User = Depends(get_current_user)) -> AllTasks:
    return AllTasks(db, me)


@app.get("/own")
def own(tasks: OwnTasks = Depends(own_tasks)):
    return tasks.all()


@app.get("/own/{task_id}")
def one(task_id: int, tasks: OwnTasks = Depends(own_tasks)):
    return tasks.get(task_id)


@app.get("/all")
def everything(tasks: AllTasks = Depends(all_tasks)):
    return tasks.all()


def raise_if_not_owner(task: Task | None, user: User) -> Task:
    if task is None or task.user_id != user.id:
        raise HTTPException(404)
    return task


def may_edit(user: User, task: Task) -> bool:
    return user.is_superuser or task.user_id == user.id


def authorize(user: User, action: str, task: Task) -> None:
    if action not in ("read", "edit") or not may_edit(user, task):
        raise HTTPException(403)


@app.get("/helper/{task_id}")
def helper(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    return raise_if_not_owner(db.get(Task, task_id), me)  # ok


@app.get("/policy/{task_id}")
def policy(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    authorize(me, "edit", task)
    return task


@app.get("/policy/{task_id}/unused")
def policy_unused(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    may_edit(me, task)  # finding: ineffective-owner-check
    return task


@app.get("/relationship/{task_id}")
def in_list_of_own(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    mine = {task.id for task in db.exec(select(Task).where(Task.user_id == me.id)).all()}  # ok
    if task_id not in mine:
        raise HTTPException(404)
    return db.get(Task, task_id)  # ok


@app.get("/next/{task_id}")
def next_of(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = next((t for t in db.exec(select(Task)).all() if t.id == task_id and t.user_id == me.id), None)  # ok
    if task is None:
        raise HTTPException(404)
    return task


@app.get("/next/{task_id}/bad")
def next_of_bad(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = next((t for t in db.exec(select(Task)).all() if t.id == task_id), None)  # finding: list-without-owner-filter
    if task is None:
        raise HTTPException(404)
    return task


@app.get("/match/{task_id}")
def matched(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    match task:
        case None:
            raise HTTPException(404)
        case Task(user_id=owner) if owner == me.id:
            return task
        case _:
            raise HTTPException(403)


@app.get("/ternary/{task_id}")
def ternary(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    return task if task and task.user_id == me.id else Response(status_code=404)


@app.get("/dict/{task_id}")
def guarded_by_dict(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    allowed = {task.user_id} if task else set()
    if me.id not in allowed:
        raise HTTPException(403)
    return task


@app.get("/positive/{task_id}")
def positive(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    if task is not None and task.user_id == me.id:
        return task
    raise HTTPException(404)


@app.get("/nested/{task_id}")
def nested(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    if task:
        if task.user_id == me.id:
            return task
        raise HTTPException(403)
    raise HTTPException(404)


@app.get("/flag/{task_id}")
def flag(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    allowed = task is not None and (task.is_public or task.user_id == me.id)
    if not allowed:
        raise HTTPException(404)
    return task


@app.get("/status/{task_id}")
def status(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    error = None
    if task is None:
        error = 404
    elif task.user_id != me.id:
        error = 403
    if error:
        raise HTTPException(error)
    return task


@app.get("/loop")
def loop(ids: str, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    out = []
    for task_id in ids.split(","):
        task = db.get(Task, int(task_id))  # ok
        if task is None or task.user_id != me.id:
            continue
        out.append(task)
    return out


@app.get("/loop/bad")
def loop_bad(ids: str, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    out = []
    for task_id in ids.split(","):
        task = db.get(Task, int(task_id))  # finding: object-without-owner-check
        if task is None:
            continue
        out.append(task)
    return out


@app.get("/filtered")
def filtered(db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    return [task for task in db.exec(select(Task)).all() if task.user_id == me.id]  # ok


@app.get("/lambda")
def with_filter(db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    return list(filter(lambda task: task.user_id == me.id, db.exec(select(Task)).all()))  # ok


@app.get("/all-checked")
def all_checked(ids: str, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    tasks = db.exec(select(Task).where(Task.id.in_(ids.split(",")))).all()  # ok
    if any(task.user_id != me.id for task in tasks):
        raise HTTPException(403)
    return tasks


@app.get("/all-checked/positive")
def all_checked_positive(ids: str, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    tasks = db.exec(select(Task).where(Task.id.in_(ids.split(",")))).all()  # ok
    if not all(task.user_id == me.id for task in tasks):
        raise HTTPException(403)
    return tasks


@app.get("/all-checked/inverted")
def all_checked_inverted(ids: str, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    tasks = db.exec(select(Task).where(Task.id.in_(ids.split(",")))).all()  # finding: list-without-owner-filter
    if all(task.user_id != me.id for task in tasks):
        raise HTTPException(403)
    return tasks
