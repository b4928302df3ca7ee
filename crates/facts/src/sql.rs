//! SQL texts, read as far as rules need them: which tables, which conditions, which values are stored.
//!
//! Not a grammar of any dialect. What is not understood is kept as unresolved text; nothing is guessed.

mod conditions;
mod tokens;

use semantic::ExprRef;
use tokens::{Token, tokens};

/// A part of an SQL text.
#[derive(Debug, Clone)]
pub(crate) enum SqlPiece {
    Text(String),
    /// An expression put into the text.
    Hole(ExprRef),
}

/// One statement.
#[derive(Debug, Default)]
pub(crate) struct SqlStatement {
    pub(crate) verb: Verb,
    /// The first is the one that the statement is about; each with its alias.
    pub(crate) tables: Vec<(String, Option<String>)>,
    /// It has a place for a table, though what stands there may not be a name.
    pub(crate) names_table: bool,
    pub(crate) condition: Option<SqlCondition>,
    /// Conditions of joins.
    pub(crate) joins: Vec<SqlCondition>,
    /// Columns that are stored, with their values.
    pub(crate) values: Vec<(String, SqlValue)>,
    /// It selects `count(…)` or another figure.
    pub(crate) is_aggregate: bool,
    pub(crate) has_limit: bool,
    pub(crate) is_ordered: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Verb {
    Select,
    Insert,
    Update,
    Delete,
    #[default]
    Other,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SqlCondition {
    All(Vec<SqlCondition>),
    Any(Vec<SqlCondition>),
    Not(Box<SqlCondition>),
    Compare {
        column: String,
        operator: String,
        value: SqlValue,
    },
    /// As written.
    Unresolved(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SqlValue {
    /// `?`, `%s`: counted from 0.
    Position(usize),
    /// `$1`: counted from 0.
    Argument(usize),
    /// `:name`, `%(name)s`, `@name`
    Named(String),
    Hole(ExprRef),
    Column(String),
    Literal(String),
    /// As written.
    Unresolved(String),
}

/// A table that `CREATE TABLE` makes.
#[derive(Debug, Default)]
pub(crate) struct SqlTable {
    pub(crate) name: String,
    pub(crate) columns: Vec<SqlColumn>,
}

#[derive(Debug, Default)]
pub(crate) struct SqlColumn {
    pub(crate) name: String,
    pub(crate) written_type: String,
    /// Table and column.
    pub(crate) references: Option<(String, Option<String>)>,
    pub(crate) is_primary: bool,
    pub(crate) is_unique: bool,
    pub(crate) is_required: bool,
}

/// Reads the first statement of a text.
pub(crate) fn parse(pieces: &[SqlPiece]) -> SqlStatement {
    let tokens = tokens(pieces);
    let tokens = match tokens.iter().position(|token| token.is(";")) {
        Some(end) => &tokens[..end],
        None => &tokens[..],
    };
    let mut statement = SqlStatement::default();
    // `WITH … SELECT`: the statement at the outermost level counts.
    let top = top_level(tokens);
    // `CREATE TRIGGER … BEFORE UPDATE ON …` names a verb and is none of them.
    let begins = |token: &Token| {
        verb(token).is_some() || token.is("(") || ["with", "explain"].iter().any(|word| token.is_word(word))
    };
    if !tokens.first().is_some_and(begins) {
        return statement;
    }
    let Some(&start) = top.iter().find(|&&at| verb(&tokens[at]).is_some()) else {
        return statement;
    };
    statement.verb = verb(&tokens[start]).unwrap_or_default();
    let word_at = |word: &str| top.iter().copied().find(|&at| at >= start && tokens[at].is_word(word));
    statement.has_limit = word_at("limit").is_some();
    statement.is_ordered = word_at("order").is_some();
    statement.names_table = statement.verb != Verb::Select || word_at("from").is_some();
    match statement.verb {
        Verb::Select => {
            let from = word_at("from").unwrap_or(tokens.len());
            statement.is_aggregate = is_aggregate(&tokens[start..from]);
            tables_from(tokens, &top, from, &mut statement);
        }
        Verb::Delete => tables_from(tokens, &top, word_at("from").unwrap_or(start), &mut statement),
        Verb::Update => {
            if let Some((name, alias, _)) = table_at(tokens, start + 1) {
                statement.tables.push((name, alias));
            }
            if let Some(set) = word_at("set") {
                let end = clause_end(tokens, &top, set + 1, &["where", "from", "returning"]);
                statement.values = assignments(&tokens[set + 1..end]);
            }
        }
        Verb::Insert => {
            let into = word_at("into").unwrap_or(start);
            if let Some((name, _, next)) = table_at(tokens, into + 1) {
                statement.tables.push((name, None));
                statement.values = inserted(tokens, next);
            }
        }
        Verb::Other => {}
    }
    if let Some(at) = word_at("where") {
        let end = clause_end(
            tokens,
            &top,
            at + 1,
            &[
                "group",
                "order",
                "limit",
                "offset",
                "returning",
                "having",
                "union",
                "for",
                "fetch",
                "window",
            ],
        );
        statement.condition = Some(conditions::parse(&tokens[at + 1..end]));
    }
    statement
}

/// Reads every `CREATE TABLE` of a text.
pub(crate) fn created_tables(pieces: &[SqlPiece]) -> Vec<SqlTable> {
    let tokens = tokens(pieces);
    let mut out = Vec::new();
    let mut at = 0;
    while at + 1 < tokens.len() {
        at += 1;
        let is_create = (1..4).any(|back| at >= back && tokens[at - back].is_word("create"));
        if !(tokens[at].is_word("table") && is_create) {
            continue;
        }
        let mut name_at = at + 1;
        while ["if", "not", "exists"]
            .iter()
            .any(|word| tokens.get(name_at).is_some_and(|token| token.is_word(word)))
        {
            name_at += 1;
        }
        let Some((name, next)) = qualified(&tokens, name_at) else {
            continue;
        };
        if !tokens.get(next).is_some_and(|token| token.is("(")) {
            continue;
        }
        let end = closing(&tokens, next);
        let mut table = SqlTable {
            name,
            columns: Vec::new(),
        };
        for item in split(&tokens[next + 1..end]) {
            column(item, &mut table);
        }
        out.push(table);
        at = end;
    }
    out
}

fn column(item: &[Token], table: &mut SqlTable) {
    let has = |words: &[&str]| {
        item.windows(words.len())
            .any(|window| window.iter().zip(words).all(|(token, word)| token.is_word(word)))
    };
    let references = item
        .iter()
        .position(|token| token.is_word("references"))
        .and_then(|at| {
            let (target, next) = qualified(item, at + 1)?;
            let column = item
                .get(next)
                .filter(|token| token.is("("))
                .and_then(|_| item.get(next + 1));
            Some((target, column.and_then(Token::name)))
        });
    let named_later = |words: &[&str]| {
        item.first()
            .is_some_and(|token| words.iter().any(|word| token.is_word(word)))
    };
    if named_later(&[
        "foreign",
        "primary",
        "unique",
        "constraint",
        "key",
        "index",
        "check",
        "exclude",
        "like",
    ]) {
        // `FOREIGN KEY (user_id) REFERENCES users (id)`, `PRIMARY KEY (id)`
        let Some(open) = item.iter().position(|token| token.is("(")) else {
            return;
        };
        let end = closing(item, open);
        for name in item[open + 1..end].iter().filter_map(Token::name) {
            if let Some(column) = table
                .columns
                .iter_mut()
                .find(|column| column.name.eq_ignore_ascii_case(&name))
            {
                column.is_primary |= has(&["primary", "key"]);
                column.is_unique |= has(&["unique"]) && end == open + 2;
                if has(&["foreign", "key"]) && references.is_some() {
                    column.references = references.clone();
                }
            }
        }
        return;
    }
    let Some(name) = item.first().and_then(Token::name) else {
        return;
    };
    let is_primary = has(&["primary", "key"]);
    table.columns.push(SqlColumn {
        name,
        written_type: item.get(1).and_then(Token::name).unwrap_or_default(),
        references,
        is_primary,
        is_unique: has(&["unique"]),
        is_required: is_primary || has(&["not", "null"]),
    });
}

/// Places that no parenthesis encloses.
fn top_level(tokens: &[Token]) -> Vec<usize> {
    let mut depth = 0usize;
    let mut out = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if token.is("(") {
            depth += 1;
        } else if token.is(")") {
            depth = depth.saturating_sub(1);
        } else if depth == 0 {
            out.push(at);
        }
    }
    out
}

fn verb(token: &Token) -> Option<Verb> {
    let verbs = [
        ("select", Verb::Select),
        ("insert", Verb::Insert),
        ("replace", Verb::Insert),
        ("update", Verb::Update),
        ("delete", Verb::Delete),
    ];
    verbs
        .iter()
        .find(|(word, _)| token.is_word(word))
        .map(|(_, verb)| *verb)
}

fn is_aggregate(tokens: &[Token]) -> bool {
    tokens.windows(2).any(|pair| {
        pair[1].is("(")
            && ["count", "sum", "avg", "min", "max"]
                .iter()
                .any(|name| pair[0].is_word(name))
    })
}

/// Tables of `FROM a x JOIN b y ON …, c`.
fn tables_from(tokens: &[Token], top: &[usize], from: usize, statement: &mut SqlStatement) {
    let end = clause_end(
        tokens,
        top,
        from + 1,
        &[
            "where",
            "group",
            "order",
            "limit",
            "offset",
            "returning",
            "having",
            "union",
            "for",
            "set",
        ],
    );
    let mut expects = true;
    let mut at = from + 1;
    while at < end {
        if expects {
            expects = false;
            if let Some((name, alias, next)) = table_at(tokens, at) {
                statement.tables.push((name, alias));
                at = next;
                continue;
            }
        }
        if tokens[at].is_word("join") || tokens[at].is(",") {
            expects = true;
        } else if tokens[at].is_word("on") {
            let stop = (at + 1..end)
                .find(|&at| {
                    let ends = ["join", "left", "right", "inner", "outer", "full", "cross"];
                    top.contains(&at) && (ends.iter().any(|word| tokens[at].is_word(word)) || tokens[at].is(","))
                })
                .unwrap_or(end);
            statement.joins.push(conditions::parse(&tokens[at + 1..stop]));
            at = stop;
            continue;
        } else if tokens[at].is("(") {
            at = closing(tokens, at);
        }
        at += 1;
    }
}

/// A table's name and alias, and the place behind them.
fn table_at(tokens: &[Token], at: usize) -> Option<(String, Option<String>, usize)> {
    let (name, mut next) = qualified(tokens, at)?;
    if tokens.get(next).is_some_and(|token| token.is_word("as")) {
        next += 1;
    }
    const NOT_ALIASES: [&str; 20] = [
        "where",
        "join",
        "left",
        "right",
        "inner",
        "outer",
        "full",
        "cross",
        "on",
        "set",
        "order",
        "group",
        "limit",
        "offset",
        "returning",
        "values",
        "using",
        "union",
        "for",
        "having",
    ];
    let alias = tokens.get(next).and_then(Token::name).filter(|name| {
        let word = name.to_ascii_lowercase();
        !NOT_ALIASES.contains(&word.as_str()) && word != "default" && word != "select"
    });
    let next = next + usize::from(alias.is_some());
    Some((name, alias, next))
}

/// The last part of `schema.table`, and the place behind it.
fn qualified(tokens: &[Token], at: usize) -> Option<(String, usize)> {
    let mut name = tokens.get(at)?.name()?;
    let mut next = at + 1;
    while tokens.get(next).is_some_and(|token| token.is(".")) {
        name = tokens.get(next + 1)?.name()?;
        next += 2;
    }
    Some((name, next))
}

fn clause_end(tokens: &[Token], top: &[usize], start: usize, words: &[&str]) -> usize {
    let ends = |at: usize| words.iter().any(|word| tokens[at].is_word(word));
    top.iter()
        .copied()
        .find(|&at| at >= start && ends(at))
        .unwrap_or(tokens.len())
}

fn closing(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        if token.is("(") {
            depth += 1;
        } else if token.is(")") {
            depth -= 1;
            if depth == 0 {
                return at;
            }
        }
    }
    tokens.len()
}

/// Parts between commas outside parentheses.
fn split(tokens: &[Token]) -> Vec<&[Token]> {
    let mut out = Vec::new();
    let (mut start, mut depth) = (0, 0usize);
    for (at, token) in tokens.iter().enumerate() {
        if token.is("(") {
            depth += 1;
        } else if token.is(")") {
            depth = depth.saturating_sub(1);
        } else if depth == 0 && token.is(",") {
            out.push(&tokens[start..at]);
            start = at + 1;
        }
    }
    if start < tokens.len() {
        out.push(&tokens[start..]);
    }
    out
}

/// `a = ?, b = now()`
fn assignments(tokens: &[Token]) -> Vec<(String, SqlValue)> {
    split(tokens)
        .into_iter()
        .filter_map(|item| {
            let equals = item.iter().position(|token| token.is("="))?;
            let name = item.get(equals.checked_sub(1)?)?.name()?;
            Some((name, conditions::value(&item[equals + 1..])))
        })
        .collect()
}

/// `(a, b) VALUES (?, ?)`
fn inserted(tokens: &[Token], at: usize) -> Vec<(String, SqlValue)> {
    if !tokens.get(at).is_some_and(|token| token.is("(")) {
        return Vec::new();
    }
    let end = closing(tokens, at);
    let columns = split(&tokens[at + 1..end])
        .into_iter()
        .map(|item| item.first().and_then(Token::name));
    let rest = &tokens[(end + 1).min(tokens.len())..];
    let values = rest.iter().position(|token| token.is_word("values"));
    let Some(open) = values.and_then(|values| {
        rest[values..]
            .iter()
            .position(|token| token.is("("))
            .map(|at| at + values)
    }) else {
        return Vec::new();
    };
    let values = split(&rest[open + 1..closing(rest, open)])
        .into_iter()
        .map(conditions::value);
    columns
        .zip(values)
        .filter_map(|(column, value)| Some((column?, value)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> SqlStatement {
        parse(&[SqlPiece::Text(text.to_owned())])
    }

    #[test]
    fn conditions_of_statements() {
        let statement = read(
            "SELECT * FROM app.tasks t JOIN users u ON u.id = t.owner_id WHERE t.id = $1 AND (t.owner_id = $2 OR t.public) ORDER BY t.id LIMIT 5",
        );
        assert_eq!(
            statement.tables,
            [("tasks".into(), Some("t".into())), ("users".into(), Some("u".into()))]
        );
        assert!(statement.has_limit && statement.is_ordered);
        assert_eq!(
            format!("{:?}", statement.condition),
            r#"Some(All([Compare { column: "t.id", operator: "=", value: Argument(0) }, Any([Compare { column: "t.owner_id", operator: "=", value: Argument(1) }, Unresolved("t.public")])]))"#
        );
    }

    #[test]
    fn values_that_are_stored() {
        let statement = read("insert into tasks (title, owner_id) values (%s, %s) returning id");
        assert_eq!(statement.values[1], ("owner_id".into(), SqlValue::Position(1)));
        let statement = read("UPDATE tasks SET title = :title, done = true WHERE id = :id");
        assert_eq!(statement.values[0], ("title".into(), SqlValue::Named("title".into())));
    }

    #[test]
    fn tables_that_are_created() {
        let text = "CREATE TABLE IF NOT EXISTS \"tasks\" (id INTEGER PRIMARY KEY, owner_id INT NOT NULL REFERENCES users(id), x TEXT, FOREIGN KEY (x) REFERENCES y);";
        let tables = created_tables(&[SqlPiece::Text(text.to_owned())]);
        let columns: Vec<_> = tables[0]
            .columns
            .iter()
            .map(|column| (&*column.name, column.references.clone()))
            .collect();
        let users = Some(("users".to_owned(), Some("id".to_owned())));
        assert_eq!(
            columns,
            [("id", None), ("owner_id", users), ("x", Some(("y".to_owned(), None)))]
        );
    }

    #[test]
    fn odd_texts_are_read_without_harm() {
        for text in [
            "",
            "(",
            ")",
            "select",
            "where",
            "select * from (",
            "update set",
            "insert into t (a",
            "create table t (",
            "'",
            "select '",
            "$",
            "%(",
            ":",
            "a = = b",
            "select * from t where ((((((((((((((((((((((((((a = 1",
        ] {
            read(text);
            created_tables(&[SqlPiece::Text(text.to_owned())]);
        }
        read(&format!("select * from t where {}", "(".repeat(10_000)));
        read(&format!("select * from t where {}a = 1", "not ".repeat(10_000)));
    }
}
