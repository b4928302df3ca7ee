//! Keys of tokens, and where they come from.

use std::rc::Rc;

use semantic::{BoundArgument, DictEntry, ExprRef, Frame, Model, Step, TextOrValue, Value, ValueKind, Values};
use syntax::ast::{BooleanOperator, ExprId, ExprKind, StringPart};
use text::Span;

use crate::environment::{EnvironmentRead, declared_default, environment_read, is_field_function};
use crate::libraries::random::{self, Generator, Size};
use crate::source::expr_at;
use crate::trace::Traced;

/// The key that a call signs or verifies with.
#[derive(Debug, Clone)]
pub struct Key {
    /// The argument at the call.
    pub span: Span,
    /// One for each way that leads there.
    pub sources: Vec<Traced<KeySource>>,
    /// For each source, the names that it was bound to on its way.
    pub(crate) names: Vec<Vec<String>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// Written in the code.
    Literal {
        text: String,
        /// What the code would rather use: it stands in when that is not set.
        fallback_for: Option<Preferred>,
    },
    Environment {
        variable: Option<String>,
        /// Start-up fails when the variable is not set.
        is_required: bool,
        /// Another value stands in when it is not set.
        has_default: bool,
        /// Nothing stands in for it when it is not set, and nothing fails: the key is `None`.
        may_be_missing: bool,
    },
    /// A PEM public key or certificate, which is no secret.
    PublicKey,
    /// Made anew when the process starts.
    Generated(Generated),
    /// Looked up in a key set by the token's `kid`.
    KeySet {
        path: String,
    },
    /// Read from a file.
    File,
    /// `None`
    None,
    Unknown,
}

/// A random value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generated {
    /// The function that makes it.
    pub function: String,
    /// How long it is, where that is known.
    pub bytes: Option<u32>,
    /// Made of what an attacker can compute: the module `random`, a UUID of the time.
    pub is_predictable: bool,
    /// What the code would rather use.
    pub fallback_for: Option<Preferred>,
}

/// What a literal stands in for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preferred {
    /// The environment variable, where its name is constant.
    pub variable: Option<String>,
    pub origin: Span,
    /// `None` of an unset variable became the text `None`: by `str()` or in an f-string.
    pub as_text: bool,
}

/// Calls whose result is their first argument in another form.
const WRAPPERS: &[&str] = &[
    "jwt.PyJWK",
    "jwt.PyJWK.from_dict",
    "jose.jwk.construct",
    "joserfc.jwk.OctKey.import_key",
    "joserfc.jwk.RSAKey.import_key",
    "joserfc.jwk.ECKey.import_key",
    "joserfc.jwk.JWKRegistry.import_key",
    "joserfc.jwk.import_key",
    "authlib.jose.JsonWebKey.import_key",
    "authlib.jose.OctKey.import_key",
    "authlib.jose.RSAKey.import_key",
    "authlib.jose.ECKey.import_key",
    "base64.b64decode",
    "base64.urlsafe_b64decode",
    "base64.b64encode",
    "base64.urlsafe_b64encode",
    "jwcrypto.common.base64url_encode",
    "authlib.common.encoding.urlsafe_b64encode",
    "base64.b32decode",
    "binascii.unhexlify",
    "binascii.a2b_hex",
    "builtins.bytes.fromhex",
    "builtins.bytearray",
    "builtins.memoryview",
    "hashlib.sha256",
    "hashlib.sha384",
    "hashlib.sha512",
    "hashlib.md5",
    "hashlib.sha1",
    "pydantic.SecretStr",
    "pydantic.SecretBytes",
    "starlette.datastructures.Secret",
    "cryptography.hazmat.primitives.serialization.load_pem_public_key",
    "cryptography.hazmat.primitives.serialization.load_pem_private_key",
];

/// Methods whose result is their object in another form.
const FORMS: &[&str] = &[
    "encode",
    "decode",
    "strip",
    "rstrip",
    "lstrip",
    "replace",
    "digest",
    "hexdigest",
    "get_secret_value",
    "lower",
    "upper",
    "ljust",
    "zfill",
];

