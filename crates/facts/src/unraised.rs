//! Exceptions for clients that are made and never raised.
//!
//! ```python
//! def get_current_user(token: str = Depends(scheme)):
//!     if not token:
//!         return HTTPException(401)     # the handler's user, from now on
//! ```

use semantic::{BindingKind, ClassRef, ExprRef, FunctionRef, Model, Value};
use syntax::ast::*;
use text::{FileId, Span};

use crate::Facts;
use crate::authenticators::{AuthenticatorRole, Way, rejection};
use crate::handlers::{HandlerKind, Handlers};
use crate::libraries::web;
use crate::source::{Function, function_of};

/// An answer that is no answer, because FastAPI answers with what is raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unraised {
    /// The statement.
    pub span: Span,
    /// The class, as written.
    pub exception: String,
    pub status: Option<u16>,
    pub form: UnraisedForm,
    pub function: Function,
    pub place: UnraisedPlace,
    /// Where the exception is made, if that is elsewhere.
    pub made_at: Option<Span>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnraisedForm {
    /// `return HTTPException(…)`; `is_whole`: the statement is nothing else.
    Returned { is_whole: bool },
    /// A statement of its own.
    Bare,
    /// Bound to a name that nothing reads.
    Bound,
    /// `return {…}, 401`
    Tuple,
    /// `return JSONResponse(status_code=401)` from a dependency.
    Response,
}

/// Who calls the function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnraisedPlace {
    Dependency,
    Handler,
    Middleware,
    ExceptionHandler,
    /// A helper whose callers do not raise what it returns either.
    Helper,
}

impl Facts<'_> {
    /// In order of file and place.
    pub fn unraised(&self) -> Vec<Unraised> {
        let mut search = Search {
            model: &self.model,
            facts: self,
            handlers: &self.handlers,
            out: Vec::new(),
        };
        search.run();
        let mut out = search.out;
        text::sort_by_number(&mut out, |found| found.span.number());
        out.dedup_by_key(|found| found.span);
        out
    }
}

struct Search<'f, 'a> {
    model: &'f Model<'a>,
    facts: &'f Facts<'a>,
    handlers: &'f Handlers,
    out: Vec<Unraised>,
}

impl Search<'_, '_> {
    fn run(&mut self) {
        let model = self.model;
        let mut names: Vec<&str> = web::ANSWERING
            .iter()
            .filter(|answering| answering.is_exception)
            .flat_map(|answering| answering.paths)
            .filter_map(|path| path.rsplit('.').next())
            .collect();
        let own = self.own_classes();
        names.extend(own.iter().map(|class| model.class_name(*class)));
        text::sort(&mut names);
        names.dedup();
        let mut makers: Vec<FunctionRef> = Vec::new();
        for file in model.file_ids() {
            if model.file(file).is_test() {
                continue;
            }
            let calls: Vec<ExprRef> = model.calls_named(file, names.iter().copied()).collect();
            for call in calls {
                self.made(call);
                makers.extend(self.maker(call));
            }
        }
        self.of_makers(&makers);
        for function in self.called_by_framework() {
            self.tuples(function);
        }
        self.responses();
    }

    /// The function that gives nothing but exceptions such as the one that is made here.
    fn maker(&self, call: ExprRef) -> Option<FunctionRef> {
        let model = self.model;
        let ast = model.ast(call.file);
        match ast[ast.stmt_of(call.id)].kind {
            StmtKind::Return(Some(returned)) if returned == call.id => {}
            _ => return None,
        }
        let function = model.enclosing_function(call)?;
        // `if not allowed: return HTTPException(403)` is a check whose answer nobody raises.
        let body = ast[function.id].body;
        let ends = ast.ends(body);
        let always_returns = !ends.is_empty() && ends.iter().all(|&end| matches!(ast[end].kind, StmtKind::Return(_)));
        let is_called_by_framework = self.handlers.kind(function).is_some();
        let gives = model.result(function);
        let is_rejection = |value: &Value| rejection(model, value).is_some_and(|found| found.is_exception());
        (always_returns && !is_called_by_framework && gives.iter().all(is_rejection)).then_some(function)
    }

    /// `unauthorized()` as a statement, where `raise unauthorized()` was meant.
    fn of_makers(&mut self, makers: &[FunctionRef]) {
        let model = self.model;
        let mut callers: Vec<ExprRef> = makers.iter().flat_map(|&maker| model.callers(maker).to_vec()).collect();
        callers.sort_unstable();
        callers.dedup();
        for call in callers {
            if !model.file(call.file).is_test() {
                self.made(call);
            }
        }
    }

