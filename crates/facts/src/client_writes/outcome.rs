//! Who says what a column holds: the client, the code, or nobody.

use std::rc::Rc;

use semantic::{BindingKind, ClassRef, Definition, ExprRef, Frame, FunctionRef, MutationKind, NameUse, ValueKind};
use syntax::ast::*;
use text::Span;

use super::inputs::{Input, InputKind};
use super::{Finder, Scene};
use crate::models::Extra;
use crate::models::classes::{argument, constant_text};
use crate::queries::{Copied, Operand};
use crate::visits::Visit;

/// Who says what a column holds after something was copied.
#[derive(Debug, Clone, Copy)]
pub(super) enum Outcome {
    Client(Chosen),
    /// The code, or something that is not followed.
    Own,
    /// It is not copied.
    Absent,
}

/// What the client says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chosen {
    /// Index of the input.
    pub(super) input: usize,
    /// The field that carries it, and its class.
    pub(super) field: Option<Span>,
    pub(super) class: Option<ClassRef>,
}

const MAX_DEPTH: usize = 14;
const MAX_FRAMES: usize = 5;

type Context<'c> = Option<&'c Rc<Frame>>;

/// An input, or a part of one.
#[derive(Debug, Clone, Copy)]
enum Part {
    /// All of it.
    Whole(usize),
    /// One of its fields.
    Field(usize, Option<Span>, Option<ClassRef>),
}

impl Finder<'_, '_> {
    /// Who says what `column` holds when this is copied; with an empty `column`, whether any column at all can come
    /// along.
    pub(super) fn of_copied(&self, column: &str, copied: &Copied, visit: &Visit, scene: &Scene<'_>) -> Outcome {
        let is_picked = copied.is_filtered
            || copied.excluded.iter().any(|name| name == column)
            || copied
                .included
                .as_ref()
                .is_some_and(|names| !names.iter().any(|name| name == column));
        let Operand::Expr { expr, frame, .. } = &copied.value else {
            return Outcome::Absent;
        };
        match is_picked {
            true => Outcome::Absent,
            false => self.of_object(column, *expr, frame.as_ref().or(visit.frame.as_ref()), scene, 0),
        }
    }

    /// What a single value says, if it is the client's own word.
    pub(super) fn of_operand(&self, value: &Operand, visit: &Visit, scene: &Scene<'_>) -> Option<Chosen> {
        let Operand::Expr { expr, frame, .. } = value else {
            return None;
        };
        self.of_value(*expr, frame.as_ref().or(visit.frame.as_ref()), scene)
    }

    pub(super) fn of_value(&self, expr: ExprRef, frame: Context<'_>, scene: &Scene<'_>) -> Option<Chosen> {
        match self.part(expr, frame, scene, 0)? {
            Part::Field(input, field, class) => Some(Chosen { input, field, class }),
            Part::Whole(input) => (scene.inputs[input].kind == InputKind::Value).then_some(Chosen {
                input,
                field: None,
                class: None,
            }),
        }
    }

    /// Whether a value is the verified caller's, and nothing that the client may choose.
    pub(super) fn is_callers(&self, value: &Operand, visit: &Visit) -> bool {
        let Operand::Expr { expr, frame, .. } = value else {
            return false;
        };
        self.is_verified(*expr, frame.as_ref().or(visit.frame.as_ref()))
    }

    pub(super) fn is_verified(&self, expr: ExprRef, frame: Context<'_>) -> bool {
        let origins = self.flow.origins_in(expr, frame);
        origins.iter().any(|origin| origin.kind.is_verified())
            && !origins.iter().any(|origin| origin.kind.is_from_client())
    }

    /// Whether an expression is the object of an input, as it came.
    pub(super) fn is_input(&self, expr: ExprRef, frame: Context<'_>, input: &Input, scene: &Scene<'_>) -> bool {
        match self.part(expr, frame, scene, 0) {
            Some(Part::Whole(index)) => scene.inputs[index].span == input.span,
            _ => false,
        }
    }

