//! What a value can look like as text, by the type it is declared with and the checks on its way.

use semantic::{ClassRef, ExprRef, FunctionRef, Model, ValueKind};
use syntax::ast::*;
use text::FileId;

use crate::libraries::web;

/// What text a value of a type can become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Shape {
    /// One of a few names, a flag, an id or date in its own notation: nothing that an author would not expect.
    Fixed,
    Number,
    Any,
}

/// What the declared type and the declared checks of a parameter leave open.
pub(crate) fn of_parameter(model: &Model<'_>, function: FunctionRef, index: u32) -> Shape {
    let ast = model.ast(function.file);
    let Some(parameter) = ast[ast[function.id].parameters].get(index as usize) else {
        return Shape::Any;
    };
    if let Some(default) = parameter.default
        && has_strict_pattern(model, function.file, default)
    {
        return Shape::Fixed;
    }
    match parameter.annotation {
        Some(annotation) => of_annotation(model, function.file, annotation),
        None => Shape::Any,
    }
}

/// What a type leaves open.
pub(crate) fn of_annotation(model: &Model<'_>, file: FileId, annotation: ExprId) -> Shape {
    let mut pending = vec![(file, annotation)];
    let mut widest = None;
    let mut steps = 0;
    while let Some((file, expr)) = pending.pop() {
        steps += 1;
        if steps > 40 {
            return Shape::Any;
        }
        let ast = model.ast(file);
        let shape = match ast[expr].kind {
            ExprKind::None => continue,
            ExprKind::Binary {
                operator: BinaryOperator::BitOr,
                left,
                right,
            } => {
                pending.extend([(file, left), (file, right)]);
                continue;
            }
            ExprKind::Subscript { object, index } => {
                let items = match ast[index].kind {
                    ExprKind::Tuple(items) => ast[items].to_vec(),
                    _ => vec![index],
                };
                match last_name(model, ExprRef { file, id: object }) {
                    Some("Annotated") => {
                        if items.iter().skip(1).any(|&item| has_strict_pattern(model, file, item)) {
                            Shape::Fixed
                        } else {
                            pending.extend(items.first().map(|&item| (file, item)));
                            continue;
                        }
                    }
                    Some("Literal") => Shape::Fixed,
                    Some(
                        "Optional" | "Union" | "List" | "list" | "Sequence" | "Set" | "set" | "Iterable" | "Tuple"
                        | "tuple" | "FrozenSet" | "frozenset" | "Collection" | "Type",
                    ) => {
                        pending.extend(items.into_iter().map(|item| (file, item)));
                        continue;
                    }
                    _ => Shape::Any,
                }
            }
            ExprKind::Name(_) | ExprKind::Attribute { .. } => {
                match of_name(model, ExprRef { file, id: expr }, &mut pending) {
                    Some(shape) => shape,
                    None => continue,
                }
            }
            ExprKind::Call { .. } if has_strict_pattern(model, file, expr) => Shape::Fixed,
            // `conint(ge=1)`
            ExprKind::Call { function, .. } => match of_name(model, ExprRef { file, id: function }, &mut Vec::new()) {
                Some(shape) => shape,
                None => Shape::Any,
            },
            ExprKind::Ellipsis => continue,
            _ => Shape::Any,
        };
        widest = widest.max(Some(shape));
    }
    widest.unwrap_or(Shape::Any)
}

/// Whether a class lists its values: `class Issuer(Enum)`.
pub(crate) fn is_enumeration(model: &Model<'_>, class: ClassRef) -> bool {
    const ENUMERATIONS: &[&str] = &["enum.Enum", "enum.IntEnum", "enum.StrEnum", "enum.Flag", "enum.IntFlag"];
    model.descends_from(class, |path| ENUMERATIONS.contains(&path))
}

/// `None`: an alias, whose definition was put into `pending`.
fn of_name(model: &Model<'_>, name: ExprRef, pending: &mut Vec<(FileId, ExprId)>) -> Option<Shape> {
    let Some(value) = model.eval(name).into_iter().next() else {
        return Some(Shape::Any);
    };
    match &value.kind {
        ValueKind::Class(class) => Some(match is_enumeration(model, *class) {
            true => Shape::Fixed,
            false => Shape::Any,
        }),
        ValueKind::External(path) => Some(of_path(path)),
        // `UserId = Annotated[int, Path()]`
        ValueKind::Item { .. } | ValueKind::Unknown(_) | ValueKind::Call { .. } if value.origin != model.span(name) => {
            match model.expr_of(value.origin) {
                Some(alias) => {
                    pending.push((alias.file, alias.id));
                    None
                }
                None => Some(Shape::Any),
            }
        }
        _ => Some(Shape::Any),
    }
}

