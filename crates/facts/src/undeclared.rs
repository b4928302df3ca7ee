//! Parameters that stand for authentication and that FastAPI fills from the request.
//!
//! ```python
//! def read(user=get_current_user): …              # the function object
//! def read(user: Annotated[User, get_current_user]): …    # User, from the request body
//! def read(current_user: User): …                 # the same
//! def read(user=Depends(get_current_user())): …   # called once, when the file is imported
//! ```

use semantic::{ExprRef, FunctionRef, Model, Value, ValueKind};
use syntax::ast::*;
use text::Span;

use crate::Facts;
use crate::authenticators::{AuthenticatorRole, Credentials};
use crate::dependencies::{CallableKind, Dependency};
use crate::libraries::{fastapi, identity};

/// A parameter that looks like a dependency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undeclared {
    pub parameter: String,
    /// The parameter, or the call of `Depends`.
    pub span: Span,
    pub form: UndeclaredForm,
    /// What stands where `Depends(…)` should, as written.
    pub written: Option<Span>,
    /// The function whose parameter it is.
    pub function: String,
    /// What it should depend on.
    pub dependency: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UndeclaredForm {
    /// `user=get_current_user`
    Default,
    /// `Annotated[User, get_current_user]`
    Metadata,
    /// `current_user: User`; `in_body`: FastAPI reads the body, not the query.
    Named { in_body: bool },
    /// `Depends(get_current_user())`
    Called,
}

/// Names of parameters that hold nothing but the caller.
const CALLER: &[&str] = &[
    "current_user",
    "currentuser",
    "logged_in_user",
    "authenticated_user",
    "auth_user",
    "authed_user",
    "current_admin",
    "current_superuser",
    "current_account",
    "current_active_user",
    "current_user_id",
];

/// Words in the names of functions that authenticate.
const AUTHENTICATES: &[&str] = &[
    "current_user",
    "get_user",
    "auth",
    "verify",
    "require",
    "login",
    "token",
    "permission",
    "admin",
    "jwt",
];

impl Facts<'_> {
    /// In order of file and place.
    pub fn undeclared(&self) -> Vec<Undeclared> {
        let model = &self.model;
        let search = Search {
            model,
            facts: self,
            credentials: Credentials::new(model),
        };
        let mut out = Vec::new();
        let mounted = self.applications().routes.iter().map(|route| &route.operation);
        let unmounted = self.applications().unmounted.iter().map(|route| &route.operation);
        let mut functions: Vec<(FunctionRef, String)> = Vec::new();
        for operation in mounted.chain(unmounted) {
            if let Some(function) = operation.handler.function() {
                functions.push((function, operation.path.text.clone()));
            }
            let mut pending: Vec<&Dependency> = operation.dependencies.iter().collect();
            let mut left = 100;
            while let Some(dependency) = pending.pop() {
                left -= 1;
                if left == 0 {
                    break;
                }
                out.extend(search.called(dependency));
                pending.extend(dependency.dependencies.iter());
            }
        }
        for (function, _) in self.handlers.all() {
            if matches!(
                self.authenticators().role_of(function),
                Some(AuthenticatorRole::Handler | AuthenticatorRole::Dependency | AuthenticatorRole::WebSocket)
            ) {
                functions.push((function, String::new()));
            }
        }
        text::sort_by(&mut functions, |a, b| a.0.cmp(&b.0).then(b.1.len().cmp(&a.1.len())));
        functions.dedup_by_key(|(function, _)| *function);
        for (function, path) in functions {
            if !model.file(function.file).is_test() {
                search.parameters(function, &path, &mut out);
            }
        }
        text::sort_by_number(&mut out, |found| found.span.number());
        out.dedup_by_key(|found| found.span);
        out
    }
}

struct Search<'f, 'a> {
    model: &'f Model<'a>,
    facts: &'f Facts<'a>,
    credentials: Credentials<'f, 'a>,
}

