//! The concrete tree to tables, bottom-up in one walk of a cursor.
//!
//! A node is reduced when the cursor leaves it: its children have been reduced before and lie on a stack.
//! Wrappers without a meaning of their own leave their children there for the node around them, and so do
//! errors that hold statements: what can be read of a broken file is read.

use text::{TextRange, TextSize, sort_by_number};
use tree_sitter::{Node, Tree};

use crate::ast::*;
use crate::kind::{Kind, KindTable};

pub(crate) fn lower(text: &str, tree: &Tree, kinds: &KindTable) -> Ast {
    let mut builder = Builder {
        text,
        ast: Ast::default(),
        unclaimed_exprs: Vec::new(),
        unclaimed_stmts: Vec::new(),
    };
    // Measured on real code: about one expression for 14 bytes, one statement for 40.
    builder.ast.exprs.reserve(text.len() / 12);
    builder.ast.expr_stmt.reserve(text.len() / 12);
    builder.ast.expr_parent.reserve(text.len() / 12);
    let mut stack: Vec<Child> = Vec::new();
    let mut frames: Vec<Frame> = Vec::new();
    let mut cursor = tree.walk();
    'walk: loop {
        let node = cursor.node();
        let kind = kinds.kind(node.kind_id());
        let frame = Frame {
            kind,
            range: range_of(&node),
            children: stack.len(),
            exprs: builder.unclaimed_exprs.len(),
            stmts: builder.unclaimed_stmts.len(),
        };
        if !is_leaf(kind) && cursor.goto_first_child() {
            frames.push(frame);
            continue;
        }
        builder.leaf(&node, &frame, &mut stack);
        while !cursor.goto_next_sibling() {
            let Some(frame) = frames.pop() else { break 'walk };
            cursor.goto_parent();
            builder.reduce(&frame, &mut stack);
        }
    }
    builder.finish(&stack)
}

/// Kinds whose children say nothing that is needed.
fn is_leaf(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Identifier
            | Kind::StringContent
            | Kind::StringStart
            | Kind::Comment
            | Kind::ImportPrefix
            | Kind::WildcardImport
            | Kind::KeywordSeparator
            | Kind::PositionalSeparator
            // Two words, one operator.
            | Kind::TokenIsNot
            | Kind::TokenNotIn
    )
}

fn range_of(node: &Node<'_>) -> TextRange {
    TextRange::new((node.start_byte() as u32).into(), (node.end_byte() as u32).into())
}

/// A node that the cursor is inside.
struct Frame {
    kind: Kind,
    range: TextRange,
    /// Where its children begin on the stack.
    children: usize,
    /// Where its unclaimed expressions and statements begin.
    exprs: usize,
    stmts: usize,
}

/// A reduced node, waiting for the node around it.
#[derive(Clone, Copy)]
struct Child {
    kind: Kind,
    range: TextRange,
    node: Lowered,
}

#[derive(Clone, Copy)]
enum Lowered {
    Token,
    Identifier(Name),
    Expr(ExprId),
    Type(ExprId),
    /// `*x`
    Splat(ExprId),
    /// `**x`
    DoubleSplat(ExprId),
    /// `x as y`
    As(ExprId, ExprId),
    TypeParameters(List<ExprId>),
    Argument(Argument),
    Arguments(List<Argument>),
    DictItem(DictItem),
    Clause(ComprehensionClause),
    Parameter(Parameter),
    Parameters(List<Parameter>),
    StringPart(StringPart),
    /// `a.b.c` in an import or a pattern.
    Path(Name),
    Imported(ImportedName),
    RelativeImport(u32, TextRange),
    /// Targets and value of an assignment, from the last target to the first.
    Assignment(AssignmentParts),
    AugmentedAssignment(ExprId, BinaryOperator, ExprId),
    Decorator(ExprId),
    Stmt(StmtId),
    Block(Block),
    Branch(Branch),
    Handler(Handler),
    WithItem(WithItem),
    Case(Case),
    Cases(List<Case>),
}

#[derive(Clone, Copy)]
struct AssignmentParts {
    /// Targets of the assignments inside, in order; contiguous at the end of the table.
    inner: List<ExprId>,
    target: ExprId,
    annotation: Option<ExprId>,
    value: Option<ExprId>,
}

struct Builder<'a> {
    text: &'a str,
    ast: Ast,
    /// Expressions that no statement owns yet.
    unclaimed_exprs: Vec<ExprId>,
    /// Statements that no statement encloses yet.
    unclaimed_stmts: Vec<StmtId>,
}

macro_rules! push_list {
    ($builder:expr, $table:ident, $items:expr) => {{
        let start = $builder.ast.$table.len();
        $builder.ast.$table.extend($items);
        List {
            start: start as u32,
            len: ($builder.ast.$table.len() - start) as u32,
            of: std::marker::PhantomData,
        }
    }};
}

