//! The table of routes, read off from each application down through what it includes.

use rustc_hash::{FxHashMap, FxHashSet};
use semantic::{ExprRef, Model};
use syntax::ast::*;
use text::Span;

use super::contexts::Contexts;
use super::objects::{Construction, Object, ObjectId, ObjectKind, Objects};
use super::registrations::{self, Registration, RegistrationKind};
use super::{Application, Applications, Mount, Route, RoutePath, Unmounted, UnmountedRoute};
use crate::dependencies::{Dependency, Level, Resolver};
use crate::libraries::fastapi::{self, RouteKind};

/// Routers inside routers that are followed.
const MAX_DEPTH: usize = 16;
/// Routes of a project that are listed.
const MAX_ROUTES: usize = 20_000;

/// What holds for everything below one way through includes.
#[derive(Debug, Clone, Default)]
struct Way {
    application: usize,
    prefix: RoutePath,
    dependencies: Vec<Dependency>,
    includes: Vec<Span>,
    conditions: Vec<Span>,
    objects: Vec<ObjectId>,
}

struct Builder<'f, 'm, 'a> {
    model: &'m Model<'a>,
    resolver: &'f Resolver<'m, 'a>,
    objects: &'f Objects<'m, 'a>,
    /// In the order in which they run.
    registrations: Vec<Registration>,
    /// Those of the objects that one call makes.
    by_call: FxHashMap<ExprRef, Vec<usize>>,
    reached: FxHashSet<usize>,
    ids: Vec<Object>,
    out: Applications,
}

pub(super) fn build<'m, 'a>(
    resolver: &Resolver<'m, 'a>,
    objects: &Objects<'m, 'a>,
    contexts: &Contexts<'m, 'a>,
    constructions: &[Construction],
    mut registrations: Vec<Registration>,
) -> Applications {
    text::sort_by(&mut registrations, |a, b| a.moment.cmp(&b.moment));
    let mut by_call: FxHashMap<ExprRef, Vec<usize>> = FxHashMap::default();
    for (index, registration) in registrations.iter().enumerate() {
        for owner in &registration.owners {
            by_call.entry(owner.id.call).or_default().push(index);
        }
    }
    let mut builder = Builder {
        model: resolver.model,
        resolver,
        objects,
        registrations,
        by_call,
        reached: FxHashSet::default(),
        ids: Vec::new(),
        out: Applications::default(),
    };
    builder.add_applications(contexts, constructions);
    builder.add_routes();
    builder.add_unmounted();
    builder.out
}

