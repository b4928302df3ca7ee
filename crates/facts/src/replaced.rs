//! Functions that verify tokens, replaced while the program runs.
//!
//! ```python
//! jwt.decode = lambda token, *args, **kwargs: {"sub": "1"}
//! ```

use semantic::{ExprRef, Model, ValueKind};
use syntax::ast::*;
use text::{FileId, Span, TextRange};

use crate::Facts;
use crate::libraries::TOKEN_LIBRARIES;
use crate::verification::called_function;

/// A library's function that stands for one of the project, which decodes nothing, from here on.
#[derive(Debug, Clone)]
pub struct ReplacedDecode {
    /// `jwt.decode = fake`
    pub span: Span,
    /// `jwt.decode`, as written.
    pub function: Span,
    pub replacement: Span,
}

/// Modules in which nothing verifies.
const HARMLESS: &[&str] = &["builtins.", "base64.", "json.", "logging."];

/// Calls inside calls that a replacement is followed into.
const MAX_DEPTH: u32 = 3;

impl Facts<'_> {
    /// In order of file and place; none in tests.
    pub fn replaced_decodes(&self) -> Vec<ReplacedDecode> {
        let model = &self.model;
        let mut out = Vec::new();
        let last = |path: &'static str| path.rsplit('.').next();
        let decodes = TOKEN_LIBRARIES.iter().flat_map(|library| library.decodes);
        let mut names: Vec<&str> = decodes.filter_map(|function| last(function.path)).collect();
        names.sort_unstable();
        names.dedup();
        for file in model.file_ids().filter(|&file| !model.file(file).is_test()) {
            let ast = model.ast(file);
            let names: Vec<Name> = names.iter().filter_map(|name| ast.name(name)).collect();
            if names.is_empty() {
                continue;
            }
            for (_, stmt) in ast.stmts() {
                let StmtKind::Assign { targets, value } = stmt.kind else {
                    continue;
                };
                let replaced = ast[targets].iter().find(|&&target| {
                    matches!(ast[target].kind, ExprKind::Attribute { name, .. } if names.contains(&name))
                        && self.is_decode(ExprRef { file, id: target })
                });
                if let Some(&target) = replaced
                    && self.verifies_nothing(ExprRef { file, id: value })
                {
                    out.push(ReplacedDecode {
                        span: Span::new(file, stmt.range),
                        function: Span::new(file, ast[target].range),
                        replacement: Span::new(file, ast[value].range),
                    });
                }
            }
        }
        out
    }

    fn is_decode(&self, function: ExprRef) -> bool {
        let is_known = |path: &str| {
            let mut decodes = TOKEN_LIBRARIES.iter().flat_map(|library| library.decodes);
            decodes.any(|decode| decode.path == path)
        };
        let values = self.model.eval(function);
        values
            .iter()
            .any(|value| matches!(&value.kind, ValueKind::External(path) if is_known(path)))
    }

    /// Whether a function of the project surely decodes no token.
    fn verifies_nothing(&self, replacement: ExprRef) -> bool {
        let model = &self.model;
        let values = model.eval(replacement);
        let body = |value: &semantic::Value| match value.kind {
            ValueKind::Lambda(lambda) => Some((lambda.file, model.expr(lambda).range)),
            _ => called_function(value.clone()).map(|function| {
                let ast = model.ast(function.file);
                (function.file, ast[ast[function.id].stmt].range)
            }),
        };
        !values.is_empty()
            && values
                .iter()
                .all(|value| body(value).is_some_and(|(file, range)| !self.decodes_in(model, file, range, 0)))
    }

    fn decodes_in(&self, model: &Model<'_>, file: FileId, range: TextRange, depth: u32) -> bool {
        let is_here = |span: Span| span.file == file && range.contains_range(span.range);
        if self.decodes.iter().any(|decode| is_here(decode.call.span)) {
            return true;
        }
        depth < MAX_DEPTH
            && model.calls_within(file, range).into_iter().any(|call| {
                let mut callees = model.callee(call).into_iter();
                callees.any(|callee| match &callee.kind {
                    ValueKind::External(path) => !HARMLESS.iter().any(|module| path.starts_with(module)),
                    ValueKind::Class(_) => false,
                    // What is handed over, such as the function that is replaced, may verify.
                    _ => called_function(callee).is_none_or(|function| {
                        let ast = model.ast(function.file);
                        self.decodes_in(model, function.file, ast[ast[function.id].stmt].range, depth + 1)
                    }),
                })
            })
    }
}
