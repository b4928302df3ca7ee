#- begins as tasks
from fastapi import WebSocket

@app.websocket("/ws/{task_id}")
async def own_task(socket: WebSocket, task_id: int, token: str, db: Session = Depends(get_session)):
    me = get_current_user(token, db)
    task = db.get(Task, task_id)  # ok
    if task is None or task.user_id != me.id:
        await socket.close(1008)
        return
    await socket.accept()
    await socket.send_json({"title": task.title})


@app.websocket("/ws/{task_id}/open")
async def any_task(socket: WebSocket, task_id: int, token: str, db: Session = Depends(get_session)):
    get_current_user(token, db)
    task = db.get(Task, task_id)  # finding: object-without-owner-check
    await socket.accept()
    await socket.send_json({"title": task.title})