/// Members of a JSON Web Key that are secret.
const SECRET_MEMBERS: &[&str] = &["k", "d"];

/// Reads of files: what a path ends in.
const FILE_READS: &[&str] = &[".read_text", ".read_bytes", "().read", ".readline", "builtins.open"];

pub fn key(model: &Model<'_>, argument: &BoundArgument) -> Key {
    of_values(model, argument.span, &argument.values)
}

/// Where the values of a key come from.
pub fn sources(model: &Model<'_>, values: &Values) -> Vec<Traced<KeySource>> {
    of_values(model, Span::new(text::FileId(0), Default::default()), values).sources
}

/// The key that some values are.
pub(crate) fn of_values(model: &Model<'_>, span: Span, values: &Values) -> Key {
    let mut expander = Expander {
        model,
        found: Vec::new(),
    };
    for value in values {
        expander.expand(value, &Way::default(), 0);
    }
    let mut found = expander.found;
    join_ways(model, &mut found);
    let (names, sources) = found.into_iter().map(|(way, source)| (way.names, source)).unzip();
    Key { span, sources, names }
}

/// Whether a call from outside gives its argument in another form.
pub(crate) fn is_wrapper(path: &str) -> bool {
    WRAPPERS.contains(&path) || is_field_function(path)
}

/// How a value came to the key.
#[derive(Debug, Clone, Default)]
struct Way {
    /// Calls that it was passed through.
    calls: Vec<Span>,
    /// Names that it was bound to.
    names: Vec<String>,
}

impl Way {
    /// The way of a value that came by `steps` from here.
    fn through(&self, steps: &[Step]) -> Way {
        let mut way = self.clone();
        for step in steps {
            match step {
                Step::Passed { at, .. } => way.calls.push(*at),
                Step::Bound { name, .. } | Step::Attribute { name, .. } => way.names.push(name.clone()),
                Step::Returned { .. } => {}
            }
        }
        way
    }

    /// Whether one value stands in for the other: not when different callers pass them, nor when they are constants
    /// of their own that meet in a list only.
    fn joins(&self, other: &Way) -> bool {
        let is_shared = |name: &String| other.names.contains(name);
        self.calls == other.calls
            && (self.names.is_empty() || other.names.is_empty() || self.names.iter().any(is_shared))
    }
}

/// Settles what stands in for what. A literal beside a read of the environment, however the two are joined, stands
/// in for it; so does any other value. Beside a value that is not followed it does behind `or`.
fn join_ways(model: &Model<'_>, found: &mut Vec<(Way, Traced<KeySource>)>) {
    for index in 0..found.len() {
        let (way, this) = (found[index].0.clone(), found[index].1.origin);
        let others = || {
            found
                .iter()
                .enumerate()
                .filter(|(other, (their_way, _))| *other != index && their_way.joins(&way))
                .map(|(_, (_, source))| source)
        };
        match &found[index].1.value {
            KeySource::Literal { fallback_for: None, .. } => {
                let preferred = others().find_map(|source| {
                    let (variable, stands_in) = match &source.value {
                        KeySource::Environment { variable, .. } => {
                            (variable.clone(), !are_items(model, this, source.origin))
                        }
                        KeySource::Unknown | KeySource::File | KeySource::KeySet { .. } => {
                            (None, is_behind_or(model, this))
                        }
                        _ => return None,
                    };
                    stands_in.then_some(Preferred {
                        variable,
                        origin: source.origin,
                        as_text: false,
                    })
                });
                if let KeySource::Literal { fallback_for, .. } = &mut found[index].1.value {
                    *fallback_for = preferred;
                }
            }
            KeySource::Generated(_) => {
                let preferred = others().find_map(|source| match &source.value {
                    KeySource::Environment { variable, .. } if !are_items(model, this, source.origin) => {
                        Some(Preferred {
                            variable: variable.clone(),
                            origin: source.origin,
                            as_text: false,
                        })
                    }
                    _ => None,
                });
                if let KeySource::Generated(generated) = &mut found[index].1.value {
                    generated.fallback_for = preferred;
                }
            }
            KeySource::Environment { is_required, .. } => {
                let may_be_empty = |source: &Traced<KeySource>| {
                    matches!(
                        source.value,
                        KeySource::None | KeySource::Environment { is_required: false, .. }
                    )
                };
                let stays_empty = others().all(may_be_empty);
                // `try: key = os.environ["X"]`, `except KeyError: key = None`
                let becomes_none = others().any(|source| source.value == KeySource::None);
                let is_missing = stays_empty && (!is_required || becomes_none);
                if let KeySource::Environment { may_be_missing, .. } = &mut found[index].1.value {
                    *may_be_missing = is_missing;
                }
            }
            _ => {}
        }
    }
    // An empty default is passed over where another value stands in for both: `settings.KEY or "dev"`.
    let others_stand_in = |way: &Way, variable: &Option<String>| {
        found.iter().any(|(their_way, source)| {
            let other = match &source.value {
                KeySource::Literal { text, fallback_for } if !text.is_empty() => fallback_for,
                KeySource::Generated(generated) => &generated.fallback_for,
                _ => return false,
            };
            their_way.joins(way) && other.as_ref().is_some_and(|other| other.variable == *variable)
        })
    };
    let is_passed_over: Vec<bool> = found
        .iter()
        .map(|(way, source)| {
            matches!(&source.value, KeySource::Literal { text, fallback_for: Some(preferred) }
                if text.is_empty() && others_stand_in(way, &preferred.variable))
        })
        .collect();
    let mut is_passed_over = is_passed_over.into_iter();
    found.retain(|_| !is_passed_over.next().unwrap_or(false));
}

