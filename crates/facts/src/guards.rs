//! Checks of a value against a list of what is allowed, before it is used.

use semantic::{ExprRef, FunctionRef, Model, ValueKind};
use syntax::ast::*;
use text::FileId;

use crate::places::subject_text;
use crate::shapes::is_strict;

/// Whether the code of a function, before `place` or around it, lets only allowed values of `subject` (as written:
/// `sort`, `params.sort`) through.
pub(crate) fn is_allow_listed(model: &Model<'_>, function: FunctionRef, subject: &str, place: Place) -> bool {
    let guard = Guard {
        model,
        file: function.file,
        subject,
        depth: 0,
    };
    guard.protects(function, place)
}

/// Where a value is used.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place {
    Expr(ExprRef),
    /// Behind all that the function does: a check behind the use protects nothing, but the use may be in another
    /// function.
    End,
}

struct Guard<'m, 'a> {
    model: &'m Model<'a>,
    file: FileId,
    subject: &'m str,
    /// Functions that were entered to look for checks there.
    depth: u32,
}

/// What a condition says when it is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    Allowed,
    NotAllowed,
    Nothing,
}

impl Says {
    fn not(self) -> Says {
        match self {
            Says::Allowed => Says::NotAllowed,
            Says::NotAllowed => Says::Allowed,
            Says::Nothing => Says::Nothing,
        }
    }
}

impl Guard<'_, '_> {
    fn protects(&self, function: FunctionRef, place: Place) -> bool {
        let ast = self.model.ast(self.file);
        let around = match place {
            Place::Expr(expr) => Some(expr.id),
            Place::End => None,
        };
        let place = match place {
            Place::Expr(expr) => ast[expr.id].range.start(),
            Place::End => ast[ast[function.id].stmt].range.end(),
        };
        for stmt in ast.stmts_within(ast[function.id].body) {
            let range = ast[stmt].range;
            if range.start() >= place {
                break;
            }
            let holds = |block: Block| ast.block_range(block).is_some_and(|range| range.contains(place));
            let protected = match ast[stmt].kind {
                StmtKind::If { branches, otherwise } => {
                    let mut not_allowed_before = false;
                    let mut protected = false;
                    for branch in &ast[branches] {
                        let says = self.says(branch.test);
                        protected |= holds(branch.body) && (says == Says::Allowed || not_allowed_before);
                        // Whoever is not allowed leaves here, or goes on with another value.
                        protected |= says == Says::NotAllowed
                            && !range.contains(place)
                            && (self.leaves(branch.body) || self.rebinds(branch.body));
                        not_allowed_before |= says == Says::NotAllowed;
                    }
                    if let Some(block) = otherwise {
                        protected |= holds(block) && not_allowed_before;
                        let first = ast[branches].first().map(|branch| self.says(branch.test));
                        protected |= first == Some(Says::Allowed)
                            && ast[branches].len() == 1
                            && !range.contains(place)
                            && (self.leaves(block) || self.rebinds(block));
                    }
                    protected
                }
                StmtKind::Assert { test, .. } => self.says(test) == Says::Allowed,
                StmtKind::While { test, body, .. } => holds(body) && self.says(test) == Says::Allowed,
                StmtKind::Match { subject, cases } => {
                    let subject = ExprRef {
                        file: self.file,
                        id: subject,
                    };
                    subject_text(self.model, subject) == self.subject
                        && ast[cases]
                            .iter()
                            .any(|case| holds(case.body) && matches!(ast[case.pattern].kind, ExprKind::String { .. }))
                }
                // `validate_column(sort)`, `sort = check_column(sort)`
                StmtKind::Expr(expr) | StmtKind::Assign { value: expr, .. } => {
                    self.is_checking_call(expr) || self.is_checked_conditional(expr)
                }
                _ => false,
            };
            if protected {
                return true;
            }
        }
        // `f"… {x if x in ALLOWED else 'id'}"`
        std::iter::successors(around, |&expr| ast.parent_expr(expr)).any(|expr| self.is_checked_conditional(expr))
    }

