//! Scopes and bindings of one file.

use std::collections::HashSet;
use std::ops::Range;

use syntax::SourceText;
use syntax::ast::*;
use text::{TextRange, TextSize, sort_by_number};

use crate::forwarding;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopeId(u32);

impl ScopeId {
    pub const MODULE: ScopeId = ScopeId(0);
}

#[derive(Debug, Clone, Copy)]
pub struct Scope {
    pub kind: ScopeKind,
    /// Itself for the module.
    pub parent: ScopeId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScopeKind {
    Module,
    Function(FunctionId),
    Class(ClassId),
}

/// A place where a name gets a value.
#[derive(Debug, Clone, Copy)]
pub struct Binding {
    pub scope: ScopeId,
    pub name: Name,
    /// Where it takes effect; bindings of one name are in this order.
    pub at: TextSize,
    pub stmt: StmtId,
    /// The bytes that a reader would point at.
    pub range: TextRange,
    pub kind: BindingKind,
}

#[derive(Debug, Clone, Copy)]
pub enum BindingKind {
    Value(ExprId),
    /// One of several targets: `a, b = value`.
    Unpack {
        value: ExprId,
        index: u32,
    },
    /// `name: annotation`, without a value.
    Declared(ExprId),
    Parameter {
        function: FunctionId,
        index: u32,
    },
    Function(FunctionId),
    Class(ClassId),
    /// `import a.b` binds `a`; `import a.b as c` binds the whole path.
    Module {
        path: TextRange,
    },
    /// `from module import name`
    Member {
        import: StmtId,
        name: TextRange,
    },
    /// `for name in iterable`
    Element(ExprId),
    /// One of several targets: `for a, b in iterable`.
    ElementUnpack {
        iterable: ExprId,
        index: u32,
    },
    /// `with context as name`
    Context(ExprId),
    /// `except types as name`
    Exception(Option<ExprId>),
    /// Bound in a way that is not followed.
    Opaque,
}

/// A change to the object that a name holds.
#[derive(Debug, Clone, Copy)]
pub struct Mutation {
    pub scope: ScopeId,
    pub name: Name,
    pub at: TextSize,
    pub stmt: StmtId,
    pub kind: MutationKind,
}

#[derive(Debug, Clone, Copy)]
pub enum MutationKind {
    /// `name[key] = value`
    SetItem { key: ExprId, value: ExprId },
    /// `del name[key]`
    DeleteItem { key: ExprId },
    /// `name.method(…)` as a statement.
    Method { method: Name, call: ExprId },
    /// `name.attribute = value`
    SetAttribute { attribute: Name, value: ExprId },
    /// `name += value`
    Augment { operator: BinaryOperator, value: ExprId },
}

/// An assignment `self.name = value` in a method.
#[derive(Debug, Clone, Copy)]
pub struct SelfAttribute {
    pub class: ClassId,
    pub function: FunctionId,
    pub name: Name,
    pub value: ExprId,
}

/// Methods that change lists, dictionaries and sets, and those that ORMs' objects have in their place.
const CHANGING_METHODS: &[&str] = &[
    "add",
    "append",
    "appendleft",
    "clear",
    "difference_update",
    "discard",
    "extend",
    "insert",
    "intersection_update",
    "pop",
    "popitem",
    "remove",
    "reverse",
    "setdefault",
    "sort",
    "sqlmodel_update",
    "update",
    "update_from_dict",
];

/// Names of one file, and where they are bound, changed and called.
#[derive(Debug)]
pub struct FileIndex {
    scopes: Vec<Scope>,
    stmt_scope: Vec<ScopeId>,
    function_scope: Vec<ScopeId>,
    class_scope: Vec<ScopeId>,
    /// Sorted by scope, name and place.
    bindings: Vec<Binding>,
    mutations: Vec<Mutation>,
    /// Calls by the last name of what is called, sorted by that name.
    calls: Vec<(Name, ExprId)>,
    star_imports: Vec<StmtId>,
    /// Names that stand for another one: what is imported or assigned, as written, and what it is called here.
    aliases: Vec<(TextRange, Name)>,
    self_attributes: Vec<SelfAttribute>,
}

impl FileIndex {
    pub fn new(source: &SourceText) -> FileIndex {
        let mut builder = Builder::scopes(source);
        builder.statements();
        builder.expressions();
        builder.renamed();
        let mut index = builder.index;
        sort_by_number(&mut index.bindings, |binding| {
            number(binding.scope, binding.name, binding.at)
        });
        sort_by_number(&mut index.mutations, |mutation| {
            number(mutation.scope, mutation.name, mutation.at)
        });
        sort_by_number(&mut index.calls, |(name, call)| {
            u128::from(name.number()) << 32 | call.index() as u128
        });
        index
    }

