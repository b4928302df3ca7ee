//! Keys that are taken for something else than they are: a public key for an HMAC secret.

use text::Span;

use crate::Facts;
use crate::algorithms::AlgorithmName;
use crate::keys::{Key, KeySource};
use crate::tokens::TokenDecode;
use crate::trace::Traced;

/// A decode whose algorithms let a public key pass for a secret, or would if the key were public.
#[derive(Debug, Clone)]
pub struct AlgorithmConfusion<'f> {
    pub decode: &'f TokenDecode,
    /// An algorithm with a shared secret.
    pub symmetric: &'f AlgorithmName,
    /// One with a key pair, allowed at the same time.
    pub asymmetric: Option<&'f AlgorithmName>,
    pub key: ConfusedKey,
    /// The way of the list that holds both.
    pub steps: Vec<(Span, String)>,
    /// The list may hold more.
    pub is_partly_known: bool,
}

/// What is known of the key. From grave to harmless.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConfusedKey {
    /// A PEM public key or certificate, whole in the code.
    Public(Span),
    /// Its name, or that of the variable or file that holds it, says so.
    NamedPublic(Span),
    /// Nothing tells, or different keys are chosen.
    Unknown,
    /// A shared secret: there is nothing public that could be taken for it.
    Secret,
    /// Looked up in a key set: such a key says itself what it is for.
    Typed,
}

impl Facts<'_> {
    /// Decodes outside of tests that mix families of algorithms.
    pub fn confusions(&self) -> Vec<AlgorithmConfusion<'_>> {
        let decodes = self.decodes.iter().filter(|decode| !decode.call.is_test);
        // Where the signature is not looked at, its algorithm does not matter.
        decodes
            .filter(|decode| decode.signature().find(|&verify| !verify).is_none())
            .filter_map(|decode| self.confusion(decode))
            .collect()
    }

    /// Whether a key verifies what another one signs.
    pub fn is_of_key_pair(&self, key: &Key) -> bool {
        matches!(
            self.kind_of_key(key, &[]),
            ConfusedKey::Public(_) | ConfusedKey::NamedPublic(_) | ConfusedKey::Typed
        )
    }

    fn confusion<'f>(&'f self, decode: &'f TokenDecode) -> Option<AlgorithmConfusion<'f>> {
        let given = decode.key.as_ref()?;
        let mut found: Option<AlgorithmConfusion<'f>> = None;
        for way in &decode.algorithms.known {
            let names = way.value.names();
            let key = if decode.key_names_algorithm {
                ConfusedKey::Typed
            } else {
                self.kind_of_key(given, &way.passed_at)
            };
            let Some(symmetric) = names.iter().find(|name| is_symmetric(&name.name)) else {
                continue;
            };
            // Alternatives of one item are not allowed together.
            let asymmetric = names.iter().find(|name| {
                is_asymmetric(&name.name) && (name.item != symmetric.item || is_one_constant(name, symmetric))
            });
            let is_public = matches!(key, ConfusedKey::Public(_) | ConfusedKey::NamedPublic(_));
            if asymmetric.is_none() && !is_public {
                continue;
            }
            let is_worse = found
                .as_ref()
                .is_none_or(|known| (key, asymmetric.is_none()) < (known.key, known.asymmetric.is_none()));
            if is_worse {
                found = Some(AlgorithmConfusion {
                    decode,
                    symmetric,
                    asymmetric,
                    key,
                    steps: way.steps.clone(),
                    is_partly_known: matches!(way.value, crate::algorithms::AlgorithmList::Partly(_)),
                });
            }
        }
        found
    }

    /// The read of a file as written, or the `open(…)` whose file is read.
    fn opened_file(&self, read: Span) -> &str {
        let model = &self.model;
        let opened = model.expr_of(read).and_then(|call| model.receiver(call));
        let opened = opened.and_then(|object| model.eval(object).first().map(|value| value.origin));
        self.snippet(opened.unwrap_or(read))
    }

    /// What the key is where the algorithms came through these calls.
    fn kind_of_key(&self, key: &Key, passed_at: &[Span]) -> ConfusedKey {
        let meets = |source: &Traced<KeySource>| {
            let theirs = &source.passed_at;
            theirs.is_empty() || passed_at.is_empty() || theirs.iter().any(|span| passed_at.contains(span))
        };
        let mut kinds = Vec::new();
        for (index, source) in key.sources.iter().enumerate().filter(|(_, source)| meets(source)) {
            let names = key.names.get(index).map(Vec::as_slice).unwrap_or_default();
            let is_named = || {
                names.iter().any(|name| says_public(name))
                    || says_public(self.snippet(key.span))
                    || matches!(&source.value, KeySource::Environment { variable: Some(variable), .. } if says_public(variable))
                    || matches!(source.value, KeySource::File) && says_public(self.opened_file(source.origin))
            };
            kinds.push(match &source.value {
                KeySource::PublicKey => ConfusedKey::Public(source.origin),
                KeySource::KeySet { .. } => ConfusedKey::Typed,
                KeySource::None => continue,
                _ if is_named() => ConfusedKey::NamedPublic(source.origin),
                KeySource::Literal { .. } | KeySource::Environment { .. } | KeySource::Generated(_) => {
                    ConfusedKey::Secret
                }
                KeySource::File | KeySource::Unknown => ConfusedKey::Unknown,
            });
        }
        let is_public = |kind: &ConfusedKey| matches!(kind, ConfusedKey::Public(_) | ConfusedKey::NamedPublic(_));
        let Some(&first) = kinds.iter().min() else {
            return ConfusedKey::Unknown;
        };
        // A key that is chosen among several kinds may be chosen by the algorithm.
        let others = || kinds.iter().filter(|kind| !is_public(kind));
        let may_be_chosen = others().any(|kind| *kind == ConfusedKey::Secret)
            || others().next().is_some() && self.speaks_of_algorithm(key.span);
        match is_public(&first) && may_be_chosen {
            true => ConfusedKey::Unknown,
            false => first,
        }
    }

    /// Whether the function around a place reads the `alg` of a header.
    fn speaks_of_algorithm(&self, place: Span) -> bool {
        let function = self.model.function_at(place.file, place.range.start());
        let text = match function.and_then(|function| self.function_span(function)) {
            Some(span) => self.snippet(span),
            None => self.text(place.file),
        };
        text.contains("\"alg\"") || text.contains("'alg'")
    }
}

/// `ALGORITHMS.ALL` and its like give several names in one item.
fn is_one_constant(a: &AlgorithmName, b: &AlgorithmName) -> bool {
    a.span == b.span
}

pub fn is_symmetric(algorithm: &str) -> bool {
    algorithm.len() == 5 && algorithm.starts_with("HS")
}

pub fn is_asymmetric(algorithm: &str) -> bool {
    ["RS", "ES", "PS"].iter().any(|family| algorithm.starts_with(family)) || algorithm == "EdDSA"
}

/// `PUBLIC_KEY`, `publicKey`, `keys/public.pem`, `id_rsa.pub`, `jwt_cert`
fn says_public(text: &str) -> bool {
    let lower = text.to_lowercase();
    let is_public_name = lower.contains("public") && !lower.contains("publication") && !lower.contains("publicly");
    is_public_name
        || ["pubkey", "pub_key", ".pub", "certificate", "x509", "_cert", ".crt"]
            .iter()
            .any(|word| lower.contains(word))
}
