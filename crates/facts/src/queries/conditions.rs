//! Conditions between columns and values, as SQLAlchemy, SQLModel, Tortoise, Beanie and ODMantic write them.

use semantic::{MutationKind, NameUse, ValueKind};
use syntax::ast::*;

use super::follow::Place;
use super::reach::Reader;
use super::{
    Clause, ColumnUse, Condition, ModelUse, Operand, Operator, Predicate, PythonBoolean, PythonOperator, Subquery,
    Unresolved,
};
use crate::libraries::conditions::{
    ColumnMethod, Connective, OPTIONS, column_method, connective, lookup_operator, value_operator,
};
use crate::models::classes::argument;

/// Conditions nested deeper than this stay unresolved.
const MAX_DEPTH: usize = 16;

impl Reader<'_, '_> {
    /// What an expression says of rows. `models` are those that the query is about, for names without a model.
    pub(super) fn condition(&self, place: &Place) -> Condition {
        self.condition_at(place, 0)
    }

    /// What the arguments of a call say: conditions by position, columns by keyword. All of them hold.
    pub(super) fn argument_conditions(&self, call: &Place, skip: usize) -> Vec<Clause> {
        let source = self.model.file(call.expr.file).source();
        let ast = source.ast();
        let ExprKind::Call { arguments, .. } = ast[call.expr.id].kind else {
            return Vec::new();
        };
        let mut out = Vec::new();
        for (index, argument) in ast[arguments].iter().enumerate() {
            let value = call.at(argument.value);
            let span = text::Span::new(call.expr.file, argument.range);
            let mut add = |condition: Condition, is_certain: bool| {
                out.push(Clause {
                    condition,
                    span,
                    is_certain,
                })
            };
            match argument.kind {
                ArgumentKind::Positional if index >= skip => {
                    let is_dictionary = matches!(self.model.expr(value.expr).kind, ExprKind::Dict(_));
                    match is_dictionary {
                        true => self.filter(&value).into_iter().for_each(|clause| out.push(clause)),
                        false => add(self.condition(&value), true),
                    }
                }
                ArgumentKind::Positional => {}
                ArgumentKind::Keyword(name) => {
                    let name = source.name(name);
                    if !is_option(name) {
                        add(self.lookup(name, &value, span), true);
                    }
                }
                ArgumentKind::Star => {
                    for (item, is_certain) in self.items(&value) {
                        match item {
                            Some(item) => add(self.condition(&item), is_certain),
                            None => add(unresolved(span, Unresolved::Spread), is_certain),
                        }
                    }
                }
                ArgumentKind::DoubleStar => {
                    for (key, value, is_certain) in self.entries(&value) {
                        match (key, value) {
                            (Some(key), Some(value)) => add(self.lookup(&key, &value, span), is_certain),
                            _ => add(unresolved(span, Unresolved::Spread), is_certain),
                        }
                    }
                }
            }
        }
        out
    }

    fn condition_at(&self, place: &Place, depth: usize) -> Condition {
        let span = self.model.span(place.expr);
        if depth > MAX_DEPTH {
            return unresolved(span, Unresolved::TooDeep);
        }
        let ast = self.model.ast(place.expr.file);
        let inner = |id: ExprId| self.condition_at(&place.at(id), depth + 1);
        match ast[place.expr.id].kind {
            ExprKind::True => Condition::Always(span),
            ExprKind::False => Condition::Never(span),
            ExprKind::Compare { first, rest } => self.compare(place, first, &ast[rest]),
            ExprKind::Boolean { operator, left, right } => {
                let operator = match operator {
                    BooleanOperator::And => PythonOperator::And,
                    BooleanOperator::Or => PythonOperator::Or,
                };
                self.python(place, operator, vec![inner(left), inner(right)])
            }
            ExprKind::Unary { operator, operand } => match operator {
                UnaryOperator::Not => self.python(place, PythonOperator::Not, vec![inner(operand)]),
                UnaryOperator::Invert => Condition::Not(Box::new(inner(operand))),
                _ => unresolved(span, Unresolved::NotUnderstood),
            },
            ExprKind::Binary { operator, left, right } => match operator {
                BinaryOperator::BitAnd => Condition::All(flat(vec![inner(left), inner(right)], true)),
                BinaryOperator::BitOr => Condition::Any(flat(vec![inner(left), inner(right)], false)),
                // Beanie: `Task.done == True` has no other form; anything else is no condition.
                _ => unresolved(span, Unresolved::NotUnderstood),
            },
            ExprKind::Conditional { then, otherwise, .. } => Condition::OneOf(vec![inner(then), inner(otherwise)]),
            ExprKind::Await(id) | ExprKind::Starred(id) | ExprKind::Walrus { value: id, .. } => inner(id),
            ExprKind::Dict(_) => all(self.filter(place)),
            ExprKind::Call { .. } => self.call_condition(place, depth),
            ExprKind::Name(_) => self.named_condition(place, depth),
            ExprKind::Attribute { .. } | ExprKind::Subscript { .. } => match self.column_of(place) {
                Some(column) => Condition::Compare(Predicate {
                    column,
                    operator: Operator::IsTrue,
                    value: Operand::Literal {
                        text: "true".to_owned(),
                        span,
                    },
                    span,
                }),
                None => unresolved(span, Unresolved::NotUnderstood),
            },
            _ => unresolved(span, Unresolved::NotUnderstood),
        }
    }