impl Search<'_, '_> {
    fn parameters(&self, function: FunctionRef, path: &str, out: &mut Vec<Undeclared>) {
        let file = self.model.file(function.file);
        let ast = file.ast();
        let is_handler = self.facts.authenticators().role_of(function) != Some(AuthenticatorRole::Dependency);
        for (index, parameter) in ast[ast[function.id].parameters].iter().enumerate() {
            if matches!(parameter.kind, ParameterKind::Star | ParameterKind::DoubleStar)
                || self.model.injected(function, index as u32).is_some()
            {
                continue;
            }
            let at = |id: ExprId| ExprRef {
                file: function.file,
                id,
            };
            let name = file.source().name(parameter.name);
            let found = |form: UndeclaredForm, written: Option<ExprId>, dependency: String| Undeclared {
                parameter: name.to_owned(),
                span: Span::new(function.file, parameter.range),
                form,
                written: written.map(|id| self.model.span(at(id))),
                function: self.model.function_name(function).to_owned(),
                dependency,
            };
            if let Some(default) = parameter.default {
                if let Some(dependency) = self.authenticates(at(default)) {
                    out.push(found(UndeclaredForm::Default, Some(default), dependency));
                    continue;
                }
                // `= None`, `= Header()`, `= Body()`
                if !matches!(ast[default].kind, ExprKind::None | ExprKind::Ellipsis) {
                    continue;
                }
            }
            if let Some(annotation) = parameter.annotation
                && let Some((metadata, dependency)) = self.metadata(at(annotation))
            {
                let written = (metadata.file == function.file
                    && ast[annotation].range.contains_range(ast[metadata.id].range))
                .then_some(metadata.id);
                out.push(found(UndeclaredForm::Metadata, written, dependency));
                continue;
            }
            let is_path = path.contains(&format!("{{{name}}}")) || path.contains(&format!("{{{name}:"));
            if is_handler && !is_path && CALLER.contains(&name) {
                let in_body = match parameter.annotation {
                    Some(annotation) => match self.is_from_request(at(annotation)) {
                        Some(in_body) => in_body,
                        None => continue,
                    },
                    None => false,
                };
                out.push(found(
                    UndeclaredForm::Named { in_body },
                    None,
                    "get_current_user".to_owned(),
                ));
            }
        }
    }

    /// The name of what authenticates, where an expression is a function or scheme that does, and not `Depends` on it.
    fn authenticates(&self, expr: ExprRef) -> Option<String> {
        let ast = self.model.ast(expr.file);
        if !matches!(
            ast[expr.id].kind,
            ExprKind::Name(_) | ExprKind::Attribute { .. } | ExprKind::Call { .. }
        ) {
            return None;
        }
        let text = self.model.written(expr).into_owned();
        let is_it = |value: &Value| match &value.kind {
            ValueKind::Function(function) => {
                let name = self.model.function_name(*function).to_lowercase();
                let is_written_so = !matches!(ast[expr.id].kind, ExprKind::Call { .. }) || value.closure().is_some();
                is_written_so
                    && (self.facts.authenticators().of(*function).is_some()
                        || AUTHENTICATES.iter().any(|word| name.contains(word)))
            }
            ValueKind::Call { path, .. } => {
                crate::libraries::requests::scheme_part(path).is_some() || identity::vouched_for(path).is_some()
            }
            ValueKind::Instance { class, .. } => self
                .model
                .descends_from(*class, |path| crate::libraries::requests::scheme_part(path).is_some()),
            _ => false,
        };
        self.model.eval(expr).iter().any(is_it).then_some(text)
    }

    /// `get_current_user` of `Annotated[User, get_current_user]`.
    fn metadata(&self, annotation: ExprRef) -> Option<(ExprRef, String)> {
        let mut annotation = annotation;
        // An alias.
        for value in self.model.eval(annotation) {
            if let ValueKind::Item { .. } = value.kind
                && let Some(written) = self.model.expr_of(value.origin)
            {
                annotation = written;
            }
        }
        let ast = self.model.ast(annotation.file);
        let ExprKind::Subscript { object, index } = ast[annotation.id].kind else {
            return None;
        };
        let at = |id: ExprId| ExprRef {
            file: annotation.file,
            id,
        };
        if self.credentials.last_name(at(object)) != Some("Annotated") {
            return None;
        }
        let ExprKind::Tuple(items) = ast[index].kind else {
            return None;
        };
        let metadata = ast[items].get(1..)?;
        // Beside `Depends`, `Query` and their like it is something else.
        let is_marked = metadata.iter().any(|&item| {
            self.model.called_path(at(item)).is_some_and(|path| {
                fastapi::DEPENDS.contains(&&*path)
                    || fastapi::SECURITY.contains(&&*path)
                    || path
                        .rsplit('.')
                        .next()
                        .is_some_and(|name| fastapi::REQUEST_PARTS.contains(&name))
            })
        });
        if is_marked {
            return None;
        }
        metadata
            .iter()
            .find_map(|&item| self.authenticates(at(item)).map(|dependency| (at(item), dependency)))
    }

