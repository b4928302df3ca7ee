import application


def register():
    @application.app.get("/later")
    def in_later():
        return None


@application.shared.get("/after")
def after_the_include():
    return None
