//! Every place where rows are read or changed: which model, under which conditions, with which values.
//!
//! A query is put together from where its rows are taken (`session.exec(statement).first()`) back to where it
//! begins (`select(Task)`), through names, conditional building, helpers of the project and functions that run a
//! statement which they are given. What cannot be followed is said to be unresolved, with the reason.

mod columns;
mod conditions;
mod documents;
mod follow;
mod objects;
mod reach;
mod repositories;
mod sql;
mod stored;
mod trails;
mod variables;
mod whole;

use std::rc::Rc;

use rustc_hash::FxHashMap;
use semantic::{ClassRef, ExprRef, Frame, FunctionRef, Model};
use syntax::ast::ExprKind;
use text::Span;

use crate::libraries::data::{Fetch, Operation};
use crate::models::classes::Classes;
use crate::models::{DataModelId, DataModels};

pub(crate) use reach::Reader;
pub(crate) use variables::LIBRARY as VARIABLES;

/// One access to data.
#[derive(Debug, Clone)]
pub struct Query {
    /// What gives the rows: `session.exec(…).first()`, `query.all()`; where a function of the project runs a
    /// statement that it is given, the call of that function. For a relationship, the attribute.
    pub expr: ExprRef,
    pub span: Span,
    /// Every call that takes part, from `select(…)` on.
    pub calls: Vec<ExprRef>,
    /// The function around it.
    pub function: Option<FunctionRef>,
    /// Where it begins: `select(Task)`, `session.query(Task)`, the SQL text.
    pub source: Span,
    /// As people call the library.
    pub library: &'static str,
    pub operation: Operation,
    /// The model that the query is about, then others whose rows or columns it selects.
    pub models: Vec<ModelUse>,
    /// All of them hold for every row, those that are certain.
    pub conditions: Vec<Clause>,
    pub joins: Vec<Join>,
    /// What is stored, in order: a later entry wins over an earlier one.
    pub stored: Vec<Stored>,
    /// The row, or rows, that are added, changed or deleted; the object whose relationship is read.
    pub object: Option<Operand>,
    /// The relationship that is read: `tasks` of `user.tasks`.
    pub relationship: Option<String>,
    /// How rows are taken from the result, where that is seen.
    pub fetch: Option<Fetch>,
    pub limit: Option<Span>,
    pub order: Option<Span>,
    /// Relationships that are loaded with the rows, as written.
    pub loads: Vec<Span>,
    /// In a file that holds tests.
    pub is_test: bool,
}

/// The model that a place means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelUse {
    Known(DataModelId),
    /// One of these: which one depends on the subclass, object or call of a generic class or function that is used.
    Generic {
        /// The generic class.
        class: Option<ClassRef>,
        candidates: Vec<Candidate>,
    },
    Unknown {
        written: String,
        reason: UnknownModel,
    },
}

/// The model that one user of a generic class or function works on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The class that says it: the generic one for `Repository(Task)`; nothing for a call of a function.
    pub class: Option<ClassRef>,
    pub model: DataModelId,
    /// `Task` of `class Tasks(Repository[Task])`, `Repository(Task)`, `model = Task`.
    pub span: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnknownModel {
    /// A generic class that nothing in the project fills in.
    Generic,
    /// A name from outside the files that were given, or one that is not followed.
    NotFollowed,
    /// SQL or a collection whose name is computed.
    Computed,
}

/// A condition of a query.
#[derive(Debug, Clone)]
pub struct Clause {
    pub condition: Condition,
    pub span: Span,
    /// It is applied on every way that leads to the query.
    pub is_certain: bool,
}

#[derive(Debug, Clone)]
pub enum Condition {
    Compare(Predicate),
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    /// One of them, depending on what is known at run time only.
    OneOf(Vec<Condition>),
    /// There are rows of another model, or none, for which these hold: `any`, `has`, `exists`.
    Exists(Subquery),
    /// Python's `and`, `or`, `not`, `is`, `in`, or a chain of comparisons, where a column expression stands.
    Python(PythonBoolean),
    Always(Span),
    Never(Span),
    Unresolved {
        span: Span,
        reason: Unresolved,
    },
}

