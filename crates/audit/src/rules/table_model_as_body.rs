//! Flags table classes that request bodies are read into.

use facts::client_writes::ColumnKind;
use report::{OwaspApi, Phase, Severity};

use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// A parameter of a route whose class is a table, `SQLModel` with `table=True`, or a document of Beanie or
    /// ODMantic that brings its owner along. Critical where the client chooses the owner or a role that way, a
    /// warning where the rest of the row comes from the client, a suggestion where only some of its fields are read.
    ///
    /// As a response model or return type such a class is not this rule's business.
    ///
    /// ```python,finding,route-without-auth
    /// from fastapi import Depends, FastAPI
    /// from sqlmodel import Field, Session, SQLModel
    /// from app.database import get_session
    ///
    /// class Hero(SQLModel, table=True):
    ///     id: int | None = Field(default=None, primary_key=True)
    ///     name: str = Field(max_length=80)
    ///
    /// app = FastAPI()
    ///
    /// @app.post("/heroes")
    /// def create(hero: Hero, session: Session = Depends(get_session)) -> None:
    ///     session.add(hero)
    ///     session.commit()
    /// ```
    ///
    /// ## Why it matters
    ///
    /// SQLModel (0.0.50) does not validate classes with `table=True`: types, lengths and required fields are not
    /// checked. Every column can be sent: the primary key, which makes `session.merge` overwrite foreign rows, the
    /// owner, the role, times of creation.
    ///
    /// ## How it is exploited
    ///
    /// `POST /heroes` with `{"id": 1, "name": null}`, or with `"user_id"` of somebody else where the table has such
    /// a column.
    ///
    /// ## Use instead
    ///
    /// ```python,ok
    /// from fastapi import Depends, FastAPI
    /// from sqlmodel import Field, Session, SQLModel
    /// from app.database import get_session
    ///
    /// class HeroBase(SQLModel):
    ///     name: str = Field(max_length=80)
    ///
    /// class HeroCreate(HeroBase):
    ///     pass
    ///
    /// class Hero(HeroBase, table=True):
    ///     id: int | None = Field(default=None, primary_key=True)
    ///
    /// app = FastAPI()
    ///
    /// @app.post("/heroes")
    /// def create(body: HeroCreate, session: Session = Depends(get_session)) -> None:
    ///     hero = Hero.model_validate(body)
    ///     session.add(hero)
    ///     session.commit()
    /// ```
    ///
    /// ## References
    ///
    /// - SQLModel, several models for one table: <https://sqlmodel.tiangolo.com/tutorial/fastapi/multiple-models/>
    /// - CWE-915: <https://cwe.mitre.org/data/definitions/915.html>
    pub(super) static RULE: Rule = Rule {
        name: "table-model-as-body",
        summary: "A request body is read into a table class: no validation, and every column is the client's",
        severity: Severity::Critical,
        phase: Phase::AuthorizationAndUserIsolation,
        cwe: 915,
        owasp: OwaspApi::BrokenObjectPropertyLevelAuthorization,
        checklist_item: Some(8),
        fixable: false,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for body in &facts.client_writes().table_bodies {
        let model = facts.data().models.get(body.model);
        let grave = body.columns.iter().find(|column| column.kind != ColumnKind::Account);
        let is_sqlmodel = model.library == "SQLModel";
        if !is_sqlmodel && grave.is_none() {
            continue;
        }
        let class = &model.name;
        let message = match grave {
            Some(column) => format!(
                "`{}` is read into the table class `{class}`: the client chooses `{}`",
                body.parameter, column.name
            ),
            None if body.is_stored => format!(
                "`{}` is read into the table class `{class}`: nothing is validated, and every column is the client's",
                body.parameter
            ),
            None => format!(
                "`{}` is read into the table class `{class}`, which is not validated",
                body.parameter
            ),
        };
        let finding = context.report(body.span, message);
        if grave.is_none() {
            finding.severity(match body.is_stored {
                true => Severity::Warning,
                false => Severity::Suggestion,
            });
        }
        finding.related(model.span, "the table is declared here");
        if let Some(field) = grave.and_then(|column| column.field) {
            finding.related(field, "the column that the client must not choose");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    fn app(body: &str) -> String {
        let body = test_utils::trim_indent(body);
        format!("{APP}{body}")
    }

    const APP: &str = r#"
import os
from typing import Annotated
import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer
from sqlmodel import Field, Session, SQLModel
class User(SQLModel, table=True):
    id: int = Field(primary_key=True)
    email: str
    hashed_password: str
    is_superuser: bool = False
class Task(SQLModel, table=True):
    id: int = Field(primary_key=True)
    title: str
    user_id: int = Field(foreign_key="user.id")
class Tag(SQLModel, table=True):
    id: int = Field(primary_key=True)
    name: str
class TagIn(SQLModel):
    name: str
app = FastAPI()
def get_db():
    yield Session()
def get_me(token: str = Depends(OAuth2PasswordBearer(tokenUrl="token")), db: Session = Depends(get_db)) -> User:
    claims = jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
    user = db.get(User, claims["sub"])
    if user is None:
        raise HTTPException(401)
    return user
"#;

    #[test]
    fn tables() {
        check(&app(r#"
            @app.post("/a")
            def a(task: Task, db: Session = Depends(get_db), me: User = Depends(get_me)):  # finding: table-model-as-body (critical)
            #           ^^^^ table-model-as-body
                db.add(task)
                db.commit()

            @app.post("/b")
            def b(task: Task, db: Session = Depends(get_db), me: User = Depends(get_me)):  # finding: table-model-as-body (critical)
                db.add(Task(**task.model_dump()))

            @app.post("/c")
            def c(task: Task, db: Session = Depends(get_db), me: User = Depends(get_me)):  # finding: table-model-as-body (warning)
                task.user_id = me.id
                db.add(task)

            @app.post("/d")
            def d(task: Task, db: Session = Depends(get_db), me: User = Depends(get_me)):  # finding: table-model-as-body (suggestion)
                db.add(Task(title=task.title, user_id=me.id))

            @app.post("/e")
            def e(tag: Tag, db: Session = Depends(get_db), me: User = Depends(get_me)):  # finding: table-model-as-body (warning)
                db.add(tag)

            @app.post("/f")
            def f(tag: TagIn, db: Session = Depends(get_db), me: User = Depends(get_me)):  # ok
                db.add(Tag.model_validate(tag))

            @app.post("/register")
            def register(user: User, db: Session = Depends(get_db)):  # finding: table-model-as-body (critical)
                db.add(user)

            @app.get("/g", response_model=Tag)
            def g(db: Session = Depends(get_db), me: User = Depends(get_me)) -> Tag:  # ok
                return db.get(Tag, 1)
            "#));
    }

    /// Through a service, and as a dependency's own business.
    #[test]
    fn kept_elsewhere() {
        check(&app(r#"
            def save(db: Session, task: Task):
                db.add(task)
                db.commit()

            def save_own(db: Session, task: Task, user_id: int):
                task.user_id = user_id
                db.add(task)

            @app.post("/a")
            def a(task: Task, db: Session = Depends(get_db), me: User = Depends(get_me)):  # finding: table-model-as-body (critical)
                save(db, task)

            @app.post("/b")
            def b(task: Task, db: Session = Depends(get_db), me: User = Depends(get_me)):  # finding: table-model-as-body (warning)
                save_own(db, task, me.id)

            @app.post("/c")
            def c(task: Annotated[Task, Depends(get_me)], me: User = Depends(get_me)):  # ok
                return task
            "#));
    }

    #[test]
    fn documents() {
        check(
            r#"
            import os
            import jwt
            from beanie import Document
            from fastapi import Depends, FastAPI
            from fastapi.security import HTTPBearer

            app = FastAPI()

            class Note(Document):
                text: str
                owner_id: str

            class Colour(Document):
                name: str

            def caller(credentials = Depends(HTTPBearer())) -> dict:
                return jwt.decode(credentials.credentials, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])

            @app.post("/notes")
            async def note(note: Note, claims: dict = Depends(caller)):  # finding: table-model-as-body (critical)
                await note.insert()

            @app.post("/own")
            async def own(note: Note, claims: dict = Depends(caller)):  # ok
                note.owner_id = claims["sub"]
                await note.insert()

            @app.post("/colours")
            async def colour(colour: Colour, claims: dict = Depends(caller)):  # ok
                await colour.insert()
            "#,
        );
    }
}