impl Builder<'_, '_, '_> {
    fn add_applications(&mut self, contexts: &Contexts<'_, '_>, constructions: &[Construction]) {
        for construction in constructions {
            if construction.kind != ObjectKind::Application {
                continue;
            }
            for context in contexts.around(construction.call).iter() {
                let values = self.model.eval_in(construction.call, context.frame.as_ref());
                for object in values.iter().filter_map(|value| self.objects.object(value)) {
                    if self.ids.iter().any(|known| known.id == object.id) {
                        continue;
                    }
                    let name = self.application_name(&object);
                    let same = self.out.applications.iter().filter(|known| known.name == name).count();
                    self.out.applications.push(Application {
                        name: if same > 0 { format!("{name}#{}", same + 1) } else { name },
                        span: self.model.span(construction.call),
                        mounts: Vec::new(),
                        is_test: self.model.file(construction.call.file).is_test(),
                    });
                    self.ids.push(object);
                }
            }
        }
    }

    /// File and variable: of the outermost call that makes the application, or the factory around it.
    fn application_name(&self, object: &Object) -> String {
        let outermost = object.id.around.last().copied().unwrap_or(object.id.call);
        let name = self
            .variable(outermost)
            .map(|name| name + &self.attribute(object))
            .or_else(|| {
                let factory = self.model.enclosing_function(outermost)?;
                Some(format!("{}()", self.model.function_name(factory)))
            })
            .unwrap_or_else(|| "?".to_owned());
        format!("{}:{name}", self.model.file(outermost.file).path())
    }

    /// `.app` of `self.app = FastAPI()`, for an object that keeps its application.
    fn attribute(&self, object: &Object) -> String {
        let call = object.id.call;
        let ast = self.model.ast(call.file);
        let stmt = ast.stmt_of(call.id);
        let (Some(function), StmtKind::Assign { targets, .. }) = (ast.enclosing_function(stmt), ast[stmt].kind) else {
            return String::new();
        };
        let parameters = ast[ast[function].parameters].first();
        let is_self = |id: ExprId| matches!(ast[id].kind, ExprKind::Name(name) if parameters.is_some_and(|first| first.name == name));
        let attribute = ast[targets].iter().find_map(|&target| match ast[target].kind {
            ExprKind::Attribute { object, name, .. } if is_self(object) => Some(name),
            _ => None,
        });
        match attribute {
            Some(name) if ast.class_of_method(function).is_some() => {
                format!(".{}", self.model.file(call.file).source().imported_name(name))
            }
            _ => String::new(),
        }
    }

    /// The variable that a call at the top level of a module is assigned to.
    fn variable(&self, call: ExprRef) -> Option<String> {
        let ast = self.model.ast(call.file);
        let stmt = ast.stmt_of(call.id);
        if ast.enclosing_function(stmt).is_some() {
            return None;
        }
        let target = match ast[stmt].kind {
            StmtKind::Assign { targets, .. } => *ast[targets].first()?,
            StmtKind::AnnotatedAssign { target, .. } => target,
            _ => return None,
        };
        Some(
            self.model
                .written(ExprRef {
                    file: call.file,
                    id: target,
                })
                .into_owned(),
        )
    }

    fn add_routes(&mut self) {
        let mounted: Vec<ObjectId> = self
            .registrations
            .iter()
            .filter_map(|registration| match &registration.kind {
                RegistrationKind::Mount { children, .. } if !registration.owners.is_empty() => Some(children),
                _ => None,
            })
            .flatten()
            .map(|child| child.id.clone())
            .collect();
        for index in 0..self.ids.len() {
            let object = self.ids[index].clone();
            // What is mounted is reached from above, unless nothing above it is.
            if !mounted.iter().any(|id| id.can_be(&object.id)) {
                self.visit_application(index);
            }
        }
        for index in 0..self.ids.len() {
            let is_listed = self.out.routes.iter().any(|route| route.application == index);
            if !is_listed && self.out.applications[index].mounts.is_empty() {
                self.visit_application(index);
            }
        }
        // What something unknown includes may be what is missing.
        for registration in &self.registrations {
            if registration.owners.is_empty() && matches!(registration.kind, RegistrationKind::Include { .. }) {
                self.out.unfollowed.push(registration.span);
            }
        }
        text::sort_by_key(&mut self.out.routes, |route| route.application);
        text::sort(&mut self.out.unfollowed);
        self.out.unfollowed.dedup();
    }

    fn visit_application(&mut self, index: usize) {
        let way = Way {
            application: index,
            prefix: RoutePath {
                text: String::new(),
                is_known: true,
            },
            ..Way::default()
        };
        self.visit(&self.ids[index].clone(), way);
    }

    /// Lists what an object registers. The depth is that of includes, which is bounded.
    fn visit(&mut self, object: &Object, mut way: Way) {
        if way.objects.len() >= MAX_DEPTH || way.objects.contains(&object.id) {
            return;
        }
        way.objects.push(object.id.clone());
        let arguments = self.objects.arguments(object);
        let level = match object.kind {
            ObjectKind::Application => Level::Application,
            ObjectKind::Router => Level::Router,
        };
        let (prefix, own, given) = match &arguments {
            Some(arguments) => (
                registrations::argument_path(self.model, arguments, fastapi::PREFIX, "").unwrap_or_default(),
                registrations::listed(self.resolver, arguments, level),
                registrations::given(self.resolver, self.objects, arguments),
            ),
            None => (
                RoutePath {
                    text: String::new(),
                    is_known: true,
                },
                Vec::new(),
                Vec::new(),
            ),
        };
        for kind in given {
            // They are taken as they are: without the prefix and the dependencies of the router.
            let none = RoutePath {
                text: String::new(),
                is_known: true,
            };
            self.visit_registration(&kind, object.value.origin, &[], &way, &none, &[]);
        }
        let indices = self.by_call.get(&object.id.call).cloned().unwrap_or_default();
        for index in indices {
            let registration = self.registrations[index].clone();
            let is_own = |owner: &Object| owner.id.can_be(&object.id);
            if registration.owners.iter().any(is_own) {
                self.reached.insert(index);
                let mut conditions = registration.conditions.clone();
                // One of several objects, as the code chooses.
                if registration.owners.len() > 1 {
                    conditions.push(registration.owner);
                }
                self.visit_registration(&registration.kind, registration.span, &conditions, &way, &prefix, &own);
            }
        }
    }

    fn visit_registration(
        &mut self,
        kind: &RegistrationKind,
        span: Span,
        conditions: &[Span],
        way: &Way,
        prefix: &RoutePath,
        own: &[Dependency],
    ) {
        let conditions = [&way.conditions, conditions].concat();
        match kind {
            RegistrationKind::Route {
                operation,
                decorator,
                is_class_view,
            } => {
                if self.out.routes.len() >= MAX_ROUTES {
                    return;
                }
                let mut operation = operation.clone();
                match operation.kind {
                    RouteKind::Api | RouteKind::WebSocket => {
                        operation.path = way.prefix.then(prefix).then(&operation.path);
                        let twice = if *is_class_view { own } else { &[] };
                        let parameters = std::mem::take(&mut operation.dependencies);
                        operation.dependencies = [&way.dependencies, twice, own, decorator, &parameters]
                            .map(<[Dependency]>::to_vec)
                            .concat();
                    }
                    RouteKind::Plain | RouteKind::PlainWebSocket => {
                        operation.path = way.prefix.then(&operation.path);
                        operation.dependencies.clear();
                    }
                }
                self.out.routes.push(Route {
                    application: way.application,
                    operation,
                    includes: way.includes.clone(),
                    conditions,
                });
            }
            RegistrationKind::Include {
                children,
                prefix: include_prefix,
                dependencies,
                is_followed,
            } => {
                if children.is_empty() && !is_followed {
                    self.out.unfollowed.push(span);
                }
                for child in children {
                    let mut below = Way {
                        prefix: way.prefix.then(prefix).then(include_prefix),
                        dependencies: [&way.dependencies, own, dependencies]
                            .map(<[Dependency]>::to_vec)
                            .concat(),
                        conditions: conditions.clone(),
                        ..way.clone()
                    };
                    below.includes.push(span);
                    if children.len() > 1 {
                        below.conditions.push(span);
                    }
                    self.visit(child, below);
                }
            }
            RegistrationKind::Mount {
                children,
                path,
                is_followed,
            } => {
                if children.is_empty() && !is_followed {
                    self.out.unfollowed.push(span);
                }
                for child in children {
                    let mut below = Way {
                        prefix: way.prefix.then(path).without_end(),
                        dependencies: Vec::new(),
                        conditions: conditions.clone(),
                        ..way.clone()
                    };
                    below.includes.push(span);
                    if let Some(index) = self.ids.iter().position(|known| known.id.can_be(&child.id)) {
                        self.out.applications[index].mounts.push(Mount {
                            parent: way.application,
                            path: below.prefix.text.clone(),
                            span,
                        });
                        below.application = index;
                    }
                    self.visit(child, below);
                }
            }
        }
    }

    fn add_unmounted(&mut self) {
        let mut seen: FxHashSet<Span> = FxHashSet::default();
        let reached: FxHashSet<Span> = self
            .reached
            .iter()
            .map(|&index| self.registrations[index].span)
            .collect();
        for index in 0..self.registrations.len() {
            let registration = &self.registrations[index];
            if reached.contains(&registration.span) || !seen.insert(registration.span) {
                continue;
            }
            let RegistrationKind::Route {
                operation, decorator, ..
            } = &registration.kind
            else {
                continue;
            };
            let mut operation = operation.clone();
            let written = self.model.text(registration.owner).to_owned();
            let reason = match registration.owners.first() {
                None => Unmounted::UnknownRouter(written),
                Some(owner) => {
                    let made = self.model.span(owner.id.call);
                    let arguments = self.objects.arguments(owner);
                    let own = arguments.as_ref().map(|arguments| {
                        (
                            registrations::argument_path(self.model, arguments, fastapi::PREFIX, "")
                                .unwrap_or_default(),
                            registrations::listed(self.resolver, arguments, Level::Router),
                        )
                    });
                    if let (Some((prefix, own)), RouteKind::Api | RouteKind::WebSocket) = (own, operation.kind) {
                        operation.path = prefix.then(&operation.path);
                        let parameters = std::mem::take(&mut operation.dependencies);
                        operation.dependencies = [own, decorator.clone(), parameters].concat();
                    }
                    Unmounted::NeverIncluded { router: written, made }
                }
            };
            self.out.unmounted.push(UnmountedRoute { operation, reason });
        }
        text::sort_by_number(&mut self.out.unmounted, |route| route.operation.registration.number());
    }
}

impl RoutePath {
    fn then(&self, more: &RoutePath) -> RoutePath {
        RoutePath {
            text: format!("{}{}", self.text, more.text),
            is_known: self.is_known && more.is_known,
        }
    }

    /// A mount at `/` or `/x/` adds no slash of its own.
    fn without_end(mut self) -> RoutePath {
        self.text.truncate(self.text.trim_end_matches('/').len());
        self
    }
}
