//! SQL whose text holds something that is not constant.

mod inputs;

use rustc_hash::{FxHashMap, FxHashSet};
use semantic::{BoundArgument, ExprRef, FunctionRef, Model, NameUse, Step, TextOrValue, Value, ValueKind};
use syntax::ast::*;
use text::{FileId, Span};

use crate::guards::{self, Place};
use crate::handlers::Handlers;
use crate::libraries::databases::{self, BindStyle, SqlFunction, ToldBy};
use crate::places;
use crate::source::{CallSyntax, Function, call_syntax, function_of};
use crate::sql_rewrite::{self, Rewrite};
use inputs::Classifier;

/// A call that is given SQL text with something in it that is not constant.
#[derive(Debug, Clone)]
pub struct SqlText {
    /// The text at the call, or where it is built when that is another function.
    pub span: Span,
    pub call: CallSyntax,
    /// What is put in, the worst first.
    pub inputs: Vec<SqlInput>,
    /// How the text came to the call.
    pub steps: Vec<(Span, String)>,
    /// The same with bound parameters, where every input is a value.
    pub rewrite: Option<Rewrite>,
    pub function: Option<Function>,
}

/// Something in an SQL text.
#[derive(Debug, Clone)]
pub struct SqlInput {
    /// As it is written, on one line.
    pub text: String,
    pub span: Span,
    pub source: InputSource,
    pub steps: Vec<(Span, String)>,
}

/// Where an input comes from, the worst first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum InputSource {
    /// The client sends it: the parameter of a route, part of a request.
    Client { what: String },
    /// A parameter whose callers are not known.
    Parameter { name: String, function: String },
    /// What an object was made with, by callers that are not known.
    Attribute,
    /// Not followed.
    Unknown,
    /// A number, which cannot change the statement.
    Number,
}

pub(crate) fn find(model: &Model<'_>, handlers: &Handlers) -> Vec<SqlText> {
    let mut candidates = Vec::new();
    for file in model.file_ids().filter(|&file| !model.file(file).is_test()) {
        for function in databases::SQL_FUNCTIONS {
            for call in model.calls_named(file, [function.name]) {
                find_at(model, handlers, function, call, &mut candidates);
            }
        }
    }
    settle(model, candidates)
}

/// One text that reaches one call.
struct Candidate {
    call: ExprRef,
    argument: ExprRef,
    style: BindStyle,
    /// Where the text is built.
    origin: Span,
    is_local: bool,
    inputs: Vec<SqlInput>,
    steps: Vec<(Span, String)>,
}

/// One finding for each call that builds its text itself, and one for each text that is built elsewhere.
fn settle(model: &Model<'_>, candidates: Vec<Candidate>) -> Vec<SqlText> {
    let mut out: Vec<SqlText> = Vec::new();
    let mut by_span: FxHashMap<Span, usize> = FxHashMap::default();
    let local: FxHashSet<Span> = candidates
        .iter()
        .filter(|candidate| candidate.is_local)
        .map(|candidate| candidate.origin)
        .collect();
    for candidate in candidates {
        if !candidate.is_local && local.contains(&candidate.origin) {
            continue;
        }
        let argument = model.span(candidate.argument);
        let span = if candidate.is_local { argument } else { candidate.origin };
        if let Some(&known) = by_span.get(&span) {
            let known = &mut out[known];
            for input in candidate.inputs {
                if !known
                    .inputs
                    .iter()
                    .any(|other| other.span == input.span && other.source == input.source)
                {
                    known.inputs.push(input);
                }
            }
            continue;
        }
        let Some(call) = call_syntax(model, candidate.call) else {
            continue;
        };
        let place = span.range.start();
        let function = model.function_at(span.file, place).map(|id| function_of(model, id));
        let rewrite = candidate
            .is_local
            .then(|| sql_rewrite::rewrite(model, candidate.call, candidate.argument, candidate.style))
            .flatten();
        by_span.insert(span, out.len());
        out.push(SqlText {
            span,
            call,
            inputs: candidate.inputs,
            steps: candidate.steps,
            rewrite,
            function,
        });
    }
    for text in &mut out {
        text::sort_by(&mut text.inputs, |a, b| (&a.source, a.span).cmp(&(&b.source, b.span)));
    }
    text::sort_by_number(&mut out, |text| text.span.number());
    out
}

