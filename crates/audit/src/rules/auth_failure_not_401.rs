//! Flags refused credentials that are not answered with 401.

use facts::Facts;
use facts::authenticators::{Authenticator, AuthenticatorRole, Cause, CrashKind, Exit, Way};
use report::{OwaspApi, Phase, Severity};
use text::Span;

use crate::fix::Fix;
use crate::fixes::{answers, challenge};
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// A missing, invalid or expired token that is answered with another status than 401: 400, 403, 404, 422, also
    /// 200 with an error in the body. And what ends in 500: a decode whose exceptions nobody catches, or only those of
    /// another library or kind, `header.split()[1]` without a look at the header, an `HTTPException` raised inside of
    /// a middleware.
    ///
    /// 403 and 404 for what a known user may not do are right, and so are 503 for an identity provider that cannot be
    /// reached, an exception handler of the application that answers 401, and tokens of mails and links.
    ///
    /// ```python,finding
    /// import os
    ///
    /// import jwt
    /// from fastapi import Depends, HTTPException
    /// from fastapi.security import OAuth2PasswordBearer
    ///
    /// oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")
    ///
    /// def get_claims(token: str = Depends(oauth2_scheme)) -> dict:
    ///     try:
    ///         return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
    ///     except jwt.PyJWTError:
    ///         raise HTTPException(status_code=403, detail="Could not validate credentials")
    /// ```
    ///
    /// ## Why it matters
    ///
    /// Clients renew a token when they see 401. With 403 or 500 they show an error, or try again and again. RFC 6750
    /// asks for 401 when a token is expired, revoked, malformed or invalid. Starlette turns exceptions into answers
    /// inside of the middleware that a project adds: what a middleware raises is answered 500.
    ///
    /// ## How it is exploited
    ///
    /// `Authorization: Bearer` without a token makes `split()[1]` raise `IndexError`: each such request is a 500 in
    /// the log and an alarm, under which others hide.
    ///
    /// ## Use instead
    ///
    /// ```python,fixed
    /// import os
    ///
    /// import jwt
    /// from fastapi import Depends, HTTPException
    /// from fastapi.security import OAuth2PasswordBearer
    ///
    /// oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")
    ///
    /// def get_claims(token: str = Depends(oauth2_scheme)) -> dict:
    ///     try:
    ///         return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
    ///     except jwt.PyJWTError:
    ///         raise HTTPException(
    ///             status_code=401,
    ///             detail="Could not validate credentials",
    ///             headers={"WWW-Authenticate": "Bearer"},
    ///         )
    /// ```
    ///
    /// ```python,ok
    /// from fastapi import Depends, HTTPException
    ///
    /// def require_admin(user=Depends(get_current_user)):
    ///     if not user.is_admin:
    ///         raise HTTPException(status_code=403, detail="Not enough permissions")
    ///     return user
    /// ```
    ///
    /// ## References
    ///
    /// - RFC 6750, section 3.1: <https://www.rfc-editor.org/rfc/rfc6750#section-3.1>
    /// - Starlette, exceptions and middleware: <https://www.starlette.io/exceptions/>
    /// - CWE-393: <https://cwe.mitre.org/data/definitions/393.html>
    pub(super) static RULE: Rule = Rule {
        name: "auth-failure-not-401",
        summary: "A missing, invalid or expired token is not answered with 401",
        severity: Severity::Warning,
        phase: Phase::AuthenticationInfrastructure,
        cwe: 393,
        owasp: OwaspApi::BrokenAuthentication,
        checklist_item: Some(4),
        fixable: true,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    let mut said: Vec<Span> = Vec::new();
    for authenticator in facts
        .authenticators()
        .functions
        .iter()
        .filter(|authenticator| !authenticator.is_test)
    {
        if is_about_other_tokens(authenticator) {
            continue;
        }
        for exit in &authenticator.exits {
            let Some(message) = wrong_answer(authenticator, exit) else {
                continue;
            };
            if said.contains(&exit.span) {
                continue;
            }
            said.push(exit.span);
            let fix = exit.status_at.and_then(|at| status_401(facts, at));
            context.report(exit.span, message).fix(fix);
        }
        let name = &authenticator.function.name;
        for crash in &authenticator.crashes {
            let message = match &crash.kind {
                CrashKind::Split => {
                    let text = facts.snippet(crash.span);
                    format!("`{text}` raises for a header without a token, which is answered 500")
                }
                CrashKind::Unbound => {
                    let text = facts.snippet(crash.span);
                    format!("`{text}` is not set when the token is invalid, which is answered 500")
                }
                CrashKind::Uncaught { library } => {
                    format!("Nothing catches what {library} raises for a wrong token, which is answered 500")
                }
                CrashKind::WrongClass { caught, library, .. } => {
                    format!(
                        "`except {caught}` does not catch all that {library} raises for a wrong token, which is answered 500"
                    )
                }
                CrashKind::RaisedInMiddleware => {
                    format!("`HTTPException` raised in the middleware `{name}` is answered 500")
                }
            };
            if said.contains(&crash.span) {
                continue;
            }
            said.push(crash.span);
            let fix = match crash.kind {
                CrashKind::Uncaught { library } if authenticator.role != AuthenticatorRole::Middleware => {
                    answers::refused_token(facts, crash.span, library)
                }
                _ => None,
            };
            let finding = context.report(crash.span, message);
            finding.fix(fix);
            if let CrashKind::WrongClass { handler, .. } = &crash.kind {
                finding.related(*handler, "this handler is for other exceptions");
            }
        }
    }
}

