//! Flags parameters that should be dependencies and are filled by the client.

use facts::Facts;
use facts::undeclared::{Undeclared, UndeclaredForm};
use report::{Confidence, OwaspApi, Phase, Severity};
use text::{Span, TextRange};

use crate::fix::Fix;
use crate::fixes::calls;
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// A parameter that is meant to be the authenticated user and that is not declared as a dependency: the function
    /// or security scheme as its default without `Depends`, in `Annotated` without `Depends`, `current_user: User`
    /// with nothing else, and `Depends(get_current_user())` with the function called.
    ///
    /// Bodies (`user: UserCreate`) and parameters with `Depends` or `Security` in any spelling are right.
    ///
    /// ```python,finding
    /// from typing import Annotated
    ///
    /// from fastapi import Depends, FastAPI
    /// from pydantic import BaseModel
    ///
    /// app = FastAPI()
    ///
    /// class User(BaseModel):
    ///     id: int
    ///
    /// def get_current_user() -> User:
    ///     return verify()
    ///
    /// @app.get("/tasks")
    /// def tasks(user: Annotated[User, get_current_user]):
    ///     return load_tasks(user.id)
    /// ```
    ///
    /// ## Why it matters
    ///
    /// FastAPI ignores metadata that it does not know. A parameter of a pydantic type without `Depends` is read from
    /// the request body, one of a simple type from the query. A default is used as it is: the function object.
    ///
    /// ## How it is exploited
    ///
    /// `GET /tasks` with the body `{"id": 1}` lists the tasks of user 1, without a token.
    ///
    /// ## Use instead
    ///
    /// ```python,fixed
    /// from typing import Annotated
    ///
    /// from fastapi import Depends, FastAPI
    /// from pydantic import BaseModel
    ///
    /// app = FastAPI()
    ///
    /// class User(BaseModel):
    ///     id: int
    ///
    /// def get_current_user() -> User:
    ///     return verify()
    ///
    /// @app.get("/tasks")
    /// def tasks(user: Annotated[User, Depends(get_current_user)]):
    ///     return load_tasks(user.id)
    /// ```
    ///
    /// ```python,ok
    /// from fastapi import FastAPI
    /// from pydantic import BaseModel
    ///
    /// app = FastAPI()
    ///
    /// class UserCreate(BaseModel):
    ///     email: str
    ///
    /// @app.post("/register")
    /// def register(user: UserCreate):
    ///     return create(user)
    /// ```
    ///
    /// ## References
    ///
    /// - FastAPI, dependencies: <https://fastapi.tiangolo.com/tutorial/dependencies/>
    /// - CWE-287: <https://cwe.mitre.org/data/definitions/287.html>
    pub(super) static RULE: Rule = Rule {
        name: "dependency-not-declared",
        summary: "A parameter for the authenticated user is no dependency, so the client fills it",
        severity: Severity::Critical,
        phase: Phase::AuthorizationAndUserIsolation,
        cwe: 287,
        owasp: OwaspApi::BrokenAuthentication,
        checklist_item: Some(6),
        fixable: true,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for found in facts.undeclared() {
        let Undeclared {
            parameter,
            function,
            dependency,
            ..
        } = &found;
        let (confidence, message) = match found.form {
            UndeclaredForm::Default => (
                Confidence::High,
                format!("`{parameter}` of `{function}` is `{dependency}` itself: without `Depends` it is never called"),
            ),
            UndeclaredForm::Metadata => (
                Confidence::High,
                format!(
                    "`{dependency}` in `Annotated` is not called without `Depends`: the client sends `{parameter}`"
                ),
            ),
            UndeclaredForm::Named { in_body } => {
                let part = if in_body { "body" } else { "query" };
                (
                    Confidence::Medium,
                    format!("`{parameter}` of `{function}` is read from the request's {part}: it is no dependency"),
                )
            }
            UndeclaredForm::Called => (
                Confidence::High,
                format!("`{dependency}()` is called when the file is imported: `Depends` takes the function itself"),
            ),
        };
        let fix = declare(facts, &found);
        context.report(found.span, message).confidence(confidence).fix(fix);
    }
}

