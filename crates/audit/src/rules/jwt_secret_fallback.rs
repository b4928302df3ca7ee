//! Flags secrets with a default that is written in the code.

use facts::secrets::{Circumstance, Evidence, LiteralForm, Secret, SecretKind};
use report::{Confidence, OwaspApi, Phase, Severity};

use crate::fixes::environment;
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// A key for JSON Web Tokens that is read from the environment and has a value from the code where the variable
    /// is not set: the default of `os.getenv`, `config(…)` or a field of a settings class, `or "…"`, a conditional
    /// expression, `except KeyError`, `if not SECRET: SECRET = "…"`, an empty text, and `str()` or an f-string
    /// around an unset variable, which gives the text `None`.
    ///
    /// A default that a validator, a check at import or start-up, or the function that uses it refuses is right. So
    /// is one that only counts under an environment for tests; under one of development it is a warning. An empty
    /// default is critical with python-jose (3.5), which signs and verifies with an empty key; PyJWT (2.15), Authlib
    /// (1.9) and joserfc (1.8) raise.
    ///
    /// ```python,finding
    /// import os
    ///
    /// import jwt
    ///
    /// SECRET_KEY = os.getenv("BETTER_AUTH_SECRET", "dev-secret-change-me")
    ///
    ///
    /// def read(token: str) -> dict:
    ///     return jwt.decode(token, SECRET_KEY, algorithms=["HS256"])
    /// ```
    ///
    /// ## Why it matters
    ///
    /// A variable that is forgotten, misspelt or lost in a deployment goes unnoticed: the application starts and
    /// signs with a key that everybody who has seen the code knows.
    ///
    /// ## How it is exploited
    ///
    /// An attacker tries the defaults of public code against the API. Where one fits, the token is accepted:
    ///
    /// ```text
    /// $ python -c 'import jwt; print(jwt.encode({"sub": "1", "exp": 4102444800}, "dev-secret-change-me", "HS256"))'
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
    /// A default may stay where start-up refuses it:
    ///
    /// ```python,ok
    /// import jwt
    /// from pydantic import field_validator
    /// from pydantic_settings import BaseSettings
    ///
    ///
    /// class Settings(BaseSettings):
    ///     secret_key: str = "changethis"
    ///
    ///     @field_validator("secret_key")
    ///     @classmethod
    ///     def refuse_default(cls, value: str) -> str:
    ///         if value == "changethis":
    ///             raise ValueError("secret_key is not set")
    ///         return value
    ///
    ///
    /// settings = Settings()
    ///
    ///
    /// def read(token: str) -> dict:
    ///     return jwt.decode(token, settings.secret_key, algorithms=["HS256"])
    /// ```
    ///
    /// ## References
    ///
    /// - CWE-1188, initialization with an insecure default: <https://cwe.mitre.org/data/definitions/1188.html>
    /// - RFC 8725, JSON Web Token Best Current Practices, section 3.5: <https://www.rfc-editor.org/rfc/rfc8725#section-3.5>
    /// - pydantic, settings validate their defaults:
    ///   <https://docs.pydantic.dev/latest/concepts/pydantic_settings/#validation-of-default-values>
    pub(super) static RULE: Rule = Rule {
        name: "jwt-secret-fallback",
        summary: "A secret that signs tokens has a default in the code",
        severity: Severity::Critical,
        phase: Phase::AuthenticationInfrastructure,
        cwe: 1188,
        owasp: OwaspApi::BrokenAuthentication,
        checklist_item: Some(10),
        fixable: true,
        supersedes: &["jwt-weak-secret"],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for secret in &facts.secrets {
        let SecretKind::Fallback { variable, read, form } = &secret.kind else {
            continue;
        };
        let fix = environment::take_out(facts, secret, &context.options().secret_name);
        let accepting = secret.uses.iter().find(|given| given.accepts_empty_key);
        let mut message = message(secret, variable.as_deref(), *form);
        let (severity, mut confidence) = match (secret.circumstance, form) {
            (Circumstance::Development, _) => {
                message += ", in development";
                (Severity::Warning, Confidence::Medium)
            }
            (_, LiteralForm::Empty) => match accepting {
                Some(given) => {
                    message += &format!(", and {} takes an empty key", given.library);
                    (Severity::Critical, Confidence::High)
                }
                None => (Severity::Warning, Confidence::High),
            },
            _ if secret.evidence == Evidence::Variable => (Severity::Warning, Confidence::Medium),
            _ => (Severity::Critical, Confidence::High),
        };
        if secret.uses.is_empty() {
            confidence = Confidence::Medium;
        }
        let finding = context.report(secret.origin, message);
        finding.severity(severity).confidence(confidence).fix(fix);
        finding.traces(secret.steps.iter().cloned());
        if *read != secret.origin && !contains(*read, secret.origin) {
            finding.related(*read, "it stands in for this");
        }
        for (span, note) in secret.use_notes() {
            finding.related(span, note);
        }
    }
}

