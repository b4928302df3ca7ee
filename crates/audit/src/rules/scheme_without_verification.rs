//! Flags security schemes and headers whose credential nothing verifies.

use facts::Facts;
use facts::raw_credentials::{CredentialFate, RawCredential};
use report::{Confidence, OwaspApi, Phase, Severity};

use crate::fix::Fix;
use crate::fixes::logins::{self, Open};
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// A route whose only authentication is a security scheme (`OAuth2PasswordBearer`, `HTTPBearer`, an API key) or a
    /// dependency that reads the `Authorization` header, while nothing in the chain verifies the value: it is not
    /// used, only tested for presence, or taken for the user's name as it came. Each such guard is reported once, with
    /// the handlers behind it.
    ///
    /// Silent where the value is passed to something that may verify it: a decode, a look-up, a comparison, a call
    /// that cannot be followed.
    ///
    /// ```python,finding
    /// from fastapi import Depends, FastAPI
    /// from fastapi.security import OAuth2PasswordBearer
    ///
    /// app = FastAPI()
    /// oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")
    ///
    /// @app.get("/items")
    /// def items(token: str = Depends(oauth2_scheme)):
    ///     return load_items()
    /// ```
    ///
    /// ## Why it matters
    ///
    /// FastAPI's schemes parse the header and describe it in the OpenAPI document. `OAuth2PasswordBearer` and
    /// `HTTPBearer` accept every text behind `Bearer`.
    ///
    /// ## How it is exploited
    ///
    /// `curl -H "Authorization: Bearer x" https://api.example.com/items` is answered like a request of a user.
    ///
    /// ## Use instead
    ///
    /// A dependency that decodes the token, and `Depends` on it in the routes.
    ///
    /// ```python,fixed
    /// import os
    /// from typing import Optional
    ///
    /// import jwt
    /// from fastapi import Depends, FastAPI, HTTPException
    /// from fastapi.security import (
    ///     OAuth2PasswordBearer,
    ///     HTTPAuthorizationCredentials,
    ///     HTTPBearer,
    /// )
    ///
    /// BETTER_AUTH_SECRET = os.environ["BETTER_AUTH_SECRET"]
    /// if not BETTER_AUTH_SECRET:
    ///     raise RuntimeError("BETTER_AUTH_SECRET is empty")
    ///
    /// bearer_scheme = HTTPBearer(auto_error=False)
    ///
    ///
    /// def get_current_user(
    ///     credentials: Optional[HTTPAuthorizationCredentials] = Depends(bearer_scheme),
    /// ) -> str:
    ///     unauthorized = HTTPException(
    ///         status_code=401, headers={"WWW-Authenticate": "Bearer"}
    ///     )
    ///     if credentials is None:
    ///         raise unauthorized
    ///     try:
    ///         claims = jwt.decode(
    ///             credentials.credentials,
    ///             BETTER_AUTH_SECRET,
    ///             algorithms=["HS256"],
    ///             options={"require": ["exp", "sub"]},
    ///         )
    ///     except jwt.PyJWTError:
    ///         raise unauthorized from None
    ///     return claims["sub"]
    ///
    ///
    /// app = FastAPI()
    /// oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")
    ///
    /// @app.get("/items", dependencies=[Depends(get_current_user)])
    /// def items(token: str = Depends(oauth2_scheme)):
    ///     return load_items()
    /// ```
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
    /// def get_current_user(token: str = Depends(oauth2_scheme)) -> str:
    ///     try:
    ///         claims = jwt.decode(
    ///             token,
    ///             os.environ["BETTER_AUTH_SECRET"],
    ///             algorithms=["HS256"],
    ///             options={"require": ["exp", "sub"]},
    ///         )
    ///     except jwt.PyJWTError:
    ///         raise HTTPException(
    ///             status_code=401,
    ///             detail="Could not validate credentials",
    ///             headers={"WWW-Authenticate": "Bearer"},
    ///         )
    ///     return claims["sub"]
    ///
    /// @app.get("/items")
    /// def items(user_id: str = Depends(get_current_user)):
    ///     return load_items(user_id)
    /// ```
    ///
    /// ## References
    ///
    /// - FastAPI, security, first steps: <https://fastapi.tiangolo.com/tutorial/security/first-steps/>
    /// - OWASP API2:2023: <https://owasp.org/API-Security/editions/2023/en/0xa2-broken-authentication/>
    /// - CWE-287: <https://cwe.mitre.org/data/definitions/287.html>
    pub(super) static RULE: Rule = Rule {
        name: "scheme-without-verification",
        summary: "A security scheme is the only guard and nothing verifies its credential",
        severity: Severity::Critical,
        phase: Phase::AuthenticationInfrastructure,
        cwe: 287,
        owasp: OwaspApi::BrokenAuthentication,
        checklist_item: Some(2),
        fixable: true,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for found in facts.raw_credentials() {
        let guard = &found.guard;
        let message = match (found.is_function, found.fate) {
            (true, CredentialFate::Unused) => format!("`{guard}` reads a credential and never verifies it"),
            (true, CredentialFate::Present) => {
                format!("`{guard}` only checks that a credential is there, not that it is valid")
            }
            (true, _) => format!("`{guard}` takes the credential for an identity without verifying it"),
            (false, _) => {
                let handler = found.handlers.first().map_or("the handler", String::as_str);
                format!("Nothing verifies the token of `{handler}`: the scheme accepts every text")
            }
        };
        let confidence = match found.fate {
            CredentialFate::Taken => Confidence::Medium,
            _ => Confidence::High,
        };
        let fix = fix(facts, &found, &context.options().secret_name);
        let advice = logins::advice(facts).filter(|_| fix.is_none());
        let finding = context.report(found.span, message);
        finding.confidence(confidence).fix(fix);
        if let Some((at, advice)) = advice {
            finding.related(at, advice);
        }
        if let Some(scheme) = found.scheme {
            finding.related(scheme, "the credential is asked for here");
        }
    }
}