    fn compare(&self, place: &Place, first: ExprId, rest: &[Comparison]) -> Condition {
        let span = self.model.span(place.expr);
        let mut conditions = Vec::new();
        let mut left = first;
        let mut is_column = false;
        for comparison in rest {
            let (found, column) = self.comparison(place, left, comparison);
            is_column |= column;
            conditions.push(found);
            left = comparison.right;
        }
        match conditions.len() {
            1 => conditions.pop().unwrap_or(unresolved(span, Unresolved::NotUnderstood)),
            _ if is_column => Condition::Python(PythonBoolean {
                operator: PythonOperator::Chain,
                span,
                operands: conditions,
            }),
            _ => unresolved(span, Unresolved::NotAColumn),
        }
    }

    fn comparison(&self, place: &Place, left: ExprId, comparison: &Comparison) -> (Condition, bool) {
        let file = place.expr.file;
        let ast = self.model.ast(file);
        let range = ast[left].range.cover(ast[comparison.right].range);
        let span = text::Span::new(file, range);
        let (left, right) = (place.at(left), place.at(comparison.right));
        let (column, value, is_turned) = match (self.column_of(&left), self.column_of(&right)) {
            (Some(column), _) => (column, right, false),
            (None, Some(column)) => (column, left, true),
            (None, None) => match (self.column_of_unknown(&left), self.column_of_unknown(&right)) {
                (Some(column), _) => (column, right, false),
                (None, Some(column)) => (column, left, true),
                // `1 == 1`, or Python values: true or false before the query is made.
                (None, None) => return (unresolved(span, Unresolved::NotAColumn), false),
            },
        };
        let operator = match (comparison.operator, is_turned) {
            (CompareOperator::Equal, _) => Operator::Equal,
            (CompareOperator::NotEqual, _) => Operator::NotEqual,
            (CompareOperator::Less, false) | (CompareOperator::Greater, true) => Operator::Less,
            (CompareOperator::LessEqual, false) | (CompareOperator::GreaterEqual, true) => Operator::LessOrEqual,
            (CompareOperator::Greater, false) | (CompareOperator::Less, true) => Operator::Greater,
            (CompareOperator::GreaterEqual, false) | (CompareOperator::LessEqual, true) => Operator::GreaterOrEqual,
            (CompareOperator::In, _) => Operator::In,
            (CompareOperator::NotIn, _) => Operator::NotIn,
            (CompareOperator::Is, _) => Operator::IsNull,
            (CompareOperator::IsNot, _) => Operator::IsNotNull,
        };
        let value = self.operand(&value);
        let (operator, value) = null_test(self, operator, value);
        let predicate = Condition::Compare(Predicate {
            column,
            operator,
            value,
            span,
        });
        let python = match comparison.operator {
            CompareOperator::Is => PythonOperator::Is,
            CompareOperator::IsNot => PythonOperator::IsNot,
            CompareOperator::In => PythonOperator::In,
            CompareOperator::NotIn => PythonOperator::NotIn,
            _ => return (predicate, true),
        };
        let python = PythonBoolean {
            operator: python,
            span,
            operands: vec![predicate],
        };
        (Condition::Python(python), true)
    }

