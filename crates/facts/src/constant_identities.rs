//! Dependencies that stand for authentication and give every request the same identity.

use semantic::{Model, Value, ValueKind};
use syntax::ast::*;

use crate::Facts;
use crate::authenticators::{AuthenticatorRole, Credentials};
use crate::source::{Function, function_of};

/// Words in the names of functions that say who the caller is.
const IDENTITY: &[&str] = &[
    "current_user",
    "current_admin",
    "current_account",
    "current_active",
    "logged_in_user",
    "authenticated_user",
    "auth_user",
    "user_id_from_token",
    "current_identity",
    "current_principal",
    "get_user_from_token",
    "authenticate_user_token",
];

impl Facts<'_> {
    /// Functions that the dependencies of routes without a guard name, and that return constants alone.
    pub fn constant_identities(&self) -> Vec<Function> {
        let model = &self.model;
        let credentials = Credentials::new(model);
        let mut out: Vec<Function> = Vec::new();
        let known = &self.authentication().routes;
        for (route, known) in self.applications().routes.iter().zip(known) {
            if known.guard.is_some() {
                continue;
            }
            for dependency in &route.operation.dependencies {
                let Some(function) = dependency.callable.function() else {
                    continue;
                };
                let name = model.function_name(function).to_lowercase();
                let is_seen = out.iter().any(|known| known.id == function);
                if is_seen || model.file(function.file).is_test() || !IDENTITY.iter().any(|word| name.contains(word)) {
                    continue;
                }
                if self.authenticators().role_of(function) != Some(AuthenticatorRole::Dependency)
                    || credentials.reads(function)
                    || !dependency.dependencies.is_empty()
                {
                    continue;
                }
                let ast = model.ast(function.file);
                let raises = ast
                    .stmts_within(ast[function.id].body)
                    .iter()
                    .any(|&stmt| matches!(ast[stmt].kind, StmtKind::Raise { .. }));
                let values = model.result(function);
                if !raises && !values.is_empty() && values.iter().all(|value| is_constant(model, value)) {
                    out.push(function_of(model, function));
                }
            }
        }
        text::sort_by_number(&mut out, |function| function.span.number());
        out
    }
}

/// A text, a number, a dictionary or object made of them.
fn is_constant(model: &Model<'_>, value: &Value) -> bool {
    let mut pending = vec![value.clone()];
    let mut steps = 0;
    while let Some(value) = pending.pop() {
        steps += 1;
        if steps > 60 {
            return false;
        }
        match &value.kind {
            ValueKind::Str(_) | ValueKind::Int(_) | ValueKind::Float | ValueKind::Bool(_) | ValueKind::None => {}
            ValueKind::List(items) => pending.extend(items.iter().flatten().cloned()),
            ValueKind::Dict(entries) => {
                for entry in entries.iter() {
                    match entry {
                        semantic::DictEntry::Pair { value, .. } => pending.extend(value.iter().cloned()),
                        semantic::DictEntry::Spread(_) => return false,
                    }
                }
            }
            ValueKind::Instance {
                call: Some(call),
                frame,
                ..
            } => {
                let arguments = model.arguments(*call, frame.as_ref());
                if arguments.is_open() {
                    return false;
                }
                let named = arguments.named().map(|(_, argument)| argument);
                pending.extend(
                    arguments
                        .positional()
                        .iter()
                        .chain(named)
                        .flat_map(|argument| argument.values.iter().cloned()),
                );
            }
            // `datetime.now()`, `uuid4()` make no identity.
            _ => return false,
        }
    }
    // `None` alone is no identity.
    !matches!(value.kind, ValueKind::None)
}
