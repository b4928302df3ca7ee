//! Flags comparisons of the owner that let everybody pass.

use facts::Facts;
use facts::ownership::{CheckFault, FailedCheck};
use facts::written_checks::CheckForm;
use report::{OwaspApi, Phase, Severity};
use text::Span;

use crate::fix::Fix;
use crate::fixes::{calls, style};
use crate::rule::{Rule, RuleContext, declare_rule};
use crate::untied::{self, Untied};

declare_rule! {
    /// ## What it finds
    ///
    /// A comparison of a row's owner with the caller that does not protect the row: its result is thrown away, it
    /// only logs, it stands in an `assert`, it turns the owner away and lets the others pass, it compares the row's
    /// own id with the caller's, or a part of the owner with a part of the caller, its coroutine is never awaited.
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
    /// @app.get("/tasks/{task_id}")
    /// def read_task(task_id: int, user_id: str = Depends(get_user_id)):
    ///     with Session(engine) as session:
    ///         task = session.get_one(Task, task_id)
    ///         if task.user_id != user_id:
    ///             raise HTTPException(404)
    ///         return task
    /// ```
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
        fixable: true,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    let mut said: Vec<Span> = Vec::new();
    let unraised: Vec<Span> = facts.unraised().iter().map(|unraised| unraised.span).collect();
    for untied in untied::untied(facts) {
        for failed in &untied.access.failed_checks {
            if said.contains(&failed.span) {
                continue;
            }
            said.push(failed.span);
            // `HTTPException(403)` without `raise` is told where it stands.
            let last = facts.written_check(failed.span).and_then(|check| match check.form {
                CheckForm::Test { last, .. } => Some(last),
                _ => None,
            });
            if last.is_some_and(|last| unraised.contains(&last)) {
                continue;
            }
            let message = message(&untied, failed.fault, untied.model(facts));
            let fix = mended(facts, &untied, failed);
            let finding = context.report(failed.span, message);
            untied.describe(facts, finding);
            finding.fix(fix);
            finding.related(untied.place(), "the row comes from here");
        }
    }
}

/// The check as it was meant, where it stands.
fn mended(facts: &Facts<'_>, untied: &Untied<'_>, failed: &FailedCheck) -> Option<Fix> {
    let what = untied.model(facts);
    if failed.fault == CheckFault::NotAwaited {
        let start = failed.span.range.start();
        let fix = Fix::changes_behaviour("Await the check").insert(failed.span.file, start, "await ");
        return facts.is_asynchronous(failed.span).then_some(fix);
    }
    let check = facts.written_check(failed.span)?;
    let place = check.statement;
    let text = facts.text(place.file);
    let refusal = || {
        let named = calls::import_member(facts, place.file, "fastapi", "HTTPException", place.range.start());
        let detail = style::string_literal(text, &format!("{what} not found"));
        (
            format!("raise {}(status_code=404, detail={detail})", named.name),
            named.import,
        )
    };
    match (failed.fault, check.form) {
        (CheckFault::Inverted, CheckForm::Test { leaves: true, .. }) => {
            let instead = if check.is_equal { "!=" } else { "==" };
            Some(Fix::changes_behaviour("Turn away whoever is not the owner").edit(check.operator, instead))
        }
        (CheckFault::Unused, CheckForm::Statement) | (CheckFault::Assert, CheckForm::Assert) if check.is_equal => {
            let (raised, import) = refusal();
            let indent = style::indent_at(text, place.range.start()).to_owned() + style::indent_unit(text);
            let (left, right) = (facts.snippet(check.left), facts.snippet(check.right));
            let fix = Fix::changes_behaviour("Answer 404 to whoever is not the owner")
                .edit(place, format!("if {left} != {right}:\n{indent}{raised}"));
            Some(fix.with(import))
        }
        (CheckFault::GoesOn, CheckForm::Test { last, leaves: false }) if !check.is_equal => {
            let (raised, import) = refusal();
            let indent = style::indent_at(text, last.range.start());
            let fix = Fix::changes_behaviour("Answer 404 to whoever is not the owner").insert(
                last.file,
                last.range.end(),
                format!("\n{indent}{raised}"),
            );
            Some(fix.with(import))
        }
        (CheckFault::WrongThing, _) => {
            let repair = untied.access.repair.as_ref()?;
            let is_callers = |side: &Span| facts.snippet(*side) == repair.value.text;
            let row = match (is_callers(&check.left), is_callers(&check.right)) {
                (false, true) => check.left,
                (true, false) => check.right,
                _ => return None,
            };
            let (object, _) = facts.snippet(row).rsplit_once('.')?;
            let title = format!("Compare `{object}.{}`", repair.owner);
            Some(Fix::changes_behaviour(title).edit(row, format!("{object}.{}", repair.owner)))
        }
        _ => None,
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
        CheckFault::Partly => "this check compares only a part of the owner with the caller, and others fit, too",
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