/// Tokens of mails and links, refresh tokens: 400 is right for them.
fn is_about_other_tokens(authenticator: &Authenticator) -> bool {
    if matches!(
        authenticator.role,
        AuthenticatorRole::Dependency | AuthenticatorRole::Middleware
    ) {
        return false;
    }
    let name = authenticator.function.name.to_lowercase();
    !authenticator.serves_requests
        || authenticator.role == AuthenticatorRole::WebSocket
        || [
            "reset",
            "recover",
            "confirm",
            "activat",
            "invit",
            "magic",
            "mail",
            "unsubscribe",
            "password",
            "introspect",
            "logout",
            "valid",
            "verify_account",
            "check",
            "status",
            "callback",
            "websocket",
            "ws_",
        ]
        .iter()
        .any(|word| name.contains(word) && !name.contains("token"))
        || name.contains("reset")
        || name.contains("mail")
}

fn wrong_answer(authenticator: &Authenticator, exit: &Exit) -> Option<String> {
    let when = match exit.cause {
        Cause::Missing | Cause::Invalid | Cause::Expired | Cause::Claim => exit.cause.when(),
        _ => return None,
    };
    let name = &authenticator.function.name;
    match &exit.way {
        Way::Raises {
            status: Some(status), ..
        } if is_wrong(*status, exit) => Some(format!("`{name}` answers {status} {when}, not 401")),
        Way::Answers { status: Some(status) } if *status >= 400 && is_wrong(*status, exit) => {
            Some(format!("`{name}` answers {status} {when}, not 401"))
        }
        Way::Answers { status: Some(200) }
            if authenticator.role == AuthenticatorRole::Handler
                && exit.is_answer
                && matches!(exit.cause, Cause::Invalid | Cause::Expired) =>
        {
            Some(format!("`{name}` answers 200 {when}, not 401"))
        }
        _ => None,
    }
}

/// 5xx says that the server failed, which may be so for everything but a missing token.
fn is_wrong(status: u16, exit: &Exit) -> bool {
    match status {
        401 => false,
        300..=399 => false,
        502..=504 | 429 => false,
        500 => exit.cause != Cause::Claim,
        _ => true,
    }
}

