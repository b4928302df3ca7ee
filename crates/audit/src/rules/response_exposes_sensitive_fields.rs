//! Flags routes that answer with the password hash of a user.

use facts::Facts;
use facts::secret_answers::{AnswerKind, SecretAnswer};
use report::{OwaspApi, Phase, Severity};
use text::Span;

use crate::fix::Fix;
use crate::fixes::{calls, style, tokens};
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// Routes that answer with a user's row, or rows, without a response model that cuts it: every column is sent,
    /// the password's hash among them. Also response models and return types that have such a field, and handlers
    /// that put it into their answer themselves. Documents of MongoDB count as rows.
    ///
    /// Right are response models without the field, `Field(exclude=True)`, `response_model_exclude`, rows that are
    /// cut before (`user.model_dump(exclude={"hashed_password"})`, a projection, selected columns).
    ///
    /// ```python,finding,route-without-auth
    /// from fastapi import Depends, FastAPI
    /// from sqlmodel import Field, Session, SQLModel, select
    /// from app.database import get_session
    ///
    /// class User(SQLModel, table=True):
    ///     id: int | None = Field(default=None, primary_key=True)
    ///     email: str
    ///     hashed_password: str
    ///
    /// app = FastAPI()
    ///
    /// @app.get("/users", response_model=list[User])
    /// def users(session: Session = Depends(get_session)):
    ///     return session.exec(select(User)).all()
    /// ```
    ///
    /// ## Why it matters
    ///
    /// FastAPI (0.163) turns what a handler returns into JSON: of an object of SQLAlchemy all attributes that are
    /// loaded, of one of SQLModel or pydantic all fields. A hash that is known can be attacked offline, without
    /// any limit on attempts, and is worth as much as a session wherever hashes are compared.
    ///
    /// ## How it is exploited
    ///
    /// `GET /users` answers `[{"id": 1, "email": "ann@example.com", "hashed_password": "$2b$12$…"}]`; a common
    /// password falls to `hashcat` in minutes.
    ///
    /// ## Use instead
    ///
    /// Leave the field out, or better, answer with a class that has only what clients may see.
    ///
    /// ```python,fixed
    /// from fastapi import Depends, FastAPI
    /// from sqlmodel import Field, Session, SQLModel, select
    /// from app.database import get_session
    ///
    /// class User(SQLModel, table=True):
    ///     id: int | None = Field(default=None, primary_key=True)
    ///     email: str
    ///     hashed_password: str
    ///
    /// app = FastAPI()
    ///
    /// @app.get(
    ///     "/users",
    ///     response_model=list[User],
    ///     response_model_exclude={"__all__": {"hashed_password"}},
    /// )
    /// def users(session: Session = Depends(get_session)):
    ///     return session.exec(select(User)).all()
    /// ```
    ///
    /// ```python,ok
    /// from fastapi import Depends, FastAPI
    /// from pydantic import BaseModel
    /// from sqlmodel import Field, Session, SQLModel, select
    /// from app.database import get_session
    ///
    /// class User(SQLModel, table=True):
    ///     id: int | None = Field(default=None, primary_key=True)
    ///     email: str
    ///     hashed_password: str
    ///
    /// class UserPublic(BaseModel):
    ///     id: int
    ///     email: str
    ///
    /// app = FastAPI()
    ///
    /// @app.get("/users", response_model=list[UserPublic])
    /// def users(session: Session = Depends(get_session)):
    ///     return session.exec(select(User)).all()
    /// ```
    ///
    /// ## References
    ///
    /// - FastAPI, response model: <https://fastapi.tiangolo.com/tutorial/response-model/>
    /// - OWASP API3:2023, Broken Object Property Level Authorization: <https://owasp.org/API-Security/editions/2023/en/0xa3-broken-object-property-level-authorization/>
    /// - CWE-200: <https://cwe.mitre.org/data/definitions/200.html>
    pub(super) static RULE: Rule = Rule {
        name: "response-exposes-sensitive-fields",
        summary: "A route answers with the password hash, or another secret, of a user",
        severity: Severity::Warning,
        phase: Phase::AuthorizationAndUserIsolation,
        cwe: 200,
        owasp: OwaspApi::BrokenObjectPropertyLevelAuthorization,
        checklist_item: Some(12),
        fixable: true,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for answer in facts.secret_answers() {
        let operation = &facts.applications().routes[answer.route].operation;
        let route = format!("{} {}", operation.methods.join(", "), operation.path.text);
        let (class, field) = (&answer.class, &answer.field);
        let message = match answer.kind {
            AnswerKind::Row => format!("`{route}` answers with all of `{class}`, `{field}` included"),
            AnswerKind::Field => format!("`{route}` answers with `{field}` of `{class}`"),
            AnswerKind::ResponseModel => {
                format!("The response model of `{route}`, `{class}`, has the field `{field}`")
            }
            AnswerKind::ReturnType => format!("`{route}` answers with `{class}`, which has the field `{field}`"),
        };
        let fix = fix(facts, answer, operation.registration);
        let finding = context.report(answer.span, message);
        finding.fix(fix);
        if let Some(field) = answer.field_span {
            finding.related(field, "it is declared here");
        }
    }
}

