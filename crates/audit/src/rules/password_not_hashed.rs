//! Flags passwords that are stored, looked up or compared as they were typed.

use facts::passwords::{PlainKind, PlainPassword};
use report::{Confidence, OwaspApi, Phase, Severity};

use crate::fix::Fix;
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// A password that stays readable: given to the column of a user as it came (`User(password=form.password)`,
    /// `User(**form.dict())`, `user.password = new_password`, a dictionary of users), compared with `==` or
    /// `compare_digest` to what is stored, or looked up by a query (`User.password == form.password`). A function
    /// called `hash_password` that returns what it is given is found too.
    ///
    /// A model, validator, setter or listener that hashes by itself is right, and so are the second field of a form,
    /// passwords of the installation in settings, and credentials of other services.
    ///
    /// ```python,finding
    /// from fastapi import FastAPI, HTTPException
    /// from pydantic import BaseModel
    ///
    /// app = FastAPI()
    /// users: dict[str, dict] = {}
    ///
    /// class Login(BaseModel):
    ///     email: str
    ///     password: str
    ///
    /// @app.post("/login")
    /// def login(form: Login):
    ///     user = users.get(form.email)
    ///     if not user or user["password"] != form.password:
    ///         raise HTTPException(status_code=401, detail="Incorrect email or password")
    ///     return {"id": user["id"]}
    /// ```
    ///
    /// ```python,finding
    /// from pwdlib import PasswordHash
    /// from pydantic import BaseModel
    ///
    /// password_hash = PasswordHash.recommended()
    /// users: dict[str, dict] = {}
    ///
    /// class Signup(BaseModel):
    ///     email: str
    ///     password: str
    ///
    /// def create_user(form: Signup) -> None:
    ///     users[form.email] = {"hashed_password": form.password}
    /// ```
    ///
    /// ## Why it matters
    ///
    /// Whoever reads the database, a backup or a log of its statements has every password, and the same password
    /// opens mail and other accounts of many users.
    ///
    /// ## How it is exploited
    ///
    /// One readable row is enough: `' UNION SELECT email, password FROM users --`, a lost backup, a route that
    /// returns the whole user. The passwords are then tried elsewhere.
    ///
    /// ## Use instead
    ///
    /// Store what argon2 or bcrypt makes of the password, and let the same library compare.
    ///
    /// ```python,fixed
    /// from pwdlib import PasswordHash
    /// from pydantic import BaseModel
    ///
    /// password_hash = PasswordHash.recommended()
    /// users: dict[str, dict] = {}
    ///
    /// class Signup(BaseModel):
    ///     email: str
    ///     password: str
    ///
    /// def create_user(form: Signup) -> None:
    ///     users[form.email] = {"hashed_password": password_hash.hash(form.password)}
    /// ```
    ///
    /// ```python,ok
    /// from fastapi import FastAPI, HTTPException
    /// from pwdlib import PasswordHash
    /// from pydantic import BaseModel
    ///
    /// app = FastAPI()
    /// users: dict[str, dict] = {}
    /// password_hash = PasswordHash.recommended()
    /// DUMMY_HASH = password_hash.hash("nobody has this password")
    ///
    /// class Login(BaseModel):
    ///     email: str
    ///     password: str
    ///
    /// @app.post("/login")
    /// def login(form: Login):
    ///     user = users.get(form.email)
    ///     hashed = user["hashed_password"] if user else DUMMY_HASH
    ///     if not password_hash.verify(form.password, hashed) or not user:
    ///         raise HTTPException(status_code=401, detail="Incorrect email or password")
    ///     return {"id": user["id"]}
    /// ```
    ///
    /// ## References
    ///
    /// - OWASP Password Storage Cheat Sheet: <https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html>
    /// - FastAPI, hash and verify the passwords: <https://fastapi.tiangolo.com/tutorial/security/oauth2-jwt/>
    /// - CWE-256: <https://cwe.mitre.org/data/definitions/256.html>
    pub(super) static RULE: Rule = Rule {
        name: "password-not-hashed",
        summary: "A password is stored or compared as it was typed",
        severity: Severity::Critical,
        phase: Phase::CodeQuality,
        cwe: 256,
        owasp: OwaspApi::BrokenAuthentication,
        checklist_item: None,
        fixable: true,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for plain in &facts.passwords().plain {
        let fix = plain.repair.as_ref().map(|repair| {
            let title = match plain.kind {
                PlainKind::Compared { .. } => format!("Let `{}` compare", repair.function),
                _ => format!("Hash it with `{}`", repair.function),
            };
            Fix::changes_behaviour(title).edit(repair.span, repair.text.as_str())
        });
        let finding = context.report(plain.span, message(plain));
        finding.fix(fix);
        if !plain.is_certain {
            finding.severity(Severity::Warning).confidence(Confidence::Medium);
        }
    }
}

