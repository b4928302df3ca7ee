//! Passwords that are hashed with a digest made for speed, with one salt for all, or with too few rounds.

use rustc_hash::FxHashSet;
use semantic::{ExprRef, Following, Model, UseKind, Value, ValueKind};
use syntax::ast::*;
use text::{FileId, Span};

use super::held::{Held, held, makes_hash, mentions_passwords};
use super::{PasswordHash, SaltSource, Weakness, Work};
use crate::environment::environment_read;
use crate::libraries::passwords::{COSTS, FAST_HASHES, FAST_NAMES, FastHash, SALTED, SLOW_NAMES, WEAK_SCHEMES};
use crate::secrets::names::words;
use crate::secrets::surroundings::is_sample;
use crate::source::function_of;

pub(super) fn find(model: &Model<'_>) -> Vec<PasswordHash> {
    let mut out = Vec::new();
    for file in model.file_ids() {
        if is_sample(model, file) {
            continue;
        }
        if mentions_passwords(model, file) || has_hash_helper(model, file) {
            let from = out.len();
            fast_hashes(model, file, &mut out);
            let found = out.split_off(from);
            out.extend(without_comparisons(model, found));
        }
        schemes(model, file, &mut out);
        costs(model, file, &mut out);
        salts(model, file, &mut out);
    }
    text::sort_by_number(&mut out, |hash| hash.span.number());
    out.dedup_by_key(|hash| hash.span);
    out
}

/// `encrypt(text)` in a file of its own, called with passwords elsewhere.
fn has_hash_helper(model: &Model<'_>, file: FileId) -> bool {
    let source = model.file(file).source();
    source.ast().name("hashlib").is_some() || source.ast().name("hmac").is_some()
}

fn fast_hashes(model: &Model<'_>, file: FileId, out: &mut Vec<PasswordHash>) {
    // k-anonymity: five characters of a SHA-1 are sent to a list of leaked passwords.
    let looks_up_leaks = model.file(file).text().contains("pwnedpasswords");
    for call in model.calls_named(file, FAST_NAMES.iter().copied()) {
        let Some(path) = model.called_path(call) else { continue };
        let Some(hash) = FAST_HASHES.iter().find(|hash| hash.path == &*path) else {
            continue;
        };
        let Some(data) = argument(model, call, hash.data) else {
            continue;
        };
        if held(model, data) == Held::Plain && !(looks_up_leaks && hash.name == "SHA-1") {
            push(model, call, hash, out);
        }
    }
    // `digest = hashlib.sha256()`, `digest.update(password)`
    for call in model.calls_named(file, ["update"]) {
        let Some(data) = argument(model, call, 0) else { continue };
        if held(model, data) != Held::Plain {
            continue;
        }
        let Some(object) = model.receiver(call) else { continue };
        for value in model.eval(object) {
            if let ValueKind::Call {
                path, call: Some(made), ..
            } = &value.kind
                && let Some(hash) = FAST_HASHES.iter().find(|hash| hash.path == &**path)
            {
                push(model, *made, hash, out);
            }
        }
    }
}

fn push(model: &Model<'_>, call: ExprRef, hash: &FastHash, out: &mut Vec<PasswordHash>) {
    let span = model.span(call);
    if out.iter().any(|known| known.span == span) || is_prepared_only(model, call) {
        return;
    }
    let function = model.enclosing_function(call);
    let digest = match hash.path {
        "hashlib.new" => argument(model, call, 0).and_then(|name| {
            let values = model.eval(name);
            values.first().and_then(|name| name.as_str().map(str::to_uppercase))
        }),
        _ => None,
    };
    let work = if hash.is_keyed {
        Work::Keyed
    } else if is_repeated(model, call) {
        Work::Repeated
    } else {
        Work::None
    };
    out.push(PasswordHash {
        span,
        callee: callee_text(model, call),
        weakness: Weakness::Fast {
            digest: digest.unwrap_or_else(|| hash.name.to_owned()),
            work,
        },
        function: function.map(|function| function_of(model, function)),
        also: Vec::new(),
    });
}

