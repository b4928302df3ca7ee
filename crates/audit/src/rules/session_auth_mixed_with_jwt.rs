//! Flags identities from sessions beside tokens.

use facts::sessions::SessionKind;
use report::{OwaspApi, Phase, Severity};

use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// In a project that verifies tokens: code that takes the caller's identity from a session instead, as
    /// `request.session["user_id"]`, or from a cookie with the id of a session (`session_id`,
    /// `better-auth.session_token`).
    ///
    /// Right are the state of a login with another provider, CSRF tokens, messages and carts in the session, admin
    /// interfaces with a login of their own (`sqladmin`, `starlette-admin`), and a cookie whose token is verified.
    ///
    /// ```python,finding
    /// import os
    ///
    /// import jwt
    /// from fastapi import FastAPI, HTTPException, Request
    ///
    /// app = FastAPI()
    ///
    /// def claims_of(token: str) -> dict:
    ///     return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
    ///
    /// def get_user_id(request: Request) -> str:
    ///     user_id = request.session.get("user_id")
    ///     if user_id is None:
    ///         raise HTTPException(status_code=401)
    ///     return user_id
    /// ```
    ///
    /// ## Why it matters
    ///
    /// Two ways to say who somebody is have two sets of rules: a token expires, a session may not; logging out ends
    /// one of them; a cookie is sent along by other sites' forms, a token in `Authorization` is not. Checks that
    /// are made for one way are missing on the other.
    ///
    /// ## How it is exploited
    ///
    /// Somebody whose tokens were revoked goes on with the session cookie. A form on `https://evil.example` posts to
    /// a route that accepts the cookie, and the browser adds it.
    ///
    /// ## Use instead
    ///
    /// One dependency that verifies the token, for every route.
    ///
    /// ```python,ok
    /// import os
    ///
    /// import jwt
    /// from fastapi import Depends, FastAPI, HTTPException
    /// from fastapi.security import OAuth2PasswordBearer
    ///
    /// bearer = OAuth2PasswordBearer(tokenUrl="token")
    ///
    /// def get_user_id(token: str = Depends(bearer)) -> str:
    ///     try:
    ///         return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])["sub"]
    ///     except (jwt.PyJWTError, KeyError):
    ///         raise HTTPException(status_code=401, headers={"WWW-Authenticate": "Bearer"})
    /// ```
    ///
    /// ## References
    ///
    /// - OWASP API2:2023, Broken Authentication: <https://owasp.org/API-Security/editions/2023/en/0xa2-broken-authentication/>
    /// - OWASP Cross-Site Request Forgery Prevention Cheat Sheet: <https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html>
    /// - CWE-287: <https://cwe.mitre.org/data/definitions/287.html>
    pub(super) static RULE: Rule = Rule {
        name: "session-auth-mixed-with-jwt",
        summary: "The caller's identity comes from a session in a project that verifies tokens",
        severity: Severity::Warning,
        phase: Phase::SecurityConfiguration,
        cwe: 287,
        owasp: OwaspApi::BrokenAuthentication,
        checklist_item: Some(9),
        fixable: false,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for identity in &facts.sessions().identities {
        let key = &identity.key;
        let message = match identity.kind {
            SessionKind::Session => {
                format!("`{key}` of the session says who the caller is, beside the tokens of this project")
            }
            SessionKind::Cookie => {
                format!("The cookie `{key}` says who the caller is, beside the tokens of this project")
            }
        };
        context
            .report(identity.span, message)
            .related(identity.token, "a token is decoded here");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn flags() {
        check(
            r#"
            import os
            import jwt
            from fastapi import Cookie, Depends, FastAPI, HTTPException, Request

            app = FastAPI()

            def claims_of(token: str) -> dict:
                return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])

            def a(request: Request):
                user = request.session.get("user")  # finding: session-auth-mixed-with-jwt (warning)
                #      ^^^^^^^^^^^^^^^^^^^^^^^^^^^ session-auth-mixed-with-jwt
                if not user:
                    raise HTTPException(401)
                return user

            def b(request: Request):
                return load(request.session["user_id"])  # finding: session-auth-mixed-with-jwt

            def c(request: Request):
                session = request.cookies.get("session_id")  # finding: session-auth-mixed-with-jwt
                return SESSIONS[session]

            def several(request: Request):
                session = request.cookies.get("session_token")  # finding: session-auth-mixed-with-jwt
                if not session:
                    session = request.cookies.get("better-auth.session_token")  # ok
                return SESSIONS[session]

            def d(session_token: str = Cookie(None)):  # finding: session-auth-mixed-with-jwt
                return SESSIONS[session_token]

            def e(session: str = Cookie(None, alias="better-auth.session_token")):  # finding: session-auth-mixed-with-jwt
                return SESSIONS[session]
            "#,
        );
    }

    #[test]
    fn stays_silent() {
        check(
            r#"
            import os
            import jwt
            from fastapi import Cookie, Depends, FastAPI, HTTPException, Request
            from sqladmin.authentication import AuthenticationBackend

            app = FastAPI()

            def claims_of(token: str) -> dict:
                return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])

            class Admin(AuthenticationBackend):
                async def authenticate(self, request: Request) -> bool:
                    return request.session.get("user") is not None

            @app.get("/callback")
            def callback(request: Request):
                if request.session.get("oauth_state") != request.query_params["state"]:
                    raise HTTPException(400)
                return request.session.pop("next", "/")

            @app.post("/login")
            def login(request: Request):
                request.session["user_id"] = 1

            @app.post("/logout")
            def logout(request: Request):
                del request.session["user_id"]

            def a(request: Request):
                return request.session.get("cart"), request.session["csrf_token"]

            def b(request: Request):
                return claims_of(request.cookies.get("session_token"))

            def c(session_token: str = Cookie(None)):
                return claims_of(session_token)

            def d(db):
                return db.session.get("user")
            "#,
        );
    }

    /// Two applications side by side, one with tokens, one with sessions.
    #[test]
    fn another_application() {
        check(
            r#"
            #- one/main.py
            import os
            import jwt
            from fastapi import FastAPI

            app = FastAPI()

            def claims_of(token: str) -> dict:
                return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
            #- two/main.py
            from fastapi import FastAPI, Request

            app = FastAPI()

            def a(request: Request):
                return request.session["user_id"]
            #- three/main.py
            from fastapi import FastAPI, Request
            from three.tokens import claims_of

            app = FastAPI()

            def a(request: Request):
                return request.session["user_id"]  # finding: session-auth-mixed-with-jwt
            #- three/tokens.py
            import os
            import jwt

            def claims_of(token: str) -> dict:
                return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
            "#,
        );
    }

    /// No tokens: nothing is mixed.
    #[test]
    fn sessions_alone() {
        check(
            r#"
            from fastapi import FastAPI, HTTPException, Request

            app = FastAPI()

            def a(request: Request):
                return request.session["user_id"]
            "#,
        );
    }

    #[test]
    fn in_other_styles() {
        check(
            r#"
            import os
            import jwt
            from fastapi import Depends, FastAPI, HTTPException, Request
            from fastapi.security import OAuth2PasswordBearer
            app = FastAPI()
            oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")

            def by_token(token: str = Depends(oauth2_scheme)) -> str:
                try:
                    return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"], options={"require": ["sub"]})["sub"]
                except jwt.PyJWTError:
                    raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})

            def by_session(request: Request) -> str:
                user_id = request.session["user_id"]  # finding: session-auth-mixed-with-jwt
                return user_id

            def remembered(request: Request) -> dict:
                return {
                    "state": request.session.get("oauth_state"),  # ok
                    "messages": request.session.pop("flash", []),  # ok
                    "csrf": request.session.get("csrf_token"),  # ok
                    "cart": request.session.get("cart", []),  # ok
                }

            @app.get("/a")
            def a(user: str = Depends(by_token)):
                return user

            @app.get("/b")
            def b(user: str = Depends(by_session)):
                return user
            "#,
        );
    }
}
