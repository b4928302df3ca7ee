//! What a login answers for an unknown user and for a wrong password.

use semantic::{ExprRef, FunctionRef, Model, ValueKind};
use syntax::ast::*;
use text::{FileId, Span};

use crate::Facts;
use crate::libraries::web::HTTP_EXCEPTIONS;
use crate::passwords::held::{Held, held, mentions_passwords, named};
use crate::secrets::names::words;
use crate::secrets::surroundings::is_sample;
use crate::source::{Function, function_of};
use crate::verifiers::{Answer, answer_of};

/// A login that tells whether a user exists.
#[derive(Debug, Clone)]
pub struct TellingLogin {
    pub function: Function,
    /// What is raised or returned when there is no such user.
    pub unknown: Span,
    pub unknown_answer: Answer,
    /// What is raised or returned when the password is wrong.
    pub wrong: Span,
    pub wrong_answer: Answer,
    /// Both are raised, and constant.
    pub can_be_one: bool,
}

impl Facts<'_> {
    /// Logins that tell whether a user exists, found when they are first asked for. In order of file and place.
    pub fn telling_logins(&self) -> &[TellingLogin] {
        self.telling_logins.get_or_init(|| find(&self.model))
    }
}

/// Functions that check a password, by name.
const CHECKS: &[&str] = &[
    "verify_password",
    "verify_pwd",
    "check_password",
    "check_pwd",
    "checkpw",
    "verify",
    "verify_hash",
    "verify_and_update",
    "check_password_hash",
    "check_hashed_password",
    "validate_password",
    "is_valid_password",
    "is_password_valid",
    "is_correct_password",
    "password_matches",
    "compare_password",
    "compare_passwords",
    "verify_user_password",
    "verify_hashed_password",
    "compare_digest",
];

fn find(model: &Model<'_>) -> Vec<TellingLogin> {
    let mut out: Vec<TellingLogin> = Vec::new();
    for file in model.file_ids() {
        if is_sample(model, file) || !mentions_passwords(model, file) {
            continue;
        }
        let ast = model.ast(file);
        let mut checks: Vec<ExprRef> = model
            .calls_named(file, CHECKS.iter().copied())
            .filter(|&call| is_about_password(model, call))
            .collect();
        // `user.password != form.password`
        for (id, expr) in ast.exprs() {
            let ExprKind::Compare { first, rest } = expr.kind else {
                continue;
            };
            let [comparison] = &ast[rest] else { continue };
            let is_password = |id: ExprId| {
                let name = match ast[id].kind {
                    ExprKind::Attribute { name, .. } | ExprKind::Name(name) => {
                        model.file(file).source().imported_name(name)
                    }
                    _ => return held(model, ExprRef { file, id }) != Held::Other,
                };
                named(name) != Held::Other
            };
            if matches!(comparison.operator, CompareOperator::Equal | CompareOperator::NotEqual)
                && is_password(first)
                && is_password(comparison.right)
            {
                checks.push(ExprRef { file, id });
            }
        }
        for check in checks {
            let Some(function) = model.enclosing_function(check) else {
                continue;
            };
            let is_known = out.iter().any(|known| known.function.id == function);
            if !is_known && is_login(model, function) {
                out.extend(login(model, function, check));
            }
        }
    }
    text::sort_by_number(&mut out, |login| login.unknown.number());
    out
}

/// `pwd_context.verify(form.password, user.hashed_password)`, and not `client.verify(token)`.
fn is_about_password(model: &Model<'_>, call: ExprRef) -> bool {
    let ast = model.ast(call.file);
    let ExprKind::Call { arguments, .. } = ast[call.id].kind else {
        return false;
    };
    ast[arguments].iter().any(|argument| {
        held(
            model,
            ExprRef {
                file: call.file,
                id: argument.value,
            },
        ) != Held::Other
    })
}

/// Somebody who changes a password or deletes an account is known already.
fn is_login(model: &Model<'_>, function: FunctionRef) -> bool {
    !words(model.function_name(function)).iter().any(|word| {
        matches!(
            word.as_str(),
            "change" | "update" | "delete" | "reset" | "set" | "edit" | "remove" | "disable" | "confirm"
        )
    })
}

fn login(model: &Model<'_>, function: FunctionRef, check: ExprRef) -> Option<TellingLogin> {
    let file = check.file;
    let ast = model.ast(file);
    let body = ast.stmts_within(ast[function.id].body);
    let (wrong_stmt, wrong_test, wrong_body) = body.iter().find_map(|&stmt| {
        let StmtKind::If { branches, .. } = ast[stmt].kind else {
            return None;
        };
        let branch = ast[branches]
            .iter()
            .find(|branch| tests(model, file, branch.test, check))?;
        Some((stmt, branch.test, branch.body))
    })?;
    // `if not user or not verify(…)`: one answer for both.
    let bound = bound_name(model, check);
    if is_about_absence(model, file, wrong_test, bound) {
        return None;
    }
    let (wrong, wrong_answer) = exit(model, file, wrong_body)?;
    let subject = &*model.written(check);
    for &stmt in &body {
        let StmtKind::If { branches, .. } = ast[stmt].kind else {
            continue;
        };
        if stmt == wrong_stmt && ast[branches].len() < 2 {
            continue;
        }
        for branch in &ast[branches] {
            let absent = absent(model, file, branch.test);
            // `if not password:` looks at what was sent.
            let Some(name) = absent.filter(|&name| named(name) == Held::Other && Some(name) != bound) else {
                continue;
            };
            // The same object is looked at by the check, or the same table of users.
            let is_same = mentions(subject, name) || words(name).iter().any(|word| word == "user" || word == "users");
            let Some((unknown, unknown_answer)) = exit(model, file, branch.body) else {
                continue;
            };
            let differ = unknown_answer.status.is_some()
                && wrong_answer.status.is_some()
                && unknown_answer.status != wrong_answer.status
                || matches!((&unknown_answer.detail, &wrong_answer.detail), (Some(a), Some(b)) if a != b);
            if is_same && differ {
                let is_raised = |span: Span| {
                    model
                        .expr_of(span)
                        .is_some_and(|expr| matches!(ast[ast.stmt_of(expr.id)].kind, StmtKind::Raise { .. }))
                };
                let is_whole = |answer: &Answer| answer.status.is_some() && answer.detail.is_some();
                return Some(TellingLogin {
                    function: function_of(model, function),
                    can_be_one: is_raised(unknown)
                        && is_raised(wrong)
                        && is_whole(&unknown_answer)
                        && is_whole(&wrong_answer),
                    unknown,
                    unknown_answer,
                    wrong,
                    wrong_answer,
                });
            }
        }
    }
    None
}

