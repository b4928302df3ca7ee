from application import app
import views
from more import later

later.register()
from fastapi import Depends


@app.get("/main")
def in_main():
    return None
