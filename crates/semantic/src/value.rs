//! What expressions evaluate to.

use std::rc::Rc;

use syntax::ast::{ClassId, ExprId, FunctionId};
use text::{FileId, Span};

/// A function or method of the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionRef {
    pub file: FileId,
    pub id: FunctionId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClassRef {
    pub file: FileId,
    pub id: ClassId,
}

/// An expression of the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExprRef {
    pub file: FileId,
    pub id: ExprId,
}

/// The alternatives that a value can be. Empty: the code is never reached, or every way raises.
pub type Values = Vec<Value>;

/// One alternative.
#[derive(Debug, Clone)]
pub struct Value {
    pub kind: ValueKind,
    /// The expression that makes it.
    pub origin: Span,
    /// The way from there to the place where the question was asked, last step first.
    pub(crate) steps: Option<Rc<StepLink>>,
    pub(crate) closure: Option<Rc<Frame>>,
}

#[derive(Debug)]
pub(crate) struct StepLink {
    step: Step,
    before: Option<Rc<StepLink>>,
}

/// One hop of a value on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Bound to a name here.
    Bound { name: String, at: Span },
    /// Passed as an argument here.
    Passed { parameter: String, at: Span },
    /// Returned by the function called here.
    Returned { function: String, at: Span },
    /// Read from an attribute here.
    Attribute { name: String, at: Span },
}

#[derive(Debug, Clone)]
pub enum ValueKind {
    None,
    Bool(bool),
    Int(i64),
    Float,
    Str(Rc<str>),
    Bytes(Rc<str>),
    /// A text with parts that are not constant: f-string, `%`, `+`, `.format`.
    Format(Rc<[TextOrValue]>),
    /// A list, tuple or set; each item with its alternatives.
    List(Rc<[Values]>),
    Dict(Rc<[DictEntry]>),
    Function(FunctionRef),
    Lambda(ExprRef),
    Class(ClassRef),
    /// An object of a class of the project.
    Instance {
        class: ClassRef,
        /// The call that made it, where it is known.
        call: Option<ExprRef>,
        frame: Option<Rc<Frame>>,
    },
    /// `self.method`, `object.method`
    Method {
        function: FunctionRef,
        receiver: Rc<Value>,
    },
    /// A field that a class of the project declares and a base class from outside fills: pydantic, SQLModel, ….
    Field {
        class: ClassRef,
        name: Rc<str>,
        default: Option<ExprRef>,
    },
    Module(FileId),
    /// Something from outside the project, by its path: `jwt.decode`, `fastapi.Request().headers`.
    External(Rc<str>),
    /// What a call of something from outside gives, or an object annotated with a class from outside (then
    /// without `call`). `path` is without the `()` of this call.
    Call {
        path: Rc<str>,
        call: Option<ExprRef>,
        frame: Option<Rc<Frame>>,
    },
    /// `base[key]`
    Item {
        base: Rc<Value>,
        key: Rc<Values>,
    },
    /// `base.name` of a value that is not followed.
    Attribute {
        base: Rc<Value>,
        name: Rc<str>,
    },
    /// What a method of a value that is not followed gives: `name.strip()` of a parameter.
    MethodCall {
        receiver: Rc<Value>,
        name: Rc<str>,
        call: ExprRef,
        frame: Option<Rc<Frame>>,
    },
    /// A list, set, dictionary or generator that a comprehension makes; [`crate::Model::elements`] looks into it.
    Comprehension {
        expr: ExprRef,
        frame: Option<Rc<Frame>>,
    },
    /// The exception that `except types as name` binds; a bare `except` has no types.
    Caught {
        types: Option<ExprRef>,
    },
    /// A parameter whose callers are not known.
    Parameter {
        function: FunctionRef,
        index: u32,
    },
    Unknown(Reason),
}

#[derive(Debug, Clone)]
pub enum TextOrValue {
    Text(Rc<str>),
    /// The expression and its alternatives.
    Value(ExprRef, Values),
}

#[derive(Debug, Clone)]
pub enum DictEntry {
    Pair {
        /// `None`: a key that is not a constant string.
        key: Option<Rc<str>>,
        value: Values,
        at: Span,
    },
    /// `**value` that is not followed: any key may come from it.
    Spread(Values),
}

/// Why a value is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Computed at run time: a comparison, arithmetic, a loop variable.
    Computed,
    /// The name is bound nowhere.
    Unbound,
    /// A form that is not followed.
    NotFollowed,
    /// The question took too many steps.
    TooComplex,
}

/// A call that is being followed: the arguments of `function`'s parameters are those of `call`.
#[derive(Debug)]
pub struct Frame {
    pub function: FunctionRef,
    pub call: ExprRef,
    /// For a method: the object.
    pub receiver: Option<Rc<Value>>,
    pub caller: Option<Rc<Frame>>,
}

/// One round of a loop: `iterable` gives its item number `index`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Iteration {
    pub iterable: ExprRef,
    pub index: usize,
}

impl Value {
    pub fn new(kind: ValueKind, origin: Span) -> Value {
        Value {
            kind,
            origin,
            steps: None,
            closure: None,
        }
    }

    /// For a function or lambda defined inside a function: the call of the outer one that made it.
    pub fn closure(&self) -> Option<&Rc<Frame>> {
        self.closure.as_ref()
    }

    /// The same function or lambda, made by this call of the function around it.
    pub fn with_closure(mut self, closure: Rc<Frame>) -> Value {
        self.closure = Some(closure);
        self
    }

    pub(crate) fn with_step(mut self, step: Step) -> Value {
        self.steps = Some(Rc::new(StepLink {
            step,
            before: self.steps.take(),
        }));
        self
    }

    /// This value as it came in a container: the container's way is its own.
    pub(crate) fn with_steps_of(self, container: &Value) -> Value {
        container.steps().into_iter().fold(self, Value::with_step)
    }

    /// The way from the origin to the question, first hop first.
    pub fn steps(&self) -> Vec<Step> {
        let mut out = Vec::new();
        let mut at = self.steps.as_ref();
        while let Some(link) = at {
            out.push(link.step.clone());
            at = link.before.as_ref();
        }
        out.reverse();
        out
    }

    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            ValueKind::Str(text) | ValueKind::Bytes(text) => Some(text),
            _ => None,
        }
    }

    pub fn as_bool(&self) -> Option<bool> {
        match self.kind {
            ValueKind::Bool(value) => Some(value),
            _ => None,
        }
    }

    pub fn is_unknown(&self) -> bool {
        matches!(self.kind, ValueKind::Unknown(_))
    }

    /// Whether Python takes it for true, where that is known.
    pub fn truth(&self) -> Option<bool> {
        match &self.kind {
            ValueKind::None => Some(false),
            ValueKind::Bool(value) => Some(*value),
            ValueKind::Int(value) => Some(*value != 0),
            ValueKind::Str(text) | ValueKind::Bytes(text) => Some(!text.is_empty()),
            ValueKind::List(items) => Some(!items.is_empty()),
            ValueKind::Dict(entries) if entries.is_empty() => Some(false),
            ValueKind::Function(_) | ValueKind::Class(_) | ValueKind::Module(_) | ValueKind::Lambda(_) => Some(true),
            _ => None,
        }
    }
}

impl Step {
    pub fn at(&self) -> Span {
        match self {
            Step::Bound { at, .. }
            | Step::Passed { at, .. }
            | Step::Returned { at, .. }
            | Step::Attribute { at, .. } => *at,
        }
    }
}
