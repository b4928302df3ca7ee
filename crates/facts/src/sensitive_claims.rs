//! Claims that hold what should not be read by everybody who holds the token.

use semantic::{ClassRef, DictEntry, ExprRef, Model, Value, ValueKind, Values};
use syntax::ast::*;
use text::Span;

use crate::Facts;
use crate::source::expr_at;

/// A claim, or a whole object, with something sensitive.
#[derive(Debug, Clone)]
pub struct SensitiveClaim {
    pub kind: SensitiveKind,
    pub span: Span,
    /// The call that signs.
    pub call: Span,
    pub callee: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SensitiveKind {
    /// `"password": user.password`: the name of the claim, or of what it holds.
    Claim(String),
    /// `user.dict()`: all fields of an object; those that are sensitive, where its class is known.
    Object(Vec<String>),
}

/// Parts of names that say something is sensitive.
const SENSITIVE: &[&str] = &[
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "passhash",
    "pwhash",
    "ssn",
    "socialsecurity",
    "creditcard",
    "cardnumber",
    "ccnumber",
    "cvv",
    "cvc",
    "iban",
    "bankaccount",
    "accountnumber",
    "taxid",
    "passport",
    "apikey",
    "privatekey",
    "secretkey",
    "totpsecret",
    "otpsecret",
    "mfasecret",
    "clientsecret",
    "securityanswer",
    "nationalid",
    "pincode",
];

/// Words that make something else of such a name: `password_changed_at`, `has_password`, `card_last4`.
const HARMLESS: &[&str] = &[
    "changed",
    "change",
    "at",
    "updated",
    "update",
    "version",
    "ver",
    "expires",
    "expired",
    "expiry",
    "required",
    "has",
    "is",
    "must",
    "needs",
    "need",
    "set",
    "count",
    "attempts",
    "last4",
    "fgpt",
    "fingerprint",
    "reset",
    "forgot",
    "type",
    "policy",
    "strength",
    "age",
    "date",
    "time",
    "timestamp",
    "iat",
    "ts",
    "stamp",
    "grant",
    "login",
    "auth",
    "method",
    "enabled",
    "id",
    "verified",
    "status",
    "provider",
    "verify",
    "v",
    "rev",
    "epoch",
    "nonce",
    "flag",
    "new",
];

const DUMPS: &[&str] = &[
    "dict",
    "model_dump",
    "_asdict",
    "to_dict",
    "json",
    "as_dict",
    "serialize",
    "dump",
];
const DUMP_FUNCTIONS: &[&str] = &[
    "builtins.vars",
    "builtins.dict",
    "dataclasses.asdict",
    "fastapi.encoders.jsonable_encoder",
    "attrs.asdict",
    "attr.asdict",
];

impl Facts<'_> {
    /// In order of place.
    pub fn sensitive_claims(&self) -> Vec<SensitiveClaim> {
        let mut out: Vec<SensitiveClaim> = Vec::new();
        for encode in self.encodes.iter().filter(|encode| !encode.call.is_test) {
            let Some(call) = expr_at(&self.model, encode.call.span) else {
                continue;
            };
            let payload = encode.function.payload;
            let arguments = self.model.arguments(call, None);
            let Some(given) = arguments.get(payload.position, payload.keywords) else {
                continue;
            };
            let callee = self.snippet(encode.call.callee);
            let mut found = Vec::new();
            for value in &given.values {
                self.of_payload(value, 0, &mut found);
            }
            for (kind, span) in found {
                if !self.is_test(span.file) && !out.iter().any(|known| known.span == span) {
                    out.push(SensitiveClaim {
                        kind,
                        span,
                        call: encode.call.span,
                        callee: callee.to_owned(),
                    });
                }
            }
        }
        text::sort_by_number(&mut out, |claim| claim.span.number());
        out
    }

    fn of_payload(&self, value: &Value, depth: u32, out: &mut Vec<(SensitiveKind, Span)>) {
        if depth > 5 || out.len() > 16 {
            return;
        }
        if let ValueKind::Dict(entries) = &value.kind {
            for entry in entries.iter() {
                match entry {
                    DictEntry::Pair { key, value, at } => {
                        let named = key.as_deref().filter(|key| is_sensitive(key));
                        match named.filter(|_| !value.iter().all(is_harmless_value)) {
                            Some(key) => out.push((SensitiveKind::Claim(key.to_owned()), *at)),
                            None => self.of_values(value, depth, out),
                        }
                    }
                    DictEntry::Spread(values) => {
                        for value in values {
                            self.of_payload(value, depth + 1, out);
                        }
                    }
                }
            }
            return;
        }
        out.extend(self.of_object(value));
    }

    /// `{"h": user.hashed_password}`, `{"user": user.dict()}`
    fn of_values(&self, values: &Values, depth: u32, out: &mut Vec<(SensitiveKind, Span)>) {
        for value in values {
            match &value.kind {
                ValueKind::Dict(_) => self.of_payload(value, depth + 1, out),
                _ => {
                    if let Some(found) = self.of_object(value) {
                        out.push(found);
                    } else if let Some(name) = self.last_name(value)
                        && is_sensitive(&name)
                    {
                        out.push((SensitiveKind::Claim(name), value.origin));
                    }
                }
            }
        }
    }

