//! Ways to write the same program differently.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use syntax::SourceText;
use syntax::ast::*;
use text::{TextRange, TextSize};

use super::names::{BoundKind, Names, is_in_string, uses};
use super::rewrite::{Part, Project, Rewrite};

/// A rewriting of a project that keeps its meaning.
pub(crate) struct Transformation {
    pub(crate) name: &'static str,
    pub(crate) rewrite: fn(&mut Rewrite<'_>, &File<'_>),
    pub(crate) places: Places,
    /// Whether it puts lines between others, which comments that ignore a finding of the next line do not survive.
    pub(crate) adds_lines: bool,
    /// Rules, and items of the checklist by number, that speak of what it changes.
    pub(crate) about_it: &'static [&'static str],
}

/// How much of a finding's place stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Places {
    Exact,
    /// The line on which it begins: the expression that it pointed at is another one now.
    Line,
}

/// In how many files tokens are verified; which file names the secret first.
const ABOUT_FILES: &[&str] = &["duplicated-token-verification", "jwt-secret-env-name", "5"];

#[rustfmt::skip]
pub(crate) const ALL: [Transformation; 14] = [
    Transformation { name: "imported names under an alias", rewrite: alias_imports, places: Places::Exact, adds_lines: false, about_it: &[] },
    Transformation { name: "`from m import f` for `import m`", rewrite: import_members, places: Places::Line, adds_lines: false, about_it: &[] },
    Transformation { name: "`import m` for `from m import f`", rewrite: import_modules, places: Places::Line, adds_lines: false, about_it: &[] },
    Transformation { name: "keyword arguments in another order", rewrite: reverse_keywords, places: Places::Exact, adds_lines: false, about_it: &[] },
    Transformation { name: "parentheses around whole values", rewrite: parenthesize_values, places: Places::Exact, adds_lines: false, about_it: &[] },
    Transformation { name: "parentheses around operands", rewrite: parenthesize_operands, places: Places::Exact, adds_lines: false, about_it: &[] },
    Transformation { name: "local variables with other names", rewrite: rename_locals, places: Places::Exact, adds_lines: false, about_it: &[] },
    Transformation { name: "bodies of functions in `if True:`", rewrite: wrap_bodies, places: Places::Exact, adds_lines: true, about_it: &[] },
    Transformation { name: "the file in `if True:`", rewrite: wrap_file, places: Places::Exact, adds_lines: true, about_it: &[] },
    Transformation { name: "definitions in a file of their own", rewrite: move_definitions, places: Places::Exact, adds_lines: false, about_it: ABOUT_FILES },
    Transformation { name: "definitions further down", rewrite: move_functions_down, places: Places::Exact, adds_lines: false, about_it: &[] },
    Transformation { name: "a line for each argument", rewrite: break_calls, places: Places::Exact, adds_lines: true, about_it: &[] },
    Transformation { name: "the other quotes", rewrite: switch_quotes, places: Places::Exact, adds_lines: false, about_it: &[] },
    Transformation { name: "lines in between", rewrite: spread_lines, places: Places::Exact, adds_lines: true, about_it: &[] },
];

/// One file of a project, with its names.
pub(crate) struct File<'p> {
    number: usize,
    path: &'p str,
    source: &'p SourceText,
    ast: &'p Ast,
    names: Names,
    project: &'p Project,
}

impl<'p> File<'p> {
    pub(crate) fn all(project: &'p Project) -> Vec<File<'p>> {
        let files = project.files.iter().enumerate().map(|(number, file)| File {
            number,
            path: &file.path,
            source: &file.source,
            ast: file.source.ast(),
            names: Names::of(&file.source),
            project,
        });
        files.collect()
    }

    fn text(&self) -> &'p str {
        self.source.text()
    }

    fn line_start(&self, at: TextSize) -> TextSize {
        let before = &self.text()[..usize::from(at)];
        TextSize::new(before.rfind('\n').map_or(0, |line| line + 1) as u32)
    }

