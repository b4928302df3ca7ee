//! Cross-origin policies: which sites may read what the application answers, and with whose credentials.

use semantic::{BoundArguments, ExprRef, Model, Value, ValueKind, Values};
use syntax::ast::*;
use text::{FileId, Span};

use crate::development::is_development_only;
use crate::environment::environment_read;
use crate::guards::{self, Place};
use crate::libraries::web::{self, CORS_MIDDLEWARE};
use crate::origin_pattern::{ForeignOrigin, foreign_origin};
use crate::places;
use crate::source::{CallSyntax, Function, call_syntax, function_of};
use crate::trace::{Setting, Traced};

/// Starlette's `CORSMiddleware`, added to an application.
#[derive(Debug, Clone)]
pub struct CorsPolicy {
    pub call: CallSyntax,
    /// Origins that let strangers in, one for each way that leads to the call.
    pub open_origins: Vec<Traced<OpenOrigin>>,
    /// `allow_origins` at the call, or what is unpacked into it.
    pub origins_span: Option<Span>,
    /// Some way gives origins that are known, and let no stranger in, or cannot be followed.
    pub has_other_origins: bool,
    pub open_patterns: Vec<Traced<OpenPattern>>,
    pub pattern_span: Option<Span>,
    pub credentials: Setting<bool>,
    pub credentials_span: Option<Span>,
    pub is_test: bool,
}

/// An entry of `allow_origins` that lets strangers in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenOrigin {
    /// `*`, or `null`, which any page can send from a sandboxed frame.
    pub text: String,
    /// It stands in for an environment variable or settings field that is not set.
    pub default_of: Option<String>,
    /// Something else stands beside it in a list; its place, where the entry alone can be taken out.
    pub entry: Option<ListEntry>,
    /// The string literal, where it is exactly this.
    pub literal: Option<Span>,
}

/// An item of a list as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListEntry {
    pub items: Vec<Span>,
    pub index: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenPattern {
    pub pattern: String,
    pub foreign: ForeignOrigin,
}

/// `Access-Control-Allow-Origin` set by hand to whatever the request's `Origin` says, credentials allowed.
#[derive(Debug, Clone)]
pub struct ReflectedOrigin {
    /// The value that is set.
    pub span: Span,
    /// Where credentials are allowed.
    pub credentials: Span,
    pub function: Option<Function>,
    pub steps: Vec<(Span, String)>,
}

/// A cookie that says who the user is.
#[derive(Debug, Clone)]
pub struct AuthCookie {
    pub span: Span,
    pub name: String,
}

pub(crate) struct Cors {
    pub(crate) policies: Vec<CorsPolicy>,
    pub(crate) reflected: Vec<ReflectedOrigin>,
    pub(crate) cookies: Vec<AuthCookie>,
}

pub(crate) fn find(model: &Model<'_>) -> Cors {
    let mut cors = Cors {
        policies: Vec::new(),
        reflected: Vec::new(),
        cookies: Vec::new(),
    };
    for file in model.file_ids() {
        for call in model.calls_named(file, ["add_middleware", "Middleware"]) {
            let arguments = model.arguments(call, None);
            let class = arguments.get(Some(0), &["middleware_class", "cls"]);
            if class.is_some_and(|class| class.values.iter().any(|value| is_cors_class(model, value))) {
                cors.policies.extend(policy(model, call, &arguments, None));
            }
        }
        // `app = CORSMiddleware(app, …)`, under whatever name it was imported.
        for call in model.calls_named(file, ["CORSMiddleware"]) {
            if model.callee(call).iter().any(|value| is_cors_class(model, value)) {
                let arguments = model.arguments(call, None);
                cors.policies.extend(policy(model, call, &arguments, Some(1)));
            }
        }
        reflected(model, file, &mut cors.reflected);
    }
    text::sort_by_number(&mut cors.policies, |policy| policy.call.span.number());
    text::sort_by_number(&mut cors.reflected, |reflected| reflected.span.number());
    // Only a policy that is open to strangers asks for them.
    if !cors.reflected.is_empty() || cors.policies.iter().any(CorsPolicy::is_open) {
        cors.cookies = auth_cookies(model);
    }
    cors
}

impl CorsPolicy {
    fn is_open(&self) -> bool {
        !self.open_origins.is_empty() || !self.open_patterns.is_empty()
    }
}

