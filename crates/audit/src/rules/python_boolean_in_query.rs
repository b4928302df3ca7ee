//! Flags Python's `and`, `or`, `not`, `is` and `in` between the column expressions of a query.

use facts::Facts;
use facts::queries::{Condition, Operator, Predicate, PythonBoolean, PythonOperator, Query};
use report::{OwaspApi, Phase, Severity};
use text::{Span, TextRange};

use crate::fix::Fix;
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// `and`, `or`, `not`, `is`, `in` or a chain of comparisons between column expressions, where the library's `&`,
    /// `|`, `~`, `and_()`, `.is_()`, `.in_()` are meant. Critical where the condition that gets lost is the one on the
    /// owner or on a password. Python's operators between plain values are right.
    ///
    /// ```python,finding
    /// from sqlmodel import Field, Session, SQLModel, select
    ///
    ///
    /// class Task(SQLModel, table=True):
    ///     id: int | None = Field(default=None, primary_key=True)
    ///     user_id: str
    ///
    ///
    /// def find_task(session: Session, task_id: int, user_id: str) -> Task | None:
    ///     return session.exec(select(Task).where(Task.id == task_id and Task.user_id == user_id)).first()
    /// ```
    ///
    /// ## Why it matters
    ///
    /// Python asks the left side for its truth and hands one side on; the library never sees the other. In SQLAlchemy
    /// (2.0), and so in SQLModel, `A == x and B == y` is `A == x`, `A == x or B == y` is `B == y`, `not A == x` is
    /// `True`, and `A is None` is `False`.
    ///
    /// ## How it is exploited
    ///
    /// The query above asks for the id alone. Any caller reads any row:
    ///
    /// ```text
    /// GET /tasks/1002
    /// Authorization: Bearer <the caller's own valid token>
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```python,fixed
    /// from sqlmodel import Field, Session, SQLModel, select
    ///
    ///
    /// class Task(SQLModel, table=True):
    ///     id: int | None = Field(default=None, primary_key=True)
    ///     user_id: str
    ///
    ///
    /// def find_task(session: Session, task_id: int, user_id: str) -> Task | None:
    ///     return session.exec(
    ///         select(Task).where((Task.id == task_id) & (Task.user_id == user_id))
    ///     ).first()
    /// ```
    ///
    /// Or both as arguments, which `where` joins:
    ///
    /// ```python,ok
    /// from sqlmodel import select
    /// from app.models import Task
    ///
    ///
    /// def of_user(user_id: str):
    ///     return select(Task).where(Task.user_id == user_id, Task.done.is_(False))
    /// ```
    ///
    /// ## References
    ///
    /// - SQLAlchemy, operator reference, conjunction operators: <https://docs.sqlalchemy.org/en/20/core/operators.html#conjunction-operators>
    /// - CWE-480, use of incorrect operator: <https://cwe.mitre.org/data/definitions/480.html>
    pub(super) static RULE: Rule = Rule {
        name: "python-boolean-in-query",
        summary: "Python's `and`, `or`, `not`, `is` or `in` drops a condition of a query",
        severity: Severity::Critical,
        phase: Phase::AuthorizationAndUserIsolation,
        cwe: 480,
        owasp: OwaspApi::BrokenObjectLevelAuthorization,
        checklist_item: Some(7),
        fixable: true,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    let mut said: Vec<Span> = Vec::new();
    let queries = facts.data().queries.all.iter().filter(|query| !query.is_test);
    for query in queries.filter(|query| matches!(query.library, "SQLAlchemy" | "SQLModel")) {
        let on = query.joins.iter().flat_map(|join| &join.on);
        let mut pending: Vec<&Condition> = query.conditions.iter().map(|clause| &clause.condition).collect();
        pending.extend(on);
        while let Some(condition) = pending.pop() {
            match condition {
                Condition::Python(python) if !said.contains(&python.span) => {
                    said.push(python.span);
                    report(context, query, python);
                }
                Condition::All(parts) | Condition::Any(parts) | Condition::OneOf(parts) => pending.extend(parts),
                Condition::Not(part) => pending.push(part),
                Condition::Exists(inner) => pending.extend(inner.conditions.iter().map(|clause| &clause.condition)),
                _ => {}
            }
        }
    }
}

fn report(context: &mut RuleContext<'_>, query: &Query, python: &PythonBoolean) {
    let facts = context.facts();
    let Some(effect) = effect(python) else { return };
    let mut dropped = Vec::new();
    effect
        .dropped
        .iter()
        .for_each(|condition| predicates(condition, &mut dropped));
    let owner = dropped.iter().find(|predicate| is_owner(facts, query, predicate));
    let password = dropped
        .iter()
        .find(|predicate| predicate.column.name().to_ascii_lowercase().contains("password"));
    let severity = match owner.or(password) {
        Some(_) => Severity::Critical,
        None => Severity::Warning,
    };
    let operator = word(python.operator);
    let message = match (owner.or(password).or(dropped.first()), effect.what) {
        (Some(lost), What::Drops) => format!(
            "Python's `{operator}` drops `{}` from the query",
            one_line(facts.snippet(lost.span))
        ),
        (_, What::AlwaysTrue) => format!("Python's `{operator}` makes this condition `True`: every row passes"),
        (_, What::AlwaysFalse) => format!("Python's `{operator}` makes this condition `False`: no row passes"),
        _ => format!("Python's `{operator}` is no operator of queries"),
    };
    let fix = fix(facts, python);
    context.report(python.span, message).severity(severity).fix(fix);
}

