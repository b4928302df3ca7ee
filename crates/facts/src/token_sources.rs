//! Where tokens that are verified come from, other than the `Authorization` header.

use semantic::{BindingKind, ExprRef, FunctionRef, Model};
use text::Span;

use crate::Facts;
use crate::authenticators::{AuthenticatorRole, called};
use crate::dependencies::{CallableKind, Dependency};
use crate::flow::{OriginKind, RequestPart};
use crate::libraries::requests;

/// A token that is taken from a place where it does not belong, or may not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenSource {
    pub part: RequestPart,
    /// The parameter, the read of the request, or the security scheme.
    pub span: Span,
    /// Its name there.
    pub name: Option<String>,
    pub role: AuthenticatorRole,
    /// The function that reads it.
    pub function: String,
    /// Paths of the routes whose handler the function is; empty for a dependency.
    pub paths: Vec<String>,
    /// The same verification takes tokens from the header, too, or another one in the project does.
    pub has_header: bool,
    /// The call that verifies, where one does.
    pub verified_at: Option<Span>,
}

/// Parameters of dependencies that are tokens whatever is done with them.
const TOKENS: &[&str] = &[
    "token",
    "access_token",
    "auth_token",
    "jwt",
    "jwt_token",
    "bearer_token",
    "id_token",
];

impl Facts<'_> {
    /// In order of file and place.
    pub fn token_sources(&self) -> Vec<TokenSource> {
        let model = &self.model;
        let flow = self.flow();
        let mut out: Vec<TokenSource> = Vec::new();
        let mut has_header = false;
        for decode in self.decodes.iter().filter(|decode| !decode.call.is_test) {
            let Some(token) = decode.token_expr else { continue };
            for origin in flow.origins_in(token, None).iter() {
                let (part, name) = match &origin.kind {
                    OriginKind::Credential => {
                        has_header = true;
                        continue;
                    }
                    OriginKind::Request {
                        part: RequestPart::Header,
                        ..
                    } => {
                        has_header = true;
                        continue;
                    }
                    OriginKind::Request { part, name } => (*part, name.clone()),
                    _ => continue,
                };
                if part == RequestPart::Any {
                    continue;
                }
                self.add(model, part, name, origin.span, Some(decode.call.span), &mut out);
            }
        }
        self.of_dependencies(model, &mut out, &mut has_header);
        for source in &mut out {
            source.has_header = has_header;
        }
        text::sort_by_number(&mut out, |source| source.span.number());
        out
    }

    fn add(
        &self,
        model: &Model<'_>,
        part: RequestPart,
        name: Option<String>,
        span: Span,
        verified_at: Option<Span>,
        out: &mut Vec<TokenSource>,
    ) {
        if self.is_test(span.file) || out.iter().any(|known| known.span == span) {
            return;
        }
        let Some(function) = model.function_at(span.file, span.range.start()) else {
            return;
        };
        let role = self
            .authenticators()
            .role_of(function)
            .unwrap_or(AuthenticatorRole::Helper);
        let routes = self.applications().routes.iter().map(|route| &route.operation);
        let unmounted = self.applications().unmounted.iter().map(|route| &route.operation);
        let paths = routes
            .chain(unmounted)
            .filter(|operation| operation.handler.function() == Some(function))
            .map(|operation| operation.path.text.clone());
        out.push(TokenSource {
            part,
            span,
            name,
            role,
            function: model.function_name(function).to_owned(),
            paths: paths.collect(),
            has_header: false,
            verified_at,
        });
    }

    /// Plain parameters of dependencies, which FastAPI reads from the query, and schemes that read it.
    fn of_dependencies(&self, model: &Model<'_>, out: &mut Vec<TokenSource>, has_header: &mut bool) {
        let mounted = self.applications().routes.iter().map(|route| &route.operation);
        let unmounted = self.applications().unmounted.iter().map(|route| &route.operation);
        let mut seen: Vec<FunctionRef> = Vec::new();
        for operation in mounted.chain(unmounted) {
            let mut pending: Vec<&Dependency> = operation.dependencies.iter().collect();
            let mut left = 100;
            while let Some(dependency) = pending.pop() {
                left -= 1;
                if left == 0 {
                    break;
                }
                pending.extend(dependency.dependencies.iter());
                if let CallableKind::External { path, .. } = &dependency.callable.kind
                    && let Some(part) = requests::scheme_part(path)
                {
                    match part {
                        RequestPart::Header => *has_header = true,
                        _ => self.add(model, part, None, dependency.declared, None, out),
                    }
                }
                let Some(function) = called(model, &dependency.callable) else {
                    continue;
                };
                if seen.contains(&function) {
                    continue;
                }
                seen.push(function);
                self.parameters(model, function, &operation.path.text, out);
            }
        }
    }

    fn parameters(&self, model: &Model<'_>, function: FunctionRef, path: &str, out: &mut Vec<TokenSource>) {
        let file = model.file(function.file);
        let ast = file.ast();
        for (index, parameter) in ast[ast[function.id].parameters].iter().enumerate() {
            let name = file.source().name(parameter.name);
            if !TOKENS.contains(&name) || model.injected(function, index as u32).is_some() {
                continue;
            }
            let part = [parameter.default, parameter.annotation]
                .into_iter()
                .flatten()
                .flat_map(|id| ast.descendants(id))
                .find_map(|id| {
                    let call = ExprRef {
                        file: function.file,
                        id,
                    };
                    requests::parameter_part(&model.called_path(call)?)
                });
            let part = match part {
                Some(RequestPart::Header) => continue,
                Some(part) => part,
                None if path.contains(&format!("{{{name}}}")) => RequestPart::Path,
                None => RequestPart::Query,
            };
            // What it is not asked for is not read.
            let scope = file.index().function_scope(function.id);
            let bindings = file.index().bindings(scope, parameter.name);
            let binding = bindings
                .iter()
                .find(|binding| matches!(binding.kind, BindingKind::Parameter { .. }));
            if binding.is_some_and(|binding| !model.reads(function.file, binding).is_empty()) {
                let span = Span::new(function.file, parameter.name_range);
                self.add(model, part, Some(name.to_owned()), span, None, out);
            }
        }
    }
}