fn is_cors_class(model: &Model<'_>, value: &Value) -> bool {
    match &value.kind {
        ValueKind::External(path) => CORS_MIDDLEWARE.contains(&&**path),
        ValueKind::Class(class) => model.descends_from(*class, |path| CORS_MIDDLEWARE.contains(&path)),
        _ => false,
    }
}

fn policy(
    model: &Model<'_>,
    call: ExprRef,
    arguments: &BoundArguments,
    origins_position: Option<usize>,
) -> Option<CorsPolicy> {
    let call_syntax = call_syntax(model, call)?;
    if is_development_only(model, call_syntax.span) {
        return None;
    }
    let origins = arguments.get(origins_position, &["allow_origins"]);
    let pattern = arguments.get(origins_position.map(|at| at + 4), &["allow_origin_regex"]);
    let credentials = arguments.get(origins_position.map(|at| at + 3), &["allow_credentials"]);
    let mut open_origins = Vec::new();
    let mut has_other_origins = false;
    if let Some(origins) = origins {
        for value in &origins.values {
            let before = open_origins.len();
            collect_origins(model, value, &mut open_origins);
            has_other_origins |= open_origins.len() == before;
        }
    }
    let has_no_star = stands_where_no_star_is(model, call);
    open_origins.retain(|origin: &Traced<OpenOrigin>| {
        is_for_production(model, origin) && !(has_no_star && origin.value.text == "*")
    });
    open_origins.dedup_by_key(|origin| origin.origin);
    let mut open_patterns = Vec::new();
    for value in pattern.iter().flat_map(|pattern| &pattern.values) {
        for (text, source) in texts(model, value) {
            if let Some(foreign) = foreign_origin(&text) {
                let open = OpenPattern { pattern: text, foreign };
                let mut traced = Traced::new(open, value);
                traced.origin = source;
                open_patterns.push(traced);
            }
        }
    }
    open_patterns.retain(|pattern| is_for_production(model, pattern));
    Some(CorsPolicy {
        is_test: call_syntax.is_test,
        call: call_syntax,
        open_origins,
        origins_span: origins.map(|origins| origins.span),
        has_other_origins,
        open_patterns,
        pattern_span: pattern.map(|pattern| pattern.span),
        credentials: credentials_setting(model, arguments, credentials.map(|given| &given.values)),
        credentials_span: credentials.map(|credentials| credentials.span),
    })
}

fn credentials_setting(model: &Model<'_>, arguments: &BoundArguments, given: Option<&Values>) -> Setting<bool> {
    let Some(values) = given else {
        return Setting {
            known: Vec::new(),
            absent: !arguments.is_open(),
            unknown: arguments.is_open(),
        };
    };
    let mut setting = Setting {
        known: Vec::new(),
        absent: false,
        unknown: false,
    };
    for value in values {
        if let Some(flag) = value.as_bool() {
            setting.known.push(Traced::new(flag, value));
            continue;
        }
        setting.unknown = true;
        // What holds unless the environment says otherwise.
        for default in defaults(model, value) {
            let flag = match &default.kind {
                ValueKind::Bool(flag) => Some(*flag),
                ValueKind::Str(text) => Some(matches!(&*text.to_lowercase(), "true" | "1" | "yes" | "on")),
                _ => None,
            };
            setting.known.extend(flag.map(|flag| Traced::new(flag, &default)));
        }
    }
    setting
}

/// Values that stand in for a read of the environment, also behind methods: `os.getenv("X", "*").split(",")`.
fn defaults(model: &Model<'_>, value: &Value) -> Values {
    let mut pending = vec![(value.clone(), 0)];
    let mut out = Values::new();
    while let Some((value, depth)) = pending.pop() {
        if depth > 6 {
            continue;
        }
        if let Some(read) = environment_read(model, &value) {
            out.extend(read.default);
            continue;
        }
        let inner = match &value.kind {
            ValueKind::Call { call: Some(call), .. } => receiver(model, *call, &value),
            ValueKind::MethodCall { receiver, .. } => vec![receiver.as_ref().clone()],
            _ => Values::new(),
        };
        pending.extend(inner.into_iter().map(|inner| (inner, depth + 1)));
    }
    out
}

