//! Flags requests to the frontend, or its session endpoint, that verify each caller.

use report::{OwaspApi, Phase, Severity};

use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// A request by `httpx`, `requests` or `aiohttp` to an address that says who a session belongs to
    /// (`/api/auth/get-session`, `/auth/session`), or to the frontend's own server (`FRONTEND_URL + "/api/me"`),
    /// where a token could be verified on the spot.
    ///
    /// Right are keys that are fetched from a JWKS address, and what a login exchanges with a provider.
    ///
    /// ```python,finding
    /// import os
    ///
    /// import httpx
    /// from fastapi import HTTPException, Request
    ///
    /// async def get_user(request: Request) -> dict:
    ///     async with httpx.AsyncClient() as client:
    ///         answer = await client.get(f"{os.environ['FRONTEND_URL']}/api/auth/get-session", headers=request.headers)
    ///     if answer.status_code != 200:
    ///         raise HTTPException(status_code=401)
    ///     return answer.json()["user"]
    /// ```
    ///
    /// ## Why it matters
    ///
    /// Every request of every client waits for a second server, and the API is down when that is. Whoever answers
    /// at that address decides who everybody is: a wrong variable, a redirect or a name server is enough. Headers
    /// that are passed on carry cookies and tokens to it.
    ///
    /// ## How it is exploited
    ///
    /// A preview deployment of the frontend is reachable under a name that expired; who registers the name answers
    /// `{"user": {"id": "1", "role": "admin"}}` to every request.
    ///
    /// ## Use instead
    ///
    /// Better Auth's JWT plugin gives the client a token that the API verifies with the shared secret, or with keys
    /// that it fetches once.
    ///
    /// ```python,ok
    /// import jwt
    /// from fastapi import Depends
    /// from fastapi.security import OAuth2PasswordBearer
    ///
    /// keys = jwt.PyJWKClient("https://app.example.com/api/auth/jwks")
    /// bearer = OAuth2PasswordBearer(tokenUrl="token")
    ///
    /// def get_claims(token: str = Depends(bearer)) -> dict:
    ///     key = keys.get_signing_key_from_jwt(token)
    ///     return jwt.decode(token, key.key, algorithms=["EdDSA"], audience="https://api.example.com")
    /// ```
    ///
    /// ## References
    ///
    /// - Better Auth, JWT plugin: <https://www.better-auth.com/docs/plugins/jwt>
    /// - CWE-346: <https://cwe.mitre.org/data/definitions/346.html>
    pub(super) static RULE: Rule = Rule {
        name: "remote-session-verification",
        summary: "Callers are verified by a request to the frontend or its session endpoint",
        severity: Severity::Warning,
        phase: Phase::SecurityConfiguration,
        cwe: 346,
        owasp: OwaspApi::BrokenAuthentication,
        checklist_item: Some(9),
        fixable: false,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for remote in &facts.sessions().remote {
        let message = format!(
            "`{}` asks `{}` who the caller is, at every request",
            remote.function, remote.url
        );
        context.report(remote.span, message);
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
            import aiohttp
            import httpx
            import requests
            from fastapi import Request

            AUTH_URL = os.getenv("BETTER_AUTH_URL", "http://localhost:3000")
            FRONTEND_URL = os.environ["FRONTEND_URL"]
            client = httpx.AsyncClient(timeout=5)

            def a(token: str):
                return requests.get(AUTH_URL + "/api/auth/get-session", headers={"Authorization": token}).json()  # finding: remote-session-verification (warning)

            async def b(request: Request):
                answer = await client.get(f"{AUTH_URL}/api/auth/session", cookies=request.cookies)  # finding: remote-session-verification
                return answer.json()

            async def c(token: str):
                async with httpx.AsyncClient() as session:
                    return await session.post("https://app.example.com/api/auth/get-session")  # finding: remote-session-verification

            async def d(token: str):
                async with aiohttp.ClientSession() as session:
                    async with session.get(f"{FRONTEND_URL}/api/me") as answer:  # finding: remote-session-verification
                        return await answer.json()
            "#,
        );
    }

    #[test]
    fn stays_silent() {
        check(
            r#"
            import os
            import httpx
            import requests

            AUTH_URL = os.environ["BETTER_AUTH_URL"]
            API_URL = os.environ["WEATHER_API"]

            def keys():
                return requests.get(f"{AUTH_URL}/api/auth/jwks").json()

            def weather(city: str):
                return requests.get(f"{API_URL}/weather/{city}").json()

            def me():
                return requests.get(f"{API_URL}/me").json()

            def oauth_callback(code: str):
                return httpx.post("https://github.com/login/oauth/access_token", data={"code": code}).json()

            def profile(cache: dict):
                return cache.get("/api/auth/get-session")
            #- tests/test_a.py
            import requests

            def test_a():
                requests.get("http://localhost:3000/api/auth/get-session")
            "#,
        );
    }

    #[test]
    fn in_other_styles() {
        check(
            r#"
            import os
            import httpx
            import requests
            from fastapi import Depends, FastAPI, Header, HTTPException, Request
            app = FastAPI()
            AUTH = os.environ["BETTER_AUTH_URL"]

            def whoami(request: Request) -> dict:
                answer = requests.request("GET", AUTH + "/api/auth/get-session", cookies=request.cookies)  # finding: remote-session-verification
                if not answer.ok:
                    raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
                return answer.json()["user"]

            def keys() -> dict:
                return httpx.get(f"{AUTH}/api/auth/jwks").json()  # ok

            def discovery() -> dict:
                return httpx.get("https://id.example.com/.well-known/openid-configuration").json()  # ok

            def exchange(code: str) -> dict:
                return httpx.post("https://id.example.com/oauth/token", data={"code": code}).json()  # ok

            def notify(text: str) -> None:
                requests.post("https://hooks.example.com/session", json={"text": text})  # ok

            @app.get("/me")
            def me(user: dict = Depends(whoami)):
                return user["id"]
            "#,
        );
    }
}
