#- begins as tasks
def load(db, task_id):
    return db.get(Task, task_id)


@app.get("/a/{task_id}")
def safe_compare(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    if task is None or task.user_id != me.id:
        raise HTTPException(404)
    return task


@app.get("/b/{task_id}")
def never_holds(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    if task is None:
        raise HTTPException(404)
    if task.user_id != me.id and not me:  # finding: ineffective-owner-check
        raise HTTPException(403)
    return task


@app.get("/c/{task_id}")
def superuser_passes(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    if task is None:
        raise HTTPException(404)
    if task.user_id != me.id and not me.is_superuser:
        raise HTTPException(403)
    return task


@app.get("/d/{task_id}")
def or_true(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # finding: object-without-owner-check
    if task is None:
        raise HTTPException(404)
    if me.is_superuser or True:
        return task
    if task.user_id != me.id:
        raise HTTPException(403)
    return task


@app.get("/e/{task_id}")
def and_false(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # finding: object-without-owner-check
    if task is None:
        raise HTTPException(404)
    if task.user_id != me.id and False:
        raise HTTPException(403)
    return task


@app.get("/f/{task_id}")
def owner_and_project_or(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    if not task:
        raise HTTPException(404)
    project = db.get(Project, task.project_id)  # ok
    if task.user_id != me.id and project.owner_id != me.id:
        raise HTTPException(403)
    return task


@app.get("/g/{task_id}")
def same_compared_twice(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    if not task:
        raise HTTPException(404)
    if task.user_id != me.id and task.user_id != task.user_id:  # finding: ineffective-owner-check
        raise HTTPException(403)
    return task


@app.get("/h/{task_id}")
def if_me(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    if not task:
        raise HTTPException(404)
    if me or task.user_id == me.id:  # finding: ineffective-owner-check
        return task
    raise HTTPException(403)


@app.get("/i/{task_id}")
def denies_all(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    if task is None or str(task.user_id) != str(me.id):
        raise HTTPException(403)
    return task


@app.get("/j/{task_id}")
def own_to_itself(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # finding: object-without-owner-check
    if task is None:
        raise HTTPException(404)
    if task.user_id != task.user_id:
        raise HTTPException(403)
    return task


@app.get("/k/{task_id}")
def me_to_me(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # finding: object-without-owner-check
    if task is None:
        raise HTTPException(404)
    if me.id != me.id:
        raise HTTPException(403)
    return task


@app.get("/l/{task_id}")
def only_if_owned(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # finding: object-without-owner-check
    if task is None:
        raise HTTPException(404)
    if task.user_id and me.id and task.title == "secret":
        if task.user_id != me.id:
            raise HTTPException(403)
    return task


@app.get("/m/{task_id}")
def none_owner_is_everybodys(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    if task is None:
        raise HTTPException(404)
    if task.user_id is not None and task.user_id != me.id:
        raise HTTPException(403)
    return task


@app.get("/n/{task_id}")
def tuple_is_true(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # finding: object-without-owner-check
    if (task.user_id == me.id, "not yours"):
        return task
    raise HTTPException(403)


@app.get("/o/{task_id}")
def in_tuple(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    if task is None or me.id not in (task.user_id,):
        raise HTTPException(403)
    return task


@app.get("/p/{task_id}")
def or_constant(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # finding: object-without-owner-check
    if task.user_id == me.id or "admin":
        return task
    raise HTTPException(403)


@app.get("/q/{task_id}")
def role_or_constant(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # finding: object-without-owner-check
    if me.role == "admin" or "manager":
        return task
    raise HTTPException(403)


@app.get("/r/{task_id}")
def role_in_list(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    if me.role in ["admin", "manager"]:
        return task
    raise HTTPException(403)


@app.get("/s/{task_id}")
def role_not_both(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    if me.role != "admin" or me.role != "manager":
        raise HTTPException(403)
    return task


@app.get("/t/{task_id}")
def role_never_both(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    if me.role != "admin" and me.role != "manager":
        raise HTTPException(403)
    return task


@app.get("/u/{task_id}")
def walrus(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    if not (task := db.get(Task, task_id)) or task.user_id != me.id:  # ok
        raise HTTPException(404)
    return task


@app.get("/v/{task_id}")
def chained_equal(task_id: int, owner: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    if not task.user_id == me.id:
        raise HTTPException(404)
    return task


@app.get("/w/{task_id}")
def is_compared(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    if task is None or task.user_id is not me.id:
        raise HTTPException(404)
    return task


@app.get("/x/{task_id}")
def is_instead(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    if task is None:
        raise HTTPException(404)
    if task.user_id is me:  # finding: ineffective-owner-check
        raise HTTPException(403)
    return task


@app.get("/y/{task_id}")
def truncated(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    if str(task.user_id)[:1] != str(me.id)[:1]:  # finding: ineffective-owner-check
        raise HTTPException(403)
    return task


@app.get("/z/{task_id}")
def starts_with(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # finding: object-without-owner-check
    if not str(task.user_id).startswith(str(me.id)):
        raise HTTPException(403)
    return task


@app.get("/aa/{task_id}")
def contained(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    if str(me.id) not in str(task.user_id):  # finding: ineffective-owner-check
        raise HTTPException(403)
    return task


@app.get("/ab/{task_id}")
def greater(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # finding: object-without-owner-check
    if task.user_id > me.id:
        raise HTTPException(403)
    return task


@app.get("/ac/{task_id}")
def hashed(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # finding: object-without-owner-check
    if len(str(task.user_id)) != len(str(me.id)):
        raise HTTPException(403)
    return task


@app.get("/ad/{task_id}")
def types_compared(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # finding: object-without-owner-check
    if type(task.user_id) is not type(me.id):
        raise HTTPException(403)
    return task
