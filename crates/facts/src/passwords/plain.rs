//! Passwords that are stored, looked up or compared as they were typed.

use semantic::{BindingKind, ClassRef, ExprRef, FunctionRef, Model, NameUse, ScopeId, ValueKind};
use syntax::ast::*;
use text::{FileId, Span};

use super::held::{Held, argument_of, hashes, held, makes_hash, mentions_passwords, named};
use crate::answers::one_line;
use crate::data::Data;
use crate::environment::environment_read;
use crate::handlers::Handlers;
use crate::models::DataModel;
use crate::queries::{Copied, FillForm, ModelUse, Operand, Operator, Stored};
use crate::secrets::names::words;
use crate::secrets::surroundings::is_sample;

/// A password that stays readable.
#[derive(Debug, Clone)]
pub struct PlainPassword {
    pub span: Span,
    pub kind: PlainKind,
    /// Whether it is seen to come from a client, not only by the names on its way.
    pub is_certain: bool,
    pub repair: Option<PlainRepair>,
}

/// What is written instead, with what the file has for it already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlainRepair {
    pub span: Span,
    pub text: String,
    /// The function that hashes or verifies, as the file names it.
    pub function: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlainKind {
    /// `user.password != form.password`, as written.
    Compared { stored: String, typed: String },
    /// A condition of a query compares the column with it.
    LookedUp { column: String },
    /// `User(password=form.password)`; `holder` is the model or the name of what keeps it.
    Stored {
        column: String,
        holder: String,
        typed: String,
    },
    /// `User(**form.dict())`
    Copied {
        column: String,
        holder: String,
        from: String,
    },
    /// A function that is called after hashing and does not hash.
    NoHash { function: String },
}

pub(super) fn find(model: &Model<'_>, handlers: &Handlers, data: &Data) -> Vec<PlainPassword> {
    let search = Search {
        model,
        handlers,
        data,
        has_listener: model.file_ids().any(|file| has_hashing_listener(model, file)),
    };
    let mut out = Vec::new();
    for file in model.file_ids() {
        if !is_sample(model, file) && mentions_passwords(model, file) {
            search.comparisons(file, &mut out);
            search.functions(file, &mut out);
            search.dictionaries(file, &mut out);
        }
    }
    search.queries(&mut out);
    search.fills(&mut out);
    text::sort_by_number(&mut out, |plain| plain.span.number());
    out.dedup_by_key(|plain| plain.span);
    out
}

struct Search<'m, 'a> {
    model: &'m Model<'a>,
    handlers: &'m Handlers,
    data: &'m Data,
    /// Something hashes passwords when rows are stored.
    has_listener: bool,
}

/// What one side of a comparison is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    /// What the project keeps of a user.
    Stored,
    /// What was typed now.
    Typed,
    /// A setting: a password of the installation, not of a user.
    Setting,
    /// What a function made.
    Made,
    Other,
}

const MAX_DEPTH: usize = 8;
const MAX_CALLERS: usize = 8;

impl Search<'_, '_> {
    // Comparisons

    fn comparisons(&self, file: FileId, out: &mut Vec<PlainPassword>) {
        let model = self.model;
        let ast = model.ast(file);
        let at = |id: ExprId| ExprRef { file, id };
        for (id, expr) in ast.exprs() {
            let ExprKind::Compare { first, rest } = expr.kind else {
                continue;
            };
            let [comparison] = &ast[rest] else { continue };
            if matches!(comparison.operator, CompareOperator::Equal | CompareOperator::NotEqual) {
                self.compare(at(first), at(comparison.right), model.span(at(id)), out);
            }
        }
        for call in model.calls_named(file, ["compare_digest"]) {
            let ExprKind::Call { arguments, .. } = ast[call.id].kind else {
                continue;
            };
            if let [left, right] = &ast[arguments] {
                self.compare(at(left.value), at(right.value), model.span(call), out);
            }
        }
    }

    fn compare(&self, left: ExprRef, right: ExprRef, span: Span, out: &mut Vec<PlainPassword>) {
        let model = self.model;
        // Cheap first: one side bears a password's name.
        if last_name(model, left).map_or(Held::Other, |name| named(&name)) == Held::Other
            && last_name(model, right).map_or(Held::Other, |name| named(&name)) == Held::Other
        {
            return;
        }
        if is_column(model, left) || is_column(model, right) {
            return;
        }
        let sides = [self.side(left, 0), self.side(right, 0)];
        let (stored, typed) = match sides {
            [Side::Stored, Side::Typed] => (left, right),
            [Side::Typed, Side::Stored] => (right, left),
            // `user.password != form.password`: of two attributes one is kept.
            [Side::Stored, Side::Stored] if !self.is_same_object(left, right) => (left, right),
            [Side::Typed, Side::Typed] if self.verifies(left, right) => (right, left),
            _ => return,
        };
        if is_repetition(model, stored) || is_repetition(model, typed) || held(model, typed) != Held::Plain {
            return;
        }
        out.push(PlainPassword {
            span,
            kind: PlainKind::Compared {
                stored: text(model, stored),
                typed: text(model, typed),
            },
            is_certain: true,
            repair: self.verified(stored, typed, span),
        });
    }

