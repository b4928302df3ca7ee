//! Expressions that mean a model: its class, an alias of it, the class that a generic repository works on.

use std::rc::Rc;

use semantic::{ClassRef, ExprRef, FunctionRef, Model, NameUse, Value, ValueKind};
use syntax::ast::*;
use text::Span;

use super::follow::Place;
use super::reach::Reader;
use super::{Candidate, ModelUse, UnknownModel};
use crate::libraries::mongo;
use crate::models::classes::{argument, constant_text, members};

/// Users of a generic class that are told apart.
const MAX_CANDIDATES: usize = 64;

impl Reader<'_, '_> {
    /// The model that an expression means.
    pub(super) fn model_of(&self, place: &Place) -> Option<ModelUse> {
        let source = self.model.file(place.expr.file).source();
        let ast = source.ast();
        match ast[place.expr.id].kind {
            ExprKind::Name(_) | ExprKind::Attribute { .. } | ExprKind::Call { .. } | ExprKind::Subscript { .. } => {}
            ExprKind::String { .. } => return None,
            _ => return None,
        }
        let mut known: Vec<Candidate> = Vec::new();
        for value in self.model.eval_in(place.expr, place.frame.as_ref()) {
            match self.model_of_value(&value, place) {
                Some(ModelUse::Known(model)) if known.iter().all(|candidate| candidate.model != model) => {
                    known.push(Candidate {
                        class: None,
                        model,
                        span: value.origin,
                    });
                }
                Some(ModelUse::Known(_)) | None => {}
                found => return found,
            }
        }
        match known.as_slice() {
            [] => {}
            [only] => return Some(ModelUse::Known(only.model)),
            // Several: what a generic class says for each of its users is better than the bare list.
            _ => {
                let generic = match ast[place.expr.id].kind {
                    ExprKind::Attribute { object, name, .. } => {
                        self.generic_attribute(place, object, source.name(name))
                    }
                    _ => None,
                };
                return Some(generic.unwrap_or(ModelUse::Generic {
                    class: None,
                    candidates: known,
                }));
            }
        }
        if let ExprKind::Attribute { object, name, .. } = ast[place.expr.id].kind {
            // `Task.__table__`
            if source.name(name) == "__table__" {
                return self.class_value(place.at(object).expr);
            }
            return self.generic_attribute(place, object, source.name(name));
        }
        self.generic_parameter(place)
    }

    fn model_of_value(&self, value: &Value, place: &Place) -> Option<ModelUse> {
        match &value.kind {
            ValueKind::Class(class) => match self.data().of_class(*class) {
                Some(id) => Some(ModelUse::Known(id)),
                // `cls` in a base of models.
                None if self.is_first_parameter(place.expr) => {
                    Some(self.generic_model(*class, "", self.model.span(place.expr))).filter(ModelUse::is_known)
                }
                None => None,
            },
            ValueKind::Call {
                path, call: Some(call), ..
            } => match path.ends_with(".aliased") || path.ends_with(".with_polymorphic") {
                true => self.class_value(argument(self.model, *call, Some(0), &["element"])?),
                false => self.data().of_call(self.model.span(*call)).map(ModelUse::Known),
            },
            // `model = Task` in a class whose base comes from outside.
            ValueKind::Field {
                default: Some(default), ..
            } => self.class_value(*default),
            _ => None,
        }
    }

    fn class_value(&self, expr: ExprRef) -> Option<ModelUse> {
        self.model.eval(expr).into_iter().find_map(|value| match value.kind {
            ValueKind::Class(class) => self.data().of_class(class).map(ModelUse::Known),
            _ => None,
        })
    }

    fn is_first_parameter(&self, expr: ExprRef) -> bool {
        let ast = self.model.ast(expr.file);
        let ExprKind::Name(name) = ast[expr.id].kind else {
            return false;
        };
        let function = ast.enclosing_function(ast.stmt_of(expr.id));
        function.is_some_and(|function| {
            ast[ast[function].parameters]
                .first()
                .is_some_and(|first| first.name == name)
        })
    }

