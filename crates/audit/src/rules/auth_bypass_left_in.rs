//! Flags ways around authentication that were made for development.

use facts::Facts;
use facts::authenticators::{Authenticator, AuthenticatorRole, Cause, Exit, Way};
use report::{Confidence, OwaspApi, Phase, Severity};
use text::{Span, TextRange, TextSize};

use crate::fix::Fix;
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// A dependency or middleware that skips its verification while a setting such as `DEBUG` or `DISABLE_AUTH` holds,
    /// or for a token or header that is written in the code; a `get_current_user` that always returns the same user;
    /// `app.dependency_overrides[get_current_user]` outside of tests.
    ///
    /// Overrides in tests are right, and so are settings that choose between two ways to verify.
    ///
    /// ```python,finding
    /// import os
    ///
    /// import jwt
    /// from fastapi import Depends, HTTPException
    /// from fastapi.security import OAuth2PasswordBearer
    ///
    /// from app.config import settings
    ///
    /// oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")
    ///
    /// def get_current_user(token: str = Depends(oauth2_scheme)) -> dict:
    ///     if settings.DEBUG:
    ///         return {"sub": "1", "role": "admin"}
    ///     try:
    ///         return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
    ///     except jwt.PyJWTError:
    ///         raise HTTPException(status_code=401, detail="Could not validate credentials")
    /// ```
    ///
    /// ## Why it matters
    ///
    /// A way around authentication is one variable away from production, where variables are copied from other
    /// environments and defaults apply. Authentication must not depend on how the program is run.
    ///
    /// ## How it is exploited
    ///
    /// `Authorization: Bearer x` is the administrator wherever `DEBUG` was left on. A token in the code is known to
    /// everyone who has ever seen the repository.
    ///
    /// ## Use instead
    ///
    /// `app.dependency_overrides` in the tests, and a real token of a test user in development.
    ///
    /// ```python,fixed
    /// import os
    ///
    /// import jwt
    /// from fastapi import Depends, HTTPException
    /// from fastapi.security import OAuth2PasswordBearer
    ///
    /// from app.config import settings
    ///
    /// oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")
    ///
    /// def get_current_user(token: str = Depends(oauth2_scheme)) -> dict:
    ///     try:
    ///         return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
    ///     except jwt.PyJWTError:
    ///         raise HTTPException(status_code=401, detail="Could not validate credentials")
    /// ```
    ///
    /// ```python,ok
    /// #- tests/conftest.py
    /// from app.main import app, get_current_user
    ///
    /// app.dependency_overrides[get_current_user] = lambda: {"sub": "1"}
    /// ```
    ///
    /// ## References
    ///
    /// - FastAPI, testing dependencies with overrides: <https://fastapi.tiangolo.com/advanced/testing-dependencies/>
    /// - CWE-489, active debug code: <https://cwe.mitre.org/data/definitions/489.html>
    pub(super) static RULE: Rule = Rule {
        name: "auth-bypass-left-in",
        summary: "A way around authentication was left in the code",
        severity: Severity::Critical,
        phase: Phase::AuthenticationInfrastructure,
        cwe: 489,
        owasp: OwaspApi::SecurityMisconfiguration,
        checklist_item: None,
        fixable: true,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    let known = facts.authenticators();
    for authenticator in known.functions.iter().filter(|authenticator| !authenticator.is_test) {
        if authenticator.role == AuthenticatorRole::Helper && !authenticator.serves_requests {
            continue;
        }
        let mut said: Vec<Span> = Vec::new();
        for exit in &authenticator.exits {
            let Some(message) = bypass(authenticator, exit) else {
                continue;
            };
            let at = exit.told_at.unwrap_or(exit.span);
            if said.contains(&at) {
                continue;
            }
            said.push(at);
            let fix = exit.bypass.and_then(|bypass| remove(facts, bypass));
            context.report(at, message).related(exit.span, "the way out").fix(fix);
        }
    }
    for constant in facts.constant_identities() {
        let message = format!("`{}` returns the same identity for every request", constant.name);
        context.report(constant.name_span, message);
    }
    for found in &facts.applications().overrides {
        if found.is_test {
            continue;
        }
        let original = &found.original;
        let authenticates = original.function().is_some_and(|function| known.of(function).is_some());
        let is_named = [
            "current_user",
            "auth",
            "verify",
            "require",
            "permission",
            "token",
            "admin",
            "login",
        ]
        .iter()
        .any(|word| original.name.to_lowercase().contains(word));
        let verifies = found
            .replacement
            .function()
            .and_then(|function| known.of(function))
            .is_some_and(|replacement| replacement.verifies);
        if (authenticates || is_named) && !verifies {
            let message = format!("`{}` is replaced for every request, outside of tests", original.name);
            let confidence = match authenticates {
                true => Confidence::High,
                false => Confidence::Medium,
            };
            context.report(found.span, message).confidence(confidence);
        }
    }
}

