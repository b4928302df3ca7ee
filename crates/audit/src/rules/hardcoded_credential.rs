//! Flags passwords, keys of services, tokens, private keys and addresses with a password that are written in the code.

use facts::credentials::{Credential, CredentialKind, Worth};
use facts::secrets::Circumstance;
use report::{Confidence, OwaspApi, Phase, Severity};

use crate::fixes::environment;
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// Credentials in the code: tokens in the formats that services publish (Stripe, AWS, OpenAI, GitHub, Slack,
    /// Google and others), JSON Web Tokens, private keys, addresses with a password
    /// (`postgresql://user:password@host/db`), and what is bound to, passed as or compared with the name of a
    /// password, key or token: constants, settings, arguments, dictionaries, defaults of `getenv`, the password of
    /// an account that is made at start-up.
    ///
    /// Placeholders, samples for this machine (`postgres:postgres@localhost`), examples of the documentation, tests,
    /// seeds and migrations, and names that only contain such words are right. Keys that sign tokens of the API are
    /// found by `jwt-hardcoded-secret` and `jwt-secret-fallback`. Keys for a service's tests, passwords for a
    /// database on this machine and defaults like `changeme` are warnings.
    ///
    /// ```python,finding
    /// from sqlmodel import create_engine
    ///
    /// DATABASE_URL = "postgresql://shop:wT7kQ2zP9x@db.shop.acme.io:5432/shop"
    /// engine = create_engine(DATABASE_URL)
    /// ```
    ///
    /// ## Why it matters
    ///
    /// Code is copied to every machine of the team, to builds, images and backups, and what was committed once stays
    /// in the history. It cannot be changed without a release, and tests and production share it. Programs search
    /// public repositories for these formats within minutes.
    ///
    /// ## How it is exploited
    ///
    /// Whoever reads the code uses the credential from anywhere:
    ///
    /// ```text
    /// $ psql postgresql://shop:wT7kQ2zP9x@db.shop.acme.io:5432/shop -c 'select email, hashed_password from users'
    /// ```
    ///
    /// ## Use instead
    ///
    /// Read it from the environment when the application starts, so that it fails at once without it. Then replace
    /// the credential that was in the code by a new one.
    ///
    /// ```python,fixed
    /// import os
    ///
    /// from sqlmodel import create_engine
    ///
    /// DATABASE_URL = os.environ["DATABASE_URL"]
    /// engine = create_engine(DATABASE_URL)
    /// ```
    ///
    /// ```python,ok
    /// from pydantic import SecretStr
    /// from pydantic_settings import BaseSettings
    ///
    /// class Settings(BaseSettings):
    ///     database_url: str
    ///     stripe_api_key: SecretStr
    ///
    /// settings = Settings()
    /// ```
    ///
    /// ## References
    ///
    /// - OWASP Secrets Management Cheat Sheet: <https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html>
    /// - GitHub, supported secret scanning patterns: <https://docs.github.com/en/code-security/secret-scanning/introduction/supported-secret-scanning-patterns>
    /// - CWE-798: <https://cwe.mitre.org/data/definitions/798.html>
    pub(super) static RULE: Rule = Rule {
        name: "hardcoded-credential",
        summary: "A password, key, token or address with a password is written in the code",
        severity: Severity::Critical,
        phase: Phase::CodeQuality,
        cwe: 798,
        owasp: OwaspApi::SecurityMisconfiguration,
        checklist_item: Some(10),
        fixable: true,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for credential in facts.credentials() {
        let (mut severity, mut confidence) = grade(credential);
        let mut message = message(credential);
        if credential.circumstance == Circumstance::Development {
            severity = severity.max(Severity::Warning);
            confidence = confidence.max(Confidence::Medium);
            message += ", for development";
        }
        let fix = credential
            .repair
            .as_ref()
            .map(|repair| environment::take_out_credential(facts, repair));
        let finding = context.report(credential.span, message);
        finding.severity(severity).confidence(confidence).fix(fix);
    }
}

