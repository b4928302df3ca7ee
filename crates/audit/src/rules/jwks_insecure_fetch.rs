//! Flags key sets that are fetched over connections that nobody vouches for.

use facts::key_fetches::FetchFlaw;
use report::{Confidence, OwaspApi, Phase, Severity};
use text::{Span, TextRange, TextSize};

use crate::fix::Fix;
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// Keys for tokens that are fetched over `http://`, or with the check of the server's certificate turned off:
    /// `verify=False`, `ssl=False`, a context without verification, a session with `verify = False`. Addresses are
    /// followed through constants, settings and the defaults of environment variables.
    ///
    /// The machine itself (`localhost`, `127.0.0.1`, `host.docker.internal`) is right. A host inside of one network
    /// (`http://keycloak:8080`) is a suggestion.
    ///
    /// ```python,finding
    /// from jwt import PyJWKClient
    ///
    /// keys = PyJWKClient("http://id.example.com/.well-known/jwks.json")
    /// ```
    ///
    /// ## Why it matters
    ///
    /// The key set decides which tokens are real. Whoever can change the answer on its way decides in its place.
    ///
    /// ## How it is exploited
    ///
    /// By somebody in the same network, at a proxy, or with a name server that answers first:
    ///
    /// ```text
    /// GET http://id.example.com/.well-known/jwks.json
    /// {"keys": [{"kty": "RSA", "kid": "current", "n": "<the attacker's>", "e": "AQAB"}]}
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```python,fixed
    /// from jwt import PyJWKClient
    ///
    /// keys = PyJWKClient("https://id.example.com/.well-known/jwks.json")
    /// ```
    ///
    /// A certificate of your own authority is named, not passed over:
    ///
    /// ```python,ok
    /// import httpx
    ///
    /// jwks = httpx.get("https://id.example.com/jwks.json", verify="/etc/ssl/our-authority.pem").json()
    /// ```
    ///
    /// ## References
    ///
    /// - CWE-319, cleartext transmission: <https://cwe.mitre.org/data/definitions/319.html>
    /// - CWE-295, improper certificate validation: <https://cwe.mitre.org/data/definitions/295.html>
    /// - OpenID Connect Discovery, section 7.1, TLS requirements: <https://openid.net/specs/openid-connect-discovery-1_0.html#TLSRequirements>
    pub(super) static RULE: Rule = Rule {
        name: "jwks-insecure-fetch",
        summary: "Keys are fetched over a connection that nobody vouches for",
        severity: Severity::Warning,
        phase: Phase::AuthenticationInfrastructure,
        cwe: 319,
        owasp: OwaspApi::BrokenAuthentication,
        checklist_item: Some(2),
        fixable: true,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for fetch in facts.insecure_fetches() {
        let callee = &fetch.callee;
        let (severity, message) = match &fetch.flaw {
            FetchFlaw::PlainHttp { is_internal: true, .. } => (
                Severity::Suggestion,
                format!("`{callee}` fetches keys over `http://` from inside of a network"),
            ),
            FetchFlaw::PlainHttp { .. } => (Severity::Warning, format!("`{callee}` fetches keys over `http://`")),
            FetchFlaw::Unverified => (
                Severity::Warning,
                format!("`{callee}` fetches keys without checking the server's certificate"),
            ),
        };
        // The literal may hold the address, or a part of it.
        let scheme = facts.snippet(fetch.span).find("http://").filter(|&at| at <= 3);
        let fix = match (&fetch.flaw, scheme) {
            (FetchFlaw::PlainHttp { is_internal: false, .. }, Some(at)) => {
                let start = fetch.span.range.start() + TextSize::new(at as u32);
                let range = TextRange::at(start, TextSize::of("http"));
                let fix = Fix::changes_behaviour("Fetch keys over `https://`");
                Some(fix.edit(Span::new(fetch.span.file, range), "https"))
            }
            _ => None,
        };
        let finding = context.report(fetch.span, message);
        finding.severity(severity).fix(fix).confidence(match severity {
            Severity::Suggestion => Confidence::Low,
            _ => Confidence::High,
        });
        if !(fetch.call.file == fetch.span.file && fetch.call.range.contains_range(fetch.span.range)) {
            finding.related(fetch.call, "fetched here");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, check_fix};

    #[test]
    fn plain_http() {
        check(
            r#"
            import os
            import httpx
            import requests
            from jwt import PyJWKClient
            from urllib.request import urlopen
            ISSUER = os.getenv("ISSUER", "http://id.example.com")  # finding: jwks-insecure-fetch (warning, high, fix)
            #                            ^^^^^^^^^^^^^^^^^^^^^^^ jwks-insecure-fetch
            a = PyJWKClient("http://id.example.com/keys")  # finding: jwks-insecure-fetch (warning, high, changes-behaviour)
            b = requests.get("http://id.example.com/.well-known/jwks.json").json()  # finding: jwks-insecure-fetch
            c = httpx.get(f"{ISSUER}/.well-known/openid-configuration").json()
            def fetch_jwks(host):
                return urlopen(f"http://id.{host}.com/keys").read()  # finding: jwks-insecure-fetch
            d = PyJWKClient("https://id.example.com/keys")  # ok
            e = requests.get("http://weather.example.com/today").json()  # ok
            "#,
        );
    }

    #[test]
    fn this_machine_and_its_network() {
        check(
            r#"
            import os
            from jwt import PyJWKClient
            a = PyJWKClient("http://localhost:3000/api/auth/jwks")  # ok
            b = PyJWKClient(os.getenv("JWKS_URL", "http://127.0.0.1:3000/api/auth/jwks"))  # ok
            c = PyJWKClient("http://host.docker.internal:3000/api/auth/jwks")  # ok
            d = PyJWKClient("http://keycloak:8080/realms/app/protocol/openid-connect/certs")  # finding: jwks-insecure-fetch (suggestion, low, no-fix)
            e = PyJWKClient("http://auth.default.svc.cluster.local/jwks")  # finding: jwks-insecure-fetch (suggestion)
            f = PyJWKClient(os.environ["JWKS_URL"])  # ok
            "#,
        );
    }

    #[test]
    fn certificates_that_are_not_checked() {
        check(
            r#"
            import ssl
            import httpx
            import requests
            from jwt import PyJWKClient
            URL = "https://id.example.com/jwks.json"
            a = requests.get(URL, verify=False).json()  # finding: jwks-insecure-fetch (warning, high)
            #                     ^^^^^^^^^^^^ jwks-insecure-fetch
            b = httpx.Client(verify=False).get(URL).json()  # finding: jwks-insecure-fetch
            c = PyJWKClient(URL, ssl_context=ssl._create_unverified_context())  # finding: jwks-insecure-fetch
            async def jwks():
                async with httpx.AsyncClient(verify=False) as client:  # finding: jwks-insecure-fetch
                    return (await client.get(URL)).json()
            def by_session():
                session = requests.Session()
                session.verify = False
                return session.get(URL).json()  # finding: jwks-insecure-fetch
            d = requests.get(URL).json()  # ok
            e = requests.get(URL, verify="/etc/ssl/ours.pem").json()  # ok
            f = requests.get("https://weather.example.com", verify=False).json()  # ok
            "#,
        );
    }

    #[test]
    fn settings() {
        check(
            r#"
            #- config.py
            from pydantic_settings import BaseSettings
            class Settings(BaseSettings):
                keycloak_url: str = "http://id.example.com"  # finding: jwks-insecure-fetch (warning)
                other_url: str = "http://localhost:8080"  # ok
                required_url: str  # ok
            settings = Settings()
            #- auth.py
            import httpx
            from config import settings
            async def get_jwks():
                async with httpx.AsyncClient() as client:
                    return (await client.get(f"{settings.keycloak_url}/certs")).json()
            async def get_other_jwks():
                async with httpx.AsyncClient() as client:
                    return (await client.get(f"{settings.other_url}/certs")).json()
            async def get_required_jwks():
                async with httpx.AsyncClient() as client:
                    return (await client.get(f"{settings.required_url}/certs")).json()
            #- tests/test_auth.py
            from jwt import PyJWKClient
            keys = PyJWKClient("http://id.example.com/jwks")  # ok
            "#,
        );
    }

    #[test]
    fn fixes() {
        check_fix(
            &RULE,
            r#"
            from jwt import PyJWKClient
            HOST = "id.example.com"
            keys = PyJWKClient(f"http://{HOST}/jwks.json")  # finding: jwks-insecure-fetch (changes-behaviour)
            "#,
            r#"
            from jwt import PyJWKClient
            HOST = "id.example.com"
            keys = PyJWKClient(f"https://{HOST}/jwks.json")
            "#,
        );
    }
}