    fn side(&self, expr: ExprRef, depth: usize) -> Side {
        let model = self.model;
        if depth > MAX_DEPTH {
            return Side::Other;
        }
        let source = model.file(expr.file).source();
        let ast = source.ast();
        let at = |id: ExprId| ExprRef { file: expr.file, id };
        match ast[expr.id].kind {
            ExprKind::Name(name) => {
                let said = named(source.imported_name(name));
                let NameUse::Bound(definitions) = model.definitions(expr) else {
                    return Side::Other;
                };
                let mut sides = definitions.iter().map(|definition| match definition.binding.kind {
                    BindingKind::Value(value) => self.side(
                        ExprRef {
                            file: definition.file,
                            id: value,
                        },
                        depth + 1,
                    ),
                    BindingKind::Parameter { function, index } => match said {
                        Held::Other => Side::Other,
                        _ => {
                            let function = FunctionRef {
                                file: definition.file,
                                id: function,
                            };
                            match self.is_made_by_callers(function, index, depth) {
                                true => Side::Made,
                                false => Side::Typed,
                            }
                        }
                    },
                    _ => Side::Other,
                });
                let first = sides.next().unwrap_or(Side::Other);
                match sides.all(|side| side == first) {
                    true => first,
                    false => Side::Other,
                }
            }
            ExprKind::Attribute { object, name, .. } => match named(source.name(name)) {
                Held::Other => Side::Other,
                _ if self.is_setting(expr, at(object)) => Side::Setting,
                _ if self.is_reassigned(expr) => Side::Made,
                _ if self.is_typed_object(at(object)) => Side::Typed,
                _ => Side::Stored,
            },
            ExprKind::Subscript { object, index } => match ast.string(source.text(), index) {
                Some(key) => match named(&key) {
                    Held::Other => Side::Other,
                    _ if self.is_setting(expr, at(object)) => Side::Setting,
                    _ if self.is_reassigned(expr) => Side::Made,
                    _ if self.is_typed_object(at(object)) => Side::Typed,
                    _ => Side::Stored,
                },
                // `users[username]`
                None if keeps_users(model, at(object)) => Side::Stored,
                None => Side::Other,
            },
            ExprKind::Await(value) => self.side(at(value), depth + 1),
            ExprKind::Call { function, arguments } => match ast[function].kind {
                ExprKind::Attribute { object, name, .. } => match source.name(name) {
                    "encode" | "decode" | "strip" | "get_secret_value" | "lower" => self.side(at(object), depth + 1),
                    "b64encode" | "urlsafe_b64encode" => ast[arguments]
                        .first()
                        .map_or(Side::Other, |argument| self.side(at(argument.value), depth + 1)),
                    "get" => {
                        let first = ast[arguments].first().map(|argument| argument.value);
                        match first.and_then(|first| ast.string(source.text(), first)) {
                            Some(key) if named(&key) != Held::Other => match self.is_typed_object(at(object)) {
                                true => Side::Typed,
                                false if self.is_setting(expr, at(object)) => Side::Setting,
                                false => Side::Stored,
                            },
                            None if keeps_users(model, at(object)) => Side::Stored,
                            _ => Side::Other,
                        }
                    }
                    _ => Side::Made,
                },
                ExprKind::Name(name) if matches!(source.imported_name(name), "str" | "bytes" | "b64encode") => ast
                    [arguments]
                    .first()
                    .map_or(Side::Other, |argument| self.side(at(argument.value), depth + 1)),
                _ => Side::Made,
            },
            ExprKind::Binary { .. } | ExprKind::String { .. } => Side::Other,
            _ => Side::Other,
        }
    }

    /// Whether an object is what a client sent: a body, a form, `await request.json()`.
    fn is_typed_object(&self, object: ExprRef) -> bool {
        let model = self.model;
        let NameUse::Bound(definitions) = model.definitions(object) else {
            return false;
        };
        definitions.iter().any(|definition| match definition.binding.kind {
            BindingKind::Parameter { function, index } => {
                let function = FunctionRef {
                    file: definition.file,
                    id: function,
                };
                self.is_input(function, index)
            }
            BindingKind::Value(value) => {
                let value = ExprRef {
                    file: definition.file,
                    id: value,
                };
                is_dump_or_body(model, value)
            }
            _ => false,
        })
    }

    /// Whether a parameter is annotated with what a body is read into, or is not injected into a handler.
    fn is_input(&self, function: FunctionRef, index: u32) -> bool {
        let model = self.model;
        let source = model.file(function.file).source();
        let ast = source.ast();
        let parameter = ast[ast[function.id].parameters][index as usize];
        let name = source.name(parameter.name);
        if let Some(annotation) = parameter.annotation {
            let annotation = ExprRef {
                file: function.file,
                id: annotation,
            };
            let written = &*model.written(annotation);
            if written.contains("OAuth2PasswordRequestForm") || written.contains("HTTPBasicCredentials") {
                return true;
            }
            let values = model.eval(annotation);
            if let Some(class) = values.iter().find_map(|value| match value.kind {
                ValueKind::Class(class) => Some(class),
                _ => None,
            }) {
                return self.data.models.of_class(class).is_none()
                    && (self.handlers.is_input(model, class)
                        || self.data.models.schema(class).is_some() && !self.is_made_with_hash(class));
            }
        }
        if self.handlers.takes_input(function) && model.injected(function, index).is_none() {
            return true;
        }
        words(name).iter().any(|word| {
            matches!(
                word.as_str(),
                "form"
                    | "payload"
                    | "body"
                    | "data"
                    | "credentials"
                    | "creds"
                    | "request"
                    | "req"
                    | "in"
                    | "input"
                    | "dto"
                    | "schema"
            )
        })
    }

    fn is_made_by_callers(&self, function: FunctionRef, index: u32, depth: usize) -> bool {
        let callers = self.model.callers(function);
        let given: Vec<ExprRef> = callers
            .iter()
            .take(MAX_CALLERS)
            .filter_map(|&call| argument_of(self.model, call, function, index))
            .collect();
        !given.is_empty()
            && given
                .iter()
                .all(|&given| held(self.model, given) == Held::Hashed || self.side(given, depth + 2) == Side::Made)
    }