fn find_at(model: &Model<'_>, handlers: &Handlers, function: &SqlFunction, call: ExprRef, out: &mut Vec<Candidate>) {
    if !may_hold_text(model, function, call) {
        return;
    }
    let Some((told_by, style)) = recognised(model, function, call) else {
        return;
    };
    let arguments = model.arguments(call, None);
    let Some(argument) = arguments.get(function.argument.position, function.argument.keywords) else {
        return;
    };
    let Some(expr) = argument.expr else { return };
    let home = model.enclosing_function(call);
    for value in &argument.values {
        let mut inputs = Vec::new();
        let mut is_built = true;
        match &value.kind {
            ValueKind::Format(_) | ValueKind::MethodCall { .. } => {
                let mut text = TextOf::default();
                text.read(model, expr, value);
                if !text.is_sql(told_by) {
                    continue;
                }
                for (part, value) in &text.parts {
                    inputs.extend(input(model, handlers, *part, value, value.origin));
                }
            }
            _ => {
                is_built = false;
                inputs.extend(whole(model, handlers, call, told_by, argument, value));
            }
        }
        if inputs.is_empty() {
            continue;
        }
        let function_of_text = || model.function_at(value.origin.file, value.origin.range.start());
        let is_local = !is_built || (value.origin.file == call.file && function_of_text() == home);
        out.push(Candidate {
            call,
            argument: expr,
            style: style.unwrap_or_else(|| style_of_method(model, function, call.file)),
            origin: value.origin,
            is_local,
            inputs,
            steps: crate::trace::steps(value),
        });
    }
}

/// Whether the text may be something else than a constant: asked of the syntax, because most calls run a constant
/// or a query that is built by methods.
fn may_hold_text(model: &Model<'_>, function: &SqlFunction, call: ExprRef) -> bool {
    let source = model.file(call.file).source();
    let ast = source.ast();
    let ExprKind::Call { arguments, .. } = ast[call.id].kind else {
        return false;
    };
    let is_text = |argument: &&Argument| match argument.kind {
        ArgumentKind::Keyword(name) => function.argument.keywords.contains(&source.name(name)),
        _ => true,
    };
    let Some(argument) = ast[arguments].iter().find(is_text) else {
        return false;
    };
    match ast[argument.value].kind {
        ExprKind::String { parts, .. } => ast[parts]
            .iter()
            .any(|part| matches!(part, StringPart::Interpolation(_))),
        ExprKind::Call { .. } => {
            let mut at = argument.value;
            for _ in 0..64 {
                at = match ast[at].kind {
                    ExprKind::Call { function, .. } => function,
                    ExprKind::Attribute { object, .. } => object,
                    ExprKind::Name(name) => {
                        return !matches!(
                            source.imported_name(name),
                            "select" | "insert" | "update" | "delete" | "exists"
                        );
                    }
                    _ => return true,
                };
            }
            true
        }
        ExprKind::Name(_)
        | ExprKind::Attribute { .. }
        | ExprKind::Binary { .. }
        | ExprKind::Conditional { .. }
        | ExprKind::Subscript { .. }
        | ExprKind::Await(_)
        | ExprKind::Walrus { .. }
        | ExprKind::Boolean { .. } => true,
        _ => false,
    }
}

/// How a call is told to run SQL, and how its values would be bound where that is known; `None` when it is
/// something else.
fn recognised(model: &Model<'_>, function: &SqlFunction, call: ExprRef) -> Option<(ToldBy, Option<BindStyle>)> {
    let callee = model.callee(call);
    for value in &callee {
        if let ValueKind::External(path) = &value.kind {
            if let Some((_, style)) = databases::SQL_PATHS.iter().find(|(known, _)| *known == &**path) {
                return Some((ToldBy::Path, Some(*style)));
            }
            if let Some((_, style)) = databases::CONNECTIONS
                .iter()
                .find(|(prefix, _)| path.starts_with(prefix))
            {
                // `session.query(Model)` takes no text: a name that says little is believed a little more.
                let told_by = match function.told_by {
                    // Everything of asyncpg's that has a first argument of these names takes SQL.
                    ToldBy::Text if path.starts_with("asyncpg.") => ToldBy::Path,
                    ToldBy::Clause => ToldBy::Path,
                    ToldBy::Text => ToldBy::Clause,
                    ToldBy::Path => return None,
                };
                return Some((told_by, Some(*style)));
            }
        }
    }
    (function.told_by != ToldBy::Path).then_some((function.told_by, None))
}

