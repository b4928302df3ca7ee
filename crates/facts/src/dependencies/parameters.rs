//! Parameters that FastAPI fills from dependencies.

use std::rc::Rc;

use semantic::{BindingKind, ClassRef, ExprRef, Frame, FunctionRef, Value, ValueKind, Values};
use syntax::ast::*;
use text::{FileId, Span, TextRange};

use super::markers::{Annotated, Marker};
use super::{Callable, CallableKind, Dependency, Level, Resolver};

/// A parameter, or a field that stands for one.
#[derive(Debug, Clone, Copy)]
struct Input {
    file: FileId,
    name: Name,
    range: TextRange,
    annotation: Option<ExprId>,
    default: Option<ExprId>,
    is_variadic: bool,
}

/// Classes whose fields are the parameters of their constructor.
const MODELS: &[&str] = &[
    "pydantic.BaseModel",
    "pydantic.main.BaseModel",
    "sqlmodel.SQLModel",
    "typing.NamedTuple",
];
const DATACLASS_DECORATORS: &[&str] = &[
    "dataclasses.dataclass",
    "pydantic.dataclasses.dataclass",
    "attrs.define",
    "attrs.frozen",
    "attr.s",
];

impl Resolver<'_, '_> {
    pub(super) fn of_parameters(&self, callable: &Callable) -> Vec<Dependency> {
        let inputs = match &callable.kind {
            CallableKind::Function(function) => self.function_inputs(*function, 0),
            CallableKind::Method(function) => self.function_inputs(*function, 1),
            CallableKind::Lambda(lambda) => match self.model.expr(*lambda).kind {
                ExprKind::Lambda { parameters, .. } => self.inputs(lambda.file, parameters, 0),
                _ => Vec::new(),
            },
            CallableKind::Class(class) => self.class_inputs(*class),
            CallableKind::Instance { class, .. } => match self.method(*class, "__call__") {
                Some(function) => self.function_inputs(function, 1),
                None => Vec::new(),
            },
            CallableKind::External { .. } | CallableKind::Unknown => Vec::new(),
        };
        let mut left = callable.bound.positional;
        let mut out = Vec::new();
        for mut input in inputs {
            if left > 0 && !input.is_variadic {
                left -= 1;
                continue;
            }
            let name = self.model.file(input.file).source().name(input.name);
            if callable.bound.keywords.iter().any(|bound| **bound == *name) {
                // `partial` replaces the default.
                input.default = None;
            }
            out.extend(self.injected(input, callable.closure.as_ref()));
        }
        out
    }

    /// What the class of a class-based view asks for: parameters of `__init__`, then annotated fields, those of
    /// base classes first.
    pub(super) fn of_class_view_fields(&self, class: ClassRef) -> Vec<Dependency> {
        let init = self.method(class, "__init__");
        let mut inputs = init
            .map(|function| self.function_inputs(function, 1))
            .unwrap_or_default();
        inputs.retain(|input| !input.is_variadic);
        inputs.extend(self.fields(class));
        inputs
            .into_iter()
            .filter_map(|input| self.injected(input, None))
            .collect()
    }

    fn injected(&self, input: Input, closure: Option<&Rc<Frame>>) -> Option<Dependency> {
        if input.is_variadic {
            return None;
        }
        let at = |id: ExprId| ExprRef { file: input.file, id };
        let default = input
            .default
            .filter(|&id| self.can_be_marker(at(id)))
            .map(|id| self.model.eval_in(at(id), closure));
        let from_default = default.iter().flatten().find_map(Marker::of);
        let annotation = || match input.annotation {
            Some(id) => self.annotation(at(id), closure),
            None => Values::new(),
        };
        let (marker, type_annotation) = match from_default {
            Some(marker) => {
                let values = annotation();
                let inner = Annotated::of(&values).map(|annotated| annotated.type_annotation);
                (marker, inner.unwrap_or(values))
            }
            None => {
                let annotated = Annotated::of(&annotation())?;
                (annotated.marker()?, annotated.type_annotation)
            }
        };
        let name = self.model.file(input.file).source().name(input.name);
        Some(Dependency {
            parameter: Some(name.to_owned()),
            declared: Span::new(input.file, input.range),
            ..self.dependency(&marker, Level::Parameter, &type_annotation)
        })
    }

