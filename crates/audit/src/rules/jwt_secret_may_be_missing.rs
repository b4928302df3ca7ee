//! Flags secrets that are `None` when a variable is not set.

use facts::secrets::SecretKind;
use report::{Confidence, OwaspApi, Phase, Severity};

use crate::fixes::environment;
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// A key for JSON Web Tokens that is read by `os.getenv`, `os.environ.get` or an optional field of a settings
    /// class, and used without a check that it is there.
    ///
    /// `os.environ["…"]`, a required field, `if not SECRET: raise` or `sys.exit` at import or start-up, a helper
    /// that raises, and a check in the function that uses the key are right.
    ///
    /// ```python,finding
    /// import os
    ///
    /// import jwt
    ///
    /// SECRET_KEY = os.getenv("BETTER_AUTH_SECRET")
    ///
    ///
    /// def read(token: str) -> dict:
    ///     return jwt.decode(token, SECRET_KEY, algorithms=["HS256"])
    /// ```
    ///
    /// ## Why it matters
    ///
    /// The application starts without its secret and fails later, in every request: PyJWT (2.15) raises `TypeError`
    /// for `None`, which `except jwt.PyJWTError` does not catch. A variable that is set to nothing is worse with
    /// python-jose (3.5), which signs and verifies with an empty key; code that skips the check when there is no key
    /// lets everybody in.
    ///
    /// ## How it is exploited
    ///
    /// With `BETTER_AUTH_SECRET=` in the environment and python-jose, a token that is signed with the empty key
    /// passes:
    ///
    /// ```text
    /// $ python -c 'from jose import jwt; print(jwt.encode({"sub": "1", "exp": 4102444800}, "", "HS256"))'
    /// $ curl -H "Authorization: Bearer eyJhbGciOiJIUzI1NiIs…" https://api.example.com/users/me
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```python,fixed
    /// import os
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
    /// ```python,ok
    /// import os
    ///
    /// import jwt
    ///
    /// SECRET_KEY = os.getenv("BETTER_AUTH_SECRET")
    /// if not SECRET_KEY:
    ///     raise RuntimeError("BETTER_AUTH_SECRET is not set")
    ///
    ///
    /// def read(token: str) -> dict:
    ///     return jwt.decode(token, SECRET_KEY, algorithms=["HS256"])
    /// ```
    ///
    /// ## References
    ///
    /// - CWE-636, not failing securely: <https://cwe.mitre.org/data/definitions/636.html>
    /// - Python, `os.getenv`: <https://docs.python.org/3/library/os.html#os.getenv>
    /// - RFC 7518, JSON Web Algorithms, section 3.2: <https://www.rfc-editor.org/rfc/rfc7518#section-3.2>
    pub(super) static RULE: Rule = Rule {
        name: "jwt-secret-may-be-missing",
        summary: "The application starts without the secret that signs its tokens",
        severity: Severity::Warning,
        phase: Phase::AuthenticationInfrastructure,
        cwe: 636,
        owasp: OwaspApi::BrokenAuthentication,
        checklist_item: Some(10),
        fixable: true,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for secret in &facts.secrets {
        let SecretKind::Missing { variable } = &secret.kind else {
            continue;
        };
        let fix = environment::take_out(facts, secret, &context.options().secret_name);
        let subject = match (&secret.name, secret.uses.first()) {
            (Some(name), _) => format!("`{name}` is `None`"),
            (None, Some(given)) => format!("The key of `{}` is `None`", given.callee),
            (None, None) => continue,
        };
        let condition = match variable {
            Some(variable) if secret.name.as_deref() != Some(variable) => format!("`{variable}` is not set"),
            _ => "the variable is not set".to_owned(),
        };
        let effect = match secret.uses.iter().find(|given| given.accepts_empty_key) {
            Some(given) => format!("and {} takes an empty one as key", given.library),
            None => "and nothing checks that before it is used".to_owned(),
        };
        let finding = context.report(secret.origin, format!("{subject} when {condition}, {effect}"));
        finding.confidence(Confidence::High).fix(fix);
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
    fn unchecked() {
        check(
            r#"
            import os
            from os import environ as env
            import jwt

            A = os.getenv("BETTER_AUTH_SECRET")  # finding: jwt-secret-may-be-missing (warning, high, changes-behaviour)
            #   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ jwt-secret-may-be-missing
            B = os.environ.get("BETTER_AUTH_SECRET", None)  # finding: jwt-secret-may-be-missing (warning, high, fix)
            C = env.get("BETTER_AUTH_SECRET")  # finding: jwt-secret-may-be-missing (warning, high, fix)
            D = os.getenv("SECRET_A") or os.getenv("SECRET_B")  # finding: jwt-secret-may-be-missing, jwt-secret-may-be-missing

            def read(token):
                jwt.decode(token, A, algorithms=["HS256"])
                jwt.decode(token, B, algorithms=["HS256"])
                jwt.decode(token, C, algorithms=["HS256"])
                return jwt.decode(token, D, algorithms=["HS256"])

            def inline(token):
                return jwt.decode(token, os.getenv("BETTER_AUTH_SECRET"), algorithms=["HS256"])  # finding: jwt-secret-may-be-missing (warning, high, fix)
            "#,
        );
    }

    #[test]
    fn required() {
        check(
            r#"
            import os
            import jwt
            from decouple import config

            A = os.environ["BETTER_AUTH_SECRET"]  # ok
            B = config("BETTER_AUTH_SECRET")  # ok
            C = os.getenv("OLD_SECRET") or os.environ["BETTER_AUTH_SECRET"]  # ok

            def read(token):
                jwt.decode(token, A, algorithms=["HS256"])
                jwt.decode(token, B, algorithms=["HS256"])
                return jwt.decode(token, C, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn checked_at_import() {
        check(
            r#"
            #- a.py
            import os
            import jwt
            SECRET = os.getenv("BETTER_AUTH_SECRET")  # ok
            if not SECRET:
                raise RuntimeError("BETTER_AUTH_SECRET is not set")
            claims = jwt.decode(token, SECRET, algorithms=["HS256"])
            #- b.py
            import os, sys
            import jwt
            SECRET = os.environ.get("BETTER_AUTH_SECRET")  # ok
            if SECRET is None or len(SECRET) < 32:
                print("no secret", file=sys.stderr)
                sys.exit(1)
            claims = jwt.decode(token, SECRET, algorithms=["HS256"])
            #- c.py
            import os
            import jwt
            SECRET = os.getenv("BETTER_AUTH_SECRET")  # ok
            assert SECRET, "BETTER_AUTH_SECRET is not set"
            claims = jwt.decode(token, SECRET, algorithms=["HS256"])
            #- d.py
            import os
            import jwt
            if "BETTER_AUTH_SECRET" not in os.environ:
                raise RuntimeError("BETTER_AUTH_SECRET is not set")
            SECRET = os.environ.get("BETTER_AUTH_SECRET")
            claims = jwt.decode(token, SECRET, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn each_in_its_own_project() {
        check(
            r#"
            import os
            import jwt
            if (SECRET := os.getenv("BETTER_AUTH_SECRET")) is None:
                raise RuntimeError("BETTER_AUTH_SECRET is not set")
            claims = jwt.decode(token, SECRET, algorithms=["HS256"])
            "#,
        );
        check(
            r#"
            import os
            import jwt
            REQUIRED = ["DATABASE_URL", "BETTER_AUTH_SECRET"]
            missing = [name for name in REQUIRED if not os.getenv(name)]
            if missing:
                raise RuntimeError(f"not set: {missing}")
            SECRET = os.getenv("BETTER_AUTH_SECRET")
            claims = jwt.decode(token, SECRET, algorithms=["HS256"])
            "#,
        );
        check(
            r#"
            import os
            import jwt
            for name in ("DATABASE_URL", "BETTER_AUTH_SECRET"):
                if name not in os.environ:
                    raise SystemExit(f"{name} is not set")
            SECRET = os.getenv("BETTER_AUTH_SECRET")
            claims = jwt.decode(token, SECRET, algorithms=["HS256"])
            "#,
        );
        check(
            r#"
            import os, sys
            import jwt
            SECRET = os.getenv("BETTER_AUTH_SECRET") or sys.exit("BETTER_AUTH_SECRET is not set")
            claims = jwt.decode(token, SECRET, algorithms=["HS256"])
            "#,
        );
        check(
            r#"
            import os
            import jwt
            def fail(name):
                raise RuntimeError(f"{name} is not set")
            SECRET = os.getenv("BETTER_AUTH_SECRET") or fail("BETTER_AUTH_SECRET")
            claims = jwt.decode(token, SECRET, algorithms=["HS256"])
            "#,
        );
        check(
            r#"
            #- config.py
            import os
            SECRET = os.getenv("BETTER_AUTH_SECRET")
            #- main.py
            from fastapi import FastAPI
            import config
            app = FastAPI()

            @app.on_event("startup")
            def check_settings():
                if not config.SECRET:
                    raise RuntimeError("BETTER_AUTH_SECRET is not set")
            #- auth.py
            import jwt
            from config import SECRET
            def read(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn checked_among_others() {
        check(
            r#"
            import os
            import jwt
            SECRET = os.getenv("BETTER_AUTH_SECRET")  # ok
            URL = os.getenv("DATABASE_URL")
            for name, value in {"BETTER_AUTH_SECRET": SECRET, "DATABASE_URL": URL}.items():
                if not value:
                    raise RuntimeError(f"{name} is not set")
            claims = jwt.decode(token, SECRET, algorithms=["HS256"])
            "#,
        );
        check(
            r#"
            import os, sys
            import jwt
            SECRET = os.getenv("BETTER_AUTH_SECRET")  # ok
            required = {"BETTER_AUTH_SECRET": SECRET, "DATABASE_URL": os.getenv("DATABASE_URL")}
            missing = [name for name, value in required.items() if not value]
            if missing:
                sys.exit(f"not set: {missing}")
            claims = jwt.decode(token, SECRET, algorithms=["HS256"])
            "#,
        );
        check(
            r#"
            import os
            import jwt
            SECRET = os.getenv("BETTER_AUTH_SECRET")  # ok
            if not all([SECRET, os.getenv("DATABASE_URL")]):
                raise RuntimeError("not configured")
            claims = jwt.decode(token, SECRET, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn checks_of_something_else() {
        check(
            r#"
            import os
            import jwt
            from fastapi import FastAPI, HTTPException
            app = FastAPI()
            SECRET = os.getenv("BETTER_AUTH_SECRET")  # finding: jwt-secret-may-be-missing

            @app.get("/health")
            def health():
                if not SECRET:
                    raise HTTPException(503)

            def read(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"])
            "#,
        );
        check(
            r#"
            import os
            import jwt
            from fastapi import HTTPException
            SECRET = os.getenv("BETTER_AUTH_SECRET")  # finding: jwt-secret-may-be-missing
            URL = os.getenv("DATABASE_URL")
            if not URL:
                raise RuntimeError("DATABASE_URL is not set")

            def read(token):
                if not token:
                    raise HTTPException(401)
                return jwt.decode(token, SECRET, algorithms=["HS256"])
            "#,
        );
        check(
            r#"
            import os
            import jwt
            SECRET = os.getenv("BETTER_AUTH_SECRET")  # finding: jwt-secret-may-be-missing
            if not SECRET:
                print("BETTER_AUTH_SECRET is not set")
            claims = jwt.decode(token, SECRET, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn checked_where_it_is_used() {
        check(
            r#"
            import os
            import jwt
            from fastapi import HTTPException

            SECRET = os.getenv("BETTER_AUTH_SECRET")  # ok

            def read(token):
                if not SECRET:
                    raise HTTPException(500, "not configured")
                return jwt.decode(token, SECRET, algorithms=["HS256"])
            "#,
        );
        check(
            r#"
            import os
            import jwt

            SECRET = os.getenv("BETTER_AUTH_SECRET")  # finding: jwt-secret-may-be-missing

            def create(user_id, expires):
                if not SECRET:
                    raise RuntimeError("not configured")
                return jwt.encode({"sub": user_id, "exp": expires}, SECRET, algorithm="HS256")

            def read(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn helpers() {
        check(
            r#"
            import os
            import jwt

            def required(name: str) -> str:
                value = os.getenv(name)
                if value is None:
                    raise RuntimeError(f"{name} is not set")
                return value

            SECRET = required("BETTER_AUTH_SECRET")  # ok

            def read(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"])
            "#,
        );
        check(
            r#"
            import os
            import jwt

            def get_secret() -> str:
                return os.getenv("BETTER_AUTH_SECRET")  # finding: jwt-secret-may-be-missing (warning, high, fix)

            def read(token):
                return jwt.decode(token, get_secret(), algorithms=["HS256"])
            "#,
        );
        check(
            r#"
            import os
            import jwt

            class TokenService:
                def __init__(self):
                    self.secret = os.getenv("BETTER_AUTH_SECRET")  # ok
                    if not self.secret:
                        raise ValueError("BETTER_AUTH_SECRET is not set")

                def read(self, token):
                    return jwt.decode(token, self.secret, algorithms=["HS256"])
            "#,
        );
        check(
            r#"
            import os
            import jwt

            class TokenService:
                def __init__(self):
                    self.secret = os.getenv("BETTER_AUTH_SECRET")  # finding: jwt-secret-may-be-missing

                async def read(self, token):
                    return jwt.decode(token, self.secret, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn settings() {
        check(
            r#"
            #- config.py
            from typing import Optional
            from pydantic_settings import BaseSettings

            class Settings(BaseSettings):
                better_auth_secret: Optional[str] = None  # finding: jwt-secret-may-be-missing (warning, high, fix)
                other_secret: str = None  # ok

            settings = Settings()
            #- auth.py
            import jwt
            from config import settings
            def read(token):
                jwt.decode(token, settings.other_secret, algorithms=["HS256"])
                return jwt.decode(token, settings.better_auth_secret, algorithms=["HS256"])
            "#,
        );
        check(
            r#"
            #- config.py
            from pydantic import model_validator
            from pydantic_settings import BaseSettings

            class Settings(BaseSettings):
                better_auth_secret: str | None = None  # ok

                @model_validator(mode="after")
                def check(self):
                    if self.better_auth_secret is None:
                        raise ValueError("better_auth_secret is not set")
                    return self

            settings = Settings()
            #- auth.py
            import jwt
            from config import settings
            def read(token):
                return jwt.decode(token, settings.better_auth_secret, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn none_by_hand() {
        check(
            r#"
            import os
            import jwt
            try:
                SECRET = os.environ["BETTER_AUTH_SECRET"]  # finding: jwt-secret-may-be-missing (warning, high, no-fix)
            except KeyError:
                SECRET = None
            def read(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn unused_or_unknown() {
        check(
            r#"
            import os
            SECRET_KEY = os.getenv("SECRET_KEY")  # ok
            "#,
        );
        check(
            r#"
            import os
            import jwt
            from vault import load
            SECRET = os.getenv("BETTER_AUTH_SECRET") or load("secret")  # ok
            def read(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn read_without_verification_needs_no_key() {
        check(
            r#"
            import os
            import jwt
            #- tests/test_auth.py
            import os
            import jwt
            token = jwt.encode({"sub": "1"}, os.getenv("BETTER_AUTH_SECRET"), algorithm="HS256")  # ok
            "#,
        );
    }

    #[test]
    fn fixed() {
        check_fix(
            &RULE,
            r#"
            from os import environ
            import jwt

            SECRET = environ.get('BETTER_AUTH_SECRET')  # finding: jwt-secret-may-be-missing
            def read(token):
                return jwt.decode(token, SECRET, algorithms=['HS256'])
            "#,
            r#"
            from os import environ
            import jwt

            SECRET = environ['BETTER_AUTH_SECRET']
            def read(token):
                return jwt.decode(token, SECRET, algorithms=['HS256'])
            "#,
        );
        check_fix(
            &RULE,
            r#"
            import jwt
            from pydantic_settings import BaseSettings

            class Settings(BaseSettings):
                better_auth_secret: str | None = None  # finding: jwt-secret-may-be-missing

            settings = Settings()
            def read(token):
                return jwt.decode(token, settings.better_auth_secret, algorithms=["HS256"])
            "#,
            r#"
            import jwt
            from pydantic_settings import BaseSettings

            class Settings(BaseSettings):
                better_auth_secret: str

            settings = Settings()
            def read(token):
                return jwt.decode(token, settings.better_auth_secret, algorithms=["HS256"])
            "#,
        );
    }
}
