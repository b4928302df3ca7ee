//! How a function spells the caller's own value of a column: `user.id`, `claims["sub"]`, `user_id`.
//!
//! What the project itself writes elsewhere, where it compares or fills the column, comes first. Otherwise the type
//! of what a dependency gives has to say it. What is not sure is not said: a comparison of a text with a number is
//! never true, and would lock everybody out.

use semantic::{BindingKind, ExprRef, FunctionRef, Model, NameUse, ValueKind};
use syntax::ast::*;
use text::TextRange;

use super::owners::plain;
use super::run::Run;
use super::values::{Context, Who, who};
use crate::data::Data;
use crate::flow::{Flow, OriginKind};
use crate::models::{Column, DataModel, DataModelId};
use crate::queries::{ModelUse, Operand};

/// Frames that are followed outwards.
const MAX_DEPTH: usize = 4;

/// The caller's value as one function writes it, around what a dependency gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spelling {
    dependency: FunctionRef,
    model: Option<DataModelId>,
    column: String,
    before: String,
    after: String,
}

/// What a parameter brings of the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Identity {
    dependency: FunctionRef,
    kind: IdentityKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum IdentityKind {
    /// A row of the model of users.
    User(DataModelId),
    /// All claims of the token.
    Claims,
    Scalar(Option<Scalar>),
    /// An object that is not followed.
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scalar {
    Text,
    Number,
    Uuid,
}

/// A value, and what has to be imported for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallerValue {
    pub text: String,
    /// The module and the name in it.
    pub import: Option<(&'static str, &'static str)>,
}

/// What the project writes where it compares columns with the caller, or fills them.
pub(super) fn spellings(model: &Model<'_>, flow: &Flow<'_, '_>, data: &Data) -> Vec<Spelling> {
    let mut out: Vec<Spelling> = Vec::new();
    let mut add = |used: Option<&ModelUse>, column: &str, value: &Operand| {
        let Operand::Expr { expr, frame, .. } = value else {
            return;
        };
        if who(&flow.origins_in(*expr, frame.as_ref()), &[]) != Who::Caller {
            return;
        }
        let Some((dependency, before, after)) = spelled(model, *expr, 0) else {
            return;
        };
        let spelling = Spelling {
            dependency,
            model: match used {
                Some(ModelUse::Known(id)) => Some(*id),
                _ => None,
            },
            column: column.to_owned(),
            before,
            after,
        };
        if !out.contains(&spelling) {
            out.push(spelling);
        }
    };
    for found in data.queries.column_values() {
        add(found.model, found.column, found.value);
    }
    out
}

/// The dependency that an expression rests on, and what is written around the name that holds what it gave.
fn spelled(model: &Model<'_>, expr: ExprRef, depth: usize) -> Option<(FunctionRef, String, String)> {
    if depth > MAX_DEPTH {
        return None;
    }
    let source = model.file(expr.file).source();
    let ast = source.ast();
    let mut id = expr.id;
    let root = loop {
        id = match ast[id].kind {
            ExprKind::Name(_) => break id,
            ExprKind::Attribute { object, .. } | ExprKind::Subscript { object, .. } => object,
            ExprKind::Call { function, arguments } => match (ast[function].kind, &ast[arguments]) {
                (ExprKind::Attribute { object, name, .. }, _) if source.name(name) == "get" => object,
                (ExprKind::Name(_) | ExprKind::Attribute { .. }, [only]) if only.kind == ArgumentKind::Positional => {
                    only.value
                }
                _ => return None,
            },
            _ => return None,
        };
    };
    let (whole, root_range) = (ast[expr.id].range, ast[root].range);
    let text = model.file(expr.file).text();
    let before = text[TextRange::new(whole.start(), root_range.start())].to_owned();
    let after = text[TextRange::new(root_range.end(), whole.end())].to_owned();
    let root = ExprRef {
        file: expr.file,
        id: root,
    };
    let NameUse::Bound(definitions) = model.definitions(root) else {
        return None;
    };
    let [only] = definitions.as_slice() else { return None };
    match only.binding.kind {
        BindingKind::Parameter { function, index } => {
            let function = FunctionRef {
                file: only.file,
                id: function,
            };
            Some((dependency(model, function, index)?, before, after))
        }
        // `user_id = user.id`
        BindingKind::Value(value) if only.mutations.is_empty() && only.file == expr.file => {
            let value = ExprRef {
                file: only.file,
                id: value,
            };
            let (dependency, inner_before, inner_after) = spelled(model, value, depth + 1)?;
            Some((dependency, before + &inner_before, inner_after + &after))
        }
        _ => None,
    }
}

/// The function of the project that a parameter is injected from.
fn dependency(model: &Model<'_>, function: FunctionRef, index: u32) -> Option<FunctionRef> {
    model
        .injected(function, index)?
        .iter()
        .find_map(|value| match value.kind {
            ValueKind::Function(found) => Some(found),
            ValueKind::Method { function: found, .. } => Some(found),
            _ => None,
        })
}

