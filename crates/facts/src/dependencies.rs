//! What FastAPI calls before a handler: `Depends` and `Security`, wherever they are written.
//!
//! A [`Dependency`] is one place that asks for something, its [`Callable`] is what FastAPI calls there. What a
//! callable *does* is not said here: whoever classifies dependencies keys its answers by [`CallableKind`].

mod callables;
mod markers;
mod overrides;
mod parameters;

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::FxHashMap;
use semantic::{ClassRef, ExprRef, Frame, FunctionRef, Model, Value, ValueKind, Values};
use text::Span;

pub use overrides::DependencyOverride;
pub(crate) use overrides::find as find_overrides;

use markers::Marker;

/// Dependencies inside dependencies that are followed.
const MAX_DEPTH: usize = 24;

/// One place that asks FastAPI to call something.
#[derive(Debug, Clone)]
pub struct Dependency {
    pub callable: Callable,
    pub level: Level,
    /// The parameter that gets the result; none for an item of `dependencies=[…]`.
    pub parameter: Option<String>,
    /// The parameter, or the item of the list.
    pub declared: Span,
    /// The call of `Depends` or `Security`, which may stand elsewhere: in an alias or a constant.
    pub marker: Span,
    /// Scopes of `Security`, its own alone.
    pub scopes: Vec<String>,
    /// It is `Security`, not `Depends`.
    pub is_security: bool,
    /// On some way to the list it is not there.
    pub is_conditional: bool,
    /// What FastAPI calls before it, in order.
    pub dependencies: Rc<[Dependency]>,
}

/// Where a dependency is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// `FastAPI(dependencies=[…])`
    Application,
    /// `include_router(…, dependencies=[…])`
    Include,
    /// `APIRouter(dependencies=[…])`
    Router,
    /// `@router.get(…, dependencies=[…])`
    Decorator,
    /// A parameter of the handler or of another dependency.
    Parameter,
}

/// Something that FastAPI calls: a handler, or what `Depends` names.
#[derive(Debug, Clone)]
pub struct Callable {
    pub kind: CallableKind,
    /// As Python's `__qualname__`: `Items.read`, `require_role.<locals>.check`; the path of what comes from outside.
    pub name: String,
    /// Its name where the project defines it.
    pub span: Option<Span>,
    /// What `functools.partial` has already given.
    pub bound: Bound,
    /// For a function that another one returned: the call that made it, with the arguments it closes over.
    pub closure: Option<Rc<Frame>>,
    /// What else it can be, where the code chooses.
    pub alternatives: Vec<Callable>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CallableKind {
    Function(FunctionRef),
    /// A method of an object or class, called without its first parameter.
    Method(FunctionRef),
    Lambda(ExprRef),
    /// A class, whose `__init__` is called.
    Class(ClassRef),
    /// An object of a class of the project, whose `__call__` is called.
    Instance {
        class: ClassRef,
        /// The call that made it.
        made: Option<ExprRef>,
    },
    /// Something from outside, by its path; `is_object`: an object that a call of the path made, such as
    /// `fastapi.security.OAuth2PasswordBearer`.
    External {
        path: Rc<str>,
        is_object: bool,
    },
    /// It cannot be followed.
    Unknown,
}

/// Arguments that are given before FastAPI calls.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Bound {
    pub positional: usize,
    pub keywords: Vec<Rc<str>>,
}

/// Resolves dependencies, each callable's own ones once.
pub(crate) struct Resolver<'m, 'a> {
    pub(crate) model: &'m Model<'a>,
    known: RefCell<FxHashMap<CallableKey, Rc<[Dependency]>>>,
    /// Callables whose dependencies are being resolved: a circle ends here.
    pending: RefCell<Vec<CallableKey>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct CallableKey {
    kind: CallableKind,
    bound: Bound,
    /// The calls of the closure, innermost first.
    closure: Vec<ExprRef>,
}

impl Callable {
    /// The project's function that runs, if there is one.
    pub fn function(&self) -> Option<FunctionRef> {
        match self.kind {
            CallableKind::Function(function) | CallableKind::Method(function) => Some(function),
            _ => None,
        }
    }

    fn key(&self) -> CallableKey {
        CallableKey {
            kind: self.kind.clone(),
            bound: self.bound.clone(),
            closure: calls_of(self.closure.as_ref()),
        }
    }
}

/// The calls that a frame is in, innermost first.
pub(crate) fn calls_of(frame: Option<&Rc<Frame>>) -> Vec<ExprRef> {
    std::iter::successors(frame, |frame| frame.caller.as_ref())
        .map(|frame| frame.call)
        .collect()
}

impl<'m, 'a> Resolver<'m, 'a> {
    pub(crate) fn new(model: &'m Model<'a>) -> Resolver<'m, 'a> {
        Resolver {
            model,
            known: RefCell::default(),
            pending: RefCell::default(),
        }
    }