    /// `self.model`
    fn generic_attribute(&self, place: &Place, object: ExprId, name: &str) -> Option<ModelUse> {
        // Pydantic's own methods begin so, too.
        let is_pydantic = name.starts_with("model_") && !matches!(name, "model_class" | "model_cls" | "model_type");
        let looks_like_model = name.to_lowercase().contains("model") && !is_pydantic
            || matches!(
                name,
                "entity" | "table" | "klass" | "cls" | "document" | "_type" | "schema_class" | "orm_class"
            );
        let object = place.at(object);
        if !looks_like_model {
            return None;
        }
        let class = self
            .model
            .eval_in(object.expr, object.frame.as_ref())
            .into_iter()
            .find_map(|value| match value.kind {
                ValueKind::Instance { class, .. } | ValueKind::Class(class) => Some(class),
                _ => None,
            })?;
        Some(self.generic_model(class, name, self.model.span(place.expr)))
    }

    /// `model: type[T]` of a function.
    fn generic_parameter(&self, place: &Place) -> Option<ModelUse> {
        let NameUse::Bound(definitions) = self.model.definitions(place.expr) else {
            return None;
        };
        let file = place.expr.file;
        let (function, index) = definitions
            .iter()
            .find_map(|definition| match definition.binding.kind {
                semantic::BindingKind::Parameter { function, index } => {
                    Some((FunctionRef { file, id: function }, index))
                }
                _ => None,
            })?;
        let ast = self.model.ast(file);
        let annotation = ast[ast[function.id].parameters].get(index as usize)?.annotation?;
        let text = &*self.model.written(ExprRef { file, id: annotation });
        if !(text.starts_with("type[") || text.starts_with("Type[") || text.starts_with("typing.Type[")) {
            return None;
        }
        // Only the callers know.
        for &call in self.model.callers(function).iter().take(12) {
            let passed = self.passed_at(function, index, call, self.is_bound_call(function, call));
            if let Some(found) = passed.and_then(|passed| self.class_value(passed)) {
                return Some(found);
            }
        }
        Some(ModelUse::Unknown {
            written: self.model.written(place.expr).into_owned(),
            reason: UnknownModel::Generic,
        })
    }

    /// What a generic class works on: the arguments of its subclasses' bases, what its constructor is given, class
    /// attributes.
    pub(super) fn generic_model(&self, class: ClassRef, attribute: &str, span: Span) -> ModelUse {
        let key = (class, attribute.to_owned());
        let known = self.generic.borrow().get(&key).cloned();
        let candidates = match known {
            Some(known) => known,
            None => {
                self.generic.borrow_mut().insert(key.clone(), Rc::new([]));
                let found: Rc<[Candidate]> = self.candidates(class, attribute).into();
                self.generic.borrow_mut().insert(key, found.clone());
                found
            }
        };
        match &*candidates {
            [] => ModelUse::Unknown {
                written: self.model.text(span).to_owned(),
                reason: UnknownModel::Generic,
            },
            [only] if only.class == Some(class) && !attribute.is_empty() && !self.is_constructed(class, only) => {
                ModelUse::Known(only.model)
            }
            _ => ModelUse::Generic {
                class: Some(class),
                candidates: candidates.to_vec(),
            },
        }
    }

    /// Whether the candidate is what a constructor is given: other objects may be given others.
    fn is_constructed(&self, class: ClassRef, candidate: &Candidate) -> bool {
        let ast = self.model.ast(class.file);
        let body = ast[ast[class.id].stmt].range;
        !(candidate.span.file == class.file && body.contains_range(candidate.span.range))
    }