/// The object whose method made a value.
fn receiver(model: &Model<'_>, call: ExprRef, value: &Value) -> Values {
    match (model.receiver(call), &value.kind) {
        (Some(object), ValueKind::Call { frame, .. }) => model.eval_in(object, frame.as_ref()),
        _ => Values::new(),
    }
}

/// Every text that a value can be, also as the default of a read of the environment, with its place.
fn texts(model: &Model<'_>, value: &Value) -> Vec<(String, Span)> {
    let own = value.as_str().map(|text| (text.to_owned(), value.origin));
    let stands_in = defaults(model, value);
    let stands_in = stands_in
        .iter()
        .filter_map(|value| Some((value.as_str()?.to_owned(), value.origin)));
    own.into_iter().chain(stands_in).collect()
}

/// Entries of `allow_origins` that let strangers in.
fn collect_origins(model: &Model<'_>, value: &Value, out: &mut Vec<Traced<OpenOrigin>>) {
    // What stands in for which variable, and how often something was opened to get here.
    let mut pending: Vec<(Value, Option<String>, usize)> = vec![(value.clone(), None, 0)];
    // Starlette asks `"*" in allow_origins`, which is true for a text with an asterisk anywhere.
    let mut is_whole = true;
    while let Some((value, default_of, depth)) = pending.pop() {
        if depth > 8 || out.len() > 16 {
            continue;
        }
        let was_whole = std::mem::replace(&mut is_whole, false);
        if let Some(read) = environment_read(model, &value) {
            let name = read.variable.or(default_of);
            let name = name.unwrap_or_else(|| "the environment".to_owned());
            for default in read.default {
                pending.push((default, Some(name.clone()), depth + 1));
            }
            continue;
        }
        match &value.kind {
            ValueKind::Str(text) => {
                for part in text
                    .split(',')
                    .map(|part| part.trim_matches([' ', '[', ']', '"', '\'']))
                {
                    if part == "*" || part == "null" || (was_whole && part.contains('*')) {
                        let open = OpenOrigin {
                            text: part.to_owned(),
                            default_of: default_of.clone(),
                            entry: list_entry(model, value.origin),
                            literal: (part == &**text).then_some(value.origin),
                        };
                        out.push(Traced::new(open, &value));
                    }
                }
            }
            ValueKind::List(items) => {
                let items = items.iter().flatten();
                pending.extend(items.map(|item| (item.clone(), default_of.clone(), depth + 1)));
            }
            ValueKind::Comprehension { .. } => {
                let elements = model.elements(&value).into_iter();
                pending.extend(elements.map(|element| (element, default_of.clone(), depth + 1)));
            }
            // `origin.strip()`, an element of `value.split(",")`, `json.loads(value)`
            ValueKind::MethodCall { receiver, .. } => {
                pending.push((receiver.as_ref().clone(), default_of, depth + 1));
            }
            ValueKind::Item { base, .. } => pending.push((base.as_ref().clone(), default_of, depth + 1)),
            ValueKind::Call {
                path,
                call: Some(call),
                frame,
            } => {
                let mut inner = receiver(model, *call, &value);
                if matches!(
                    &**path,
                    "json.loads" | "ast.literal_eval" | "builtins.filter" | "builtins.map"
                ) {
                    let arguments = model.arguments(*call, frame.as_ref());
                    inner.extend(arguments.positional().last().into_iter().flat_map(|a| a.values.clone()));
                }
                pending.extend(inner.into_iter().map(|value| (value, default_of.clone(), depth + 1)));
            }
            // A field of a class from outside that is not a settings class: what it holds unless it is given.
            ValueKind::Field {
                name,
                default: Some(default),
                ..
            } => {
                let values = model.eval(*default).into_iter();
                pending.extend(values.map(|value| (value, Some(name.to_string()), depth + 1)));
            }
            _ => {}
        }
    }
}

/// The list around an entry, where the entry stands in one with others.
fn list_entry(model: &Model<'_>, origin: Span) -> Option<ListEntry> {
    let expr = model.expr_of(origin)?;
    let ast = model.ast(expr.file);
    let (ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items)) = ast[ast.parent_expr(expr.id)?].kind
    else {
        return None;
    };
    let index = ast[items].iter().position(|&item| item == expr.id)?;
    let items = ast[items].iter().map(|&item| Span::new(expr.file, ast[item].range));
    Some(ListEntry {
        items: items.collect(),
        index,
    })
}

