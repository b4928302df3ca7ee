//! Flags authentication that lets callers in when it fails.

use facts::Facts;
use facts::authenticators::{Authenticator, AuthenticatorRole, Cause, Exit, UseOfIdentity, Way};
use facts::unraised::UnraisedForm;
use report::{Confidence, OwaspApi, Phase, Severity};
use text::Span;

use crate::fix::Fix;
use crate::fixes::{challenge, style};
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// A dependency, middleware or handler that swallows the failure of authentication: it returns `None`, `{}` or a
    /// guest, passes over the exception, or calls the next handler, and nobody behind it checks. Also a check that is
    /// skipped while its secret is not set (`if SECRET and …`), and an `async` verifier that is never awaited, whose
    /// coroutine is always true.
    ///
    /// A helper whose caller answers 401 is right, and so is an optional identity that every handler tests. Where all
    /// handlers read attributes of a `None`, the requests fail with 500 and the finding is a warning.
    ///
    /// ```python,finding
    /// import os
    ///
    /// import jwt
    /// from fastapi import Depends, FastAPI, HTTPException
    /// from fastapi.security import OAuth2PasswordBearer
    ///
    /// app = FastAPI()
    /// oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")
    ///
    /// def get_current_user(token: str = Depends(oauth2_scheme)):
    ///     try:
    ///         return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
    ///     except jwt.PyJWTError:
    ///         return None
    ///
    /// @app.get("/reports", dependencies=[Depends(get_current_user)])
    /// def reports():
    ///     return load_reports()
    /// ```
    ///
    /// ## Why it matters
    ///
    /// FastAPI stops a request only for an exception. What a dependency returns, `None` too, is handed to the handler,
    /// which runs.
    ///
    /// ## How it is exploited
    ///
    /// `GET /reports` with `Authorization: Bearer garbage` is answered with the reports.
    ///
    /// ## Use instead
    ///
    /// ```python,fixed
    /// import os
    ///
    /// import jwt
    /// from fastapi import Depends, FastAPI, HTTPException
    /// from fastapi.security import OAuth2PasswordBearer
    ///
    /// app = FastAPI()
    /// oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")
    ///
    /// def get_current_user(token: str = Depends(oauth2_scheme)):
    ///     try:
    ///         return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
    ///     except jwt.PyJWTError:
    ///         raise HTTPException(
    ///             status_code=401,
    ///             detail="Could not validate credentials",
    ///             headers={"WWW-Authenticate": "Bearer"},
    ///         )
    ///
    /// @app.get("/reports", dependencies=[Depends(get_current_user)])
    /// def reports():
    ///     return load_reports()
    /// ```
    ///
    /// A helper may return `None` when its caller answers:
    ///
    /// ```python,ok
    /// import os
    ///
    /// import jwt
    /// from fastapi import Depends, HTTPException
    /// from fastapi.security import HTTPBearer
    ///
    /// def read_token(token: str):
    ///     try:
    ///         return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
    ///     except jwt.PyJWTError:
    ///         return None
    ///
    /// def get_current_user(bearer=Depends(HTTPBearer())):
    ///     claims = read_token(bearer.credentials)
    ///     if claims is None:
    ///         raise HTTPException(status_code=401, detail="Could not validate credentials")
    ///     return claims
    /// ```
    ///
    /// ## References
    ///
    /// - FastAPI, dependencies in path operation decorators: <https://fastapi.tiangolo.com/tutorial/dependencies/dependencies-in-path-operation-decorators/>
    /// - OWASP API2:2023: <https://owasp.org/API-Security/editions/2023/en/0xa2-broken-authentication/>
    /// - CWE-636: <https://cwe.mitre.org/data/definitions/636.html>
    pub(super) static RULE: Rule = Rule {
        name: "auth-fails-open",
        summary: "A failed authentication lets the request through",
        severity: Severity::Critical,
        phase: Phase::AuthenticationInfrastructure,
        cwe: 636,
        owasp: OwaspApi::BrokenAuthentication,
        checklist_item: Some(4),
        fixable: true,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    let known = facts.authenticators();
    for call in &known.not_awaited {
        let message = format!(
            "The coroutine of `{}` is never awaited, so nothing is verified",
            call.name
        );
        context.report(call.call, message);
    }
    let checks_later = known.checks_request_state || known.functions.iter().any(rejects_as_dependency);
    for authenticator in known.functions.iter().filter(|authenticator| !authenticator.is_test) {
        match authenticator.role {
            AuthenticatorRole::Middleware => middleware(context, authenticator, checks_later),
            AuthenticatorRole::Dependency => dependency(context, authenticator),
            AuthenticatorRole::Handler => handler(context, authenticator),
            AuthenticatorRole::Helper | AuthenticatorRole::WebSocket => {}
        }
        for exit in &authenticator.exits {
            let is_skipped = matches!(
                exit.cause,
                Cause::Switch {
                    is_secret: true,
                    is_set: false,
                    ..
                }
            );
            if is_skipped
                && authenticator.role != AuthenticatorRole::Helper
                && !matches!(exit.way, Way::Raises { .. } | Way::Answers { .. })
            {
                let name = &authenticator.function.name;
                let message = format!("`{name}` lets every request in {}", exit.cause.when());
                context.report(exit.told_at.unwrap_or(exit.span), message);
                break;
            }
        }
    }
}

