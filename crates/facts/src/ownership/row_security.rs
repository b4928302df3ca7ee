//! Rows that the database, or the session, limits to the caller by itself.
//!
//! ```python
//! session.execute(text("SELECT set_config('app.user_id', :me, true)"), {"me": user.id})
//!
//! @event.listens_for(Session, "do_orm_execute")
//! def only_own(state):
//!     state.statement = state.statement.options(with_loader_criteria(Task, Task.owner_id == current_user.get()))
//! ```
//!
//! What the policies there say is not seen, so such rows are unknown.

use rustc_hash::FxHashSet;
use semantic::{ExprRef, FunctionRef};
use syntax::ast::*;

use super::Judge;

#[derive(Debug, Default)]
pub(super) struct Secured {
    /// Functions that tell the database who calls.
    functions: FxHashSet<FunctionRef>,
    /// Something that runs for every statement or connection limits rows.
    everywhere: bool,
}

impl Judge<'_, '_> {
    pub(super) fn sets_caller(&self, function: FunctionRef) -> bool {
        self.secured().functions.contains(&function)
    }

    pub(super) fn limits_rows_everywhere(&self) -> bool {
        self.secured().everywhere
    }

    fn secured(&self) -> &Secured {
        self.secured.get_or_init(|| {
            let mut out = Secured::default();
            for file in self.model.file_ids().filter(|&file| !self.model.file(file).is_test()) {
                self.look_through(file, &mut out);
            }
            out
        })
    }

    fn look_through(&self, file: text::FileId, out: &mut Secured) {
        let source = self.model.file(file).source();
        let ast = source.ast();
        let text = self.model.file(file).text();
        let has_criteria = ast.name("with_loader_criteria").is_some();
        if !has_criteria && !text.contains("set_config(") && !text.contains("SET ") && !text.contains("set ") {
            return;
        }
        for (id, expr) in ast.exprs() {
            let limits = match expr.kind {
                ExprKind::String { parts, .. } => {
                    matches!(ast[parts].first(), Some(StringPart::Text { range, .. }) if sets_variable(&text[*range]))
                }
                ExprKind::Name(name) | ExprKind::Attribute { name, .. } => {
                    has_criteria && source.imported_name(name) == "with_loader_criteria"
                }
                _ => false,
            };
            let function = limits
                .then(|| self.model.enclosing_function(ExprRef { file, id }))
                .flatten();
            let Some(function) = function else { continue };
            let listens = ast[ast[function.id].decorators].iter().any(|&decorator| {
                let called = match ast[decorator].kind {
                    ExprKind::Call { function, .. } => function,
                    _ => decorator,
                };
                matches!(ast[called].kind, ExprKind::Attribute { name, .. } | ExprKind::Name(name)
                    if source.name(name) == "listens_for")
            });
            out.everywhere |= listens;
            if matches!(expr.kind, ExprKind::String { .. }) {
                out.functions.insert(function);
            }
        }
    }
}

/// `SET LOCAL app.user_id = …`, `SELECT set_config('app.user_id', …)`, `SET ROLE …`
fn sets_variable(statement: &str) -> bool {
    let lower = statement.trim_start().to_ascii_lowercase();
    if lower.contains("set_config(") {
        return true;
    }
    let Some(rest) = lower.strip_prefix("set ") else {
        return false;
    };
    let rest = rest.trim_start();
    let rest = ["local ", "session "]
        .iter()
        .find_map(|word| rest.strip_prefix(word))
        .unwrap_or(rest)
        .trim_start();
    let variable = rest.split([' ', '=']).next().unwrap_or_default();
    // Settings of the project have a dot in their name: those of the database have none.
    rest.starts_with("role ") || variable.contains('.')
}
