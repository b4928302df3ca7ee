//! Flags decodes that do not ask whom a token is for, or who issued it.

use facts::Facts;
use facts::audiences::{UncheckedAudience, UncheckedKind};
use report::{Confidence, OwaspApi, Phase, Severity};

use crate::fix::Fix;
use crate::fixes::calls::import_module;
use crate::fixes::style::string_literal;
use crate::fixes::tokens;
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// Tokens of an identity provider, told by its key set, that are
    /// verified without their audience: `verify_aud` is off or no `audience` is given, and nothing compares the
    /// claims by hand. A suggestion where only the issuer's check is turned off, where a public key alone says that
    /// others issue the tokens, and where `verify_aud` or `verify_iss` is off though the project's own tokens carry
    /// the claims.
    ///
    /// One service with one shared secret needs neither.
    ///
    /// ```python,finding
    /// import jwt
    ///
    /// keys = jwt.PyJWKClient("https://id.example.com/.well-known/jwks.json")
    ///
    ///
    /// def read(token: str) -> dict:
    ///     key = keys.get_signing_key_from_jwt(token).key
    ///     return jwt.decode(token, key, algorithms=["RS256"], options={"verify_aud": False})
    /// ```
    ///
    /// ## Why it matters
    ///
    /// An identity provider signs tokens for all its clients with the same keys. The signature says that the
    /// provider issued the token, and only `aud` says that it did so for this service.
    ///
    /// ## How it is exploited
    ///
    /// The attacker registers an application of their own with the provider, or runs any other service that users
    /// log in to, and plays their tokens against this API:
    ///
    /// ```text
    /// payload: {"iss": "https://id.example.com", "aud": "a-harmless-game", "sub": "alice"}
    /// GET /accounts → 200, as alice
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```python,fixed
    /// import os
    ///
    /// import jwt
    ///
    /// keys = jwt.PyJWKClient("https://id.example.com/.well-known/jwks.json")
    ///
    ///
    /// def read(token: str) -> dict:
    ///     key = keys.get_signing_key_from_jwt(token).key
    ///     return jwt.decode(
    ///         token, key, algorithms=["RS256"], audience=os.environ["JWT_AUDIENCE"]
    ///     )
    /// ```
    ///
    /// ```python,ok
    /// import jwt
    ///
    /// keys = jwt.PyJWKClient("https://id.example.com/.well-known/jwks.json")
    ///
    ///
    /// def read(token: str) -> dict:
    ///     key = keys.get_signing_key_from_jwt(token).key
    ///     return jwt.decode(token, key, algorithms=["RS256"], audience="orders-api", issuer="https://id.example.com")
    /// ```
    ///
    /// ## References
    ///
    /// - RFC 8725, JSON Web Token Best Current Practices, sections 3.8 and 3.9: <https://www.rfc-editor.org/rfc/rfc8725#section-3.8>
    /// - CWE-345, insufficient verification of data authenticity: <https://cwe.mitre.org/data/definitions/345.html>
    /// - PyJWT, audience claim: <https://pyjwt.readthedocs.io/en/stable/usage.html#audience-claim-aud>
    pub(super) static RULE: Rule = Rule {
        name: "jwt-audience-issuer-not-verified",
        summary: "A token that was issued for another service passes",
        severity: Severity::Warning,
        phase: Phase::AuthenticationInfrastructure,
        cwe: 345,
        owasp: OwaspApi::BrokenAuthentication,
        checklist_item: Some(2),
        fixable: true,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for unchecked in facts.unchecked_audiences() {
        let decode = unchecked.decode;
        let callee = facts.snippet(decode.call.callee);
        let (severity, message) = match unchecked.kind {
            UncheckedKind::ForeignAudience => {
                let how = match unchecked.off {
                    Some(_) => "`verify_aud` is off",
                    None => "no `audience` is given",
                };
                let message = format!("`{callee}` takes tokens that were issued for other services: {how}");
                let severity = match unchecked.is_certain {
                    true => Severity::Warning,
                    false => Severity::Suggestion,
                };
                (severity, message)
            }
            UncheckedKind::ForeignIssuer => (
                Severity::Suggestion,
                format!("`{callee}` does not ask who issued the token: `verify_iss` is off"),
            ),
            UncheckedKind::OwnAudience => (
                Severity::Suggestion,
                format!("`{callee}` passes over the `aud` that the project's tokens carry"),
            ),
            UncheckedKind::OwnIssuer => (
                Severity::Suggestion,
                format!("`{callee}` passes over the `iss` that the project's tokens carry"),
            ),
        };
        let fix = fix(facts, &unchecked);
        let finding = context.report(decode.call.callee, message);
        finding
            .severity(severity)
            .fix(fix)
            .confidence(match unchecked.is_certain {
                true => Confidence::High,
                false => Confidence::Medium,
            });
        if let Some(off) = unchecked.off {
            finding.related(off, "the check is turned off here");
        }
        if let Some(issued) = unchecked.issued {
            finding.related(issued, "the claim is issued here");
        }
    }
}