    /// Python's operators count where a column stands in one of their operands.
    fn python(&self, place: &Place, operator: PythonOperator, operands: Vec<Condition>) -> Condition {
        let span = self.model.span(place.expr);
        let is_known = |condition: &Condition| {
            !matches!(
                condition,
                Condition::Unresolved { .. } | Condition::Always(_) | Condition::Never(_)
            )
        };
        match operands.iter().any(is_known) {
            true => Condition::Python(PythonBoolean {
                operator,
                span,
                operands,
            }),
            false => unresolved(span, Unresolved::NotAColumn),
        }
    }

    fn named_condition(&self, place: &Place, depth: usize) -> Condition {
        let span = self.model.span(place.expr);
        let NameUse::Bound(definitions) = self.model.definitions(place.expr) else {
            return unresolved(span, Unresolved::NotUnderstood);
        };
        let mut ways: Vec<Condition> = Vec::new();
        for definition in &definitions {
            let at = |id: ExprId| Place {
                expr: semantic::ExprRef {
                    file: definition.file,
                    id,
                },
                frame: place.frame.clone(),
            };
            let base = match definition.binding.kind {
                semantic::BindingKind::Value(id) if at(id).expr != place.expr => self.condition_at(&at(id), depth + 1),
                semantic::BindingKind::Parameter { function, index } => {
                    let function = semantic::FunctionRef {
                        file: definition.file,
                        id: function,
                    };
                    match self.argument_of(place.frame.as_ref(), function, index) {
                        Some(passed) => self.condition_at(&passed, depth + 1),
                        None => unresolved(span, Unresolved::NotUnderstood),
                    }
                }
                _ => unresolved(span, Unresolved::NotUnderstood),
            };
            let mut way = base;
            for mutation in &definition.mutations {
                // `condition &= Task.done == True`
                if let MutationKind::Augment { operator, value } = mutation.kind {
                    let more = self.condition_at(&at(value), depth + 1);
                    way = match operator {
                        BinaryOperator::BitAnd => Condition::All(flat(vec![way, more], true)),
                        BinaryOperator::BitOr => Condition::Any(flat(vec![way, more], false)),
                        _ => way,
                    };
                }
            }
            ways.push(way);
        }
        match ways.len() {
            0 => unresolved(span, Unresolved::NotUnderstood),
            1 => ways.pop().unwrap_or(unresolved(span, Unresolved::NotUnderstood)),
            _ => Condition::OneOf(ways),
        }
    }

    fn call_condition(&self, place: &Place, depth: usize) -> Condition {
        let span = self.model.span(place.expr);
        let source = self.model.file(place.expr.file).source();
        let ast = source.ast();
        let ExprKind::Call { function, arguments } = ast[place.expr.id].kind else {
            return unresolved(span, Unresolved::NotUnderstood);
        };
        if let ExprKind::Attribute { object, name, .. } = ast[function].kind {
            let name = source.name(name);
            if let Some(found) = self.method_condition(place, &place.at(object), name) {
                return found;
            }
        }
        let path = self.model.called_path(place.expr);
        let name = path
            .as_deref()
            .and_then(|path| path.rsplit('.').next())
            .unwrap_or_default();
        let operands = |reader: &Self| -> Vec<Condition> {
            let mut out = Vec::new();
            for argument in &ast[arguments] {
                let value = place.at(argument.value);
                match argument.kind {
                    ArgumentKind::Star => {
                        for (item, is_certain) in reader.items(&value) {
                            let condition = match item {
                                Some(item) => reader.condition_at(&item, depth + 1),
                                None => unresolved(span, Unresolved::Spread),
                            };
                            out.push(match is_certain {
                                true => condition,
                                false => Condition::OneOf(vec![condition, Condition::Always(span)]),
                            });
                        }
                    }
                    ArgumentKind::Keyword(name) => {
                        let at = text::Span::new(place.expr.file, argument.range);
                        out.push(reader.lookup(source.name(name), &value, at));
                    }
                    ArgumentKind::DoubleStar => out.push(unresolved(span, Unresolved::Spread)),
                    ArgumentKind::Positional => out.push(reader.condition_at(&value, depth + 1)),
                }
            }
            out
        };
        match path.as_deref().and_then(connective) {
            Some(Connective::All) => return joined_by(operands(self), true),
            Some(Connective::Any) => return joined_by(operands(self), false),
            Some(Connective::None) => return Condition::Not(Box::new(Condition::Any(operands(self)))),
            Some(Connective::Always) => return Condition::Always(span),
            Some(Connective::Never) => return Condition::Never(span),
            None => {}
        }
        // Beanie's `In(Task.owner, [...])`, `Eq(Task.owner, user)`
        if let (Some(operator), [column, value, ..]) = (path.as_deref().and_then(value_operator), &ast[arguments])
            && let Some(column) = self.column_of(&place.at(column.value))
        {
            return Condition::Compare(Predicate {
                column,
                operator,
                value: self.operand(&place.at(value.value)),
                span,
            });
        }
        // `exists().where(…)`, `select(…).exists()`
        if let Some(inner) = self.subquery(place) {
            return Condition::Exists(inner);
        }
        if name == "text" || self.is_sql(place) {
            return self.text_condition(place);
        }
        // A function of the project that builds a condition.
        let returned = self.follow(place);
        let mut ways = Vec::new();
        for leaf in returned {
            if let super::follow::Leaf::Place { place: found, .. } = leaf
                && found.expr != place.expr
            {
                ways.push(self.condition_at(&found, depth + 1));
            }
        }
        match ways.len() {
            0 => unresolved(span, Unresolved::NotUnderstood),
            1 => ways.pop().unwrap_or(unresolved(span, Unresolved::NotUnderstood)),
            _ => Condition::OneOf(ways),
        }
    }

