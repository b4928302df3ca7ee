//! Flags route handlers that call the function which verifies the token, instead of depending on it.

use facts::authentication::GuardKind;
use facts::libraries::fastapi::RouteKind;
use report::{Confidence, OwaspApi, Phase, Severity};
use text::Span;

use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// A handler that no dependency and no middleware protects, and that calls a function which verifies the token:
    /// `user = get_current_user(request)` as a line of each handler. Handlers of one file that call the same
    /// function are one finding.
    ///
    /// Routes that log in, renew or end tokens, mail links, callbacks, WebSockets, and libraries that are made to be
    /// called so are right.
    ///
    /// ```python,finding
    /// import os
    ///
    /// import jwt
    /// from fastapi import FastAPI, HTTPException, Request
    ///
    /// app = FastAPI()
    ///
    /// def get_current_user(request: Request) -> str:
    ///     try:
    ///         token = request.headers["Authorization"].removeprefix("Bearer ")
    ///         return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])["sub"]
    ///     except (KeyError, jwt.PyJWTError):
    ///         raise HTTPException(status_code=401, headers={"WWW-Authenticate": "Bearer"})
    ///
    /// @app.get("/tasks/mine")
    /// def list_tasks(request: Request):
    ///     user = get_current_user(request)
    ///     return {"user": user}
    /// ```
    ///
    /// ## Why it matters
    ///
    /// The next handler works without that line. What FastAPI calls before a handler is in its signature, in the
    /// documentation of the API and in the tests' `dependency_overrides`; a line in the body is in none of them, and
    /// it runs after the body was parsed.
    ///
    /// ## How it is exploited
    ///
    /// Somebody goes through the routes of `/openapi.json` without a token until one answers:
    ///
    /// ```text
    /// $ curl https://api.example.com/tasks/export
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```python,ok
    /// import os
    /// from typing import Annotated
    ///
    /// import jwt
    /// from fastapi import Depends, FastAPI, HTTPException, Request
    ///
    /// app = FastAPI()
    ///
    /// def get_current_user(request: Request) -> str:
    ///     try:
    ///         token = request.headers["Authorization"].removeprefix("Bearer ")
    ///         return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])["sub"]
    ///     except (KeyError, jwt.PyJWTError):
    ///         raise HTTPException(status_code=401, headers={"WWW-Authenticate": "Bearer"})
    ///
    /// @app.get("/tasks/mine")
    /// def list_tasks(user: Annotated[str, Depends(get_current_user)]):
    ///     return {"user": user}
    /// ```
    ///
    /// ## References
    ///
    /// - FastAPI, dependencies: <https://fastapi.tiangolo.com/tutorial/dependencies/>
    pub(super) static RULE: Rule = Rule {
        name: "auth-called-manually",
        summary: "A handler calls the function that verifies the token itself",
        severity: Severity::Suggestion,
        phase: Phase::CodeQuality,
        cwe: 1041,
        owasp: OwaspApi::BrokenAuthentication,
        checklist_item: Some(5),
        fixable: false,
        supersedes: &[],
        check,
    };
}

/// Words of paths whose routes handle tokens as such.
const ABOUT_TOKENS: &[&str] = &[
    "login",
    "logout",
    "signin",
    "signup",
    "signout",
    "register",
    "token",
    "tokens",
    "refresh",
    "reset",
    "verify",
    "verification",
    "confirm",
    "callback",
    "oauth",
    "oauth2",
    "activate",
    "activation",
    "invite",
    "invitation",
    "unsubscribe",
    "webhook",
    "webhooks",
    "introspect",
    "session",
    "sessions",
    "forgot",
    "recover",
    "password",
    "google",
    "sso",
    "magic",
    "exchange",
    "validate",
    "revoke",
];

/// Words of functions that verify tokens of other kinds.
const OTHER_TOKENS: &[&str] = &[
    "captcha",
    "capcha",
    "email",
    "mail",
    "reset",
    "refresh",
    "invite",
    "invitation",
    "csrf",
    "otp",
    "link",
    "webhook",
    "confirmation",
    "verification",
    "unsubscribe",
    "download",
];

/// Handlers that are shown with a finding.
const SHOWN: usize = 6;