fn declare(facts: &Facts<'_>, found: &Undeclared) -> Option<Fix> {
    let written = found.written?;
    let text = facts.snippet(written);
    match found.form {
        UndeclaredForm::Called => {
            let arguments = text.find("()")?;
            if arguments + 2 != text.len() {
                return None;
            }
            let end = written.range.end();
            let range = TextRange::new(end - text::TextSize::new(2), end);
            Some(Fix::changes_behaviour("Pass the function").delete(Span::new(written.file, range)))
        }
        UndeclaredForm::Default | UndeclaredForm::Metadata => {
            let named = calls::import_member(facts, written.file, "fastapi", "Depends", written.range.start());
            let fix = Fix::changes_behaviour(format!("Depend on `{}`", found.dependency));
            Some(fix.edit(written, format!("{}({text})", named.name)).with(named.import))
        }
        UndeclaredForm::Named { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, check_fix};

    #[test]
    fn defaults() {
        check(
            r#"
            import os

            import jwt
            from fastapi import APIRouter, Depends, HTTPException
            from fastapi.security import OAuth2PasswordBearer

            router = APIRouter()
            oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")

            def get_current_user(token: str = Depends(oauth2_scheme)):
                try:
                    return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
                except jwt.PyJWTError:
                    raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})

            def page_size():
                return 20

            @router.get("/a")
            def a(user=get_current_user):  # finding: dependency-not-declared (critical, high, fix)
                return load(user)

            @router.get("/b")
            def b(user=Depends(get_current_user)):
                return load(user)

            @router.get("/c")
            def c(token: str = oauth2_scheme):  # finding: dependency-not-declared (critical, high, fix)
                return load(token)

            @router.get("/d")
            def d(size: int = 20, make=page_size, user=Depends(get_current_user)):
                return load(user)

            @router.get("/e")
            def e(user=Depends(get_current_user())):  # finding: dependency-not-declared (critical, high, fix)
                return load(user)
            "#,
        );
    }

    #[test]
    fn annotations() {
        check(
            r#"
            #- deps.py
            import os
            from typing import Annotated

            import jwt
            from fastapi import Depends, HTTPException, Security
            from fastapi.security import HTTPBearer
            from pydantic import BaseModel

            class User(BaseModel):
                id: int

            def get_current_user(creds=Depends(HTTPBearer())) -> User:
                try:
                    return User(id=jwt.decode(creds.credentials, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])["sub"])
                except jwt.PyJWTError:
                    raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})

            Wrong = Annotated[User, get_current_user]
            Right = Annotated[User, Depends(get_current_user)]
            #- main.py
            from typing import Annotated

            from fastapi import Depends, FastAPI, Security

            from deps import Right, User, Wrong, get_current_user

            app = FastAPI()

            @app.get("/a")
            def a(user: Annotated[User, get_current_user]):  # finding: dependency-not-declared (critical, high, fix)
                return load(user)

            @app.get("/b")
            def b(user: Wrong):  # finding: dependency-not-declared (critical, high, no-fix)
                return load(user)

            @app.get("/c")
            def c(user: Right, other: Annotated[User, Security(get_current_user)]):
                return load(user)

            @app.get("/d")
            def d(user: Annotated[User, "the caller", Depends(get_current_user)]):
                return load(user)
            "#,
        );
    }

    #[test]
    fn names() {
        check(
            r#"
            from typing import Optional

            from fastapi import Body, Depends, FastAPI, Request
            from pydantic import BaseModel

            from app.deps import CurrentUser

            app = FastAPI()

            class User(BaseModel):
                id: int

            class UserCreate(BaseModel):
                email: str

            @app.get("/a")
            def a(current_user: User):  # finding: dependency-not-declared (critical, medium, no-fix)
                return load(current_user)

            @app.get("/b")
            def b(current_user: Optional[User] = None):  # finding: dependency-not-declared
                return load(current_user)

            @app.get("/c")
            def c(current_user: str):  # finding: dependency-not-declared
                return load(current_user)

            @app.post("/d")
            def d(user: UserCreate, new_user: User):
                return create(user)

            @app.get("/e")
            def e(current_user: CurrentUser, request: Request):
                return load(current_user)

            @app.get("/f/{current_user}")
            def f(current_user: str):
                return load(current_user)

            def helper(current_user: User):
                return load(current_user)
            "#,
        );
    }

    /// What makes the dependency is called, as it should be.
    #[test]
    fn factories() {
        check(
            r#"
            from fastapi import Depends, FastAPI, HTTPException

            app = FastAPI()

            def require_role(role: str):
                def check(user=Depends(get_user)):
                    if user.role != role:
                        raise HTTPException(403)
                    return user
                return check

            class RequireScope:
                def __init__(self, scope: str):
                    self.scope = scope

                def __call__(self, user=Depends(get_user)):
                    return user

            def get_current_user_authorizer(required: bool = True):
                return get_user if required else get_other

            @app.get("/a")
            def a(user=Depends(require_role("admin"))):
                return load(user)

            @app.get("/b")
            def b(user=Depends(RequireScope("x")), other=Depends(get_current_user_authorizer())):
                return load(user)
            "#,
        );
    }

    #[test]
    fn fixes() {
        check_fix(
            &RULE,
            r#"
            from fastapi import Depends, FastAPI
            from fastapi.security import HTTPBearer
            import jwt

            app = FastAPI()

            async def get_current_user(creds=Depends(HTTPBearer())):
                return jwt.decode(creds.credentials, key(), algorithms=["HS256"])  # finding: auth-failure-not-401

            @app.get("/a")
            def a(user=get_current_user):  # finding: dependency-not-declared
                return load(user)

            @app.get("/b")
            def b(user=Depends(get_current_user())):  # finding: dependency-not-declared
                return load(user)
            "#,
            r#"
            from fastapi import Depends, FastAPI
            from fastapi.security import HTTPBearer
            import jwt

            app = FastAPI()

            async def get_current_user(creds=Depends(HTTPBearer())):
                return jwt.decode(creds.credentials, key(), algorithms=["HS256"])  # finding: auth-failure-not-401

            @app.get("/a")
            def a(user=Depends(get_current_user)):
                return load(user)

            @app.get("/b")
            def b(user=Depends(get_current_user)):
                return load(user)
            "#,
        );
    }
}