/// A dependency that verifies by itself and raises: what a middleware lets through still meets it.
fn rejects_as_dependency(authenticator: &Authenticator) -> bool {
    authenticator.role == AuthenticatorRole::Dependency
        && !authenticator.is_test
        && authenticator
            .exits
            .iter()
            .any(|exit| matches!(exit.way, Way::Raises { .. }))
}

fn middleware(context: &mut RuleContext<'_>, authenticator: &Authenticator, checks_later: bool) {
    if checks_later || !authenticator.verifies {
        return;
    }
    let name = &authenticator.function.name;
    let open = authenticator
        .exits
        .iter()
        .find(|exit| exit.way == Way::PassesOn && exit.is_refusal());
    if let Some(exit) = open {
        let message = format!("The middleware `{name}` calls the handler {}", exit.cause.when());
        let finding = context.report(exit.span, message);
        finding.related(
            exit.told_at.unwrap_or(authenticator.function.name_span),
            "the failure is seen here",
        );
    }
}

fn handler(context: &mut RuleContext<'_>, authenticator: &Authenticator) {
    let name = &authenticator.function.name;
    if context.facts().is_for_everybody(authenticator.function.id) {
        return;
    }
    let open = authenticator.exits.iter().find(|exit| {
        matches!(exit.cause, Cause::Invalid | Cause::Expired)
            && !exit.is_answer
            && matches!(exit.way, Way::Answers { status: Some(200) } | Way::Nothing)
    });
    if let Some(exit) = open {
        let message = format!("`{name}` goes on {}", exit.cause.when());
        let at = exit.told_at.unwrap_or(exit.span);
        context
            .report(at, message)
            .related(exit.span, "the request is answered here");
    }
}

