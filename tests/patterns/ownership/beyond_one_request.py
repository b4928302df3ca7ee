#- begins as tasks
from fastapi import BackgroundTasks, Response

from celery import shared_task
from fastapi.responses import FileResponse

report_cache: dict = {}


@shared_task
def delete_all_tasks(user_id: int) -> None:
    with Session(engine) as session:
        session.exec(delete(Task).where(Task.user_id == user_id))
        session.commit()


def archive(user_id: int) -> None:
    with Session(engine) as session:
        session.exec(delete(Task).where(Task.user_id == user_id))
        session.commit()


@app.post("/archive")
def archive_mine(background: BackgroundTasks, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    background.add_task(archive, me.id)  # ok


@app.post("/archive/{user_id}")
def archive_of(user_id: int, background: BackgroundTasks, db: Session = Depends(get_session), me: User = Depends(get_current_user)):  # finding: path-user-mismatch-unchecked
    background.add_task(archive, user_id)


@app.post("/celery")
def celery_mine(db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    delete_all_tasks.delay(me.id)  # ok


@app.post("/celery/{user_id}")
def celery_of(user_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):  # finding: path-user-mismatch-unchecked
    delete_all_tasks.delay(user_id)


@app.get("/files/{attachment_id}")
def download(attachment_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    attachment = db.get(Attachment, attachment_id)  # finding: object-without-owner-check
    return FileResponse(attachment.path)


@app.get("/files/{attachment_id}/mine")
def download_mine(attachment_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    attachment = db.exec(select(Attachment).join(Task).where(Attachment.id == attachment_id, Task.user_id == me.id)).first()  # ok
    if attachment is None:
        raise HTTPException(404)
    return FileResponse(attachment.path)


@app.get("/report")
def cached_for_all(db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    if "report" not in report_cache:
        report_cache["report"] = db.exec(select(Task).where(Task.user_id == me.id)).all()  # finding: cross-request-user-state
    return report_cache["report"]


@app.get("/report/mine")
def cached_for_me(db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    if me.id not in report_cache:
        report_cache[me.id] = db.exec(select(Task).where(Task.user_id == me.id)).all()  # ok
    return report_cache[me.id]


@app.get("/csv")
def csv(db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    rows = db.exec(select(Task)).all()  # finding: list-without-owner-filter
    return Response("\n".join(row.title for row in rows), media_type="text/csv")


@app.get("/count/{project_id}")
def count(project_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    return len(db.exec(select(Task).where(Task.project_id == project_id)).all())
