from fastapi import Depends


def get_db():
    return None


def get_user(db=Depends(get_db)):
    return db