    /// The white space before a statement that begins its line.
    fn indentation(&self, stmt: StmtId) -> Option<&'p str> {
        let start = self.ast[stmt].range.start();
        let before = &self.text()[TextRange::new(self.line_start(start), start)];
        before.trim().is_empty().then_some(before)
    }

    /// The name by which other files import this one.
    fn stem(&self) -> &'p str {
        let path = self.path.trim_end_matches(".py").trim_end_matches("/__init__");
        path.rsplit('/').next().unwrap_or(path)
    }

    /// Whether another file takes `name` from here, or may.
    fn is_exported(&self, name: &str) -> bool {
        self.project
            .files
            .iter()
            .filter(|file| file.path != self.path)
            .any(|file| {
                let (text, ast) = (file.source.text(), file.source.ast());
                ast.stmts().any(|(_, stmt)| match stmt.kind {
                    StmtKind::ImportFrom {
                        module, names, star, ..
                    } => {
                        let module = text[module].rsplit('.').next().unwrap_or_default();
                        let names = || ast[names].iter().map(|imported| &text[imported.path]);
                        (module == self.stem() || module.is_empty()) && (star || names().any(|other| other == name))
                            || names().any(|module| module == self.stem())
                    }
                    StmtKind::Import(names) => ast[names]
                        .iter()
                        .any(|imported| text[imported.path].rsplit('.').next() == Some(self.stem())),
                    _ => false,
                })
            })
    }

    /// Whether a name of the module scope can be replaced wherever it stands.
    fn is_free_to_change(&self, name: Name) -> bool {
        let text = self.source.name(name);
        self.names.is_bound_once(name) && !is_in_string(self.source, text) && !self.is_exported(text)
    }

    /// Whether the project has a module of this path, which may end in it only.
    fn has_module(&self, module: &str) -> bool {
        let path = module.replace('.', "/");
        let ends = [format!("{path}.py"), format!("{path}/__init__.py")];
        self.project.files.iter().any(|file| {
            ends.iter()
                .any(|end| file.path == *end || file.path.ends_with(&format!("/{end}")))
        })
    }

    /// Statements of the top level behind the docstring and what must come first.
    fn module_statements(&self) -> &'p [StmtId] {
        let body = &self.ast[self.ast.body];
        let first = body.iter().position(|&stmt| match self.ast[stmt].kind {
            StmtKind::Expr(expr) => !matches!(self.ast[expr].kind, ExprKind::String { .. }),
            StmtKind::ImportFrom { module, .. } => &self.text()[module] != "__future__",
            _ => true,
        });
        &body[first.unwrap_or(body.len())..]
    }

    /// The statements of a body behind its docstring.
    fn statements(&self, body: Block) -> &'p [StmtId] {
        let body = &self.ast[body];
        let is_docstring = |stmt: StmtId| matches!(self.ast[stmt].kind, StmtKind::Expr(expr) if matches!(self.ast[expr].kind, ExprKind::String { .. }));
        &body[usize::from(body.first().is_some_and(|&first| is_docstring(first)))..]
    }
}

/// `import jwt as alias_0`, `from jwt import decode as alias_1`.
fn alias_imports(rewrite: &mut Rewrite<'_>, file: &File<'_>) {
    let mut count = 0;
    for (_, stmt) in file.ast.stmts() {
        let (StmtKind::Import(list) | StmtKind::ImportFrom { names: list, .. }) = stmt.kind else {
            continue;
        };
        if is_future(file, stmt) {
            continue;
        }
        for imported in &file.ast[list] {
            let path = &file.text()[imported.path];
            let is_member = matches!(stmt.kind, StmtKind::ImportFrom { .. });
            let name = imported.alias.unwrap_or(imported.first);
            // `import a.b` binds `a`, an alias would bind `b`.
            if !(is_member || imported.alias.is_some() || !path.contains('.')) || !file.is_free_to_change(name) {
                continue;
            }
            let alias = format!("alias_{count}");
            count += 1;
            let parts = vec![Part::Old(imported.path), Part::New(format!(" as {alias}"))];
            rewrite.rearrange(file.number, imported.range, parts);
            for (_, at) in uses(file.source, name) {
                rewrite.replace(file.number, at, &*alias);
            }
        }
    }
}

fn is_future(file: &File<'_>, stmt: &Stmt) -> bool {
    matches!(stmt.kind, StmtKind::ImportFrom { module, .. } if &file.text()[module] == "__future__")
}