fn mentions(text: &str, name: &str) -> bool {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .any(|word| word == name)
}

/// Whether a test is about the check: it stands there, or the name that its result is bound to does.
fn tests(model: &Model<'_>, file: FileId, test: ExprId, check: ExprRef) -> bool {
    let ast = model.ast(file);
    if ast[test].range.contains_range(ast[check.id].range) {
        return true;
    }
    let Some(name) = bound_name(model, check) else {
        return false;
    };
    let source = model.file(file).source();
    std::iter::once(test)
        .chain(ast.descendants(test))
        .any(|part| matches!(ast[part].kind, ExprKind::Name(other) if source.name(other) == name))
}

/// The name that the result of a check is bound to.
fn bound_name<'a>(model: &Model<'a>, check: ExprRef) -> Option<&'a str> {
    let source = model.file(check.file).source();
    let ast = source.ast();
    let StmtKind::Assign { targets, value } = ast[ast.stmt_of(check.id)].kind else {
        return None;
    };
    let is_whole = value == check.id || matches!(ast[value].kind, ExprKind::Await(inner) if inner == check.id);
    let &target = ast[targets].first().filter(|_| is_whole)?;
    match ast[target].kind {
        ExprKind::Name(name) => Some(source.imported_name(name)),
        _ => None,
    }
}

fn is_about_absence(model: &Model<'_>, file: FileId, test: ExprId, bound: Option<&str>) -> bool {
    let ast = model.ast(file);
    let mut pending = vec![test];
    while let Some(part) = pending.pop() {
        match ast[part].kind {
            ExprKind::Boolean { left, right, .. } => pending.extend([left, right]),
            _ if absent(model, file, part).is_some_and(|name| Some(name) != bound) => return true,
            _ => {}
        }
    }
    false
}

/// The name that a test finds to hold nothing: `not user`, `user is None`, `username not in users`.
fn absent<'a>(model: &Model<'a>, file: FileId, test: ExprId) -> Option<&'a str> {
    let source = model.file(file).source();
    let ast = source.ast();
    let name = |id: ExprId| match ast[id].kind {
        ExprKind::Name(name) => Some(source.imported_name(name)),
        // `username not in store.users`
        ExprKind::Attribute { name, .. } => Some(source.name(name)),
        _ => None,
    };
    match ast[test].kind {
        ExprKind::Unary {
            operator: UnaryOperator::Not,
            operand,
        } => name(operand),
        ExprKind::Compare { first, rest } => {
            let [comparison] = &ast[rest] else { return None };
            match comparison.operator {
                CompareOperator::Is | CompareOperator::Equal
                    if matches!(ast[comparison.right].kind, ExprKind::None) =>
                {
                    name(first)
                }
                CompareOperator::NotIn => name(comparison.right),
                _ => None,
            }
        }
        _ => None,
    }
}

/// What a block raises or returns at its end.
fn exit(model: &Model<'_>, file: FileId, block: Block) -> Option<(Span, Answer)> {
    let ast = model.ast(file);
    let &last = ast[block].last()?;
    match ast[last].kind {
        StmtKind::Raise {
            exception: Some(exception),
            ..
        } => {
            let raised = ExprRef { file, id: exception };
            let made = model.eval(raised).into_iter().find_map(|value| match value.kind {
                ValueKind::Call {
                    path, call: Some(call), ..
                } if HTTP_EXCEPTIONS.contains(&&*path) => Some(call),
                _ => None,
            })?;
            let mut answer = answer_of(model, made);
            if answer.detail.is_none() {
                answer.detail = put_together(model, made);
            }
            Some((model.span(raised), answer))
        }
        // `return JSONResponse(…)`, `return {"error": "…"}`
        StmtKind::Return(Some(value)) => {
            let span = Span::new(file, ast[value].range);
            let is_answer = matches!(ast[value].kind, ExprKind::Dict(_))
                || matches!(ast[value].kind, ExprKind::Call { .. })
                    && model
                        .called_path(ExprRef { file, id: value })
                        .is_some_and(|path| path.ends_with("Response"));
            is_answer.then(|| {
                let detail = crate::answers::one_line(model, span);
                (
                    span,
                    Answer {
                        status: None,
                        detail: Some(detail),
                    },
                )
            })
        }
        _ => None,
    }
}

/// `f"No account for {email}"`, as it is written.
fn put_together(model: &Model<'_>, exception: ExprRef) -> Option<String> {
    let arguments = model.arguments(exception, None);
    let detail = arguments.get(Some(1), &["detail"])?;
    let is_text = matches!(detail.values.as_slice(), [value] if matches!(value.kind, ValueKind::Format(_)));
    is_text.then(|| crate::answers::one_line(model, detail.span))
}
