//! What a route reads from the request, by parameter.

use semantic::{ClassRef, ExprRef, FunctionRef, ValueKind};
use syntax::ast::*;
use text::Span;

use super::Finder;
use crate::applications::Operation;
use crate::libraries::privileges::{ACCOUNT, RIGHTS, ROLES, plain};
use crate::models::{DataModelId, Extra, ModelSource};

/// One parameter that the client fills.
#[derive(Debug, Clone)]
pub(super) struct Input {
    pub(super) function: FunctionRef,
    pub(super) index: u32,
    pub(super) parameter: String,
    pub(super) span: Span,
    pub(super) annotation: Option<ExprRef>,
    pub(super) kind: InputKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputKind {
    /// A pydantic class, or its like.
    Schema(ClassRef),
    /// A pydantic class that keeps fields it does not declare.
    Extra(ClassRef),
    /// A class of rows.
    Table(DataModelId),
    /// A dictionary, or the request's JSON.
    Dict,
    /// The request itself.
    Request,
    /// A single value.
    Value,
}

impl Input {
    pub(super) fn class(&self) -> Option<ClassRef> {
        match self.kind {
            InputKind::Schema(class) | InputKind::Extra(class) => Some(class),
            _ => None,
        }
    }
}

impl Finder<'_, '_> {
    /// The parameters of the handler that the client fills.
    pub(super) fn inputs(&self, operation: &Operation) -> Vec<Input> {
        let Some(function) = operation.handler.function() else {
            return Vec::new();
        };
        let source = self.model.file(function.file).source();
        let ast = source.ast();
        let mut out = Vec::new();
        for (index, parameter) in ast[ast[function.id].parameters].iter().enumerate() {
            let index = index as u32;
            let name = source.name(parameter.name);
            let is_self = index == 0 && ast.class_of_method(function.id).is_some();
            if is_self || self.model.injected(function, index).is_some() {
                continue;
            }
            // The path is not the body.
            if operation.path.text.contains(&format!("{{{name}")) {
                continue;
            }
            let annotation = parameter.annotation.map(|id| ExprRef {
                file: function.file,
                id,
            });
            let Some(kind) = self.input_kind(annotation, parameter.default.is_some()) else {
                continue;
            };
            out.push(Input {
                function,
                index,
                parameter: name.to_owned(),
                span: Span::new(function.file, parameter.name_range),
                annotation,
                kind,
            });
        }
        out
    }

    fn input_kind(&self, annotation: Option<ExprRef>, has_default: bool) -> Option<InputKind> {
        let Some(annotation) = annotation else {
            return has_default.then_some(InputKind::Value);
        };
        let source = self.model.file(annotation.file).source();
        let ast = source.ast();
        let mut is_dict = false;
        let mut is_object = false;
        for part in ast.descendants(annotation.id).into_iter().take(40) {
            let (ExprKind::Name(name) | ExprKind::Attribute { name, .. }) = ast[part].kind else {
                continue;
            };
            let name = self.model.file(annotation.file).imported_name(name);
            is_dict |= matches!(name, "dict" | "Dict" | "Mapping" | "MutableMapping");
            let part = ExprRef {
                file: annotation.file,
                id: part,
            };
            for value in self.model.eval(part) {
                match value.kind {
                    ValueKind::Class(class) => {
                        if let Some(kind) = self.class_kind(class) {
                            return Some(kind);
                        }
                    }
                    ValueKind::External(path) => {
                        if path.ends_with(".Request") {
                            return Some(InputKind::Request);
                        }
                        is_object |= matches!(
                            path.rsplit('.').next(),
                            Some(
                                "Response"
                                    | "BackgroundTasks"
                                    | "WebSocket"
                                    | "UploadFile"
                                    | "Session"
                                    | "AsyncSession"
                            )
                        );
                    }
                    _ => {}
                }
            }
        }
        match (is_object, is_dict) {
            (true, _) => None,
            (false, true) => Some(InputKind::Dict),
            (false, false) => Some(InputKind::Value),
        }
    }

    fn class_kind(&self, class: ClassRef) -> Option<InputKind> {
        if let Some(id) = self.data.models.of_class(class) {
            let found = self.data.models.get(id);
            if found.class == Some(class) && found.source == ModelSource::Class {
                return Some(InputKind::Table(id));
            }
        }
        let schema = self.data.models.schema(class)?;
        Some(match schema.extra {
            Extra::Allow => InputKind::Extra(class),
            _ => InputKind::Schema(class),
        })
    }

    /// Whether an input can carry a column that somebody must not choose.
    pub(super) fn is_of_interest(&self, input: &Input) -> bool {
        let names = |name: &str| {
            let letters = plain(name);
            let letters = &&*letters;
            RIGHTS.contains(letters)
                || ROLES.contains(letters)
                || ACCOUNT.contains(letters)
                || self.data.models.all().any(|(_, model)| model.owner(name).is_some())
        };
        match input.kind {
            InputKind::Table(_) | InputKind::Dict | InputKind::Extra(_) => true,
            // Most handlers ask for it for other reasons.
            InputKind::Request => {
                let ast = self.model.ast(input.function.file);
                let body = ast.block_range(ast[input.function.id].body);
                body.is_some_and(|body| self.model.text(Span::new(input.function.file, body)).contains(".json"))
            }
            InputKind::Value => names(&input.parameter),
            InputKind::Schema(class) => self.carries(class, &names, 0),
        }
    }

    /// Fields of a class, and of the classes of its fields.
    fn carries(&self, class: ClassRef, names: &dyn Fn(&str) -> bool, depth: usize) -> bool {
        let Some(schema) = self.data.models.schema(class) else {
            return false;
        };
        schema.fields.iter().any(|field| names(&field.name))
            || (depth < 2
                && schema.fields.iter().any(|field| {
                    if !field.written_type.contains(char::is_uppercase) {
                        return false;
                    }
                    let known = self.data.models.schemas.iter();
                    known
                        .filter(|inner| inner.class != class && field.written_type.contains(&*inner.name))
                        .take(4)
                        .any(|inner| self.carries(inner.class, names, depth + 1))
                }))
    }
}
