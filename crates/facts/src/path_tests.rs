//! Tests by which a middleware lets paths and methods through without authentication.
//!
//! ```python
//! if "/public" in request.url.path:          # also /tasks/public
//!     return await call_next(request)
//! ```

use semantic::{BindingKind, ExprRef, FunctionRef, Model, NameUse, ValueKind};
use syntax::ast::*;
use text::Span;

use crate::Facts;
use crate::authenticators::AuthenticatorRole;

/// A test that is wider than its author meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathTest {
    pub span: Span,
    pub kind: PathTestKind,
    /// What the path is compared with, where it is constant; methods for [`PathTestKind::Method`].
    pub texts: Vec<String>,
    /// Name of the middleware.
    pub middleware: String,
    /// Where in the middleware it lets the request through.
    pub skip: Span,
    /// The path or method and what it is compared with, where the test is nothing else and is not turned round.
    pub sides: Option<(Span, Span)>,
    /// An `or` would need parentheses in its place.
    pub binds_tighter: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathTestKind {
    /// `"/public" in path`
    Contains,
    /// `path.endswith("/login")`
    EndsWith,
    /// `path.startswith("/api/public")`
    StartsWith,
    /// The same of the whole URL, with its query.
    Url,
    /// `request.method == "GET"`
    Method,
}

/// Calls inside a test that are looked into.
const MAX_PARTS: usize = 200;

impl Facts<'_> {
    /// Whether a name stands for one item of a list after the other.
    pub fn is_element(&self, name: Span) -> bool {
        self.model.expr_of(name).is_some_and(|name| {
            let is_of_comprehension = matches!(self.model.definitions(name), NameUse::Element { .. });
            let bindings = self.model.bindings_of(name);
            is_of_comprehension || matches!(&bindings[..], [binding] if matches!(binding.kind, BindingKind::Element(_)))
        })
    }

    /// In order of file and place.
    pub fn path_tests(&self) -> Vec<PathTest> {
        let model = &self.model;
        let mut out: Vec<PathTest> = Vec::new();
        for known in &self.authenticators().functions {
            if known.role != AuthenticatorRole::Middleware || known.is_test {
                continue;
            }
            let search = Search {
                model,
                function: known.function.id,
            };
            for found in search.skips() {
                if !out.iter().any(|known| known.span == found.span) {
                    out.push(PathTest {
                        middleware: known.function.name.clone(),
                        ..found
                    });
                }
            }
        }
        text::sort_by_number(&mut out, |found| found.span.number());
        out
    }
}

struct Search<'m, 'a> {
    model: &'m Model<'a>,
    function: FunctionRef,
}

/// What the branch behind a test does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Branch {
    /// Calls the handler, without authentication.
    Skips,
    /// Authenticates, or refuses.
    Protects,
    Neither,
}

/// A part of a test, and whether it stands there turned round.
#[derive(Debug, Clone, Copy)]
struct Part {
    expr: ExprRef,
    is_negated: bool,
}

impl Search<'_, '_> {
    fn skips(&self) -> Vec<PathTest> {
        let ast = self.model.ast(self.function.file);
        let mut out = Vec::new();
        for stmt in ast.stmts_within(ast[self.function.id].body) {
            let StmtKind::If { branches, .. } = ast[stmt].kind else {
                continue;
            };
            for branch in &ast[branches] {
                let wanted = match self.branch(branch.body) {
                    Branch::Skips => false,
                    Branch::Protects => true,
                    Branch::Neither => continue,
                };
                let skip = ast.block_range(branch.body).unwrap_or(ast[branch.test].range);
                let test = ExprRef {
                    file: self.function.file,
                    id: branch.test,
                };
                for part in self.parts(test) {
                    if part.is_negated == wanted
                        && let Some((kind, texts)) = self.test(part)
                    {
                        out.push(PathTest {
                            span: self.model.span(part.expr),
                            kind,
                            texts,
                            middleware: String::new(),
                            skip: Span::new(self.function.file, skip),
                            sides: self.sides(part),
                            binds_tighter: self.binds_tighter(part),
                        });
                    }
                }
            }
        }
        out
    }

