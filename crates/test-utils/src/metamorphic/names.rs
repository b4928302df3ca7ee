//! Where a file binds and uses names.

use std::collections::HashSet;

use syntax::SourceText;
use syntax::ast::*;
use text::{TextRange, TextSize};

/// A place that binds a name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bound {
    pub(crate) name: Name,
    pub(crate) at: TextSize,
    pub(crate) kind: BoundKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BoundKind {
    /// By an assignment or a loop, as a whole name.
    Target,
    Import,
    Definition,
    Parameter,
    /// `global`, `nonlocal`, `del`, patterns.
    Other,
}

/// Bindings of a file and what is assigned to.
pub(crate) struct Names {
    pub(crate) bound: Vec<Bound>,
    /// Expressions that are assigned to, attributes and items included.
    pub(crate) targets: HashSet<ExprId>,
    /// What stands in patterns, which have a grammar of their own.
    pub(crate) patterns: HashSet<ExprId>,
}

impl Names {
    pub(crate) fn of(source: &SourceText) -> Names {
        let ast = source.ast();
        let mut names = Names {
            bound: Vec::new(),
            targets: HashSet::new(),
            patterns: HashSet::new(),
        };
        for (_, stmt) in ast.stmts() {
            names.stmt(ast, stmt);
        }
        for (_, function) in ast.functions() {
            names.bind(function.name, function.name_range.start(), BoundKind::Definition);
            names.parameters(&ast[function.parameters]);
        }
        for (_, class) in ast.classes() {
            names.bind(class.name, class.name_range.start(), BoundKind::Definition);
        }
        for (id, expr) in ast.exprs() {
            match expr.kind {
                ExprKind::Lambda { parameters, .. } => names.parameters(&ast[parameters]),
                ExprKind::Walrus { target, .. } if !names.patterns.contains(&id) => {
                    names.target(ast, target, BoundKind::Target);
                }
                ExprKind::Comprehension { clauses, .. } => {
                    for clause in &ast[clauses] {
                        if let ComprehensionClause::For { target, .. } = *clause {
                            names.target(ast, target, BoundKind::Target);
                        }
                    }
                }
                _ => {}
            }
        }
        names
    }

    /// Whether one import and nothing else binds a name anywhere in the file.
    pub(crate) fn is_bound_once(&self, name: Name) -> bool {
        self.bound.iter().filter(|bound| bound.name == name).count() == 1
    }

    fn stmt(&mut self, ast: &Ast, stmt: &Stmt) {
        match stmt.kind {
            StmtKind::Assign { targets, .. } => {
                ast[targets]
                    .iter()
                    .for_each(|&target| self.target(ast, target, BoundKind::Target));
            }
            StmtKind::AnnotatedAssign { target, .. }
            | StmtKind::AugmentedAssign { target, .. }
            | StmtKind::For { target, .. } => self.target(ast, target, BoundKind::Target),
            StmtKind::With { items, .. } => {
                let targets = ast[items].iter().filter_map(|item| item.target);
                targets.for_each(|target| self.target(ast, target, BoundKind::Target));
            }
            StmtKind::Try { handlers, .. } => {
                let targets = ast[handlers].iter().filter_map(|handler| handler.name);
                targets.for_each(|target| self.target(ast, target, BoundKind::Target));
            }
            StmtKind::Global(list) | StmtKind::Nonlocal(list) | StmtKind::Delete(list) => {
                ast[list]
                    .iter()
                    .for_each(|&target| self.target(ast, target, BoundKind::Other));
            }
            StmtKind::TypeAlias { name, .. } => self.target(ast, name, BoundKind::Other),
            StmtKind::Match { cases, .. } => {
                for case in &ast[cases] {
                    for part in ast.descendants(case.pattern) {
                        self.patterns.insert(part);
                        if let ExprKind::Name(name) = ast[part].kind {
                            self.bind(name, ast[part].range.start(), BoundKind::Other);
                        }
                    }
                }
            }
            StmtKind::Import(list) | StmtKind::ImportFrom { names: list, .. } => {
                for imported in &ast[list] {
                    let name = imported.alias.unwrap_or(imported.first);
                    self.bind(name, imported.range.start(), BoundKind::Import);
                }
            }
            _ => {}
        }
    }

    fn target(&mut self, ast: &Ast, target: ExprId, kind: BoundKind) {
        let mut waiting = vec![target];
        while let Some(expr) = waiting.pop() {
            self.targets.insert(expr);
            match ast[expr].kind {
                ExprKind::Name(name) => self.bind(name, ast[expr].range.start(), kind),
                ExprKind::Tuple(items) | ExprKind::List(items) => waiting.extend(&ast[items]),
                ExprKind::Starred(inner) => waiting.push(inner),
                _ => {}
            }
        }
    }

    fn parameters(&mut self, parameters: &[Parameter]) {
        for parameter in parameters {
            self.bind(parameter.name, parameter.name_range.start(), BoundKind::Parameter);
        }
    }

    fn bind(&mut self, name: Name, at: TextSize, kind: BoundKind) {
        self.bound.push(Bound { name, at, kind });
    }
}

/// The identifiers of `name` among the expressions: without parentheses around them, which belong to an expression's
/// range.
pub(crate) fn uses(source: &SourceText, name: Name) -> Vec<(ExprId, TextRange)> {
    let ast = source.ast();
    let of_name = ast
        .exprs()
        .filter(|(_, expr)| matches!(expr.kind, ExprKind::Name(other) if other == name));
    let mut uses: Vec<_> = of_name
        .map(|(id, expr)| (id, identifier(source, expr.range, source.name(name))))
        .collect();
    uses.sort_by_key(|(_, range)| range.start());
    uses
}

fn identifier(source: &SourceText, range: TextRange, name: &str) -> TextRange {
    let at = source.text()[range].find(name).unwrap_or(0);
    TextRange::at(range.start() + TextSize::new(at as u32), TextSize::of(name))
}

/// Whether a string of the file may be read as a type or a list of names that holds `name`: `"list[Task]"`.
pub(crate) fn is_in_string(source: &SourceText, name: &str) -> bool {
    let ast = source.ast();
    let strings = ast
        .exprs()
        .filter(|(_, expr)| matches!(expr.kind, ExprKind::String { .. }));
    strings.filter_map(|(id, _)| ast.string(source.text(), id)).any(|text| {
        let text = text.replace(", ", ",").replace(" | ", "|");
        let is_type = |c: char| c.is_alphanumeric() || "_[].,|".contains(c);
        let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
        text.chars().all(is_type) && words.any(|word| word == name)
    })
}
