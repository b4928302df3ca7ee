from fastapi import APIRouter, Depends, FastAPI


def at_app():
    pass


def at_app_too():
    pass


def at_include():
    pass


def at_outer():
    pass


def at_inner_include():
    pass


def at_inner():
    pass


def at_leaf_include():
    pass


def at_leaf():
    pass


def at_decorator():
    pass


def at_parameter():
    pass


app = FastAPI(dependencies=[Depends(at_app), Depends(at_app_too)])
outer = APIRouter(prefix="/outer", dependencies=[Depends(at_outer)])
inner = APIRouter(prefix="/inner", dependencies=[Depends(at_inner)])
leaf = APIRouter(dependencies=[Depends(at_leaf)])


@leaf.get("/leaf", dependencies=[Depends(at_decorator)])
def read_leaf(value=Depends(at_parameter)):
    return value


@inner.get("/own", dependencies=(Depends(at_decorator),))
def read_inner():
    return None


@outer.get("/own")
def read_outer(value=Depends(at_parameter)):
    return None


@app.get("/own", dependencies=[Depends(at_decorator)])
def read_app():
    return None


inner.include_router(leaf, prefix="/x", dependencies=[Depends(at_leaf_include)])
outer.include_router(inner, dependencies=[Depends(at_inner_include)])
app.include_router(outer, prefix="/v1", dependencies=[Depends(at_include), Depends(at_include)], tags=["all"])
app.include_router(leaf)
