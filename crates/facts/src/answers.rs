//! What clients are told that they should not be: texts of exceptions, tracebacks, the environment, tokens.
//!
//! An answer is the detail of an `HTTPException`, the content of a response, what a route or exception handler
//! returns, the reason of a closed WebSocket. What is only logged is none.

mod exceptions;
mod telling;

use std::cmp::Reverse;

use rustc_hash::FxHashSet;
use semantic::{ClassRef, ExprRef, FunctionRef, Model, ValueKind};
use syntax::ast::*;
use text::{FileId, Span, TextSize};

use crate::development::is_development_only;
use crate::handlers::{HandlerKind, Handlers};
use crate::libraries::web::{self, Answering};
use crate::source::{Function, function_of};
use telling::{Teller, Telling};

/// Something in an answer that clients should not be told.
#[derive(Debug, Clone)]
pub struct Leak {
    /// What tells it, as written: `str(e)`, `f"Invalid token: {e}"`.
    pub span: Span,
    pub told: Told,
    pub answer: AnswerKind,
    /// Where it is constant.
    pub status: Option<u16>,
    /// Whether `span` is a text in the answer, so that another text can stand in its place.
    pub is_text: bool,
    pub function: Option<Function>,
    /// Where and how the exception can be logged instead; `None` where it is, or there is no logger.
    pub logging: Option<Logging>,
    /// How it came to the answer.
    pub steps: Vec<(Span, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerKind {
    /// An exception that the framework answers with: its class as written.
    Exception { class: String },
    /// A response: its class as written.
    Response { class: String },
    /// What a function returns.
    Returned,
    /// A message or closing reason of a WebSocket: the method.
    WebSocket { method: String },
}

/// What is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// The text of an exception.
    Exception {
        /// As the code names it.
        name: String,
        /// What is caught, as written; empty when that is everything.
        types: String,
        /// Of a database: with its statement, values and names of tables.
        is_database: bool,
        /// The project may raise it itself, with a text of its own.
        may_be_own: bool,
    },
    Traceback,
    /// A variable of the environment, or all of them.
    Environment {
        variable: Option<String>,
    },
    /// A token or credential, as the code names it.
    Token {
        name: String,
    },
}

impl Told {
    /// The gravest first.
    fn rank(&self) -> u8 {
        match self {
            Told::Environment { .. } => 0,
            Told::Exception { is_database: true, .. } => 1,
            Told::Traceback => 2,
            Told::Exception { may_be_own: false, .. } => 3,
            Told::Token { .. } => 4,
            Told::Exception { may_be_own: true, .. } => 5,
        }
    }
}

/// A call of a logger that could be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logging {
    pub logger: String,
    /// The statement in front of which it goes, on a line of its own.
    pub at: TextSize,
}

pub(crate) fn find(model: &Model<'_>, handlers: &Handlers) -> Vec<Leak> {
    let mut finder = Finder {
        model,
        handlers,
        teller: Teller::new(model, handlers),
        out: Vec::new(),
    };
    let files: Vec<FileId> = model.file_ids().filter(|&file| !model.file(file).is_test()).collect();
    let classes = answering_classes(model, &files);
    for &file in &files {
        finder.calls(file, &classes);
        finder.connections(file);
    }
    for &file in &files {
        finder.returns(file);
    }
    let mut out = finder.out;
    // One place is said to be wrong once, for the gravest reason; what lies in a text that is told is told by it.
    text::sort_by_key(&mut out, |leak| {
        let range = leak.span.range;
        (leak.span.file, range.start(), Reverse(range.end()), leak.told.rank())
    });
    let mut until: Option<Span> = None;
    out.retain(|leak| {
        let is_inside =
            until.is_some_and(|outer| outer.file == leak.span.file && outer.range.contains_range(leak.span.range));
        if !is_inside {
            until = Some(leak.span);
        }
        !is_inside
    });
    out
}

/// A class of the project that descends from one whose objects are answers.
struct OwnAnswer {
    class: ClassRef,
    library: &'static Answering,
}

