//! Flags request bodies that are copied onto rows with fields which clients must not choose.

use facts::Facts;
use facts::client_writes::{ClientWrite, ColumnKind, InputKind};
use report::{Confidence, OwaspApi, Phase, Severity};
use text::Span;

use crate::finding::Finding;
use crate::fix::Fix;
use crate::fixes::{calls, style};
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// A request body whose fields become columns that say what a user may do (`role`, `is_admin`, `is_superuser`,
    /// `permissions`, …) or what a user must not say of their own account (`is_verified`, `balance`,
    /// `hashed_password`, …): copied with the whole body, or one by one. Also bodies without limits, a `dict` or a
    /// class with `extra="allow"`, that are copied onto a row.
    ///
    /// Routes for administrators may do so. Also right: classes without such fields, roles that can only be harmless
    /// (`Literal["buyer", "seller"]`), values that are compared or validated first, fields that are left out
    /// (`exclude={"role"}`) or set again afterwards. The owner of a row is `owner-from-request-body`'s business.
    ///
    /// ```python,finding
    /// from fastapi import Depends, FastAPI
    /// from pydantic import BaseModel
    /// from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
    /// from app.database import get_session
    ///
    /// class Base(DeclarativeBase):
    ///     pass
    ///
    /// class User(Base):
    ///     __tablename__ = "users"
    ///     id: Mapped[int] = mapped_column(primary_key=True)
    ///     email: Mapped[str]
    ///     hashed_password: Mapped[str]
    ///     is_admin: Mapped[bool] = mapped_column(default=False)
    ///
    /// class UserCreate(BaseModel):
    ///     email: str
    ///     password: str
    ///     is_admin: bool = False
    ///
    /// app = FastAPI()
    ///
    /// @app.post("/register", status_code=204)
    /// def register(body: UserCreate, session: Session = Depends(get_session)) -> None:
    ///     user = User(**body.model_dump(exclude={"password"}), hashed_password=hash_password(body.password))
    ///     session.add(user)
    ///     session.commit()
    /// ```
    ///
    /// ## Why it matters
    ///
    /// Whatever the class of the body declares is there for everybody to send, whether the form in the browser
    /// shows it or not: `/openapi.json` lists it. A `dict`, and pydantic with `extra="allow"`, take every name.
    ///
    /// ## How it is exploited
    ///
    /// `POST /register` with `{"email": "eve@example.com", "password": "…", "is_admin": true}` makes an
    /// administrator.
    ///
    /// ## Use instead
    ///
    /// A class with the fields that this route is for. A fix that leaves the field out of the copy is offered where
    /// the copy is written on the spot.
    ///
    /// ```python,fixed
    /// from fastapi import Depends, FastAPI
    /// from pydantic import BaseModel
    /// from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
    /// from app.database import get_session
    ///
    /// class Base(DeclarativeBase):
    ///     pass
    ///
    /// class User(Base):
    ///     __tablename__ = "users"
    ///     id: Mapped[int] = mapped_column(primary_key=True)
    ///     email: Mapped[str]
    ///     hashed_password: Mapped[str]
    ///     is_admin: Mapped[bool] = mapped_column(default=False)
    ///
    /// class UserCreate(BaseModel):
    ///     email: str
    ///     password: str
    ///     is_admin: bool = False
    ///
    /// app = FastAPI()
    ///
    /// @app.post("/register", status_code=204)
    /// def register(body: UserCreate, session: Session = Depends(get_session)) -> None:
    ///     user = User(**body.model_dump(exclude={"password", "is_admin"}), hashed_password=hash_password(body.password))
    ///     session.add(user)
    ///     session.commit()
    /// ```
    ///
    /// ```python,ok
    /// class UserCreate(BaseModel):
    ///     email: str
    ///     password: str
    /// ```
    ///
    /// ## References
    ///
    /// - OWASP API3:2023, Broken Object Property Level Authorization: <https://owasp.org/API-Security/editions/2023/en/0xa3-broken-object-property-level-authorization/>
    /// - OWASP Mass Assignment Cheat Sheet: <https://cheatsheetseries.owasp.org/cheatsheets/Mass_Assignment_Cheat_Sheet.html>
    /// - CWE-915: <https://cwe.mitre.org/data/definitions/915.html>
    pub(super) static RULE: Rule = Rule {
        name: "mass-assignment",
        summary: "A request body sets fields of a row that clients must not choose",
        severity: Severity::Warning,
        phase: Phase::AuthorizationAndUserIsolation,
        cwe: 915,
        owasp: OwaspApi::BrokenObjectPropertyLevelAuthorization,
        checklist_item: Some(8),
        fixable: true,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for write in &facts.client_writes().writes {
        let is_boundless = write.is_copied && is_without_class(write);
        let columns: Vec<&str> = write
            .columns
            .iter()
            .filter(|column| is_boundless || column.kind != ColumnKind::Owner)
            .map(|column| &*column.name)
            .collect();
        if columns.is_empty() && !is_boundless {
            continue;
        }
        let is_grave = write
            .columns
            .iter()
            .any(|column| column.kind == ColumnKind::Role || (is_boundless && column.kind == ColumnKind::Owner));
        let message = message(write, &columns);
        let finding = context.report(write.span, message);
        match (is_grave, is_boundless && columns.is_empty()) {
            (true, _) => finding.severity(Severity::Critical),
            (false, true) => finding.confidence(Confidence::Medium),
            (false, false) => finding,
        };
        describe(facts, finding, write);
        if write.is_copied && !is_boundless {
            let title = format!("Leave {} out of the copy", listed(&columns));
            finding.fix(leave_out(facts, write, &columns, title, None));
        }
    }
}