/// Neither written nor handed on in a block for development, nor refused when the application starts.
fn is_for_production<T>(model: &Model<'_>, traced: &Traced<T>) -> bool {
    let mut places = std::iter::once(traced.origin).chain(traced.steps.iter().map(|(at, _)| *at));
    !places.any(|at| is_development_only(model, at)) && !is_refused(model, traced.origin.file)
}

/// Whether a call stands in the other branch of `if origins == "*":` or `if "*" in origins:`.
fn stands_where_no_star_is(model: &Model<'_>, call: ExprRef) -> bool {
    let ast = model.ast(call.file);
    let place = ast[call.id].range;
    let holds = |block: Block| ast.block_range(block).is_some_and(|range| range.contains_range(place));
    ast.ancestors(ast.stmt_of(call.id))
        .into_iter()
        .any(|ancestor| match ast[ancestor].kind {
            StmtKind::If { branches, otherwise } => {
                let branches = &ast[branches];
                let first = branches
                    .iter()
                    .position(|branch| asks_for_star(model, call.file, branch.test));
                first.is_some_and(|first| {
                    let later = branches[first + 1..].iter().map(|branch| branch.body);
                    later.chain(otherwise).any(holds)
                })
            }
            _ => false,
        })
}

/// `"*" in origins`, `origins == "*"`
fn asks_for_star(model: &Model<'_>, file: FileId, test: ExprId) -> bool {
    let ast = model.ast(file);
    let is_star = |id: ExprId| ast.string(model.file(file).text(), id).as_deref() == Some("*");
    ast.descendants(test).into_iter().any(|part| match ast[part].kind {
        ExprKind::Compare { first, rest } => ast[rest].first().is_some_and(|comparison| match comparison.operator {
            CompareOperator::In => is_star(first),
            CompareOperator::Equal => is_star(first) || is_star(comparison.right),
            _ => false,
        }),
        _ => false,
    })
}

/// Whether a file refuses the asterisk: `if "*" in origins: raise …`.
fn is_refused(model: &Model<'_>, file: FileId) -> bool {
    let text = model.file(file).text();
    if !text.contains("\"*\"") && !text.contains("'*'") {
        return false;
    }
    let ast = model.ast(file);
    let raises = |block: Block| {
        ast.stmts_within(block)
            .iter()
            .any(|&stmt| matches!(ast[stmt].kind, StmtKind::Raise { .. }))
    };
    ast.stmts().any(|(_, stmt)| match stmt.kind {
        StmtKind::If { branches, .. } => ast[branches]
            .iter()
            .any(|branch| asks_for_star(model, file, branch.test) && raises(branch.body)),
        _ => false,
    })
}

// Headers set by hand

/// `response.headers["Access-Control-Allow-Origin"] = request.headers["origin"]` beside
/// `Access-Control-Allow-Credentials`, in one function.
fn reflected(model: &Model<'_>, file: FileId, out: &mut Vec<ReflectedOrigin>) {
    let text = model.file(file).text();
    // Cheap to ask, and rarely true.
    if !contains_ignoring_case(text, ALLOW_ORIGIN) || !contains_ignoring_case(text, ALLOW_CREDENTIALS) {
        return;
    }
    let headers = headers_set(model, file);
    for origin in headers.iter().filter(|header| header.is(ALLOW_ORIGIN)) {
        let credentials = headers.iter().find(|header| {
            header.is(ALLOW_CREDENTIALS) && header.function == origin.function && is_true(model, header.value)
        });
        let Some(credentials) = credentials else { continue };
        let span = model.span(origin.value);
        let values = model.eval(origin.value);
        let Some(value) = values.iter().find(|value| is_sent_origin(model, value)) else {
            continue;
        };
        if is_development_only(model, span) || is_checked(model, origin, value) {
            continue;
        }
        out.push(ReflectedOrigin {
            span,
            credentials: model.span(credentials.value),
            function: origin.function.map(|function| function_of(model, function)),
            steps: crate::trace::steps(value),
        });
    }
}

const ALLOW_ORIGIN: &str = "access-control-allow-origin";
const ALLOW_CREDENTIALS: &str = "access-control-allow-credentials";

struct Header {
    name: String,
    value: ExprRef,
    function: Option<semantic::FunctionRef>,
}