    fn candidates(&self, class: ClassRef, attribute: &str) -> Vec<Candidate> {
        let mut out: Vec<Candidate> = Vec::new();
        let mut add = |class: ClassRef, found: Option<ModelUse>, span: Span| {
            if let Some(ModelUse::Known(model)) = found
                && out.len() < MAX_CANDIDATES
                && !out
                    .iter()
                    .any(|known| known.class == Some(class) && known.model == model)
            {
                out.push(Candidate {
                    class: Some(class),
                    model,
                    span,
                });
            }
        };
        let mut users = vec![class];
        users.extend(self.classes.descendants(class));
        for user in users {
            // A base of models: each of them uses its methods.
            if let Some(id) = self.data().of_class(user) {
                let span = self.data().get(id).span;
                add(user, Some(ModelUse::Known(id)), span);
                continue;
            }
            for base in self.classes.bases(user) {
                for argument in &base.arguments {
                    let found = self.class_value(*argument);
                    if found.is_some() {
                        add(user, found, self.model.span(*argument));
                        break;
                    }
                }
            }
            if !attribute.is_empty() {
                for member in members(self.model, user)
                    .iter()
                    .filter(|member| member.name == attribute)
                {
                    if let Some(value) = member.value {
                        add(user, self.class_value(value), self.model.span(value));
                    }
                }
            }
            for call in constructions(self.model, user) {
                let ast = self.model.ast(call.file);
                let ExprKind::Call { arguments, .. } = ast[call.id].kind else {
                    continue;
                };
                for argument in ast[arguments].iter().take(6) {
                    let value = ExprRef {
                        file: call.file,
                        id: argument.value,
                    };
                    let found = match ast[argument.value].kind {
                        ExprKind::Name(_) | ExprKind::Attribute { .. } => self.class_value(value),
                        _ => None,
                    };
                    add(user, found, self.model.span(value));
                }
            }
        }
        out
    }

    /// Models in an argument of `select(…)` or `query(…)`: `Task`, `Task.id`, `func.count(Task.id)`.
    pub(super) fn models_in(&self, place: &Place) -> Vec<ModelUse> {
        let source = self.model.file(place.expr.file).source();
        let ast = source.ast();
        let mut out: Vec<ModelUse> = Vec::new();
        let mut pending = vec![place.expr.id];
        let mut steps = 0;
        while let Some(id) = pending.pop() {
            steps += 1;
            if steps > 60 {
                break;
            }
            let found = match ast[id].kind {
                ExprKind::Name(_) | ExprKind::Attribute { .. } => self.model_of(&place.at(id)),
                _ => None,
            };
            match found {
                Some(found) if !out.contains(&found) => out.push(found),
                Some(_) => {}
                None => match ast[id].kind {
                    // The value of a comparison inside `case(…)` is not selected, but it is a part all the same.
                    ExprKind::Attribute { object, .. } => pending.push(object),
                    ExprKind::Lambda { .. } | ExprKind::Dict(_) | ExprKind::Comprehension { .. } => {}
                    ExprKind::Name(_) => {
                        // A list of columns, an alias: what the name is bound to.
                        if id == place.expr.id
                            && let Some(value) = self.only_value(&place.at(id))
                            && value.expr != place.expr
                            && matches!(
                                self.model.expr(value.expr).kind,
                                ExprKind::List(_) | ExprKind::Tuple(_) | ExprKind::Call { .. }
                            )
                        {
                            let inner = self.model.ast(value.expr.file).descendants(value.expr.id);
                            for part in inner.into_iter().take(40) {
                                let part = value.at(part);
                                let is_name = matches!(self.model.expr(part.expr).kind, ExprKind::Name(_));
                                if let Some(found) = self.model_of(&part).filter(|_| is_name)
                                    && !out.contains(&found)
                                {
                                    out.push(found);
                                }
                            }
                        }
                    }
                    _ => {
                        let mut children = Vec::new();
                        ast.children(id, |child| children.push(child));
                        pending.extend(children.into_iter().rev());
                    }
                },
            }
        }
        out
    }

    /// The only expression that a name is bound to.
    pub(super) fn only_value(&self, place: &Place) -> Option<Place> {
        let NameUse::Bound(definitions) = self.model.definitions(place.expr) else {
            return None;
        };
        match definitions.as_slice() {
            [only] => match only.binding.kind {
                semantic::BindingKind::Value(id) => Some(Place {
                    expr: ExprRef { file: only.file, id },
                    frame: place.frame.clone(),
                }),
                _ => None,
            },
            _ => None,
        }
    }

