//! Under which circumstances a value that is written in the code counts: in tests, in development, always.

use semantic::{ExprRef, Model};
use syntax::ast::*;
use text::FileId;

/// When a value is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Circumstance {
    /// Only where the code is tested.
    Test,
    /// Only where an environment says by name that it is one of development.
    Development,
    Always,
}

const TEST_NAMES: &[&str] = &["test", "tests", "testing", "pytest", "unittest", "ci", "unit"];
const DEVELOPMENT_NAMES: &[&str] = &["dev", "develop", "development", "local", "localhost"];

/// The circumstance of a value by the conditions around it.
pub(crate) fn circumstance(model: &Model<'_>, expr: ExprRef) -> Circumstance {
    let ast = model.ast(expr.file);
    let place = ast[expr.id].range;
    let mut out = Circumstance::Always;
    let narrowed = |test: ExprId, is_true: bool| {
        let test = ExprRef {
            file: expr.file,
            id: test,
        };
        holds_in(model, test, is_true, 0)
    };
    let mut at = expr.id;
    while let Some(parent) = ast.parent_expr(at) {
        if let ExprKind::Conditional { test, then, otherwise } = ast[parent].kind {
            if then == at {
                out = out.min(narrowed(test, true));
            } else if otherwise == at {
                out = out.min(narrowed(test, false));
            }
        }
        at = parent;
    }
    let stmt = ast.stmt_of(expr.id);
    for ancestor in ast.ancestors(stmt) {
        match ast[ancestor].kind {
            StmtKind::If { branches, otherwise } => {
                let holds = |block: Block| ast.block_range(block).is_some_and(|range| range.contains_range(place));
                for branch in &ast[branches] {
                    if holds(branch.body) {
                        out = out.min(narrowed(branch.test, true));
                        break;
                    }
                    if ast[branches].iter().any(|other| holds(other.body)) || otherwise.is_some_and(holds) {
                        out = out.min(narrowed(branch.test, false));
                    }
                }
            }
            StmtKind::Class(class) => {
                let name = model.file(expr.file).source().name(ast[class].name);
                if is_for(name, &["Test", "Testing", "Tests"]) {
                    return Circumstance::Test;
                }
                if is_for(name, &["Dev", "Development", "Local"]) {
                    out = out.min(Circumstance::Development);
                }
            }
            _ => {}
        }
    }
    if is_sample(model, expr.file) {
        return Circumstance::Test;
    }
    out
}

/// Whether a file holds tests or data for them: `tests/`, `conftest.py`, `seed.py`, `migrations/`,
/// `settings/test.py`.
pub(crate) fn is_sample(model: &Model<'_>, file: FileId) -> bool {
    let file = model.file(file);
    if file.is_test() {
        return true;
    }
    let mut parts = file.path().rsplit('/');
    let name = parts.next().unwrap_or("").trim_end_matches(".py");
    let is_seed = |word: &str| matches!(word, "seed" | "seeds" | "seeder" | "seeders");
    let is_named = matches!(name, "test" | "testing" | "tests" | "locustfile")
        || name.split('_').any(is_seed)
        || name.starts_with("mock_")
        || name.starts_with("fake_");
    is_named
        || parts.any(|folder| {
            is_seed(folder)
                || matches!(
                    folder,
                    "migrations" | "alembic" | "versions" | "fixtures" | "mocks" | "testdata"
                )
        })
}

/// `TestSettings`, `TestingConfig`, `SettingsTest`, `DevConfig`
fn is_for(class: &str, words: &[&str]) -> bool {
    words.iter().any(|word| {
        let begins = class
            .strip_prefix(word)
            .is_some_and(|rest| rest.starts_with(char::is_uppercase));
        begins || (class.len() > word.len() && class.ends_with(word))
    })
}