    fn own_classes(&self) -> Vec<ClassRef> {
        let model = self.model;
        let is_exception = |path: &str| {
            web::ANSWERING
                .iter()
                .any(|known| known.is_exception && known.paths.contains(&path))
        };
        let mut out = Vec::new();
        for file in model.file_ids() {
            for (id, class) in model.ast(file).classes() {
                let class_ref = ClassRef { file, id };
                if !class.arguments.is_empty() && model.descends_from(class_ref, is_exception) {
                    out.push(class_ref);
                }
            }
        }
        out
    }

    fn called_by_framework(&self) -> Vec<FunctionRef> {
        let mut out: Vec<FunctionRef> = self
            .handlers
            .all()
            .filter(|(_, kind)| matches!(kind, HandlerKind::Route | HandlerKind::Dependency))
            .map(|(function, _)| function)
            .filter(|function| !self.model.file(function.file).is_test())
            .collect();
        text::sort(&mut out);
        out
    }

    /// An exception is made here.
    fn made(&mut self, call: ExprRef) {
        let model = self.model;
        let ast = model.ast(call.file);
        let values = model.eval(call);
        let Some(found) = values.iter().find_map(|value| rejection(model, value)) else {
            return;
        };
        if !found.is_exception() {
            return;
        }
        let stmt = ast.stmt_of(call.id);
        // `return user if ok else HTTPException(401)`
        let mut whole = call.id;
        while let Some(parent) = ast.parent_expr(whole) {
            match ast[parent].kind {
                ExprKind::Conditional { test, .. } if test != whole => whole = parent,
                ExprKind::Boolean { right, .. } if right == whole => whole = parent,
                ExprKind::Tuple(_) => whole = parent,
                _ => return,
            }
        }
        match ast[stmt].kind {
            StmtKind::Expr(expr) if expr == whole && whole == call.id => {
                self.report(call, stmt, UnraisedForm::Bare, found.status, None);
            }
            StmtKind::Return(Some(expr)) if expr == whole => {
                let is_whole = whole == call.id;
                self.report(call, stmt, UnraisedForm::Returned { is_whole }, found.status, None);
            }
            StmtKind::Assign { targets, .. } => {
                if let [target] = ast[targets] {
                    self.bound(call, target, stmt, found.status);
                }
            }
            StmtKind::AnnotatedAssign { target, .. } => self.bound(call, target, stmt, found.status),
            _ => {}
        }
    }

    /// A name holds the exception: is it raised?
    fn bound(&mut self, call: ExprRef, target: ExprId, stmt: StmtId, status: Option<u16>) {
        let model = self.model;
        let file = model.file(call.file);
        let ast = file.ast();
        let ExprKind::Name(name) = ast[target].kind else {
            return;
        };
        let text = file.source().name(name);
        let mut is_read = false;
        for other in model.file_ids() {
            let home = model.file(other);
            let Some(name) = home.ast().name(text).filter(|_| !home.is_test()) else {
                continue;
            };
            for (id, expr) in home.ast().exprs() {
                if !matches!(expr.kind, ExprKind::Name(found) if found == name) || (other == call.file && id == target)
                {
                    continue;
                }
                let read = ExprRef { file: other, id };
                let is_it = model.eval(read).iter().any(|value| value.origin == model.span(call));
                if !is_it {
                    continue;
                }
                is_read = true;
                let returned = home.ast().stmt_of(id);
                if let StmtKind::Return(Some(expr)) = home.ast()[returned].kind
                    && expr == id
                {
                    self.report(
                        read,
                        returned,
                        UnraisedForm::Returned { is_whole: true },
                        status,
                        Some(model.span(call)),
                    );
                }
            }
            // `errors.unauthorized`, `from errors import *`
            is_read |= other != call.file;
        }
        if !is_read && model.enclosing_function(call).is_some() {
            self.report(call, stmt, UnraisedForm::Bound, status, None);
        }
    }

    fn report(&mut self, at: ExprRef, stmt: StmtId, form: UnraisedForm, status: Option<u16>, made_at: Option<Span>) {
        let model = self.model;
        let Some(function) = model.enclosing_function(at) else {
            return;
        };
        let Some(place) = self.place(function, form, 0) else {
            return;
        };
        let ast = model.ast(at.file);
        let written = match ast[at.id].kind {
            ExprKind::Call { function, .. } => ast[function].range,
            _ => ast[at.id].range,
        };
        self.out.push(Unraised {
            span: Span::new(at.file, ast[stmt].range),
            exception: model.text(Span::new(at.file, written)).to_owned(),
            status,
            form,
            function: function_of(model, function),
            place,
            made_at,
        });
    }

