//! Flags SQL text with something in it that is not constant.

use facts::Facts;
use facts::libraries::databases::BindStyle;
use facts::sql_rewrite::{BoundValue, Passing, Rewrite, TextEdits, TextPiece};
use facts::sql_texts::{InputSource, SqlInput, SqlText};
use report::{Confidence, OwaspApi, Phase, Severity};

use crate::fix::{Fix, Replacement};
use crate::fixes::{calls, style};
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// SQL text that an f-string, `%`, `.format`, `+` or `join` puts together from something that is not constant,
    /// on its way to SQLAlchemy's or SQLModel's `text`, to `execute` and its like of asyncpg, psycopg, sqlite3,
    /// aiosqlite, databases, Tortoise and others, through variables, helper functions and repositories. What the
    /// client sends is critical; so is, with less confidence, a parameter whose callers are not in the project. A
    /// value that cannot be followed and a number are suggestions.
    ///
    /// Bound parameters, constants, enumerations, names checked against a list of what is allowed,
    /// `sql.Identifier`, generated placeholders (`",".join("?" * n)`) and `column.ilike(f"%{q}%")`, which is bound,
    /// are right.
    ///
    /// ```python,finding,route-without-auth
    /// from fastapi import FastAPI
    /// from sqlalchemy import text
    ///
    /// app = FastAPI()
    ///
    /// @app.get("/users")
    /// def find_users(name: str, db=None):
    ///     return db.execute(text(f"SELECT id, name FROM users WHERE name = '{name}'")).all()
    /// ```
    ///
    /// ## Why it matters
    ///
    /// The database cannot tell the author's SQL from the client's. Quotes around the value do not help: the value
    /// may close them.
    ///
    /// ## How it is exploited
    ///
    /// `GET /users?name=' UNION SELECT id, hashed_password FROM users --` answers with every password hash. With a
    /// driver that runs several statements at once, `'; UPDATE users SET is_admin = true; --` changes data.
    ///
    /// ## Use instead
    ///
    /// Bind values as parameters. A table, a column or a direction cannot be bound: choose it from a dictionary or
    /// set of what is allowed.
    ///
    /// ```python,fixed
    /// from fastapi import FastAPI
    /// from sqlalchemy import text
    ///
    /// app = FastAPI()
    ///
    /// @app.get("/users")
    /// def find_users(name: str, db=None):
    ///     return db.execute(
    ///         text("SELECT id, name FROM users WHERE name = :name"), {"name": name}
    ///     ).all()
    /// ```
    ///
    /// ```python,ok
    /// from fastapi import FastAPI
    /// from sqlalchemy import text
    ///
    /// app = FastAPI()
    /// COLUMNS = {"name": "name", "newest": "created_at DESC"}
    ///
    /// @app.get("/users")
    /// def list_users(sort: str, db=None):
    ///     order = COLUMNS.get(sort, "id")
    ///     return db.execute(text(f"SELECT id, name FROM users ORDER BY {order}")).all()
    /// ```
    ///
    /// ## References
    ///
    /// - OWASP SQL Injection Prevention Cheat Sheet:
    ///   <https://cheatsheetseries.owasp.org/cheatsheets/SQL_Injection_Prevention_Cheat_Sheet.html>
    /// - SQLAlchemy, using textual SQL: <https://docs.sqlalchemy.org/en/20/core/sqlelement.html#sqlalchemy.sql.expression.text>
    /// - CWE-89: <https://cwe.mitre.org/data/definitions/89.html>
    pub(super) static RULE: Rule = Rule {
        name: "sql-injection",
        summary: "SQL text is put together from something that is not constant",
        severity: Severity::Critical,
        phase: Phase::CodeQuality,
        cwe: 89,
        owasp: OwaspApi::SecurityMisconfiguration,
        checklist_item: Some(11),
        fixable: true,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for text in &facts.sql_texts {
        let Some(worst) = text.inputs.first() else { continue };
        let callee = facts.snippet(text.call.callee);
        let what = &worst.text;
        let (severity, confidence, why) = match &worst.source {
            InputSource::Client { what: source } => {
                let why = match source.starts_with('`') {
                    true => format!("which comes from {source}"),
                    false => format!("{source} that the client sends"),
                };
                (Severity::Critical, Confidence::High, why)
            }
            InputSource::Parameter { name, function } => {
                let why = match name == what {
                    true => format!("a parameter of `{function}` whose callers are not known"),
                    false => format!("made of the parameter `{name}` of `{function}`, whose callers are not known"),
                };
                (Severity::Critical, Confidence::Medium, why)
            }
            InputSource::Attribute => {
                let why = "which the object is made with by callers that are not known".to_owned();
                (Severity::Warning, Confidence::Low, why)
            }
            InputSource::Unknown => {
                let why = "which is not constant and cannot be followed".to_owned();
                // A value that is pasted in is wrong wherever it comes from; a name of a column may be checked.
                let severity = match text.rewrite {
                    Some(_) => Severity::Warning,
                    None => Severity::Suggestion,
                };
                (severity, Confidence::Low, why)
            }
            InputSource::Number => {
                let why = "a number, which is harmless; bind it like any other value".to_owned();
                (Severity::Suggestion, Confidence::Low, why)
            }
        };
        let message = format!("The SQL for `{callee}` contains `{what}`, {why}");
        let fix = text.rewrite.as_ref().map(|rewrite| bind(facts, rewrite));
        let finding = context.report(text.span, message);
        finding.severity(severity).confidence(confidence).fix(fix);
        if text.span != text.call.span && !text.call.span.range.contains_range(text.span.range) {
            finding.related(text.call.span, format!("run by `{callee}` here"));
        }
        finding.traces(worst.steps.iter().cloned());
        finding.trace(worst.span, format!("`{what}` is put into the text here"));
        finding.traces(text.steps.iter().cloned());
        for other in others(text, worst) {
            finding.related(other.span, format!("`{}` is put in too", other.text));
        }
    }
}

