//! Calls that register something with an application or router.

use semantic::{BoundArguments, ClassRef, ExprRef, FunctionRef, Iteration, Model, Value, ValueKind, Values};
use syntax::ast::*;
use text::{FileId, Span};

use super::contexts::{Context, Contexts};
use super::objects::{Object, Objects};
use super::order::Moment;
use super::{Operation, RoutePath};
use crate::dependencies::{Callable, Dependency, Level, Resolver};
use crate::environment;
use crate::libraries::fastapi::{self, HttpMethods, RouteKind, RouteMethod};

/// One registration in one way in which its code runs.
#[derive(Debug, Clone)]
pub(super) struct Registration {
    /// Empty where what it belongs to cannot be followed.
    pub(super) owners: Vec<Object>,
    /// What it belongs to, as written.
    pub(super) owner: Span,
    pub(super) moment: Vec<Moment>,
    pub(super) conditions: Vec<Span>,
    pub(super) span: Span,
    pub(super) kind: RegistrationKind,
}

#[derive(Debug, Clone)]
pub(super) enum RegistrationKind {
    /// With the operation's own dependencies: of the decorator, then of the parameters.
    Route {
        operation: Operation,
        /// Of the decorator or call.
        decorator: Vec<Dependency>,
        /// `@cbv` registers the route twice over, with the router's own dependencies each time.
        is_class_view: bool,
    },
    Include {
        children: Vec<Object>,
        prefix: RoutePath,
        dependencies: Vec<Dependency>,
        is_followed: bool,
    },
    Mount {
        children: Vec<Object>,
        path: RoutePath,
        is_followed: bool,
    },
}

