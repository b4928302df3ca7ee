//! Flags exceptions for clients that are made and never raised.

use facts::Facts;
use facts::unraised::{Unraised, UnraisedForm, UnraisedPlace};
use report::{OwaspApi, Phase, Severity};
use text::{Span, TextRange, TextSize};

use crate::fix::{Fix, Replacement};
use crate::fixes::challenge;
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// `return HTTPException(…)`, an `HTTPException(…)` that stands as a statement of its own or is bound to a name
    /// that nothing reads, `return {…}, 401`, and a dependency that returns a response.
    ///
    /// Functions that make an exception for callers who raise it are right.
    ///
    /// ```python,finding
    /// from fastapi import Depends, FastAPI, HTTPException
    ///
    /// app = FastAPI()
    ///
    /// def require_admin(user=Depends(get_user)):
    ///     if not user.is_admin:
    ///         return HTTPException(status_code=403, detail="Not enough permissions")
    ///     return user
    /// ```
    ///
    /// ## Why it matters
    ///
    /// FastAPI answers with an exception when it is raised. One that a dependency returns is handed to the handler as
    /// its user; one that a handler returns is serialised into an answer with status 200; a statement that only makes
    /// one does nothing. `return {…}, 401` is Flask's form: FastAPI answers 200 with a list.
    ///
    /// ## How it is exploited
    ///
    /// A request of a user who is no administrator: `require_admin` returns the exception object, and the handler
    /// deletes the account.
    ///
    /// ## Use instead
    ///
    /// ```python,fixed
    /// from fastapi import Depends, FastAPI, HTTPException
    ///
    /// app = FastAPI()
    ///
    /// def require_admin(user=Depends(get_user)):
    ///     if not user.is_admin:
    ///         raise HTTPException(status_code=403, detail="Not enough permissions")
    ///     return user
    /// ```
    ///
    /// ```python,ok
    /// from fastapi import HTTPException
    ///
    /// def not_found(what: str) -> HTTPException:
    ///     return HTTPException(status_code=404, detail=f"{what} not found")
    ///
    /// def load(task):
    ///     if task is None:
    ///         raise not_found("Task")
    /// ```
    ///
    /// ## References
    ///
    /// - FastAPI, handling errors: <https://fastapi.tiangolo.com/tutorial/handling-errors/>
    /// - CWE-252: <https://cwe.mitre.org/data/definitions/252.html>
    pub(super) static RULE: Rule = Rule {
        name: "auth-exception-not-raised",
        summary: "An exception for the client is made and never raised",
        severity: Severity::Critical,
        phase: Phase::AuthenticationInfrastructure,
        cwe: 252,
        owasp: OwaspApi::BrokenAuthentication,
        checklist_item: Some(4),
        fixable: true,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for found in facts.unraised() {
        let name = &found.function.name;
        let exception = &found.exception;
        let is_refusal = matches!(found.status, Some(401 | 403));
        let is_guard = matches!(found.place, UnraisedPlace::Dependency | UnraisedPlace::Helper);
        let (severity, message) = match found.form {
            UnraisedForm::Bare | UnraisedForm::Bound => {
                let severity = match is_refusal || found.place == UnraisedPlace::Dependency {
                    true => Severity::Critical,
                    false => Severity::Warning,
                };
                (
                    severity,
                    format!("`{exception}` is made and never raised: `{name}` goes on"),
                )
            }
            UnraisedForm::Returned { .. } => match found.place {
                UnraisedPlace::Dependency => (
                    Severity::Critical,
                    format!("`{name}` returns `{exception}` instead of raising it, and the handler runs with it"),
                ),
                UnraisedPlace::Helper => (
                    match is_refusal {
                        true => Severity::Critical,
                        false => Severity::Warning,
                    },
                    format!("`{name}` returns `{exception}`, and nobody who calls it raises it"),
                ),
                UnraisedPlace::Handler => (
                    Severity::Warning,
                    format!("`{name}` returns `{exception}` instead of raising it: the answer has status 200"),
                ),
                UnraisedPlace::Middleware | UnraisedPlace::ExceptionHandler => (
                    Severity::Warning,
                    format!("`{name}` returns `{exception}`, which is no response: the answer is 500"),
                ),
            },
            UnraisedForm::Tuple => {
                let status = found.status.unwrap_or_default();
                match is_guard {
                    true => (
                        Severity::Critical,
                        format!("`{name}` returns a pair with {status}, and the handler runs with it"),
                    ),
                    false => (
                        Severity::Warning,
                        format!("`{name}` returns a pair with {status}: FastAPI answers 200 with a list"),
                    ),
                }
            }
            UnraisedForm::Response => (
                Severity::Critical,
                format!("`{name}` returns a response, and the handler runs with it as its user"),
            ),
        };
        let fix = raise(facts, &found);
        let finding = context.report(found.span, message);
        finding.severity(severity).fix(fix);
        if let Some(made_at) = found.made_at {
            finding.related(made_at, "the exception is made here");
        }
    }
}

