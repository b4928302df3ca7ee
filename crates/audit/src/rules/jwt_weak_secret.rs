//! Flags keys for HMAC that are short, or random values that can be predicted.

use facts::secrets::{Circumstance, Evidence, LiteralForm, Secret, SecretKind};
use report::{Confidence, OwaspApi, Phase, Severity};

use crate::fixes::environment;
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// A key for JSON Web Tokens that can be found by trying: one that the process makes with the module `random` or
    /// a UUID of the time, which can be computed from other output, or one shorter than 32 bytes, which is what
    /// `HS256` asks for.
    ///
    /// A short key that is written in the code is told with `jwt-hardcoded-secret` or `jwt-secret-fallback`, as a
    /// related place. Keys of `secrets`, `os.urandom` and `random.SystemRandom` with 32 bytes or more are right
    /// here.
    ///
    /// ```python,finding
    /// import random
    /// import string
    ///
    /// import jwt
    ///
    /// SECRET_KEY = "".join(random.choices(string.ascii_letters, k=40))
    ///
    ///
    /// def read(token: str) -> dict:
    ///     return jwt.decode(token, SECRET_KEY, algorithms=["HS256"])
    /// ```
    ///
    /// ## Why it matters
    ///
    /// Whoever has one token can try keys without asking the server, thousands of millions in a second. RFC 7518
    /// asks for a key as long as the hash: 32 bytes for `HS256`. The generator behind `random` has 624 words of
    /// state; seeded by the time at start-up, it has far fewer beginnings than keys.
    ///
    /// ## How it is exploited
    ///
    /// ```text
    /// $ hashcat -m 16500 token.txt wordlist.txt
    /// eyJhbGciOiJIUzI1NiIs…:s3cret
    /// ```
    ///
    /// ## Use instead
    ///
    /// A key made once by `openssl rand -hex 32`, kept in the environment:
    ///
    /// ```python,fixed
    /// import os
    /// import random
    /// import string
    ///
    /// import jwt
    ///
    /// SECRET_KEY = os.environ["BETTER_AUTH_SECRET"]
    ///
    ///
    /// def read(token: str) -> dict:
    ///     return jwt.decode(token, SECRET_KEY, algorithms=["HS256"])
    /// ```
    ///
    /// Start-up may refuse a short one:
    ///
    /// ```python,ok
    /// import os
    ///
    /// import jwt
    ///
    /// SECRET_KEY = os.environ["BETTER_AUTH_SECRET"]
    /// if len(SECRET_KEY) < 32:
    ///     raise RuntimeError("BETTER_AUTH_SECRET needs 32 bytes")
    ///
    ///
    /// def read(token: str) -> dict:
    ///     return jwt.decode(token, SECRET_KEY, algorithms=["HS256"])
    /// ```
    ///
    /// ## References
    ///
    /// - CWE-326, inadequate encryption strength: <https://cwe.mitre.org/data/definitions/326.html>
    /// - RFC 7518, section 3.2, keys for HMAC: <https://www.rfc-editor.org/rfc/rfc7518#section-3.2>
    /// - RFC 8725, JSON Web Token Best Current Practices, section 3.5: <https://www.rfc-editor.org/rfc/rfc8725#section-3.5>
    /// - Python, `secrets` in place of `random`: <https://docs.python.org/3/library/secrets.html>
    pub(super) static RULE: Rule = Rule {
        name: "jwt-weak-secret",
        summary: "A key for tokens is short or can be predicted",
        severity: Severity::Warning,
        phase: Phase::AuthenticationInfrastructure,
        cwe: 326,
        owasp: OwaspApi::BrokenAuthentication,
        checklist_item: Some(10),
        fixable: true,
        supersedes: &["jwt-secret-per-process"],
        check,
    };
}

/// What `HS256` asks for.
pub(super) const LEAST_BYTES: u32 = 32;

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for secret in facts
        .secrets
        .iter()
        .filter(|secret| secret.circumstance == Circumstance::Always)
    {
        let Some(what) = weakness(secret) else { continue };
        let subject = match &secret.name {
            Some(name) => format!("`{name}`"),
            None => "The key for tokens".to_owned(),
        };
        let fix = environment::take_out(facts, secret, &context.options().secret_name);
        let finding = context.report(secret.origin, format!("{subject} {what}"));
        finding.fix(fix).confidence(match secret.evidence {
            Evidence::Use => Confidence::High,
            _ => Confidence::Medium,
        });
        finding.traces(secret.steps.iter().cloned());
        for (span, note) in secret.use_notes() {
            finding.related(span, note);
        }
    }
}

