from pydantic import BaseModel


class Settings(BaseModel):
    DEBUG: bool = False


settings = Settings()
