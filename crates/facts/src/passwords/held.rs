//! Which expressions hold a password, and whether it is still one: told by names and by where values come from.

use std::rc::Rc;

use semantic::{BindingKind, ExprRef, FunctionRef, Model, NameUse};
use syntax::ast::*;
use text::FileId;

use crate::secrets::names::words;

/// What an expression holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Held {
    /// A password as a person types it.
    Plain,
    /// What a function made of one.
    Hashed,
    Other,
}

const PASSWORDS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pwd",
    "pass",
    "pswd",
    "psw",
    "passwort",
    "senha",
    "contrasena",
    "parola",
    "sifre",
    "pw",
];
const HASHED: &[&str] = &[
    "hash",
    "hashed",
    "hashes",
    "hashing",
    "hasher",
    "digest",
    "encrypted",
    "encrypt",
    "crypted",
    "bcrypt",
    "argon2",
    "sha256",
    "md5",
    "verifier",
    "salted",
    "pwhash",
];
/// Words of names that are about passwords and hold none.
const ABOUT: &[&str] = &[
    "age",
    "algorithm",
    "at",
    "attempts",
    "bearer",
    "changed",
    "changes",
    "code",
    "complexity",
    "config",
    "confirmed",
    "context",
    "correct",
    "count",
    "date",
    "days",
    "email",
    "enabled",
    "entropy",
    "error",
    "errors",
    "expiration",
    "expired",
    "expires",
    "expiry",
    "field",
    "file",
    "flow",
    "form",
    "generation",
    "has",
    "help",
    "hint",
    "history",
    "id",
    "is",
    "label",
    "len",
    "length",
    "limit",
    "link",
    "manager",
    "match",
    "matches",
    "max",
    "message",
    "min",
    "minutes",
    "msg",
    "ok",
    "otp",
    "path",
    "pattern",
    "policy",
    "prompt",
    "provider",
    "regex",
    "request",
    "required",
    "reset",
    "retries",
    "rules",
    "salt",
    "schema",
    "scheme",
    "score",
    "seconds",
    "service",
    "settings",
    "stamp",
    "status",
    "strength",
    "subject",
    "template",
    "time",
    "timestamp",
    "timestamps",
    "title",
    "token",
    "tokens",
    "tries",
    "type",
    "updated",
    "url",
    "use",
    "valid",
    "validation",
    "validator",
    "version",
    "visible",
];

/// What a name says that it holds.
pub(crate) fn named(name: &str) -> Held {
    // Most names hold no password: a cheap test first.
    if !may_name_password(name) {
        return Held::Other;
    }
    let words: Vec<String> = words(name);
    let words: Vec<&str> = words
        .iter()
        .map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()))
        .filter(|word| !word.is_empty())
        .collect();
    let is_password =
        |word: &str| PASSWORDS.contains(&word) || word.ends_with("password") || word.starts_with("password");
    if !words.iter().any(|word| is_password(word)) || words.iter().any(|word| ABOUT.contains(word)) {
        return Held::Other;
    }
    let is_hashed =
        |word: &&str| HASHED.contains(word) || (is_password(word) && HASHED.iter().any(|hashed| word.contains(hashed)));
    match words.iter().any(is_hashed) {
        true => Held::Hashed,
        false => Held::Plain,
    }
}

/// Cheap, for the many names that are not.
fn may_name_password(name: &str) -> bool {
    name.as_bytes()
        .windows(2)
        .any(|pair| pair[0].eq_ignore_ascii_case(&b'p') && matches!(pair[1] | 0x20, b'a' | b'w' | b's' | b'l'))
        || name.to_ascii_lowercase().contains("senha")
        || name.to_ascii_lowercase().contains("contrasena")
        || name.to_ascii_lowercase().contains("sifre")
}

/// Whether a function's name says that it makes a hash of a password: `get_password_hash`, `hash_pw`.
pub(crate) fn makes_hash(function: &str) -> bool {
    named(function) == Held::Hashed
}

