//! Tokens that are taken apart by hand.
//!
//! ```python
//! payload = token.split(".")[1]
//! claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
//! ```

use semantic::{Binding, BindingKind, ExprRef, Following, Model, UseKind};
use syntax::ast::*;
use text::FileId;

use crate::libraries::{BASE64_DECODERS, JSON_READERS};
use crate::source::call_syntax;
use crate::tokens::{TokenPart, UnverifiedRead};

/// Names and expressions that one search follows.
const MAX_STEPS: usize = 60;

/// The reads of a file.
pub(crate) fn reads(model: &Model<'_>, file: FileId) -> Vec<UnverifiedRead> {
    let names = BASE64_DECODERS.iter().filter_map(|path| path.rsplit('.').next());
    let calls: Vec<ExprRef> = model.calls_named(file, names).collect();
    let mut out: Vec<UnverifiedRead> = Vec::new();
    for call in calls {
        let is_decoder = model
            .called_path(call)
            .is_some_and(|path| BASE64_DECODERS.contains(&&*path));
        let Some(argument) = first_argument(model, call).filter(|_| is_decoder) else {
            continue;
        };
        for found in segments(model, call, argument) {
            if is_read_as_json(model, found.read) && !out.iter().any(|known| known.id == found.read) {
                out.extend(read(model, &found));
            }
        }
    }
    out
}

/// The part of a token that a JSON value was made of, where it was.
pub(crate) fn part_of_json(model: &Model<'_>, json: ExprRef) -> Option<TokenPart> {
    let file = model.file(json.file);
    let ast = file.ast();
    let mut pending = vec![json];
    let mut seen = Vec::new();
    while let Some(expr) = pending.pop() {
        if seen.len() > MAX_STEPS || seen.contains(&expr) {
            continue;
        }
        seen.push(expr);
        for part in ast.descendants(expr.id) {
            let at = ExprRef {
                file: json.file,
                id: part,
            };
            match ast[part].kind {
                ExprKind::Call { .. } => {
                    let is_decoder = model
                        .called_path(at)
                        .is_some_and(|path| BASE64_DECODERS.contains(&&*path));
                    if is_decoder && let Some(argument) = first_argument(model, at) {
                        let segments = segments(model, at, argument);
                        if let Some(found) = segments.first() {
                            return Some(found.part);
                        }
                    }
                }
                ExprKind::Name(_) => {
                    for binding in model.bindings_of(at) {
                        if let BindingKind::Value(value) = binding.kind {
                            pending.push(ExprRef {
                                file: json.file,
                                id: value,
                            });
                        }
                    }
                }
                _ => {}
            }
        }
    }
    None
}

/// A segment of a token that is read as base64.
struct Segment {
    /// The call that reads it: of base64, or of a function of the project around that.
    read: ExprRef,
    part: TokenPart,
    token: ExprRef,
}

fn read(model: &Model<'_>, segment: &Segment) -> Option<UnverifiedRead> {
    Some(UnverifiedRead {
        id: segment.read,
        token_expr: Some(segment.token),
        call: call_syntax(model, segment.read)?,
        library: None,
        part: segment.part,
        token: Some(model.span(segment.token)),
        purpose: None,
        expired_use: None,
    })
}

/// The segments that `argument` of the call `read` can be.
fn segments(model: &Model<'_>, read: ExprRef, argument: ExprRef) -> Vec<Segment> {
    let mut out = Vec::new();
    let mut pending = vec![(read, argument)];
    let mut seen = Vec::new();
    while let Some((read, expr)) = pending.pop() {
        if seen.len() > MAX_STEPS || seen.contains(&(read, expr)) {
            continue;
        }
        seen.push((read, expr));
        let file = expr.file;
        let ast = model.ast(file);
        let at = |id: ExprId| ExprRef { file, id };
        match ast[expr.id].kind {
            ExprKind::Subscript { object, index } => match (split_of(model, at(object)), index_of(model, at(index))) {
                (Some(token), Some(index)) => out.extend(segment(read, token, index)),
                (None, _) => pending.push((read, at(object))),
                _ => {}
            },
            ExprKind::Name(_) => {
                for binding in model.bindings_of(expr) {
                    match binding.kind {
                        BindingKind::Value(value) => pending.push((read, at(value))),
                        BindingKind::Unpack { value, index } if targets(ast, &binding) == 3 => {
                            if let Some(token) = split_of(model, at(value)) {
                                out.extend(segment(read, token, i64::from(index)));
                            }
                        }
                        BindingKind::Parameter { function, index } => {
                            let function = semantic::FunctionRef { file, id: function };
                            for &caller in model.callers(function).iter() {
                                if let Some(given) = argument_of(model, caller, function, index) {
                                    pending.push((caller, given));
                                }
                            }
                        }
                        _ => {}
                    }
                }
            }
            _ => ast.children(expr.id, |child| pending.push((read, at(child)))),
        }
    }
    out
}

