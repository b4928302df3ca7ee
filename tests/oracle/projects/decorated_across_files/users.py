from application import app


def get_user():
    return None


@app.get("/users")
def in_users():
    return None