    // Objects and dictionaries whose fields are copied

    fn of_object(&self, column: &str, expr: ExprRef, frame: Context<'_>, scene: &Scene<'_>, depth: usize) -> Outcome {
        if depth > MAX_DEPTH {
            return Outcome::Own;
        }
        let source = self.model.file(expr.file).source();
        let ast = source.ast();
        let at = |id: ExprId| self.expr_in(expr, id);
        let go = |id: ExprId| self.of_object(column, at(id), frame, scene, depth + 1);
        match ast[expr.id].kind {
            ExprKind::Await(inner) | ExprKind::Starred(inner) | ExprKind::Walrus { value: inner, .. } => go(inner),
            ExprKind::Name(_) => self.of_name(column, expr, frame, scene, depth),
            ExprKind::Dict(items) => {
                let mut out = Outcome::Absent;
                for item in &ast[items] {
                    match *item {
                        DictItem::Pair { key, value } => match constant_text(self.model, at(key)) {
                            Some(name) if name == column => out = self.said_by(at(value), frame, scene),
                            // `{"$set": body.model_dump()}`
                            Some(name) if name.starts_with('$') => out = then(out, go(value)),
                            _ => {}
                        },
                        DictItem::Spread(inner) => out = then(out, go(inner)),
                    }
                }
                out
            }
            ExprKind::Binary {
                operator: BinaryOperator::BitOr,
                left,
                right,
            } => then(go(left), go(right)),
            ExprKind::Boolean { left, right, .. } => either(go(left), go(right)),
            ExprKind::Conditional { then, otherwise, .. } => either(go(then), go(otherwise)),
            ExprKind::Call { function, arguments } => {
                self.of_call(column, expr, function, arguments, frame, scene, depth)
            }
            ExprKind::Attribute { object, name, .. } if source.name(name) == "__dict__" => go(object),
            ExprKind::Comprehension { clauses, .. } => {
                let is_plain = !ast[clauses]
                    .iter()
                    .any(|clause| matches!(clause, ComprehensionClause::If(test) if self.tests_key(at(*test))));
                let iterable = ast[clauses].iter().find_map(|clause| match clause {
                    ComprehensionClause::For { iterable, .. } => Some(*iterable),
                    ComprehensionClause::If(_) => None,
                });
                match iterable.filter(|_| is_plain) {
                    Some(iterable) => go(iterable),
                    None => Outcome::Own,
                }
            }
            // `body.task`, `request_data["task"]`
            ExprKind::Attribute { .. } | ExprKind::Subscript { .. } => match self.part(expr, frame, scene, depth) {
                Some(Part::Field(input, ..) | Part::Whole(input)) => {
                    let class = self.class_of(expr, frame);
                    self.of_part(column, input, class, scene)
                }
                None => Outcome::Own,
            },
            ExprKind::None => Outcome::Absent,
            _ => Outcome::Own,
        }
    }

    /// A test that looks at more than whether a value is there: `key in ALLOWED`.
    fn tests_key(&self, test: ExprRef) -> bool {
        let ast = self.model.ast(test.file);
        ast.descendants(test.id).into_iter().any(|part| match ast[part].kind {
            ExprKind::Compare { rest, .. } => ast[rest]
                .iter()
                .any(|comparison| !matches!(ast[comparison.right].kind, ExprKind::None)),
            _ => false,
        })
    }

    fn of_name(&self, column: &str, expr: ExprRef, frame: Context<'_>, scene: &Scene<'_>, depth: usize) -> Outcome {
        let definitions = match self.model.definitions(expr) {
            NameUse::Bound(definitions) => definitions,
            // A variable that goes over the bodies of a list.
            NameUse::Element { iterable } => return self.of_object(column, iterable, frame, scene, depth + 1),
            _ => return Outcome::Own,
        };
        let mut out: Option<Outcome> = None;
        for definition in &definitions {
            let mut here = self.of_binding(column, definition, expr, frame, scene, depth);
            for mutation in &definition.mutations {
                here = self.changed(column, here, definition, &mutation.kind, frame, scene, depth);
            }
            out = Some(match out {
                None => here,
                Some(before) => either(before, here),
            });
        }
        out.unwrap_or(Outcome::Own)
    }