struct Manual<'a> {
    callee: String,
    handler: &'a str,
    span: Span,
    others: Vec<(Span, &'a str)>,
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    let routes = facts.applications().routes.iter();
    let mut found: Vec<Manual<'_>> = Vec::new();
    for (route, authentication) in routes.zip(&facts.authentication().routes) {
        let operation = &route.operation;
        let Some(guard) = authentication
            .guard
            .as_ref()
            .filter(|guard| guard.kind == GuardKind::Handler)
        else {
            continue;
        };
        // The call of a function of the project, then the call that verifies.
        let [(span, _), _, ..] = guard.evidence.as_slice() else {
            continue;
        };
        let path = operation.path.text.to_lowercase();
        let is_about_tokens = path
            .split(|c: char| !c.is_ascii_alphanumeric())
            .any(|word| ABOUT_TOKENS.contains(&word));
        if operation.kind != RouteKind::Api || is_about_tokens || facts.is_test(span.file) {
            continue;
        }
        let callee = facts.called_as(*span);
        let handler = operation.handler.name.as_str();
        // `verify_captcha(token)`
        let is_of_caller = !callee
            .split(|c: char| !c.is_ascii_alphanumeric())
            .any(|word| OTHER_TOKENS.contains(&word));
        if !is_of_caller {
            continue;
        }
        let known = found
            .iter_mut()
            .find(|manual| manual.callee == callee && manual.span.file == span.file);
        match known {
            Some(known) if known.span == *span || known.others.iter().any(|(other, _)| other == span) => {}
            Some(known) => known.others.push((*span, handler)),
            None => found.push(Manual {
                callee,
                handler,
                span: *span,
                others: Vec::new(),
            }),
        }
    }
    for manual in found {
        let (handler, callee) = (manual.handler, manual.callee);
        let more = match manual.others.len() {
            0 => String::new(),
            1 => ", one other does, too".to_owned(),
            count => format!(", {count} others do, too"),
        };
        let message = format!("The handler `{handler}` calls `{callee}` itself instead of depending on it{more}");
        let finding = context.report(manual.span, message);
        finding.confidence(Confidence::Medium);
        for (span, other) in manual.others.into_iter().take(SHOWN) {
            finding.related(span, format!("`{other}` calls it, too"));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn in_handlers() {
        check(
            r#"
            #- security.py
            import os
            import jwt
            from fastapi import HTTPException

            def verify_token(token: str) -> dict:
                try:
                    return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
                except jwt.PyJWTError:
                    raise HTTPException(status_code=401, headers={"WWW-Authenticate": "Bearer"})

            def verify_captcha(token: str) -> dict:
                return jwt.decode(token, os.environ["CAPTCHA_SECRET"], algorithms=["HS256"])

            def get_current_user(authorization: str) -> str:
                return verify_token(authorization.removeprefix("Bearer "))["sub"]
            #- main.py
            from fastapi import Depends, FastAPI, Header, WebSocket
            import security
            from security import get_current_user, verify_captcha, verify_token

            app = FastAPI()

            @app.get("/notes/mine")
            async def notes(authorization: str = Header()):
                user = get_current_user(authorization)  # finding: auth-called-manually (suggestion, medium)
                #      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ auth-called-manually
                return {"user": user}

            @app.get("/notes/old")
            async def old_notes(authorization: str = Header()):
                user = get_current_user(authorization)  # ok
                return {"user": user}

            @app.get("/files")
            async def files(authorization: str = Header()):
                claims = security.verify_token(authorization)  # finding: auth-called-manually
                return claims

            @app.post("/comments")
            async def comment(captcha_token: str):
                return verify_captcha(captcha_token)  # ok

            @app.post("/auth/refresh")
            async def refresh(token: str):
                return verify_token(token)  # ok

            @app.get("/verify-email")
            async def verify_email(token: str):
                return verify_token(token)  # ok

            @app.websocket("/live")
            async def live(websocket: WebSocket, token: str):
                verify_token(token)  # ok
                await websocket.accept()

            @app.get("/profile")
            async def profile(user: str = Depends(get_current_user)):
                return {"user": user}  # ok
            "#,
        );
    }

    #[test]
    fn behind_a_dependency() {
        check(
            r#"
            import os
            import jwt
            from fastapi import Depends, FastAPI, Header, HTTPException

            app = FastAPI()

            def get_claims(authorization: str = Header()) -> dict:
                try:
                    return jwt.decode(authorization[7:], os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
                except jwt.PyJWTError:
                    raise HTTPException(status_code=401, headers={"WWW-Authenticate": "Bearer"})

            @app.get("/notes/mine", dependencies=[Depends(get_claims)])
            def notes(authorization: str = Header()):
                return get_claims(authorization)["sub"]  # finding: jwt-subject-not-checked

            @app.get("/notes/other")
            def others(authorization: str = Header()):
                return get_claims(authorization)["sub"]  # finding: auth-called-manually
            "#,
        );
    }

    #[test]
    fn libraries_and_middleware() {
        check(
            r#"
            #- a.py
            from fastapi import Depends, FastAPI
            from fastapi_jwt_auth import AuthJWT
            app = FastAPI()

            @app.get("/notes")
            def notes(Authorize: AuthJWT = Depends()):
                Authorize.jwt_required()  # ok
                return Authorize.get_jwt_subject()
            #- b.py
            import os
            import jwt
            from fastapi import FastAPI
            app = FastAPI()

            @app.get("/notes/public")
            def public():
                return render("public")  # ok

            def render(name):
                return name
            "#,
        );
    }
}