/// `from jwt import decode as member_0` and `member_0(…)` for `import jwt` and `jwt.decode(…)`.
fn import_members(rewrite: &mut Rewrite<'_>, file: &File<'_>) {
    let mut count = 0;
    for (_, stmt) in file.ast.stmts() {
        let StmtKind::Import(list) = stmt.kind else { continue };
        let [imported] = file.ast[list] else { continue };
        let path = &file.text()[imported.path];
        let name = imported.alias.unwrap_or(imported.first);
        if (imported.alias.is_none() && path.contains('.')) || !file.is_free_to_change(name) {
            continue;
        }
        let mut members: BTreeMap<&str, String> = BTreeMap::new();
        let mut replaced = Vec::new();
        let used = uses(file.source, name);
        for &(id, at) in &used {
            if let Some(parent) = file.ast.parent_expr(id)
                && let ExprKind::Attribute { object, name_range, .. } = file.ast[parent].kind
                && object == id
                && !file.names.targets.contains(&parent)
            {
                let member = members.entry(&file.text()[name_range]).or_insert_with(|| {
                    count += 1;
                    format!("member_{count}")
                });
                replaced.push((at.cover(name_range), member.clone()));
            }
        }
        if used.is_empty() || replaced.len() < used.len() {
            continue;
        }
        let members: Vec<String> = members
            .iter()
            .map(|(name, alias)| format!("{name} as {alias}"))
            .collect();
        rewrite.replace(
            file.number,
            stmt.range,
            format!("from {path} import {}", members.join(", ")),
        );
        for (range, member) in replaced {
            rewrite.replace(file.number, range, member);
        }
    }
}

/// `import jwt as module_0` and `module_0.decode(…)` for `from jwt import decode` and `decode(…)`.
fn import_modules(rewrite: &mut Rewrite<'_>, file: &File<'_>) {
    for (count, (_, stmt)) in file.ast.stmts().enumerate() {
        let StmtKind::ImportFrom {
            level: 0,
            module,
            names,
            star: false,
        } = stmt.kind
        else {
            continue;
        };
        let module = &file.text()[module];
        let changes = |imported: &ImportedName| {
            let path = &file.text()[imported.path];
            file.is_free_to_change(imported.alias.unwrap_or(imported.first))
                && !file.has_module(&format!("{module}.{path}"))
        };
        // A name that nobody uses says nothing about the module any more.
        let is_used = |imported: &ImportedName| !uses(file.source, imported.alias.unwrap_or(imported.first)).is_empty();
        let all = |test: &dyn Fn(&ImportedName) -> bool| file.ast[names].iter().all(test);
        if module == "__future__" || !all(&changes) || !all(&is_used) {
            continue;
        }
        let alias = format!("module_{count}");
        for imported in &file.ast[names] {
            let member = &file.text()[imported.path];
            for (_, at) in uses(file.source, imported.alias.unwrap_or(imported.first)) {
                rewrite.replace(file.number, at, format!("{alias}.{member}"));
            }
        }
        rewrite.replace(file.number, stmt.range, format!("import {module} as {alias}"));
    }
}

fn reverse_keywords(rewrite: &mut Rewrite<'_>, file: &File<'_>) {
    let of_calls = file.ast.exprs().filter_map(|(_, expr)| match expr.kind {
        ExprKind::Call { arguments, .. } => Some(arguments),
        _ => None,
    });
    let of_classes = file.ast.classes().map(|(_, class)| class.arguments);
    for arguments in of_calls.chain(of_classes) {
        let keywords = file.ast[arguments]
            .iter()
            .filter(|argument| matches!(argument.kind, ArgumentKind::Keyword(_)));
        let keywords: Vec<TextRange> = keywords.map(|argument| argument.range).collect();
        for (&slot, &content) in keywords.iter().zip(keywords.iter().rev()) {
            if slot != content {
                rewrite.rearrange(file.number, slot, vec![Part::Old(content)]);
            }
        }
    }
}

