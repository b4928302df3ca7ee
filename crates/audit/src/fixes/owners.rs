//! Rows that are tied to the caller: one more condition of a query, or a check behind it.

use facts::Facts;
use facts::acting::NamedUser;
use facts::ownership::{CallerValue, NewParameter, OwnerRepair, Pass, RepairForm};
use text::{FileId, Span, TextRange, TextSize};

use super::calls;
use super::imports::Named;
use super::lists;
use super::style::{indent_at, indent_unit, string_literal};
use crate::fix::{Fix, Replacement};

/// Ties the rows of a query to the caller. `what` is what the model is called.
pub(crate) fn tie(facts: &Facts<'_>, repair: &OwnerRepair, what: &str) -> Fix {
    let owner = &repair.owner;
    let value = &repair.value.text;
    let title = match repair.form {
        RepairForm::Test { .. } | RepairForm::Check { .. } | RepairForm::BeforeReturn { .. } => {
            format!("Compare `{owner}` with `{value}`")
        }
        _ => format!("Take only rows whose `{owner}` is `{value}`"),
    };
    let fix = Fix::changes_behaviour(title);
    let (fix, place) = form(facts, fix, repair, what);
    let fix = imported(facts, fix, &repair.value, place);
    repair.passes.iter().fold(fix, |fix, pass| passed(facts, fix, pass))
}

/// Refuses a request that names somebody else, before anything is done for it.
pub(crate) fn refuse_others(facts: &Facts<'_>, user: &NamedUser) -> Option<Fix> {
    let rows = user.used.as_ref().filter(|_| user.has_caller)?;
    let operation = &facts.applications().routes.get(user.route)?.operation;
    let ownership = &facts.authentication().routes.get(user.route)?.ownership;
    let models = &facts.data().models;
    let (value, column) = match rows.is_user {
        true => (ownership.own_key.as_ref()?, None),
        false => ownership.accesses.iter().find_map(|access| {
            let model = models.get(access.model);
            let is_it = model.name == rows.model && access.owner.as_deref() == Some(rows.column.as_str());
            let value = access.own_value.as_ref().filter(|_| is_it)?;
            Some((value, model.column(&rows.column)))
        })?,
    };
    let handler = operation.handler.function()?;
    let first = facts.first_statement(handler)?;
    let signature = facts.function_span(handler)?;
    let parameter = facts.parameter(user.span)?;
    let is_parameter = user.span.file == signature.file
        && signature.range.contains_range(user.span.range)
        && user.span.range.end() <= first.range.start();
    // Whoever leaves it out names nobody.
    if !is_parameter || parameter.may_be_left_out {
        return None;
    }
    let text = facts.text(first.file);
    let place = first.range.start();
    let exception = calls::import_member(facts, first.file, "fastapi", "HTTPException", place);
    let indent = indent_at(text, place);
    let unit = indent_unit(text);
    let written = column.and_then(|column| column.written_type.as_deref());
    let annotation = parameter.annotation.map_or("", |at| facts.snippet(at));
    let kinds = ["UUID", "int", "str"]
        .map(|kind| annotation.starts_with(kind) && written.is_some_and(|written| written.contains(kind)));
    let name = &user.name;
    let comparison = match kinds.contains(&true) {
        true => format!("{name} != {}", value.text),
        // A text and a number are never equal.
        false => format!("str({name}) != str({})", value.text),
    };
    let detail = string_literal(text, "Not allowed");
    let title = format!("Refuse requests whose `{name}` is not `{}`", value.text);
    let fix = Fix::changes_behaviour(title).insert(
        first.file,
        place,
        format!(
            "if {comparison}:\n{indent}{unit}raise {}(status_code=403, detail={detail})\n{indent}",
            exception.name
        ),
    );
    Some(imported(facts, fix.with(exception.import), value, first))
}

