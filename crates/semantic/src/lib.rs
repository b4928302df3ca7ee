//! What names and expressions mean across the files of a project.
//!
//! A [`Project`] owns the files, each parsed and indexed once per text. A [`Model`] answers questions about one
//! state of the project: what an expression evaluates to ([`Model::eval`]), which functions a call reaches, who
//! calls a function. Answers are sets of alternatives, and what cannot be followed is [`ValueKind::Unknown`] with
//! the reason; a bound on steps and depth keeps every question cheap.
//!
//! Nothing here knows FastAPI, JWT or any other library: what comes from outside the project is a path such as
//! `jwt.decode` or `starlette.config.Config()`, where `()` stands for a call.

mod definitions;
mod eval;
mod forwarding;
mod history;
mod index;
mod locations;
mod model;
mod modules;
mod paths;
mod places;
mod project;
mod uses;
mod value;

pub use definitions::{Definition, NameUse};
pub use index::{Binding, BindingKind, FileIndex, Mutation, MutationKind, Scope, ScopeId, ScopeKind};
pub use model::{BoundArgument, BoundArguments, Injector, Model};
pub use paths::{Catch, Walk, implied};
pub use places::{Place, PlaceRoot};
pub use project::{File, Project};
pub use uses::{Following, Use, UseKind};
pub use value::{
    ClassRef, DictEntry, ExprRef, Frame, FunctionRef, Iteration, Reason, Step, TextOrValue, Value, ValueKind, Values,
};
