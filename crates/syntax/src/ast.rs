//! The tables that a file is lowered to.

use std::borrow::Cow;
use std::ops::Index;

use rustc_hash::FxHashMap;
use text::{TextRange, TextSize, sort_by_number};

/// An identifier, interned per file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(pub(crate) u32);

/// An expression of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExprId(pub(crate) u32);

/// A statement of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StmtId(pub(crate) u32);

impl Name {
    /// Names count from 0 in the order in which a file first uses them.
    pub fn number(self) -> u32 {
        self.0
    }
}

impl ExprId {
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl StmtId {
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Some consecutive entries of one of the tables of an [`Ast`]; `ast[list]` is the slice.
#[derive(Debug)]
pub struct List<T> {
    pub(crate) start: u32,
    pub(crate) len: u32,
    pub(crate) of: std::marker::PhantomData<fn() -> T>,
}

impl<T> Clone for List<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for List<T> {}

impl<T> Default for List<T> {
    fn default() -> Self {
        List {
            start: 0,
            len: 0,
            of: std::marker::PhantomData,
        }
    }
}

impl<T> List<T> {
    pub fn is_empty(self) -> bool {
        self.len == 0
    }

    pub fn len(self) -> usize {
        self.len as usize
    }
}

/// Statements that run one after the other.
pub type Block = List<StmtId>;

#[derive(Debug, Clone, Copy)]
pub struct Expr {
    pub range: TextRange,
    pub kind: ExprKind,
}

/// Parentheses leave no trace but a wider range around what they enclose.
#[derive(Debug, Clone, Copy)]
pub enum ExprKind {
    /// Not valid Python.
    Error,
    Name(Name),
    Attribute {
        object: ExprId,
        name: Name,
        name_range: TextRange,
    },
    /// `object[index]`; several subscripts make a tuple.
    Subscript {
        object: ExprId,
        index: ExprId,
    },
    Slice {
        lower: Option<ExprId>,
        upper: Option<ExprId>,
    },
    Call {
        function: ExprId,
        arguments: List<Argument>,
    },
    /// Also adjacent literals, joined.
    String {
        bytes: bool,
        parts: List<StringPart>,
    },
    /// Use [`Ast::integer`].
    Integer,
    Float,
    True,
    False,
    None,
    Ellipsis,
    List(List<ExprId>),
    Tuple(List<ExprId>),
    Set(List<ExprId>),
    Dict(List<DictItem>),
    Comprehension {
        kind: ComprehensionKind,
        element: ExprId,
        /// The value of a dictionary comprehension, whose key is `element`.
        value: Option<ExprId>,
        clauses: List<ComprehensionClause>,
    },
    Unary {
        operator: UnaryOperator,
        operand: ExprId,
    },
    Binary {
        operator: BinaryOperator,
        left: ExprId,
        right: ExprId,
    },
    /// `and` / `or`
    Boolean {
        operator: BooleanOperator,
        left: ExprId,
        right: ExprId,
    },
    /// `first < a < b`: each comparison holds with the operand before it.
    Compare {
        first: ExprId,
        rest: List<Comparison>,
    },
    /// `then if test else otherwise`
    Conditional {
        test: ExprId,
        then: ExprId,
        otherwise: ExprId,
    },
    Lambda {
        parameters: List<Parameter>,
        body: ExprId,
    },
    Await(ExprId),
    Yield(Option<ExprId>),
    YieldFrom(ExprId),
    Starred(ExprId),
    /// `target := value`
    Walrus {
        target: ExprId,
        value: ExprId,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComprehensionKind {
    List,
    Set,
    Dict,
    Generator,
}

#[derive(Debug, Clone, Copy)]
pub enum ComprehensionClause {
    For { target: ExprId, iterable: ExprId },
    If(ExprId),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOperator {
    Not,
    Minus,
    Plus,
    Invert,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BooleanOperator {
    And,
    Or,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinaryOperator {
    Add,
    Subtract,
    Multiply,
    MatrixMultiply,
    Divide,
    FloorDivide,
    Modulo,
    Power,
    BitOr,
    BitAnd,
    BitXor,
    ShiftLeft,
    ShiftRight,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompareOperator {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    In,
    NotIn,
    Is,
    IsNot,
}

#[derive(Debug, Clone, Copy)]
pub struct Comparison {
    pub operator: CompareOperator,
    pub right: ExprId,
}

#[derive(Debug, Clone, Copy)]
pub struct Argument {
    /// Of the whole argument, name and stars included.
    pub range: TextRange,
    pub kind: ArgumentKind,
    pub value: ExprId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArgumentKind {
    Positional,
    Keyword(Name),
    /// `*value`
    Star,
    /// `**value`
    DoubleStar,
}

#[derive(Debug, Clone, Copy)]
pub enum DictItem {
    Pair {
        key: ExprId,
        value: ExprId,
    },
    /// `**value`
    Spread(ExprId),
}

#[derive(Debug, Clone, Copy)]
pub enum StringPart {
    Text {
        range: TextRange,
        /// Backslashes stand for themselves.
        raw: bool,
        /// `{{` stands for `{`.
        format: bool,
    },
    Interpolation(ExprId),
}

#[derive(Debug, Clone, Copy)]
pub struct Stmt {
    /// Without decorators' line break; with decorators.
    pub range: TextRange,
    pub kind: StmtKind,
}

#[derive(Debug, Clone, Copy)]
pub enum StmtKind {
    Expr(ExprId),
    /// `a = b = value`
    Assign {
        targets: List<ExprId>,
        value: ExprId,
    },
    /// `target: annotation = value`
    AnnotatedAssign {
        target: ExprId,
        annotation: ExprId,
        value: Option<ExprId>,
    },
    /// `target += value`
    AugmentedAssign {
        target: ExprId,
        operator: BinaryOperator,
        value: ExprId,
    },
    Return(Option<ExprId>),
    Raise {
        exception: Option<ExprId>,
        cause: Option<ExprId>,
    },
    If {
        /// `if` and each `elif`.
        branches: List<Branch>,
        otherwise: Option<Block>,
    },
    For {
        target: ExprId,
        iterable: ExprId,
        body: Block,
        otherwise: Option<Block>,
    },
    While {
        test: ExprId,
        body: Block,
        otherwise: Option<Block>,
    },
    Try {
        body: Block,
        handlers: List<Handler>,
        otherwise: Option<Block>,
        finally: Option<Block>,
    },
    With {
        items: List<WithItem>,
        body: Block,
    },
    Match {
        subject: ExprId,
        cases: List<Case>,
    },
    Function(FunctionId),
    Class(ClassId),
    Import(List<ImportedName>),
    ImportFrom {
        /// Leading dots.
        level: u32,
        /// `a.b` as written, without the dots; empty for `from . import x`.
        module: TextRange,
        names: List<ImportedName>,
        star: bool,
    },
    Global(List<ExprId>),
    Nonlocal(List<ExprId>),
    Delete(List<ExprId>),
    Assert {
        test: ExprId,
        message: Option<ExprId>,
    },
    TypeAlias {
        name: ExprId,
        value: ExprId,
    },
    Pass,
    Break,
    Continue,
    /// Not valid Python, or not Python 3.
    Error,
}

#[derive(Debug, Clone, Copy)]
pub struct Branch {
    pub test: ExprId,
    pub body: Block,
}

/// `except types as name:`
#[derive(Debug, Clone, Copy)]
pub struct Handler {
    pub range: TextRange,
    /// `except A, B:` gives a tuple; a bare `except:` nothing.
    pub types: Option<ExprId>,
    pub name: Option<ExprId>,
    pub body: Block,
}

#[derive(Debug, Clone, Copy)]
pub struct WithItem {
    pub context: ExprId,
    pub target: Option<ExprId>,
}

/// `case pattern if guard:`. Patterns are written as the expressions they look like: a class pattern as a call,
/// alternatives as `|`, `x as y` as a walrus, captures and `_` as names.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    pub pattern: ExprId,
    pub guard: Option<ExprId>,
    pub body: Block,
}

/// `import a.b as c` or one name of a `from` import.
#[derive(Debug, Clone, Copy)]
pub struct ImportedName {
    pub range: TextRange,
    /// `a.b` as written.
    pub path: TextRange,
    pub alias: Option<Name>,
    /// The first segment of the path.
    pub first: Name,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionId(pub(crate) u32);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClassId(pub(crate) u32);

impl FunctionId {
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl ClassId {
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

#[derive(Debug, Clone, Copy)]
pub struct Function {
    pub name: Name,
    pub name_range: TextRange,
    pub is_async: bool,
    pub decorators: List<ExprId>,
    pub parameters: List<Parameter>,
    pub returns: Option<ExprId>,
    pub body: Block,
    /// The statement that defines it.
    pub stmt: StmtId,
}

#[derive(Debug, Clone, Copy)]
pub struct Class {
    pub name: Name,
    pub name_range: TextRange,
    pub decorators: List<ExprId>,
    /// Bases and keywords such as `table=True`.
    pub arguments: List<Argument>,
    pub body: Block,
    pub stmt: StmtId,
}

#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    pub range: TextRange,
    pub name: Name,
    pub name_range: TextRange,
    pub kind: ParameterKind,
    pub annotation: Option<ExprId>,
    pub default: Option<ExprId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterKind {
    PositionalOnly,
    Normal,
    KeywordOnly,
    /// `*args`
    Star,
    /// `**kwargs`
    DoubleStar,
}

/// One file, lowered.
#[derive(Debug, Default)]
pub struct Ast {
    /// Top-level statements.
    pub body: Block,
    /// Not valid Python, in order.
    pub errors: Vec<TextRange>,
    /// Comments with their `#`, in order.
    pub comments: Vec<TextRange>,
    pub(crate) exprs: Vec<Expr>,
    pub(crate) stmts: Vec<Stmt>,
    pub(crate) functions: Vec<Function>,
    pub(crate) classes: Vec<Class>,
    pub(crate) expr_lists: Vec<ExprId>,
    pub(crate) stmt_lists: Vec<StmtId>,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) clauses: Vec<ComprehensionClause>,
    pub(crate) comparisons: Vec<Comparison>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) dict_items: Vec<DictItem>,
    pub(crate) string_parts: Vec<StringPart>,
    pub(crate) branches: Vec<Branch>,
    pub(crate) handlers: Vec<Handler>,
    pub(crate) with_items: Vec<WithItem>,
    pub(crate) cases: Vec<Case>,
    pub(crate) imported: Vec<ImportedName>,
    /// The statement that an expression belongs to, innermost.
    pub(crate) expr_stmt: Vec<StmtId>,
    /// The expression that an expression is a direct part of; itself at the top of a statement.
    pub(crate) expr_parent: Vec<ExprId>,
    /// The statement that a statement stands in; itself at the top level.
    pub(crate) stmt_parent: Vec<StmtId>,
    pub(crate) names: Vec<TextRange>,
    /// Names that stand for what is imported under another one, sorted.
    pub(crate) aliases: Vec<(Name, TextRange)>,
    pub(crate) name_by_text: FxHashMap<Box<str>, Name>,
}

macro_rules! table {
    ($id:ty, $item:ty, $table:ident) => {
        impl Index<$id> for Ast {
            type Output = $item;
            fn index(&self, id: $id) -> &$item {
                &self.$table[id.0 as usize]
            }
        }
    };
}

macro_rules! list {
    ($item:ty, $table:ident) => {
        impl Index<List<$item>> for Ast {
            type Output = [$item];
            fn index(&self, list: List<$item>) -> &[$item] {
                &self.$table[list.start as usize..(list.start + list.len) as usize]
            }
        }
    };
}

table!(ExprId, Expr, exprs);
table!(StmtId, Stmt, stmts);
table!(FunctionId, Function, functions);
table!(ClassId, Class, classes);
list!(ExprId, expr_lists);
list!(StmtId, stmt_lists);
list!(Argument, arguments);
list!(ComprehensionClause, clauses);
list!(Comparison, comparisons);
list!(Parameter, parameters);
list!(DictItem, dict_items);
list!(StringPart, string_parts);
list!(Branch, branches);
list!(Handler, handlers);
list!(WithItem, with_items);
list!(Case, cases);
list!(ImportedName, imported);

impl Ast {
    /// Every expression, children before parents.
    pub fn exprs(&self) -> impl Iterator<Item = (ExprId, &Expr)> {
        self.exprs.iter().enumerate().map(|(i, expr)| (ExprId(i as u32), expr))
    }

    /// Every statement, inner ones before outer ones.
    pub fn stmts(&self) -> impl Iterator<Item = (StmtId, &Stmt)> {
        self.stmts.iter().enumerate().map(|(i, stmt)| (StmtId(i as u32), stmt))
    }

    /// Every statement, outer ones before inner ones.
    pub fn stmts_outer_first(&self) -> impl Iterator<Item = (StmtId, &Stmt)> {
        self.stmts
            .iter()
            .enumerate()
            .rev()
            .map(|(i, stmt)| (StmtId(i as u32), stmt))
    }

    pub fn functions(&self) -> impl Iterator<Item = (FunctionId, &Function)> {
        self.functions
            .iter()
            .enumerate()
            .map(|(i, f)| (FunctionId(i as u32), f))
    }

    pub fn classes(&self) -> impl Iterator<Item = (ClassId, &Class)> {
        self.classes.iter().enumerate().map(|(i, c)| (ClassId(i as u32), c))
    }

    /// The innermost statement that an expression belongs to.
    pub fn stmt_of(&self, expr: ExprId) -> StmtId {
        self.expr_stmt[expr.index()]
    }

    /// The statement around a statement.
    pub fn parent_stmt(&self, stmt: StmtId) -> Option<StmtId> {
        let parent = self.stmt_parent[stmt.index()];
        (parent != stmt).then_some(parent)
    }

    /// The expression around an expression, within its statement.
    pub fn parent_expr(&self, expr: ExprId) -> Option<ExprId> {
        let parent = self.expr_parent[expr.index()];
        (parent != expr).then_some(parent)
    }

    /// The statements around a statement, innermost first.
    pub fn ancestors(&self, stmt: StmtId) -> impl Iterator<Item = StmtId> {
        std::iter::successors(self.parent_stmt(stmt), |&stmt| self.parent_stmt(stmt))
    }

    /// The innermost function whose body a statement stands in.
    pub fn enclosing_function(&self, stmt: StmtId) -> Option<FunctionId> {
        self.ancestors(stmt).find_map(|stmt| match self[stmt].kind {
            StmtKind::Function(function) => Some(function),
            _ => None,
        })
    }

    /// The class that a function is a method of.
    pub fn class_of_method(&self, function: FunctionId) -> Option<ClassId> {
        self.ancestors(self[function].stmt)
            .take_while(|&stmt| !matches!(self[stmt].kind, StmtKind::Function(_)))
            .find_map(|stmt| match self[stmt].kind {
                StmtKind::Class(class) => Some(class),
                _ => None,
            })
    }

    /// The interned name of an identifier, if the file uses it anywhere.
    pub fn name(&self, text: &str) -> Option<Name> {
        self.name_by_text.get(text).copied()
    }

    /// The direct parts of an expression, in the order of evaluation.
    pub fn children(&self, expr: ExprId, mut visit: impl FnMut(ExprId)) {
        match self[expr].kind {
            ExprKind::Error
            | ExprKind::Name(_)
            | ExprKind::Integer
            | ExprKind::Float
            | ExprKind::True
            | ExprKind::False
            | ExprKind::None
            | ExprKind::Ellipsis => {}
            ExprKind::Attribute { object, .. } => visit(object),
            ExprKind::Subscript { object, index } => {
                visit(object);
                visit(index);
            }
            ExprKind::Slice { lower, upper } => lower.into_iter().chain(upper).for_each(visit),
            ExprKind::Call { function, arguments } => {
                visit(function);
                self[arguments].iter().for_each(|argument| visit(argument.value));
            }
            ExprKind::String { parts, .. } => self[parts].iter().for_each(|part| {
                if let StringPart::Interpolation(expr) = *part {
                    visit(expr);
                }
            }),
            ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items) => {
                self[items].iter().copied().for_each(visit)
            }
            ExprKind::Dict(items) => self[items].iter().for_each(|item| match *item {
                DictItem::Pair { key, value } => {
                    visit(key);
                    visit(value);
                }
                DictItem::Spread(value) => visit(value),
            }),
            ExprKind::Comprehension {
                element,
                value,
                clauses,
                ..
            } => {
                for clause in &self[clauses] {
                    match *clause {
                        ComprehensionClause::For { target, iterable } => {
                            visit(iterable);
                            visit(target);
                        }
                        ComprehensionClause::If(test) => visit(test),
                    }
                }
                visit(element);
                value.into_iter().for_each(visit);
            }
            ExprKind::Unary { operand, .. } => visit(operand),
            ExprKind::Binary { left, right, .. } | ExprKind::Boolean { left, right, .. } => {
                visit(left);
                visit(right);
            }
            ExprKind::Compare { first, rest } => {
                visit(first);
                self[rest].iter().for_each(|comparison| visit(comparison.right));
            }
            ExprKind::Conditional { test, then, otherwise } => {
                visit(test);
                visit(then);
                visit(otherwise);
            }
            ExprKind::Lambda { parameters, body } => {
                for parameter in &self[parameters] {
                    parameter.default.into_iter().for_each(&mut visit);
                }
                visit(body);
            }
            ExprKind::Await(inner) | ExprKind::YieldFrom(inner) | ExprKind::Starred(inner) => visit(inner),
            ExprKind::Yield(inner) => inner.into_iter().for_each(visit),
            ExprKind::Walrus { target, value } => {
                visit(value);
                visit(target);
            }
        }
    }

    /// An expression as it is written in `text`, without parentheses that only group and with some names instead of
    /// others.
    pub fn written<'t>(
        &self,
        text: &'t str,
        expr: ExprId,
        other_name: impl Fn(Name) -> Option<&'t str>,
    ) -> Cow<'t, str> {
        let whole = self[expr].range;
        // The parenthesis of a call follows what is called.
        let groups = |(at, _)| {
            let before = text[whole][..at].chars().next_back();
            before.is_none_or(|before| !(before.is_alphanumeric() || matches!(before, '_' | ')' | ']')))
        };
        let has_groups = text[whole].match_indices('(').any(groups);
        let mut edits: Vec<(TextRange, &str)> = Vec::new();
        for part in self.descendants(expr) {
            let Expr { mut range, kind } = self[part];
            if matches!(kind, ExprKind::Tuple(_) | ExprKind::Comprehension { .. }) {
                continue;
            }
            let mut first = None;
            if has_groups {
                self.children(part, |child| {
                    let start = self[child].range.start();
                    first = Some(first.map_or(start, |first: TextSize| first.min(start)));
                });
            }
            // Those of the first part are its own.
            while has_groups
                && first != Some(range.start())
                && text[range].starts_with('(')
                && text[range].ends_with(')')
            {
                let inner = TextRange::new(range.start() + TextSize::of('('), range.end() - TextSize::of(')'));
                let start = inner.end() - TextSize::of(text[inner].trim_start());
                let inner = TextRange::at(start, TextSize::of(text[inner].trim()));
                edits.push((TextRange::new(range.start(), inner.start()), ""));
                edits.push((TextRange::new(inner.end(), range.end()), ""));
                range = inner;
            }
            if let ExprKind::Name(name) = kind
                && let Some(other) = other_name(name)
            {
                edits.push((range, other));
            }
        }
        if edits.is_empty() {
            return Cow::Borrowed(&text[whole]);
        }
        sort_by_number(&mut edits, |(range, _)| u32::from(range.start()).into());
        let mut out = String::new();
        let mut at = whole.start();
        for (range, other) in edits {
            out.push_str(&text[TextRange::new(at, range.start())]);
            out.push_str(other);
            at = range.end();
        }
        out.push_str(&text[TextRange::new(at, whole.end())]);
        Cow::Owned(out)
    }

    /// An expression and everything inside it, in no particular order.
    pub fn descendants(&self, expr: ExprId) -> Vec<ExprId> {
        let mut out = vec![expr];
        let mut next = 0;
        while next < out.len() {
            let at = out[next];
            next += 1;
            self.children(at, |child| out.push(child));
        }
        out
    }

    /// The blocks directly inside a statement, in order; functions' and classes' bodies included.
    pub fn blocks(&self, stmt: StmtId, mut visit: impl FnMut(Block)) {
        match self[stmt].kind {
            StmtKind::If { branches, otherwise } => {
                self[branches].iter().for_each(|branch| visit(branch.body));
                otherwise.into_iter().for_each(visit);
            }
            StmtKind::For { body, otherwise, .. } | StmtKind::While { body, otherwise, .. } => {
                visit(body);
                otherwise.into_iter().for_each(visit);
            }
            StmtKind::Try {
                body,
                handlers,
                otherwise,
                finally,
            } => {
                visit(body);
                self[handlers].iter().for_each(|handler| visit(handler.body));
                otherwise.into_iter().chain(finally).for_each(visit);
            }
            StmtKind::With { body, .. } => visit(body),
            StmtKind::Match { cases, .. } => self[cases].iter().for_each(|case| visit(case.body)),
            StmtKind::Function(function) => visit(self[function].body),
            StmtKind::Class(class) => visit(self[class].body),
            _ => {}
        }
    }

    /// Every statement of a block and of the blocks inside it, in the order of the text, without entering the
    /// functions and classes defined there.
    pub fn stmts_within(&self, block: Block) -> Vec<StmtId> {
        let mut out = Vec::new();
        let mut stack: Vec<StmtId> = self[block].iter().rev().copied().collect();
        while let Some(stmt) = stack.pop() {
            out.push(stmt);
            if matches!(self[stmt].kind, StmtKind::Function(_) | StmtKind::Class(_)) {
                continue;
            }
            let mut inner = Vec::new();
            self.blocks(stmt, |block| inner.extend_from_slice(&self[block]));
            stack.extend(inner.into_iter().rev());
        }
        out
    }

    /// The statements in which a block can end: the last one, or those of the blocks inside it. Empty blocks have none.
    pub fn ends(&self, block: Block) -> Vec<StmtId> {
        let mut out = Vec::new();
        let mut blocks = vec![block];
        while let Some(block) = blocks.pop() {
            let Some(&last) = self[block].last() else { continue };
            let (mut inner, mut falls_through) = (Vec::new(), false);
            match self[last].kind {
                StmtKind::If { branches, otherwise } => {
                    let is_certain = |branch: &Branch| matches!(self[branch.test].kind, ExprKind::True);
                    falls_through = otherwise.is_none() && !self[branches].iter().any(is_certain);
                    inner.extend(self[branches].iter().map(|branch| branch.body).chain(otherwise));
                }
                StmtKind::With { body, .. } => inner.push(body),
                StmtKind::Try {
                    body,
                    handlers,
                    otherwise,
                    ..
                } => {
                    inner.push(otherwise.unwrap_or(body));
                    inner.extend(self[handlers].iter().map(|handler| handler.body));
                }
                _ => falls_through = true,
            }
            if falls_through {
                out.push(last);
            }
            blocks.extend(inner);
        }
        out
    }

    /// The bytes of a block, from its first statement to its last.
    pub fn block_range(&self, block: Block) -> Option<TextRange> {
        let stmts = &self[block];
        let (first, last) = (stmts.first()?, stmts.last()?);
        Some(self[*first].range.cover(self[*last].range))
    }

    /// The innermost expression that covers an offset; linear in the size of the file.
    pub fn expr_at(&self, offset: TextSize) -> Option<ExprId> {
        self.exprs()
            .filter(|(_, expr)| expr.range.contains_inclusive(offset))
            .min_by_key(|(_, expr)| expr.range.len())
            .map(|(id, _)| id)
    }
}