impl Header {
    fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// Headers about origins that a file sets: by item, in a dictionary, by a method that takes name and value.
fn headers_set(model: &Model<'_>, file: FileId) -> Vec<Header> {
    let ast = model.ast(file);
    let source = model.file(file).text();
    let mut out = Vec::new();
    let mut add = |key: ExprId, value: ExprId| {
        if let Some(name) = ast.string(source, key)
            && name.len() < 40
            && name.to_ascii_lowercase().starts_with("access-control-allow-")
        {
            let value = ExprRef { file, id: value };
            out.push(Header {
                name: name.into_owned(),
                value,
                function: model.enclosing_function(value),
            });
        }
    };
    for (_, stmt) in ast.stmts() {
        if let StmtKind::Assign { targets, value } = stmt.kind {
            for &target in &ast[targets] {
                if let ExprKind::Subscript { index, .. } = ast[target].kind {
                    add(index, value);
                }
            }
        }
    }
    for (_, expr) in ast.exprs() {
        match expr.kind {
            ExprKind::Dict(items) => {
                for item in &ast[items] {
                    if let DictItem::Pair { key, value } = *item {
                        add(key, value);
                    }
                }
            }
            // `response.headers.append(name, value)`, `setdefault(name, value)`
            ExprKind::Call { arguments, .. } => {
                if let [name, value] = &ast[arguments]
                    && name.kind == ArgumentKind::Positional
                {
                    add(name.value, value.value);
                }
            }
            _ => {}
        }
    }
    out
}

fn is_true(model: &Model<'_>, expr: ExprRef) -> bool {
    model.eval(expr).iter().any(|value| match &value.kind {
        ValueKind::Str(text) => text.eq_ignore_ascii_case("true"),
        ValueKind::Bool(flag) => *flag,
        _ => false,
    })
}

/// Whether a value is the `Origin` or `Referer` of the request.
fn is_sent_origin(model: &Model<'_>, value: &Value) -> bool {
    let names_origin = |values: &Values| {
        values.iter().any(|value| {
            value
                .as_str()
                .is_some_and(|name| name.eq_ignore_ascii_case("origin") || name.eq_ignore_ascii_case("referer"))
        })
    };
    let is_headers = |base: &Value| match &base.kind {
        ValueKind::External(path) => web::sent_by_client(path) == Some("headers") || path.ends_with(".headers"),
        ValueKind::Attribute { name, .. } => &**name == "headers",
        _ => false,
    };
    match &value.kind {
        ValueKind::Item { base, key } => is_headers(base) && names_origin(key),
        ValueKind::Call {
            path,
            call: Some(call),
            frame,
        } => {
            path.ends_with(".headers.get")
                && model
                    .arguments(*call, frame.as_ref())
                    .get(Some(0), &["key"])
                    .is_some_and(|key| names_origin(&key.values))
        }
        ValueKind::MethodCall {
            receiver,
            name,
            call,
            frame,
        } => {
            &**name == "get"
                && is_headers(receiver)
                && model
                    .arguments(*call, frame.as_ref())
                    .get(Some(0), &["key"])
                    .is_some_and(|key| names_origin(&key.values))
        }
        // `origin: str = Header(None)`
        ValueKind::Parameter { function, index } => {
            let ast = model.ast(function.file);
            let parameter = &ast[ast[function.id].parameters][*index as usize];
            model.file(function.file).source().name(parameter.name) == "origin"
                && parameter.default.is_some_and(|default| {
                    model
                        .text(Span::new(function.file, ast[default].range))
                        .contains("Header(")
                })
        }
        _ => false,
    }
}

fn is_checked(model: &Model<'_>, header: &Header, value: &Value) -> bool {
    let Some(function) = header.function else { return false };
    let place = Place::Expr(header.value);
    let subject = places::subject_text(model, header.value);
    let made = model.expr_of(value.origin).map(|made| model.written(made));
    let guarded = |subject: &str| guards::is_allow_listed(model, function, subject, place);
    guarded(&subject) || made.is_some_and(|made| guarded(&made))
}

fn contains_ignoring_case(text: &str, word: &str) -> bool {
    let word = word.as_bytes();
    text.as_bytes()
        .windows(word.len())
        .any(|window| window.eq_ignore_ascii_case(word))
}

// Cookies

/// Cookies that are set or read as credentials, in order.
fn auth_cookies(model: &Model<'_>) -> Vec<AuthCookie> {
    let mut out = Vec::new();
    for file in model.file_ids().filter(|&file| !model.file(file).is_test()) {
        let mut add = |span: Span, name: &str| {
            if is_auth_name(name) {
                out.push(AuthCookie {
                    span,
                    name: name.to_owned(),
                });
            }
        };
        for call in model.calls_named(file, ["set_cookie", "APIKeyCookie", "CookieTransport", "Cookie", "get"]) {
            let Some(name) = last_name(model, call) else { continue };
            let span = model.span(call);
            let (position, keywords): (usize, &[&str]) = match name {
                "set_cookie" => (0, &["key"]),
                "APIKeyCookie" => (0, &["name"]),
                "CookieTransport" => {
                    add(span, "fastapiusersauth");
                    continue;
                }
                "Cookie" => {
                    let alias = model
                        .arguments(call, None)
                        .get(None, &["alias"])
                        .map(|a| a.values.clone());
                    match alias.as_ref().and_then(|values| values.first()).and_then(Value::as_str) {
                        Some(alias) => add(span, alias),
                        None => add(span, &parameter_around(model, call).unwrap_or_default()),
                    }
                    continue;
                }
                _ if is_cookies(model, model.receiver(call)) => (0, &["key"]),
                _ => continue,
            };
            let arguments = model.arguments(call, None);
            let named = arguments.get(Some(position), keywords);
            for value in named.iter().flat_map(|named| &named.values) {
                for (text, _) in texts(model, value) {
                    add(span, &text);
                }
            }
        }
        // `request.cookies["session"]`
        let ast = model.ast(file);
        if ast.name("cookies").is_some() {
            for (id, expr) in ast.exprs() {
                if let ExprKind::Subscript { object, index } = expr.kind
                    && is_cookies(model, Some(ExprRef { file, id: object }))
                {
                    for value in model.eval(ExprRef { file, id: index }) {
                        if let Some(name) = value.as_str() {
                            add(model.span(ExprRef { file, id }), name);
                        }
                    }
                }
            }
        }
    }
    text::sort_by_number(&mut out, |cookie| cookie.span.number());
    out
}

fn last_name<'a>(model: &Model<'a>, call: ExprRef) -> Option<&'a str> {
    let file = model.file(call.file);
    match file.ast()[call.id].kind {
        ExprKind::Call { function, .. } => match file.ast()[function].kind {
            ExprKind::Name(name) | ExprKind::Attribute { name, .. } => Some(file.imported_name(name)),
            _ => None,
        },
        _ => None,
    }
}