/// What Python makes of a condition before the library sees it.
#[derive(Debug, Clone)]
pub struct PythonBoolean {
    pub operator: PythonOperator,
    pub span: Span,
    /// One for `not`, two for the others.
    pub operands: Vec<Condition>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PythonOperator {
    And,
    Or,
    Not,
    Is,
    IsNot,
    In,
    NotIn,
    /// `a < b < c`
    Chain,
}

/// A column compared to a value.
#[derive(Debug, Clone)]
pub struct Predicate {
    pub column: ColumnUse,
    pub operator: Operator,
    pub value: Operand,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
    IsNull,
    IsNotNull,
    Like,
    /// The column as a condition of its own: `Task.is_public`.
    IsTrue,
    /// As written.
    Other(String),
}

/// A column where a query uses it.
#[derive(Debug, Clone)]
pub struct ColumnUse {
    /// `None` where it is the model of the query, or not known.
    pub model: Option<ModelUse>,
    /// `["metadata", "owner_email"]` for a part of a document; a relationship's name, then the column there.
    pub path: Vec<String>,
    pub span: Span,
}

#[derive(Debug, Clone)]
pub enum Operand {
    /// To be evaluated with [`Model::eval_in`] in `frame`; without one, in the function of the query.
    Expr {
        expr: ExprRef,
        span: Span,
        frame: Option<Rc<Frame>>,
    },
    /// Another column: a join condition.
    Column(ColumnUse),
    Subquery(Subquery),
    /// A literal in SQL text.
    Literal {
        text: String,
        span: Span,
    },
    Unresolved {
        span: Span,
        reason: Unresolved,
    },
}

/// A query inside another.
#[derive(Debug, Clone)]
pub struct Subquery {
    pub span: Span,
    pub models: Vec<ModelUse>,
    pub conditions: Vec<Clause>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unresolved {
    /// `*conditions`, `**filters` that are not followed.
    Spread,
    /// Neither side of it is a column.
    NotAColumn,
    /// A form, or an SQL text, that is not understood.
    NotUnderstood,
    /// A placeholder for which no value is seen.
    NoValue,
    TooDeep,
}

#[derive(Debug, Clone)]
pub struct Join {
    pub model: ModelUse,
    /// Empty where the foreign key says it.
    pub on: Vec<Condition>,
    pub span: Span,
    pub is_certain: bool,
}

/// Something that is stored in a row.
#[derive(Debug, Clone)]
pub enum Stored {
    Column {
        column: String,
        value: Operand,
        span: Span,
        /// On every way.
        is_certain: bool,
    },
    /// Many columns at once: `**body.model_dump()`.
    Copied(Copied),
}

#[derive(Debug, Clone)]
pub struct Copied {
    /// What they are copied from: `body`.
    pub value: Operand,
    pub span: Span,
    /// The class of what they are copied from, where it is known.
    pub class: Option<ClassRef>,
    /// Fields that are left out.
    pub excluded: Vec<String>,
    /// The only fields that are copied, where that is said.
    pub included: Option<Vec<String>>,
    /// The code picks the fields in a way that is not followed.
    pub is_filtered: bool,
}

/// Every access to data of a project.
#[derive(Debug, Default)]
pub struct Queries {
    /// In order of file and place.
    pub all: Vec<Query>,
    /// Rows that are made and changed, in order of file and place.
    pub fills: Vec<Fill>,
    by_expr: FxHashMap<ExprRef, Vec<usize>>,
    by_function: FxHashMap<FunctionRef, Vec<usize>>,
    /// Those that are no calls: `notes[note_id]`.
    without_call: FxHashMap<FunctionRef, Vec<usize>>,
    fills_by_function: FxHashMap<FunctionRef, Vec<usize>>,
}

/// A value that a column is compared with, or filled with.
pub(crate) struct ColumnValue<'q> {
    pub(crate) model: Option<&'q ModelUse>,
    pub(crate) column: &'q str,
    pub(crate) value: &'q Operand,
    /// Nothing where it is stored.
    pub(crate) operator: Option<&'q Operator>,
}

impl Queries {
    /// What the code of the application, not its tests, compares columns with and fills them with.
    pub(crate) fn column_values(&self) -> impl Iterator<Item = ColumnValue<'_>> {
        fn stored<'q>(model: Option<&'q ModelUse>, stored: &'q [Stored]) -> impl Iterator<Item = ColumnValue<'q>> {
            stored.iter().filter_map(move |stored| match stored {
                Stored::Column { column, value, .. } => Some(ColumnValue {
                    model,
                    column,
                    value,
                    operator: None,
                }),
                Stored::Copied(_) => None,
            })
        }
        let queries = self.all.iter().filter(|query| !query.is_test);
        let fills = self.fills.iter().filter(|fill| !fill.is_test);
        let of_queries = queries.flat_map(|query| {
            let compared = query.predicates().into_iter().map(|predicate| ColumnValue {
                model: predicate.column.model.as_ref().or(query.models.first()),
                column: predicate.column.name(),
                value: &predicate.value,
                operator: Some(&predicate.operator),
            });
            compared.chain(stored(query.models.first(), &query.stored))
        });
        of_queries.chain(fills.flat_map(|fill| stored(fill.model.as_ref(), &fill.stored)))
    }
}

