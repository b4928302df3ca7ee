#- begins as tasks
class TaskIn(SQLModel):
    title: str


class AttachmentIn(SQLModel):
    path: str
    task_id: int


@app.post("/projects/{project_id}/tasks")
def add_task(project_id: int, body: TaskIn, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    project = db.get(Project, project_id)  # ok
    if project is None or project.owner_id != me.id:
        raise HTTPException(404)
    task = Task(title=body.title, project_id=project_id, user_id=me.id)  # ok
    db.add(task)
    db.commit()
    return task


@app.post("/projects/{project_id}/tasks/open")
def add_task_open(project_id: int, body: TaskIn, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = Task(title=body.title, project_id=project_id, user_id=me.id)  # finding: object-without-owner-check
    db.add(task)
    db.commit()
    return task


@app.post("/projects/{project_id}/tasks/exists")
def add_task_exists(project_id: int, body: TaskIn, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    project = db.get(Project, project_id)  # finding: object-without-owner-check
    if project is None:
        raise HTTPException(404)
    task = Task(title=body.title, project_id=project.id, user_id=me.id)
    db.add(task)
    db.commit()
    return task


@app.post("/tasks/{task_id}/attachments")
def attach(task_id: int, body: TaskIn, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.exec(select(Task).where(Task.id == task_id, Task.user_id == me.id)).first()  # ok
    if not task:
        raise HTTPException(404)
    attachment = Attachment(path=body.title, task_id=task.id)  # ok
    db.add(attachment)
    db.commit()
    return attachment


@app.post("/tasks/{task_id}/attachments/open")
def attach_open(task_id: int, body: TaskIn, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    attachment = Attachment(path=body.title, task_id=task_id)  # finding: object-without-owner-check
    db.add(attachment)
    db.commit()
    return attachment


@app.post("/attachments")
def attach_by_body(body: AttachmentIn, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    attachment = Attachment.model_validate(body)  # finding: object-without-owner-check
    db.add(attachment)
    db.commit()
    return attachment


@app.post("/attachments/spread")
def attach_by_spread(body: AttachmentIn, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    attachment = Attachment(**body.model_dump())  # finding: object-without-owner-check
    db.add(attachment)
    db.commit()
    return attachment


@app.post("/attachments/checked")
def attach_by_body_checked(body: AttachmentIn, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, body.task_id)  # ok
    if task is None or task.user_id != me.id:
        raise HTTPException(404)
    attachment = Attachment.model_validate(body)  # ok
    db.add(attachment)
    db.commit()
    return attachment


@app.get("/tasks/{task_id}/attachments")
def attachments(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    return db.exec(select(Attachment).where(Attachment.task_id == task_id)).all()  # finding: list-without-owner-filter


@app.get("/tasks/{task_id}/attachments/mine")
def my_attachments(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    if task is None or task.user_id != me.id:
        raise HTTPException(404)
    return db.exec(select(Attachment).where(Attachment.task_id == task_id)).all()  # ok


@app.get("/tasks/{task_id}/attachments/joined")
def joined_attachments(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    return db.exec(select(Attachment).join(Task).where(Task.id == task_id, Task.user_id == me.id)).all()  # ok


@app.get("/tasks/{task_id}/attachments/{attachment_id}")
def other_parent(task_id: int, attachment_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    if task is None or task.user_id != me.id:
        raise HTTPException(404)
    return db.get(Attachment, attachment_id)  # finding: object-without-owner-check


@app.get("/tasks/{task_id}/attachments/{attachment_id}/right")
def right_parent(task_id: int, attachment_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    if task is None or task.user_id != me.id:
        raise HTTPException(404)
    attachment = db.get(Attachment, attachment_id)  # ok
    if attachment is None or attachment.task_id != task.id:
        raise HTTPException(404)
    return attachment


@app.put("/tasks/{task_id}/move/{project_id}")
def move(task_id: int, project_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    if task is None or task.user_id != me.id:
        raise HTTPException(404)
    task.project_id = project_id  # finding: object-without-owner-check
    db.commit()
    return task
