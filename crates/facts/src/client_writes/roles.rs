//! What speaks against a mistake: the value is tested, can only be harmless, or the object is not stored.

use semantic::{ClassRef, ExprRef, FunctionRef, ValueKind};
use syntax::ast::*;

use super::inputs::{Input, InputKind};
use super::outcome::Chosen;
use super::{ClientColumn, ColumnKind, Finder, Scene};
use crate::libraries::privileges::HIGH_ROLES;
use crate::models::classes::called_name;

impl Finder<'_, '_> {
    /// Whether the code compares the client's value with something, or passes it to a function that may refuse it.
    pub(super) fn is_tested(&self, column: &ClientColumn, scene: &Scene<'_>) -> bool {
        scene.visits.iter().any(|visit| {
            let frame = visit.frame.as_ref();
            let is_it =
                |expr: ExprRef| self.mentions(expr, &column.name) && self.of_value(expr, frame, scene).is_some();
            let parts = self.bodies.of(visit.function, |_| true);
            parts.into_iter().any(|part| {
                let ast = self.model.ast(part.file);
                match ast[part.id].kind {
                    ExprKind::Compare { first, rest } => {
                        let operands = || {
                            let right = ast[rest].iter().map(|comparison| comparison.right);
                            std::iter::once(first).chain(right)
                        };
                        !operands().any(|operand| matches!(ast[operand].kind, ExprKind::None))
                            && operands().any(|operand| is_it(self.expr_in(part, operand)))
                    }
                    ExprKind::Call { arguments, .. } => {
                        let given = || ast[arguments].iter().map(|argument| self.expr_in(part, argument.value));
                        let is_owner = column.kind == ColumnKind::Owner;
                        given().any(is_it)
                            && (!is_owner || given().any(|argument| self.is_verified(argument, frame)))
                            && self
                                .bodies
                                .entered(part, frame)
                                .iter()
                                .any(|(function, _)| self.may_refuse(*function))
                    }
                    _ => false,
                }
            })
        })
    }

    /// Whether an expression names a column: cheap, before it is followed.
    fn mentions(&self, expr: ExprRef, column: &str) -> bool {
        let source = self.model.file(expr.file).source();
        let ast = source.ast();
        ast.descendants(expr.id)
            .into_iter()
            .take(12)
            .any(|part| match ast[part].kind {
                ExprKind::Attribute { name, .. } | ExprKind::Name(name) => source.imported_name(name) == column,
                ExprKind::String { .. } => ast.string(source.text(), part).as_deref() == Some(column),
                _ => false,
            })
    }

    /// A function that raises somewhere, or says yes or no.
    fn may_refuse(&self, function: FunctionRef) -> bool {
        let ast = self.model.ast(function.file);
        ast.stmts_within(ast[function.id].body)
            .into_iter()
            .any(|stmt| matches!(ast[stmt].kind, StmtKind::Raise { .. }))
    }

    /// Whether a role that the client chooses can only be a harmless one, or is checked by its class.
    pub(super) fn is_harmless(&self, column: &str, chosen: &Chosen) -> bool {
        let Some(span) = chosen.field else { return false };
        let source = self.model.file(span.file).source();
        let ast = source.ast();
        if let Some(class) = chosen.class
            && self.has_validator(class, column)
        {
            return true;
        }
        // The statement that declares the field: its annotation says which values there are.
        let declared = self.declaration_of(chosen, column);
        let Some(annotation) = declared else { return false };
        let mut values: Vec<String> = Vec::new();
        let mut is_closed = false;
        for part in ast.descendants(annotation.id) {
            match ast[part].kind {
                ExprKind::Subscript { object, index }
                    if self
                        .model
                        .written(ExprRef {
                            file: annotation.file,
                            id: object,
                        })
                        .ends_with("Literal") =>
                {
                    is_closed = true;
                    for item in ast.descendants(index) {
                        values.extend(ast.string(source.text(), item).map(|text| text.to_string()));
                    }
                }
                ExprKind::Name(_) | ExprKind::Attribute { .. } => {
                    for value in self.model.eval(self.expr_in(annotation, part)) {
                        if let ValueKind::Class(class) = value.kind
                            && self.is_enum(class)
                        {
                            is_closed = true;
                            values.extend(self.members_of(class));
                        }
                    }
                }
                _ => {}
            }
        }
        let is_high = |value: &String| {
            let value = value.to_ascii_lowercase();
            HIGH_ROLES.iter().any(|high| value.contains(high))
        };
        is_closed && !values.is_empty() && !values.iter().any(is_high)
    }

