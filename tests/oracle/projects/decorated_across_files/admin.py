from application import app, shared


@app.get("/admin")
def in_admin():
    return None


@shared.get("/admin")
def shared_in_admin():
    return None
