#- begins as tasks
from fastapi import Request

SHARED_KEY = os.environ["SHARED_KEY"]


@app.get("/a/{task_id}")
def secret_link(task_id: int, key: str, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    if task is None:
        raise HTTPException(404)
    if task.user_id != me.id and key != SHARED_KEY:
        raise HTTPException(403)
    return task


@app.get("/b/{task_id}")
def public_or_own(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    if task is None or (not task.is_public and task.user_id != me.id):
        raise HTTPException(404)
    return task


@app.get("/c/{task_id}")
def flag_default(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    allowed = False
    task = db.get(Task, task_id)  # ok
    if task is not None and task.user_id == me.id:
        allowed = True
    if not allowed:
        raise HTTPException(404)
    return task


@app.get("/d/{task_id}")
def flag_wrong_default(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    allowed = True
    task = db.get(Task, task_id)  # ok
    if task is not None and task.user_id == me.id:  # finding: ineffective-owner-check
        allowed = True
    if not allowed:
        raise HTTPException(404)
    return task


@app.get("/e/{task_id}")
def error_in_variable(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    error = None
    task = db.get(Task, task_id)  # ok
    try:
        if task.user_id != me.id:
            error = "not yours"
    except AttributeError:
        error = "missing"
    if error is not None:
        raise HTTPException(404, error)
    return task


@app.get("/f")
def first_own(db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    for task in db.exec(select(Task)).all():  # ok
        if task.user_id == me.id:
            return task
    raise HTTPException(404)


@app.get("/g")
def collected(db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    mine = []
    for task in db.exec(select(Task)).all():  # ok
        if task.user_id != me.id:
            continue
        mine.append(task)
    return mine


@app.get("/h")
def while_loop(db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    found = []
    number = 0
    while number < 10:
        number += 1
        task = db.get(Task, number)  # ok
        if not task or task.user_id != me.id:
            continue
        found.append(task)
    return found


@app.get("/i/{task_id}")
def retried(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    for attempt in range(3):
        try:
            task = db.get(Task, task_id)  # ok
            if task is None or task.user_id != me.id:
                raise HTTPException(404)
            return task
        except ConnectionError:
            continue
    raise HTTPException(503)


@app.get("/j/{task_id}")
def zero_is_no_flag(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    views = 0
    task = db.get(Task, task_id)  # finding: object-without-owner-check
    if views:
        raise HTTPException(404)
    return task


@app.post("/k/{project_id}/tasks")
def project_by_helper(project_id: int, title: str, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    ensure_project(db, project_id, me.id)
    task = Task(title=title, project_id=project_id, user_id=me.id)  # ok
    db.add(task)
    db.commit()


def ensure_project(db, project_id, user_id):
    found = db.exec(select(Project).where(Project.id == project_id, Project.owner_id == user_id)).first()  # ok
    if found is None:
        raise HTTPException(404)


def own_project(project_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)) -> Project:
    project = db.get(Project, project_id)  # ok
    if project is None or project.owner_id != me.id:
        raise HTTPException(404)
    return project


@app.post("/l/{project_id}/tasks")
def project_by_dependency(project_id: int, title: str, db: Session = Depends(get_session), me: User = Depends(get_current_user), project: Project = Depends(own_project)):
    task = Task(title=title, project_id=project_id, user_id=me.id)  # ok
    db.add(task)
    db.commit()


@app.post("/m")
def optional_project(title: str, db: Session = Depends(get_session), me: User = Depends(get_current_user), project_id: int | None = None):
    if project_id is not None:
        project = db.get(Project, project_id)  # ok
        if not project or project.owner_id != me.id:
            raise HTTPException(404)
    task = Task(title=title, project_id=project_id, user_id=me.id)  # ok
    db.add(task)
    db.commit()


@app.post("/m/unchecked")
def optional_project_unchecked(title: str, db: Session = Depends(get_session), me: User = Depends(get_current_user), project_id: int | None = None):
    if project_id is not None:
        project = db.get(Project, project_id)  # finding: object-without-owner-check
        if not project:
            raise HTTPException(404)
    task = Task(title=title, project_id=project_id, user_id=me.id)
    db.add(task)
    db.commit()


@app.get("/n/{task_id}")
def development_only(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    if os.getenv("ENVIRONMENT") != "development" and task.user_id != me.id:
        raise HTTPException(404)
    return task


@app.get("/o/{task_id}")
def language(task_id: int, request: Request, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    if request.headers.get("Accept-Language") == "de" and task.user_id != me.id:
        raise HTTPException(404, "Nicht gefunden")
    if task.user_id != me.id:
        raise HTTPException(404, "Not found")
    return task