struct Effect<'c> {
    dropped: Vec<&'c Condition>,
    what: What,
}

#[derive(Clone, Copy)]
enum What {
    Drops,
    AlwaysTrue,
    AlwaysFalse,
    Raises,
}

/// What is left of a condition, as SQLAlchemy's expressions answer when Python asks for their truth.
fn effect(python: &PythonBoolean) -> Option<Effect<'_>> {
    let no_effect = |what| {
        Some(Effect {
            dropped: Vec::new(),
            what,
        })
    };
    match python.operator {
        PythonOperator::And | PythonOperator::Or => {
            let mut dropped = Vec::new();
            let kept = kept(python, &mut dropped)?;
            let what = if kept { What::Drops } else { What::Raises };
            Some(Effect { dropped, what })
        }
        PythonOperator::Not => match python.operands.first() {
            Some(Condition::Compare(predicate)) => match predicate.operator {
                Operator::Equal => Some(Effect {
                    dropped: python.operands.iter().collect(),
                    what: What::AlwaysTrue,
                }),
                Operator::NotEqual | Operator::IsTrue => no_effect(What::AlwaysFalse),
                _ => no_effect(What::Raises),
            },
            _ => None,
        },
        PythonOperator::Is | PythonOperator::In => no_effect(What::AlwaysFalse),
        PythonOperator::IsNot | PythonOperator::NotIn => Some(Effect {
            dropped: python.operands.iter().collect(),
            what: What::AlwaysTrue,
        }),
        PythonOperator::Chain => no_effect(What::Raises),
    }
}

/// Collects what `and` and `or` drop; whether something is kept. Nothing where a side is no column expression.
fn kept<'c>(python: &'c PythonBoolean, dropped: &mut Vec<&'c Condition>) -> Option<bool> {
    // The leftmost pair is asked first; what it keeps is the left side of the next one.
    let mut levels: Vec<(&PythonBoolean, &Condition)> = Vec::new();
    let mut at = python;
    let mut left = loop {
        let [left, right] = at.operands.as_slice() else {
            return None;
        };
        levels.push((at, right));
        match left {
            Condition::Python(inner) if matches!(inner.operator, PythonOperator::And | PythonOperator::Or) => {
                at = inner;
            }
            _ => break left,
        }
    };
    while let Some((level, right)) = levels.pop() {
        if !is_expression(left) || !is_expression(right) {
            return None;
        }
        let is_true = truth(left)?;
        let keeps_left = is_true == (level.operator == PythonOperator::Or);
        let (keep, drop) = if keeps_left { (left, right) } else { (right, left) };
        dropped.push(drop);
        left = keep;
    }
    Some(true)
}

fn is_expression(condition: &Condition) -> bool {
    !matches!(
        condition,
        Condition::Unresolved { .. } | Condition::Always(_) | Condition::Never(_)
    )
}

/// `A == x` is false, for its two sides are not the same object; `A != x` and a bare column are true.
fn truth(condition: &Condition) -> Option<bool> {
    match condition {
        Condition::Compare(predicate) => Some(predicate.operator != Operator::Equal),
        _ => Some(true),
    }
}

fn predicates<'c>(condition: &'c Condition, out: &mut Vec<&'c Predicate>) {
    let mut pending = vec![condition];
    while let Some(condition) = pending.pop() {
        match condition {
            Condition::Compare(predicate) => out.push(predicate),
            Condition::All(parts) | Condition::Any(parts) => pending.extend(parts),
            Condition::Python(python) => pending.extend(&python.operands),
            Condition::Not(part) => pending.push(part),
            _ => {}
        }
    }
}

fn is_owner(facts: &Facts<'_>, query: &Query, predicate: &Predicate) -> bool {
    let Some(model) = query.model() else { return false };
    let column = predicate.column.name();
    facts.data().models.get(model).owner(column).is_some() || facts.authentication().owners.owns(model, column)
}

