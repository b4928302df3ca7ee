//! `Depends(…)` and `Security(…)` as values.

use std::rc::Rc;

use semantic::{BoundArgument, BoundArguments, ExprRef, Frame, Value, ValueKind, Values};
use text::Span;

use crate::libraries::fastapi;

/// A call of `Depends` or `Security`.
#[derive(Debug, Clone)]
pub(super) struct Marker {
    pub(super) call: ExprRef,
    pub(super) frame: Option<Rc<Frame>>,
    pub(super) origin: Span,
    pub(super) is_security: bool,
}

impl Marker {
    pub(super) fn of(value: &Value) -> Option<Marker> {
        let ValueKind::Call {
            path,
            call: Some(call),
            frame,
        } = &value.kind
        else {
            return None;
        };
        let is_security = fastapi::SECURITY.contains(&&**path);
        (is_security || fastapi::DEPENDS.contains(&&**path)).then(|| Marker {
            call: *call,
            frame: frame.clone(),
            origin: value.origin,
            is_security,
        })
    }
}

/// `Annotated[type, …]`, those inside it flattened.
pub(super) struct Annotated {
    pub(super) type_annotation: Values,
    pub(super) metadata: Vec<Values>,
}

/// Aliases of aliases that are followed.
const MAX_NESTED: usize = 8;

impl Annotated {
    pub(super) fn of(values: &Values) -> Option<Annotated> {
        let mut out = Annotated::parts(values)?;
        for _ in 0..MAX_NESTED {
            let Some(inner) = Annotated::parts(&out.type_annotation) else {
                break;
            };
            out = Annotated {
                type_annotation: inner.type_annotation,
                metadata: [inner.metadata, out.metadata].concat(),
            };
        }
        Some(out)
    }

    fn parts(values: &Values) -> Option<Annotated> {
        values.iter().find_map(|value| {
            let ValueKind::Item { base, key } = &value.kind else {
                return None;
            };
            match base.kind {
                // `Injected[Service]` of `Injected = Annotated[T, Depends()]`
                ValueKind::Item { .. } => Annotated::generic(base, key),
                _ => Annotated::written(value),
            }
        })
    }

    /// `Annotated[…]` itself.
    fn written(value: &Value) -> Option<Annotated> {
        let ValueKind::Item { base, key } = &value.kind else {
            return None;
        };
        match &base.kind {
            ValueKind::External(path) if path.rsplit('.').next() == Some("Annotated") => {}
            _ => return None,
        }
        let items = key.iter().find_map(|key| match &key.kind {
            ValueKind::List(items) => Some(items),
            _ => None,
        })?;
        let (type_annotation, metadata) = items.split_first()?;
        Some(Annotated {
            type_annotation: type_annotation.clone(),
            metadata: metadata.to_vec(),
        })
    }

    fn generic(alias: &Value, key: &Values) -> Option<Annotated> {
        let alias = Annotated::written(alias)?;
        let is_variable =
            |value: &Value| matches!(&value.kind, ValueKind::Call { path, .. } if &**path == "typing.TypeVar");
        Some(match alias.type_annotation.iter().any(is_variable) {
            true => Annotated {
                type_annotation: key.clone(),
                ..alias
            },
            false => alias,
        })
    }

    /// The mark that counts, the last one, if it is a dependency.
    pub(super) fn marker(&self) -> Option<Marker> {
        let last = self.metadata.iter().rev().find_map(|values| {
            values.iter().find_map(|value| match Marker::of(value) {
                Some(marker) => Some(Some(marker)),
                None => is_request_part(value).then_some(None),
            })
        });
        last.flatten()
    }
}

fn is_request_part(value: &Value) -> bool {
    match &value.kind {
        ValueKind::Call { path, .. } => {
            let name = path.strip_prefix("fastapi.").and_then(|rest| rest.rsplit('.').next());
            name.is_some_and(|name| fastapi::REQUEST_PARTS.contains(&name))
        }
        _ => false,
    }
}

/// What `Depends(…)` is given; nothing for `Depends()` and `Depends(None)`.
pub(super) fn dependency_argument(arguments: &BoundArguments) -> Option<&BoundArgument> {
    let given = arguments.get(fastapi::DEPENDENCY.position, fastapi::DEPENDENCY.keywords)?;
    let is_none = !given.values.is_empty() && given.values.iter().all(|value| matches!(value.kind, ValueKind::None));
    (!is_none).then_some(given)
}

/// `scopes=[…]`
pub(super) fn scopes(arguments: &BoundArguments) -> Vec<String> {
    let Some(given) = arguments.get(fastapi::SCOPES.position, fastapi::SCOPES.keywords) else {
        return Vec::new();
    };
    let lists = given.values.iter().filter_map(|value| match &value.kind {
        ValueKind::List(items) => Some(items),
        _ => None,
    });
    let items = lists.flat_map(|items| items.iter());
    items
        .filter_map(|item| item.first()?.as_str().map(str::to_owned))
        .collect()
}