    /// `if plain_password == hashed_password` of a function that verifies.
    fn verifies(&self, left: ExprRef, right: ExprRef) -> bool {
        let Some(function) = self.model.enclosing_function(left) else {
            return false;
        };
        let name = self.model.function_name(function);
        let is_check = words(name).iter().any(|word| {
            matches!(
                word.as_str(),
                "verify" | "check" | "authenticate" | "validate" | "compare" | "match" | "login"
            )
        });
        let is_kept = |expr: ExprRef| {
            last_name(self.model, expr).is_some_and(|name| {
                named(&name) == Held::Hashed
                    || words(&name).iter().any(|word| {
                        matches!(
                            word.as_str(),
                            "db" | "stored" | "saved" | "actual" | "correct" | "expected"
                        )
                    })
            })
        };
        is_check && (is_kept(left) || is_kept(right))
    }

    fn is_same_object(&self, left: ExprRef, right: ExprRef) -> bool {
        let object = |expr: ExprRef| match self.model.expr(expr).kind {
            ExprKind::Attribute { object, .. } | ExprKind::Subscript { object, .. } => Some(text(
                self.model,
                ExprRef {
                    file: expr.file,
                    id: object,
                },
            )),
            ExprKind::Call { function, .. } => match self.model.ast(expr.file)[function].kind {
                ExprKind::Attribute { object, .. } => Some(text(
                    self.model,
                    ExprRef {
                        file: expr.file,
                        id: object,
                    },
                )),
                _ => None,
            },
            _ => None,
        };
        let (left, right) = (object(left), object(right));
        left.is_some() && left == right
    }

    /// `settings.ADMIN_PASSWORD`, `config["password"]`, `os.environ["PASSWORD"]`
    fn is_setting(&self, expr: ExprRef, object: ExprRef) -> bool {
        let model = self.model;
        let is_named = last_name(model, object).is_some_and(|name| {
            words(&name).iter().any(|word| {
                matches!(
                    word.as_str(),
                    "settings" | "setting" | "config" | "conf" | "cfg" | "env" | "environ" | "options" | "secrets"
                )
            })
        });
        is_named
            || model.eval(expr).iter().any(|value| {
                let is_constant =
                    matches!(model.expr(expr).kind, ExprKind::Attribute { .. }) && value.as_str().is_some();
                is_constant || environment_read(model, value).is_some()
            })
    }

    /// `form.password = hash(form.password)` before it.
    fn is_reassigned(&self, expr: ExprRef) -> bool {
        let model = self.model;
        let ast = model.ast(expr.file);
        let place = ast[expr.id].range.start();
        let Some(function) = ast.enclosing_function(ast.stmt_of(expr.id)) else {
            return false;
        };
        let written = &*model.written(expr);
        ast.stmts_within(ast[function].body).into_iter().any(|stmt| {
            let StmtKind::Assign { targets, value } = ast[stmt].kind else {
                return false;
            };
            ast[stmt].range.end() <= place
                && ast[targets]
                    .iter()
                    .any(|&target| &model.file(expr.file).text()[ast[target].range] == written)
                && self.makes(ExprRef {
                    file: expr.file,
                    id: value,
                })
        })
    }

    /// Whether an expression is what a function made of something.
    fn makes(&self, expr: ExprRef) -> bool {
        held(self.model, expr) == Held::Hashed || self.side(expr, 0) == Side::Made
    }

    // Functions that are named after hashing

    fn functions(&self, file: FileId, out: &mut Vec<PlainPassword>) {
        let model = self.model;
        let ast = model.ast(file);
        for (id, function) in ast.functions() {
            let function_ref = FunctionRef { file, id };
            let name = model.function_name(function_ref);
            let is_check = words(name).iter().any(|word| {
                matches!(
                    word.as_str(),
                    "verify" | "check" | "is" | "compare" | "validate" | "needs" | "unhash" | "decrypt"
                )
            });
            // A property is given nothing that it could hash.
            let is_method = ast.class_of_method(id).is_some();
            let is_given = ast[function.parameters].len() > usize::from(is_method);
            if !makes_hash(name) || is_check || !is_given {
                continue;
            }
            let returns = model.returns(function_ref);
            let [value] = &returns[..] else { continue };
            let value = ExprRef { file, id: *value };
            if ast[function.body].len() <= 3 && self.leaves_readable(value) {
                out.push(PlainPassword {
                    span: model.span(value),
                    kind: PlainKind::NoHash {
                        function: name.to_owned(),
                    },
                    is_certain: true,
                    repair: None,
                });
            }
        }
    }

    /// Whether a value is a parameter, perhaps with text around it or in another encoding.
    fn leaves_readable(&self, value: ExprRef) -> bool {
        let model = self.model;
        let source = model.file(value.file).source();
        let ast = source.ast();
        let mut mentions_parameter = false;
        for part in std::iter::once(value.id).chain(ast.descendants(value.id)) {
            let expr = ExprRef {
                file: value.file,
                id: part,
            };
            match ast[part].kind {
                ExprKind::Name(_) => {
                    let is_parameter = matches!(model.definitions(expr), NameUse::Bound(definitions)
                        if definitions.iter().any(|definition| matches!(definition.binding.kind, BindingKind::Parameter { .. })));
                    mentions_parameter |= is_parameter;
                }
                ExprKind::Call { function, .. } => {
                    let name = match ast[function].kind {
                        ExprKind::Attribute { name, .. } | ExprKind::Name(name) => source.imported_name(name),
                        _ => return false,
                    };
                    let is_form = matches!(
                        name,
                        "encode"
                            | "decode"
                            | "b64encode"
                            | "urlsafe_b64encode"
                            | "hex"
                            | "str"
                            | "strip"
                            | "upper"
                            | "lower"
                            | "hexlify"
                            | "reversed"
                            | "join"
                            | "format"
                    );
                    if !is_form {
                        return false;
                    }
                }
                ExprKind::Binary {
                    operator: BinaryOperator::Add | BinaryOperator::Modulo,
                    ..
                }
                | ExprKind::String { .. }
                | ExprKind::Attribute { .. }
                | ExprKind::Subscript { .. }
                | ExprKind::Slice { .. }
                | ExprKind::Unary { .. }
                | ExprKind::Integer => {}
                _ => return false,
            }
        }
        mentions_parameter
    }

