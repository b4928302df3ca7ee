//! Objects that hold routes: applications and routers, told apart by the call that made them.

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};
use semantic::{BindingKind, BoundArguments, ClassRef, ExprRef, Frame, FunctionRef, Model, Value, ValueKind};
use syntax::ast::*;

use crate::dependencies::calls_of;
use crate::libraries::fastapi;

/// Classes between an object and the library's own class.
const MAX_BASES: usize = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ObjectKind {
    Application,
    Router,
}

/// The call that made an object, and the calls of the functions around it, innermost first.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct ObjectId {
    pub(super) call: ExprRef,
    pub(super) around: Vec<ExprRef>,
}

#[derive(Debug, Clone)]
pub(super) struct Object {
    pub(super) id: ObjectId,
    pub(super) kind: ObjectKind,
    pub(super) value: Value,
}

/// A call that makes an application or router.
#[derive(Debug, Clone, Copy)]
pub(super) struct Construction {
    pub(super) call: ExprRef,
    pub(super) kind: ObjectKind,
    /// The `__init__` of the project that runs.
    pub(super) init: Option<FunctionRef>,
}

impl ObjectId {
    /// Whether two ids can mean one object: where it is not known how a function was called, any call of it will do.
    pub(super) fn can_be(&self, other: &ObjectId) -> bool {
        self.call == other.call && (self.around.is_empty() || other.around.is_empty() || self.around == other.around)
    }
}

pub(super) struct Objects<'m, 'a> {
    pub(super) model: &'m Model<'a>,
    classes: RefCell<FxHashMap<ClassRef, Option<ObjectKind>>>,
}

impl<'m, 'a> Objects<'m, 'a> {
    pub(super) fn new(model: &'m Model<'a>) -> Objects<'m, 'a> {
        Objects {
            model,
            classes: RefCell::default(),
        }
    }

    /// The application or router that a value is.
    pub(super) fn object(&self, value: &Value) -> Option<Object> {
        let (kind, call, frame) = match &value.kind {
            ValueKind::Call {
                path,
                call: Some(call),
                frame,
            } => (library_kind(path)?, *call, frame),
            ValueKind::Instance {
                class,
                call: Some(call),
                frame,
            } => (self.class_kind(*class)?, *call, frame),
            _ => return None,
        };
        Some(Object {
            id: ObjectId {
                call,
                around: calls_of(frame.as_ref()),
            },
            kind,
            value: value.clone(),
        })
    }

    /// Whether an object of a class of the project is an application or router.
    pub(super) fn class_kind(&self, class: ClassRef) -> Option<ObjectKind> {
        if let Some(known) = self.classes.borrow().get(&class) {
            return *known;
        }
        let kind = self.model.bases(class).iter().find_map(|base| match &base.kind {
            ValueKind::External(path) => library_kind(path),
            _ => None,
        });
        self.classes.borrow_mut().insert(class, kind);
        kind
    }

    /// Every call that makes an application or router.
    pub(super) fn constructions(&self) -> Vec<Construction> {
        let names = self.constructor_names();
        let mut out = Vec::new();
        for file in self.model.file_ids() {
            for call in self.model.calls_named(file, names.iter().map(String::as_str)) {
                for callee in self.model.callee(call) {
                    let (kind, class) = match &callee.kind {
                        ValueKind::External(path) => (library_kind(path), None),
                        ValueKind::Class(class) => (self.class_kind(*class), Some(*class)),
                        _ => (None, None),
                    };
                    if let Some(kind) = kind {
                        let init = class.and_then(|class| self.init(class));
                        out.push(Construction { call, kind, init });
                        break;
                    }
                }
            }
        }
        out
    }

    /// Names under which the project may call constructors: the library's, those of derived classes, aliases.
    fn constructor_names(&self) -> Vec<String> {
        let model = self.model;
        let mut names: FxHashSet<String> = fastapi::CONSTRUCTORS.iter().map(|name| (*name).to_owned()).collect();
        for _ in 0..MAX_BASES {
            let before = names.len();
            for file in model.file_ids() {
                let ast = model.ast(file);
                let source = model.file(file).source();
                for (_, class) in ast.classes() {
                    let derives = ast[class.arguments].iter().any(|argument| {
                        let base = match ast[argument.value].kind {
                            ExprKind::Subscript { object, .. } => object,
                            _ => argument.value,
                        };
                        match ast[base].kind {
                            ExprKind::Name(name) | ExprKind::Attribute { name, .. } => {
                                names.contains(source.imported_name(name))
                            }
                            _ => false,
                        }
                    });
                    if derives {
                        names.insert(source.name(class.name).to_owned());
                    }
                }
                for (path, alias) in model.imported_aliases(file) {
                    if names.contains(path) {
                        names.insert(alias.to_owned());
                    }
                }
            }
            if names.len() == before {
                break;
            }
        }
        let mut names: Vec<String> = names.into_iter().collect();
        text::sort(&mut names);
        names
    }

    /// The `__init__` of a class or of its bases in the project.
    pub(super) fn init(&self, class: ClassRef) -> Option<FunctionRef> {
        let bases = self.model.bases(class).into_iter().filter_map(|base| match base.kind {
            ValueKind::Class(class) => Some(class),
            _ => None,
        });
        std::iter::once(class)
            .chain(bases)
            .find_map(|class| match self.model.class_binding(class, "__init__")?.kind {
                BindingKind::Function(id) => Some(FunctionRef { file: class.file, id }),
                _ => None,
            })
    }

    /// What reaches the constructor of the library's own class: through the `super().__init__(…)` of derived ones.
    pub(super) fn arguments(&self, object: &Object) -> Option<BoundArguments> {
        let (mut call, mut frame, class) = match &object.value.kind {
            ValueKind::Call {
                call: Some(call),
                frame,
                ..
            } => (*call, frame.clone(), None),
            ValueKind::Instance {
                class,
                call: Some(call),
                frame,
            } => (*call, frame.clone(), Some(*class)),
            _ => return None,
        };
        let mut inits: Vec<FunctionRef> = Vec::new();
        let mut class = class;
        for _ in 0..MAX_BASES {
            let Some(init) = class.and_then(|class| self.init(class)) else {
                break;
            };
            if inits.contains(&init) {
                break;
            }
            inits.push(init);
            frame = Some(Rc::new(Frame {
                function: init,
                call,
                receiver: Some(Rc::new(object.value.clone())),
                caller: frame,
            }));
            call = self.super_call(init)?;
            class = self.base_above(init);
        }
        Some(self.model.arguments(call, frame.as_ref()))
    }

    /// `super().__init__(…)`, `APIRouter.__init__(self, …)`
    fn super_call(&self, init: FunctionRef) -> Option<ExprRef> {
        self.model
            .calls_named(init.file, ["__init__"])
            .find(|call| self.model.enclosing_function(*call) == Some(init))
    }

    /// The class of the project above the one that defines `__init__`.
    fn base_above(&self, init: FunctionRef) -> Option<ClassRef> {
        let id = self.model.ast(init.file).class_of_method(init.id)?;
        let class = ClassRef { file: init.file, id };
        self.model.bases(class).into_iter().find_map(|base| match base.kind {
            ValueKind::Class(base) if self.class_kind(base).is_some() => Some(base),
            _ => None,
        })
    }
}

fn library_kind(path: &str) -> Option<ObjectKind> {
    if fastapi::APPLICATIONS.contains(&path) {
        Some(ObjectKind::Application)
    } else if fastapi::ROUTERS.contains(&path) {
        Some(ObjectKind::Router)
    } else {
        None
    }
}
