//! Flags bearer tokens that are taken from the query, the path, the body or a cookie.

use facts::authenticators::AuthenticatorRole;
use facts::flow::RequestPart;
use facts::token_sources::TokenSource;
use report::{Confidence, OwaspApi, Phase, Severity};

use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// An access token that is read from the query, the path or the body of a request, and one from a cookie in a
    /// project whose other tokens come in the `Authorization` header. Often it is a slip: a dependency with a plain
    /// `token: str` parameter, which FastAPI reads from the query.
    ///
    /// Tokens of mails and links (reset, verification, invitation), refresh tokens sent to the refresh route, and the
    /// first message of a WebSocket are right. The query of a WebSocket, which has no headers in browsers, is a
    /// suggestion.
    ///
    /// ```python,finding
    /// import os
    ///
    /// import jwt
    /// from fastapi import Depends, FastAPI, HTTPException
    ///
    /// app = FastAPI()
    ///
    /// def get_current_user(token: str) -> dict:
    ///     try:
    ///         return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
    ///     except jwt.PyJWTError:
    ///         raise HTTPException(status_code=401, detail="Could not validate credentials")
    ///
    /// @app.get("/tasks")
    /// def tasks(user: dict = Depends(get_current_user)):
    ///     return load_tasks(user["sub"])
    /// ```
    ///
    /// ## Why it matters
    ///
    /// URLs are written to the logs of servers and proxies, kept in the history of browsers, and sent on in `Referer`.
    /// RFC 6750 advises against tokens in them. A cookie is sent by the browser with requests that other sites make.
    ///
    /// ## How it is exploited
    ///
    /// Whoever reads `GET /tasks?token=eyJhbGciOi…` in a log uses the token until it expires.
    ///
    /// ## Use instead
    ///
    /// ```python,ok
    /// import os
    ///
    /// import jwt
    /// from fastapi import Depends, FastAPI, HTTPException
    /// from fastapi.security import OAuth2PasswordBearer
    ///
    /// app = FastAPI()
    /// oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")
    ///
    /// def get_current_user(token: str = Depends(oauth2_scheme)) -> dict:
    ///     try:
    ///         return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
    ///     except jwt.PyJWTError:
    ///         raise HTTPException(status_code=401, detail="Could not validate credentials")
    ///
    /// @app.get("/tasks")
    /// def tasks(user: dict = Depends(get_current_user)):
    ///     return load_tasks(user["sub"])
    /// ```
    ///
    /// ## References
    ///
    /// - RFC 6750, section 5.3: <https://www.rfc-editor.org/rfc/rfc6750#section-5.3>
    /// - CWE-598: <https://cwe.mitre.org/data/definitions/598.html>
    pub(super) static RULE: Rule = Rule {
        name: "token-from-unsafe-location",
        summary: "A bearer token is taken from the URL, the body or a cookie",
        severity: Severity::Warning,
        phase: Phase::AuthenticationInfrastructure,
        cwe: 598,
        owasp: OwaspApi::BrokenAuthentication,
        checklist_item: Some(1),
        fixable: false,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for source in facts.token_sources() {
        if is_meant(&source) {
            continue;
        }
        let name = match &source.name {
            Some(name) => format!("`{name}`"),
            None => "The credential".to_owned(),
        };
        let function = &source.function;
        let part = match source.part {
            RequestPart::Query => "the query",
            RequestPart::Path => "the path",
            RequestPart::Body => "the body",
            RequestPart::Cookie => "a cookie",
            RequestPart::Header | RequestPart::Any => continue,
        };
        let is_socket = source.role == AuthenticatorRole::WebSocket;
        let severity = match is_socket {
            true => Severity::Suggestion,
            false => Severity::Warning,
        };
        let confidence = match source.verified_at {
            Some(_) => Confidence::High,
            None => Confidence::Medium,
        };
        let message = format!("{name} of `{function}` is a token that is read from {part} of the request");
        let message = match source.part {
            RequestPart::Cookie => format!("{name} of `{function}` is a token that is read from {part}"),
            _ => message,
        };
        let finding = context.report(source.span, message);
        finding.severity(severity).confidence(confidence);
        if let Some(at) = source.verified_at.filter(|at| *at != source.span) {
            finding.related(at, "it is verified here");
        }
    }
}