fn answering_classes(model: &Model<'_>, files: &[FileId]) -> Vec<OwnAnswer> {
    let mut out = Vec::new();
    for &file in files {
        for (id, class) in model.ast(file).classes() {
            if class.arguments.is_empty() {
                continue;
            }
            let class = ClassRef { file, id };
            let library = web::ANSWERING
                .iter()
                .find(|answering| model.descends_from(class, |path| answering.paths.contains(&path)));
            out.extend(library.map(|library| OwnAnswer { class, library }));
        }
    }
    out
}

struct Finder<'m, 'a> {
    model: &'m Model<'a>,
    handlers: &'m Handlers,
    teller: Teller<'m, 'a>,
    out: Vec<Leak>,
}

/// Where an answer is made.
struct Answer {
    kind: AnswerKind,
    status: Option<u16>,
    /// It says that something went wrong.
    is_error: bool,
}

impl Finder<'_, '_> {
    /// Calls that make answers.
    fn calls(&mut self, file: FileId, classes: &[OwnAnswer]) {
        let model = self.model;
        let library_names = web::ANSWERING
            .iter()
            .flat_map(|answering| answering.paths)
            .filter_map(|path| path.rsplit('.').next());
        let own_names = classes.iter().map(|own| model.class_name(own.class));
        let mut names: Vec<&str> = library_names.chain(own_names).collect();
        text::sort(&mut names);
        names.dedup();
        let calls: Vec<ExprRef> = model.calls_named(file, names).collect();
        for call in calls {
            if !may_tell(model, call) {
                continue;
            }
            for callee in model.callee(call) {
                match &callee.kind {
                    ValueKind::External(path) => {
                        let library = web::ANSWERING.iter().find(|library| library.paths.contains(&&**path));
                        if let Some(library) = library {
                            self.call(call, library, false);
                        }
                    }
                    ValueKind::Class(class) => {
                        if let Some(own) = classes.iter().find(|own| own.class == *class) {
                            self.call(call, own.library, true);
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    fn call(&mut self, call: ExprRef, library: &'static Answering, is_own: bool) {
        let model = self.model;
        let ast = model.ast(call.file);
        let source = model.file(call.file).source();
        let ExprKind::Call { function, arguments } = ast[call.id].kind else {
            return;
        };
        let class = model
            .written(ExprRef {
                file: call.file,
                id: function,
            })
            .into_owned();
        let status = self.status(call, library, is_own);
        let answer = Answer {
            kind: match library.is_exception {
                true => AnswerKind::Exception { class },
                false => AnswerKind::Response { class },
            },
            is_error: library.is_exception || status.is_some_and(|status| status >= 400),
            status,
        };
        let mut position = 0;
        for argument in &ast[arguments] {
            let is_content = match argument.kind {
                ArgumentKind::Keyword(name) => {
                    let name = source.name(name);
                    let is_status = matches!(name, "status_code" | "code" | "media_type" | "background");
                    name == "headers" || library.content.keywords.contains(&name) || (is_own && !is_status)
                }
                ArgumentKind::Positional => {
                    position += 1;
                    is_own || library.content.position == Some(position - 1)
                }
                _ => false,
            };
            if is_content {
                let content = ExprRef {
                    file: call.file,
                    id: argument.value,
                };
                self.content(content, &answer, None);
            }
        }
    }

    fn status(&self, call: ExprRef, library: &Answering, is_own: bool) -> Option<u16> {
        let arguments = self.model.arguments(call, None);
        let argument = library.status?;
        let position = argument.position.filter(|_| !is_own);
        let Some(given) = arguments.get(position, argument.keywords) else {
            return library.default_status.filter(|_| !arguments.is_open());
        };
        let mut codes = given.values.iter().map(status_code);
        let first = codes.next()??;
        codes.all(|code| code == Some(first)).then_some(first)
    }

    /// Messages and closing reasons of WebSockets.
    fn connections(&mut self, file: FileId) {
        let model = self.model;
        for &(method, content) in web::CONNECTION_METHODS {
            let calls: Vec<ExprRef> = model.calls_named(file, [method]).collect();
            for call in calls {
                if !may_tell(model, call) || !self.is_connection(call) {
                    continue;
                }
                let answer = Answer {
                    kind: AnswerKind::WebSocket {
                        method: method.to_owned(),
                    },
                    status: None,
                    is_error: method == "close",
                };
                let arguments = model.arguments(call, None);
                let told = arguments.get(content.position, content.keywords);
                if let Some(expr) = told.and_then(|told| told.expr) {
                    self.content(expr, &answer, None);
                }
            }
        }
    }

    fn is_connection(&self, call: ExprRef) -> bool {
        let Some(object) = self.model.receiver(call) else {
            return false;
        };
        let written = self.model.written(object).to_lowercase();
        let named = written == "ws" || written.ends_with("websocket");
        named
            || self.model.eval(object).iter().any(|value| match &value.kind {
                ValueKind::Call { path, .. } => path.ends_with("WebSocket"),
                _ => false,
            })
    }

    /// What functions return after they caught something, where that reaches a client.
    fn returns(&mut self, file: FileId) {
        let model = self.model;
        let ast = model.ast(file);
        let mut functions: FxHashSet<FunctionRef> = FxHashSet::default();
        for (id, stmt) in ast.stmts() {
            if let StmtKind::Try { handlers, .. } = stmt.kind
                && ast[handlers]
                    .iter()
                    .any(|handler| handler.name.is_some() || tells_traceback(ast))
                && let Some(function) = ast.enclosing_function(id)
            {
                functions.insert(FunctionRef { file, id: function });
            }
        }
        for (id, _) in ast.functions() {
            let function = FunctionRef { file, id };
            if self.handlers.kind(function) == Some(HandlerKind::ExceptionHandler) {
                functions.insert(function);
            }
        }
        let mut functions: Vec<FunctionRef> = functions.into_iter().collect();
        text::sort(&mut functions);
        for function in functions {
            let answer = Answer {
                kind: AnswerKind::Returned,
                status: None,
                is_error: self.handlers.kind(function) == Some(HandlerKind::ExceptionHandler),
            };
            let before = self.out.len();
            for &id in model.returns(function).iter() {
                self.content(ExprRef { file, id }, &answer, Some(function));
            }
            if self.out.len() > before && !self.is_answer(function) {
                let origins: Vec<Span> = self.out[before..].iter().map(|leak| leak.span).collect();
                if !self.reaches_client(function, &origins) {
                    self.out.truncate(before);
                }
            }
        }
    }

    /// Whether a client gets what a function returns.
    fn is_answer(&self, function: FunctionRef) -> bool {
        matches!(
            self.handlers.kind(function),
            Some(HandlerKind::Route | HandlerKind::ExceptionHandler | HandlerKind::Middleware)
        )
    }

    /// Whether a route hands on what a function returns: some caller, or a caller of it, returns a value with
    /// something that is written in `leaks`.
    fn reaches_client(&self, function: FunctionRef, leaks: &[Span]) -> bool {
        let model = self.model;
        let mut pending = vec![(function, 0)];
        let mut seen = FxHashSet::default();
        while let Some((function, depth)) = pending.pop() {
            if depth > 3 || !seen.insert(function) || seen.len() > 40 {
                continue;
            }
            for &call in model.callers(function).iter() {
                let Some(caller) = model.enclosing_function(call) else {
                    continue;
                };
                if model.file(caller.file).is_test() {
                    continue;
                }
                let hands_on = model.returns(caller).iter().any(|&id| {
                    let returned = ExprRef { file: caller.file, id };
                    self.teller.returns_from(returned, leaks)
                });
                if !hands_on {
                    continue;
                }
                if self.is_answer(caller) {
                    return true;
                }
                pending.push((caller, depth + 1));
            }
        }
        false
    }

    /// Looks through the content of an answer. `within`: only what that function itself caught counts.
    fn content(&mut self, content: ExprRef, answer: &Answer, within: Option<FunctionRef>) {
        for (expr, is_text) in leaves(self.model, content) {
            for telling in self.teller.tellings(expr, answer.is_error) {
                if within.is_some() && telling.worded.function != within {
                    continue;
                }
                self.leak(expr, is_text, answer, telling);
            }
        }
    }

    fn leak(&mut self, expr: ExprRef, is_text: bool, answer: &Answer, telling: Telling) {
        let model = self.model;
        let written = model.span(expr);
        let home = model.enclosing_function(expr);
        // A text that another function made is best changed there.
        let worded = telling.worded;
        let is_here = worded.function.is_none() || worded.function == home;
        let (span, is_text) = match is_here {
            true => (written, is_text && !telling.is_nested),
            false => (worded.at, worded.is_text),
        };
        let is_local = |at: &Span| is_development_only(model, *at);
        if is_local(&written) || is_local(&worded.at) || telling.steps.iter().any(|(at, _)| is_local(at)) {
            return;
        }
        self.out.push(Leak {
            span,
            told: telling.told,
            answer: answer.kind.clone(),
            status: answer.status,
            is_text,
            function: home.map(|home| function_of(model, home)),
            logging: model.expr_of(span).and_then(|expr| logging(model, expr)),
            steps: telling.steps,
        });
    }
}

/// Whether a file speaks of tracebacks at all.
fn tells_traceback(ast: &Ast) -> bool {
    ast.name("traceback").is_some() || ast.name("format_exc").is_some()
}

/// Whether a call is given anything but literals: most details are constant.
fn may_tell(model: &Model<'_>, call: ExprRef) -> bool {
    let ast = model.ast(call.file);
    let ExprKind::Call { arguments, .. } = ast[call.id].kind else {
        return false;
    };
    ast[arguments].iter().any(|argument| match ast[argument.value].kind {
        ExprKind::String { parts, .. } => ast[parts]
            .iter()
            .any(|part| matches!(part, StringPart::Interpolation(_))),
        ExprKind::Integer | ExprKind::None | ExprKind::True | ExprKind::False => false,
        // `status.HTTP_404_NOT_FOUND`
        ExprKind::Attribute { object, .. } => !matches!(ast[object].kind, ExprKind::Name(name)
            if model.file(call.file).source().imported_name(name) == "status"),
        _ => true,
    })
}

/// The expressions that a content is made of, and whether a text stands there: values of dictionaries, items of
/// lists, arguments of the project's classes.
fn leaves(model: &Model<'_>, content: ExprRef) -> Vec<(ExprRef, bool)> {
    let ast = model.ast(content.file);
    let mut out = Vec::new();
    let mut pending = vec![content.id];
    while let Some(id) = pending.pop() {
        let expr = ExprRef { file: content.file, id };
        if out.len() > 64 {
            break;
        }
        match ast[id].kind {
            ExprKind::Dict(items) => {
                for item in &ast[items] {
                    match *item {
                        DictItem::Pair { value, .. } => pending.push(value),
                        DictItem::Spread(inner) => out.push((
                            ExprRef {
                                file: content.file,
                                id: inner,
                            },
                            false,
                        )),
                    }
                }
            }
            ExprKind::List(items) | ExprKind::Tuple(items) => pending.extend(&ast[items]),
            ExprKind::Conditional { then, otherwise, .. } => pending.extend([then, otherwise]),
            ExprKind::Await(inner) => pending.push(inner),
            ExprKind::Call { arguments, .. } => {
                let callee = model.callee(expr);
                let is_container = callee.iter().any(|callee| match &callee.kind {
                    // Exceptions are asked about as wholes.
                    ValueKind::Class(class) => !model.descends_from(*class, exceptions::is_exception_path),
                    ValueKind::External(path) => matches!(
                        &**path,
                        "builtins.dict" | "builtins.list" | "fastapi.encoders.jsonable_encoder" | "json.dumps"
                    ),
                    _ => false,
                });
                let is_answer = callee.iter().any(|callee| match &callee.kind {
                    ValueKind::External(path) => web::ANSWERING.iter().any(|known| known.paths.contains(&&**path)),
                    _ => false,
                });
                if is_answer {
                    // Told where it is made.
                } else if is_container {
                    pending.extend(ast[arguments].iter().map(|argument| argument.value));
                } else {
                    out.push((expr, true));
                }
            }
            ExprKind::String { parts, .. } => {
                let is_constant = ast[parts].iter().all(|part| matches!(part, StringPart::Text { .. }));
                if !is_constant {
                    out.push((expr, true));
                }
            }
            ExprKind::Name(_)
            | ExprKind::Attribute { .. }
            | ExprKind::Subscript { .. }
            | ExprKind::Binary { .. }
            | ExprKind::Boolean { .. } => out.push((expr, true)),
            _ => {}
        }
    }
    out
}

pub(crate) fn status_code(value: &semantic::Value) -> Option<u16> {
    match &value.kind {
        ValueKind::Int(code) => u16::try_from(*code).ok(),
        ValueKind::External(path) => {
            let name = path.rsplit('.').next()?;
            match name.strip_prefix("HTTP_") {
                Some(rest) => rest.split('_').next()?.parse().ok(),
                None => web::STATUS_NAMES
                    .iter()
                    .find(|(known, _)| *known == name)
                    .map(|(_, code)| *code),
            }
        }
        _ => None,
    }
}

/// Where a logger of the file could say what is not told any more.
fn logging(model: &Model<'_>, expr: ExprRef) -> Option<Logging> {
    let file = model.file(expr.file);
    let ast = file.ast();
    let stmt = ast.stmt_of(expr.id);
    let place = ast[expr.id].range;
    let block = ast.ancestors(stmt).find_map(|ancestor| match ast[ancestor].kind {
        StmtKind::Try { handlers, .. } => ast[handlers]
            .iter()
            .find(|handler| handler.range.contains_range(place))
            .map(|handler| handler.body),
        _ => None,
    })?;
    let logger = ["logger", "log", "LOGGER", "LOG", "_logger"].into_iter().find(|name| {
        model.global(expr.file, name).is_some_and(|values| {
            values.iter().any(|value| match &value.kind {
                ValueKind::Call { path, .. } => path.ends_with("getLogger") || path.ends_with("get_logger"),
                ValueKind::External(path) => &**path == "loguru.logger",
                _ => false,
            })
        })
    })?;
    let is_log = |part: ExprId| match ast[part].kind {
        ExprKind::Call { function, .. } => match ast[function].kind {
            ExprKind::Attribute { object, name, .. } => {
                let method = file.source().name(name);
                let object = &*model.written(ExprRef {
                    file: expr.file,
                    id: object,
                });
                let is_method = matches!(
                    method,
                    "debug" | "info" | "warning" | "error" | "exception" | "critical" | "log" | "opt" | "print_exc"
                );
                is_method && (object.to_lowercase().contains("log") || object == "traceback")
            }
            _ => false,
        },
        _ => false,
    };
    let is_logged = ast.stmts_within(block).into_iter().any(|inner| match ast[inner].kind {
        StmtKind::Expr(inner) => ast.descendants(inner).into_iter().any(is_log),
        _ => false,
    });
    // The statement begins its line: something can stand in a line before it.
    let at = ast[stmt].range.start();
    let line = file.text()[..usize::from(at)].rsplit('\n').next().unwrap_or("");
    let is_simple = matches!(
        ast[stmt].kind,
        StmtKind::Raise { .. } | StmtKind::Return(_) | StmtKind::Expr(_) | StmtKind::Assign { .. }
    );
    (!is_logged && is_simple && line.trim().is_empty()).then(|| Logging {
        logger: logger.to_owned(),
        at,
    })
}

/// The line of a place, for messages about names.
pub(crate) fn one_line(model: &Model<'_>, span: Span) -> String {
    let words: Vec<&str> = model.text(span).split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(50) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

/// The innermost function around a span.
fn home_of(model: &Model<'_>, span: Span) -> Option<FunctionRef> {
    model.function_at(span.file, span.range.start())
}
