//! Secrets that sign and verify tokens, by the place where each is written or read.
//!
//! One literal that an encode and a decode share is one secret with two uses. What is refused at start-up, by a
//! validator of its settings class or by the code that uses it, is in order and no secret here; neither is a value
//! that only tests use, unless it stands in them.

mod conditions;
pub(crate) mod declarations;
mod generated;
mod guards;
pub(crate) mod names;
pub(crate) mod repairs;
pub(crate) mod surroundings;

use semantic::{BindingKind, ClassRef, ExprRef, FunctionRef, Model, ValueKind, Values};
use syntax::ast::*;
use text::{FileId, Span};

use crate::environment::is_reader;
use crate::keys::{self, Key, KeySource};
use crate::libraries::{SecretArgument, TOKEN_SERVICES};
use crate::source::{call_syntax, expr_at};
use crate::tokens::Tokens;
use conditions::Subject;
pub use repairs::{Read, Repair};
pub use surroundings::Circumstance;

/// A secret that is written in the code, or may be missing.
#[derive(Debug, Clone)]
pub struct Secret {
    /// The literal, or the read of the environment.
    pub origin: Span,
    /// The constant, attribute or field that it is bound to there.
    pub name: Option<String>,
    pub kind: SecretKind,
    /// How long it is, where that is known.
    pub bytes: Option<u32>,
    /// Calls that are given it, in order; empty where it is known by its name alone.
    pub uses: Vec<SecretUse>,
    /// From the origin to the first use.
    pub steps: Vec<(Span, String)>,
    pub circumstance: Circumstance,
    pub evidence: Evidence,
    /// What an edit would do to keep the secret out of the code.
    pub repair: Option<Repair>,
}

/// Why a value is taken for a secret that signs tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// It is given to a call that signs or verifies.
    Use,
    /// Nothing else bears its name.
    Name,
    /// The code sets the environment variable of such a name.
    Variable,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretKind {
    /// Written in the code.
    Written { form: LiteralForm },
    /// Written in the code, and used when something else is not set.
    Fallback {
        /// The environment variable, where its name is constant.
        variable: Option<String>,
        /// Where the variable is read.
        read: Span,
        form: LiteralForm,
    },
    /// `None` when a variable is not set.
    Missing { variable: Option<String> },
    /// Made anew by each process.
    Generated {
        function: String,
        is_predictable: bool,
        /// The variable that goes before it, where its name is constant, and where it is read.
        variable: Option<String>,
        read: Option<Span>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LiteralForm {
    Text,
    Empty,
    /// A private key in PEM form.
    PrivateKey,
    /// The text `None`, made of an unset variable by `str()` or an f-string.
    None,
}

/// A call, or an attribute that a library reads, that a secret is given to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretUse {
    pub span: Span,
    /// What is called or set: `jwt.encode`.
    pub callee: String,
    pub purpose: Purpose,
    /// As people call it.
    pub library: &'static str,
    /// Whether the library takes an empty key.
    pub accepts_empty_key: bool,
    function: Option<FunctionRef>,
    call: Option<ExprRef>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    Signs,
    Verifies,
    /// Signs and verifies, as far as the library does both.
    Configures,
}

/// Uses that are shown with a finding.
const SHOWN_USES: usize = 6;

impl Secret {
    /// The calls that use it, each with a word for a reader.
    pub fn use_notes(&self) -> impl Iterator<Item = (Span, String)> {
        self.uses.iter().take(SHOWN_USES).map(|given| {
            let does = match given.purpose {
                Purpose::Signs => "signs tokens with it",
                Purpose::Verifies => "verifies tokens with it",
                Purpose::Configures => "is given it",
            };
            (given.span, format!("`{}` {does}", given.callee))
        })
    }
}

impl crate::Facts<'_> {
    /// Whether a module-level name of a file holds the environment variable of that name.
    pub fn holds_variable(&self, file: FileId, variable: &str) -> bool {
        let values = self.model.global(file, variable).unwrap_or_default();
        let is_read = |value: &semantic::Value| {
            crate::environment::environment_read(&self.model, value)
                .is_some_and(|read| read.variable.as_deref() == Some(variable))
        };
        !values.is_empty() && values.iter().all(is_read)
    }

    /// Whether a module-level name of a file is bound.
    pub fn is_bound(&self, file: FileId, name: &str) -> bool {
        self.model.global(file, name).is_some()
    }
}