/// Words in names and paths that say that the token is not the API's access token.
const OTHER_TOKENS: &[&str] = &[
    "reset",
    "verif",
    "confirm",
    "activat",
    "invit",
    "unsubscribe",
    "magic",
    "mail",
    "password",
    "recover",
    "callback",
    "oauth",
    "sso",
    "saml",
    "google",
    "github",
    "facebook",
    "apple",
    "firebase",
    "refresh",
    "introspect",
    "revoke",
    "logout",
    "signout",
    "validate",
    "check",
    "decode",
    "exchange",
    "share",
    "download",
    "csrf",
    "approve",
    "webhook",
    "register",
    "signup",
    "login",
    "link",
];

fn is_meant(source: &TokenSource) -> bool {
    let name = source.name.as_deref().unwrap_or_default().to_lowercase();
    let is_other = |text: &str| OTHER_TOKENS.iter().any(|word| text.contains(word));
    if is_other(&name) || matches!(&*name, "id_token" | "code" | "state" | "assertion" | "credential") {
        return true;
    }
    match source.role {
        AuthenticatorRole::WebSocket => source.part != RequestPart::Query,
        AuthenticatorRole::Handler => {
            let function = source.function.to_lowercase();
            is_other(&function)
                || source.paths.iter().any(|path| is_other(&path.to_lowercase()))
                || (source.part == RequestPart::Cookie && !source.has_header)
        }
        // A helper's parameter whose callers are not known.
        AuthenticatorRole::Helper => true,
        AuthenticatorRole::Dependency | AuthenticatorRole::Middleware => {
            let function = source.function.to_lowercase();
            let is_of_links = [
                "reset",
                "confirm",
                "activat",
                "invit",
                "magic",
                "mail",
                "unsubscribe",
                "refresh",
                "csrf",
                "ws",
                "websocket",
                "socket",
            ]
            .iter()
            .any(|word| function.split('_').any(|part| part.starts_with(word)));
            is_of_links || (source.part == RequestPart::Cookie && !source.has_header)
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn places() {
        check(
            r#"
            import os
            from typing import Annotated

            from fastapi import Body, Cookie, Depends, FastAPI, Header, HTTPException, Query, Request
            from fastapi.security import OAuth2PasswordBearer
            from jose import JWTError, jwt
            from pydantic import BaseModel

            app = FastAPI()
            oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")

            class TokenBody(BaseModel):
                token: str

            def read(token: str):
                try:
                    return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
                except JWTError:
                    raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})

            def plain(token: str):  # finding: token-from-unsafe-location (warning, high)
                #     ^^^^^ token-from-unsafe-location
                return read(token)

            def query(access_token: str = Query(...)):  # finding: token-from-unsafe-location
                return read(access_token)

            def cookie(access_token: Annotated[str, Cookie()]):  # finding: token-from-unsafe-location
                return read(access_token)

            def of_request(request: Request):
                return read(request.query_params.get("token"))  # finding: token-from-unsafe-location

            def header(authorization: str = Header()):
                return read(authorization.removeprefix("Bearer "))

            def scheme(token: str = Depends(oauth2_scheme)):
                return read(token)

            @app.get("/a", dependencies=[Depends(plain), Depends(query), Depends(cookie), Depends(of_request)])
            def a():
                return load()

            @app.get("/b", dependencies=[Depends(header), Depends(scheme)])
            def b():
                return load()

            @app.get("/c")
            def c(token: str):  # finding: token-from-unsafe-location
                return load(read(token)["sub"])

            @app.get("/d/{token}")
            def d(token: str):  # finding: token-from-unsafe-location
                return load(read(token)["sub"])

            @app.post("/e")
            def e(body: TokenBody):  # finding: token-from-unsafe-location
                return load(read(body.token)["sub"])
            "#,
        );
    }

    #[test]
    fn tokens_of_another_kind() {
        check(
            r#"
            import os

            from fastapi import Body, FastAPI, HTTPException
            from jose import JWTError, jwt

            app = FastAPI()

            def read(token: str):
                try:
                    return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
                except JWTError:
                    raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})

            @app.get("/verify-email")
            def verify_email(token: str):
                return activate(read(token)["sub"])

            @app.post("/reset-password")
            def reset(token: str = Body(), password: str = Body()):
                return change(read(token)["sub"], password)

            @app.post("/token/refresh")
            def renew(refresh_token: str = Body(embed=True)):
                return issue(read(refresh_token)["sub"])

            @app.get("/join")
            def join(invite_token: str):
                return add(read(invite_token)["sub"])
            "#,
        );
    }

    /// A project that has its tokens in cookies has no other place for them.
    #[test]
    fn cookies_alone() {
        check(
            r#"
            import os

            import jwt
            from fastapi import Cookie, Depends, FastAPI, HTTPException

            app = FastAPI()

            def get_current_user(access_token: str = Cookie()):
                try:
                    return jwt.decode(access_token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
                except jwt.PyJWTError:
                    raise HTTPException(401)

            @app.get("/a")
            def a(user=Depends(get_current_user)):
                return load(user)
            "#,
        );
    }

    #[test]
    fn websockets() {
        check(
            r#"
            import os

            import jwt
            from fastapi import FastAPI, WebSocket

            app = FastAPI()

            @app.websocket("/ws")
            async def ws(websocket: WebSocket, token: str):  # finding: token-from-unsafe-location (suggestion)
                try:
                    user = jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
                except jwt.PyJWTError:
                    await websocket.close(1008)
                    return
                await serve(websocket, user)

            @app.websocket("/messages")
            async def messages(websocket: WebSocket):
                await websocket.accept()
                first = await websocket.receive_json()
                try:
                    user = jwt.decode(first["token"], os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
                except jwt.PyJWTError:
                    await websocket.close(1008)
                    return
                await serve(websocket, user)
            "#,
        );
    }

    #[test]
    fn in_other_styles() {
        check(
            r#"
            import os
            import jwt
            from fastapi import Body, Cookie, Depends, FastAPI, Form, Header, HTTPException, Query
            from fastapi.security import APIKeyQuery, HTTPBearer
            app = FastAPI()
            SECRET = os.environ["BETTER_AUTH_SECRET"]

            def read(token: str) -> str:
                try:
                    return jwt.decode(token, SECRET, algorithms=["HS256"], options={"require": ["sub", "exp"]})["sub"]
                except jwt.PyJWTError:
                    raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})

            def from_query(jwt_token: str = Query(alias="jwt")) -> str:  # finding: token-from-unsafe-location
                return read(jwt_token)

            def from_form(access_token: str = Form()) -> str:  # finding: token-from-unsafe-location
                return read(access_token)

            def from_header(authorization: str = Header()) -> str:  # ok
                return read(authorization.removeprefix("Bearer "))

            def from_bearer(credentials=Depends(HTTPBearer())) -> str:  # ok
                return read(credentials.credentials)

            @app.get("/a")
            def a(user: str = Depends(from_query)):
                return user

            @app.post("/b")
            def b(user: str = Depends(from_form)):
                return user

            @app.get("/c")
            def c(user: str = Depends(from_header), other: str = Depends(from_bearer)):
                return user, other

            @app.post("/verify-email")
            def verify_email(token: str):  # ok
                return {"verified": read(token)}

            @app.post("/refresh")
            def refresh(refresh_token: str = Body(embed=True)):  # ok
                return {"user": read(refresh_token)}
            "#,
        );
    }
}
