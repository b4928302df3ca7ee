//! Drivers that take SQL as text: sqlite3, aiosqlite, psycopg, asyncpg, databases, MySQL.

use super::data::*;

pub(super) const SQL_DRIVERS: DataLibrary = DataLibrary {
    name: "SQL",
    modules: &[
        "sqlite3",
        "aiosqlite",
        "psycopg",
        "psycopg2",
        "psycopg_pool",
        "asyncpg",
        "databases",
        "aiomysql",
        "asyncmy",
        "pymysql",
        "MySQLdb",
        "mysql",
        "duckdb",
        "libsql_experimental",
    ],
    session: &[
        access("execute", Takes::Statement, Operation::ReadMany),
        access("executemany", Takes::Statement, Operation::ReadMany),
        access("execute_many", Takes::Statement, Operation::ReadMany),
        access("fetch", Takes::Statement, Operation::ReadMany),
        access("fetchrow", Takes::Statement, Operation::ReadOne),
        access("fetchval", Takes::Statement, Operation::ReadOne),
        access("fetch_all", Takes::Statement, Operation::ReadMany),
        access("fetch_one", Takes::Statement, Operation::ReadOne),
        access("fetch_val", Takes::Statement, Operation::ReadOne),
        access("iterate", Takes::Statement, Operation::ReadMany),
        access("execute_fetchall", Takes::Statement, Operation::ReadMany),
    ],
    ..NOTHING
};