    /// `Task.id.in_(ids)`, `Project.members.any(User.id == user_id)`
    fn method_condition(&self, place: &Place, object: &Place, name: &str) -> Option<Condition> {
        let span = self.model.span(place.expr);
        let method = column_method(name)?;
        let column = self.column_of(object)?;
        let first = self.first_argument(place);
        let value = |reader: &Self| match &first {
            Some(first) => reader.operand(first),
            None => Operand::Unresolved {
                span,
                reason: Unresolved::NoValue,
            },
        };
        let predicate = |operator: Operator, value: Operand| {
            Condition::Compare(Predicate {
                column: column.clone(),
                operator,
                value,
                span,
            })
        };
        Some(match method {
            ColumnMethod::Operator(operator) => {
                let value = value(self);
                let (operator, value) = null_test(self, operator, value);
                predicate(operator, value)
            }
            ColumnMethod::Named => predicate(Operator::Other(name.to_owned()), value(self)),
            // `.op("=")(value)` is called again and not read.
            ColumnMethod::Related => {
                let conditions = self.argument_conditions(place, 0);
                let models = match &column.model {
                    Some(owner) => self.related(owner, column.name()).into_iter().collect(),
                    None => Vec::new(),
                };
                // `Task.tags.any("x")`: an array, not a relationship.
                if models.is_empty() && first.is_some() {
                    return Some(predicate(Operator::Other(name.to_owned()), value(self)));
                }
                Condition::Exists(Subquery {
                    span,
                    models,
                    conditions,
                })
            }
        })
    }

    /// `owner_id=value`, `owner__email=value`, `id__in=values`
    pub(super) fn lookup(&self, key: &str, value: &Place, span: text::Span) -> Condition {
        let mut path: Vec<String> = key.split("__").map(str::to_owned).collect();
        let mut operator = Operator::Equal;
        if path.len() > 1
            && let Some(found) = path.last().and_then(|last| lookup_operator(last))
        {
            operator = found;
            path.pop();
        }
        let value = self.operand(value);
        let (operator, value) = match (&operator, self.is_false(&value)) {
            // `deleted_at__isnull=False`
            (Operator::IsNull, true) => (Operator::IsNotNull, value),
            _ => null_test(self, operator, value),
        };
        Condition::Compare(Predicate {
            column: ColumnUse {
                model: None,
                path,
                span,
            },
            operator,
            value,
            span,
        })
    }

    fn is_false(&self, value: &Operand) -> bool {
        matches!(value, Operand::Expr { expr, .. } if matches!(self.model.expr(*expr).kind, ExprKind::False))
    }

    /// The value that a column is compared to or filled with.
    pub(super) fn operand(&self, place: &Place) -> Operand {
        let place = self.passed(place);
        if let Some(column) = self.column_of(&place) {
            return Operand::Column(column);
        }
        // `select(…)`, `statement.subquery()`, and the name of one.
        let is_possible = matches!(
            self.model.expr(place.expr).kind,
            ExprKind::Call { .. } | ExprKind::Name(_)
        );
        if is_possible && let Some(inner) = self.subquery(&place) {
            return Operand::Subquery(inner);
        }
        Operand::Expr {
            expr: place.expr,
            span: self.model.span(place.expr),
            frame: place.frame,
        }
    }