    /// Who calls a function that leaves an exception unraised; `None` where somebody may raise it.
    fn place(&self, function: FunctionRef, form: UnraisedForm, depth: usize) -> Option<UnraisedPlace> {
        match self.facts.authenticators().role_of(function) {
            Some(AuthenticatorRole::Dependency) => return Some(UnraisedPlace::Dependency),
            Some(AuthenticatorRole::Handler | AuthenticatorRole::WebSocket) => return Some(UnraisedPlace::Handler),
            Some(AuthenticatorRole::Middleware) => return Some(UnraisedPlace::Middleware),
            Some(AuthenticatorRole::Helper) | None => {}
        }
        if self.handlers.kind(function) == Some(HandlerKind::ExceptionHandler) {
            return Some(UnraisedPlace::ExceptionHandler);
        }
        let ast = self.model.ast(function.file);
        let asks = |index: u32| self.model.injected(function, index).is_some();
        if (0..ast[ast[function.id].parameters].len() as u32).any(asks) {
            return Some(UnraisedPlace::Dependency);
        }
        if matches!(form, UnraisedForm::Bare | UnraisedForm::Bound) {
            return Some(UnraisedPlace::Helper);
        }
        let callers = self.model.callers(function);
        if callers.is_empty() || depth > 2 {
            return None;
        }
        let mut found = None;
        for &call in callers.iter() {
            let ast = self.model.ast(call.file);
            let mut whole = call.id;
            if let Some(parent) = ast.parent_expr(whole)
                && matches!(ast[parent].kind, ExprKind::Await(_))
            {
                whole = parent;
            }
            if ast.parent_expr(whole).is_some() {
                return None;
            }
            match ast[ast.stmt_of(whole)].kind {
                // Nobody looks at what it returns.
                StmtKind::Expr(_) => found = Some(UnraisedPlace::Helper),
                StmtKind::Return(_) => {
                    let caller = self.model.enclosing_function(call)?;
                    if caller == function {
                        return None;
                    }
                    found = Some(self.place(caller, form, depth + 1)?);
                }
                StmtKind::Assign { targets, .. } => match ast[targets] {
                    [target] if self.is_taken_for_a_result(call.file, target) => found = Some(UnraisedPlace::Helper),
                    _ => return None,
                },
                _ => return None,
            }
        }
        found
    }

    /// Whether a name is neither raised, tested nor handed on: its attributes and items are read.
    fn is_taken_for_a_result(&self, file: FileId, target: ExprId) -> bool {
        let ast = self.model.ast(file);
        if !matches!(ast[target].kind, ExprKind::Name(_)) {
            return false;
        }
        let index = self.model.file(file).index();
        let ExprKind::Name(name) = ast[target].kind else {
            return false;
        };
        let stmt = ast.stmt_of(target);
        let scope = index.scope_of(stmt);
        let binding = index
            .bindings(scope, name)
            .iter()
            .find(|binding| binding.stmt == stmt && matches!(binding.kind, BindingKind::Value(_)));
        let Some(binding) = binding else { return false };
        let reads = self.model.reads(file, binding);
        !reads.is_empty()
            && reads
                .iter()
                .all(|read| match ast.parent_expr(read.id).map(|parent| ast[parent].kind) {
                    Some(ExprKind::Attribute { .. } | ExprKind::Subscript { .. }) => true,
                    Some(_) => false,
                    None => false,
                })
    }

    /// `return {…}, 401`
    fn tuples(&mut self, function: FunctionRef) {
        let model = self.model;
        let ast = model.ast(function.file);
        for &id in model.returns(function).iter() {
            let ExprKind::Tuple(items) = ast[id].kind else { continue };
            let [content, status] = ast[items] else { continue };
            let is_content = matches!(
                ast[content].kind,
                ExprKind::Dict(_) | ExprKind::String { .. } | ExprKind::None
            ) || matches!(ast[content].kind, ExprKind::Call { .. });
            let status = ExprRef {
                file: function.file,
                id: status,
            };
            if !is_content || !matches!(ast[status.id].kind, ExprKind::Integer | ExprKind::Attribute { .. }) {
                continue;
            }
            let codes = model.eval(status);
            let Some(code) = codes.first().and_then(crate::answers::status_code) else {
                continue;
            };
            if (400..600).contains(&code) {
                let at = ExprRef {
                    file: function.file,
                    id,
                };
                self.report(at, ast.stmt_of(id), UnraisedForm::Tuple, Some(code), None);
            }
        }
    }

    /// Responses that a dependency returns.
    fn responses(&mut self) {
        for authenticator in &self.facts.authenticators().functions {
            if authenticator.role != AuthenticatorRole::Dependency || authenticator.is_test {
                continue;
            }
            for exit in &authenticator.exits {
                let Way::Answers { status } = exit.way else { continue };
                self.out.push(Unraised {
                    span: exit.span,
                    exception: "response".to_owned(),
                    status,
                    form: UnraisedForm::Response,
                    function: authenticator.function.clone(),
                    place: UnraisedPlace::Dependency,
                    made_at: None,
                });
            }
        }
    }
}
