from fastapi import Depends, FastAPI

from routing import AdminRouter, AuthRouter, PlainRouter, VersionedRouter

app = FastAPI()
auth = AuthRouter(prefix="/auth")
admin = AdminRouter("/admin")
plain = PlainRouter(prefix="/plain")
versioned = VersionedRouter(2, prefix="/things")


def local():
    return None


@auth.get("/me", dependencies=[Depends(local)])
def me():
    return None


@admin.get("/users")
def users():
    return None


@plain.get("/")
def index():
    return None


@versioned.get("/")
def things():
    return None


app.include_router(auth)
app.include_router(admin)
app.include_router(plain)
app.include_router(versioned, prefix="/api")