    /// The argument at the call that is being followed, for a name that is a parameter.
    fn passed(&self, place: &Place) -> Place {
        let mut place = place.clone();
        for _ in 0..8 {
            if place.frame.is_none() || !matches!(self.model.expr(place.expr).kind, ExprKind::Name(_)) {
                break;
            }
            let NameUse::Bound(definitions) = self.model.definitions(place.expr) else {
                break;
            };
            let [only] = definitions.as_slice() else { break };
            let semantic::BindingKind::Parameter { function, index } = only.binding.kind else {
                break;
            };
            let function = semantic::FunctionRef {
                file: only.file,
                id: function,
            };
            match self.argument_of(place.frame.as_ref(), function, index) {
                Some(passed) => place = passed,
                None => break,
            }
        }
        place
    }

    /// A statement that stands inside another query.
    pub(super) fn subquery(&self, place: &Place) -> Option<Subquery> {
        if self.depth.get() >= MAX_DEPTH {
            return None;
        }
        let trails = self.statement_trails(place);
        let trail = trails.into_iter().find(|trail| trail.is_select())?;
        self.take(place);
        self.depth.set(self.depth.get() + 1);
        let (models, conditions) = self.trail_conditions(&trail);
        self.depth.set(self.depth.get() - 1);
        Some(Subquery {
            span: self.model.span(place.expr),
            models,
            conditions,
        })
    }

    /// A condition in SQL text inside a query.
    fn text_condition(&self, place: &Place) -> Condition {
        let span = self.model.span(place.expr);
        let given = argument(self.model, place.expr, Some(0), &["text"]).map(|inner| place.at(inner.id));
        match given {
            Some(text) => self.sql_condition(&text, span),
            None => unresolved(span, Unresolved::NotUnderstood),
        }
    }

    /// The items of a list that is unpacked or iterated, and whether they are there on every way; nothing for a
    /// part that is not followed.
    pub(super) fn items(&self, place: &Place) -> Vec<(Option<Place>, bool)> {
        let NameUse::Bound(definitions) = self.model.definitions(place.expr) else {
            return self.literal_items(place);
        };
        let mut ways: Vec<Vec<Option<Place>>> = Vec::new();
        for definition in &definitions {
            let at = |id: ExprId| Place {
                expr: semantic::ExprRef {
                    file: definition.file,
                    id,
                },
                frame: place.frame.clone(),
            };
            let mut way: Vec<Option<Place>> = match definition.binding.kind {
                semantic::BindingKind::Value(id) => {
                    self.literal_items(&at(id)).into_iter().map(|(item, _)| item).collect()
                }
                semantic::BindingKind::Parameter { function, index } => {
                    let function = semantic::FunctionRef {
                        file: definition.file,
                        id: function,
                    };
                    match self.argument_of(place.frame.as_ref(), function, index) {
                        Some(passed) => self.literal_items(&passed).into_iter().map(|(item, _)| item).collect(),
                        None => vec![None],
                    }
                }
                _ => vec![None],
            };
            for mutation in &definition.mutations {
                match mutation.kind {
                    MutationKind::Method { method, call } => {
                        let method = self.model.file(definition.file).source().name(method);
                        let first = self.first_argument(&at(call));
                        match (method, first) {
                            ("append" | "add", Some(first)) => way.push(Some(first)),
                            ("extend", Some(first)) => {
                                way.extend(self.literal_items(&first).into_iter().map(|(item, _)| item));
                            }
                            ("insert", Some(_)) => {
                                way.push(argument(self.model, at(call).expr, Some(1), &[]).map(|item| at(item.id)));
                            }
                            _ => {}
                        }
                    }
                    MutationKind::Augment { value, .. } => {
                        way.extend(self.literal_items(&at(value)).into_iter().map(|(item, _)| item));
                    }
                    _ => {}
                }
            }
            ways.push(way);
        }
        joined(ways)
    }