fn weakness(secret: &Secret) -> Option<String> {
    let is_short = secret.bytes.filter(|&bytes| bytes < LEAST_BYTES);
    match &secret.kind {
        SecretKind::Generated {
            function,
            is_predictable: true,
            ..
        } => Some(format!("is made by `{function}`, whose output can be predicted")),
        SecretKind::Generated { .. }
        | SecretKind::Written {
            form: LiteralForm::Text,
        }
        | SecretKind::Fallback {
            form: LiteralForm::Text,
            ..
        } => is_short.map(|bytes| format!("has {bytes} bytes, and a key for HS256 needs {LEAST_BYTES}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, check_fix, report};

    #[test]
    fn predictable_generators() {
        check(
            r#"
            import os
            import random
            import secrets
            import string
            import uuid
            from random import choices as pick
            import jwt

            A = "".join(random.choice(string.ascii_letters) for _ in range(64))  # finding: jwt-weak-secret (warning, high, fix)
            #   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ jwt-weak-secret
            B = str(random.randint(100000, 999999))  # finding: jwt-weak-secret (warning, high, fix)
            C = random.randbytes(32)  # finding: jwt-weak-secret (warning, high, fix)
            D = "".join(pick(string.ascii_letters, k=50))  # finding: jwt-weak-secret (warning, high, fix)
            E = uuid.uuid1().hex  # finding: jwt-weak-secret (warning, high, fix)
            F = f"{random.getrandbits(256):x}"  # finding: jwt-weak-secret (warning, high, fix)
            G = os.getenv("BETTER_AUTH_SECRET") or str(random.random())  # finding: jwt-weak-secret (warning, high, no-fix)

            def read(token):
                for key in (A, B, C, D, E, F, G):
                    jwt.decode(token, key, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn good_generators() {
        check(
            r#"
            #- unannounced: jwt-secret-per-process
            import os
            import random
            import secrets
            import string
            import uuid
            import jwt

            A = "".join(secrets.choice(string.ascii_letters) for _ in range(64))  # finding: jwt-secret-per-process
            B = secrets.token_hex(32)  # finding: jwt-secret-per-process
            C = os.urandom(32)  # finding: jwt-secret-per-process
            D = "".join(random.SystemRandom().choices(string.ascii_letters, k=50))  # finding: jwt-secret-per-process
            E = uuid.uuid4().hex  # finding: jwt-secret-per-process
            SESSION_ID = random.randint(1, 9)  # ok
            OTP = "".join(random.choices(string.digits, k=6))  # ok

            def read(token):
                for key in (A, B, C, D, E):
                    jwt.decode(token, key, algorithms=["HS256"])
                print(SESSION_ID, OTP)
            "#,
        );
    }

    #[test]
    fn short_random_keys() {
        check(
            r#"
            import os
            import secrets
            import jwt

            A = secrets.token_hex(8)  # finding: jwt-weak-secret (warning, high, fix)
            B = secrets.token_bytes(16)  # finding: jwt-weak-secret (warning, high, fix)
            C = os.urandom(24)  # finding: jwt-weak-secret (warning, high, fix)
            D = secrets.token_urlsafe(16)  # finding: jwt-weak-secret (warning, high, fix)
            E = os.urandom(16).hex()  # finding: jwt-secret-per-process
            F = secrets.token_urlsafe(24)  # finding: jwt-secret-per-process

            def read(token):
                for key in (A, B, C, D, E, F):
                    jwt.decode(token, key, algorithms=["HS256"])
            "#,
        );
    }

    /// Told once, with the graver mistake.
    #[test]
    fn short_literals() {
        let text = r#"
            import os
            import jwt
            SECRET = "s3cret"  # finding: jwt-hardcoded-secret
            OTHER = os.getenv("BETTER_AUTH_SECRET", "changeme")  # finding: jwt-secret-fallback
            LONG = "0123456789abcdef0123456789abcdef"  # finding: jwt-hardcoded-secret
            def read(token):
                for key in (SECRET, OTHER, LONG):
                    jwt.decode(token, key, algorithms=["HS256"])
            "#;
        check(text);
        let report = report(text);
        let says = |rule: &str| {
            let findings = report.findings.iter();
            findings
                .filter(|finding| finding.related.iter().any(|related| related.message.starts_with(rule)))
                .count()
        };
        assert_eq!(says("jwt-weak-secret"), 2);
    }

    #[test]
    fn guards_and_tests() {
        check(
            r#"
            #- app/config.py
            import os
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            if SECRET in ("secret", "changeme"):  # ok
                raise RuntimeError("BETTER_AUTH_SECRET is a sample")
            if len(SECRET) < 32:
                raise RuntimeError("BETTER_AUTH_SECRET is short")
            #- app/auth.py
            import jwt
            from app.config import SECRET
            def read(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"])
            #- tests/test_auth.py
            import random
            import jwt
            KEY = str(random.random())  # ok
            def test_read():
                jwt.decode("", KEY, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn fixes() {
        check_fix(
            &RULE,
            r#"
            import os
            import random
            import jwt
            SECRET = str(random.randint(0, 10**9))  # finding: jwt-weak-secret (changes-behaviour)
            def read(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"])
            "#,
            r#"
            import os
            import random
            import jwt
            SECRET = str(os.environ["BETTER_AUTH_SECRET"])
            def read(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"])
            "#,
        );
    }
}