/// Where a condition has a value. Nested deeper than 20, it is taken to say nothing.
fn holds_in(model: &Model<'_>, test: ExprRef, is_true: bool, depth: usize) -> Circumstance {
    let ast = model.ast(test.file);
    let at = |id: ExprId| ExprRef { file: test.file, id };
    if depth > 20 {
        return Circumstance::Always;
    }
    match ast[test.id].kind {
        ExprKind::Unary {
            operator: UnaryOperator::Not,
            operand,
        } => holds_in(model, at(operand), !is_true, depth + 1),
        ExprKind::Boolean { operator, left, right } => {
            let [left, right] = [left, right].map(|side| holds_in(model, at(side), is_true, depth + 1));
            // Of `a and b` both are true, of `a or b` one of them.
            match (operator == BooleanOperator::And) == is_true {
                true => left.min(right),
                false => left.max(right),
            }
        }
        ExprKind::Compare { first, rest } => match &ast[rest] {
            [comparison] => comparison_in(model, at(first), comparison.operator, at(comparison.right), is_true),
            _ => Circumstance::Always,
        },
        ExprKind::Name(_) | ExprKind::Attribute { .. } | ExprKind::Call { .. } if is_true => {
            match is_test_switch(model, test) {
                true => Circumstance::Test,
                false => Circumstance::Always,
            }
        }
        _ => Circumstance::Always,
    }
}

fn comparison_in(
    model: &Model<'_>,
    left: ExprRef,
    operator: CompareOperator,
    right: ExprRef,
    is_true: bool,
) -> Circumstance {
    let is_positive = matches!(
        operator,
        CompareOperator::Equal | CompareOperator::In | CompareOperator::Is
    );
    if is_positive != is_true
        || !matches!(
            operator,
            CompareOperator::Equal
                | CompareOperator::NotEqual
                | CompareOperator::In
                | CompareOperator::NotIn
                | CompareOperator::Is
                | CompareOperator::IsNot
        )
    {
        return Circumstance::Always;
    }
    let names = |expr: ExprRef| -> Vec<String> {
        let mut out = Vec::new();
        for value in model.eval(expr) {
            match &value.kind {
                semantic::ValueKind::List(items) => out.extend(
                    items
                        .iter()
                        .flatten()
                        .map(|item| item.as_str().unwrap_or("?").to_lowercase()),
                ),
                _ => out.push(value.as_str().unwrap_or("?").to_lowercase()),
            }
        }
        out
    };
    let is_constant = |expr: ExprRef| {
        matches!(
            model.expr(expr).kind,
            ExprKind::String { .. } | ExprKind::List(_) | ExprKind::Tuple(_) | ExprKind::Set(_) | ExprKind::True
        )
    };
    let (subject, wanted) = match is_constant(left) {
        true => (right, left),
        false => (left, right),
    };
    // `if __name__ == "__main__":` is a demonstration, or a server on the author's machine.
    if let ExprKind::Name(name) = model.expr(subject).kind
        && model.file(subject.file).source().imported_name(name) == "__name__"
    {
        return Circumstance::Development;
    }
    if matches!(model.expr(wanted).kind, ExprKind::True) {
        return match is_test_switch(model, subject) {
            true => Circumstance::Test,
            false => Circumstance::Always,
        };
    }
    let wanted = names(wanted);
    let all_are = |known: &[&str]| !wanted.is_empty() && wanted.iter().all(|name| known.contains(&&**name));
    if all_are(TEST_NAMES) {
        return Circumstance::Test;
    }
    let either: Vec<&str> = [TEST_NAMES, DEVELOPMENT_NAMES].concat();
    if !all_are(&either) {
        return Circumstance::Always;
    }
    // An environment that is one of development unless told otherwise protects nothing.
    let by_default = model
        .eval(subject)
        .iter()
        .filter_map(|value| crate::environment::environment_read(model, value))
        .flat_map(|read| read.default)
        .any(|default| {
            default
                .as_str()
                .is_some_and(|name| wanted.contains(&name.to_lowercase()))
        });
    match by_default {
        true => Circumstance::Always,
        false => Circumstance::Development,
    }
}

/// `TESTING`, `settings.is_test`, `os.getenv("PYTEST_CURRENT_TEST")`
fn is_test_switch(model: &Model<'_>, expr: ExprRef) -> bool {
    let text = &*model.written(expr);
    let last = text
        .rsplit(['.', '(', ','])
        .find(|part| part.chars().any(char::is_alphanumeric));
    let Some(last) = last else { return false };
    let words: Vec<String> = last
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let is_about_tests = words.iter().any(|word| TEST_NAMES.contains(&&**word));
    is_about_tests
        && words.iter().all(|word| {
            TEST_NAMES.contains(&&**word)
                || matches!(
                    &**word,
                    "is" | "app"
                        | "env"
                        | "mode"
                        | "run"
                        | "running"
                        | "under"
                        | "in"
                        | "current"
                        | "environment"
                        | "1"
                        | "0"
                        | "false"
                        | "true"
                )
        })
}