    fn branch(&self, body: Block) -> Branch {
        let ast = self.model.ast(self.function.file);
        let Some(range) = ast.block_range(body) else {
            return Branch::Neither;
        };
        let refuses = ast
            .stmts_within(body)
            .iter()
            .any(|&stmt| matches!(ast[stmt].kind, StmtKind::Raise { .. }));
        let mut calls_next = false;
        let mut other = refuses;
        for call in self.model.calls_within(self.function.file, range) {
            let ExprKind::Call { function, .. } = ast[call.id].kind else {
                continue;
            };
            let name = match ast[function].kind {
                ExprKind::Name(name) | ExprKind::Attribute { name, .. } => {
                    self.model.file(self.function.file).source().imported_name(name)
                }
                _ => continue,
            };
            match name {
                "call_next" => calls_next = true,
                "app" if matches!(ast[function].kind, ExprKind::Attribute { .. }) => calls_next = true,
                _ if name.ends_with("Response") || name.ends_with("Exception") => other = true,
                "decode" => other = true,
                _ => {
                    let lower = name.to_lowercase();
                    other |= ["verify", "authenticate", "auth", "token", "jwt"]
                        .iter()
                        .any(|word| lower.contains(word))
                        && !lower.contains("log");
                }
            }
        }
        match (calls_next, other) {
            (true, false) => Branch::Skips,
            (_, true) => Branch::Protects,
            _ => Branch::Neither,
        }
    }

    /// The parts of a test, through names and functions of the project that it asks.
    fn parts(&self, test: ExprRef) -> Vec<Part> {
        let mut out: Vec<Part> = Vec::new();
        let mut pending = vec![Part {
            expr: test,
            is_negated: false,
        }];
        while let Some(part) = pending.pop() {
            if out.len() > MAX_PARTS {
                break;
            }
            let ast = self.model.ast(part.expr.file);
            let at = |id: ExprId| ExprRef {
                file: part.expr.file,
                id,
            };
            out.push(part);
            match ast[part.expr.id].kind {
                ExprKind::Unary {
                    operator: UnaryOperator::Not,
                    operand,
                } => pending.push(Part {
                    expr: at(operand),
                    is_negated: !part.is_negated,
                }),
                ExprKind::Name(_) => {
                    for binding in self.model.bindings_of(part.expr) {
                        if let BindingKind::Value(value) = binding.kind {
                            pending.push(Part {
                                expr: at(value),
                                ..part
                            });
                        }
                    }
                }
                ExprKind::Call { .. } => {
                    for callee in self.model.callee(part.expr) {
                        if let ValueKind::Function(function) | ValueKind::Method { function, .. } = callee.kind {
                            self.inside(function, part.is_negated, &mut pending);
                        }
                    }
                    ast.children(part.expr.id, |child| {
                        pending.push(Part {
                            expr: at(child),
                            ..part
                        })
                    });
                }
                ExprKind::Boolean { operator, left, right } => {
                    // `path == "/users" and method == "POST"`: the path is exact.
                    let is_exact =
                        operator == BooleanOperator::And && [left, right].iter().any(|&side| self.is_exact(at(side)));
                    if !is_exact {
                        pending.push(Part { expr: at(left), ..part });
                        pending.push(Part {
                            expr: at(right),
                            ..part
                        });
                    }
                }
                ExprKind::Comprehension { .. } | ExprKind::Await(_) | ExprKind::Walrus { .. } => {
                    ast.children(part.expr.id, |child| {
                        pending.push(Part {
                            expr: at(child),
                            ..part
                        })
                    });
                }
                _ => {}
            }
        }
        out
    }

    /// What a helper such as `is_public(path)` tests.
    fn inside(&self, function: FunctionRef, is_negated: bool, pending: &mut Vec<Part>) {
        let ast = self.model.ast(function.file);
        let at = |id: ExprId| ExprRef {
            file: function.file,
            id,
        };
        for stmt in ast.stmts_within(ast[function.id].body) {
            match ast[stmt].kind {
                StmtKind::Return(Some(value)) if !matches!(ast[value].kind, ExprKind::True | ExprKind::False) => {
                    pending.push(Part {
                        expr: at(value),
                        is_negated,
                    });
                }
                StmtKind::If { branches, .. } => {
                    for branch in &ast[branches] {
                        let returned = ast[branch.body].iter().find_map(|&stmt| match ast[stmt].kind {
                            StmtKind::Return(Some(value)) => Some(ast[value].kind),
                            _ => None,
                        });
                        let negated = match returned {
                            Some(ExprKind::True) => is_negated,
                            Some(ExprKind::False) => !is_negated,
                            _ => continue,
                        };
                        pending.push(Part {
                            expr: at(branch.test),
                            is_negated: negated,
                        });
                    }
                }
                _ => {}
            }
        }
    }