/// A call that may register something, with what it does.
#[derive(Debug, Clone, Copy)]
enum Site {
    Decorator(&'static RouteMethod, FunctionId),
    /// `router.get("/x")(handler)`
    Applied(&'static RouteMethod, ExprRef),
    Call(&'static RouteMethod),
    Include,
    Mount,
}

struct Finder<'f, 'm, 'a> {
    model: &'m Model<'a>,
    resolver: &'f Resolver<'m, 'a>,
    objects: &'f Objects<'m, 'a>,
    contexts: &'f Contexts<'m, 'a>,
    class_views: Vec<ClassRef>,
}

pub(super) fn find<'m, 'a>(
    resolver: &Resolver<'m, 'a>,
    objects: &Objects<'m, 'a>,
    contexts: &Contexts<'m, 'a>,
) -> Vec<Registration> {
    let model = resolver.model;
    let mut finder = Finder {
        model,
        resolver,
        objects,
        contexts,
        class_views: Vec::new(),
    };
    finder.class_views = finder.class_views();
    let mut out = Vec::new();
    for file in model.file_ids() {
        for (call, site) in finder.sites(file) {
            finder.register(call, site, &mut out);
        }
    }
    out
}

impl Finder<'_, '_, '_> {
    fn sites(&self, file: FileId) -> Vec<(ExprRef, Site)> {
        let ast = self.model.ast(file);
        let mut out = Vec::new();
        for method in fastapi::ROUTE_METHODS {
            for call in self.model.calls_named(file, [method.name]) {
                let is_method = self.model.receiver(call).is_some();
                let site = match method.handler {
                    Some(_) => is_method.then_some(Site::Call(method)),
                    None => decorated_function(ast, call.id)
                        .map(|function| Site::Decorator(method, function))
                        .or_else(|| applied(ast, call).map(|outer| Site::Applied(method, outer)))
                        .filter(|_| is_method),
                };
                out.extend(site.map(|site| (call, site)));
            }
        }
        for (name, site) in [(fastapi::INCLUDE, Site::Include), (fastapi::MOUNT, Site::Mount)] {
            let calls = self.model.calls_named(file, [name]);
            out.extend(
                calls
                    .filter(|call| self.model.receiver(*call).is_some())
                    .map(|call| (call, site)),
            );
        }
        out
    }

    /// Classes under `@cbv(router)`.
    fn class_views(&self) -> Vec<ClassRef> {
        let mut out = Vec::new();
        for file in self.model.file_ids() {
            for call in self.model.calls_named(file, [fastapi::CLASS_VIEW]) {
                let ast = self.model.ast(file);
                let is_known = self
                    .model
                    .called_path(call)
                    .is_some_and(|path| fastapi::CLASS_VIEW_DECORATORS.contains(&&*path));
                if let StmtKind::Class(id) = ast[ast.stmt_of(call.id)].kind
                    && is_known
                {
                    out.push(ClassRef { file, id });
                }
            }
        }
        out
    }

    fn register(&self, call: ExprRef, site: Site, out: &mut Vec<Registration>) {
        let Some(receiver) = self.model.receiver(call) else {
            return;
        };
        for context in self.contexts.around(call).iter() {
            for rounds in self.contexts.rounds(context, call) {
                let owners = self.owners(receiver, context, &rounds);
                let is_known = !owners.is_empty();
                if !is_known && !self.looks_like_route(call, site, receiver, context) {
                    continue;
                }
                let arguments = self
                    .model
                    .arguments_in_iterations(call, context.frame.as_ref(), &rounds);
                let Some(kind) = self.kind(call, site, context, &rounds, &arguments) else {
                    continue;
                };
                out.push(Registration {
                    owners,
                    owner: self.model.span(receiver),
                    moment: self.contexts.moment(context, &rounds, call, self.nth(call, site)),
                    conditions: self.contexts.conditions(context, call),
                    span: self.model.span(call),
                    kind,
                });
            }
        }
    }

    /// Decorators run from the function upwards.
    fn nth(&self, call: ExprRef, site: Site) -> u32 {
        let Site::Decorator(_, function) = site else { return 0 };
        let ast = self.model.ast(call.file);
        let decorators = &ast[ast[function].decorators];
        let index = decorators.iter().position(|&id| id == call.id).unwrap_or_default();
        (decorators.len() - index) as u32
    }

    /// The applications or routers that an expression is.
    fn owners(&self, expr: ExprRef, context: &Context, rounds: &[Iteration]) -> Vec<Object> {
        let frame = context.frame.as_ref();
        let values = self.model.eval_in_iterations(expr, frame, rounds);
        let found = self.objects_in(&values);
        if !found.is_empty() {
            return found;
        }
        // `app.router`
        let ast = self.model.ast(expr.file);
        match ast[expr.id].kind {
            ExprKind::Attribute { object, name, .. }
                if self.model.file(expr.file).source().name(name) == fastapi::OWN_ROUTER =>
            {
                let object = ExprRef {
                    file: expr.file,
                    id: object,
                };
                self.objects_in(&self.model.eval_in_iterations(object, frame, rounds))
            }
            _ => Vec::new(),
        }
    }

    fn objects_in(&self, values: &Values) -> Vec<Object> {
        let mut out: Vec<Object> = Vec::new();
        for object in values.iter().filter_map(|value| self.objects.object(value)) {
            if out.iter().all(|known| known.id != object.id) {
                out.push(object);
            }
        }
        out
    }

    /// Whether a decorator of something that is not followed may be a route: it has a path, and what it belongs to
    /// is not known to be something else.
    fn looks_like_route(&self, call: ExprRef, site: Site, receiver: ExprRef, context: &Context) -> bool {
        if !matches!(site, Site::Decorator(..) | Site::Applied(..)) {
            return match site {
                Site::Call(_) | Site::Include => self.is_open(receiver, context),
                _ => false,
            };
        }
        let arguments = self.model.arguments(call, context.frame.as_ref());
        let Some(path) = arguments.get(fastapi::PATH.position, fastapi::PATH.keywords) else {
            return false;
        };
        let can_be_path = path.values.iter().any(|value| match value.as_str() {
            Some(text) => text.is_empty() || text.starts_with('/'),
            None => !matches!(value.kind, ValueKind::None | ValueKind::Bool(_) | ValueKind::Int(_)),
        });
        can_be_path && self.is_open(receiver, context)
    }

    /// Whether a value may be a router: nothing says that it is something else.
    fn is_open(&self, expr: ExprRef, context: &Context) -> bool {
        let values = self.model.eval_in(expr, context.frame.as_ref());
        values.is_empty()
            || values.iter().any(|value| match &value.kind {
                // `router: APIRouter`, whoever passes it.
                ValueKind::Call { path, call: None, .. } => {
                    fastapi::ROUTERS.contains(&&**path) || fastapi::APPLICATIONS.contains(&&**path)
                }
                ValueKind::Unknown(_)
                | ValueKind::Parameter { .. }
                | ValueKind::Attribute { .. }
                | ValueKind::Item { .. }
                | ValueKind::Field { .. } => true,
                // A name that is bound nowhere, perhaps because the file is not valid Python; a module by its name.
                ValueKind::External(path) | ValueKind::Call { path, .. } => ["fastapi.", "builtins.", "importlib."]
                    .iter()
                    .any(|start| path.starts_with(start)),
                _ => false,
            })
    }

    fn kind(
        &self,
        call: ExprRef,
        site: Site,
        context: &Context,
        rounds: &[Iteration],
        arguments: &BoundArguments,
    ) -> Option<RegistrationKind> {
        match site {
            Site::Decorator(method, function) => {
                let function = FunctionRef {
                    file: call.file,
                    id: function,
                };
                let handler = self.decorated_handler(function, call, context);
                Some(self.route(call, method, arguments, handler, self.first_decorator(function)))
            }
            Site::Applied(method, outer) => {
                let arguments_outside = self
                    .model
                    .arguments_in_iterations(outer, context.frame.as_ref(), rounds);
                let handler = arguments_outside.positional().first()?;
                let handler = self.resolver.callable(&handler.values, Some(handler.span));
                Some(self.route(call, method, arguments, handler, self.model.span(call)))
            }
            Site::Call(method) => {
                let handler = method.handler?;
                let handler = arguments.get(handler.position, handler.keywords)?;
                let handler = self.resolver.callable(&handler.values, Some(handler.span));
                Some(self.route(call, method, arguments, handler, self.model.span(call)))
            }
            Site::Include => {
                let included = fastapi::INCLUDED_ROUTER;
                let router = arguments.get(included.position, included.keywords)?;
                Some(RegistrationKind::Include {
                    children: self.children(router.expr, &router.values, context, rounds),
                    prefix: argument_path(self.model, arguments, fastapi::PREFIX, "").unwrap_or_default(),
                    dependencies: listed(self.resolver, arguments, Level::Include),
                    is_followed: is_followed(&router.values),
                })
            }
            Site::Mount => {
                let mounted = fastapi::MOUNTED_APPLICATION;
                let application = arguments.get(mounted.position, mounted.keywords)?;
                Some(RegistrationKind::Mount {
                    children: self.children(application.expr, &application.values, context, rounds),
                    path: argument_path(self.model, arguments, fastapi::PATH, "/").unwrap_or_default(),
                    is_followed: is_followed(&application.values),
                })
            }
        }
    }

    fn children(&self, expr: Option<ExprRef>, values: &Values, context: &Context, rounds: &[Iteration]) -> Vec<Object> {
        let found = self.objects_in(values);
        match expr {
            Some(expr) if found.is_empty() => self.owners(expr, context, rounds),
            _ => found,
        }
    }

    fn route(
        &self,
        call: ExprRef,
        method: &RouteMethod,
        arguments: &BoundArguments,
        handler: Callable,
        declaration: Span,
    ) -> RegistrationKind {
        let class_view = handler.function().and_then(|function| {
            let id = self.model.ast(function.file).class_of_method(function.id)?;
            let class = ClassRef {
                file: function.file,
                id,
            };
            (method.kind == RouteKind::Api && self.class_views.contains(&class)).then_some(class)
        });
        let dependencies = match class_view {
            Some(class) => self.resolver.of_class_view(&handler, class),
            None => self.resolver.dependencies(&handler).to_vec(),
        };
        RegistrationKind::Route {
            operation: Operation {
                kind: method.kind,
                methods: methods(method.kind, method.methods, arguments),
                path: argument_path(self.model, arguments, fastapi::PATH, "/").unwrap_or_default(),
                handler,
                declaration,
                registration: self.model.span(call),
                dependencies,
            },
            decorator: listed(self.resolver, arguments, Level::Decorator),
            is_class_view: class_view.is_some(),
        }
    }

    /// The handler under a decorator: the function as the decorators between the two leave it.
    fn decorated_handler(&self, function: FunctionRef, call: ExprRef, context: &Context) -> Callable {
        let ast = self.model.ast(function.file);
        let decorators = &ast[ast[function.id].decorators];
        let below = decorators
            .iter()
            .position(|&id| id == call.id)
            .map_or(0, |index| index + 1);
        let mut value = Value::new(
            ValueKind::Function(function),
            Span::new(function.file, ast[function.id].name_range),
        );
        // Inside a factory, the handler's defaults are evaluated in the call of the factory.
        if let Some(frame) = &context.frame {
            value = value.with_closure(frame.clone());
        }
        self.resolver.decorated(function, &decorators[below..], &value)
    }

    fn first_decorator(&self, function: FunctionRef) -> Span {
        let ast = self.model.ast(function.file);
        let first = ast[ast[function.id].decorators].first();
        let range = first.map_or(ast[function.id].name_range, |&id| ast[id].range);
        Span::new(function.file, range)
    }
}

/// The routes of `routes=[Route(…), Mount(…)]`, as if they were registered first of all.
pub(super) fn given<'m, 'a>(
    resolver: &Resolver<'m, 'a>,
    objects: &Objects<'m, 'a>,
    arguments: &BoundArguments,
) -> Vec<RegistrationKind> {
    let routes = fastapi::ROUTES;
    let Some(routes) = arguments.get(routes.position, routes.keywords) else {
        return Vec::new();
    };
    let lists = routes.values.iter().filter_map(|value| match &value.kind {
        ValueKind::List(items) => Some(items.clone()),
        _ => None,
    });
    let items: Vec<Values> = lists.flat_map(|items| items.to_vec()).collect();
    items
        .iter()
        .filter_map(|item| item.iter().find_map(|value| given_route(resolver, objects, value)))
        .collect()
}

fn given_route<'m, 'a>(
    resolver: &Resolver<'m, 'a>,
    objects: &Objects<'m, 'a>,
    value: &Value,
) -> Option<RegistrationKind> {
    let model = resolver.model;
    let ValueKind::Call {
        path,
        call: Some(call),
        frame,
    } = &value.kind
    else {
        return None;
    };
    let arguments = model.arguments(*call, frame.as_ref());
    let route_path = argument_path(model, &arguments, fastapi::PATH, "/").unwrap_or_default();
    if &**path == fastapi::MOUNT_CLASS {
        let mounted = fastapi::MOUNTED_APPLICATION;
        let application = arguments.get(mounted.position, mounted.keywords)?;
        return Some(RegistrationKind::Mount {
            children: application
                .values
                .iter()
                .filter_map(|value| objects.object(value))
                .collect(),
            path: route_path,
            is_followed: is_followed(&application.values),
        });
    }
    let class = fastapi::ROUTE_CLASSES.iter().find(|class| *class.path == **path)?;
    let handler = fastapi::ROUTE_CLASS_HANDLER;
    let handler = arguments.get(handler.position, handler.keywords)?;
    let handler = resolver.callable(&handler.values, Some(handler.span));
    Some(RegistrationKind::Route {
        operation: Operation {
            kind: class.kind,
            methods: methods(class.kind, class.methods, &arguments),
            path: route_path,
            dependencies: resolver.dependencies(&handler).to_vec(),
            handler,
            declaration: value.origin,
            registration: value.origin,
        },
        decorator: listed(resolver, &arguments, Level::Decorator),
        is_class_view: false,
    })
}

/// `dependencies=[…]` of a call.
pub(super) fn listed(resolver: &Resolver<'_, '_>, arguments: &BoundArguments, level: Level) -> Vec<Dependency> {
    let dependencies = fastapi::DEPENDENCIES;
    match arguments.get(dependencies.position, dependencies.keywords) {
        Some(given) => resolver.listed(&given.values, given.span, level),
        None => Vec::new(),
    }
}

/// The path that an argument is; `missing` where it is not given.
pub(super) fn argument_path(
    model: &Model<'_>,
    arguments: &BoundArguments,
    argument: crate::libraries::Argument,
    missing: &str,
) -> Option<RoutePath> {
    let Some(given) = arguments.get(argument.position, argument.keywords) else {
        return Some(RoutePath {
            text: missing.to_owned(),
            is_known: true,
        });
    };
    if given.values.iter().all(|value| matches!(value.kind, ValueKind::None)) && !given.values.is_empty() {
        return Some(RoutePath {
            text: String::new(),
            is_known: true,
        });
    }
    let known = path_text(model, &given.values, 0);
    Some(known.unwrap_or_else(|| {
        let written = given.expr.map_or(given.span, |expr| model.span(expr));
        RoutePath {
            text: format!(
                "<{}>",
                model.text(written).split_whitespace().collect::<Vec<_>>().join(" ")
            ),
            is_known: false,
        }
    }))
}

/// Defaults of settings that defaults of settings are made of.
const MAX_DEFAULTS: usize = 4;

fn path_text(model: &Model<'_>, values: &Values, depth: usize) -> Option<RoutePath> {
    values.iter().find_map(|value| match &value.kind {
        ValueKind::Str(text) => Some(RoutePath {
            text: text.to_string(),
            is_known: true,
        }),
        ValueKind::Format(parts) => {
            let mut out = RoutePath {
                text: String::new(),
                is_known: true,
            };
            for part in parts.iter() {
                match part {
                    semantic::TextOrValue::Text(text) => out.text.push_str(text),
                    semantic::TextOrValue::Value(expr, values) => match path_text(model, values, depth + 1) {
                        Some(known) if depth < MAX_DEFAULTS => {
                            out.text.push_str(&known.text);
                            out.is_known &= known.is_known;
                        }
                        _ => {
                            out.text.push_str(&format!("<{}>", model.written(*expr)));
                            out.is_known = false;
                        }
                    },
                }
            }
            Some(out)
        }
        _ if depth >= MAX_DEFAULTS => None,
        // `prefix=settings.API_PREFIX`: what it is unless the environment says otherwise.
        _ => match (environment::environment_read(model, value), &value.kind) {
            (Some(read), _) => path_text(model, &read.default, depth + 1),
            (None, ValueKind::Field { default, .. }) => path_text(model, &model.eval((*default)?), depth + 1),
            _ => None,
        },
    })
}

fn methods(kind: RouteKind, declared: HttpMethods, arguments: &BoundArguments) -> Vec<String> {
    let mut methods: Vec<String> = match declared {
        HttpMethods::None => return Vec::new(),
        HttpMethods::Fixed(method) => vec![method.to_owned()],
        HttpMethods::Listed(argument) => {
            let listed = arguments.get(argument.position, argument.keywords);
            let lists = listed.iter().flat_map(|listed| &listed.values);
            let named: Vec<String> = lists
                .filter_map(|value| match &value.kind {
                    ValueKind::List(items) => Some(items.iter()),
                    _ => None,
                })
                .flatten()
                .filter_map(|item| item.first()?.as_str().map(str::to_uppercase))
                .collect();
            match named.is_empty() {
                true => vec!["GET".to_owned()],
                false => named,
            }
        }
    };
    // Starlette answers HEAD wherever it answers GET; FastAPI does not.
    if kind == RouteKind::Plain && methods.iter().any(|method| method == "GET") {
        methods.push("HEAD".to_owned());
    }
    text::sort(&mut methods);
    methods.dedup();
    methods
}

fn is_followed(values: &Values) -> bool {
    !values.is_empty()
        && values.iter().all(|value| {
            !matches!(
                value.kind,
                ValueKind::Unknown(_)
                    | ValueKind::Parameter { .. }
                    | ValueKind::Item { .. }
                    | ValueKind::Attribute { .. }
            )
        })
}

/// The function that a call decorates.
fn decorated_function(ast: &Ast, call: ExprId) -> Option<FunctionId> {
    match ast[ast.stmt_of(call)].kind {
        StmtKind::Function(function) => ast[ast[function].decorators].contains(&call).then_some(function),
        _ => None,
    }
}

/// The call whose callee is this call: `router.get("/x")(handler)`.
fn applied(ast: &Ast, call: ExprRef) -> Option<ExprRef> {
    let outer = ast.parent_expr(call.id)?;
    match ast[outer].kind {
        ExprKind::Call { function, .. } if function == call.id => Some(ExprRef {
            file: call.file,
            id: outer,
        }),
        _ => None,
    }
}