/// Every secret of a project that is not in order.
pub(crate) fn find(model: &Model<'_>, tokens: &Tokens) -> Vec<Secret> {
    let mut collection = Collection {
        model,
        secrets: Vec::new(),
        seen: Vec::new(),
    };
    for encode in &tokens.encodes {
        // `none` signs with nothing.
        let ignores_key = encode
            .algorithm
            .always(|algorithm| algorithm.name.eq_ignore_ascii_case("none"));
        if let Some(key) = encode.key.as_ref().filter(|_| !ignores_key) {
            let given = SecretUse {
                span: encode.call.span,
                callee: model.text(encode.call.callee).to_owned(),
                purpose: Purpose::Signs,
                library: encode.library.name,
                accepts_empty_key: encode.library.accepts_empty_key,
                function: encode.call.function.as_ref().map(|function| function.id),
                call: expr_at(model, encode.call.span),
            };
            collection.add(&given, key);
        }
    }
    for decode in &tokens.decodes {
        // A decode that never verifies does not use its key.
        let ignores_key = decode.flag("verify_signature").always(|verifies| !verifies)
            || decode.legacy_verify.always(|verifies| !verifies);
        if let Some(key) = decode.key.as_ref().filter(|_| !ignores_key) {
            let given = SecretUse {
                span: decode.call.span,
                callee: model.text(decode.call.callee).to_owned(),
                purpose: Purpose::Verifies,
                library: decode.library.name,
                accepts_empty_key: decode.library.accepts_empty_key,
                function: decode.call.function.as_ref().map(|function| function.id),
                call: expr_at(model, decode.call.span),
            };
            collection.add(&given, key);
        }
    }
    collection.services();
    collection.named();
    collection.finish()
}

struct Collection<'m, 'a> {
    model: &'m Model<'a>,
    secrets: Vec<Secret>,
    /// Where the keys of all uses come from.
    seen: Vec<Span>,
}

/// A value that may be a secret, as it is come across.
struct Found {
    origin: Span,
    kind: SecretKind,
    bytes: Option<u32>,
    steps: Vec<(Span, String)>,
    name: Option<String>,
}