impl Run<'_, '_, '_> {
    /// How `function` writes the caller's own value of a column, in the call that is being followed.
    pub(super) fn caller_value(
        &self,
        function: FunctionRef,
        frame: Context<'_>,
        id: DataModelId,
        column: &str,
    ) -> Option<CallerValue> {
        self.caller_value_at(function, frame, id, column, 0)
    }

    fn caller_value_at(
        &self,
        function: FunctionRef,
        frame: Context<'_>,
        id: DataModelId,
        column: &str,
        depth: usize,
    ) -> Option<CallerValue> {
        if depth > MAX_DEPTH {
            return None;
        }
        let model = self.model();
        let source = model.file(function.file).source();
        let ast = source.ast();
        let parameters = &ast[ast[function.id].parameters];
        let frame = frame.filter(|frame| frame.function == function);
        let outer = frame.and_then(|frame| {
            let around = model.enclosing_function(frame.call)?;
            let value = self.caller_value_at(around, frame.caller.as_ref(), id, column, depth + 1)?;
            Some(value.text)
        });
        parameters.iter().enumerate().find_map(|(index, parameter)| {
            let name = source.name(parameter.name);
            if matches!(parameter.kind, ParameterKind::Star | ParameterKind::DoubleStar) {
                return None;
            }
            if let Some(frame) = frame {
                let argument = self.parameter_argument(function, index as u32, frame)?;
                let written = &*model.written(argument);
                // The caller of the function has made the value already.
                if outer.as_deref() == Some(written) && !matches!(model.expr(argument).kind, ExprKind::Name(_)) {
                    return Some(CallerValue {
                        text: name.to_owned(),
                        import: None,
                    });
                }
            }
            let identity = self.identity(function, index as u32, frame, 0)?;
            self.value_of(&identity, name, id, column)
        })
    }

    /// As [`Run::caller_value`], of one injected parameter.
    pub(super) fn value_by_parameter(
        &self,
        function: FunctionRef,
        index: u32,
        id: DataModelId,
        column: &str,
    ) -> Option<CallerValue> {
        let source = self.model().file(function.file).source();
        let ast = source.ast();
        let parameter = ast[ast[function.id].parameters].get(index as usize)?;
        let identity = self.identity(function, index, None, 0)?;
        self.value_of(&identity, source.name(parameter.name), id, column)
    }

    /// What a parameter brings of the caller.
    fn identity(&self, function: FunctionRef, index: u32, frame: Context<'_>, depth: usize) -> Option<Identity> {
        if depth > MAX_DEPTH {
            return None;
        }
        let model = self.model();
        if let Some(frame) = frame {
            let argument = self.parameter_argument(function, index, frame)?;
            let NameUse::Bound(definitions) = model.definitions(argument) else {
                return None;
            };
            let [only] = definitions.as_slice() else { return None };
            let BindingKind::Parameter { function, index } = only.binding.kind else {
                return None;
            };
            let function = FunctionRef {
                file: only.file,
                id: function,
            };
            let frame = frame.caller.as_ref().filter(|frame| frame.function == function);
            return self.identity(function, index, frame, depth + 1);
        }
        let found = dependency(model, function, index)?;
        let returns = model.returns(found);
        let at = |id| ExprRef { file: found.file, id };
        let origins: Vec<_> = returns
            .iter()
            .flat_map(|&id| self.origins(at(id), None).as_ref().clone())
            .collect();
        let is_caller = returns.iter().any(|&id| self.who(at(id), None, &[]) == Who::Caller);
        if !is_caller && who(&origins, &[]) != Who::Caller {
            return None;
        }
        let ast = model.ast(function.file);
        let parameter = ast[ast[function.id].parameters].get(index as usize)?;
        let told = [
            parameter.annotation.map(|id| ExprRef {
                file: function.file,
                id,
            }),
            model.ast(found.file)[found.id].returns.map(at),
        ];
        let kind = told
            .iter()
            .flatten()
            .find_map(|&annotation| self.told_kind(annotation))
            .unwrap_or_else(|| match origins.as_slice() {
                [] => IdentityKind::Other,
                origins if origins.iter().all(|origin| is_claim(&origin.kind, true)) => IdentityKind::Scalar(None),
                origins if origins.iter().all(|origin| is_claim(&origin.kind, false)) => IdentityKind::Claims,
                _ => self
                    .returned_user(found)
                    .map_or(IdentityKind::Other, IdentityKind::User),
            });
        Some(Identity {
            dependency: found,
            kind,
        })
    }

    /// What an annotation says of an identity.
    fn told_kind(&self, annotation: ExprRef) -> Option<IdentityKind> {
        let model = self.model();
        if let Some(Value { class, .. }) = self.instance(annotation) {
            let id = self.judge.data.models.of_class(class)?;
            return self
                .judge
                .data
                .models
                .get(id)
                .is_user()
                .then_some(IdentityKind::User(id));
        }
        let text = &*model.written(annotation);
        let text = text
            .strip_prefix("Annotated[")
            .map_or(text, |inner| inner.split(',').next().unwrap_or(inner).trim());
        match text {
            "dict" | "Dict" => Some(IdentityKind::Claims),
            _ if text.starts_with("dict[") || text.starts_with("Dict[") => Some(IdentityKind::Claims),
            _ => scalar(text).map(|found| IdentityKind::Scalar(Some(found))),
        }
    }

    fn instance(&self, annotation: ExprRef) -> Option<Value> {
        match self.model().annotated(annotation)?.kind {
            ValueKind::Instance { class, .. } => Some(Value { class }),
            _ => None,
        }
    }

    /// The model of users, where that is what a function gives.
    fn returned_user(&self, function: FunctionRef) -> Option<DataModelId> {
        let model = self.model();
        let found = model.result(function);
        found.iter().find_map(|value| match value.kind {
            ValueKind::Instance { class, .. } => {
                let id = self.judge.data.models.of_class(class)?;
                self.judge.data.models.get(id).is_user().then_some(id)
            }
            _ => None,
        })
    }

    /// The value of a column in terms of what a parameter brings.
    fn value_of(&self, identity: &Identity, name: &str, id: DataModelId, column: &str) -> Option<CallerValue> {
        let spellings = self.judge.spellings();
        let of_dependency = || {
            spellings
                .iter()
                .filter(|known| known.dependency == identity.dependency && is_portable(known))
        };
        let of_column = of_dependency()
            .find(|known| known.model == Some(id) && known.column == column)
            .or_else(|| of_dependency().find(|known| known.column == column));
        if let Some(known) = of_column {
            return Some(CallerValue {
                text: format!("{}{name}{}", known.before, known.after),
                import: None,
            });
        }
        let owned = self.judge.data.models.get(id);
        let declared = owned.column(column);
        let plain_value = |text: String| Some(CallerValue { text, import: None });
        match identity.kind {
            IdentityKind::User(user) => {
                let user = self.judge.data.models.get(user);
                plain_value(format!("{name}.{}", attribute(user, declared, column)?))
            }
            // Whether a claim is there, and what it means, only the project can say.
            IdentityKind::Claims | IdentityKind::Other => None,
            IdentityKind::Scalar(given) => {
                let wanted = declared?.written_type.as_deref().and_then(scalar)?;
                match (given.unwrap_or(Scalar::Text), wanted) {
                    (given, wanted) if given == wanted => plain_value(name.to_owned()),
                    (Scalar::Text, Scalar::Uuid) => Some(CallerValue {
                        text: format!("UUID({name})"),
                        import: Some(("uuid", "UUID")),
                    }),
                    (Scalar::Uuid, Scalar::Text) => plain_value(format!("str({name})")),
                    _ => None,
                }
            }
        }
    }
}