/// Columns of a row, or of a schema's object, that get values outside of a query.
#[derive(Debug, Clone)]
pub struct Fill {
    /// The call or assignment.
    pub span: Span,
    /// The call that makes the object; nothing for an assignment.
    pub call: Option<ExprRef>,
    pub function: Option<FunctionRef>,
    pub form: FillForm,
    /// `None` for a schema.
    pub model: Option<ModelUse>,
    /// The class that is constructed, or of the object that is changed.
    pub class: Option<ClassRef>,
    /// The object that is changed.
    pub object: Option<Operand>,
    /// In order: a later entry wins over an earlier one.
    pub stored: Vec<Stored>,
    pub is_test: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FillForm {
    /// `Task(…)`
    Construction,
    /// `Task.model_validate(…)`, `Task.from_orm(…)`, `Task.parse_obj(…)`
    Validation,
    /// `task.owner_id = …`
    Attribute,
    /// `setattr(task, key, value)`
    SetAttribute,
    /// `task.sqlmodel_update(…)`, `task.update_from_dict(…)`, `task.__dict__.update(…)`
    Update,
}

pub(crate) fn find(model: &Model<'_>, classes: &Classes, models: DataModels) -> (DataModels, Queries) {
    let reader = Reader::new(model, classes, models);
    let mut all = whole::queries(&reader);
    all.extend(objects::relationship_reads(&reader));
    all.extend(variables::queries(&reader));
    let fills = stored::fills(&reader);
    text::sort_by_key(&mut all, |query| (query.span, query.source));
    let mut queries = Queries {
        all,
        fills,
        ..Queries::default()
    };
    for (index, query) in queries.all.iter().enumerate() {
        for &call in &query.calls {
            queries.by_expr.entry(call).or_default().push(index);
        }
        if let Some(function) = query.function {
            queries.by_function.entry(function).or_default().push(index);
            let is_call = matches!(model.expr(query.expr).kind, ExprKind::Call { .. });
            if !is_call && query.relationship.is_none() {
                queries.without_call.entry(function).or_default().push(index);
            }
        }
    }
    for (index, fill) in queries.fills.iter().enumerate() {
        if let Some(function) = fill.function {
            queries.fills_by_function.entry(function).or_default().push(index);
        }
    }
    let mut models = reader.into_models();
    models.settle_collections(model);
    (models, queries)
}

impl Queries {
    /// The accesses that a call, or attribute, takes part in: several where a statement begins in several places.
    pub fn at(&self, expr: ExprRef) -> impl Iterator<Item = &Query> {
        self.by_expr
            .get(&expr)
            .into_iter()
            .flatten()
            .map(|&index| &self.all[index])
    }