impl<'a> Collection<'_, 'a> {
    /// Adds the secrets among the sources of a key.
    fn add(&mut self, given: &SecretUse, key: &Key) {
        for (source, names) in key.sources.iter().zip(&key.names) {
            self.seen.push(source.origin);
            if let Some(kind) = kind_of(&source.value) {
                let found = Found {
                    origin: source.origin,
                    kind,
                    bytes: bytes_of(&source.value),
                    steps: source.steps.clone(),
                    name: names.first().cloned(),
                };
                self.push(found, Ok(given.clone()));
            }
        }
    }

    /// Adds a secret with a use, or with the evidence that stands for one.
    fn push(&mut self, found: Found, given: Result<SecretUse, Evidence>) {
        let Found {
            origin,
            kind,
            bytes,
            steps,
            name,
        } = found;
        let is_missing = |kind: &SecretKind| matches!(kind, SecretKind::Missing { .. });
        let variable = |kind: &SecretKind| match kind {
            SecretKind::Missing { variable } => variable.clone(),
            _ => None,
        };
        let known = self.secrets.iter_mut().find(|secret| {
            secret.origin == origin
                && is_missing(&secret.kind) == is_missing(&kind)
                && variable(&secret.kind) == variable(&kind)
        });
        let secret = match known {
            Some(secret) => {
                if matches!(kind, SecretKind::Fallback { .. }) {
                    secret.kind = kind;
                }
                secret
            }
            None => {
                self.secrets.push(Secret {
                    origin,
                    name,
                    kind,
                    bytes,
                    uses: Vec::new(),
                    steps,
                    circumstance: Circumstance::Always,
                    evidence: given.as_ref().err().copied().unwrap_or(Evidence::Use),
                    repair: None,
                });
                let last = self.secrets.len() - 1;
                &mut self.secrets[last]
            }
        };
        if let Ok(given) = given
            // A call with several ways to its key comes once for each, one after the other.
            && secret.uses.last() != Some(&given)
        {
            secret.uses.push(given);
        }
    }

    /// What libraries that issue and verify tokens by themselves are given.
    fn services(&mut self) {
        let model = self.model;
        for file in model.file_ids() {
            for service in TOKEN_SERVICES {
                for call in taking_calls(model, file, service.secrets) {
                    let Some((argument, values)) = taken(model, call, service.secrets) else {
                        continue;
                    };
                    let Some(syntax) = call_syntax(model, call) else {
                        continue;
                    };
                    let given = SecretUse {
                        span: argument,
                        callee: model.text(syntax.callee).to_owned(),
                        purpose: Purpose::Configures,
                        library: service.name,
                        accepts_empty_key: false,
                        function: syntax.function.map(|function| function.id),
                        call: Some(call),
                    };
                    self.add(&given, &keys::of_values(model, given.span, &values));
                }
                for attribute in service.attributes {
                    self.attribute(file, attribute, service.name);
                }
            }
        }
    }

    /// `authjwt_secret_key` of a class in a file.
    fn attribute(&mut self, file: FileId, attribute: &str, library: &'static str) {
        let model = self.model;
        self.pairs(file, attribute, library);
        let ast = model.ast(file);
        if ast.name(attribute).is_none() {
            return;
        }
        for (id, _) in ast.classes() {
            let class = ClassRef { file, id };
            let Some(binding) = model.class_binding(class, attribute) else {
                continue;
            };
            let BindingKind::Value(_) = binding.kind else { continue };
            let given = SecretUse {
                span: Span::new(file, binding.range),
                callee: attribute.to_owned(),
                purpose: Purpose::Configures,
                library,
                accepts_empty_key: false,
                function: None,
                call: None,
            };
            let values = declarations::class_value(model, class, attribute);
            self.add(&given, &keys::of_values(model, given.span, &values));
        }
    }

    /// `("authjwt_secret_key", "…")` in the list that configures a library.
    fn pairs(&mut self, file: FileId, attribute: &str, library: &'static str) {
        let model = self.model;
        let source = model.file(file).source();
        // A cheap test first: most files do not name it.
        if !source.text().contains(attribute) {
            return;
        }
        let ast = source.ast();
        for (_, expr) in ast.exprs() {
            let ExprKind::Tuple(items) = expr.kind else { continue };
            let [key, value] = ast[items] else { continue };
            if ast.string(source.text(), key).as_deref() != Some(attribute) {
                continue;
            }
            let given = SecretUse {
                span: Span::new(file, expr.range),
                callee: attribute.to_owned(),
                purpose: Purpose::Configures,
                library,
                accepts_empty_key: false,
                function: None,
                call: None,
            };
            let values = model.eval(ExprRef { file, id: value });
            self.add(&given, &keys::of_values(model, given.span, &values));
        }
    }

    /// Secrets that are told by their name because nothing that uses them is there.
    fn named(&mut self) {
        let model = self.model;
        let mut others: Option<Vec<Span>> = None;
        for file in model.file_ids() {
            if surroundings::is_sample(model, file) {
                continue;
            }
            for named in declarations::named_values(model, file) {
                for source in keys::sources(model, &named.values) {
                    let KeySource::Literal { text, fallback_for } = &source.value else {
                        continue;
                    };
                    let is_seen = |span: Span| self.seen.contains(&span);
                    let is_known =
                        is_seen(source.origin) || fallback_for.as_ref().is_some_and(|read| is_seen(read.origin));
                    if is_known || declarations::is_no_secret(&named.name, text) {
                        continue;
                    }
                    let others = others.get_or_insert_with(|| declarations::other_secrets(model));
                    if others.contains(&source.origin) {
                        continue;
                    }
                    if let Some(kind) = kind_of(&source.value) {
                        // An empty constant is a declaration; an empty default is what counts.
                        let is_declaration = kind
                            == SecretKind::Written {
                                form: LiteralForm::Empty,
                            };
                        if !is_declaration {
                            let found = Found {
                                origin: source.origin,
                                kind,
                                bytes: bytes_of(&source.value),
                                steps: source.steps,
                                name: Some(named.name.clone()),
                            };
                            self.push(found, Err(named.evidence));
                        }
                    }
                }
            }
        }
    }

    fn finish(self) -> Vec<Secret> {
        let model = self.model;
        let mut out: Vec<Secret> = self
            .secrets
            .into_iter()
            .filter_map(|secret| in_question(model, secret))
            .collect();
        text::sort_by_number(&mut out, |secret| secret.origin.number());
        out
    }
}

