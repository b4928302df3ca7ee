//! Flags comparisons of the owner that let everybody pass.

use facts::ownership::CheckFault;
use report::{OwaspApi, Phase, Severity};
use text::Span;

use crate::rule::{Rule, RuleContext, declare_rule};
use crate::untied::{self, Untied};

declare_rule! {
    /// ## What it finds
    ///
    /// A comparison of a row's owner with the caller that does not protect the row: its result is thrown away, it
    /// only logs, it stands in an `assert`, it turns the owner away and lets the others pass, it compares the row's
    /// own id with the caller's, its coroutine is never awaited.
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
    /// @app.get("/tasks/{task_id}")
    /// def read_task(task_id: int, user_id: str = Depends(get_user_id)):
    ///     with Session(engine) as session:
    ///         task = session.get_one(Task, task_id)
    ///         if task.user_id == user_id:
    ///             raise HTTPException(404)
    ///         return task
    /// ```
    ///
    /// ## Why it matters
    ///
    /// The check is there for every reader of the code and for no attacker. `python -O` and `PYTHONOPTIMIZE` leave
    /// assertions out; a coroutine that is not awaited does nothing at all.
    ///
    /// ## How it is exploited
    ///
    /// As if there were no check: a request with another id.
    ///
    /// ```text
    /// GET /tasks/1002
    /// Authorization: Bearer <the caller's own valid token>
    /// ```
    ///
    /// ## Use instead
    ///
    /// A comparison that raises for everybody but the owner, before anything is done with the row.
    ///
    /// ```python,ok
    /// from fastapi import HTTPException
    ///
    ///
    /// def ensure_owner(task, user_id: str) -> None:
    ///     if task.user_id != user_id:
    ///         raise HTTPException(404)
    /// ```
    ///
    /// ## References
    ///
    /// - CWE-863, incorrect authorization: <https://cwe.mitre.org/data/definitions/863.html>
    /// - OWASP API1:2023, broken object level authorization: <https://owasp.org/API-Security/editions/2023/en/0xa1-broken-object-level-authorization/>
    pub(super) static RULE: Rule = Rule {
        name: "ineffective-owner-check",
        summary: "A check of the owner lets everybody pass",
        severity: Severity::Critical,
        phase: Phase::AuthorizationAndUserIsolation,
        cwe: 863,
        owasp: OwaspApi::BrokenObjectLevelAuthorization,
        checklist_item: Some(8),
        fixable: false,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    let mut said: Vec<Span> = Vec::new();
    for untied in untied::untied(facts) {
        for failed in &untied.access.failed_checks {
            if said.contains(&failed.span) {
                continue;
            }
            said.push(failed.span);
            let message = message(&untied, failed.fault, untied.model(facts));
            let finding = context.report(failed.span, message);
            untied.describe(facts, finding);
            finding.related(untied.place(), "the row comes from here");
        }
    }
}

fn message(untied: &Untied<'_>, fault: CheckFault, model: &str) -> String {
    let route = untied::name(untied.routes[0]);
    let verb = untied.verb();
    let fault = match fault {
        CheckFault::Unused => "nothing is done with the result of this check",
        CheckFault::Assert => "`assert` is left out when Python optimises",
        CheckFault::GoesOn => "whoever fails this check goes on",
        CheckFault::Inverted => "this check turns the owner away and lets the others pass",
        CheckFault::WrongThing => "this check compares the row's own id, not its owner, with the caller",
        CheckFault::NotAwaited => "this check is a coroutine that is never awaited",
    };
    format!("`{route}` {verb} any `{model}`: {fault}")
}

#[cfg(test)]
mod tests {
    use crate::testing::projects::check_in;

    #[test]
    fn superuser_form_ok() {
        check_in(
            "tasks",
            r#"
@app.get("/tasks/{task_id}")
def read(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)
    if not task:
        raise HTTPException(404)
    if not user.is_superuser and (task.user_id != user.id):
        raise HTTPException(403)
    return task
"#,
        );
    }

    #[test]
    fn superuser_inverted_bad() {
        check_in(
            "tasks",
            r#"
@app.get("/tasks/{task_id}")
def read(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)
    if not task:
        raise HTTPException(404)
    if user.is_superuser and (task.user_id != user.id):  # finding: ineffective-owner-check
        raise HTTPException(403)
    return task
"#,
        );
    }

    #[test]
    fn helper_bool_ok() {
        check_in(
            "tasks",
            r#"
def is_owner(task, user):
    return task.user_id == user.id

@app.get("/tasks/{task_id}")
def read(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)
    if not is_owner(task, user):
        raise HTTPException(403)
    return task
"#,
        );
    }

    #[test]
    fn helper_bool_unused_bad() {
        check_in(
            "tasks",
            r#"
def is_owner(task, user):
    return task.user_id == user.id

@app.get("/tasks/{task_id}")
def read(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)
    is_owner(task, user)  # finding: ineffective-owner-check
    return task
"#,
        );
    }

    #[test]
    fn helper_bool_inverted_bad() {
        check_in(
            "tasks",
            r#"
def is_owner(task, user):
    return task.user_id == user.id

@app.get("/tasks/{task_id}")
def read(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)
    if is_owner(task, user):  # finding: ineffective-owner-check
        raise HTTPException(403)
    return task
"#,
        );
    }

    #[test]
    fn unused_comparison_bad() {
        check_in(
            "tasks",
            r#"
@app.get("/tasks/{task_id}")
def read(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)
    task.user_id == user.id  # finding: ineffective-owner-check
    return task
"#,
        );
    }

    #[test]
    fn assert_bad() {
        check_in(
            "tasks",
            r#"
@app.get("/tasks/{task_id}")
def read(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)
    assert task.user_id == user.id  # finding: ineffective-owner-check
    return task
"#,
        );
    }

    #[test]
    fn only_logs_bad() {
        check_in(
            "tasks",
            r#"
@app.get("/tasks/{task_id}")
def read(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)
    if task.user_id != user.id:  # finding: ineffective-owner-check
        print("not yours")
    return task
"#,
        );
    }

    #[test]
    fn inverted_bad() {
        check_in(
            "tasks",
            r#"
@app.get("/tasks/{task_id}")
def read(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)
    if task.user_id == user.id:  # finding: ineffective-owner-check
        raise HTTPException(403)
    return task
"#,
        );
    }

    #[test]
    fn wrong_thing_bad() {
        check_in(
            "tasks",
            r#"
@app.get("/tasks/{task_id}")
def read(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)
    if task.id != user.id:  # finding: ineffective-owner-check
        raise HTTPException(403)
    return task
"#,
        );
    }

    #[test]
    fn named_test_ok() {
        check_in(
            "tasks",
            r#"
@app.get("/tasks/{task_id}")
def read(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)
    allowed = task is not None and task.user_id == user.id
    if not allowed:
        raise HTTPException(404)
    return task
"#,
        );
    }

    #[test]
    fn not_awaited_bad() {
        check_in(
            "tasks",
            r#"
async def ensure_owner(task, user):
    if task.user_id != user.id:
        raise HTTPException(403)

@app.get("/tasks/{task_id}")
async def read(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)
    ensure_owner(task, user)  # finding: ineffective-owner-check
    return task
"#,
        );
    }

    #[test]
    fn awaited_ok() {
        check_in(
            "tasks",
            r#"
async def ensure_owner(task, user):
    if task.user_id != user.id:
        raise HTTPException(403)

@app.get("/tasks/{task_id}")
async def read(task_id: int, session: Session = Depends(get_session), user: User = Depends(get_current_user)):
    task = session.get(Task, task_id)
    await ensure_owner(task, user)
    return task
"#,
        );
    }

    #[test]
    fn another_object_in_its_place() {
        let app = |otherwise: &str| {
            format!(
                r#"
                import os

                import jwt
                from fastapi import Depends, FastAPI, HTTPException
                from fastapi.security import OAuth2PasswordBearer
                from sqlmodel import Field, Session, SQLModel

                app = FastAPI()
                oauth2_scheme = OAuth2PasswordBearer(tokenUrl="login")

                class Conversation(SQLModel, table=True):
                    id: int = Field(primary_key=True)
                    user_id: str

                def user_id(token: str = Depends(oauth2_scheme)) -> str:
                    try:
                        claims = jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"], options={{"require": ["exp", "sub"]}})
                    except jwt.PyJWTError:
                        raise HTTPException(401, headers={{"WWW-Authenticate": "Bearer"}})
                    return claims["sub"]

                @app.post("/chat/{{conversation_id}}")
                def chat(conversation_id: int, me: str = Depends(user_id), db: Session = Depends(get_db)):
                    conversation = db.get(Conversation, conversation_id)
                    if conversation is None or conversation.user_id != me:{otherwise}
                    return conversation
                "#
            )
        };
        crate::testing::check(&app(
            "  # ok\n                        conversation = Conversation(user_id=me)\n                        db.add(conversation)\n                        db.commit()",
        ));
        crate::testing::check(&app(
            "  # finding: ineffective-owner-check\n                        print(\"another's\")",
        ));
    }
}
