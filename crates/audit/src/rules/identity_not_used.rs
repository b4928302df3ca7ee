//! Flags handlers that are given the caller and do not use it where they touch data.

use facts::unused_identity::UnusedIdentity;
use report::{Confidence, OwaspApi, Phase, Severity};

use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// A handler with a parameter for the verified caller that it never uses, while it reads or changes rows that, by
    /// their name, are somebody's (tasks, orders, messages, files) although no column says whose: a row of one user is
    /// open to all others.
    ///
    /// Shared data (products, articles, categories), parameters whose name begins with `_`, `dependencies=[…]` and
    /// routes for administrators are left alone. Where a column owns the rows, `list-without-owner-filter` and
    /// `object-without-owner-check` speak.
    ///
    /// ```python,finding
    /// import os
    ///
    /// import jwt
    /// from fastapi import Depends, FastAPI
    /// from fastapi.security import OAuth2PasswordBearer
    /// from sqlmodel import Field, Session, SQLModel, select
    /// from app.database import get_session
    ///
    /// app = FastAPI()
    ///
    /// class Note(SQLModel, table=True):
    ///     id: int = Field(primary_key=True)
    ///     text: str
    ///
    /// def get_current_user(token: str = Depends(OAuth2PasswordBearer(tokenUrl="login"))) -> str:
    ///     return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])["sub"]
    ///
    /// @app.get("/notes")
    /// def notes(user: str = Depends(get_current_user), session: Session = Depends(get_session)):
    ///     return session.exec(select(Note)).all()
    /// ```
    ///
    /// ## Why it matters
    ///
    /// A login alone does not tell users apart. If the rows belong to users, the model lacks the column that says so;
    /// if they are shared, the parameter says something that is not meant.
    ///
    /// ## How it is exploited
    ///
    /// Register, log in, and call `GET /notes`: the notes of everybody come back.
    ///
    /// ## Use instead
    ///
    /// Give the rows an owner and filter by it. Where the data is shared, ask for the login in the decorator.
    ///
    /// ```python,ok
    /// import os
    ///
    /// import jwt
    /// from fastapi import Depends, FastAPI
    /// from fastapi.security import OAuth2PasswordBearer
    /// from sqlmodel import Field, Session, SQLModel, select
    /// from app.database import get_session
    ///
    /// app = FastAPI()
    ///
    /// class Note(SQLModel, table=True):
    ///     id: int = Field(primary_key=True)
    ///     text: str
    ///     user_id: str
    ///
    /// def get_current_user(token: str = Depends(OAuth2PasswordBearer(tokenUrl="login"))) -> str:
    ///     return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])["sub"]
    ///
    /// @app.get("/notes")
    /// def notes(user: str = Depends(get_current_user), session: Session = Depends(get_session)):
    ///     return session.exec(select(Note).where(Note.user_id == user)).all()
    /// ```
    ///
    /// ## References
    ///
    /// - OWASP API1:2023, broken object level authorization: <https://owasp.org/API-Security/editions/2023/en/0xa1-broken-object-level-authorization/>
    /// - CWE-862: <https://cwe.mitre.org/data/definitions/862.html>
    pub(super) static RULE: Rule = Rule {
        name: "identity-not-used",
        summary: "A handler is given the caller and does not use it where it touches data",
        severity: Severity::Warning,
        phase: Phase::AuthorizationAndUserIsolation,
        cwe: 862,
        owasp: OwaspApi::BrokenObjectLevelAuthorization,
        checklist_item: Some(7),
        fixable: false,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for unused in facts.unused_identities() {
        let operation = &facts.applications().routes[unused.route].operation;
        let label = format!("{} {}", operation.methods.join(","), operation.path.text);
        report(context, unused, &label);
    }
}

