//! Expressions that mean a column.

use semantic::ValueKind;
use syntax::ast::*;

use super::follow::Place;
use super::reach::Reader;
use super::{ColumnUse, ModelUse, UnknownModel};
use crate::models::classes::{argument, constant_text};

/// Parts of `Task.meta["a"].b` that are looked at.
const MAX_PARTS: usize = 8;

impl Reader<'_, '_> {
    /// The column that an expression means: `Task.owner_id`, `tasks.c.owner_id`, `func.lower(User.email)`.
    pub(super) fn column_of(&self, place: &Place) -> Option<ColumnUse> {
        let span = self.model.span(place.expr);
        let mut path = Vec::new();
        let mut place = place.clone();
        for _ in 0..MAX_PARTS {
            let source = self.model.file(place.expr.file).source();
            let ast = source.ast();
            match ast[place.expr.id].kind {
                ExprKind::Attribute { object, name, .. } => {
                    let name = source.name(name);
                    let object = place.at(object);
                    if let Some(model) = self.column_owner(&object) {
                        path.push(name.to_owned());
                        return Some(self.column_use(model, path, span));
                    }
                    path.push(name.to_owned());
                    place = object;
                }
                ExprKind::Subscript { object, index } => {
                    path.push(constant_text(self.model, place.at(index).expr)?);
                    place = place.at(object);
                }
                ExprKind::Call { .. } => {
                    if let Some(found) = self.named_attribute(&place) {
                        path.push(found.1);
                        return Some(self.column_use(found.0, path, span));
                    }
                    place = self.wrapped_column(&place)?;
                }
                ExprKind::Name(_) => place = self.only_value(&place)?,
                // `(Task.owner_id)`, `-Task.rank`
                ExprKind::Unary {
                    operator: UnaryOperator::Plus | UnaryOperator::Minus,
                    operand,
                } => place = place.at(operand),
                _ => return None,
            }
        }
        None
    }

    /// `Thing.owner_id` of a class that is not among the files: told by the capital letter.
    pub(super) fn column_of_unknown(&self, place: &Place) -> Option<ColumnUse> {
        let source = self.model.file(place.expr.file).source();
        let ast = source.ast();
        let ExprKind::Attribute { object, name, .. } = ast[place.expr.id].kind else {
            return None;
        };
        let class = match ast[object].kind {
            ExprKind::Name(name) | ExprKind::Attribute { name, .. } => source.imported_name(name),
            _ => return None,
        };
        let object = place.at(object);
        let is_outside = self
            .model
            .eval_in(object.expr, object.frame.as_ref())
            .iter()
            .all(|value| {
                matches!(
                    value.kind,
                    ValueKind::External(_) | ValueKind::Unknown(_) | ValueKind::Attribute { .. }
                )
            });
        if !is_outside || !class.starts_with(char::is_uppercase) {
            return None;
        }
        let model = ModelUse::Unknown {
            written: class.to_owned(),
            reason: UnknownModel::NotFollowed,
        };
        Some(self.column_use(model, vec![source.name(name).to_owned()], self.model.span(place.expr)))
    }

    fn column_use(&self, model: ModelUse, mut path: Vec<String>, span: text::Span) -> ColumnUse {
        path.reverse();
        // `tasks.c.owner_id`, `tasks.c["owner_id"]`
        if path.len() > 1 && matches!(&*path[0], "c" | "columns") {
            path.remove(0);
        }
        ColumnUse {
            model: Some(model),
            path,
            span,
        }
    }

    /// The model whose attribute is a column: a class, a table, an alias.
    fn column_owner(&self, object: &Place) -> Option<ModelUse> {
        match self.model.expr(object.expr).kind {
            ExprKind::Name(_) | ExprKind::Attribute { .. } => self.model_of(object),
            _ => None,
        }
    }

    /// `getattr(Task, "owner_id")`; `?` where the name is not constant.
    fn named_attribute(&self, place: &Place) -> Option<(ModelUse, String)> {
        let source = self.model.file(place.expr.file).source();
        let ast = source.ast();
        let ExprKind::Call { function, .. } = ast[place.expr.id].kind else {
            return None;
        };
        if !matches!(ast[function].kind, ExprKind::Name(name) if source.imported_name(name) == "getattr") {
            return None;
        }
        let object = argument(self.model, place.expr, Some(0), &[])?;
        let model = self.model_of(&place.at(object.id))?;
        let name = argument(self.model, place.expr, Some(1), &[])?;
        let name = self.model.eval_in(name, place.frame.as_ref());
        let text = match name.as_slice() {
            [only] => only.as_str().map(str::to_owned),
            _ => None,
        };
        Some((model, text.unwrap_or_else(|| "?".to_owned())))
    }

    /// The argument of a call that keeps it a column: `col(Task.id)`, `func.lower(User.email)`, `Task.id.label(…)`.
    fn wrapped_column(&self, place: &Place) -> Option<Place> {
        let source = self.model.file(place.expr.file).source();
        let ast = source.ast();
        let ExprKind::Call { function, arguments } = ast[place.expr.id].kind else {
            return None;
        };
        if let ExprKind::Attribute { object, name, .. } = ast[function].kind
            && matches!(
                source.name(name),
                "label" | "asc" | "desc" | "cast" | "op" | "collate" | "astext" | "as_string"
            )
        {
            return Some(place.at(object));
        }
        let first = ast[arguments]
            .first()
            .filter(|first| first.kind == ArgumentKind::Positional)?;
        let passes = self
            .model
            .eval_in(place.at(function).expr, place.frame.as_ref())
            .iter()
            .any(|value| {
                let ValueKind::External(path) = &value.kind else {
                    return false;
                };
                let is_library = path.starts_with("sqlalchemy") || path.starts_with("sqlmodel");
                let name = path.rsplit('.').next().unwrap_or_default();
                is_library
                    && (path.contains(".func.")
                        || matches!(name, "col" | "cast" | "type_coerce" | "collate" | "distinct"))
            });
        passes.then(|| place.at(first.value))
    }
}