fn grade(credential: &Credential) -> (Severity, Confidence) {
    match (credential.kind, credential.worth) {
        (CredentialKind::TokenOf(_) | CredentialKind::PrivateKey, _) => (Severity::Critical, Confidence::High),
        (CredentialKind::TestTokenOf(_), _) => (Severity::Warning, Confidence::High),
        (CredentialKind::Address { is_local: true }, _) => (Severity::Warning, Confidence::Medium),
        (_, Worth::Certain) => (Severity::Critical, Confidence::High),
        (_, Worth::Likely) => (Severity::Critical, Confidence::Medium),
        (_, Worth::KnownDefault) => (Severity::Warning, Confidence::Medium),
    }
}

fn message(credential: &Credential) -> String {
    let name = credential.name.as_deref();
    let what = match credential.kind {
        CredentialKind::TokenOf(service) => format!("A secret token of {service}"),
        CredentialKind::TestTokenOf(service) => format!("A token of {service} for tests"),
        CredentialKind::WebToken => "A signed JSON Web Token".to_owned(),
        CredentialKind::PrivateKey => "A private key".to_owned(),
        CredentialKind::Address { is_local: true } => "An address with a password for this machine".to_owned(),
        CredentialKind::Address { is_local: false } => "An address with a password".to_owned(),
        CredentialKind::Password => "A password".to_owned(),
        CredentialKind::Key => "A secret".to_owned(),
        CredentialKind::Expected => {
            return match name {
                Some(name) => format!("`{name}` is compared with a value that is written in the code"),
                None => "A credential is compared with a value that is written in the code".to_owned(),
            };
        }
    };
    let place = match (name, credential.is_default) {
        (Some(name), true) => format!(" is written in the code as the default of `{name}`"),
        (Some(name), false) => format!(" is written in the code as `{name}`"),
        (None, _) => " is written in the code".to_owned(),
    };
    let known = match credential.worth {
        Worth::KnownDefault => ", one that is tried first",
        _ => "",
    };
    format!("{what}{place}{known}")
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, check_fix};

    #[test]
    fn formats_of_services() {
        check(
            r#"
            import boto3
            import openai
            import stripe

            stripe.api_key = "sk_live_51H8aJ2eZvKYlo2C0abcdEFGH"  # finding: hardcoded-credential (critical, high)
            #                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ hardcoded-credential
            stripe.api_key = "sk_test_51H8aJ2eZvKYlo2C0abcdEFGH"  # finding: hardcoded-credential (warning, high)
            stripe.api_key = "sk_live_xxxxxxxxxxxxxxxxxxxxxxxx"  # ok
            client = openai.OpenAI(api_key="sk-proj-Ab3dEf9hIjKlMn0pQrStUvWx")  # finding: hardcoded-credential (critical, high)
            legacy = openai.OpenAI(api_key="sk-Ab3dEf9hIjKlMn0pQrStUvWxYz12345678")  # finding: hardcoded-credential
            later = openai.OpenAI(api_key="sk-your-key-here")  # ok
            s3 = boto3.client(
                "s3",
                aws_access_key_id="AKIAQ3EGRTKB7X2PL5MN",  # finding: hardcoded-credential
                aws_secret_access_key="wJalrXUtnFEMIK7MDENGbPxRfiCYq3Zk8Tp1",  # finding: hardcoded-credential
            )
            documented = boto3.client("s3", aws_access_key_id="AKIAIOSFODNN7EXAMPLE")  # ok
            HEADERS = {"Authorization": "token ghp_16C7e42F292c6912E7710c838347Ae178B4a"}  # finding: hardcoded-credential
            SLACK = "https://hooks.slack.com/services/T024BE7LD/B024BE7LH/8xYZkLmNoPqRsTuV"  # finding: hardcoded-credential
            bot = "xoxb-123456789012-1234567890123-AbCdEfGhIjKlMnOp"  # finding: hardcoded-credential
            maps = "https://maps.googleapis.com/maps/api/js?key=AIzaSyD4iE2xVSpkLLOXoyqT-RuPwURN3ddScAI"  # finding: hardcoded-credential
            mail = "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"  # finding: hardcoded-credential
            names = ["task-management-application-2024-v2", "disk-usage", "risk-assessment-report-2023-final"]  # ok
            bearer = {"Authorization": "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dBjftJeZ4CVPmB92K27uhbUJU1p1r8wW1g"}  # finding: hardcoded-credential (critical, medium)
            ANON = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJzdXBhYmFzZSIsInJvbGUiOiJhbm9uIn0.dBjftJeZ4CVPmB92K27uhbUJU1p1r8wW1g"  # ok
            "#,
        );
    }

    #[test]
    fn private_keys() {
        check(
            r#"
            SERVICE_ACCOUNT = {"private_key": "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----\n"}  # finding: hardcoded-credential (critical, high)
            PUBLIC = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----"  # ok
            TEMPLATE = "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----"  # ok

            def is_private(text: str) -> bool:
                return "-----BEGIN PRIVATE KEY-----" in text  # ok
            "#,
        );
    }

    #[test]
    fn addresses_with_passwords() {
        check(
            r#"
            #- database.py
            import os
            from motor.motor_asyncio import AsyncIOMotorClient
            from sqlalchemy import create_engine

            SQLALCHEMY_DATABASE_URL = "postgresql://app:Xk29sdPq@db.prod.acme.io:5432/app"  # finding: hardcoded-credential (critical, high)
            DATABASE_URL = os.getenv("DATABASE_URL", "postgresql://app:Xk29sdPq@db.prod.acme.io/app")  # finding: hardcoded-credential (critical, high, fix)
            TESTS = "postgresql://test_user:test_password@localhost:5433/test_db"  # ok
            LOCAL = os.getenv("DATABASE_URL", "postgresql://postgres:postgres@localhost:5432/app")  # ok
            COMPOSE = "postgresql+asyncpg://postgres:postgres@db:5432/app"  # ok
            MINE = "mysql+pymysql://root:Winter2024@localhost/shop"  # finding: hardcoded-credential (warning, medium)
            client = AsyncIOMotorClient("mongodb+srv://admin:h4rdT0Gu3ss@cluster0.abcde.mongodb.net/shop")  # finding: hardcoded-credential
            template = "postgresql://USER:PASSWORD@HOST:5432/NAME"  # ok
            sqlite = "sqlite:///./app.db"  # ok
            engine = create_engine(f"postgresql://{os.environ['DB_USER']}:{os.environ['DB_PASSWORD']}@db/app")  # ok
            dsn = "host=db.acme.io port=5432 user=app password=Xk29sdPq dbname=app"  # finding: hardcoded-credential
            #- settings.py
            from pydantic_settings import BaseSettings

            class Settings(BaseSettings):
                database_url: str = "postgresql://app:Xk29sdPq@10.0.3.7:5432/app"  # finding: hardcoded-credential (critical, high)
                redis_url: str = "redis://localhost:6379/0"  # ok
                broker_url: str = "amqp://guest:guest@rabbitmq:5672//"  # ok
            "#,
        );
    }

    #[test]
    fn passwords() {
        check(
            r#"
            #- config.py
            import os
            from pydantic import Field, SecretStr
            from pydantic_settings import BaseSettings

            class Settings(BaseSettings):
                smtp_password: str = "Mail!2024pass"  # finding: hardcoded-credential (critical, high)
                first_superuser_password: str = "changethis"  # finding: hardcoded-credential (warning, medium)
                redis_password: SecretStr = Field(default=SecretStr("r3disP4ss"))  # finding: hardcoded-credential
                postgres_password: str = "postgres"  # ok
                mysql_password: str = "apppass"  # finding: hardcoded-credential (warning, medium)
                db_password: str  # ok
                password_min_length: int = 8  # ok
                password_regex: str = "^[A-Za-z0-9]{8,}$"  # ok
                api_key_header: str = "X-API-Key"  # ok
                token_url: str = "/auth/token"  # ok

            DB_HOST, DB_PASSWORD = "db.acme.io", "r00tP@ss!"  # finding: hardcoded-credential
            TELEGRAM = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1"  # finding: hardcoded-credential
            MINIO_SECRET_KEY = "minioadmin"  # ok
            ADMIN_PASSWORD = os.getenv("ADMIN_PASSWORD", "Sup3rAdmin!")  # finding: hardcoded-credential (critical, high)
            MAIL_PASSWORD = os.environ["MAIL_PASSWORD"]  # ok
            #- db.py
            import smtplib
            import mysql.connector

            def get_db():
                host = "10.10.10.26"
                user = "app"
                password = "katty2023"  # finding: hardcoded-credential (critical, high)
                return mysql.connector.connect(host=host, user=user, password=password)

            def get_replica():
                word = "katty2024"  # finding: hardcoded-credential
                return mysql.connector.connect(host="10.10.10.27", user="app", password=word)

            def send(message):
                with smtplib.SMTP("smtp.acme.io") as smtp:
                    smtp.login("noreply@acme.io", "n0reply-Pw")  # finding: hardcoded-credential
                    smtp.sendmail("noreply@acme.io", "a@acme.io", message)

            DB_CONFIG = {
                "host": "db.acme.io",
                "user": "app",
                "password": "Xk29sdPq",  # finding: hardcoded-credential
            }
            #- startup.py
            from models import User
            from security import get_password_hash

            async def init_user():
                if not await User.exists():
                    password = get_password_hash("123456")  # finding: hardcoded-credential (warning, medium)
                    await User.create(name="admin", password=password)

            async def init_operator():
                password = encrypt_aes256("654321ab")  # finding: hardcoded-credential (critical)
                await User.create(name="operator", password=password)

            async def init_admin():
                await User.create(name="root", hashed_password=get_password_hash("Adm1n-2024"))  # ok
            "#,
        );
    }

    #[test]
    fn compared() {
        check(
            r#"
            #- auth.py
            import secrets
            from fastapi import Depends, FastAPI, Header, HTTPException
            from fastapi.security import HTTPBasic, HTTPBasicCredentials
            from config import settings

            app = FastAPI()
            API_KEY = "d9f1c2a7-internal-key"  # finding: hardcoded-credential (critical)
            VALID_API_KEYS = ["k-3f8a91c2d4", "k-77b0aa19ce"]  # finding: hardcoded-credential
            NAMED_API_KEYS = {"k-11aa22bb33": "alice"}  # finding: hardcoded-credential
            api_keys = {"publicKey": settings.public, "secretKey": settings.secret}  # ok

            def by_key(x_api_key: str = Header()):
                if x_api_key != "s3rvice-key-2024":  # finding: hardcoded-credential (critical, high)
                    raise HTTPException(403)

            def by_list(x_api_key: str = Header()):
                if x_api_key not in ["first-key-81", "second-key-82"]:  # finding: hardcoded-credential
                    raise HTTPException(403)

            def by_password(credentials: HTTPBasicCredentials = Depends(HTTPBasic())):
                if credentials.username not in ["admin"]:
                    raise HTTPException(401)
                correct_password_bytes = b"swordfish"  # finding: hardcoded-credential
                if not secrets.compare_digest(credentials.password.encode(), correct_password_bytes):
                    raise HTTPException(401)

            def login(username: str, password: str):
                if username == "admin" and password == "admin123":  # finding: hardcoded-credential (critical, high)
                    return True

            def start():
                if settings.admin_password == "changethis":  # ok
                    raise RuntimeError
                if settings.API_KEY == "my-secret-value":  # ok
                    raise RuntimeError
            "#,
        );
    }

    #[test]
    fn stays_silent() {
        check(
            r#"
            #- app.py
            import os
            from enum import Enum
            from fastapi import Body, FastAPI, Form
            from fastapi.security import APIKeyHeader, OAuth2PasswordBearer
            from pydantic import BaseModel, Field

            oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")
            api_key_header = APIKeyHeader(name="X-API-Key")
            API_KEY_NAME = "access_token"
            API_KEY = "your-api-key-here"
            OPENAI_API_KEY = "<your key>"
            STRIPE_SECRET_KEY = os.getenv("STRIPE_SECRET_KEY", "")
            SENDGRID_API_KEY = "SENDGRID_API_KEY"
            GITHUB_TOKEN = "xxxxxxxxxxxxxxxxxxxx"
            refresh_token = "refresh_token"
            author = "someone1234567890"
            tokenizer = "cl100k_base"
            PASSWORD_FIELD = "password"
            DUMMY_PASSWORD_HASH = "$2b$12$KIXQx9gYh9b1iKz8Zk7QeuY5u5vQ1Zr1"
            LABELS = {"password": "Passwort", "api_key": "Schluessel", "secret": "Geheimnis"}
            PAYLOAD = {"username": "tester", "password": "testpass123"}
            MESSAGES = {"password": "Password must have 8 characters", "token": "Invalid token"}

            class Kind(str, Enum):
                PASSWORD = "password1"
                API_KEY = "api-key-1"

            class Login(BaseModel):
                username: str = "alice"
                password: str = Field(examples=["S3cret!pass"])

                model_config = {"json_schema_extra": {"examples": [{"username": "alice", "password": "S3cret!pass"}]}}

            app = FastAPI()

            @app.post("/login", responses={200: {"content": {"application/json": {"example": {"access_token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dBjftJeZ4CVPmB92K27uhbUJU1p1r8wW1g"}}}}})
            def login(body: Login = Body(openapi_examples={"one": {"value": {"username": "a", "password": "S3cret!pass"}}})):
                """Log in.

                curl -d '{"password": "S3cret!pass"}' postgresql://app:Xk29sdPq@db.prod.acme.io/app
                """
                return {"access_token": "x", "token_type": "bearer"}
            #- tests/test_login.py
            PASSWORD = "S3cret!pass"
            API_KEY = "sk_live_51H8aJ2eZvKYlo2C0abcdEFGH"
            #- seeds/users.py
            PASSWORD = "S3cret!pass"
            #- alembic/versions/0001_users.py
            PASSWORD = "S3cret!pass"
            "#,
        );
    }

    #[test]
    fn keys_of_tokens_have_their_own_rules() {
        check(
            r#"
            import jwt

            SECRET_KEY = "s3cret-s3cret-s3cret-s3cret-s3cret"  # finding: jwt-hardcoded-secret

            def read(token):
                return jwt.decode(token, SECRET_KEY, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn refused_at_start() {
        check(
            r#"
            #- a.py
            from pydantic import model_validator
            from pydantic_settings import BaseSettings

            class Settings(BaseSettings):
                first_superuser_password: str = "changethis"  # ok

                @model_validator(mode="after")
                def enforce(self):
                    if self.first_superuser_password == "changethis":
                        raise ValueError("FIRST_SUPERUSER_PASSWORD is not set")
                    return self
            #- b.py
            from pydantic_settings import BaseSettings

            class Settings(BaseSettings):
                first_superuser_password: str = "changethis"  # finding: hardcoded-credential (warning, medium)
            "#,
        );
    }

    #[test]
    fn sessions() {
        check(
            r#"
            import os
            from fastapi import FastAPI
            from starlette.middleware.sessions import SessionMiddleware

            app = FastAPI()
            app.add_middleware(SessionMiddleware, secret_key="some-session-secret-9f")  # finding: hardcoded-credential (critical)
            app.add_middleware(SessionMiddleware, secret_key=os.environ["SESSION_SECRET"])  # ok
            "#,
        );
    }

    #[test]
    fn fixed() {
        check_fix(
            &RULE,
            r#"
            #- config.py
            import os
            from pydantic_settings import BaseSettings

            STRIPE_API_KEY = "sk_live_51H8aJ2eZvKYlo2C0abcdEFGH"  # finding: hardcoded-credential
            SMTP_PASSWORD = os.getenv("SMTP_PASSWORD", "Mail!2024pass")  # finding: hardcoded-credential

            class Settings(BaseSettings):
                database_url: str = "postgresql://app:Xk29sdPq@db.prod.acme.io/app"  # finding: hardcoded-credential
            "#,
            r#"
            #- config.py
            import os
            from pydantic_settings import BaseSettings

            STRIPE_API_KEY = os.environ["STRIPE_API_KEY"]
            SMTP_PASSWORD = os.environ["SMTP_PASSWORD"]

            class Settings(BaseSettings):
                database_url: str
            "#,
        );
    }

    #[test]
    fn names_of_fields_are_no_keys() {
        check(
            r#"
            def save(gateway, given):
                gateway.api_keys = {"publicKey": given.get("publicKey", ""), "secretKey": given.get("secretKey", "")}  # ok
            API_KEYS = {"k-93hfk2l0s8dhw7": "alice"}  # finding: hardcoded-credential
            WEAK_PASSWORDS = {"staging-redis-pass", "Winter-2024"}  # ok
            API_PASSWORDS = {"staging-redis-pass", "Winter-2024"}  # finding: hardcoded-credential
            FIELDS = {"username": "id", "password": "provider", "email": "email"}  # ok
            DEMO = {"username": "root", "password": "Provider-71"}  # finding: hardcoded-credential
            "#,
        );
    }
}
