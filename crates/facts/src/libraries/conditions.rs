//! How conditions of queries are spelled: methods of columns, functions that join conditions, endings of keywords.

use crate::queries::Operator;

/// A method of a column that makes a condition.
pub(crate) enum ColumnMethod {
    Operator(Operator),
    /// Kept under its own name.
    Named,
    /// There are rows behind a relationship, for which the arguments hold.
    Related,
}

/// How a function joins conditions.
pub(crate) enum Connective {
    All,
    Any,
    None,
    Always,
    Never,
}

/// SQLAlchemy's and Beanie's methods of columns.
pub(crate) fn column_method(name: &str) -> Option<ColumnMethod> {
    Some(match name {
        "in_" => ColumnMethod::Operator(Operator::In),
        "not_in" | "notin_" => ColumnMethod::Operator(Operator::NotIn),
        "is_" => ColumnMethod::Operator(Operator::IsNull),
        "is_not" | "isnot" => ColumnMethod::Operator(Operator::IsNotNull),
        "__eq__" => ColumnMethod::Operator(Operator::Equal),
        "__ne__" => ColumnMethod::Operator(Operator::NotEqual),
        "like" | "ilike" | "startswith" | "endswith" | "icontains" | "match" | "regexp_match" => {
            ColumnMethod::Operator(Operator::Like)
        }
        "contains" | "between" | "overlap" | "contained_by" | "has_key" | "has_any" | "op" | "bool_op"
        | "is_distinct_from" | "not_like" | "notlike" | "not_ilike" | "notilike" | "bitwise_and" | "of_type" => {
            ColumnMethod::Named
        }
        "any" | "has" => ColumnMethod::Related,
        _ => return None,
    })
}

/// Functions that join conditions, by their path.
pub(crate) fn connective(path: &str) -> Option<Connective> {
    let (module, name) = path.rsplit_once('.')?;
    match module.split('.').next()? {
        "sqlalchemy" | "sqlmodel" => Some(match name {
            "and_" => Connective::All,
            "or_" => Connective::Any,
            "not_" => Connective::None,
            "true" => Connective::Always,
            "false" => Connective::Never,
            _ => return None,
        }),
        // Keywords of one `Q` hold together.
        "tortoise" => (name == "Q").then_some(Connective::All),
        "mongoengine" => (name == "Q").then_some(Connective::All),
        "beanie" => Some(match name {
            "And" => Connective::All,
            "Or" => Connective::Any,
            "Nor" | "Not" => Connective::None,
            _ => return None,
        }),
        "odmantic" => Some(match name {
            "and_" => Connective::All,
            "or_" => Connective::Any,
            "nor_" => Connective::None,
            _ => return None,
        }),
        _ => None,
    }
}

/// Functions that compare a column to a value, by their path.
pub(crate) fn value_operator(path: &str) -> Option<Operator> {
    let first = path.split('.').next()?;
    if !matches!(first, "beanie" | "odmantic") {
        return None;
    }
    Some(match path.rsplit('.').next()? {
        "Eq" | "eq" => Operator::Equal,
        "NE" | "Ne" | "ne" => Operator::NotEqual,
        "GT" | "gt" => Operator::Greater,
        "GTE" | "gte" => Operator::GreaterOrEqual,
        "LT" | "lt" => Operator::Less,
        "LTE" | "lte" => Operator::LessOrEqual,
        "In" | "in_" => Operator::In,
        "NotIn" | "not_in" => Operator::NotIn,
        "RegEx" | "match" => Operator::Like,
        other @ ("All" | "Exists" | "Size" | "ElemMatch") => Operator::Other(other.to_owned()),
        _ => return None,
    })
}

/// What follows `__` in a keyword of a filter.
pub(crate) fn lookup_operator(name: &str) -> Option<Operator> {
    Some(match name {
        "in" => Operator::In,
        "not_in" | "nin" => Operator::NotIn,
        "not" | "ne" => Operator::NotEqual,
        "gt" => Operator::Greater,
        "gte" | "ge" => Operator::GreaterOrEqual,
        "lt" => Operator::Less,
        "lte" | "le" => Operator::LessOrEqual,
        "exact" | "iexact" | "eq" => Operator::Equal,
        "isnull" | "is" => Operator::IsNull,
        "not_isnull" | "is_not" => Operator::IsNotNull,
        "contains" | "icontains" | "startswith" | "istartswith" | "endswith" | "iendswith" | "search" | "like"
        | "ilike" => Operator::Like,
        "range" | "between" => Operator::Other(name.to_owned()),
        _ => return None,
    })
}

/// Keywords beside conditions that are settings of the call.
pub(crate) const OPTIONS: &[&str] = &[
    "allow_multiple",
    "commit",
    "defaults",
    "deleted_flag_column",
    "execution_options",
    "fetch_links",
    "flush",
    "ignore_cache",
    "join_conditions",
    "lazy_parse",
    "limit",
    "load_options",
    "load_strategies",
    "logical_deletion",
    "nesting_depth",
    "options",
    "projection_model",
    "session",
    "skip",
    "sort",
    "sort_columns",
    "sort_orders",
    "using_db",
    "with_children",
];
