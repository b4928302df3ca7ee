//! Flags keys that the token itself leads to.

use facts::libraries::key_sinks::SinkKind;
use report::{OwaspApi, Phase, Severity};

use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// A key that is found by what an unverified token says: the path of a file, the text of a query or command, or
    /// an address made from `kid`, `jku`, `x5u` or an unverified `iss`, and a key that the header itself brings
    /// (`jwk`, `x5c`).
    ///
    /// A look-up in a dictionary or key set, a bound parameter of a query, and a value that was compared with a list
    /// or a pattern before are right.
    ///
    /// ```python,finding
    /// import jwt
    ///
    ///
    /// def read(token: str) -> dict:
    ///     kid = jwt.get_unverified_header(token)["kid"]
    ///     with open(f"keys/{kid}.pem") as file:
    ///         return jwt.decode(token, file.read(), algorithms=["RS256"])
    /// ```
    ///
    /// ## Why it matters
    ///
    /// The header is read before anything is verified: whoever sends the token writes it. If it says where the key
    /// is, the sender brings a key of their own, and the signature proves nothing.
    ///
    /// ## How it is exploited
    ///
    /// ```text
    /// {"alg": "RS256", "jku": "https://attacker.example/jwks.json"}     the attacker's key set is fetched
    /// {"alg": "HS256", "kid": "../../../dev/null"}                      the key is empty
    /// {"alg": "HS256", "kid": "x' UNION SELECT 'k"}                     the key is `k`
    /// ```
    ///
    /// ## Use instead
    ///
    /// Keys that are known before the token comes:
    ///
    /// ```python,ok
    /// import jwt
    /// from app.keys import KEYS
    ///
    ///
    /// def read(token: str) -> dict:
    ///     kid = jwt.get_unverified_header(token)["kid"]
    ///     return jwt.decode(token, KEYS[kid], algorithms=["RS256"])
    /// ```
    ///
    /// ## References
    ///
    /// - RFC 8725, JSON Web Token Best Current Practices, sections 2.9 and 3.10: <https://www.rfc-editor.org/rfc/rfc8725#section-3.10>
    /// - CVE-2018-0114, a key in the header is trusted: <https://nvd.nist.gov/vuln/detail/CVE-2018-0114>
    /// - CWE-347, improper verification of cryptographic signature: <https://cwe.mitre.org/data/definitions/347.html>
    pub(super) static RULE: Rule = Rule {
        name: "jwt-untrusted-key-source",
        summary: "The token says by which key it is verified",
        severity: Severity::Critical,
        phase: Phase::AuthenticationInfrastructure,
        cwe: 347,
        owasp: OwaspApi::BrokenAuthentication,
        checklist_item: Some(2),
        fixable: false,
        supersedes: &["sql-injection"],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    for source in context.facts().untrusted_key_sources() {
        let member = &source.member;
        let callee = &source.callee;
        let message = match source.kind {
            SinkKind::File => format!("`{callee}` reads a key from a path that the token's `{member}` says"),
            SinkKind::Query => {
                format!("`{callee}` looks for a key with SQL that the token's `{member}` is pasted into")
            }
            SinkKind::Address => format!("`{callee}` fetches a key from an address that the token's `{member}` says"),
            SinkKind::Command => format!("`{callee}` runs a command that the token's `{member}` is pasted into"),
            SinkKind::Key => format!("`{callee}` takes the key that the token brings along as `{member}`"),
        };
        let finding = context.report(source.span, message);
        if source.read != source.span {
            finding.related(source.read, "read from the unverified token here");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn files() {
        check(
            r#"
            import os
            from pathlib import Path
            import jwt
            def text(token):
                header = jwt.get_unverified_header(token)
                with open("keys/" + header["kid"] + ".pem") as file:  # finding: jwt-untrusted-key-source (critical, high)
                    #     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ jwt-untrusted-key-source
                    return jwt.decode(token, file.read(), algorithms=["RS256"])
            def joined(token):
                kid = jwt.get_unverified_header(token).get("kid")
                key = Path(os.path.join("keys", kid)).read_text()  # finding: jwt-untrusted-key-source
                return jwt.decode(token, key, algorithms=["RS256"])
            def slash(token):
                kid = jwt.get_unverified_header(token)["kid"]
                key = open(Path("keys") / kid).read()  # finding: jwt-untrusted-key-source
                return jwt.decode(token, key, algorithms=["RS256"])
            def fixed(token):
                kid = jwt.get_unverified_header(token)["kid"]
                with open("keys/current.pem") as file:  # ok
                    return kid, jwt.decode(token, file.read(), algorithms=["RS256"])
            "#,
        );
    }

    #[test]
    fn addresses() {
        check(
            r#"
            import httpx
            import jwt
            import requests
            from jose import jwt as jose_jwt
            from jwt import PyJWKClient
            def by_jku(token):
                header = jwt.get_unverified_header(token)
                keys = requests.get(header["jku"]).json()  # finding: jwt-untrusted-key-source
                return jose_jwt.decode(token, keys, algorithms=["RS256"], audience="api", issuer="x")
            def by_client(token):
                header = jwt.get_unverified_header(token)
                client = PyJWKClient(header["jku"])  # finding: jwt-untrusted-key-source
                key = client.get_signing_key_from_jwt(token).key
                return jwt.decode(token, key, algorithms=["RS256"], audience="api", issuer="x")
            async def by_issuer(token):
                issuer = jose_jwt.get_unverified_claims(token)["iss"]
                async with httpx.AsyncClient() as client:
                    keys = (await client.get(f"{issuer}/.well-known/jwks.json")).json()  # finding: jwt-untrusted-key-source
                return jose_jwt.decode(token, keys, algorithms=["RS256"], audience="api")
            def from_list(token):
                header = jwt.get_unverified_header(token)
                if header["jku"] not in ("https://id.example.com/jwks.json",):
                    raise ValueError("unknown key set")
                keys = requests.get(header["jku"]).json()  # ok
                return jose_jwt.decode(token, keys, algorithms=["RS256"], audience="api", issuer="x")
            "#,
        );
    }

    #[test]
    fn queries() {
        check(
            r#"
            import jwt
            from sqlalchemy import select, text
            from app.db import Key, db
            def pasted(token):
                kid = jwt.get_unverified_header(token)["kid"]
                key = db.execute(text(f"SELECT key FROM keys WHERE kid = '{kid}'")).scalar()  # finding: jwt-untrusted-key-source (critical)
                return jwt.decode(token, key, algorithms=["HS256"])
            def named(token, cursor):
                kid = jwt.get_unverified_header(token)["kid"]
                query = "SELECT key FROM keys WHERE kid = '" + kid + "'"
                cursor.execute(query)  # finding: jwt-untrusted-key-source (critical)
                return jwt.decode(token, cursor.fetchone()[0], algorithms=["HS256"])
            def bound(token):
                kid = jwt.get_unverified_header(token)["kid"]
                key = db.execute(text("SELECT key FROM keys WHERE kid = :kid"), {"kid": kid}).scalar()  # ok
                return jwt.decode(token, key, algorithms=["HS256"])
            def by_model(token):
                kid = jwt.get_unverified_header(token)["kid"]
                key = db.scalar(select(Key.value).where(Key.kid == kid))  # ok
                return jwt.decode(token, key, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn keys_in_the_header() {
        check(
            r#"
            import jwt
            from jose import jwk, jwt as jose_jwt
            from jwt import PyJWK
            from jwt.algorithms import RSAAlgorithm
            def embedded(token):
                header = jwt.get_unverified_header(token)
                return jose_jwt.decode(token, header["jwk"], algorithms=["RS256"], audience="api")  # finding: jwt-untrusted-key-source
            def made(token):
                header = jwt.get_unverified_header(token)
                key = RSAAlgorithm.from_jwk(header["jwk"])  # finding: jwt-untrusted-key-source
                return jwt.decode(token, key, algorithms=["RS256"])
            def typed(token):
                key = PyJWK(jwt.get_unverified_header(token)["jwk"])  # finding: jwt-untrusted-key-source
                return jwt.decode(token, key, algorithms=["RS256"])
            "#,
        );
    }

    #[test]
    fn look_ups_and_checks() {
        check(
            r#"
            import re
            import jwt
            from fastapi import HTTPException
            from jwt import PyJWKClient
            from app.keys import KEYS, key_store
            client = PyJWKClient("https://id.example.com/jwks.json")
            def by_dictionary(token):
                return jwt.decode(token, KEYS[jwt.get_unverified_header(token)["kid"]], algorithms=["RS256"])  # ok
            def by_get(token):
                key = KEYS.get(jwt.get_unverified_header(token).get("kid"))  # ok
                if key is None:
                    raise HTTPException(401)
                return jwt.decode(token, key, algorithms=["RS256"])
            def by_client(token):
                return jwt.decode(token, client.get_signing_key(jwt.get_unverified_header(token)["kid"]).key, algorithms=["RS256"], audience="api", issuer="x")  # ok
            def by_loop(token, jwks):
                kid = jwt.get_unverified_header(token)["kid"]
                key = next(key for key in jwks["keys"] if key["kid"] == kid)  # ok
                return jwt.decode(token, key, algorithms=["RS256"])
            def by_pattern(token):
                kid = jwt.get_unverified_header(token)["kid"]
                if not re.fullmatch(r"[a-z0-9]{8}", kid):
                    raise HTTPException(401)
                with open(f"keys/{kid}.pem") as file:  # ok
                    return jwt.decode(token, file.read(), algorithms=["RS256"])
            def by_list(token):
                kid = jwt.get_unverified_header(token)["kid"]
                if kid not in KEYS:
                    raise HTTPException(401)
                with open(f"keys/{kid}.pem") as file:  # ok
                    return jwt.decode(token, file.read(), algorithms=["RS256"])
            def told(token):
                kid = jwt.get_unverified_header(token)["kid"]
                print(f"key {kid}")  # ok
                return jwt.decode(token, key_store.current(), algorithms=["RS256"])
            "#,
        );
    }

    #[test]
    fn issuer_of_a_token_that_was_only_decoded() {
        check(
            r#"
            import httpx
            import jwt
            from jwt import PyJWKClient
            ISSUERS = {"https://a.example.com", "https://b.example.com"}
            def client_of_the_issuer(token):
                issuer = jwt.decode(token, options={"verify_signature": False})["iss"]
                keys = PyJWKClient(f"{issuer}/.well-known/jwks.json")  # finding: jwt-untrusted-key-source (critical)
                #                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ jwt-untrusted-key-source
                return jwt.decode(token, keys.get_signing_key_from_jwt(token).key, algorithms=["RS256"], audience="api", issuer=issuer)
            def keys_of_the_issuer(token):
                claims = jwt.decode(token, options={"verify_signature": False})
                found = httpx.get(claims["iss"] + "/.well-known/jwks.json").json()  # finding: jwt-untrusted-key-source (critical)
                return jwt.decode(token, jwt.PyJWK(found["keys"][0]), algorithms=["RS256"], audience="api", issuer=claims["iss"])
            def client_of_a_known_issuer(token):
                issuer = jwt.decode(token, options={"verify_signature": False})["iss"]
                if issuer not in ISSUERS:
                    raise ValueError("unknown issuer")
                keys = PyJWKClient(f"{issuer}/.well-known/jwks.json")  # ok
                return jwt.decode(token, keys.get_signing_key_from_jwt(token).key, algorithms=["RS256"], audience="api", issuer=issuer)
            "#,
        );
    }
}