/// What else is put in, each place once.
fn others<'a>(text: &'a SqlText, worst: &SqlInput) -> impl Iterator<Item = &'a SqlInput> {
    let mut seen = vec![worst.span];
    text.inputs.iter().filter(move |input| {
        let is_new = !seen.contains(&input.span);
        seen.push(input.span);
        is_new
    })
}

/// Binds the values as parameters.
fn bind(facts: &Facts<'_>, rewrite: &Rewrite) -> Fix {
    let placeholder = |number: usize| match rewrite.style {
        BindStyle::QuestionMark => "?".to_owned(),
        BindStyle::Percent => "%s".to_owned(),
        BindStyle::Dollar => format!("${}", number + 1),
        BindStyle::Text | BindStyle::Values | BindStyle::Unknown => format!(":{}", rewrite.values[number].name),
    };
    let names: Vec<&str> = rewrite.values.iter().map(|value| value.name.as_str()).collect();
    let title = match names.len() {
        1 => format!("Bind `{}` as a parameter", names[0]),
        _ => "Bind the values as parameters".to_owned(),
    };
    let mut fix = Fix::changes_behaviour(title);
    match &rewrite.text {
        TextEdits::InPlace {
            placeholders,
            removed,
            percents,
        } => {
            for (span, number) in placeholders {
                fix = fix.edit(*span, placeholder(*number));
            }
            for span in removed {
                fix = fix.delete(*span);
            }
            for span in percents {
                fix = fix.edit(*span, "%%");
            }
        }
        TextEdits::Rendered { span, pieces } => {
            let sql: String = pieces
                .iter()
                .map(|piece| match piece {
                    TextPiece::Text(text) => text.clone(),
                    TextPiece::Placeholder(number) => placeholder(*number),
                })
                .collect();
            fix = fix.edit(*span, literal(rewrite.quote, &sql));
        }
    }
    fix.with([passed(facts, rewrite)])
}

/// Hands the values over.
fn passed(facts: &Facts<'_>, rewrite: &Rewrite) -> Replacement {
    let values = || {
        rewrite
            .values
            .iter()
            .map(|value| value.value.as_str())
            .collect::<Vec<_>>()
    };
    let dictionary = || {
        let entries = named(&rewrite.values)
            .map(|value| format!("{}: {}", literal(rewrite.quote, &value.name), value.value))
            .collect::<Vec<_>>();
        format!("{{{}}}", entries.join(", "))
    };
    let argument = match (rewrite.passing, rewrite.style) {
        (Passing::BindParams, _) => {
            let arguments = named(&rewrite.values)
                .map(|value| format!("{}={}", value.name, value.value))
                .collect::<Vec<_>>();
            let end = rewrite.target.span.range.end();
            return Replacement {
                span: text::Span::new(rewrite.target.span.file, text::TextRange::empty(end)),
                text: format!(".bindparams({})", arguments.join(", ")),
            };
        }
        (Passing::Keyword(name), _) => format!("{name}={}", dictionary()),
        (Passing::Argument, BindStyle::Text | BindStyle::Values) => dictionary(),
        (Passing::Argument, BindStyle::Dollar) => values().join(", "),
        (Passing::Argument, _) => match &values()[..] {
            [value] => format!("({value},)"),
            values => format!("({})", values.join(", ")),
        },
    };
    calls::append_argument(facts, &rewrite.target, &argument)
}

