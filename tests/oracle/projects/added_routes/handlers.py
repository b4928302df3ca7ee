from fastapi import Depends


def get_user():
    return None


def index():
    return None


def create(user=Depends(get_user)):
    return user


class Items:
    def read(self, item_id: int = 0, user=Depends(get_user)):
        return item_id

    async def remove(self, item_id: int):
        return item_id

    @staticmethod
    def static(user=Depends(get_user)):
        return user