/// Right-hand sides, results, conditions, arguments, defaults, decorators.
fn parenthesize_values(rewrite: &mut Rewrite<'_>, file: &File<'_>) {
    let ast = file.ast;
    let mut values = Vec::new();
    for (_, stmt) in ast.stmts() {
        match stmt.kind {
            StmtKind::Assign { value, .. } | StmtKind::AugmentedAssign { value, .. } => values.push(value),
            StmtKind::AnnotatedAssign { value, annotation, .. } => values.extend(value.into_iter().chain([annotation])),
            StmtKind::Return(value) => values.extend(value),
            StmtKind::Raise { exception, cause } => values.extend(exception.into_iter().chain(cause)),
            StmtKind::If { branches, .. } => values.extend(ast[branches].iter().map(|branch| branch.test)),
            StmtKind::While { test, .. } | StmtKind::Assert { test, .. } => values.push(test),
            StmtKind::For { iterable, .. } => values.push(iterable),
            StmtKind::Expr(expr) if !matches!(ast[expr].kind, ExprKind::String { .. }) => values.push(expr),
            StmtKind::Match { cases, .. } => values.extend(ast[cases].iter().filter_map(|case| case.guard)),
            _ => {}
        }
    }
    for (id, expr) in ast.exprs() {
        if let ExprKind::Call { arguments, .. } = expr.kind
            && !file.names.patterns.contains(&id)
        {
            values.extend(ast[arguments].iter().map(|argument| argument.value));
        }
    }
    for (_, function) in ast.functions() {
        values.extend(&ast[function.decorators]);
        let parameters = &ast[function.parameters];
        let normal = parameters
            .iter()
            .filter(|parameter| parameter.kind != ParameterKind::Star);
        values.extend(normal.flat_map(|parameter| parameter.default.into_iter().chain(parameter.annotation)));
        values.extend(function.returns);
    }
    for (_, class) in ast.classes() {
        values.extend(ast[class.arguments].iter().map(|argument| argument.value));
    }
    parenthesize(rewrite, file, values);
}

/// What stands before a dot or an opening parenthesis, beside an operator, in a container.
fn parenthesize_operands(rewrite: &mut Rewrite<'_>, file: &File<'_>) {
    let ast = file.ast;
    let mut values = Vec::new();
    for (id, expr) in ast.exprs() {
        if file.names.patterns.contains(&id) || file.names.targets.contains(&id) {
            continue;
        }
        match expr.kind {
            ExprKind::Attribute { object, .. } => values.push(object),
            ExprKind::Subscript { object, index } => {
                values.push(object);
                values
                    .extend((!matches!(ast[index].kind, ExprKind::Slice { .. } | ExprKind::Tuple(_))).then_some(index));
            }
            ExprKind::Call { function, .. } => values.push(function),
            ExprKind::List(items) | ExprKind::Set(items) => values.extend(&ast[items]),
            ExprKind::Dict(items) => values.extend(ast[items].iter().flat_map(|item| match *item {
                DictItem::Pair { key, value } => vec![key, value],
                DictItem::Spread(value) => vec![value],
            })),
            ExprKind::Unary { operand, .. } => values.push(operand),
            ExprKind::Binary { left, right, .. } | ExprKind::Boolean { left, right, .. } => {
                values.extend([left, right])
            }
            ExprKind::Compare { first, rest } => {
                values.push(first);
                values.extend(ast[rest].iter().map(|comparison| comparison.right));
            }
            ExprKind::Conditional { test, then, otherwise } => values.extend([test, then, otherwise]),
            ExprKind::Await(inner) => values.push(inner),
            _ => {}
        }
    }
    parenthesize(rewrite, file, values);
}

fn parenthesize(rewrite: &mut Rewrite<'_>, file: &File<'_>, values: Vec<ExprId>) {
    let ast = file.ast;
    let strings: Vec<TextRange> = formatted_strings(file);
    let values: BTreeSet<ExprId> = values.into_iter().collect();
    // An expression's number is greater than those of its parts: the outer of two with one range comes first.
    for value in values.into_iter().rev() {
        let range = ast[value].range;
        let is_in_string = strings
            .iter()
            .any(|string| string.contains_range(range) && *string != range);
        if !matches!(ast[value].kind, ExprKind::Starred(_)) && !is_in_string {
            rewrite.wrap(file.number, range, "(", ")");
        }
    }
}