    /// Constants, which most defaults are, cannot be `Depends`.
    fn can_be_marker(&self, expr: ExprRef) -> bool {
        matches!(
            self.model.expr(expr).kind,
            ExprKind::Name(_)
                | ExprKind::Attribute { .. }
                | ExprKind::Call { .. }
                | ExprKind::Subscript { .. }
                | ExprKind::Conditional { .. }
                | ExprKind::Boolean { .. }
        )
    }

    fn annotation(&self, expr: ExprRef, closure: Option<&Rc<Frame>>) -> Values {
        let ast = self.model.ast(expr.file);
        match ast[expr.id].kind {
            ExprKind::Name(_) | ExprKind::Attribute { .. } | ExprKind::Subscript { .. } => {
                self.model.eval_in(expr, closure)
            }
            // `user: "CurrentUser"`
            ExprKind::String { .. } => ast
                .string(self.model.file(expr.file).text(), expr.id)
                .and_then(|name| self.model.global(expr.file, &name))
                .unwrap_or_default(),
            _ => Values::new(),
        }
    }

    fn function_inputs(&self, function: FunctionRef, skipped: usize) -> Vec<Input> {
        let parameters = self.model.ast(function.file)[function.id].parameters;
        self.inputs(function.file, parameters, skipped)
    }

    fn inputs(&self, file: FileId, parameters: List<Parameter>, skipped: usize) -> Vec<Input> {
        let parameters = self.model.ast(file)[parameters].iter().skip(skipped);
        parameters
            .map(|parameter| Input {
                file,
                name: parameter.name,
                range: parameter.range,
                annotation: parameter.annotation,
                default: parameter.default,
                is_variadic: matches!(parameter.kind, ParameterKind::Star | ParameterKind::DoubleStar),
            })
            .collect()
    }

    fn class_inputs(&self, class: ClassRef) -> Vec<Input> {
        if let Some(init) = self.method(class, "__init__") {
            return self.function_inputs(init, 1);
        }
        let is_model = self.model.descends_from(class, |path| MODELS.contains(&path));
        match is_model || self.is_dataclass(class) {
            true => self.fields(class),
            false => Vec::new(),
        }
    }

    fn is_dataclass(&self, class: ClassRef) -> bool {
        let ast = self.model.ast(class.file);
        ast[ast[class.id].decorators].iter().any(|&id| {
            let callee = match ast[id].kind {
                ExprKind::Call { function, .. } => function,
                _ => id,
            };
            let callee = ExprRef {
                file: class.file,
                id: callee,
            };
            let is_known = |value: &Value| matches!(&value.kind, ValueKind::External(path) if DATACLASS_DECORATORS.contains(&&**path));
            self.model.eval(callee).iter().any(is_known)
        })
    }

    /// Annotated fields, those of base classes first; a later one takes the place of an earlier one.
    fn fields(&self, class: ClassRef) -> Vec<Input> {
        let bases = self.project_classes(class);
        let mut out: Vec<(String, Input)> = Vec::new();
        for class in bases.into_iter().rev() {
            let ast = self.model.ast(class.file);
            for &stmt in &ast[ast[class.id].body] {
                let StmtKind::AnnotatedAssign {
                    target,
                    annotation,
                    value,
                } = ast[stmt].kind
                else {
                    continue;
                };
                let ExprKind::Name(name) = ast[target].kind else {
                    continue;
                };
                let input = Input {
                    file: class.file,
                    name,
                    range: ast[stmt].range,
                    annotation: Some(annotation),
                    default: value,
                    is_variadic: false,
                };
                let text = self.model.file(class.file).source().name(name).to_owned();
                match out.iter_mut().find(|(known, _)| *known == text) {
                    Some((_, known)) => *known = input,
                    None => out.push((text, input)),
                }
            }
        }
        out.into_iter().map(|(_, input)| input).collect()
    }

    /// A method of a class or of its bases in the project.
    fn method(&self, class: ClassRef, name: &str) -> Option<FunctionRef> {
        self.project_classes(class)
            .into_iter()
            .find_map(|class| match self.model.class_binding(class, name)?.kind {
                BindingKind::Function(id) => Some(FunctionRef { file: class.file, id }),
                _ => None,
            })
    }

    /// A class and its bases in the project, nearest first.
    fn project_classes(&self, class: ClassRef) -> Vec<ClassRef> {
        let bases = self.model.bases(class).into_iter().filter_map(|base| match base.kind {
            ValueKind::Class(class) => Some(class),
            _ => None,
        });
        std::iter::once(class).chain(bases).collect()
    }
}
