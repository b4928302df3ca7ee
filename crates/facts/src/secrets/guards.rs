//! Code that refuses a secret which has its default or is not set: validators of settings, checks at import and
//! start-up, checks in the function that uses it.

use rustc_hash::FxHashSet;
use semantic::{BindingKind, ClassRef, ExprRef, FunctionRef, Model, ValueKind};
use syntax::ast::*;
use text::FileId;

use super::conditions::Subject;

/// Where a secret is refused.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    /// At start-up: nothing runs with it.
    pub(super) at_start: bool,
    /// In these functions alone.
    pub(super) functions: Vec<FunctionRef>,
}

/// Methods that run when an object is made.
const CONSTRUCTORS: &[&str] = &["__init__", "__post_init__", "model_post_init", "__attrs_post_init__"];

/// Functions that end the process, by what nothing else bears as name.
const EXITS: &[&str] = &["exit", "_exit", "abort"];

/// What refuses a secret, outside the validators of its class.
pub(super) fn refusals(model: &Model<'_>, subject: &Subject<'_>) -> Refusals {
    let mut refusals = Refusals::default();
    for file in model.file_ids() {
        if model.file(file).is_test() {
            continue;
        }
        for stmt in mentions(model, file, subject) {
            if !refuses(model, file, stmt, subject, 0) && !is_checked_among_others(model, file, stmt, subject) {
                continue;
            }
            let ast = model.ast(file);
            let function = ast.enclosing_function(stmt).map(|id| FunctionRef { file, id });
            match function {
                Some(function) if !gives(model, function, subject) => refusals.functions.push(function),
                _ => refusals.at_start = true,
            }
            if refusals.at_start {
                return refusals;
            }
        }
        if requires_by_list(model, file, subject) {
            refusals.at_start = true;
            return refusals;
        }
    }
    refusals
}

/// Whether some code runs a function: a decorator, a call, a reference that is passed on.
pub(super) fn is_run(model: &Model<'_>, function: FunctionRef) -> bool {
    let ast = model.ast(function.file);
    let name = model.function_name(function);
    let decorators = &ast[ast[function.id].decorators];
    if decorators
        .iter()
        .any(|&decorator| is_route(model, function.file, decorator))
    {
        return false;
    }
    if !decorators.is_empty() || CONSTRUCTORS.contains(&name) || name == "main" {
        return true;
    }
    model.file_ids().any(|file| {
        let source = model.file(file).source();
        // The name is there in any case: an import under another one speaks it, too.
        let Some(known) = source.ast().name(name) else {
            return false;
        };
        source.ast().exprs().any(|(_, expr)| match expr.kind {
            ExprKind::Name(found) => found == known || source.imported_name(found) == name,
            ExprKind::Attribute { name: found, .. } => found == known,
            _ => false,
        })
    })
}

/// `@router.get("/health")`: what it refuses, it refuses to those who ask.
fn is_route(model: &Model<'_>, file: FileId, decorator: ExprId) -> bool {
    let ast = model.ast(file);
    let ExprKind::Call { function, .. } = ast[decorator].kind else {
        return false;
    };
    let ExprKind::Attribute { name, .. } = ast[function].kind else {
        return false;
    };
    matches!(
        model.file(file).source().name(name),
        "get" | "post" | "put" | "patch" | "delete" | "head" | "options" | "websocket" | "route" | "api_route"
    )
}

/// Whether a validator of a settings class, its constructor or its declaration refuses a field's default.
pub(super) fn class_refuses(model: &Model<'_>, class: ClassRef, field: &str, subject: &Subject<'_>) -> bool {
    if declaration_refuses(model, class, field, subject) {
        return true;
    }
    let mut classes = vec![class];
    classes.extend(model.bases(class).iter().filter_map(|base| match base.kind {
        ValueKind::Class(class) => Some(class),
        _ => None,
    }));
    classes.into_iter().any(|class| {
        let ast = model.ast(class.file);
        ast[ast[class.id].body].iter().any(|&stmt| match ast[stmt].kind {
            StmtKind::Function(id) => {
                let function = FunctionRef { file: class.file, id };
                method_refuses(model, function, field, subject)
            }
            _ => false,
        })
    })
}

