from fastapi import APIRouter

r01 = APIRouter(prefix="/r01")
r02 = APIRouter(prefix="/r02")
r03 = APIRouter(prefix="/r03")
r04 = APIRouter(prefix="/r04")
r05 = APIRouter(prefix="/r05")
r06 = APIRouter(prefix="/r06")
r07 = APIRouter(prefix="/r07")
r08 = APIRouter(prefix="/r08")
r09 = APIRouter(prefix="/r09")
r10 = APIRouter(prefix="/r10")
r11 = APIRouter(prefix="/r11")
r12 = APIRouter(prefix="/r12")
r13 = APIRouter(prefix="/r13")
r14 = APIRouter(prefix="/r14")
r15 = APIRouter(prefix="/r15")
r16 = APIRouter(prefix="/r16")
r17 = APIRouter(prefix="/r17")
r18 = APIRouter(prefix="/r18")


@r01.get("/")
@r17.get("/")
def first():
    return 1


@r18.get("/")
def last():
    return 18


ROUTERS = [r01, r02, r03, r04, r05, r06, r07, r08, r09, r10, r11, r12, r13, r14, r15, r16]
ROUTERS.append(r17)
ROUTERS += [r18]
TABLE = {"/first": r01, "/last": r18}
