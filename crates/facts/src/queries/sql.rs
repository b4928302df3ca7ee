//! Queries in SQL text: parameters tied to the values that are passed.

use semantic::{TextOrValue, ValueKind};
use syntax::ast::*;
use text::Span;

use super::conditions::unresolved;
use super::follow::{Leaf, Place};
use super::reach::Reader;
use super::trails::{Trail, TrailStep};
use super::{
    Clause, ColumnUse, Condition, Join, ModelUse, Operand, Operator, Predicate, Stored, UnknownModel, Unresolved,
};
use crate::libraries::data::Step;
use crate::models::classes::argument;
use crate::sql::{self, SqlCondition, SqlPiece, SqlStatement, SqlValue, Verb};

/// Texts that one name can hold, told apart.
const MAX_TEXTS: usize = 8;

/// What a statement in SQL text does.
pub(super) struct SqlQuery {
    pub(super) verb: Verb,
    pub(super) models: Vec<ModelUse>,
    pub(super) conditions: Vec<Clause>,
    pub(super) joins: Vec<Join>,
    pub(super) stored: Vec<Stored>,
    pub(super) is_aggregate: bool,
    pub(super) has_limit: bool,
    pub(super) is_ordered: bool,
}

/// The values that a call passes for placeholders.
struct Parameters {
    /// The call that is given the text first, then the values.
    call: Option<Place>,
    /// `.bindparams(…)` of the text.
    bound: Vec<Place>,
}

impl Reader<'_, '_> {
    /// Whether an expression is the text of an SQL statement, or a library's object made of one.
    pub(super) fn is_sql(&self, place: &Place) -> bool {
        !self.sql_texts(place).is_empty()
    }

    /// The texts that an expression can be, each in parts.
    fn sql_texts(&self, place: &Place) -> Vec<Vec<SqlPiece>> {
        let mut out = Vec::new();
        for pieces in self.texts(place) {
            if out.len() < MAX_TEXTS && sql::parse(&pieces).verb != Verb::Other {
                out.push(pieces);
            }
        }
        out
    }

    /// `text("1")`
    pub(super) fn is_text(&self, place: &Place) -> bool {
        matches!(self.model.expr(place.expr).kind, ExprKind::Call { .. })
            && self
                .model
                .called_path(place.expr)
                .is_some_and(|path| is_text_function(&path))
    }

    fn texts(&self, place: &Place) -> Vec<Vec<SqlPiece>> {
        let may_be_text = matches!(
            self.model.expr(place.expr).kind,
            ExprKind::String { .. }
                | ExprKind::Binary { .. }
                | ExprKind::Call { .. }
                | ExprKind::Name(_)
                | ExprKind::Attribute { .. }
                | ExprKind::Subscript { .. }
        );
        if !may_be_text {
            return Vec::new();
        }
        let mut out = Vec::new();
        let mut values = self.model.eval_in(place.expr, place.frame.as_ref());
        // `text("…")`, `sql.SQL("…")`
        let mut inner = Vec::new();
        values.retain(|value| match &value.kind {
            ValueKind::Call {
                path,
                call: Some(call),
                frame,
            } if is_text_function(path) => {
                if let Some(text) = argument(self.model, *call, Some(0), &["text", "string"]) {
                    inner.extend(self.model.eval_in(text, frame.as_ref()));
                }
                false
            }
            _ => true,
        });
        for value in values.iter().chain(&inner).take(MAX_TEXTS * 2) {
            match &value.kind {
                ValueKind::Str(text) => out.push(vec![SqlPiece::Text(text.to_string())]),
                ValueKind::Format(parts) => out.push(
                    parts
                        .iter()
                        .map(|part| match part {
                            TextOrValue::Text(text) => SqlPiece::Text(text.to_string()),
                            TextOrValue::Value(expr, _) => SqlPiece::Hole(*expr),
                        })
                        .collect(),
                ),
                _ => {}
            }
        }
        out
    }

    /// The query that an SQL text makes of a trail.
    pub(super) fn sql_query(&self, text: &Place, trail: &Trail) -> SqlQuery {
        let span = self.model.span(text.expr);
        let texts = self.sql_texts(text);
        let statements: Vec<SqlStatement> = texts.iter().map(|pieces| sql::parse(pieces)).collect();
        let parameters = Parameters::of(trail);
        let Some(longest) = (0..statements.len()).max_by_key(|&at| size(&statements[at])) else {
            return SqlQuery::unknown();
        };
        let statement = &statements[longest];
        let tables = self.tables(statement, span);
        let reading = Reading {
            reader: self,
            parameters: &parameters,
            tables: &tables,
            span,
        };
        let mut conditions = Vec::new();
        for part in parts(statement) {
            let is_certain = statements.iter().all(|other| parts(other).contains(&part));
            conditions.push(Clause {
                condition: reading.condition(part),
                span,
                is_certain,
            });
        }
        let joins = tables.iter().skip(1).zip(&statement.joins).map(|(table, on)| Join {
            model: table.model.clone(),
            on: vec![reading.condition(on)],
            span,
            is_certain: true,
        });
        let joins = joins.collect();
        let value = |(column, value): &(String, SqlValue)| {
            let value = reading.value(value);
            Stored::Column {
                column: column.clone(),
                span: value.span(),
                value,
                is_certain: true,
            }
        };
        let stored: Vec<Stored> = statement.values.iter().map(value).collect();
        for (column, _) in &statement.values {
            if let Some(ModelUse::Known(id)) = tables.first().map(|table| &table.model) {
                self.add_field(*id, column, span);
            }
        }
        SqlQuery {
            verb: statement.verb,
            models: tables.iter().map(|table| table.model.clone()).collect(),
            conditions,
            joins,
            stored,
            is_aggregate: statement.is_aggregate,
            has_limit: statement.has_limit,
            is_ordered: statement.is_ordered,
        }
    }

