//! Flags rows of others that a route shows, changes or deletes because only their id is asked for.

use report::{Confidence, OwaspApi, Phase, Severity};
use text::Span;

use crate::rule::{Rule, RuleContext, declare_rule};
use crate::untied::{self, Untied};

declare_rule! {
    /// ## What it finds
    ///
    /// A route with a login that takes one row by its id and shows, changes or deletes it, though the row belongs to
    /// somebody: no condition of the query, no comparison after the fetch, no dependency, service or parent ties it to
    /// the caller. The way is followed through services and repositories. Rows that are put below a parent by its id
    /// are flagged as well, where nothing ties the parent.
    ///
    /// Rows belong to somebody where the project fills a column with the verified identity or compares it to that,
    /// where a column refers to the users, or where its name says so (`user_id`, `owner_id`, `tenant_id`). Shared
    /// catalogues, public posts that are read, and branches for administrators are not flagged.
    ///
    /// ```python,finding
    /// import os
    ///
    /// import jwt
    /// from fastapi import Depends, FastAPI, HTTPException
    /// from fastapi.security import OAuth2PasswordBearer
    /// from sqlmodel import Field, Session, SQLModel, create_engine
    ///
    /// app = FastAPI()
    /// engine = create_engine(os.environ["DATABASE_URL"])
    ///
    ///
    /// class Task(SQLModel, table=True):
    ///     id: int | None = Field(default=None, primary_key=True)
    ///     title: str
    ///     user_id: str
    ///
    ///
    /// def get_user_id(token: str = Depends(OAuth2PasswordBearer(tokenUrl="token"))) -> str:
    ///     try:
    ///         return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])["sub"]
    ///     except (jwt.PyJWTError, KeyError):
    ///         raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    ///
    ///
    /// @app.get("/tasks/{task_id}")
    /// def read_task(task_id: int, user_id: str = Depends(get_user_id)):
    ///     with Session(engine) as session:
    ///         task = session.get(Task, task_id)
    ///         if not task:
    ///             raise HTTPException(404)
    ///         return task
    /// ```
    ///
    /// ## Why it matters
    ///
    /// The token says who calls. It does not say which rows are theirs: that is for each query to ask. Ids are counted
    /// up, or leak in links and logs.
    ///
    /// ## How it is exploited
    ///
    /// With a token of their own, anyone asks for the neighbour's number:
    ///
    /// ```text
    /// GET /tasks/1002
    /// Authorization: Bearer <the caller's own valid token>
    /// ```
    ///
    /// ## Use instead
    ///
    /// The owner in the query, or a comparison that raises before anything is done. 404 tells less than 403.
    ///
    /// ```python,fixed
    /// import os
    ///
    /// import jwt
    /// from fastapi import Depends, FastAPI, HTTPException
    /// from fastapi.security import OAuth2PasswordBearer
    /// from sqlmodel import Field, Session, SQLModel, create_engine
    ///
    /// app = FastAPI()
    /// engine = create_engine(os.environ["DATABASE_URL"])
    ///
    ///
    /// class Task(SQLModel, table=True):
    ///     id: int | None = Field(default=None, primary_key=True)
    ///     title: str
    ///     user_id: str
    ///
    ///
    /// def get_user_id(token: str = Depends(OAuth2PasswordBearer(tokenUrl="token"))) -> str:
    ///     try:
    ///         return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])["sub"]
    ///     except (jwt.PyJWTError, KeyError):
    ///         raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    ///
    ///
    /// @app.get("/tasks/{task_id}")
    /// def read_task(task_id: int, user_id: str = Depends(get_user_id)):
    ///     with Session(engine) as session:
    ///         task = session.get(Task, task_id)
    ///         if not task or task.user_id != user_id:
    ///             raise HTTPException(404)
    ///         return task
    /// ```
    ///
    /// ```python,ok
    /// from sqlmodel import Session, select
    ///
    ///
    /// def read_task(session: Session, task_id: int, user_id: str):
    ///     return session.exec(select(Task).where(Task.id == task_id, Task.user_id == user_id)).first()
    /// ```
    ///
    /// ## References
    ///
    /// - OWASP API1:2023, broken object level authorization: <https://owasp.org/API-Security/editions/2023/en/0xa1-broken-object-level-authorization/>
    /// - CWE-639, authorization bypass through user-controlled key: <https://cwe.mitre.org/data/definitions/639.html>
    pub(super) static RULE: Rule = Rule {
        name: "object-without-owner-check",
        summary: "A row of somebody else is shown, changed or deleted by its id alone",
        severity: Severity::Critical,
        phase: Phase::AuthorizationAndUserIsolation,
        cwe: 639,
        owasp: OwaspApi::BrokenObjectLevelAuthorization,
        checklist_item: Some(8),
        fixable: true,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for untied in untied::untied(facts) {
        if untied.access.is_many || !untied.access.failed_checks.is_empty() {
            continue;
        }
        let message = message(&untied, untied.model(facts));
        untied::report(context, &untied, message);
    }
    let mut said: Vec<Span> = Vec::new();
    for (route, owned) in untied::owned_routes(facts) {
        for added in &owned.additions {
            if said.contains(&added.span) {
                continue;
            }
            said.push(added.span);
            let name = |id| &facts.data().models.get(id).name;
            let message = format!(
                "`{}` puts a `{}` below any `{}`: its `{}` is not compared with the caller",
                untied::name(route),
                name(added.model),
                name(added.parent),
                added.owner
            );
            let finding = context.report(added.span, message);
            finding.traces(added.trace.iter().cloned());
            finding.confidence(Confidence::Medium);
        }
    }
}

fn message(untied: &Untied<'_>, model: &str) -> String {
    let (route, verb) = (untied::name(untied.routes[0]), untied.verb());
    match &untied.access.owner {
        Some(owner) => format!("`{route}` {verb} any `{model}` by its id: `{owner}` is not compared with the caller"),
        None => format!("`{route}` {verb} any `{model}` by its id: its parent's owner is not compared with the caller"),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;
    use crate::testing::projects::check_in;

    #[test]
    fn get_by_id() {
        check_in(
            "tasks",
            r#"
@app.get("/tasks/{task_id}")
def read(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)  # finding: object-without-owner-check
    if not task:
        raise HTTPException(404)
    return task
"#,
        );
    }

    #[test]
    fn beside_a_token_that_is_not_verified() {
        check(
            r#"
from enum import Enum
from typing import Annotated
import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer
from sqlmodel import Field, Session, SQLModel, create_engine
app = FastAPI()
engine = create_engine("sqlite://")
class User(SQLModel, table=True):
    id: int = Field(primary_key=True)
    role: str = "customer"
class Order(SQLModel, table=True):
    id: int = Field(primary_key=True)
    user_id: int = Field(foreign_key="user.id")
def get_session():
    with Session(engine) as session:
        yield session
Db = Annotated[Session, Depends(get_session)]
def me(db: Db, token: str = Depends(OAuth2PasswordBearer(tokenUrl="login"))) -> User:
    payload = jwt.decode(token, options={"verify_signature": False})
    user = db.get(User, payload["sub"])
    if user is None:
        raise HTTPException(401)
    return user
class Role(Enum):
    CUSTOMER = "customer"
    MANAGER = "manager"
class RoleChecker:
    def __init__(self, roles):
        self.roles = roles
    def __call__(self, user: User = Depends(me)):
        if user.role not in self.roles:
            raise HTTPException(403)
@app.get("/orders/{order_id}")
def read(order_id: int, db: Db, user: User = Depends(me)):
    order = db.get(Order, order_id)  # finding: object-without-owner-check
    if order is None:
        raise HTTPException(404)
    return order
@app.get("/orders/{order_id}/own")
def read_own(order_id: int, db: Db, user: User = Depends(me)):
    order = db.get(Order, order_id)  # ok
    if order is None or order.user_id != user.id:
        raise HTTPException(404)
    return order
@app.get("/orders/{order_id}/customer", dependencies=[Depends(RoleChecker(["customer"]))])
def as_customer(order_id: int, db: Db):
    order = db.get(Order, order_id)  # finding: object-without-owner-check
    return order
customers = RoleChecker([Role.CUSTOMER])
managers = RoleChecker([Role.MANAGER])
@app.get("/orders/{order_id}/named", dependencies=[Depends(customers)])
def as_named_customer(order_id: int, db: Db):
    order = db.get(Order, order_id)  # finding: object-without-owner-check
    return order
@app.get("/orders/{order_id}/named_manager", dependencies=[Depends(managers)])
def as_named_manager(order_id: int, db: Db):
    order = db.get(Order, order_id)  # ok
    return order
@app.get("/orders/{order_id}/manager", dependencies=[Depends(RoleChecker(["manager"]))])
def as_manager(order_id: int, db: Db):
    order = db.get(Order, order_id)  # ok
    return order
"#,
        );
    }

    #[test]
    fn get_by_id_ok() {
        check_in(
            "tasks",
            r#"
@app.get("/tasks/{task_id}")
def read(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)
    if not task or task.user_id != user.id:
        raise HTTPException(404)
    return task
"#,
        );
    }

    #[test]
    fn where_ok() {
        check_in(
            "tasks",
            r#"
@app.get("/tasks/{task_id}")
def read(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.exec(select(Task).where(Task.id == task_id, Task.user_id == user.id)).first()
    if not task:
        raise HTTPException(404)
    return task
"#,
        );
    }

    #[test]
    fn where_bad() {
        check_in(
            "tasks",
            r#"
@app.get("/tasks/{task_id}")
def read(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.exec(select(Task).where(Task.id == task_id)).first()  # finding: object-without-owner-check
    if not task:
        raise HTTPException(404)
    return task
"#,
        );
    }

    #[test]
    fn positive_around_mutation_ok() {
        check_in(
            "tasks",
            r#"
@app.patch("/tasks/{task_id}")
def change(task_id: int, body: TaskUpdate, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)
    if task and task.user_id == user.id:
        task.title = body.title
        session.add(task)
        session.commit()
        return task
    raise HTTPException(404)
"#,
        );
    }

    #[test]
    fn delete_bad() {
        check_in(
            "tasks",
            r#"
@app.delete("/tasks/{task_id}")
def remove(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)  # finding: object-without-owner-check
    if not task:
        raise HTTPException(404)
    session.delete(task)
    session.commit()
    return {"ok": True}
"#,
        );
    }

    #[test]
    fn update_setattr_bad() {
        check_in(
            "tasks",
            r#"
@app.put("/tasks/{task_id}")
def change(task_id: int, body: TaskUpdate, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)  # finding: object-without-owner-check
    if not task:
        raise HTTPException(404)
    for key, value in body.model_dump(exclude_unset=True).items():
        setattr(task, key, value)
    session.add(task)
    session.commit()
    return {"ok": True}
"#,
        );
    }

    #[test]
    fn update_statement_bad() {
        check_in(
            "tasks",
            r#"
@app.put("/tasks/{task_id}")
def change(task_id: int, body: TaskUpdate, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    session.exec(update(Task).where(Task.id == task_id).values(title=body.title))  # finding: object-without-owner-check
    session.commit()
    return {"ok": True}
"#,
        );
    }

    #[test]
    fn update_statement_ok() {
        check_in(
            "tasks",
            r#"
@app.put("/tasks/{task_id}")
def change(task_id: int, body: TaskUpdate, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    session.exec(update(Task).where(Task.id == task_id).where(Task.user_id == user.id).values(title=body.title))
    session.commit()
    return {"ok": True}
"#,
        );
    }

    #[test]
    fn helper_raises_ok() {
        check_in(
            "tasks",
            r#"
def ensure_owner(task, user):
    if task.user_id != user.id:
        raise HTTPException(403)

@app.get("/tasks/{task_id}")
def read(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)
    ensure_owner(task, user)
    return task
"#,
        );
    }

    #[test]
    fn helper_fetches_ok() {
        check_in(
            "tasks",
            r#"
def get_task_or_404(session, task_id, user):
    task = session.get(Task, task_id)
    if not task or task.user_id != user.id:
        raise HTTPException(404)
    return task

@app.get("/tasks/{task_id}")
def read(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    return get_task_or_404(session, task_id, user)

@app.delete("/tasks/{task_id}")
def remove(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = get_task_or_404(session, task_id, user)
    session.delete(task)
    session.commit()
"#,
        );
    }

    #[test]
    fn helper_fetches_bad() {
        check_in(
            "tasks",
            r#"
def get_task_or_404(session, task_id):
    task = session.get(Task, task_id)  # finding: object-without-owner-check
    if not task:
        raise HTTPException(404)
    return task

@app.get("/tasks/{task_id}")
def read(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    return get_task_or_404(session, task_id)

@app.delete("/tasks/{task_id}")
def remove(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = get_task_or_404(session, task_id)
    if task.user_id != user.id:
        raise HTTPException(404)
    session.delete(task)
    session.commit()
"#,
        );
    }

    #[test]
    fn helper_none_ok() {
        check_in(
            "tasks",
            r#"
def find(session, task_id, user):
    task = session.get(Task, task_id)
    if task is None:
        return None
    if task.user_id != user.id:
        return None
    return task

@app.get("/tasks/{task_id}")
def read(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = find(session, task_id, user)
    if not task:
        raise HTTPException(404)
    return task
"#,
        );
    }

    #[test]
    fn dependency_ok() {
        check_in(
            "tasks",
            r#"
def owned_task(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)
    if task is None or task.user_id != user.id:
        raise HTTPException(404)
    return task

@app.get("/tasks/{task_id}")
def read(task: Task = Depends(owned_task)):
    return task
"#,
        );
    }

    #[test]
    fn dependency_bad() {
        check_in(
            "tasks",
            r#"
def load_task(task_id: int, session: Session = Depends(get_session)):
    task = session.get(Task, task_id)  # finding: object-without-owner-check
    if task is None:
        raise HTTPException(404)
    return task

@app.get("/tasks/{task_id}")
def read(task: Task = Depends(load_task), user: User = Depends(get_current_user)):
    return task
"#,
        );
    }

    #[test]
    fn dependency_beside_loader_ok() {
        check_in(
            "tasks",
            r#"
def load_task(task_id: int, session: Session = Depends(get_session)):
    task = session.get(Task, task_id)
    if task is None:
        raise HTTPException(404)
    return task

def check_task(task: Task = Depends(load_task), user: User = Depends(get_current_user)):
    if task.user_id != user.id:
        raise HTTPException(403)

@app.get("/tasks/{task_id}", dependencies=[Depends(check_task)])
def read(task: Task = Depends(load_task)):
    return task
"#,
        );
    }

    #[test]
    fn service_class_bad() {
        check_in(
            "tasks",
            r#"
class TaskService:
    def __init__(self, session, user_id):
        self.session = session
        self.user_id = user_id

    def get(self, task_id):
        return self.session.exec(select(Task).where(Task.id == task_id)).first()  # finding: object-without-owner-check

    def all(self):
        return self.session.exec(select(Task)).all()  # finding: list-without-owner-filter

@app.get("/tasks/{task_id}")
def read(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    return TaskService(session, user.id).get(task_id)

@app.get("/tasks")
def read_all(session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    service = TaskService(session, user.id)
    return service.all()
"#,
        );
    }

    #[test]
    fn service_injected_ok() {
        check_in(
            "tasks",
            r#"
class TaskService:
    def __init__(self, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
        self.session = session
        self.user = user

    def get(self, task_id):
        task = self.session.get(Task, task_id)
        if not task or task.user_id != self.user.id:
            raise HTTPException(404)
        return task

@app.get("/tasks/{task_id}")
def read(task_id: int, service: TaskService = Depends()):
    return service.get(task_id)
"#,
        );
    }

    #[test]
    fn service_injected_bad() {
        check_in(
            "tasks",
            r#"
class TaskService:
    def __init__(self, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
        self.session = session
        self.user = user

    def get(self, task_id):
        task = self.session.get(Task, task_id)  # finding: object-without-owner-check
        if not task:
            raise HTTPException(404)
        return task

@app.get("/tasks/{task_id}")
def read(task_id: int, service: TaskService = Depends(TaskService)):
    return service.get(task_id)
"#,
        );
    }

    #[test]
    fn child_by_own_id_bad() {
        check_in(
            "tasks",
            r#"
@app.get("/tasks/{task_id}/attachments/{attachment_id}")
def read_one(task_id: int, attachment_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)
    if not task or task.user_id != user.id:
        raise HTTPException(404)
    attachment = session.get(Attachment, attachment_id)  # finding: object-without-owner-check
    if not attachment:
        raise HTTPException(404)
    return attachment
"#,
        );
    }

    #[test]
    fn child_compared_to_parent_ok() {
        check_in(
            "tasks",
            r#"
@app.get("/tasks/{task_id}/attachments/{attachment_id}")
def read_one(task_id: int, attachment_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)
    if not task or task.user_id != user.id:
        raise HTTPException(404)
    attachment = session.get(Attachment, attachment_id)
    if not attachment or attachment.task_id != task_id:
        raise HTTPException(404)
    return attachment
"#,
        );
    }

    #[test]
    fn child_join_ok() {
        check_in(
            "tasks",
            r#"
@app.get("/attachments/{attachment_id}")
def read_one(attachment_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    return session.exec(select(Attachment).join(Task).where(Attachment.id == attachment_id, Task.user_id == user.id)).first()
"#,
        );
    }

    #[test]
    fn parent_of_fetched_child_ok() {
        check_in(
            "tasks",
            r#"
@app.get("/attachments/{attachment_id}")
def read_one(attachment_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    attachment = session.get(Attachment, attachment_id)
    if not attachment:
        raise HTTPException(404)
    task = session.get(Task, attachment.task_id)
    if task.user_id != user.id:
        raise HTTPException(403)
    return attachment
"#,
        );
    }

    #[test]
    fn existence_ok() {
        check_in(
            "tasks",
            r#"
@app.post("/tasks")
def create(body: TaskUpdate, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    if session.exec(select(Task).where(Task.title == body.title)).first():
        raise HTTPException(409)
    task = Task(title=body.title, user_id=user.id)
    session.add(task)
    session.commit()
    return task
"#,
        );
    }

    #[test]
    fn path_user_compared_but_object_by_id_bad() {
        check_in(
            "tasks",
            r#"
@app.get("/users/{user_id}/tasks/{task_id}")
def read(user_id: int, task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    if user_id != user.id:
        raise HTTPException(403)
    return session.get(Task, task_id)  # finding: object-without-owner-check
"#,
        );
    }

    #[test]
    fn path_user_compared_and_object_ok() {
        check_in(
            "tasks",
            r#"
@app.get("/users/{user_id}/tasks/{task_id}")
def read(user_id: int, task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    if user_id != user.id:
        raise HTTPException(403)
    task = session.get(Task, task_id)
    if not task or task.user_id != user_id:
        raise HTTPException(404)
    return task
"#,
        );
    }

    #[test]
    fn try_except_ok() {
        check_in(
            "tasks",
            r#"
@app.get("/tasks/{task_id}")
def read(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    try:
        task = session.get(Task, task_id)
        if not task:
            raise HTTPException(404)
        if task.user_id != user.id:
            raise HTTPException(403)
        return task
    except HTTPException:
        raise
    except Exception:
        raise HTTPException(500)
"#,
        );
    }

    #[test]
    fn match_ok() {
        check_in(
            "tasks",
            r#"
@app.get("/tasks/{task_id}")
def read(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)
    match task:
        case None:
            raise HTTPException(404)
        case Task() if task.user_id == user.id:
            return task
        case _:
            raise HTTPException(403)
"#,
        );
    }

    #[test]
    fn one_branch_unchecked_bad() {
        check_in(
            "tasks",
            r#"
@app.put("/tasks/{task_id}")
def change(task_id: int, body: TaskUpdate, force: bool = False, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)  # finding: object-without-owner-check
    if not force:
        if task.user_id != user.id:
            raise HTTPException(403)
    task.title = body.title
    session.commit()
    return task
"#,
        );
    }

    #[test]
    fn membership_ok() {
        check_in(
            "tasks",
            r#"
class Member(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="project.id")
    user_id: int = Field(foreign_key="user.id")

@app.get("/projects/{project_id}")
def read(project_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    member = session.exec(select(Member).where(Member.project_id == project_id, Member.user_id == user.id)).first()
    if member is None:
        raise HTTPException(403)
    return session.get(Project, project_id)
"#,
        );
    }

    #[test]
    fn conditional_expression_ok() {
        check_in(
            "tasks",
            r#"
@app.get("/tasks/{task_id}")
def read(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)
    return task if task and task.user_id == user.id else None
"#,
        );
    }

    #[test]
    fn raises_own_exception_in_service_ok() {
        check_in(
            "tasks",
            r#"
class NotAllowed(Exception):
    pass

class Service:
    def __init__(self, session):
        self.session = session
    def fetch(self, task_id, user_id):
        task = self.session.get(Task, task_id)
        if task is None:
            raise NotAllowed()
        self._check(task, user_id)
        return task
    def _check(self, task, user_id):
        if task.user_id != user_id:
            raise NotAllowed()

def get_service(session: Session = Depends(get_session)):
    return Service(session)

@app.get("/tasks/{task_id}")
def read(task_id: int, service: Service = Depends(get_service), user: User = Depends(get_current_user)):
    try:
        return service.fetch(task_id, user.id)
    except NotAllowed:
        raise HTTPException(404)
"#,
        );
    }

    #[test]
    fn motor_bad() {
        check_in(
            "none",
            r#"
import os
from bson import ObjectId
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPBearer
from jose import JWTError, jwt
from motor.motor_asyncio import AsyncIOMotorClient
app = FastAPI()
db = AsyncIOMotorClient(os.environ["MONGO_URL"])["shop"]
bearer = HTTPBearer()
async def get_current_user(credentials=Depends(bearer)):
    try:
        claims = jwt.decode(credentials.credentials, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
    except JWTError:
        raise HTTPException(401)
    return {"id": claims["sub"], "role": claims.get("role")}
@app.post("/orders")
async def create(body: dict, user=Depends(get_current_user)):
    await db["orders"].insert_one({"items": body["items"], "user_id": user["id"]})
@app.get("/orders")
async def mine(user=Depends(get_current_user)):
    return await db["orders"].find({"user_id": user["id"]}).to_list(100)
@app.get("/orders/{order_id}")
async def read(order_id: str, user=Depends(get_current_user)):
    order = await db["orders"].find_one({"_id": ObjectId(order_id)})  # finding: object-without-owner-check
    if not order:
        raise HTTPException(404)
    return order
@app.delete("/orders/{order_id}")
async def remove(order_id: str, user=Depends(get_current_user)):
    result = await db["orders"].delete_one({"_id": ObjectId(order_id)})  # finding: object-without-owner-check
    return {"deleted": result.deleted_count}
@app.put("/orders/{order_id}")
async def change(order_id: str, body: dict, user=Depends(get_current_user)):
    await db["orders"].update_one({"_id": ObjectId(order_id), "user_id": user["id"]}, {"$set": {"note": body["note"]}})
    return {"ok": True}
@app.patch("/orders/{order_id}")
async def patch(order_id: str, body: dict, user=Depends(get_current_user)):
    order = await db["orders"].find_one({"_id": ObjectId(order_id)})
    if order is None or order["user_id"] != user["id"]:
        raise HTTPException(404)
    await db["orders"].update_one({"_id": ObjectId(order_id)}, {"$set": {"note": body["note"]}})
    return await db["orders"].find_one({"_id": ObjectId(order_id)})
"#,
        );
    }

    #[test]
    fn beanie_mixed() {
        check_in(
            "none",
            r#"
import os
import jwt
from beanie import Document, PydanticObjectId
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPBearer
app = FastAPI()
bearer = HTTPBearer()
class Note(Document):
    text: str
    owner: str
def current(credentials=Depends(bearer)) -> str:
    try:
        return jwt.decode(credentials.credentials, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])["sub"]
    except (jwt.PyJWTError, KeyError):
        raise HTTPException(401)
@app.get("/notes")
async def mine(owner: str = Depends(current)):
    return await Note.find(Note.owner == owner).to_list()
@app.get("/notes/all")
async def everything(owner: str = Depends(current)):
    return await Note.find_all().to_list()  # finding: list-without-owner-filter
@app.get("/notes/{note_id}")
async def read(note_id: PydanticObjectId, owner: str = Depends(current)):
    note = await Note.get(note_id)  # finding: object-without-owner-check
    if note is None:
        raise HTTPException(404)
    return note
@app.put("/notes/{note_id}")
async def change(note_id: PydanticObjectId, text: str, owner: str = Depends(current)):
    note = await Note.get(note_id)
    if note is None or note.owner != owner:
        raise HTTPException(404)
    note.text = text
    await note.save()
    return note
@app.delete("/notes/{note_id}")
async def remove(note_id: PydanticObjectId, owner: str = Depends(current)):
    note = await Note.get(note_id)  # finding: object-without-owner-check
    await note.delete()
    return {"ok": True}
"#,
        );
    }

    #[test]
    fn tortoise_mixed() {
        check_in(
            "none",
            r#"
import os
import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPBearer
from tortoise import fields
from tortoise.models import Model
app = FastAPI()
bearer = HTTPBearer()
class User(Model):
    id = fields.IntField(pk=True)
    email = fields.CharField(100)
    password_hash = fields.CharField(200)
class Expense(Model):
    id = fields.IntField(pk=True)
    amount = fields.FloatField()
    user = fields.ForeignKeyField("models.User", related_name="expenses")
async def current(credentials=Depends(bearer)):
    try:
        claims = jwt.decode(credentials.credentials, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
    except jwt.PyJWTError:
        raise HTTPException(401)
    return await User.get(id=claims["sub"])
@app.get("/expenses")
async def mine(user: User = Depends(current)):
    return await Expense.filter(user=user)
@app.get("/expenses/all")
async def everything(user: User = Depends(current)):
    return await Expense.all()  # finding: list-without-owner-filter
@app.get("/expenses/{expense_id}")
async def read(expense_id: int, user: User = Depends(current)):
    return await Expense.get(id=expense_id)  # finding: object-without-owner-check
@app.get("/mine/{expense_id}")
async def read_mine(expense_id: int, user: User = Depends(current)):
    return await Expense.get(id=expense_id, user_id=user.id)
@app.delete("/expenses/{expense_id}")
async def remove(expense_id: int, user: User = Depends(current)):
    await Expense.filter(id=expense_id).delete()  # finding: object-without-owner-check
    return {"ok": True}
@app.put("/expenses/{expense_id}")
async def change(expense_id: int, amount: float, user: User = Depends(current)):
    expense = await Expense.get_or_none(id=expense_id)
    if not expense:
        raise HTTPException(404)
    if expense.user_id != user.id:
        raise HTTPException(403)
    expense.amount = amount
    await expense.save()
    return expense
"#,
        );
    }

    #[test]
    fn asyncpg_mixed() {
        check_in(
            "none",
            r#"
import os
import asyncpg
import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPBearer
app = FastAPI()
bearer = HTTPBearer()
async def get_db():
    connection = await asyncpg.connect(os.environ["DATABASE_URL"])
    try:
        yield connection
    finally:
        await connection.close()
def current(credentials=Depends(bearer)):
    try:
        return jwt.decode(credentials.credentials, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])["sub"]
    except (jwt.PyJWTError, KeyError):
        raise HTTPException(401)
@app.get("/invoices")
async def mine(db: asyncpg.Connection = Depends(get_db), user_id=Depends(current)):
    return await db.fetch("SELECT * FROM invoices WHERE user_id = $1", user_id)
@app.get("/invoices/{invoice_id}")
async def read(invoice_id: int, db: asyncpg.Connection = Depends(get_db), user_id=Depends(current)):
    return await db.fetchrow("SELECT * FROM invoices WHERE id = $1", invoice_id)  # finding: object-without-owner-check
@app.get("/mine/{invoice_id}")
async def read_mine(invoice_id: int, db: asyncpg.Connection = Depends(get_db), user_id=Depends(current)):
    return await db.fetchrow("SELECT * FROM invoices WHERE id = $1 AND user_id = $2", invoice_id, user_id)
@app.delete("/invoices/{invoice_id}")
async def remove(invoice_id: int, db: asyncpg.Connection = Depends(get_db), user_id=Depends(current)):
    await db.execute("DELETE FROM invoices WHERE id = $1", invoice_id)  # finding: object-without-owner-check
    return {"ok": True}
@app.put("/invoices/{invoice_id}")
async def change(invoice_id: int, total: float, db: asyncpg.Connection = Depends(get_db), user_id=Depends(current)):
    row = await db.fetchrow("SELECT * FROM invoices WHERE id = $1", invoice_id)
    if row is None or row["user_id"] != user_id:
        raise HTTPException(404)
    await db.execute("UPDATE invoices SET total = $1 WHERE id = $2", total, invoice_id)
    return {"ok": True}
"#,
        );
    }

    #[test]
    fn sqlite_mixed() {
        check_in(
            "none",
            r#"
import os
import sqlite3
import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPBearer
app = FastAPI()
bearer = HTTPBearer()
def connect():
    connection = sqlite3.connect("notes.db")
    connection.row_factory = sqlite3.Row
    return connection
connect().execute("CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, user_id TEXT, body TEXT)")
def current(credentials=Depends(bearer)):
    try:
        return jwt.decode(credentials.credentials, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])["sub"]
    except (jwt.PyJWTError, KeyError):
        raise HTTPException(401)
@app.get("/notes/{note_id}")
def read(note_id: int, user_id=Depends(current)):
    connection = connect()
    row = connection.execute("SELECT * FROM notes WHERE id = ?", (note_id,)).fetchone()  # finding: object-without-owner-check
    if row is None:
        raise HTTPException(404)
    return dict(row)
@app.get("/mine/{note_id}")
def read_mine(note_id: int, user_id=Depends(current)):
    connection = connect()
    row = connection.execute("SELECT * FROM notes WHERE id = ? AND user_id = ?", (note_id, user_id)).fetchone()
    if row is None:
        raise HTTPException(404)
    return dict(row)
@app.get("/notes")
def everything(user_id=Depends(current)):
    cursor = connect().cursor()
    cursor.execute("SELECT * FROM notes")  # finding: list-without-owner-filter
    return [dict(row) for row in cursor.fetchall()]
"#,
        );
    }

    #[test]
    fn sqlalchemy_layers() {
        check_in(
            "none",
            r#"
#- app/db.py
import os
from sqlalchemy import Column, ForeignKey, Integer, String, create_engine
from sqlalchemy.orm import declarative_base, relationship, sessionmaker
Base = declarative_base()
SessionLocal = sessionmaker(bind=create_engine(os.environ["DATABASE_URL"]))
def get_db():
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()
#- app/models.py
from sqlalchemy import Column, ForeignKey, Integer, String
from sqlalchemy.orm import relationship
from app.db import Base
class User(Base):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True)
    email = Column(String)
    hashed_password = Column(String)
    is_admin = Column(Integer)
    patients = relationship("Patient", back_populates="doctor")
class Patient(Base):
    __tablename__ = "patients"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    doctor_id = Column(Integer, ForeignKey("users.id"))
    doctor = relationship("User", back_populates="patients")
class Visit(Base):
    __tablename__ = "visits"
    id = Column(Integer, primary_key=True)
    notes = Column(String)
    patient_id = Column(Integer, ForeignKey("patients.id"))
    patient = relationship("Patient")
#- app/auth.py
import os
from fastapi import Depends, HTTPException
from fastapi.security import OAuth2PasswordBearer
from jose import JWTError, jwt
from sqlalchemy.orm import Session
from app.db import get_db
from app.models import User
scheme = OAuth2PasswordBearer(tokenUrl="login")
def get_current_user(token: str = Depends(scheme), db: Session = Depends(get_db)):
    try:
        payload = jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
    except JWTError:
        raise HTTPException(status_code=401)
    user = db.query(User).filter(User.email == payload.get("sub")).first()
    if user is None:
        raise HTTPException(status_code=401)
    return user
#- app/repository.py
from sqlalchemy.orm import Session
from app.models import Patient, Visit
class BaseRepository:
    model = None
    def __init__(self, db: Session):
        self.db = db
    def get(self, id: int):
        return self.db.query(self.model).filter(self.model.id == id).first()
class PatientRepository(BaseRepository):
    model = Patient
    def for_doctor(self, doctor_id: int):
        return self.db.query(Patient).filter(Patient.doctor_id == doctor_id).all()
    def of_doctor(self, id: int, doctor_id: int):
        return self.db.query(Patient).filter(Patient.id == id, Patient.doctor_id == doctor_id).first()
    def everyone(self):
        return self.db.query(Patient).all()  # finding: list-without-owner-filter
class VisitRepository(BaseRepository):
    model = Visit
    def of_patient(self, patient_id: int):
        return self.db.query(Visit).filter(Visit.patient_id == patient_id).all()
    def plain(self, visit_id: int):
        return self.db.query(Visit).filter(Visit.id == visit_id).first()  # finding: object-without-owner-check
#- app/main.py
from fastapi import APIRouter, Depends, FastAPI, HTTPException
from sqlalchemy.orm import Session
from app.auth import get_current_user
from app.db import get_db
from app.repository import PatientRepository, VisitRepository
app = FastAPI()
router = APIRouter(prefix="/api")
@router.get("/patients")
def patients(db: Session = Depends(get_db), user=Depends(get_current_user)):
    return PatientRepository(db).for_doctor(user.id)
@router.get("/patients/all")
def all_patients(db: Session = Depends(get_db), user=Depends(get_current_user)):
    return PatientRepository(db).everyone()
@router.get("/patients/{patient_id}")
def patient(patient_id: int, db: Session = Depends(get_db), user=Depends(get_current_user)):
    found = PatientRepository(db).get(patient_id)
    if found is None or found.doctor_id != user.id:
        raise HTTPException(404)
    return found
@router.get("/patients/{patient_id}/visits")
def visits(patient_id: int, db: Session = Depends(get_db), user=Depends(get_current_user)):
    if not PatientRepository(db).of_doctor(patient_id, user.id):
        raise HTTPException(404)
    return VisitRepository(db).of_patient(patient_id)
@router.get("/visits/{visit_id}")
def visit(visit_id: int, db: Session = Depends(get_db), user=Depends(get_current_user)):
    return VisitRepository(db).plain(visit_id)
@router.get("/mine/visits/{visit_id}")
def my_visit(visit_id: int, db: Session = Depends(get_db), user=Depends(get_current_user)):
    found = VisitRepository(db).get(visit_id)
    if not found or found.patient.doctor_id != user.id:
        raise HTTPException(404)
    return found
@router.get("/relationship")
def by_relationship(user=Depends(get_current_user)):
    return user.patients
app.include_router(router)
"#,
        );
    }

    #[test]
    fn generic_crud() {
        check_in(
            "none",
            r#"
#- app/crud.py
from typing import Generic, Type, TypeVar
from sqlmodel import Session, SQLModel, select
from app.models import Item
T = TypeVar("T", bound=SQLModel)
class CRUDBase(Generic[T]):
    def __init__(self, model: Type[T]):
        self.model = model
    def get(self, session: Session, id: int):
        return session.get(self.model, id)
    def get_multi(self, session: Session, skip: int = 0, limit: int = 100):
        return session.exec(select(self.model).offset(skip).limit(limit)).all()
    def remove(self, session: Session, id: int):
        obj = session.get(self.model, id)  # finding: object-without-owner-check
        session.delete(obj)
        session.commit()
        return obj
class CRUDItem(CRUDBase[Item]):
    def get_multi_by_owner(self, session: Session, owner_id: int):
        return session.exec(select(Item).where(Item.owner_id == owner_id)).all()
item = CRUDItem(Item)
#- app/models.py
from sqlmodel import Field, SQLModel
class User(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    email: str
    hashed_password: str
    is_superuser: bool = False
class Item(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    title: str
    owner_id: int = Field(foreign_key="user.id")
#- app/deps.py
import os
from typing import Annotated
import jwt
from fastapi import Depends, HTTPException
from fastapi.security import OAuth2PasswordBearer
from sqlmodel import Session, create_engine
from app.models import User
engine = create_engine(os.environ["DATABASE_URL"])
def get_db():
    with Session(engine) as session:
        yield session
SessionDep = Annotated[Session, Depends(get_db)]
TokenDep = Annotated[str, Depends(OAuth2PasswordBearer(tokenUrl="login"))]
def get_current_user(session: SessionDep, token: TokenDep) -> User:
    try:
        payload = jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
    except jwt.PyJWTError:
        raise HTTPException(401)
    user = session.get(User, payload["sub"])
    if not user:
        raise HTTPException(401)
    return user
CurrentUser = Annotated[User, Depends(get_current_user)]
#- app/main.py
from fastapi import FastAPI, HTTPException
from app import crud
from app.deps import CurrentUser, SessionDep
app = FastAPI()
@app.get("/items")
def read_items(session: SessionDep, current_user: CurrentUser, skip: int = 0):
    if current_user.is_superuser:
        return crud.item.get_multi(session, skip=skip)
    return crud.item.get_multi_by_owner(session, owner_id=current_user.id)
@app.get("/items/{id}")
def read_item(session: SessionDep, current_user: CurrentUser, id: int):
    item = crud.item.get(session, id=id)
    if not item:
        raise HTTPException(404)
    if not current_user.is_superuser and (item.owner_id != current_user.id):
        raise HTTPException(400)
    return item
@app.delete("/items/{id}")
def delete_item(session: SessionDep, current_user: CurrentUser, id: int):
    return crud.item.remove(session, id=id)
"#,
        );
    }

    #[test]
    fn tenant() {
        check_in(
            "none",
            r#"
import os
import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPBearer
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
app = FastAPI()
bearer = HTTPBearer()
class Base(DeclarativeBase):
    pass
class Document(Base):
    __tablename__ = "documents"
    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    body: Mapped[str]
class Plan(Base):
    __tablename__ = "plans"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
async def get_session() -> AsyncSession:
    ...
class Caller:
    def __init__(self, user_id: str, tenant_id: str):
        self.user_id = user_id
        self.tenant_id = tenant_id
def caller(credentials=Depends(bearer)) -> Caller:
    try:
        claims = jwt.decode(credentials.credentials, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
    except jwt.PyJWTError:
        raise HTTPException(401)
    return Caller(claims["sub"], claims["tenant_id"])
@app.get("/documents")
async def mine(session: AsyncSession = Depends(get_session), who: Caller = Depends(caller)):
    result = await session.execute(select(Document).where(Document.tenant_id == who.tenant_id))
    return result.scalars().all()
@app.get("/documents/{document_id}")
async def read(document_id: int, session: AsyncSession = Depends(get_session), who: Caller = Depends(caller)):
    result = await session.execute(select(Document).where(Document.id == document_id))  # finding: object-without-owner-check
    document = result.scalar_one_or_none()
    if document is None:
        raise HTTPException(404)
    return document
@app.get("/mine/{document_id}")
async def read_mine(document_id: int, session: AsyncSession = Depends(get_session), who: Caller = Depends(caller)):
    document = await session.get(Document, document_id)
    if document is None or document.tenant_id != who.tenant_id:
        raise HTTPException(404)
    return document
@app.get("/plans")
async def plans(session: AsyncSession = Depends(get_session), who: Caller = Depends(caller)):
    return (await session.execute(select(Plan))).scalars().all()
"#,
        );
    }

    #[test]
    fn middleware_state() {
        check_in(
            "none",
            r#"
import os
import jwt
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from sqlmodel import Field, Session, SQLModel, create_engine, select
app = FastAPI()
engine = create_engine(os.environ["DATABASE_URL"])
class Todo(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    user_id: str
@app.middleware("http")
async def authenticate(request: Request, call_next):
    try:
        token = request.headers["Authorization"].removeprefix("Bearer ")
        claims = jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
    except (jwt.PyJWTError, KeyError):
        return JSONResponse({"detail": "no"}, 401)
    request.state.user_id = claims["sub"]
    return await call_next(request)
@app.get("/todos")
def mine(request: Request):
    with Session(engine) as session:
        return session.exec(select(Todo).where(Todo.user_id == request.state.user_id)).all()
@app.get("/todos/{todo_id}")
def read(todo_id: int, request: Request):
    with Session(engine) as session:
        return session.get(Todo, todo_id)  # finding: object-without-owner-check
@app.delete("/todos/{todo_id}")
def remove(todo_id: int, request: Request):
    with Session(engine) as session:
        todo = session.get(Todo, todo_id)
        if todo is None or todo.user_id != request.state.user_id:
            raise HTTPException(404)
        session.delete(todo)
        session.commit()
"#,
        );
    }

    #[test]
    fn social_blog() {
        check_in(
            "none",
            r#"
import os
import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer
from sqlmodel import Field, Session, SQLModel, create_engine, select
app = FastAPI()
engine = create_engine(os.environ["DATABASE_URL"])
class User(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    email: str
    password: str
class Post(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    title: str
    owner_id: int = Field(foreign_key="user.id")
class Like(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    post_id: int = Field(foreign_key="post.id")
    user_id: int = Field(foreign_key="user.id")
def current(token: str = Depends(OAuth2PasswordBearer(tokenUrl="login"))):
    try:
        claims = jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
    except jwt.PyJWTError:
        raise HTTPException(401)
    with Session(engine) as session:
        return session.exec(select(User).where(User.id == claims["user_id"])).first()
@app.get("/posts")
def posts(user=Depends(current)):
    with Session(engine) as session:
        return session.exec(select(Post)).all()
@app.get("/posts/{post_id}")
def post(post_id: int, user=Depends(current)):
    with Session(engine) as session:
        return session.get(Post, post_id)
@app.delete("/posts/{post_id}")
def remove(post_id: int, user=Depends(current)):
    with Session(engine) as session:
        post = session.get(Post, post_id)  # finding: object-without-owner-check
        session.delete(post)
        session.commit()
@app.put("/posts/{post_id}")
def change(post_id: int, title: str, user=Depends(current)):
    with Session(engine) as session:
        post = session.get(Post, post_id)
        if post.owner_id != user.id:
            raise HTTPException(403)
        post.title = title
        session.commit()
        return post
@app.post("/posts/{post_id}/like")
def like(post_id: int, user=Depends(current)):
    with Session(engine) as session:
        post = session.get(Post, post_id)
        if post is None:
            raise HTTPException(404)
        found = session.exec(select(Like).where(Like.post_id == post_id, Like.user_id == user.id)).first()
        if found:
            session.delete(found)
        else:
            session.add(Like(post_id=post_id, user_id=user.id))
        session.commit()
        return {"ok": True}
"#,
        );
    }

    #[test]
    fn payload_dict_user() {
        check_in(
            "none",
            r#"
import os
from uuid import UUID
import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session
from sqlalchemy import Column, Integer, String, create_engine
from sqlalchemy.orm import declarative_base, sessionmaker
Base = declarative_base()
SessionLocal = sessionmaker()
class Wallet(Base):
    __tablename__ = "wallets"
    id = Column(Integer, primary_key=True)
    user_id = Column(String)
    balance = Column(Integer)
app = FastAPI()
security = HTTPBearer()
def get_db():
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()
def verify_token(credentials: HTTPAuthorizationCredentials = Depends(security)) -> dict:
    try:
        payload = jwt.decode(credentials.credentials, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
        return payload
    except jwt.InvalidTokenError:
        raise HTTPException(status_code=401)
@app.get("/wallets/{wallet_id}")
def read(wallet_id: int, payload: dict = Depends(verify_token), db: Session = Depends(get_db)):
    wallet = db.query(Wallet).filter(Wallet.id == wallet_id).first()
    if not wallet:
        raise HTTPException(404)
    if str(wallet.user_id) != str(payload.get("sub")):
        raise HTTPException(403)
    return wallet
@app.post("/transfer/{source_id}/{target_id}")
def transfer(source_id: int, target_id: int, amount: int, payload: dict = Depends(verify_token), db: Session = Depends(get_db)):
    source = db.query(Wallet).filter(Wallet.id == source_id).first()  # finding: object-without-owner-check
    source.balance = source.balance - amount
    db.commit()
    return {"ok": True}
@app.put("/wallets/{wallet_id}")
def change(wallet_id: int, balance: int, payload: dict = Depends(verify_token), db: Session = Depends(get_db)):
    user_id = payload["sub"]
    wallet = db.query(Wallet).filter(Wallet.id == wallet_id).filter_by(user_id=user_id).one_or_none()
    if wallet is None:
        raise HTTPException(404)
    wallet.balance = balance
    db.commit()
    db.refresh(wallet)
    return wallet
"#,
        );
    }

    #[test]
    fn get_unit_of_work_ok() {
        check_in(
            "tasks",
            r#"
class UnitOfWork:
    def __init__(self, session):
        self.tasks = TaskRepository(session)
        self.session = session

class TaskRepository:
    def __init__(self, session):
        self.session = session
    def get(self, task_id):
        return self.session.get(Task, task_id)

@app.get("/tasks/{task_id}")
def read(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    uow = UnitOfWork(session)
    task = uow.tasks.get(task_id)
    if task is None or task.user_id != user.id:
        raise HTTPException(404)
    return task
"#,
        );
    }

    #[test]
    fn get_unit_of_work_bad() {
        check_in(
            "tasks",
            r#"
class UnitOfWork:
    def __init__(self, session):
        self.tasks = TaskRepository(session)
        self.session = session

class TaskRepository:
    def __init__(self, session):
        self.session = session
    def get(self, task_id):
        return self.session.get(Task, task_id)  # finding: object-without-owner-check

@app.get("/tasks/{task_id}")
def read(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    uow = UnitOfWork(session)
    task = uow.tasks.get(task_id)
    if task is None:
        raise HTTPException(404)
    return task
"#,
        );
    }

    #[test]
    fn get_router_dependency_admin_ok() {
        check_in(
            "tasks",
            r#"
def require_admin(user: User = Depends(get_current_user)):
    if not user.is_superuser:
        raise HTTPException(403)

router = APIRouter(prefix="/admin", dependencies=[Depends(require_admin)])

@router.get("/tasks/{task_id}")
def read(task_id: int, session: Session = Depends(get_session)):
    return session.get(Task, task_id)

app.include_router(router)
"#,
        );
    }

    #[test]
    fn get_role_checker_class_ok() {
        check_in(
            "tasks",
            r#"
class RoleChecker:
    def __init__(self, roles: list[str]):
        self.roles = roles
    def __call__(self, user: User = Depends(get_current_user)):
        if user.role not in self.roles:
            raise HTTPException(403)
        return user

@app.get("/tasks/{task_id}")
def read(task_id: int, session: Session = Depends(get_session), user: User = Depends(RoleChecker(["admin"]))):
    return session.get(Task, task_id)
"#,
        );
    }

    #[test]
    fn get_role_checker_class_for_users_bad() {
        check_in(
            "tasks",
            r#"
class RoleChecker:
    def __init__(self, roles: list[str]):
        self.roles = roles
    def __call__(self, user: User = Depends(get_current_user)):
        if user.role not in self.roles:
            raise HTTPException(403)
        return user

@app.get("/tasks/{task_id}")
def read(task_id: int, session: Session = Depends(get_session), user: User = Depends(RoleChecker(["user", "admin"]))):
    return session.get(Task, task_id)  # finding: object-without-owner-check
"#,
        );
    }

    #[test]
    fn get_dict_answer_bad() {
        check_in(
            "tasks",
            r#"
@app.get("/tasks/{task_id}")
def read(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)  # finding: object-without-owner-check
    if not task:
        return {"error": "not found"}
    return {"id": task.id, "title": task.title}
"#,
        );
    }

    #[test]
    fn get_error_dict_ok() {
        check_in(
            "tasks",
            r#"
@app.get("/tasks/{task_id}")
def read(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)
    if not task:
        return {"error": "not found"}
    if task.user_id != user.id:
        return {"error": "not yours"}
    return {"id": task.id, "title": task.title}
"#,
        );
    }

    #[test]
    fn get_loop_over_ids_bad() {
        check_in(
            "tasks",
            r#"
@app.post("/tasks/done")
def finish(ids: list[int], session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    for task_id in ids:
        task = session.get(Task, task_id)  # finding: object-without-owner-check
        if task:
            task.done = True
    session.commit()
    return {"ok": True}
"#,
        );
    }

    #[test]
    fn get_loop_over_ids_ok() {
        check_in(
            "tasks",
            r#"
@app.post("/tasks/done")
def finish(ids: list[int], session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    for task_id in ids:
        task = session.get(Task, task_id)
        if task and task.user_id == user.id:
            task.done = True
    session.commit()
    return {"ok": True}
"#,
        );
    }

    #[test]
    fn get_own_permission_table_ok() {
        check_in(
            "tasks",
            r#"
class Share(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="task.id")
    user_id: int = Field(foreign_key="user.id")

@app.get("/tasks/{task_id}")
def read(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)
    if not task:
        raise HTTPException(404)
    if task.user_id != user.id:
        shared = session.exec(select(Share).where(Share.task_id == task_id, Share.user_id == user.id)).first()
        if not shared:
            raise HTTPException(403)
    return task
"#,
        );
    }

    #[test]
    fn get_claims_role_ok() {
        check_in(
            "tasks",
            r#"
def claims_of(token: str = Depends(OAuth2PasswordBearer(tokenUrl="token"))) -> dict:
    try:
        return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
    except jwt.PyJWTError:
        raise HTTPException(401)

@app.get("/tasks/{task_id}")
def read(task_id: int, session: Session = Depends(get_session), claims: dict = Depends(claims_of)):
    task = session.get(Task, task_id)
    if claims.get("role") == "admin":
        return task
    if task is None or str(task.user_id) != claims["sub"]:
        raise HTTPException(404)
    return task
"#,
        );
    }

    #[test]
    fn get_claims_role_bad() {
        check_in(
            "tasks",
            r#"
def claims_of(token: str = Depends(OAuth2PasswordBearer(tokenUrl="token"))) -> dict:
    try:
        return jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
    except jwt.PyJWTError:
        raise HTTPException(401)

@app.get("/tasks/{task_id}")
def read(task_id: int, session: Session = Depends(get_session), claims: dict = Depends(claims_of)):
    task = session.get(Task, task_id)  # finding: object-without-owner-check
    if claims.get("role") == "user":
        return task
    raise HTTPException(404)
"#,
        );
    }

    #[test]
    fn own_row_that_nobody_looked_for() {
        check_in(
            "tasks",
            r#"
def own(session, task_id, user):
    return session.exec(select(Task).where(Task.id == task_id, Task.user_id == user.id)).first()

@app.put("/unlooked/{task_id}")
def unlooked(task_id: int, title: str, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    mine = own(session, task_id, user)
    task = session.get(Task, task_id)  # finding: object-without-owner-check
    task.title = title
    session.commit()
    return {"mine": bool(mine)}

@app.put("/looked/{task_id}")
def looked(task_id: int, title: str, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    if not own(session, task_id, user):
        raise HTTPException(status_code=404)
    task = session.get(Task, task_id)
    task.title = title
    session.commit()
    return {"ok": True}

@app.put("/raised/{task_id}")
def raised(task_id: int, title: str, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    session.exec(select(Task).where(Task.id == task_id, Task.user_id == user.id)).one()
    task = session.get(Task, task_id)
    task.title = title
    session.commit()
    return {"ok": True}

@app.put("/counted/{task_id}")
def counted(task_id: int, title: str, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    if session.query(Task).filter(Task.id == task_id, Task.user_id == user.id).count() == 0:
        raise HTTPException(status_code=404)
    task = session.get(Task, task_id)
    task.title = title
    session.commit()
    return {"ok": True}

@app.put("/uncounted/{task_id}")
def uncounted(task_id: int, title: str, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    if session.query(Task).filter(Task.id == task_id).count() == 0:
        raise HTTPException(status_code=404)
    task = session.get(Task, task_id)  # finding: object-without-owner-check
    task.title = title
    session.commit()
    return {"ok": True}

@app.get("/expression/{task_id}")
def expression(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)
    return task if task and task.user_id == user.id else None

@app.get("/turned/{task_id}")
def turned(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)
    return task if task and task.user_id != user.id else None  # finding: ineffective-owner-check
"#,
        );
    }

    /// The project belongs to nobody by its columns: the membership of the caller leads to it, and it to its tickets.
    #[test]
    fn membership_of_a_parent() {
        check(
            r#"
            import os
            import jwt
            from fastapi import Depends, FastAPI, HTTPException
            from fastapi.security import OAuth2PasswordBearer
            from sqlmodel import Field, Session, SQLModel, create_engine, select
            engine = create_engine(os.environ["DB"])
            app = FastAPI()
            class User(SQLModel, table=True):
                id: int = Field(primary_key=True)
                email: str
                hashed_password: str
            class Membership(SQLModel, table=True):
                id: int = Field(primary_key=True)
                workspace: int
                user_id: int = Field(foreign_key="user.id")
            class Project(SQLModel, table=True):
                id: int = Field(primary_key=True)
                workspace: int
            class Ticket(SQLModel, table=True):
                id: int = Field(primary_key=True)
                project_id: int = Field(foreign_key="project.id")
                created_by: int
            def get_db():
                with Session(engine) as session:
                    yield session
            def me(token: str = Depends(OAuth2PasswordBearer(tokenUrl="login"))) -> int:
                return int(jwt.decode(token, os.environ["KEY"], algorithms=["HS256"])["sub"])
            def member(workspace: int, db: Session = Depends(get_db), uid: int = Depends(me)) -> Membership:
                mine = select(Membership).where(Membership.workspace == workspace, Membership.user_id == uid)
                found = db.exec(mine).first()
                if found is None:
                    raise HTTPException(404)
                return found
            def own(project_id: int, db: Session = Depends(get_db), member: Membership = Depends(member)) -> Project:
                here = select(Project).where(Project.id == project_id, Project.workspace == member.workspace)
                project = db.exec(here).first()
                if project is None:
                    raise HTTPException(404)
                return project
            def anyones(project_id: int, db: Session = Depends(get_db)) -> Project:
                project = db.get(Project, project_id)
                if project is None:
                    raise HTTPException(404)
                return project
            @app.delete("/own/{workspace}/{project_id}/{ticket_id}")
            def tied(ticket_id: int, db: Session = Depends(get_db), project: Project = Depends(own)):
                ticket = db.get(Ticket, ticket_id)  # ok
                if ticket is None or ticket.project_id != project.id:
                    raise HTTPException(404)
                db.delete(ticket)
                db.commit()
            @app.delete("/any/{project_id}/{ticket_id}")
            def untied(
                ticket_id: int,
                db: Session = Depends(get_db),
                uid: int = Depends(me),
                project: Project = Depends(anyones),
            ):
                ticket = db.get(Ticket, ticket_id)  # finding: object-without-owner-check
                if ticket is None or ticket.project_id != project.id:
                    raise HTTPException(404)
                db.delete(ticket)
                db.commit()
            "#,
        );
    }

    #[test]
    fn class_based_views() {
        check(
            r#"
            import os
            import jwt
            from fastapi import APIRouter, Depends, FastAPI, HTTPException
            from fastapi.security import OAuth2PasswordBearer
            from fastapi_utils.cbv import cbv
            from sqlmodel import Field, Session, SQLModel, create_engine, select
            engine = create_engine(os.environ["DB"])
            app = FastAPI()
            router = APIRouter()
            class Task(SQLModel, table=True):
                id: int = Field(primary_key=True)
                user_id: str
            def get_db():
                with Session(engine) as session:
                    yield session
            def me(token: str = Depends(OAuth2PasswordBearer(tokenUrl="login"))) -> str:
                return jwt.decode(token, os.environ["KEY"], algorithms=["HS256"])["sub"]
            @cbv(router)
            class Tasks:
                db: Session = Depends(get_db)
                uid: str = Depends(me)
                @router.get("/mine")
                def mine(self):
                    return self.db.exec(select(Task).where(Task.user_id == self.uid)).all()  # ok
                @router.get("/all")
                def all(self):
                    return self.db.exec(select(Task)).all()  # finding: list-without-owner-filter
                @router.delete("/own/{task_id}")
                def own(self, task_id: int):
                    self.db.delete(self.load(task_id))
                    self.db.commit()
                @router.delete("/any/{task_id}")
                def any(self, task_id: int):
                    self.db.delete(self.db.get(Task, task_id))  # finding: object-without-owner-check
                    self.db.commit()
                def load(self, task_id: int):
                    task = self.db.get(Task, task_id)  # ok
                    if task is None or task.user_id != self.uid:
                        raise HTTPException(404)
                    return task
            app.include_router(router)
            "#,
        );
    }

    #[test]
    fn checks_in_lists_and_lambdas() {
        check_in(
            "tasks",
            r#"
from fastapi import BackgroundTasks
@app.get("/any/{task_id}")
def one_of(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)  # ok
    if not any([task.user_id == user.id, user.is_superuser]):
        raise HTTPException(404)
    return task
@app.get("/any/{task_id}/loose")
def one_of_loose(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)  # finding: object-without-owner-check
    if not any([task.user_id == user.id, task.done]):
        raise HTTPException(404)
    return task
@app.get("/all/{task_id}")
def all_of(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)  # ok
    if not all((task.user_id == user.id, not task.done)):
        raise HTTPException(404)
    return task
@app.get("/lambda/{task_id}")
def by_lambda(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    belongs = lambda row: row.user_id == user.id
    task = session.get(Task, task_id)  # ok
    if not belongs(task):
        raise HTTPException(404)
    return task
@app.post("/later/{task_id}")
def later(
    task_id: int, tasks: BackgroundTasks, session: Session = Depends(get_session), user: User = Depends(get_current_user)
):
    def finish():
        task = session.get(Task, task_id)  # finding: object-without-owner-check
        task.done = True
        session.commit()
    tasks.add_task(finish)
@app.post("/later/{task_id}/safe")
def later_safe(
    task_id: int, tasks: BackgroundTasks, session: Session = Depends(get_session), user: User = Depends(get_current_user)
):
    def finish(number):
        task = session.exec(select(Task).where(Task.id == number, Task.user_id == user.id)).one()  # ok
        task.done = True
        session.commit()
    tasks.add_task(finish, task_id)
"#,
        );
    }

    #[test]
    fn rows_kept_in_variables() {
        check_in(
            "variables",
            r#"
@app.get("/notes/{note_id}")
def read(note_id: int, uid: str = Depends(me)):
    note = notes.get(note_id)  # finding: object-without-owner-check
    if note is None:
        raise HTTPException(404)
    return note
@app.get("/notes/{note_id}/safe")
def read_safe(note_id: int, uid: str = Depends(me)):  # ok
    note = notes.get(note_id)
    if note is None or note["owner"] != uid:
        raise HTTPException(404)
    return note
@app.put("/notes/{note_id}")
def write(note_id: int, note: NoteIn, uid: str = Depends(me)):
    if note_id not in notes:
        raise HTTPException(404)
    notes[note_id]["text"] = note.text  # finding: object-without-owner-check
    return notes[note_id]
@app.put("/notes/{note_id}/safe")
def write_safe(note_id: int, note: NoteIn, uid: str = Depends(me)):  # ok
    if note_id not in notes or notes[note_id]["owner"] != uid:
        raise HTTPException(404)
    notes[note_id]["text"] = note.text
    return notes[note_id]
@app.put("/notes/{note_id}/replaced")
def replaced(note_id: int, note: NoteIn, uid: str = Depends(me)):
    if note_id not in notes:
        raise HTTPException(404)
    notes[note_id] = {"id": note_id, "text": note.text, "owner": uid}  # finding: object-without-owner-check
@app.delete("/notes/{note_id}")
def delete(note_id: int, uid: str = Depends(me)):
    del notes[note_id]  # finding: object-without-owner-check
@app.delete("/notes/{note_id}/safe")
def delete_safe(note_id: int, uid: str = Depends(me)):  # ok
    if notes[note_id]["owner"] != uid:
        raise HTTPException(404)
    del notes[note_id]
"#,
        );
        check_in(
            "variables",
            r#"
@app.get("/orders/{order_id}")
def one(order_id: int, uid: str = Depends(me)):
    return next((o for o in db["orders"] if o["id"] == order_id), None)  # finding: object-without-owner-check
@app.get("/orders/{order_id}/safe")
def one_safe(order_id: int, uid: str = Depends(me)):  # ok
    return next((o for o in db["orders"] if o["id"] == order_id and o["buyer"] == uid), None)
@app.get("/orders/{order_id}/loop")
def looked_for(order_id: int, uid: str = Depends(me)):
    for order in db["orders"]:  # finding: object-without-owner-check
        if order["id"] == order_id:
            return order
@app.get("/orders/{order_id}/loop/safe")
def looked_for_safe(order_id: int, uid: str = Depends(me)):  # ok
    for order in db["orders"]:
        if order["id"] == order_id:
            if order["buyer"] != uid:
                raise HTTPException(404)
            return order
@app.delete("/orders/{order_id}")
def counted(order_id: int, uid: str = Depends(me)):
    for i, order in enumerate(db["orders"]):  # finding: object-without-owner-check
        if order["id"] == order_id:
            del db["orders"][i]
            return
@app.delete("/orders/{order_id}/rebuilt")
def rebuilt(order_id: int, uid: str = Depends(me)):
    db["orders"] = [o for o in db["orders"] if o["id"] != order_id]  # finding: object-without-owner-check
@app.delete("/orders/{order_id}/removed")
def removed(order_id: int, uid: str = Depends(me)):  # ok
    for order in db["orders"]:
        if order["id"] == order_id and order["buyer"] == uid:
            db["orders"].remove(order)
            return
@app.get("/photos/{number}")
def photo(number: int, uid: str = Depends(me)):
    return PHOTOS[number]  # finding: object-without-owner-check
@app.delete("/photos/{number}")
def no_photo(number: int, uid: str = Depends(me)):  # ok
    global PHOTOS
    PHOTOS = [p for p in PHOTOS if not (p.id == number and p.uploaded_by == uid)]
"#,
        );
    }

    #[test]
    fn variables_with_names_that_begin_alike() {
        check_in(
            "variables",
            r#"
notes_by_text: dict[str, dict] = {}
blocks: dict[int, dict] = {}
note_caches: dict[int, dict] = {}
@app.post("/blocks")
def create_block(number: int, uid: str = Depends(me)):
    blocks[number] = {"id": number, "owner": uid}
    note_caches[number] = {"id": number, "owner": uid}
@app.delete("/blocks/{number}")
def delete_block(number: int, uid: str = Depends(me)):
    del note_caches[number]  # ok
    del blocks[number]  # finding: object-without-owner-check
@app.put("/notes/{note_id}")
def put(note_id: int, note: NoteIn, uid: str = Depends(me)):  # ok
    if notes_by_text.get(note_id) is None:
        raise HTTPException(404)
    notes[note_id] = {"id": note_id, "text": note.text, "owner": uid}
@app.put("/notes/{note_id}/replaced")
def replaced(note_id: int, note: NoteIn, uid: str = Depends(me)):
    if notes.get(note_id) is None:
        raise HTTPException(404)
    notes[note_id] = {"id": note_id, "text": note.text, "owner": uid}  # finding: object-without-owner-check
@app.post("/photos/again")
def again(number: int, uid: str = Depends(me)):  # ok
    global PHOTOS
    PHOTOS_BEFORE = [Photo(id=1, uploaded_by=uid)]
    PHOTOS = [p for p in PHOTOS_BEFORE if p.id != number]
"#,
        );
    }

    #[test]
    fn repositories_of_variables() {
        let project = include_str!("../testing/projects/variables.py");
        let found = "        return self._rows.get(note_id)";
        let dropped = "        self._rows.pop(note_id, None)";
        let project = project
            .replace(found, &format!("{found}  # finding: object-without-owner-check"))
            .replace(dropped, &format!("{dropped}  # finding: object-without-owner-check"));
        check(&format!(
            "{project}{}",
            r#"
@app.get("/kept/{note_id}")
def kept(note_id: int, uid: str = Depends(me)):
    return repository.get(note_id)
@app.get("/kept/{note_id}/safe")
def kept_safe(note_id: int, uid: str = Depends(me)):  # ok
    note = repository.get(note_id)
    if not note or note.owner != uid:
        raise HTTPException(404)
    return note
@app.get("/kept")
def kept_of(uid: str = Depends(me)):  # ok
    return repository.of(uid)
@app.delete("/kept/{note_id}")
def no_more(note_id: int, uid: str = Depends(me)):
    repository.drop(note_id)
"#
        ));
    }
}
