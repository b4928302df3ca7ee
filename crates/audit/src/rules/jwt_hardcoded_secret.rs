//! Flags secrets that sign or verify tokens and are written in the code.

use facts::secrets::{Circumstance, Evidence, LiteralForm, Purpose, Secret, SecretKind};
use report::{Confidence, OwaspApi, Phase, Severity};

use crate::fixes::environment;
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// A key for JSON Web Tokens that is written in the code: passed to `encode` or `decode` directly, through a
    /// constant, a class attribute, a dictionary of settings or a function in another file, wrapped in `base64` or
    /// `SecretStr`; handed to a library that signs by itself (fastapi-users, fastapi-jwt, fastapi-jwt-auth,
    /// fastapi-login, AuthX, itsdangerous). A constant whose name nothing else bears (`JWT_SECRET`, `SECRET_KEY`,
    /// `BETTER_AUTH_SECRET`) is found where its use is not among the files, with medium confidence. A private key in
    /// PEM form is a secret, a public key is not.
    ///
    /// A literal that only stands in for an unset variable is found by `jwt-secret-fallback`. Secrets of tests are
    /// a suggestion.
    ///
    /// ```python,finding
    /// import jwt
    ///
    /// SECRET_KEY = "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7"
    ///
    ///
    /// def read(token: str) -> dict:
    ///     return jwt.decode(token, SECRET_KEY, algorithms=["HS256"])
    /// ```
    ///
    /// ## Why it matters
    ///
    /// Whoever holds the key of an HMAC signature can issue tokens. Code is read by more people than configuration:
    /// it lies in repositories, images, backups and logs of builds, and a key that was committed once stays in the
    /// history. It cannot be changed without a release, and every environment shares it.
    ///
    /// ## How it is exploited
    ///
    /// Somebody who has seen the code signs a token of their own and is any user they name:
    ///
    /// ```text
    /// $ python -c 'import jwt; print(jwt.encode({"sub": "1", "exp": 4102444800}, "09d25e09…", "HS256"))'
    /// $ curl -H "Authorization: Bearer eyJhbGciOiJIUzI1NiIs…" https://api.example.com/users/me
    /// ```
    ///
    /// ## Use instead
    ///
    /// Read the secret from the environment when the application starts, so that it fails at once without it; then
    /// replace the secret that was in the code by a new one.
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
    /// import jwt
    /// from pydantic_settings import BaseSettings
    ///
    ///
    /// class Settings(BaseSettings):
    ///     better_auth_secret: str
    ///
    ///
    /// settings = Settings()
    ///
    ///
    /// def read(token: str) -> dict:
    ///     return jwt.decode(token, settings.better_auth_secret, algorithms=["HS256"])
    /// ```
    ///
    /// ## References
    ///
    /// - CWE-798: <https://cwe.mitre.org/data/definitions/798.html>
    /// - RFC 8725, JSON Web Token Best Current Practices, section 3.5: <https://www.rfc-editor.org/rfc/rfc8725#section-3.5>
    /// - OWASP Secrets Management Cheat Sheet:
    ///   <https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html>
    /// - Better Auth, the `secret` option: <https://www.better-auth.com/docs/reference/options#secret>
    pub(super) static RULE: Rule = Rule {
        name: "jwt-hardcoded-secret",
        summary: "A secret that signs tokens is written in the code",
        severity: Severity::Critical,
        phase: Phase::AuthenticationInfrastructure,
        cwe: 798,
        owasp: OwaspApi::BrokenAuthentication,
        checklist_item: Some(10),
        fixable: true,
        supersedes: &["jwt-weak-secret"],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    let written = || {
        facts
            .secrets
            .iter()
            .filter(|secret| matches!(secret.kind, SecretKind::Written { .. }))
    };
    let is_in_test = |secret: &&Secret| secret.circumstance == Circumstance::Test;
    for secret in written() {
        let SecretKind::Written { form } = secret.kind else {
            continue;
        };
        // One word for all secrets of a file of tests.
        let of_file = || {
            written()
                .filter(is_in_test)
                .filter(|other| other.origin.file == secret.origin.file)
        };
        if is_in_test(&secret) && of_file().next().is_some_and(|first| first.origin != secret.origin) {
            continue;
        }
        let fix = match is_in_test(&secret) {
            true => None,
            false => environment::take_out(facts, secret, &context.options().secret_name),
        };
        let accepts_empty = secret.uses.iter().any(|given| given.accepts_empty_key);
        let mut message = message(secret, form);
        let (severity, confidence) = match (secret.circumstance, form) {
            (Circumstance::Test, _) => {
                message += ", in a test";
                (Severity::Suggestion, Confidence::Low)
            }
            (Circumstance::Development, _) => {
                message += ", for development";
                (Severity::Warning, Confidence::Medium)
            }
            (Circumstance::Always, LiteralForm::Empty) if !accepts_empty => {
                message += ", which the library refuses";
                (Severity::Warning, Confidence::High)
            }
            (Circumstance::Always, _) if secret.evidence == Evidence::Variable => {
                (Severity::Warning, Confidence::Medium)
            }
            (Circumstance::Always, _) if secret.uses.is_empty() => (Severity::Critical, Confidence::Medium),
            (Circumstance::Always, _) => (Severity::Critical, Confidence::High),
        };
        let finding = context.report(secret.origin, message);
        finding.severity(severity).confidence(confidence).fix(fix);
        finding.traces(secret.steps.iter().cloned());
        for (span, note) in secret.use_notes() {
            finding.related(span, note);
        }
        if is_in_test(&secret) {
            for other in of_file().skip(1).take(6) {
                finding.related(other.origin, "another one");
            }
        }
    }
}