/// Completes what is known of a secret; `None` when it turns out to be in order.
fn in_question(model: &Model<'_>, mut secret: Secret) -> Option<Secret> {
    let expr = expr_at(model, secret.origin);
    secret.name = name(model, &secret, expr);
    if is_placeholder(model, &secret, expr) {
        return None;
    }
    let in_test = surroundings::is_sample(model, secret.origin.file);
    if !in_test {
        // What tests do with a secret of the application says nothing about it.
        let had_uses = !secret.uses.is_empty();
        secret
            .uses
            .retain(|given| !surroundings::is_sample(model, given.span.file));
        if had_uses && secret.uses.is_empty() {
            let named = secret.name.as_deref().is_some_and(names::is_secret_name);
            if !named || matches!(secret.kind, SecretKind::Missing { .. }) {
                return None;
            }
        }
    }
    let is_literal = !matches!(secret.kind, SecretKind::Missing { .. });
    if is_literal && let Some(expr) = expr {
        secret.circumstance = surroundings::circumstance(model, expr);
        // A fallback for tests alone is right; a secret in a test's code is worth a word.
        if secret.circumstance == Circumstance::Test && (!in_test || secret.uses.is_empty()) {
            return None;
        }
    }
    if in_test {
        secret.circumstance = Circumstance::Test;
        // That tests run without the variable is their business.
        if !matches!(secret.kind, SecretKind::Written { .. }) {
            return None;
        }
    } else if !stands(model, &mut secret, expr) {
        return None;
    }
    text::sort_by_number(&mut secret.uses, |given| given.span.number());
    secret.repair = repairs::repair(model, &secret, expr);
    Some(secret)
}

/// Whether start-up refuses a value that something has by default.
pub(crate) fn is_refused_at_start(model: &Model<'_>, literal: ExprRef, name: &str, text: &str) -> bool {
    let names = [name.to_owned()];
    let variable = name.to_uppercase();
    let field = field_of_default(model, literal);
    let origins: Vec<Span> = field.into_iter().chain([model.span(literal)]).collect();
    let subject = Subject {
        origins: &origins,
        names: &names,
        variable: Some(&variable),
        text: Some(text),
        parameter: None,
        field: None,
    };
    let field = field.and_then(|field| guards::class_of_field(model, field));
    if let Some((class, field)) = field
        && guards::class_refuses(model, class, &field, &subject)
    {
        return true;
    }
    let refusals = guards::refusals(model, &subject);
    refusals.at_start
        || refusals
            .functions
            .into_iter()
            .any(|function| guards::is_run(model, function))
}

/// The name of the field that a literal is the default of.
fn field_of_default(model: &Model<'_>, literal: ExprRef) -> Option<Span> {
    let file = model.file(literal.file);
    let ast = file.ast();
    let stmt = ast.stmt_of(literal.id);
    let StmtKind::Class(class) = ast[ast.parent_stmt(stmt)?].kind else {
        return None;
    };
    let index = file.index();
    let binding = index
        .bindings_in(index.class_scope(class))
        .iter()
        .find(|binding| binding.stmt == stmt)?;
    Some(Span::new(literal.file, binding.range))
}

