//! From spans back to expressions, functions and handlers, in tables that are made when a file is first asked about.

use std::rc::Rc;

use rustc_hash::FxHashMap;
use syntax::ast::*;
use text::{FileId, Span, TextRange, TextSize};

use crate::model::Model;
use crate::value::{ExprRef, FunctionRef};

/// Where what of one file is.
#[derive(Debug)]
pub(crate) struct Locations {
    /// The innermost expression of each range.
    exprs: FxHashMap<TextRange, ExprId>,
    /// By where they begin, decorators included.
    functions: Vec<(TextSize, FunctionId)>,
    calls: Vec<(TextSize, ExprId)>,
    /// Where each name stands, in order.
    names: FxHashMap<Name, Vec<(TextSize, ExprId)>>,
    /// The block that a handler guards, by the name that it binds.
    guarded: FxHashMap<TextRange, Block>,
}

impl Locations {
    fn new(ast: &Ast) -> Locations {
        let mut exprs = FxHashMap::default();
        let mut calls = Vec::new();
        let mut names: FxHashMap<Name, Vec<(TextSize, ExprId)>> = FxHashMap::default();
        // Children come before parents.
        for (id, expr) in ast.exprs() {
            exprs.entry(expr.range).or_insert(id);
            // `(a == b)` is asked for without its parentheses, too.
            if let ExprKind::Compare { .. } | ExprKind::Boolean { .. } | ExprKind::Binary { .. } = expr.kind {
                let mut inner: Option<TextRange> = None;
                ast.children(id, |child| {
                    let range = ast[child].range;
                    inner = Some(inner.map_or(range, |inner| inner.cover(range)));
                });
                exprs.entry(inner.unwrap_or(expr.range)).or_insert(id);
            }
            match expr.kind {
                ExprKind::Call { .. } => calls.push((expr.range.start(), id)),
                ExprKind::Name(name) => names.entry(name).or_default().push((expr.range.start(), id)),
                _ => {}
            }
        }
        calls.sort();
        names.values_mut().for_each(|places| places.sort());
        let mut functions: Vec<(TextSize, FunctionId)> = ast
            .functions()
            .map(|(id, function)| (ast[function.stmt].range.start(), id))
            .collect();
        functions.sort();
        let mut guarded = FxHashMap::default();
        for (_, stmt) in ast.stmts() {
            if let StmtKind::Try { body, handlers, .. } = stmt.kind {
                let names = ast[handlers].iter().filter_map(|handler| handler.name);
                guarded.extend(names.map(|name| (ast[name].range, body)));
            }
        }
        Locations {
            exprs,
            functions,
            calls,
            names,
            guarded,
        }
    }
}

impl Model<'_> {
    fn locations(&self, file: FileId) -> Rc<Locations> {
        let known = self.locations.borrow().get(&file).cloned();
        known.unwrap_or_else(|| {
            let locations = Rc::new(Locations::new(self.ast(file)));
            self.locations.borrow_mut().insert(file, locations.clone());
            locations
        })
    }

    /// The innermost expression that covers exactly these bytes.
    pub fn expr_of(&self, span: Span) -> Option<ExprRef> {
        let id = *self.locations(span.file).exprs.get(&span.range)?;
        Some(ExprRef { file: span.file, id })
    }

    /// The innermost function that holds a place: its decorators, parameters and body.
    pub fn function_at(&self, file: FileId, place: TextSize) -> Option<FunctionRef> {
        let locations = self.locations(file);
        let ast = self.ast(file);
        let before = locations.functions.partition_point(|(start, _)| *start <= place);
        // The last function that begins before the place is inside the one that holds it, or that one.
        let (_, last) = *locations.functions.get(before.checked_sub(1)?)?;
        let holding = std::iter::successors(Some(last), |&id| ast.enclosing_function(ast[id].stmt))
            .find(|&id| ast[ast[id].stmt].range.contains(place));
        holding.map(|id| FunctionRef { file, id })
    }

    /// Calls that lie in a range, in order.
    pub fn calls_within(&self, file: FileId, range: TextRange) -> Vec<ExprRef> {
        let locations = self.locations(file);
        let ast = self.ast(file);
        let first = locations.calls.partition_point(|(start, _)| *start < range.start());
        locations.calls[first..]
            .iter()
            .take_while(|(start, _)| *start < range.end())
            .filter(|(_, id)| range.contains_range(ast[*id].range))
            .map(|(_, id)| ExprRef { file, id: *id })
            .collect()
    }

    /// Where a name stands in a range, in order.
    pub(crate) fn names_within(&self, file: FileId, name: Name, range: TextRange) -> Vec<ExprId> {
        let locations = self.locations(file);
        let Some(places) = locations.names.get(&name) else {
            return Vec::new();
        };
        let first = places.partition_point(|(start, _)| *start < range.start());
        places[first..]
            .iter()
            .take_while(|(start, _)| *start < range.end())
            .map(|(_, id)| *id)
            .collect()
    }

    /// The block that the handler guards which binds its exception to a name at this place.
    pub fn guarded_block(&self, name: Span) -> Option<Block> {
        self.locations(name.file).guarded.get(&name.range).copied()
    }
}