    fn of_binding(
        &self,
        column: &str,
        definition: &Definition,
        from: ExprRef,
        frame: Context<'_>,
        scene: &Scene<'_>,
        depth: usize,
    ) -> Outcome {
        let at = |id: ExprId| ExprRef {
            file: definition.file,
            id,
        };
        match definition.binding.kind {
            BindingKind::Value(id) | BindingKind::Context(id) | BindingKind::Element(id) if at(id) != from => {
                self.of_object(column, at(id), frame, scene, depth + 1)
            }
            BindingKind::Parameter { function, index } => {
                let function = FunctionRef {
                    file: definition.file,
                    id: function,
                };
                if let Some(frame) = frame.filter(|frame| frame.function == function)
                    && self.is_rest(function, index)
                {
                    return self.of_rest(column, frame, scene, depth);
                }
                if let Some((argument, caller)) = self.passed(function, index, frame) {
                    return self.of_object(column, argument, caller.as_ref(), scene, depth + 1);
                }
                match scene.find(function, index) {
                    Some(input) => self.of_part(column, input, scene.inputs[input].class(), scene),
                    None => Outcome::Own,
                }
            }
            _ => Outcome::Own,
        }
    }

    /// `**values` of a function's parameters.
    fn is_rest(&self, function: FunctionRef, index: u32) -> bool {
        let ast = self.model.ast(function.file);
        let parameter = ast[ast[function.id].parameters].get(index as usize);
        parameter.is_some_and(|parameter| parameter.kind == ParameterKind::DoubleStar)
    }

    /// What `**values` holds: of the arguments of the call, those that no parameter takes.
    fn of_rest(&self, column: &str, frame: &Rc<Frame>, scene: &Scene<'_>, depth: usize) -> Outcome {
        let source = self.model.file(frame.function.file).source();
        let ast = source.ast();
        let is_taken = ast[ast[frame.function.id].parameters]
            .iter()
            .any(|parameter| parameter.kind != ParameterKind::DoubleStar && source.name(parameter.name) == column);
        if is_taken || depth > MAX_DEPTH {
            return Outcome::Absent;
        }
        let caller = frame.caller.as_ref();
        let source = self.model.file(frame.call.file).source();
        let ast = source.ast();
        let ExprKind::Call { arguments, .. } = ast[frame.call.id].kind else {
            return Outcome::Absent;
        };
        let mut out = Outcome::Absent;
        for argument in &ast[arguments] {
            let value = self.expr_in(frame.call, argument.value);
            match argument.kind {
                ArgumentKind::Keyword(name) if source.name(name) == column => out = self.said_by(value, caller, scene),
                ArgumentKind::DoubleStar => {
                    out = then(out, self.of_object(column, value, caller, scene, depth + 1));
                }
                _ => {}
            }
        }
        out
    }

    /// What an input carries: `class` is its class, or that of the part of it which is copied.
    fn of_part(&self, column: &str, input: usize, class: Option<ClassRef>, scene: &Scene<'_>) -> Outcome {
        let chosen = |field| Outcome::Client(Chosen { input, field, class });
        if let Some(class) = class {
            return match self.data.models.schema(class) {
                Some(schema) => match schema.fields.iter().find(|field| field.name == column) {
                    Some(field) => chosen(Some(field.span)),
                    None if schema.extra == Extra::Allow => chosen(None),
                    None => Outcome::Absent,
                },
                None => Outcome::Own,
            };
        }
        match scene.inputs[input].kind {
            InputKind::Dict | InputKind::Request => chosen(None),
            InputKind::Table(id) => match self.data.models.get(id).column(column) {
                Some(column) => chosen(Some(column.span)),
                None => Outcome::Absent,
            },
            _ => Outcome::Own,
        }
    }

