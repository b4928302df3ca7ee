//! Decodes that do not ask for `exp`, of tokens that may lack it.

use rustc_hash::{FxHashMap, FxHashSet};
use text::Span;

use crate::Facts;
use crate::claims::{ClaimFlow, Reach};
use crate::expiry::ClaimState;
use crate::libraries::RequireExpiry;
use crate::tokens::{OptionValue, TokenDecode};

/// A decode that takes tokens without `exp`.
#[derive(Debug, Clone)]
pub struct ExpiryNotRequired<'f> {
    pub decode: &'f TokenDecode,
    pub reason: NotRequired,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotRequired {
    /// Tokens are issued that lack it, at this call, and nothing asks for it.
    Issued(Span),
    /// An option in the form of another library, which is ignored; where it is written.
    Ignored(Span),
}

impl Facts<'_> {
    /// Decodes outside of tests, by call.
    pub fn expiry_not_required(&self) -> Vec<ExpiryNotRequired<'_>> {
        let mut out = Vec::new();
        let flow = ClaimFlow::new(&self.model, &self.handlers);
        let endless_by_key = self.endless_by_key();
        for decode in self.decodes.iter().filter(|decode| !decode.call.is_test) {
            let list = decode.option("require");
            let names_exp = |option: &OptionValue| matches!(option, OptionValue::Strings(names) if names.iter().any(|name| name == "exp"));
            let flag = decode.flag("require_exp");
            let style = decode.library.require_expiry;
            // Where the check is off, more is wrong than this.
            let is_off = decode.flag("verify_exp").find(|on| !on).is_some()
                || decode.signature().find(|&verify| !verify).is_some();
            if is_off || decode.options_are_open {
                continue;
            }
            let is_required = match style {
                RequireExpiry::RequireList => list.unknown || list.find(names_exp).is_some(),
                RequireExpiry::RequireFlag => flag.unknown || flag.find(|&on| on).is_some(),
                RequireExpiry::ClaimsOptions => true,
            };
            if is_required {
                continue;
            }
            let misplaced = match style {
                RequireExpiry::RequireFlag => list.find(names_exp).map(|way| way.origin),
                _ => None,
            };
            if let Some(written) = misplaced {
                out.push(ExpiryNotRequired {
                    decode,
                    reason: NotRequired::Ignored(written),
                });
                continue;
            }
            let Some(key) = &decode.key else { continue };
            let mut sources = key.sources.iter();
            let endless = sources.find_map(|source| endless_by_key.get(&source.origin).copied());
            let Some(endless) = endless else { continue };
            let reads = flow.of_decode(decode, Reach::Callers);
            let asks = reads.reads.iter().any(|read| &*read.name == "exp")
                || reads
                    .asked
                    .iter()
                    .any(|asked| asked.as_deref().is_none_or(|asked| asked == "exp"));
            if !asks {
                out.push(ExpiryNotRequired {
                    decode,
                    reason: NotRequired::Issued(endless),
                });
            }
        }
        out
    }

    /// The first call that issues a token without `exp`, by the places that its key comes from.
    fn endless_by_key(&self) -> FxHashMap<Span, Span> {
        let endless: FxHashSet<Span> = self
            .issued
            .iter()
            .filter(|token| {
                let mut ways = token.ways.iter();
                ways.any(|way| matches!(way.expiry, ClaimState::Unset | ClaimState::Sometimes))
            })
            .map(|token| token.call.span)
            .collect();
        let mut out = FxHashMap::default();
        for encode in self.encodes.iter().filter(|encode| endless.contains(&encode.call.span)) {
            for source in encode.key.iter().flat_map(|key| &key.sources) {
                out.entry(source.origin).or_insert(encode.call.span);
            }
        }
        out
    }
}