fn dependency(context: &mut RuleContext<'_>, authenticator: &Authenticator) {
    let facts = context.facts();
    let name = &authenticator.function.name;
    if authenticator.is_optional {
        return unchecked(context, authenticator);
    }
    let is_guest = |exit: &&Exit| matches!(exit.way, Way::Value { .. }) && exit.is_refusal() && authenticator.verifies;
    if let Some(exit) = authenticator.exits.iter().find(is_guest) {
        let what = facts.snippet(exit.span);
        let what = match what.len() <= 60 && !what.contains('\n') {
            true => format!("`{what}`"),
            false => "a value".to_owned(),
        };
        let how = match exit.is_answer {
            true => format!("answers with {what}"),
            false => "goes on".to_owned(),
        };
        let message = format!("`{name}` {how} {}, and the handler runs", exit.cause.when());
        let confidence = match exit.told_at {
            Some(_) => Confidence::High,
            None => Confidence::Medium,
        };
        let fix = reject(facts, exit);
        context.report(exit.span, message).confidence(confidence).fix(fix);
        return;
    }
    let is_nothing = |exit: &&Exit| matches!(exit.way, Way::Nothing | Way::Empty) && exit.is_refusal();
    let exits: Vec<&Exit> = authenticator.exits.iter().filter(is_nothing).collect();
    // What is refused speaks louder than what is missing: the latter may be meant.
    let refused = exits.iter().find(|exit| exit.cause != Cause::Missing).or(exits.first());
    let Some(&exit) = refused else { return };
    if !authenticator.verifies {
        return;
    }
    // An exception that is made and never raised is the mistake, and has a rule of its own.
    let is_meant_to_raise = facts.unraised().iter().any(|unraised| {
        unraised.function.id == authenticator.function.id
            && matches!(unraised.form, UnraisedForm::Bare | UnraisedForm::Bound)
    });
    if is_meant_to_raise {
        return;
    }
    if authenticator
        .uses
        .iter()
        .any(|used| used.kind == UseOfIdentity::Checked)
    {
        return unchecked(context, authenticator);
    }
    // A gate whose result nobody receives and that returns nothing when all is well, too.
    let is_known = !authenticator.uses.is_empty();
    let is_empty = exit.way == Way::Empty;
    let is_read_alone = authenticator.uses.iter().all(|used| used.kind == UseOfIdentity::Read);
    let what = match exit.way {
        Way::Empty => "something empty",
        _ => "`None`",
    };
    let (severity, confidence, message) = match (is_known, is_read_alone && !is_empty) {
        (false, _) => {
            // Who asks for it is not known, or another dependency looks at what it gives.
            if is_asked_by_another(facts, authenticator) {
                return;
            }
            let message = format!(
                "`{name}` returns {what} {} instead of rejecting the request",
                exit.cause.when()
            );
            (Severity::Warning, Confidence::Medium, message)
        }
        (true, true) => {
            let message = format!(
                "`{name}` returns {what} {}: every handler behind it fails with 500",
                exit.cause.when()
            );
            (Severity::Warning, Confidence::High, message)
        }
        (true, false) => {
            let message = format!(
                "`{name}` returns {what} {}, and no handler checks it",
                exit.cause.when()
            );
            let is_gate = authenticator.uses.iter().any(|used| used.kind == UseOfIdentity::Gate);
            let confidence = match is_gate || is_empty {
                true => Confidence::High,
                false => Confidence::Medium,
            };
            (Severity::Critical, confidence, message)
        }
    };
    let fix = reject(facts, exit);
    let finding = context.report(exit.span, message);
    finding.severity(severity).confidence(confidence).fix(fix);
    for used in authenticator
        .uses
        .iter()
        .filter(|used| used.kind != UseOfIdentity::Read)
        .take(3)
    {
        finding.related(used.span, format!("`{}` lets it in", used.handler));
    }
}

/// Handlers that do not look at an identity that others, or its name, call optional.
fn unchecked(context: &mut RuleContext<'_>, authenticator: &Authenticator) {
    let name = &authenticator.function.name;
    let is_open = |exit: &Exit| matches!(exit.way, Way::Nothing | Way::Empty) && exit.is_refusal();
    if !authenticator.exits.iter().any(is_open) {
        return;
    }
    let mut seen: Vec<Span> = Vec::new();
    for used in &authenticator.uses {
        if seen.contains(&used.span) {
            continue;
        }
        seen.push(used.span);
        let handler = &used.handler;
        match used.kind {
            UseOfIdentity::Gate if !authenticator.is_optional => {
                let message =
                    format!("`{handler}` does not check what `{name}` gives, which is nothing for a wrong token");
                context.report(used.span, message);
            }
            UseOfIdentity::Read => {
                let message = format!("`{handler}` reads what `{name}` gives without checking that there is a user");
                context.report(used.span, message).severity(Severity::Warning);
            }
            _ => {}
        }
    }
}

