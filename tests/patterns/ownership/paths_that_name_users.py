#- begins as tasks
@app.get("/users/{user_id}/tasks")
def of_user(user_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    if user_id != me.id:
        raise HTTPException(403)
    return db.exec(select(Task).where(Task.user_id == user_id)).all()  # ok


@app.get("/users/{user_id}/tasks/unchecked")
def of_user_unchecked(user_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):  # finding: path-user-mismatch-unchecked
    return db.exec(select(Task).where(Task.user_id == user_id)).all()


@app.get("/users/{user_id}/tasks/{task_id}")
def one_of_user(user_id: int, task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    if user_id != me.id:
        raise HTTPException(403)
    task = db.get(Task, task_id)  # finding: object-without-owner-check
    if task is None:
        raise HTTPException(404)
    return task


@app.get("/users/{user_id}/tasks/{task_id}/both")
def one_of_user_both(user_id: int, task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    if user_id != me.id:
        raise HTTPException(403)
    task = db.get(Task, task_id)  # ok
    if task is None or task.user_id != user_id:
        raise HTTPException(404)
    return task


@app.get("/users/{user_id}/tasks/{task_id}/path-only")
def compared_with_path(user_id: int, task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):  # finding: path-user-mismatch-unchecked
    task = db.get(Task, task_id)
    if task is None or task.user_id != user_id:
        raise HTTPException(404)
    return task


@app.get("/users/{username}/files/{attachment_id}")
def username_checked(username: str, attachment_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    if username != me.email:
        raise HTTPException(403)
    return db.get(Attachment, attachment_id)  # finding: object-without-owner-check


@app.get("/compared/{user_id}/before")
def before_fetch(user_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    if not (user_id == me.id or me.is_superuser):
        raise HTTPException(403)
    return db.exec(select(Task).where(Task.user_id == user_id)).all()  # ok


@app.get("/strings/{user_id}")
def as_strings(user_id: str, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    if str(me.id) != user_id:
        raise HTTPException(403)
    return db.exec(select(Task).where(Task.user_id == int(user_id))).all()  # ok


def verified_path_user(user_id: int, me: User = Depends(get_current_user)) -> int:
    if user_id != me.id:
        raise HTTPException(404)
    return user_id


@app.get("/dependency/{user_id}")
def by_dependency(user_id: int = Depends(verified_path_user), db: Session = Depends(get_session)):
    return db.exec(select(Task).where(Task.user_id == user_id)).all()  # ok