fn segment(read: ExprRef, token: ExprRef, index: i64) -> Option<Segment> {
    let part = match index {
        0 | -3 => TokenPart::Header,
        1 | -2 => TokenPart::Claims,
        _ => return None,
    };
    Some(Segment { read, part, token })
}

/// The text that an expression splits at its dots.
fn split_of(model: &Model<'_>, expr: ExprRef) -> Option<ExprRef> {
    let mut expr = expr;
    for _ in 0..4 {
        let file = model.file(expr.file);
        let ast = file.ast();
        let at = |id: ExprId| ExprRef { file: expr.file, id };
        match ast[expr.id].kind {
            ExprKind::Call { function, .. } => {
                let ExprKind::Attribute { object, name, .. } = ast[function].kind else {
                    return None;
                };
                let is_split = matches!(file.source().name(name), "split" | "rsplit");
                let separator = first_argument(model, expr)?;
                let is_dot = model.eval(separator).iter().any(|value| value.as_str() == Some("."));
                return (is_split && is_dot).then(|| at(object));
            }
            ExprKind::Name(_) => {
                let bindings = model.bindings_of(expr);
                let value = bindings.iter().find_map(|binding| match binding.kind {
                    BindingKind::Value(value) => Some(value),
                    _ => None,
                })?;
                expr = at(value);
            }
            _ => return None,
        }
    }
    None
}

/// How many names the assignment of a binding unpacks into.
fn targets(ast: &Ast, binding: &Binding) -> usize {
    let StmtKind::Assign { targets, .. } = ast[binding.stmt].kind else {
        return 0;
    };
    let tuple = ast[targets]
        .iter()
        .find(|&&target| ast[target].range.contains_range(binding.range));
    match tuple.map(|&target| ast[target].kind) {
        Some(ExprKind::Tuple(items) | ExprKind::List(items)) => items.len(),
        _ => 0,
    }
}

fn index_of(model: &Model<'_>, index: ExprRef) -> Option<i64> {
    match model.eval(index).as_slice() {
        [
            semantic::Value {
                kind: semantic::ValueKind::Int(index),
                ..
            },
        ] => Some(*index),
        _ => None,
    }
}

fn first_argument(model: &Model<'_>, call: ExprRef) -> Option<ExprRef> {
    let ast = model.ast(call.file);
    let ExprKind::Call { arguments, .. } = ast[call.id].kind else {
        return None;
    };
    let first = ast[arguments].first()?;
    Some(ExprRef {
        file: call.file,
        id: first.value,
    })
}

/// What a call passes for a parameter.
fn argument_of(model: &Model<'_>, call: ExprRef, function: semantic::FunctionRef, index: u32) -> Option<ExprRef> {
    let ast = model.ast(call.file);
    let ExprKind::Call { arguments, .. } = ast[call.id].kind else {
        return None;
    };
    ast[arguments].iter().find_map(|argument| {
        let is_it = model.parameters_of(call, argument.value).contains(&(function, index));
        is_it.then_some(ExprRef {
            file: call.file,
            id: argument.value,
        })
    })
}

/// Whether bytes are read as JSON, here or where they are returned.
fn is_read_as_json(model: &Model<'_>, bytes: ExprRef) -> bool {
    let following = Following {
        passes_through: &|path| matches!(path, "builtins.str" | "builtins.bytes"),
        into_callers: true,
    };
    let uses = model.uses(bytes, following);
    let ends_in_json = uses.iter().any(|found| match &found.kind {
        UseKind::Argument { call } => model.called_path(*call).is_some_and(|path| {
            JSON_READERS.contains(&&*path) || path.ends_with("_validate_json") || path.ends_with(".parse_raw")
        }),
        _ => false,
    });
    // A function of the project may give the claims already: `claims = decode_part(token.split(".")[1])`.
    let has_items = uses
        .iter()
        .any(|found| matches!(found.kind, UseKind::Item { key: Some(_), .. }));
    ends_in_json || has_items || returns_json(model, bytes)
}

/// Whether a call of the project's own returns what it reads as JSON.
fn returns_json(model: &Model<'_>, call: ExprRef) -> bool {
    model.eval(call).iter().any(|value| match &value.kind {
        semantic::ValueKind::Call { path, .. } => JSON_READERS.contains(&&**path),
        _ => false,
    })
}