    /// `path == "/users"`, `path in PUBLIC`
    fn is_exact(&self, expr: ExprRef) -> bool {
        let ast = self.model.ast(expr.file);
        let ExprKind::Compare { first, rest } = ast[expr.id].kind else {
            return false;
        };
        let [comparison] = ast[rest] else { return false };
        let at = |id: ExprId| ExprRef { file: expr.file, id };
        match comparison.operator {
            CompareOperator::Equal => self.is_path(at(first)) || self.is_path(at(comparison.right)),
            CompareOperator::In => self.is_path(at(first)),
            _ => false,
        }
    }

    fn test(&self, part: Part) -> Option<(PathTestKind, Vec<String>)> {
        let expr = part.expr;
        let ast = self.model.ast(expr.file);
        let at = |id: ExprId| ExprRef { file: expr.file, id };
        match ast[expr.id].kind {
            ExprKind::Compare { first, rest } => {
                let [comparison] = ast[rest] else { return None };
                let right = at(comparison.right);
                match comparison.operator {
                    CompareOperator::In if self.is_path(right) => {
                        let kind = match self.is_url(right) {
                            true => PathTestKind::Url,
                            false => PathTestKind::Contains,
                        };
                        Some((kind, self.texts(at(first))))
                    }
                    // `if path not in PUBLIC_TEXT` where that is one text is rare: exact sets are right.
                    CompareOperator::Equal | CompareOperator::In if self.is_method(at(first)) => {
                        self.methods(self.texts(right))
                    }
                    CompareOperator::NotEqual | CompareOperator::NotIn if self.is_method(at(first)) => {
                        // Everything but these: told as what is left of the usual ones.
                        let named = self.texts(right);
                        let left = ["GET", "POST", "PUT", "PATCH", "DELETE"]
                            .iter()
                            .filter(|method| !named.iter().any(|known| known == *method))
                            .map(|method| (*method).to_owned());
                        match named.is_empty() {
                            true => None,
                            false => self.methods(left.collect()),
                        }
                    }
                    _ => None,
                }
            }
            ExprKind::Call { function, arguments } => {
                let ExprKind::Attribute { object, name, .. } = ast[function].kind else {
                    return None;
                };
                let name = self.model.file(expr.file).source().name(name);
                let first = ast[arguments].first().map(|argument| at(argument.value));
                match name {
                    "startswith" if self.is_path(at(object)) => Some((PathTestKind::StartsWith, self.texts(first?))),
                    "endswith" if self.is_path(at(object)) => Some((PathTestKind::EndsWith, self.texts(first?))),
                    // `re.search("/public", path)`
                    "search" => {
                        let path = ast[arguments].get(1).map(|argument| at(argument.value))?;
                        let patterns = self.texts(first?);
                        let is_loose = patterns.iter().any(|pattern| !pattern.starts_with('^'));
                        (self.is_path(path) && is_loose).then_some((PathTestKind::Contains, patterns))
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn binds_tighter(&self, part: Part) -> bool {
        let ast = self.model.ast(part.expr.file);
        let around = ast.parent_expr(part.expr.id).map(|parent| ast[parent].kind);
        !matches!(
            around,
            None | Some(
                ExprKind::Boolean {
                    operator: BooleanOperator::Or,
                    ..
                } | ExprKind::Comprehension { .. }
            )
        )
    }

    fn sides(&self, part: Part) -> Option<(Span, Span)> {
        let ast = self.model.ast(part.expr.file);
        let span = |id: ExprId| Span::new(part.expr.file, ast[id].range);
        match ast[part.expr.id].kind {
            ExprKind::Compare { first, rest } => match ast[rest] {
                [comparison] if comparison.operator == CompareOperator::In => {
                    let is_method = self.is_method(ExprRef {
                        file: part.expr.file,
                        id: first,
                    });
                    Some(match is_method {
                        true => (span(first), span(comparison.right)),
                        false => (span(comparison.right), span(first)),
                    })
                }
                [comparison] if comparison.operator == CompareOperator::Equal => {
                    Some((span(first), span(comparison.right)))
                }
                _ => None,
            },
            ExprKind::Call { function, arguments } => match (ast[function].kind, &ast[arguments]) {
                (ExprKind::Attribute { object, name, .. }, [only])
                    if self.model.file(part.expr.file).source().name(name) != "search" =>
                {
                    Some((span(object), span(only.value)))
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn methods(&self, methods: Vec<String>) -> Option<(PathTestKind, Vec<String>)> {
        let skipped: Vec<String> = methods
            .into_iter()
            .filter(|method| !matches!(&*method.to_uppercase(), "OPTIONS" | "HEAD"))
            .collect();
        (!skipped.is_empty()).then_some((PathTestKind::Method, skipped))
    }

    /// Constant texts of an expression, also of a list of them and of the variable of a loop over one.
    fn texts(&self, expr: ExprRef) -> Vec<String> {
        let mut out = Vec::new();
        let mut pending = self.model.eval(expr);
        let ast = self.model.ast(expr.file);
        if let ExprKind::Name(_) = ast[expr.id].kind {
            for binding in self.model.bindings_of(expr) {
                if let BindingKind::Element(iterable) = binding.kind {
                    let lists = self.model.eval(ExprRef {
                        file: expr.file,
                        id: iterable,
                    });
                    pending.extend(lists);
                }
            }
        }
        let mut steps = 0;
        while let Some(value) = pending.pop() {
            steps += 1;
            if steps > 60 {
                break;
            }
            match &value.kind {
                ValueKind::Str(text) if !out.iter().any(|known: &String| **known == **text) => {
                    out.push(text.to_string())
                }
                ValueKind::List(items) => pending.extend(items.iter().flatten().cloned()),
                _ => {}
            }
        }
        out.reverse();
        out
    }

    fn is_path(&self, expr: ExprRef) -> bool {
        let text = self.written(expr);
        let ast = self.model.ast(expr.file);
        match ast[expr.id].kind {
            ExprKind::Name(_) | ExprKind::Attribute { .. } | ExprKind::Subscript { .. } | ExprKind::Call { .. } => {}
            _ => return false,
        }
        matches!(
            &*text,
            "path" | "request_path" | "url_path" | "current_path" | "req_path" | "endpoint" | "route" | "url"
        ) || text.ends_with(".url.path")
            || text.ends_with(".path") && text.contains("url")
            || text.contains("scope[\"path\"]")
            || text.contains("scope['path']")
            || text.contains("scope.get(\"path\"")
            || self.is_url(expr)
    }

    /// `str(request.url)`
    fn is_url(&self, expr: ExprRef) -> bool {
        let text = self.written(expr);
        text.starts_with("str(") && text.ends_with(".url)") || text.ends_with("request.url")
    }

    fn is_method(&self, expr: ExprRef) -> bool {
        let text = self.written(expr);
        text.ends_with(".method") || text == "method" || text.contains("scope[\"method\"]")
    }

    /// As written, without `.lower()` and `.rstrip("/")`.
    fn written(&self, expr: ExprRef) -> String {
        let ast = self.model.ast(expr.file);
        let mut at = expr.id;
        while let ExprKind::Call { function, .. } = ast[at].kind
            && let ExprKind::Attribute { object, name, .. } = ast[function].kind
            && matches!(
                self.model.file(expr.file).source().name(name),
                "lower" | "rstrip" | "strip" | "upper" | "lstrip"
            )
        {
            at = object;
        }
        let text = &*self.model.written(ExprRef {
            file: expr.file,
            id: at,
        });
        // A name stands for what it is bound to, where that is short.
        if let ExprKind::Name(_) = ast[at].kind {
            let bound = self.model.bindings_of(ExprRef {
                file: expr.file,
                id: at,
            });
            if let [binding] = &bound[..]
                && let BindingKind::Value(value) = binding.kind
            {
                let inner = &*self.model.written(ExprRef {
                    file: expr.file,
                    id: value,
                });
                if inner.len() < 60 && inner.contains("request") {
                    return inner.to_owned();
                }
            }
        }
        text.to_owned()
    }
}