fn bypass(authenticator: &Authenticator, exit: &Exit) -> Option<String> {
    let name = &authenticator.function.name;
    if !authenticator.verifies {
        return None;
    }
    let lets_in = match exit.way {
        Way::Value { .. } | Way::PassesOn => true,
        Way::Nothing => authenticator.role == AuthenticatorRole::Dependency,
        // A handler that goes on.
        Way::Answers { status: Some(200) } => !exit.is_answer,
        _ => false,
    };
    if !lets_in {
        return None;
    }
    match &exit.cause {
        Cause::Switch {
            is_secret: true,
            is_set: false,
            ..
        } => None,
        Cause::Switch { .. } => Some(format!("`{name}` verifies nothing {}", exit.cause.when())),
        Cause::Magic { text } => Some(match text.as_str() {
            "" => format!("`{name}` verifies nothing for a value that is written in the code"),
            "request.client.host" => {
                format!("`{name}` verifies nothing for callers from this machine, which behind a proxy are all of them")
            }
            _ => format!("`{name}` verifies nothing when the request says `{}`", shortened(text)),
        }),
        _ => None,
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(24) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// Takes a statement out, with its lines.
fn remove(facts: &Facts<'_>, statement: Span) -> Option<Fix> {
    let text = facts.text(statement.file);
    let start = usize::from(statement.range.start());
    let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
    if !text[line..start].trim().is_empty() {
        return None;
    }
    let end = usize::from(statement.range.end());
    let next = text[end..].find('\n').map(|at| end + at + 1)?;
    if !text[end..next].trim().is_empty() {
        return None;
    }
    let range = TextRange::new(TextSize::new(line as u32), TextSize::new(next as u32));
    let fix = Fix::changes_behaviour("Remove the way around authentication");
    Some(fix.delete(Span::new(statement.file, range)))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, check_fix};

    #[test]
    fn settings() {
        check(
            r#"
            #- config.py
            from pydantic_settings import BaseSettings

            class Settings(BaseSettings):
                DEBUG: bool = False
                AUTH_ENABLED: bool = True
                JWKS_URL: str | None = None
                SECRET: str

            settings = Settings()
            #- main.py
            import os

            import jwt
            from fastapi import Depends, FastAPI, HTTPException, Request
            from fastapi.responses import JSONResponse
            from fastapi.security import HTTPBearer, OAuth2PasswordBearer

            from config import settings

            app = FastAPI()
            oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token", auto_error=False)
            DISABLE_AUTH = os.getenv("DISABLE_AUTH") == "true"

            def debug(token: str = Depends(oauth2_scheme)):
                if settings.DEBUG:  # finding: auth-bypass-left-in (critical, high, fix)
                    return {"sub": "1"}
                try:
                    return jwt.decode(token, settings.SECRET, algorithms=["HS256"])
                except jwt.PyJWTError:
                    raise HTTPException(401)

            def disabled(token: str = Depends(oauth2_scheme)):
                if DISABLE_AUTH:  # finding: auth-bypass-left-in (critical)
                    return {"sub": "1"}
                try:
                    return jwt.decode(token, settings.SECRET, algorithms=["HS256"])
                except jwt.PyJWTError:
                    raise HTTPException(401)

            def by_environment(token: str = Depends(oauth2_scheme)):
                if os.getenv("ENVIRONMENT", "dev") == "dev" and not token:  # finding: auth-bypass-left-in (critical)
                    return {"sub": "1"}
                try:
                    return jwt.decode(token, settings.SECRET, algorithms=["HS256"])
                except jwt.PyJWTError:
                    raise HTTPException(401)

            def chooses(token: str = Depends(oauth2_scheme)):
                try:
                    if settings.JWKS_URL:
                        key = jwt.PyJWKClient(settings.JWKS_URL).get_signing_key_from_jwt(token)
                        return jwt.decode(token, key, algorithms=["RS256"])
                    return jwt.decode(token, settings.SECRET, algorithms=["HS256"])
                except jwt.PyJWTError:
                    raise HTTPException(401)

            def logs(token: str = Depends(oauth2_scheme)):
                if settings.DEBUG:
                    print("authenticating")
                try:
                    return jwt.decode(token, settings.SECRET, algorithms=["HS256"])
                except jwt.PyJWTError:
                    raise HTTPException(401)

            @app.middleware("http")
            async def authenticate(request: Request, call_next):
                if not settings.AUTH_ENABLED:  # finding: auth-bypass-left-in (critical)
                    return await call_next(request)
                try:
                    jwt.decode(request.headers["Authorization"][7:], settings.SECRET, algorithms=["HS256"])
                except Exception:
                    return JSONResponse({"detail": "Not authenticated"}, 401)
                return await call_next(request)

            @app.get("/a", dependencies=[Depends(debug), Depends(disabled), Depends(by_environment), Depends(chooses), Depends(logs)])
            def a():
                return load()
            "#,
        );
    }

    #[test]
    fn magic_tokens() {
        check(
            r#"
            import os

            from fastapi import Depends, FastAPI, HTTPException, Request
            from fastapi.security import HTTPBearer
            from jose import JWTError, jwt

            app = FastAPI()
            KEY = os.environ["BETTER_AUTH_SECRET"]

            def equal(creds=Depends(HTTPBearer())):
                token = creds.credentials
                if token == "dev-token":  # finding: auth-bypass-left-in (critical)
                    return {"sub": "1"}
                try:
                    return jwt.decode(token, KEY, algorithms=["HS256"])
                except JWTError:
                    raise HTTPException(401)

            def prefixed(creds=Depends(HTTPBearer())):
                token = creds.credentials
                if token.startswith("demo-"):  # finding: auth-bypass-left-in (critical)
                    return {"sub": token.removeprefix("demo-")}
                try:
                    return jwt.decode(token, KEY, algorithms=["HS256"])
                except JWTError:
                    raise HTTPException(401)

            def header(request: Request, creds=Depends(HTTPBearer())):
                if request.headers.get("X-Debug") == "1":  # finding: auth-bypass-left-in (critical)
                    return {"sub": "1"}
                try:
                    return jwt.decode(creds.credentials, KEY, algorithms=["HS256"])
                except JWTError:
                    raise HTTPException(401)

            def bearer(request: Request):
                header = request.headers.get("Authorization", "")
                if header.startswith("Bearer "):
                    header = header.removeprefix("Bearer ")
                try:
                    return jwt.decode(header, KEY, algorithms=["HS256"])
                except JWTError:
                    raise HTTPException(401)

            @app.get("/a", dependencies=[Depends(equal), Depends(prefixed), Depends(header), Depends(bearer)])
            def a():
                return load()
            "#,
        );
    }

    #[test]
    fn the_same_user_for_everyone() {
        check(
            r#"
            from fastapi import Depends, FastAPI

            app = FastAPI()

            class User:
                def __init__(self, id: int):
                    self.id = id

            def get_current_user():  # finding: auth-bypass-left-in (critical)
                return {"id": 1, "name": "dev"}

            async def get_current_admin() -> User:  # finding: auth-bypass-left-in
                return User(id=1)

            def get_settings():
                return {"page_size": 20}

            def get_current_tenant():
                return context.tenant

            @app.get("/a")
            def a(user=Depends(get_current_user), settings=Depends(get_settings)):
                return load(user, settings)

            @app.get("/b")
            def b(user=Depends(get_current_admin), tenant=Depends(get_current_tenant)):
                return load(user)
            "#,
        );
    }

    #[test]
    fn overrides() {
        check(
            r#"
            #- app.py
            import os

            import jwt
            from fastapi import Depends, FastAPI
            from fastapi.security import OAuth2PasswordBearer

            app = FastAPI()
            oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")

            def get_db():
                yield connect()

            def get_current_user(token: str = Depends(oauth2_scheme)):
                return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])

            def fake_user():
                return {"sub": "1"}

            @app.get("/a")
            def a(user=Depends(get_current_user), db=Depends(get_db)):
                return load(user)

            app.dependency_overrides[get_current_user] = fake_user  # finding: auth-bypass-left-in (critical, high)
            app.dependency_overrides[get_db] = lambda: None
            #- tests/test_app.py
            from app import app, fake_user, get_current_user

            app.dependency_overrides[get_current_user] = fake_user
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
            from fastapi import Depends, HTTPException
            from fastapi.security import OAuth2PasswordBearer

            oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")

            def get_current_user(token: str = Depends(oauth2_scheme)):
                """The user."""
                if token == "test":  # finding: auth-bypass-left-in
                    return {"sub": "1"}
                try:
                    return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
                except jwt.PyJWTError:
                    raise HTTPException(401)
            "#,
            r#"
            import os

            import jwt
            from fastapi import Depends, HTTPException
            from fastapi.security import OAuth2PasswordBearer

            oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")

            def get_current_user(token: str = Depends(oauth2_scheme)):
                """The user."""
                try:
                    return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
                except jwt.PyJWTError:
                    raise HTTPException(401)
            "#,
        );
    }

    #[test]
    fn in_other_styles() {
        check(
            r#"
            import os
            import jwt
            from fastapi import Depends, FastAPI, HTTPException
            from fastapi.security import OAuth2PasswordBearer
            app = FastAPI()
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")
            SKIP_AUTH = os.getenv("SKIP_AUTH") == "1"

            def verified(token: str) -> str:
                try:
                    return jwt.decode(token, SECRET, algorithms=["HS256"], options={"require": ["sub", "exp"]})["sub"]
                except jwt.PyJWTError:
                    raise HTTPException(401, "Invalid token", headers={"WWW-Authenticate": "Bearer"})

            def by_switch(token: str = Depends(oauth2_scheme)) -> str:
                if SKIP_AUTH:  # finding: auth-bypass-left-in
                    return "developer"
                return verified(token)

            def by_prefix(token: str = Depends(oauth2_scheme)) -> str:
                if token.startswith("dev-"):  # finding: auth-bypass-left-in
                    return token.removeprefix("dev-")
                return verified(token)

            def by_switch_that_refuses(token: str = Depends(oauth2_scheme)) -> str:
                if SKIP_AUTH:  # ok
                    raise HTTPException(503, "Not configured")
                return verified(token)

            def by_prefix_of_the_scheme(token: str = Depends(oauth2_scheme)) -> str:
                if token.startswith("Bearer "):  # ok
                    token = token.removeprefix("Bearer ")
                return verified(token)

            def with_more_words(token: str = Depends(oauth2_scheme)) -> str:
                if SKIP_AUTH:  # ok
                    print("verified all the same")
                return verified(token)

            def with_another_answer(token: str = Depends(oauth2_scheme)) -> str:
                if token == "":  # ok
                    raise HTTPException(401, "Token missing", headers={"WWW-Authenticate": "Bearer"})
                return verified(token)

            @app.get("/a")
            def a(user: str = Depends(by_switch)):
                return user

            @app.get("/b")
            def b(user: str = Depends(by_prefix)):
                return user

            @app.get("/c")
            def c(user: str = Depends(by_switch_that_refuses)):
                return user

            @app.get("/d")
            def d(user: str = Depends(by_prefix_of_the_scheme)):
                return user

            @app.get("/e")
            def e(user: str = Depends(with_more_words)):
                return user

            @app.get("/f")
            def f(user: str = Depends(with_another_answer)):
                return user
            "#,
        );
    }
}