/// How values are bound where nothing is known of the object but its method.
fn style_of_method(model: &Model<'_>, function: &SqlFunction, file: FileId) -> BindStyle {
    match function.name {
        "fetchrow" | "fetchval" => BindStyle::Dollar,
        "exec" | "scalar" | "scalars" | "exec_driver_sql" => BindStyle::Unknown,
        _ => style_of_imports(model, file),
    }
}

/// The style of the only driver that a file imports.
fn style_of_imports(model: &Model<'_>, file: FileId) -> BindStyle {
    let ast = model.ast(file);
    let text = model.file(file).text();
    let mut found = BindStyle::Unknown;
    for &stmt in &ast[ast.body] {
        let modules: Vec<&str> = match ast[stmt].kind {
            StmtKind::Import(names) => ast[names].iter().map(|imported| &text[imported.path]).collect(),
            StmtKind::ImportFrom { module, level: 0, .. } => vec![&text[module]],
            _ => continue,
        };
        for module in modules {
            let module = format!("{module}.");
            if let Some((_, style)) = databases::CONNECTIONS
                .iter()
                .find(|(prefix, _)| module.starts_with(prefix))
            {
                if found != BindStyle::Unknown && found != *style {
                    return BindStyle::Unknown;
                }
                found = *style;
            }
        }
    }
    found
}

/// A text in the parts that it is made of.
#[derive(Default)]
struct TextOf {
    constant: String,
    /// What is put in, with the expression that puts it there.
    parts: Vec<(ExprRef, Value)>,
}

impl TextOf {
    fn read(&mut self, model: &Model<'_>, expr: ExprRef, value: &Value) {
        // In order, the next one last.
        let mut pending = vec![(expr, value.clone(), 0)];
        while let Some((expr, value, depth)) = pending.pop() {
            if depth > 12 || self.parts.len() > 64 {
                self.parts.push((expr, value));
                continue;
            }
            let mut next: Vec<(ExprRef, Value)> = Vec::new();
            match &value.kind {
                ValueKind::Str(text) => self.constant.push_str(text),
                ValueKind::Format(parts) => {
                    for part in parts.iter() {
                        match part {
                            TextOrValue::Text(text) => {
                                let text = Value::new(ValueKind::Str(text.clone()), value.origin);
                                next.push((expr, text));
                            }
                            TextOrValue::Value(part, values) => {
                                next.extend(values.iter().map(|value| (*part, value.clone())));
                                // Something stands there, whatever it is.
                                let gap = Value::new(ValueKind::Str(" ".into()), value.origin);
                                next.push((*part, gap));
                            }
                        }
                    }
                }
                // `"… %s %s" % (a, b)`
                ValueKind::List(items) => next.extend(items.iter().flatten().map(|item| (expr, item.clone()))),
                ValueKind::Dict(entries) => {
                    for entry in entries.iter() {
                        match entry {
                            semantic::DictEntry::Pair { value, .. } | semantic::DictEntry::Spread(value) => {
                                next.extend(value.iter().map(|value| (expr, value.clone())));
                            }
                        }
                    }
                }
                ValueKind::Comprehension { expr: made, .. } => {
                    next.extend(model.elements(&value).into_iter().map(|element| (*made, element)));
                }
                // `TEMPLATE.replace("…", name)`
                ValueKind::MethodCall {
                    receiver,
                    name,
                    call,
                    frame,
                } if matches!(
                    &**name,
                    "replace" | "join" | "format_map" | "strip" | "rstrip" | "lstrip"
                ) =>
                {
                    next.push((*call, receiver.as_ref().clone()));
                    let arguments = model.arguments(*call, frame.as_ref());
                    let skipped = usize::from(&**name == "replace");
                    for argument in arguments.positional().iter().skip(skipped) {
                        let at = argument.expr.unwrap_or(*call);
                        next.extend(argument.values.iter().map(|value| (at, value.clone())));
                    }
                }
                _ => self.parts.push((expr, value)),
            }
            pending.extend(next.into_iter().rev().map(|(expr, value)| (expr, value, depth + 1)));
        }
    }

