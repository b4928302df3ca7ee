//! Values that are read from the environment instead.

use facts::Facts;
use facts::secrets::{Read, Repair, Secret, SecretKind};
use text::{FileId, Span, TextRange, TextSize};

use super::calls::import_module;
use super::lists;
use super::style::{next_line, string_literal};
use crate::fix::{Fix, Replacement};

/// The variable of a private key, which is not the shared secret.
const PRIVATE_KEY: &str = "JWT_PRIVATE_KEY";
/// Words of names whose secret must not become the one of access tokens.
const OWN_SECRETS: &[&str] = &["refresh", "reset", "verif", "email", "magic", "password"];

/// Takes a secret out of the code: start-up fails when the variable is not set.
pub(crate) fn take_out(facts: &Facts<'_>, secret: &Secret, secret_name: &str) -> Option<Fix> {
    let repair = secret.repair.as_ref()?;
    let variable = match repair {
        Repair::Read(Read {
            variable: Some(variable),
            ..
        }) => variable.clone(),
        _ => variable_for(secret, secret_name),
    };
    let title = match &secret.kind {
        SecretKind::Written { .. } | SecretKind::Generated { read: None, .. } => {
            format!("Read the secret from the environment variable `{variable}`")
        }
        _ => format!("Require {} at start-up", what_is_required(secret)),
    };
    Some(repaired(facts, repair, &title, &variable))
}

/// Takes a credential that signs no tokens out of the code.
pub(crate) fn take_out_credential(facts: &Facts<'_>, repair: &Repair) -> Fix {
    let (title, variable) = match repair {
        Repair::Read(Read {
            variable: Some(variable),
            ..
        }) => (
            format!("Read it from the environment variable `{variable}`"),
            variable.clone(),
        ),
        _ => ("Require it at start-up".to_owned(), String::new()),
    };
    repaired(facts, repair, &title, &variable)
}

fn repaired(facts: &Facts<'_>, repair: &Repair, title: &str, variable: &str) -> Fix {
    let fix = Fix::changes_behaviour(title);
    match repair {
        Repair::Read(read) => {
            let (mut text, replacements) = match read.is_in_function {
                true => constant(facts, read.span, variable),
                false => {
                    let (text, import) = required_read(facts, read.span, variable);
                    (text, import.into_iter().collect())
                }
            };
            if read.is_bytes {
                text += ".encode()";
            }
            fix.edit(read.span, text).with(replacements)
        }
        Repair::RemoveArgument { call, index } => {
            let file = call.span.file;
            let ranges: Vec<TextRange> = call.arguments.iter().map(|argument| argument.span.range).collect();
            fix.with([lists::remove(file, facts.text(file), &ranges, *index)])
        }
        Repair::Ellipsis { span } => fix.edit(*span, "..."),
        Repair::Delete { span } => fix.delete(*span),
        Repair::RequiredField {
            annotation,
            inner,
            default,
        } => {
            let fix = repaired(facts, default, title, variable);
            match annotation == inner {
                true => fix,
                false => fix.edit(*annotation, facts.snippet(*inner)),
            }
        }
        Repair::Raise { stmt, variable } => {
            let message = string_literal(facts.text(stmt.file), &format!("{variable} is not set"));
            fix.edit(*stmt, format!("raise RuntimeError({message})"))
        }
    }
}

fn what_is_required(secret: &Secret) -> String {
    match (&secret.kind, &secret.name) {
        (
            SecretKind::Fallback {
                variable: Some(variable),
                ..
            }
            | SecretKind::Missing {
                variable: Some(variable),
            }
            | SecretKind::Generated {
                variable: Some(variable),
                ..
            },
            _,
        ) => format!("`{variable}`"),
        (_, Some(name)) => format!("`{name}`"),
        _ => "the variable".to_owned(),
    }
}

fn variable_for(secret: &Secret, secret_name: &str) -> String {
    use facts::secrets::LiteralForm;
    if matches!(
        secret.kind,
        SecretKind::Written {
            form: LiteralForm::PrivateKey
        }
    ) {
        return PRIVATE_KEY.to_owned();
    }
    let own = secret.name.as_ref().map(|name| name.to_uppercase());
    match own {
        Some(own) if OWN_SECRETS.iter().any(|word| own.to_lowercase().contains(word)) => own,
        _ => secret_name.to_owned(),
    }
}

/// `os.environ["X"]` at a place, with the import that it needs.
fn required_read(facts: &Facts<'_>, at: Span, variable: &str) -> (String, Option<Replacement>) {
    let file = at.file;
    // The quotes of what is replaced: within an f-string the others would end it.
    let replaced = facts.snippet(at);
    let style = match replaced.contains(['"', '\'']) {
        true => replaced,
        false => facts.text(file),
    };
    let literal = string_literal(style, variable);
    // `from os import environ`
    let imports = facts.imports(file);
    let member = imports
        .iter()
        .filter(|statement| statement.from.as_deref() == Some("os") && statement.range.end() <= at.range.start())
        .flat_map(|statement| &statement.names)
        .find(|imported| imported.path == "environ");
    if let Some(member) = member {
        let name = member.alias.as_deref().unwrap_or("environ");
        return (format!("{name}[{literal}]"), None);
    }
    let named = import_module(facts, file, "os", at.range.start());
    (format!("{}.environ[{literal}]", named.name), named.import)
}

/// A constant of the module that holds the variable, for use in a function: the one that is there, or a new one
/// behind the imports.
fn constant(facts: &Facts<'_>, at: Span, variable: &str) -> (String, Vec<Replacement>) {
    let file = at.file;
    let is_name = variable.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_name && facts.holds_variable(file, variable) {
        return (variable.to_owned(), Vec::new());
    }
    let (read, import) = required_read(facts, at, variable);
    let place = behind_imports(facts, file, at.range.start());
    match place.filter(|_| is_name && !facts.is_bound(file, variable)) {
        Some(place) => {
            let line = Replacement {
                span: Span::new(file, TextRange::empty(place)),
                text: format!("\n{variable} = {read}\n"),
            };
            (variable.to_owned(), import.into_iter().chain([line]).collect())
        }
        None => (read, import.into_iter().collect()),
    }
}

/// The line behind the last import before a place.
pub(crate) fn behind_imports(facts: &Facts<'_>, file: FileId, place: TextSize) -> Option<TextSize> {
    let imports = facts.imports(file);
    let last = imports.iter().rfind(|statement| statement.range.end() <= place)?;
    let next = next_line(facts.text(file), last.range.end().into())?;
    Some((next as u32).into())
}