/// Whether two places are different items of one dictionary or list.
fn are_items(model: &Model<'_>, a: Span, b: Span) -> bool {
    let (Some(first), Some(second)) = (expr_at(model, a), expr_at(model, b)) else {
        return false;
    };
    if first.file != second.file {
        return false;
    }
    let ast = model.ast(first.file);
    let other = ast[second.id].range;
    let mut at = first.id;
    while let Some(parent) = ast.parent_expr(at) {
        at = parent;
        if ast[at].range.contains_range(other) {
            return matches!(
                ast[at].kind,
                ExprKind::Dict(_) | ExprKind::List(_) | ExprKind::Tuple(_) | ExprKind::Set(_)
            );
        }
    }
    false
}

/// Whether a literal is the right side of `or`, as it stands or wrapped.
fn is_behind_or(model: &Model<'_>, literal: Span) -> bool {
    let Some(literal) = expr_at(model, literal) else {
        return false;
    };
    let ast = model.ast(literal.file);
    let mut at = literal.id;
    while let Some(parent) = ast.parent_expr(at) {
        match ast[parent].kind {
            ExprKind::Boolean {
                operator: BooleanOperator::Or,
                right,
                ..
            } if right == at => return true,
            ExprKind::Boolean { .. } | ExprKind::Conditional { .. } => {}
            _ => return false,
        }
        at = parent;
    }
    false
}

struct Expander<'m, 'a> {
    model: &'m Model<'a>,
    found: Vec<(Way, Traced<KeySource>)>,
}

impl Expander<'_, '_> {
    fn push(&mut self, way: &Way, source: KeySource, value: &Value) {
        self.found.push((way.clone(), Traced::new(source, value)));
    }

    /// Adds the sources of several values that `outer` is made of.
    fn inner(&mut self, values: &Values, outer: &Value, way: &Way, depth: usize) {
        let first = self.found.len();
        for value in values {
            self.expand(value, way, depth + 1);
        }
        for (_, source) in &mut self.found[first..] {
            source.steps.extend(crate::trace::steps(outer));
        }
    }