    /// A condition in SQL text inside a query of a mapper: `.where(text("owner_id = :owner"))`.
    pub(super) fn sql_condition(&self, text: &Place, span: Span) -> Condition {
        let Some(pieces) = self.texts(text).into_iter().next() else {
            return unresolved(span, Unresolved::NotUnderstood);
        };
        let mut whole = vec![SqlPiece::Text("select 1 from t where ".to_owned())];
        whole.extend(pieces);
        let statement = sql::parse(&whole);
        let parameters = Parameters {
            call: None,
            bound: Vec::new(),
        };
        let reading = Reading {
            reader: self,
            parameters: &parameters,
            tables: &[],
            span,
        };
        match &statement.condition {
            Some(condition) => reading.condition(condition),
            None => unresolved(span, Unresolved::NotUnderstood),
        }
    }

    fn tables(&self, statement: &SqlStatement, span: Span) -> Vec<Table> {
        let tables = statement.tables.iter().map(|(name, alias)| {
            let known = self.data().named(name, span.file);
            let id = known.unwrap_or_else(|| self.collection(name, "SQL", span));
            Table {
                names: [Some(name.clone()), alias.clone()].into_iter().flatten().collect(),
                model: ModelUse::Known(id),
            }
        });
        let tables: Vec<Table> = tables.collect();
        // `SELECT 1` has no table; one whose name is put into the text has.
        if tables.is_empty() && statement.names_table {
            let model = ModelUse::Unknown {
                written: String::new(),
                reason: UnknownModel::Computed,
            };
            return vec![Table {
                names: Vec::new(),
                model,
            }];
        }
        tables
    }
}

struct Table {
    names: Vec<String>,
    model: ModelUse,
}

impl SqlQuery {
    fn unknown() -> SqlQuery {
        SqlQuery {
            verb: Verb::Other,
            models: Vec::new(),
            conditions: Vec::new(),
            joins: Vec::new(),
            stored: Vec::new(),
            is_aggregate: false,
            has_limit: false,
            is_ordered: false,
        }
    }
}

/// One statement with its parameters.
struct Reading<'r, 'm, 'a> {
    reader: &'r Reader<'m, 'a>,
    parameters: &'r Parameters,
    tables: &'r [Table],
    span: Span,
}

impl Reading<'_, '_, '_> {
    /// The parser bounds the depth.
    fn condition(&self, condition: &SqlCondition) -> Condition {
        let inner = |part: &SqlCondition| self.condition(part);
        match condition {
            SqlCondition::All(parts) => Condition::All(parts.iter().map(inner).collect()),
            SqlCondition::Any(parts) => Condition::Any(parts.iter().map(inner).collect()),
            SqlCondition::Not(part) => Condition::Not(Box::new(inner(part))),
            SqlCondition::Compare {
                column,
                operator,
                value,
            } => {
                let value = self.value(value);
                let is_null = matches!(&value, Operand::Literal { text, .. } if text.eq_ignore_ascii_case("null"));
                let operator = match operator.as_str() {
                    "=" | "==" => Operator::Equal,
                    "is" if !is_null => Operator::Equal,
                    "!=" | "<>" => Operator::NotEqual,
                    "is not" if !is_null => Operator::NotEqual,
                    "<" => Operator::Less,
                    "<=" => Operator::LessOrEqual,
                    ">" => Operator::Greater,
                    ">=" => Operator::GreaterOrEqual,
                    "in" => Operator::In,
                    "not in" => Operator::NotIn,
                    "is" => Operator::IsNull,
                    "is not" => Operator::IsNotNull,
                    "like" | "ilike" => Operator::Like,
                    other => Operator::Other(other.to_owned()),
                };
                Condition::Compare(Predicate {
                    column: self.column(column),
                    operator,
                    value,
                    span: self.span,
                })
            }
            // `WHERE 1 = 1`
            SqlCondition::Unresolved(text) if is_always(text) => Condition::Always(self.span),
            SqlCondition::Unresolved(_) => unresolved(self.span, Unresolved::NotUnderstood),
        }
    }

    fn column(&self, written: &str) -> ColumnUse {
        let (table, name) = match written.rsplit_once('.') {
            Some((table, name)) => (Some(table), name),
            None => (None, written),
        };
        let found = match table {
            Some(table) => self
                .tables
                .iter()
                .find(|known| known.names.iter().any(|name| name.eq_ignore_ascii_case(table))),
            None => self.tables.first().filter(|_| self.tables.len() == 1),
        };
        if let Some(ModelUse::Known(id)) = found.map(|table| &table.model) {
            self.reader.add_field(*id, name, self.span);
        }
        ColumnUse {
            model: found.map(|table| table.model.clone()),
            path: vec![name.to_owned()],
            span: self.span,
        }
    }

    fn value(&self, value: &SqlValue) -> Operand {
        let span = self.span;
        match value {
            SqlValue::Literal(text) => Operand::Literal {
                text: text.clone(),
                span,
            },
            SqlValue::Column(column) => Operand::Column(self.column(column)),
            SqlValue::Hole(expr) => self.reader.operand(&Place::new(*expr)),
            SqlValue::Position(at) => self.given(self.parameters.at(self.reader, *at)),
            SqlValue::Argument(at) => self.given(self.parameters.argument(self.reader, *at)),
            SqlValue::Named(name) => self.given(self.parameters.named(self.reader, name)),
            SqlValue::Unresolved(_) => Operand::Unresolved {
                span,
                reason: Unresolved::NotUnderstood,
            },
        }
    }

    fn given(&self, place: Option<Place>) -> Operand {
        match place {
            Some(place) => self.reader.operand(&place),
            None => Operand::Unresolved {
                span: self.span,
                reason: Unresolved::NoValue,
            },
        }
    }
}