impl Builder<'_> {
    fn leaf(&mut self, node: &Node<'_>, frame: &Frame, stack: &mut Vec<Child>) {
        let Frame { kind, range, .. } = *frame;
        if range.is_empty() && node.is_missing() {
            self.ast.errors.push(range);
        }
        let lowered = match kind {
            Kind::Identifier | Kind::TokenUnderscore => Lowered::Identifier(self.intern(range)),
            Kind::Integer => self.expr(range, ExprKind::Integer),
            Kind::Float => self.expr(range, ExprKind::Float),
            Kind::True => self.expr(range, ExprKind::True),
            Kind::False => self.expr(range, ExprKind::False),
            Kind::None => self.expr(range, ExprKind::None),
            Kind::Ellipsis => self.expr(range, ExprKind::Ellipsis),
            Kind::Comment => {
                self.ast.comments.push(range);
                return;
            }
            Kind::Other => return,
            // A node with children elsewhere that is empty here: an empty block, a lone `yield`, an error.
            _ if !is_token(kind) => {
                self.reduce(frame, stack);
                return;
            }
            _ => Lowered::Token,
        };
        stack.push(Child {
            kind,
            range,
            node: lowered,
        });
    }

    /// Replaces the children of a node on the stack by the node.
    fn reduce(&mut self, frame: &Frame, stack: &mut Vec<Child>) {
        match frame.kind {
            Kind::Other | Kind::CasePattern => return self.pass_through(frame, stack),
            Kind::Error => {
                self.ast.errors.push(frame.range);
                let holds_code = |child: &Child| matches!(child.node, Lowered::Stmt(_) | Lowered::Block(_));
                if !stack[frame.children..].iter().any(holds_code) {
                    stack.truncate(frame.children);
                }
                return;
            }
            _ => {}
        }
        let node = self.build(frame, &stack[frame.children..]);
        stack.truncate(frame.children);
        if let Some(node) = node {
            stack.push(Child {
                kind: frame.kind,
                range: frame.range,
                node,
            });
        }
    }

    /// Wrappers keep what they hold; a number after a minus in a pattern becomes one expression.
    fn pass_through(&mut self, frame: &Frame, stack: &mut Vec<Child>) {
        if frame.kind != Kind::CasePattern {
            return;
        }
        let children = &stack[frame.children..];
        let node = match children.iter().find_map(|child| self.pattern(child)) {
            Some(expr) => Lowered::Expr(expr),
            None => self.expr(frame.range, ExprKind::Error),
        };
        stack.truncate(frame.children);
        stack.push(Child {
            kind: frame.kind,
            range: frame.range,
            node,
        });
    }

    fn build(&mut self, frame: &Frame, children: &[Child]) -> Option<Lowered> {
        let range = frame.range;
        let lowered = match frame.kind {
            // Expressions
            Kind::Parenthesized => {
                let inner = self.first_expr(children)?;
                self.ast.exprs[inner.index()].range = range;
                Lowered::Expr(inner)
            }
            Kind::Attribute => {
                let object = self.first_expr(children)?;
                let (name, name_range) = children.iter().rev().find_map(|child| match child.node {
                    Lowered::Identifier(name) => Some((name, child.range)),
                    _ => None,
                })?;
                self.expr(
                    range,
                    ExprKind::Attribute {
                        object,
                        name,
                        name_range,
                    },
                )
            }
            Kind::Subscript => {
                let items = self.all_exprs(children);
                let (&object, rest) = items.split_first()?;
                let index = self.one_or_tuple(rest, range)?;
                self.expr(range, ExprKind::Subscript { object, index })
            }
            Kind::Slice => {
                let colon = children.iter().position(|child| child.kind == Kind::TokenColon);
                let (before, after) = children.split_at(colon.unwrap_or(children.len()));
                let lower = self.first_expr(before);
                let upper = after.get(1).and_then(|child| self.as_expr(child));
                self.expr(range, ExprKind::Slice { lower, upper })
            }
            Kind::Call => {
                let function = self.first_expr(children)?;
                let arguments = match children.last()? {
                    Child {
                        node: Lowered::Arguments(arguments),
                        ..
                    } => *arguments,
                    // A generator as the only argument brings its own parentheses.
                    generator if children.len() > 1 => {
                        let value = self.as_expr(generator)?;
                        let argument = Argument {
                            range: generator.range,
                            kind: ArgumentKind::Positional,
                            value,
                        };
                        push_list!(self, arguments, [argument])
                    }
                    _ => List::default(),
                };
                self.expr(range, ExprKind::Call { function, arguments })
            }
            Kind::ArgumentList => {
                let arguments: Vec<Argument> = children.iter().filter_map(|child| self.argument(child)).collect();
                Lowered::Arguments(push_list!(self, arguments, arguments))
            }
            Kind::KeywordArgument | Kind::KeywordPattern => {
                let (first, rest) = children.split_first()?;
                let Lowered::Identifier(name) = first.node else {
                    return None;
                };
                let value = rest.iter().find_map(|child| self.pattern(child))?;
                Lowered::Argument(Argument {
                    range,
                    kind: ArgumentKind::Keyword(name),
                    value,
                })
            }
            Kind::ListSplat | Kind::ListSplatPattern => Lowered::Splat(self.first_expr(children)?),
            Kind::DictionarySplat | Kind::DictionarySplatPattern => Lowered::DoubleSplat(self.first_expr(children)?),
            Kind::SplatPattern => Lowered::Splat(self.first_expr(children)?),
            Kind::String => return Some(self.string(range, children)),
            Kind::ConcatenatedString => return Some(self.concatenated(range, children)),
            Kind::StringContent => return None,
            Kind::Interpolation => Lowered::StringPart(StringPart::Interpolation(self.first_expr(children)?)),
            Kind::FormatSpecifier | Kind::FormatExpression => return None,
            Kind::List | Kind::ListPattern => {
                let items = self.all_patterns(children);
                let items = push_list!(self, expr_lists, items);
                self.expr(range, ExprKind::List(items))
            }
            Kind::Set => {
                let items = self.all_exprs(children);
                let items = push_list!(self, expr_lists, items);
                self.expr(range, ExprKind::Set(items))
            }
            Kind::Tuple | Kind::TuplePattern | Kind::ExpressionList | Kind::PatternList => {
                let items = self.all_patterns(children);
                let items = push_list!(self, expr_lists, items);
                self.expr(range, ExprKind::Tuple(items))
            }
            Kind::Pair => {
                let (key, value) = self.two_exprs(children)?;
                Lowered::DictItem(DictItem::Pair { key, value })
            }
            Kind::Dictionary => {
                let items: Vec<DictItem> = children
                    .iter()
                    .filter_map(|child| match child.node {
                        Lowered::DictItem(item) => Some(item),
                        Lowered::DoubleSplat(value) => Some(DictItem::Spread(value)),
                        _ => None,
                    })
                    .collect();
                let items = push_list!(self, dict_items, items);
                self.expr(range, ExprKind::Dict(items))
            }
            Kind::DictPattern => {
                let values = self.all_patterns(children);
                let items: Vec<DictItem> = values
                    .chunks_exact(2)
                    .map(|pair| DictItem::Pair {
                        key: pair[0],
                        value: pair[1],
                    })
                    .collect();
                let items = push_list!(self, dict_items, items);
                self.expr(range, ExprKind::Dict(items))
            }
            Kind::ListComprehension | Kind::SetComprehension | Kind::DictionaryComprehension | Kind::Generator => {
                return self.comprehension(frame, children);
            }
            Kind::ForInClause => {
                let at = children.iter().position(|child| child.kind == Kind::TokenIn)?;
                let target = self.first_expr(&children[..at])?;
                let iterables = self.all_exprs(&children[at..]);
                let iterable = self.one_or_tuple(&iterables, range)?;
                Lowered::Clause(ComprehensionClause::For { target, iterable })
            }
            Kind::IfClause => Lowered::Clause(ComprehensionClause::If(self.first_expr(children)?)),
            Kind::Not => {
                let operand = self.first_expr(children)?;
                self.unary(range, UnaryOperator::Not, operand)
            }
            Kind::Unary => {
                let operator = match children.first()?.kind {
                    Kind::TokenMinus => UnaryOperator::Minus,
                    Kind::TokenTilde => UnaryOperator::Invert,
                    _ => UnaryOperator::Plus,
                };
                let operand = self.first_expr(children)?;
                self.unary(range, operator, operand)
            }
            Kind::Binary => {
                let operator = children.iter().find_map(|child| binary_operator(child.kind))?;
                let (left, right) = self.two_exprs(children)?;
                self.expr(range, ExprKind::Binary { operator, left, right })
            }
            Kind::UnionType | Kind::UnionPattern => {
                let items = self.all_patterns(children);
                let mut items = items.into_iter();
                let mut left = items.next()?;
                for right in items {
                    let range = self.ast[left].range.cover(self.ast[right].range);
                    let operator = BinaryOperator::BitOr;
                    left = self.push_expr(range, ExprKind::Binary { operator, left, right });
                }
                Lowered::Expr(left)
            }
            Kind::Boolean => {
                let operator = match children.iter().any(|child| child.kind == Kind::TokenAnd) {
                    true => BooleanOperator::And,
                    false => BooleanOperator::Or,
                };
                let (left, right) = self.two_exprs(children)?;
                self.expr(range, ExprKind::Boolean { operator, left, right })
            }
            Kind::Comparison => return self.comparison(range, children),
            Kind::Conditional => {
                let items = self.all_exprs(children);
                let [then, test, otherwise] = items[..] else {
                    return None;
                };
                self.expr(range, ExprKind::Conditional { test, then, otherwise })
            }
            Kind::Lambda => {
                let parameters = find(children, |node| match node {
                    Lowered::Parameters(parameters) => Some(parameters),
                    _ => None,
                });
                let body = self.last_expr(children)?;
                let parameters = parameters.unwrap_or_default();
                self.expr(range, ExprKind::Lambda { parameters, body })
            }
            Kind::Await => {
                let inner = self.first_expr(children)?;
                self.expr(range, ExprKind::Await(inner))
            }
            Kind::Yield => {
                let inner = self.first_expr(children);
                let kind = match (inner, children.iter().any(|child| child.kind == Kind::TokenFrom)) {
                    (Some(inner), true) => ExprKind::YieldFrom(inner),
                    (inner, _) => ExprKind::Yield(inner),
                };
                self.expr(range, kind)
            }
            Kind::Named => {
                let (target, value) = self.two_exprs(children)?;
                self.expr(range, ExprKind::Walrus { target, value })
            }
            Kind::AsPattern => {
                let (expr, target) = self.two_exprs(children)?;
                Lowered::As(expr, target)
            }
            Kind::AsPatternTarget => Lowered::Expr(self.first_expr(children)?),
            Kind::ComplexPattern => self.expr(range, ExprKind::Float),
            Kind::ClassPattern => {
                let (first, rest) = children.split_first()?;
                let function = self.pattern(first)?;
                let arguments: Vec<Argument> = rest.iter().filter_map(|child| self.argument(child)).collect();
                let arguments = push_list!(self, arguments, arguments);
                self.expr(range, ExprKind::Call { function, arguments })
            }

            // Types
            Kind::Type => Lowered::Type(self.first_expr(children)?),
            Kind::TypeParameter => {
                let items = self.all_exprs(children);
                Lowered::TypeParameters(push_list!(self, expr_lists, items))
            }
            Kind::GenericType => {
                let object = self.first_expr(children)?;
                let items = find(children, |node| match node {
                    Lowered::TypeParameters(items) => Some(items),
                    _ => None,
                })?;
                let items = self.ast[items].to_vec();
                let index = self.one_or_tuple(&items, range)?;
                self.expr(range, ExprKind::Subscript { object, index })
            }
            Kind::MemberType => {
                let object = self.first_expr(children)?;
                let last = children.last()?;
                let Lowered::Identifier(name) = last.node else {
                    return None;
                };
                self.expr(
                    range,
                    ExprKind::Attribute {
                        object,
                        name,
                        name_range: last.range,
                    },
                )
            }

            // Parameters
            Kind::Parameters | Kind::LambdaParameters => return Some(self.parameters(children)),
            Kind::TypedParameter | Kind::DefaultParameter | Kind::TypedDefaultParameter => {
                let (first, rest) = children.split_first()?;
                let mut parameter = self.parameter(first)?;
                parameter.range = range;
                for child in rest {
                    match child.node {
                        Lowered::Type(annotation) => parameter.annotation = Some(annotation),
                        _ => parameter.default = self.as_expr(child).or(parameter.default),
                    }
                }
                Lowered::Parameter(parameter)
            }

            // Imports
            Kind::DottedName => match children.first()?.node {
                Lowered::Identifier(first) => Lowered::Path(first),
                _ => return None,
            },
            Kind::Aliased => {
                let first = find(children, |node| match node {
                    Lowered::Path(first) => Some(first),
                    _ => None,
                })?;
                let alias = find(children, |node| match node {
                    Lowered::Identifier(name) => Some(name),
                    _ => None,
                });
                Lowered::Imported(ImportedName {
                    range,
                    path: children.first()?.range,
                    alias,
                    first,
                })
            }
            Kind::RelativeImport => {
                let dots = children.first()?.range;
                let level = self.text[dots].bytes().filter(|&byte| byte == b'.').count();
                let module = match children.get(1) {
                    Some(path) => path.range,
                    None => TextRange::empty(dots.end()),
                };
                Lowered::RelativeImport(level as u32, module)
            }

            // Statements
            _ => return self.build_stmt(frame, children),
        };
        Some(lowered)
    }

    fn build_stmt(&mut self, frame: &Frame, children: &[Child]) -> Option<Lowered> {
        let range = frame.range;
        let kind = match frame.kind {
            Kind::ExpressionStatement => match children.first()?.node {
                Lowered::Assignment(parts) => self.assignment(parts),
                Lowered::AugmentedAssignment(target, operator, value) => StmtKind::AugmentedAssign {
                    target,
                    operator,
                    value,
                },
                _ => {
                    let items = self.all_exprs(children);
                    StmtKind::Expr(self.one_or_tuple(&items, range)?)
                }
            },
            Kind::Assignment => {
                let (first, rest) = children.split_first()?;
                let target = self.as_expr(first)?;
                let annotation = find(rest, |node| match node {
                    Lowered::Type(annotation) => Some(annotation),
                    _ => None,
                });
                let last = rest.last();
                let parts = match last.map(|child| child.node) {
                    Some(Lowered::Assignment(inner)) => {
                        // `first = second = … = value`: the inner targets are kept in reverse in the table.
                        let items = if inner.inner.is_empty() {
                            push_list!(self, expr_lists, [inner.target])
                        } else {
                            self.ast.expr_lists.push(inner.target);
                            List {
                                len: inner.inner.len + 1,
                                ..inner.inner
                            }
                        };
                        AssignmentParts {
                            inner: items,
                            target,
                            annotation,
                            value: inner.value,
                        }
                    }
                    Some(Lowered::Type(_)) | None => AssignmentParts {
                        inner: List::default(),
                        target,
                        annotation,
                        value: None,
                    },
                    Some(_) => AssignmentParts {
                        inner: List::default(),
                        target,
                        annotation,
                        value: last.and_then(|child| self.as_expr(child)),
                    },
                };
                return Some(Lowered::Assignment(parts));
            }
            Kind::AugmentedAssignment => {
                let operator = children.iter().find_map(|child| augmented_operator(child.kind))?;
                let (target, value) = self.two_exprs(children)?;
                return Some(Lowered::AugmentedAssignment(target, operator, value));
            }
            Kind::Return => StmtKind::Return(self.first_expr(children)),
            Kind::Pass => StmtKind::Pass,
            Kind::Break => StmtKind::Break,
            Kind::Continue => StmtKind::Continue,
            Kind::Raise => {
                let from = children.iter().position(|child| child.kind == Kind::TokenFrom);
                let (before, after) = children.split_at(from.unwrap_or(children.len()));
                StmtKind::Raise {
                    exception: self.first_expr(before),
                    cause: self.first_expr(after),
                }
            }
            Kind::Assert => {
                let items = self.all_exprs(children);
                StmtKind::Assert {
                    test: *items.first()?,
                    message: items.get(1).copied(),
                }
            }
            Kind::Delete => {
                let items = self.all_exprs(children);
                StmtKind::Delete(push_list!(self, expr_lists, items))
            }
            Kind::Global | Kind::NonLocal => {
                let items = self.all_exprs(children);
                let items = push_list!(self, expr_lists, items);
                match frame.kind {
                    Kind::Global => StmtKind::Global(items),
                    _ => StmtKind::Nonlocal(items),
                }
            }
            Kind::TypeAlias => {
                let (name, value) = self.two_exprs(children)?;
                StmtKind::TypeAlias { name, value }
            }
            Kind::Import => {
                let names: Vec<ImportedName> = children.iter().filter_map(imported_name).collect();
                StmtKind::Import(push_list!(self, imported, names))
            }
            Kind::ImportFrom | Kind::FutureImport => self.import_from(frame, children)?,
            Kind::If => {
                let test = self.first_expr(children)?;
                let body = first_block(children);
                let elifs = children.iter().filter_map(|child| match child.node {
                    Lowered::Branch(branch) => Some(branch),
                    _ => None,
                });
                let branches = push_list!(self, branches, std::iter::once(Branch { test, body }).chain(elifs));
                StmtKind::If {
                    branches,
                    otherwise: block_of(children, Kind::Else),
                }
            }
            Kind::Elif => {
                return Some(Lowered::Branch(Branch {
                    test: self.first_expr(children)?,
                    body: first_block(children),
                }));
            }
            Kind::Else | Kind::FinallyClause => return Some(Lowered::Block(first_block(children))),
            Kind::For => {
                let at = children.iter().position(|child| child.kind == Kind::TokenIn)?;
                let target = self.first_expr(&children[..at])?;
                let iterable = self.first_expr(&children[at..])?;
                StmtKind::For {
                    target,
                    iterable,
                    body: first_block(children),
                    otherwise: block_of(children, Kind::Else),
                }
            }
            Kind::While => StmtKind::While {
                test: self.first_expr(children)?,
                body: first_block(children),
                otherwise: block_of(children, Kind::Else),
            },
            Kind::Try => {
                let handlers = children.iter().filter_map(|child| match child.node {
                    Lowered::Handler(handler) => Some(handler),
                    _ => None,
                });
                StmtKind::Try {
                    handlers: push_list!(self, handlers, handlers),
                    body: first_block(children),
                    otherwise: block_of(children, Kind::Else),
                    finally: block_of(children, Kind::FinallyClause),
                }
            }
            Kind::ExceptClause => return Some(self.handler(range, children)),
            Kind::With => {
                let items = children.iter().filter_map(|child| match child.node {
                    Lowered::WithItem(item) => Some(item),
                    _ => None,
                });
                StmtKind::With {
                    items: push_list!(self, with_items, items),
                    body: first_block(children),
                }
            }
            Kind::WithItem => {
                let item = match children.first()?.node {
                    Lowered::As(context, target) => WithItem {
                        context,
                        target: Some(target),
                    },
                    _ => WithItem {
                        context: self.first_expr(children)?,
                        target: None,
                    },
                };
                return Some(Lowered::WithItem(item));
            }
            Kind::Match => {
                let subjects = self.all_exprs(children);
                let cases = find(children, |node| match node {
                    Lowered::Cases(cases) => Some(cases),
                    _ => None,
                });
                StmtKind::Match {
                    subject: self.one_or_tuple(&subjects, range)?,
                    cases: cases.unwrap_or_default(),
                }
            }
            Kind::CaseClause => {
                let guard = find(children, |node| match node {
                    Lowered::Clause(ComprehensionClause::If(test)) => Some(test),
                    _ => None,
                });
                let patterns = self.all_exprs(children);
                return Some(Lowered::Case(Case {
                    pattern: self.one_or_tuple(&patterns, range)?,
                    guard,
                    body: first_block(children),
                }));
            }
            Kind::Block => {
                let mut cases = children.iter().filter_map(|child| match child.node {
                    Lowered::Case(case) => Some(case),
                    _ => None,
                });
                if let Some(first) = cases.next() {
                    return Some(Lowered::Cases(push_list!(
                        self,
                        cases,
                        std::iter::once(first).chain(cases)
                    )));
                }
                return Some(Lowered::Block(self.block(children, frame)));
            }
            Kind::Decorator => return Some(Lowered::Decorator(self.first_expr(children)?)),
            Kind::Decorated => return self.decorated(frame, children),
            Kind::Function => return self.function(frame, children),
            Kind::Class => return self.class(frame, children),
            Kind::Module => return Some(Lowered::Block(self.block(children, frame))),
            _ => return None,
        };
        Some(self.stmt(frame, kind))
    }

    fn finish(mut self, stack: &[Child]) -> Ast {
        let frame = Frame {
            kind: Kind::Module,
            range: TextRange::up_to(TextSize::of(self.text)),
            children: 0,
            exprs: 0,
            stmts: 0,
        };
        // The root is a module, or an error around all of the file.
        let mut body = self.block(stack, &frame);
        if !self.unclaimed_exprs.is_empty() {
            let stmts = self.ast[body].to_vec();
            let rest = self.unclaimed_stmts.len();
            let claim = Frame { stmts: rest, ..frame };
            let orphans = self.push_stmt(&claim, StmtKind::Error);
            body = push_list!(self, stmt_lists, stmts.into_iter().chain([orphans]));
        }
        self.ast.body = body;
        sort_by_number(&mut self.ast.errors, |range| u128::from(u32::from(range.start())));
        let imported = self.ast.imported.iter();
        let mut aliases: Vec<_> = imported
            .filter_map(|imported| Some((imported.alias?, imported.path)))
            .collect();
        if !aliases.is_empty() {
            // `self.config` is not what `config` is imported as.
            for expr in &self.ast.exprs {
                if let ExprKind::Attribute { name, .. } = expr.kind {
                    aliases.retain(|(alias, _)| *alias != name);
                }
            }
            sort_by_number(&mut aliases, |(alias, _)| alias.0.into());
        }
        self.ast.aliases = aliases;
        self.ast
    }

    // Building blocks

    fn push_expr(&mut self, range: TextRange, kind: ExprKind) -> ExprId {
        let id = ExprId(self.ast.exprs.len() as u32);
        self.ast.exprs.push(Expr { range, kind });
        self.ast.expr_stmt.push(StmtId(u32::MAX));
        self.ast.expr_parent.push(id);
        let mut parents = std::mem::take(&mut self.ast.expr_parent);
        self.ast.children(id, |child| parents[child.index()] = id);
        self.ast.expr_parent = parents;
        self.unclaimed_exprs.push(id);
        id
    }

    fn expr(&mut self, range: TextRange, kind: ExprKind) -> Lowered {
        Lowered::Expr(self.push_expr(range, kind))
    }

    fn unary(&mut self, range: TextRange, operator: UnaryOperator, operand: ExprId) -> Lowered {
        self.expr(range, ExprKind::Unary { operator, operand })
    }

    /// Adds a statement, which owns the expressions and encloses the statements inside its frame.
    fn push_stmt(&mut self, frame: &Frame, kind: StmtKind) -> StmtId {
        let id = StmtId(self.ast.stmts.len() as u32);
        self.ast.stmts.push(Stmt {
            range: frame.range,
            kind,
        });
        self.ast.stmt_parent.push(id);
        self.claim_exprs(frame, id);
        for inner in self.unclaimed_stmts.drain(frame.stmts..) {
            self.ast.stmt_parent[inner.index()] = id;
        }
        self.unclaimed_stmts.push(id);
        id
    }

    fn claim_exprs(&mut self, frame: &Frame, owner: StmtId) {
        for expr in self.unclaimed_exprs.drain(frame.exprs..) {
            self.ast.expr_stmt[expr.index()] = owner;
        }
    }

    fn stmt(&mut self, frame: &Frame, kind: StmtKind) -> Lowered {
        Lowered::Stmt(self.push_stmt(frame, kind))
    }

    fn intern(&mut self, range: TextRange) -> Name {
        let text = &self.text[range];
        if let Some(&name) = self.ast.name_by_text.get(text) {
            return name;
        }
        let name = Name(self.ast.names.len() as u32);
        self.ast.names.push(range);
        self.ast.name_by_text.insert(text.into(), name);
        name
    }

    /// A child as an expression, where it is one.
    fn as_expr(&mut self, child: &Child) -> Option<ExprId> {
        match child.node {
            Lowered::Identifier(name) => Some(self.push_expr(child.range, ExprKind::Name(name))),
            Lowered::Expr(expr) | Lowered::Type(expr) => Some(expr),
            Lowered::Splat(inner) => Some(self.push_expr(child.range, ExprKind::Starred(inner))),
            Lowered::As(value, target) => Some(self.push_expr(child.range, ExprKind::Walrus { target, value })),
            _ => None,
        }
    }

    /// As [`Builder::as_expr`], and a dotted name as attributes.
    fn pattern(&mut self, child: &Child) -> Option<ExprId> {
        let Lowered::Path(first) = child.node else {
            return self.as_expr(child);
        };
        let start = child.range.start();
        let path = &self.text[child.range];
        let mut end = path.find('.').unwrap_or(path.len());
        let to = |end: usize| TextRange::new(start, start + TextSize::new(end as u32));
        let mut expr = self.push_expr(to(end), ExprKind::Name(first));
        while let Some(rest) = path.get(end + 1..) {
            let from = end + 1;
            end = rest.find('.').map_or(path.len(), |at| from + at);
            let name_range = TextRange::new(start + TextSize::new(from as u32), start + TextSize::new(end as u32));
            let name = self.intern(name_range);
            expr = self.push_expr(
                to(end),
                ExprKind::Attribute {
                    object: expr,
                    name,
                    name_range,
                },
            );
        }
        Some(expr)
    }

    fn first_expr(&mut self, children: &[Child]) -> Option<ExprId> {
        children.iter().find_map(|child| self.as_expr(child))
    }

    fn last_expr(&mut self, children: &[Child]) -> Option<ExprId> {
        children.iter().rev().find_map(|child| self.as_expr(child))
    }

    fn two_exprs(&mut self, children: &[Child]) -> Option<(ExprId, ExprId)> {
        let items = self.all_exprs(children);
        match items[..] {
            [first, .., last] => Some((first, last)),
            _ => None,
        }
    }

    fn all_exprs(&mut self, children: &[Child]) -> Vec<ExprId> {
        children.iter().filter_map(|child| self.as_expr(child)).collect()
    }

    fn all_patterns(&mut self, children: &[Child]) -> Vec<ExprId> {
        children.iter().filter_map(|child| self.pattern(child)).collect()
    }

    fn one_or_tuple(&mut self, items: &[ExprId], range: TextRange) -> Option<ExprId> {
        match *items {
            [] => None,
            [one] => Some(one),
            [first, .., last] => {
                let range = self.ast[first].range.cover(self.ast[last].range).intersect(range)?;
                let items = push_list!(self, expr_lists, items.iter().copied());
                Some(self.push_expr(range, ExprKind::Tuple(items)))
            }
        }
    }

    fn argument(&mut self, child: &Child) -> Option<Argument> {
        let (kind, value) = match child.node {
            Lowered::Argument(argument) => return Some(argument),
            Lowered::Splat(value) => (ArgumentKind::Star, value),
            Lowered::DoubleSplat(value) => (ArgumentKind::DoubleStar, value),
            _ => (ArgumentKind::Positional, self.pattern(child)?),
        };
        Some(Argument {
            range: child.range,
            kind,
            value,
        })
    }

    fn string(&mut self, range: TextRange, children: &[Child]) -> Lowered {
        let prefix = children.first().filter(|child| child.kind == Kind::StringStart);
        let prefix = prefix.map_or("", |child| &self.text[child.range]);
        let has = |letters: &[char]| prefix.contains(letters);
        let (raw, format, bytes) = (has(&['r', 'R']), has(&['f', 'F', 't', 'T']), has(&['b', 'B']));
        let parts: Vec<StringPart> = children
            .iter()
            .filter_map(|child| match child.node {
                Lowered::StringPart(part) => Some(part),
                Lowered::Token if child.kind == Kind::StringContent => Some(StringPart::Text {
                    range: child.range,
                    raw,
                    format,
                }),
                _ => None,
            })
            .collect();
        let parts = push_list!(self, string_parts, parts);
        self.expr(range, ExprKind::String { bytes, parts })
    }

    fn concatenated(&mut self, range: TextRange, children: &[Child]) -> Lowered {
        let mut all = Vec::new();
        let mut any_bytes = false;
        for child in children {
            if let Lowered::Expr(expr) = child.node
                && let ExprKind::String { bytes, parts } = self.ast[expr].kind
            {
                any_bytes |= bytes;
                all.extend_from_slice(&self.ast[parts]);
            }
        }
        let parts = push_list!(self, string_parts, all);
        self.expr(
            range,
            ExprKind::String {
                bytes: any_bytes,
                parts,
            },
        )
    }

    fn comprehension(&mut self, frame: &Frame, children: &[Child]) -> Option<Lowered> {
        let kind = match frame.kind {
            Kind::ListComprehension => ComprehensionKind::List,
            Kind::SetComprehension => ComprehensionKind::Set,
            Kind::DictionaryComprehension => ComprehensionKind::Dict,
            _ => ComprehensionKind::Generator,
        };
        let (element, value) = match children.first()?.node {
            Lowered::DictItem(DictItem::Pair { key, value }) => (key, Some(value)),
            _ => (self.first_expr(children)?, None),
        };
        let clauses = children.iter().filter_map(|child| match child.node {
            Lowered::Clause(clause) => Some(clause),
            _ => None,
        });
        let clauses = push_list!(self, clauses, clauses);
        Some(self.expr(
            frame.range,
            ExprKind::Comprehension {
                kind,
                element,
                value,
                clauses,
            },
        ))
    }

    fn comparison(&mut self, range: TextRange, children: &[Child]) -> Option<Lowered> {
        let mut first = None;
        let mut operator = None;
        let mut rest = Vec::new();
        for child in children {
            if let Some(found) = compare_operator(child.kind) {
                operator = Some(found);
            } else if let Some(expr) = self.as_expr(child) {
                match (first, operator.take()) {
                    (None, _) => first = Some(expr),
                    (Some(_), Some(operator)) => rest.push(Comparison { operator, right: expr }),
                    (Some(_), None) => {}
                }
            }
        }
        let first = first?;
        let rest = push_list!(self, comparisons, rest);
        Some(self.expr(range, ExprKind::Compare { first, rest }))
    }

    fn parameter(&mut self, child: &Child) -> Option<Parameter> {
        let (kind, name, name_range) = match child.node {
            Lowered::Parameter(parameter) => return Some(parameter),
            Lowered::Identifier(name) => (ParameterKind::Normal, name, child.range),
            Lowered::Splat(expr) | Lowered::DoubleSplat(expr) => {
                let ExprKind::Name(name) = self.ast[expr].kind else {
                    return None;
                };
                let kind = match child.node {
                    Lowered::Splat(_) => ParameterKind::Star,
                    _ => ParameterKind::DoubleStar,
                };
                (kind, name, self.ast[expr].range)
            }
            _ => return None,
        };
        Some(Parameter {
            range: child.range,
            name,
            name_range,
            kind,
            annotation: None,
            default: None,
        })
    }

    fn parameters(&mut self, children: &[Child]) -> Lowered {
        let mut parameters: Vec<Parameter> = Vec::new();
        let mut keyword_only = false;
        for child in children {
            match child.kind {
                Kind::KeywordSeparator => keyword_only = true,
                Kind::PositionalSeparator => {
                    parameters
                        .iter_mut()
                        .for_each(|parameter| parameter.kind = ParameterKind::PositionalOnly);
                }
                _ => {
                    if let Some(mut parameter) = self.parameter(child) {
                        match parameter.kind {
                            ParameterKind::Star => keyword_only = true,
                            ParameterKind::Normal if keyword_only => parameter.kind = ParameterKind::KeywordOnly,
                            _ => {}
                        }
                        parameters.push(parameter);
                    }
                }
            }
        }
        Lowered::Parameters(push_list!(self, parameters, parameters))
    }

    fn assignment(&mut self, parts: AssignmentParts) -> StmtKind {
        match (parts.value, parts.annotation) {
            (value, Some(annotation)) if parts.inner.is_empty() => StmtKind::AnnotatedAssign {
                target: parts.target,
                annotation,
                value,
            },
            (Some(value), _) => {
                let mut targets = self.ast[parts.inner].to_vec();
                targets.push(parts.target);
                targets.reverse();
                let targets = push_list!(self, expr_lists, targets);
                StmtKind::Assign { targets, value }
            }
            (None, _) => StmtKind::Error,
        }
    }

    fn import_from(&mut self, frame: &Frame, children: &[Child]) -> Option<StmtKind> {
        let (level, module, names) = if frame.kind == Kind::FutureImport {
            let start = frame.range.start() + TextSize::of(&self.text[frame.range][..5]);
            let at = self.text[TextRange::new(start, frame.range.end())].find("__future__")?;
            let start = start + TextSize::new(at as u32);
            (0, TextRange::at(start, TextSize::of("__future__")), children)
        } else {
            let (first, names) = children.split_first()?;
            let (level, module) = match first.node {
                Lowered::RelativeImport(level, module) => (level, module),
                // The token `from` may be kept before the module.
                Lowered::Token => match names.split_first() {
                    Some((module, names)) => return self.import_from_names(module, names),
                    None => return None,
                },
                _ => (0, first.range),
            };
            (level, module, names)
        };
        Some(self.import_names(level, module, names))
    }

    fn import_from_names(&mut self, module: &Child, names: &[Child]) -> Option<StmtKind> {
        let (level, module) = match module.node {
            Lowered::RelativeImport(level, module) => (level, module),
            Lowered::Path(_) => (0, module.range),
            _ => return None,
        };
        Some(self.import_names(level, module, names))
    }

    fn import_names(&mut self, level: u32, module: TextRange, names: &[Child]) -> StmtKind {
        let star = names.iter().any(|child| child.kind == Kind::WildcardImport);
        let names: Vec<ImportedName> = names.iter().filter_map(imported_name).collect();
        StmtKind::ImportFrom {
            level,
            module,
            names: push_list!(self, imported, names),
            star,
        }
    }

    fn handler(&mut self, range: TextRange, children: &[Child]) -> Lowered {
        let body = first_block(children);
        let renamed = find(children, |node| match node {
            Lowered::As(types, name) => Some((types, name)),
            _ => None,
        });
        let (types, name) = match renamed {
            Some((types, name)) => (Some(types), Some(name)),
            None => {
                let at = children.iter().position(|child| child.kind == Kind::TokenAs);
                let (before, after) = children.split_at(at.unwrap_or(children.len()));
                let types = self.all_exprs(before);
                (self.one_or_tuple(&types, range), self.first_expr(after))
            }
        };
        Lowered::Handler(Handler {
            range,
            types,
            name,
            body,
        })
    }

    fn block(&mut self, children: &[Child], frame: &Frame) -> Block {
        let mut stmts = Vec::with_capacity(children.len());
        for child in children {
            match child.node {
                Lowered::Stmt(stmt) => stmts.push(stmt),
                Lowered::Block(block) => stmts.extend_from_slice(&self.ast[block]),
                // Left over by an error or by a statement of Python 2.
                Lowered::Expr(_) | Lowered::Identifier(_) => {
                    let claim = Frame {
                        range: child.range,
                        stmts: self.unclaimed_stmts.len(),
                        ..*frame
                    };
                    if let Some(expr) = self.as_expr(child) {
                        stmts.push(self.push_stmt(&claim, StmtKind::Expr(expr)));
                    }
                }
                _ => {}
            }
        }
        push_list!(self, stmt_lists, stmts)
    }

    fn function(&mut self, frame: &Frame, children: &[Child]) -> Option<Lowered> {
        let name = children
            .iter()
            .find(|child| matches!(child.node, Lowered::Identifier(_)))?;
        let Lowered::Identifier(interned) = name.node else {
            return None;
        };
        let parameters = find(children, |node| match node {
            Lowered::Parameters(parameters) => Some(parameters),
            _ => None,
        });
        let returns = find(children, |node| match node {
            Lowered::Type(returns) => Some(returns),
            _ => None,
        });
        let function = FunctionId(self.ast.functions.len() as u32);
        let stmt = self.push_stmt(frame, StmtKind::Function(function));
        self.ast.functions.push(Function {
            name: interned,
            name_range: name.range,
            is_async: children.iter().any(|child| child.kind == Kind::TokenAsync),
            decorators: List::default(),
            parameters: parameters.unwrap_or_default(),
            returns,
            body: first_block(children),
            stmt,
        });
        Some(Lowered::Stmt(stmt))
    }

    fn class(&mut self, frame: &Frame, children: &[Child]) -> Option<Lowered> {
        let name = children
            .iter()
            .find(|child| matches!(child.node, Lowered::Identifier(_)))?;
        let Lowered::Identifier(interned) = name.node else {
            return None;
        };
        let arguments = find(children, |node| match node {
            Lowered::Arguments(arguments) => Some(arguments),
            _ => None,
        });
        let class = ClassId(self.ast.classes.len() as u32);
        let stmt = self.push_stmt(frame, StmtKind::Class(class));
        self.ast.classes.push(Class {
            name: interned,
            name_range: name.range,
            decorators: List::default(),
            arguments: arguments.unwrap_or_default(),
            body: first_block(children),
            stmt,
        });
        Some(Lowered::Stmt(stmt))
    }

    fn decorated(&mut self, frame: &Frame, children: &[Child]) -> Option<Lowered> {
        let stmt = find(children, |node| match node {
            Lowered::Stmt(stmt) => Some(stmt),
            _ => None,
        })?;
        let decorators = children.iter().filter_map(|child| match child.node {
            Lowered::Decorator(expr) => Some(expr),
            _ => None,
        });
        let decorators = push_list!(self, expr_lists, decorators);
        self.ast.stmts[stmt.index()].range = frame.range;
        match self.ast[stmt].kind {
            StmtKind::Function(function) => self.ast.functions[function.index()].decorators = decorators,
            StmtKind::Class(class) => self.ast.classes[class.index()].decorators = decorators,
            _ => {}
        }
        self.claim_exprs(frame, stmt);
        Some(Lowered::Stmt(stmt))
    }
}