    /// Whether FastAPI reads a parameter of this type from the body, or the query; `None` where it may be filled
    /// otherwise.
    fn is_from_request(&self, annotation: ExprRef) -> Option<bool> {
        let ast = self.model.ast(annotation.file);
        match ast[annotation.id].kind {
            // `User | None`, `Optional[User]`
            ExprKind::Binary { left, .. } => self.is_from_request(ExprRef {
                file: annotation.file,
                id: left,
            }),
            ExprKind::Subscript { object, index } => {
                let object = ExprRef {
                    file: annotation.file,
                    id: object,
                };
                match self.credentials.last_name(object) {
                    Some("Optional") => self.is_from_request(ExprRef {
                        file: annotation.file,
                        id: index,
                    }),
                    Some("dict" | "Dict") => Some(true),
                    _ => None,
                }
            }
            ExprKind::Name(_) | ExprKind::Attribute { .. } => {
                let values = self.model.eval(annotation);
                match values.first().map(|value| &value.kind)? {
                    ValueKind::Class(class) => {
                        let is_model = self.model.descends_from(*class, |path| {
                            let name = path.rsplit('.').next().unwrap_or_default();
                            matches!(name, "BaseModel" | "SQLModel" | "TypedDict" | "Schema")
                        });
                        is_model.then_some(true)
                    }
                    ValueKind::External(path) => match &**path {
                        "builtins.str" | "builtins.int" | "uuid.UUID" => Some(false),
                        "builtins.dict" => Some(true),
                        _ => None,
                    },
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// `Depends(get_current_user())`
    fn called(&self, dependency: &Dependency) -> Option<Undeclared> {
        let marker = self.model.expr_of(dependency.marker)?;
        if self.model.file(marker.file).is_test()
            || matches!(
                dependency.callable.kind,
                CallableKind::Class(_) | CallableKind::Instance { .. }
            )
        {
            return None;
        }
        let ast = self.model.ast(marker.file);
        let ExprKind::Call { arguments, .. } = ast[marker.id].kind else {
            return None;
        };
        let given = ast[arguments].first()?;
        let call = ExprRef {
            file: marker.file,
            id: given.value,
        };
        if !matches!(ast[call.id].kind, ExprKind::Call { .. }) {
            return None;
        }
        for callee in self.model.callee(call) {
            let ValueKind::Function(function) = callee.kind else {
                continue;
            };
            let name = self.model.function_name(function).to_lowercase();
            let is_about = self.facts.authenticators().of(function).is_some()
                || AUTHENTICATES.iter().any(|word| name.contains(word));
            let home = self.model.ast(function.file);
            let asks = |index: u32| self.model.injected(function, index).is_some();
            let is_dependency = (0..home[home[function.id].parameters].len() as u32).any(asks);
            let makes_callable = self.model.result(function).iter().any(|value| {
                !matches!(
                    value.kind,
                    ValueKind::None
                        | ValueKind::Str(_)
                        | ValueKind::Dict(_)
                        | ValueKind::Item { .. }
                        | ValueKind::Bool(_)
                        | ValueKind::Int(_)
                )
            });
            let is_async = home[function.id].is_async;
            if is_about && is_dependency && (is_async || !makes_callable || self.verifies(function)) {
                return Some(Undeclared {
                    parameter: dependency.parameter.clone().unwrap_or_default(),
                    span: dependency.marker,
                    form: UndeclaredForm::Called,
                    written: Some(self.model.span(call)),
                    function: String::new(),
                    dependency: self.model.function_name(function).to_owned(),
                });
            }
        }
        None
    }

    fn verifies(&self, function: FunctionRef) -> bool {
        let ast = self.model.ast(function.file);
        let defines_inner = ast
            .stmts_within(ast[function.id].body)
            .iter()
            .any(|&stmt| matches!(ast[stmt].kind, StmtKind::Function(_)));
        !defines_inner
            && self
                .facts
                .authenticators()
                .of(function)
                .is_some_and(|known| known.verifies)
    }
}
