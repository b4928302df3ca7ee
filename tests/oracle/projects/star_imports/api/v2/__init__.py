from .endpoints import router