fn of_path(path: &str) -> Shape {
    match path {
        "builtins.int" | "builtins.float" | "builtins.complex" | "decimal.Decimal" => Shape::Number,
        "builtins.bool" | "uuid.UUID" | "builtins.None" => Shape::Fixed,
        _ if path.starts_with("datetime.") || path.starts_with("ipaddress.") || path.starts_with("enum.") => {
            Shape::Fixed
        }
        _ => match path.strip_prefix("pydantic.").map(|rest| rest.rsplit('.').next()) {
            Some(Some(name)) if name.ends_with("Int") || name.ends_with("Float") || name.starts_with("con") => {
                match name {
                    "conint" | "confloat" | "condecimal" => Shape::Number,
                    "condate" => Shape::Fixed,
                    _ if name.starts_with("con") => Shape::Any,
                    _ => Shape::Number,
                }
            }
            Some(Some("StrictBool" | "PastDate" | "FutureDate" | "AwareDatetime" | "NaiveDatetime")) => Shape::Fixed,
            Some(Some(name)) if name.starts_with("UUID") => Shape::Fixed,
            _ => Shape::Any,
        },
    }
}

fn last_name<'a>(model: &Model<'a>, expr: ExprRef) -> Option<&'a str> {
    let file = model.file(expr.file);
    match file.ast()[expr.id].kind {
        ExprKind::Name(name) | ExprKind::Attribute { name, .. } => Some(file.imported_name(name)),
        _ => None,
    }
}

/// `Query(pattern="^(asc|desc)$")` and its like: a check that leaves names alone.
fn has_strict_pattern(model: &Model<'_>, file: FileId, expr: ExprId) -> bool {
    let call = ExprRef { file, id: expr };
    let ast = model.ast(file);
    let ExprKind::Call { function, .. } = ast[expr].kind else {
        return false;
    };
    let describes = model.called_path(call).is_some_and(|path| {
        web::is_parameter_function(&path) || path.starts_with("pydantic.") || path.starts_with("sqlmodel.")
    });
    if !describes && last_name(model, ExprRef { file, id: function }) != Some("Field") {
        return false;
    }
    let arguments = model.arguments(call, None);
    arguments.get(None, &["pattern", "regex"]).is_some_and(|pattern| {
        !pattern.values.is_empty()
            && pattern
                .values
                .iter()
                .all(|value| value.as_str().is_some_and(|text| is_strict(text, true)))
    })
}

/// Whether a regular expression lets nothing but names through: letters, digits, `_`, `.`, `-` and spaces between
/// a few of them. `must_anchor`: it is searched for, not matched in full.
pub(crate) fn is_strict(pattern: &str, must_anchor: bool) -> bool {
    let is_anchored = pattern.starts_with(['^']) || pattern.starts_with("\\A");
    let ends = pattern.ends_with('$') || pattern.ends_with("\\Z") || pattern.ends_with("\\z");
    if must_anchor && !(is_anchored && ends) {
        return false;
    }
    let body = pattern
        .trim_start_matches("\\A")
        .trim_start_matches('^')
        .trim_end_matches("\\Z")
        .trim_end_matches("\\z")
        .trim_end_matches('$');
    let mut chars = body.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            // A dot outside of a class lets anything through; inside it is a dot.
            '.' => return false,
            '[' => {
                if chars.peek() == Some(&'^') {
                    return false;
                }
                let mut closed = false;
                while let Some(c) = chars.next() {
                    match c {
                        ']' => {
                            closed = true;
                            break;
                        }
                        '\\' => match chars.next() {
                            Some('w' | 'd' | '.' | '-' | 's') => {}
                            _ => return false,
                        },
                        _ if c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ') => {}
                        _ => return false,
                    }
                }
                if !closed {
                    return false;
                }
            }
            '\\' => match chars.next() {
                Some('w' | 'd' | '.' | '-' | 's') => {}
                _ => return false,
            },
            '(' | ')' | '|' | '?' | '*' | '+' | '{' | '}' | ',' | ':' => {}
            _ if c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ' ') => {}
            _ => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::is_strict;

    #[test]
    fn patterns() {
        assert!(is_strict("^(asc|desc)$", true));
        assert!(is_strict(r"^[a-zA-Z_][\w.]*$", true));
        assert!(is_strict(r"\w+", false));
        assert!(!is_strict(r"\w+", true));
        assert!(!is_strict("^.*$", true));
        assert!(!is_strict("^[^;]+$", true));
        assert!(!is_strict(r"^\S+$", true));
        assert!(!is_strict("^[a-z'\"]+$", true));
    }
}