fn raise(facts: &Facts<'_>, found: &Unraised) -> Option<Fix> {
    let start = found.span.range.start();
    let fix = Fix::changes_behaviour(format!("Raise `{}`", found.exception));
    match found.form {
        UnraisedForm::Bare => {
            let header = challenged(facts, found, found.span.range);
            Some(fix.insert(found.span.file, start, "raise ").with(header))
        }
        UnraisedForm::Returned { is_whole: true }
            if matches!(found.place, UnraisedPlace::Dependency | UnraisedPlace::Handler)
                && facts.snippet(found.span).starts_with("return ") =>
        {
            let word = TextRange::at(start, TextSize::of("return"));
            let value = facts.snippet(found.span)["return".len()..].trim_start();
            let value = TextRange::new(found.span.range.end() - TextSize::of(value), found.span.range.end());
            let header = challenged(facts, found, value);
            Some(fix.edit(Span::new(found.span.file, word), "raise").with(header))
        }
        _ => None,
    }
}

/// The header that belongs to 401, which nobody missed as long as the exception was not raised.
fn challenged(facts: &Facts<'_>, found: &Unraised, call: TextRange) -> Option<Replacement> {
    if found.status != Some(401) {
        return None;
    }
    challenge::add(facts, &facts.call_at(Span::new(found.span.file, call))?)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, check_fix};

    #[test]
    fn dependencies() {
        check(
            r#"
            import os
            from typing import Annotated

            from fastapi import Depends, FastAPI, HTTPException, Request, status
            from fastapi.responses import JSONResponse
            from fastapi.security import OAuth2PasswordBearer
            from jose import JWTError, jwt

            app = FastAPI()
            oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")
            KEY = os.environ["BETTER_AUTH_SECRET"]
            credentials_exception = HTTPException(status_code=status.HTTP_401_UNAUTHORIZED, detail="Could not validate credentials")

            def returned(token: Annotated[str, Depends(oauth2_scheme)]):
                try:
                    return jwt.decode(token, KEY, algorithms=["HS256"])
                except JWTError:
                    return HTTPException(status_code=401, detail="Could not validate credentials")  # finding: auth-exception-not-raised (critical, high, fix)

            def raised(token: Annotated[str, Depends(oauth2_scheme)]):
                try:
                    return jwt.decode(token, KEY, algorithms=["HS256"])
                except JWTError:
                    raise HTTPException(status_code=401, detail="Could not validate credentials")

            def named(token: Annotated[str, Depends(oauth2_scheme)]):
                try:
                    return jwt.decode(token, KEY, algorithms=["HS256"])
                except JWTError:
                    return credentials_exception  # finding: auth-exception-not-raised (critical, high, fix)

            def named_raised(token: Annotated[str, Depends(oauth2_scheme)]):
                try:
                    return jwt.decode(token, KEY, algorithms=["HS256"])
                except JWTError:
                    raise credentials_exception

            def paired(token: Annotated[str, Depends(oauth2_scheme)]):
                try:
                    return jwt.decode(token, KEY, algorithms=["HS256"])
                except JWTError:
                    return {"error": "Invalid token"}, 401  # finding: auth-exception-not-raised (critical), auth-fails-open

            def responded(token: Annotated[str, Depends(oauth2_scheme)]):
                try:
                    return jwt.decode(token, KEY, algorithms=["HS256"])
                except JWTError:
                    return JSONResponse(status_code=401, content={})  # finding: auth-exception-not-raised (critical)

            def bare(user=Depends(raised)):
                if user["role"] != "admin":
                    HTTPException(status_code=403)  # finding: auth-exception-not-raised (critical, high, fix)
                return user

            def bound(user=Depends(raised)):
                if user["role"] != "admin":
                    error = HTTPException(status_code=403)  # finding: auth-exception-not-raised (critical, high, no-fix)
                return user

            def bound_and_raised(user=Depends(raised)):
                error = HTTPException(status_code=403)
                if user["role"] != "admin":
                    raise error
                return user

            @app.get("/a", dependencies=[Depends(returned), Depends(named), Depends(paired), Depends(responded)])
            def a():
                return load()

            @app.get("/b", dependencies=[Depends(bare), Depends(bound), Depends(bound_and_raised), Depends(named_raised)])
            def b():
                return load()
            "#,
        );
    }

    #[test]
    fn handlers() {
        check(
            r#"
            from fastapi import APIRouter, HTTPException
            from starlette.exceptions import HTTPException as StarletteHTTPException

            router = APIRouter()

            class NotYours(HTTPException):
                def __init__(self):
                    super().__init__(status_code=403, detail="Not yours")

            @router.get("/a/{id}")
            def a(id: int):
                task = find(id)
                if not task:
                    return HTTPException(404, "Not found")  # finding: auth-exception-not-raised (warning, high, fix)
                if task.owner_id != current():
                    HTTPException(403, "Not yours")  # finding: auth-exception-not-raised (critical)
                if task.owner_id != current():
                    NotYours()  # finding: auth-exception-not-raised (critical)
                return task

            @router.get("/b/{id}")
            def b(id: int):
                task = find(id)
                if not task:
                    raise HTTPException(404, "Not found")
                if task.owner_id != current():
                    raise NotYours()
                return task

            @router.get("/c/{id}")
            def c(id: int):
                task = find(id)
                return task if task else StarletteHTTPException(404)  # finding: auth-exception-not-raised (warning, high, no-fix)

            @router.get("/d/{id}")
            def d(id: int):
                if not find(id):
                    return {"detail": "Not found"}, 404  # finding: auth-exception-not-raised (warning)
                return {"size": 1}, 2
            "#,
        );
    }

    #[test]
    fn helpers() {
        check(
            r#"
            from fastapi import Depends, FastAPI, HTTPException

            app = FastAPI()

            def unauthorized(detail: str = "Not authenticated") -> HTTPException:
                return HTTPException(status_code=401, detail=detail)

            def forbidden():
                exc = HTTPException(status_code=403)
                return exc

            def check_owner(task, user):
                if task.owner_id != user.id:
                    return HTTPException(status_code=403)  # finding: auth-exception-not-raised (critical, high, no-fix)

            def check_role(user):
                if user.role != "admin":
                    return HTTPException(status_code=403)
                return None

            ERRORS = {"missing": HTTPException(404)}

            @app.delete("/a/{id}")
            def a(id: int, user=Depends(get_user)):
                task = find(id)
                if not user:
                    raise unauthorized()
                if user.blocked:
                    error = forbidden()
                    raise error
                check_owner(task, user)
                problem = check_role(user)
                if problem:
                    raise problem
                delete(task)
                raise ERRORS["missing"]
            "#,
        );
    }

    #[test]
    fn other_places() {
        check(
            r#"
            from fastapi import FastAPI, HTTPException, Request

            app = FastAPI()

            @app.middleware("http")
            async def authenticate(request: Request, call_next):
                if "Authorization" not in request.headers:
                    return HTTPException(status_code=401)  # finding: auth-exception-not-raised (warning, high, no-fix)
                return await call_next(request)

            async def handle(request: Request, call_next):
                return await call_next(request)

            #- tests/test_errors.py
            from fastapi import HTTPException

            def test_error():
                HTTPException(401)
            "#,
        );
    }

    #[test]
    fn fixes() {
        check_fix(
            &RULE,
            r#"
            from fastapi import Depends, FastAPI, HTTPException

            app = FastAPI()

            def require_admin(user=Depends(get_user)):
                if not user:
                    HTTPException(401)  # finding: auth-exception-not-raised
                if not user.is_admin:
                    return HTTPException(  # finding: auth-exception-not-raised
                        status_code=403,
                    )
                return user

            @app.get("/")
            def root(user=Depends(require_admin)):
                return user
            "#,
            r#"
            from fastapi import Depends, FastAPI, HTTPException

            app = FastAPI()

            def require_admin(user=Depends(get_user)):
                if not user:
                    raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
                if not user.is_admin:
                    raise HTTPException(
                        status_code=403,
                    )
                return user

            @app.get("/")
            def root(user=Depends(require_admin)):
                return user
            "#,
        );
    }

    #[test]
    fn in_other_styles() {
        check(
            r#"
            from fastapi import Depends, FastAPI, HTTPException, status
            app = FastAPI()

            def current_user() -> dict:
                return verified()

            def unauthorized(detail: str) -> HTTPException:
                return HTTPException(status_code=401, detail=detail)  # ok

            def require_editor(user: dict = Depends(current_user)) -> dict:
                if "editor" not in user["roles"]:
                    unauthorized("Not an editor")  # finding: auth-exception-not-raised
                return user

            def require_owner(user: dict = Depends(current_user)) -> dict:
                if "owner" not in user["roles"]:
                    return unauthorized("Not an owner")  # finding: auth-exception-not-raised
                return user

            def require_admin(user: dict = Depends(current_user)) -> dict:
                if "admin" not in user["roles"]:
                    raise unauthorized("Not an administrator")  # ok
                return user

            def require_auditor(user: dict = Depends(current_user)) -> dict:
                error = HTTPException(status.HTTP_403_FORBIDDEN, "Not an auditor")  # ok
                if "auditor" not in user["roles"]:
                    raise error
                return user

            def errors() -> dict[str, HTTPException]:
                return {"missing": HTTPException(404, "Not found")}  # ok

            @app.get("/a", dependencies=[Depends(require_editor), Depends(require_owner)])
            def a():
                return {}

            @app.get("/b", dependencies=[Depends(require_admin), Depends(require_auditor)])
            def b():
                return {}
            "#,
        );
    }
}
