//! Flags answers of 401 that do not say how to authenticate.

use facts::authenticators::{Authenticator, AuthenticatorRole};
use facts::source::CallSyntax;
use report::{OwaspApi, Phase, Severity};
use text::Span;

use crate::fix::Fix;
use crate::fixes::challenge;
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// An `HTTPException` with 401, raised by what authenticates requests, without the header `WWW-Authenticate`. One
    /// function is found once, at the first of them.
    ///
    /// What FastAPI's own schemes answer has the header. Exception classes of the project and 401 for a wrong password
    /// are not looked at.
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
    ///         raise HTTPException(status_code=401)
    /// ```
    ///
    /// ## Why it matters
    ///
    /// RFC 9110 says that an answer of 401 must have this header, and clients that follow it, gateways and libraries
    /// among them, renew their token or ask for a login only when they are told by it that a Bearer token is wanted.
    ///
    /// ## How it is exploited
    ///
    /// Not by itself. Clients that cannot tell "send another token" from "you may not" show an error where a new login
    /// was needed, and their authors work around it by keeping tokens longer.
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
    ///         raise HTTPException(status_code=401, headers={"WWW-Authenticate": "Bearer"})
    /// ```
    ///
    /// ```python,ok
    /// from fastapi import Depends, FastAPI
    /// from fastapi.security import HTTPBearer
    ///
    /// app = FastAPI()
    ///
    /// @app.get("/me", dependencies=[Depends(HTTPBearer())])
    /// def me():
    ///     return {}
    /// ```
    ///
    /// ## References
    ///
    /// - RFC 9110, section 11.6.1: <https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1>
    /// - RFC 6750, section 3: <https://www.rfc-editor.org/rfc/rfc6750#section-3>
    pub(super) static RULE: Rule = Rule {
        name: "auth-missing-www-authenticate",
        summary: "401 is answered without the header `WWW-Authenticate`",
        severity: Severity::Suggestion,
        phase: Phase::AuthenticationInfrastructure,
        cwe: 287,
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
    for authenticator in facts.authenticators().functions.iter().filter(|known| answers(known)) {
        let fresh = authenticator
            .unchallenged
            .iter()
            .filter(|call| !said.contains(&call.span));
        let mut calls: Vec<&CallSyntax> = fresh.filter(|call| !call.is_test).collect();
        text::sort_by_number(&mut calls, |call| call.span.number());
        let Some((first, others)) = calls.split_first() else {
            continue;
        };
        said.extend(calls.iter().map(|call| call.span));
        let name = &authenticator.function.name;
        let message = format!("`{name}` answers 401 without the header `WWW-Authenticate`");
        let edits = calls.iter().filter_map(|call| challenge::add(facts, call));
        let fix = Fix::safe("Add the header `WWW-Authenticate: Bearer`").with(edits);
        let finding = context.report(first.span, message);
        finding.fix(fix);
        for other in others {
            finding.related(other.span, "here, too");
        }
    }
}