fn message(plain: &PlainPassword) -> String {
    match &plain.kind {
        PlainKind::Compared { stored, typed } => {
            format!("`{typed}` is compared with `{stored}` as it was typed: the stored password is not hashed")
        }
        PlainKind::LookedUp { column } => {
            format!("Users are looked up by `{column}` as it was typed: the stored password is not hashed")
        }
        PlainKind::Stored { column, holder, typed } => {
            let whose = whose(holder);
            format!("`{typed}` is stored in `{column}`{whose} without being hashed")
        }
        PlainKind::Copied { column, holder, from } => {
            let whose = whose(holder);
            format!("`{column}`{whose} is copied from `{from}` without being hashed")
        }
        PlainKind::NoHash { function } => format!("`{function}` returns the password in a readable form"),
    }
}

fn whose(holder: &str) -> String {
    match holder.is_empty() {
        true => String::new(),
        false => format!(" of `{holder}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, check_fix};

    #[test]
    fn compared() {
        check(
            r#"
            #- a.py
            from fastapi import APIRouter, Depends, HTTPException
            from fastapi.security import OAuth2PasswordRequestForm
            from sqlmodel import Field, Session, SQLModel, select
            from security import verify_password, hash_password

            router = APIRouter()

            class User(SQLModel, table=True):
                id: int = Field(primary_key=True)
                email: str
                password: str

            class UserLogin(SQLModel):
                email: str
                password: str
                confirm_password: str

            @router.post("/login")
            def login(credentials: UserLogin, session: Session):
                user = session.exec(select(User).where(User.email == credentials.email)).first()
                if not user or user.password != credentials.password:  # finding: password-not-hashed (critical, high)
                    #          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ password-not-hashed
                    raise HTTPException(401)
                if credentials.password != credentials.confirm_password:  # ok
                    raise HTTPException(400)
                if not verify_password(credentials.password, user.password):  # ok
                    raise HTTPException(401)
                if hash_password(credentials.password) == user.password:  # ok
                    return user.id
                hashed = hash_password(credentials.password)
                return hashed == user.password  # ok

            class MailGateway(SQLModel, table=True):
                id: int = Field(primary_key=True)
                username: str
                password: str
                smtp_host: str

            class ConfiguratorLogin(SQLModel, table=True):
                id: int = Field(primary_key=True)
                username: str
                password: str

            @router.post("/configurators")
            def configurator(credentials: UserLogin, session: Session):
                session.add(
                    ConfiguratorLogin(username=credentials.email, password=credentials.password)  # finding: password-not-hashed
                )
                session.commit()

            @router.put("/gateway")
            def gateway(credentials: UserLogin, session: Session):
                session.add(MailGateway(username=credentials.email, password=credentials.password))  # ok
                session.commit()

            def is_recent(claims: dict, user: User):
                return claims["password_timestamp"] == user.password_timestamp  # ok

            class Account:
                user: User
                @property
                def hashed_password(self) -> str:
                    return self.user.hashed_password  # ok

            @router.post("/token")
            def token(form: OAuth2PasswordRequestForm = Depends(), session: Session = Depends()):
                user = session.exec(
                    select(User).where(User.email == form.username, User.password == form.password)  # finding: password-not-hashed (critical)
                ).first()
                return user.id
            #- b.py
            import secrets

            fake_users_db = {"alice": {"password": "x"}}

            def authenticate(username: str, password: str):
                user = fake_users_db.get(username)
                if user is None:
                    return None
                if not secrets.compare_digest(user["password"], password):  # finding: password-not-hashed
                    return None
                return user

            def authenticate_short(username: str, password: str):
                return fake_users_db.get(username) == password  # finding: password-not-hashed
            #- c.py
            def verify_password(plain_password: str, hashed_password: str) -> bool:
                return plain_password == hashed_password  # finding: password-not-hashed

            def passwords_differ(new_password: str, current_password: str) -> bool:
                return new_password != current_password  # ok

            def validate(password: str, password2: str, settings) -> bool:
                return password == password2 and password != settings.admin_password  # ok
            "#,
        );
    }

    #[test]
    fn stored() {
        check(
            r#"
            #- models.py
            from sqlalchemy import Column, Integer, String
            from sqlalchemy.orm import declarative_base
            Base = declarative_base()

            class User(Base):
                __tablename__ = "users"
                id = Column(Integer, primary_key=True)
                username = Column(String)
                password = Column(String)

            class Mailbox(Base):
                __tablename__ = "mailboxes"
                id = Column(Integer, primary_key=True)
                host = Column(String)
                password = Column(String)
            #- schemas.py
            from pydantic import BaseModel

            class UserCreate(BaseModel):
                username: str
                password: str

            class MailboxCreate(BaseModel):
                host: str
                password: str
            #- routes.py
            from fastapi import APIRouter
            from sqlalchemy.orm import Session
            from models import Mailbox, User
            from passlib.context import CryptContext
            from schemas import MailboxCreate, UserCreate

            router = APIRouter()
            pwd_context = CryptContext(schemes=["argon2"])

            @router.post("/signup")
            def signup(body: UserCreate, db: Session):
                db.add(User(username=body.username, password=body.password))  # finding: password-not-hashed (critical, high)
                #                                            ^^^^^^^^^^^^^ password-not-hashed
                db.commit()

            @router.post("/signup2")
            def signup2(body: UserCreate, db: Session):
                db.add(User(username=body.username, password=pwd_context.hash(body.password)))  # ok
                db.commit()

            @router.post("/signup3")
            def signup3(body: UserCreate, db: Session):
                db.add(User(**body.dict()))  # finding: password-not-hashed (critical)
                db.commit()

            @router.post("/signup4")
            def signup4(body: UserCreate, db: Session):
                data = body.dict()
                data["password"] = pwd_context.hash(data["password"])
                db.add(User(**data))  # ok
                db.commit()

            @router.post("/signup5")
            def signup5(body: UserCreate, db: Session):
                user = User(**body.dict())  # ok
                user.password = pwd_context.hash(body.password)
                db.add(user)

            @router.post("/signup6")
            def signup6(body: UserCreate, db: Session):
                hashed_password = pwd_context.hash(body.password)
                db.add(User(username=body.username, password=body.password))  # finding: password-not-hashed
                return hashed_password is not None

            @router.post("/signup7")
            def signup7(body: UserCreate, db: Session):
                body.password = pwd_context.hash(body.password)
                db.add(User(username=body.username, password=body.password))  # ok

            @router.put("/password/{id}")
            def change(id: int, new_password: str, db: Session):
                user = db.query(User).filter(User.id == id).first()
                user.password = new_password  # finding: password-not-hashed
                db.commit()

            @router.put("/password2/{id}")
            def change2(id: int, new_password: str, db: Session):
                user = db.query(User).filter(User.id == id).first()
                user.password = pwd_context.hash(new_password)  # ok
                db.commit()

            @router.post("/mailboxes")
            def mailbox(body: MailboxCreate, db: Session):
                db.add(Mailbox(**body.dict()))  # ok
                db.add(Mailbox(host=body.host, password=body.password))  # ok
                db.commit()
            "#,
        );
    }

    #[test]
    fn models_that_hash() {
        check(
            r#"
            #- models.py
            from sqlalchemy import Column, Integer, String
            from sqlalchemy.orm import declarative_base, validates
            import security
            Base = declarative_base()

            class User(Base):
                __tablename__ = "users"
                id = Column(Integer, primary_key=True)
                username = Column(String)
                password = Column(String)

                def __init__(self, username, password):
                    self.username = username
                    self.password = security.get_password_hash(password)

            class Account(Base):
                __tablename__ = "accounts"
                id = Column(Integer, primary_key=True)
                username = Column(String)
                password = Column(String)
            #- schemas.py
            from pydantic import BaseModel, field_validator
            import security

            class AccountCreate(BaseModel):
                username: str
                password: str

                @field_validator("password")
                @classmethod
                def hashed(cls, value):
                    return security.hash_password(value)

            class PlainAccountCreate(BaseModel):
                username: str
                password: str
            #- routes.py
            from fastapi import APIRouter
            from models import Account, User
            from schemas import AccountCreate, PlainAccountCreate
            router = APIRouter()

            @router.post("/users")
            def create(body: PlainAccountCreate, db):
                db.add(User(username=body.username, password=body.password))  # ok

            @router.post("/accounts")
            def create_account(body: AccountCreate, db):
                db.add(Account(**body.model_dump()))  # ok

            class OAuthAccount(PlainAccountCreate):
                provider: str

            def create_account_of_provider(body: OAuthAccount, db):
                db.add(Account(**body.model_dump()))  # ok

            @router.post("/accounts/plain")
            def create_plain_account(body: PlainAccountCreate, db):
                db.add(Account(**body.model_dump()))  # finding: password-not-hashed
            "#,
        );
    }

    #[test]
    fn in_services_and_repositories() {
        check(
            r#"
            #- models.py
            from tortoise import fields
            from tortoise.models import Model

            class User(Model):
                id = fields.IntField(pk=True)
                email = fields.CharField(max_length=100)
                password = fields.CharField(max_length=100)
            #- repository.py
            from models import User

            async def create_user(email: str, password: str):
                return await User.create(email=email, password=password)  # ok

            async def create_plain_user(email: str, password: str):
                return await User.create(email=email, password=password)  # finding: password-not-hashed (critical)

            async def create_user_for_somebody(email: str, password: str):
                return await User.create(email=email, password=password)  # finding: password-not-hashed (warning, medium)
            #- routes.py
            from fastapi import APIRouter, Form
            from repository import create_plain_user, create_user
            from security import make_hash
            router = APIRouter()

            @router.post("/a")
            async def a(email: str = Form(), password: str = Form()):
                await create_user(email, make_hash(password))

            @router.post("/b")
            async def b(email: str = Form(), password: str = Form()):
                await create_plain_user(email, password)
            "#,
        );
    }

    #[test]
    fn documents_and_dictionaries() {
        check(
            r#"
            #- mongo.py
            from fastapi import APIRouter
            from motor.motor_asyncio import AsyncIOMotorClient
            from pydantic import BaseModel
            from security import hash_password

            router = APIRouter()
            db = AsyncIOMotorClient("mongodb://localhost").shop

            class Signup(BaseModel):
                email: str
                password: str

            @router.post("/signup")
            async def signup(body: Signup):
                await db.users.insert_one({"email": body.email, "password": body.password})  # finding: password-not-hashed

            @router.post("/signup2")
            async def signup2(body: Signup):
                await db.users.insert_one({"email": body.email, "password": hash_password(body.password)})  # ok

            @router.post("/login")
            async def login(body: Signup):
                return await db.users.find_one({"email": body.email, "password": body.password})  # finding: password-not-hashed
            #- memory.py
            from fastapi import FastAPI
            from pydantic import BaseModel
            import bcrypt

            app = FastAPI()
            users = {}
            attempts = []

            class User(BaseModel):
                username: str
                password: str

            @app.post("/register")
            def register(user: User):
                users[user.username] = {"password": user.password, "role": "user"}  # finding: password-not-hashed
                attempts.append({"password": user.password})

            @app.post("/register2")
            def register2(user: User):
                hashed = bcrypt.hashpw(user.password.encode(), bcrypt.gensalt()).decode()
                users[user.username] = {"password": hashed, "role": "user"}  # ok

            @app.patch("/profile/{username}")
            def update_profile(username: str, update: dict):
                allowed_fields = {"password"}
                users[username].update({k: v for k, v in update.items() if k in allowed_fields})  # finding: password-not-hashed

            @app.patch("/about/{username}")
            def update_about(username: str, update: dict):
                allowed_fields = {"about"}
                users[username].update({k: v for k, v in update.items() if k in allowed_fields})  # ok
            "#,
        );
    }

    #[test]
    fn functions_that_do_not_hash() {
        check(
            r#"
            import base64
            from pwdlib import PasswordHash

            password_hash = PasswordHash.recommended()

            def fake_hash_password(password: str):
                return "fakehashed" + password  # finding: password-not-hashed (critical, high)

            def encrypt_password(password: str):
                return base64.b64encode(password.encode()).decode()  # finding: password-not-hashed

            def get_password_hash(password: str):
                return password_hash.hash(password)  # ok

            def get_password_hash_field(user):
                return user.hashed_password  # ok
            "#,
        );
    }

    #[test]
    fn fixed() {
        check_fix(
            &RULE,
            r#"
            #- security.py
            from passlib.context import CryptContext
            pwd_context = CryptContext(schemes=["bcrypt"])

            def verify_password(plain_password: str, hashed_password: str) -> bool:
                return pwd_context.verify(plain_password, hashed_password)

            def get_password_hash(password: str) -> str:
                return pwd_context.hash(password)
            #- routes.py
            from fastapi import APIRouter, HTTPException
            from pydantic import BaseModel
            from security import get_password_hash, verify_password

            router = APIRouter()
            users = {}

            class Form(BaseModel):
                email: str
                password: str

            @router.post("/signup")
            def signup(form: Form):
                users[form.email] = {"password": form.password}  # finding: password-not-hashed

            @router.post("/login")
            def login(form: Form):
                user = users.get(form.email)
                if not user or user["password"] != form.password:  # finding: password-not-hashed
                    raise HTTPException(401)
            "#,
            r#"
            #- security.py
            from passlib.context import CryptContext
            pwd_context = CryptContext(schemes=["bcrypt"])

            def verify_password(plain_password: str, hashed_password: str) -> bool:
                return pwd_context.verify(plain_password, hashed_password)

            def get_password_hash(password: str) -> str:
                return pwd_context.hash(password)
            #- routes.py
            from fastapi import APIRouter, HTTPException
            from pydantic import BaseModel
            from security import get_password_hash, verify_password

            router = APIRouter()
            users = {}

            class Form(BaseModel):
                email: str
                password: str

            @router.post("/signup")
            def signup(form: Form):
                users[form.email] = {"password": get_password_hash(form.password)}

            @router.post("/login")
            def login(form: Form):
                user = users.get(form.email)
                if not user or not verify_password(form.password, user["password"]):
                    raise HTTPException(401)
            "#,
        );
    }

    #[test]
    fn passed_on_by_objects() {
        let project = |made: &str| {
            format!(
                r#"
from dataclasses import dataclass
import bcrypt
from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
app = FastAPI()
class Base(DeclarativeBase): pass
@dataclass
class Person:
    username: str
    password: str
class UserRow(Base):
    __tablename__ = "users"
    username: Mapped[str] = mapped_column(primary_key=True)
    password: Mapped[str]
    @classmethod
    def of(cls, person: Person):
        return cls(username=person.username, password=person.password){made}
    db.add(UserRow.of(person))
    db.commit()
"#
            )
        };
        let head = "\nclass SignUp(BaseModel):\n    username: str\n    password: str\ndef hashed(plain: str) -> str:\n    \
                    return bcrypt.hashpw(plain.encode(), bcrypt.gensalt()).decode()\n@app.post(\"/register\")\n\
                    def register(body: SignUp, db):\n    ";
        check(&project(&format!(
            "  # ok{head}person = Person(username=body.username, password=hashed(body.password))"
        )));
        check(&project(&format!(
            "  # finding: password-not-hashed{head}person = Person(username=body.username, password=body.password)"
        )));
    }

    #[test]
    fn what_is_no_password_of_a_user() {
        check(
            r#"
            import bcrypt
            from pydantic import BaseModel
            from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
            class Base(DeclarativeBase): pass
            class User(Base):
                __tablename__ = "users"
                id: Mapped[int] = mapped_column(primary_key=True)
                email: Mapped[str]
                password: Mapped[str]
                password_timestamp: Mapped[float]
            class MailGateway(Base):
                __tablename__ = "mail_gateways"
                id: Mapped[int] = mapped_column(primary_key=True)
                username: Mapped[str]
                smtp_host: Mapped[str]
                password: Mapped[str]
            class UserUpdate(BaseModel):
                email: str | None = None
                password: str | None = None
            class Gateway(BaseModel):
                username: str
                password: str
            def is_same(user: User, password_timestamp: float) -> bool:
                return user.password_timestamp == password_timestamp  # ok
            def is_same_password(user: User, password: str) -> bool:
                return user.password == password  # finding: password-not-hashed
            def update(user: User, body: UserUpdate, db):
                data = body.model_dump(exclude_unset=True)
                if data.get("password"):
                    hashed = bcrypt.hashpw(data["password"].encode(), bcrypt.gensalt())
                    user.password = hashed.decode()
                    del data["password"]
                for key, value in data.items():
                    setattr(user, key, value)  # ok
                db.commit()
            def save(body: Gateway, db):
                db.add(MailGateway(username=body.username, smtp_host="smtp", password=body.password))  # ok
            "#,
        );
    }
}