fn find<T>(children: &[Child], pick: impl Fn(Lowered) -> Option<T>) -> Option<T> {
    children.iter().find_map(|child| pick(child.node))
}

fn first_block(children: &[Child]) -> Block {
    block_of(children, Kind::Block).unwrap_or_default()
}

fn block_of(children: &[Child], kind: Kind) -> Option<Block> {
    children.iter().find_map(|child| match child.node {
        Lowered::Block(block) if child.kind == kind => Some(block),
        _ => None,
    })
}

fn imported_name(child: &Child) -> Option<ImportedName> {
    match child.node {
        Lowered::Imported(name) => Some(name),
        Lowered::Path(first) => Some(ImportedName {
            range: child.range,
            path: child.range,
            alias: None,
            first,
        }),
        _ => None,
    }
}

fn is_token(kind: Kind) -> bool {
    use Kind::*;
    matches!(
        kind,
        StringStart | StringContent | ImportPrefix | WildcardImport | KeywordSeparator | PositionalSeparator
    ) || kind.is_token()
}

fn binary_operator(kind: Kind) -> Option<BinaryOperator> {
    Some(match kind {
        Kind::TokenPlus => BinaryOperator::Add,
        Kind::TokenMinus => BinaryOperator::Subtract,
        Kind::TokenStar => BinaryOperator::Multiply,
        Kind::TokenAt => BinaryOperator::MatrixMultiply,
        Kind::TokenSlash => BinaryOperator::Divide,
        Kind::TokenDoubleSlash => BinaryOperator::FloorDivide,
        Kind::TokenPercent => BinaryOperator::Modulo,
        Kind::TokenDoubleStar => BinaryOperator::Power,
        Kind::TokenPipe => BinaryOperator::BitOr,
        Kind::TokenAmpersand => BinaryOperator::BitAnd,
        Kind::TokenCaret => BinaryOperator::BitXor,
        Kind::TokenShiftLeft => BinaryOperator::ShiftLeft,
        Kind::TokenShiftRight => BinaryOperator::ShiftRight,
        _ => return None,
    })
}