    fn literal_items(&self, place: &Place) -> Vec<(Option<Place>, bool)> {
        let ast = self.model.ast(place.expr.file);
        match ast[place.expr.id].kind {
            ExprKind::List(items) | ExprKind::Tuple(items) => ast[items]
                .iter()
                .map(|&item| match ast[item].kind {
                    ExprKind::Starred(_) => (None, true),
                    _ => (Some(place.at(item)), true),
                })
                .collect(),
            // `list()`
            ExprKind::Call { arguments, .. } if arguments.is_empty() => {
                let is_empty = self.model.called_path(place.expr).as_deref() == Some("builtins.list");
                if is_empty { Vec::new() } else { vec![(None, true)] }
            }
            _ => vec![(None, true)],
        }
    }
}

/// Items of several ways: those that all of them have are certain.
fn joined(ways: Vec<Vec<Option<Place>>>) -> Vec<(Option<Place>, bool)> {
    let mut out: Vec<(Option<Place>, bool)> = Vec::new();
    let same = |a: &Option<Place>, b: &Option<Place>| match (a, b) {
        (Some(a), Some(b)) => a.expr == b.expr,
        (None, None) => true,
        _ => false,
    };
    for way in &ways {
        for item in way {
            if !out.iter().any(|(known, _)| same(known, item)) {
                let is_certain = ways.iter().all(|way| way.iter().any(|other| same(other, item)));
                out.push((item.clone(), is_certain));
            }
        }
    }
    out
}

/// Arguments that are settings of the call.
fn is_option(name: &str) -> bool {
    OPTIONS.contains(&name)
}

/// A comparison with `None` is a test for null.
fn null_test(reader: &Reader<'_, '_>, operator: Operator, value: Operand) -> (Operator, Operand) {
    let is_none = match &value {
        Operand::Expr { expr, .. } => {
            let is_null_call = || {
                reader
                    .model
                    .called_path(*expr)
                    .is_some_and(|path| path.starts_with("sqlalchemy") && path.rsplit('.').next() == Some("null"))
            };
            match reader.model.expr(*expr).kind {
                ExprKind::None => true,
                ExprKind::Call { .. } => is_null_call(),
                _ => false,
            }
        }
        _ => false,
    };
    let operator = match (operator, is_none) {
        (Operator::Equal, true) => Operator::IsNull,
        (Operator::NotEqual, true) => Operator::IsNotNull,
        // `.is_(True)`
        (Operator::IsNull, false) => Operator::Equal,
        (Operator::IsNotNull, false) => Operator::NotEqual,
        (operator, _) => operator,
    };
    (operator, value)
}

pub(super) fn unresolved(span: text::Span, reason: Unresolved) -> Condition {
    Condition::Unresolved { span, reason }
}

/// `All` of `All`, `Any` of `Any`: one level.
pub(super) fn flat(conditions: Vec<Condition>, is_all: bool) -> Vec<Condition> {
    let mut out = Vec::new();
    for condition in conditions {
        match condition {
            Condition::All(parts) if is_all => out.extend(parts),
            Condition::Any(parts) if !is_all => out.extend(parts),
            other => out.push(other),
        }
    }
    out
}

/// Conditions of which all, or any, hold; one alone is itself.
fn joined_by(mut conditions: Vec<Condition>, is_all: bool) -> Condition {
    match (conditions.len(), is_all) {
        (1, _) => conditions.remove(0),
        (_, true) => Condition::All(flat(conditions, true)),
        (_, false) => Condition::Any(flat(conditions, false)),
    }
}

/// Clauses as one condition.
pub(super) fn all(clauses: Vec<Clause>) -> Condition {
    let mut conditions: Vec<Condition> = clauses
        .into_iter()
        .map(|clause| match clause.is_certain {
            true => clause.condition,
            false => Condition::OneOf(vec![clause.condition, Condition::Always(clause.span)]),
        })
        .collect();
    match conditions.len() {
        1 => conditions.remove(0),
        _ => Condition::All(conditions),
    }
}

impl ModelUse {
    pub(super) fn is_known(&self) -> bool {
        !matches!(self, ModelUse::Unknown { .. })
    }
}

/// The class of an object whose fields are copied.
pub(super) fn class_of(reader: &Reader<'_, '_>, place: &Place) -> Option<semantic::ClassRef> {
    let values = reader.model.eval_in(place.expr, place.frame.as_ref());
    values.into_iter().find_map(|value| match value.kind {
        ValueKind::Instance { class, .. } => Some(class),
        _ => None,
    })
}
