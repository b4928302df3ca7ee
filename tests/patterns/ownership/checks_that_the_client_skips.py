#- begins as tasks
from fastapi import Header, Query, Request

INTERNAL = {"10.0.0.1", "10.0.0.2"}


def is_internal(request: Request) -> bool:
    return request.client.host in INTERNAL


@app.get("/a/{task_id}")
def header_skips(task_id: int, request: Request, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    if task is None:
        raise HTTPException(404)
    if request.headers.get("X-Internal") != "1" and task.user_id != me.id:  # finding: ineffective-owner-check
        raise HTTPException(403)
    return task


@app.get("/b/{task_id}")
def query_skips(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user), debug: bool = False):
    task = db.get(Task, task_id)  # ok
    if task is None:
        raise HTTPException(404)
    if not debug and task.user_id != me.id:  # finding: ineffective-owner-check
        raise HTTPException(403)
    return task


@app.get("/c/{task_id}")
def query_narrows(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user), full: bool = False):
    task = db.get(Task, task_id)  # ok
    if task is None or task.user_id != me.id:
        raise HTTPException(404)
    if full:
        return task
    return {"title": task.title}


@app.get("/d/{task_id}")
def loopback_skips(task_id: int, request: Request, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # finding: object-without-owner-check
    if task is None:
        raise HTTPException(404)
    if request.client.host != "127.0.0.1":
        if task.user_id != me.id:
            raise HTTPException(403)
    return task


@app.get("/e/{task_id}")
def cookie_skips(task_id: int, request: Request, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    if task is None:
        raise HTTPException(404)
    if request.cookies.get("beta") == "yes" or task.user_id == me.id:  # finding: ineffective-owner-check
        return task
    raise HTTPException(403)


@app.get("/f/{task_id}")
def referer_skips(task_id: int, request: Request, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # finding: object-without-owner-check
    if task is None:
        raise HTTPException(404)
    if "admin.example.com" in request.headers.get("referer", ""):
        return task
    if task.user_id != me.id:
        raise HTTPException(403)
    return task


@app.get("/g")
def list_all_flag(db: Session = Depends(get_session), me: User = Depends(get_current_user), all: bool = False):
    query = select(Task)  # finding: list-without-owner-filter
    if not all:
        query = query.where(Task.user_id == me.id)
    return db.exec(query).all()


@app.get("/h")
def list_all_for_admins(db: Session = Depends(get_session), me: User = Depends(get_current_user), all: bool = False):
    query = select(Task)  # ok
    if not (all and me.is_superuser):
        query = query.where(Task.user_id == me.id)
    return db.exec(query).all()


@app.get("/i")
def list_only_when_given(db: Session = Depends(get_session), me: User = Depends(get_current_user), user_id: int | None = None):
    query = select(Task).where(Task.user_id == me.id)  # ok
    if user_id is not None:
        query = query.where(Task.user_id == user_id)
    return db.exec(query).all()


@app.delete("/j/{task_id}")
def force(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user), force: bool = Query(False)):
    task = db.get(Task, task_id)  # ok
    if task is None:
        raise HTTPException(404)
    if task.user_id != me.id and not force:  # finding: ineffective-owner-check
        raise HTTPException(403)
    db.delete(task)
    db.commit()


@app.get("/k/{task_id}")
def body_flag(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user), x_debug: str | None = Header(None)):
    task = db.get(Task, task_id)  # ok
    if x_debug:
        return task
    if task is None or task.user_id != me.id:  # finding: ineffective-owner-check
        raise HTTPException(404)
    return task
