//! Loops and comprehensions over rows: what their tests say of the rows that come out.

use semantic::ExprRef;
use syntax::ast::*;
use text::Span;

use super::{Store, Stores};
use crate::libraries::data::{Fetch, Operation};
use crate::models::classes::constant_text;
use crate::queries::follow::Place;
use crate::queries::{Clause, ColumnUse, Condition, Operand, Operator, Predicate, Query, Unresolved};

/// Conditions inside conditions.
const MAX_DEPTH: usize = 8;

/// The names under which a loop or comprehension sees a row and its key.
#[derive(Default)]
struct Row {
    value: Option<Name>,
    key: Option<Name>,
}

impl Stores<'_, '_, '_> {
    /// Many rows, under the conditions of the loop or comprehension that goes over them.
    pub(super) fn rows(&self, expr: ExprRef, at: ExprRef, store: &Store) -> Option<Query> {
        let mut query = self.query(expr, at, store, Operation::ReadMany);
        let source = self.reader.model.file(at.file).source();
        let ast = source.ast();
        // `enumerate(notes)`, `list(notes.values())`
        let mut around = expr.id;
        let mut is_counted = false;
        while let Some(parent) = ast.parent_expr(around)
            && let ExprKind::Call { function, .. } = ast[parent].kind
            && let ExprKind::Name(name) = ast[function].kind
            && matches!(
                source.name(name),
                "enumerate" | "list" | "sorted" | "reversed" | "tuple" | "iter"
            )
        {
            is_counted |= source.name(name) == "enumerate";
            around = parent;
        }
        let has_keys = matches!(self.method_of(at), Some((_, "items")));
        let row = |target: ExprId| {
            let name = |id: ExprId| match ast[id].kind {
                ExprKind::Name(name) => Some(name),
                _ => None,
            };
            match ast[target].kind {
                ExprKind::Tuple(items) => Row {
                    key: ast[items]
                        .first()
                        .filter(|_| has_keys && !is_counted)
                        .and_then(|&id| name(id)),
                    value: ast[items].last().and_then(|&id| name(id)),
                },
                _ => Row {
                    key: None,
                    value: name(target),
                },
            }
        };
        let parent = ast.parent_expr(around);
        match parent.map(|parent| (parent, ast[parent].kind)) {
            Some((comprehension, ExprKind::Comprehension { clauses, .. })) => {
                let clauses = &ast[clauses];
                let of = clauses.iter().position(
                    |clause| matches!(clause, ComprehensionClause::For { iterable, .. } if *iterable == around),
                )?;
                let ComprehensionClause::For { target, .. } = clauses[of] else {
                    return None;
                };
                let row = row(target);
                for clause in &clauses[of + 1..] {
                    if let ComprehensionClause::If(test) = clause {
                        self.limit(&mut query, ExprRef { id: *test, ..at }, true, &row, store);
                    }
                }
                if self.is_first(ExprRef {
                    id: comprehension,
                    ..at
                }) {
                    query.fetch = Some(Fetch::First);
                }
            }
            // `filter(lambda note: note["owner"] == user, notes)`
            Some((_, ExprKind::Call { function, arguments })) => {
                let is_filter = matches!(ast[function].kind, ExprKind::Name(name) if source.name(name) == "filter");
                let test = ast[arguments].first().filter(|_| is_filter);
                if let Some(test) = test
                    && let ExprKind::Lambda { parameters, body } = ast[test.value].kind
                    && let [parameter] = &ast[parameters]
                {
                    let row = Row {
                        value: Some(parameter.name),
                        key: None,
                    };
                    self.limit(&mut query, ExprRef { id: body, ..at }, true, &row, store);
                }
            }
            // A loop that does nothing but under one test.
            None => {
                if let StmtKind::For {
                    target, iterable, body, ..
                } = ast[ast.stmt_of(around)].kind
                    && iterable == around
                    && let [only] = ast[body]
                    && let StmtKind::If {
                        branches,
                        otherwise: None,
                    } = ast[only].kind
                    && let [branch] = ast[branches]
                {
                    let test = ExprRef { id: branch.test, ..at };
                    self.limit(&mut query, test, true, &row(target), store);
                }
            }
            _ => {}
        }
        if query.required().iter().any(|predicate| is_key(predicate, store)) {
            query.operation = Operation::ReadOne;
        }
        Some(query)
    }

    /// `next(… for …)`, `[…][0]`
    fn is_first(&self, comprehension: ExprRef) -> bool {
        let source = self.reader.model.file(comprehension.file).source();
        let ast = source.ast();
        match ast.parent_expr(comprehension.id).map(|parent| ast[parent].kind) {
            Some(ExprKind::Call { function, .. }) => {
                matches!(ast[function].kind, ExprKind::Name(name) if source.name(name) == "next")
            }
            Some(ExprKind::Subscript { object, index }) => {
                object == comprehension.id && matches!(ast[index].kind, ExprKind::Integer)
            }
            _ => false,
        }
    }

    /// `notes = [note for note in notes if note["id"] != note_id]`: the others are deleted.
    pub(super) fn kept_rows(&self, at: ExprRef, value: ExprId, store: &Store) -> Option<Query> {
        let model = self.reader.model;
        let ast = model.ast(at.file);
        let ExprKind::Comprehension { clauses, .. } = ast[value].kind else {
            return None;
        };
        model.enclosing_function(at)?;
        let expr = ExprRef { id: value, ..at };
        let mut row = None;
        let mut query = self.query(expr, at, store, Operation::Delete);
        for clause in &ast[clauses] {
            match *clause {
                ComprehensionClause::For { target, iterable } => {
                    self.same_in(ExprRef { id: iterable, ..at }, at)?;
                    let of = |id: ExprId| match ast[id].kind {
                        ExprKind::Name(name) => Some(name),
                        _ => None,
                    };
                    row = match ast[target].kind {
                        ExprKind::Tuple(items) => Some(Row {
                            key: ast[items].first().and_then(|&id| of(id)),
                            value: ast[items].last().and_then(|&id| of(id)),
                        }),
                        _ => Some(Row {
                            key: None,
                            value: of(target),
                        }),
                    };
                }
                ComprehensionClause::If(test) => {
                    self.limit(&mut query, ExprRef { id: test, ..at }, false, row.as_ref()?, store);
                }
            }
        }
        Some(query)
    }

    fn limit(&self, query: &mut Query, test: ExprRef, truth: bool, row: &Row, store: &Store) {
        let span = self.reader.model.span(test);
        let condition = self.condition(&Place::new(test), truth, row, store, 0);
        query
            .conditions
            .extend(condition.map(|condition| certain(condition, span)));
    }

    /// What a test says of a row, where it comes out as `truth`; nothing where it speaks of neither keys nor people.
    fn condition(&self, test: &Place, truth: bool, row: &Row, store: &Store, depth: usize) -> Option<Condition> {
        let model = self.reader.model;
        let span = model.span(test.expr);
        if depth > MAX_DEPTH {
            return Some(Condition::Unresolved {
                span,
                reason: Unresolved::TooDeep,
            });
        }
        let ast = model.ast(test.expr.file);
        match ast[test.expr.id].kind {
            ExprKind::Unary {
                operator: UnaryOperator::Not,
                operand,
            } => self.condition(&test.at(operand), !truth, row, store, depth + 1),
            ExprKind::Boolean { operator, left, right } => {
                let part = |id: ExprId| self.condition(&test.at(id), truth, row, store, depth + 1);
                let (left, right) = (part(left), part(right));
                match truth == (operator == BooleanOperator::And) {
                    true => match (left, right) {
                        (Some(left), Some(right)) => Some(Condition::All(vec![left, right])),
                        (left, right) => left.or(right),
                    },
                    false => {
                        let always = || Condition::Always(span);
                        Some(Condition::Any(vec![
                            left.unwrap_or_else(always),
                            right.unwrap_or_else(always),
                        ]))
                    }
                }
            }
            ExprKind::Compare { first, rest } => {
                let [comparison] = ast[rest] else { return None };
                let (left, right) = (test.at(first), test.at(comparison.right));
                let (column, value, is_swapped) =
                    match (self.column(&left, row, store), self.column(&right, row, store)) {
                        (Some(column), None) => (column, right, false),
                        (None, Some(column)) => (column, left, true),
                        _ => return None,
                    };
                let operator = match (comparison.operator, truth) {
                    (CompareOperator::Equal | CompareOperator::Is, true)
                    | (CompareOperator::NotEqual | CompareOperator::IsNot, false) => Operator::Equal,
                    (CompareOperator::NotEqual | CompareOperator::IsNot, true)
                    | (CompareOperator::Equal | CompareOperator::Is, false) => Operator::NotEqual,
                    (CompareOperator::In, true) | (CompareOperator::NotIn, false) if !is_swapped => Operator::In,
                    // `user in note["members"]`
                    (CompareOperator::In, true) | (CompareOperator::NotIn, false) => {
                        Operator::Other("contains".to_owned())
                    }
                    (CompareOperator::In | CompareOperator::NotIn, _) => Operator::NotIn,
                    _ => return None,
                };
                Some(self.compare(column, operator, value, span))
            }
            // `if note.is_public`
            ExprKind::Attribute { .. } | ExprKind::Subscript { .. } if truth => {
                let column = self.column(test, row, store)?;
                Some(self.compare(column, Operator::IsTrue, test.clone(), span))
            }
            // `if may_see(user, note)`
            ExprKind::Call { arguments, .. } => {
                let is_row = |argument: &Argument| match ast[argument.value].kind {
                    ExprKind::Name(name) => Some(name) == row.value,
                    _ => false,
                };
                ast[arguments].iter().any(is_row).then_some(Condition::Unresolved {
                    span,
                    reason: Unresolved::NotUnderstood,
                })
            }
            _ => None,
        }
    }

    pub(super) fn compare(&self, path: Vec<String>, operator: Operator, value: Place, span: Span) -> Condition {
        Condition::Compare(Predicate {
            column: ColumnUse {
                model: None,
                path,
                span,
            },
            operator,
            value: Operand::Expr {
                expr: value.expr,
                span: self.reader.model.span(value.expr),
                frame: value.frame,
            },
            span,
        })
    }

    /// `["owner"]` of `note["owner"]`, `note.owner`, `note.get("owner")`, `str(note.owner)`; the key's column for a key.
    fn column(&self, place: &Place, row: &Row, store: &Store) -> Option<Vec<String>> {
        let model = self.reader.model;
        let source = model.file(place.expr.file).source();
        let ast = source.ast();
        let mut path = Vec::new();
        let mut at = place.expr.id;
        for _ in 0..MAX_DEPTH {
            match ast[at].kind {
                ExprKind::Name(name) if Some(name) == row.value && !path.is_empty() => {
                    path.reverse();
                    return Some(path);
                }
                ExprKind::Name(name) if Some(name) == row.key && path.is_empty() => {
                    return Some(vec![store.key.clone()]);
                }
                ExprKind::Attribute { object, name, .. } => {
                    path.push(source.name(name).to_owned());
                    at = object;
                }
                ExprKind::Subscript { object, index } => {
                    path.push(constant_text(model, place.at(index).expr)?);
                    at = object;
                }
                ExprKind::Call { function, arguments } => match (ast[function].kind, &ast[arguments]) {
                    (ExprKind::Attribute { object, name, .. }, [first, ..]) if source.name(name) == "get" => {
                        path.push(constant_text(model, place.at(first.value).expr)?);
                        at = object;
                    }
                    (ExprKind::Attribute { object, name, .. }, [])
                        if matches!(source.name(name), "lower" | "strip") =>
                    {
                        at = object;
                    }
                    (ExprKind::Name(_), [only]) => at = only.value,
                    _ => return None,
                },
                _ => return None,
            }
        }
        None
    }
}

pub(super) fn certain(condition: Condition, span: Span) -> Clause {
    Clause {
        condition,
        span,
        is_certain: true,
    }
}

/// `note["id"] == note_id`, `note["note_id"] == note_id`
fn is_key(predicate: &Predicate, store: &Store) -> bool {
    let name = predicate.column.name().to_ascii_lowercase();
    predicate.operator == Operator::Equal
        && (name == store.key || matches!(&*name, "id" | "_id" | "uuid" | "pk" | "uid"))
}
