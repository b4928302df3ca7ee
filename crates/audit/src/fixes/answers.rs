//! 401 for what a wrong token makes a statement raise.

use facts::Facts;
use text::{FileId, Span, TextRange, TextSize};

use super::calls::{import_member, import_module};
use super::challenge;
use super::style::{indent_at, indent_unit, line_end};
use crate::fix::{Fix, Replacement};

/// `try` around the statement that decodes, and 401 for what it raises.
pub(crate) fn refused_token(facts: &Facts<'_>, decode: Span, library: &str) -> Option<Fix> {
    let statement = facts.simple_statement(decode)?;
    let (file, start) = (statement.file, statement.range.start());
    let written = facts.snippet(statement);
    let (exception, import) = match library {
        "PyJWT" => {
            let module = import_module(facts, file, "jwt", start);
            match module.import {
                None => (format!("{}.PyJWTError", module.name), None),
                Some(_) => {
                    let named = import_member(facts, file, "jwt", "PyJWTError", start);
                    (named.name, named.import)
                }
            }
        }
        "python-jose" => {
            let named = import_member(facts, file, "jose", "JWTError", start);
            (named.name, named.import)
        }
        _ => return None,
    };
    let call = usize::from(decode.range.start() - start)..usize::from(decode.range.end() - start);
    // What is done with the claims in the same statement can fail, too.
    let mut exceptions = vec![exception];
    if written[call.end..].trim_start().starts_with('[') {
        exceptions.push("KeyError".to_owned());
    }
    if ["int(", "UUID("]
        .iter()
        .any(|name| written[..call.start].contains(name))
    {
        exceptions.push("ValueError".to_owned());
    }
    let fix = Fix::changes_behaviour("Answer 401 when the token is refused");
    let edits = tried(facts, statement, &exceptions, import)?;
    Some(fix.with(edits))
}

/// The same for a claim that is not there, or not what it should be. `reads` are what raises, in one function.
pub(crate) fn missing_claim(facts: &Facts<'_>, claim: &str, reads: &[Span]) -> Option<Fix> {
    let mut fix = Fix::changes_behaviour(format!("Answer 401 for tokens without a right `{claim}`"));
    let mut done: Vec<Span> = Vec::new();
    for &read in reads {
        let statement = facts.simple_statement(read)?;
        if done.contains(&statement) {
            continue;
        }
        done.push(statement);
        let written = facts.snippet(read);
        let mut exceptions = Vec::new();
        if written.contains('[') {
            exceptions.push("KeyError".to_owned());
        }
        if written.ends_with(')') && !written.contains(".get(") || written.matches('(').count() > 1 {
            exceptions.extend(["TypeError", "ValueError"].map(str::to_owned));
        }
        fix = fix.with(tried(facts, statement, &exceptions, None)?);
    }
    (done.len() <= 2).then_some(fix)
}

/// `try` around a statement. `import` is that of an exception.
fn tried(
    facts: &Facts<'_>,
    statement: Span,
    exceptions: &[String],
    import: Option<Replacement>,
) -> Option<Vec<Replacement>> {
    let (file, start) = (statement.file, statement.range.start());
    let written = facts.snippet(statement);
    // Lines of a text would be moved with the code.
    if written.contains("\"\"\"") || written.contains("'''") {
        return None;
    }
    let caught = match exceptions {
        [] => return None,
        [exception] => exception.clone(),
        _ => format!("({})", exceptions.join(", ")),
    };
    let text = facts.text(file);
    let (indent, unit) = (indent_at(text, start), indent_unit(text));
    let inner = [indent, unit].concat();
    let (raised, http) = challenge::raise(facts, file, start, &inner);
    if import.is_some() && http.is_some() {
        return None;
    }
    // A comment stays behind the statement.
    let end = line_end(text, statement.range.end());
    let deeper = written.match_indices('\n').map(|(at, _)| Replacement {
        span: Span::new(file, TextRange::empty(start + TextSize::new(at as u32 + 1))),
        text: unit.to_owned(),
    });
    let mut out = vec![insertion(file, start, format!("try:\n{inner}"))];
    out.extend(deeper);
    out.push(insertion(
        file,
        end,
        format!("\n{indent}except {caught}:\n{inner}{raised}"),
    ));
    out.extend(import);
    out.extend(http);
    Some(out)
}

fn insertion(file: FileId, at: TextSize, text: String) -> Replacement {
    Replacement {
        span: Span::new(file, TextRange::empty(at)),
        text,
    }
}
