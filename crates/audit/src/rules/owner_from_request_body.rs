//! Flags rows whose owner the client names in the request body.

use facts::Facts;
use facts::client_writes::{ClientWrite, ColumnKind};
use report::{OwaspApi, Phase, Severity};

use super::mass_assignment::{describe, is_without_class, leave_out};
use crate::fix::Fix;
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// A route that knows its caller and creates or changes a row whose owner (`user_id`, `owner_id`, …) comes from
    /// the request body: read from it, or copied with it (`Task(**body.model_dump())`, `Task.model_validate(body)`,
    /// `setattr` over its fields, `insert_one(body.dict())`), through services and repositories too. Order counts:
    /// `{"user_id": user.id, **body.model_dump()}` is overwritten by the body.
    ///
    /// Right are classes without that field, values that the code sets afterwards
    /// (`Task(**body.model_dump(exclude={"user_id"}), user_id=user.id)`, `update={"user_id": user.id}`,
    /// `task.user_id = user.id`), values that are compared with the caller, and routes for administrators. Columns
    /// for other people (`assignee_id`, `recipient_id`) may come from the body.
    ///
    /// ```python,finding
    /// import os
    ///
    /// import jwt
    /// from fastapi import Depends, FastAPI
    /// from fastapi.security import OAuth2PasswordBearer
    /// from pydantic import BaseModel
    /// from sqlmodel import Field, Session, SQLModel
    /// from app.database import get_session
    ///
    /// class Task(SQLModel, table=True):
    ///     id: int | None = Field(default=None, primary_key=True)
    ///     title: str
    ///     user_id: str
    ///
    /// class TaskCreate(BaseModel):
    ///     title: str
    ///     user_id: str
    ///
    /// app = FastAPI()
    /// bearer = OAuth2PasswordBearer(tokenUrl="token")
    ///
    /// def current_user_id(token: str = Depends(bearer)) -> str:
    ///     return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])["sub"]
    ///
    /// @app.post("/tasks")
    /// def create(body: TaskCreate, session: Session = Depends(get_session), user_id: str = Depends(current_user_id)):
    ///     task = Task(**body.model_dump())
    ///     session.add(task)
    ///     session.commit()
    /// ```
    ///
    /// ## Why it matters
    ///
    /// The token says who calls; the body says whatever the caller writes. A row with a foreign owner stands in
    /// that user's lists, counts against their quota and acts in their name; an update gives rows away or takes
    /// them.
    ///
    /// ## How it is exploited
    ///
    /// `POST /tasks` with one's own token and `{"title": "Send money to …", "user_id": "<id of the victim>"}` puts
    /// the task into the victim's list.
    ///
    /// ## Use instead
    ///
    /// Take the owner from the verified identity, and leave it out of what is read.
    ///
    /// ```python,fixed
    /// import os
    ///
    /// import jwt
    /// from fastapi import Depends, FastAPI
    /// from fastapi.security import OAuth2PasswordBearer
    /// from pydantic import BaseModel
    /// from sqlmodel import Field, Session, SQLModel
    /// from app.database import get_session
    ///
    /// class Task(SQLModel, table=True):
    ///     id: int | None = Field(default=None, primary_key=True)
    ///     title: str
    ///     user_id: str
    ///
    /// class TaskCreate(BaseModel):
    ///     title: str
    ///     user_id: str
    ///
    /// app = FastAPI()
    /// bearer = OAuth2PasswordBearer(tokenUrl="token")
    ///
    /// def current_user_id(token: str = Depends(bearer)) -> str:
    ///     return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])["sub"]
    ///
    /// @app.post("/tasks")
    /// def create(body: TaskCreate, session: Session = Depends(get_session), user_id: str = Depends(current_user_id)):
    ///     task = Task(**body.model_dump(exclude={"user_id"}), user_id=user_id)
    ///     session.add(task)
    ///     session.commit()
    /// ```
    ///
    /// A class without the owner is better still:
    ///
    /// ```python,ok
    /// class TaskCreate(BaseModel):
    ///     title: str
    ///
    /// @app.post("/tasks")
    /// def create(body: TaskCreate, session: SessionDep, user: CurrentUser):
    ///     session.add(Task(**body.model_dump(), user_id=user.id))
    /// ```
    ///
    /// ## References
    ///
    /// - OWASP API3:2023, Broken Object Property Level Authorization: <https://owasp.org/API-Security/editions/2023/en/0xa3-broken-object-property-level-authorization/>
    /// - CWE-915: <https://cwe.mitre.org/data/definitions/915.html>
    pub(super) static RULE: Rule = Rule {
        name: "owner-from-request-body",
        summary: "The client names the owner of a row in the request body",
        severity: Severity::Critical,
        phase: Phase::AuthorizationAndUserIsolation,
        cwe: 915,
        owasp: OwaspApi::BrokenObjectPropertyLevelAuthorization,
        checklist_item: Some(8),
        fixable: true,
        supersedes: &["mass-assignment"],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for write in &facts.client_writes().writes {
        let Some(owner) = write.columns.iter().find(|column| column.kind == ColumnKind::Owner) else {
            continue;
        };
        // A dictionary that is copied takes every column along.
        if write.is_copied && is_without_class(write) {
            continue;
        }
        let name = owner.name.clone();
        let from = source(write);
        let message = format!(
            "`{name}` of `{}` is what the client says in {from}, not the caller's own id",
            write.model
        );
        let finding = context.report(write.span, message);
        describe(facts, finding, write);
        finding.fix(match write.is_copied {
            true => with_owner(facts, write, &name),
            false => callers_own(facts, write, &name),
        });
    }
}