/// A string literal in the quotes that the text is written in: those of the file count SQL's too.
fn literal(quote: char, value: &str) -> String {
    style::string_literal(&quote.to_string(), value)
}

/// Each name once: the same value may stand in several places.
fn named(values: &[BoundValue]) -> impl Iterator<Item = &BoundValue> {
    values
        .iter()
        .enumerate()
        .filter(|(index, value)| !values[..*index].iter().any(|other| other.name == value.name))
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, check_fix, report};

    #[test]
    fn every_way_to_put_a_value_in() {
        check(
            r#"
            from fastapi import FastAPI, Request
            from sqlalchemy import text

            app = FastAPI()

            @app.get("/search")
            async def search(request: Request, q: str, limit: int, db=None):
                db.execute(text(f"SELECT * FROM t WHERE name = '{q}'"))  # finding: sql-injection (critical, high, changes-behaviour)
                db.execute(text("SELECT * FROM t WHERE name = '%s'" % q))  # finding: sql-injection (critical, high, fix)
                db.execute(text("SELECT * FROM t WHERE name = '%s' AND a = '%s'" % (q, "a")))  # finding: sql-injection (critical, high)
                db.execute(text("SELECT * FROM t WHERE name = '{}'".format(q)))  # finding: sql-injection (critical, high, fix)
                db.execute(text("SELECT * FROM t WHERE name = '{q}'".format(q=q)))  # finding: sql-injection (critical, high, no-fix)
                db.execute(text("SELECT * FROM t WHERE name = '" + q + "'"))  # finding: sql-injection (critical, high, fix)
                db.execute(text(" ".join(["SELECT * FROM t WHERE name =", "'" + q + "'"])))  # finding: sql-injection (critical, high)
                db.execute(text("SELECT * FROM t WHERE name = 'NAME'".replace("NAME", q)))  # finding: sql-injection (critical, high)
                db.execute(text("SELECT * FROM t ORDER BY " + request.query_params["sort"]))  # finding: sql-injection (critical, high, no-fix)
                body = await request.json()
                db.execute(text(f"SELECT * FROM t WHERE name = '{body['name'].strip()}'"))  # finding: sql-injection (critical, high)
                db.execute(text(f"SELECT * FROM t LIMIT {limit}"))  # finding: sql-injection (suggestion, low)
                db.execute(text(q))  # finding: sql-injection (critical, high)
            "#,
        );
    }

    #[test]
    fn bound_and_constant() {
        check(
            r#"
            from fastapi import FastAPI
            from sqlalchemy import text
            from sqlmodel import Session, select

            from models import User

            app = FastAPI()
            TABLE = "users"
            FIELDS = ["id", "name"]

            @app.get("/search")
            def search(q: str, ids: list[str], db: Session):
                db.query(q)
                db.execute(text("SELECT * FROM t WHERE name = :q"), {"q": q})
                db.execute(text("SELECT * FROM t WHERE name = :q").bindparams(q=q))
                db.exec(text(f"SELECT * FROM {TABLE} WHERE name = :q"), params={"q": q})
                db.execute(text(f"SELECT {', '.join(FIELDS)} FROM {User.__tablename__}"))
                marks = ",".join("?" * len(ids))
                db.connection().exec_driver_sql(f"SELECT * FROM t WHERE id IN ({marks})", tuple(ids))
                names = ", ".join(f":id{i}" for i in range(len(ids)))
                db.execute(text(f"SELECT * FROM t WHERE id IN ({names})"), {f"id{i}": v for i, v in enumerate(ids)})
                names = ", ".join(f":id{i}" for i, _ in enumerate(ids))
                db.execute(text(f"SELECT * FROM t WHERE id IN ({names})"), {})
                marks = ", ".join(["%s"] * len(ids))
                db.execute(f"SELECT * FROM t WHERE id IN ({marks})", ids)
                return db.exec(select(User).where(User.name.ilike(f"%{q}%"))).all()
            #- models.py
            from sqlmodel import Field, SQLModel

            class User(SQLModel, table=True):
                id: int = Field(primary_key=True)
                name: str
            "#,
        );
    }

    #[test]
    fn allow_lists() {
        check(
            r#"
            import re
            from enum import Enum
            from typing import Literal

            from fastapi import FastAPI, HTTPException, Query
            from sqlalchemy import text

            app = FastAPI()
            ALLOWED = {"name", "created_at"}
            COLUMNS = {"name": "t.name", "new": "t.created_at DESC"}

            class Order(str, Enum):
                ASC = "asc"
                DESC = "desc"

            def check_column(column: str) -> str:
                if column not in ALLOWED:
                    raise ValueError(column)
                return column

            @app.get("/list")
            def listing(
                sort: str,
                other: str,
                third: str,
                fourth: str,
                fifth: str,
                order: Order,
                direction: Literal["asc", "desc"],
                by: str = Query("name", pattern="^(name|created_at)$"),
                db=None,
            ):
                if sort not in ALLOWED:
                    raise HTTPException(400, "unknown column")
                db.execute(text(f"SELECT * FROM t ORDER BY {sort}"))
                db.execute(text(f"SELECT * FROM t ORDER BY {COLUMNS[other]}"))
                db.execute(text(f"SELECT * FROM t ORDER BY {COLUMNS.get(other, 't.id')}"))
                db.execute(text(f"SELECT * FROM t ORDER BY name {order.value}"))
                db.execute(text(f"SELECT * FROM t ORDER BY name {direction}"))
                db.execute(text(f"SELECT * FROM t ORDER BY {by}"))
                db.execute(text(f"SELECT * FROM t ORDER BY name {'ASC' if other == 'asc' else 'DESC'}"))
                if other.lower() in ("asc", "desc"):
                    db.execute(text(f"SELECT * FROM t ORDER BY name {other}"))
                check_column(third)
                db.execute(text(f"SELECT * FROM t ORDER BY {third}"))
                if not re.fullmatch(r"[a-z_]+", fourth):
                    raise HTTPException(400)
                db.execute(text(f"SELECT * FROM t ORDER BY {fourth}"))
                column = fifth if fifth in ALLOWED else "id"
                db.execute(text(f"SELECT * FROM t ORDER BY {column}"))
            "#,
        );
        check(
            r#"
            import re

            from fastapi import FastAPI, HTTPException, Query
            from sqlalchemy import text

            app = FastAPI()
            ALLOWED = {"name", "created_at"}

            @app.get("/list")
            def listing(sort: str, other: str, fourth: str, by: str = Query("name", pattern="^name"), db=None):
                if sort not in ALLOWED:
                    print("unknown column")
                db.execute(text(f"SELECT * FROM t ORDER BY {sort}"))  # finding: sql-injection (critical)
                if sort not in ALLOWED:
                    raise HTTPException(400, "unknown column")
                db.execute(text(f"SELECT * FROM t ORDER BY {other}"))  # finding: sql-injection (critical)
                db.execute(text(f"SELECT * FROM t ORDER BY {by}"))  # finding: sql-injection (critical)
                if not re.match(r"[a-z_]+", fourth):
                    raise HTTPException(400)
                db.execute(text(f"SELECT * FROM t ORDER BY {fourth}"))  # finding: sql-injection (critical)
                if other in "asc desc":
                    db.execute(text(f"SELECT * FROM t ORDER BY name {other}"))  # finding: sql-injection (critical)
                if other:
                    db.execute(text(f"SELECT * FROM t ORDER BY name {other}"))  # finding: sql-injection (critical)
            "#,
        );
    }

    #[test]
    fn built_in_steps() {
        check(
            r#"
            from fastapi import FastAPI
            from sqlalchemy import text

            app = FastAPI()

            @app.get("/list")
            def listing(name: str | None = None, city: str | None = None, db=None):
                query = "SELECT * FROM t WHERE 1 = 1"
                params = {}
                if name:
                    query += " AND name = :name"
                    params["name"] = name
                if city:
                    query += f" AND city = '{city}'"
                query += " LIMIT 10"
                return db.execute(text(query), params)  # finding: sql-injection (critical, high, no-fix)

            @app.get("/right")
            def right(name: str | None = None, city: str | None = None, db=None):
                query = "SELECT * FROM t WHERE 1 = 1"
                params = {}
                if name:
                    query += " AND name = :name"
                    params["name"] = name
                if city:
                    query += " AND city = :city"
                    params["city"] = city
                return db.execute(text(query), params)

            @app.get("/joined")
            def joined(name: str | None = None, city: str | None = None, db=None):
                conditions = []
                if name:
                    conditions.append("name = :name")
                if city:
                    conditions.append(f"city = '{city}'")
                where = " AND ".join(conditions) if conditions else "1 = 1"
                return db.execute(text(f"SELECT * FROM t WHERE {where}"))  # finding: sql-injection (critical, high)

            @app.get("/joined-right")
            def joined_right(name: str | None = None, city: str | None = None, db=None):
                conditions = []
                if name:
                    conditions.append("name = :name")
                if city:
                    conditions.append("city = :city")
                where = " AND ".join(conditions) if conditions else "1 = 1"
                return db.execute(text(f"SELECT * FROM t WHERE {where}"))
            "#,
        );
    }

    #[test]
    fn repositories() {
        check(
            r#"
            #- app/routes.py
            from fastapi import APIRouter, Depends

            from app.repository import UserRepository, run

            router = APIRouter()

            @router.get("/users/{name}")
            async def read_user(name: str, repository: UserRepository = Depends()):
                return await repository.by_name(name)

            @router.get("/raw")
            async def raw(city: str):
                return run(f"SELECT * FROM users WHERE city = '{city}'")  # finding: sql-injection (critical, high)

            @router.get("/constant")
            async def constant():
                return run("SELECT * FROM users")
            #- app/repository.py
            from sqlalchemy import text

            class UserRepository:
                table = "users"

                def __init__(self, session):
                    self.session = session

                async def by_name(self, name: str):
                    query = f"SELECT * FROM {self.table} WHERE name = '{name}'"
                    return await self.session.execute(text(query))  # finding: sql-injection (critical, high)

                async def by_email(self, email: str):
                    query = f"SELECT * FROM {self.table} WHERE email = '{email}'"
                    return await self.session.execute(text(query))  # finding: sql-injection (critical, medium)

                async def by_mail(self, email: str):
                    query = f"SELECT * FROM {self.table} WHERE email = :email"
                    return await self.session.execute(text(query), {"email": email})

                async def by_id(self, user_id: int):
                    query = f"SELECT * FROM {self.table} WHERE id = {user_id}"
                    return await self.session.execute(text(query))  # finding: sql-injection (suggestion)

            def run(sql, values=()):
                return connect().execute(sql, values)
            "#,
        );
    }

    #[test]
    fn drivers() {
        check(
            r#"
            import sqlite3
            import aiosqlite
            import asyncpg
            import psycopg
            from psycopg import sql
            from databases import Database
            from fastapi import FastAPI
            from tortoise import Tortoise

            app = FastAPI()
            database = Database("sqlite:///x")

            @app.get("/all")
            async def all_of_them(name: str, table: str):
                connection = sqlite3.connect("x")
                cursor = connection.cursor()
                cursor.execute(f"SELECT * FROM t WHERE name = '{name}'")  # finding: sql-injection (critical, high, fix)
                cursor.execute("SELECT * FROM t WHERE name = ?", (name,))
                cursor.executescript(f"DROP TABLE {table}")  # finding: sql-injection (critical, high, no-fix)
                async with aiosqlite.connect("x") as db:
                    await db.execute(f"DELETE FROM t WHERE name = '{name}'")  # finding: sql-injection (critical, high, fix)
                pool = await asyncpg.create_pool("x")
                async with pool.acquire() as conn:
                    await conn.fetch(f"SELECT * FROM t WHERE name = '{name}'")  # finding: sql-injection (critical, high, fix)
                    await conn.fetchrow("SELECT * FROM t WHERE name = $1", name)
                with psycopg.connect("x") as conn, conn.cursor() as cur:
                    cur.execute(f"SELECT * FROM t WHERE name = '{name}'")  # finding: sql-injection (critical, high, fix)
                    cur.execute("SELECT * FROM t WHERE name = %s", (name,))
                    cur.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))
                    cur.execute(sql.SQL(f"SELECT * FROM {table}"))  # finding: sql-injection (critical, high, no-fix)
                await database.fetch_all(query=f"SELECT * FROM t WHERE name = '{name}'")  # finding: sql-injection (critical, high, fix)
                await database.fetch_all(query="SELECT * FROM t WHERE name = :name", values={"name": name})
                await Tortoise.get_connection("default").execute_query(f"SELECT * FROM {table}")  # finding: sql-injection (critical, high)
                await get_pool().execute(f"UPDATE t SET a = 1 WHERE name = '{name}'")  # finding: sql-injection (critical, high, no-fix)
                await get_runner().execute(f"Hello, {name}")
                logger.info(f"SELECT * FROM t WHERE name = '{name}'")
            "#,
        );
    }

    #[test]
    fn request_bodies() {
        check(
            r#"
            from uuid import UUID

            from fastapi import FastAPI
            from pydantic import BaseModel, EmailStr
            from sqlalchemy import text

            app = FastAPI()

            class Filters(BaseModel):
                name: str
                size: int
                key: UUID

            @app.post("/search")
            def search(filters: Filters, email: EmailStr, db=None):
                db.execute(text(f"SELECT * FROM t WHERE name = '{filters.name}'"))  # finding: sql-injection (critical, high, fix)
                db.execute(text(f"SELECT * FROM t WHERE mail = '{email}'"))  # finding: sql-injection (critical, high)
                db.execute(text(f"SELECT * FROM t LIMIT {filters.size}"))  # finding: sql-injection (suggestion)
                db.execute(text(f"SELECT * FROM t WHERE key = '{filters.key}'"))
                columns = ", ".join(f"{name} = :{name}" for name in filters.model_dump())
                db.execute(text(f"UPDATE t SET {columns}"), filters.model_dump())
                columns = ", ".join(f"{name} = '{value}'" for name, value in filters.model_dump().items())
                db.execute(text(f"UPDATE t SET {columns}"))  # finding: sql-injection (critical, high)
                values = filters.model_dump()
                db.execute(text(f"UPDATE t SET name = '{values['name']}'"))  # finding: sql-injection (critical, high)
                db.execute(text(f"UPDATE t SET key = '{values['key']}'"))

            @app.patch("/free")
            def free(values: dict, db=None):
                columns = ", ".join(f"{name} = :{name}" for name in values)
                db.execute(text(f"UPDATE t SET {columns}"), values)  # finding: sql-injection (critical, high)
            "#,
        );
    }

    #[test]
    fn dependencies_and_fragments() {
        check(
            r#"
            from typing import Annotated

            from fastapi import Depends, FastAPI, Query
            from sqlalchemy import select, text
            from sqlalchemy.orm import Session

            app = FastAPI()
            Sort = Annotated[str, Query()]
            Direction = Annotated[str, Query(pattern="^(asc|desc)$")]

            def ordering(sort: Sort = "name"):
                return sort

            def session() -> Session: ...

            @app.get("/a")
            def a(order: Annotated[str, Depends(ordering)], db: Annotated[Session, Depends(session)]):
                return db.scalars(select(T).order_by(text(order)))  # finding: sql-injection (critical, high)

            @app.get("/b")
            def b(direction: Direction, db: Annotated[Session, Depends(session)]):
                return db.scalars(select(T).order_by(text(f"name {direction}")))

            def sorted_by(query, column):
                return query.order_by(text(column))  # finding: sql-injection (critical, medium)

            def run(db, statement):
                return db.execute(text(statement))
            "#,
        );
    }

    #[test]
    fn fixes_of_text() {
        check_fix(
            &RULE,
            r#"
            from fastapi import FastAPI
            from sqlalchemy import text
            from sqlmodel import Session

            app = FastAPI()

            @app.get("/a")
            def a(name: str, city: str, db: Session):
                db.execute(text(f"SELECT * FROM t WHERE name = '{name}' AND city LIKE '%{city}%'"))  # finding: sql-injection
                db.exec(text(f"SELECT * FROM t WHERE name = '{name}'"))  # finding: sql-injection
                query = (
                    f"SELECT * FROM t WHERE name = '{name}' "
                    "AND active "
                    f"AND city = '{city}' AND alias = '{name}'"
                )
                db.execute(text(query))  # finding: sql-injection
                statement = text(f"INSERT INTO t VALUES ('{name}', '{city}')")  # finding: sql-injection
                db.execute(statement)
                db.execute(
                    text(
                        f"""  -- # finding: sql-injection
                        SELECT *
                        FROM t
                        WHERE name = '{name}'
                        """
                    ),
                )
                db.execute(text("SELECT * FROM t WHERE name = '" + name + "' OR city = '" + city + "'"))  # finding: sql-injection
                db.execute(text("SELECT * FROM t WHERE name = '%s'" % name))  # finding: sql-injection
                db.execute(text("SELECT * FROM t WHERE name = {}".format(name)))  # finding: sql-injection
            "#,
            r#"
            from fastapi import FastAPI
            from sqlalchemy import text
            from sqlmodel import Session

            app = FastAPI()

            @app.get("/a")
            def a(name: str, city: str, db: Session):
                db.execute(text("SELECT * FROM t WHERE name = :name AND city LIKE :city"), {"name": name, "city": f"%{city}%"})
                db.exec(text("SELECT * FROM t WHERE name = :name"), params={"name": name})
                query = (
                    "SELECT * FROM t WHERE name = :name "
                    "AND active "
                    "AND city = :city AND alias = :name"
                )
                db.execute(text(query), {"name": name, "city": city})
                statement = text("INSERT INTO t VALUES (:name, :city)").bindparams(name=name, city=city)
                db.execute(statement)
                db.execute(
                    text(
                        """  -- # finding: sql-injection
                        SELECT *
                        FROM t
                        WHERE name = :name
                        """
                    ),
                    {"name": name},
                )
                db.execute(text("SELECT * FROM t WHERE name = :name OR city = :city"), {"name": name, "city": city})
                db.execute(text("SELECT * FROM t WHERE name = :name"), {"name": name})
                db.execute(text("SELECT * FROM t WHERE name = :name"), {"name": name})
            "#,
        );
    }

    #[test]
    fn fixes_of_drivers() {
        check_fix(
            &RULE,
            r#"
            import sqlite3

            from fastapi import FastAPI

            app = FastAPI()

            @app.get("/a")
            def a(name: str, city: str):
                cursor = sqlite3.connect('x').cursor()
                cursor.execute(f"SELECT * FROM t WHERE name = '{name}'")  # finding: sql-injection
                cursor.execute(f'SELECT * FROM t WHERE name = {name} AND city = {city} LIMIT 1')  # finding: sql-injection
                cursor.execute('SELECT * FROM t WHERE name = "%s"' % name)  # finding: sql-injection (no-fix)
                cursor.execute(f"SELECT * FROM {name} WHERE name = '{city}'")  # finding: sql-injection (no-fix)
                cursor.execute(f"SELECT * FROM t WHERE id IN ({name})")  # finding: sql-injection (no-fix)
                cursor.execute(f"SELECT * FROM t WHERE name = '{name}' AND city = ?", (city,))  # finding: sql-injection (no-fix)
                cursor.executescript(f"DELETE FROM t WHERE name = '{name}'")  # finding: sql-injection (no-fix)
            "#,
            r#"
            import sqlite3

            from fastapi import FastAPI

            app = FastAPI()

            @app.get("/a")
            def a(name: str, city: str):
                cursor = sqlite3.connect('x').cursor()
                cursor.execute("SELECT * FROM t WHERE name = ?", (name,))
                cursor.execute('SELECT * FROM t WHERE name = ? AND city = ? LIMIT 1', (name, city))
                cursor.execute('SELECT * FROM t WHERE name = "%s"' % name)
                cursor.execute(f"SELECT * FROM {name} WHERE name = '{city}'")
                cursor.execute(f"SELECT * FROM t WHERE id IN ({name})")
                cursor.execute(f"SELECT * FROM t WHERE name = '{name}' AND city = ?", (city,))
                cursor.executescript(f"DELETE FROM t WHERE name = '{name}'")
            "#,
        );
        check_fix(
            &RULE,
            r#"
            import psycopg2

            from fastapi import FastAPI

            app = FastAPI()
            conn = psycopg2.connect("x")

            @app.get("/a")
            def a(name: str, city: str):
                cur = conn.cursor()
                cur.execute(f"SELECT * FROM t WHERE kind LIKE 'a%' AND name = '{name}'")  # finding: sql-injection
                sql = "SELECT * FROM t WHERE name = '{}' AND city = '{}'".format(name, city)
                cur.execute(sql)  # finding: sql-injection
            "#,
            r#"
            import psycopg2

            from fastapi import FastAPI

            app = FastAPI()
            conn = psycopg2.connect("x")

            @app.get("/a")
            def a(name: str, city: str):
                cur = conn.cursor()
                cur.execute("SELECT * FROM t WHERE kind LIKE 'a%%' AND name = %s", (name,))
                sql = "SELECT * FROM t WHERE name = %s AND city = %s"
                cur.execute(sql, (name, city))
            "#,
        );
        check_fix(
            &RULE,
            r#"
            import asyncpg
            from databases import Database
            from fastapi import FastAPI

            app = FastAPI()
            database = Database("x")

            @app.get("/a")
            async def a(name: str, city: str):
                conn = await asyncpg.connect("x")
                await conn.fetch(f"SELECT * FROM t WHERE name = '{name}' AND city = '{city}'")  # finding: sql-injection
                await database.fetch_all(query=f"SELECT * FROM t WHERE name = '{name}'")  # finding: sql-injection
            "#,
            r#"
            import asyncpg
            from databases import Database
            from fastapi import FastAPI

            app = FastAPI()
            database = Database("x")

            @app.get("/a")
            async def a(name: str, city: str):
                conn = await asyncpg.connect("x")
                await conn.fetch("SELECT * FROM t WHERE name = $1 AND city = $2", name, city)
                await database.fetch_all(query="SELECT * FROM t WHERE name = :name", values={"name": name})
            "#,
        );
    }

    /// The user that a dependency returns is not what the client sends.
    #[test]
    fn injected_objects() {
        check(
            r#"
            from typing import Annotated

            from fastapi import Depends, FastAPI
            from sqlalchemy import text
            from sqlmodel import Field, SQLModel

            app = FastAPI()

            class User(SQLModel, table=True):
                id: int = Field(primary_key=True)
                email: str

            def get_current_user() -> User: ...

            CurrentUser = Annotated[User, Depends(get_current_user)]

            @app.get("/a")
            def a(user: CurrentUser, db=None):
                db.execute(text(f"SELECT * FROM t WHERE mail = '{user.email}'"))  # finding: sql-injection (warning, low)
                db.execute(text(f"SELECT * FROM t WHERE user_id = {user.id}"))  # finding: sql-injection (suggestion, low)
            "#,
        );
    }

    /// What is not given, and by its name configuration.
    #[test]
    fn configuration() {
        check(
            r#"
            from sqlalchemy import text

            from .config import settings
            from .tables import USERS, users

            def create(db):
                db.execute(text(f"CREATE DATABASE {settings.db_name}"))
                db.execute(text(f"SELECT * FROM {USERS}"))
                db.execute(text(f"SELECT * FROM {users}"))  # finding: sql-injection (suggestion, low)
            "#,
        );
    }

    #[test]
    fn messages() {
        let messages = |text: &str| -> Vec<String> {
            report(text)
                .findings
                .into_iter()
                .map(|finding| finding.message)
                .collect()
        };
        let found = messages(
            r#"
            from fastapi import FastAPI
            from sqlalchemy import text

            app = FastAPI()

            @app.get("/a")
            def a(name: str, db=None):
                db.execute(text(f"SELECT * FROM t WHERE name = '{name}'"))

            def b(db, email):
                db.execute(text(f"SELECT * FROM t WHERE mail = '{email}'"))
            "#,
        );
        assert_eq!(
            found,
            [
                "The SQL for `text` contains `name`, a parameter of `a` that the client sends",
                "The SQL for `text` contains `email`, a parameter of `b` whose callers are not known",
            ]
        );
    }

    #[test]
    fn tests_and_other_texts() {
        check(
            r#"
            #- tests/test_a.py
            from sqlalchemy import text

            def test_a(db, name):
                db.execute(text(f"SELECT * FROM t WHERE name = '{name}'"))
            #- app.py
            from rich.text import Text as text

            def show(name):
                return text(f"SELECT {name}")

            def search(client, name):
                client.query(f"name:{name}")
                client.run(f"MATCH (n) RETURN n", name)
                client.fetch(f"https://example.com/{name}")
            "#,
        );
    }

    #[test]
    fn whole_texts_from_clients_to_asyncpg() {
        check(
            r#"
            import asyncpg
            import sqlalchemy
            from fastapi import FastAPI
            from sqlalchemy.sql.expression import TextClause

            app = FastAPI()

            @app.get("/report/{query}")
            async def report(query: str):
                connection = await asyncpg.connect()
                await connection.fetch(query)  # finding: sql-injection
                await connection.fetch("SELECT $1", query)  # ok
                await connection.copy_from_query(query, output="out.csv")  # finding: sql-injection
                prepared = await connection.prepare(query)  # finding: sql-injection
                async for row in connection.cursor(query):  # finding: sql-injection
                    pass
                return TextClause(query)  # finding: sql-injection
            "#,
        );
    }

    #[test]
    fn in_other_styles() {
        check(
            r#"
            import sqlite3
            from enum import Enum
            from string import Template
            from typing import Annotated, Literal
            from fastapi import Depends, FastAPI, Query
            from sqlalchemy import bindparam, select, text
            from sqlalchemy.orm import Session
            from app.models import Product, get_db
            app = FastAPI()
            Db = Annotated[Session, Depends(get_db)]

            class Order(str, Enum):
                up = "ASC"
                down = "DESC"

            @app.get("/a")
            def a(q: str, db: Db):
                parts = ["SELECT * FROM products"]
                parts.append(f"WHERE name = '{q}'")
                return db.execute(text(" ".join(parts))).all()  # finding: sql-injection

            @app.get("/b")
            def b(q: str, db: Db):
                return db.execute(select(Product).where(text("name = '%(q)s'" % {"q": q}))).all()  # finding: sql-injection

            @app.get("/c")
            def c(q: str, db: Db):
                statement = text("SELECT * FROM products WHERE name = :q").bindparams(bindparam("q", q))
                return db.execute(statement).all()  # ok

            @app.get("/d")
            def d(order: Order, db: Db):
                return db.execute(text(f"SELECT * FROM products ORDER BY name {order.value}")).all()  # ok

            @app.get("/e")
            def e(column: Literal["name", "price"], db: Db):
                return db.execute(text(f"SELECT * FROM products ORDER BY {column}")).all()  # ok

            @app.get("/f")
            def f(names: Annotated[list[str], Query()]):
                marks = ", ".join("?" * len(names))
                return sqlite3.connect("shop.db").execute(f"SELECT * FROM products WHERE name IN ({marks})", names).fetchall()  # ok

            @app.get("/h")
            def h(q: str, db: Db):
                return db.execute(text(Template("SELECT * FROM products WHERE name = '$q'").substitute(q=q))).all()  # finding: sql-injection

            @app.get("/i")
            def i(db: Db):
                return db.execute(text(Template("SELECT * FROM $table").substitute(table="products"))).all()  # ok

            @app.get("/g")
            def g(q: str):
                return sqlite3.connect("shop.db").execute("SELECT * FROM products WHERE name = '" + q + "'").fetchall()  # finding: sql-injection
            "#,
        );
    }
}
