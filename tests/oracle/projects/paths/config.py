from enum import Enum

from pydantic import BaseModel

API = "/api"
ITEMS = "/items"


class Paths(str, Enum):
    LIST = "/list"


class Settings(BaseModel):
    API_V1: str = "/api/v1"
    ROOT: str = "/root"


settings = Settings()