    pub fn scope(&self, id: ScopeId) -> Scope {
        self.scopes[id.0 as usize]
    }

    /// The scope in which a statement runs.
    pub fn scope_of(&self, stmt: StmtId) -> ScopeId {
        self.stmt_scope[stmt.index()]
    }

    /// The scope of a function's parameters and body.
    pub fn function_scope(&self, function: FunctionId) -> ScopeId {
        self.function_scope[function.index()]
    }

    pub fn class_scope(&self, class: ClassId) -> ScopeId {
        self.class_scope[class.index()]
    }

    /// Bindings of one name in one scope, in the order of the text.
    pub fn bindings(&self, scope: ScopeId, name: Name) -> &[Binding] {
        &self.bindings[equal_range(&self.bindings, |binding| (binding.scope, binding.name), (scope, name))]
    }

    /// Every binding of a scope, by name.
    pub fn bindings_in(&self, scope: ScopeId) -> &[Binding] {
        &self.bindings[equal_range(&self.bindings, |binding| binding.scope, scope)]
    }

    pub fn mutations(&self, scope: ScopeId, name: Name) -> &[Mutation] {
        let key = |mutation: &Mutation| (mutation.scope, mutation.name);
        &self.mutations[equal_range(&self.mutations, key, (scope, name))]
    }

    /// Calls whose callee ends in `name`: `name(…)`, `x.name(…)`.
    pub fn calls_of(&self, name: Name) -> impl Iterator<Item = ExprId> {
        self.calls[equal_range(&self.calls, |call| call.0, name)]
            .iter()
            .map(|call| call.1)
    }

    /// `from module import *` statements.
    pub fn star_imports(&self) -> &[StmtId] {
        &self.star_imports
    }

    pub(crate) fn aliases(&self) -> &[(TextRange, Name)] {
        &self.aliases
    }

    /// Every assignment `self.name = value`.
    pub fn all_self_attributes(&self) -> &[SelfAttribute] {
        &self.self_attributes
    }

    pub fn self_attributes(&self, class: ClassId, name: Name) -> impl Iterator<Item = &SelfAttribute> {
        self.self_attributes
            .iter()
            .filter(move |attribute| attribute.class == class && attribute.name == name)
    }
}

/// In the order of scope, name and place.
fn number(scope: ScopeId, name: Name, at: TextSize) -> u128 {
    u128::from(scope.0) << 64 | u128::from(name.number()) << 32 | u128::from(u32::from(at))
}

fn equal_range<T, K: Ord>(items: &[T], key: impl Fn(&T) -> K, wanted: K) -> Range<usize> {
    let start = items.partition_point(|item| key(item) < wanted);
    let len = items[start..].partition_point(|item| key(item) <= wanted);
    start..start + len
}

struct Builder<'a> {
    source: &'a SourceText,
    ast: &'a Ast,
    index: FileIndex,
    /// Names that a function declares `global`.
    globals: Vec<(ScopeId, Name)>,
}

