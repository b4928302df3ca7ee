//! Where values come from: verified claims, the client's request, the environment.
//!
//! Origins are unions: a value made of several others has the origins of all of them, over every way that leads
//! there. Names are followed to their bindings, calls of the project's functions to what they return with these
//! arguments, attributes of objects to what their constructor was given, injected parameters to what their
//! dependency returns.

use std::cell::{Cell, RefCell};
use std::hash::Hasher;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHasher};
use semantic::{
    Binding, BindingKind, ClassRef, Definition, ExprRef, Frame, FunctionRef, Model, MutationKind, NameUse, Value,
    ValueKind,
};
use syntax::ast::*;
use text::Span;

use crate::applications::Applications;
use crate::authentication::is_credential;
use crate::data::Data;
use crate::dependencies::{Callable, CallableKind, Dependency};
use crate::libraries::{identity, requests};
use crate::tokens::TokenDecode;

/// One source of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    pub kind: OriginKind,
    /// Where it enters the code: the decode, the parameter, the literal.
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OriginKind {
    /// A claim of a token, or all of them.
    Claim {
        name: Option<String>,
        is_verified: bool,
    },
    /// An identity that a library or another service vouches for.
    Identity {
        by: String,
    },
    /// The credential as the client sends it, not yet verified.
    Credential,
    /// Some other part of the client's request.
    Request {
        part: RequestPart,
        name: Option<String>,
    },
    Environment,
    Constant,
    /// Not followed further.
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RequestPart {
    Path,
    Query,
    Body,
    Header,
    Cookie,
    /// The request as a whole, or a part that is not told apart.
    Any,
}

pub type Origins = Vec<Origin>;

/// What is known of the calls that verify tokens, by the span of the call.
pub type Verifications = FxHashMap<Span, bool>;

/// The functions that FastAPI calls with parts of the request, and what their routes' paths hold.
#[derive(Debug, Default)]
struct Inputs {
    path_parameters: FxHashMap<FunctionRef, Vec<String>>,
    /// What FastAPI puts into the objects of class-based views: `user: User = Depends(get_current_user)`.
    views: FxHashMap<ClassRef, Vec<(String, Callable, Span)>>,
}

impl Inputs {
    fn new(applications: &Applications) -> Inputs {
        let mut inputs = Inputs::default();
        let mounted = applications.routes.iter().map(|route| &route.operation);
        let unmounted = applications.unmounted.iter().map(|route| &route.operation);
        for operation in mounted.chain(unmounted) {
            let path = path_parameters(&operation.path.text);
            inputs.add(&operation.handler, &path);
            // Dependencies meet again and again: each is entered once for a route.
            let mut pending: Vec<&Dependency> = operation.dependencies.iter().collect();
            let mut left = 200;
            while let Some(dependency) = pending.pop() {
                inputs.add(&dependency.callable, &path);
                inputs.add_view(dependency);
                left -= 1;
                if left == 0 {
                    break;
                }
                pending.extend(dependency.dependencies.iter());
            }
        }
        inputs
    }

    fn add(&mut self, callable: &Callable, path: &[String]) {
        if let Some(function) = callable.function() {
            let known = self.path_parameters.entry(function).or_default();
            for name in path {
                if !known.contains(name) {
                    known.push(name.clone());
                }
            }
        }
    }

    fn add_view(&mut self, dependency: &Dependency) {
        let CallableKind::Class(class) = dependency.callable.kind else {
            return;
        };
        if dependency.parameter.as_deref() != Some("self") || self.views.contains_key(&class) {
            return;
        }
        let fields = dependency.dependencies.iter().filter_map(|field| {
            let name = field.parameter.clone()?;
            Some((name, field.callable.clone(), field.declared))
        });
        self.views.insert(class, fields.collect());
    }

    fn takes_input(&self, function: FunctionRef) -> bool {
        self.path_parameters.contains_key(&function)
    }

    fn is_path_parameter(&self, function: FunctionRef, name: &str) -> bool {
        let known = self.path_parameters.get(&function);
        known.is_some_and(|known| known.iter().any(|known| known == name))
    }
}

/// `task_id` of `/tasks/{task_id}` and `path` of `/files/{path:path}`.
fn path_parameters(path: &str) -> Vec<String> {
    path.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .filter_map(|(inside, _)| inside.split(':').next())
        .map(str::to_owned)
        .collect()
}

/// What every flow through a project stands on, and the answers that any of them found.
pub(crate) struct Ground {
    inputs: Inputs,
    /// For each call that decodes a token: whether it verifies the signature.
    pub(crate) verifications: Verifications,
    /// By expression and the calls that are being followed.
    known: RefCell<FxHashMap<(ExprRef, u64), Rc<Origins>>>,
    /// Expressions that the present question may still look at.
    fuel: Cell<u32>,
    /// Over all questions.
    spent: Cell<u32>,
    /// Values assigned to `request.state.<name>` anywhere.
    request_state: RefCell<Option<FxHashMap<String, Vec<ExprRef>>>>,
}

impl Ground {
    pub(crate) fn new(applications: &Applications, decodes: &[TokenDecode]) -> Ground {
        let known = decodes.iter().map(|decode| (decode.call.span, verifies(decode)));
        Ground::of(applications, known.collect())
    }

    /// As if every token were verified: whose the rows are is a question of its own, and remains one when the
    /// decoding is mended.
    pub(crate) fn presuming(applications: &Applications, decodes: &[TokenDecode]) -> Ground {
        let presumed = decodes.iter().map(|decode| (decode.call.span, true));
        Ground::of(applications, presumed.collect())
    }

    fn of(applications: &Applications, verifications: Verifications) -> Ground {
        Ground {
            inputs: Inputs::new(applications),
            verifications,
            known: RefCell::default(),
            fuel: Cell::new(0),
            spent: Cell::new(0),
            request_state: RefCell::default(),
        }
    }
}

/// Whether a decode checks the signature on every way that is known.
pub(crate) fn verifies(decode: &TokenDecode) -> bool {
    decode.flag("verify_signature").find(|flag| !flag).is_none()
}

/// Follows values to their origins.
pub(crate) struct Flow<'m, 'a> {
    model: &'m Model<'a>,
    data: &'m Data,
    ground: &'m Ground,
}

/// Sources that are told apart for one value.
const MAX_ORIGINS: usize = 24;
const MAX_DEPTH: usize = 60;
const MAX_FRAMES: usize = 6;
const MAX_CALLERS: usize = 12;
/// Expressions that are looked at for one question.
const FUEL: u32 = 600;
/// Steps that all questions take together before each has to do with few: a project of ordinary code
/// stays far below.
const TOTAL_FUEL: u32 = 450_000;
const LITTLE_FUEL: u32 = 60;

type Context<'f> = Option<&'f Rc<Frame>>;

impl OriginKind {
    /// The client can choose it freely.
    pub fn is_from_client(&self) -> bool {
        matches!(
            self,
            OriginKind::Request { .. } | OriginKind::Claim { is_verified: false, .. }
        )
    }

    /// Someone vouches for it.
    pub fn is_verified(&self) -> bool {
        matches!(
            self,
            OriginKind::Claim { is_verified: true, .. } | OriginKind::Identity { .. }
        )
    }
}

impl<'m, 'a> Flow<'m, 'a> {
    pub(crate) fn new(model: &'m Model<'a>, data: &'m Data, ground: &'m Ground) -> Flow<'m, 'a> {
        Flow { model, data, ground }
    }

    /// Where the value of an expression comes from, inside a call that is being followed.
    pub(crate) fn origins_in(&self, expr: ExprRef, frame: Context<'_>) -> Rc<Origins> {
        let given = self.refuel();
        let origins = self.of(expr, frame, 0);
        self.ground
            .spent
            .set(self.ground.spent.get() + given - self.ground.fuel.get());
        // Cut short or not, it is the answer to this question.
        self.ground
            .known
            .borrow_mut()
            .entry((expr, frame_key(frame)))
            .or_insert_with(|| origins.clone());
        origins
    }

    fn refuel(&self) -> u32 {
        let fuel = match self.ground.spent.get() < TOTAL_FUEL {
            true => FUEL,
            false => LITTLE_FUEL,
        };
        self.ground.fuel.set(fuel);
        fuel
    }

    /// Where what a dependency gives comes from.
    pub(crate) fn dependency_origins(&self, callable: &Callable, declared: Span) -> Origins {
        self.refuel();
        self.callable_origins(callable, declared, 0)
    }

    fn callable_origins(&self, callable: &Callable, declared: Span, depth: usize) -> Origins {
        let span = callable.span.unwrap_or(declared);
        match &callable.kind {
            CallableKind::Function(function) | CallableKind::Method(function) => self.results(*function, None, depth),
            CallableKind::Class(class) => match self.method(*class, "__init__") {
                Some(init) => self.all_parameters(init, depth),
                None => Origins::new(),
            },
            CallableKind::Instance { class, .. } => match self.method(*class, "__call__") {
                Some(call) => self.results(call, None, depth),
                None => Origins::new(),
            },
            CallableKind::External { path, .. } => self.outside(path, span).into_iter().collect(),
            CallableKind::Lambda(_) | CallableKind::Unknown => vec![Origin {
                kind: OriginKind::Unknown,
                span,
            }],
        }
    }

    fn of(&self, expr: ExprRef, frame: Context<'_>, depth: usize) -> Rc<Origins> {
        let key = (expr, frame_key(frame));
        if let Some(known) = self.ground.known.borrow().get(&key) {
            return known.clone();
        }
        if depth > MAX_DEPTH || self.ground.fuel.get() == 0 {
            return Rc::new(vec![self.unknown(expr)]);
        }
        self.ground.fuel.set(self.ground.fuel.get() - 1);
        // A value that depends on itself adds nothing to itself.
        self.ground.known.borrow_mut().insert(key, Rc::default());
        let origins = Rc::new(self.compute(expr, frame, depth + 1));
        match self.ground.fuel.get() {
            // An answer that was cut short is not the answer to another question.
            0 => self.ground.known.borrow_mut().remove(&key),
            _ => self.ground.known.borrow_mut().insert(key, origins.clone()),
        };
        origins
    }

    fn compute(&self, expr: ExprRef, frame: Context<'_>, depth: usize) -> Origins {
        let ast = self.model.ast(expr.file);
        let at = |id: ExprId| ExprRef { file: expr.file, id };
        match ast[expr.id].kind {
            ExprKind::Name(_) => self.name(expr, frame, depth),
            ExprKind::Attribute { object, name, .. } => {
                let name = self.model.file(expr.file).source().name(name);
                self.attribute(expr, at(object), name, frame, depth)
            }
            ExprKind::Subscript { object, index } => {
                if let Some(origins) = self.of_path(expr, frame) {
                    return origins;
                }
                let key = self
                    .model
                    .eval(at(index))
                    .first()
                    .and_then(|key| key.as_str().map(str::to_owned));
                if let Some(origins) = self.request_read(at(object), key.as_deref()) {
                    return origins;
                }
                named(self.of(at(object), frame, depth).as_ref().clone(), key.as_deref())
            }
            ExprKind::Call { .. } => self.call(expr, frame, depth),
            // The answer to a comparison is not the compared value; queries are built of comparisons all the same.
            _ => {
                let mut out = Origins::new();
                ast.children(expr.id, |child| join(&mut out, &self.of(at(child), frame, depth)));
                if out.is_empty() && is_literal(&ast[expr.id].kind) {
                    out.push(self.origin(OriginKind::Constant, expr));
                }
                out
            }
        }
    }

    // Names

    fn name(&self, expr: ExprRef, frame: Context<'_>, depth: usize) -> Origins {
        match self.model.definitions(expr) {
            NameUse::Bound(definitions) => {
                let mut out = Origins::new();
                for definition in &definitions {
                    join(&mut out, &self.definition(definition, frame, depth));
                }
                out
            }
            NameUse::Element { iterable } => self.of(iterable, frame, depth).as_ref().clone(),
            NameUse::Outside => Origins::new(),
            NameUse::Opaque => vec![self.unknown(expr)],
        }
    }

    fn definition(&self, definition: &Definition, frame: Context<'_>, depth: usize) -> Origins {
        let at = |id: ExprId| ExprRef {
            file: definition.file,
            id,
        };
        let mut out = self.binding(definition, &definition.binding, frame, depth);
        for mutation in &definition.mutations {
            let values = match mutation.kind {
                MutationKind::SetItem { value, .. }
                | MutationKind::SetAttribute { value, .. }
                | MutationKind::Augment { value, .. } => vec![value],
                MutationKind::Method { call, .. } => self.argument_exprs(at(call)),
                MutationKind::DeleteItem { .. } => Vec::new(),
            };
            for value in values {
                join(&mut out, &self.of(at(value), frame, depth));
            }
        }
        out
    }

    fn binding(&self, definition: &Definition, binding: &Binding, frame: Context<'_>, depth: usize) -> Origins {
        let file = definition.file;
        let at = |id: ExprId| ExprRef { file, id };
        match binding.kind {
            BindingKind::Value(value) | BindingKind::Context(value) => {
                self.of(at(value), frame, depth).as_ref().clone()
            }
            BindingKind::Unpack { value, index } => {
                let ast = self.model.ast(file);
                let part = match ast[value].kind {
                    ExprKind::Tuple(items) | ExprKind::List(items) => ast[items].get(index as usize).copied(),
                    _ => None,
                };
                self.of(at(part.unwrap_or(value)), frame, depth).as_ref().clone()
            }
            BindingKind::Element(iterable) | BindingKind::ElementUnpack { iterable, .. } => {
                self.of(at(iterable), frame, depth).as_ref().clone()
            }
            BindingKind::Parameter { function, index } => {
                self.parameter(FunctionRef { file, id: function }, index, frame, depth)
            }
            BindingKind::Exception(_) | BindingKind::Opaque => vec![Origin {
                kind: OriginKind::Unknown,
                span: Span::new(file, binding.range),
            }],
            _ => Origins::new(),
        }
    }

    // Parameters

    fn parameter(&self, function: FunctionRef, index: u32, frame: Context<'_>, depth: usize) -> Origins {
        let ast = self.model.ast(function.file);
        let parameter = ast[ast[function.id].parameters][index as usize];
        let at = |id: ExprId| ExprRef {
            file: function.file,
            id,
        };
        let span = Span::new(function.file, parameter.name_range);
        let name = self.model.file(function.file).source().name(parameter.name);
        let is_method = ast.class_of_method(function.id).is_some() && !is_static(self.model, function);
        if let Some(frame) = frame.filter(|frame| frame.function == function) {
            if index == 0 && frame.receiver.is_some() {
                return Origins::new();
            }
            let position = (index as usize).checked_sub(usize::from(frame.receiver.is_some()));
            return match self.argument(frame.call, position, name) {
                Some(argument) => self.of(argument, frame.caller.as_ref(), depth).as_ref().clone(),
                None => self.default(function, &parameter, depth),
            };
        }
        if let Some(dependencies) = self.model.injected(function, index) {
            let mut out = Origins::new();
            for dependency in &dependencies {
                join(&mut out, &self.dependency(dependency, span, depth));
            }
            return out;
        }
        // `self` of a class-based view is an object that FastAPI makes, not what a client sends.
        let is_view = || {
            let class = ast.class_of_method(function.id).map(|id| ClassRef {
                file: function.file,
                id,
            });
            class.is_some_and(|class| self.ground.inputs.views.contains_key(&class))
        };
        if is_method && index == 0 && is_view() {
            return Origins::new();
        }
        if self.ground.inputs.takes_input(function) {
            return match self.request_part(function, &parameter, name) {
                Some(part) => vec![Origin {
                    kind: OriginKind::Request {
                        part,
                        name: Some(name.to_owned()),
                    },
                    span,
                }],
                None => Origins::new(),
            };
        }
        if is_method && index == 0 {
            return Origins::new();
        }
        let mut out = Origins::new();
        let callers = self.model.callers(function);
        for &call in callers.iter().take(MAX_CALLERS) {
            let position = (index as usize).checked_sub(usize::from(is_method));
            match self.argument(call, position, name) {
                Some(argument) => join(&mut out, &self.of(argument, None, depth)),
                None => join(&mut out, &self.default(function, &parameter, depth)),
            }
        }
        if callers.is_empty() {
            out = parameter
                .default
                .map(|id| self.of(at(id), None, depth).as_ref().clone())
                .unwrap_or_default();
            out.push(Origin {
                kind: OriginKind::Unknown,
                span,
            });
        }
        out
    }

    fn default(&self, function: FunctionRef, parameter: &Parameter, depth: usize) -> Origins {
        let at = |id: ExprId| ExprRef {
            file: function.file,
            id,
        };
        parameter
            .default
            .map(|id| self.of(at(id), None, depth).as_ref().clone())
            .unwrap_or_default()
    }

    /// Which part of the request FastAPI reads a parameter from; `None` for objects such as the response.
    fn request_part(&self, function: FunctionRef, parameter: &Parameter, name: &str) -> Option<RequestPart> {
        let at = |id: ExprId| ExprRef {
            file: function.file,
            id,
        };
        let declared = parameter
            .default
            .into_iter()
            .chain(parameter.annotation)
            .flat_map(|id| self.model.ast(function.file).descendants(id))
            .find_map(|id| match self.model.expr(at(id)).kind {
                ExprKind::Call { .. } => self
                    .model
                    .called_path(at(id))
                    .and_then(|path| requests::parameter_part(&path)),
                _ => None,
            });
        if declared.is_some() {
            return declared;
        }
        if self.ground.inputs.is_path_parameter(function, name) {
            return Some(RequestPart::Path);
        }
        let value = parameter.annotation.and_then(|id| self.model.annotated(at(id)));
        match value.map(|value| value.kind) {
            // A class of the project is read from the body.
            Some(ValueKind::Instance { .. }) => Some(RequestPart::Body),
            Some(ValueKind::Call { path, .. }) => match requests::is_connection(&path) {
                true => Some(RequestPart::Any),
                false => None,
            },
            _ => Some(RequestPart::Query),
        }
    }

    /// Where what a dependency gives comes from.
    fn dependency(&self, dependency: &Value, span: Span, depth: usize) -> Origins {
        match &dependency.kind {
            ValueKind::Function(function) => self.results(*function, None, depth),
            ValueKind::Method { function, .. } => self.method_results(*function, depth),
            ValueKind::Class(class) => match self.method(*class, "__init__") {
                Some(init) => self.all_parameters(init, depth),
                None => Origins::new(),
            },
            ValueKind::Instance { class, .. } => match self.method(*class, "__call__") {
                Some(call) => self.method_results(call, depth),
                // A security scheme of the project's own without `__call__`: its base reads the credential.
                None if self
                    .model
                    .descends_from(*class, |path| requests::scheme_part(path).is_some()) =>
                {
                    vec![Origin {
                        kind: OriginKind::Credential,
                        span,
                    }]
                }
                None => Origins::new(),
            },
            ValueKind::Call { path, .. } | ValueKind::External(path) => self.outside(path, span).into_iter().collect(),
            ValueKind::Lambda(lambda) => match self.model.expr(*lambda).kind {
                ExprKind::Lambda { body, .. } => {
                    let body = ExprRef {
                        file: lambda.file,
                        id: body,
                    };
                    self.of(body, None, depth).as_ref().clone()
                }
                _ => Origins::new(),
            },
            _ => vec![Origin {
                kind: OriginKind::Unknown,
                span,
            }],
        }
    }

    /// What a security scheme or a library gives.
    fn outside(&self, path: &str, span: Span) -> Option<Origin> {
        let kind = if requests::scheme_part(path).is_some() {
            OriginKind::Credential
        } else {
            OriginKind::Identity {
                by: identity::vouched_for(path)?.to_owned(),
            }
        };
        Some(Origin { kind, span })
    }

    fn method_results(&self, function: FunctionRef, depth: usize) -> Origins {
        self.results(function, None, depth)
    }

    fn all_parameters(&self, function: FunctionRef, depth: usize) -> Origins {
        let ast = self.model.ast(function.file);
        let mut out = Origins::new();
        for index in 1..ast[function.id].parameters.len() as u32 {
            join(&mut out, &self.parameter(function, index, None, depth));
        }
        out
    }

    fn method(&self, class: ClassRef, name: &str) -> Option<FunctionRef> {
        match self.model.class_binding(class, name)?.kind {
            BindingKind::Function(id) => Some(FunctionRef { file: class.file, id }),
            _ => None,
        }
    }

    fn argument(&self, call: ExprRef, position: Option<usize>, name: &str) -> Option<ExprRef> {
        self.model.argument_expr(call, position, name)
    }

    fn argument_exprs(&self, call: ExprRef) -> Vec<ExprId> {
        let ast = self.model.ast(call.file);
        match ast[call.id].kind {
            ExprKind::Call { arguments, .. } => ast[arguments].iter().map(|argument| argument.value).collect(),
            _ => Vec::new(),
        }
    }

    // Attributes and calls

    fn attribute(&self, expr: ExprRef, object: ExprRef, name: &str, frame: Context<'_>, depth: usize) -> Origins {
        if let Some(origins) = self.of_path(expr, frame) {
            return origins;
        }
        if let Some(origins) = self.request_state(expr, object, name, depth) {
            return origins;
        }
        if let Some(origins) = self.view_field(object, name, depth) {
            return origins;
        }
        let mut out = Origins::new();
        for value in self.model.eval_in(object, frame) {
            if let ValueKind::Instance { class, call, frame } = &value.kind {
                self.member(*class, *call, frame.as_ref(), &value, name, depth, &mut out);
            }
        }
        if out.is_empty() {
            out = self.of(object, frame, depth).as_ref().clone();
        }
        named(out, Some(name))
    }

    /// `self.user` in a class-based view.
    fn view_field(&self, object: ExprRef, name: &str, depth: usize) -> Option<Origins> {
        if self.ground.inputs.views.is_empty() {
            return None;
        }
        let ast = self.model.ast(object.file);
        let ExprKind::Name(written) = ast[object.id].kind else {
            return None;
        };
        let function = ast.enclosing_function(ast.stmt_of(object.id))?;
        let id = ast.class_of_method(function)?;
        let is_self = ast[ast[function].parameters]
            .first()
            .is_some_and(|first| first.name == written);
        let class = ClassRef { file: object.file, id };
        let fields = self.ground.inputs.views.get(&class).filter(|_| is_self)?;
        let (_, callable, declared) = fields.iter().find(|(field, ..)| field == name)?;
        Some(self.callable_origins(callable, *declared, depth))
    }

    /// What a constructor was given for an attribute.
    #[allow(clippy::too_many_arguments, reason = "the parts of one pattern, at their one use")]
    fn member(
        &self,
        class: ClassRef,
        call: Option<ExprRef>,
        frame: Context<'_>,
        receiver: &Value,
        name: &str,
        depth: usize,
        out: &mut Origins,
    ) {
        let file = self.model.file(class.file);
        if let Some(interned) = file.ast().name(name) {
            for attribute in file.index().self_attributes(class.id, interned) {
                let function = FunctionRef {
                    file: class.file,
                    id: attribute.function,
                };
                let value = ExprRef {
                    file: class.file,
                    id: attribute.value,
                };
                let entered = call
                    .filter(|_| self.model.function_name(function) == "__init__" && frames(frame) < MAX_FRAMES)
                    .map(|call| {
                        Rc::new(Frame {
                            function,
                            call,
                            receiver: Some(Rc::new(receiver.clone())),
                            caller: frame.cloned(),
                        })
                    });
                join(out, &self.of(value, entered.as_ref(), depth));
            }
        }
        // A pydantic model or dataclass: fields are keyword arguments of the constructor.
        if out.is_empty()
            && let Some(call) = call
            && let Some(argument) = self.argument(call, None, name)
        {
            join(out, &self.of(argument, frame, depth));
        }
    }

    /// `request.state.name`: what the project assigns to it anywhere.
    fn request_state(&self, expr: ExprRef, object: ExprRef, name: &str, depth: usize) -> Option<Origins> {
        let ast = self.model.ast(object.file);
        let ExprKind::Attribute { name: state, .. } = ast[object.id].kind else {
            return None;
        };
        if self.model.file(object.file).source().name(state) != "state" {
            return None;
        }
        let mut out = Origins::new();
        for value in self.state_values(name) {
            if value != expr {
                join(&mut out, &self.of(value, None, depth));
            }
        }
        (!out.is_empty()).then_some(out)
    }

    fn state_values(&self, name: &str) -> Vec<ExprRef> {
        let mut state = self.ground.request_state.borrow_mut();
        let state = state.get_or_insert_with(|| collect_request_state(self.model));
        state.get(name).cloned().unwrap_or_default()
    }

    fn call(&self, call: ExprRef, frame: Context<'_>, depth: usize) -> Origins {
        let span = self.model.span(call);
        if let Some(&is_verified) = self.ground.verifications.get(&span) {
            return vec![Origin {
                kind: OriginKind::Claim {
                    name: None,
                    is_verified,
                },
                span,
            }];
        }
        if let Some(origins) = self.named_attribute(call, frame, depth) {
            return origins;
        }
        let mut out = Origins::new();
        let mut is_followed = false;
        for callee in self.callee(call, frame) {
            match &callee.kind {
                ValueKind::Function(function) => {
                    is_followed = true;
                    join(&mut out, &self.enter(*function, None, call, frame, depth));
                }
                ValueKind::Method { function, receiver } => {
                    is_followed = true;
                    join(&mut out, &self.enter(*function, Some(receiver), call, frame, depth));
                }
                ValueKind::External(path) => {
                    let first = self.argument_exprs(call).first().and_then(|&id| {
                        self.model
                            .eval(ExprRef { file: call.file, id })
                            .first()?
                            .as_str()
                            .map(str::to_owned)
                    });
                    if let Some(part) = requests::request_part(path) {
                        is_followed = true;
                        out.push(self.origin(OriginKind::Request { part, name: first }, call));
                    } else if let Some(by) = identity::vouched_for(path) {
                        is_followed = true;
                        out.push(self.origin(OriginKind::Identity { by: by.to_owned() }, call));
                    } else if path.starts_with("os.getenv") || path.starts_with("os.environ") {
                        is_followed = true;
                        out.push(self.origin(OriginKind::Environment, call));
                    }
                }
                _ => {}
            }
        }
        if is_followed {
            return out;
        }
        // What is not followed may give back anything it was given.
        let key = self.argument_exprs(call).first().and_then(|&id| {
            let key = self.model.eval(ExprRef { file: call.file, id });
            key.first()?.as_str().map(str::to_owned)
        });
        if let Some(receiver) = self.model.receiver(call) {
            join(
                &mut out,
                &named(self.of(receiver, frame, depth).as_ref().clone(), key.as_deref()),
            );
        }
        for id in self.argument_exprs(call) {
            let argument = self.of(ExprRef { file: call.file, id }, frame, depth);
            let followed: Origins = argument
                .iter()
                .filter(|origin| origin.kind != OriginKind::Constant)
                .cloned()
                .collect();
            join(&mut out, &followed);
        }
        let is_shown = |origin: &Origin| {
            is_credential(origin)
                && !matches!(
                    origin.kind,
                    OriginKind::Request {
                        part: RequestPart::Path | RequestPart::Query | RequestPart::Body | RequestPart::Any,
                        ..
                    }
                )
        };
        if out.iter().any(is_shown)
            && let Some(by) = self.vouches_for_credential(call)
        {
            out.retain(|origin| !is_shown(origin));
            out.push(self.origin(OriginKind::Identity { by: by.to_owned() }, call));
        }
        out
    }

    /// `getattr(request.state, "user_id", None)` is `request.state.user_id`.
    fn named_attribute(&self, call: ExprRef, frame: Context<'_>, depth: usize) -> Option<Origins> {
        let ast = self.model.ast(call.file);
        let ExprKind::Call { function, arguments } = ast[call.id].kind else {
            return None;
        };
        let ExprKind::Name(called) = ast[function].kind else {
            return None;
        };
        let source = self.model.file(call.file).source();
        let [object, name, ..] = &ast[arguments] else {
            return None;
        };
        if source.name(called) != "getattr" {
            return None;
        }
        let at = |id: ExprId| ExprRef { file: call.file, id };
        let names = self.model.eval(at(name.value));
        let name = names.first()?.as_str()?;
        Some(self.attribute(call, at(object.value), name, frame, depth))
    }

    /// Who says whose a credential is, where a call asks: another server, or the store of sessions.
    fn vouches_for_credential(&self, call: ExprRef) -> Option<&'static str> {
        if self.data.queries.at(call).next().is_some() {
            return Some("a stored session");
        }
        let path = self.model.called_path(call)?;
        match (identity::is_http_client(&path), identity::is_key_store(&path)) {
            (true, _) => Some("another server"),
            (_, true) => Some("a stored session"),
            _ => None,
        }
    }

    pub(crate) fn callee(&self, call: ExprRef, frame: Context<'_>) -> Vec<Value> {
        let Some(function) = self.model.called(call) else {
            return Vec::new();
        };
        // What does not depend on the calls around it is known already.
        let plain = self.model.eval(function);
        let is_plain = |value: &Value| {
            matches!(
                value.kind,
                ValueKind::Function(_) | ValueKind::Class(_) | ValueKind::External(_)
            )
        };
        match frame.is_none() || !plain.is_empty() && plain.iter().all(is_plain) {
            true => plain,
            false => self.model.eval_in(function, frame),
        }
    }

    fn enter(
        &self,
        function: FunctionRef,
        receiver: Option<&Rc<Value>>,
        call: ExprRef,
        frame: Context<'_>,
        depth: usize,
    ) -> Origins {
        let is_recursive =
            std::iter::successors(frame, |frame| frame.caller.as_ref()).any(|frame| frame.function == function);
        if is_recursive || frames(frame) >= MAX_FRAMES {
            return vec![self.unknown(call)];
        }
        let entered = Rc::new(Frame {
            function,
            call,
            receiver: receiver.cloned(),
            caller: frame.cloned(),
        });
        self.results(function, Some(&entered), depth)
    }

    fn results(&self, function: FunctionRef, frame: Context<'_>, depth: usize) -> Origins {
        let mut out = Origins::new();
        for &id in self.model.returns(function).iter() {
            let expr = ExprRef {
                file: function.file,
                id,
            };
            join(&mut out, &self.of(expr, frame, depth));
        }
        out
    }

    /// `request.headers` and the like, told by the path of what is read.
    fn of_path(&self, expr: ExprRef, frame: Context<'_>) -> Option<Origins> {
        self.model
            .eval_in(expr, frame)
            .into_iter()
            .find_map(|value| match &value.kind {
                ValueKind::External(path) => {
                    let part = requests::request_part(path)?;
                    Some(vec![self.origin(OriginKind::Request { part, name: None }, expr)])
                }
                _ => None,
            })
    }

    fn request_read(&self, object: ExprRef, key: Option<&str>) -> Option<Origins> {
        Some(named(self.of_path(object, None)?, key))
    }

    fn origin(&self, kind: OriginKind, expr: ExprRef) -> Origin {
        Origin {
            kind,
            span: self.model.span(expr),
        }
    }

    fn unknown(&self, expr: ExprRef) -> Origin {
        self.origin(OriginKind::Unknown, expr)
    }
}

