from fastapi import Depends, FastAPI

from deps import get_db, get_user

app = FastAPI()


@app.get("/")
def index(user=Depends(get_user)):
    return user


def fake_user():
    return "fake"


app.dependency_overrides[get_user] = fake_user
app.dependency_overrides.update({get_db: lambda: None})