impl<'a> Builder<'a> {
    /// Finds the scope of every statement. Statements come after the statements inside them, so the tables are
    /// read backwards.
    fn scopes(source: &'a SourceText) -> Builder<'a> {
        let ast = source.ast();
        let stmts = ast.stmts().count();
        let module = Scope {
            kind: ScopeKind::Module,
            parent: ScopeId::MODULE,
        };
        let mut index = FileIndex {
            scopes: vec![module],
            stmt_scope: vec![ScopeId::MODULE; stmts],
            function_scope: vec![ScopeId::MODULE; ast.functions().count()],
            class_scope: vec![ScopeId::MODULE; ast.classes().count()],
            bindings: Vec::with_capacity(stmts),
            mutations: Vec::new(),
            calls: Vec::new(),
            star_imports: Vec::new(),
            aliases: Vec::new(),
            self_attributes: Vec::new(),
        };
        let mut globals = Vec::new();
        for (id, stmt) in ast.stmts_outer_first() {
            let scope = match ast.parent_stmt(id) {
                None => ScopeId::MODULE,
                Some(parent) => match ast[parent].kind {
                    StmtKind::Function(function) => index.function_scope[function.index()],
                    StmtKind::Class(class) => index.class_scope[class.index()],
                    _ => index.stmt_scope[parent.index()],
                },
            };
            index.stmt_scope[id.index()] = scope;
            let inner = ScopeId(index.scopes.len() as u32);
            match stmt.kind {
                StmtKind::Function(function) => {
                    index.function_scope[function.index()] = inner;
                    index.scopes.push(Scope {
                        kind: ScopeKind::Function(function),
                        parent: scope,
                    });
                }
                StmtKind::Class(class) => {
                    index.class_scope[class.index()] = inner;
                    index.scopes.push(Scope {
                        kind: ScopeKind::Class(class),
                        parent: scope,
                    });
                }
                StmtKind::Global(names) => {
                    for &name in &ast[names] {
                        if let ExprKind::Name(name) = ast[name].kind {
                            globals.push((scope, name));
                        }
                    }
                }
                _ => {}
            }
        }
        Builder {
            source,
            ast,
            index,
            globals,
        }
    }

    fn statements(&mut self) {
        let ast = self.ast;
        for (id, stmt) in ast.stmts() {
            match stmt.kind {
                StmtKind::Assign { targets, value } => {
                    for &target in &ast[targets] {
                        self.target(id, target, value);
                    }
                }
                StmtKind::AnnotatedAssign {
                    target,
                    annotation,
                    value,
                } => match (value, ast[target].kind) {
                    (Some(value), _) => self.target(id, target, value),
                    (None, ExprKind::Name(name)) => self.bind(id, name, target, BindingKind::Declared(annotation)),
                    (None, _) => {}
                },
                StmtKind::AugmentedAssign {
                    target,
                    operator,
                    value,
                } => {
                    self.mutate(id, target, MutationKind::Augment { operator, value });
                }
                StmtKind::For { target, iterable, .. } => match ast[target].kind {
                    ExprKind::Tuple(items) | ExprKind::List(items) => {
                        for (index, &item) in ast[items].iter().enumerate() {
                            let index = index as u32;
                            self.opaque_targets(id, item, BindingKind::ElementUnpack { iterable, index });
                        }
                    }
                    _ => self.opaque_targets(id, target, BindingKind::Element(iterable)),
                },
                StmtKind::With { items, .. } => {
                    for item in &ast[items] {
                        if let Some(target) = item.target {
                            self.opaque_targets(id, target, BindingKind::Context(item.context));
                        }
                    }
                }
                StmtKind::Try { handlers, .. } => {
                    for handler in &ast[handlers] {
                        if let Some(target) = handler.name
                            && let ExprKind::Name(name) = ast[target].kind
                        {
                            self.bind(id, name, target, BindingKind::Exception(handler.types));
                        }
                    }
                }
                StmtKind::Match { cases, .. } => {
                    for case in &ast[cases] {
                        for part in ast.descendants(case.pattern) {
                            self.opaque_targets(id, part, BindingKind::Opaque);
                        }
                    }
                }
                StmtKind::Function(function) => self.function(id, function),
                StmtKind::Class(class) => {
                    let Class { name, name_range, .. } = ast[class];
                    self.bind_at(id, name, name_range, BindingKind::Class(class));
                }
                StmtKind::Import(names) => {
                    for imported in &ast[names] {
                        let (name, path) = match imported.alias {
                            Some(alias) => (alias, imported.path),
                            None => {
                                let first = TextSize::of(self.source.name(imported.first));
                                (imported.first, TextRange::at(imported.path.start(), first))
                            }
                        };
                        self.bind_at(id, name, imported.range, BindingKind::Module { path });
                    }
                }
                StmtKind::ImportFrom { names, star, .. } => {
                    if star {
                        self.index.star_imports.push(id);
                    }
                    for imported in &ast[names] {
                        if let Some(alias) = imported.alias {
                            self.index.aliases.push((imported.path, alias));
                        }
                        let name = imported.alias.unwrap_or(imported.first);
                        let member = BindingKind::Member {
                            import: id,
                            name: imported.path,
                        };
                        self.bind_at(id, name, imported.range, member);
                    }
                }
                StmtKind::Delete(targets) => {
                    for &target in &ast[targets] {
                        match ast[target].kind {
                            ExprKind::Subscript { object, index: key } => {
                                self.mutate(id, object, MutationKind::DeleteItem { key });
                            }
                            ExprKind::Name(name) => self.bind(id, name, target, BindingKind::Opaque),
                            _ => {}
                        }
                    }
                }
                StmtKind::TypeAlias { name, value } => {
                    if let ExprKind::Name(bound) = ast[name].kind {
                        self.bind(id, bound, name, BindingKind::Value(value));
                    }
                }
                StmtKind::Expr(expr) => {
                    let expr = match ast[expr].kind {
                        ExprKind::Await(inner) => inner,
                        _ => expr,
                    };
                    if let ExprKind::Call { function, .. } = ast[expr].kind
                        && let ExprKind::Attribute { object, name, .. } = ast[function].kind
                    {
                        let call = MutationKind::Method {
                            method: name,
                            call: expr,
                        };
                        // A module whose functions are called a thousand times is not changed a thousand times.
                        if CHANGING_METHODS.contains(&self.source.name(name)) {
                            self.mutate(id, object, call);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn expressions(&mut self) {
        let ast = self.ast;
        for (id, expr) in ast.exprs() {
            match expr.kind {
                ExprKind::Call { function, .. } => {
                    let forwarded = forwarding::candidate(ast, id, |name| self.source.imported_name(name));
                    for function in std::iter::once(function).chain(forwarded.map(|(function, _)| function)) {
                        if let ExprKind::Name(name) | ExprKind::Attribute { name, .. } = ast[function].kind {
                            self.index.calls.push((name, id));
                        }
                    }
                }
                ExprKind::Walrus { target, value } => {
                    let stmt = ast.stmt_of(id);
                    if let ExprKind::Name(name) = ast[target].kind
                        && !matches!(ast[stmt].kind, StmtKind::Match { .. })
                    {
                        self.bind(stmt, name, target, BindingKind::Value(value));
                    }
                }
                _ => {}
            }
        }
    }

    /// `read = jwt.decode` and `self._decode = jwt.decode`, where what they name is called, and the calls of
    /// `getattr(jwt, "decode")`.
    fn renamed(&mut self) {
        let ast = self.ast;
        let called: HashSet<Name> = self.index.calls.iter().map(|&(name, _)| name).collect();
        let mut found = Vec::new();
        let assigned = self.index.bindings.iter().filter_map(|binding| match binding.kind {
            BindingKind::Value(value) => Some((binding.name, value)),
            _ => None,
        });
        let kept = self.index.self_attributes.iter().map(|kept| (kept.name, kept.value));
        for (name, value) in assigned.chain(kept).filter(|(name, _)| called.contains(name)) {
            let named = match ast[value].kind {
                ExprKind::Attribute {
                    name: of, name_range, ..
                } if of != name => Some(name_range),
                ExprKind::Name(of) if of != name => {
                    let (range, of) = (ast[value].range, self.source.name(of));
                    // Parentheses around it count to its range.
                    let before = self.source.text()[range].find(of).unwrap_or(0);
                    let start = range.start() + TextSize::new(before as u32);
                    Some(TextRange::at(start, TextSize::of(of)))
                }
                _ => self.by_text(value),
            };
            found.extend(named.map(|range| (range, name)));
        }
        for (id, expr) in ast.exprs() {
            if let ExprKind::Call { function, .. } = expr.kind
                && let Some(range) = self.by_text(function)
                && let ExprKind::Call { function: getter, .. } = ast[function].kind
                && let ExprKind::Name(name) = ast[getter].kind
            {
                self.index.calls.push((name, id));
                found.push((range, name));
            }
        }
        self.index.aliases.extend(found);
    }

    /// The name in `getattr(base, "name")`.
    fn by_text(&self, call: ExprId) -> Option<TextRange> {
        let ast = self.ast;
        let ExprKind::Call { function, arguments } = ast[call].kind else {
            return None;
        };
        let [_, name, ..] = ast[arguments] else { return None };
        match (ast[function].kind, ast[name.value].kind) {
            (ExprKind::Name(getter), ExprKind::String { parts, .. }) if self.source.name(getter) == "getattr" => {
                match ast[parts] {
                    [StringPart::Text { range, .. }] => Some(range),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn function(&mut self, id: StmtId, function: FunctionId) {
        let ast = self.ast;
        let Function {
            name,
            name_range,
            parameters,
            ..
        } = ast[function];
        self.bind_at(id, name, name_range, BindingKind::Function(function));
        let scope = self.index.function_scope[function.index()];
        for (index, parameter) in ast[parameters].iter().enumerate() {
            self.index.bindings.push(Binding {
                scope,
                name: parameter.name,
                at: parameter.range.start(),
                stmt: id,
                range: parameter.name_range,
                kind: BindingKind::Parameter {
                    function,
                    index: index as u32,
                },
            });
        }
    }

    /// `target = value`
    fn target(&mut self, stmt: StmtId, target: ExprId, value: ExprId) {
        match self.ast[target].kind {
            ExprKind::Name(name) => self.bind(stmt, name, target, BindingKind::Value(value)),
            ExprKind::Subscript { object, index: key } => {
                self.mutate(stmt, object, MutationKind::SetItem { key, value });
            }
            ExprKind::Attribute { object, name, .. } => {
                self.self_attribute(stmt, object, name, value);
                let set = MutationKind::SetAttribute { attribute: name, value };
                self.mutate(stmt, object, set);
            }
            ExprKind::Tuple(items) | ExprKind::List(items) => {
                for (index, &item) in self.ast[items].iter().enumerate() {
                    if let ExprKind::Name(name) = self.ast[item].kind {
                        let index = index as u32;
                        self.bind(stmt, name, item, BindingKind::Unpack { value, index });
                    } else {
                        self.opaque_targets(stmt, item, BindingKind::Opaque);
                    }
                }
            }
            _ => {}
        }
    }

    /// `self.name = value` in a method, whatever its first parameter is called.
    fn self_attribute(&mut self, stmt: StmtId, object: ExprId, name: Name, value: ExprId) {
        let ExprKind::Name(base) = self.ast[object].kind else {
            return;
        };
        let Some(function) = self.ast.enclosing_function(stmt) else {
            return;
        };
        let parameters = self.ast[function].parameters;
        let is_self = self.ast[parameters].first().is_some_and(|first| first.name == base);
        if is_self && let Some(class) = self.ast.class_of_method(function) {
            self.index.self_attributes.push(SelfAttribute {
                class,
                function,
                name,
                value,
            });
        }
    }

    /// Binds a name directly, and every name inside a tuple opaquely.
    fn opaque_targets(&mut self, stmt: StmtId, target: ExprId, kind: BindingKind) {
        match self.ast[target].kind {
            ExprKind::Name(name) => self.bind(stmt, name, target, kind),
            ExprKind::Tuple(_) | ExprKind::List(_) | ExprKind::Starred(_) => {
                for part in self.ast.descendants(target) {
                    if let ExprKind::Name(name) = self.ast[part].kind {
                        self.bind(stmt, name, part, BindingKind::Opaque);
                    }
                }
            }
            _ => {}
        }
    }

    fn bind(&mut self, stmt: StmtId, name: Name, target: ExprId, kind: BindingKind) {
        self.bind_at(stmt, name, self.ast[target].range, kind);
    }

    fn bind_at(&mut self, stmt: StmtId, name: Name, range: TextRange, kind: BindingKind) {
        let scope = self.home(self.index.stmt_scope[stmt.index()], name);
        self.index.bindings.push(Binding {
            scope,
            name,
            at: range.start(),
            stmt,
            range,
            kind,
        });
    }

    fn mutate(&mut self, stmt: StmtId, object: ExprId, kind: MutationKind) {
        if let ExprKind::Name(name) = self.ast[object].kind {
            let scope = self.home(self.index.stmt_scope[stmt.index()], name);
            self.index.mutations.push(Mutation {
                scope,
                name,
                at: self.ast[stmt].range.start(),
                stmt,
                kind,
            });
        }
    }

    fn home(&self, scope: ScopeId, name: Name) -> ScopeId {
        match self.globals.contains(&(scope, name)) {
            true => ScopeId::MODULE,
            false => scope,
        }
    }
}