/// The status as the file writes it.
fn status_401(facts: &Facts<'_>, at: Span) -> Option<Fix> {
    let written = facts.snippet(at);
    let text = if written.bytes().all(|byte| byte.is_ascii_digit()) {
        "401".to_owned()
    } else {
        let (object, name) = written.rsplit_once('.')?;
        match name.starts_with("HTTP_") {
            true => format!("{object}.HTTP_401_UNAUTHORIZED"),
            false if object.ends_with("HTTPStatus") => format!("{object}.UNAUTHORIZED"),
            false => return None,
        }
    };
    let fix = Fix::changes_behaviour("Answer 401").edit(at, text);
    Some(fix.with(challenge::add_beside(facts, at)))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, check_fix};

    #[test]
    fn other_statuses() {
        check(
            r#"
            import os
            from http import HTTPStatus

            import jwt
            from fastapi import Depends, FastAPI, HTTPException, status
            from fastapi.security import HTTPBearer

            app = FastAPI()
            bearer = HTTPBearer(auto_error=False)
            KEY = os.environ["BETTER_AUTH_SECRET"]

            def forbidden(creds=Depends(bearer)):
                if not creds:
                    raise HTTPException(status_code=status.HTTP_403_FORBIDDEN)  # finding: auth-failure-not-401 (warning, high, changes-behaviour)
                try:
                    claims = jwt.decode(creds.credentials, KEY, algorithms=["HS256"])
                except jwt.ExpiredSignatureError:
                    raise HTTPException(HTTPStatus.BAD_REQUEST)  # finding: auth-failure-not-401 (warning, high, fix)
                except jwt.PyJWTError:
                    raise HTTPException(422)  # finding: auth-failure-not-401 (warning, high, fix)
                if "sub" not in claims:
                    raise HTTPException(404)  # finding: auth-failure-not-401 (warning)
                return claims

            def right(creds=Depends(bearer)):
                if creds is None:
                    raise HTTPException(status_code=status.HTTP_401_UNAUTHORIZED)
                try:
                    claims = jwt.decode(creds.credentials, KEY, algorithms=["HS256"])
                except jwt.PyJWTError:
                    raise HTTPException(401)
                if claims.get("role") != "admin":
                    raise HTTPException(403)
                if not claims.get("is_admin"):
                    raise HTTPException(403)
                user = find(claims["sub"])
                if user is None:
                    raise HTTPException(404)
                return user

            def active(user=Depends(right)):
                if not user.is_active:
                    raise HTTPException(403)
                return user

            def provider_down(creds=Depends(HTTPBearer())):
                try:
                    return jwt.decode(creds.credentials, KEY, algorithms=["HS256"])
                except jwt.PyJWTError:
                    raise HTTPException(401)
                except Exception:
                    raise HTTPException(500)

            @app.get("/a", dependencies=[Depends(forbidden), Depends(active), Depends(provider_down)])
            def a():
                return load()
            "#,
        );
    }

    #[test]
    fn helpers_and_exceptions_of_the_project() {
        check(
            r#"
            #- security.py
            import os

            from fastapi import HTTPException, status
            from jose import JWTError, jwt

            class Forbidden(HTTPException):
                def __init__(self, detail: str = "Forbidden"):
                    super().__init__(status_code=status.HTTP_403_FORBIDDEN, detail=detail)

            class Unauthorized(HTTPException):
                def __init__(self, detail: str = "Unauthorized"):
                    super().__init__(status_code=status.HTTP_401_UNAUTHORIZED, detail=detail)

            def read(token: str):
                try:
                    return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
                except JWTError:
                    raise ValueError("bad token")

            def read_strictly(token: str):
                try:
                    return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
                except JWTError:
                    raise Forbidden()  # finding: auth-failure-not-401

            def read_reset_token(token: str):
                try:
                    return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
                except JWTError:
                    return None
            #- main.py
            from fastapi import Body, Depends, FastAPI, HTTPException
            from fastapi.security import OAuth2PasswordBearer

            from security import Forbidden, Unauthorized, read, read_reset_token, read_strictly

            app = FastAPI()
            oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")

            def wrong(token: str = Depends(oauth2_scheme)):
                try:
                    return read(token)
                except ValueError:
                    raise Forbidden()  # finding: auth-failure-not-401

            def right(token: str = Depends(oauth2_scheme)):
                try:
                    return read(token)
                except ValueError:
                    raise Unauthorized()

            def strict(token: str = Depends(oauth2_scheme)):
                return read_strictly(token)

            @app.get("/a", dependencies=[Depends(wrong), Depends(right), Depends(strict)])
            def a():
                return load()

            @app.post("/reset-password")
            def reset_password(token: str = Body(), password: str = Body()):
                if not read_reset_token(token):
                    raise HTTPException(status_code=400, detail="Invalid token")
                return change(password)
            "#,
        );
    }

    #[test]
    fn what_nobody_catches() {
        check(
            r#"
            import os

            import jwt
            from fastapi import Depends, FastAPI, HTTPException, Request
            from fastapi.security import OAuth2PasswordBearer
            from jose import JWTError

            app = FastAPI()
            oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")
            KEY = os.environ["BETTER_AUTH_SECRET"]

            def uncaught(token: str = Depends(oauth2_scheme)):
                return jwt.decode(token, KEY, algorithms=["HS256"])  # finding: auth-failure-not-401 (warning)

            def other_library(token: str = Depends(oauth2_scheme)):
                try:
                    return jwt.decode(token, KEY, algorithms=["HS256"])  # finding: auth-failure-not-401
                except JWTError:
                    raise HTTPException(401)

            def other_kind(token: str = Depends(oauth2_scheme)):
                try:
                    return jwt.decode(token, KEY, algorithms=["HS256"])  # finding: auth-failure-not-401
                except ValueError:
                    raise HTTPException(401)

            def expired_alone(token: str = Depends(oauth2_scheme)):
                try:
                    return jwt.decode(token, KEY, algorithms=["HS256"])  # finding: auth-failure-not-401
                except jwt.ExpiredSignatureError:
                    raise HTTPException(401)

            def both(token: str = Depends(oauth2_scheme)):
                try:
                    return jwt.decode(token, KEY, algorithms=["HS256"])
                except jwt.ExpiredSignatureError:
                    raise HTTPException(401)
                except jwt.DecodeError:
                    raise HTTPException(401)

            def printed(token: str = Depends(oauth2_scheme)):
                try:
                    payload = jwt.decode(token, KEY, algorithms=["HS256"])
                except Exception as e:
                    print("bad token")
                return payload  # finding: auth-failure-not-401

            def read(token: str):
                return jwt.decode(token, KEY, algorithms=["HS256"])

            def through_a_helper(token: str = Depends(oauth2_scheme)):
                try:
                    return read(token)
                except jwt.InvalidTokenError:
                    raise HTTPException(401)

            def split(request: Request):
                header = request.headers.get("Authorization")
                token = header.split(" ")[1]  # finding: auth-failure-not-401
                try:
                    return read(token)
                except jwt.InvalidTokenError:
                    raise HTTPException(401)

            def unpacked(request: Request):
                header = request.headers.get("Authorization", "")
                scheme, token = header.split()  # finding: auth-failure-not-401
                try:
                    return read(token)
                except jwt.InvalidTokenError:
                    raise HTTPException(401)

            def split_after_a_look(request: Request):
                header = request.headers.get("Authorization")
                if not header or not header.startswith("Bearer "):
                    raise HTTPException(401)
                token = header.split(" ")[1]
                try:
                    return read(token)
                except jwt.InvalidTokenError:
                    raise HTTPException(401)

            def split_in_try(request: Request):
                try:
                    token = request.headers["Authorization"].split(" ")[1]
                    return read(token)
                except Exception:
                    raise HTTPException(401)

            @app.get("/a", dependencies=[Depends(uncaught), Depends(other_library), Depends(other_kind), Depends(expired_alone), Depends(printed)])
            def a():
                return load()

            @app.get("/b", dependencies=[Depends(both), Depends(through_a_helper), Depends(split), Depends(unpacked), Depends(split_after_a_look), Depends(split_in_try)])
            def b():
                return load()
            "#,
        );
    }

    #[test]
    fn handled_by_the_application() {
        check(
            r#"
            import os

            import jwt
            from fastapi import Depends, FastAPI, Request
            from fastapi.responses import JSONResponse
            from fastapi.security import OAuth2PasswordBearer

            app = FastAPI()
            oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")

            @app.exception_handler(jwt.PyJWTError)
            async def on_jwt_error(request: Request, exc: jwt.PyJWTError):
                return JSONResponse({"detail": "Not authenticated"}, 401)

            def get_claims(token: str = Depends(oauth2_scheme)):
                return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])

            @app.get("/a", dependencies=[Depends(get_claims)])
            def a():
                return load()
            "#,
        );
    }

    #[test]
    fn refusals_of_something_else() {
        check(
            r#"
            import os
            import jwt
            from fastapi import Depends, FastAPI, HTTPException
            from fastapi.security import HTTPBearer
            app = FastAPI()
            def number_of(creds):
                try:
                    return jwt.decode(creds.credentials, os.environ["KEY"], algorithms=["HS256"]).get("jti")
                except jwt.PyJWTError:
                    return None
            @app.delete("/sessions/{session_id}")
            def revoke(session_id: str, creds=Depends(HTTPBearer())):
                current = number_of(creds)
                if current and session_id == current:
                    raise HTTPException(400, "Use logout")
                if not find(session_id):
                    raise HTTPException(404, "No such session")  # ok
                return {}
            @app.get("/sessions/current")
            def current(creds=Depends(HTTPBearer())):
                current = number_of(creds)
                if not current:
                    raise HTTPException(404, "No such session")  # finding: auth-failure-not-401
                return {"id": current}
            "#,
        );
    }

    #[test]
    fn middleware() {
        check(
            r#"
            import os

            import jwt
            from fastapi import FastAPI, HTTPException, Request
            from fastapi.responses import JSONResponse
            from starlette.middleware.base import BaseHTTPMiddleware

            app = FastAPI()
            KEY = os.environ["BETTER_AUTH_SECRET"]

            class Raises(BaseHTTPMiddleware):
                async def dispatch(self, request: Request, call_next):
                    header = request.headers.get("Authorization")
                    if not header:
                        raise HTTPException(status_code=401)  # finding: auth-failure-not-401
                    try:
                        jwt.decode(header[7:], KEY, algorithms=["HS256"])
                    except jwt.PyJWTError:
                        return JSONResponse({"detail": "Forbidden"}, status_code=403)  # finding: auth-failure-not-401
                    return await call_next(request)

            class Answers(BaseHTTPMiddleware):
                async def dispatch(self, request: Request, call_next):
                    try:
                        header = request.headers.get("Authorization")
                        if not header:
                            raise HTTPException(status_code=401)
                        jwt.decode(header[7:], KEY, algorithms=["HS256"])
                    except HTTPException as e:
                        return JSONResponse({"detail": e.detail}, status_code=e.status_code)
                    except jwt.PyJWTError:
                        return JSONResponse({"detail": "Not authenticated"}, status_code=401)
                    return await call_next(request)

            app.add_middleware(Raises)
            app.add_middleware(Answers)
            "#,
        );
    }

    #[test]
    fn handlers_that_answer_200() {
        check(
            r#"
            import os

            import jwt
            from fastapi import FastAPI, Request
            from fastapi.responses import JSONResponse

            app = FastAPI()
            KEY = os.environ["BETTER_AUTH_SECRET"]

            @app.get("/profile")
            def profile(request: Request):
                try:
                    claims = jwt.decode(request.headers["Authorization"][7:], KEY, algorithms=["HS256"])
                except jwt.PyJWTError:
                    return {"error": "Invalid token"}  # finding: auth-failure-not-401
                return load(claims["sub"])

            @app.get("/tasks")
            def tasks(request: Request):
                try:
                    claims = jwt.decode(request.headers["Authorization"][7:], KEY, algorithms=["HS256"])
                except jwt.PyJWTError:
                    return JSONResponse({"error": "Invalid token"}, status_code=401)
                return load(claims["sub"])
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
            from fastapi import Depends, HTTPException, status
            from fastapi.security import HTTPBearer

            def get_claims(creds=Depends(HTTPBearer())):
                try:
                    return jwt.decode(creds.credentials, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
                except jwt.PyJWTError:
                    raise HTTPException(  # finding: auth-failure-not-401
                        status_code=status.HTTP_403_FORBIDDEN,
                        detail="Could not validate credentials",
                        headers={"WWW-Authenticate": "Bearer"},
                    )
            "#,
            r#"
            import os

            import jwt
            from fastapi import Depends, HTTPException, status
            from fastapi.security import HTTPBearer

            def get_claims(creds=Depends(HTTPBearer())):
                try:
                    return jwt.decode(creds.credentials, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
                except jwt.PyJWTError:
                    raise HTTPException(
                        status_code=status.HTTP_401_UNAUTHORIZED,
                        detail="Could not validate credentials",
                        headers={"WWW-Authenticate": "Bearer"},
                    )
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
            from fastapi.responses import JSONResponse
            from fastapi.security import HTTPBearer
            app = FastAPI()
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            bearer = HTTPBearer()
            WANTED = {"require": ["sub", "exp"]}
            BEARER = {"WWW-Authenticate": "Bearer"}

            def read(token: str) -> str:
                return jwt.decode(token, SECRET, algorithms=["HS256"], options=WANTED)["sub"]  # ok

            def by_number(credentials=Depends(bearer)) -> str:
                try:
                    return read(credentials.credentials)
                except jwt.InvalidTokenError:
                    raise HTTPException(422, "Invalid token")  # finding: auth-failure-not-401

            def by_kind(credentials=Depends(bearer)) -> str:
                try:
                    return read(credentials.credentials)
                except jwt.ExpiredSignatureError:
                    raise HTTPException(440, "Token expired")  # finding: auth-failure-not-401
                except jwt.PyJWTError:
                    raise HTTPException(401, "Invalid token", headers=BEARER)  # ok

            def by_all(credentials=Depends(bearer)) -> str:
                try:
                    return read(credentials.credentials)
                except (jwt.PyJWTError, KeyError):
                    raise HTTPException(status_code=401, detail="Invalid token", headers=BEARER)  # ok

            def allowed(user: str = Depends(by_all)) -> str:
                if user not in {"1", "2"}:
                    raise HTTPException(403, "Not allowed")  # ok
                return user

            @app.get("/a")
            def a(user: str = Depends(by_number)):
                return user

            @app.get("/b")
            def b(user: str = Depends(by_kind)):
                return user

            @app.get("/c")
            def c(user: str = Depends(allowed)):
                return user
            "#,
        );
    }
}