    // Dictionaries that keep users

    /// `users[name] = {"password": form.password}`, `users.append({…})`, `users[name] = password`
    fn dictionaries(&self, file: FileId, out: &mut Vec<PlainPassword>) {
        let model = self.model;
        let source = model.file(file).source();
        let ast = source.ast();
        let at = |id: ExprId| ExprRef { file, id };
        for (_, stmt) in ast.stmts() {
            let (holder, value) = match stmt.kind {
                StmtKind::Assign { targets, value } => {
                    let Some(&target) = ast[targets].first() else { continue };
                    let ExprKind::Subscript { object, index } = ast[target].kind else {
                        continue;
                    };
                    // `user["password"] = form.password`
                    if let Some(key) = ast.string(source.text(), index) {
                        if named(&key) != Held::Other
                            && keeps_a_user(model, at(object))
                            && self.is_stored_plain(at(value))
                        {
                            out.push(self.stored(at(value), &key, at(object)));
                        }
                        continue;
                    }
                    (object, value)
                }
                StmtKind::Expr(call) => {
                    let ExprKind::Call { function, arguments } = ast[call].kind else {
                        continue;
                    };
                    let ExprKind::Attribute { object, name, .. } = ast[function].kind else {
                        continue;
                    };
                    let Some(first) = ast[arguments].first() else { continue };
                    match source.name(name) {
                        "append" | "insert" | "add" => (object, first.value),
                        "update" => {
                            if let ExprKind::Comprehension { .. } = ast[first.value].kind {
                                self.allowed_fields(at(first.value), at(object), out);
                            }
                            continue;
                        }
                        _ => continue,
                    }
                }
                _ => continue,
            };
            if !keeps_users(model, at(holder)) {
                continue;
            }
            match ast[value].kind {
                ExprKind::Dict(items) => {
                    for item in &ast[items] {
                        let DictItem::Pair { key, value } = *item else { continue };
                        let Some(key) = ast.string(source.text(), key) else {
                            continue;
                        };
                        if named(&key) != Held::Other && self.is_stored_plain(at(value)) {
                            out.push(self.stored(at(value), &key, at(holder)));
                        }
                    }
                }
                _ if self.is_stored_plain(at(value)) => out.push(self.stored(at(value), "password", at(holder))),
                _ => {}
            }
        }
    }

    /// `users[name].update({k: v for k, v in body.items() if k in {"password"}})`
    fn allowed_fields(&self, comprehension: ExprRef, object: ExprRef, out: &mut Vec<PlainPassword>) {
        let model = self.model;
        let ast = model.ast(comprehension.file);
        let base = match ast[object.id].kind {
            ExprKind::Subscript { object, .. } => ExprRef {
                file: comprehension.file,
                id: object,
            },
            _ => object,
        };
        let ExprKind::Comprehension { clauses, .. } = ast[comprehension.id].kind else {
            return;
        };
        if !keeps_users(model, base) && !keeps_a_user(model, base) {
            return;
        }
        for clause in &ast[clauses] {
            let ComprehensionClause::If(test) = *clause else {
                continue;
            };
            let ExprKind::Compare { rest, .. } = ast[test].kind else {
                continue;
            };
            let [comparison] = &ast[rest] else { continue };
            if comparison.operator != CompareOperator::In {
                continue;
            }
            let allowed = model.eval(ExprRef {
                file: comprehension.file,
                id: comparison.right,
            });
            let column = allowed.iter().find_map(|value| match &value.kind {
                ValueKind::List(items) => items.iter().flatten().find_map(|item| {
                    let name = item.as_str()?;
                    (named(name) == Held::Plain).then(|| name.to_owned())
                }),
                _ => None,
            });
            if let Some(column) = column {
                out.push(PlainPassword {
                    span: model.span(comprehension),
                    kind: PlainKind::Copied {
                        column,
                        holder: text(model, base),
                        from: "the request".to_owned(),
                    },
                    is_certain: true,
                    repair: None,
                });
            }
        }
    }

    fn stored(&self, value: ExprRef, column: &str, holder: ExprRef) -> PlainPassword {
        PlainPassword {
            span: self.model.span(value),
            kind: PlainKind::Stored {
                column: column.to_owned(),
                holder: text(self.model, holder),
                typed: text(self.model, value),
            },
            is_certain: true,
            repair: self.hashed(value),
        }
    }

    /// Whether what is stored is a password as it was typed.
    fn is_stored_plain(&self, value: ExprRef) -> bool {
        held(self.model, value) == Held::Plain && self.side(value, 0) == Side::Typed
    }

    // Repairs

    /// `get_password_hash(form.password)`, where the file has such a function.
    fn hashed(&self, value: ExprRef) -> Option<PlainRepair> {
        let (function, _) = self.helper(value.file, |name| makes_hash(name) && !is_check(name), "hash")?;
        let span = self.model.span(value);
        let text = format!("{function}({})", self.model.text(span));
        Some(PlainRepair { span, text, function })
    }

