from fastapi import FastAPI

app = FastAPI(title="Every method")


@app.get("/")
def root():
    return {}


@app.post("/items", status_code=201)
async def create(name: str):
    return {"name": name}


@app.put("/items/{item_id}")
def replace(item_id: int):
    return item_id


@app.patch("/items/{item_id}")
def change(item_id: int):
    return item_id


@app.delete("/items/{item_id}")
def remove(item_id: int):
    return item_id


@app.options("/items")
def options():
    return None


@app.head("/items")
def head():
    return None


@app.trace("/items")
def trace():
    return None


@app.api_route("/both", methods=["GET", "post"])
def both():
    return None


@app.api_route("/neither")
def neither():
    return None
