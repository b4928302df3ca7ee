//! What a `raise` or a returned response answers.

use semantic::{ClassRef, ExprRef, FunctionRef, Model, Value, ValueKind};
use syntax::ast::*;
use text::{FileId, Span};

use crate::answers::status_code;
use crate::libraries::web;

/// What an exception or response is for the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rejection {
    pub(crate) status: Option<u16>,
    pub(crate) kind: RejectionKind,
    /// The call that makes it, where it is the framework's own class.
    pub(crate) call: Option<ExprRef>,
    /// Where the status is written.
    pub(crate) status_at: Option<Span>,
    /// Headers are given, or may be.
    pub(crate) has_headers: bool,
}

impl Rejection {
    pub(crate) fn is_exception(&self) -> bool {
        self.kind == RejectionKind::HttpException
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RejectionKind {
    /// `HTTPException`, or a class of the project derived from it.
    HttpException,
    /// `JSONResponse`
    Response,
}

/// Whether a value is an `HTTPException` or a response, and with which status.
pub(crate) fn rejection(model: &Model<'_>, value: &Value) -> Option<Rejection> {
    match &value.kind {
        ValueKind::Call {
            path,
            call: Some(call),
            frame,
        } => {
            let answering = web::ANSWERING.iter().find(|known| known.paths.contains(&&**path));
            let is_other_response = path.ends_with("RedirectResponse");
            if is_other_response {
                return Some(Rejection {
                    status: None,
                    kind: RejectionKind::Response,
                    call: None,
                    status_at: None,
                    has_headers: true,
                });
            }
            let answering = answering?;
            let arguments = model.arguments(*call, frame.as_ref());
            let given = answering
                .status
                .and_then(|argument| arguments.get(argument.position, argument.keywords));
            let status = match given {
                Some(given) => single(given.values.iter().map(status_code)),
                None => answering.default_status.filter(|_| !arguments.is_open()),
            };
            let status_at = given.and_then(|given| given.expr).map(|expr| model.span(expr));
            let has_headers = arguments.is_open() || arguments.get(Some(2), &["headers"]).is_some();
            let kind = match answering.is_exception {
                true => RejectionKind::HttpException,
                false => RejectionKind::Response,
            };
            Some(Rejection {
                status,
                kind,
                call: Some(*call),
                status_at,
                has_headers,
            })
        }
        ValueKind::Instance { class, call, .. } => own(model, *class, *call),
        _ => None,
    }
}

/// An object of an exception class of the project.
fn own(model: &Model<'_>, class: ClassRef, call: Option<ExprRef>) -> Option<Rejection> {
    let is_exception = |path: &str| {
        web::ANSWERING
            .iter()
            .any(|known| known.is_exception && known.paths.contains(&path))
    };
    if !model.descends_from(class, is_exception) {
        return None;
    }
    let given = call.and_then(|call| {
        let arguments = model.arguments(call, None);
        let given = arguments.get(None, &["status_code"])?;
        single(given.values.iter().map(status_code))
    });
    let status = given.or_else(|| declared_status(model, class)).or_else(|| {
        // Without an `__init__` of its own the first argument is the status.
        let call = call.filter(|_| model.class_binding(class, "__init__").is_none())?;
        let arguments = model.arguments(call, None);
        single(arguments.get(Some(0), &["status_code"])?.values.iter().map(status_code))
    });
    Some(Rejection {
        status,
        kind: RejectionKind::HttpException,
        call: None,
        status_at: None,
        has_headers: true,
    })
}

/// `super().__init__(status_code=401, …)`, or the attribute `status_code` of the class.
fn declared_status(model: &Model<'_>, class: ClassRef) -> Option<u16> {
    let ast = model.ast(class.file);
    let range = ast.block_range(ast[class.id].body)?;
    let called = model.calls_named(class.file, ["__init__"]).find_map(|call| {
        if !range.contains_range(ast[call.id].range) {
            return None;
        }
        let arguments = model.arguments(call, None);
        single(arguments.get(Some(0), &["status_code"])?.values.iter().map(status_code))
    });
    called.or_else(|| {
        let value = Value::new(ValueKind::Class(class), Span::new(class.file, ast[class.id].name_range));
        let declared = model.attribute(&value, "status_code");
        single(declared.iter().map(|value| match &value.kind {
            ValueKind::Field {
                default: Some(default), ..
            } => single(model.eval(*default).iter().map(status_code)),
            _ => status_code(value),
        }))
    })
}

/// The status of what a `raise` raises, or of what the called function always raises.
pub(crate) fn raised(model: &Model<'_>, file: FileId, exception: ExprId) -> Option<Rejection> {
    let values = model.eval(ExprRef { file, id: exception });
    for value in &values {
        // `raise HTTPException` of a class
        if let Some(found) = rejection(model, value) {
            return Some(found);
        }
    }
    let call = super::roots::awaited(model.ast(file), exception);
    if !matches!(model.ast(file)[call].kind, ExprKind::Call { .. }) {
        return None;
    }
    // `unauthorized()`, which raises by itself.
    model
        .callee(ExprRef { file, id: call })
        .iter()
        .find_map(|callee| match &callee.kind {
            ValueKind::Function(function) | ValueKind::Method { function, .. } => always_raised(model, *function),
            _ => None,
        })
}

fn always_raised(model: &Model<'_>, function: FunctionRef) -> Option<Rejection> {
    if !model.never_returns(function) {
        return None;
    }
    let ast = model.ast(function.file);
    ast[ast[function.id].body]
        .iter()
        .rev()
        .find_map(|&stmt| match ast[stmt].kind {
            StmtKind::Raise {
                exception: Some(exception),
                ..
            } => model
                .eval(ExprRef {
                    file: function.file,
                    id: exception,
                })
                .iter()
                .find_map(|value| rejection(model, value)),
            _ => None,
        })
}

fn single(mut codes: impl Iterator<Item = Option<u16>>) -> Option<u16> {
    let first = codes.next()??;
    codes.all(|code| code == Some(first)).then_some(first)
}