    /// `verify_password(form.password, user.password)`, where the file has such a function.
    fn verified(&self, stored: ExprRef, typed: ExprRef, span: Span) -> Option<PlainRepair> {
        let model = self.model;
        let comparison = model.expr_of(span)?;
        let ExprKind::Compare { rest, .. } = model.expr(comparison).kind else {
            return None;
        };
        let is_negated =
            matches!(model.ast(span.file)[rest], [comparison] if comparison.operator == CompareOperator::NotEqual);
        let (function, hash_first) =
            self.helper(span.file, |name| named(name) != Held::Other && is_check(name), "verify")?;
        let [stored, typed] = [stored, typed].map(|expr| model.written(expr));
        let (first, second) = match hash_first {
            true => (stored, typed),
            false => (typed, stored),
        };
        let not = if is_negated { "not " } else { "" };
        Some(PlainRepair {
            span,
            text: format!("{not}{function}({first}, {second})"),
            function,
        })
    }

    /// A function of the module by its name, or the method of a context that hashes; for a function with two
    /// parameters, whether the hash comes first.
    fn helper(&self, file: FileId, wanted: impl Fn(&str) -> bool, method: &str) -> Option<(String, bool)> {
        let model = self.model;
        let source = model.file(file).source();
        let bindings = model.file(file).index().bindings_in(ScopeId::MODULE);
        for binding in bindings {
            let name = source.name(binding.name);
            let is_function = matches!(binding.kind, BindingKind::Function(_) | BindingKind::Member { .. });
            if !is_function || !wanted(name) {
                continue;
            }
            let function = model
                .global(file, name)?
                .into_iter()
                .find_map(|value| match value.kind {
                    ValueKind::Function(function) => Some(function),
                    _ => None,
                });
            let Some(function) = function else { continue };
            let home = model.file(function.file).source();
            let parameters = &home.ast()[home.ast()[function.id].parameters];
            let expected = if method == "hash" { 1 } else { 2 };
            if parameters.len() != expected || self.is_weak(function) {
                continue;
            }
            let is_hash = |parameter: &Parameter| named(home.name(parameter.name)) == Held::Hashed;
            let hash_first = parameters.first().is_some_and(is_hash);
            if expected == 2 && !hash_first && !parameters.get(1).is_some_and(is_hash) {
                continue;
            }
            return Some((name.to_owned(), hash_first));
        }
        bindings.iter().find_map(|binding| {
            let name = source.name(binding.name);
            let may_be = name.to_lowercase();
            if !["pwd", "pass", "hash", "crypt"].iter().any(|part| may_be.contains(part)) {
                return None;
            }
            let is_context = model.global(file, name)?.iter().any(|value| {
                matches!(&value.kind, ValueKind::Call { path, .. }
                    if matches!(&**path, "passlib.context.CryptContext" | "pwdlib.PasswordHash" | "pwdlib.PasswordHash.recommended"))
            });
            is_context.then(|| (format!("{name}.{method}"), false))
        })
    }

    /// Whether a helper does no work of its own: it hashes with a digest, or not at all.
    fn is_weak(&self, function: FunctionRef) -> bool {
        let model = self.model;
        let ast = model.ast(function.file);
        let range = ast[ast[function.id].stmt].range;
        !model.calls_within(function.file, range).into_iter().any(|call| {
            model.called_path(call).is_some_and(|path| {
                let is_slow = ["bcrypt.", "argon2.", "passlib.", "pwdlib.", "werkzeug."]
                    .iter()
                    .any(|library| path.starts_with(library));
                is_slow || matches!(&*path, "hashlib.scrypt" | "hashlib.pbkdf2_hmac")
            }) || model.callee(call).iter().any(|callee| {
                matches!(&callee.kind, ValueKind::Call { path, .. } | ValueKind::External(path)
                    if ["passlib.", "pwdlib.", "argon2."].iter().any(|library| path.starts_with(library)))
            })
        })
    }

    // Queries and rows

    fn queries(&self, out: &mut Vec<PlainPassword>) {
        for query in &self.data.queries.all {
            if query.is_test || is_sample(self.model, query.span.file) {
                continue;
            }
            let Some(id) = query.model() else { continue };
            let holder = self.data.models.get(id);
            if !holder.is_user() || self.hashes_itself(holder) {
                continue;
            }
            for predicate in query.predicates() {
                let column = predicate.column.name();
                if predicate.operator != Operator::Equal || named(column) == Held::Other {
                    continue;
                }
                if let Operand::Expr { expr, .. } = &predicate.value
                    && self.is_stored_plain(*expr)
                {
                    out.push(PlainPassword {
                        span: predicate.span,
                        kind: PlainKind::LookedUp {
                            column: column.to_owned(),
                        },
                        is_certain: true,
                        repair: None,
                    });
                }
            }
            self.rows(&query.stored, query.function, holder, out);
        }
    }

    fn fills(&self, out: &mut Vec<PlainPassword>) {
        for fill in &self.data.queries.fills {
            let Some(ModelUse::Known(id)) = fill.model else {
                continue;
            };
            if fill.is_test || is_sample(self.model, fill.span.file) {
                continue;
            }
            let holder = self.data.models.get(id);
            if !holder.is_user() || self.hashes_itself(holder) {
                continue;
            }
            // What is made and then completed is judged where it is completed.
            let is_completed = matches!(fill.form, FillForm::Construction | FillForm::Validation)
                && fill.function.is_some_and(|function| self.completes(function));
            if !is_completed {
                self.rows(&fill.stored, fill.function, holder, out);
            }
        }
    }