/// Where braces and line breaks mean something else.
fn formatted_strings(file: &File<'_>) -> Vec<TextRange> {
    let is_formatted = |parts: &[StringPart]| parts.iter().any(|part| matches!(part, StringPart::Interpolation(_)));
    let strings = file
        .ast
        .exprs()
        .filter(|(_, expr)| matches!(expr.kind, ExprKind::String { parts, .. } if is_formatted(&file.ast[parts])));
    strings.map(|(_, expr)| expr.range).collect()
}

/// Words in a variable's name that the audit reads, because nothing else says what the variable holds: `find(name)` of
/// another package gives a `user`, `get(url).json()` are `jwks`.
const TELLING: &[&str] = &["admin", "jwks", "key", "password", "role", "secret", "token", "user"];

fn rename_locals(rewrite: &mut Rewrite<'_>, file: &File<'_>) {
    let ast = file.ast;
    let mut count = 0;
    for (_, function) in ast.functions() {
        // Variables of functions inside functions are renamed with those of the outermost one.
        if ast.enclosing_function(function.stmt).is_some() {
            continue;
        }
        let Some(body) = ast.block_range(function.body) else {
            continue;
        };
        let bound: Vec<_> = file
            .names
            .bound
            .iter()
            .filter(|bound| body.contains(bound.at))
            .collect();
        let of_classes: Vec<TextRange> = ast
            .classes()
            .filter_map(|(_, class)| ast.block_range(class.body))
            .filter(|range| body.contains_range(*range))
            .collect();
        let parameters: Vec<Name> = ast[function.parameters]
            .iter()
            .map(|parameter| parameter.name)
            .collect();
        let reads_names = ["locals", "vars", "eval", "exec"].iter().any(|reader| {
            ast.name(reader)
                .is_some_and(|name| uses(file.source, name).iter().any(|(_, at)| body.contains_range(*at)))
        });
        if reads_names {
            continue;
        }
        let mut names: BTreeMap<TextSize, Name> = BTreeMap::new();
        for binding in &bound {
            let is_plain = bound.iter().filter(|other| other.name == binding.name).all(|other| {
                other.kind == BoundKind::Target && !of_classes.iter().any(|class| class.contains(other.at))
            });
            let text = file.source.name(binding.name).to_lowercase();
            let tells = TELLING.iter().any(|word| text.contains(word));
            if is_plain
                && !tells
                && !parameters.contains(&binding.name)
                && !names.values().any(|name| *name == binding.name)
            {
                names.insert(binding.at, binding.name);
            }
        }
        for name in names.into_values() {
            let new = format!("value_{count}");
            count += 1;
            for (_, at) in uses(file.source, name) {
                if body.contains_range(at) {
                    rewrite.replace(file.number, at, &*new);
                }
            }
        }
    }
}

/// Puts lines a step further in. Lines inside strings stay.
struct Indenter<'f, 'p> {
    file: &'f File<'p>,
    lines: Vec<TextSize>,
    steps: Vec<u32>,
    unit: &'static str,
}

impl<'f, 'p> Indenter<'f, 'p> {
    fn new(file: &'f File<'p>) -> Indenter<'f, 'p> {
        let starts = file
            .text()
            .match_indices('\n')
            .map(|(at, _)| TextSize::new(at as u32 + 1));
        let lines: Vec<TextSize> = std::iter::once(TextSize::new(0)).chain(starts).collect();
        Indenter {
            file,
            steps: vec![0; lines.len()],
            lines,
            unit: if file.text().contains("\n\t") { "\t" } else { "    " },
        }
    }

    fn line(&self, at: TextSize) -> usize {
        self.lines.partition_point(|&line| line <= at) - 1
    }

    /// Steps by which a line is further in now.
    fn new_indentation(&self, at: TextSize) -> String {
        self.unit.repeat(self.steps[self.line(at)] as usize)
    }

    fn indent(&mut self, range: TextRange) {
        let (first, last) = (self.line(range.start()), self.line(range.end()));
        self.steps[first..=last].iter_mut().for_each(|steps| *steps += 1);
    }

