def verify():
    return None
