//! The same program written in other ways, which is no other program. What the transformations of `test_utils` once
//! found stands here, small.

use super::check;

#[test]
fn calls_under_other_names() {
    check(
        r#"
        import jwt
        from fastapi import FastAPI as Application
        from jwt import decode as read
        app = Application(debug=True)  # finding: debug-enabled
        verify = jwt.decode
        a = read(token, "s3cret-k3y-0f-ours", algorithms=["HS256"])  # finding: jwt-hardcoded-secret
        b = verify(token, "an0ther-k3y-0f-ours", algorithms=["HS256"])  # finding: jwt-hardcoded-secret
        "#,
    );
}

#[test]
fn types_under_other_names() {
    check(
        r#"
        #- unannounced: jwt-secret-env-name
        #- config.py
        import typing as t
        from typing import Optional as Maybe
        from pydantic import field_validator as checked
        from pydantic_settings import BaseSettings
        class Settings(BaseSettings):
            BETTER_AUTH_SECRET: Maybe[str] = None  # finding: jwt-secret-may-be-missing
        class Others(BaseSettings):
            BETTER_AUTH_SECRET: t.Optional[str] = None
            @checked("BETTER_AUTH_SECRET")
            @classmethod
            def is_set(cls, value):
                if not value:
                    raise ValueError("set BETTER_AUTH_SECRET")
                return value
        settings = Settings()
        others = Others()
        #- auth.py
        import jwt
        from config import others, settings
        def read(token):
            return jwt.decode(token, settings.BETTER_AUTH_SECRET, algorithms=["HS256"])
        def read_other(token):
            return jwt.decode(token, others.BETTER_AUTH_SECRET, algorithms=["HS256"])
        "#,
    );
}

#[test]
fn parentheses_that_only_group() {
    check(
        r#"
        from fastapi import FastAPI, Response
        from fastapi.responses import JSONResponse
        app = FastAPI()
        @app.post("/a")
        def a(response: Response, token: str):
            (response).set_cookie("access_token", (token))  # finding: insecure-auth-cookie
        @app.post("/b")
        def b(token: str):
            answer = (JSONResponse({}))
            ((answer).set_cookie)("access_token", token)  # finding: insecure-auth-cookie
            return answer
        "#,
    );
}

#[test]
fn helpers_that_raise_at_their_end() {
    check(
        r#"
        import os
        import jwt
        from fastapi import Depends, FastAPI, HTTPException
        from fastapi.security import HTTPBearer
        app = FastAPI()
        bearer = HTTPBearer()
        def refuse(detail):
            if detail:
                raise HTTPException(401, detail, headers={"WWW-Authenticate": "Bearer"})
            else:
                raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
        def me(given=Depends(bearer)):
            try:
                return jwt.decode(given.credentials, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
            except jwt.PyJWTError:
                answer = refuse("wrong token")
                return answer  # ok
        @app.get("/me")
        def read(user=Depends(me)):
            return user
        "#,
    );
}