    fn expand(&mut self, value: &Value, way: &Way, depth: usize) {
        if depth > 8 {
            return self.push(way, KeySource::Unknown, value);
        }
        let model = self.model;
        let steps = value.steps();
        let way = way.through(&steps);
        if let Some(read) = environment_read(model, value) {
            let is_text = steps
                .iter()
                .any(|step| matches!(step, Step::Returned { function, .. } if function == "str"));
            return self.environment(read, is_text, value, &way, depth);
        }
        match &value.kind {
            ValueKind::Str(text) | ValueKind::Bytes(text) => match self.parts(value) {
                Some(parts) => self.inner(&parts, value, &way, depth),
                None => self.push(&way, literal(text), value),
            },
            ValueKind::Format(parts) => {
                let first = self.found.len();
                for part in parts.iter() {
                    if let TextOrValue::Value(_, values) = part {
                        self.inner(values, value, &way, depth);
                    }
                }
                self.unset_becomes_text(first);
                self.settle_generated(first, value);
            }
            ValueKind::None => self.push(&way, KeySource::None, value),
            // A JSON Web Key.
            ValueKind::Dict(entries) => {
                let secrets: Values = entries
                    .iter()
                    .filter_map(|entry| match entry {
                        DictEntry::Pair {
                            key: Some(key), value, ..
                        } if SECRET_MEMBERS.contains(&&**key) => Some(value.clone()),
                        _ => None,
                    })
                    .flatten()
                    .collect();
                match secrets.is_empty() {
                    true => self.push(&way, KeySource::Unknown, value),
                    false => self.inner(&secrets, value, &way, depth),
                }
            }
            ValueKind::Call {
                path,
                call: Some(call),
                frame,
            } => {
                if let Some(generator) = random::generator(path) {
                    let call = Some((*call, frame.as_ref()));
                    self.push(&way, self.generated(generator, path, call), value);
                } else if is_field_function(path) {
                    match declared_default(model, *call) {
                        Some(default) => self.inner(&default, value, &way, depth),
                        None => self.push(&way, KeySource::Unknown, value),
                    }
                } else if WRAPPERS.contains(&&**path) {
                    let arguments = model.arguments(*call, frame.as_ref());
                    match arguments.positional().first() {
                        Some(inner) => self.inner(&inner.values, value, &way, depth),
                        None => self.push(&way, KeySource::Unknown, value),
                    }
                } else if is_mapping_read(path)
                    && let Some((variable, default)) = self.mapping_read(*call, frame.as_ref())
                {
                    self.mapping(variable, default, value, &way, depth);
                } else if let Some(object) = form_of(path).and_then(|()| model.receiver(*call)) {
                    let values = model.eval_in(object, frame.as_ref());
                    self.inner(&values, value, &way, depth);
                } else {
                    self.push(&way, opaque(path), value);
                }
            }
            ValueKind::MethodCall {
                receiver,
                name,
                call,
                frame,
            } => {
                if &**name == "get"
                    && let Some((variable, default)) = self.mapping_read(*call, frame.as_ref())
                {
                    self.mapping(variable, default, value, &way, depth);
                } else if FORMS.contains(&&**name) {
                    self.inner(&vec![receiver.as_ref().clone()], value, &way, depth);
                } else {
                    self.push(&way, KeySource::Unknown, value);
                }
            }
            ValueKind::External(path) | ValueKind::Call { path, .. } => match random::generator(path) {
                Some(generator) => self.push(&way, self.generated(generator, path, None), value),
                None => self.push(&way, opaque(path), value),
            },
            // `"".join(random.choice(LETTERS) for _ in range(32))`
            ValueKind::Comprehension { .. } => {
                let elements = self.model.elements(value);
                match elements.is_empty() {
                    true => self.push(&way, KeySource::Unknown, value),
                    false => self.inner(&elements, value, &way, depth),
                }
            }
            // A field of a class from outside that is not a settings class: what it holds unless it is given.
            ValueKind::Field {
                default: Some(default), ..
            } => match declared_default(model, *default) {
                Some(default) => self.inner(&default, value, &way, depth),
                None => self.push(&way, KeySource::Unknown, value),
            },
            ValueKind::Item { base, .. } | ValueKind::Attribute { base, .. } => match &base.kind {
                ValueKind::External(path) | ValueKind::Call { path, .. } => self.push(&way, opaque(path), value),
                _ => self.push(&way, KeySource::Unknown, value),
            },
            _ => self.push(&way, KeySource::Unknown, value),
        }
    }

