//! Keys of tokens, and where they come from.

use semantic::{BoundArgument, Model, Value, ValueKind, Values};
use text::Span;

use crate::environment::environment_read;
use crate::trace::Traced;

/// The key that a call signs or verifies with.
#[derive(Debug, Clone)]
pub struct Key {
    /// The argument at the call.
    pub span: Span,
    /// One for each way that leads there.
    pub sources: Vec<Traced<KeySource>>,
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
    },
    /// A PEM public key or certificate, which is no secret.
    PublicKey,
    /// Made anew when the process starts: the function that makes it.
    Generated {
        function: String,
    },
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

/// What a literal stands in for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preferred {
    /// The environment variable, where its name is constant.
    pub variable: Option<String>,
    pub origin: Span,
}

/// Functions that make random values.
const GENERATORS: &[&str] = &[
    "secrets.token_hex",
    "secrets.token_urlsafe",
    "secrets.token_bytes",
    "secrets.choice",
    "os.urandom",
    "uuid.uuid4",
    "random.choice",
    "random.choices",
    "random.randbytes",
    "random.getrandbits",
    "random.randint",
    "random.random",
    "Crypto.Random.get_random_bytes",
    "cryptography.fernet.Fernet.generate_key",
];

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
    "pydantic.SecretStr",
    "starlette.datastructures.Secret",
    "cryptography.hazmat.primitives.serialization.load_pem_public_key",
    "cryptography.hazmat.primitives.serialization.load_pem_private_key",
];

/// Reads of files: what a path ends in.
const FILE_READS: &[&str] = &[".read_text", ".read_bytes", "().read", ".readline", "builtins.open"];

pub fn key(model: &Model<'_>, argument: &BoundArgument) -> Key {
    Key {
        span: argument.span,
        sources: sources(model, &argument.values),
    }
}

/// Where the values of a key come from.
pub fn sources(model: &Model<'_>, values: &Values) -> Vec<Traced<KeySource>> {
    let mut out = Vec::new();
    for value in values {
        expand(model, value, &mut out, 0);
    }
    // A literal beside a read of the environment, however the two are joined, stands in for it.
    let preferred = out.iter().find_map(|source| match &source.value {
        KeySource::Environment { variable, .. } => Some(Preferred {
            variable: variable.clone(),
            origin: source.origin,
        }),
        _ => None,
    });
    if let Some(preferred) = preferred {
        for source in &mut out {
            match &mut source.value {
                KeySource::Literal { fallback_for, .. } if fallback_for.is_none() => {
                    *fallback_for = Some(preferred.clone());
                }
                _ => {}
            }
        }
    }
    out
}

fn expand(model: &Model<'_>, value: &Value, out: &mut Vec<Traced<KeySource>>, depth: usize) {
    if depth > 8 {
        return out.push(Traced::new(KeySource::Unknown, value));
    }
    if let Some(read) = environment_read(model, value) {
        let preferred = Preferred {
            variable: read.variable.clone(),
            origin: value.origin,
        };
        let environment = KeySource::Environment {
            variable: read.variable,
            is_required: read.is_required,
            has_default: !read.default.is_empty(),
        };
        out.push(Traced::new(environment, value));
        let first = out.len();
        for default in &read.default {
            expand(model, default, out, depth + 1);
        }
        for source in &mut out[first..] {
            if let KeySource::Literal { fallback_for, .. } = &mut source.value
                && fallback_for.is_none()
            {
                *fallback_for = Some(preferred.clone());
            }
            source.steps.extend(crate::trace::steps(value));
        }
        return;
    }
    let source = match &value.kind {
        ValueKind::Str(text) | ValueKind::Bytes(text) => literal(text),
        ValueKind::None => KeySource::None,
        ValueKind::Call {
            path,
            call: Some(call),
            frame,
        } => {
            if is_generator(path) {
                KeySource::Generated {
                    function: path.to_string(),
                }
            } else if WRAPPERS.contains(&&**path) {
                let arguments = model.arguments(*call, frame.as_ref());
                let Some(inner) = arguments.positional().first() else {
                    return out.push(Traced::new(KeySource::Unknown, value));
                };
                for inner in &inner.values {
                    expand(model, inner, out, depth + 1);
                }
                return;
            } else {
                opaque(path)
            }
        }
        ValueKind::External(path) | ValueKind::Call { path, .. } => match is_generator(path) {
            true => KeySource::Generated {
                function: path.to_string(),
            },
            false => opaque(path),
        },
        // A field of a class from outside that is not a settings class: what it holds unless it is given.
        ValueKind::Field {
            default: Some(default), ..
        } => {
            for default in model.eval(*default) {
                expand(model, &default, out, depth + 1);
            }
            return;
        }
        ValueKind::Item { base, .. } | ValueKind::Attribute { base, .. } => match &base.kind {
            ValueKind::External(path) | ValueKind::Call { path, .. } => opaque(path),
            _ => KeySource::Unknown,
        },
        _ => KeySource::Unknown,
    };
    out.push(Traced::new(source, value));
}

fn literal(text: &str) -> KeySource {
    let is_public = [
        "-----BEGIN PUBLIC KEY",
        "-----BEGIN RSA PUBLIC KEY",
        "-----BEGIN CERTIFICATE",
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

/// Whether a path, or what is read from its result (`.hex()`), makes a random value.
fn is_generator(path: &str) -> bool {
    GENERATORS
        .iter()
        .any(|generator| path == *generator || path.strip_prefix(generator).is_some_and(|rest| rest.starts_with("()")))
}