/// Lets the routes ask for what verifies the credential, too.
fn fix(facts: &Facts<'_>, found: &RawCredential, secret_name: &str) -> Option<Fix> {
    let (registrations, application) = found.registrations.as_ref()?;
    let open = Open {
        registrations,
        application: *application,
        secret_name,
    };
    (!found.is_function && found.is_bearer)
        .then(|| logins::ask(facts, &open))
        .flatten()
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn schemes_alone() {
        check(
            r#"
            import os
            from typing import Annotated

            import jwt
            from fastapi import APIRouter, Depends, FastAPI, Security
            from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer, OAuth2PasswordBearer

            app = FastAPI()
            oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")
            bearer = HTTPBearer()
            key = APIKeyHeader(name="X-API-Key")
            router = APIRouter(prefix="/r", dependencies=[Depends(bearer)])  # finding: scheme-without-verification

            @app.get("/a")
            def a(token: str = Depends(oauth2_scheme)):  # finding: scheme-without-verification (critical, high)
            #     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ scheme-without-verification
                return load()

            @app.get("/b")
            def b(token: Annotated[str, Depends(oauth2_scheme)]):  # finding: scheme-without-verification
                return {"token": token}

            @app.get("/c")
            def c(creds: HTTPAuthorizationCredentials = Security(bearer)):  # finding: scheme-without-verification
                if not creds.credentials:
                    return None
                return load()

            @app.get("/d")
            def d(creds: HTTPAuthorizationCredentials = Depends(bearer)):
                return load(jwt.decode(creds.credentials, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])["sub"])  # finding: auth-failure-not-401, jwt-subject-not-checked

            @app.get("/e")
            def e(api_key: str = Depends(key)):
                return load(find_client(api_key))

            @router.get("/f")
            def f():
                return load()

            app.include_router(router)
            "#,
        );
    }

    #[test]
    fn functions_that_look_like_guards() {
        check(
            r#"
            import logging

            import httpx
            from fastapi import Depends, FastAPI, Header, HTTPException, Request
            from fastapi.security import HTTPBearer, OAuth2PasswordBearer
            from pydantic import BaseModel

            app = FastAPI()
            logger = logging.getLogger(__name__)
            oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")

            class User(BaseModel):
                name: str

            def decode_token(token):
                return User(name=token + "decoded")

            def get_current_user(token: str = Depends(oauth2_scheme)):
                user = decode_token(token)
                return user  # finding: scheme-without-verification (critical, medium)

            def require_auth(request: Request):
                header = request.headers.get("Authorization")
                if not header or not header.startswith("Bearer "):
                    raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
                return True  # finding: scheme-without-verification (critical, high)

            def require_key(authorization: str = Header(None)):
                if authorization is None:  # finding: scheme-without-verification (critical, high)
                    raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})

            class Required:
                def __init__(self, token=Depends(HTTPBearer(auto_error=False))):
                    if not token:  # finding: scheme-without-verification
                        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})

            def log_agent(request: Request):
                logger.info(request.headers.get("User-Agent"))

            def looked_up(token: str = Depends(oauth2_scheme)):
                session = sessions.find_one({"token": token})
                if session is None:
                    raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
                return session

            async def asked(creds=Depends(HTTPBearer())):
                async with httpx.AsyncClient() as client:
                    response = await client.get("https://id.example.com/user", headers={"Authorization": f"Bearer {creds.credentials}"})
                if response.status_code != 200:
                    raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
                return response.json()

            @app.get("/asked")
            def by_asking(user=Depends(asked)):
                return load(user)

            @app.get("/a")
            def a(user: User = Depends(get_current_user)):
                return load(user)

            @app.get("/b", dependencies=[Depends(require_auth)])
            def b():
                return load()

            @app.get("/c", dependencies=[Depends(require_key), Depends(log_agent)])
            def c():
                return load()

            @app.get("/d", dependencies=[Depends(Required)])
            def d():
                return load()

            @app.get("/e")
            def e(session=Depends(looked_up)):
                return load(session)
            "#,
        );
    }

    #[test]
    fn users_by_name_and_sessions_by_token() {
        check(
            r#"
            from fastapi import Depends, FastAPI, HTTPException
            from fastapi.security import OAuth2PasswordBearer

            app = FastAPI()
            oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")
            users_db = {"alice": {"username": "alice", "hashed_password": "x"}}
            sessions = {}

            def get_user(db, username: str):
                if username in db:
                    return db[username]

            def by_name(token: str = Depends(oauth2_scheme)):
                user = get_user(users_db, token)
                if not user:
                    raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
                return user  # finding: scheme-without-verification

            def by_session(token: str = Depends(oauth2_scheme)):
                user = sessions.get(token)
                if not user:
                    raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
                return user

            @app.get("/a")
            def a(user=Depends(by_name)):
                return load(user)

            @app.get("/b")
            def b(user=Depends(by_session)):
                return load(user)
            "#,
        );
    }

    #[test]
    fn schemes_of_the_project() {
        check(
            r#"
            import os

            import jwt
            from fastapi import Depends, FastAPI, HTTPException, Request
            from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

            app = FastAPI()

            class Lax(HTTPBearer):
                async def __call__(self, request: Request):
                    credentials: HTTPAuthorizationCredentials = await super().__call__(request)
                    if not credentials or credentials.scheme != "Bearer":
                        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
                    # if not self.verify(credentials.credentials):
                    #     raise HTTPException(401)
                    return credentials.credentials  # finding: scheme-without-verification

            class Strict(HTTPBearer):
                async def __call__(self, request: Request):
                    credentials: HTTPAuthorizationCredentials = await super().__call__(request)
                    if not self.verify(credentials.credentials):
                        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
                    return credentials.credentials

                def verify(self, token: str) -> bool:
                    try:
                        jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
                    except jwt.PyJWTError:
                        return False
                    return True

            @app.get("/a", dependencies=[Depends(Lax())])
            def a():
                return load()

            @app.get("/b", dependencies=[Depends(Strict())])
            def b():
                return load()
            "#,
        );
    }

    /// Starlette's `AuthenticationMiddleware`: a backend that raises is a guard, one that takes a bad token for
    /// nobody is none.
    #[test]
    fn backends() {
        let project = |refusal: &str, announced: &str| {
            let text = r#"
            import os

            import jwt
            from fastapi import Depends, FastAPI, Request
            from fastapi.security import HTTPBearer
            from starlette.authentication import AuthCredentials, AuthenticationBackend, AuthenticationError, SimpleUser
            from starlette.middleware.authentication import AuthenticationMiddleware

            app = FastAPI()

            class Backend(AuthenticationBackend):
                async def authenticate(self, conn):
                    header = conn.headers.get("Authorization")
                    if not header:
                        return None
                    try:
                        claims = jwt.decode(header[7:], os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
                    except jwt.PyJWTError:
                        REFUSAL
                    return AuthCredentials(["authenticated"]), SimpleUser(claims["sub"])

            app.add_middleware(AuthenticationMiddleware, backend=Backend())

            @app.get("/a", dependencies=[Depends(HTTPBearer())])  ANNOUNCED
            def a(request: Request):
                return load()
            "#;
            text.replace("REFUSAL", refusal).replace("ANNOUNCED", announced)
        };
        check(&project("raise AuthenticationError(\"Invalid token\")", "# ok"));
        check(&project("return None", "# finding: scheme-without-verification"));
    }

    /// The token is verified further down, or by a middleware.
    #[test]
    fn verified_elsewhere() {
        check(
            r#"
            import os

            import jwt
            from fastapi import Depends, FastAPI, HTTPException, Request
            from fastapi.responses import JSONResponse
            from fastapi.security import HTTPBearer

            app = FastAPI()
            bearer = HTTPBearer()

            @app.middleware("http")
            async def authenticate(request: Request, call_next):
                try:
                    jwt.decode(request.headers["Authorization"][7:], os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
                except Exception:
                    return JSONResponse({"detail": "Not authenticated"}, 401)
                return await call_next(request)

            @app.get("/a", dependencies=[Depends(bearer)])
            def a():
                return load()
            "#,
        );
    }
}