/// The edits at the query, and where they are.
fn form(facts: &Facts<'_>, fix: Fix, repair: &OwnerRepair, what: &str) -> (Fix, Span) {
    let owner = &repair.owner;
    let value = &repair.value.text;
    match &repair.form {
        RepairForm::Condition { call, model } => {
            let condition = format!("{model}.{owner} == {value}");
            (fix.with([calls::append_argument(facts, call, &condition)]), call.span)
        }
        RepairForm::Keyword { call } => {
            let argument = format!("{owner}={value}");
            (fix.with([calls::append_argument(facts, call, &argument)]), call.span)
        }
        RepairForm::Step { behind, name, model } => {
            let step = format!(".{name}({model}.{owner} == {value})");
            (fix.insert(behind.file, behind.range.end(), step), *behind)
        }
        RepairForm::Method {
            name,
            instead,
            call,
            model,
        } => {
            let argument = match model {
                Some(model) => format!("{model}.{owner} == {value}"),
                None => format!("{owner}={value}"),
            };
            let fix = fix
                .edit(*name, *instead)
                .with([calls::append_argument(facts, call, &argument)]);
            (fix, call.span)
        }
        RepairForm::Entry { dict } => {
            let file = dict.span.file;
            let text = facts.text(file);
            let items: Vec<TextRange> = dict.entries.iter().map(|entry| entry.span.range).collect();
            let entry = format!("{}: {value}", string_literal(text, owner));
            (
                fix.with([lists::append(file, text, &items, dict.open, &entry)]),
                dict.span,
            )
        }
        RepairForm::Filter { call } => {
            let key = string_literal(facts.text(call.span.file), owner);
            let filter = format!("{{{key}: {value}}}");
            (fix.with([calls::append_argument(facts, call, &filter)]), call.span)
        }
        RepairForm::Test { test, row } => {
            let comparison = format!(" or {row}.{owner} != {value}");
            (fix.insert(test.file, test.range.end(), comparison), *test)
        }
        RepairForm::Check { statement, row } => {
            let (check, exception) = refusal(facts, *statement, row, owner, value, what);
            let indent = indent_at(facts.text(statement.file), statement.range.start());
            let fix = fix.insert(statement.file, statement.range.end(), format!("\n{indent}{check}"));
            (fix.with(exception.import), *statement)
        }
        RepairForm::BeforeReturn {
            statement,
            value: returned,
            row,
        } => {
            let (check, exception) = refusal(facts, *statement, row, owner, value, what);
            let indent = indent_at(facts.text(statement.file), statement.range.start());
            let word = Span::new(
                statement.file,
                TextRange::new(statement.range.start(), returned.range.start()),
            );
            let fix = fix.edit(word, format!("{row} = ")).insert(
                statement.file,
                statement.range.end(),
                format!("\n{indent}{check}\n{indent}return {row}"),
            );
            (fix.with(exception.import), *statement)
        }
    }
}

/// `if task is None or task.user_id != user.id:` and 404, which tells nobody that the row is there.
fn refusal(facts: &Facts<'_>, statement: Span, row: &str, owner: &str, value: &str, what: &str) -> (String, Named) {
    let text = facts.text(statement.file);
    let place = statement.range.start();
    let exception = calls::import_member(facts, statement.file, "fastapi", "HTTPException", place);
    let indent = indent_at(text, place).to_owned() + indent_unit(text);
    let detail = string_literal(text, &format!("{what} not found"));
    let check = format!(
        "if {row} is None or {row}.{owner} != {value}:\n{indent}raise {}(status_code=404, detail={detail})",
        exception.name
    );
    (check, exception)
}

fn passed(facts: &Facts<'_>, fix: Fix, pass: &Pass) -> Fix {
    match pass {
        Pass::Parameter(parameter) => fix.with([added(facts, parameter)]),
        Pass::Argument { call, name, value } => {
            let argument = format!("{name}={}", value.text);
            let fix = fix.with([calls::append_argument(facts, call, &argument)]);
            imported(facts, fix, value, call.span)
        }
    }
}

/// One more parameter of a function.
fn added(facts: &Facts<'_>, parameter: &NewParameter) -> Replacement {
    let NewParameter {
        file,
        parameters,
        open,
        text,
        is_first,
    } = parameter;
    match parameters.first().filter(|_| *is_first) {
        Some(first) => {
            let source = facts.text(*file);
            let gap = between(source, *open, first.start());
            Replacement {
                span: Span::new(*file, TextRange::empty(first.start())),
                text: format!("{text}{gap}"),
            }
        }
        None => lists::append(*file, facts.text(*file), parameters, *open, text),
    }
}

/// A comma, and the line break where the parameters stand on lines of their own.
fn between(text: &str, open: TextSize, first: TextSize) -> String {
    let gap = &text[usize::from(open)..usize::from(first)];
    match gap.contains('\n') {
        true => format!(",\n{}", indent_at(text, first)),
        false => ", ".to_owned(),
    }
}

fn imported(facts: &Facts<'_>, fix: Fix, value: &CallerValue, place: Span) -> Fix {
    let Some((module, name)) = value.import else {
        return fix;
    };
    let file: FileId = place.file;
    let named = calls::import_member(facts, file, module, name, place.range.start());
    fix.with(named.import)
}