fn word(operator: PythonOperator) -> &'static str {
    match operator {
        PythonOperator::And => "and",
        PythonOperator::Or => "or",
        PythonOperator::Not => "not",
        PythonOperator::Is => "is",
        PythonOperator::IsNot => "is not",
        PythonOperator::In => "in",
        PythonOperator::NotIn => "not in",
        PythonOperator::Chain => "a < b < c",
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `&` for `and`, `|` for `or`, with parentheses around both sides.
fn fix(facts: &Facts<'_>, python: &PythonBoolean) -> Option<Fix> {
    let (word, symbol) = match python.operator {
        PythonOperator::And => ("and", "&"),
        PythonOperator::Or => ("or", "|"),
        _ => return None,
    };
    let mut sides: Vec<Span> = Vec::new();
    let mut at = python;
    loop {
        let [left, right] = at.operands.as_slice() else {
            return None;
        };
        let Condition::Compare(right) = right else { return None };
        sides.push(right.span);
        match left {
            Condition::Python(inner) if inner.operator == python.operator => at = inner,
            Condition::Compare(left) => {
                sides.push(left.span);
                break;
            }
            _ => return None,
        }
    }
    sides.reverse();
    let mut fix = Fix::changes_behaviour(format!("Join the conditions with `{symbol}`"));
    for pair in sides.windows(2) {
        let gap = Span::new(pair[0].file, TextRange::new(pair[0].range.end(), pair[1].range.start()));
        if facts.snippet(gap).trim() != word {
            return None;
        }
        let between = facts.snippet(gap).replacen(word, symbol, 1);
        fix = fix.edit(gap, format!("){between}("));
    }
    let (first, last) = (sides.first()?, sides.last()?);
    Some(
        fix.insert(first.file, first.range.start(), "(")
            .insert(last.file, last.range.end(), ")"),
    )
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    const HEAD: &str = r#"
from sqlalchemy import and_, or_
from sqlmodel import Field, Session, SQLModel, select
class User(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    email: str
    password: str
class Task(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    title: str
    done: bool
    user_id: int = Field(foreign_key="user.id")
"#;

    #[track_caller]
    fn case(text: &str) {
        check(&format!("{HEAD}{}", text.trim_start_matches('\n')));
    }

    #[test]
    fn the_owner_is_dropped() {
        case(
            r#"
def a(db: Session, i: int, u: int):
    return db.exec(select(Task).where(Task.id == i and Task.user_id == u)).first()  # finding: python-boolean-in-query (critical, high, fix)
def b(db: Session, i: int, u: int):
    return db.exec(select(Task).where((Task.id == i) & (Task.user_id == u))).first()  # ok
def c(db: Session, i: int, u: int):
    return db.exec(select(Task).where(and_(Task.id == i, Task.user_id == u))).first()  # ok
def d(db: Session, i: int, u: int):
    return db.query(Task).filter(Task.id == i and Task.done == False and Task.user_id == u).first()  # finding: python-boolean-in-query (critical)
def e(db: Session, u: int):
    return db.exec(select(Task).where(Task.user_id == u or Task.done == True)).all()  # finding: python-boolean-in-query (critical)
def f(db: Session, u: int):
    return db.exec(select(Task).where(or_(Task.user_id == u, Task.done == True))).all()  # ok
def g(db: Session, u: int):
    return db.exec(select(Task).where(not Task.user_id == u)).all()  # finding: python-boolean-in-query (critical)
"#,
        );
    }

    #[test]
    fn something_else_is_dropped() {
        case(
            r#"
def a(db: Session, u: int):
    return db.exec(select(Task).where(Task.user_id == u and Task.done == True)).all()  # finding: python-boolean-in-query (warning)
def b(db: Session, u: int):
    return db.exec(select(Task).where(Task.user_id == u, Task.title is None)).all()  # finding: python-boolean-in-query (warning)
def c(db: Session, u: int):
    return db.exec(select(Task).where(Task.user_id == u, Task.title.is_(None))).all()  # ok
def d(db: Session, u: int, ids: list[int]):
    return db.exec(select(Task).where(Task.user_id == u, Task.id in ids)).all()  # finding: python-boolean-in-query (warning)
def e(db: Session, u: int, ids: list[int]):
    return db.exec(select(Task).where(Task.user_id == u, Task.id.in_(ids))).all()  # ok
"#,
        );
    }

    #[test]
    fn a_password_is_dropped() {
        case(
            r#"
def login(db: Session, email: str, digest: str):
    return db.query(User).filter(User.email == email and User.password == digest).first()  # finding: python-boolean-in-query (critical)
def right(db: Session, email: str, digest: str):
    return db.query(User).filter(User.email == email, User.password == digest).first()  # ok
"#,
        );
    }

    #[test]
    fn plain_values() {
        case(
            r#"
def a(db: Session, u: int, done: bool | None, all_of_them: bool):
    statement = select(Task).where(Task.user_id == u)
    if done is not None and not all_of_them:  # ok
        statement = statement.where(Task.done == done)
    return db.exec(statement).all()
def b(db: Session, task: Task, u: int):
    return task.user_id == u and task.done  # ok
def c(db: Session, u: int, title: str | None):
    return db.exec(select(Task).where(Task.user_id == u, Task.title == (title or "none"))).all()  # ok
"#,
        );
    }
}