    fn rows(&self, stored: &[Stored], function: Option<FunctionRef>, holder: &DataModel, out: &mut Vec<PlainPassword>) {
        for (index, entry) in stored.iter().enumerate() {
            match entry {
                Stored::Column { column, value, .. } if named(column) != Held::Other => {
                    let Operand::Expr { expr, .. } = value else { continue };
                    if self.has_hashing_type(holder, column) || !self.is_stored_plain(*expr) {
                        continue;
                    }
                    // A later entry wins.
                    let is_overwritten = stored[index + 1..]
                        .iter()
                        .any(|later| matches!(later, Stored::Column { column: other, .. } if other == column));
                    if is_overwritten {
                        continue;
                    }
                    out.push(PlainPassword {
                        span: self.model.span(*expr),
                        kind: PlainKind::Stored {
                            column: column.clone(),
                            holder: holder.name.clone(),
                            typed: text(self.model, *expr),
                        },
                        is_certain: self.is_followed(*expr),
                        repair: self.hashed(*expr),
                    });
                }
                Stored::Copied(copied) => {
                    let later = &stored[index + 1..];
                    if let Some(column) = self.copied_column(copied, holder)
                        && !later
                            .iter()
                            .any(|later| matches!(later, Stored::Column { column: other, .. } if *other == column))
                        && !function.is_some_and(|function| {
                            self.hashes_into(function, &column) || self.takes_out(function, &column)
                        })
                    {
                        out.push(PlainPassword {
                            span: copied.span,
                            kind: PlainKind::Copied {
                                column,
                                holder: holder.name.clone(),
                                from: one_line(self.model, copied.value.span()),
                            },
                            is_certain: true,
                            repair: None,
                        });
                    }
                }
                _ => {}
            }
        }
    }

    /// The column with a password that a schema's fields are copied to.
    fn copied_column(&self, copied: &Copied, holder: &DataModel) -> Option<String> {
        let class = copied.class?;
        let schema = self.data.models.schema(class)?;
        // What the code makes itself, for users of another service, holds no password that was typed.
        if !self.handlers.is_input(self.model, class) {
            return None;
        }
        if class_hashes(self.model, class) || schema.bases.iter().any(|&base| class_hashes(self.model, base)) {
            return None;
        }
        let field = schema.fields.iter().find(|field| {
            let name = &field.name;
            named(name) == Held::Plain
                && !field.is_excluded
                && !copied.excluded.contains(name)
                && copied.included.as_ref().is_none_or(|included| included.contains(name))
                && holder.column(name).is_some()
                && !self.has_hashing_type(holder, name)
        })?;
        // What may be left out, of an object that the code makes itself: users of another service.
        if !field.is_required && self.is_made(class) {
            return None;
        }
        Some(field.name.clone())
    }

    /// Whether objects of a class that the code makes itself are given a hash: `User(password=hash_password(…))`.
    fn is_made_with_hash(&self, class: ClassRef) -> bool {
        let model = self.model;
        let name = model.class_name(class);
        let calls = model.file_ids().flat_map(|file| model.calls_named(file, [name]));
        let mut given = Vec::new();
        for call in calls {
            let is_it = |value: &semantic::Value| matches!(value.kind, ValueKind::Class(found) if found == class);
            if is_sample(model, call.file) || !model.callee(call).iter().any(is_it) {
                continue;
            }
            let source = model.file(call.file).source();
            let ast = source.ast();
            let ExprKind::Call { arguments, .. } = ast[call.id].kind else {
                continue;
            };
            for argument in &ast[arguments] {
                if let ArgumentKind::Keyword(name) = argument.kind
                    && named(source.name(name)) != Held::Other
                {
                    given.push(self.side(
                        ExprRef {
                            file: call.file,
                            id: argument.value,
                        },
                        MAX_DEPTH - 1,
                    ));
                }
            }
        }
        given.contains(&Side::Made) && !given.contains(&Side::Typed)
    }

    /// `del data["password"]`, `data.pop("password")`
    fn takes_out(&self, function: FunctionRef, column: &str) -> bool {
        let model = self.model;
        let source = model.file(function.file).source();
        let ast = source.ast();
        let is_column = |id: ExprId| ast.string(source.text(), id).as_deref() == Some(column);
        let deletes = ast
            .stmts_within(ast[function.id].body)
            .iter()
            .any(|&stmt| match ast[stmt].kind {
                StmtKind::Delete(targets) => ast[targets]
                    .iter()
                    .any(|&target| matches!(ast[target].kind, ExprKind::Subscript { index, .. } if is_column(index))),
                _ => false,
            });
        let range = ast[ast[function.id].stmt].range;
        deletes
            || model
                .calls_within(function.file, range)
                .into_iter()
                .any(|call| match ast[call.id].kind {
                    ExprKind::Call { function, arguments } => match ast[function].kind {
                        ExprKind::Attribute { name, .. } if source.name(name) == "pop" => {
                            ast[arguments].first().is_some_and(|first| is_column(first.value))
                        }
                        _ => false,
                    },
                    _ => false,
                })
    }

    fn is_made(&self, class: ClassRef) -> bool {
        let model = self.model;
        let name = model.class_name(class);
        let calls = model.file_ids().flat_map(|file| model.calls_named(file, [name]));
        calls.into_iter().any(|call| {
            let is_it = |value: &semantic::Value| matches!(value.kind, ValueKind::Class(found) if found == class);
            !is_sample(model, call.file) && model.callee(call).iter().any(is_it)
        })
    }

    /// Whether a password is seen to be what a client sent: by the handler, or by its callers.
    fn is_followed(&self, expr: ExprRef) -> bool {
        let Some(function) = self.model.enclosing_function(expr) else {
            return true;
        };
        self.handlers.kind(function).is_some() || !self.model.callers(function).is_empty()
    }

