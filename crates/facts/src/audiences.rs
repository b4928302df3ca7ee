//! Decodes that do not ask whom a token is for, or who issued it.

use text::Span;

use crate::Facts;
use crate::claims::{ClaimFlow, Reach};
use crate::confusion::is_asymmetric;
use crate::keys::KeySource;
use crate::tokens::TokenDecode;

/// A decode that takes tokens for others.
#[derive(Debug, Clone)]
pub struct UncheckedAudience<'f> {
    pub decode: &'f TokenDecode,
    pub kind: UncheckedKind,
    /// The option that turns the check off, where one does.
    pub off: Option<Span>,
    /// Where the project puts the claim into its own tokens.
    pub issued: Option<Span>,
    /// The key says that others issue the tokens; otherwise the algorithms do.
    pub is_certain: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UncheckedKind {
    /// Tokens that somebody else issues for many services.
    ForeignAudience,
    ForeignIssuer,
    /// The project's own tokens say whom they are for.
    OwnAudience,
    OwnIssuer,
}

const AUDIENCE_CLAIMS: &[&str] = &["aud", "azp", "client_id", "appid", "cid"];
const ISSUER_CLAIMS: &[&str] = &["iss", "tid", "hd", "issuer"];

impl Facts<'_> {
    /// Decodes outside of tests that verify, by call.
    pub fn unchecked_audiences(&self) -> Vec<UncheckedAudience<'_>> {
        let flow = ClaimFlow::new(&self.model, &self.handlers);
        let mut out = Vec::new();
        // A project with private keys issues such tokens itself.
        let mut encodes = self.encodes.iter().filter(|encode| !encode.call.is_test);
        let issues_itself = encodes.any(|encode| {
            let mut algorithms = encode.algorithm.known.iter();
            encode.algorithm.unknown || algorithms.any(|way| is_asymmetric(&way.value.name))
        });
        for decode in self.decodes.iter().filter(|decode| !decode.call.is_test) {
            let is_unverified = decode.signature().find(|&verify| !verify).is_some()
                || decode.legacy_verify.find(|&verify| !verify).is_some();
            if is_unverified || decode.key.is_none() && !decode.key_names_algorithm {
                continue;
            }
            let arguments = self.model.arguments(decode.id, None);
            if arguments.is_open() || decode.options_are_open {
                continue;
            }
            let is_given = |names: &[&str]| {
                arguments.get(None, names).is_some_and(|given| {
                    !given
                        .values
                        .iter()
                        .all(|value| matches!(value.kind, semantic::ValueKind::None))
                })
            };
            let has_audience = is_given(&["audience", "aud"]);
            let has_issuer = is_given(&["issuer", "iss"]);
            // Authlib and joserfc are told when the claims are validated.
            let is_told_later = decode.validation.is_some() && {
                let text = self.text(decode.call.span.file);
                ["\"aud\"", "'aud'", "aud="].iter().any(|word| text.contains(word))
            };
            if has_audience && has_issuer || is_told_later {
                continue;
            }
            let off = |name: &str| {
                let option = decode.option(name);
                let way = option
                    .known
                    .iter()
                    .find(|way| matches!(way.value, crate::tokens::OptionValue::Bool(false)));
                way.map(|way| way.origin)
            };
            let foreign = self
                .is_foreign(decode, off("verify_aud").is_some())
                .filter(|_| !issues_itself);
            let claims_read = || flow.of_decode(decode, Reach::Callers);
            let compares = |names: &[&str]| {
                let reads = claims_read();
                let is_read = reads.reads.iter().any(|read| names.contains(&&*read.name));
                let has_field = reads
                    .models
                    .iter()
                    .any(|&class| names.iter().any(|name| self.model.class_binding(class, name).is_some()));
                is_read || has_field
            };
            let issued = |claim: &str| {
                let encodes = self.encodes.iter().filter(|encode| !encode.call.is_test);
                let mut claims = encodes.flat_map(|encode| &encode.payloads);
                claims.find_map(|payload| Some(payload.value.claim(claim)?.span))
            };
            let mut push = |kind, off, issued, is_certain| {
                out.push(UncheckedAudience {
                    decode,
                    kind,
                    off,
                    issued,
                    is_certain,
                });
            };
            match foreign {
                // Keys of one issuer bind its tokens; a public key alone does not say whose it is.
                Some(is_certain) => {
                    let (aud_off, iss_off) = (off("verify_aud"), off("verify_iss"));
                    if !has_audience && (is_certain || aud_off.is_some()) && !compares(AUDIENCE_CLAIMS) {
                        push(UncheckedKind::ForeignAudience, aud_off, None, is_certain);
                    } else if iss_off.is_some() && !has_issuer && !compares(ISSUER_CLAIMS) {
                        push(UncheckedKind::ForeignIssuer, iss_off, None, is_certain);
                    }
                }
                None => {
                    let audience = off("verify_aud").and_then(|off| Some((off, issued("aud")?)));
                    let issuer = off("verify_iss").and_then(|off| Some((off, issued("iss")?)));
                    if let Some((off, issued)) = audience.filter(|_| !compares(AUDIENCE_CLAIMS)) {
                        push(UncheckedKind::OwnAudience, Some(off), Some(issued), true);
                    } else if let Some((off, issued)) = issuer.filter(|_| !compares(ISSUER_CLAIMS)) {
                        push(UncheckedKind::OwnIssuer, Some(off), Some(issued), true);
                    }
                }
            }
        }
        out
    }

    /// Whether somebody else issues the tokens of a decode: by its key (`true`), or its algorithms (`false`). Where
    /// the check is turned off, a key set in the same file tells as much as the key.
    fn is_foreign(&self, decode: &TokenDecode, is_off: bool) -> Option<bool> {
        let mut names = decode
            .algorithms
            .known
            .iter()
            .flat_map(|way| way.value.names())
            .peekable();
        let has_asymmetric = names.any(|name| is_asymmetric(&name.name));
        let is_from_set = decode.key_names_algorithm
            || decode.key.as_ref().is_some_and(|key| {
                let mut sources = key.sources.iter();
                let says_set = |name: &str| {
                    let lower = name.to_lowercase();
                    ["jwk", "key_set", "keyset", "signing_key"]
                        .iter()
                        .any(|word| lower.contains(word))
                };
                sources.any(|source| matches!(source.value, KeySource::KeySet { .. }))
                    || has_asymmetric
                        && (says_set(&self.called_as(key.span))
                            || key.names.iter().flatten().any(|name| says_set(name)))
            });
        let is_near_set = || {
            let text = self.text(decode.call.span.file);
            ["jwks", "JWKS", ".well-known/"].iter().any(|word| text.contains(word))
        };
        match (is_from_set, has_asymmetric) {
            (true, _) => Some(true),
            (false, true) if is_off && is_near_set() => Some(true),
            (false, true) => Some(false),
            _ => None,
        }
    }
}