/// Calls that only compare speak with the one that makes what is stored.
fn without_comparisons(model: &Model<'_>, found: Vec<PasswordHash>) -> Vec<PasswordHash> {
    let compares: Vec<bool> = found.iter().map(|hash| is_for_comparison(model, hash)).collect();
    let mut kept: Vec<PasswordHash> = Vec::new();
    for (hash, _) in found.iter().zip(&compares).filter(|(_, compares)| !**compares) {
        kept.push(hash.clone());
    }
    for (hash, _) in found.iter().zip(&compares).filter(|(_, compares)| **compares) {
        match kept.iter_mut().find(|made| made.weakness == hash.weakness) {
            Some(made) => made.also.push(hash.span),
            None => kept.push(hash.clone()),
        }
    }
    kept
}

/// `verify_password`, or a comparison with what is stored.
fn is_for_comparison(model: &Model<'_>, hash: &PasswordHash) -> bool {
    let verifies = |name: &str| {
        words(name).iter().any(|word| {
            matches!(
                word.as_str(),
                "verify" | "check" | "validate" | "compare" | "authenticate" | "login" | "matches" | "signin"
            )
        })
    };
    hash.function.as_ref().is_some_and(|function| {
        verifies(&function.name) && !makes_hash(&function.name) && {
            let body = model.text(function.span);
            body.contains("==") || body.contains("!=") || body.contains("compare_digest")
        }
    })
}

/// Whether the digest only prepares a password for a function that takes its time: bcrypt reads 72 bytes.
fn is_prepared_only(model: &Model<'_>, call: ExprRef) -> bool {
    let mut pending = vec![call];
    let mut seen = FxHashSet::default();
    while let Some(value) = pending.pop() {
        if !seen.insert(value) || seen.len() > 40 {
            continue;
        }
        // `digest[:72]`, `digest + b"…"` and texts made of it are still the digest.
        let ast = model.ast(value.file);
        if let Some(parent) = ast.parent_expr(value.id)
            && matches!(
                ast[parent].kind,
                ExprKind::Subscript { .. } | ExprKind::Binary { .. } | ExprKind::String { .. }
            )
        {
            pending.push(ExprRef {
                file: value.file,
                id: parent,
            });
        }
        let following = Following {
            passes_through: &|path| {
                path.starts_with("base64.") || path.starts_with("builtins.") || path.starts_with("binascii.")
            },
            into_callers: true,
        };
        for found in model.uses(value, following) {
            match found.kind {
                UseKind::Attribute { call: Some(call), name } => {
                    if matches!(&*name, "hexdigest" | "digest" | "hex" | "upper" | "finalize") {
                        pending.push(call);
                    }
                }
                UseKind::Argument { call } => {
                    let path = model.called_path(call);
                    let name = path
                        .as_deref()
                        .and_then(|path| path.rsplit('.').next())
                        .map(str::to_owned);
                    let name = name.unwrap_or_else(|| {
                        let text = callee_text(model, call);
                        text.rsplit('.').next().unwrap_or_default().to_owned()
                    });
                    let is_fast = path.is_some_and(|path| FAST_HASHES.iter().any(|hash| hash.path == &*path));
                    if !is_fast && SLOW_NAMES.contains(&name.as_str()) {
                        return true;
                    }
                }
                // `digest[:72]` of a name.
                UseKind::Item { item, .. } => pending.push(item),
                UseKind::Text | UseKind::Escapes => {
                    let ast = model.ast(found.value.file);
                    if let Some(parent) = ast.parent_expr(found.value.id)
                        && matches!(
                            ast[parent].kind,
                            ExprKind::Subscript { .. } | ExprKind::Binary { .. } | ExprKind::String { .. }
                        )
                    {
                        pending.push(ExprRef {
                            file: found.value.file,
                            id: parent,
                        });
                    }
                }
                _ => {}
            }
        }
    }
    false
}