    /// As [`Queries::at`], as indices of [`Queries::all`].
    pub(crate) fn indices_at(&self, expr: ExprRef) -> impl Iterator<Item = usize> {
        self.by_expr.get(&expr).into_iter().flatten().copied()
    }

    /// The accesses of a function that are no calls, as indices of [`Queries::all`].
    pub(crate) fn without_call(&self, function: FunctionRef) -> &[usize] {
        self.without_call.get(&function).map_or(&[], Vec::as_slice)
    }

    /// Rows that a function makes and changes.
    pub(crate) fn fills_in(&self, function: FunctionRef) -> impl Iterator<Item = &Fill> {
        self.fills_by_function
            .get(&function)
            .into_iter()
            .flatten()
            .map(|&index| &self.fills[index])
    }

    pub fn in_function(&self, function: FunctionRef) -> impl Iterator<Item = &Query> {
        self.by_function
            .get(&function)
            .into_iter()
            .flatten()
            .map(|&index| &self.all[index])
    }
}

impl Query {
    /// A query of which no more is known than where it is.
    fn new(model: &Model<'_>, expr: ExprRef, source: ExprRef, library: &'static str, operation: Operation) -> Query {
        Query {
            expr,
            span: model.span(expr),
            calls: vec![expr],
            function: model.enclosing_function(expr),
            source: model.span(source),
            library,
            operation,
            models: Vec::new(),
            conditions: Vec::new(),
            joins: Vec::new(),
            stored: Vec::new(),
            object: None,
            relationship: None,
            fetch: None,
            limit: None,
            order: None,
            loads: Vec::new(),
            is_test: model.file(expr.file).is_test(),
        }
    }

    /// Comparisons that hold for every row on every way: those that stand in no `or`, `not` or condition of the
    /// code, and that Python leaves as they are.
    pub fn required(&self) -> Vec<&Predicate> {
        let mut out = Vec::new();
        let certain = self.conditions.iter().filter(|clause| clause.is_certain);
        let mut pending: Vec<&Condition> = certain.map(|clause| &clause.condition).collect();
        while let Some(condition) = pending.pop() {
            match condition {
                Condition::Compare(predicate) => out.push(predicate),
                Condition::All(parts) => pending.extend(parts),
                _ => {}
            }
        }
        text::sort_by_number(&mut out, |predicate| predicate.span.number());
        out
    }

    /// Every comparison, wherever it stands; those inside subqueries too.
    pub fn predicates(&self) -> Vec<&Predicate> {
        let mut out = Vec::new();
        let on = self.joins.iter().flat_map(|join| &join.on);
        let mut pending: Vec<&Condition> = self
            .conditions
            .iter()
            .map(|clause| &clause.condition)
            .chain(on)
            .collect();
        while let Some(condition) = pending.pop() {
            match condition {
                Condition::Compare(predicate) => {
                    if let Operand::Subquery(inner) = &predicate.value {
                        pending.extend(inner.conditions.iter().map(|clause| &clause.condition));
                    }
                    out.push(predicate);
                }
                Condition::All(parts) | Condition::Any(parts) | Condition::OneOf(parts) => pending.extend(parts),
                Condition::Not(part) => pending.push(part),
                Condition::Python(python) => pending.extend(&python.operands),
                Condition::Exists(inner) => pending.extend(inner.conditions.iter().map(|clause| &clause.condition)),
                Condition::Always(_) | Condition::Never(_) | Condition::Unresolved { .. } => {}
            }
        }
        text::sort_by_number(&mut out, |predicate| predicate.span.number());
        out
    }

    /// The model, where there is one and it is known.
    pub fn model(&self) -> Option<DataModelId> {
        match self.models.first() {
            Some(ModelUse::Known(id)) => Some(*id),
            _ => None,
        }
    }
}

impl ColumnUse {
    /// The last part of its path.
    pub fn name(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }
}

impl Operand {
    pub fn span(&self) -> Span {
        match self {
            Operand::Expr { span, .. } | Operand::Literal { span, .. } | Operand::Unresolved { span, .. } => *span,
            Operand::Column(column) => column.span,
            Operand::Subquery(inner) => inner.span,
        }
    }
}