    /// Whether a model, or something that runs when rows are stored, hashes by itself.
    fn hashes_itself(&self, holder: &DataModel) -> bool {
        self.has_listener
            || holder.class.is_some_and(|class| class_hashes(self.model, class))
            || holder.bases.iter().any(|&base| class_hashes(self.model, base))
            || holder
                .document_classes
                .iter()
                .any(|&class| class_hashes(self.model, class))
    }

    /// `PasswordType`, `HashedString`
    fn has_hashing_type(&self, holder: &DataModel, column: &str) -> bool {
        let written = holder.column(column).and_then(|column| column.written_type.as_deref());
        written.is_some_and(|written| {
            ["Password", "Hash", "Encrypt", "Secret"]
                .iter()
                .any(|word| written.contains(word))
        })
    }

    /// Whether a function hashes something into a place of that name: `user.password = hash(…)`, `password=hash(…)`.
    fn hashes_into(&self, function: FunctionRef, column: &str) -> bool {
        let model = self.model;
        let source = model.file(function.file).source();
        let ast = source.ast();
        let range = ast[ast[function.id].stmt].range;
        for call in model.calls_within(function.file, range) {
            let ExprKind::Call {
                function: callee,
                arguments,
            } = ast[call.id].kind
            else {
                continue;
            };
            for argument in &ast[arguments] {
                if let ArgumentKind::Keyword(name) = argument.kind
                    && source.name(name) == column
                    && self.makes(ExprRef {
                        file: function.file,
                        id: argument.value,
                    })
                {
                    return true;
                }
            }
            let name = match ast[callee].kind {
                ExprKind::Attribute { name, .. } | ExprKind::Name(name) => source.imported_name(name),
                _ => continue,
            };
            // `user.set_password(form.password)`
            let words = words(name);
            if words.iter().any(|word| word == "set") && words.iter().any(|word| word.contains("pass")) {
                return true;
            }
            if !hashes(name) {
                continue;
            }
            // `{"password": hash(…)}`, `user.password = hash(…)`
            let mut value = call.id;
            while let Some(parent) = ast.parent_expr(value) {
                if let ExprKind::Dict(items) = ast[parent].kind {
                    let is_column = ast[items].iter().any(|item| {
                        matches!(*item, DictItem::Pair { key, value: of }
                        if of == value && ast.string(source.text(), key).as_deref() == Some(column))
                    });
                    if is_column {
                        return true;
                    }
                }
                value = parent;
            }
            if let StmtKind::Assign { targets, .. } = ast[ast.stmt_of(call.id)].kind {
                let is_column = ast[targets].iter().any(|&target| match ast[target].kind {
                    ExprKind::Attribute { name, .. } => source.name(name) == column,
                    ExprKind::Subscript { index, .. } => ast.string(source.text(), index).as_deref() == Some(column),
                    _ => false,
                });
                if is_column {
                    return true;
                }
            }
        }
        false
    }

    /// `user.set_password(…)`, `user.password = hash(user.password)` after the object was made.
    fn completes(&self, function: FunctionRef) -> bool {
        let model = self.model;
        let source = model.file(function.file).source();
        let ast = source.ast();
        let range = ast[ast[function.id].stmt].range;
        model.calls_within(function.file, range).into_iter().any(|call| {
            let ExprKind::Call { function: callee, .. } = ast[call.id].kind else {
                return false;
            };
            let ExprKind::Attribute { name, .. } = ast[callee].kind else {
                return self.is_assigned_to_password(call);
            };
            let name = source.name(name);
            let is_statement = matches!(ast[ast.stmt_of(call.id)].kind, StmtKind::Expr(expr) if expr == call.id);
            let sets = is_statement
                && named(name) != Held::Other
                && words(name)
                    .iter()
                    .any(|word| matches!(word.as_str(), "set" | "hash" | "encrypt" | "update" | "change"));
            sets || self.is_assigned_to_password(call)
        })
    }

    /// `user.password = hash(…)`
    fn is_assigned_to_password(&self, call: ExprRef) -> bool {
        let model = self.model;
        let source = model.file(call.file).source();
        let ast = source.ast();
        let StmtKind::Assign { targets, value } = ast[ast.stmt_of(call.id)].kind else {
            return false;
        };
        let is_password = ast[targets].iter().any(|&target| match ast[target].kind {
            ExprKind::Attribute { name, .. } => named(source.name(name)) != Held::Other,
            ExprKind::Subscript { index, .. } => ast
                .string(source.text(), index)
                .is_some_and(|key| named(&key) != Held::Other),
            _ => false,
        });
        is_password
            && held(
                model,
                ExprRef {
                    file: call.file,
                    id: value,
                },
            ) == Held::Hashed
    }
}

/// `verify_password`, `check_password_hash`
fn is_check(name: &str) -> bool {
    words(name).iter().any(|word| {
        matches!(
            word.as_str(),
            "verify" | "check" | "validate" | "compare" | "matches" | "is"
        )
    })
}

/// Whether something in a class hashes: a constructor, a validator, a setter.
fn class_hashes(model: &Model<'_>, class: ClassRef) -> bool {
    let source = model.file(class.file).source();
    let ast = source.ast();
    let range = ast[ast[class.id].stmt].range;
    model
        .calls_within(class.file, range)
        .into_iter()
        .any(|call| match ast[call.id].kind {
            ExprKind::Call { function, .. } => match ast[function].kind {
                ExprKind::Attribute { name, .. } | ExprKind::Name(name) => {
                    let name = source.imported_name(name);
                    hashes(name) && !name.contains("verify") && !name.contains("check")
                }
                _ => false,
            },
            _ => false,
        })
}

