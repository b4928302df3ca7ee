//! Flags changes that are made for good before the caller's right to make them is checked.

use facts::Facts;
use facts::ownership::LateCheck;
use report::{OwaspApi, Phase, Severity};
use text::{Span, TextRange};

use crate::fix::Fix;
use crate::fixes::style;
use crate::rule::{Rule, RuleContext, declare_rule};
use crate::untied;

declare_rule! {
    /// ## What it finds
    ///
    /// A row that is changed or deleted, and committed, before the owner is compared with the caller, or before the
    /// caller's role is looked at. The answer is 403, and the row is gone.
    ///
    /// Fetching first is right, and so is writing an audit row before the check.
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
    /// @app.delete("/tasks/{task_id}")
    /// def delete_task(task_id: int, user_id: str = Depends(get_user_id)):
    ///     with Session(engine) as session:
    ///         task = session.get_one(Task, task_id)
    ///         session.delete(task)
    ///         session.commit()
    ///         if task.user_id != user_id:
    ///             raise HTTPException(403)
    ///         return {"deleted": task_id}
    /// ```
    ///
    /// ## Why it matters
    ///
    /// An exception takes back what was not committed yet. It does not take back what was.
    ///
    /// ## How it is exploited
    ///
    /// ```text
    /// DELETE /tasks/1002
    /// Authorization: Bearer <the caller's own valid token>
    ///
    /// 403 Forbidden
    /// ```
    ///
    /// and the next `GET /tasks/1002` of its owner answers 404.
    ///
    /// ## Use instead
    ///
    /// Fetch, check, change:
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
    /// @app.delete("/tasks/{task_id}")
    /// def delete_task(task_id: int, user_id: str = Depends(get_user_id)):
    ///     with Session(engine) as session:
    ///         task = session.get_one(Task, task_id)
    ///         if task.user_id != user_id:
    ///             raise HTTPException(403)
    ///         session.delete(task)
    ///         session.commit()
    ///         return {"deleted": task_id}
    /// ```
    ///
    /// ```python,ok
    /// from fastapi import HTTPException
    ///
    ///
    /// def delete(session, task, user_id: str) -> None:
    ///     if task.user_id != user_id:
    ///         raise HTTPException(404)
    ///     session.delete(task)
    ///     session.commit()
    /// ```
    ///
    /// ## References
    ///
    /// - CWE-696, incorrect behavior order: <https://cwe.mitre.org/data/definitions/696.html>
    /// - OWASP API5:2023, broken function level authorization: <https://owasp.org/API-Security/editions/2023/en/0xa5-broken-function-level-authorization/>
    pub(super) static RULE: Rule = Rule {
        name: "check-after-side-effect",
        summary: "Something is changed or deleted before the caller's right to it is checked",
        severity: Severity::Critical,
        phase: Phase::AuthorizationAndUserIsolation,
        cwe: 696,
        owasp: OwaspApi::BrokenFunctionLevelAuthorization,
        checklist_item: Some(8),
        fixable: true,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    let mut said: Vec<Span> = Vec::new();
    for (route, owned) in untied::owned_routes(facts) {
        for late in &owned.late_checks {
            if said.contains(&late.change) || facts.is_test(late.change.file) {
                continue;
            }
            said.push(late.change);
            let what = match late.model {
                Some(model) => format!("a `{}`", facts.data().models.get(model).name),
                None => "rows".to_owned(),
            };
            let (verb, check) = match (late.is_delete, late.is_owner) {
                (true, true) => ("deletes", "whose it is"),
                (false, true) => ("changes", "whose it is"),
                (true, false) => ("deletes", "whether the caller may"),
                (false, false) => ("changes", "whether the caller may"),
            };
            let route_name = untied::name(route);
            let message = format!("`{route_name}` {verb} {what} before it checks {check}");
            let fix = moved(facts, late);
            let finding = context.report(late.change, message);
            finding.fix(fix);
            finding
                .trace(route.declaration, "the route begins here")
                .trace(late.change, "the change is made here")
                .trace(late.check, "the check comes here")
                .related(late.check, "the check comes too late");
        }
    }
}

/// The check in front of the change.
fn moved(facts: &Facts<'_>, late: &LateCheck) -> Option<Fix> {
    let (change, check) = facts.late_statements(late.change, late.check)?;
    let text = facts.text(change.file);
    let indent = style::indent_at(text, change.range.start());
    let line = style::line_start(text, check.range.start().into());
    let next = style::next_line(text, check.range.end().into()).unwrap_or(text.len());
    let is_alone = text[usize::from(check.range.end())..next].trim().is_empty();
    let range = TextRange::new((line as u32).into(), (next as u32).into());
    let fix = Fix::changes_behaviour("Check before anything is changed")
        .insert(
            change.file,
            change.range.start(),
            format!("{}\n{indent}", facts.snippet(check)),
        )
        .delete(Span::new(change.file, range));
    is_alone.then_some(fix)
}

#[cfg(test)]
mod tests {
    use crate::testing::projects::check_in;

    #[test]
    fn delete_ok() {
        check_in(
            "tasks",
            r#"
@app.delete("/tasks/{task_id}")
def remove(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)
    if not task:
        raise HTTPException(404)
    if task.user_id != user.id:
        raise HTTPException(403)
    session.delete(task)
    session.commit()
    return {"ok": True}
"#,
        );
    }

    #[test]
    fn late_delete_bad() {
        check_in(
            "tasks",
            r#"
@app.delete("/tasks/{task_id}")
def remove(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)
    session.delete(task)  # finding: check-after-side-effect
    session.commit()
    if task.user_id != user.id:
        raise HTTPException(403)
    return {"ok": True}
"#,
        );
    }

    #[test]
    fn late_commit_bad() {
        check_in(
            "tasks",
            r#"
@app.put("/tasks/{task_id}")
def change(task_id: int, body: TaskUpdate, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)
    task.title = body.title  # finding: check-after-side-effect
    session.commit()
    if task.user_id != user.id:
        raise HTTPException(403)
    return task
"#,
        );
    }

    #[test]
    fn late_role_bad() {
        check_in(
            "tasks",
            r#"
@app.delete("/users/{user_id}")
def remove(user_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    session.exec(delete(User).where(User.id == user_id))  # finding: check-after-side-effect
    session.commit()
    if not user.is_superuser:
        raise HTTPException(403)
    return {"ok": True}
"#,
        );
    }

    #[test]
    fn role_first_ok() {
        check_in(
            "tasks",
            r#"
@app.delete("/users/{user_id}")
def remove(user_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    if not user.is_superuser:
        raise HTTPException(403)
    session.exec(delete(User).where(User.id == user_id))
    session.commit()
    return {"ok": True}
"#,
        );
    }

    #[test]
    fn documents() {
        check_in(
            "documents",
            r#"
@app.post("/orders")
async def create(total: int, uid: str = Depends(me)):
    await db.orders.insert_one({"total": total, "buyer": uid})
@app.put("/late/{i}")
async def late(i: str, total: int, uid: str = Depends(me)):
    order = await db.orders.find_one({"_id": i})
    await db.orders.update_one({"_id": i}, {"$set": {"total": total}})  # finding: check-after-side-effect
    if order["buyer"] != uid:
        raise HTTPException(403)
@app.put("/first/{i}")
async def first(i: str, total: int, uid: str = Depends(me)):
    order = await db.orders.find_one({"_id": i})
    if order["buyer"] != uid:
        raise HTTPException(403)
    await db.orders.update_one({"_id": i}, {"$set": {"total": total}})  # ok
@app.delete("/role/{i}")
async def role(i: str, claims: dict = Depends(claims)):
    await db.settings.delete_one({"_id": i})  # finding: check-after-side-effect
    if claims.get("role") != "admin":
        raise HTTPException(403)
@app.delete("/role/first/{i}")
async def role_first(i: str, claims: dict = Depends(claims)):
    if claims.get("role") != "admin":
        raise HTTPException(403)
    await db.settings.delete_one({"_id": i})  # ok
"#,
        );
    }

    #[test]
    fn in_sessions_and_helpers() {
        check_in(
            "tasks",
            r#"
def ensure_own(task, user):
    if task.user_id != user.id:
        raise HTTPException(403)

@app.delete("/helper/late/{task_id}")
def helper_late(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)
    session.delete(task)  # finding: check-after-side-effect
    session.commit()
    ensure_own(task, user)
    return {"ok": True}

@app.delete("/helper/first/{task_id}")
def helper_first(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)
    ensure_own(task, user)
    session.delete(task)
    session.commit()
    return {"ok": True}

@app.put("/uncommitted/{task_id}")
def uncommitted(task_id: int, title: str, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)
    task.title = title
    if task.user_id != user.id:
        session.rollback()
        raise HTTPException(403)
    session.commit()
    return {"ok": True}
"#,
        );
    }
}