/// Whether a function's name says that something becomes a hash: `encrypt`, `hash_it`, `hexdigest`.
pub(crate) fn hashes(function: &str) -> bool {
    let makes = |word: &String| {
        HASHED.contains(&word.as_str())
            || matches!(
                word.as_str(),
                "hashpw" | "crypt" | "kdf" | "derive" | "hexdigest" | "scrypt" | "pbkdf"
            )
    };
    words(function).iter().any(makes)
}

const MAX_DEPTH: usize = 12;
const MAX_CALLERS: usize = 8;

/// Methods whose result is their object in another form.
const FORMS: &[&str] = &[
    "encode",
    "decode",
    "strip",
    "lstrip",
    "rstrip",
    "lower",
    "upper",
    "casefold",
    "get_secret_value",
    "normalize",
];

/// What an expression holds.
pub(crate) fn held(model: &Model<'_>, expr: ExprRef) -> Held {
    at_depth(model, expr, 0)
}

fn at_depth(model: &Model<'_>, expr: ExprRef, depth: usize) -> Held {
    if depth > MAX_DEPTH {
        return Held::Other;
    }
    let source = model.file(expr.file).source();
    let ast = source.ast();
    let inner = |id: ExprId| at_depth(model, ExprRef { file: expr.file, id }, depth + 1);
    match ast[expr.id].kind {
        ExprKind::Name(name) => of_name(model, expr, source.imported_name(name), depth),
        ExprKind::Attribute { name, .. } => named(source.name(name)),
        ExprKind::Subscript { index, .. } => match ast.string(source.text(), index) {
            Some(key) => named(&key),
            None => Held::Other,
        },
        ExprKind::Await(value) | ExprKind::Walrus { value, .. } | ExprKind::Starred(value) => inner(value),
        ExprKind::Binary { left, right, .. } => either(inner(left), inner(right)),
        ExprKind::Boolean { left, right, .. } => either(inner(left), inner(right)),
        ExprKind::Conditional { then, otherwise, .. } => either(inner(then), inner(otherwise)),
        ExprKind::String { parts, .. } => ast[parts].iter().fold(Held::Other, |held, part| match *part {
            StringPart::Interpolation(value) => either(held, inner(value)),
            StringPart::Text { .. } => held,
        }),
        ExprKind::Call { function, arguments } => {
            let first = ast[arguments].first().map(|argument| argument.value);
            match ast[function].kind {
                ExprKind::Attribute { object, name, .. } => {
                    let name = source.name(name);
                    if FORMS.contains(&name) {
                        return inner(object);
                    }
                    let key = || first.and_then(|first| ast.string(source.text(), first));
                    if name == "get" || name == "pop" {
                        return key().map_or(Held::Other, |key| named(&key));
                    }
                    // `"{}{}".format(password, salt)`, `b"".join([…])`
                    if name == "format" {
                        return ast[arguments]
                            .iter()
                            .fold(Held::Other, |held, argument| either(held, inner(argument.value)));
                    }
                    match name {
                        "b64encode" | "urlsafe_b64encode" => first.map_or(Held::Other, inner),
                        _ if hashes(name) => Held::Hashed,
                        _ => Held::Other,
                    }
                }
                ExprKind::Name(name) => match source.imported_name(name) {
                    "str" | "bytes" | "bytearray" | "b64encode" => first.map_or(Held::Other, inner),
                    name if hashes(name) => Held::Hashed,
                    _ => Held::Other,
                },
                _ => Held::Other,
            }
        }
        _ => Held::Other,
    }
}

fn either(a: Held, b: Held) -> Held {
    match (a, b) {
        (Held::Plain, _) | (_, Held::Plain) => Held::Plain,
        (Held::Hashed, _) | (_, Held::Hashed) => Held::Hashed,
        _ => Held::Other,
    }
}