fn contains(outer: text::Span, inner: text::Span) -> bool {
    outer.file == inner.file && outer.range.contains_range(inner.range)
}

fn message(secret: &Secret, variable: Option<&str>, form: LiteralForm) -> String {
    let what = match form {
        LiteralForm::Text => "a secret that is written in the code",
        LiteralForm::PrivateKey => "a private key that is written in the code",
        LiteralForm::Empty => "an empty secret",
        LiteralForm::None => "the known text `None`",
    };
    let subject = match &secret.name {
        Some(name) => format!("`{name}`"),
        None => "The key for tokens".to_owned(),
    };
    match variable {
        Some(variable) if secret.name.as_deref() != Some(variable) => {
            format!("{subject} falls back to {what} when `{variable}` is not set")
        }
        _ => format!("{subject} falls back to {what} when it is not set"),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, check_fix};

    #[test]
    fn defaults_of_calls() {
        check(
            r#"
            import os
            from os import environ, getenv
            import jwt
            from decouple import config
            from starlette.config import Config
            from starlette.datastructures import Secret

            A = os.getenv("BETTER_AUTH_SECRET", "s3cret-s3cret-s3cret-s3cret-s3cret")  # finding: jwt-secret-fallback (critical, high, changes-behaviour)
            #                                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ jwt-secret-fallback
            B = os.environ.get("BETTER_AUTH_SECRET", default="s3cret-s3cret-s3cret-s3cret-s3cret")  # finding: jwt-secret-fallback (critical, high, fix)
            C = environ.get("BETTER_AUTH_SECRET", "s3cret-s3cret-s3cret-s3cret-s3cret")  # finding: jwt-secret-fallback (critical, high, fix)
            D = getenv("BETTER_AUTH_SECRET", "s3cret-s3cret-s3cret-s3cret-s3cret").strip()  # finding: jwt-secret-fallback (critical, high, fix)
            E = config("BETTER_AUTH_SECRET", default="s3cret-s3cret-s3cret-s3cret-s3cret", cast=str)  # finding: jwt-secret-fallback (critical, high, fix)
            starlette = Config(".env")
            F = starlette("BETTER_AUTH_SECRET", cast=Secret, default="s3cret-s3cret-s3cret-s3cret-s3cret")  # finding: jwt-secret-fallback (critical, high, fix)

            def read(token):
                for key in (A, B, C, D, E, str(F)):
                    jwt.decode(token, key, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn calls_without_default() {
        check(
            r#"
            import os
            import jwt
            from decouple import config
            from starlette.config import Config
            from environs import Env

            env = Env()
            starlette = Config(".env")
            A = os.environ["BETTER_AUTH_SECRET"]  # ok
            B = config("BETTER_AUTH_SECRET")  # ok
            C = starlette("BETTER_AUTH_SECRET")  # ok
            D = env.str("BETTER_AUTH_SECRET")  # ok
            ALGORITHM = os.getenv("ALGORITHM", "HS256")  # ok
            URL = os.getenv("TOKEN_URL", "https://example.com/token")  # ok

            def read(token):
                for key in (A, B, C, D):
                    jwt.decode(token, key, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn other_forms() {
        check(
            r#"
            import os
            import jwt

            A = os.getenv("BETTER_AUTH_SECRET") or "s3cret-s3cret-s3cret-s3cret-s3cret"  # finding: jwt-secret-fallback (critical, high, fix)
            B = os.environ["BETTER_AUTH_SECRET"] if "BETTER_AUTH_SECRET" in os.environ else "s3cret-s3cret-s3cret-s3cret-s3cret"  # finding: jwt-secret-fallback (critical, high, fix)
            try:
                C = os.environ["BETTER_AUTH_SECRET"]
            except KeyError:
                C = "s3cret-s3cret-s3cret-s3cret-s3cret"  # finding: jwt-secret-fallback (critical, high, fix)
            D = os.getenv("BETTER_AUTH_SECRET")
            if not D:
                D = "s3cret-s3cret-s3cret-s3cret-s3cret"  # finding: jwt-secret-fallback (critical, high, fix)
            DEFAULT = "s3cret-s3cret-s3cret-s3cret-s3cret"  # finding: jwt-secret-fallback (critical, high)
            E = os.getenv("BETTER_AUTH_SECRET", DEFAULT)

            def read(token):
                jwt.decode(token, A, algorithms=["HS256"])
                jwt.decode(token, B, algorithms=["HS256"])
                jwt.decode(token, C, algorithms=["HS256"])
                jwt.decode(token, D, algorithms=["HS256"])
                return jwt.decode(token, E, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn inside_the_call() {
        check(
            r#"
            import os
            import jwt

            def read(token):
                return jwt.decode(token, os.environ.get("BETTER_AUTH_SECRET") or "s3cret-s3cret-s3cret-s3cret", algorithms=["HS256"])  # finding: jwt-secret-fallback (critical, high, fix)
            "#,
        );
    }

    #[test]
    fn settings_in_another_file() {
        check(
            r#"
            #- app/core/config.py
            from functools import lru_cache
            from pydantic import Field, SecretStr
            from pydantic_settings import BaseSettings

            class Settings(BaseSettings):
                SECRET_KEY: str = "CHANGE_ME_SUPER_SECRET_KEY"  # finding: jwt-secret-fallback (critical, high, fix)
                REFRESH_KEY: str = Field(default="CHANGE_ME_REFRESH_KEY")  # finding: jwt-secret-fallback (critical, high, fix)
                RESET_KEY: SecretStr = SecretStr("CHANGE_ME_RESET_KEY")  # finding: jwt-secret-fallback (critical, high, fix)
                MAIL_KEY: str = Field("CHANGE_ME_MAIL_KEY", description="of links in mails")  # finding: jwt-secret-fallback (critical, high, fix)
                ALGORITHM: str = "HS256"

            @lru_cache
            def get_settings() -> Settings:
                return Settings()
            #- app/auth.py
            import jwt
            from fastapi import Depends
            from typing import Annotated
            from app.core.config import Settings, get_settings

            def read(token: str, settings: Annotated[Settings, Depends(get_settings)]):
                return jwt.decode(token, settings.SECRET_KEY, algorithms=[settings.ALGORITHM])

            def refresh(token: str, settings: Settings = Depends(get_settings)):
                return jwt.decode(token, settings.REFRESH_KEY, algorithms=["HS256"])

            class Links:
                def __init__(self):
                    self.settings = get_settings()

                def reset(self, token):
                    return jwt.decode(token, self.settings.RESET_KEY.get_secret_value(), algorithms=["HS256"])

                def mail(self, token):
                    return jwt.decode(token, self.settings.MAIL_KEY, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn required_settings() {
        check(
            r#"
            #- app/core/config.py
            import secrets
            from pydantic import Field, SecretStr
            from pydantic_settings import BaseSettings

            class Settings(BaseSettings):
                SECRET_KEY: str  # ok
                REFRESH_KEY: str = Field(...)  # ok
                RESET_KEY: SecretStr = Field(validation_alias="RESET_KEY")  # ok
                ALGORITHM: str = "HS256"  # ok
                MAX_LENGTH: str = Field(..., min_length=32)  # ok

            settings = Settings()
            #- app/auth.py
            import jwt
            from app.core.config import settings

            def read(token: str):
                jwt.decode(token, settings.REFRESH_KEY, algorithms=["HS256"])
                jwt.decode(token, settings.RESET_KEY.get_secret_value(), algorithms=["HS256"])
                return jwt.decode(token, settings.SECRET_KEY, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn empty_defaults_by_library() {
        check(
            r#"
            #- a.py
            import os
            from jose import jwt
            SECRET = os.getenv("BETTER_AUTH_SECRET", "")  # finding: jwt-secret-fallback (critical, high, fix)
            claims = jwt.decode(token, SECRET, algorithms=["HS256"])
            #- b.py
            import os
            import jwt
            SECRET = os.getenv("BETTER_AUTH_SECRET", "")  # finding: jwt-secret-fallback (warning, high, fix)
            claims = jwt.decode(token, SECRET, algorithms=["HS256"])
            #- c.py
            from pydantic_settings import BaseSettings
            class Settings(BaseSettings):
                better_auth_secret: str = ""  # finding: jwt-secret-fallback (warning, medium, fix)
            "#,
        );
    }

    #[test]
    fn an_empty_default_that_another_value_stands_in_for() {
        check(
            r#"
            from pydantic_settings import BaseSettings
            import jwt
            class Settings(BaseSettings):
                better_auth_secret: str = ""
            settings = Settings()
            def read(token):
                secret = settings.better_auth_secret or "dev-secret-change-in-production"  # finding: jwt-secret-fallback (critical, high, no-fix)
                return jwt.decode(token, secret, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn text_of_nothing() {
        check(
            r#"
            import os
            import jwt
            SECRET = str(os.getenv("BETTER_AUTH_SECRET"))  # finding: jwt-secret-fallback (critical, high, fix)
            OTHER = f"{os.environ.get('BETTER_AUTH_SECRET')}"  # finding: jwt-secret-fallback (critical, high, fix)
            RIGHT = str(os.environ["BETTER_AUTH_SECRET"])  # ok
            def read(token):
                jwt.decode(token, OTHER, algorithms=["HS256"])
                jwt.decode(token, RIGHT, algorithms=["HS256"])
                return jwt.decode(token, SECRET, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn refused_by_a_validator() {
        check(
            r#"
            #- a.py
            from pydantic import field_validator
            from pydantic_settings import BaseSettings
            class Settings(BaseSettings):
                SECRET_KEY: str = "changethis"  # ok

                @field_validator("SECRET_KEY")
                @classmethod
                def check(cls, v: str) -> str:
                    if v == "changethis":
                        raise ValueError("set SECRET_KEY")
                    return v
            #- b.py
            import warnings
            from typing import Self
            from pydantic import model_validator
            from pydantic_settings import BaseSettings
            class Settings(BaseSettings):
                ENVIRONMENT: str = "local"
                SECRET_KEY: str = "changethis"  # ok

                def _check_default_secret(self, var_name: str, value: str | None) -> None:
                    if value == "changethis":
                        message = f"The value of {var_name} is changethis"
                        if self.ENVIRONMENT == "local":
                            warnings.warn(message, stacklevel=1)
                        else:
                            raise ValueError(message)

                @model_validator(mode="after")
                def _enforce(self) -> Self:
                    self._check_default_secret("SECRET_KEY", self.SECRET_KEY)
                    return self
            #- c.py
            from pydantic import BaseSettings, validator
            class Settings(BaseSettings):
                secret_key: str = "dev"  # ok

                @validator("secret_key")
                def long_enough(cls, value):
                    assert len(value) >= 32, "too short"
                    return value
            #- d.py
            from pydantic import Field
            from pydantic_settings import BaseSettings
            class Settings(BaseSettings):
                secret_key: str = Field("", min_length=32)  # ok
            #- e.py
            from typing import Annotated
            from pydantic import AfterValidator
            from pydantic_settings import BaseSettings
            INSECURE = {"changethis", "secret"}
            def not_default(value: str) -> str:
                if value.lower() in INSECURE:
                    raise ValueError("insecure")
                return value
            class Settings(BaseSettings):
                secret_key: Annotated[str, AfterValidator(not_default)] = "changethis"  # ok
            "#,
        );
    }

    #[test]
    fn validators_that_let_the_default_pass() {
        check(
            r#"
            #- a.py
            from pydantic import field_validator
            from pydantic_settings import BaseSettings
            class Settings(BaseSettings):
                SECRET_KEY: str = "changeme"  # finding: jwt-secret-fallback (critical, medium)

                @field_validator("SECRET_KEY")
                @classmethod
                def check(cls, v: str) -> str:
                    if v == "changethis":
                        raise ValueError("set SECRET_KEY")
                    return v
            #- b.py
            import warnings
            from pydantic import model_validator
            from pydantic_settings import BaseSettings
            class Settings(BaseSettings):
                SECRET_KEY: str = "changethis"  # finding: jwt-secret-fallback (critical, medium)

                @model_validator(mode="after")
                def _warn(self):
                    if self.SECRET_KEY == "changethis":
                        warnings.warn("set SECRET_KEY")
                    return self
            #- c.py
            from pydantic import field_validator
            from pydantic_settings import BaseSettings
            class Settings(BaseSettings):
                SECRET_KEY: str = "changethis"  # finding: jwt-secret-fallback (critical, medium)
                ALGORITHM: str = "HS256"

                @field_validator("ALGORITHM")
                @classmethod
                def check(cls, v: str) -> str:
                    if v == "none":
                        raise ValueError("no")
                    return v
            "#,
        );
    }

    #[test]
    fn refused_at_start() {
        check(
            r#"
            #- a.py
            import os, sys
            SECRET_KEY = os.getenv("SECRET_KEY", "changethis")  # ok
            if SECRET_KEY == "changethis":
                sys.exit("SECRET_KEY is not set")
            #- b.py
            import os
            DEFAULT = "dev-secret"
            JWT_SECRET = os.getenv("JWT_SECRET", DEFAULT)  # ok
            if os.getenv("ENV") == "production" and JWT_SECRET == DEFAULT:
                raise RuntimeError("JWT_SECRET must be set in production")
            #- config.py
            from pydantic_settings import BaseSettings
            class Settings(BaseSettings):
                auth_secret: str = "dev-secret"  # ok
            settings = Settings()
            #- main.py
            from contextlib import asynccontextmanager
            from fastapi import FastAPI
            from config import settings

            @asynccontextmanager
            async def lifespan(app: FastAPI):
                if settings.auth_secret.startswith("dev-"):
                    raise RuntimeError("auth_secret is not set")
                yield

            app = FastAPI(lifespan=lifespan)
            #- d.py
            import os
            def require(value: str, name: str) -> str:
                if value in ("", "secret"):
                    raise ValueError(f"{name} is not set")
                return value
            JWT_KEY = os.getenv("JWT_KEY", "secret")  # ok
            require(JWT_KEY, "JWT_KEY")
            #- e.py
            import os
            TOKEN_SECRET = os.getenv("TOKEN_SECRET", "dev")  # ok
            assert TOKEN_SECRET != "dev", "TOKEN_SECRET is not set"
            "#,
        );
    }

    #[test]
    fn checks_that_refuse_nothing() {
        check(
            r#"
            #- a.py
            import os, logging
            SECRET_KEY = os.getenv("SECRET_KEY", "changethis")  # finding: jwt-secret-fallback (critical, medium)
            if SECRET_KEY == "changethis":
                logging.warning("SECRET_KEY is not set")
            #- b.py
            import os
            from fastapi import HTTPException
            JWT_SECRET = os.getenv("JWT_SECRET", "changethis")  # finding: jwt-secret-fallback (critical, medium)
            def check(given):
                if given != JWT_SECRET:
                    raise HTTPException(401)
            #- c.py
            import os
            AUTH_SECRET = os.getenv("AUTH_SECRET", "changethis")  # finding: jwt-secret-fallback (critical, medium)
            def never_called_check_of_secret():
                if AUTH_SECRET == "changethis":
                    raise RuntimeError
            #- d.py
            import os
            TOKEN_SECRET = os.getenv("TOKEN_SECRET", "changethis")  # finding: jwt-secret-fallback (critical, medium)
            if not TOKEN_SECRET:
                raise RuntimeError("the default is never empty")
            "#,
        );
    }

    #[test]
    fn for_tests_and_development() {
        check(
            r#"
            import os
            import sys
            import jwt

            ENV = os.environ["ENV"]
            A = "test-secret" if os.getenv("TESTING") else os.environ["BETTER_AUTH_SECRET"]  # ok
            if ENV == "test":
                B = "test-secret"  # ok
            else:
                B = os.environ["BETTER_AUTH_SECRET"]
            if "pytest" in sys.modules:
                C = "test-secret"  # ok
            else:
                C = os.environ["BETTER_AUTH_SECRET"]
            if ENV == "development":
                D = "dev-secret"  # finding: jwt-secret-fallback (warning, medium)
            else:
                D = os.environ["BETTER_AUTH_SECRET"]
            if os.getenv("APP_ENV", "development") == "development":
                E = "dev-secret"  # finding: jwt-secret-fallback (critical, high)
            else:
                E = os.environ["BETTER_AUTH_SECRET"]
            if ENV != "production":
                F = "dev-secret"  # finding: jwt-secret-fallback (critical, high)
            else:
                F = os.environ["BETTER_AUTH_SECRET"]

            def read(token):
                jwt.decode(token, A, algorithms=["HS256"])
                jwt.decode(token, B, algorithms=["HS256"])
                jwt.decode(token, C, algorithms=["HS256"])
                jwt.decode(token, D, algorithms=["HS256"])
                jwt.decode(token, E, algorithms=["HS256"])
                jwt.decode(token, F, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn callers_do_not_stand_in_for_each_other() {
        check(
            r#"
            import os
            import jwt

            def read(token, key):
                return jwt.decode(token, key, algorithms=["HS256"])

            def first(token):
                return read(token, os.environ["BETTER_AUTH_SECRET"])

            def second(token):
                return read(token, "s3cret-s3cret-s3cret-s3cret-s3cret")  # finding: jwt-hardcoded-secret
            "#,
        );
    }

    #[test]
    fn of_mappings_and_attributes() {
        check(
            r#"
            import jwt
            import yaml

            CONFIG = yaml.safe_load(open("config.yml"))
            SECRET = CONFIG.get("secret", "s3cret-s3cret-s3cret-s3cret-s3cret")  # finding: jwt-secret-fallback (critical, high)
            RIGHT = CONFIG["secret"]  # ok

            def read(token, app):
                jwt.decode(token, RIGHT, algorithms=["HS256"])
                jwt.decode(token, app.config.get("JWT_SECRET", "other-s3cret-s3cret-s3cret"), algorithms=["HS256"])  # finding: jwt-secret-fallback (critical, high)
                jwt.decode(token, app.config.get("JWT_SECRET"), algorithms=["HS256"])  # ok
                return jwt.decode(token, SECRET, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn behind_a_value_that_is_not_followed() {
        check(
            r#"
            import jwt
            from app_settings import get_settings

            SECRET = get_settings().secret or "s3cret-s3cret-s3cret-s3cret-s3cret"  # finding: jwt-secret-fallback (critical, high)

            def read(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn part_of_settings() {
        check(
            r#"
            import jwt
            from pydantic import BaseModel
            from pydantic_settings import BaseSettings, SettingsConfigDict

            class JWTSettings(BaseModel):
                secret: str = "s3cret-s3cret-s3cret-s3cret-s3cret"  # finding: jwt-secret-fallback (critical, high, no-fix)
                algorithm: str = "HS256"

            class Settings(BaseSettings):
                model_config = SettingsConfigDict(env_nested_delimiter="__")
                jwt: JWTSettings = JWTSettings()

            settings = Settings()

            def read(token):
                return jwt.decode(token, settings.jwt.secret, algorithms=[settings.jwt.algorithm])
            "#,
        );
    }

    #[test]
    fn default_compared_the_other_way_round() {
        check(
            r#"
            import os
            DEFAULT = "dev-secret"
            JWT_SECRET = os.getenv("JWT_SECRET", DEFAULT)  # ok
            if DEFAULT == JWT_SECRET:
                raise RuntimeError("JWT_SECRET is not set")
            "#,
        );
    }

    #[test]
    fn inside_a_helper() {
        check(
            r#"
            import os
            import jwt

            def env(name, default=None):
                return os.getenv(name, default)

            SECRET = env("BETTER_AUTH_SECRET", "s3cret-s3cret-s3cret-s3cret-s3cret")  # finding: jwt-secret-fallback (critical, high)

            def read(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn set_for_everything() {
        check(
            r#"
            import os
            os.environ.setdefault("JWT_SECRET", "s3cret-s3cret-s3cret-s3cret-s3cret")  # finding: jwt-secret-fallback (warning, medium)
            os.environ.setdefault("LOG_LEVEL", "info")  # ok
            "#,
        );
    }

    #[test]
    fn fixed() {
        check_fix(
            &RULE,
            r#"
            #- config.py
            from pydantic import Field
            from pydantic_settings import BaseSettings

            class Settings(BaseSettings):
                secret_key: str = "changethis"  # finding: jwt-secret-fallback
                refresh_secret_key: str = Field("changethis", min_length=8)  # finding: jwt-secret-fallback
                jwt_secret: str = Field(
                    default="changethis",  # finding: jwt-secret-fallback
                    min_length=8,
                )
                algorithm: str = "HS256"
            #- auth.py
            from os import getenv
            import os
            from decouple import config

            JWT_SECRET = getenv("JWT_SECRET", "changethis")  # finding: jwt-secret-fallback
            AUTH_SECRET = config("AUTH_SECRET", default="changethis", cast=str)  # finding: jwt-secret-fallback
            SECRET_KEY = os.environ.get('SECRET_KEY') or "changethis"  # finding: jwt-secret-fallback
            try:
                TOKEN_SECRET = os.environ["TOKEN_SECRET"]
            except KeyError:
                TOKEN_SECRET = "changethis"  # finding: jwt-secret-fallback
            "#,
            r#"
            #- config.py
            from pydantic import Field
            from pydantic_settings import BaseSettings

            class Settings(BaseSettings):
                secret_key: str
                refresh_secret_key: str = Field(..., min_length=8)
                jwt_secret: str = Field(
                    min_length=8,
                )
                algorithm: str = "HS256"
            #- auth.py
            from os import getenv
            import os
            from decouple import config

            JWT_SECRET = os.environ["JWT_SECRET"]
            AUTH_SECRET = config("AUTH_SECRET", cast=str)
            SECRET_KEY = os.environ["SECRET_KEY"]
            try:
                TOKEN_SECRET = os.environ["TOKEN_SECRET"]
            except KeyError:
                raise RuntimeError("TOKEN_SECRET is not set")
            "#,
        );
    }
}