/// Takes away the uses in front of which the secret is refused; `false` when none is left or start-up refuses it.
fn stands(model: &Model<'_>, secret: &mut Secret, expr: Option<ExprRef>) -> bool {
    let (variable, read) = match &secret.kind {
        SecretKind::Written { .. } => return true,
        SecretKind::Generated { .. } => return expr.is_none_or(|expr| !generated::is_kept(model, expr)),
        SecretKind::Fallback { variable, read, .. } => (variable.clone(), Some(*read)),
        SecretKind::Missing { variable } => (variable.clone(), None),
    };
    let text = match &secret.kind {
        SecretKind::Fallback {
            form: LiteralForm::None,
            ..
        } => Some("None".to_owned()),
        SecretKind::Missing { .. } => None,
        _ => expr.and_then(|expr| {
            let values = model.eval(expr);
            values.first().and_then(|value| value.as_str().map(str::to_owned))
        }),
    };
    let origins: Vec<Span> = std::iter::once(secret.origin).chain(read).collect();
    let names = names_of(model, secret, read);
    let subject = Subject {
        origins: &origins,
        names: &names,
        variable: variable.as_deref(),
        text: text.as_deref(),
        parameter: None,
        field: None,
    };
    let field = read
        .into_iter()
        .chain([secret.origin])
        .find_map(|origin| guards::class_of_field(model, origin));
    if let Some((class, field)) = &field
        && guards::class_refuses(model, *class, field, &subject)
    {
        return false;
    }
    let refusals = guards::refusals(model, &subject);
    if refusals.at_start {
        return false;
    }
    let uses_it = |function: FunctionRef| secret.uses.iter().any(|given| given.function == Some(function));
    let (local, start): (Vec<FunctionRef>, Vec<FunctionRef>) = refusals
        .functions
        .iter()
        .copied()
        .partition(|&function| uses_it(function));
    if start.into_iter().any(|function| guards::is_run(model, function)) {
        return false;
    }
    let had_uses = !secret.uses.is_empty();
    secret.uses.retain(|given| {
        let is_refused = given.function.is_some_and(|function| local.contains(&function));
        let is_checked = || given.call.is_some_and(|call| is_behind_check(model, call, &subject));
        !is_refused && (text.is_some() || !is_checked())
    });
    !had_uses || !secret.uses.is_empty()
}

/// Whether a call is reached only when the secret is set: `if SECRET:` around it, `if not SECRET: return` before it.
fn is_behind_check(model: &Model<'_>, call: ExprRef, subject: &Subject<'_>) -> bool {
    let ast = model.ast(call.file);
    let at = |id: ExprId| ExprRef { file: call.file, id };
    let place = ast[call.id].range;
    let mut expr = call.id;
    while let Some(parent) = ast.parent_expr(expr) {
        if let ExprKind::Conditional { test, then, .. } = ast[parent].kind
            && then == expr
            && subject.truth(model, at(test)) == conditions::Truth::False
        {
            return true;
        }
        expr = parent;
    }
    let stmt = ast.stmt_of(call.id);
    let around = ast.ancestors(stmt).any(|ancestor| match ast[ancestor].kind {
        StmtKind::If { branches, .. } => ast[branches].iter().any(|branch| {
            let is_inside = ast
                .block_range(branch.body)
                .is_some_and(|body| body.contains_range(place));
            is_inside && subject.truth(model, at(branch.test)) == conditions::Truth::False
        }),
        _ => false,
    });
    let body = match ast.enclosing_function(stmt) {
        Some(function) => ast[function].body,
        None => return around,
    };
    around
        || ast
            .stmts_within(body)
            .into_iter()
            .any(|earlier| match ast[earlier].kind {
                StmtKind::If { branches, .. } if ast[earlier].range.end() <= place.start() => {
                    ast[branches].iter().any(|branch| {
                        let leaves = ast[branch.body].last().is_some_and(|&last| {
                            matches!(
                                ast[last].kind,
                                StmtKind::Return(_) | StmtKind::Raise { .. } | StmtKind::Continue
                            )
                        });
                        leaves && subject.truth(model, at(branch.test)) == conditions::Truth::True
                    })
                }
                _ => false,
            })
}