/// Whether the function goes on hashing in a loop.
fn is_repeated(model: &Model<'_>, call: ExprRef) -> bool {
    let ast = model.ast(call.file);
    let Some(function) = ast.enclosing_function(ast.stmt_of(call.id)) else {
        return false;
    };
    let is_loop = |stmt: StmtId| matches!(ast[stmt].kind, StmtKind::For { .. } | StmtKind::While { .. });
    let loops = ast
        .stmts_within(ast[function].body)
        .into_iter()
        .filter(|&stmt| is_loop(stmt));
    loops.into_iter().any(|stmt| {
        model.calls_within(call.file, ast[stmt].range).into_iter().any(|inner| {
            let path = model.called_path(inner);
            path.is_some_and(|path| FAST_HASHES.iter().any(|hash| hash.path == &*path))
        })
    })
}

/// `CryptContext(schemes=["md5_crypt"])`, `generate_password_hash(password, method="md5")`
fn schemes(model: &Model<'_>, file: FileId, out: &mut Vec<PasswordHash>) {
    for call in model.calls_named(file, ["CryptContext"]) {
        let arguments = model.arguments(call, None);
        let Some(given) = arguments.get(Some(0), &["schemes"]) else {
            continue;
        };
        let chosen = arguments
            .get(None, &["default"])
            .and_then(|default| default.values.first().and_then(|name| name.as_str().map(str::to_owned)));
        let first = given.values.iter().find_map(|value| match &value.kind {
            ValueKind::List(items) => items.first()?.first()?.as_str().map(str::to_owned),
            ValueKind::Str(text) => text.split(',').next().map(|name| name.trim().to_owned()),
            _ => None,
        });
        let Some(scheme) = chosen.or(first) else { continue };
        if let Some((_, digest)) = WEAK_SCHEMES.iter().find(|(weak, _)| **weak == scheme) {
            out.push(PasswordHash {
                span: given.span,
                callee: callee_text(model, call),
                weakness: Weakness::Scheme { scheme, digest },
                function: None,
                also: Vec::new(),
            });
        }
    }
    for call in model.calls_named(file, ["generate_password_hash"]) {
        let Some(given) = model.arguments(call, None).get(Some(1), &["method"]).cloned() else {
            continue;
        };
        let Some(method) = given
            .values
            .first()
            .and_then(|method| method.as_str().map(str::to_owned))
        else {
            continue;
        };
        let digest = match method.split(':').next().unwrap_or_default() {
            "plain" => "no hash at all",
            "md5" => "salted MD5",
            "sha1" => "salted SHA-1",
            "sha256" => "salted SHA-256",
            "sha512" => "salted SHA-512",
            _ => continue,
        };
        out.push(PasswordHash {
            span: given.span,
            callee: callee_text(model, call),
            weakness: Weakness::Scheme { scheme: method, digest },
            function: None,
            also: Vec::new(),
        });
    }
}

/// `bcrypt.gensalt(rounds=4)`
fn costs(model: &Model<'_>, file: FileId, out: &mut Vec<PasswordHash>) {
    let names = [
        "gensalt",
        "pbkdf2_hmac",
        "scrypt",
        "PBKDF2HMAC",
        "CryptContext",
        "using",
        "BcryptHasher",
    ];
    for call in model.calls_named(file, names) {
        let Some(path) = model.called_path(call) else { continue };
        for cost in COSTS.iter().filter(|cost| cost.path == &*path) {
            let arguments = model.arguments(call, None);
            let Some(given) = arguments.get(cost.position, &[cost.keyword]) else {
                continue;
            };
            let numbers: Option<Vec<i64>> = given
                .values
                .iter()
                .map(|value| match value.kind {
                    ValueKind::Int(number) => Some(number),
                    _ => None,
                })
                .collect();
            let Some(value) = numbers.and_then(|numbers| numbers.into_iter().max()) else {
                continue;
            };
            if value >= cost.least || (path.ends_with("pbkdf2_hmac") && !is_about_passwords(model, call)) {
                continue;
            }
            out.push(PasswordHash {
                span: given.expr.map_or(given.span, |expr| model.span(expr)),
                callee: callee_text(model, call),
                weakness: Weakness::Cost {
                    keyword: cost.keyword,
                    value,
                    least: cost.least,
                    recommended: cost.recommended,
                },
                function: None,
                also: Vec::new(),
            });
        }
    }
}

