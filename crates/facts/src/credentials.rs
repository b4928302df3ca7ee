//! Credentials that are written in the code: passwords, keys of services, tokens, private keys, addresses with a
//! password. Keys that sign tokens of the API are [`crate::secrets`].

mod contexts;
mod formats;
mod literals;
mod names;
mod values;

use rustc_hash::FxHashSet;
use semantic::{ExprRef, Model};
use syntax::ast::*;
use text::Span;

use crate::Facts;
use crate::libraries::credentials::TokenFormat;
use crate::secrets::declarations::other_secrets;
use crate::secrets::names::is_secret_name;
use crate::secrets::repairs::{self, Repair};
use crate::secrets::surroundings::{self, Circumstance};
use crate::secrets::{Secret, is_refused_at_start};
use contexts::{Context, Site};
pub(crate) use names::Kind;

/// A credential in the code.
#[derive(Debug, Clone)]
pub struct Credential {
    /// The literal.
    pub span: Span,
    /// What it is bound to, compared with or passed as.
    pub name: Option<String>,
    pub kind: CredentialKind,
    pub worth: Worth,
    pub circumstance: Circumstance,
    /// It stands in for a variable or a field that is not set.
    pub is_default: bool,
    pub repair: Option<Repair>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialKind {
    Password,
    /// A key or secret, by its name.
    Key,
    /// A token in the format of a service.
    TokenOf(&'static str),
    /// The same, for a service's environment for tests.
    TestTokenOf(&'static str),
    /// A JSON Web Token.
    WebToken,
    PrivateKey,
    /// `postgresql://user:password@host/db`; whether the host is this machine.
    Address {
        is_local: bool,
    },
    /// What a caller must send is compared with it.
    Expected,
}

/// What a name says that it holds, for comparisons.
pub(crate) fn named_kind(name: &str) -> Option<Kind> {
    names::kind(name)
}

/// How sure it is that somebody could use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worth {
    Certain,
    /// By its name and look.
    Likely,
    /// A value that everybody tries first: `changeme`, `123456`.
    KnownDefault,
}

impl Facts<'_> {
    /// Credentials in the code, found when they are first asked for. In order of file and place.
    pub fn credentials(&self) -> &[Credential] {
        self.credentials.get_or_init(|| find(&self.model, &self.secrets))
    }
}

fn find(model: &Model<'_>, secrets: &[Secret]) -> Vec<Credential> {
    let others: FxHashSet<Span> = secrets.iter().map(|secret| secret.origin).collect();
    let mut out = Vec::new();
    for file in model.file_ids() {
        if surroundings::is_sample(model, file) {
            continue;
        }
        let source = model.file(file).source();
        let ast = source.ast();
        let formats = formats::mentioned(source.text());
        let mut known_names = names::Names::default();
        // Of a list of keys, the first speaks for all.
        let mut listed: Option<StmtId> = None;
        for (id, expr) in ast.exprs() {
            let ExprKind::String { parts, .. } = expr.kind else {
                continue;
            };
            let literal = ExprRef { file, id };
            // Inside quotes and prefixes there have to be some characters.
            if expr.range.len() < 5.into() || is_part_of_literal(ast, id) {
                continue;
            }
            let raw = &source.text()[expr.range];
            let found = by_format(model, literal, raw, &formats).or_else(|| {
                let (credential, is_item) = by_name(model, literal, ast[parts].len())?;
                let is_first = !is_item || listed.replace(ast.stmt_of(id)) != Some(ast.stmt_of(id));
                is_first.then_some(credential)
            });
            let Some(mut credential) = found else { continue };
            if others.contains(&credential.span) || is_refused(model, literal, &credential) {
                continue;
            }
            credential.circumstance = surroundings::circumstance(model, literal);
            if credential.circumstance != Circumstance::Test {
                credential.repair = repair(model, literal, &credential);
                out.push(credential);
            }
        }
        passed(model, file, &mut known_names, &mut out);
    }
    sessions(model, &mut out);
    text::sort_by_number(&mut out, |credential| credential.span.number());
    out.dedup_by_key(|credential| credential.span);
    out.retain(|credential| !others.contains(&credential.span));
    keep_one_variable_each(model, &mut out);
    out
}

/// A text inside an f-string's braces is looked at with the f-string.
fn is_part_of_literal(ast: &Ast, id: ExprId) -> bool {
    ast.parent_expr(id)
        .is_some_and(|parent| matches!(ast[parent].kind, ExprKind::String { .. }))
}

/// What looks like a credential wherever it stands.
fn by_format(model: &Model<'_>, literal: ExprRef, raw: &str, formats: &[&'static TokenFormat]) -> Option<Credential> {
    let (kind, worth) = if let Some(format) = formats::token(raw, formats) {
        let kind = match format.is_for_tests {
            true => CredentialKind::TestTokenOf(format.service),
            false => CredentialKind::TokenOf(format.service),
        };
        (kind, Worth::Certain)
    } else if formats::is_telegram(raw) {
        (CredentialKind::TokenOf("Telegram"), Worth::Certain)
    } else if formats::is_private_key(raw) {
        (CredentialKind::PrivateKey, Worth::Certain)
    } else if formats::is_web_token(raw) {
        (CredentialKind::WebToken, Worth::Likely)
    } else if let Some(address) = values::address(raw) {
        let worth = match address.is_certain {
            true => Worth::Certain,
            false => Worth::Likely,
        };
        (
            CredentialKind::Address {
                is_local: address.is_local,
            },
            worth,
        )
    } else {
        return None;
    };
    let context = contexts::of(model, literal);
    if context.is_prose || context.is_example {
        return None;
    }
    Some(credential(model, literal, kind, worth, context))
}

