//! What one request leaves behind for another: users in globals, sessions of a database that all requests share.

use rustc_hash::FxHashSet;
use semantic::{BindingKind, ExprRef, FunctionRef, NameUse, ScopeId, ValueKind};
use syntax::ast::*;
use text::Span;

use crate::Facts;
use crate::authentication::{Calls, is_credential};
use crate::exposure;
use crate::flow::Flow;
use crate::handlers::HandlerKind;
use crate::libraries::databases;
use crate::queries::VARIABLES;

/// A value of one request that others see.
#[derive(Debug, Clone)]
pub struct SharedState {
    pub kind: SharedKind,
    /// The assignment, call or use.
    pub span: Span,
    /// The variable, as written.
    pub name: String,
    /// Where the variable is made.
    pub made: Option<Span>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SharedKind {
    /// `global current_user`
    Global,
    /// `app.state.user`
    Application,
    /// An attribute of an object or class that all requests share, or an entry under a constant key.
    Object,
    /// A database session made at import, used by routes.
    DatabaseSession,
    /// A dependency without parameters whose first result is kept.
    Cached,
}

impl Facts<'_> {
    /// What requests share and should not, found when it is first asked for.
    pub fn shared_state(&self) -> &[SharedState] {
        self.shared_state.get_or_init(|| find(self))
    }
}

fn find(facts: &Facts<'_>) -> Vec<SharedState> {
    let applications = facts.applications();
    let flow = facts.flow();
    let calls = facts.calls();
    let finder = Finder {
        facts,
        flow: &flow,
        calls: &calls,
    };
    let mut visited: FxHashSet<FunctionRef> = FxHashSet::default();
    let mut out: Vec<SharedState> = Vec::new();
    let mounted = applications.routes.iter().map(|route| &route.operation);
    let unmounted = applications.unmounted.iter().map(|route| &route.operation);
    for operation in mounted.chain(unmounted) {
        let Some(function) = operation.handler.function() else {
            continue;
        };
        if facts.is_test(function.file) {
            continue;
        }
        for function in exposure::rows(facts, function, &operation.dependencies).0 {
            if visited.insert(function) {
                finder.function(function, &mut out);
            }
        }
    }
    let middleware = facts
        .handlers
        .all()
        .filter(|(_, kind)| *kind == HandlerKind::Middleware);
    for (function, _) in middleware {
        if visited.insert(function) && !facts.is_test(function.file) {
            finder.function(function, &mut out);
        }
    }
    text::sort_by_number(&mut out, |state| state.span.number());
    out.dedup_by_key(|state| state.span);
    // One variable is one mistake.
    let mut names: Vec<(Option<Span>, String)> = Vec::new();
    out.retain(|state| {
        let key = (state.made, state.name.clone());
        let is_new = !names.contains(&key);
        if is_new {
            names.push(key);
        }
        is_new
    });
    out
}

struct Finder<'m, 'a> {
    facts: &'m Facts<'a>,
    flow: &'m Flow<'m, 'a>,
    calls: &'m Calls<'m, 'a>,
}

impl Finder<'_, '_> {
    fn function(&self, function: FunctionRef, out: &mut Vec<SharedState>) {
        let model = &self.facts.model;
        let file = function.file;
        let ast = model.ast(file);
        let source = model.file(file).source();
        let mut globals: Vec<Name> = Vec::new();
        let body = ast.stmts_within(ast[function.id].body);
        for &stmt in &body {
            if let StmtKind::Global(names) = ast[stmt].kind {
                globals.extend(ast[names].iter().filter_map(|&name| match ast[name].kind {
                    ExprKind::Name(name) => Some(name),
                    _ => None,
                }));
            }
        }
        for &stmt in &body {
            let StmtKind::Assign { targets, value } = ast[stmt].kind else {
                continue;
            };
            for &target in &ast[targets] {
                let Some((kind, name, made)) = self.shared(function, target, &globals) else {
                    continue;
                };
                let value = ExprRef { file, id: value };
                // `notes = [note for note in notes if note["id"] != note_id]`: rows of many users.
                let are_rows = self
                    .facts
                    .data()
                    .queries
                    .at(value)
                    .any(|query| query.library == VARIABLES);
                if !are_rows && self.is_of_user(value) {
                    out.push(SharedState {
                        kind,
                        span: Span::new(file, ast[stmt].range),
                        name,
                        made,
                    });
                }
            }
        }
        for call in self.calls.of(function) {
            if let Some(state) = self.database_session(call) {
                out.push(state);
            }
        }
        if let Some(cached) = self.cached(function) {
            out.push(SharedState {
                kind: SharedKind::Cached,
                span: cached,
                name: source.name(ast[function.id].name).to_owned(),
                made: None,
            });
        }
    }

