#- begins as tasks
class TaskRepository:
    def __init__(self, session: Session = Depends(get_session)):
        self.session = session

    def by_id(self, task_id: int) -> Task | None:
        return self.session.get(Task, task_id)  # finding: object-without-owner-check

    def by_id_and_owner(self, task_id: int, owner_id: int) -> Task | None:
        return self.session.exec(select(Task).where(Task.id == task_id).where(Task.user_id == owner_id)).first()  # ok

    def remove(self, task: Task) -> None:
        self.session.delete(task)
        self.session.commit()


class TaskService:
    def __init__(self, tasks: TaskRepository = Depends(), me: User = Depends(get_current_user)):
        self.tasks = tasks
        self.me = me

    def _load(self, task_id: int) -> Task:
        task = self.tasks.by_id_and_owner(task_id, self.me.id)
        if not task:
            raise HTTPException(404)
        return task

    def _load_any(self, task_id: int) -> Task:
        task = self.tasks.by_id(task_id)
        if not task:
            raise HTTPException(404)
        return task

    def remove(self, task_id: int) -> None:
        self.tasks.remove(self._load(task_id))

    def remove_any(self, task_id: int) -> None:
        self.tasks.remove(self._load_any(task_id))

    def read_checked(self, task_id: int) -> Task:
        task = self._load_any(task_id)
        if task.user_id != self.me.id:
            raise HTTPException(404)
        return task


@app.delete("/a/{task_id}")
def remove(task_id: int, service: TaskService = Depends()):
    service.remove(task_id)


@app.delete("/b/{task_id}")
def remove_any(task_id: int, service: TaskService = Depends()):
    service.remove_any(task_id)


@app.get("/c/{task_id}")
def read_checked(task_id: int, service: TaskService = Depends()):
    return service.read_checked(task_id)