fn fix(facts: &Facts<'_>, unchecked: &UncheckedAudience<'_>) -> Option<Fix> {
    let decode = unchecked.decode;
    let is_known = unchecked.kind == UncheckedKind::ForeignAudience
        && matches!(decode.library.name, "PyJWT" | "python-jose")
        && tokens::is_plain(&decode.call);
    if !is_known {
        return None;
    }
    let file = decode.call.span.file;
    let os = import_module(facts, file, "os", decode.call.span.range.start());
    let read = |variable: &str| {
        let variable = string_literal(facts.text(file), variable);
        format!("{}.environ[{variable}]", os.name)
    };
    let arguments = [("audience", read("JWT_AUDIENCE"))];
    let options: &[&str] = match unchecked.off {
        Some(_) => &["verify_aud"],
        None => &[],
    };
    let edits = tokens::check_again(facts, decode, options, &arguments)?;
    Some(
        Fix::needs_value("Ask for this service's audience")
            .with(edits)
            .with(os.import),
    )
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, check_fix};

    #[test]
    fn key_sets() {
        check(
            r#"
            import jwt
            from jwt import PyJWKClient
            keys = PyJWKClient("https://id.example.com/.well-known/jwks.json")
            def off(token):
                key = keys.get_signing_key_from_jwt(token)
                return jwt.decode(token, key.key, algorithms=["RS256"], options={"verify_aud": False})  # finding: jwt-audience-issuer-not-verified (warning, high, needs-value)
                #      ^^^^^^^^^^ jwt-audience-issuer-not-verified
            def none(token):
                key = keys.get_signing_key_from_jwt(token)
                return jwt.decode(token, key.key, algorithms=["RS256"])  # finding: jwt-audience-issuer-not-verified (warning, high, fix)
            def no_issuer(token):
                key = keys.get_signing_key_from_jwt(token)
                return jwt.decode(token, key.key, algorithms=["RS256"], audience="api")  # ok
            def issuer_off(token):
                key = keys.get_signing_key_from_jwt(token)
                return jwt.decode(token, key.key, algorithms=["RS256"], audience="api", options={"verify_iss": False})  # finding: jwt-audience-issuer-not-verified (suggestion)
            def both(token):
                key = keys.get_signing_key_from_jwt(token)
                return jwt.decode(token, key.key, algorithms=["RS256"], audience="api", issuer="https://id.example.com")  # ok
            "#,
        );
    }

    #[test]
    fn by_hand() {
        check(
            r#"
            import jwt
            from fastapi import HTTPException
            from jwt import PyJWKClient
            keys = PyJWKClient("https://id.example.com/.well-known/jwks.json")
            def by_hand(token):
                key = keys.get_signing_key_from_jwt(token)
                claims = jwt.decode(token, key.key, algorithms=["RS256"], options={"verify_aud": False}, issuer="https://id.example.com")  # ok
                if claims.get("client_id") != "my-client":
                    raise HTTPException(401)
                return claims
            def not_at_all(token):
                key = keys.get_signing_key_from_jwt(token)
                claims = jwt.decode(token, key.key, algorithms=["RS256"], options={"verify_aud": False}, issuer="https://id.example.com")  # finding: jwt-audience-issuer-not-verified (warning)
                if claims.get("scope") != "read":
                    raise HTTPException(401)
                return claims
            "#,
        );
    }

    #[test]
    fn python_jose_and_public_keys() {
        check(
            r#"
            import os
            import httpx
            from jose import jwt
            PUBLIC_KEY = os.environ["CLERK_PUBLIC_KEY"]
            def read(token):
                return jwt.decode(token, PUBLIC_KEY, algorithms=["RS256"], options={"verify_aud": False})  # finding: jwt-audience-issuer-not-verified (warning, high, fix)
            def none(token):
                return jwt.decode(token, PUBLIC_KEY, algorithms=["RS256"])  # ok
            def from_set(token):
                jwks = httpx.get("https://id.example.com/jwks.json").json()
                return jwt.decode(token, jwks, algorithms=["RS256"])  # finding: jwt-audience-issuer-not-verified (warning)
            def well(token):
                return jwt.decode(token, PUBLIC_KEY, algorithms=["RS256"], audience="api", issuer="clerk")  # ok
            "#,
        );
    }

    #[test]
    fn public_keys_alone() {
        check(
            r#"
            import os
            import jwt
            PUBLIC_KEY = os.environ["CLERK_PUBLIC_KEY"]
            def off(token):
                return jwt.decode(token, PUBLIC_KEY, algorithms=["RS256"], options={"verify_aud": False})  # finding: jwt-audience-issuer-not-verified (suggestion, medium)
            def none(token):
                return jwt.decode(token, PUBLIC_KEY, algorithms=["RS256"])  # ok
            "#,
        );
    }

    #[test]
    fn authlib() {
        check(
            r#"
            #- a.py
            from authlib.jose import JsonWebToken
            from app.keys import key_set
            tokens = JsonWebToken(["RS256"])
            def read(token):
                claims = tokens.decode(token, key_set)  # finding: jwt-audience-issuer-not-verified
                claims.validate()
                return claims
            #- b.py
            from authlib.jose import JsonWebToken
            from app.keys import key_set
            tokens = JsonWebToken(["RS256"])
            def read(token):
                claims = tokens.decode(token, key_set, claims_options={"aud": {"essential": True, "value": "api"}})  # ok
                claims.validate()
                return claims
            "#,
        );
    }

    #[test]
    fn one_service_with_one_secret() {
        check(
            r#"
            #- a.py
            import os
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def read(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"])  # ok
            def off(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_aud": False})  # ok
            "#,
        );
        check(
            r#"
            import os
            import jwt
            PRIVATE_KEY = os.environ["JWT_PRIVATE_KEY"]
            PUBLIC_KEY = os.environ["JWT_PUBLIC_KEY"]
            def issue(user, exp):
                return jwt.encode({"sub": user, "exp": exp}, PRIVATE_KEY, algorithm="RS256")
            def read(token):
                return jwt.decode(token, PUBLIC_KEY, algorithms=["RS256"])  # ok
            "#,
        );
    }

    #[test]
    fn own_tokens_with_an_audience() {
        check(
            r#"
            import os
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def issue(user, exp):
                return jwt.encode({"sub": user, "exp": exp, "aud": "api", "iss": "auth"}, SECRET, algorithm="HS256")
            def read(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_aud": False})  # finding: jwt-audience-issuer-not-verified (suggestion)
            def well(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"], audience="api")  # ok
            "#,
        );
    }

    #[test]
    fn fixes() {
        check_fix(
            &RULE,
            r#"
            import os
            from jose import jwt
            from app.keys import jwks
            def read(token):
                return jwt.decode(token, jwks, algorithms=["RS256"], issuer="clerk")  # finding: jwt-audience-issuer-not-verified (needs-value)
            "#,
            r#"
            import os
            from jose import jwt
            from app.keys import jwks
            def read(token):
                return jwt.decode(token, jwks, algorithms=["RS256"], issuer="clerk", audience=os.environ["JWT_AUDIENCE"])
            "#,
        );
    }
}
