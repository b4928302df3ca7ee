from fastapi import Depends, Header


def get_token(authorization: str = Header("")):
    return authorization


def get_user(token=Depends(get_token)):
    return token
