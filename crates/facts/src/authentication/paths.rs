//! What a test of the request's path says for the requests of one route.
//!
//! ```python
//! if request.url.path in PUBLIC or request.url.path.startswith("/docs"):
//!     return await call_next(request)
//! ```

use std::cell::Cell;

use semantic::{BindingKind, ExprRef, FunctionRef, Model, NameUse, ValueKind};
use syntax::ast::*;
use text::FileId;

use crate::applications::Operation;

/// How a test comes out, where that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PathTest(Option<bool>);

impl PathTest {
    pub(super) fn known(truth: bool) -> PathTest {
        PathTest(Some(truth))
    }
}

/// Requests of one route, as a middleware sees them.
pub(super) struct Request<'m, 'a> {
    model: &'m Model<'a>,
    file: FileId,
    path: String,
    methods: Vec<String>,
    steps: Cell<u32>,
}

/// What a name of a loop, comprehension or helper stands for.
#[derive(Debug, Clone)]
enum Bound {
    Path,
    Text(String),
}

type Names = Vec<(Name, Bound)>;

/// Expressions that are looked at for one route.
const MAX_STEPS: u32 = 4000;
const MAX_DEPTH: usize = 24;

impl<'m, 'a> Request<'m, 'a> {
    pub(super) fn new(model: &'m Model<'a>, function: FunctionRef, operation: &Operation) -> Request<'m, 'a> {
        Request {
            model,
            file: function.file,
            path: operation.path.text.clone(),
            methods: operation.methods.clone(),
            steps: Cell::new(0),
        }
    }

    pub(super) fn test(&self, test: ExprId) -> PathTest {
        PathTest(self.truth(self.file, test, &Names::new(), 0))
    }