fn of_name(model: &Model<'_>, expr: ExprRef, name: &str, depth: usize) -> Held {
    let said = named(name);
    let NameUse::Bound(definitions) = model.definitions(expr) else {
        return said;
    };
    let mut out = Vec::new();
    for definition in definitions.iter().take(MAX_CALLERS) {
        let at = |id: ExprId| ExprRef {
            file: definition.file,
            id,
        };
        out.push(match definition.binding.kind {
            BindingKind::Value(value) => match at_depth(model, at(value), depth + 1) {
                Held::Other if is_literal(model, at(value)) => Held::Other,
                Held::Other => said,
                held => held,
            },
            BindingKind::Parameter { function, index } => match said {
                Held::Other => {
                    let function = FunctionRef {
                        file: definition.file,
                        id: function,
                    };
                    of_parameter(model, function, index, depth)
                }
                said => said,
            },
            _ => said,
        });
    }
    match out.is_empty() {
        true => said,
        false => out.into_iter().fold(Held::Other, either),
    }
}

fn is_literal(model: &Model<'_>, expr: ExprRef) -> bool {
    matches!(model.expr(expr).kind, ExprKind::String { .. } | ExprKind::None)
}

/// A parameter whose name does not say it: the function's may, or the arguments of its callers.
fn of_parameter(model: &Model<'_>, function: FunctionRef, index: u32, depth: usize) -> Held {
    let name = model.function_name(function);
    let ast = model.ast(function.file);
    let parameters = &ast[ast[function.id].parameters];
    let is_method = ast.class_of_method(function.id).is_some();
    let first = u32::from(is_method && parameters.len() > 1);
    if makes_hash(name) && index == first && !is_about_tokens(model, function, index) {
        return Held::Plain;
    }
    if depth + 4 > MAX_DEPTH {
        return Held::Other;
    }
    let callers: Rc<[ExprRef]> = model.callers(function);
    callers.iter().take(MAX_CALLERS).fold(Held::Other, |held, &call| {
        let given = argument_of(model, call, function, index);
        either(
            held,
            given.map_or(Held::Other, |given| at_depth(model, given, depth + 4)),
        )
    })
}

/// `hash_password(token)`: the parameter's own name says that it is something else.
fn is_about_tokens(model: &Model<'_>, function: FunctionRef, index: u32) -> bool {
    let source = model.file(function.file).source();
    let ast = source.ast();
    let parameter = ast[ast[function.id].parameters][index as usize];
    words(source.name(parameter.name)).iter().any(|word| {
        matches!(
            word.as_str(),
            "token" | "code" | "otp" | "salt" | "self" | "cls" | "db" | "session" | "user"
        )
    })
}

/// The expression that a call passes for a parameter.
pub(crate) fn argument_of(model: &Model<'_>, call: ExprRef, function: FunctionRef, index: u32) -> Option<ExprRef> {
    let ast = model.ast(call.file);
    let ExprKind::Call { arguments, .. } = ast[call.id].kind else {
        return None;
    };
    ast[arguments].iter().find_map(|argument| {
        let becomes = model.parameters_of(call, argument.value);
        becomes.contains(&(function, index)).then_some(ExprRef {
            file: call.file,
            id: argument.value,
        })
    })
}

/// Whether a file names anything that may be a password.
pub(crate) fn mentions_passwords(model: &Model<'_>, file: FileId) -> bool {
    let text = model.file(file).text();
    [
        "pass",
        "Pass",
        "PASS",
        "pwd",
        "PWD",
        "pw",
        "senha",
        "contrasena",
        "sifre",
        "parola",
    ]
    .iter()
    .any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for plain in [
            "password",
            "plain_password",
            "userPassword",
            "new_password",
            "PASSWORD",
            "passwd",
            "pwd",
            "user_pwd",
            "raw_pass",
            "password1",
            "senha",
            "passphrase",
        ] {
            assert_eq!(named(plain), Held::Plain, "{plain}");
        }
        for hashed in [
            "hashed_password",
            "password_hash",
            "passwordHash",
            "hashedpassword",
            "hash_password",
            "pwd_hash",
        ] {
            assert_eq!(named(hashed), Held::Hashed, "{hashed}");
        }
        for other in [
            "token",
            "password_changed_at",
            "reset_password_token",
            "PasswordResetRequest",
            "passport",
            "pwd_context",
            "is_password_valid",
            "OAuth2PasswordBearer",
            "compass",
            "bypass",
            "passed",
            "username",
            "password_salt",
        ] {
            assert_eq!(named(other), Held::Other, "{other}");
        }
    }
}
