//! `exp` compared by hand: whether that stops expired tokens.
//!
//! ```python
//! if claims["exp"] < time.time():   # and not `>`, and not with `claims["iat"]`
//!     raise HTTPException(401)      # and not `print("expired")`
//! ```

use semantic::{Catch, ExprRef, Following, Model, UseKind, Walk, implied};
use syntax::ast::*;

use crate::unverified::only_logs;

/// Functions that make a time comparable.
const TIME_FUNCTIONS: &[&str] = &[
    "builtins.int",
    "builtins.float",
    "datetime.datetime.fromtimestamp",
    "datetime.datetime.utcfromtimestamp",
    "datetime.fromtimestamp",
    "arrow.get",
];

/// Whether a comparison of `exp`, which is `time`, keeps expired tokens out. `claims` are what else is read of the
/// token: a comparison with another claim says nothing.
pub(super) fn is_enforced(model: &Model<'_>, time: ExprRef, claims: &[ExprRef]) -> bool {
    is_compared(model, time, claims, false)
}

/// `is_swapped`: `time` is what the clock shows beyond `exp`.
fn is_compared(model: &Model<'_>, time: ExprRef, claims: &[ExprRef], is_swapped: bool) -> bool {
    let following = Following {
        passes_through: &|path| TIME_FUNCTIONS.contains(&path),
        into_callers: false,
    };
    model.uses(time, following).iter().any(|used| match used.kind {
        UseKind::Compared { comparison } => {
            let ExprKind::Compare { first: left, rest } = model.expr(comparison).kind else {
                return false;
            };
            let [part] = model.ast(comparison.file)[rest] else {
                return true;
            };
            let is_left = left == used.value.id;
            let other = ExprRef {
                file: comparison.file,
                id: if is_left { part.right } else { left },
            };
            let is_less = match part.operator {
                CompareOperator::Less | CompareOperator::LessEqual => true,
                CompareOperator::Greater | CompareOperator::GreaterEqual => false,
                _ => return false,
            };
            let is_expired = (is_less == is_left) != is_swapped;
            !claims.contains(&other) && stops(model, comparison, is_expired)
        }
        // `claims["exp"] - time.time()`
        UseKind::Text | UseKind::Escapes if !is_swapped => {
            let ast = model.ast(used.value.file);
            let Some(id) = ast.parent_expr(used.value.id) else {
                return false;
            };
            let difference = ExprRef { id, ..used.value };
            match ast[id].kind {
                ExprKind::Binary {
                    operator: BinaryOperator::Subtract,
                    left,
                    ..
                } => is_compared(model, difference, claims, left != used.value.id),
                _ => false,
            }
        }
        _ => false,
    })
}

/// Whether a token goes another way when `comparison` says that it is expired: when it comes out as `is_expired`.
/// What is not a plain test is believed.
fn stops(model: &Model<'_>, comparison: ExprRef, is_expired: bool) -> bool {
    let ast = model.ast(comparison.file);
    if let Some((expired, fresh)) = chosen(ast, comparison.id, is_expired) {
        return is_nothing(ast, expired) || !is_nothing(ast, fresh);
    }
    let Some(function) = model.enclosing_function(comparison) else {
        return true;
    };
    let mut ways = Ways {
        ast,
        comparison: comparison.id,
        is_expired,
        expired: Vec::new(),
        fresh: Vec::new(),
    };
    model.walk(function.file, ast[function.id].body, None, &mut ways);
    let goes = |end: &End| matches!(end, End::Gives(_) | End::Comes);
    let is_turned_round =
        ways.expired.iter().any(goes) && !ways.fresh.is_empty() && ways.fresh.iter().all(|end| *end == End::Stops);
    let is_only_told = ways.expired.iter().any(|end| goes(end) && ways.fresh.contains(end))
        && branch(ast, comparison.id, is_expired).is_some_and(|block| only_logs(model, function.file, block));
    !is_turned_round && !is_only_told
}

/// What `claims if test else None` gives for an expired token and for another.
fn chosen(ast: &Ast, comparison: ExprId, is_expired: bool) -> Option<(ExprId, ExprId)> {
    let (mut at, mut truth) = (comparison, is_expired);
    loop {
        let parent = ast.parent_expr(at)?;
        match ast[parent].kind {
            ExprKind::Unary {
                operator: UnaryOperator::Not,
                ..
            } => truth = !truth,
            ExprKind::Conditional { test, then, otherwise } if test == at => {
                return Some(if truth { (then, otherwise) } else { (otherwise, then) });
            }
            _ => return None,
        }
        at = parent;
    }
}

/// The block that an `if` with nothing else in its test enters for an expired token.
fn branch(ast: &Ast, comparison: ExprId, is_expired: bool) -> Option<Block> {
    let StmtKind::If { branches, otherwise } = ast[ast.stmt_of(comparison)].kind else {
        return None;
    };
    let tests = |test: ExprId, truth: bool| implied(ast, test, truth).contains(&(comparison, is_expired));
    let taken = ast[branches].iter().find(|branch| tests(branch.test, true));
    let left = || {
        let last = ast[branches].last()?;
        tests(last.test, false).then_some(otherwise).flatten()
    };
    taken.map(|branch| branch.body).or_else(left)
}

/// Nothing, or a plain answer such as `False` or `0`.
fn is_nothing(ast: &Ast, value: ExprId) -> bool {
    match ast[value].kind {
        ExprKind::None | ExprKind::True | ExprKind::False | ExprKind::Integer | ExprKind::String { .. } => true,
        ExprKind::Dict(items) => ast[items].is_empty(),
        ExprKind::Tuple(items) | ExprKind::List(items) => ast[items].iter().all(|&item| is_nothing(ast, item)),
        _ => false,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Raises, or gives nothing.
    Stops,
    Gives(StmtId),
    Comes,
}

/// Where a function ends for expired tokens, and where for others.
struct Ways<'a> {
    ast: &'a Ast,
    comparison: ExprId,
    is_expired: bool,
    expired: Vec<End>,
    fresh: Vec<End>,
}

impl Ways<'_> {
    fn end(&mut self, state: Option<bool>, end: End) {
        match state {
            Some(true) => self.expired.push(end),
            Some(false) => self.fresh.push(end),
            None => {}
        }
    }
}

impl Walk for Ways<'_> {
    /// Whether the token is expired, once that was asked.
    type State = Option<bool>;

    fn evaluated(&mut self, _expr: ExprId, _state: &mut Option<bool>) {}

    fn branched(&mut self, test: ExprId, truth: bool, state: &mut Option<bool>) {
        for (part, holds) in implied(self.ast, test, truth) {
            if part == self.comparison {
                *state = Some(holds == self.is_expired);
            }
        }
    }

    fn caught(&mut self, _thrower: StmtId, _catch: &Catch, state: Option<bool>) -> Option<Option<bool>> {
        Some(state)
    }

    fn returned(&mut self, stmt: StmtId, value: Option<ExprId>, state: &Option<bool>) {
        let end = match value {
            Some(value) if !is_nothing(self.ast, value) => End::Gives(stmt),
            _ => End::Stops,
        };
        self.end(*state, end);
    }

    fn raised(&mut self, _stmt: StmtId, _exception: Option<ExprId>, state: &Option<bool>) {
        self.end(*state, End::Stops);
    }

    fn ended(&mut self, state: &Option<bool>) {
        self.end(*state, End::Comes);
    }
}