/// What is called a password, key or token.
fn by_name(model: &Model<'_>, literal: ExprRef, parts: usize) -> Option<(Credential, bool)> {
    let source = model.file(literal.file).source();
    let ast = source.ast();
    // Most literals are bound to, or passed as, something else: the name is looked at first.
    let context = contexts::named(model, literal)?;
    if context.is_prose || context.is_example || parts > 1 && has_interpolation(ast, literal.id) {
        return None;
    }
    let name = context.name.as_deref()?;
    let kind = names::kind(name)?;
    // Judged with the keys of tokens.
    if is_secret_name(name) {
        return None;
    }
    let text = ast.string(source.text(), literal.id)?;
    let is_expected = context.site == Site::Compared;
    let worth = values::worth(kind, name, &text, &context)?;
    let kind = match kind {
        _ if is_expected => CredentialKind::Expected,
        Kind::Password => CredentialKind::Password,
        Kind::Key | Kind::Token => CredentialKind::Key,
    };
    let is_item = context.is_item;
    Some((credential(model, literal, kind, worth, context), is_item))
}

/// Whether start-up refuses a default: a validator of its class, or a check where it is used.
fn is_refused(model: &Model<'_>, literal: ExprRef, credential: &Credential) -> bool {
    let source = model.file(literal.file).source();
    let text = || source.ast().string(source.text(), literal.id);
    match (&credential.name, credential.worth) {
        (Some(name), Worth::KnownDefault) if credential.is_default => {
            text().is_some_and(|text| is_refused_at_start(model, literal, name, &text))
        }
        _ => false,
    }
}

fn has_interpolation(ast: &Ast, literal: ExprId) -> bool {
    match ast[literal].kind {
        ExprKind::String { parts, .. } => ast[parts]
            .iter()
            .any(|part| matches!(part, StringPart::Interpolation(_))),
        _ => false,
    }
}

/// `connect(password=p)` where `p` is bound to a literal under another name.
fn passed(model: &Model<'_>, file: text::FileId, known: &mut names::Names, out: &mut Vec<Credential>) {
    let source = model.file(file).source();
    let ast = source.ast();
    for (_, expr) in ast.exprs() {
        let ExprKind::Call { arguments, .. } = expr.kind else {
            continue;
        };
        for argument in &ast[arguments] {
            let ArgumentKind::Keyword(name) = argument.kind else {
                continue;
            };
            let ExprKind::Name(variable) = ast[argument.value].kind else {
                continue;
            };
            // Its own name would have told.
            if known.kind(source, name).is_none() || known.kind(source, variable).is_some() {
                continue;
            }
            let given = ExprRef {
                file,
                id: argument.value,
            };
            for value in model.eval(given) {
                let Some(text) = value.as_str() else { continue };
                let Some(literal) = model.expr_of(value.origin) else {
                    continue;
                };
                let name = source.name(name);
                let Some(kind) = names::kind(name) else { continue };
                let context = Context::passed(name);
                if surroundings::is_sample(model, literal.file)
                    || contexts::of(model, literal).is_example
                    || surroundings::circumstance(model, literal) == Circumstance::Test
                    || !matches!(model.expr(literal).kind, ExprKind::String { .. })
                {
                    continue;
                }
                if let Some(worth) = values::worth(kind, name, text, &context) {
                    let kind = match kind {
                        Kind::Password => CredentialKind::Password,
                        Kind::Key | Kind::Token => CredentialKind::Key,
                    };
                    let mut credential = credential(model, literal, kind, worth, context);
                    credential.circumstance = surroundings::circumstance(model, literal);
                    out.push(credential);
                }
            }
        }
    }
}