impl Parameters {
    fn of(trail: &Trail) -> Parameters {
        let bound = |step: &&TrailStep| step.step == Step::Parameters;
        Parameters {
            call: trail.execution.clone(),
            bound: trail
                .steps
                .iter()
                .filter(bound)
                .map(|step| step.place.clone())
                .collect(),
        }
    }

    /// What is passed behind the statement: one container, or the values themselves.
    fn passed(&self, reader: &Reader<'_, '_>) -> Option<Place> {
        let call = self.call.as_ref()?;
        let names = ["params", "parameters", "values", "args", "seq_of_parameters", "vars"];
        argument(reader.model, call.expr, Some(1), &names).map(|expr| call.at(expr.id))
    }

    /// An item of the container behind the text.
    fn at(&self, reader: &Reader<'_, '_>, position: usize) -> Option<Place> {
        let passed = self.passed(reader)?;
        for leaf in reader.follow(&passed) {
            let Leaf::Place { place, .. } = leaf else { continue };
            let ast = reader.model.ast(place.expr.file);
            if let ExprKind::Tuple(items) | ExprKind::List(items) = ast[place.expr.id].kind {
                // `params = [a]; params.append(b)`
                let all = reader.items(&passed);
                let known = all.get(position).and_then(|(item, _)| item.clone());
                return known.or_else(|| ast[items].get(position).map(|&item| place.at(item)));
            }
        }
        None
    }

    /// An argument behind the text; some drivers take one list of them.
    fn argument(&self, reader: &Reader<'_, '_>, position: usize) -> Option<Place> {
        let call = self.call.as_ref()?;
        self.at(reader, position)
            .or_else(|| argument(reader.model, call.expr, Some(1 + position), &[]).map(|expr| call.at(expr.id)))
    }

    fn named(&self, reader: &Reader<'_, '_>, name: &str) -> Option<Place> {
        for bound in &self.bound {
            if let Some(expr) = argument(reader.model, bound.expr, None, &[name]) {
                return Some(bound.at(expr.id));
            }
        }
        let call = self.call.as_ref()?;
        if let Some(passed) = self.passed(reader) {
            let found = reader
                .entries(&passed)
                .into_iter()
                .find(|(key, ..)| key.as_deref() == Some(name));
            if let Some((_, value, _)) = found {
                return value;
            }
        }
        argument(reader.model, call.expr, None, &[name]).map(|expr| call.at(expr.id))
    }
}

/// Conditions that hold together.
fn parts(statement: &SqlStatement) -> Vec<&SqlCondition> {
    match &statement.condition {
        Some(SqlCondition::All(parts)) => parts.iter().collect(),
        Some(condition) => vec![condition],
        None => Vec::new(),
    }
}

fn size(statement: &SqlStatement) -> usize {
    parts(statement).len() + statement.values.len()
}

fn is_always(text: &str) -> bool {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    matches!(text.to_lowercase().as_str(), "1=1" | "true" | "1")
}

fn is_text_function(path: &str) -> bool {
    let is_library = ["sqlalchemy", "sqlmodel", "psycopg", "psycopg2"]
        .iter()
        .any(|module| path.starts_with(module));
    let name = path.rsplit('.').next().unwrap_or_default();
    is_library && matches!(name, "text" | "SQL" | "TextClause")
}