    fn finish(self, rewrite: &mut Rewrite<'_>) {
        let file = self.file;
        let strings = file
            .ast
            .exprs()
            .filter(|(_, expr)| matches!(expr.kind, ExprKind::String { .. }));
        let strings: Vec<TextRange> = strings.map(|(_, expr)| expr.range).collect();
        for (line, &steps) in self.steps.iter().enumerate() {
            let start = self.lines[line];
            let in_string = strings
                .iter()
                .any(|string| string.start() < start && start < string.end());
            let rest = &file.text()[usize::from(start)..];
            if steps > 0 && !in_string && !rest.starts_with(['\n', '\r']) && !rest.is_empty() {
                rewrite.insert(file.number, start, self.unit.repeat(steps as usize));
            }
        }
    }
}

fn wrap_bodies(rewrite: &mut Rewrite<'_>, file: &File<'_>) {
    let mut indenter = Indenter::new(file);
    for (_, stmt) in file.ast.stmts_outer_first() {
        let StmtKind::Function(function) = stmt.kind else {
            continue;
        };
        wrap_in_if(rewrite, file, &mut indenter, file.statements(file.ast[function].body));
    }
    indenter.finish(rewrite);
}

fn wrap_file(rewrite: &mut Rewrite<'_>, file: &File<'_>) {
    let mut indenter = Indenter::new(file);
    wrap_in_if(rewrite, file, &mut indenter, file.module_statements());
    indenter.finish(rewrite);
}

fn wrap_in_if(rewrite: &mut Rewrite<'_>, file: &File<'_>, indenter: &mut Indenter<'_, '_>, stmts: &[StmtId]) {
    let (Some(&first), Some(&last)) = (stmts.first(), stmts.last()) else {
        return;
    };
    let Some(indentation) = file.indentation(first) else {
        return;
    };
    let start = file.ast[first].range.start();
    let text = format!("{}{indentation}if True:\n", indenter.new_indentation(start));
    rewrite.insert(file.number, file.line_start(start), text);
    indenter.indent(TextRange::new(start, file.ast[last].range.end()));
}

/// What a definition of the top level binds, and the names that it uses.
struct Movable {
    stmt: StmtId,
    name: Name,
    uses: BTreeSet<Name>,
    is_constant: bool,
}