    /// `data["user_id"] = user.id`, `data.update(…)`, `data.pop("role")`, `body.user_id = user.id`
    #[allow(clippy::too_many_arguments, reason = "the parts of one pattern, at their one use")]
    fn changed(
        &self,
        column: &str,
        before: Outcome,
        definition: &Definition,
        change: &MutationKind,
        frame: Context<'_>,
        scene: &Scene<'_>,
        depth: usize,
    ) -> Outcome {
        let at = |id: ExprId| ExprRef {
            file: definition.file,
            id,
        };
        let source = self.model.file(definition.file).source();
        match *change {
            MutationKind::SetItem { key, value } => match constant_text(self.model, at(key)) {
                Some(name) if name == column => self.said_by(at(value), frame, scene),
                _ => before,
            },
            MutationKind::SetAttribute { attribute, value } if source.name(attribute) == column => {
                self.said_by(at(value), frame, scene)
            }
            MutationKind::DeleteItem { key } => match constant_text(self.model, at(key)) {
                Some(name) if name == column => Outcome::Absent,
                _ => before,
            },
            MutationKind::Augment { value, .. } => {
                then(before, self.of_object(column, at(value), frame, scene, depth + 1))
            }
            MutationKind::Method { method, call } => match source.name(method) {
                "update" => then(before, self.of_arguments(column, at(call), frame, scene, depth)),
                "pop" => {
                    match argument(self.model, at(call), Some(0), &[]).and_then(|key| constant_text(self.model, key)) {
                        Some(name) if name == column => Outcome::Absent,
                        _ => before,
                    }
                }
                "clear" => Outcome::Absent,
                _ => before,
            },
            MutationKind::SetAttribute { .. } => before,
        }
    }