fn method_refuses(model: &Model<'_>, function: FunctionRef, field: &str, subject: &Subject<'_>) -> bool {
    let file = model.file(function.file);
    let ast = file.ast();
    let mut is_validator = CONSTRUCTORS.contains(&model.function_name(function));
    let mut parameter = None;
    for &decorator in &ast[ast[function.id].decorators] {
        let (callee, arguments) = match ast[decorator].kind {
            ExprKind::Call { function, arguments } => (function, Some(arguments)),
            _ => (decorator, None),
        };
        let (ExprKind::Name(name) | ExprKind::Attribute { name, .. }) = ast[callee].kind else {
            continue;
        };
        match file.imported_name(name) {
            "field_validator" | "validator" => {
                let fields = arguments.map(|arguments| &ast[arguments]).unwrap_or_default();
                let names_it = fields.iter().any(|argument| {
                    let name = ast.string(file.text(), argument.value);
                    argument.kind == ArgumentKind::Positional && name.is_some_and(|name| name == field || name == "*")
                });
                if names_it {
                    is_validator = true;
                    // `cls, value` or, of a static method, `value`.
                    let parameters = &ast[ast[function.id].parameters];
                    let first = parameters.first().map(|first| file.source().name(first.name));
                    let index = usize::from(matches!(first, Some("cls" | "self")));
                    parameter = parameters.get(index).map(|parameter| (function, parameter.name));
                }
            }
            "model_validator" | "root_validator" => is_validator = true,
            _ => {}
        }
    }
    let inside = Subject {
        parameter,
        field: Some(field),
        ..*subject
    };
    is_validator && function_refuses(model, function, &inside, 0)
}

/// `Field("changethis", min_length=32)`, `Annotated[str, AfterValidator(check)]`: settings validate their defaults.
fn declaration_refuses(model: &Model<'_>, class: ClassRef, field: &str, subject: &Subject<'_>) -> bool {
    let Some(binding) = model.class_binding(class, field) else {
        return false;
    };
    let file = model.file(class.file);
    let ast = file.ast();
    let (annotation, value) = match ast[binding.stmt].kind {
        StmtKind::AnnotatedAssign { annotation, value, .. } => (Some(annotation), value),
        StmtKind::Assign { value, .. } => (None, Some(value)),
        _ => return false,
    };
    let length = subject.text.map_or(0, |text| text.chars().count()) as i64;
    let parts = annotation
        .into_iter()
        .chain(value)
        .flat_map(|part| ast.descendants(part));
    for part in parts {
        let ExprKind::Call { function, arguments } = ast[part].kind else {
            continue;
        };
        let (ExprKind::Name(name) | ExprKind::Attribute { name, .. }) = ast[function].kind else {
            continue;
        };
        match file.source().imported_name(name) {
            "Field" | "constr" | "StringConstraints" | "MinLen" | "Len" => {
                let is_too_short = ast[arguments].iter().any(|argument| {
                    let is_limit = match argument.kind {
                        ArgumentKind::Keyword(name) => file.source().name(name) == "min_length",
                        _ => false,
                    };
                    let limit = model.eval(ExprRef {
                        file: class.file,
                        id: argument.value,
                    });
                    is_limit
                        && limit
                            .iter()
                            .all(|limit| matches!(limit.kind, ValueKind::Int(limit) if length < limit))
                });
                if is_too_short {
                    return true;
                }
            }
            "AfterValidator" | "BeforeValidator" | "PlainValidator" => {
                let Some(argument) = ast[arguments].first() else {
                    continue;
                };
                let validator = ExprRef {
                    file: class.file,
                    id: argument.value,
                };
                for value in model.eval(validator) {
                    if let ValueKind::Function(function) = value.kind
                        && parameter_refuses(model, function, 0, subject, 0)
                    {
                        return true;
                    }
                }
            }
            _ => {}
        }
    }
    false
}

/// Whether a function refuses the secret that it is passed as its parameter at `index`.
fn parameter_refuses(
    model: &Model<'_>,
    function: FunctionRef,
    index: usize,
    subject: &Subject<'_>,
    depth: usize,
) -> bool {
    let ast = model.ast(function.file);
    let Some(parameter) = ast[ast[function.id].parameters].get(index) else {
        return false;
    };
    let inside = Subject {
        parameter: Some((function, parameter.name)),
        ..*subject
    };
    function_refuses(model, function, &inside, depth)
}

fn function_refuses(model: &Model<'_>, function: FunctionRef, subject: &Subject<'_>, depth: usize) -> bool {
    let ast = model.ast(function.file);
    ast.stmts_within(ast[function.id].body)
        .into_iter()
        .any(|stmt| refuses(model, function.file, stmt, subject, depth))
}