/// `request.cookies`, and not the jar of an HTTP client.
fn is_cookies(model: &Model<'_>, object: Option<ExprRef>) -> bool {
    let Some(object) = object else { return false };
    let file = model.file(object.file);
    let ExprKind::Attribute {
        name, object: inner, ..
    } = file.ast()[object.id].kind
    else {
        return false;
    };
    if file.source().name(name) != "cookies" {
        return false;
    }
    let of_client = model.eval(object).iter().any(|value| match &value.kind {
        ValueKind::External(path) => web::sent_by_client(path).is_none(),
        _ => false,
    });
    let inner = ExprRef {
        file: object.file,
        id: inner,
    };
    !of_client && !matches!(&*model.written(inner), "client" | "session" | "response" | "resp")
}

/// The parameter that an expression is the default or annotation of.
fn parameter_around(model: &Model<'_>, expr: ExprRef) -> Option<String> {
    let place = model.expr(expr).range.start();
    let function = model.function_at(expr.file, place)?;
    let file = model.file(expr.file);
    let parameters = &file.ast()[file.ast()[function.id].parameters];
    let parameter = parameters.iter().find(|parameter| parameter.range.contains(place))?;
    Some(file.source().name(parameter.name).to_owned())
}

/// Whether a cookie's name says that it logs somebody in.
pub(crate) fn is_auth_name(name: &str) -> bool {
    let name = name.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    has(&[
        "token",
        "session",
        "auth",
        "jwt",
        "access",
        "refresh",
        "credential",
        "login",
    ]) && !has(&["csrf", "xsrf", "state", "nonce", "oauth_", "flash"])
        || matches!(&*name, "sid" | "user" | "user_id" | "userid")
}