/// `body` (`TaskCreate`)
fn source(write: &ClientWrite) -> String {
    match &write.source.class {
        Some((class, _)) => format!("`{}` (`{class}`)", write.source.parameter),
        None => format!("`{}`", write.source.parameter),
    }
}

/// `owner_id=body.owner_id`, `task.owner_id = body.owner_id`: the caller's id instead.
fn callers_own(facts: &Facts<'_>, write: &ClientWrite, column: &str) -> Option<Fix> {
    let id = write.caller_id.as_deref()?;
    let (target, value) = facts.snippet(write.span).split_once('=')?;
    let is_it = target.trim_end().ends_with(column) && !value.starts_with('=');
    let gap = &value[..value.len() - value.trim_start().len()];
    let fix = Fix::changes_behaviour(format!("Take `{column}` from `{id}`"));
    is_it.then(|| fix.edit(write.span, format!("{target}={gap}{id}")))
}

/// Copies without the owner, and sets it where the caller's id is at hand.
fn with_owner(facts: &Facts<'_>, write: &ClientWrite, column: &str) -> Option<Fix> {
    if write.is_update {
        return leave_out(
            facts,
            write,
            &[column],
            format!("Leave `{column}` out of the copy"),
            None,
        );
    }
    let id = write.caller_id.as_deref()?;
    let title = format!("Take `{column}` from `{id}`");
    leave_out(facts, write, &[column], title, Some(format!("{column}={id}")))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, check_fix, report};

    /// An application that knows its callers, with `body` behind it.
    fn app(body: &str) -> String {
        let body = test_utils::trim_indent(body);
        format!("{APP}{body}")
    }

    const APP: &str = r#"
import os
from typing import Annotated, Optional
import jwt
from fastapi import APIRouter, Body, Depends, FastAPI, Form, HTTPException, Request
from fastapi.encoders import jsonable_encoder
from fastapi.security import OAuth2PasswordBearer
from pydantic import BaseModel
from sqlmodel import Field, Session, SQLModel, insert, select, update
class User(SQLModel, table=True):
    id: int = Field(primary_key=True)
    email: str
    hashed_password: str
    is_superuser: bool = False
class Task(SQLModel, table=True):
    id: int = Field(primary_key=True)
    title: str
    done: bool = False
    user_id: int = Field(foreign_key="user.id")
class TaskIn(BaseModel):
    title: str
    user_id: int
class TaskUpdate(BaseModel):
    title: Optional[str] = None
    user_id: Optional[int] = None
class TaskOpen(BaseModel):
    title: str
app = FastAPI()
bearer = OAuth2PasswordBearer(tokenUrl="token")
def get_session():
    yield Session()
def get_current_user(token: str = Depends(bearer), db: Session = Depends(get_session)) -> User:
    claims = jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
    user = db.get(User, claims["sub"])
    if user is None:
        raise HTTPException(401)
    return user