/// Whether a statement raises or ends the process because of the secret.
fn refuses(model: &Model<'_>, file: FileId, stmt: StmtId, subject: &Subject<'_>, depth: usize) -> bool {
    let ast = model.ast(file);
    let at = |id: ExprId| ExprRef { file, id };
    match ast[stmt].kind {
        StmtKind::Assert { test, .. } => subject.truth(model, at(test)).may_fail(),
        StmtKind::If { branches, otherwise } => {
            for branch in &ast[branches] {
                let truth = subject.truth(model, at(branch.test));
                if truth.may_hold() && raises(model, file, branch.body) {
                    return true;
                }
                if !truth.may_fail() {
                    continue;
                }
                // `if SECRET: … else: raise`, `if SECRET != "changethis": return` with a `raise` behind it
                if otherwise.is_some_and(|block| raises(model, file, block)) {
                    return true;
                }
                let returns = ast[branch.body]
                    .last()
                    .is_some_and(|&last| matches!(ast[last].kind, StmtKind::Return(_)));
                if returns && is_followed_by_raise(model, file, stmt) {
                    return true;
                }
            }
            false
        }
        // `check_secret(SECRET)`, `value = require(SECRET)`
        StmtKind::Expr(_) | StmtKind::Assign { .. } | StmtKind::AnnotatedAssign { .. } | StmtKind::Return(_)
            if depth < 3 =>
        {
            let (StmtKind::Expr(expr)
            | StmtKind::Assign { value: expr, .. }
            | StmtKind::AnnotatedAssign { value: Some(expr), .. }
            | StmtKind::Return(Some(expr))) = ast[stmt].kind
            else {
                return false;
            };
            helper_refuses(model, at(expr), subject, depth)
        }
        _ => false,
    }
}

/// Whether the function that an expression calls refuses the secret among its arguments.
fn helper_refuses(model: &Model<'_>, expr: ExprRef, subject: &Subject<'_>, depth: usize) -> bool {
    let ast = model.ast(expr.file);
    let mut call = expr;
    if let ExprKind::Await(inner) = ast[call.id].kind {
        call.id = inner;
    }
    // `SECRET or fail()`
    if let ExprKind::Boolean {
        operator: BooleanOperator::Or,
        left,
        right,
    } = ast[call.id].kind
    {
        let at = |id: ExprId| ExprRef { file: expr.file, id };
        return subject.truth(model, at(left)).may_fail() && never_returns(model, at(right));
    }
    let ExprKind::Call { arguments, .. } = ast[call.id].kind else {
        return false;
    };
    let passed: Vec<(usize, Option<&str>)> = ast[arguments]
        .iter()
        .enumerate()
        .filter(|(_, argument)| {
            let value = ExprRef {
                file: expr.file,
                id: argument.value,
            };
            subject.value(model, value).is_some()
        })
        .map(|(index, argument)| match argument.kind {
            ArgumentKind::Keyword(name) => (index, Some(model.file(expr.file).source().name(name))),
            _ => (index, None),
        })
        .collect();
    if passed.is_empty() {
        return false;
    }
    model.callee(call).into_iter().any(|callee| {
        let (function, skipped) = match callee.kind {
            ValueKind::Function(function) => (function, 0),
            ValueKind::Method { function, .. } => (function, 1),
            _ => return false,
        };
        let file = model.file(function.file);
        let parameters = &file.ast()[file.ast()[function.id].parameters];
        passed.iter().any(|(index, name)| {
            let index = match name {
                Some(name) => parameters
                    .iter()
                    .position(|parameter| file.source().name(parameter.name) == *name),
                None => Some(index + skipped),
            };
            index.is_some_and(|index| parameter_refuses(model, function, index, subject, depth + 1))
        })
    })
}

fn is_followed_by_raise(model: &Model<'_>, file: FileId, stmt: StmtId) -> bool {
    let ast = model.ast(file);
    let after = ast[stmt].range.end();
    let body = match ast.enclosing_function(stmt) {
        Some(function) => ast[function].body,
        None => ast.body,
    };
    ast[body]
        .iter()
        .any(|&later| ast[later].range.start() >= after && matches!(ast[later].kind, StmtKind::Raise { .. }))
}

/// Whether a block raises or ends the process somewhere.
fn raises(model: &Model<'_>, file: FileId, block: Block) -> bool {
    let ast = model.ast(file);
    ast.stmts_within(block).into_iter().any(|stmt| match ast[stmt].kind {
        StmtKind::Raise { .. } => true,
        StmtKind::Assert { test, .. } => matches!(ast[test].kind, ExprKind::False),
        StmtKind::Expr(expr) => never_returns(model, ExprRef { file, id: expr }),
        _ => false,
    })
}

