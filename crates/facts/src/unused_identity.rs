//! Routes that are given the caller and do not ask whose the rows are which they touch.

use syntax::ast::*;
use text::Span;

use crate::Facts;
use crate::applications::Operation as RouteOperation;
use crate::exposure;
use crate::libraries::data::Operation;
use crate::libraries::purposes::{self, Purpose};

/// A handler that never uses the caller it is given, beside rows that may be somebody's.
#[derive(Debug, Clone)]
pub struct UnusedIdentity {
    /// Index in [`crate::applications::Applications::routes`].
    pub route: usize,
    pub parameter: String,
    pub span: Span,
    /// What is touched, with where.
    pub subject: Option<String>,
    pub touched: Span,
    pub is_change: bool,
}

impl Facts<'_> {
    /// Callers that handlers are given and do not use, found when they are first asked for.
    pub fn unused_identities(&self) -> &[UnusedIdentity] {
        self.unused_identities.get_or_init(|| find(self))
    }
}

fn find(facts: &Facts<'_>) -> Vec<UnusedIdentity> {
    let applications = facts.applications();
    let known = &facts.authentication().routes;
    let mut out = Vec::new();
    for (index, (route, known)) in applications.routes.iter().zip(known).enumerate() {
        let is_test = applications.applications[route.application].is_test;
        let Some(parameter) = known
            .identity
            .as_ref()
            .and_then(|identity| identity.parameter.as_deref())
        else {
            continue;
        };
        if is_test || known.role.is_some() || facts.is_test(route.operation.registration.file) {
            continue;
        }
        out.extend(of_route(facts, index, &route.operation, parameter));
    }
    out
}

fn of_route(facts: &Facts<'_>, index: usize, operation: &RouteOperation, parameter: &str) -> Option<UnusedIdentity> {
    let purpose = Purpose::new(&operation.path.text, &operation.handler.name);
    // A name with an underscore says that it is meant to be so.
    if parameter.starts_with('_') || purpose.is_administrative() {
        return None;
    }
    let function = operation.handler.function()?;
    let model = &facts.model;
    let ast = model.ast(function.file);
    let source = model.file(function.file).source();
    let declared = ast[ast[function.id].parameters]
        .iter()
        .find(|declared| source.name(declared.name) == parameter)?;
    let body = ast.block_range(ast[function.id].body)?;
    let is_used = ast.exprs().any(|(_, expr)| {
        matches!(expr.kind, ExprKind::Name(name) if name == declared.name) && body.contains_range(expr.range)
    });
    if is_used {
        return None;
    }
    let is_read = operation.methods.iter().all(|method| method == "GET");
    let models = &facts.data().models;
    let (_, rows) = exposure::rows(facts, function, &[]);
    // Rows with a known owner are the business of those who compare it.
    let owners = &facts.authentication().owners;
    let is_owned = |row: &exposure::Row| {
        row.model.is_some_and(|id| {
            let model = models.get(id);
            owners.has_owner(id) || !model.owners.is_empty() || !model.parents.is_empty() || model.is_user()
        })
    };
    if rows.iter().any(is_owned) {
        return None;
    }
    let touched = rows.iter().find_map(|row| {
        let is_change = matches!(
            row.operation,
            Operation::Insert | Operation::Save | Operation::Update | Operation::Delete
        );
        let name = match row.model {
            Some(id) => Some(models.get(id).name.clone()),
            None => row.table.clone(),
        };
        let is_private = name.as_deref().is_some_and(purposes::is_private);
        (is_private && is_change != is_read).then_some((name, row.span, is_change))
    });
    let (subject, touched, is_change) = touched?;
    Some(UnusedIdentity {
        route: index,
        parameter: parameter.to_owned(),
        span: Span::new(function.file, declared.name_range),
        subject,
        touched,
        is_change,
    })
}
