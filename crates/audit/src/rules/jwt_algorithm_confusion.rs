//! Flags decodes where a public key can pass for an HMAC secret.

use facts::Facts;
use facts::confusion::{AlgorithmConfusion, ConfusedKey, is_symmetric};
use report::{Confidence, OwaspApi, Phase, Severity};
use text::{Span, TextRange};

use crate::fix::{Fix, Replacement};
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// Algorithms with a shared secret (`HS256`, `HS384`, `HS512`) allowed together with algorithms with a key pair
    /// (`RS…`, `PS…`, `ES…`, `EdDSA`) under one key, and algorithms with a shared secret under a public key: written
    /// at the call, in a constant, a setting or the constructor of Authlib's `JsonWebToken`.
    ///
    /// Critical where the key is public: a PEM public key or certificate, or one whose name says so. A warning where
    /// the key is a secret, comes from a key set, whose keys say themselves what they are for, or is not followed.
    /// One family, or a list of its own for each issuer, is right.
    ///
    /// ```python,finding
    /// from pathlib import Path
    ///
    /// from jose import jwt
    ///
    /// PUBLIC_KEY = Path("keys/public.pem").read_text()
    ///
    ///
    /// def read(token: str) -> dict:
    ///     return jwt.decode(token, PUBLIC_KEY, algorithms=["RS256", "HS256"])
    /// ```
    ///
    /// ## Why it matters
    ///
    /// With `RS256` the key that verifies is public. With `HS256` the key that verifies also signs. A list with both
    /// lets the token choose: the public key becomes the secret that everybody knows. Newer libraries refuse some
    /// forms of public keys as a secret; python-jose before 3.4 let OpenSSH and DER keys through (CVE-2024-33663),
    /// PyJWT before 2.4 too (CVE-2022-29217), Authlib before 1.3.1 (CVE-2024-37568).
    ///
    /// ## How it is exploited
    ///
    /// The attacker takes the public key, often served by the API itself, and signs as with a password:
    ///
    /// ```text
    /// header:    {"alg": "HS256", "typ": "JWT"}
    /// payload:   {"sub": "1", "role": "admin"}
    /// signature: HMAC-SHA256(header.payload, <bytes of public.pem>)
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```python,fixed
    /// from pathlib import Path
    ///
    /// from jose import jwt
    ///
    /// PUBLIC_KEY = Path("keys/public.pem").read_text()
    ///
    ///
    /// def read(token: str) -> dict:
    ///     return jwt.decode(token, PUBLIC_KEY, algorithms=["RS256"])
    /// ```
    ///
    /// Where tokens of two kinds come, each has its key and its list:
    ///
    /// ```python,ok
    /// import os
    ///
    /// import jwt
    ///
    /// ISSUERS = {
    ///     "own": (os.environ["BETTER_AUTH_SECRET"], ["HS256"]),
    ///     "partner": (os.environ["PARTNER_PUBLIC_KEY"], ["RS256"]),
    /// }
    ///
    ///
    /// def read(token: str, issuer: str) -> dict:
    ///     key, algorithms = ISSUERS[issuer]
    ///     return jwt.decode(token, key, algorithms=algorithms)
    /// ```
    ///
    /// ## References
    ///
    /// - RFC 8725, JSON Web Token Best Current Practices, sections 2.1 and 3.1: <https://www.rfc-editor.org/rfc/rfc8725#section-2.1>
    /// - CVE-2022-29217, PyJWT: <https://github.com/jpadilla/pyjwt/security/advisories/GHSA-ffqj-6fqr-9h24>
    /// - CVE-2024-33663, python-jose: <https://nvd.nist.gov/vuln/detail/CVE-2024-33663>
    pub(super) static RULE: Rule = Rule {
        name: "jwt-algorithm-confusion",
        summary: "A public key can pass for the secret that signs tokens",
        severity: Severity::Critical,
        phase: Phase::AuthenticationInfrastructure,
        cwe: 347,
        owasp: OwaspApi::BrokenAuthentication,
        checklist_item: Some(2),
        fixable: true,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for confusion in facts.confusions() {
        let decode = confusion.decode;
        let callee = facts.snippet(decode.call.callee);
        let symmetric = &confusion.symmetric.name;
        let both = match confusion.asymmetric {
            Some(asymmetric) => format!("`{callee}` accepts `{symmetric}` beside `{}`", asymmetric.name),
            None => format!("`{callee}` accepts `{symmetric}`"),
        };
        let (severity, message) = match confusion.key {
            ConfusedKey::Public(_) | ConfusedKey::NamedPublic(_) => (
                Severity::Critical,
                format!("{both} with a public key: whoever has that key can sign tokens"),
            ),
            ConfusedKey::Typed => (
                Severity::Warning,
                format!("{both}, and keys of a key set have one family each"),
            ),
            ConfusedKey::Secret => (
                Severity::Warning,
                format!("{both} under one secret, which only `{symmetric}` can use"),
            ),
            ConfusedKey::Unknown => (Severity::Warning, format!("{both} under one key")),
        };
        let confidence = match confusion.key {
            ConfusedKey::NamedPublic(_) if confusion.asymmetric.is_none() => Confidence::Medium,
            ConfusedKey::Unknown => Confidence::Medium,
            _ if confusion.is_partly_known || decode.algorithms.unknown => Confidence::Medium,
            _ => Confidence::High,
        };
        let span = decode.algorithms_span.unwrap_or(decode.call.callee);
        let fix = fix(facts, &confusion);
        let finding = context.report(span, message);
        finding.severity(severity).confidence(confidence).fix(fix);
        if let ConfusedKey::Public(key) | ConfusedKey::NamedPublic(key) = confusion.key {
            finding.related(key, "the public key");
        }
        for name in [Some(confusion.symmetric), confusion.asymmetric].into_iter().flatten() {
            if !contains(span, name.span) {
                finding.related(name.span, format!("`{}` is allowed here", name.name));
            }
        }
        finding.traces(confusion.steps.iter().cloned());
    }
}