fn is_asked_by_another(facts: &Facts<'_>, authenticator: &Authenticator) -> bool {
    let routes = facts.applications().routes.iter().map(|route| &route.operation);
    let unmounted = facts.applications().unmounted.iter().map(|route| &route.operation);
    let mut pending: Vec<_> = routes
        .chain(unmounted)
        .flat_map(|operation| &operation.dependencies)
        .collect();
    let mut left = 2000;
    while let Some(dependency) = pending.pop() {
        left -= 1;
        if left == 0 {
            return true;
        }
        if dependency.callable.span == Some(authenticator.function.name_span) {
            return true;
        }
        pending.extend(dependency.dependencies.iter());
    }
    false
}

/// `raise HTTPException(401)` in place of a `return`.
fn reject(facts: &Facts<'_>, exit: &Exit) -> Option<Fix> {
    let is_return = facts.snippet(exit.span).starts_with("return");
    if !exit.is_answer || !is_return {
        return None;
    }
    let file = exit.span.file;
    let place = exit.span.range.start();
    let indent = style::indent_at(facts.text(file), place);
    let (raised, import) = challenge::raise(facts, file, place, indent);
    Some(
        Fix::changes_behaviour("Answer 401")
            .edit(exit.span, raised)
            .with(import),
    )
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, check_fix};

    #[test]
    fn helpers_that_raise_are_returned() {
        check(
            r#"
            import os
            import jwt
            from fastapi import Depends, FastAPI, HTTPException
            from fastapi.security import OAuth2PasswordBearer
            app = FastAPI()
            scheme = OAuth2PasswordBearer(tokenUrl="token", auto_error=False)
            def unauthorized(detail: str):
                raise HTTPException(401, detail=detail, headers={"WWW-Authenticate": "Bearer"})
            def quiet(detail: str):
                print(detail)
            def decode(token: str) -> dict:
                try:
                    return jwt.decode(token, os.environ["KEY"], algorithms=["HS256"])
                except jwt.PyJWTError:
                    return {}
            def me(token: str | None = Depends(scheme)):
                if not token:
                    return unauthorized("no token")
                if claims := decode(token):
                    return claims["sub"]
                return unauthorized("wrong token")
            def lenient(token: str | None = Depends(scheme)):
                if not token:
                    return quiet("no token")  # finding: auth-fails-open
                if claims := decode(token):
                    return claims["sub"]
                return unauthorized("wrong token")
            @app.get("/me")
            def read(user: str = Depends(me)):
                return user
            @app.get("/you")
            def other(user: str = Depends(lenient)):
                return load(user)
            "#,
        );
    }

    #[test]
    fn swallowed_by_dependencies() {
        check(
            r#"
            import os

            import jwt
            from fastapi import Depends, FastAPI, HTTPException
            from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, OAuth2PasswordBearer

            app = FastAPI()
            oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")
            bearer = HTTPBearer()
            KEY = os.environ["BETTER_AUTH_SECRET"]

            def nothing(token: str = Depends(oauth2_scheme)):
                try:
                    return jwt.decode(token, KEY, algorithms=["HS256"])
                except jwt.PyJWTError:
                    return None  # finding: auth-fails-open (critical, high, fix)
            #       ^^^^^^^^^^^ auth-fails-open

            def empty(token: str = Depends(oauth2_scheme)):
                try:
                    payload = jwt.decode(token, KEY, algorithms=["HS256"])
                except Exception:
                    payload = {}
                return payload  # finding: auth-fails-open (critical)

            def lenient(creds: HTTPAuthorizationCredentials = Depends(bearer)):
                try:
                    return jwt.decode(creds.credentials, KEY, algorithms=["HS256"])
                except jwt.InvalidTokenError:
                    return {"sub": "guest", "role": "user"}  # finding: auth-fails-open (critical, high)

            def passes(token: str = Depends(oauth2_scheme)):
                user = "anonymous"
                try:
                    user = jwt.decode(token, KEY, algorithms=["HS256"])["sub"]
                except jwt.PyJWTError:
                    pass
                return user  # finding: auth-fails-open (critical)

            def rejects(token: str = Depends(oauth2_scheme)):
                try:
                    return jwt.decode(token, KEY, algorithms=["HS256"])
                except jwt.PyJWTError:
                    raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})

            @app.get("/a", dependencies=[Depends(nothing)])
            def a():
                return load()

            @app.get("/b")
            def b(user: dict = Depends(empty)):
                return load(user.get("sub"))

            @app.get("/c")
            def c(user: dict = Depends(lenient)):
                return load(user["sub"])

            @app.get("/d")
            def d(user: str = Depends(passes)):
                return load(user)

            @app.get("/e", dependencies=[Depends(rejects)])
            def e():
                return load()
            "#,
        );
    }

    #[test]
    fn helpers() {
        check(
            r#"
            import os
            from typing import Annotated, Optional

            from fastapi import Depends, FastAPI, HTTPException
            from fastapi.security import OAuth2PasswordBearer
            from jose import JWTError, jwt

            app = FastAPI()
            oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")
            KEY = os.environ["BETTER_AUTH_SECRET"]

            def verify_token(token: str) -> Optional[dict]:
                try:
                    return jwt.decode(token, KEY, algorithms=["HS256"])
                except JWTError:
                    return None

            def checked(token: Annotated[str, Depends(oauth2_scheme)]):
                payload = verify_token(token)
                if payload is None:
                    raise HTTPException(status_code=401, headers={"WWW-Authenticate": "Bearer"})
                return payload

            def walrus(token: Annotated[str, Depends(oauth2_scheme)]):
                if not (payload := verify_token(token)):
                    raise HTTPException(status_code=401, headers={"WWW-Authenticate": "Bearer"})
                return payload

            def unchecked(token: Annotated[str, Depends(oauth2_scheme)]):
                payload = verify_token(token)
                return payload  # finding: auth-fails-open (critical)

            def ignored(token: Annotated[str, Depends(oauth2_scheme)]):
                verify_token(token)
                return token  # finding: auth-fails-open (critical)

            @app.get("/a")
            def a(user: Annotated[dict, Depends(checked)], _: Annotated[dict, Depends(walrus)]):
                return load(user["sub"])

            @app.get("/b")
            def b(user: Annotated[dict, Depends(unchecked)]):
                return load()

            @app.get("/c")
            def c(token: Annotated[str, Depends(ignored)]):
                return load()
            "#,
        );
    }

    #[test]
    fn optional_identity() {
        check(
            r#"
            import os

            import jwt
            from fastapi import Depends, FastAPI, HTTPException
            from fastapi.security import HTTPBearer

            app = FastAPI()
            bearer = HTTPBearer(auto_error=False)
            KEY = os.environ["BETTER_AUTH_SECRET"]

            def get_optional_user(creds=Depends(bearer)):
                if creds is None:
                    return None
                try:
                    return jwt.decode(creds.credentials, KEY, algorithms=["HS256"])
                except jwt.PyJWTError:
                    return None

            def find_user(creds=Depends(bearer)):
                if creds is None:
                    return None
                try:
                    return jwt.decode(creds.credentials, KEY, algorithms=["HS256"])
                except jwt.PyJWTError:
                    return None

            def get_current_user(user=Depends(find_user)):
                if user is None:
                    raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
                return user

            def get_other_user(user=Depends(find_user)):
                return user  # finding: auth-fails-open

            @app.get("/feed")
            def feed(user=Depends(get_optional_user)):
                if user:
                    return personal(user)
                return public()

            def article(slug: str, user=Depends(find_user)):
                return articles.get(slug, requested_user=user)

            @app.get("/articles/{slug}")
            def read_article(found=Depends(article)):
                return found

            @app.get("/settings")
            def settings(user=Depends(get_optional_user)):  # finding: auth-fails-open (warning)
                return load(user["sub"])

            @app.get("/tasks")
            def tasks(user=Depends(get_current_user)):
                return load(user["sub"])

            @app.delete("/tasks")
            def remove(user=Depends(get_other_user)):
                return delete_all()

            @app.get("/profile")
            def profile(user=Depends(find_user)):
                if not user:
                    raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
                return load(user["sub"])

            @app.delete("/profile")
            def remove_profile(user=Depends(find_user)):  # finding: auth-fails-open (critical)
                return delete_all()
            "#,
        );
    }

    #[test]
    fn middleware() {
        check(
            r#"
            #- open.py
            import os

            import jwt
            from fastapi import FastAPI, Request
            from fastapi.responses import JSONResponse

            app = FastAPI()
            KEY = os.environ["BETTER_AUTH_SECRET"]

            @app.middleware("http")
            async def authenticate(request: Request, call_next):
                token = request.headers.get("Authorization", "").removeprefix("Bearer ")
                try:
                    request.state.user = jwt.decode(token, KEY, algorithms=["HS256"])
                except jwt.PyJWTError:
                    request.state.user = None
                return await call_next(request)  # finding: auth-fails-open (critical)

            @app.get("/tasks")
            def tasks():
                return load()
            "#,
        );
        check(
            r#"
            import os

            import jwt
            from fastapi import Depends, FastAPI, HTTPException, Request
            from fastapi.responses import JSONResponse
            from starlette.middleware.base import BaseHTTPMiddleware

            app = FastAPI()
            KEY = os.environ["BETTER_AUTH_SECRET"]

            class Authentication(BaseHTTPMiddleware):
                async def dispatch(self, request: Request, call_next):
                    if request.url.path in {"/login", "/docs"}:
                        return await call_next(request)
                    header = request.headers.get("Authorization")
                    if not header:
                        return JSONResponse({"detail": "Not authenticated"}, 401)
                    try:
                        request.state.user = jwt.decode(header[7:], KEY, algorithms=["HS256"])
                    except jwt.PyJWTError:
                        return JSONResponse({"detail": "Not authenticated"}, status_code=401)
                    return await call_next(request)

            app.add_middleware(Authentication)
            "#,
        );
        check(
            r#"
            import os

            import jwt
            from fastapi import Depends, FastAPI, HTTPException, Request

            app = FastAPI()
            KEY = os.environ["BETTER_AUTH_SECRET"]

            @app.middleware("http")
            async def authenticate(request: Request, call_next):
                request.state.user = None
                token = request.headers.get("Authorization", "").removeprefix("Bearer ")
                try:
                    request.state.user = jwt.decode(token, KEY, algorithms=["HS256"])
                except jwt.PyJWTError:
                    pass
                return await call_next(request)

            def get_current_user(request: Request):
                if request.state.user is None:
                    raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
                return request.state.user

            @app.get("/tasks")
            def tasks(user=Depends(get_current_user)):
                return load(user["sub"])
            "#,
        );
    }

    #[test]
    fn secrets_that_are_not_set() {
        check(
            r#"
            import os
            import secrets

            from fastapi import Depends, FastAPI, Header, HTTPException

            app = FastAPI()
            API_KEY = os.getenv("API_KEY")
            ADMIN_KEY = os.environ["ADMIN_KEY"]

            def by_key(x_api_key: str = Header(None)):
                if API_KEY and x_api_key != API_KEY:  # finding: auth-fails-open (critical)
                    raise HTTPException(status_code=401)  # ok

            def always(x_api_key: str = Header(None)):
                if not API_KEY or x_api_key != API_KEY:
                    raise HTTPException(status_code=401)  # ok

            def required(x_api_key: str = Header("")):
                if not secrets.compare_digest(x_api_key, ADMIN_KEY):
                    raise HTTPException(status_code=401)  # ok

            def skipped(x_api_key: str = Header(None)):
                if not API_KEY:  # finding: auth-fails-open (critical)
                    return
                if x_api_key != API_KEY:
                    raise HTTPException(status_code=401)  # ok

            @app.get("/a", dependencies=[Depends(by_key)])
            def a():
                return load()

            @app.get("/b", dependencies=[Depends(always), Depends(required), Depends(skipped)])
            def b():
                return load()
            "#,
        );
    }

    #[test]
    fn coroutines() {
        check(
            r#"
            import os

            import jwt
            from fastapi import Depends, FastAPI, HTTPException
            from fastapi.security import OAuth2PasswordBearer

            app = FastAPI()
            oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")
            KEY = os.environ["BETTER_AUTH_SECRET"]

            async def is_valid(token: str) -> bool:
                try:
                    jwt.decode(token, KEY, algorithms=["HS256"])
                    return True
                except jwt.PyJWTError:
                    return False

            async def never(token: str = Depends(oauth2_scheme)):
                if not is_valid(token):  # finding: auth-fails-open (critical)
                    raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})

            async def awaited(token: str = Depends(oauth2_scheme)):
                if not await is_valid(token):
                    raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})

            async def later(token: str = Depends(oauth2_scheme)):
                pending = is_valid(token)
                if not await pending:
                    raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})

            @app.get("/a", dependencies=[Depends(never)])
            def a():
                return load()

            @app.get("/b", dependencies=[Depends(awaited), Depends(later)])
            def b():
                return load()
            "#,
        );
    }

    #[test]
    fn handlers() {
        check(
            r#"
            import os

            import jwt
            from fastapi import FastAPI, HTTPException, Request

            app = FastAPI()
            KEY = os.environ["BETTER_AUTH_SECRET"]

            @app.get("/a")
            def a(request: Request):
                try:
                    jwt.decode(request.headers["Authorization"][7:], KEY, algorithms=["HS256"])
                except jwt.PyJWTError:  # finding: auth-fails-open (critical)
                    print("bad token")
                return load()

            @app.get("/b")
            def b(request: Request):
                try:
                    jwt.decode(request.headers["Authorization"][7:], KEY, algorithms=["HS256"])
                except jwt.PyJWTError:
                    raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
                return load()

            @app.post("/accounts/register")
            def create(request: Request):
                try:
                    end_session(jwt.decode(request.headers["Authorization"][7:], KEY, algorithms=["HS256"]))
                except jwt.PyJWTError:
                    pass
                return load()

            @app.post("/orders/checkout")
            def checkout(request: Request):
                try:
                    jwt.decode(request.headers["Authorization"][7:], KEY, algorithms=["HS256"])
                except jwt.PyJWTError:  # finding: auth-fails-open (critical)
                    pass
                return load()

            @app.get("/token/check")
            def check_token(request: Request):
                try:
                    jwt.decode(request.headers["Authorization"][7:], KEY, algorithms=["HS256"])
                except jwt.PyJWTError:
                    return {"valid": False}
                return {"valid": True}

            @app.post("/logout")
            def logout(request: Request):
                try:
                    jwt.decode(request.headers["Authorization"][7:], KEY, algorithms=["HS256"])
                except jwt.PyJWTError:
                    pass
                return {"message": "Goodbye"}
            "#,
        );
    }

    #[test]
    fn every_handler_fails() {
        check(
            r#"
            import os

            import jwt
            from fastapi import Depends, FastAPI
            from fastapi.security import OAuth2PasswordBearer

            app = FastAPI()
            oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")

            def get_current_user(token: str = Depends(oauth2_scheme)):
                try:
                    return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
                except jwt.PyJWTError:
                    return None  # finding: auth-fails-open (warning, high)

            @app.get("/a")
            def a(user=Depends(get_current_user)):
                return load(user["sub"])
            "#,
        );
    }

    #[test]
    fn fixes() {
        check_fix(
            &RULE,
            r#"
            import os
            import jwt
            from fastapi import Depends, FastAPI
            from fastapi.security import OAuth2PasswordBearer

            app = FastAPI()
            oauth2_scheme = OAuth2PasswordBearer(tokenUrl='token')

            def get_current_user(token: str = Depends(oauth2_scheme)):
                try:
                    return jwt.decode(token, os.environ['BETTER_AUTH_SECRET'], algorithms=['HS256'])
                except jwt.PyJWTError:
                    return {}  # finding: auth-fails-open

            @app.get('/a')
            def a(user=Depends(get_current_user)):
                return load(user.get('sub'))
            "#,
            r#"
            import os
            import jwt
            from fastapi import Depends, FastAPI, HTTPException
            from fastapi.security import OAuth2PasswordBearer

            app = FastAPI()
            oauth2_scheme = OAuth2PasswordBearer(tokenUrl='token')

            def get_current_user(token: str = Depends(oauth2_scheme)):
                try:
                    return jwt.decode(token, os.environ['BETTER_AUTH_SECRET'], algorithms=['HS256'])
                except jwt.PyJWTError:
                    raise HTTPException(
                        status_code=401,
                        detail='Could not validate credentials',
                        headers={'WWW-Authenticate': 'Bearer'},
                    )

            @app.get('/a')
            def a(user=Depends(get_current_user)):
                return load(user.get('sub'))
            "#,
        );
    }

    #[test]
    fn a_second_way_to_verify() {
        let app = |after: &str| {
            format!(
                r#"
                import os

                import jwt
                from fastapi import Depends, FastAPI, HTTPException
                from fastapi.security import OAuth2PasswordBearer
                from sqlalchemy import text

                app = FastAPI()
                oauth2_scheme = OAuth2PasswordBearer(tokenUrl="login")

                def user(token: str = Depends(oauth2_scheme), db=Depends(get_db)):
                    try:
                        return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])["sub"]
                    except jwt.PyJWTError:
                        pass
                {after}

                @app.get("/a")
                def a(who=Depends(user)):
                    return {{"secret": who}}
                "#
            )
        };
        check(&app(
            "    row = db.execute(text(\"SELECT user_id FROM session WHERE token = :t\"), {\"t\": token}).first()\n                    if row is None:\n                        raise HTTPException(401)\n                    return row[0]",
        ));
        check(&app("    return \"guest\"  # finding: auth-fails-open"));
    }

    #[test]
    fn refusals_that_are_returned() {
        check(
            r#"
            import os
            import jwt
            from fastapi import Depends, FastAPI, HTTPException
            from fastapi.security import HTTPBearer
            app = FastAPI()
            bearer = HTTPBearer(auto_error=False)
            def unauthorized(detail: str):
                raise HTTPException(401, detail, headers={"WWW-Authenticate": "Bearer"})
            def noted(detail: str):
                print(detail)
            def check(token):
                try:
                    return jwt.decode(token, os.environ["KEY"], algorithms=["HS256"])
                except jwt.PyJWTError:
                    return None
            def refuses(bearer=Depends(bearer)):
                if not bearer:
                    return unauthorized("no token")
                if user := check(bearer.credentials):
                    return user
                return unauthorized("bad token")
            @app.get("/refuses")
            def guarded(user=Depends(refuses)):  # ok
                return {"secret": 1}
            def returns(bearer=Depends(bearer)):
                if not bearer:
                    return unauthorized("no token")
                if user := check(bearer.credentials):
                    return user
                return None  # finding: auth-fails-open
            @app.get("/returns")
            def open(user=Depends(returns)):
                return {"secret": 1}
            "#,
        );
    }

    /// An exception that is made and not raised is one mistake, told where it stands.
    #[test]
    fn exceptions_that_are_not_raised() {
        check(
            r#"
            import os
            import jwt
            from fastapi import Depends, FastAPI, HTTPException
            from fastapi.security import OAuth2PasswordBearer
            app = FastAPI()
            def user(token: str = Depends(OAuth2PasswordBearer(tokenUrl="token"))):  # ok
                try:
                    return jwt.decode(token, os.environ["KEY"], algorithms=["HS256"]).get("sub")
                except jwt.PyJWTError:
                    HTTPException(status_code=401, detail="bad")  # finding: auth-exception-not-raised
            @app.get("/things")
            def things(user=Depends(user)):
                return {"secret": 1}
            "#,
        );
    }
}
