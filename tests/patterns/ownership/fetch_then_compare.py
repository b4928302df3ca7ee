#- begins as tasks
from fastapi import Response

@app.get("/a/{task_id}")
def with_404(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    if not task or task.user_id != me.id:
        raise HTTPException(404)
    return task


@app.get("/b/{task_id}")
def not_equal(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    if not task.user_id == me.id:
        raise HTTPException(403)
    return task


@app.put("/c/{task_id}")
def positive(task_id: int, body: TaskUpdate, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    if task.user_id == me.id:
        task.title = body.title
        db.commit()
        return task
    raise HTTPException(403)


@app.put("/d/{task_id}")
def positive_beside(task_id: int, body: TaskUpdate, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    if task.user_id == me.id:  # finding: ineffective-owner-check
        print("own task")
    task.title = body.title
    db.commit()
    return {"ok": True}


@app.put("/e/{task_id}")
def superuser(task_id: int, body: TaskUpdate, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    if not me.is_superuser and (task.user_id != me.id):
        raise HTTPException(403)
    task.title = body.title
    db.commit()
    return {"ok": True}


@app.delete("/f/{task_id}")
def late(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)
    db.delete(task)  # finding: check-after-side-effect
    db.commit()
    if task.user_id != me.id:
        raise HTTPException(403)
    return {"ok": True}


@app.delete("/g/{task_id}")
def returned(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    if task.user_id != me.id:
        return Response(status_code=403)
    db.delete(task)
    db.commit()
    return {"ok": True}


@app.delete("/h/{task_id}")
def created_not_raised(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)
    if task.user_id != me.id:
        HTTPException(403)  # finding: auth-exception-not-raised
    db.delete(task)
    db.commit()
    return {"ok": True}


@app.get("/i/{task_id}")
def wrong_thing(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    if task.id != me.id:  # finding: ineffective-owner-check
        raise HTTPException(403)
    return task


@app.get("/j/{task_id}")
def by_dict(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    row = db.get(Task, task_id).model_dump()  # ok
    if row["user_id"] != me.id:
        raise HTTPException(404)
    return row


@app.get("/k/{task_id}")
def by_get(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    row = db.get(Task, task_id).model_dump()  # ok
    if row.get("user_id") != me.id:
        raise HTTPException(404)
    return row


@app.get("/l")
def conditionally_built(db: Session = Depends(get_session), me: User = Depends(get_current_user), done: bool | None = None, project_id: int | None = None):
    query = select(Task).where(Task.user_id == me.id)  # ok
    if done is not None:
        query = query.where(Task.done == done)
    if project_id:
        query = query.where(Task.project_id == project_id)
    return db.exec(query).all()


@app.get("/m")
def list_of_conditions(db: Session = Depends(get_session), me: User = Depends(get_current_user), done: bool | None = None):
    conditions = [Task.user_id == me.id]
    if done is not None:
        conditions.append(Task.done == done)
    return db.exec(select(Task).where(*conditions)).all()  # ok


@app.get("/n")
def list_of_conditions_open(db: Session = Depends(get_session), me: User = Depends(get_current_user), done: bool | None = None):
    conditions = []
    if done is not None:
        conditions.append(Task.done == done)
    return db.exec(select(Task).where(*conditions)).all()  # finding: list-without-owner-filter


@app.get("/o")
def reassigned(db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    query = select(Task).where(Task.user_id == me.id)
    query = select(Task)  # finding: list-without-owner-filter
    return db.exec(query).all()


@app.get("/p/{task_id}")
def second_fetch(task_id: int, other_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    if task is None or task.user_id != me.id:
        raise HTTPException(404)
    other = db.get(Task, other_id)  # finding: object-without-owner-check
    return {"task": task, "other": other}


@app.get("/q/{task_id}")
def fetched_again(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    mine = db.exec(select(Task.id).where(Task.id == task_id, Task.user_id == me.id)).first()
    if mine is None:
        raise HTTPException(404)
    return db.get(Task, task_id)  # ok


@app.get("/r/{task_id}")
def name_is_shadowed(task_id: int, user_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    user_id = me.id
    if task.user_id != user_id:
        raise HTTPException(404)
    return task


@app.get("/s/{task_id}")
def name_is_overwritten(task_id: int, user_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # finding: object-without-owner-check
    owner = me.id
    owner = user_id
    if task.user_id != owner:
        raise HTTPException(404)
    return task
