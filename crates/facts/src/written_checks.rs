//! Checks as they are written: the comparison, the statement around it, and where others can stand.

use semantic::FunctionRef;
use syntax::ast::*;
use text::{Span, TextRange};

use crate::Facts;
use crate::authenticators::AuthenticatorRole;

/// A comparison for equality that is all that its statement asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenCheck {
    pub left: Span,
    pub right: Span,
    /// `==` or `!=`, with nothing around it.
    pub operator: Span,
    pub is_equal: bool,
    /// The whole statement.
    pub statement: Span,
    pub form: CheckForm,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckForm {
    /// A statement of its own.
    Statement,
    Assert,
    /// The only test of an `if` without an `else`.
    Test {
        /// The last statement of what is done when it holds.
        last: Span,
        /// That statement raises or returns.
        leaves: bool,
    },
}

impl Facts<'_> {
    /// The comparison that stands exactly there, where nothing else is tested with it.
    pub fn written_check(&self, at: Span) -> Option<WrittenCheck> {
        let compare = self.model.expr_of(at)?;
        let file = compare.file;
        let ast = self.model.ast(file);
        let ExprKind::Compare { first, rest } = ast[compare.id].kind else {
            return None;
        };
        let [comparison] = ast[rest] else { return None };
        let is_equal = match comparison.operator {
            CompareOperator::Equal => true,
            CompareOperator::NotEqual => false,
            _ => return None,
        };
        let (left, right) = (ast[first].range, ast[comparison.right].range);
        let between = TextRange::new(left.end(), right.start());
        let text = &self.text(file)[between];
        let start = between.start() + text::TextSize::of(&text[..text.find(['=', '!'])?]);
        let operator = TextRange::at(start, text::TextSize::of("=="));
        let stmt = ast.stmt_of(compare.id);
        let form = match ast[stmt].kind {
            StmtKind::Expr(expr) if expr == compare.id => CheckForm::Statement,
            StmtKind::Assert { test, .. } if test == compare.id => CheckForm::Assert,
            StmtKind::If {
                branches,
                otherwise: None,
            } => match ast[branches] {
                [branch] if branch.test == compare.id => {
                    let last = *ast[branch.body].last()?;
                    CheckForm::Test {
                        last: Span::new(file, ast[last].range),
                        leaves: matches!(ast[last].kind, StmtKind::Raise { .. } | StmtKind::Return(_)),
                    }
                }
                _ => return None,
            },
            _ => return None,
        };
        Some(WrittenCheck {
            left: Span::new(file, left),
            right: Span::new(file, right),
            operator: Span::new(file, operator),
            is_equal,
            statement: Span::new(file, ast[stmt].range),
            form,
        })
    }

    /// A change and the `if` that comes too late, where both are statements of one block and the `if` only turns
    /// callers away: the statements.
    pub fn late_statements(&self, change: Span, check: Span) -> Option<(Span, Span)> {
        let change = self.model.expr_of(change).map(|change| (change.file, change.id));
        let check = self.model.expr_of(check)?;
        let ast = self.model.ast(check.file);
        let (file, change) = change?;
        let late = ast.stmt_of(check.id);
        let StmtKind::If {
            branches,
            otherwise: None,
        } = ast[late].kind
        else {
            return None;
        };
        let [branch] = ast[branches] else { return None };
        let turns_away = ast[branch.body]
            .last()
            .is_some_and(|&last| matches!(ast[last].kind, StmtKind::Raise { .. }));
        let early = ast.stmt_of(change);
        let mut is_same = false;
        if let Some(parent) = ast.parent_stmt(late) {
            ast.blocks(parent, |block| {
                is_same |= ast[block].contains(&late) && ast[block].contains(&early);
            });
        }
        let is_it = file == check.file && turns_away && is_same && ast[early].range.end() <= ast[late].range.start();
        is_it.then(|| (Span::new(file, ast[early].range), Span::new(file, ast[late].range)))
    }

    /// The first statement of a function behind its documentation, where it begins a line.
    pub fn first_statement(&self, function: FunctionRef) -> Option<Span> {
        let ast = self.model.ast(function.file);
        let first = ast[ast[function.id].body]
            .iter()
            .copied()
            .find(|&stmt| !matches!(ast[stmt].kind, StmtKind::Expr(expr) if is_text(ast, expr)))?;
        let range = ast[first].range;
        let text = self.text(function.file);
        let before = &text[..usize::from(range.start())];
        let line = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
        let is_alone = before[line..].trim().is_empty();
        is_alone.then(|| Span::new(function.file, range))
    }

    /// Whether an `HTTPException` that is raised there answers the request.
    pub fn answers_request(&self, at: Span) -> bool {
        let expr = self.model.expr_of(at);
        let Some(function) = expr.and_then(|expr| self.model.enclosing_function(expr)) else {
            return false;
        };
        let authenticators = self.authenticators();
        let is_asked = |role| matches!(role, AuthenticatorRole::Dependency | AuthenticatorRole::Handler);
        match authenticators.of(function) {
            Some(known) if known.role == AuthenticatorRole::Helper => {
                // A middleware would answer 500.
                let mut all = authenticators.functions.iter();
                known.serves_requests && all.all(|other| other.role != AuthenticatorRole::Middleware)
            }
            Some(known) => is_asked(known.role),
            None => authenticators.role_of(function).is_some_and(is_asked),
        }
    }

    /// The simple statement around an expression, where it stands on lines of its own, perhaps before a comment.
    pub fn simple_statement(&self, at: Span) -> Option<Span> {
        let expr = self.model.expr_of(at)?;
        let ast = self.model.ast(expr.file);
        let stmt = ast[ast.stmt_of(expr.id)];
        let is_simple = matches!(
            stmt.kind,
            StmtKind::Expr(_) | StmtKind::Assign { .. } | StmtKind::AnnotatedAssign { .. } | StmtKind::Return(_)
        );
        let text = self.text(expr.file);
        let before = &text[..usize::from(stmt.range.start())];
        let line = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
        let after = text[usize::from(stmt.range.end())..].trim_start_matches([' ', '\t']);
        let is_alone = before[line..].trim().is_empty() && (after.is_empty() || after.starts_with(['\n', '\r', '#']));
        (is_simple && is_alone).then(|| Span::new(expr.file, stmt.range))
    }

    /// Whether `await` can stand at a place.
    pub fn is_asynchronous(&self, at: Span) -> bool {
        let expr = self.model.expr_of(at);
        let function = expr.and_then(|expr| self.model.enclosing_function(expr));
        function.is_some_and(|function| self.model.ast(function.file)[function.id].is_async)
    }
}

fn is_text(ast: &Ast, expr: ExprId) -> bool {
    matches!(ast[expr].kind, ExprKind::String { .. })
}
