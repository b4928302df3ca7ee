//! Flags rows of others among those that a route lists, changes or deletes together.

use report::{OwaspApi, Phase, Severity};

use crate::rule::{Rule, RuleContext, declare_rule};
use crate::untied::{self, Untied};

declare_rule! {
    /// ## What it finds
    ///
    /// A route with a login that reads, changes or deletes many rows of a model whose rows belong to somebody, without
    /// a condition on the owner: everybody's rows. Children taken by the key of a parent that nothing ties to the
    /// caller, and a condition that the client may leave out (`mine: bool = False`), are flagged, too.
    ///
    /// A predicate in any spelling is right: in a service or repository, by a join, a subquery or a relationship
    /// (`user.tasks`), in Python after the fetch. So are branches for administrators, filters for public rows, and
    /// models that nobody owns.
    ///
    /// ```python,finding
    /// import os
    ///
    /// import jwt
    /// from fastapi import Depends, FastAPI, HTTPException
    /// from fastapi.security import OAuth2PasswordBearer
    /// from sqlmodel import Field, Session, SQLModel, create_engine, select
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
    /// @app.get("/tasks")
    /// def list_tasks(user_id: str = Depends(get_user_id)):
    ///     with Session(engine) as session:
    ///         return session.exec(select(Task)).all()
    /// ```
    ///
    /// ## Why it matters
    ///
    /// A login shows that somebody is a user. Every user then reads what all the others keep there.
    ///
    /// ## How it is exploited
    ///
    /// By calling the route. Anyone who can register has the whole table:
    ///
    /// ```text
    /// GET /tasks
    /// Authorization: Bearer <the token of an account that was made a minute ago>
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```python,fixed
    /// import os
    ///
    /// import jwt
    /// from fastapi import Depends, FastAPI, HTTPException
    /// from fastapi.security import OAuth2PasswordBearer
    /// from sqlmodel import Field, Session, SQLModel, create_engine, select
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
    /// @app.get("/tasks")
    /// def list_tasks(user_id: str = Depends(get_user_id)):
    ///     with Session(engine) as session:
    ///         return session.exec(select(Task).where(Task.user_id == user_id)).all()
    /// ```
    ///
    /// ```python,ok
    /// def list_tasks(user):
    ///     return user.tasks
    /// ```
    ///
    /// ## References
    ///
    /// - OWASP API1:2023, broken object level authorization: <https://owasp.org/API-Security/editions/2023/en/0xa1-broken-object-level-authorization/>
    /// - CWE-639, authorization bypass through user-controlled key: <https://cwe.mitre.org/data/definitions/639.html>
    pub(super) static RULE: Rule = Rule {
        name: "list-without-owner-filter",
        summary: "Rows of everybody are listed, changed or deleted together",
        severity: Severity::Critical,
        phase: Phase::AuthorizationAndUserIsolation,
        cwe: 639,
        owasp: OwaspApi::BrokenObjectLevelAuthorization,
        checklist_item: Some(7),
        fixable: true,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for untied in untied::untied(facts) {
        if !untied.access.is_many || !untied.access.failed_checks.is_empty() {
            continue;
        }
        let message = message(&untied, untied.model(facts));
        untied::report(context, &untied, message);
    }
}

fn message(untied: &Untied<'_>, model: &str) -> String {
    let (route, verb) = (untied::name(untied.routes[0]), untied.verb());
    match &untied.access.owner {
        Some(owner) => format!("`{route}` {verb} `{model}` rows of every user: no condition on `{owner}`"),
        None => format!("`{route}` {verb} `{model}` rows of every user: nothing ties their parent to the caller"),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::projects::check_in;

    #[test]
    fn list_bad() {
        check_in(
            "tasks",
            r#"
@app.get("/tasks")
def read_all(session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    return session.exec(select(Task)).all()  # finding: list-without-owner-filter
"#,
        );
    }

    #[test]
    fn list_ok() {
        check_in(
            "tasks",
            r#"
@app.get("/tasks")
def read_all(session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    return session.exec(select(Task).where(Task.user_id == user.id)).all()
"#,
        );
    }

    #[test]
    fn one_caller_whom_the_code_names() {
        check_in(
            "tasks",
            r#"
ADMINS = ["root@example.com"]
@app.get("/tasks/literal")
def literal(session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    if user.email != "root@example.com":
        raise HTTPException(403)
    return session.exec(select(Task)).all()  # ok
@app.get("/tasks/list")
def listed(session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    if user.email not in ADMINS:
        raise HTTPException(403)
    return session.exec(select(Task)).all()  # ok
@app.get("/tasks/kind")
def kind(session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    if user.kind != "known":
        raise HTTPException(403)
    return session.exec(select(Task)).all()  # finding: list-without-owner-filter
@app.get("/tasks/inverted")
def inverted(session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    if user.email == "blocked@example.com":
        raise HTTPException(403)
    return session.exec(select(Task)).all()  # finding: list-without-owner-filter
"#,
        );
    }

    #[test]
    fn list_conditional_bad() {
        check_in(
            "tasks",
            r#"
@app.get("/tasks")
def read_all(mine: bool = False, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    statement = select(Task)  # finding: list-without-owner-filter
    if mine:
        statement = statement.where(Task.user_id == user.id)
    return session.exec(statement).all()
"#,
        );
    }

    #[test]
    fn list_superuser_branch_ok() {
        check_in(
            "tasks",
            r#"
@app.get("/tasks")
def read_all(session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    statement = select(Task)
    if not user.is_superuser:
        statement = statement.where(Task.user_id == user.id)
    return session.exec(statement).all()
"#,
        );
    }

    #[test]
    fn list_superuser_two_branches_ok() {
        check_in(
            "tasks",
            r#"
@app.get("/tasks")
def read_all(session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    if user.is_superuser:
        return session.exec(select(Task)).all()
    return session.exec(select(Task).where(Task.user_id == user.id)).all()
"#,
        );
    }

    #[test]
    fn list_role_wrong_branch_bad() {
        check_in(
            "tasks",
            r#"
@app.get("/tasks")
def read_all(session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    if not user.is_superuser:
        return session.exec(select(Task)).all()  # finding: list-without-owner-filter
    return session.exec(select(Task).where(Task.user_id == user.id)).all()
"#,
        );
    }

    #[test]
    fn list_public_or_own_ok() {
        check_in(
            "tasks",
            r#"
@app.get("/tasks")
def read_all(session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    return session.exec(select(Task).where(or_(Task.user_id == user.id, Task.is_public == True))).all()
"#,
        );
    }

    #[test]
    fn list_public_ok() {
        check_in(
            "tasks",
            r#"
@app.get("/tasks")
def read_all(session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    return session.exec(select(Task).where(Task.is_public == True)).all()
"#,
        );
    }

    #[test]
    fn list_filtered_in_python_ok() {
        check_in(
            "tasks",
            r#"
@app.get("/tasks")
def read_all(session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    tasks = session.exec(select(Task)).all()
    return [task for task in tasks if task.user_id == user.id]
"#,
        );
    }

    #[test]
    fn list_filtered_in_loop_ok() {
        check_in(
            "tasks",
            r#"
@app.get("/tasks")
def read_all(session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    out = []
    for task in session.exec(select(Task)).all():
        if task.user_id == user.id:
            out.append(task)
    return out
"#,
        );
    }

    #[test]
    fn list_wrapped_bad() {
        check_in(
            "tasks",
            r#"
@app.get("/tasks")
def read_all(session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    tasks = session.exec(select(Task).where(Task.done == False)).all()  # finding: list-without-owner-filter
    return {"items": [{"id": t.id, "title": t.title} for t in tasks], "total": len(tasks)}
"#,
        );
    }

    #[test]
    fn bulk_delete_bad() {
        check_in(
            "tasks",
            r#"
@app.delete("/tasks")
def clear(session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    session.exec(delete(Task).where(Task.done == True))  # finding: list-without-owner-filter
    session.commit()
    return {"ok": True}
"#,
        );
    }

    #[test]
    fn bulk_delete_ok() {
        check_in(
            "tasks",
            r#"
@app.delete("/tasks")
def clear(session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    session.exec(delete(Task).where(Task.done == True, Task.user_id == user.id))
    session.commit()
    return {"ok": True}
"#,
        );
    }

    #[test]
    fn service_class_ok() {
        check_in(
            "tasks",
            r#"
class TaskService:
    def __init__(self, session, user_id):
        self.session = session
        self.user_id = user_id

    def get(self, task_id):
        return self.session.exec(select(Task).where(Task.id == task_id).where(Task.user_id == self.user_id)).first()

    def all(self):
        return self.session.exec(select(Task).where(Task.user_id == self.user_id)).all()

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
    fn child_of_unchecked_parent_bad() {
        check_in(
            "tasks",
            r#"
@app.get("/tasks/{task_id}/attachments")
def read_all(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    return session.exec(select(Attachment).where(Attachment.task_id == task_id)).all()  # finding: list-without-owner-filter
"#,
        );
    }

    #[test]
    fn child_of_checked_parent_ok() {
        check_in(
            "tasks",
            r#"
@app.get("/tasks/{task_id}/attachments")
def read_all(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)
    if not task or task.user_id != user.id:
        raise HTTPException(404)
    return session.exec(select(Attachment).where(Attachment.task_id == task_id)).all()
"#,
        );
    }

    #[test]
    fn path_user_compared_ok() {
        check_in(
            "tasks",
            r#"
@app.get("/users/{user_id}/tasks")
def read_all(user_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    if user_id != user.id:
        raise HTTPException(403)
    return session.exec(select(Task).where(Task.user_id == user_id)).all()
"#,
        );
    }

    #[test]
    fn admin_dependency_ok() {
        check_in(
            "tasks",
            r#"
def get_admin(user: User = Depends(get_current_user)):
    if user.role != "admin":
        raise HTTPException(403)
    return user

@app.get("/admin/tasks")
def read_all(session: Session = Depends(get_session), admin: User = Depends(get_admin)):
    return session.exec(select(Task)).all()
"#,
        );
    }

    #[test]
    fn active_dependency_bad() {
        check_in(
            "tasks",
            r#"
def get_active(user: User = Depends(get_current_user)):
    if user.role == "banned":
        raise HTTPException(403)
    return user

@app.get("/tasks")
def read_all(session: Session = Depends(get_session), user: User = Depends(get_active)):
    return session.exec(select(Task)).all()  # finding: list-without-owner-filter
"#,
        );
    }

    #[test]
    fn list_role_looked_up_ok() {
        check_in(
            "tasks",
            r#"
class Grant(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str
    user_id: int = Field(foreign_key="user.id")

@app.get("/tasks")
def read_all(session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    is_admin = session.exec(select(Grant).where(Grant.user_id == user.id, Grant.name == "admin")).first() is not None
    if is_admin:
        return session.exec(select(Task)).all()
    return session.exec(select(Task).where(Task.user_id == user.id)).all()
"#,
        );
    }

    #[test]
    fn filters_list_of_conditions() {
        check_in(
            "none",
            r#"
import os
import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPBearer
from sqlmodel import Field, Session, SQLModel, and_, create_engine, select
app = FastAPI()
engine = create_engine(os.environ["DATABASE_URL"])
class Record(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    kind: str
    user_id: str
def uid(credentials=Depends(HTTPBearer())) -> str:
    try:
        return jwt.decode(credentials.credentials, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])["sub"]
    except (jwt.PyJWTError, KeyError):
        raise HTTPException(401)
@app.get("/records")
def records(kind: str | None = None, user: str = Depends(uid)):
    conditions = [Record.user_id == user]
    if kind:
        conditions.append(Record.kind == kind)
    with Session(engine) as session:
        return session.exec(select(Record).where(and_(*conditions))).all()
@app.get("/all")
def everything(kind: str | None = None, user: str = Depends(uid)):
    conditions = []
    if kind:
        conditions.append(Record.kind == kind)
    with Session(engine) as session:
        return session.exec(select(Record).where(*conditions)).all()  # finding: list-without-owner-filter
"#,
        );
    }

    #[test]
    fn list_relationship_ok() {
        check_in(
            "tasks",
            r#"
@app.get("/tasks")
def read_all(session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    ids = [project.id for project in session.exec(select(Project).where(Project.owner_id == user.id)).all()]
    return session.exec(select(Task).where(Task.project_id.in_(ids))).all()
"#,
        );
    }

    #[test]
    fn list_subquery_ok() {
        check_in(
            "tasks",
            r#"
@app.get("/tasks")
def read_all(session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    mine = select(Project.id).where(Project.owner_id == user.id)
    return session.exec(select(Task).where(Task.project_id.in_(mine))).all()
"#,
        );
    }

    #[test]
    fn list_by_client_ids_bad() {
        check_in(
            "tasks",
            r#"
@app.post("/tasks/search")
def read_all(ids: list[int], session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    return session.exec(select(Task).where(Task.id.in_(ids))).all()  # finding: list-without-owner-filter
"#,
        );
    }

    #[test]
    fn statements_chosen_by_right() {
        check_in(
            "tasks",
            r#"
@app.get("/branches")
def branches(session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    if user.is_superuser:
        statement = select(Task)
    else:
        statement = select(Task).where(Task.user_id == user.id)
    return session.exec(statement).all()

@app.get("/expression")
def expression(session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    statement = select(Task) if user.is_superuser else select(Task).where(Task.user_id == user.id)
    return session.exec(statement).all()

@app.get("/turned")
def turned(session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    statement = select(Task) if not user.is_superuser else select(Task).where(Task.user_id == user.id)  # finding: list-without-owner-filter
    return session.exec(statement).all()

@app.get("/asked")
def asked(everything: bool = False, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    statement = select(Task) if everything else select(Task).where(Task.user_id == user.id)  # finding: list-without-owner-filter
    return session.exec(statement).all()

@app.get("/answers")
def answers(session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    mine = select(Task).where(Task.user_id == user.id)
    return session.exec(select(Task)).all() if user.is_superuser else session.exec(mine).all()
"#,
        );
    }

    #[test]
    fn other_ways_to_be_chosen() {
        check_in(
            "tasks",
            r#"
@app.get("/done")
def done(session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    return session.exec(select(Task).where(or_(Task.user_id == user.id, Task.done == True))).all()  # finding: list-without-owner-filter

@app.get("/named")
def named(title: str, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    return session.exec(select(Task).where((Task.title == title) | (Task.user_id == user.id))).all()  # finding: list-without-owner-filter

@app.get("/everybody")
def everybody(session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    return session.exec(select(Task).where(or_(Task.user_id == user.id, Task.user_id != user.id))).all()  # finding: list-without-owner-filter

@app.get("/both")
def both(title: str, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    return session.exec(select(Task).where(Task.user_id == user.id, or_(Task.title == title, Task.done == True))).all()

@app.get("/nobody")
def nobody(session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    return session.exec(select(Task).where(or_(Task.user_id == user.id, Task.user_id == None))).all()
"#,
        );
    }

    #[test]
    fn filters_turned_round() {
        check_in(
            "tasks",
            r#"
@app.get("/others")
def others(session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    return [task for task in session.exec(select(Task)).all() if task.user_id != user.id]  # finding: ineffective-owner-check

@app.get("/mine")
def mine(session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    return [task for task in session.exec(select(Task)).all() if not task.user_id != user.id]

@app.get("/marked")
def marked(session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    tasks = session.exec(select(Task)).all()  # finding: list-without-owner-filter
    return [{"title": task.title, "mine": task.user_id == user.id} for task in tasks]
"#,
        );
    }

    #[test]
    fn an_account_that_may_do_everything() {
        check_in(
            "tasks",
            r#"
@app.delete("/all")
def purge(session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    if user.id != "admin":
        raise HTTPException(status_code=403)
    session.exec(delete(Task))
    session.commit()
    return {"ok": True}

@app.delete("/most")
def sweep(session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    if user.id == "admin":
        raise HTTPException(status_code=403)
    session.exec(delete(Task))  # finding: list-without-owner-filter
    session.commit()
    return {"ok": True}
"#,
        );
    }

    #[test]
    fn rows_kept_in_variables() {
        check_in(
            "variables",
            r#"
@app.get("/notes")
def everything(uid: str = Depends(me)):
    return list(notes.values())  # finding: list-without-owner-filter
@app.get("/notes/mine")
def mine(uid: str = Depends(me)):  # ok
    return [note for note in notes.values() if note["owner"] == uid]
@app.get("/notes/found")
def found(text: str, uid: str = Depends(me)):
    return [note for note in notes.values() if text in note["text"]]  # finding: list-without-owner-filter
@app.get("/orders")
def orders(uid: str = Depends(me)):
    return {"orders": db["orders"]}  # finding: list-without-owner-filter
@app.get("/orders/mine")
def my_orders(uid: str = Depends(me)):  # ok
    out = []
    for order in db["orders"]:
        if order["buyer"] == uid:
            out.append(order)
    return out
@app.get("/photos")
def photos(skip: int = 0, uid: str = Depends(me)):
    return PHOTOS[skip : skip + 10]  # finding: list-without-owner-filter
@app.get("/photos/mine")
def my_photos(uid: str = Depends(me)):  # ok
    return list(filter(lambda photo: photo.uploaded_by == uid, PHOTOS))
@app.get("/photos/count")
def how_many(uid: str = Depends(me)):  # ok
    return {"count": len(PHOTOS)}
"#,
        );
    }

    #[test]
    fn addresses_and_memberships() {
        check_in(
            "tasks",
            r#"
from company.links import of_link
class Membership(SQLModel, table=True):
    id: int = Field(primary_key=True)
    user_id: int
    club_id: int
class Club(SQLModel, table=True):
    id: int = Field(primary_key=True)
    email: str
class Booking(SQLModel, table=True):
    id: int = Field(primary_key=True)
    email: str
@app.get("/clubs")
def clubs(session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    return session.exec(select(Club)).all()  # ok
@app.get("/clubs/of/{link}")
def clubs_of(link: str, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    other = of_link(link)
    return session.exec(select(Club).join(Membership).where(Membership.user_id == other.id)).all()  # ok
@app.get("/bookings/{booking_id}")
def booking(booking_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    booking = session.get(Booking, booking_id)
    if booking.email != user.email:
        raise HTTPException(404)
    return booking
@app.get("/bookings")
def bookings(session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    return session.exec(select(Booking)).all()  # finding: list-without-owner-filter
"#,
        );
    }
}