    /// The name of a collection: `tasks` of `db["tasks"]`, `db.tasks`, `db.get_collection("tasks")`.
    pub(super) fn collection_name(&self, object: &Place) -> Option<String> {
        let mut place = object.clone();
        for _ in 0..8 {
            let source = self.model.file(place.expr.file).source();
            let ast = source.ast();
            match ast[place.expr.id].kind {
                ExprKind::Subscript { index, .. } => {
                    let key = place.at(index).expr;
                    // `db[User.__collection__]`
                    let declared = || {
                        self.model.eval(key).into_iter().find_map(|value| match value.kind {
                            ValueKind::Field { default, .. } => constant_text(self.model, default?),
                            _ => None,
                        })
                    };
                    return constant_text(self.model, key).or_else(declared);
                }
                ExprKind::Attribute { object, name, .. } => {
                    let next = self.follow(&place).into_iter().find_map(|leaf| match leaf {
                        super::follow::Leaf::Place { place: found, .. } if found.expr != place.expr => Some(found),
                        _ => None,
                    });
                    match next {
                        Some(next) => place = next,
                        None => {
                            let name = source.name(name);
                            // `self.collection` that nothing says more of.
                            let is_self = matches!(ast[object].kind, ExprKind::Name(name) if matches!(source.imported_name(name), "self" | "cls"));
                            let is_vague = matches!(name, "collection" | "_collection" | "db" | "database");
                            let named = self.attribute_of_class(&place);
                            return named.or_else(|| (!is_self && !is_vague).then(|| name.to_owned()));
                        }
                    }
                }
                ExprKind::Call { function, .. } => match ast[function].kind {
                    ExprKind::Attribute { name, .. } if mongo::collection_getter(source.name(name)) => {
                        let name = argument(self.model, place.expr, Some(0), &["name"])?;
                        return constant_text(self.model, name);
                    }
                    _ => place = self.next_place(&place)?,
                },
                ExprKind::Name(name) => match self.next_place(&place) {
                    Some(next) => place = next,
                    // `tasks_collection` that comes from elsewhere.
                    None => {
                        let name = source.imported_name(name).to_lowercase();
                        let plain = name.strip_suffix("_collection").or_else(|| name.strip_suffix("_coll"));
                        return plain.map(str::to_owned);
                    }
                },
                _ => return None,
            }
        }
        None
    }

    fn next_place(&self, place: &Place) -> Option<Place> {
        self.follow(place).into_iter().find_map(|leaf| match leaf {
            super::follow::Leaf::Place { place: found, .. } if found.expr != place.expr => Some(found),
            _ => None,
        })
    }

    /// The collection in a class attribute, `database.tasks` of an object of the project.
    fn attribute_of_class(&self, place: &Place) -> Option<String> {
        self.model
            .eval_in(place.expr, place.frame.as_ref())
            .into_iter()
            .find_map(|value| match value.kind {
                ValueKind::Item { key, .. } => key.iter().find_map(|key| key.as_str().map(str::to_owned)),
                _ => None,
            })
    }
}

/// Calls of a class, and of its constructor by a subclass.
fn constructions(model: &Model<'_>, class: ClassRef) -> Vec<ExprRef> {
    let name = model.class_name(class);
    let mut out = Vec::new();
    let mut files: Vec<text::FileId> = model.file_ids().collect();
    files.retain(|file| model.ast(*file).name(name).is_some());
    for file in files {
        for call in model.calls_named(file, [name]) {
            let is_class = |value: &semantic::Value| matches!(value.kind, ValueKind::Class(found) if found == class);
            if model.callee(call).iter().any(is_class) {
                out.push(call);
            }
        }
    }
    // `super().__init__(Task, session)`
    let ast = model.ast(class.file);
    let body = ast[ast[class.id].stmt].range;
    for call in model.calls_named(class.file, ["__init__"]) {
        if body.contains_range(model.expr(call).range) {
            out.push(call);
        }
    }
    out
}
