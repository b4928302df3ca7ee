//! Questions about one state of a project.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::FxHashMap;
use syntax::ast::*;
use text::{FileId, Span, TextRange, TextSize, sort_by_number};

use crate::eval::Evaluator;
use crate::index::{ScopeId, ScopeKind};
use crate::locations::Locations;
use crate::modules::ModuleIndex;
use crate::project::{File, Project};
use crate::value::{ClassRef, DictEntry, ExprRef, Frame, FunctionRef, Iteration, Value, ValueKind, Values};

/// Answers questions about one state of a project, and remembers the answers.
pub struct Model<'a> {
    files: Vec<&'a File>,
    pub(crate) modules: ModuleIndex,
    pub(crate) injectors: &'static [Injector],
    pub(crate) evaluated: RefCell<FxHashMap<ExprRef, Rc<Values>>>,
    callers: RefCell<FxHashMap<FunctionRef, Rc<[ExprRef]>>>,
    returns: RefCell<FxHashMap<FunctionRef, Rc<[ExprId]>>>,
    pub(crate) locations: RefCell<FxHashMap<FileId, Rc<Locations>>>,
}

/// A call that stands as a parameter's default or in its annotation and is replaced by what its argument
/// returns: `Depends(get_settings)`.
#[derive(Debug, Clone, Copy)]
pub struct Injector {
    pub path: &'static str,
    pub keyword: &'static str,
}

/// The arguments of one call, by position and name, with `*` and `**` followed.
pub struct BoundArguments {
    positional: Vec<BoundArgument>,
    named: Vec<(Rc<str>, BoundArgument)>,
    /// Something unpacked here is not followed: any argument may come from it.
    open: Option<Span>,
}

/// One argument.
#[derive(Debug, Clone)]
pub struct BoundArgument {
    pub values: Values,
    /// The argument as written at the call, or the place from which it is unpacked.
    pub span: Span,
    /// The expression at the call, where it is written there.
    pub expr: Option<ExprRef>,
}