/// `sys.exit(…)`, or a function of the project whose last statement raises or exits.
pub(super) fn never_returns(model: &Model<'_>, expr: ExprRef) -> bool {
    let ast = model.ast(expr.file);
    let ExprKind::Call { function, .. } = ast[expr.id].kind else {
        return false;
    };
    let (ExprKind::Name(name) | ExprKind::Attribute { name, .. }) = ast[function].kind else {
        return false;
    };
    if EXITS.contains(&model.file(expr.file).source().imported_name(name)) {
        return true;
    }
    model.callee(expr).into_iter().any(|callee| match callee.kind {
        ValueKind::Function(function) | ValueKind::Method { function, .. } => {
            let ast = model.ast(function.file);
            let ends = ast.ends(ast[function.id].body);
            !ends.is_empty()
                && ends.into_iter().all(|end| match ast[end].kind {
                    StmtKind::Raise { .. } => true,
                    StmtKind::Expr(call) => match ast[call].kind {
                        ExprKind::Call { function: callee, .. } => match ast[callee].kind {
                            ExprKind::Name(name) | ExprKind::Attribute { name, .. } => {
                                EXITS.contains(&model.file(function.file).source().imported_name(name))
                            }
                            _ => false,
                        },
                        _ => false,
                    },
                    _ => false,
                })
        }
        _ => false,
    })
}

/// Statements that speak of the secret by a name that it has somewhere, or by its variable's name.
fn mentions(model: &Model<'_>, file: FileId, subject: &Subject<'_>) -> Vec<StmtId> {
    let source = model.file(file).source();
    let ast = source.ast();
    let mut names: FxHashSet<Name> = subject.names.iter().filter_map(|name| ast.name(name)).collect();
    let aliases = model.imported_aliases(file).into_iter();
    let aliases = aliases.filter(|(path, _)| subject.names.iter().any(|name| *name == *path));
    names.extend(aliases.filter_map(|(_, alias)| ast.name(alias)));
    let reads_environment =
        subject.variable.is_some() && (ast.name("environ").is_some() || ast.name("getenv").is_some());
    if names.is_empty() && !reads_environment {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (id, expr) in ast.exprs() {
        let speaks_of_it = match expr.kind {
            ExprKind::Name(name) | ExprKind::Attribute { name, .. } => names.contains(&name),
            ExprKind::String { .. } if reads_environment => {
                ast.string(source.text(), id).as_deref() == subject.variable
            }
            _ => false,
        };
        if speaks_of_it {
            let stmt = ast.stmt_of(id);
            if found.last() != Some(&stmt) && !found.contains(&stmt) {
                found.push(stmt);
            }
        }
    }
    found
}

/// `for name, value in {"JWT_SECRET": SECRET}.items(): if not value: raise`, also with the dictionary under a name
/// and with a list of what is missing.
fn is_checked_among_others(model: &Model<'_>, file: FileId, stmt: StmtId, subject: &Subject<'_>) -> bool {
    let ast = model.ast(file);
    if subject.text.is_some() {
        return false;
    }
    let (value, target) = match ast[stmt].kind {
        StmtKind::Assign { targets, value } => (value, ast[targets].first().copied()),
        StmtKind::For { iterable, .. } => (iterable, None),
        _ => return false,
    };
    let is_it = |id: &ExprId| subject.value(model, ExprRef { file, id: *id }).is_some();
    let is_among_others = ast.descendants(value).into_iter().any(|part| match ast[part].kind {
        ExprKind::Dict(items) => ast[items].iter().any(|item| match item {
            DictItem::Pair { value, .. } => is_it(value),
            DictItem::Spread(_) => false,
        }),
        ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items) => ast[items].iter().any(is_it),
        _ => false,
    });
    if !is_among_others {
        return false;
    }
    if let StmtKind::For { body, .. } = ast[stmt].kind {
        return raises(model, file, body);
    }
    let Some(ExprKind::Name(name)) = target.map(|target| ast[target].kind) else {
        return false;
    };
    let scope = match ast.enclosing_function(stmt) {
        Some(function) => ast[function].body,
        None => ast.body,
    };
    // Names that follow from it: `missing = [name for name, value in required.items() if not value]`.
    let mut names = vec![name];
    for later in ast.stmts_within(scope) {
        if ast[later].range.start() < ast[stmt].range.end() {
            continue;
        }
        let speaks_of_it = |expr: ExprId| {
            let parts = ast.descendants(expr);
            parts
                .iter()
                .any(|&part| matches!(ast[part].kind, ExprKind::Name(found) if names.contains(&found)))
        };
        match ast[later].kind {
            StmtKind::Assign { targets, value } if speaks_of_it(value) => {
                if let Some(ExprKind::Name(next)) = ast[targets].first().map(|&target| ast[target].kind) {
                    names.push(next);
                }
            }
            StmtKind::For { iterable, body, .. } if speaks_of_it(iterable) && raises(model, file, body) => return true,
            StmtKind::If { branches, .. }
                if ast[branches]
                    .iter()
                    .any(|branch| speaks_of_it(branch.test) && raises(model, file, branch.body)) =>
            {
                return true;
            }
            StmtKind::Assert { test, .. } if speaks_of_it(test) => return true,
            _ => {}
        }
    }
    false
}