fn augmented_operator(kind: Kind) -> Option<BinaryOperator> {
    Some(match kind {
        Kind::TokenPlusEqual => BinaryOperator::Add,
        Kind::TokenMinusEqual => BinaryOperator::Subtract,
        Kind::TokenStarEqual => BinaryOperator::Multiply,
        Kind::TokenAtEqual => BinaryOperator::MatrixMultiply,
        Kind::TokenSlashEqual => BinaryOperator::Divide,
        Kind::TokenDoubleSlashEqual => BinaryOperator::FloorDivide,
        Kind::TokenPercentEqual => BinaryOperator::Modulo,
        Kind::TokenDoubleStarEqual => BinaryOperator::Power,
        Kind::TokenPipeEqual => BinaryOperator::BitOr,
        Kind::TokenAmpersandEqual => BinaryOperator::BitAnd,
        Kind::TokenCaretEqual => BinaryOperator::BitXor,
        Kind::TokenShiftLeftEqual => BinaryOperator::ShiftLeft,
        Kind::TokenShiftRightEqual => BinaryOperator::ShiftRight,
        _ => return None,
    })
}

fn compare_operator(kind: Kind) -> Option<CompareOperator> {
    Some(match kind {
        Kind::TokenEqual => CompareOperator::Equal,
        Kind::TokenNotEqual | Kind::TokenDiamond => CompareOperator::NotEqual,
        Kind::TokenLess => CompareOperator::Less,
        Kind::TokenLessEqual => CompareOperator::LessEqual,
        Kind::TokenGreater => CompareOperator::Greater,
        Kind::TokenGreaterEqual => CompareOperator::GreaterEqual,
        Kind::TokenIn => CompareOperator::In,
        Kind::TokenNotIn => CompareOperator::NotIn,
        Kind::TokenIs => CompareOperator::Is,
        Kind::TokenIsNot => CompareOperator::IsNot,
        _ => return None,
    })
}