    fn is_sql(&self, told_by: ToldBy) -> bool {
        let text = self.constant.to_lowercase();
        let words: Vec<&str> = text
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .filter(|word| !word.is_empty())
            .take(200)
            .collect();
        let has = |word: &str| words.contains(&word);
        let begins = match words.first() {
            Some(&"select") => words.len() > 1,
            Some(&("insert" | "replace" | "merge")) => has("into"),
            Some(&"update") => has("set"),
            Some(&"delete") => has("from"),
            Some(&"with") => has("select"),
            Some(&("create" | "drop" | "alter" | "truncate" | "grant" | "revoke")) => words.len() > 1,
            Some(&("pragma" | "call" | "explain" | "vacuum" | "analyze" | "refresh" | "listen" | "notify")) => true,
            Some(&("set" | "show" | "use" | "copy" | "lock" | "exec" | "execute")) => told_by != ToldBy::Text,
            _ => false,
        };
        match told_by {
            ToldBy::Path => true,
            ToldBy::Text => begins,
            ToldBy::Clause => {
                let clauses = [
                    "select",
                    "from",
                    "where",
                    "order",
                    "values",
                    "limit",
                    "join",
                    "returning",
                ];
                begins || clauses.iter().any(|clause| has(clause))
            }
        }
    }
}

/// A text that is passed on as it is, not built here.
fn whole(
    model: &Model<'_>,
    handlers: &Handlers,
    call: ExprRef,
    told_by: ToldBy,
    argument: &BoundArgument,
    value: &Value,
) -> Option<SqlInput> {
    // Without the words of SQL in sight, only a library's own function tells.
    if told_by != ToldBy::Path {
        return None;
    }
    let expr = argument.expr?;
    let found = input(model, handlers, expr, value, value.origin)?;
    match found.source {
        InputSource::Client { .. } => Some(found),
        // `order_by(text(sort))`; a helper that runs what it is given is no mistake by itself.
        InputSource::Parameter { .. } if is_fragment(model, call) => Some(found),
        _ => None,
    }
}

/// Whether a `text(…)` is a part of a query: `order_by(text(sort))`, `order_by(text(sort).desc())`.
fn is_fragment(model: &Model<'_>, call: ExprRef) -> bool {
    let source = model.file(call.file).source();
    let ast = source.ast();
    std::iter::successors(ast.parent_expr(call.id), |&expr| ast.parent_expr(expr))
        .take(6)
        .any(|expr| match ast[expr].kind {
            ExprKind::Call { function, .. } => match ast[function].kind {
                ExprKind::Attribute { name, .. } | ExprKind::Name(name) => {
                    databases::FRAGMENT_METHODS.contains(&source.imported_name(name))
                }
                _ => false,
            },
            _ => false,
        })
}

/// What a part of a text is, unless it is harmless.
fn input(model: &Model<'_>, handlers: &Handlers, expr: ExprRef, value: &Value, origin: Span) -> Option<SqlInput> {
    let classifier = Classifier { model, handlers };
    let source = if is_written_as_number(model, expr) {
        InputSource::Number
    } else {
        classifier
            .parameter_of_handler(expr)
            .unwrap_or_else(|| classifier.classify(value))?
    };
    if source == InputSource::Unknown && is_configuration(model, expr) {
        return None;
    }
    if source != InputSource::Number && is_guarded(model, expr, value, origin) {
        return None;
    }
    Some(SqlInput {
        text: one_line(&model.written(expr)),
        span: model.span(expr),
        source,
        steps: crate::trace::steps(value),
    })
}

fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

/// `f"{limit:d}"`: anything but a number raises.
fn is_written_as_number(model: &Model<'_>, expr: ExprRef) -> bool {
    let text = model.file(expr.file).text();
    let after = text[usize::from(model.expr(expr).range.end())..].trim_start();
    let Some(spec) = after.strip_prefix(':').and_then(|rest| rest.split('}').next()) else {
        return false;
    };
    // A colon also ends a dictionary's key, a slice, a `lambda`.
    let is_spec = spec.len() <= 8 && !spec.contains(char::is_whitespace);
    is_spec && after.contains('}') && spec.ends_with(['d', 'f', 'e', 'g', 'x', 'b', 'o', 'n'])
}

