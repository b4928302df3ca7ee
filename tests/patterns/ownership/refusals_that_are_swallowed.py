#- begins as tasks
import contextlib
import logging

logger = logging.getLogger(__name__)


def ensure_owner(task: Task, user: User) -> None:
    if task.user_id != user.id:
        raise HTTPException(status_code=403, detail="Not yours")


@app.get("/a/{task_id}")
def checked(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    ensure_owner(task, me)
    return task


@app.get("/b/{task_id}")
def swallowed(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # finding: object-without-owner-check
    try:
        ensure_owner(task, me)
    except Exception:
        pass
    return task


@app.get("/c/{task_id}")
def caught_and_raised(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    try:
        ensure_owner(task, me)
    except HTTPException:
        raise
    except Exception as error:
        raise HTTPException(500) from error
    return task


@app.get("/d/{task_id}")
def given_in_except(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # finding: object-without-owner-check
    try:
        if task.user_id != me.id:
            raise PermissionError
        return task
    except PermissionError:
        return task


@app.get("/e/{task_id}")
def given_in_finally(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # finding: object-without-owner-check
    try:
        if task.user_id != me.id:
            raise HTTPException(403)
    finally:
        return task


@app.get("/f/{task_id}")
def other_exception(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    try:
        ensure_owner(task, me)
        title = int(task.title)
    except ValueError:
        title = 0
    return {"title": title, "task": task}


@app.get("/g/{task_id}")
def suppressed(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # finding: object-without-owner-check
    with contextlib.suppress(HTTPException):
        ensure_owner(task, me)
    return task


@app.get("/h/{task_id}")
def bare_except(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # finding: object-without-owner-check
    try:
        if task.user_id != me.id:
            raise HTTPException(403)
    except:
        logger.warning("not the owner")
    return task


@app.get("/i/{task_id}")
def logged_and_raised(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    try:
        if task.user_id != me.id:
            raise HTTPException(403)
    except HTTPException:
        logger.warning("not the owner")
        raise
    return task


@app.get("/j/{task_id}")
def else_returns(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    try:
        ensure_owner(task, me)
    except HTTPException:
        return {"error": "not yours"}
    else:
        return task


@app.delete("/k/{task_id}")
def swallowed_delete(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # finding: object-without-owner-check
    try:
        ensure_owner(task, me)
    except HTTPException as error:
        logger.info("denied: %s", error.detail)
    db.delete(task)
    db.commit()
    return {"ok": True}


@app.get("/l/{task_id}")
def asserted(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    assert task.user_id == me.id, "not yours"  # finding: ineffective-owner-check
    return task


@app.get("/m/{task_id}")
def raised_when_asserted(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    assert task is not None
    if task.user_id != me.id:
        raise HTTPException(403)
    return task