/// Functions and classes that need nothing of the file but imports, constants and each other.
fn move_definitions(rewrite: &mut Rewrite<'_>, file: &File<'_>) {
    let (ast, text) = (file.ast, file.text());
    if file.path.ends_with("__init__.py") {
        return;
    }
    let mut imports: BTreeMap<Name, StmtId> = BTreeMap::new();
    let mut future = String::new();
    let mut movable: BTreeMap<Name, Movable> = BTreeMap::new();
    for &id in &ast[ast.body] {
        let stmt = &ast[id];
        match stmt.kind {
            _ if is_future(file, stmt) => future = format!("{}\n", &text[stmt.range]),
            StmtKind::Import(list) | StmtKind::ImportFrom { names: list, .. } => {
                imports.extend(
                    ast[list]
                        .iter()
                        .map(|imported| (imported.alias.unwrap_or(imported.first), id)),
                );
            }
            StmtKind::Function(function) => insert_movable(file, &mut movable, id, ast[function].name, false),
            StmtKind::Class(class) => insert_movable(file, &mut movable, id, ast[class].name, false),
            StmtKind::Assign { targets, .. } => {
                if let [target] = ast[targets]
                    && let ExprKind::Name(name) = ast[target].kind
                {
                    insert_movable(file, &mut movable, id, name, true);
                }
            }
            _ => {}
        }
    }
    let module_names: HashSet<Name> = file.names.bound.iter().map(|bound| bound.name).collect();
    // Whoever uses what has to stay stays too.
    loop {
        let stays = |one: &Movable| {
            one.uses.iter().any(|name| {
                let is_local = file
                    .names
                    .bound
                    .iter()
                    .filter(|bound| bound.name == *name)
                    .all(|bound| ast[one.stmt].range.contains(bound.at));
                module_names.contains(name) && !is_local && !movable.contains_key(name) && !imports.contains_key(name)
            })
        };
        let Some(name) = movable.values().find(|one| stays(one)).map(|one| one.name) else {
            break;
        };
        movable.remove(&name);
    }
    // Constants go along where a definition needs them.
    let mut needed: BTreeSet<Name> = movable
        .values()
        .filter(|one| !one.is_constant)
        .map(|one| one.name)
        .collect();
    loop {
        let more: Vec<Name> = needed
            .iter()
            .flat_map(|name| movable[name].uses.iter().copied())
            .collect();
        let before = needed.len();
        needed.extend(more.into_iter().filter(|name| movable.contains_key(name)));
        if needed.len() == before {
            break;
        }
    }
    let mut moved: Vec<&Movable> = movable.values().filter(|one| needed.contains(&one.name)).collect();
    moved.sort_by_key(|one| ast[one.stmt].range.start());
    let Some(first) = moved.first() else { return };
    // What the moved code uses must be there before it is imported.
    let first_at = ast[first.stmt].range.start();
    let used: BTreeSet<StmtId> = moved
        .iter()
        .flat_map(|one| &one.uses)
        .filter_map(|name| imports.get(name).copied())
        .collect();
    let mut parts = vec![Part::New(future)];
    for stmt in used {
        parts.push(Part::New(format!("{}\n", &text[ast[stmt].range])));
    }
    for one in &moved {
        parts.push(Part::New("\n\n".to_owned()));
        parts.push(Part::Old(ast[one.stmt].range));
    }
    parts.push(Part::New("\n".to_owned()));
    let (folder, module) = match file.path.rsplit_once('/') {
        Some((folder, _)) => (format!("{folder}/"), "."),
        None => (String::new(), ""),
    };
    let stem = format!("moved_{}", file.number);
    let names: Vec<&str> = moved.iter().map(|one| file.source.name(one.name)).collect();
    let import = format!("from {module}{stem} import {}", names.join(", "));
    for one in &moved {
        let range = ast[one.stmt].range;
        let instead = if range.start() == first_at { &*import } else { "" };
        // Nothing stands for what is gone, so that no place is mapped to it.
        rewrite.rearrange(
            file.number,
            range,
            vec![
                Part::New(instead.to_owned()),
                Part::Old(TextRange::empty(range.start())),
            ],
        );
    }
    rewrite.add_file(format!("{folder}{stem}.py"), file.number, parts);
}

fn insert_movable(file: &File<'_>, movable: &mut BTreeMap<Name, Movable>, stmt: StmtId, name: Name, is_constant: bool) {
    let (ast, range) = (file.ast, file.ast[stmt].range);
    // Routes and the like belong to an application, which stays.
    let is_decorated = match ast[stmt].kind {
        StmtKind::Function(function) => !ast[function].decorators.is_empty(),
        StmtKind::Class(class) => !ast[class].decorators.is_empty(),
        _ => false,
    };
    if is_decorated || !file.names.is_bound_once(name) || file.indentation(stmt).is_none() {
        return;
    }
    let declares = ast
        .stmts()
        .any(|(_, inner)| matches!(inner.kind, StmtKind::Global(_)) && range.contains_range(inner.range));
    // Two statements on one line.
    let rest = text_after(file, range.end());
    if declares || !(rest.is_empty() || rest.starts_with('#')) {
        return;
    }
    let within = ast.exprs().filter(|(_, expr)| range.contains_range(expr.range));
    let uses = within.filter_map(|(_, expr)| match expr.kind {
        ExprKind::Name(used) if used != name => Some(used),
        _ => None,
    });
    let uses = uses.collect();
    movable.insert(
        name,
        Movable {
            stmt,
            name,
            uses,
            is_constant,
        },
    );
}

fn text_after<'p>(file: &File<'p>, at: TextSize) -> &'p str {
    let rest = &file.text()[usize::from(at)..];
    rest.lines().next().unwrap_or_default().trim()
}