    fn is_checked_conditional(&self, expr: ExprId) -> bool {
        let ast = self.model.ast(self.file);
        match ast[expr].kind {
            ExprKind::Conditional { test, then, otherwise } => match self.says(test) {
                Says::Allowed => !self.mentions(otherwise),
                Says::NotAllowed => !self.mentions(then),
                Says::Nothing => false,
            },
            _ => false,
        }
    }

    fn mentions(&self, expr: ExprId) -> bool {
        subject_text(
            self.model,
            ExprRef {
                file: self.file,
                id: expr,
            },
        ) == self.subject
    }

    /// Whether control leaves a block at its end.
    fn leaves(&self, block: Block) -> bool {
        let ast = self.model.ast(self.file);
        ast[block].last().is_some_and(|&last| {
            matches!(
                ast[last].kind,
                StmtKind::Raise { .. } | StmtKind::Return(_) | StmtKind::Continue | StmtKind::Break
            )
        })
    }

    /// Whether a block gives the subject another, constant value.
    fn rebinds(&self, block: Block) -> bool {
        let ast = self.model.ast(self.file);
        ast[block].iter().any(|&stmt| match ast[stmt].kind {
            StmtKind::Assign { targets, value } => {
                ast[targets].iter().any(|&target| self.mentions(target))
                    && matches!(
                        ast[value].kind,
                        ExprKind::String { .. } | ExprKind::Name(_) | ExprKind::None
                    )
            }
            _ => false,
        })
    }

    /// What a condition says about the subject. Looks a few levels deep into `and`, `or` and `not`.
    fn says(&self, test: ExprId) -> Says {
        let ast = self.model.ast(self.file);
        // Operands of the same operator, `not` counted.
        let mut pending = vec![(test, false)];
        let mut found = Says::Nothing;
        let mut steps = 0;
        while let Some((expr, is_negated)) = pending.pop() {
            steps += 1;
            if steps > 24 {
                return Says::Nothing;
            }
            match ast[expr].kind {
                ExprKind::Unary {
                    operator: UnaryOperator::Not,
                    operand,
                } => pending.push((operand, !is_negated)),
                ExprKind::Boolean { left, right, .. } => pending.extend([(right, is_negated), (left, is_negated)]),
                _ => {
                    let says = self.simple(expr);
                    let says = if is_negated { says.not() } else { says };
                    if found == Says::Nothing {
                        found = says;
                    }
                }
            }
        }
        // `x in A or y` allows others too; `x not in A and y` lets some through. What narrows is taken as meant:
        // `if sort and sort not in ALLOWED`.
        let is_or = matches!(
            ast[test].kind,
            ExprKind::Boolean {
                operator: BooleanOperator::Or,
                ..
            }
        );
        match (found, is_or) {
            (Says::Allowed, true) if !self.all_allow(test) => Says::Nothing,
            (found, _) => found,
        }
    }

    /// Every operand of an `or` is a check that allows: `x == "a" or x == "b"`.
    fn all_allow(&self, test: ExprId) -> bool {
        let ast = self.model.ast(self.file);
        let mut pending = vec![test];
        let mut steps = 0;
        while let Some(expr) = pending.pop() {
            steps += 1;
            match ast[expr].kind {
                ExprKind::Boolean {
                    operator: BooleanOperator::Or,
                    left,
                    right,
                } => pending.extend([left, right]),
                _ if steps > 24 || self.simple(expr) != Says::Allowed => return false,
                _ => {}
            }
        }
        true
    }

