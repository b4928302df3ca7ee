def get_user():
    return None
