//! Libraries that run SQL: what takes its text, and how values are bound.

use super::{Argument, argument, keyword};

/// How a library is given values beside the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BindStyle {
    /// `text("… :name")`, values beside the statement or in `bindparams`.
    Text,
    /// `?` and a tuple: sqlite3, aiosqlite.
    QuestionMark,
    /// `%s` and a tuple: psycopg, the MySQL drivers.
    Percent,
    /// `$1` and further arguments: asyncpg.
    Dollar,
    /// `:name` and `values={…}`: databases.
    Values,
    /// Not known, or there is none.
    Unknown,
}

/// A function or method that takes SQL text.
#[derive(Debug)]
pub(crate) struct SqlFunction {
    /// The last part of its path.
    pub(crate) name: &'static str,
    pub(crate) argument: Argument,
    pub(crate) told_by: ToldBy,
}

/// How a call is told from one of another function of the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ToldBy {
    /// By its path: the name says little.
    Path,
    /// Also by text that begins like SQL.
    Text,
    /// Also by text with a clause of SQL somewhere: nothing else has a method of that name.
    Clause,
}

const STATEMENT: &[&str] = &["query", "sql", "statement", "operation", "command", "clause", "text"];

pub(crate) const SQL_FUNCTIONS: &[SqlFunction] = &[
    sql("text", ToldBy::Path),
    sql("TextClause", ToldBy::Path),
    sql("literal_column", ToldBy::Path),
    sql("DDL", ToldBy::Path),
    sql("SQL", ToldBy::Path),
    sql("RawSQL", ToldBy::Path),
    sql("read_sql", ToldBy::Path),
    sql("read_sql_query", ToldBy::Path),
    sql("execute", ToldBy::Clause),
    sql("executemany", ToldBy::Clause),
    sql("executescript", ToldBy::Clause),
    sql("exec_driver_sql", ToldBy::Clause),
    sql("execute_query", ToldBy::Clause),
    sql("execute_query_dict", ToldBy::Clause),
    sql("execute_insert", ToldBy::Clause),
    sql("execute_many", ToldBy::Clause),
    sql("execute_script", ToldBy::Clause),
    sql("execute_fetchall", ToldBy::Clause),
    sql("execute_sql", ToldBy::Clause),
    sql("exec", ToldBy::Text),
    sql("scalar", ToldBy::Text),
    sql("scalars", ToldBy::Text),
    sql("mogrify", ToldBy::Clause),
    sql("copy_expert", ToldBy::Clause),
    sql("copy_from_query", ToldBy::Clause),
    sql("prepare", ToldBy::Text),
    sql("cursor", ToldBy::Text),
    sql("fetch", ToldBy::Text),
    sql("fetchrow", ToldBy::Clause),
    sql("fetchval", ToldBy::Clause),
    sql("fetchone", ToldBy::Text),
    sql("fetchall", ToldBy::Text),
    sql("fetchmany", ToldBy::Text),
    sql("fetch_all", ToldBy::Clause),
    sql("fetch_one", ToldBy::Clause),
    sql("fetch_val", ToldBy::Clause),
    sql("iterate", ToldBy::Text),
    sql("raw", ToldBy::Text),
    sql("sql", ToldBy::Text),
    sql("query", ToldBy::Text),
    sql("command", ToldBy::Text),
    sql("run", ToldBy::Text),
    sql("run_sync", ToldBy::Path),
    sql("query_raw", ToldBy::Clause),
    sql("execute_raw", ToldBy::Clause),
];

const fn sql(name: &'static str, told_by: ToldBy) -> SqlFunction {
    SqlFunction {
        name,
        argument: argument(0, STATEMENT),
        told_by,
    }
}

/// Functions whose name says little, by their paths.
pub(crate) const SQL_PATHS: &[(&str, BindStyle)] = &[
    ("sqlalchemy.text", BindStyle::Text),
    ("sqlalchemy.sql.text", BindStyle::Text),
    ("sqlalchemy.sql.expression.text", BindStyle::Text),
    ("sqlalchemy.TextClause", BindStyle::Unknown),
    ("sqlalchemy.sql.expression.TextClause", BindStyle::Unknown),
    ("sqlalchemy.sql.elements.TextClause", BindStyle::Unknown),
    ("sqlmodel.text", BindStyle::Text),
    ("sqlalchemy.literal_column", BindStyle::Unknown),
    ("sqlalchemy.sql.literal_column", BindStyle::Unknown),
    ("sqlalchemy.sql.expression.literal_column", BindStyle::Unknown),
    ("sqlalchemy.DDL", BindStyle::Unknown),
    ("psycopg2.sql.SQL", BindStyle::Unknown),
    ("psycopg.sql.SQL", BindStyle::Unknown),
    ("tortoise.expressions.RawSQL", BindStyle::Unknown),
    ("peewee.SQL", BindStyle::Unknown),
    ("pandas.read_sql", BindStyle::Unknown),
    ("pandas.read_sql_query", BindStyle::Unknown),
];

