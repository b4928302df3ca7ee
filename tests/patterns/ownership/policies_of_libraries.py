#- begins as tasks
import casbin
from oso import Oso

oso = Oso()
enforcer = casbin.Enforcer("model.conf", "policy.csv")


@app.get("/oso/{task_id}")
def with_oso(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    oso.authorize(me, "read", task)
    return task


@app.get("/casbin/{task_id}")
def with_casbin(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # ok
    if not enforcer.enforce(me.email, task, "read"):
        raise HTTPException(403)
    return task


@app.get("/casbin/{task_id}/unused")
def with_casbin_unused(task_id: int, db: Session = Depends(get_session), me: User = Depends(get_current_user)):
    task = db.get(Task, task_id)  # finding: object-without-owner-check
    if task is None:
        raise HTTPException(404)
    return task
