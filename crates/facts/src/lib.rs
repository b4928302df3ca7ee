//! The domain in our words: tokens that are issued and verified, keys and where they come from, cross-origin
//! policies, SQL texts, answers to clients.
//!
//! Facts are plain structs with spans; rules read them and never look at syntax. What a library's functions and
//! arguments are called, and how they behave, stands in one table per library under [`libraries`].

pub mod environment;
pub mod keys;
pub mod libraries;
pub mod source;
pub mod tokens;
pub mod trace;

use semantic::{Model, Project};
use tokens::{TokenDecode, TokenEncode, UnverifiedRead};

/// Everything the rules know about one state of a project. A function of its text alone.
pub struct Facts<'a> {
    model: Model<'a>,
    /// Calls that verify, or claim to verify, a token. In order of file and place, as everything below.
    pub decodes: Vec<TokenDecode>,
    /// Calls that issue a token.
    pub encodes: Vec<TokenEncode>,
    /// Parts of a token read without verification.
    pub unverified_reads: Vec<UnverifiedRead>,
}

impl<'a> Facts<'a> {
    pub fn new(project: &'a Project) -> Facts<'a> {
        let model = Model::new(project, libraries::INJECTORS);
        let tokens = tokens::find(&model);
        Facts {
            decodes: tokens.decodes,
            encodes: tokens.encodes,
            unverified_reads: tokens.unverified_reads,
            model,
        }
    }
}