fn report(context: &mut RuleContext<'_>, unused: &UnusedIdentity, label: &str) {
    let subject = unused.subject.as_deref().unwrap_or("rows");
    let does = if unused.is_change { "changes" } else { "reads" };
    let parameter = &unused.parameter;
    let message = format!("`{label}` {does} `{subject}` and never uses `{parameter}`: every user has all of it");
    let finding = context.report(unused.span, message);
    finding.confidence(Confidence::Medium);
    finding.related(
        unused.touched,
        format!("`{subject}` without a column that says whose it is"),
    );
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    const HEAD: &str = r#"
import os
import jwt
from fastapi import Depends, FastAPI
from fastapi.security import OAuth2PasswordBearer
from sqlmodel import Field, Session, SQLModel, create_engine, select
engine = create_engine("sqlite://")
app = FastAPI()
class Note(SQLModel, table=True):
    id: int = Field(primary_key=True)
    text: str
class Task(SQLModel, table=True):
    id: int = Field(primary_key=True)
    user_id: str
class Product(SQLModel, table=True):
    id: int = Field(primary_key=True)
def get_db():
    with Session(engine) as session:
        yield session
def me(token: str = Depends(OAuth2PasswordBearer(tokenUrl="login"))) -> str:
    return jwt.decode(token, os.environ["KEY"], algorithms=["HS256"])["sub"]
"#;

    fn project(main: &str) {
        check(&format!("{HEAD}{}", test_utils::trim_indent(main)));
    }

    #[test]
    fn rows_that_are_somebodys() {
        project(
            r#"
            @app.get("/notes")
            def notes(user: str = Depends(me), db: Session = Depends(get_db)):  # finding: identity-not-used (warning, medium)
                #     ^^^^ identity-not-used
                return db.exec(select(Note)).all()
            @app.delete("/notes/{note_id}")
            def delete(note_id: int, user: str = Depends(me), db: Session = Depends(get_db)):  # finding: identity-not-used
                db.delete(db.get(Note, note_id))
                db.commit()
            @app.get("/notes/used")
            def used(user: str = Depends(me), db: Session = Depends(get_db)):  # ok
                return {"user": user, "notes": db.exec(select(Note)).all()}
            @app.get("/notes/meant")
            def meant(_user: str = Depends(me), db: Session = Depends(get_db)):  # ok
                return db.exec(select(Note)).all()
            "#,
        );
    }

    #[test]
    fn shared_data_and_logins() {
        project(
            r#"
            @app.get("/products")
            def products(user: str = Depends(me), db: Session = Depends(get_db)):  # ok
                return db.exec(select(Product)).all()
            @app.get("/notes", dependencies=[Depends(me)])
            def notes(db: Session = Depends(get_db)):  # ok
                return db.exec(select(Note)).all()
            @app.get("/ping")
            def ping(user: str = Depends(me)):  # ok
                return "pong"
            "#,
        );
    }

    #[test]
    fn documents() {
        check(
            r#"
            import os
            import jwt
            from fastapi import Depends, FastAPI
            from fastapi.security import HTTPBearer
            from motor.motor_asyncio import AsyncIOMotorClient
            app = FastAPI()
            db = AsyncIOMotorClient(os.environ["MONGO"])["shop"]
            def user(creds=Depends(HTTPBearer())):
                return jwt.decode(creds.credentials, os.environ["KEY"], algorithms=["HS256"])["sub"]
            @app.get("/messages")
            async def messages(uid=Depends(user)):  # finding: identity-not-used
                return await db["messages"].find({}).to_list(100)
            @app.get("/articles")
            async def articles(uid=Depends(user)):  # ok
                return await db["articles"].find({}).to_list(100)
            "#,
        );
    }

    #[test]
    fn other_ways_to_reach_rows() {
        check(
            r#"
            import os
            import sqlite3
            from typing import Annotated
            import jwt
            from fastapi import Depends, FastAPI, HTTPException
            from fastapi.security import OAuth2PasswordBearer
            from sqlalchemy import Column, Integer, String
            from sqlalchemy.orm import Session, declarative_base
            app = FastAPI()
            Base = declarative_base()
            class Invoice(Base):
                __tablename__ = "invoices"
                id = Column(Integer, primary_key=True)
                total = Column(Integer)
            class Country(Base):
                __tablename__ = "countries"
                id = Column(Integer, primary_key=True)
            def get_db(): ...
            def user(token: str = Depends(OAuth2PasswordBearer(tokenUrl="login"))) -> str:
                return jwt.decode(token, os.environ["KEY"], algorithms=["HS256"])["sub"]
            Me = Annotated[str, Depends(user)]
            Db = Annotated[Session, Depends(get_db)]
            @app.get("/invoices")
            def invoices(me: Me, db: Db):  # finding: identity-not-used
                return db.query(Invoice).all()
            @app.get("/countries")
            def countries(me: Me, db: Db):  # ok
                return db.query(Country).all()
            @app.get("/invoices/logged")
            def logged(me: Me, db: Db):  # ok
                return {"for": me, "invoices": db.query(Invoice).all()}
            @app.delete("/invoices/{i}")
            def delete(i: int, me: Me, db: Db):  # finding: identity-not-used
                db.query(Invoice).filter(Invoice.id == i).delete()
                db.commit()
            "#,
        );
    }
}