/// Objects that run SQL, by how their paths begin.
pub(crate) const CONNECTIONS: &[(&str, BindStyle)] = &[
    ("sqlite3.", BindStyle::QuestionMark),
    ("aiosqlite.", BindStyle::QuestionMark),
    ("asyncpg.", BindStyle::Dollar),
    ("psycopg2.", BindStyle::Percent),
    ("psycopg.", BindStyle::Percent),
    ("psycopg_pool.", BindStyle::Percent),
    ("aiopg.", BindStyle::Percent),
    ("pymysql.", BindStyle::Percent),
    ("aiomysql.", BindStyle::Percent),
    ("asyncmy.", BindStyle::Percent),
    ("MySQLdb.", BindStyle::Percent),
    ("mysql.connector.", BindStyle::Percent),
    ("databases.", BindStyle::Values),
    ("sqlalchemy.", BindStyle::Unknown),
    ("sqlmodel.", BindStyle::Unknown),
    ("tortoise.", BindStyle::Unknown),
    ("peewee.", BindStyle::Unknown),
    ("duckdb.", BindStyle::Unknown),
    ("alembic.op.", BindStyle::Unknown),
];

/// Functions that make an identifier safe, by the last part of their path.
pub(crate) const QUOTING: &[&str] = &[
    "quote_ident",
    "_quote_ident",
    "quote_identifier",
    "quote_name",
    "escape_identifier",
    "quoted_name",
    "quote_literal",
    "Identifier",
    "Literal",
    "Placeholder",
    "Composed",
];

/// Methods of a query that take a fragment of SQL, so that a text passed on whole is put into one.
pub(crate) const FRAGMENT_METHODS: &[&str] = &[
    "order_by",
    "group_by",
    "where",
    "filter",
    "having",
    "select_from",
    "join",
    "add_columns",
    "with_only_columns",
    "select",
    "from_statement",
];

/// Calls that pass the values of a `text(…)` beside it, and how.
pub(crate) const STATEMENT_RUNNERS: &[(&str, Argument)] = &[
    ("execute", argument(1, &["params", "parameters"])),
    ("scalar", argument(1, &["params", "parameters"])),
    ("scalars", argument(1, &["params", "parameters"])),
    ("stream", argument(1, &["params", "parameters"])),
    ("exec", keyword(&["params"])),
];

/// Methods that take values beside the text.
pub(crate) const TAKING_VALUES: &[(BindStyle, &[&str])] = &[
    (
        BindStyle::QuestionMark,
        &["execute", "execute_insert", "execute_fetchall"],
    ),
    (BindStyle::Percent, &["execute"]),
    (
        BindStyle::Dollar,
        &["execute", "fetch", "fetchrow", "fetchval", "cursor"],
    ),
    (
        BindStyle::Values,
        &["execute", "fetch_all", "fetch_one", "fetch_val", "iterate"],
    ),
];

/// Libraries whose exceptions quote statements, values, and names of tables, by how their paths begin.
pub(crate) const EXCEPTIONS: &[&str] = &[
    "sqlalchemy.",
    "sqlmodel.",
    "sqlite3.",
    "aiosqlite.",
    "asyncpg.",
    "psycopg2.",
    "psycopg.",
    "aiopg.",
    "pymysql.",
    "aiomysql.",
    "asyncmy.",
    "MySQLdb.",
    "mysql.connector.",
    "databases.",
    "tortoise.",
    "peewee.",
    "pymongo.",
    "motor.",
    "oracledb.",
    "pyodbc.",
];

/// Exceptions of theirs that say no more than that a row is missing.
pub(crate) const MISSING_ROW: &[&str] = &[
    "NoResultFound",
    "MultipleResultsFound",
    "DoesNotExist",
    "ObjectDeletedError",
];

/// Classes whose objects are sessions of one request. A scoped session is one for each thread.
const SESSIONS: &[&str] = &[
    "sqlalchemy.orm.Session",
    "sqlalchemy.orm.session.Session",
    "sqlalchemy.ext.asyncio.AsyncSession",
    "sqlmodel.Session",
    "sqlmodel.ext.asyncio.session.AsyncSession",
];

/// Whether calling this makes a session.
pub(crate) fn is_session(path: &str) -> bool {
    SESSIONS.contains(&path) || path.ends_with("sessionmaker()")
}