    /// Keywords and unpacked dictionaries of a call, in order; the first argument by position too.
    fn of_arguments(
        &self,
        column: &str,
        call: ExprRef,
        frame: Context<'_>,
        scene: &Scene<'_>,
        depth: usize,
    ) -> Outcome {
        let source = self.model.file(call.file).source();
        let ast = source.ast();
        let ExprKind::Call { arguments, .. } = ast[call.id].kind else {
            return Outcome::Absent;
        };
        let mut out = Outcome::Absent;
        for argument in &ast[arguments] {
            let value = self.expr_in(call, argument.value);
            match argument.kind {
                ArgumentKind::Keyword(name) if source.name(name) == column => out = self.said_by(value, frame, scene),
                ArgumentKind::Keyword(name) if source.name(name) == "update" => {
                    out = then(out, self.of_object(column, value, frame, scene, depth + 1));
                }
                ArgumentKind::Keyword(_) | ArgumentKind::Star => {}
                ArgumentKind::DoubleStar | ArgumentKind::Positional => {
                    out = then(out, self.of_object(column, value, frame, scene, depth + 1));
                }
            }
        }
        out
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one pattern, at their one use")]
    fn of_call(
        &self,
        column: &str,
        call: ExprRef,
        function: ExprId,
        arguments: List<Argument>,
        frame: Context<'_>,
        scene: &Scene<'_>,
        depth: usize,
    ) -> Outcome {
        let source = self.model.file(call.file).source();
        let ast = source.ast();
        let at = |id: ExprId| self.expr_in(call, id);
        let method = match ast[function].kind {
            ExprKind::Attribute { object, name, .. } => Some((object, source.name(name))),
            _ => None,
        };
        if let Some((object, "model_dump" | "dict" | "items" | "copy" | "model_copy" | "to_dict" | "json")) = method {
            let is_json = matches!(method, Some((_, "json")));
            if is_json && let Some(Part::Whole(input)) = self.part(at(object), frame, scene, depth) {
                return self.of_part(column, input, None, scene);
            }
            return match self.exclusion(column, call) {
                true => Outcome::Absent,
                false => {
                    let out = self.of_object(column, at(object), frame, scene, depth + 1);
                    match argument(self.model, call, None, &["update"]) {
                        Some(update) => then(out, self.of_object(column, update, frame, scene, depth + 1)),
                        None => out,
                    }
                }
            };
        }
        let first = ast[arguments].first().map(|argument| at(argument.value));
        let callee = self.model.eval_in(at(function), frame);
        if callee.is_empty() {
            return Outcome::Own;
        }
        let mut out: Option<Outcome> = None;
        for value in callee {
            let here = match &value.kind {
                ValueKind::External(path) => match path.rsplit('.').next() {
                    Some("jsonable_encoder" | "deepcopy" | "copy" | "vars" | "asdict" | "loads") => match first {
                        Some(first) => match self.exclusion(column, call) {
                            true => Outcome::Absent,
                            false => self.of_object(column, first, frame, scene, depth + 1),
                        },
                        None => Outcome::Own,
                    },
                    Some("dict") => self.of_arguments(column, call, frame, scene, depth),
                    _ => Outcome::Own,
                },
                ValueKind::Class(class) => self.of_made(column, *class, call, frame, scene, depth),
                ValueKind::Function(_) | ValueKind::Method { .. } => {
                    let frames = std::iter::successors(frame, |frame| frame.caller.as_ref()).count();
                    let entered = match frames < MAX_FRAMES {
                        true => self.bodies.entered(call, frame),
                        false => Vec::new(),
                    };
                    let mut found: Option<Outcome> = None;
                    for (function, entered) in entered {
                        for &id in self.model.returns(function).iter() {
                            let returned = ExprRef {
                                file: function.file,
                                id,
                            };
                            let here = self.of_object(column, returned, Some(&entered), scene, depth + 1);
                            found = Some(found.map_or(here, |before| either(before, here)));
                        }
                    }
                    found.unwrap_or(Outcome::Own)
                }
                // `Model.model_validate(body, update={…})` of a class of the project: a method from outside.
                _ => match method {
                    Some((object, "model_validate" | "parse_obj" | "from_orm" | "validate")) => {
                        match self.class_named(at(object), frame) {
                            Some(class) => self.of_made(column, class, call, frame, scene, depth),
                            None => Outcome::Own,
                        }
                    }
                    _ => Outcome::Own,
                },
            };
            out = Some(out.map_or(here, |before| either(before, here)));
        }
        out.unwrap_or(Outcome::Own)
    }

    /// An object that the code makes: of its arguments, what its class keeps.
    fn of_made(
        &self,
        column: &str,
        class: ClassRef,
        call: ExprRef,
        frame: Context<'_>,
        scene: &Scene<'_>,
        depth: usize,
    ) -> Outcome {
        let of_schema = self.data.models.schema(class);
        let keeps = match of_schema {
            Some(schema) => schema.extra == Extra::Allow || schema.fields.iter().any(|field| field.name == column),
            None => true,
        };
        match keeps {
            true => self.of_arguments(column, call, frame, scene, depth),
            false => Outcome::Absent,
        }
    }

    /// Whether `exclude` or `include` of a dump keep a column out.
    fn exclusion(&self, column: &str, call: ExprRef) -> bool {
        let names = |keyword: &str| {
            let given = argument(self.model, call, None, &[keyword])?;
            let ast = self.model.ast(given.file);
            let texts: Vec<String> = ast
                .descendants(given.id)
                .into_iter()
                .filter_map(|part| constant_text(self.model, self.expr_in(given, part)))
                .collect();
            Some(texts)
        };
        let has = |names: Vec<String>| names.iter().any(|name| name == column);
        let unclear = |names: &Vec<String>| names.is_empty();
        names("exclude").is_some_and(|names| unclear(&names) || has(names))
            || names("include").is_some_and(|names| unclear(&names) || !has(names))
    }

    fn said_by(&self, value: ExprRef, frame: Context<'_>, scene: &Scene<'_>) -> Outcome {
        match self.of_value(value, frame, scene) {
            Some(chosen) => Outcome::Client(chosen),
            None => Outcome::Own,
        }
    }

    // Single values

    /// The input, or the part of one, that an expression holds unchanged.
    fn part(&self, expr: ExprRef, frame: Context<'_>, scene: &Scene<'_>, depth: usize) -> Option<Part> {
        if depth > MAX_DEPTH {
            return None;
        }
        let source = self.model.file(expr.file).source();
        let ast = source.ast();
        let at = |id: ExprId| self.expr_in(expr, id);
        let go = |id: ExprId| self.part(at(id), frame, scene, depth + 1);
        match ast[expr.id].kind {
            ExprKind::Await(inner) | ExprKind::Walrus { value: inner, .. } => go(inner),
            ExprKind::Name(_) => {
                let definitions = match self.model.definitions(expr) {
                    NameUse::Bound(definitions) => definitions,
                    NameUse::Element { iterable } => return self.part(iterable, frame, scene, depth + 1),
                    _ => return None,
                };
                definitions.iter().find_map(|definition| {
                    let at = |id: ExprId| ExprRef {
                        file: definition.file,
                        id,
                    };
                    match definition.binding.kind {
                        BindingKind::Value(id) | BindingKind::Element(id) if at(id) != expr => {
                            self.part(at(id), frame, scene, depth + 1)
                        }
                        BindingKind::Parameter { function, index } => {
                            let function = FunctionRef {
                                file: definition.file,
                                id: function,
                            };
                            match self.passed(function, index, frame) {
                                Some((argument, caller)) => self.part(argument, caller.as_ref(), scene, depth + 1),
                                None => scene.find(function, index).map(Part::Whole),
                            }
                        }
                        _ => None,
                    }
                })
            }
            ExprKind::Attribute { object, name, .. } => {
                let name = source.name(name);
                self.field(go(object)?, name, at(object), frame, scene)
                    .filter(|_| !self.is_replaced(at(object), name))
            }
            ExprKind::Subscript { object, index } => {
                let name = constant_text(self.model, at(index))?;
                self.field(go(object)?, &name, at(object), frame, scene)
                    .filter(|_| !self.is_replaced(at(object), &name))
            }
            // The client can leave out what stands first, or say it.
            ExprKind::Boolean { left, right, .. } => go(left).or_else(|| go(right)),
            ExprKind::Conditional { then, otherwise, .. } => go(then).or_else(|| go(otherwise)),
            ExprKind::Call { function, arguments } => {
                let first = ast[arguments].first().map(|argument| argument.value);
                match ast[function].kind {
                    ExprKind::Attribute { object, name, .. } => match source.name(name) {
                        "get" => {
                            let name = constant_text(self.model, at(first?))?;
                            self.field(go(object)?, &name, at(object), frame, scene)
                        }
                        "model_dump" | "dict" | "json" | "copy" | "model_copy" | "strip" | "lower" | "upper" => {
                            go(object)
                        }
                        _ => None,
                    },
                    ExprKind::Name(name) => {
                        let is_conversion = matches!(
                            source.imported_name(name),
                            "str"
                                | "int"
                                | "UUID"
                                | "ObjectId"
                                | "PydanticObjectId"
                                | "dict"
                                | "jsonable_encoder"
                                | "bool"
                        );
                        match is_conversion {
                            true => go(first?),
                            // `UserRole(body.role)`
                            false => match self.class_named(at(function), frame) {
                                Some(class) if self.is_enum(class) => go(first?),
                                _ => None,
                            },
                        }
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn field(&self, part: Part, name: &str, object: ExprRef, frame: Context<'_>, scene: &Scene<'_>) -> Option<Part> {
        match part {
            Part::Whole(input) => {
                let class = scene.inputs[input].class();
                let declared = class.and_then(|class| {
                    let schema = self.data.models.schema(class)?;
                    schema.fields.iter().find(|field| field.name == name)
                });
                match (scene.inputs[input].kind, declared) {
                    (InputKind::Request, _) => (name == "json").then_some(Part::Whole(input)),
                    (InputKind::Schema(_) | InputKind::Extra(_), Some(field)) => {
                        Some(Part::Field(input, Some(field.span), class))
                    }
                    // A method or property of the class.
                    (InputKind::Schema(_), None) => None,
                    (InputKind::Value, _) => None,
                    (InputKind::Table(id), _) => {
                        let column = self.data.models.get(id).column(name)?;
                        Some(Part::Field(input, Some(column.span), None))
                    }
                    _ => Some(Part::Field(input, None, None)),
                }
            }
            Part::Field(input, ..) => {
                let class = self.class_of(object, frame);
                let declared = class.and_then(|class| {
                    let schema = self.data.models.schema(class)?;
                    schema.fields.iter().find(|field| field.name == name)
                });
                Some(Part::Field(input, declared.map(|field| field.span), class))
            }
        }
    }

    /// The code sets the attribute or key itself before it is read.
    fn is_replaced(&self, object: ExprRef, field: &str) -> bool {
        if !matches!(self.model.expr(object).kind, ExprKind::Name(_)) {
            return false;
        }
        let NameUse::Bound(definitions) = self.model.definitions(object) else {
            return false;
        };
        definitions.iter().any(|definition| {
            let source = self.model.file(definition.file).source();
            definition.mutations.iter().any(|mutation| match mutation.kind {
                MutationKind::SetAttribute { attribute, .. } => source.name(attribute) == field,
                MutationKind::SetItem { key, .. } => {
                    let key = ExprRef {
                        file: definition.file,
                        id: key,
                    };
                    constant_text(self.model, key).as_deref() == Some(field)
                }
                _ => false,
            })
        })
    }

    /// What the call that is being followed passes for a parameter.
    fn passed(&self, function: FunctionRef, index: u32, frame: Context<'_>) -> Option<(ExprRef, Option<Rc<Frame>>)> {
        let frame = frame.filter(|frame| frame.function == function)?;
        let source = self.model.file(function.file).source();
        let ast = source.ast();
        let parameter = ast[ast[function.id].parameters].get(index as usize)?;
        if matches!(parameter.kind, ParameterKind::DoubleStar) {
            return None;
        }
        let position = (index as usize).checked_sub(usize::from(frame.receiver.is_some()));
        let argument = argument(self.model, frame.call, position, &[source.name(parameter.name)])?;
        Some((argument, frame.caller.clone()))
    }

    pub(super) fn class_of(&self, expr: ExprRef, frame: Context<'_>) -> Option<ClassRef> {
        let values = self.model.eval_in(expr, frame);
        values.into_iter().find_map(|value| match value.kind {
            ValueKind::Instance { class, .. } => Some(class),
            _ => None,
        })
    }

    fn class_named(&self, expr: ExprRef, frame: Context<'_>) -> Option<ClassRef> {
        let values = self.model.eval_in(expr, frame);
        values.into_iter().find_map(|value| match value.kind {
            ValueKind::Class(class) => Some(class),
            _ => None,
        })
    }
}

impl Scene<'_> {
    fn find(&self, function: FunctionRef, index: u32) -> Option<usize> {
        self.inputs
            .iter()
            .position(|input| input.function == function && input.index == index)
    }
}

/// What holds after a second step.
fn then(first: Outcome, second: Outcome) -> Outcome {
    match second {
        Outcome::Absent => first,
        _ => second,
    }
}

/// One of two ways: the client needs only one.
fn either(a: Outcome, b: Outcome) -> Outcome {
    match (a, b) {
        (Outcome::Client(_), _) => a,
        (_, Outcome::Client(_)) => b,
        (Outcome::Own, _) => a,
        _ => b,
    }
}