fn message(write: &ClientWrite, columns: &[&str]) -> String {
    let body = &write.source.parameter;
    let whole = match write.source.kind {
        InputKind::Extra(_) => format!("`{body}` keeps fields that its class does not declare"),
        InputKind::Request => "The request's JSON has no class".to_owned(),
        _ => format!("`{body}` is a dictionary without a class"),
    };
    match (columns.is_empty(), write.is_copied && is_without_class(write)) {
        (true, _) => format!("{whole}, and all of it is copied onto `{}`", write.model),
        (false, true) => format!(
            "{whole}, and all of it is copied onto `{}`: the client chooses {}",
            write.model,
            listed(columns)
        ),
        (false, false) => format!(
            "The client chooses {} of `{}` in `{body}`",
            listed(columns),
            write.model
        ),
    }
}

/// `role` and `is_admin`, between backticks.
fn listed(columns: &[&str]) -> String {
    let quoted: Vec<String> = columns.iter().take(4).map(|column| format!("`{column}`")).collect();
    match quoted.as_slice() {
        [before @ .., last] if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        _ => quoted.concat(),
    }
}

/// Whether the body takes any name.
pub(super) fn is_without_class(write: &ClientWrite) -> bool {
    matches!(
        write.source.kind,
        InputKind::Dict | InputKind::Request | InputKind::Extra(_)
    )
}

/// Where the value comes from and how it gets there.
pub(super) fn describe(facts: &Facts<'_>, finding: &mut Finding, write: &ClientWrite) {
    finding.trace(
        write.source.span,
        format!("`{}` is read from the request here", write.source.parameter),
    );
    finding.traces(write.way.iter().cloned());
    for column in &write.columns {
        if let Some(field) = column.field {
            finding.related(field, format!("`{}` is a field of the body", column.name));
        }
    }
    for &route in write.routes.iter().skip(1).take(8) {
        let operation = &facts.applications().routes[route].operation;
        finding.related(
            operation.declaration,
            format!(
                "{} {} stores it there, too",
                operation.methods.join(", "),
                operation.path.text
            ),
        );
    }
}

/// Copies a body without these fields: `body.model_dump(exclude={"role"})`, and adds an argument.
pub(super) fn leave_out(
    facts: &Facts<'_>,
    write: &ClientWrite,
    columns: &[&str],
    title: String,
    added: Option<String>,
) -> Option<Fix> {
    let dump = write.dump.as_ref()?;
    let file = dump.span.file;
    let text = facts.text(file);
    let names: Vec<String> = columns
        .iter()
        .map(|column| style::string_literal(text, column))
        .collect();
    let names = names.join(", ");
    let mut fix = Fix::changes_behaviour(title);
    match dump.argument(None, &["exclude"]) {
        Some(excluded) => {
            let given = facts.snippet(excluded.value);
            // `{"password"}` takes one more; what is computed does not.
            let inside = given.strip_prefix('{')?.strip_suffix('}')?;
            if inside.trim().is_empty() || inside.contains(':') {
                return None;
            }
            let end = excluded.value.range.end() - text::TextSize::of('}');
            fix = fix.insert(file, end, format!(", {names}"));
        }
        None => {
            fix = fix.with([calls::append_argument(facts, dump, &format!("exclude={{{names}}}"))]);
        }
    }
    if let Some(added) = added {
        // Behind an argument of a call, not in a dictionary.
        if !facts.snippet(write.span).starts_with("**") {
            return None;
        }
        let end = write.span.range.end();
        fix = fix.edit(Span::new(file, text::TextRange::empty(end)), format!(", {added}"));
    }
    Some(fix)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, check_fix};

    fn app(body: &str) -> String {
        let body = test_utils::trim_indent(body);
        format!("{APP}{body}")
    }

    const APP: &str = r#"