    fn truth(&self, file: FileId, test: ExprId, names: &Names, depth: usize) -> Option<bool> {
        self.steps.set(self.steps.get() + 1);
        if depth > MAX_DEPTH || self.steps.get() > MAX_STEPS {
            return None;
        }
        let ast = self.model.ast(file);
        let of = |id: ExprId| self.truth(file, id, names, depth + 1);
        match ast[test].kind {
            ExprKind::True => Some(true),
            ExprKind::False => Some(false),
            ExprKind::Await(inner) => of(inner),
            ExprKind::Unary {
                operator: UnaryOperator::Not,
                operand,
            } => of(operand).map(|truth| !truth),
            ExprKind::Boolean { operator, left, right } => {
                let decides = operator == BooleanOperator::Or;
                match (of(left), of(right)) {
                    (Some(a), _) | (_, Some(a)) if a == decides => Some(decides),
                    (Some(_), Some(_)) => Some(!decides),
                    _ => None,
                }
            }
            ExprKind::Compare { first, rest } => match ast[rest] {
                [compared] => self.comparison(file, first, compared, names),
                _ => None,
            },
            ExprKind::Call { .. } => self.call(file, test, names, depth),
            // `is_public = request.url.path in PUBLIC`
            ExprKind::Name(_) => match self.model.definitions(ExprRef { file, id: test }) {
                NameUse::Bound(definitions) => match definitions.as_slice() {
                    [definition] => match definition.binding.kind {
                        BindingKind::Value(value) if definition.file == file => of(value),
                        _ => None,
                    },
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        }
    }

    fn comparison(&self, file: FileId, first: ExprId, compared: Comparison, names: &Names) -> Option<bool> {
        let (is_positive, is_membership) = match compared.operator {
            CompareOperator::Equal => (true, false),
            CompareOperator::NotEqual => (false, false),
            CompareOperator::In => (true, true),
            CompareOperator::NotIn => (false, true),
            _ => return None,
        };
        let subject = self.subject(file, first, names);
        let holds = match (subject, is_membership) {
            (Some(Subject::Path), false) => {
                let texts = self.texts(file, compared.right, names)?;
                texts.iter().any(|text| self.is_path(text))
            }
            (Some(Subject::Method), false) => {
                let texts = self.texts(file, compared.right, names)?;
                self.is_method(&texts)?
            }
            (Some(Subject::Path), true) => {
                let texts = self.texts(file, compared.right, names)?;
                // A text holds its parts: `path in "/docs"` is one of a string, not of a list.
                texts.iter().any(|text| self.is_path(text))
            }
            (Some(Subject::Method), true) => self.is_method(&self.texts(file, compared.right, names)?)?,
            (None, true) if self.subject(file, compared.right, names) == Some(Subject::Path) => {
                let texts = self.texts(file, first, names)?;
                texts.iter().any(|text| self.path.contains(text.as_str()))
            }
            (None, false) if self.subject(file, compared.right, names) == Some(Subject::Path) => {
                let texts = self.texts(file, first, names)?;
                texts.iter().any(|text| self.is_path(text))
            }
            _ => return None,
        };
        Some(holds == is_positive)
    }

    fn is_path(&self, text: &str) -> bool {
        self.path == text || (text.len() > 1 && self.path.trim_end_matches('/') == text.trim_end_matches('/'))
    }

    /// `None` where some methods of the route are meant and others are not.
    fn is_method(&self, texts: &[String]) -> Option<bool> {
        let is_meant = |method: &String| texts.iter().any(|text| text.eq_ignore_ascii_case(method));
        let first = is_meant(self.methods.first()?);
        self.methods
            .iter()
            .all(|method| is_meant(method) == first)
            .then_some(first)
    }

    fn call(&self, file: FileId, call: ExprId, names: &Names, depth: usize) -> Option<bool> {
        let ast = self.model.ast(file);
        let source = self.model.file(file).source();
        let ExprKind::Call { function, arguments } = ast[call].kind else {
            return None;
        };
        let arguments = &ast[arguments];
        if let ExprKind::Attribute { object, name, .. } = ast[function].kind
            && self.subject(file, object, names) == Some(Subject::Path)
        {
            let texts = self.texts(file, arguments.first()?.value, names)?;
            return match source.name(name) {
                "startswith" => {
                    // What stands before a parameter of the path is all that is known of it.
                    let fixed = self.path.split('{').next().unwrap_or_default();
                    let may = texts.iter().any(|text| {
                        fixed.len() < self.path.len() && text.starts_with(fixed) && text.len() > fixed.len()
                    });
                    match texts.iter().any(|text| fixed.starts_with(text.as_str())) {
                        true => Some(true),
                        false if may => None,
                        false => Some(false),
                    }
                }
                "endswith" => match self.path.ends_with('}') {
                    true => None,
                    false => Some(texts.iter().any(|text| self.path.ends_with(text.as_str()))),
                },
                _ => None,
            };
        }
        if let ExprKind::Name(name) = ast[function].kind
            && matches!(source.imported_name(name), "any" | "all")
        {
            return self.quantified(
                file,
                arguments.first()?.value,
                source.imported_name(name) == "any",
                names,
                depth,
            );
        }
        self.helper(file, call, names, depth)
    }

    /// `any(path.startswith(prefix) for prefix in PREFIXES)`
    fn quantified(&self, file: FileId, argument: ExprId, is_any: bool, names: &Names, depth: usize) -> Option<bool> {
        let ast = self.model.ast(file);
        let ExprKind::Comprehension { element, clauses, .. } = ast[argument].kind else {
            return None;
        };
        let [ComprehensionClause::For { target, iterable }] = ast[clauses] else {
            return None;
        };
        let ExprKind::Name(name) = ast[target].kind else {
            return None;
        };
        self.over(
            file,
            name,
            iterable,
            names,
            |names| self.truth(file, element, names, depth + 1),
            is_any,
        )
    }

    /// Whether a test holds for any, or all, of the texts of a list.
    fn over(
        &self,
        file: FileId,
        name: Name,
        iterable: ExprId,
        names: &Names,
        test: impl Fn(&Names) -> Option<bool>,
        is_any: bool,
    ) -> Option<bool> {
        let mut is_known = true;
        for text in self.texts(file, iterable, names)? {
            let mut inner = names.clone();
            inner.push((name, Bound::Text(text)));
            match test(&inner) {
                Some(truth) if truth == is_any => return Some(is_any),
                Some(_) => {}
                None => is_known = false,
            }
        }
        is_known.then_some(!is_any)
    }

    /// `self.is_public(request.url.path)`: a function of the project that tests the path.
    fn helper(&self, file: FileId, call: ExprId, names: &Names, depth: usize) -> Option<bool> {
        let call = ExprRef { file, id: call };
        let callees = self.model.callee(call);
        let [callee] = callees.as_slice() else { return None };
        let (function, skipped) = match callee.kind {
            ValueKind::Function(function) => (function, 0),
            ValueKind::Method { function, .. } => (function, 1),
            _ => return None,
        };
        let ast = self.model.ast(file);
        let ExprKind::Call { arguments, .. } = ast[call.id].kind else {
            return None;
        };
        let inner = self.model.ast(function.file);
        let parameters = &inner[inner[function.id].parameters];
        let mut bound = Names::new();
        for (index, argument) in ast[arguments].iter().enumerate() {
            if self.subject(file, argument.value, names) == Some(Subject::Path)
                && let Some(parameter) = parameters.get(index + skipped)
            {
                bound.push((parameter.name, Bound::Path));
            }
        }
        self.block(function.file, inner[function.id].body, &bound, depth + 1)
            .ok()
            .flatten()
    }

    /// What a block returns: `Err` where it is not known, `Ok(None)` where it goes on.
    fn block(&self, file: FileId, block: Block, names: &Names, depth: usize) -> Result<Option<bool>, ()> {
        if depth > MAX_DEPTH {
            return Err(());
        }
        let ast = self.model.ast(file);
        for &stmt in &ast[block] {
            match ast[stmt].kind {
                StmtKind::Return(Some(value)) => return self.truth(file, value, names, depth + 1).map(Some).ok_or(()),
                StmtKind::Return(None) => return Ok(Some(false)),
                StmtKind::If { branches, otherwise } => {
                    let mut is_taken = false;
                    for branch in &ast[branches] {
                        match self.truth(file, branch.test, names, depth + 1) {
                            Some(true) => {
                                if let Some(value) = self.block(file, branch.body, names, depth + 1)? {
                                    return Ok(Some(value));
                                }
                                is_taken = true;
                                break;
                            }
                            Some(false) => {}
                            None => return Err(()),
                        }
                    }
                    if let Some(block) = otherwise.filter(|_| !is_taken)
                        && let Some(value) = self.block(file, block, names, depth + 1)?
                    {
                        return Ok(Some(value));
                    }
                }
                StmtKind::For {
                    target, iterable, body, ..
                } => {
                    let ExprKind::Name(name) = ast[target].kind else {
                        return Err(());
                    };
                    for text in self.texts(file, iterable, names).ok_or(())? {
                        let mut inner = names.clone();
                        inner.push((name, Bound::Text(text)));
                        if let Some(value) = self.block(file, body, &inner, depth + 1)? {
                            return Ok(Some(value));
                        }
                    }
                }
                StmtKind::Expr(_)
                | StmtKind::Assign { .. }
                | StmtKind::AnnotatedAssign { .. }
                | StmtKind::Pass
                | StmtKind::Import(_)
                | StmtKind::ImportFrom { .. } => {}
                _ => return Err(()),
            }
        }
        Ok(None)
    }

    /// Whether an expression is the path, or the method, of the request.
    fn subject(&self, file: FileId, expr: ExprId, names: &Names) -> Option<Subject> {
        let ast = self.model.ast(file);
        let source = self.model.file(file).source();
        let mut at = expr;
        for _ in 0..12 {
            at = match ast[at].kind {
                ExprKind::Attribute { object, name, .. } => {
                    return match (source.name(name), &ast[object].kind) {
                        ("path", ExprKind::Attribute { name, .. }) if source.name(*name) == "url" => {
                            Some(Subject::Path)
                        }
                        ("path", ExprKind::Name(name)) if source.name(*name) == "url" => Some(Subject::Path),
                        ("method", ExprKind::Name(_)) => Some(Subject::Method),
                        _ => None,
                    };
                }
                // `scope["path"]`, `request.scope["path"]`
                ExprKind::Subscript { index, .. } => {
                    return match ast.string(self.model.file(file).text(), index).as_deref() {
                        Some("path") => Some(Subject::Path),
                        Some("method") => Some(Subject::Method),
                        _ => None,
                    };
                }
                // `request.url.path.rstrip("/")`, `scope.get("path", "")`
                ExprKind::Call { function, arguments } => match ast[function].kind {
                    ExprKind::Attribute { object, name, .. } => match source.name(name) {
                        "rstrip" | "lower" | "strip" | "upper" => object,
                        "get" => {
                            let key = ast[arguments].first()?.value;
                            let key = ast.string(self.model.file(file).text(), key);
                            return match key.as_deref() {
                                Some("path") => Some(Subject::Path),
                                Some("method") => Some(Subject::Method),
                                _ => None,
                            };
                        }
                        _ => return None,
                    },
                    ExprKind::Name(name) if source.imported_name(name) == "str" => ast[arguments].first()?.value,
                    _ => return None,
                },
                ExprKind::Name(name) => {
                    if let Some((_, bound)) = names.iter().rev().find(|(known, _)| *known == name) {
                        return matches!(bound, Bound::Path).then_some(Subject::Path);
                    }
                    match self.model.definitions(ExprRef { file, id: at }) {
                        NameUse::Bound(definitions) => match definitions.as_slice() {
                            [definition] if definition.file == file => match definition.binding.kind {
                                BindingKind::Value(value) => value,
                                _ => return None,
                            },
                            _ => return None,
                        },
                        _ => return None,
                    }
                }
                _ => return None,
            };
        }
        None
    }

    /// The constant texts of a text, list, set or dictionary; `None` if some are not known.
    fn texts(&self, file: FileId, expr: ExprId, names: &Names) -> Option<Vec<String>> {
        let ast = self.model.ast(file);
        if let ExprKind::Name(name) = ast[expr].kind
            && let Some((_, bound)) = names.iter().rev().find(|(known, _)| *known == name)
        {
            return match bound {
                Bound::Text(text) => Some(vec![text.clone()]),
                Bound::Path => None,
            };
        }
        let values = self.model.eval(ExprRef { file, id: expr });
        let [value] = values.as_slice() else { return None };
        match &value.kind {
            ValueKind::Str(text) => Some(vec![text.to_string()]),
            ValueKind::List(items) => items
                .iter()
                .map(|item| match item.as_slice() {
                    [value] => value.as_str().map(str::to_owned),
                    _ => None,
                })
                .collect(),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    Path,
    Method,
}