/// `settings.db_name`, `TABLE`: of a module that was not given, and by its name no client's.
fn is_configuration(model: &Model<'_>, expr: ExprRef) -> bool {
    let source = model.file(expr.file).source();
    let ast = source.ast();
    let is_constant_name = |name: &str| {
        name.len() > 1
            && name
                .chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
    };
    let mut at = expr.id;
    for _ in 0..8 {
        at = match ast[at].kind {
            ExprKind::Attribute { object, name, .. } => {
                let name = source.name(name);
                if is_constant_name(name) || matches!(name, "settings" | "config") {
                    return true;
                }
                object
            }
            ExprKind::Subscript { object, .. } => object,
            ExprKind::Name(name) => {
                let name = source.imported_name(name);
                return is_constant_name(name)
                    || matches!(
                        name.trim_start_matches('_'),
                        "settings" | "config" | "conf" | "cfg" | "constants"
                    );
            }
            _ => return false,
        };
    }
    false
}

/// Whether a check of allowed values lies on the way of a value.
fn is_guarded(model: &Model<'_>, expr: ExprRef, value: &Value, origin: Span) -> bool {
    let here = model.enclosing_function(expr);
    let at = |function: FunctionRef| match here == Some(function) {
        true => Place::Expr(expr),
        false => Place::End,
    };
    let guarded = |function: FunctionRef, subject: &str| {
        !subject.is_empty() && guards::is_allow_listed(model, function, subject, at(function))
    };
    if let Some(function) = here
        && guarded(function, &places::subject_text(model, expr))
    {
        return true;
    }
    // A comprehension over the columns that were checked.
    if let (Some(function), Some(iterated)) = (here, iterated(model, expr))
        && guarded(function, &iterated)
    {
        return true;
    }
    if let ValueKind::Parameter { function, index } = value.kind {
        let file = model.file(function.file);
        let parameter = &file.ast()[file.ast()[function.id].parameters][index as usize];
        if guarded(function, file.source().name(parameter.name)) {
            return true;
        }
    }
    if let Some(made) = model.expr_of(origin)
        && let Some(function) = model.enclosing_function(made)
        && here != Some(function)
        && guarded(function, &model.written(made))
    {
        return true;
    }
    value.steps().iter().any(|step| {
        let place = step.at();
        let Some(function) = model.function_at(place.file, place.range.start()) else {
            return false;
        };
        match step {
            Step::Bound { name, .. } => guarded(function, name),
            Step::Passed { .. } => {
                let Some(call) = model.expr_of(place) else {
                    return false;
                };
                let ExprKind::Call { arguments, .. } = model.expr(call).kind else {
                    return false;
                };
                model.ast(call.file)[arguments].iter().any(|argument| {
                    let argument = ExprRef {
                        file: call.file,
                        id: argument.value,
                    };
                    let subject = places::subject_text(model, argument);
                    !subject.is_empty() && guards::is_allow_listed(model, function, &subject, Place::Expr(argument))
                })
            }
            _ => false,
        }
    })
}

/// What the comprehension around an expression, or the loop that binds it, iterates over.
fn iterated<'a>(model: &Model<'a>, expr: ExprRef) -> Option<std::borrow::Cow<'a, str>> {
    let ast = model.ast(expr.file);
    let name = ast
        .descendants(expr.id)
        .into_iter()
        .find(|&part| matches!(ast[part].kind, ExprKind::Name(_)))?;
    let iterable = match model.definitions(ExprRef {
        file: expr.file,
        id: name,
    }) {
        NameUse::Element { iterable } => iterable,
        NameUse::Bound(definitions) => definitions
            .iter()
            .find_map(|definition| match definition.binding.kind {
                semantic::BindingKind::Element(id) => Some(ExprRef {
                    file: definition.file,
                    id,
                }),
                _ => None,
            })?,
        _ => return None,
    };
    Some(places::subject_text(model, iterable))
}