impl<'a> Model<'a> {
    pub fn new(project: &'a Project, injectors: &'static [Injector]) -> Model<'a> {
        let files: Vec<&File> = project.files().collect();
        let frameworks = injectors.iter().filter_map(|injector| injector.path.split('.').next());
        Model {
            modules: ModuleIndex::new(files.iter().map(|file| file.path()), frameworks.collect()),
            files,
            injectors,
            evaluated: RefCell::default(),
            callers: RefCell::default(),
            returns: RefCell::default(),
            locations: RefCell::default(),
        }
    }

    pub fn file(&self, id: FileId) -> &'a File {
        self.files[id.0 as usize]
    }

    pub fn file_ids(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..self.files.len() as u32).map(FileId)
    }

    pub fn ast(&self, file: FileId) -> &'a Ast {
        self.file(file).ast()
    }

    pub fn text(&self, span: Span) -> &'a str {
        &self.file(span.file).text()[span.range]
    }

    /// An expression as it is written, without parentheses that only group and with what is imported under another
    /// name called by its own: what texts are compared by.
    pub fn written(&self, expr: ExprRef) -> Cow<'a, str> {
        let file = self.file(expr.file);
        let other_name = |name| Some(file.imported_name(name)).filter(|other| *other != file.source().name(name));
        file.ast().written(file.text(), expr.id, other_name)
    }

    pub fn expr(&self, expr: ExprRef) -> &'a Expr {
        &self.ast(expr.file)[expr.id]
    }

    pub fn span(&self, expr: ExprRef) -> Span {
        Span::new(expr.file, self.expr(expr).range)
    }

    /// What an expression can be.
    pub fn eval(&self, expr: ExprRef) -> Values {
        self.eval_in(expr, None)
    }

    /// As [`Model::eval`], inside a call that is being followed.
    pub fn eval_in(&self, expr: ExprRef, frame: Option<&Rc<Frame>>) -> Values {
        Evaluator::new(self).eval(expr, frame)
    }

    /// As [`Model::eval_in`], in these rounds of the loops around the expression.
    pub fn eval_in_iterations(&self, expr: ExprRef, frame: Option<&Rc<Frame>>, iterations: &[Iteration]) -> Values {
        Evaluator::in_iterations(self, iterations).eval(expr, frame)
    }

    /// `base.name`
    pub fn attribute(&self, base: &Value, name: &str) -> Values {
        Evaluator::new(self).attribute(base, name, base.origin)
    }

    /// What iterating over a value gives.
    pub fn elements(&self, value: &Value) -> Values {
        Evaluator::new(self).elements(vec![value.clone()], value.origin)
    }

    /// What a function of the project gives when it is called without known arguments.
    pub fn result(&self, function: FunctionRef) -> Values {
        Evaluator::new(self).result(function)
    }

    /// An object of the class that an annotation names; `None` for built-in types and what is not followed.
    pub fn annotated(&self, annotation: ExprRef) -> Option<Value> {
        Evaluator::new(self).annotated(annotation.file, annotation.id, self.span(annotation))
    }

    /// What an injector in a parameter's default or annotation calls, such as `f` of `Depends(f)`; `None` when
    /// nothing is injected.
    pub fn injected(&self, function: FunctionRef, index: u32) -> Option<Values> {
        Evaluator::new(self).injected(function, index)
    }

    /// What the callee of a call can be.
    pub fn callee(&self, call: ExprRef) -> Values {
        self.called(call).map(|called| self.eval(called)).unwrap_or_default()
    }

    /// The path of what a call calls, if it comes from outside the project.
    pub fn called_path(&self, call: ExprRef) -> Option<Rc<str>> {
        self.callee(call).into_iter().find_map(|value| match value.kind {
            ValueKind::External(path) => Some(path),
            _ => None,
        })
    }

    /// Every call in a file whose callee ends in one of `names`, or in a name that stands for one of them.
    pub fn calls_named<'n>(
        &self,
        file: FileId,
        names: impl IntoIterator<Item = &'n str>,
    ) -> impl Iterator<Item = ExprRef> {
        let index = self.file(file).index();
        let aliases = index.aliases();
        let mut found = Vec::new();
        for name in names {
            if let Some(name) = self.ast(file).name(name) {
                found.extend(index.calls_of(name));
            }
            let stands_for_it = |(path, _): &&(TextRange, Name)| &self.file(file).text()[*path] == name;
            for (_, alias) in aliases.iter().filter(stands_for_it) {
                found.extend(index.calls_of(*alias));
            }
        }
        sort_by_number(&mut found, |call| call.index() as u128);
        found.dedup();
        found.into_iter().map(move |id| ExprRef { file, id })
    }

    /// Names that stand for another one in a file, as written: `decode` and `read` of
    /// `from jwt import decode as read` and `read = jwt.decode`.
    pub fn imported_aliases(&self, file: FileId) -> Vec<(&'a str, &'a str)> {
        let file = self.file(file);
        let aliases = file.index().aliases().iter();
        aliases
            .map(|&(path, alias)| (&file.text()[path], file.source().name(alias)))
            .collect()
    }

    /// The files of the project that an import statement runs, in order: packages before what is in them.
    pub fn imported_files(&self, file: FileId, import: StmtId) -> Vec<FileId> {
        let ast = self.ast(file);
        let text = self.file(file).text();
        let mut out: Vec<FileId> = Vec::new();
        let mut add = |found: Option<FileId>| {
            if let Some(found) = found.filter(|found| !out.contains(found)) {
                out.push(found);
            }
        };
        let packages = |path: &str| -> Vec<FileId> {
            let ends = path.match_indices('.').map(|(at, _)| at).chain([path.len()]);
            ends.filter_map(|end| self.modules.absolute(file, &path[..end]))
                .collect()
        };
        match ast[import].kind {
            StmtKind::Import(names) => {
                for imported in &ast[names] {
                    packages(&text[imported.path])
                        .into_iter()
                        .for_each(|found| add(Some(found)));
                }
            }
            StmtKind::ImportFrom {
                level, module, names, ..
            } => {
                let module = &text[module];
                let source = match level {
                    0 => {
                        packages(module).into_iter().for_each(|found| add(Some(found)));
                        self.modules.absolute(file, module)
                    }
                    _ => self.modules.relative(file, level, module),
                };
                add(source);
                for imported in &ast[names] {
                    let name = &text[imported.path];
                    add(match (source, level) {
                        (Some(source), _) => self.modules.member(source, name),
                        (None, 0) => self.modules.absolute(file, &format!("{module}.{name}")),
                        (None, _) => self.relative_module(file, import, name),
                    });
                }
            }
            _ => {}
        }
        out
    }

    /// The object whose method a call calls.
    pub fn receiver(&self, call: ExprRef) -> Option<ExprRef> {
        match self.expr(self.called(call)?).kind {
            ExprKind::Attribute { object, .. } => Some(ExprRef {
                file: call.file,
                id: object,
            }),
            _ => None,
        }
    }

    /// The arguments of a call.
    pub fn arguments(&self, call: ExprRef, frame: Option<&Rc<Frame>>) -> BoundArguments {
        Evaluator::new(self).arguments(call, frame)
    }

    /// The expression that a call passes at a position or under a name. Looks at what is written, and evaluates only
    /// what is unpacked.
    pub fn argument_expr(&self, call: ExprRef, position: Option<usize>, name: &str) -> Option<ExprRef> {
        let ast = self.ast(call.file);
        let ExprKind::Call { arguments, .. } = ast[call.id].kind else {
            return None;
        };
        let skipped = self.forwarded(call).map_or(0, |(_, skipped)| skipped);
        let arguments = &ast[arguments][skipped..];
        let is_unpacked = |argument: &Argument| matches!(argument.kind, ArgumentKind::Star | ArgumentKind::DoubleStar);
        if arguments.iter().any(is_unpacked) {
            return self.arguments(call, None).get(position, &[name])?.expr;
        }
        let source = self.file(call.file).source();
        let named = arguments
            .iter()
            .find(|argument| matches!(argument.kind, ArgumentKind::Keyword(given) if source.name(given) == name));
        let mut positional = arguments
            .iter()
            .filter(|argument| argument.kind == ArgumentKind::Positional);
        let found = named.or_else(|| positional.nth(position?))?;
        Some(ExprRef {
            file: call.file,
            id: found.value,
        })
    }

    /// As [`Model::arguments`], in these rounds of the loops around the call.
    pub fn arguments_in_iterations(
        &self,
        call: ExprRef,
        frame: Option<&Rc<Frame>>,
        iterations: &[Iteration],
    ) -> BoundArguments {
        Evaluator::in_iterations(self, iterations).arguments(call, frame)
    }

    /// The calls of a function in the project, outside tests unless it is defined in one.
    pub fn callers(&self, function: FunctionRef) -> Rc<[ExprRef]> {
        if let Some(known) = self.callers.borrow().get(&function) {
            return known.clone();
        }
        // A function that is asked about while its callers are looked for has none that help.
        self.callers.borrow_mut().insert(function, Rc::new([]));
        let found: Rc<[ExprRef]> = self.find_callers(function).into();
        self.callers.borrow_mut().insert(function, found.clone());
        found
    }

    fn find_callers(&self, function: FunctionRef) -> Vec<ExprRef> {
        let home = self.file(function.file);
        let name = home.source().name(home.ast()[function.id].name);
        let class = home.ast().class_of_method(function.id);
        let is_init = name == "__init__";
        let called = match class {
            Some(class) if is_init => home.source().name(home.ast()[class].name),
            _ => name,
        };
        let mut found = Vec::new();
        for id in self.file_ids() {
            let file = self.file(id);
            if file.is_test() && !home.is_test() {
                continue;
            }
            for call in self.calls_named(id, [called]) {
                let reaches = self.callee(call).iter().any(|value| match value.kind {
                    ValueKind::Function(found) | ValueKind::Method { function: found, .. } => found == function,
                    ValueKind::Class(found) => {
                        is_init
                            && found
                                == ClassRef {
                                    file: function.file,
                                    id: class.unwrap_or(found.id),
                                }
                    }
                    _ => false,
                });
                if reaches {
                    found.push(call);
                }
            }
        }
        found
    }

    /// What a function returns, or yields if it is a generator.
    pub fn returns(&self, function: FunctionRef) -> Rc<[ExprId]> {
        if let Some(known) = self.returns.borrow().get(&function) {
            return known.clone();
        }
        let ast = self.ast(function.file);
        let mut returned = Vec::new();
        let mut yielded = Vec::new();
        for stmt in ast.stmts_within(ast[function.id].body) {
            match ast[stmt].kind {
                StmtKind::Return(Some(expr)) => returned.push(expr),
                StmtKind::Expr(expr) | StmtKind::Assign { value: expr, .. } => {
                    if let ExprKind::Yield(Some(inner)) = ast[expr].kind {
                        yielded.push(inner);
                    }
                }
                _ => {}
            }
        }
        let found: Rc<[ExprId]> = if yielded.is_empty() { returned } else { yielded }.into();
        self.returns.borrow_mut().insert(function, found.clone());
        found
    }

    /// What a module-level name of a file is after the file has run.
    pub fn global(&self, file: FileId, name: &str) -> Option<Values> {
        Evaluator::new(self).global(file, name)
    }

    /// What a base class list evaluates to, paths of classes from outside included, nearest first; classes of the
    /// project are followed.
    pub fn bases(&self, class: ClassRef) -> Vec<Value> {
        let mut out = Vec::new();
        let mut pending = vec![class];
        while let Some(class) = pending.pop() {
            let ast = self.ast(class.file);
            for argument in &ast[ast[class.id].arguments] {
                if argument.kind != ArgumentKind::Positional || out.len() > 32 {
                    continue;
                }
                let mut base = argument.value;
                // `Generic[T]`, `Repository[Model]`
                if let ExprKind::Subscript { object, .. } = ast[base].kind {
                    base = object;
                }
                for value in self.eval(ExprRef {
                    file: class.file,
                    id: base,
                }) {
                    if let ValueKind::Class(base) = value.kind
                        && !out
                            .iter()
                            .any(|known: &Value| matches!(known.kind, ValueKind::Class(c) if c == base))
                    {
                        pending.push(base);
                    }
                    out.push(value);
                }
            }
        }
        out
    }

    /// Whether a class is, or descends from, a class from outside whose path passes `wanted`.
    pub fn descends_from(&self, class: ClassRef, wanted: impl Fn(&str) -> bool) -> bool {
        self.bases(class).iter().any(|base| match &base.kind {
            ValueKind::External(path) => wanted(path),
            _ => false,
        })
    }

    /// The binding of a class member in the class itself, not in its bases.
    pub fn class_binding(&self, class: ClassRef, name: &str) -> Option<&'a crate::index::Binding> {
        let file = self.file(class.file);
        let name = file.ast().name(name)?;
        file.index().bindings(file.index().class_scope(class.id), name).last()
    }

    /// The function around an expression.
    pub fn enclosing_function(&self, expr: ExprRef) -> Option<FunctionRef> {
        let ast = self.ast(expr.file);
        let stmt = ast.stmt_of(expr.id);
        let id = ast.enclosing_function(stmt)?;
        Some(FunctionRef { file: expr.file, id })
    }

    pub fn function_name(&self, function: FunctionRef) -> &'a str {
        let file = self.file(function.file);
        file.source().name(file.ast()[function.id].name)
    }

    pub fn class_name(&self, class: ClassRef) -> &'a str {
        let file = self.file(class.file);
        file.source().name(file.ast()[class.id].name)
    }

    /// The function or class scope around a place of a scope that is not the module.
    pub(crate) fn enclosing_scopes(&self, file: FileId, scope: ScopeId) -> impl Iterator<Item = ScopeId> {
        let index = self.file(file).index();
        let mut next = Some(scope);
        std::iter::from_fn(move || {
            let scope = next?;
            next = match index.scope(scope).kind {
                ScopeKind::Module => None,
                _ => Some(index.scope(scope).parent),
            };
            Some(scope)
        })
    }

    /// What a `lambda` or comprehension around an expression binds `name` to, if one does.
    pub(crate) fn bound_in_expression(&self, expr: ExprRef, name: Name) -> Option<InExpression> {
        let ast = self.ast(expr.file);
        let is_name = |part: ExprId| matches!(ast[part].kind, ExprKind::Name(bound) if bound == name);
        let place = ast[expr.id].range;
        let mut at = expr.id;
        // Deeper than this, the name is taken for one of the scope.
        for _ in 0..200 {
            at = ast.parent_expr(at)?;
            match ast[at].kind {
                ExprKind::Lambda { parameters, .. }
                    if ast[parameters].iter().any(|parameter| parameter.name == name) =>
                {
                    return Some(InExpression::Opaque);
                }
                ExprKind::Comprehension { clauses, .. } => {
                    for clause in &ast[clauses] {
                        let ComprehensionClause::For { target, iterable } = *clause else {
                            continue;
                        };
                        // The variable is not there yet where its own iterable is evaluated.
                        if ast[iterable].range.contains_range(place) {
                            continue;
                        }
                        let element = |index| InExpression::Element {
                            iterable: ExprRef {
                                file: expr.file,
                                id: iterable,
                            },
                            index,
                        };
                        match ast[target].kind {
                            ExprKind::Name(bound) if bound == name => return Some(element(None)),
                            ExprKind::Tuple(items) | ExprKind::List(items) => {
                                if let Some(index) = ast[items].iter().position(|&item| is_name(item)) {
                                    return Some(element(Some(index as u32)));
                                }
                                if ast.descendants(target).into_iter().any(is_name) {
                                    return Some(InExpression::Opaque);
                                }
                            }
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// The file that a `from` import reads from, or the path of the module outside.
    pub(crate) fn import_source(&self, file: FileId, import: StmtId) -> ImportSource<'a> {
        let StmtKind::ImportFrom {
            level, module, names, ..
        } = self.ast(file)[import].kind
        else {
            return ImportSource::Missing;
        };
        let module = &self.file(file).text()[module];
        match level {
            0 => match self.modules.absolute(file, module) {
                Some(found) if self.can_import(file, names, found) => ImportSource::File(found),
                _ => ImportSource::External(module),
            },
            _ => match self.modules.relative(file, level, module) {
                Some(found) => ImportSource::File(found),
                None => ImportSource::Missing,
            },
        }
    }

    /// Whether a file has any of the names that another one imports: a folder `fastapi` in a project does not
    /// become the library of that name.
    fn can_import(&self, from: FileId, names: List<ImportedName>, found: FileId) -> bool {
        let ast = self.ast(from);
        let text = self.file(from).text();
        let file = self.file(found);
        if ast[names].is_empty() || !file.index().star_imports().is_empty() {
            return true;
        }
        ast[names].iter().any(|imported| {
            let name = &text[imported.path];
            let is_bound = |name: Name| !file.index().bindings(ScopeId::MODULE, name).is_empty();
            // Modules may make their names as they are asked for them.
            file.ast().name(name).is_some_and(is_bound)
                || self.modules.member(found, name).is_some()
                || file.ast().name("__getattr__").is_some_and(is_bound)
        })
    }

    /// The module that one name of a relative import is, in a folder without `__init__`.
    pub(crate) fn relative_module(&self, file: FileId, import: StmtId, name: &str) -> Option<FileId> {
        let StmtKind::ImportFrom { level, module, .. } = self.ast(file)[import].kind else {
            return None;
        };
        let module = &self.file(file).text()[module];
        self.modules.relative(file, level, &format!("{module}.{name}"))
    }

    /// Where the body of a scope begins.
    pub(crate) fn scope_body(&self, file: FileId, scope: ScopeId) -> Block {
        let file = self.file(file);
        match file.index().scope(scope).kind {
            ScopeKind::Module => file.ast().body,
            ScopeKind::Function(function) => file.ast()[function].body,
            ScopeKind::Class(class) => file.ast()[class].body,
        }
    }

    /// The innermost place where the names of an expression are looked up, and from where.
    pub(crate) fn use_place(&self, expr: ExprRef) -> (ScopeId, TextSize) {
        let file = self.file(expr.file);
        let stmt = file.ast().stmt_of(expr.id);
        (file.index().scope_of(stmt), file.ast()[expr.id].range.start())
    }
}

/// How a `lambda` or comprehension binds a name.
pub(crate) enum InExpression {
    /// An element of an iterable, or one part of it.
    Element {
        iterable: ExprRef,
        index: Option<u32>,
    },
    Opaque,
}

pub(crate) enum ImportSource<'a> {
    File(FileId),
    External(&'a str),
    /// A relative import of a file that was not given.
    Missing,
}

impl BoundArguments {
    pub(crate) fn new() -> BoundArguments {
        BoundArguments {
            positional: Vec::new(),
            named: Vec::new(),
            open: None,
        }
    }

    pub(crate) fn push(&mut self, kind: ArgumentKind, name: Option<Rc<str>>, argument: BoundArgument) {
        match (kind, name) {
            (ArgumentKind::Keyword(_), Some(name)) => self.named.push((name, argument)),
            (ArgumentKind::Star, _) => match argument.values.as_slice() {
                [
                    Value {
                        kind: ValueKind::List(items),
                        ..
                    },
                ] => self.positional.extend(items.iter().map(|values| BoundArgument {
                    values: values.clone(),
                    span: argument.span,
                    expr: None,
                })),
                _ => self.open = Some(argument.span),
            },
            (ArgumentKind::DoubleStar, _) => self.spread(&argument),
            _ => self.positional.push(argument),
        }
    }

    fn spread(&mut self, argument: &BoundArgument) {
        for argument_value in &argument.values {
            let ValueKind::Dict(entries) = &argument_value.kind else {
                self.open = Some(argument.span);
                continue;
            };
            for entry in entries.iter() {
                match entry {
                    DictEntry::Pair {
                        key: Some(key), value, ..
                    } => {
                        let came = value.iter().cloned().map(|item| item.with_steps_of(argument_value));
                        let unpacked = BoundArgument {
                            values: came.collect(),
                            span: argument.span,
                            expr: None,
                        };
                        match self.named.iter_mut().find(|(name, _)| name == key) {
                            Some((_, known)) => known.values.extend(unpacked.values),
                            None => self.named.push((key.clone(), unpacked)),
                        }
                    }
                    _ => self.open = Some(argument.span),
                }
            }
        }
    }

    /// The argument at a position, or under one of its names.
    pub fn get(&self, position: Option<usize>, names: &[&str]) -> Option<&BoundArgument> {
        let named = self.named.iter().find(|(name, _)| names.contains(&&**name));
        named
            .map(|(_, argument)| argument)
            .or_else(|| self.positional.get(position?))
    }

    /// The arguments without the first: what `functools.partial(function, …)` has for the function.
    pub fn after_first(mut self) -> BoundArguments {
        if !self.positional.is_empty() {
            self.positional.remove(0);
        }
        self
    }

    /// Something unpacked at the call is not followed, so an argument that is not found may still be given.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    pub fn positional(&self) -> &[BoundArgument] {
        &self.positional
    }

    pub fn named(&self) -> impl Iterator<Item = (&str, &BoundArgument)> {
        self.named.iter().map(|(name, argument)| (&**name, argument))
    }
}
