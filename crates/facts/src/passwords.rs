//! What becomes of the passwords of users: how they are hashed, or that they are not.

pub(crate) mod hashing;
pub(crate) mod held;
mod plain;

use text::Span;

pub use plain::{PlainKind, PlainPassword, PlainRepair};

use crate::Facts;
use crate::source::Function;

/// Calls that make something of a password.
#[derive(Debug, Default)]
pub struct Passwords {
    /// In order of file and place.
    pub hashes: Vec<PasswordHash>,
    /// Passwords that are not hashed at all, in the same order.
    pub plain: Vec<PlainPassword>,
}

/// A password that is hashed with too little.
#[derive(Debug, Clone)]
pub struct PasswordHash {
    /// The call that hashes, or the argument that is at fault.
    pub span: Span,
    /// As written: `hashlib.sha256`.
    pub callee: String,
    pub weakness: Weakness,
    pub function: Option<Function>,
    /// Other calls that hash the same way to compare.
    pub also: Vec<Span>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Weakness {
    /// A digest that takes no time.
    Fast { digest: String, work: Work },
    /// A scheme of passlib that new hashes are made with.
    Scheme { scheme: String, digest: &'static str },
    /// One salt for everybody.
    SharedSalt { source: SaltSource },
    /// Too few rounds.
    Cost {
        keyword: &'static str,
        value: i64,
        least: i64,
        recommended: &'static str,
    },
}

/// What is done besides the digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    None,
    /// A key that is kept apart from the hashes is mixed in.
    Keyed,
    /// It is repeated in a loop.
    Repeated,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaltSource {
    Written,
    Settings,
    /// Made once when the process starts.
    OncePerProcess,
}

impl Facts<'_> {
    /// What becomes of passwords, found when it is first asked for.
    pub fn passwords(&self) -> &Passwords {
        self.passwords.get_or_init(|| Passwords {
            hashes: hashing::find(&self.model),
            plain: plain::find(&self.model, &self.handlers, self.data()),
        })
    }
}
