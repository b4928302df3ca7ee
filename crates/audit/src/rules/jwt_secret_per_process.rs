//! Flags keys for tokens that each process makes for itself.

use facts::secrets::{Circumstance, Evidence, SecretKind};
use report::{Confidence, OwaspApi, Phase, Severity};

use crate::fixes::environment;
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// A key for JSON Web Tokens that the program makes when it starts: `secrets.token_hex()`, `os.urandom(32)`, a
    /// UUID or a new key pair as a constant, as the default of an environment variable or of a settings field.
    ///
    /// A key that is written where the next process reads it, one that is only made under an environment of
    /// development or tests, and one behind a check that stops production without the variable are right. One that
    /// is short or can be predicted is `jwt-weak-secret`.
    ///
    /// ```python,finding
    /// import secrets
    ///
    /// import jwt
    ///
    /// SECRET_KEY = secrets.token_hex(32)
    ///
    ///
    /// def read(token: str) -> dict:
    ///     return jwt.decode(token, SECRET_KEY, algorithms=["HS256"])
    /// ```
    ///
    /// ## Why it matters
    ///
    /// Every restart and deployment logs everybody out. Two workers (`uvicorn --workers 2`, two containers) refuse
    /// each other's tokens: requests fail at random. The usual way out, a default that stays the same, is worse.
    ///
    /// ## How it is exploited
    ///
    /// Whoever can make the service restart ends all sessions:
    ///
    /// ```text
    /// GET /users/me → 200, after the restart → 401 for every user
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```python,fixed
    /// import os
    /// import secrets
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
    /// Without the variable, production does not start; for development a key of the moment does:
    ///
    /// ```python,ok
    /// import os
    /// import secrets
    ///
    /// import jwt
    ///
    /// SECRET_KEY = os.environ.get("BETTER_AUTH_SECRET")
    /// if not SECRET_KEY:
    ///     if os.environ["ENVIRONMENT"] == "production":
    ///         raise RuntimeError("BETTER_AUTH_SECRET is not set")
    ///     SECRET_KEY = secrets.token_hex(32)
    ///
    ///
    /// def read(token: str) -> dict:
    ///     return jwt.decode(token, SECRET_KEY, algorithms=["HS256"])
    /// ```
    ///
    /// ## References
    ///
    /// - CWE-665, improper initialization: <https://cwe.mitre.org/data/definitions/665.html>
    /// - The Twelve-Factor App, config and disposability: <https://12factor.net/config>
    pub(super) static RULE: Rule = Rule {
        name: "jwt-secret-per-process",
        summary: "Each process makes a key for tokens of its own",
        severity: Severity::Warning,
        phase: Phase::AuthenticationInfrastructure,
        cwe: 665,
        owasp: OwaspApi::BrokenAuthentication,
        checklist_item: Some(10),
        fixable: true,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for secret in facts
        .secrets
        .iter()
        .filter(|secret| secret.circumstance == Circumstance::Always)
    {
        let SecretKind::Generated {
            function,
            variable,
            read,
            ..
        } = &secret.kind
        else {
            continue;
        };
        let subject = match &secret.name {
            Some(name) => format!("`{name}`"),
            None => "The key for tokens".to_owned(),
        };
        let when = match (variable, read) {
            (Some(variable), _) => format!(" where `{variable}` is not set"),
            (None, Some(_)) => " where it is not set".to_owned(),
            (None, None) => String::new(),
        };
        let fix = environment::take_out(facts, secret, &context.options().secret_name);
        let message = format!("{subject} is made anew by `{function}` in each process{when}");
        let finding = context.report(secret.origin, message);
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

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, check_fix};

    #[test]
    fn constants() {
        check(
            r#"
            import os
            import secrets
            import uuid
            from secrets import token_urlsafe
            import jwt
            from cryptography.fernet import Fernet

            A = secrets.token_hex(32)  # finding: jwt-secret-per-process (warning, high, changes-behaviour)
            #   ^^^^^^^^^^^^^^^^^^^^^ jwt-secret-per-process
            B = token_urlsafe()  # finding: jwt-secret-per-process (warning, high, fix)
            C = os.urandom(32)  # finding: jwt-secret-per-process (warning, high, fix)
            D = uuid.uuid4().hex  # finding: jwt-secret-per-process (warning, high, fix)
            E = str(uuid.uuid4())  # finding: jwt-secret-per-process (warning, high, fix)
            F = Fernet.generate_key().decode()  # finding: jwt-secret-per-process (warning, high, fix)
            G = os.environ["BETTER_AUTH_SECRET"]  # ok
            CSRF = secrets.token_hex(32)  # ok

            def read(token):
                for key in (A, B, C, D, E, F, G):
                    jwt.decode(token, key, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn defaults() {
        check(
            r#"
            #- app/config.py
            import secrets
            from pydantic import Field
            from pydantic_settings import BaseSettings

            class Settings(BaseSettings):
                SECRET_KEY: str = secrets.token_urlsafe(32)  # finding: jwt-secret-per-process (warning, high, fix)
                REFRESH_KEY: str = Field(default_factory=lambda: secrets.token_urlsafe(32))  # finding: jwt-secret-per-process (warning, high, fix)
                RESET_KEY: str = Field(default_factory=secrets.token_hex)  # finding: jwt-secret-per-process (warning, high, fix)
                SESSION_ID: str = secrets.token_urlsafe(32)  # ok

            settings = Settings()
            #- app/auth.py
            import os
            import secrets
            from jose import jwt
            from app.config import settings

            OTHER = os.getenv("JWT_SECRET", secrets.token_hex(32))  # finding: jwt-secret-per-process (warning, high, fix)
            THIRD = os.environ.get("JWT_SECRET") or secrets.token_hex(32)  # finding: jwt-secret-per-process (warning, high, fix)

            def read(token):
                for key in (settings.SECRET_KEY, settings.REFRESH_KEY, settings.RESET_KEY, OTHER, THIRD):
                    jwt.decode(token, key, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn key_pairs() {
        check(
            r#"
            from cryptography.hazmat.primitives import serialization
            from cryptography.hazmat.primitives.asymmetric import rsa
            from joserfc import jwt
            from joserfc.jwk import OctKey
            import jwt as pyjwt

            private_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)  # finding: jwt-secret-per-process
            key = OctKey.generate_key(256)  # finding: jwt-secret-per-process

            def issue(user, expires):
                return pyjwt.encode({"sub": user, "exp": expires}, private_key, algorithm="RS256")

            def issue_with_secret(user, expires):
                return jwt.encode({"alg": "HS256"}, {"sub": user, "exp": expires}, key)
            "#,
        );
    }

    #[test]
    fn kept_for_the_next_process() {
        check(
            r#"
            #- file.py
            import secrets
            from pathlib import Path
            import jwt
            FILE = Path("secret.key")
            def load():
                if FILE.exists():
                    return FILE.read_text()
                made = secrets.token_hex(32)  # ok
                FILE.write_text(made)
                return made
            SECRET = load()
            def read(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"])
            #- dotenv_file.py
            import os
            import secrets
            import jwt
            SECRET = os.environ.get("BETTER_AUTH_SECRET", "")
            if not SECRET:
                SECRET = secrets.token_hex(32)  # ok
                with open(".env", "a") as file:
                    file.write(f"BETTER_AUTH_SECRET={SECRET}\n")
            def read(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"])
            #- not_kept.py
            import secrets
            import jwt
            def load():
                made = secrets.token_hex(32)  # finding: jwt-secret-per-process
                print("no secret, made one")
                return made
            SECRET = load()
            def read(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn made_where_nobody_depends_on_it() {
        check(
            r#"
            #- a.py
            import os
            import secrets
            import jwt
            ENVIRONMENT = os.environ.get("ENVIRONMENT", "production")
            SECRET = os.environ.get("BETTER_AUTH_SECRET")
            if not SECRET:
                if ENVIRONMENT == "production":
                    raise RuntimeError("BETTER_AUTH_SECRET is not set")
                SECRET = secrets.token_hex(32)  # ok
            def read(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"])
            #- b.py
            import os
            import secrets
            import jwt
            if os.environ["ENVIRONMENT"] == "development":
                SECRET = secrets.token_hex(32)  # ok
            else:
                SECRET = os.environ["BETTER_AUTH_SECRET"]
            def read(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"])
            #- c.py
            import os
            import secrets
            import jwt
            if os.environ["ENVIRONMENT"] == "production":
                SECRET = os.environ["BETTER_AUTH_SECRET"]
            else:
                SECRET = secrets.token_hex(32)  # ok
            def read(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"])
            #- tests/conftest.py
            import secrets
            import jwt
            KEY = secrets.token_hex(32)  # ok
            def token():
                return jwt.encode({"sub": "1"}, KEY, algorithm="HS256")
            "#,
        );
    }

    #[test]
    fn fixes() {
        check_fix(
            &RULE,
            r#"
            import os
            import secrets
            import jwt
            SECRET = os.getenv("BETTER_AUTH_SECRET", secrets.token_hex(32))  # finding: jwt-secret-per-process (changes-behaviour)
            def read(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"])
            "#,
            r#"
            import os
            import secrets
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def read(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"])
            "#,
        );
    }
}