struct Value {
    class: semantic::ClassRef,
}

fn is_claim(kind: &OriginKind, is_single: bool) -> bool {
    matches!(kind, OriginKind::Claim { name, is_verified: true } if name.is_some() == is_single)
}

/// The attribute of a user that a column refers to.
fn attribute(user: &DataModel, column: Option<&Column>, name: &str) -> Option<String> {
    let key = user
        .columns
        .iter()
        .find(|column| column.is_primary_key)
        .or_else(|| user.column("id"));
    if let Some(foreign) = column.and_then(|column| column.foreign_key.as_ref()) {
        let is_of_user = foreign
            .model
            .is_none_or(|_| user.table.is_some() || user.class.is_some());
        return match &foreign.column {
            Some(column) if is_of_user => user.column(column).map(|found| found.name.clone()),
            _ => key.map(|key| key.name.clone()),
        };
    }
    let owner = plain(name);
    if let Some(same) = ["email", "username"].into_iter().find(|known| owner.ends_with(known)) {
        return user.column(same).map(|found| found.name.clone());
    }
    let key = key?;
    let types = [Some(key), column].map(|column| column?.written_type.as_deref().and_then(scalar));
    match types {
        [Some(key), Some(owner)] if key != owner => None,
        [Some(_), Some(_)] => Some(key.name.clone()),
        // Not declared: an identifier is compared with an identifier by its name alone.
        _ if owner.ends_with("id") && column.is_some() => Some(key.name.clone()),
        _ => None,
    }
}

/// What stands around the name is known everywhere.
fn is_portable(known: &Spelling) -> bool {
    matches!(known.before.as_str(), "" | "str(" | "int(")
}

fn scalar(written: &str) -> Option<Scalar> {
    let text = written.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    match () {
        () if has(&["uuid", "guid"]) => Some(Scalar::Uuid),
        () if has(&["list", "dict", "json", "datetime", "bool", "float", "objectid"]) => None,
        () if has(&["int"]) => Some(Scalar::Number),
        () if has(&["str", "text", "varchar", "char"]) => Some(Scalar::Text),
        () => None,
    }
}