import os
from enum import Enum
from typing import Any, Literal, Optional
import jwt
from fastapi import Body, Depends, FastAPI, HTTPException, Request
from fastapi.security import OAuth2PasswordBearer
from pydantic import BaseModel, ConfigDict, field_validator
from sqlalchemy import insert
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
class Base(DeclarativeBase):
    pass
class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    hashed_password: Mapped[str]
    role: Mapped[str] = mapped_column(default="user")
    is_superuser: Mapped[bool] = mapped_column(default=False)
    balance: Mapped[int] = mapped_column(default=0)
class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
class Message(Base):
    __tablename__ = "messages"
    id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str]
    content: Mapped[str]
app = FastAPI()
def get_db():
    yield Session()
def get_me(token: str = Depends(OAuth2PasswordBearer(tokenUrl="token")), db: Session = Depends(get_db)) -> User:
    claims = jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
    user = db.get(User, claims["sub"])
    if user is None:
        raise HTTPException(401)
    return user
def get_admin(me: User = Depends(get_me)) -> User:
    if me.role != "admin":
        raise HTTPException(403)
    return me
"#;

    #[test]
    fn roles_at_registration() {
        check(&app(r#"
            class UserBase(BaseModel):
                email: str
                is_superuser: bool = False

            class UserCreate(UserBase):
                password: str
                role: str = "user"

            class Register(BaseModel):
                email: str
                password: str

            @app.post("/register")
            def register(body: UserCreate, db: Session = Depends(get_db)):
                data = body.model_dump(exclude={"password"})
                user = User(**data, hashed_password=hash_it(body.password))  # finding: mass-assignment (critical)
                db.add(user)

            @app.post("/signup")
            def signup(body: UserCreate, db: Session = Depends(get_db)):
                db.add(User(email=body.email, role=body.role, hashed_password=hash_it(body.password)))  # finding: mass-assignment (critical)

            @app.post("/join")
            def join(body: Register, db: Session = Depends(get_db)):
                db.add(User(**body.model_dump(exclude={"password"}), hashed_password=hash_it(body.password)))  # ok

            @app.post("/enlist")
            def enlist(body: UserCreate, db: Session = Depends(get_db)):
                db.add(User(email=body.email, role="user", hashed_password=hash_it(body.password)))  # ok

            @app.post("/login")
            def login(email: str, password: str, role: str, db: Session = Depends(get_db)):
                db.add(User(email=email, role=role, hashed_password=hash_it(password)))  # finding: mass-assignment (critical)

            @app.post("/admin/users")
            def by_admin(body: UserCreate, db: Session = Depends(get_db), admin: User = Depends(get_admin)):
                db.add(User(email=body.email, role=body.role, hashed_password=hash_it(body.password)))  # ok
            "#));
    }

    #[test]
    fn roles_that_are_limited() {
        check(&app(r#"
            class Kind(str, Enum):
                buyer = "buyer"
                seller = "seller"

            class Level(str, Enum):
                user = "user"
                admin = "admin"

            class Shop(BaseModel):
                email: str
                role: Kind

            class Literally(BaseModel):
                email: str
                role: Literal["buyer", "seller"]

            class Levels(BaseModel):
                email: str
                role: Level = Level.user

            class Checked(BaseModel):
                email: str
                role: str

                @field_validator("role")
                @classmethod
                def no_admin(cls, value):
                    if value not in {"buyer", "seller"}:
                        raise ValueError("unknown role")
                    return value

            class Plain(BaseModel):
                email: str
                role: str

            @app.post("/a")
            def a(body: Shop, db: Session = Depends(get_db)):
                db.add(User(**body.model_dump()))  # ok

            @app.post("/b")
            def b(body: Literally, db: Session = Depends(get_db)):
                db.add(User(**body.model_dump()))  # ok

            @app.post("/c")
            def c(body: Levels, db: Session = Depends(get_db)):
                db.add(User(**body.model_dump()))  # finding: mass-assignment (critical)

            @app.post("/d")
            def d(body: Checked, db: Session = Depends(get_db)):
                db.add(User(**body.model_dump()))  # ok

            @app.post("/e")
            def e(body: Plain, db: Session = Depends(get_db)):
                if body.role not in ("buyer", "seller"):
                    raise HTTPException(422)
                db.add(User(**body.model_dump()))  # ok

            @app.post("/f")
            def f(body: Plain, db: Session = Depends(get_db)):
                db.add(User(**body.model_dump()))  # finding: mass-assignment (critical)
            "#));
    }

    #[test]
    fn profiles() {
        check(&app(r#"
            class Profile(BaseModel):
                email: Optional[str] = None
                balance: Optional[int] = None

            class Names(BaseModel):
                email: Optional[str] = None

            class Promotion(BaseModel):
                role: str

            @app.patch("/users/me")
            def update_me(body: Profile, db: Session = Depends(get_db), me: User = Depends(get_me)):
                for key, value in body.model_dump(exclude_unset=True).items():
                    setattr(me, key, value)  # finding: mass-assignment (warning)
                db.commit()

            @app.patch("/users/me/names")
            def rename_me(body: Names, db: Session = Depends(get_db), me: User = Depends(get_me)):
                for key, value in body.model_dump(exclude_unset=True).items():
                    setattr(me, key, value)  # ok
                db.commit()

            @app.patch("/users/me/role")
            def promote_me(body: Promotion, db: Session = Depends(get_db), me: User = Depends(get_me)):
                me.role = body.role  # finding: mass-assignment (critical)
                db.commit()

            @app.patch("/users/{user_id}/role")
            def promote(user_id: int, body: Promotion, db: Session = Depends(get_db), admin: User = Depends(get_admin)):
                user = db.get(User, user_id)
                user.role = body.role  # ok
                db.commit()
            "#));
    }

    #[test]
    fn bodies_without_limits() {
        check(&app(r#"
            class Loose(BaseModel):
                model_config = ConfigDict(extra="allow")
                text: str

            class Strict(BaseModel):
                model_config = ConfigDict(extra="forbid")
                text: str

            @app.post("/a")
            def a(data: dict, db: Session = Depends(get_db), me: User = Depends(get_me)):
                db.add(Note(**data))  # finding: mass-assignment (warning, medium)

            @app.post("/b")
            def b(data: dict[str, Any] = Body(...), db: Session = Depends(get_db), me: User = Depends(get_me)):
                db.add(Note(text=data["text"]))  # ok

            @app.post("/c")
            def c(body: Loose, db: Session = Depends(get_db), me: User = Depends(get_me)):
                db.add(Note(**body.model_dump()))  # finding: mass-assignment (warning)

            @app.post("/d")
            def d(body: Strict, db: Session = Depends(get_db), me: User = Depends(get_me)):
                db.add(Note(**body.model_dump()))  # ok

            @app.post("/e")
            async def e(request: Request, db: Session = Depends(get_db), me: User = Depends(get_me)):
                data = await request.json()
                db.add(Note(**data))  # finding: mass-assignment (warning)

            @app.patch("/f")
            def f(data: dict, db: Session = Depends(get_db), me: User = Depends(get_me)):
                for key, value in data.items():
                    setattr(me, key, value)  # finding: mass-assignment (critical)

            @app.patch("/g")
            def g(data: dict, db: Session = Depends(get_db), me: User = Depends(get_me)):
                for key, value in data.items():
                    if key in ("email",):
                        setattr(me, key, value)  # ok

            @app.patch("/h")
            def h(data: dict, db: Session = Depends(get_db), me: User = Depends(get_me)):
                allowed = {key: value for key, value in data.items() if key in {"email"}}
                for key, value in allowed.items():
                    setattr(me, key, value)  # ok
            "#));
    }

    /// A role that has nothing to do with rights.
    #[test]
    fn roles_of_other_things() {
        check(&app(r#"
            class MessageIn(BaseModel):
                role: str
                content: str

            class Other(BaseModel):
                role: str

            @app.post("/messages")
            def message(body: MessageIn, db: Session = Depends(get_db), me: User = Depends(get_me)):
                db.add(Message(**body.model_dump()))  # ok

            @app.post("/other")
            def other(body: Other, db: Session = Depends(get_db), me: User = Depends(get_me)):
                me.email = "x"
                return body.role
            "#));
    }

    #[test]
    fn fixes() {
        let before = app(r#"
            class UserCreate(BaseModel):
                email: str
                role: str = "user"

            @app.post("/register")
            def register(body: UserCreate, db: Session = Depends(get_db)):
                db.add(User(**body.model_dump()))  # finding: mass-assignment

            @app.patch("/me")
            def update_me(body: UserCreate, me: User = Depends(get_me)):
                for key, value in body.dict(exclude_unset=True).items():
                    setattr(me, key, value)  # finding: mass-assignment
            "#);
        let after = before
            .replace("body.model_dump()", "body.model_dump(exclude={\"role\"})")
            .replace("exclude_unset=True)", "exclude_unset=True, exclude={\"role\"})");
        check_fix(&RULE, &before, &after);
    }
}