fn bytes_of(source: &KeySource) -> Option<u32> {
    match source {
        KeySource::Literal { text, .. } => u32::try_from(text.len()).ok(),
        KeySource::Generated(generated) => generated.bytes,
        _ => None,
    }
}

fn kind_of(source: &KeySource) -> Option<SecretKind> {
    match source {
        KeySource::Generated(generated) => {
            let preferred = generated.fallback_for.clone();
            let (variable, read) = match preferred {
                Some(preferred) => (preferred.variable, Some(preferred.origin)),
                None => (None, None),
            };
            Some(SecretKind::Generated {
                function: generated.function.clone(),
                is_predictable: generated.is_predictable,
                variable,
                read,
            })
        }
        // A place in a template of a project.
        KeySource::Literal { text, .. } if text.contains("{{") && text.contains("}}") => None,
        KeySource::Literal { text, fallback_for } => {
            let form = if fallback_for.as_ref().is_some_and(|preferred| preferred.as_text) {
                LiteralForm::None
            } else if text.is_empty() {
                LiteralForm::Empty
            } else if text.contains("PRIVATE KEY-----") {
                LiteralForm::PrivateKey
            } else {
                LiteralForm::Text
            };
            Some(match fallback_for {
                Some(preferred) => SecretKind::Fallback {
                    variable: preferred.variable.clone(),
                    read: preferred.origin,
                    form,
                },
                None => SecretKind::Written { form },
            })
        }
        KeySource::Environment {
            variable,
            may_be_missing: true,
            ..
        } => Some(SecretKind::Missing {
            variable: variable.clone(),
        }),
        _ => None,
    }
}

/// The calls in a file that may take a secret: by name, by alias, and of subclasses.
fn taking_calls(model: &Model<'_>, file: FileId, takers: &[SecretArgument]) -> Vec<ExprRef> {
    let mut names: Vec<&str> = takers
        .iter()
        .filter_map(|taker| taker.path.rsplit('.').next())
        .collect();
    text::sort(&mut names);
    names.dedup();
    let ast = model.ast(file);
    if !names.iter().any(|name| ast.name(name).is_some()) {
        return Vec::new();
    }
    let source = model.file(file).source();
    let subclasses: Vec<&str> = ast
        .classes()
        .filter(|(id, _)| {
            let class = ClassRef { file, id: *id };
            model.descends_from(class, |path| takers.iter().any(|taker| taker.path == path))
        })
        .map(|(_, class)| source.name(class.name))
        .collect();
    names.extend(subclasses);
    model.calls_named(file, names).collect()
}

/// The argument and its values that a call passes as secret.
fn taken(model: &Model<'_>, call: ExprRef, takers: &[SecretArgument]) -> Option<(Span, Values)> {
    let is_called = |path: &str| {
        model.callee(call).into_iter().any(|callee| match callee.kind {
            ValueKind::External(found) => *found == *path,
            ValueKind::Class(class) => model.descends_from(class, |base| base == path),
            _ => false,
        })
    };
    takers.iter().find_map(|taker| {
        let arguments = model.arguments(call, None);
        let argument = arguments.get(taker.argument.position, taker.argument.keywords)?;
        is_called(taker.path).then(|| (argument.span, argument.values.clone()))
    })
}

/// What a reader would call a secret: the field, constant or attribute that holds it.
fn name(model: &Model<'_>, secret: &Secret, expr: Option<ExprRef>) -> Option<String> {
    let field = |origin: Span| guards::class_of_field(model, origin).map(|(_, field)| field);
    let read = match &secret.kind {
        SecretKind::Fallback { read, .. } => {
            field(*read).or_else(|| expr_at(model, *read).and_then(|read| name_around(model, read)))
        }
        SecretKind::Generated { read: Some(read), .. } => field(*read),
        SecretKind::Missing { .. } => field(secret.origin),
        SecretKind::Written { .. } | SecretKind::Generated { .. } => None,
    };
    read.or_else(|| expr.and_then(|expr| name_around(model, expr)))
        .or_else(|| secret.name.clone())
}