/// Every `….state.<name> = value` of a project.
fn collect_request_state(model: &Model<'_>) -> FxHashMap<String, Vec<ExprRef>> {
    let mut out: FxHashMap<String, Vec<ExprRef>> = FxHashMap::default();
    for file in model.file_ids() {
        let ast = model.ast(file);
        let Some(state) = ast.name("state") else { continue };
        for (_, stmt) in ast.stmts() {
            let StmtKind::Assign { targets, value } = stmt.kind else {
                continue;
            };
            for &target in &ast[targets] {
                if let ExprKind::Attribute { object, name, .. } = ast[target].kind
                    && matches!(ast[object].kind, ExprKind::Attribute { name, .. } if name == state)
                {
                    let name = model.file(file).source().name(name).to_owned();
                    out.entry(name).or_default().push(ExprRef { file, id: value });
                }
            }
        }
    }
    out
}

/// Gives claims and parts of requests the name under which they are read.
fn named(mut origins: Origins, key: Option<&str>) -> Origins {
    let Some(key) = key else { return origins };
    for origin in &mut origins {
        match &mut origin.kind {
            OriginKind::Claim { name: name @ None, .. } | OriginKind::Request { name: name @ None, .. } => {
                *name = Some(key.to_owned());
            }
            _ => {}
        }
    }
    origins
}