DB = Annotated[Session, Depends(get_session)]
Me = Annotated[User, Depends(get_current_user)]
"#;

    #[test]
    fn copied_and_single() {
        check(&app(r#"
            @app.post("/a")
            def a(body: TaskIn, db: DB, me: Me):
                task = Task(**body.model_dump())  # finding: owner-from-request-body (critical, high, fix)
                db.add(task)

            @app.post("/b")
            def b(body: TaskIn, db: DB, me: Me):
                db.add(Task(title=body.title, user_id=body.user_id))  # finding: owner-from-request-body
                #                             ^^^^^^^^^^^^^^^^^^^^ owner-from-request-body

            @app.post("/c")
            def c(body: TaskIn, db: DB, me: Me):
                db.add(Task.model_validate(body))  # finding: owner-from-request-body

            @app.post("/d")
            def d(body: TaskIn, db: DB, me: Me):
                task = Task()
                task.title = body.title
                task.user_id = body.user_id  # finding: owner-from-request-body
                db.add(task)

            @app.post("/e")
            def e(body: TaskIn, db: DB, me: Me):
                db.exec(insert(Task).values(**body.dict()))  # finding: owner-from-request-body

            @app.post("/f")
            def f(body: TaskIn, db: DB, me: Me):
                db.add(Task(**{"user_id": me.id, **body.model_dump()}))  # finding: owner-from-request-body

            @app.post("/g")
            def g(body: TaskIn, db: DB, me: Me):
                db.add(Task(title=body.title, user_id=body.user_id or me.id))  # finding: owner-from-request-body

            @app.post("/h")
            def h(title: str = Form(), user_id: int = Form(), db: Session = Depends(get_session), me: User = Depends(get_current_user)):
                db.add(Task(title=title, user_id=user_id))  # finding: owner-from-request-body

            @app.post("/i")
            def i(bodies: list[TaskIn], db: DB, me: Me):
                for body in bodies:
                    db.add(Task(**body.model_dump()))  # finding: owner-from-request-body
            "#));
    }

    #[test]
    fn set_by_the_code() {
        check(&app(r#"
            @app.post("/a")
            def a(body: TaskOpen, db: DB, me: Me):
                task = Task(**body.model_dump(), user_id=me.id)  # ok
                db.add(task)

            @app.post("/b")
            def b(body: TaskIn, db: DB, me: Me):
                db.add(Task(title=body.title, user_id=me.id))  # ok

            @app.post("/c")
            def c(body: TaskIn, db: DB, me: Me):
                db.add(Task.model_validate(body, update={"user_id": me.id}))  # ok

            @app.post("/d")
            def d(body: TaskIn, db: DB, me: Me):
                task = Task(**body.model_dump())  # ok
                task.user_id = me.id
                db.add(task)

            @app.post("/e")
            def e(body: TaskIn, db: DB, me: Me):
                db.exec(insert(Task).values(**body.dict(exclude={"user_id"}), user_id=me.id))  # ok

            @app.post("/f")
            def f(body: TaskIn, db: DB, me: Me):
                db.add(Task(**{**body.model_dump(), "user_id": me.id}))  # ok

            @app.post("/g")
            def g(body: TaskIn, db: DB, me: Me):
                data = body.model_dump()
                data["user_id"] = me.id
                db.add(Task(**data))  # ok

            @app.post("/h")
            def h(body: TaskIn, db: DB, me: Me):
                data = body.model_dump() | {"user_id": me.id}
                db.add(Task(**data))  # ok

            @app.post("/i")
            def i(body: TaskIn, db: DB, me: Me):
                body.user_id = me.id
                db.add(Task(**body.model_dump()))  # ok

            @app.post("/j")
            def j(body: TaskIn, db: DB, me: Me):
                db.add(Task(**body.model_copy(update={"user_id": me.id}).model_dump()))  # ok

            @app.post("/k")
            def k(body: TaskIn, db: DB, me: Me):
                data = jsonable_encoder(body)
                data.update(user_id=me.id)
                db.add(Task(**data))  # ok

            @app.post("/l")
            def l(body: TaskIn, db: DB, me: Me):
                db.add(Task(**body.model_dump(include={"title"}), user_id=me.id))  # ok

            @app.post("/m")
            def m(body: TaskIn, db: DB, me: Me):
                data = body.model_dump()
                data.pop("user_id", None)
                db.add(Task(**data, user_id=me.id))  # ok
            "#));
    }

    #[test]
    fn compared_or_for_administrators() {
        check(&app(r#"
            def get_admin(me: Me) -> User:
                if not me.is_superuser:
                    raise HTTPException(403)
                return me

            def ensure_own(user_id: int, me: User):
                if user_id != me.id:
                    raise HTTPException(403)

            @app.post("/a")
            def a(body: TaskIn, db: DB, me: Me):
                if body.user_id != me.id:
                    raise HTTPException(403)
                db.add(Task(**body.model_dump()))  # ok

            @app.post("/b")
            def b(body: TaskIn, db: DB, me: Me):
                ensure_own(body.user_id, me)
                db.add(Task(**body.model_dump()))  # ok

            @app.post("/c")
            def c(body: TaskIn, db: DB, me: User = Depends(get_admin)):
                db.add(Task(**body.model_dump()))  # ok

            @app.post("/d", dependencies=[Depends(get_admin)])
            def d(body: TaskIn, db: DB):
                db.add(Task(**body.model_dump()))  # ok

            @app.post("/e")
            def e(body: TaskIn, db: DB, me: Me):
                if not me.is_superuser:
                    body.user_id = me.id
                db.add(Task(**body.model_dump()))  # ok

            @app.post("/f")
            def f(body: TaskIn, db: DB, me: Me):
                if body.user_id is None:
                    raise HTTPException(422)
                db.add(Task(**body.model_dump()))  # finding: owner-from-request-body

            @app.post("/tasks/{task_id}/transfer")
            def g(task_id: int, body: TaskIn, db: DB, me: Me):
                task = db.exec(select(Task).where(Task.id == task_id, Task.user_id == me.id)).one()
                task.user_id = body.user_id  # ok
            "#));
    }

    #[test]
    fn updates() {
        check(&app(r#"
            def own(task_id: int, db: DB, me: Me) -> Task:
                task = db.exec(select(Task).where(Task.id == task_id, Task.user_id == me.id)).first()
                if not task:
                    raise HTTPException(404)
                return task

            @app.patch("/a/{task_id}")
            def a(body: TaskUpdate, db: DB, task: Task = Depends(own)):
                for key, value in body.model_dump(exclude_unset=True).items():
                    setattr(task, key, value)  # finding: owner-from-request-body

            @app.patch("/b/{task_id}")
            def b(body: TaskUpdate, db: DB, task: Task = Depends(own)):
                task.sqlmodel_update(body.model_dump(exclude_unset=True))  # finding: owner-from-request-body

            @app.patch("/c/{task_id}")
            def c(task_id: int, body: TaskUpdate, db: DB, me: Me):
                db.exec(update(Task).where(Task.id == task_id, Task.user_id == me.id).values(**body.model_dump(exclude_unset=True)))  # finding: owner-from-request-body

            @app.patch("/d/{task_id}")
            def d(body: TaskUpdate, db: DB, task: Task = Depends(own)):
                for key, value in body.model_dump(exclude_unset=True, exclude={"user_id"}).items():
                    setattr(task, key, value)  # ok

            @app.patch("/e/{task_id}")
            def e(body: TaskUpdate, db: DB, task: Task = Depends(own)):
                for key, value in body.model_dump(exclude_unset=True).items():
                    if key in {"title", "done"}:
                        setattr(task, key, value)  # ok

            @app.patch("/f/{task_id}")
            def f(body: TaskUpdate, db: DB, task: Task = Depends(own)):
                for key, value in body.model_dump(exclude_unset=True).items():
                    if key == "user_id":
                        continue
                    setattr(task, key, value)  # ok

            @app.patch("/g/{task_id}")
            def g(body: TaskUpdate, db: DB, task: Task = Depends(own)):
                if body.title is not None:
                    task.title = body.title  # ok

            @app.patch("/h/{task_id}")
            def h(body: TaskUpdate, db: DB, task: Task = Depends(own)):
                for key, value in body.model_dump(exclude_unset=True).items():
                    if hasattr(task, key) and value is not None:
                        setattr(task, key, value)  # finding: owner-from-request-body
            "#));
    }

    #[test]
    fn through_services_and_repositories() {
        check(&app(r#"
            class TaskRepository:
                def __init__(self, db: Session):
                    self.db = db

                def create(self, data: dict) -> Task:
                    task = Task(**data)  # finding: owner-from-request-body
                    self.db.add(task)
                    return task

                def make(self, data: dict) -> Task:
                    task = Task(**data)  # ok
                    self.db.add(task)
                    return task

            class TaskService:
                def __init__(self, repository: TaskRepository):
                    self.repository = repository

                def create(self, body: TaskIn):
                    return self.repository.create(body.model_dump())

                def make(self, body: TaskIn, user_id: int):
                    return self.repository.make({**body.model_dump(), "user_id": user_id})

            def get_service(db: DB) -> TaskService:
                return TaskService(TaskRepository(db))

            def create_task(db: Session, body: TaskIn):
                task = Task(**body.model_dump())  # finding: owner-from-request-body
                db.add(task)

            def create_own(db: Session, body: TaskIn, owner: int):
                task = Task(title=body.title, user_id=owner)  # ok
                db.add(task)

            def create_for(db: Session, body: TaskIn, owner: int):
                task = Task(title=body.title, user_id=owner)  # finding: owner-from-request-body
                db.add(task)

            @app.post("/a")
            def a(body: TaskIn, me: Me, service: TaskService = Depends(get_service)):
                return service.create(body)

            @app.post("/b")
            def b(body: TaskIn, me: Me, service: TaskService = Depends(get_service)):
                return service.make(body, me.id)

            @app.post("/c")
            def c(body: TaskIn, me: Me, db: DB):
                create_task(db, body)

            @app.post("/d")
            def d(body: TaskIn, me: Me, db: DB):
                create_own(db, body, me.id)

            @app.post("/e")
            def e(body: TaskIn, me: Me, db: DB):
                create_for(db, body, body.user_id)
            "#));
    }

    #[test]
    fn a_generic_repository() {
        check(&app(r#"
            from typing import Generic, TypeVar
            M = TypeVar("M")

            class CRUDBase(Generic[M]):
                def __init__(self, model: type[M]):
                    self.model = model

                def create(self, db: Session, *, obj_in) -> M:
                    data = jsonable_encoder(obj_in)
                    row = self.model(**data)  # finding: owner-from-request-body
                    db.add(row)
                    return row

                def create_with_owner(self, db: Session, *, obj_in, owner_id: int) -> M:
                    data = jsonable_encoder(obj_in)
                    row = self.model(**data, user_id=owner_id)  # ok
                    db.add(row)
                    return row

            class CRUDTask(CRUDBase[Task]):
                pass

            tasks = CRUDTask(Task)

            class Values:
                def create(self, db: Session, **values):
                    db.add(Task(**values))  # finding: owner-from-request-body

                def make(self, db: Session, **values):
                    db.add(Task(**values))  # ok

            values = Values()

            @app.post("/c")
            def c(body: TaskIn, me: Me, db: DB):
                return values.create(db, **body.model_dump())

            @app.post("/d")
            def d(body: TaskIn, me: Me, db: DB):
                return values.make(db, **body.model_dump(exclude={"user_id"}), user_id=me.id)

            @app.post("/a")
            def a(body: TaskIn, me: Me, db: DB):
                return tasks.create(db, obj_in=body)

            @app.post("/b")
            def b(body: TaskIn, me: Me, db: DB):
                return tasks.create_with_owner(db, obj_in=body, owner_id=me.id)
            "#));
    }

    #[test]
    fn other_people() {
        check(&app(r#"
            class Message(SQLModel, table=True):
                id: int = Field(primary_key=True)
                text: str
                sender_id: int = Field(foreign_key="user.id")
                recipient_id: int = Field(foreign_key="user.id")

            class MessageIn(BaseModel):
                text: str
                recipient_id: int

            class Ticket(SQLModel, table=True):
                id: int = Field(primary_key=True)
                title: str
                assignee_id: int = Field(foreign_key="user.id")

            class ProjectMember(SQLModel, table=True):
                id: int = Field(primary_key=True)
                project_id: int
                user_id: int = Field(foreign_key="user.id")

            class MemberIn(BaseModel):
                project_id: int
                user_id: int

            @app.post("/members")
            def add_member(body: MemberIn, db: DB, me: Me):
                db.add(ProjectMember(**body.model_dump()))  # ok

            class TicketIn(BaseModel):
                title: str
                assignee_id: int

            @app.post("/messages")
            def send(body: MessageIn, db: DB, me: Me):
                db.add(Message(**body.model_dump(), sender_id=me.id))  # ok

            @app.post("/tickets")
            def ticket(body: TicketIn, db: DB, me: Me):
                db.add(Ticket(**body.model_dump()))  # ok

            @app.post("/answer")
            def answer(body: TaskIn, db: DB, me: Me):
                return TaskIn(**body.model_dump())  # ok
            "#));
    }

    #[test]
    fn documents_and_other_mappers() {
        check(
            r#"
            import os
            import jwt
            from beanie import Document
            from fastapi import Depends, FastAPI
            from fastapi.security import HTTPBearer
            from motor.motor_asyncio import AsyncIOMotorClient
            from pydantic import BaseModel
            from tortoise import fields
            from tortoise.models import Model

            app = FastAPI()
            db = AsyncIOMotorClient(os.environ["MONGO"]).shop

            class Note(Document):
                text: str
                owner_id: str

            class Order(Model):
                id = fields.IntField(pk=True)
                item = fields.CharField(max_length=20)
                user_id = fields.IntField()

            class NoteIn(BaseModel):
                text: str
                owner_id: str

            class OrderIn(BaseModel):
                item: str
                user_id: int

            def caller(credentials = Depends(HTTPBearer())) -> dict:
                return jwt.decode(credentials.credentials, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])

            @app.post("/notes")
            async def note(body: NoteIn, claims: dict = Depends(caller)):
                await Note(**body.model_dump()).insert()  # finding: owner-from-request-body

            @app.post("/own-notes")
            async def own_note(body: NoteIn, claims: dict = Depends(caller)):
                await Note(text=body.text, owner_id=claims["sub"]).insert()  # finding: jwt-subject-not-checked

            @app.post("/orders")
            async def order(body: OrderIn, claims: dict = Depends(caller)):
                await Order.create(**body.model_dump())  # finding: owner-from-request-body

            @app.post("/own-orders")
            async def own_order(body: OrderIn, claims: dict = Depends(caller)):
                await Order.create(**body.model_dump(exclude={"user_id"}), user_id=claims["sub"])  # ok

            @app.post("/items")
            async def item(body: OrderIn, claims: dict = Depends(caller)):
                await db.items.insert_one(body.model_dump())  # finding: owner-from-request-body

            @app.post("/own-items")
            async def own_item(body: OrderIn, claims: dict = Depends(caller)):
                document = body.model_dump()
                document["user_id"] = claims["sub"]
                await db.items.insert_one(document)  # ok

            @app.get("/items")
            async def items(claims: dict = Depends(caller)):
                return await db.items.find({"user_id": claims["sub"]}).to_list(100)
            "#,
        );
    }

    #[test]
    fn raw_sql() {
        check(
            r#"
            import os
            import sqlite3
            import jwt
            from fastapi import Depends, FastAPI
            from fastapi.security import OAuth2PasswordBearer
            from pydantic import BaseModel

            app = FastAPI()

            class NoteIn(BaseModel):
                text: str
                user_id: int

            def caller(token: str = Depends(OAuth2PasswordBearer(tokenUrl="login"))) -> int:
                return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])["sub"]

            @app.post("/notes")
            def note(body: NoteIn, me: int = Depends(caller)):
                db = sqlite3.connect("app.db")
                db.execute("INSERT INTO notes (text, user_id) VALUES (?, ?)", (body.text, body.user_id))  # finding: owner-from-request-body

            @app.post("/own")
            def own(body: NoteIn, me: int = Depends(caller)):
                db = sqlite3.connect("app.db")
                db.execute("INSERT INTO notes (text, user_id) VALUES (?, ?)", (body.text, me))  # ok
            "#,
        );
    }

    #[test]
    fn fixes() {
        let before = app(r#"
            @app.post("/a")
            def a(body: TaskIn, db: DB, me: Me):
                db.add(Task(**body.model_dump()))  # finding: owner-from-request-body

            @app.post("/b")
            def b(body: TaskIn, db: DB, me: Me):
                db.add(Task(title=body.title, user_id=body.user_id))  # finding: owner-from-request-body

            @app.post("/c")
            def c(body: TaskIn, db: DB, me: Me):
                task = Task(title=body.title)
                task.user_id = body.user_id  # finding: owner-from-request-body
                db.add(task)
            "#);
        let after = before
            .replace(
                "**body.model_dump()",
                "**body.model_dump(exclude={\"user_id\"}), user_id=me.id",
            )
            .replace("user_id=body.user_id", "user_id=me.id")
            .replace("user_id = body.user_id", "user_id = me.id");
        check_fix(&RULE, &before, &after);
    }

    #[test]
    fn messages() {
        let report = report(&app(r#"
            @app.post("/a")
            def a(body: TaskIn, db: DB, me: Me):
                db.add(Task(**body.model_dump()))
            "#));
        let of_rule = report.findings.iter().filter(|finding| finding.rule == RULE.name);
        let messages: Vec<&str> = of_rule.map(|finding| finding.message.as_str()).collect();
        assert_eq!(
            messages,
            ["`user_id` of `Task` is what the client says in `body` (`TaskIn`), not the caller's own id"]
        );
    }
}