fn message(secret: &Secret, form: LiteralForm) -> String {
    let what = match form {
        LiteralForm::PrivateKey => "a private key",
        LiteralForm::Empty => "an empty key",
        _ => "a secret",
    };
    let does = purpose(secret);
    let Some(name) = &secret.name else {
        let callee = secret.uses.first().map_or("a call", |given| &given.callee);
        return format!("`{callee}` {does} tokens with {what} that is written in the code");
    };
    match secret.uses.is_empty() {
        true => format!("`{name}` is {what} that is written in the code"),
        false => format!("`{name}`, which {does} tokens, is {what} that is written in the code"),
    }
}

/// What all uses of a secret do together.
fn purpose(secret: &Secret) -> &'static str {
    let has = |purpose: Purpose| secret.uses.iter().any(|given| given.purpose == purpose);
    match (has(Purpose::Signs), has(Purpose::Verifies), has(Purpose::Configures)) {
        (true, false, false) => "signs",
        (false, true, false) => "verifies",
        _ => "signs and verifies",
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, check_fix};

    #[test]
    fn constant_used_twice_is_one_finding() {
        check(
            r#"
            import jwt
            from datetime import datetime, timedelta, timezone

            SECRET_KEY = "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7"  # finding: jwt-hardcoded-secret (critical, high, changes-behaviour)
            #            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ jwt-hardcoded-secret
            ALGORITHM = "HS256"

            def create(data: dict) -> str:
                payload = {**data, "exp": datetime.now(timezone.utc) + timedelta(minutes=15)}
                return jwt.encode(payload, SECRET_KEY, algorithm=ALGORITHM)

            def read(token: str) -> dict:
                return jwt.decode(token, SECRET_KEY, algorithms=[ALGORITHM])
            "#,
        );
    }

    #[test]
    fn the_same_from_the_environment() {
        check(
            r#"
            import os
            import jwt
            from datetime import datetime, timedelta, timezone

            SECRET_KEY = os.environ["BETTER_AUTH_SECRET"]  # ok

            def create(data: dict) -> str:
                payload = {**data, "exp": datetime.now(timezone.utc) + timedelta(minutes=15)}
                return jwt.encode(payload, SECRET_KEY, algorithm="HS256")

            def read(token: str) -> dict:
                return jwt.decode(token, SECRET_KEY, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn at_the_call() {
        check(
            r#"
            import jwt

            def read(token):
                return jwt.decode(token, "s3cret-s3cret-s3cret-s3cret-s3cret", algorithms=["HS256"])  # finding: jwt-hardcoded-secret (critical, high, fix)

            def read_all_keywords(token):
                return jwt.decode(jwt=token, key=b"other-s3cret-s3cret-s3cret-s3cret", algorithms=["HS256"])  # finding: jwt-hardcoded-secret (critical, high, fix)

            def peek(token):
                return jwt.get_unverified_header(token)
            "#,
        );
    }

    #[test]
    fn under_an_alias_and_in_jose() {
        check(
            r#"
            from jose import jwt as j
            from jwt import decode as read_token

            KEY = "s3cret-s3cret-s3cret-s3cret-s3cret"  # finding: jwt-hardcoded-secret (critical)
            async def a(token):
                return j.decode(token, KEY, algorithms=["HS256"])

            async def b(token):
                return read_token(token, "other-s3cret-s3cret-s3cret-s3cret", ["HS256"])  # finding: jwt-hardcoded-secret (critical)
            "#,
        );
    }

    #[test]
    fn class_attribute_in_another_file() {
        check(
            r#"
            #- app/config.py
            class Config:
                SECRET_KEY = "s3cret-s3cret-s3cret-s3cret-s3cret"  # finding: jwt-hardcoded-secret (critical, high, fix)
                TOKEN_URL = "token"

            config = Config()
            #- app/auth.py
            import jwt
            from app.config import config

            class TokenService:
                def __init__(self):
                    self.secret = config.SECRET_KEY

                async def read(self, token: str) -> dict:
                    return jwt.decode(token, self.secret, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn dataclass_in_another_file() {
        check(
            r#"
            #- config.py
            from dataclasses import dataclass, field

            @dataclass
            class Settings:
                jwt_secret: str = "s3cret-s3cret-s3cret-s3cret-s3cret"  # finding: jwt-hardcoded-secret (critical, high)
                refresh: str = field(default="other-s3cret-s3cret-s3cret-s3cret")  # finding: jwt-hardcoded-secret (critical, high)

            settings = Settings()
            #- auth.py
            import jwt
            from config import settings
            jwt.decode(token, settings.jwt_secret, algorithms=["HS256"])
            jwt.decode(token, settings.refresh, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn model_that_reads_no_environment() {
        check(
            r#"
            from pydantic import BaseModel, Field
            import jwt

            class Settings(BaseModel):
                secret: str = Field(default="s3cret-s3cret-s3cret-s3cret-s3cret")  # finding: jwt-hardcoded-secret (critical, high)

            def read(token):
                return jwt.decode(token, Settings().secret, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn dictionaries_and_wrappers() {
        check(
            r#"
            import base64
            import hashlib
            import jwt
            from pydantic import SecretStr

            CONFIG = {"secret": "s3cret-s3cret-s3cret-s3cret-s3cret", "algorithm": "HS256"}  # finding: jwt-hardcoded-secret (critical, high, fix)
            ENCODED = base64.b64decode("czNjcmV0LXMzY3JldC1zM2NyZXQtczNjcmV0LXMzY3JldA==")  # finding: jwt-hardcoded-secret (critical, high)
            HASHED = hashlib.sha256("third-s3cret".encode()).hexdigest()  # finding: jwt-hardcoded-secret (critical, high)
            HIDDEN = SecretStr("fourth-s3cret-s3cret-s3cret-s3cret-s")  # finding: jwt-hardcoded-secret (critical, high)
            PART = "fifth-s3cret-s3cret-s3cret"  # finding: jwt-hardcoded-secret (critical, high)
            REPEATED = "sixth" * 8  # finding: jwt-hardcoded-secret (critical, high, fix)

            def read(token):
                jwt.decode(token, CONFIG["secret"], algorithms=[CONFIG["algorithm"]])
                jwt.decode(token, CONFIG.get("secret"), algorithms=["HS256"])
                jwt.decode(token, ENCODED, algorithms=["HS256"])
                jwt.decode(token, HASHED, algorithms=["HS256"])
                jwt.decode(token, HIDDEN.get_secret_value(), algorithms=["HS256"])
                jwt.decode(token, REPEATED, algorithms=["HS256"])
                return jwt.decode(token, f"{PART}-access", algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn through_functions() {
        check(
            r#"
            import jwt
            from functools import lru_cache
            from fastapi import Depends

            @lru_cache
            def get_secret():
                return "s3cret-s3cret-s3cret-s3cret-s3cret"  # finding: jwt-hardcoded-secret (critical, high)

            def read(token: str, secret: str = Depends(get_secret)):
                return jwt.decode(token, secret, algorithms=["HS256"])

            def wrapper(token, **options):
                return jwt.decode(token, **options)

            def caller(token):
                return wrapper(token, key="other-s3cret-s3cret-s3cret-s3cret", algorithms=["HS256"])  # finding: jwt-hardcoded-secret (critical, high)

            def with_default(token, key="third-s3cret-s3cret-s3cret-s3cret"):  # finding: jwt-hardcoded-secret (critical, high)
                return jwt.decode(token, key, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn private_key() {
        check(
            r#"
            import jwt

            PRIVATE_KEY = """-----BEGIN RSA PRIVATE KEY-----
            MIIBOgIBAAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8Qu
            -----END RSA PRIVATE KEY-----"""  # ok
            #- b.py
            import jwt

            KEY = "-----BEGIN PRIVATE KEY-----\nMIIBVQIBADANBgkqhkiG9w0BAQ\n-----END PRIVATE KEY-----"  # finding: jwt-hardcoded-secret (critical, high)
            token = jwt.encode({"sub": "1", "exp": 1}, KEY, algorithm="RS256")
            "#,
        );
    }

    #[test]
    fn public_key() {
        check(
            r#"
            import jwt

            KEY = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----"  # ok

            def read(token):
                return jwt.decode(token, KEY, algorithms=["RS256"])
            "#,
        );
    }

    #[test]
    fn json_web_keys() {
        check(
            r#"
            from joserfc import jwt
            from joserfc.jwk import OctKey, RSAKey

            key = OctKey.import_key("s3cret-s3cret-s3cret-s3cret-s3cret")  # finding: jwt-hardcoded-secret (critical, high)
            public = RSAKey.import_key({"kty": "RSA", "n": "sXchDaQebHnPiGvyDOAT4saGEUetSyo9MKLOoWFsueri23bOdgWp4Dy1Wl", "e": "AQAB"})  # ok
            written = OctKey.import_key({"kty": "oct", "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ"})  # finding: jwt-hardcoded-secret (critical, high)

            def read(token, registry):
                for each in (key, public, written):
                    registry.validate(jwt.decode(token, each, algorithms=["HS256"]).claims)
            "#,
        );
    }

    #[test]
    fn libraries_that_sign_by_themselves() {
        check(
            r#"
            #- users.py
            from fastapi_users import BaseUserManager
            from fastapi_users.authentication import JWTStrategy

            SECRET = "s3cret-s3cret-s3cret-s3cret-s3cret"  # finding: jwt-hardcoded-secret (critical, high)

            class UserManager(BaseUserManager):
                reset_password_token_secret = SECRET
                verification_token_secret = SECRET

            def get_jwt_strategy() -> JWTStrategy:
                return JWTStrategy(secret=SECRET, lifetime_seconds=3600)
            #- bearer.py
            from fastapi_jwt import JwtAccessBearer
            access = JwtAccessBearer(secret_key="other-s3cret-s3cret-s3cret-s3cret", auto_error=True)  # finding: jwt-hardcoded-secret (critical, high)
            #- login.py
            from fastapi_login import LoginManager
            manager = LoginManager("third-s3cret-s3cret-s3cret-s3cret", token_url="/auth/token")  # finding: jwt-hardcoded-secret (critical, high)
            #- authjwt.py
            from fastapi_jwt_auth import AuthJWT
            from pydantic import BaseModel

            class Settings(BaseModel):
                authjwt_secret_key: str = "fourth-s3cret-s3cret-s3cret-s3cret"  # finding: jwt-hardcoded-secret (critical, high)

            @AuthJWT.load_config
            def get_config():
                return Settings()
            #- links.py
            from itsdangerous import URLSafeTimedSerializer
            serializer = URLSafeTimedSerializer("fifth-s3cret-s3cret-s3cret-s3cret")  # finding: jwt-hardcoded-secret (critical, high)
            #- strategy.py
            from fastapi_users.authentication import JWTStrategy

            class Strategy(JWTStrategy):
                pass

            def get_strategy():
                return Strategy(secret="sixth-s3cret-s3cret-s3cret-s3cret", lifetime_seconds=60)  # finding: jwt-hardcoded-secret (critical, high)
            "#,
        );
    }

    #[test]
    fn configured_by_pairs() {
        check(
            r#"
            from fastapi_jwt_auth import AuthJWT

            @AuthJWT.load_config
            def get_config():
                return [("authjwt_secret_key", "s3cret-s3cret-s3cret-s3cret-s3cret")]  # finding: jwt-hardcoded-secret (critical, high)
            "#,
        );
    }

    #[test]
    fn items_of_a_dictionary_stand_in_for_nothing() {
        check(
            r#"
            import os
            import jwt

            KEYS = {"new": os.environ["BETTER_AUTH_SECRET"], "old": "s3cret-s3cret-s3cret-s3cret-s3cret"}  # finding: jwt-hardcoded-secret (critical, high)

            def read(token, kid):
                return jwt.decode(token, KEYS[kid], algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn empty_keys() {
        check(
            r#"
            from jose import jwt as jose_jwt
            import jwt

            class Tokens:
                _secret: str = ""  # ok

                def configure(self, secret):
                    self._secret = secret

                def read(self, token):
                    return jwt.decode(token, self._secret, algorithms=["HS256"])

            def loose(token):
                return jose_jwt.decode(token, "", algorithms=["HS256"])  # finding: jwt-hardcoded-secret (critical, high)

            def strict(token):
                return jwt.decode(token, "", algorithms=["HS256"])  # finding: jwt-hardcoded-secret (warning, high)
            "#,
        );
    }

    #[test]
    fn for_development() {
        check(
            r#"
            import jwt

            class DevelopmentConfig:
                JWT_SECRET = "s3cret-s3cret-s3cret-s3cret-s3cret"  # finding: jwt-hardcoded-secret (warning, medium)

            class TestingConfig:
                JWT_SECRET = "s3cret-s3cret-s3cret-s3cret-s3cret"  # ok

            if __name__ == "__main__":
                print(jwt.decode(input(), "s3cret-s3cret-s3cret-s3cret-s3cret", algorithms=["HS256"]))  # finding: jwt-hardcoded-secret (warning, medium)
            "#,
        );
    }

    #[test]
    fn libraries_with_a_secret_from_outside() {
        check(
            r#"
            import os
            from fastapi_users.authentication import JWTStrategy
            from fastapi_login import LoginManager
            from fastapi_jwt import JwtAccessBearer
            from starlette.middleware.sessions import SessionMiddleware

            SECRET = os.environ["BETTER_AUTH_SECRET"]  # ok
            manager = LoginManager(SECRET, token_url="/auth/token")  # ok
            access = JwtAccessBearer(secret_key=SECRET)  # ok

            def get_jwt_strategy() -> JWTStrategy:
                return JWTStrategy(secret=SECRET, lifetime_seconds=3600)
            "#,
        );
    }

    #[test]
    fn known_by_name_alone() {
        check(
            r#"
            #- config.py
            SECRET_KEY = "s3cret-s3cret-s3cret-s3cret-s3cret"  # finding: jwt-hardcoded-secret (critical, medium, fix)
            ACCESS_TOKEN_EXPIRE_MINUTES = 30
            ALGORITHM = "HS256"
            #- settings.py
            class Settings:
                jwtSecret: str = "other-s3cret-s3cret-s3cret-s3cret"  # finding: jwt-hardcoded-secret (critical, medium)
                algorithm: str = "HS256"
            #- start.py
            import os
            os.environ["BETTER_AUTH_SECRET"] = "third-s3cret-s3cret-s3cret-s3cret"  # finding: jwt-hardcoded-secret (warning, medium)
            #- app.py
            from fastapi import FastAPI
            app = FastAPI()
            app.state.jwt_secret = "fourth-s3cret-s3cret-s3cret-s3cret"  # finding: jwt-hardcoded-secret (critical, medium)
            JWT_CONFIG = {"secret_key": "fifth-s3cret-s3cret-s3cret", "algorithm": "HS256"}  # finding: jwt-hardcoded-secret (critical, medium)
            #- made.py
            from pydantic_settings import BaseSettings
            class Settings(BaseSettings):
                jwt_secret: str
            settings = Settings(jwt_secret="sixth-s3cret-s3cret-s3cret-s3cret")  # finding: jwt-hardcoded-secret (critical, medium)
            "#,
        );
    }

    #[test]
    fn names_that_only_look_like_it() {
        check(
            r#"
            from enum import Enum
            from fastapi import FastAPI
            from fastapi.security import OAuth2PasswordBearer
            from starlette.middleware.sessions import SessionMiddleware

            oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")  # ok
            refresh_token = "refresh_token"  # ok
            token_type = "bearer"  # ok
            author = "someone"  # ok
            tokenizer = "cl100k_base"  # ok
            authorization_header = "Authorization"  # ok
            DUMMY_HASH = "$argon2id$v=19$m=65536,t=3,p=4$MjQyZWE1MzBjYjJlZTI0Yw$YTU4NGM5ZTZmYjE2NzZlZjY0ZWY3ZGRkY2U2OWFjNjk"  # ok
            JWT_SECRET_NAME = "projects/1/secrets/jwt"  # ok
            JWT_SECRET = "JWT_SECRET"  # ok
            JWT_SECRET_KEY = "/run/secrets/jwt"  # ok
            SECRET_KEY = "only-for-the-login-state-of-oauth"  # finding: hardcoded-credential

            class Kind(str, Enum):
                SECRET_KEY = "secret"  # ok

            class Token:
                token_type: str = "bearer"  # ok

            class MinioSettings:
                secret_key: str = "minioadmin"  # ok

            class StorageConfig:
                access_key = "minioadmin"
                secret_key = "minioadmin"  # ok

            STORE = {"access_key": "minioadmin", "secret_key": "minioadmin"}  # ok

            app = FastAPI()
            app.add_middleware(SessionMiddleware, secret_key=SECRET_KEY)

            def login() -> dict:
                """SECRET_KEY = "in a docstring" """
                # SECRET_KEY = "in a comment"
                return {"access_token": "x", "token_type": "bearer"}
            "#,
        );
    }

    #[test]
    fn tests_are_a_suggestion() {
        check(
            r#"
            #- tests/test_auth.py
            import jwt

            SECRET_KEY = "test-s3cret"  # ok
            def token(payload):
                jwt.encode({"sub": "1", "exp": 1}, "s3cret-s3cret-s3cret-s3cret-s3cret", algorithm="HS256")  # finding: jwt-hardcoded-secret (suggestion, low, no-fix)
                return jwt.encode({"sub": "1", "exp": 1}, "other-s3cret-s3cret-s3cret-s3cret", algorithm="HS256")  # ok
            #- tests/conftest.py
            import os
            os.environ["JWT_SECRET"] = "test-secret"  # ok
            SECRET_KEY = "test-secret"  # ok
            #- app/settings/test.py
            from pydantic_settings import BaseSettings
            class TestSettings(BaseSettings):
                secret_key: str = "test_secret"  # ok
            #- seeds/users.py
            JWT_SECRET = "seed"  # ok
            #- migrations/0001.py
            JWT_SECRET = "migration"  # ok
            "#,
        );
    }

    #[test]
    fn values_that_are_not_followed() {
        check(
            r#"
            import jwt
            from somewhere import SECRET, load_secret
            from vault import client

            def read(token, key):
                jwt.decode(token, SECRET, algorithms=["HS256"])  # ok
                jwt.decode(token, load_secret("jwt"), algorithms=["HS256"])  # ok
                jwt.decode(token, client.read("jwt")["data"], algorithms=["HS256"])  # ok
                jwt.decode(token, open("/run/secrets/jwt").read(), algorithms=["HS256"])  # ok
                return jwt.decode(token, key, algorithms=["HS256"])  # ok
            "#,
        );
    }

    #[test]
    fn templates() {
        check(
            r#"
            import jwt
            SECRET_KEY = "{{ cookiecutter.secret_key }}"  # ok
            def read(token):
                return jwt.decode(token, SECRET_KEY, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn fixed_at_module_level() {
        check_fix(
            &RULE,
            r#"
            import jwt

            SECRET = 's3cret-s3cret-s3cret-s3cret-s3cret'  # finding: jwt-hardcoded-secret

            def read(token):
                return jwt.decode(token, SECRET, algorithms=['HS256'])
            "#,
            r#"
            import os

            import jwt

            SECRET = os.environ['BETTER_AUTH_SECRET']

            def read(token):
                return jwt.decode(token, SECRET, algorithms=['HS256'])
            "#,
        );
    }

    #[test]
    fn bytes_stay_bytes() {
        check_fix(
            &RULE,
            r#"
            import hashlib
            import os
            import jwt

            SECRET = hashlib.sha256(b"s3cret-s3cret").hexdigest()  # finding: jwt-hardcoded-secret

            def read(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"])
            "#,
            r#"
            import hashlib
            import os
            import jwt

            SECRET = hashlib.sha256(os.environ["BETTER_AUTH_SECRET"].encode()).hexdigest()

            def read(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn fixed_in_functions() {
        check_fix(
            &RULE,
            r#"
            #- option: secret_name = "JWT_SECRET"
            import jwt

            def read(token):
                return jwt.decode(token, "s3cret-s3cret-s3cret-s3cret-s3cret", algorithms=["HS256"])  # finding: jwt-hardcoded-secret
            "#,
            r#"
            import os

            import jwt

            JWT_SECRET = os.environ["JWT_SECRET"]

            def read(token):
                return jwt.decode(token, JWT_SECRET, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn fixed_with_the_constant_that_is_there() {
        check_fix(
            &RULE,
            r#"
            from os import environ
            import jwt

            BETTER_AUTH_SECRET = environ["BETTER_AUTH_SECRET"]

            def read(token):
                return jwt.decode(token, "s3cret-s3cret-s3cret-s3cret-s3cret", algorithms=["HS256"])  # finding: jwt-hardcoded-secret
            "#,
            r#"
            from os import environ
            import jwt

            BETTER_AUTH_SECRET = environ["BETTER_AUTH_SECRET"]

            def read(token):
                return jwt.decode(token, BETTER_AUTH_SECRET, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn other_secrets_keep_their_own_variable() {
        check_fix(
            &RULE,
            r#"
            import jwt
            ACCESS_SECRET = "s3cret-s3cret-s3cret-s3cret-s3cret"  # finding: jwt-hardcoded-secret
            REFRESH_SECRET = "other-s3cret-s3cret-s3cret-s3cret"  # finding: jwt-hardcoded-secret
            jwt.decode(token, ACCESS_SECRET, algorithms=["HS256"])
            jwt.decode(token, REFRESH_SECRET, algorithms=["HS256"])
            "#,
            r#"
            import os

            import jwt
            ACCESS_SECRET = os.environ["BETTER_AUTH_SECRET"]
            REFRESH_SECRET = os.environ["REFRESH_SECRET"]
            jwt.decode(token, ACCESS_SECRET, algorithms=["HS256"])
            jwt.decode(token, REFRESH_SECRET, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn texts_put_together_and_keys_of_jwcrypto() {
        check(
            r#"
            import os
            import jwt
            from jwcrypto import jwk
            from jwcrypto.common import base64url_encode
            NAME = "todo"
            SECRET = f"{NAME}-a-secret-that-is-long-enough-1234"  # finding: jwt-hardcoded-secret (critical)
            ENDING = "b71f0c0e2d5f4a3f9d1a6f0c8e7b5a4d"  # finding: jwt-hardcoded-secret (critical)
            def create(user, exp):
                return jwt.encode({"sub": user, "exp": exp}, SECRET, algorithm="HS256")
            def create_other(user, exp):
                return jwt.encode({"sub": user, "exp": exp}, NAME + ENDING, algorithm="HS256")
            KEY = jwk.JWK(kty="oct", k=base64url_encode("another-secret-that-is-long-enough"))  # finding: jwt-hardcoded-secret (critical)
            FROM_WORD = jwk.JWK.from_password("a-third-secret-that-is-long-enough")  # finding: jwt-hardcoded-secret (critical)
            FROM_ENVIRONMENT = jwk.JWK.from_password(os.environ["BETTER_AUTH_SECRET"])  # ok
            "#,
        );
    }
}