fn join(into: &mut Origins, more: &Origins) {
    for origin in more {
        if into.len() < MAX_ORIGINS && !into.contains(origin) {
            into.push(origin.clone());
        }
    }
}

fn is_static(model: &Model<'_>, function: FunctionRef) -> bool {
    let file = model.file(function.file);
    let ast = file.ast();
    ast[ast[function.id].decorators]
        .iter()
        .any(|&id| matches!(ast[id].kind, ExprKind::Name(name) if file.source().imported_name(name) == "staticmethod"))
}

fn is_literal(kind: &ExprKind) -> bool {
    matches!(
        kind,
        ExprKind::String { .. }
            | ExprKind::Integer
            | ExprKind::Float
            | ExprKind::True
            | ExprKind::False
            | ExprKind::None
            | ExprKind::Ellipsis
    )
}

fn frames(frame: Context<'_>) -> usize {
    std::iter::successors(frame, |frame| frame.caller.as_ref()).count()
}

/// Tells the calls that are being followed apart; 0 for none.
fn frame_key(frame: Context<'_>) -> u64 {
    let Some(frame) = frame else { return 0 };
    let mut hasher = FxHasher::default();
    for frame in std::iter::successors(Some(frame), |frame| frame.caller.as_ref()) {
        hasher.write_u32(frame.call.file.0);
        hasher.write_usize(frame.call.id.index());
    }
    hasher.finish() | 1
}