/// Leaves the fields out of what the response model gives.
fn fix(facts: &Facts<'_>, answer: &SecretAnswer, registration: Span) -> Option<Fix> {
    let cut = answer.cut.as_ref()?;
    let call = facts.call_at(registration)?;
    let is_given = ["response_model_exclude", "response_model_include"];
    if !tokens::is_plain(&call) || call.argument(None, &is_given).is_some() {
        return None;
    }
    let text = facts.text(registration.file);
    let literal = |name: &str| style::string_literal(text, name);
    let names: Vec<String> = cut.fields.iter().map(|field| literal(field)).collect();
    let names = format!("{{{}}}", names.join(", "));
    let names = match cut.is_list {
        true => format!("{{{}: {names}}}", literal("__all__")),
        false => names,
    };
    let title = format!("Leave `{}` out of the answer", cut.fields.join("`, `"));
    let argument = format!("response_model_exclude={names}");
    Some(Fix::changes_behaviour(title).with([calls::append_argument(facts, &call, &argument)]))
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    fn app(body: &str) -> String {
        let body = test_utils::trim_indent(body);
        format!("{APP}{body}")
    }

    const APP: &str = r#"
from typing import Any, List, Optional
from fastapi import Depends, FastAPI, HTTPException, Response
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, SecretStr
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, load_only, mapped_column
class Base(DeclarativeBase):
    pass
class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    hashed_password: Mapped[str]
class Task(Base):
    __tablename__ = "tasks"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
class UserOut(BaseModel):
    id: int
    email: str
class UserInDB(UserOut):
    hashed_password: str
class UserHidden(UserOut):
    hashed_password: str = Field(exclude=True)
app = FastAPI()
def get_db():
    yield Session()
def get_user(db: Session = Depends(get_db)) -> User:
    return db.query(User).first()
"#;

    #[test]
    fn rows_without_a_model() {
        check(&app(r#"
            @app.get("/a")
            def a(db: Session = Depends(get_db)):
                return db.query(User).all()  # finding: response-exposes-sensitive-fields (warning)
                #      ^^^^^^^^^^^^^^^^^^^^ response-exposes-sensitive-fields

            @app.get("/b")
            def b(user_id: int, db: Session = Depends(get_db)):
                user = db.execute(select(User).where(User.id == user_id)).scalar_one_or_none()
                if user is None:
                    raise HTTPException(404)
                return user  # finding: response-exposes-sensitive-fields

            @app.get("/c")
            def c(user: User = Depends(get_user)):
                return {"user": user}  # finding: response-exposes-sensitive-fields

            @app.post("/d")
            def d(email: str, db: Session = Depends(get_db)):
                user = User(email=email, hashed_password="x")
                db.add(user)
                db.commit()
                db.refresh(user)
                return user  # finding: response-exposes-sensitive-fields

            @app.get("/e")
            def e(db: Session = Depends(get_db)) -> Any:
                return [jsonable_encoder(user) for user in db.query(User).all()]  # finding: response-exposes-sensitive-fields

            @app.get("/f")
            def f(user: User = Depends(get_user)):
                return {"id": user.id, "hash": user.hashed_password}  # finding: response-exposes-sensitive-fields

            @app.get("/g", response_model=None)
            def g(user: User = Depends(get_user)) -> User:
                return user  # finding: response-exposes-sensitive-fields

            @app.get("/h")
            def h(user: User = Depends(get_user)):
                return JSONResponse(content=user.__dict__)  # finding: response-exposes-sensitive-fields

            @app.get("/tasks")
            def tasks(db: Session = Depends(get_db)):
                return db.query(Task).all()  # ok
            "#));
    }

    #[test]
    fn rows_that_are_cut() {
        check(&app(r#"
            @app.get("/a", response_model=List[UserOut])
            def a(db: Session = Depends(get_db)):
                return db.query(User).all()  # ok

            @app.get("/b")
            def b(user: User = Depends(get_user)) -> UserOut:
                return user  # ok

            @app.get("/c")
            def c(user: User = Depends(get_user)):
                return {"id": user.id, "email": user.email}  # ok

            @app.get("/d")
            def d(user: User = Depends(get_user)):
                return UserOut(id=user.id, email=user.email)  # ok

            @app.get("/e")
            def e(db: Session = Depends(get_db)):
                return db.execute(select(User.id, User.email)).all()  # ok

            @app.get("/f")
            def f(db: Session = Depends(get_db)):
                return db.scalars(select(User).options(load_only(User.id, User.email))).all()  # ok

            @app.get("/g", response_model=UserInDB, response_model_exclude={"hashed_password"})
            def g(user: User = Depends(get_user)):
                return user  # ok

            @app.get("/h", response_model=UserHidden)
            def h(user: User = Depends(get_user)):
                return user  # ok

            @app.get("/i")
            def i(db: Session = Depends(get_db)):
                return {"count": db.query(User).count(), "known": db.query(User).first() is not None}  # ok

            @app.get("/j")
            def j(user: User = Depends(get_user)):
                return {"users": [{"id": user.id}], "ok": bool(user.hashed_password)}  # ok

            @app.get("/k", response_model=UserOut)
            def k(user: User = Depends(get_user)):
                return user  # ok

            @app.get("/l")
            def l(user: User = Depends(get_user)):
                return [UserOut.model_validate(other) for other in [user]]  # ok
            "#));
    }

    #[test]
    fn models_at_fault() {
        check(&app(r#"
            class Page(BaseModel):
                items: List[UserInDB]

            class UserIn(BaseModel):
                email: str
                password: str

            class UserSecret(BaseModel):
                email: str
                password: SecretStr

            class Token(BaseModel):
                access_token: str

            class UserFlags(BaseModel):
                email: str
                hashed_password: bool = False

            class UserResponse(BaseModel):
                email: str

            @app.get("/f", response_model=UserFlags)
            def f(user: User = Depends(get_user)):
                return user

            @app.get("/g")
            def g(user: User = Depends(get_user)) -> UserResponse:
                return user  # ok

            @app.get("/h")
            def h(user: User = Depends(get_user)) -> Response:
                return JSONResponse(jsonable_encoder(user))  # finding: response-exposes-sensitive-fields

            @app.get("/a", response_model=UserInDB)  # finding: response-exposes-sensitive-fields
            #                             ^^^^^^^^ response-exposes-sensitive-fields
            def a(user: User = Depends(get_user)):
                return user

            @app.get("/b")
            def b(user: User = Depends(get_user)) -> UserInDB:
                return user  # finding: response-exposes-sensitive-fields

            @app.get("/c", response_model=Page)  # finding: response-exposes-sensitive-fields
            def c(user: User = Depends(get_user)):
                return {"items": [user]}

            @app.post("/d", response_model=UserIn)  # finding: response-exposes-sensitive-fields
            def d(body: UserIn):
                return body

            @app.post("/e", response_model=UserSecret)  # ok
            def e(body: UserSecret):
                return body

            @app.post("/login", response_model=Token)  # ok
            def login(body: UserIn):
                return Token(access_token="x")
            "#));
    }

    #[test]
    fn documents() {
        check(
            r#"
            from fastapi import Depends, FastAPI, HTTPException
            from motor.motor_asyncio import AsyncIOMotorClient

            app = FastAPI()
            db = AsyncIOMotorClient("mongodb://db").shop

            @app.post("/register", status_code=204)
            async def register(email: str, password: str) -> None:
                await db.users.insert_one({"email": email, "hashed_password": hash_it(password)})

            @app.get("/a")
            async def a(email: str):
                return await db.users.find_one({"email": email})  # finding: response-exposes-sensitive-fields

            @app.get("/b")
            async def b(email: str):
                user = await db.users.find_one({"email": email})
                user.pop("hashed_password")
                return user  # ok

            @app.get("/c")
            async def c(email: str):
                return await db.users.find_one({"email": email}, {"hashed_password": 0})  # ok

            @app.get("/d")
            async def d(email: str):
                user = await db.users.find_one({"email": email})
                return {"email": user["email"]}  # ok

            async def get_user(email: str):
                user = await db.users.find_one({"email": email})
                if not user:
                    raise HTTPException(404)
                return user

            @app.get("/e")
            async def e(user=Depends(get_user)):
                user["_id"] = str(user["_id"])
                return user  # finding: response-exposes-sensitive-fields

            @app.get("/f")
            async def f(user=Depends(get_user)):
                del user["hashed_password"]
                return user  # ok

            @app.get("/g")
            async def g():
                out = []
                async for user in db.users.find():
                    user["_id"] = str(user["_id"])
                    out.append(user)
                return out  # finding: response-exposes-sensitive-fields

            @app.get("/h")
            async def h():
                out = []
                async for user in db.users.find():
                    out.append({"id": str(user["_id"])})
                return out  # ok
            "#,
        );
    }

    #[test]
    fn tortoise() {
        check(
            r#"
            #- unannounced: route-without-auth
            from fastapi import FastAPI
            from tortoise import fields
            from tortoise.contrib.pydantic import pydantic_model_creator
            from tortoise.models import Model

            class User(Model):
                id = fields.IntField(pk=True)
                email = fields.CharField(max_length=80)
                password_hash = fields.CharField(max_length=80)

            Whole = pydantic_model_creator(User, name="Whole")
            Public = pydantic_model_creator(User, name="Public", exclude=("password_hash",))
            app = FastAPI()

            @app.get("/a", response_model=list[Whole])  # finding: response-exposes-sensitive-fields
            async def a():
                return await Whole.from_queryset(User.all())

            @app.get("/b", response_model=list[Public])
            async def b():
                return await Public.from_queryset(User.all())

            @app.get("/c")
            async def c():
                return await User.all()  # finding: response-exposes-sensitive-fields

            @app.get("/d")
            async def d():
                return await User.all().values("id", "email")
            "#,
        );
    }

    #[test]
    fn services_and_sqlmodel() {
        check(
            r#"
            from fastapi import Depends, FastAPI
            from sqlmodel import Field, Session, SQLModel, select

            class UserBase(SQLModel):
                email: str

            class User(UserBase, table=True):
                id: int = Field(primary_key=True)
                password_hash: str

            class UserPublic(UserBase):
                id: int

            app = FastAPI()

            def get_session():
                yield Session()

            class UserService:
                def __init__(self, session: Session = Depends(get_session)):
                    self.session = session

                def by_email(self, email: str):
                    return self.session.exec(select(User).where(User.email == email)).first()

            @app.get("/a")
            def a(email: str, service: UserService = Depends()):
                return service.by_email(email)  # finding: response-exposes-sensitive-fields

            @app.get("/b", response_model=UserPublic)
            def b(email: str, service: UserService = Depends()):
                return service.by_email(email)  # ok

            @app.get("/c", response_model=User)  # finding: response-exposes-sensitive-fields
            def c(email: str, service: UserService = Depends()):
                return service.by_email(email)

            @app.get("/d")
            def d(email: str, service: UserService = Depends()):
                return service.by_email(email).model_dump(exclude={"password_hash"})  # ok
            "#,
        );
    }
}