/// Functions that are used in bodies of functions only, where the order of definitions does not matter.
fn move_functions_down(rewrite: &mut Rewrite<'_>, file: &File<'_>) {
    let ast = file.ast;
    let bodies: Vec<TextRange> = ast
        .functions()
        .filter_map(|(_, function)| ast.block_range(function.body))
        .collect();
    let mut parts = Vec::new();
    for &id in &ast[ast.body] {
        let StmtKind::Function(function) = ast[id].kind else {
            continue;
        };
        let function = &ast[function];
        let range = ast[id].range;
        let rest = text_after(file, range.end());
        let is_late = |at: TextRange| bodies.iter().any(|body| body.contains_range(at));
        // What runs at the top level may call them through others.
        let runs_late = ast[ast.body].iter().all(|&stmt| !calls_something(ast, stmt, &bodies));
        if runs_late
            && function.decorators.is_empty()
            && (rest.is_empty() || rest.starts_with('#'))
            && file.indentation(id).is_some()
            && file.names.is_bound_once(function.name)
            && uses(file.source, function.name).iter().all(|(_, at)| is_late(*at))
        {
            rewrite.rearrange(file.number, range, vec![Part::Old(TextRange::empty(range.start()))]);
            parts.push(Part::New("\n\n\n".to_owned()));
            parts.push(Part::Old(range));
        }
    }
    if !parts.is_empty() {
        parts.push(Part::New("\n".to_owned()));
        rewrite.rearrange(file.number, TextRange::empty(TextSize::of(file.text())), parts);
    }
}

/// Whether a statement of the top level calls a function of the file while the file is read.
fn calls_something(ast: &Ast, stmt: StmtId, bodies: &[TextRange]) -> bool {
    let range = ast[stmt].range;
    ast.exprs().any(|(_, expr)| match expr.kind {
        ExprKind::Call { function, .. } => {
            let is_own = matches!(ast[function].kind, ExprKind::Name(name) if ast.functions().any(|(_, function)| function.name == name));
            is_own && range.contains_range(expr.range) && !bodies.iter().any(|body| body.contains_range(expr.range))
        }
        _ => false,
    })
}

fn break_calls(rewrite: &mut Rewrite<'_>, file: &File<'_>) {
    let strings = formatted_strings(file);
    for (id, expr) in file.ast.exprs() {
        let ExprKind::Call { arguments, .. } = expr.kind else {
            continue;
        };
        if file.names.patterns.contains(&id) || strings.iter().any(|string| string.contains_range(expr.range)) {
            continue;
        }
        for argument in &file.ast[arguments] {
            // A generator brings the parentheses of the call.
            if !file.text()[argument.range].starts_with('(') {
                rewrite.insert(file.number, argument.range.start(), "\n        ");
            }
        }
    }
}

fn switch_quotes(rewrite: &mut Rewrite<'_>, file: &File<'_>) {
    for (_, expr) in file.ast.exprs() {
        let ExprKind::String { .. } = expr.kind else { continue };
        let text = &file.text()[expr.range];
        for (quote, other) in [('"', "'"), ('\'', "\"")] {
            let inner = text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote));
            let is_plain = inner.is_some_and(|inner| !inner.contains(['"', '\'', '\\', '\n']));
            if is_plain
                && !formatted_strings(file)
                    .iter()
                    .any(|string| string.contains_range(expr.range))
            {
                let inner = TextRange::new(
                    expr.range.start() + TextSize::new(1),
                    expr.range.end() - TextSize::new(1),
                );
                let parts = vec![Part::New(other.into()), Part::Old(inner), Part::New(other.into())];
                rewrite.rearrange(file.number, expr.range, parts);
            }
        }
    }
}

fn spread_lines(rewrite: &mut Rewrite<'_>, file: &File<'_>) {
    for (id, stmt) in file.ast.stmts() {
        let at = file.line_start(stmt.range.start());
        let before = file.text()[..usize::from(at)].lines().next_back().unwrap_or_default();
        // A comment that ignores what comes speaks of the next line.
        let follows_comment = before.trim().starts_with('#');
        let comment_before = file.text()[usize::from(at)..].trim_start().starts_with('#');
        if let Some(indentation) = file.indentation(id)
            && !follows_comment
            && !comment_before
            && !before.ends_with('\\')
        {
            rewrite.insert(file.number, at, format!("\n{indentation}# What comes next.\n"));
        }
    }
}