/// A WebSocket is closed with a code, and has no headers then.
fn answers(authenticator: &Authenticator) -> bool {
    !authenticator.is_test && authenticator.serves_requests && authenticator.role != AuthenticatorRole::WebSocket
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

            import jwt
            from fastapi import Depends, FastAPI, HTTPException, status
            from fastapi.security import OAuth2PasswordBearer

            app = FastAPI()
            oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")
            KEY = os.environ["BETTER_AUTH_SECRET"]
            HEADERS = {"WWW-Authenticate": "Bearer"}

            def bare(token: str = Depends(oauth2_scheme)):
                try:
                    claims = jwt.decode(token, KEY, algorithms=["HS256"])
                except jwt.ExpiredSignatureError:
                    raise HTTPException(401, "expired")  # finding: auth-missing-www-authenticate (suggestion, high, safe)
                except jwt.PyJWTError:
                    raise HTTPException(401, "invalid")
                if "sub" not in claims:
                    raise HTTPException(status_code=status.HTTP_401_UNAUTHORIZED)
                return claims["sub"]

            def challenged(token: str = Depends(oauth2_scheme)):
                try:
                    return jwt.decode(token, KEY, algorithms=["HS256"])
                except jwt.PyJWTError:
                    raise HTTPException(401, "invalid", HEADERS)  # ok

            def by_name(token: str = Depends(oauth2_scheme)):
                unauthorized = HTTPException(
                    status_code=status.HTTP_401_UNAUTHORIZED,
                    headers={"WWW-Authenticate": "Bearer"},
                )
                try:
                    return jwt.decode(token, KEY, algorithms=["HS256"])
                except jwt.PyJWTError:
                    raise unauthorized  # ok

            def forbids(claims=Depends(challenged)):
                if claims.get("role") != "admin":
                    raise HTTPException(403)  # ok
                return claims

            @app.get("/a", dependencies=[Depends(bare), Depends(by_name), Depends(forbids)])
            def a():
                return load()
            "#,
        );
    }

    #[test]
    fn kept_elsewhere() {
        check(
            r#"
            #- errors.py
            from fastapi import HTTPException

            class Unauthorized(HTTPException):
                def __init__(self):
                    super().__init__(401, headers={"WWW-Authenticate": "Bearer"})

            INVALID = HTTPException(status_code=401, detail="Could not validate credentials")  # finding: auth-missing-www-authenticate (suggestion)
            #         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ auth-missing-www-authenticate
            #- auth.py
            import os

            import jwt
            from fastapi import Depends, Header, HTTPException
            from errors import INVALID, Unauthorized

            KEY = os.environ["BETTER_AUTH_SECRET"]

            def verify(token: str):
                try:
                    return jwt.decode(token, KEY, algorithms=["HS256"])
                except jwt.PyJWTError:
                    raise INVALID

            def current(authorization: str = Header()):
                if not authorization.startswith("Bearer "):
                    raise HTTPException(401)  # finding: auth-missing-www-authenticate
                return verify(authorization[7:])

            def own_class(authorization: str = Header()):
                try:
                    return jwt.decode(authorization[7:], KEY, algorithms=["HS256"])
                except jwt.PyJWTError:
                    raise Unauthorized()  # ok
            #- main.py
            from fastapi import Depends, FastAPI, HTTPException
            from auth import current, own_class

            app = FastAPI()

            @app.get("/a", dependencies=[Depends(current), Depends(own_class)])
            def a():
                return load()

            @app.post("/login")
            def login(name: str, password: str):
                user = find(name)
                if not user or not verify_password(password, user.hashed_password):
                    raise HTTPException(401, "Incorrect username or password")  # ok
                return issue(user)
            #- tests/conftest.py
            import jwt
            from fastapi import Depends, Header, HTTPException

            def current_in_tests(authorization: str = Header()):
                try:
                    return jwt.decode(authorization, "test", algorithms=["HS256"])
                except jwt.PyJWTError:
                    raise HTTPException(401)  # ok
            "#,
        );
    }

    #[test]
    fn web_sockets_have_no_headers() {
        check(
            r#"
            import os

            import jwt
            from fastapi import FastAPI, HTTPException, WebSocket

            app = FastAPI()

            @app.websocket("/ws")
            async def updates(websocket: WebSocket):
                try:
                    jwt.decode(websocket.headers["authorization"], os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
                except jwt.PyJWTError:
                    raise HTTPException(401)  # ok
                await websocket.accept()
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
            from fastapi import Depends, FastAPI, HTTPException, status
            from fastapi.security import OAuth2PasswordBearer

            app = FastAPI()
            oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")

            def get_user_id(token: str = Depends(oauth2_scheme)):
                try:
                    claims = jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
                except jwt.PyJWTError:
                    raise HTTPException(status_code=status.HTTP_401_UNAUTHORIZED, detail='Invalid')  # finding: auth-missing-www-authenticate
                if "sub" not in claims:
                    raise HTTPException(
                        status_code=401,
                        detail="Invalid",
                    )
                return claims["sub"]
            "#,
            r#"
            import os

            import jwt
            from fastapi import Depends, FastAPI, HTTPException, status
            from fastapi.security import OAuth2PasswordBearer

            app = FastAPI()
            oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")

            def get_user_id(token: str = Depends(oauth2_scheme)):
                try:
                    claims = jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
                except jwt.PyJWTError:
                    raise HTTPException(status_code=status.HTTP_401_UNAUTHORIZED, detail='Invalid', headers={"WWW-Authenticate": "Bearer"})
                if "sub" not in claims:
                    raise HTTPException(
                        status_code=401,
                        detail="Invalid",
                        headers={"WWW-Authenticate": "Bearer"},
                    )
                return claims["sub"]
            "#,
        );
    }
}