    /// What a generator makes. `call` is that of the path, which may be of a method of its result.
    fn generated(&self, generator: &Generator, path: &str, call: Option<(ExprRef, Option<&Rc<Frame>>)>) -> KeySource {
        // `secrets.token_bytes(32).hex()` has twice as many.
        let is_hex = path
            .strip_prefix(generator.path)
            .is_some_and(|rest| rest.ends_with(".hex"));
        let maker = match path == generator.path {
            true => call.map(|(call, _)| call),
            false => call.and_then(|(call, _)| self.model.receiver(call)),
        };
        let frame = call.and_then(|(_, frame)| frame);
        let bytes = match generator.size {
            Size::Fixed(bytes) => Some(bytes),
            Size::Unknown => None,
            Size::Argument {
                default,
                numerator,
                denominator,
            } => match maker.map(|maker| self.model.arguments(maker, frame)) {
                Some(arguments) => match arguments.get(Some(0), &["nbytes", "size"]) {
                    Some(given) => match given.values.as_slice() {
                        [value] => match value.kind {
                            ValueKind::Int(bytes) => u32::try_from(bytes).ok(),
                            ValueKind::None => default,
                            _ => None,
                        },
                        _ => None,
                    },
                    None => default,
                },
                None => default,
            }
            .map(|bytes| bytes.saturating_mul(numerator).div_ceil(denominator) * if is_hex { 2 } else { 1 }),
        };
        KeySource::Generated(Generated {
            function: generator.path.to_owned(),
            bytes,
            is_predictable: generator.is_predictable,
            fallback_for: None,
        })
    }

    /// A random part beside others makes no random key; a text that is made of nothing else is one.
    fn settle_generated(&mut self, first: usize, whole: &Value) {
        let is_random = |(_, source): &(Way, Traced<KeySource>)| matches!(source.value, KeySource::Generated(_));
        let all = self.found[first..].iter().all(is_random);
        if all {
            for (_, source) in &mut self.found[first..] {
                source.origin = whole.origin;
            }
        } else {
            let mut index = 0;
            self.found.retain(|found| {
                index += 1;
                index <= first || !is_random(found)
            });
        }
    }

    fn environment(&mut self, read: EnvironmentRead, is_text: bool, value: &Value, way: &Way, depth: usize) {
        let preferred = Preferred {
            variable: read.variable.clone(),
            origin: value.origin,
            as_text: false,
        };
        let environment = KeySource::Environment {
            variable: read.variable,
            is_required: read.is_required,
            has_default: !read.default.is_empty(),
            may_be_missing: false,
        };
        let first = self.found.len();
        self.push(way, environment, value);
        self.inner(&read.default, value, way, depth);
        for (_, source) in &mut self.found[first..] {
            if let KeySource::Literal { fallback_for, .. } = &mut source.value
                && fallback_for.is_none()
            {
                *fallback_for = Some(preferred.clone());
            }
        }
        if is_text {
            self.unset_becomes_text(first);
        }
    }

    /// `config.get("SECRET", "dev")` of a mapping that is not followed.
    fn mapping(&mut self, variable: Option<String>, default: Values, value: &Value, way: &Way, depth: usize) {
        let preferred = Preferred {
            variable,
            origin: value.origin,
            as_text: false,
        };
        let first = self.found.len();
        self.push(way, KeySource::Unknown, value);
        self.inner(&default, value, way, depth);
        for (_, source) in &mut self.found[first..] {
            if let KeySource::Literal { fallback_for, .. } = &mut source.value
                && fallback_for.is_none()
            {
                *fallback_for = Some(preferred.clone());
            }
        }
    }

    /// Key and default of `mapping.get(key, default)`.
    fn mapping_read(&self, call: ExprRef, frame: Option<&Rc<Frame>>) -> Option<(Option<String>, Values)> {
        let arguments = self.model.arguments(call, frame);
        let key = arguments.get(Some(0), &["key"])?;
        let default = arguments.get(Some(1), &["default"])?;
        let key = key.values.first().and_then(|key| key.as_str().map(str::to_owned));
        Some((key, default.values.clone()))
    }