    /// The attribute or key that a value is read from, as written.
    fn last_name(&self, value: &Value) -> Option<String> {
        let expr = self.model.expr_of(value.origin)?;
        let source = self.model.file(expr.file).source();
        let ast = source.ast();
        match ast[expr.id].kind {
            ExprKind::Attribute { name, .. } => Some(source.name(name).to_owned()),
            ExprKind::Subscript { index, .. } => ast.string(source.text(), index).map(|key| key.into_owned()),
            _ => None,
        }
    }

    /// An object that is given as a whole: `user.model_dump()`, `vars(user)`, `user.__dict__`.
    fn of_object(&self, value: &Value) -> Option<(SensitiveKind, Span)> {
        let expr = self.model.expr_of(value.origin)?;
        let source = self.model.file(expr.file).source();
        let ast = source.ast();
        let at = |id: ExprId| ExprRef { file: expr.file, id };
        let object = match ast[expr.id].kind {
            ExprKind::Attribute { object, name, .. } if source.name(name) == "__dict__" => object,
            ExprKind::Call { function, arguments } => {
                let is_narrowed = ast[arguments].iter().any(|argument| match argument.kind {
                    ArgumentKind::Keyword(name) => matches!(source.name(name), "include" | "exclude" | "only"),
                    _ => false,
                });
                if is_narrowed {
                    return None;
                }
                match ast[function].kind {
                    ExprKind::Attribute { object, name, .. } if DUMPS.contains(&source.name(name)) => object,
                    _ => {
                        let path = self.model.called_path(expr)?;
                        let first = ast[arguments].first()?;
                        let is_dump = DUMP_FUNCTIONS.contains(&&*path) && first.kind == ArgumentKind::Positional;
                        if !is_dump {
                            return None;
                        }
                        first.value
                    }
                }
            }
            _ => return None,
        };
        let classes: Vec<ClassRef> = self
            .model
            .eval(at(object))
            .iter()
            .filter_map(|value| match value.kind {
                ValueKind::Instance { class, .. } => Some(class),
                _ => None,
            })
            .collect();
        if let Some(&class) = classes.first() {
            let fields = sensitive_fields(&self.model, class);
            return (!fields.is_empty()).then_some((SensitiveKind::Object(fields), value.origin));
        }
        let written = self.model.written(at(object)).to_lowercase();
        let last = written.rsplit('.').next().unwrap_or_default();
        let is_user = ["user", "account", "member", "customer", "admin"].iter().any(|word| {
            last == *word || last.ends_with(&format!("_{word}")) || last.starts_with(&format!("{word}_obj"))
        });
        is_user.then(|| (SensitiveKind::Object(Vec::new()), value.origin))
    }
}

/// The fields of a class and its bases that are sensitive.
fn sensitive_fields(model: &Model<'_>, class: ClassRef) -> Vec<String> {
    let bases = model.bases(class).into_iter().filter_map(|base| match base.kind {
        ValueKind::Class(class) => Some(class),
        _ => None,
    });
    let mut out: Vec<String> = Vec::new();
    for class in std::iter::once(class).chain(bases) {
        let file = model.file(class.file);
        let scope = file.index().class_scope(class.id);
        for binding in file.index().bindings_in(scope) {
            let is_field = matches!(
                binding.kind,
                semantic::BindingKind::Declared(_) | semantic::BindingKind::Value(_)
            );
            let name = file.source().name(binding.name);
            if is_field && is_sensitive(name) && !out.iter().any(|known| known == name) {
                out.push(name.to_owned());
            }
        }
    }
    out
}

/// A flag, a number or a constant text is no secret of anybody.
fn is_harmless_value(value: &Value) -> bool {
    matches!(
        value.kind,
        ValueKind::Bool(_) | ValueKind::Int(_) | ValueKind::None | ValueKind::Str(_) | ValueKind::Float
    )
}

/// Whether a name is that of something sensitive.
fn is_sensitive(name: &str) -> bool {
    let words = words(name);
    let joined = words.concat();
    let is_hash = words.iter().any(|word| word == "hash" || word == "hashed");
    let has = SENSITIVE.iter().any(|part| joined.contains(part)) || joined == "hash" || joined == "pin";
    let is_harmless = words.iter().any(|word| HARMLESS.contains(&word.as_str()));
    has && (!is_harmless || is_hash)
}

/// The words of `snake_case` and `camelCase`, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut after_lower = false;
    for character in name.chars() {
        let is_new = !character.is_alphanumeric() || character.is_uppercase() && after_lower;
        if is_new {
            out.push(String::new());
        }
        after_lower = character.is_lowercase() || character.is_numeric();
        if character.is_alphanumeric()
            && let Some(word) = out.last_mut()
        {
            word.extend(character.to_lowercase());
        }
    }
    out.retain(|word| !word.is_empty());
    out
}