    fn simple(&self, expr: ExprId) -> Says {
        let ast = self.model.ast(self.file);
        let source = self.model.file(self.file).source();
        match ast[expr].kind {
            ExprKind::Compare { first, rest } => {
                let [comparison] = &ast[rest] else {
                    return Says::Nothing;
                };
                let right = comparison.right;
                match comparison.operator {
                    CompareOperator::In if self.mentions(first) && self.is_allow_list(right) => Says::Allowed,
                    CompareOperator::NotIn if self.mentions(first) && self.is_allow_list(right) => Says::NotAllowed,
                    CompareOperator::Equal if self.is_equality(first, right) => Says::Allowed,
                    CompareOperator::NotEqual if self.is_equality(first, right) => Says::NotAllowed,
                    // `re.fullmatch(…) is None`
                    CompareOperator::Is if matches!(ast[right].kind, ExprKind::None) => self.simple_call(first).not(),
                    CompareOperator::IsNot if matches!(ast[right].kind, ExprKind::None) => self.simple_call(first),
                    // `set(columns) <= ALLOWED`
                    CompareOperator::LessEqual if self.mentions(first) => Says::Allowed,
                    _ => Says::Nothing,
                }
            }
            ExprKind::Call { .. } => self.simple_call(expr),
            // `if ALLOWED.get(x)` binds nothing; `set(columns) - ALLOWED` is what is not allowed.
            ExprKind::Binary {
                operator: BinaryOperator::Subtract,
                left,
                ..
            } if self.mentions(left) => Says::NotAllowed,
            ExprKind::Name(name) if source.imported_name(name) == self.subject => Says::Nothing,
            _ => Says::Nothing,
        }
    }

    /// `x.isidentifier()`, `re.fullmatch(r"\w+", x)`, `hasattr(Model, x)`, `is_valid_column(x)`, `all(c in A for c in x)`
    fn simple_call(&self, expr: ExprId) -> Says {
        let ast = self.model.ast(self.file);
        let source = self.model.file(self.file).source();
        let ExprKind::Call { function, arguments } = ast[expr].kind else {
            return Says::Nothing;
        };
        let call = ExprRef {
            file: self.file,
            id: expr,
        };
        let mentioned = ast[arguments].iter().any(|argument| self.mentions(argument.value));
        let name = match ast[function].kind {
            ExprKind::Name(name) | ExprKind::Attribute { name, .. } => source.imported_name(name),
            _ => return Says::Nothing,
        };
        match (name, ast[function].kind) {
            ("isidentifier" | "isalnum" | "isdigit" | "isalpha" | "isdecimal" | "isnumeric", _)
                if self.mentions(expr) =>
            {
                Says::Allowed
            }
            ("match" | "fullmatch" | "search", _) if mentioned => {
                let compiled = self.model.receiver(call);
                let texts = ast[arguments].iter().map(|argument| ExprRef {
                    file: self.file,
                    id: argument.value,
                });
                let strict = texts.chain(compiled).any(|part| self.is_strict_pattern(part, name));
                if strict { Says::Allowed } else { Says::Nothing }
            }
            ("hasattr", _) if ast[arguments].len() == 2 && self.mentions(ast[arguments][1].value) => Says::Allowed,
            ("issubset", _) if self.mentions(expr) => Says::Allowed,
            ("all", _) => {
                // `all(c in ALLOWED for c in columns)`
                let over_subject = ast[arguments].iter().any(|argument| match ast[argument.value].kind {
                    ExprKind::Comprehension { element, clauses, .. } => {
                        let iterates = ast[clauses].iter().any(|clause| {
                            matches!(*clause, ComprehensionClause::For { iterable, .. } if self.mentions(iterable))
                        });
                        let checks = matches!(ast[element].kind, ExprKind::Compare { rest, .. }
                        if ast[rest].iter().all(|comparison| {
                            comparison.operator == CompareOperator::In && self.is_allow_list(comparison.right)
                        }));
                        iterates && checks
                    }
                    _ => false,
                });
                if over_subject { Says::Allowed } else { Says::Nothing }
            }
            _ if mentioned && is_name_of_check(name) => Says::Allowed,
            _ => Says::Nothing,
        }
    }