fn contains(outer: Span, inner: Span) -> bool {
    outer.file == inner.file && outer.range.contains_range(inner.range)
}

/// Leaves the family that the key is for: that of the key pair, where the key is public.
fn fix(facts: &Facts<'_>, confusion: &AlgorithmConfusion<'_>) -> Option<Fix> {
    let keeps_symmetric = match confusion.key {
        ConfusedKey::Public(_) | ConfusedKey::NamedPublic(_) | ConfusedKey::Typed => false,
        ConfusedKey::Secret => true,
        ConfusedKey::Unknown => return None,
    };
    let file = confusion.symmetric.span.file;
    let asymmetric = confusion.asymmetric?;
    if asymmetric.span.file != file {
        return None;
    }
    let items = facts.list_around(confusion.symmetric.span)?;
    let text = facts.text(file);
    // Every item has to be a literal, so that what goes is known.
    let named: Option<Vec<(TextRange, &str)>> = items
        .iter()
        .map(|&range| Some((range, text[range].strip_prefix(['"', '\''])?.strip_suffix(['"', '\''])?)))
        .collect();
    let kept: Vec<String> = named?
        .into_iter()
        .filter(|(_, name)| is_symmetric(name) == keeps_symmetric)
        .map(|(range, _)| text[range].to_owned())
        .collect();
    let (first, last) = (items.first()?, items.last()?);
    let names = kept.join(", ");
    if kept.is_empty() {
        return None;
    }
    let title = format!("Allow {} only", names.replace(['"', '\''], "`"));
    let span = Span::new(file, first.cover(*last));
    Some(Fix::changes_behaviour(title).with([Replacement { span, text: names }]))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, check_fix};

    #[test]
    fn public_keys() {
        check(
            r#"
            #- inline.py
            import jwt
            PUBLIC_KEY = """-----BEGIN PUBLIC KEY-----
            MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
            -----END PUBLIC KEY-----"""
            def read(token):
                return jwt.decode(token, PUBLIC_KEY, algorithms=["RS256", "HS256"])  # finding: jwt-algorithm-confusion (critical, high, changes-behaviour)
                #                                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ jwt-algorithm-confusion
            def one_family(token):
                return jwt.decode(token, PUBLIC_KEY, algorithms=["RS256", "RS512"])  # ok
            def secret_only(token):
                return jwt.decode(token, PUBLIC_KEY, algorithms=["HS256"])  # finding: jwt-algorithm-confusion (critical, high, no-fix)
            #- from_file.py
            from jose import jwt
            with open("keys/public.pem") as file:
                KEY = file.read()
            with open("keys/hmac.key") as file:
                SECRET = file.read()
            def read(token):
                return jwt.decode(token, KEY, ["HS256", "RS256"])  # finding: jwt-algorithm-confusion (critical, high, fix)
            def hmac(token):
                return jwt.decode(token, SECRET, ["HS256", "HS384"])  # ok
            #- environment.py
            import os
            import jwt
            def read(token):
                return jwt.decode(token, os.environ["JWT_PUBLIC_KEY"], algorithms=["ES256", "HS256"])  # finding: jwt-algorithm-confusion (critical, high, fix)
            "#,
        );
    }

    #[test]
    fn authlib_and_joserfc() {
        check(
            r#"
            #- a.py
            from authlib.jose import JsonWebToken
            PUBLIC_KEY = open("public.pem").read()
            tokens = JsonWebToken(["RS256", "HS256"])  # finding: jwt-algorithm-confusion (critical, high, fix)
            right = JsonWebToken(["RS256"])
            def read(token):
                claims = tokens.decode(token, PUBLIC_KEY)
                claims.validate()
                return claims
            def well(token):
                claims = right.decode(token, PUBLIC_KEY)  # ok
                claims.validate()
                return claims
            #- b.py
            import os
            from joserfc import jwt
            from joserfc.jwk import OctKey
            key = OctKey.import_key(os.environ["BETTER_AUTH_SECRET"])
            def read(token):
                claims = jwt.decode(token, key, algorithms=["HS256", "ES256"])  # finding: jwt-algorithm-confusion (warning)
                jwt.JWTClaimsRegistry().validate(claims.claims)
                return claims
            "#,
        );
    }

    #[test]
    fn settings_and_constants() {
        check(
            r#"
            #- app/config.py
            from pydantic_settings import BaseSettings
            class Settings(BaseSettings):
                public_key: str
                algorithms: list[str] = ["RS256", "HS256"]
                algorithm: str = "RS256"
            settings = Settings()
            #- app/auth.py
            import jwt
            from app.config import settings
            SUPPORTED = ("RS256", "HS512")
            def read(token):
                return jwt.decode(token, settings.public_key, algorithms=settings.algorithms)  # finding: jwt-algorithm-confusion (critical, medium)
            def constant(token):
                return jwt.decode(token, key=settings.public_key, algorithms=SUPPORTED)  # finding: jwt-algorithm-confusion (critical, high)
            def well(token):
                return jwt.decode(token, settings.public_key, algorithms=[settings.algorithm])  # ok
            "#,
        );
    }

    #[test]
    fn secrets_and_key_sets() {
        check(
            r#"
            import os
            import jwt
            from jwt import PyJWKClient
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            keys = PyJWKClient("https://id.example.com/jwks.json")
            def read(token):
                return jwt.decode(token, SECRET, algorithms=["HS256", "RS256"])  # finding: jwt-algorithm-confusion (warning, high, fix)
            def well(token):
                return jwt.decode(token, SECRET, algorithms=["HS256", "HS512"])  # ok
            def from_set(token):
                key = keys.get_signing_key_from_jwt(token)
                return jwt.decode(token, key.key, algorithms=["RS256", "HS256"], audience="api")  # finding: jwt-algorithm-confusion (warning)
            def from_set_well(token):
                key = keys.get_signing_key_from_jwt(token)
                return jwt.decode(token, key.key, algorithms=["RS256", "ES256"], audience="api")  # ok
            "#,
        );
    }

    /// One list for each key.
    #[test]
    fn families_that_do_not_meet() {
        check(
            r#"
            import os
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            PUBLIC_KEY = os.environ["JWT_PUBLIC_KEY"]
            ALGORITHM = "RS256" if os.environ.get("JWT_PUBLIC_KEY") else "HS256"
            ISSUERS = {
                "own": {"key": SECRET, "algorithms": ["HS256"]},
                "partner": {"key": PUBLIC_KEY, "algorithms": ["RS256"]},
            }
            def by_issuer(token, issuer):
                known = ISSUERS[issuer]
                return jwt.decode(token, known["key"], algorithms=known["algorithms"])  # ok
            def one_of_two(token, key):
                return jwt.decode(token, key, algorithms=[ALGORITHM])  # ok
            def verify(token, key, algorithms):
                return jwt.decode(token, key, algorithms=algorithms)  # ok
            def own(token):
                return verify(token, SECRET, ["HS256"])
            def partner(token):
                return verify(token, PUBLIC_KEY, ["RS256"])
            def branches(token):
                if os.environ.get("USE_RSA"):
                    return jwt.decode(token, PUBLIC_KEY, algorithms=["RS256"])  # ok
                return jwt.decode(token, SECRET, algorithms=["HS256"])  # ok
            "#,
        );
    }

    /// The key is chosen by the algorithm: each is used as what it is.
    #[test]
    fn keys_of_both_kinds() {
        check(
            r#"
            import os
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            PUBLIC_KEY = os.environ["JWT_PUBLIC_KEY"]
            def read(token):
                header = jwt.get_unverified_header(token)
                key = SECRET if header["alg"] == "HS256" else PUBLIC_KEY
                return jwt.decode(token, key, algorithms=["HS256", "RS256"])  # finding: jwt-algorithm-confusion (warning, medium, no-fix)
            "#,
        );
    }

    /// One of several keys is public, and nothing asks which algorithm it is for.
    #[test]
    fn one_of_several_keys() {
        check(
            r#"
            import os
            import jwt
            from app.keys import partner_key
            PUBLIC_KEY = os.environ["JWT_PUBLIC_KEY"]
            def read(token, partner):
                key = partner_key(partner) if partner else PUBLIC_KEY
                return jwt.decode(token, key, algorithms=["HS256", "RS256"])  # finding: jwt-algorithm-confusion (critical)
            def read_by_algorithm(token):
                header = jwt.get_unverified_header(token)
                key = partner_key() if header["alg"] == "HS256" else PUBLIC_KEY
                return jwt.decode(token, key, algorithms=["HS256", "RS256"])  # finding: jwt-algorithm-confusion (warning)
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
            KEY = os.environ["JWT_PUBLIC_KEY"]
            ALLOWED = ['RS256', 'RS512', 'HS256']
            def read(token):
                return jwt.decode(token, KEY, algorithms=ALLOWED)  # finding: jwt-algorithm-confusion (changes-behaviour)
            "#,
            r#"
            import os
            import jwt
            KEY = os.environ["JWT_PUBLIC_KEY"]
            ALLOWED = ['RS256', 'RS512']
            def read(token):
                return jwt.decode(token, KEY, algorithms=ALLOWED)
            "#,
        );
    }
}