/// `@event.listens_for(User, "before_insert")`, `@pre_save(User)` with a function that hashes.
fn has_hashing_listener(model: &Model<'_>, file: FileId) -> bool {
    let source = model.file(file).source();
    let ast = source.ast();
    if ["listens_for", "pre_save", "before_event", "listen"]
        .iter()
        .all(|name| ast.name(name).is_none())
    {
        return false;
    }
    ast.functions().any(|(_, function)| {
        let is_listener = ast[function.decorators].iter().any(|&decorator| {
            let text = &*model.written(ExprRef { file, id: decorator });
            ["listens_for", "pre_save", "before_event"]
                .iter()
                .any(|name| text.contains(name))
        });
        is_listener
            && model
                .calls_within(file, ast[function.stmt].range)
                .into_iter()
                .any(|call| match ast[call.id].kind {
                    ExprKind::Call { function, .. } => match ast[function].kind {
                        ExprKind::Attribute { name, .. } | ExprKind::Name(name) => hashes(source.imported_name(name)),
                        _ => false,
                    },
                    _ => false,
                })
    })
}

/// `await request.json()`, `form.dict()`
fn is_dump_or_body(model: &Model<'_>, value: ExprRef) -> bool {
    let source = model.file(value.file).source();
    let ast = source.ast();
    let mut value = value.id;
    if let ExprKind::Await(inner) = ast[value].kind {
        value = inner;
    }
    let ExprKind::Call { function, .. } = ast[value].kind else {
        return false;
    };
    matches!(ast[function].kind, ExprKind::Attribute { name, .. }
        if matches!(source.name(name), "json" | "form" | "dict" | "model_dump"))
}

/// Names of what keeps all users: `fake_users_db`, `users`, `accounts`.
fn keeps_users(model: &Model<'_>, expr: ExprRef) -> bool {
    last_name(model, expr).is_some_and(|name| {
        words(&name).iter().any(|word| {
            matches!(
                word.as_str(),
                "users" | "accounts" | "members" | "customers" | "userdb" | "passwords" | "logins"
            ) || (word == "user" && name.to_lowercase().contains("db"))
        })
    })
}

/// `user`, `users[name]`, `db_user`
fn keeps_a_user(model: &Model<'_>, expr: ExprRef) -> bool {
    let ast = model.ast(expr.file);
    match ast[expr.id].kind {
        ExprKind::Subscript { object, .. } => keeps_users(
            model,
            ExprRef {
                file: expr.file,
                id: object,
            },
        ),
        _ => last_name(model, expr).is_some_and(|name| {
            let words = words(&name);
            words
                .iter()
                .any(|word| matches!(word.as_str(), "user" | "account" | "member"))
                && !words.iter().any(|word| {
                    matches!(
                        word.as_str(),
                        "in" | "data" | "form" | "payload" | "create" | "update" | "body" | "dict" | "input" | "new"
                    )
                })
        }),
    }
}

/// A class's attribute: `User.password`, which makes a condition of a query.
fn is_column(model: &Model<'_>, expr: ExprRef) -> bool {
    let ExprKind::Attribute { object, .. } = model.expr(expr).kind else {
        return false;
    };
    let object = ExprRef {
        file: expr.file,
        id: object,
    };
    let name = last_name(model, object);
    let is_class = model
        .eval(object)
        .iter()
        .any(|value| matches!(value.kind, ValueKind::Class(_)));
    is_class || name.is_some_and(|name| name.starts_with(char::is_uppercase) && name.contains(char::is_lowercase))
}

/// The name that an expression ends in: `password` of `user.password`, `form["password"]`, `form.get("password")`.
fn last_name(model: &Model<'_>, expr: ExprRef) -> Option<String> {
    let source = model.file(expr.file).source();
    let ast = source.ast();
    let mut at = expr.id;
    for _ in 0..6 {
        at = match ast[at].kind {
            ExprKind::Name(name) | ExprKind::Attribute { name, .. } => {
                return Some(source.imported_name(name).to_owned());
            }
            ExprKind::Subscript { object, index } => match ast.string(source.text(), index) {
                Some(key) => return Some(key.into_owned()),
                None => object,
            },
            ExprKind::Await(value) => value,
            ExprKind::Call { function, arguments } => match ast[function].kind {
                ExprKind::Attribute { object, name, .. } => match source.imported_name(name) {
                    "get" => match ast[arguments]
                        .first()
                        .and_then(|key| ast.string(source.text(), key.value))
                    {
                        Some(key) => return Some(key.into_owned()),
                        None => object,
                    },
                    "encode" | "decode" | "strip" | "get_secret_value" | "lower" => object,
                    _ => return None,
                },
                ExprKind::Name(name) if matches!(source.imported_name(name), "str" | "bytes" | "b64encode") => {
                    ast[arguments].first()?.value
                }
                _ => return None,
            },
            _ => return None,
        };
    }
    None
}

/// The second field of a form that asks for a password twice.
fn is_repetition(model: &Model<'_>, expr: ExprRef) -> bool {
    last_name(model, expr).is_some_and(|name| {
        name.ends_with('2')
            || words(&name).iter().any(|word| {
                matches!(
                    word.as_str(),
                    "confirm"
                        | "confirmation"
                        | "confirmed"
                        | "repeat"
                        | "repeated"
                        | "retype"
                        | "again"
                        | "second"
                        | "match"
                )
            })
    })
}

fn text(model: &Model<'_>, expr: ExprRef) -> String {
    one_line(model, model.span(expr))
}