    /// A place that all requests see.
    fn shared(
        &self,
        function: FunctionRef,
        target: ExprId,
        globals: &[Name],
    ) -> Option<(SharedKind, String, Option<Span>)> {
        let model = &self.facts.model;
        let file = function.file;
        let ast = model.ast(file);
        let source = model.file(file).source();
        let text = model.written(ExprRef { file, id: target }).into_owned();
        match ast[target].kind {
            ExprKind::Name(name) if globals.contains(&name) => Some((SharedKind::Global, text, None)),
            ExprKind::Attribute { object, .. } => {
                if let ExprKind::Attribute {
                    object: holder,
                    name: state,
                    ..
                } = ast[object].kind
                    && source.name(state) == "state"
                {
                    let is_application = match ast[holder].kind {
                        ExprKind::Name(name) => matches!(source.imported_name(name), "app" | "application"),
                        ExprKind::Attribute { name, .. } => source.name(name) == "app",
                        _ => false,
                    };
                    return is_application.then_some((SharedKind::Application, text, None));
                }
                let made = self.made(ExprRef { file, id: object })?;
                Some((SharedKind::Object, text, Some(made)))
            }
            // `current["user"] = user`; under a key that is computed, each user may have an entry.
            ExprKind::Subscript { object, index } => {
                if !matches!(ast[index].kind, ExprKind::String { .. }) {
                    return None;
                }
                let made = self.made(ExprRef { file, id: object })?;
                Some((SharedKind::Object, text, Some(made)))
            }
            _ => None,
        }
    }

    /// Where a variable of a module is made: an object, a class, a dictionary.
    fn made(&self, object: ExprRef) -> Option<Span> {
        let model = &self.facts.model;
        if !matches!(model.expr(object).kind, ExprKind::Name(_)) {
            return None;
        }
        let NameUse::Bound(definitions) = model.definitions(object) else {
            return None;
        };
        definitions.iter().find_map(|definition| {
            let is_kept = match definition.binding.kind {
                BindingKind::Class(_) => true,
                BindingKind::Value(value) => {
                    let value = ExprRef {
                        file: definition.file,
                        id: value,
                    };
                    // A variable of the context is of one request.
                    !matches!(
                        model.called_path(value).as_deref(),
                        Some("contextvars.ContextVar" | "threading.local")
                    )
                }
                _ => false,
            };
            (definition.binding.scope == ScopeId::MODULE && is_kept)
                .then(|| Span::new(definition.file, definition.binding.range))
        })
    }

    fn is_of_user(&self, value: ExprRef) -> bool {
        let origins = self.flow.origins_in(value, None);
        origins
            .iter()
            .any(|origin| origin.kind.is_verified() || (is_credential(origin)))
    }

    /// A call of a method of a session that is made at import.
    fn database_session(&self, call: ExprRef) -> Option<SharedState> {
        let model = &self.facts.model;
        self.facts.data().queries.at(call).next()?;
        let receiver = model.receiver(call)?;
        if !matches!(model.expr(receiver).kind, ExprKind::Name(_)) {
            return None;
        }
        let made = self.made(receiver)?;
        let is_session = model.eval(receiver).iter().any(|value| match &value.kind {
            ValueKind::Call {
                path, call: Some(_), ..
            } => databases::is_session(path),
            _ => false,
        });
        is_session.then(|| SharedState {
            kind: SharedKind::DatabaseSession,
            span: model.span(receiver),
            name: model.written(receiver).into_owned(),
            made: Some(made),
        })
    }

    /// `@lru_cache` over a function without parameters that gives a user.
    fn cached(&self, function: FunctionRef) -> Option<Span> {
        let model = &self.facts.model;
        let ast = model.ast(function.file);
        let at = |id: ExprId| ExprRef {
            file: function.file,
            id,
        };
        let is_cache = |path: &str| matches!(path, "functools.lru_cache" | "functools.cache");
        let decorator = ast[ast[function.id].decorators].iter().copied().find(|&id| {
            let callee = match ast[id].kind {
                ExprKind::Call { function, .. } => function,
                _ => id,
            };
            model
                .eval(at(callee))
                .iter()
                .any(|value| matches!(&value.kind, ValueKind::External(path) if is_cache(path)))
        })?;
        if !ast[ast[function.id].parameters].is_empty() {
            return None;
        }
        let returned = model.returns(function);
        returned
            .iter()
            .any(|&id| self.is_of_user(at(id)))
            .then(|| model.span(at(decorator)))
    }
}
