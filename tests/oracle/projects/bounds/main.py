from fastapi import APIRouter, Depends, FastAPI

app = FastAPI()


def d0():
    return 0


def d1(a=Depends(d0), b=Depends(d0)):
    return 1


def d2(a=Depends(d1), b=Depends(d1)):
    return 2


def d3(a=Depends(d2), b=Depends(d2)):
    return 3


def d4(a=Depends(d3), b=Depends(d3)):
    return 4


r1 = APIRouter(prefix="/1", dependencies=[Depends(d0)])
r2 = APIRouter(prefix="/2", dependencies=[Depends(d0)])
r3 = APIRouter(prefix="/3", dependencies=[Depends(d0)])
r4 = APIRouter(prefix="/4", dependencies=[Depends(d0)])
r5 = APIRouter(prefix="/5", dependencies=[Depends(d0)])
r6 = APIRouter(prefix="/6", dependencies=[Depends(d0)])
r7 = APIRouter(prefix="/7", dependencies=[Depends(d0)])
r8 = APIRouter(prefix="/8", dependencies=[Depends(d0)])


@r8.get("/deep")
def deep(value=Depends(d4)):
    return value


r7.include_router(r8)
r6.include_router(r7)
r5.include_router(r6)
r4.include_router(r5)
r3.include_router(r4)
r2.include_router(r3)
r1.include_router(r2)
app.include_router(r1)
app.include_router(r2)