/// Keys that sign the cookies of sessions.
fn sessions(model: &Model<'_>, out: &mut Vec<Credential>) {
    for origin in other_secrets(model) {
        let Some(literal) = model.expr_of(origin) else { continue };
        let source = model.file(literal.file).source();
        let Some(text) = source.ast().string(source.text(), literal.id) else {
            continue;
        };
        let circumstance = surroundings::circumstance(model, literal);
        if text.is_empty() || circumstance == Circumstance::Test || surroundings::is_sample(model, literal.file) {
            continue;
        }
        let context = contexts::of(model, literal);
        let mut found = credential(model, literal, CredentialKind::Key, Worth::Certain, context);
        found.repair = repair(model, literal, &found);
        found.circumstance = circumstance;
        out.push(found);
    }
}

fn credential(model: &Model<'_>, literal: ExprRef, kind: CredentialKind, worth: Worth, context: Context) -> Credential {
    Credential {
        span: model.span(literal),
        name: context.name,
        kind,
        worth,
        circumstance: Circumstance::Always,
        is_default: context.is_default,
        repair: None,
    }
}

/// Where the literal is all that a constant, field or read of the environment has.
fn repair(model: &Model<'_>, literal: ExprRef, credential: &Credential) -> Option<Repair> {
    // What a caller must send, and what is passed on the spot, would need a name first.
    let name = credential
        .name
        .clone()
        .filter(|name| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))?;
    if let Some(read) = contexts::read_around(model, literal) {
        return repairs::of_default(model, literal, read);
    }
    if let Some(repair) = repairs::settings_field(model, literal) {
        return Some(repair);
    }
    let ast = model.ast(literal.file);
    let is_whole = match ast[ast.stmt_of(literal.id)].kind {
        StmtKind::Assign { targets, value } => {
            value == literal.id
                && ast[targets].len() == 1
                && matches!(
                    ast[ast[targets][0]].kind,
                    ExprKind::Name(_) | ExprKind::Attribute { .. }
                )
        }
        StmtKind::AnnotatedAssign { value, .. } => value == Some(literal.id),
        _ => false,
    };
    if is_whole && model.enclosing_function(literal).is_none() {
        return Some(repairs::required(model, literal, &upper_snake(&name)));
    }
    // Of a header, the scheme would move with it; a password to try first is somebody's choice.
    let is_nameless = credential.worth == Worth::KnownDefault || name.eq_ignore_ascii_case("authorization");
    let around = ast.parent_expr(literal.id).map(|parent| ast[parent].kind);
    let is_passed = match around {
        Some(ExprKind::Call { arguments, .. }) => ast[arguments]
            .iter()
            .any(|argument| argument.value == literal.id && matches!(argument.kind, ArgumentKind::Keyword(_))),
        // A comparison would still tell it by the time that it takes.
        Some(_) => false,
        None => is_whole,
    };
    let variable = match credential.kind {
        CredentialKind::TokenOf(service) => format!("{} {name}", service.replace(['-', '.', '/'], " ")),
        _ => name,
    };
    let variable = upper_snake(&variable.replace(' ', "_"));
    let is_word = variable.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    (is_passed && is_word && !is_nameless).then(|| repairs::passed(model, literal, &variable))
}

/// Two credentials under one name need two variables, and nobody but the author knows their names.
fn keep_one_variable_each(model: &Model<'_>, out: &mut [Credential]) {
    let variable = |credential: &Credential| match &credential.repair {
        Some(Repair::Read(read)) => read.variable.clone(),
        _ => None,
    };
    let known: Vec<(Option<String>, String)> = out
        .iter()
        .map(|credential| (variable(credential), model.text(credential.span).to_owned()))
        .collect();
    for (index, credential) in out.iter_mut().enumerate() {
        let (own, text) = &known[index];
        let is_shared = own.is_some() && known.iter().any(|(other, held)| other == own && held != text);
        if is_shared && matches!(&credential.repair, Some(Repair::Read(read)) if read.is_in_function) {
            credential.repair = None;
        }
    }
}

/// `apiKey` as the name of a variable: `API_KEY`.
fn upper_snake(name: &str) -> String {
    crate::secrets::names::words(name).join("_").to_uppercase()
}