/// Keys for other purposes are derived with the same functions.
fn is_about_passwords(model: &Model<'_>, call: ExprRef) -> bool {
    [0, 1]
        .into_iter()
        .filter_map(|position| argument(model, call, position))
        .any(|given| held(model, given) == Held::Plain)
}

/// `bcrypt.hashpw(password, settings.SALT)`
fn salts(model: &Model<'_>, file: FileId, out: &mut Vec<PasswordHash>) {
    for call in model.calls_named(file, ["hashpw", "pbkdf2_hmac", "scrypt"]) {
        let Some(path) = model.called_path(call) else { continue };
        let Some((_, position, keyword)) = SALTED.iter().find(|(known, _, _)| *known == &*path) else {
            continue;
        };
        let arguments = model.arguments(call, None);
        let Some(given) = arguments.get(Some(*position), &[keyword]) else {
            continue;
        };
        if !is_about_passwords(model, call) {
            continue;
        }
        let sources: Vec<Option<SaltSource>> = given.values.iter().map(|value| salt_source(model, value, 0)).collect();
        let Some(Some(source)) = sources.first().copied() else {
            continue;
        };
        if sources.iter().all(Option::is_some) {
            out.push(PasswordHash {
                span: given.expr.map_or(given.span, |expr| model.span(expr)),
                callee: callee_text(model, call),
                weakness: Weakness::SharedSalt { source },
                function: None,
                also: Vec::new(),
            });
        }
    }
}

/// Where a salt comes from, if everybody gets the same.
fn salt_source(model: &Model<'_>, salt: &Value, depth: usize) -> Option<SaltSource> {
    if environment_read(model, salt).is_some() {
        return Some(SaltSource::Settings);
    }
    match &salt.kind {
        // A field that pydantic fills.
        ValueKind::Field {
            default: Some(default), ..
        } if depth < 4 => {
            let values = model.eval(*default);
            values.first().and_then(|value| salt_source(model, value, depth + 1))
        }
        ValueKind::Str(_) | ValueKind::Bytes(_) => Some(SaltSource::Written),
        ValueKind::MethodCall { receiver, name, .. } if matches!(&**name, "encode" | "decode") && depth < 4 => {
            salt_source(model, receiver, depth + 1)
        }
        // `decouple.config("SALT").encode()`
        ValueKind::Call {
            path, call: Some(call), ..
        } => {
            if path.ends_with("().encode") {
                let object = model.receiver(*call)?;
                let values = model.eval(object);
                return values.first().and_then(|value| salt_source(model, value, depth + 1));
            }
            let is_made_once = matches!(
                &**path,
                "bcrypt.gensalt" | "os.urandom" | "secrets.token_bytes" | "secrets.token_hex"
            ) && model.enclosing_function(*call).is_none();
            is_made_once.then_some(SaltSource::OncePerProcess)
        }
        _ => None,
    }
}

fn argument(model: &Model<'_>, call: ExprRef, position: usize) -> Option<ExprRef> {
    let ast = model.ast(call.file);
    let ExprKind::Call { arguments, .. } = ast[call.id].kind else {
        return None;
    };
    let source = model.file(call.file).source();
    let is_data = |argument: &&Argument| match argument.kind {
        ArgumentKind::Keyword(name) => matches!(source.name(name), "data" | "msg" | "string" | "password" | "secret"),
        _ => false,
    };
    let positional = ast[arguments]
        .iter()
        .take_while(|argument| argument.kind == ArgumentKind::Positional)
        .nth(position);
    let found = positional.or_else(|| ast[arguments].iter().find(is_data))?;
    Some(ExprRef {
        file: call.file,
        id: found.value,
    })
}

fn callee_text(model: &Model<'_>, call: ExprRef) -> String {
    match model.expr(call).kind {
        ExprKind::Call { function, .. } => {
            let span = Span::new(call.file, model.ast(call.file)[function].range);
            crate::answers::one_line(model, span)
        }
        _ => String::new(),
    }
}