    /// The annotation of the field.
    fn declaration_of(&self, chosen: &Chosen, column: &str) -> Option<ExprRef> {
        let span = chosen.field?;
        let ast = self.model.ast(span.file);
        let source = self.model.file(span.file).source();
        let class = chosen.class?;
        let declared_in = self
            .data
            .models
            .schema(class)?
            .fields
            .iter()
            .find(|field| field.name == column)?
            .declared_in;
        ast[ast[declared_in.id].body]
            .iter()
            .find_map(|&stmt| match ast[stmt].kind {
                StmtKind::AnnotatedAssign { target, annotation, .. } => match ast[target].kind {
                    ExprKind::Name(name) if source.imported_name(name) == column => Some(ExprRef {
                        file: span.file,
                        id: annotation,
                    }),
                    _ => None,
                },
                _ => None,
            })
    }

    pub(super) fn is_enum(&self, class: ClassRef) -> bool {
        self.model.descends_from(class, |path| path.starts_with("enum."))
    }

    fn members_of(&self, class: ClassRef) -> Vec<String> {
        let source = self.model.file(class.file).source();
        let ast = source.ast();
        let mut out = Vec::new();
        for &stmt in &ast[ast[class.id].body] {
            if let StmtKind::Assign { targets, value } = ast[stmt].kind {
                for &target in &ast[targets] {
                    out.push(
                        self.model
                            .written(ExprRef {
                                file: class.file,
                                id: target,
                            })
                            .into_owned(),
                    );
                }
                out.extend(ast.string(source.text(), value).map(|text| text.to_string()));
            }
        }
        out
    }

    /// `@field_validator("role")` in a class or its bases.
    fn has_validator(&self, class: ClassRef, column: &str) -> bool {
        let bases = self.data.models.schema(class).map(|schema| schema.bases.clone());
        let classes = std::iter::once(class).chain(bases.into_iter().flatten());
        classes.into_iter().any(|class| {
            let source = self.model.file(class.file).source();
            let ast = source.ast();
            ast[ast[class.id].body].iter().any(|&stmt| {
                let StmtKind::Function(function) = ast[stmt].kind else {
                    return false;
                };
                ast[ast[function].decorators].iter().any(|&decorator| {
                    let call = self.expr_in(
                        ExprRef {
                            file: class.file,
                            id: decorator,
                        },
                        decorator,
                    );
                    let is_validator = matches!(
                        called_name(self.model, call).as_deref(),
                        Some("field_validator" | "validator" | "model_validator" | "root_validator")
                    );
                    is_validator && {
                        let text = &*self.model.written(call);
                        text.contains(column)
                            || (text.contains("model_validator") || text.contains("root_validator"))
                                && ast[ast[function].body]
                                    .iter()
                                    .any(|&stmt| source.text()[ast[stmt].range].contains(column))
                    }
                })
            })
        })
    }

    /// Whether the object of a parameter is stored as it came: added to a session, inserted, copied.
    pub(super) fn is_kept_whole(&self, input: &Input, scene: &Scene<'_>) -> bool {
        let InputKind::Table(id) = input.kind else { return false };
        scene.visits.iter().any(|visit| {
            self.data.queries.in_function(visit.function).any(|query| {
                let is_write = matches!(
                    query.operation,
                    crate::libraries::data::Operation::Insert
                        | crate::libraries::data::Operation::Save
                        | crate::libraries::data::Operation::Update
                );
                let Some(crate::queries::Operand::Expr { expr, frame, .. }) = &query.object else {
                    return false;
                };
                is_write
                    && query.model().is_none_or(|found| found == id)
                    && self.is_input(*expr, frame.as_ref().or(visit.frame.as_ref()), input, scene)
            })
        })
    }
}