/// Whether an empty text only declares an attribute that the code fills later.
fn is_placeholder(model: &Model<'_>, secret: &Secret, expr: Option<ExprRef>) -> bool {
    let is_empty = secret.kind
        == SecretKind::Written {
            form: LiteralForm::Empty,
        };
    let Some(expr) = expr.filter(|_| is_empty) else {
        return false;
    };
    let ast = model.ast(expr.file);
    let stmt = ast.stmt_of(expr.id);
    let is_binding = matches!(
        ast[stmt].kind,
        StmtKind::Assign { .. } | StmtKind::AnnotatedAssign { .. }
    );
    is_binding && ast.parent_stmt(stmt).is_some()
}

/// The name that a value is bound to where it is written.
fn name_around(model: &Model<'_>, expr: ExprRef) -> Option<String> {
    let source = model.file(expr.file).source();
    let ast = source.ast();
    // Behind calls and operators: a key of a dictionary, or the statement.
    let mut at = expr.id;
    while let Some(parent) = ast.parent_expr(at) {
        match ast[parent].kind {
            ExprKind::Dict(items) => {
                let key = ast[items].iter().find_map(|item| match *item {
                    DictItem::Pair { key, value } if value == at => Some(key),
                    _ => None,
                })?;
                return ast.string(source.text(), key).map(|key| key.into_owned());
            }
            ExprKind::Call { function, arguments } if function != at => {
                // `Settings(secret_key="…")`; what a call gives may be something else.
                let keyword = ast[arguments].iter().find_map(|argument| match argument.kind {
                    ArgumentKind::Keyword(name) if argument.value == at => Some(source.name(name)),
                    _ => None,
                });
                if let Some(name) = keyword.filter(|name| names::is_secret_name(name)) {
                    return Some(name.to_owned());
                }
                let call = ExprRef {
                    file: expr.file,
                    id: parent,
                };
                let passes_on = model.callee(call).iter().any(|callee| match &callee.kind {
                    ValueKind::External(path) => {
                        keys::is_wrapper(path) || is_reader(path) || path.starts_with("builtins.")
                    }
                    // `config("X", default="…")` of `config = Config()`
                    ValueKind::Call { path, .. } => is_reader(&format!("{path}()")),
                    _ => false,
                });
                let is_mapping = matches!(ast[function].kind, ExprKind::Attribute { name, .. }
                    if matches!(source.name(name), "get" | "join"));
                if !passes_on && !is_mapping {
                    return None;
                }
            }
            ExprKind::Lambda { .. } | ExprKind::Compare { .. } => return None,
            _ => {}
        }
        at = parent;
    }
    let target = |target: ExprId| match ast[target].kind {
        ExprKind::Name(name) | ExprKind::Attribute { name, .. } => Some(source.imported_name(name).to_owned()),
        ExprKind::Subscript { index, .. } => ast.string(source.text(), index).map(|key| key.into_owned()),
        _ => None,
    };
    match ast[ast.stmt_of(expr.id)].kind {
        StmtKind::Assign { targets, .. } => ast[targets].first().and_then(|&first| target(first)),
        StmtKind::AnnotatedAssign { target: to, .. } => target(to),
        StmtKind::Function(function) => ast[ast[function].parameters].iter().find_map(|parameter| {
            let default = parameter.default?;
            let holds = ast[default].range.contains_range(ast[expr.id].range);
            holds.then(|| source.name(parameter.name).to_owned())
        }),
        _ => None,
    }
}

/// Names under which a secret is known on its way, for the search of checks.
fn names_of(model: &Model<'_>, secret: &Secret, read: Option<Span>) -> Vec<String> {
    let mut out: Vec<String> = secret.name.iter().cloned().collect();
    // The words of a step quote one name.
    for (_, words) in &secret.steps {
        if let Some(name) = words.split('`').nth(1) {
            out.push(name.trim_end_matches("()").to_owned());
        }
    }
    if let Some(read) = read {
        if let Some((_, field)) = guards::class_of_field(model, read) {
            out.push(field);
        }
        if let Some(name) = expr_at(model, read).and_then(|expr| name_around(model, expr)) {
            out.push(name);
        }
    }
    text::sort(&mut out);
    out.dedup();
    out
}