    /// What is read of the environment from `first` on was made a text, `None` too.
    fn unset_becomes_text(&mut self, first: usize) {
        let unset: Vec<(Way, Traced<KeySource>)> = self.found[first..]
            .iter()
            .filter_map(|(way, source)| match &source.value {
                KeySource::Environment {
                    variable,
                    is_required: false,
                    has_default: false,
                    ..
                } => {
                    let text = KeySource::Literal {
                        text: "None".to_owned(),
                        fallback_for: Some(Preferred {
                            variable: variable.clone(),
                            origin: source.origin,
                            as_text: true,
                        }),
                    };
                    Some((way.clone(), source.clone().map(|_| text)))
                }
                _ => None,
            })
            .collect();
        // With a value that stands in, nothing is unset any more.
        let is_certain = |way: &Way| {
            !self.found[first..].iter().any(|(their_way, source)| {
                their_way.joins(way)
                    && !matches!(
                        source.value,
                        KeySource::Environment { is_required: false, .. } | KeySource::None
                    )
            })
        };
        let unset: Vec<_> = unset.into_iter().filter(|(way, _)| is_certain(way)).collect();
        self.found.extend(unset);
    }

    /// The constants that a text is put together from: the place to look at is theirs.
    fn parts(&self, value: &Value) -> Option<Values> {
        let expr = expr_at(self.model, value.origin)?;
        let ast = self.model.ast(expr.file);
        let inner: Vec<ExprId> = match ast[expr.id].kind {
            ExprKind::String { parts, .. } => ast[parts]
                .iter()
                .filter_map(|part| match *part {
                    StringPart::Interpolation(inner) => Some(inner),
                    StringPart::Text { .. } => None,
                })
                .collect(),
            ExprKind::Binary { left, right, .. } => vec![left, right],
            _ => Vec::new(),
        };
        let whole = value.as_str()?;
        let is_part = |part: &Value| {
            part.as_str()
                .is_some_and(|text| !text.is_empty() && whole.contains(text))
        };
        // The longest is the secret, the others its prefix or suffix; where it is short, the secret stands in the text.
        let longest = inner
            .into_iter()
            .flat_map(|id| self.model.eval(ExprRef { file: expr.file, id }))
            .filter(|part| part.origin != value.origin && is_part(part))
            .max_by_key(|part| part.as_str().map(str::len))
            .filter(|longest| longest.as_str().is_some_and(|text| text.len() * 2 >= whole.len()))?;
        Some(vec![longest])
    }
}

/// A method that gives its object in another form: `os.getenv().strip`.
fn form_of(path: &str) -> Option<()> {
    let (_, method) = path.rsplit_once("().")?;
    FORMS.contains(&method).then_some(())
}

/// `x.get` of something from outside that is no client of a store.
fn is_mapping_read(path: &str) -> bool {
    path.ends_with(".get")
}

fn literal(text: &str) -> KeySource {
    let is_public = [
        "-----BEGIN PUBLIC KEY",
        "-----BEGIN RSA PUBLIC KEY",
        "-----BEGIN EC PUBLIC KEY",
        "-----BEGIN CERTIFICATE",
        "ssh-rsa ",
        "ssh-ed25519 ",
    ]
    .iter()
    .any(|header| text.contains(header));
    match is_public {
        true => KeySource::PublicKey,
        false => KeySource::Literal {
            text: text.to_owned(),
            fallback_for: None,
        },
    }
}

fn opaque(path: &str) -> KeySource {
    let lower = path.to_lowercase();
    if FILE_READS
        .iter()
        .any(|read| path.ends_with(read) || path.contains("builtins.open()"))
    {
        KeySource::File
    } else if ["jwk", "jwks", "signing_key", "keyset"]
        .iter()
        .any(|word| lower.contains(word))
    {
        KeySource::KeySet { path: path.to_owned() }
    } else {
        KeySource::Unknown
    }
}