    /// The dependencies of `dependencies=[…]`, in order.
    pub(crate) fn listed(&self, values: &Values, at: Span, level: Level) -> Vec<Dependency> {
        let mut out: Vec<Dependency> = Vec::new();
        let mut is_followed = true;
        let lists: Vec<&Value> = values
            .iter()
            .filter(|value| !matches!(value.kind, ValueKind::Unknown(_)))
            .collect();
        for (nth, list) in lists.iter().enumerate() {
            let items: Vec<Values> = match &list.kind {
                ValueKind::List(items) => items.to_vec(),
                ValueKind::None => Vec::new(),
                _ => vec![self.model.elements(list)],
            };
            let mut here = Vec::new();
            for item in &items {
                let Some(marker) = item.iter().find_map(Marker::of) else {
                    is_followed = false;
                    continue;
                };
                here.push(marker.origin);
                // Two items at one place, as a loop or a call makes them, are told apart within one list.
                let repeats = here.iter().filter(|origin| **origin == marker.origin).count();
                let known = out.iter().filter(|known| known.marker == marker.origin).count();
                if known < repeats {
                    let mut dependency = self.dependency(&marker, level, &Values::new());
                    dependency.is_conditional = nth > 0 || item.len() > 1;
                    out.push(dependency);
                }
            }
            for dependency in &mut out {
                dependency.is_conditional |= !here.contains(&dependency.marker);
            }
        }
        // `dependencies=shared + [configuration.guard]`: something is called, and it is not known what.
        if !is_followed || lists.len() < values.len() {
            out.push(Dependency {
                level,
                parameter: None,
                declared: at,
                marker: at,
                scopes: Vec::new(),
                is_security: false,
                is_conditional: false,
                dependencies: Rc::new([]),
                callable: self.callable(&Values::new(), Some(at)),
            });
        }
        out
    }

    /// What FastAPI calls before it calls this, in order.
    pub(crate) fn dependencies(&self, callable: &Callable) -> Rc<[Dependency]> {
        let key = callable.key();
        if let Some(known) = self.known.borrow().get(&key) {
            return known.clone();
        }
        if self.pending.borrow().contains(&key) || self.pending.borrow().len() >= MAX_DEPTH {
            return Rc::new([]);
        }
        self.pending.borrow_mut().push(key.clone());
        let found: Rc<[Dependency]> = self.of_parameters(callable).into();
        self.pending.borrow_mut().pop();
        self.known.borrow_mut().insert(key, found.clone());
        found
    }

    /// The dependencies of a method of a class-based view: `self` is an object of the class that FastAPI makes.
    pub(crate) fn of_class_view(&self, handler: &Callable, class: ClassRef) -> Vec<Dependency> {
        let view = self.class(class);
        let declared = view.span.or(handler.span);
        let dependencies = self.of_class_view_fields(class);
        let own = declared.map(|declared| Dependency {
            level: Level::Parameter,
            parameter: Some("self".to_owned()),
            declared,
            marker: declared,
            scopes: Vec::new(),
            is_security: false,
            is_conditional: false,
            dependencies: dependencies.into(),
            callable: view,
        });
        let receiverless = Callable {
            kind: match handler.kind {
                CallableKind::Function(function) => CallableKind::Method(function),
                ref kind => kind.clone(),
            },
            ..handler.clone()
        };
        own.into_iter()
            .chain(self.dependencies(&receiverless).iter().cloned())
            .collect()
    }

    /// `type_annotation` is what `Depends()` without an argument calls.
    fn dependency(&self, marker: &Marker, level: Level, type_annotation: &Values) -> Dependency {
        let arguments = self.model.arguments(marker.call, marker.frame.as_ref());
        let given = markers::dependency_argument(&arguments);
        let callable = match given {
            Some(given) => self.callable(&given.values, Some(given.span)),
            None => self.callable(type_annotation, None),
        };
        Dependency {
            level,
            parameter: None,
            declared: marker.origin,
            marker: marker.origin,
            scopes: markers::scopes(&arguments),
            is_security: marker.is_security,
            is_conditional: false,
            dependencies: self.dependencies(&callable),
            callable,
        }
    }
}