    /// A pattern, or a compiled one, that lets nothing but names through when `function` of `re` is called with it.
    fn is_strict_pattern(&self, part: ExprRef, function: &str) -> bool {
        let strict = |value: &semantic::Value| {
            value.as_str().is_some_and(|text| match function {
                "fullmatch" => is_strict(text, false),
                // Anchored at its beginning by itself.
                "match" => is_strict(&format!("^{}", text.trim_start_matches('^')), true),
                _ => is_strict(text, true),
            })
        };
        self.model.eval(part).iter().any(|value| match &value.kind {
            ValueKind::Call {
                path, call: Some(call), ..
            } if &**path == "re.compile" => {
                let arguments = self.model.arguments(*call, None);
                let pattern = arguments.get(Some(0), &["pattern"]);
                pattern.is_some_and(|pattern| !pattern.values.is_empty() && pattern.values.iter().all(strict))
            }
            _ => strict(value),
        })
    }

    fn is_equality(&self, left: ExprId, right: ExprId) -> bool {
        let ast = self.model.ast(self.file);
        let is_text = |expr: ExprId| {
            matches!(ast[expr].kind, ExprKind::String { .. })
                || self
                    .model
                    .eval(ExprRef {
                        file: self.file,
                        id: expr,
                    })
                    .iter()
                    .all(|value| value.as_str().is_some())
        };
        (self.mentions(left) && is_text(right)) || (self.mentions(right) && is_text(left))
    }

    /// Something that lists what is allowed: constants, names of the code, but no text (`x in "abc"`) and nothing
    /// that the client sent.
    fn is_allow_list(&self, expr: ExprId) -> bool {
        let values = self.model.eval(ExprRef {
            file: self.file,
            id: expr,
        });
        !values.is_empty()
            && values.iter().all(|value| match &value.kind {
                ValueKind::Str(_) | ValueKind::Bytes(_) | ValueKind::Format(_) | ValueKind::Parameter { .. } => false,
                ValueKind::Call { path, .. } | ValueKind::External(path) => {
                    crate::libraries::web::sent_by_client(path).is_none()
                }
                _ => true,
            })
    }

    /// A call of a function of the project that leaves by an exception when its argument is not allowed.
    fn is_checking_call(&self, expr: ExprId) -> bool {
        let ast = self.model.ast(self.file);
        let mut expr = expr;
        while let ExprKind::Await(inner) = ast[expr].kind {
            expr = inner;
        }
        let ExprKind::Call { arguments, .. } = ast[expr].kind else {
            return false;
        };
        if self.depth > 1 || !ast[arguments].iter().any(|argument| self.mentions(argument.value)) {
            return false;
        }
        let call = ExprRef {
            file: self.file,
            id: expr,
        };
        self.model.callee(call).iter().any(|callee| {
            let (function, skipped) = match &callee.kind {
                ValueKind::Function(function) => (*function, 0),
                ValueKind::Method { function, .. } => (*function, 1),
                _ => return false,
            };
            let home = self.model.file(function.file);
            let parameters = home.ast()[function.id].parameters;
            let mut position = skipped;
            ast[arguments].iter().any(|argument| {
                let parameter = match argument.kind {
                    ArgumentKind::Keyword(name) => {
                        let name = self.model.file(self.file).source().name(name);
                        home.ast()[parameters]
                            .iter()
                            .find(|parameter| home.source().name(parameter.name) == name)
                    }
                    _ => {
                        position += 1;
                        home.ast()[parameters].get(position - 1)
                    }
                };
                let Some(parameter) = parameter.filter(|_| self.mentions(argument.value)) else {
                    return false;
                };
                let inner = Guard {
                    model: self.model,
                    file: function.file,
                    subject: home.source().name(parameter.name),
                    depth: self.depth + 1,
                };
                inner.protects(function, Place::End)
            })
        })
    }
}

/// `is_allowed`, `is_valid_column`, `is_safe_identifier`; not `is_valid_email`, which leaves quotes in.
fn is_name_of_check(name: &str) -> bool {
    let name = name.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    has(&["allow", "permitted", "whitelist", "identifier", "trusted"])
        || (has(&["valid", "safe", "known", "check"])
            && has(&[
                "column",
                "field",
                "table",
                "sort",
                "order",
                "direction",
                "origin",
                "schema",
            ]))
}