/// Whether a function gives the secret to those who ask for it, so that its checks hold for all of them.
fn gives(model: &Model<'_>, function: FunctionRef, subject: &Subject<'_>) -> bool {
    let ast = model.ast(function.file);
    let within = ast[ast[function.id].stmt].range;
    let is_origin = |span: &text::Span| span.file == function.file && within.contains_range(span.range);
    if subject.origins.iter().any(is_origin) || CONSTRUCTORS.contains(&model.function_name(function)) {
        return true;
    }
    model.returns(function).iter().any(|&id| {
        let returned = ExprRef {
            file: function.file,
            id,
        };
        model
            .eval(returned)
            .iter()
            .any(|value| subject.origins.contains(&value.origin))
    })
}

/// `for name in ("DATABASE_URL", "JWT_SECRET"): if not os.getenv(name): raise`
fn requires_by_list(model: &Model<'_>, file: FileId, subject: &Subject<'_>) -> bool {
    let source = model.file(file).source();
    let ast = source.ast();
    let Some(variable) = subject.variable else { return false };
    if subject.text.is_some() {
        return false;
    }
    let is_listed = ast.exprs().any(|(id, expr)| {
        matches!(expr.kind, ExprKind::String { .. })
            && ast.string(source.text(), id).as_deref() == Some(variable)
            && ast.parent_expr(id).is_some_and(|parent| {
                matches!(
                    ast[parent].kind,
                    ExprKind::List(_) | ExprKind::Tuple(_) | ExprKind::Set(_)
                )
            })
    });
    if !is_listed {
        return false;
    }
    // A read of a variable whose name is not constant, with an end nearby.
    let reads = model.calls_named(file, ["getenv", "get"]).filter(|&call| {
        let is_read = model
            .called_path(call)
            .is_some_and(|path| matches!(&*path, "os.getenv" | "os.environ.get"));
        let ExprKind::Call { arguments, .. } = ast[call.id].kind else {
            return false;
        };
        let is_constant = ast[arguments]
            .first()
            .is_some_and(|name| matches!(ast[name.value].kind, ExprKind::String { .. }));
        is_read && !is_constant
    });
    let mut scopes: Vec<Option<FunctionId>> = reads.map(|call| ast.enclosing_function(ast.stmt_of(call.id))).collect();
    // `if name not in os.environ`
    scopes.extend(ast.exprs().filter_map(|(id, expr)| match expr.kind {
        ExprKind::Compare { first, rest } => {
            let is_name = matches!(ast[first].kind, ExprKind::Name(_));
            let is_in = ast[rest].iter().any(|comparison| {
                matches!(comparison.operator, CompareOperator::NotIn | CompareOperator::In)
                    && super::conditions::is_environment(
                        model,
                        ExprRef {
                            file,
                            id: comparison.right,
                        },
                    )
            });
            (is_name && is_in).then(|| ast.enclosing_function(ast.stmt_of(id)))
        }
        _ => None,
    }));
    scopes.into_iter().any(|scope| {
        let block = match scope {
            Some(function) => ast[function].body,
            None => ast.body,
        };
        raises(model, file, block)
    })
}

/// The class that declares a field, by the place of its name.
pub(super) fn class_of_field(model: &Model<'_>, origin: text::Span) -> Option<(ClassRef, String)> {
    let file = model.file(origin.file);
    let ast = file.ast();
    ast.classes().find_map(|(id, class)| {
        if !ast[class.stmt].range.contains_range(origin.range) {
            return None;
        }
        let class = ClassRef { file: origin.file, id };
        let scope = file.index().class_scope(id);
        let binding = file.index().bindings_in(scope).iter().find(|binding| {
            binding.range == origin.range && matches!(binding.kind, BindingKind::Value(_) | BindingKind::Declared(_))
        })?;
        Some((class, file.source().name(binding.name).to_owned()))
    })
}
