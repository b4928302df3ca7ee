import functools
from functools import wraps


def cache(expire: int):
    def decorator(function):
        @wraps(function)
        def wrapper(*args, **kwargs):
            return function(*args, **kwargs)

        return wrapper

    return decorator


def inject(function):
    return function


def traced(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


def plain_wrapper(function):
    def wrapper(request_id: str = ""):
        return function(None)

    return wrapper


def require_permission(name):
    def decorator(function):
        @wraps(function)
        async def wrapper(*args, **kwargs):
            return await function(*args, **kwargs)

        return wrapper

    return decorator


class Limiter:
    def limit(self, rate):
        def decorator(function):
            @wraps(function)
            async def wrapper(*args, **kwargs):
                return await function(*args, **kwargs)

            return wrapper

        return decorator
