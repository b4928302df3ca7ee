//! Tables without classes: `Table(…)`, migrations, `CREATE TABLE`.

use semantic::{ExprRef, Model};
use syntax::ast::*;
use text::{FileId, Span};

use super::classes::{argument, called_name, constant_text};
use super::columns::{calls_in, describe, foreign_key};
use super::{Column, DataModel, DataModels, ForeignKey, ModelSource};
use crate::sql::{self, SqlPiece};

pub(super) fn find(model: &Model<'_>, found: &mut DataModels) {
    for file in model.file_ids() {
        for call in model.calls_named(file, ["Table"]) {
            let path = model.called_path(call).unwrap_or_default();
            if path.starts_with("sqlalchemy.") || path.starts_with("sqlmodel.") {
                let name = argument(model, call, Some(0), &["name"]).and_then(|name| constant_text(model, name));
                if let Some(name) = name.filter(|_| !names_class_table(model, call)) {
                    let id = found.add(table(model, call, &name, ModelSource::Table));
                    found.by_call.insert(model.span(call), id);
                }
            }
        }
    }
    // Migrations and texts repeat what classes say; they count where there is no class.
    for file in model.file_ids() {
        for call in model.calls_named(file, ["create_table"]) {
            let name = argument(model, call, Some(0), &["table_name"]).and_then(|name| constant_text(model, name));
            if let Some(name) = name.filter(|name| is_new(found, name, file)) {
                found.add(table(model, call, &name, ModelSource::Migration));
            }
        }
    }
    for file in model.file_ids() {
        let text = model.file(file).text();
        if ["CREATE TABLE", "create table", "Create Table"]
            .iter()
            .any(|words| text.contains(words))
        {
            created(model, file, found);
        }
    }
}

/// `__table__ = Table(…)` in a class: the class is the model.
fn names_class_table(model: &Model<'_>, call: ExprRef) -> bool {
    let source = model.file(call.file).source();
    let ast = source.ast();
    match ast[ast.stmt_of(call.id)].kind {
        StmtKind::Assign { targets, .. } => ast[targets].iter().any(|&target| match ast[target].kind {
            ExprKind::Name(name) => source.imported_name(name) == "__table__",
            _ => false,
        }),
        _ => false,
    }
}

fn is_new(found: &DataModels, name: &str, from: FileId) -> bool {
    let known = found.by_name.get(&name.to_ascii_lowercase());
    known.is_none_or(|known| !known.iter().any(|id| found.get(*id).table.as_deref() == Some(name)))
        || found.named(name, from).is_none()
}

fn table(model: &Model<'_>, call: ExprRef, name: &str, source: ModelSource) -> DataModel {
    let span =
        argument(model, call, Some(0), &["name", "table_name"]).map_or(model.span(call), |name| model.span(name));
    let mut data = DataModel::of_table(name, span, source, "SQLAlchemy");
    let direct = direct_calls(model, call);
    for &inner in &direct {
        if called_name(model, inner).as_deref() != Some("Column") {
            continue;
        }
        let Some(name) = argument(model, inner, Some(0), &["name"]) else {
            continue;
        };
        if let Some(text) = constant_text(model, name) {
            let mut column = Column::new(&text, model.span(name));
            describe(model, inner, &mut column);
            data.columns.push(column);
        }
    }
    for inner in direct {
        if called_name(model, inner).as_deref() == Some("ForeignKeyConstraint") {
            constrain(model, inner, &mut data);
        }
    }
    data
}

/// `ForeignKeyConstraint(["user_id"], ["users.id"])`
pub(super) fn constrain(model: &Model<'_>, call: ExprRef, data: &mut DataModel) {
    let items = |position: usize, names: &[&str]| -> Vec<ExprRef> {
        let Some(list) = argument(model, call, Some(position), names) else {
            return Vec::new();
        };
        match model.expr(list).kind {
            ExprKind::List(items) | ExprKind::Tuple(items) => {
                let ast = model.ast(list.file);
                ast[items].iter().map(|&id| ExprRef { file: list.file, id }).collect()
            }
            _ => Vec::new(),
        }
    };
    for (column, target) in items(0, &["columns"]).into_iter().zip(items(1, &["refcolumns"])) {
        let Some(name) = constant_text(model, column) else {
            continue;
        };
        if let Some(column) = data.columns.iter_mut().find(|column| column.name == name) {
            column.foreign_key = Some(foreign_key(model, target));
        }
    }
}

/// Calls that are arguments of a call, not of calls inside it.
fn direct_calls(model: &Model<'_>, call: ExprRef) -> Vec<ExprRef> {
    let ast = model.ast(call.file);
    calls_in(model, call)
        .into_iter()
        .filter(|inner| ast.parent_expr(inner.id) == Some(call.id))
        .collect()
}

/// `CREATE TABLE` in the texts of a file.
fn created(model: &Model<'_>, file: FileId, found: &mut DataModels) {
    let source = model.file(file).source();
    let ast = source.ast();
    for (id, expr) in ast.exprs() {
        let ExprKind::String { parts, .. } = expr.kind else {
            continue;
        };
        if !source.text()[expr.range].to_ascii_lowercase().contains("create table") {
            continue;
        }
        let pieces: Vec<SqlPiece> = ast[parts]
            .iter()
            .map(|&part| match part {
                StringPart::Interpolation(id) => SqlPiece::Hole(ExprRef { file, id }),
                part => SqlPiece::Text(ast.string_part(source.text(), part).unwrap_or_default().into_owned()),
            })
            .collect();
        let span = Span::new(file, ast[id].range);
        for table in sql::created_tables(&pieces) {
            if !is_new(found, &table.name, file) {
                continue;
            }
            let mut data = DataModel::of_table(&table.name, span, ModelSource::Sql, "SQL");
            data.columns = table
                .columns
                .into_iter()
                .map(|column| Column {
                    foreign_key: column.references.map(|(table, key)| ForeignKey {
                        target: match &key {
                            Some(key) => format!("{table}.{key}"),
                            None => table,
                        },
                        span,
                        model: None,
                        column: key,
                    }),
                    written_type: Some(column.written_type).filter(|text| !text.is_empty()),
                    is_primary_key: column.is_primary,
                    is_nullable: Some(!column.is_required),
                    is_unique: column.is_unique,
                    ..Column::new(&column.name, span)
                })
                .collect();
            found.add(data);
        }
    }
}
