//! What is read of the claims of verified tokens, wherever they go.
//!
//! ```python
//! def verify(token):                     # the decode
//!     return jwt.decode(token, KEY, algorithms=["HS256"])
//!
//! def me(claims=Depends(verify)):        # the claims arrive here
//!     return claims["sub"]               # a read
//! ```

use std::cell::OnceCell;
use std::rc::Rc;

use rustc_hash::FxHashMap;
use semantic::{ClassRef, ExprRef, Following, FunctionRef, Model, Use, UseKind, ValueKind};
use syntax::ast::*;
use text::Span;

use crate::handlers::{HandlerKind, Handlers};
use crate::tokens::TokenDecode;
use crate::unverified::only_logs;

/// Functions whose result counts as the claims that they are given.
const PASSED_ON: &[&str] = &[
    "builtins.dict",
    "builtins.str",
    "copy.copy",
    "copy.deepcopy",
    "typing.cast",
    "types.SimpleNamespace",
];

/// Claims that name who the token is for.
pub(crate) const IDENTITY_CLAIMS: &[&str] = &[
    "sub",
    "user_id",
    "userId",
    "userid",
    "uid",
    "id",
    "user",
    "username",
    "user_name",
    "email",
    "login",
    "account_id",
    "preferred_username",
];

/// What is read of the claims that one expression gives.
#[derive(Debug, Clone, Default)]
pub(crate) struct ClaimReads {
    pub(crate) reads: Vec<ClaimRead>,
    /// Claims that the code asks for: `"sub" in claims`. `None`: it asks for some that are not told.
    pub(crate) asked: Vec<Option<Rc<str>>>,
    /// Classes of the project that are made of the claims.
    pub(crate) models: Vec<ClassRef>,
    /// Functions that return the claims to callers that are not followed.
    pub(crate) returned_by: Vec<FunctionRef>,
    /// They go on as a whole in a way that is not followed.
    pub(crate) escape: bool,
}

/// `claims["sub"]`, `claims.get("sub")`
#[derive(Debug, Clone)]
pub(crate) struct ClaimRead {
    pub(crate) name: Rc<str>,
    pub(crate) item: ExprRef,
    pub(crate) form: ReadForm,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadForm {
    /// Raises `KeyError`.
    Index,
    /// Gives `None`.
    Get,
    /// Gives something else.
    GetWithDefault,
}

/// Whether a search follows values to the callers of functions that return them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    Function,
    Callers,
}

/// Values that one search follows.
const MAX_VALUES: usize = 120;

/// Follows claims through functions, callers and injected parameters.
pub(crate) struct ClaimFlow<'m, 'a> {
    pub(crate) model: &'m Model<'a>,
    pub(crate) handlers: &'m Handlers,
    /// The parameters into which FastAPI puts what a function returns.
    injected: OnceCell<FxHashMap<FunctionRef, Vec<(FunctionRef, u32)>>>,
}

impl<'m, 'a> ClaimFlow<'m, 'a> {
    pub(crate) fn new(model: &'m Model<'a>, handlers: &'m Handlers) -> ClaimFlow<'m, 'a> {
        ClaimFlow {
            model,
            handlers,
            injected: OnceCell::new(),
        }
    }

    /// What is read of the claims that a decode gives.
    pub(crate) fn of_decode(&self, decode: &TokenDecode, reach: Reach) -> ClaimReads {
        let is_complete = decode.function.path.ends_with("decode_complete") || decode.library.name == "joserfc";
        let mut out = ClaimReads::default();
        self.collect(decode.id, is_complete, reach, 0, &mut out);
        self.finish(&mut out);
        out
    }

    /// What is read of the claims that an expression gives.
    pub(crate) fn of_value(&self, value: ExprRef, reach: Reach) -> ClaimReads {
        let mut out = ClaimReads::default();
        self.collect(value, false, reach, 0, &mut out);
        self.finish(&mut out);
        out
    }

    fn finish(&self, out: &mut ClaimReads) {
        out.reads.retain(|read| !self.model.file(read.item.file).is_test());
        text::sort_by_number(&mut out.reads, |read| self.model.span(read.item).number());
        out.reads.dedup_by_key(|read| read.item);
    }

    /// `is_complete`: the claims are inside, as `payload` or `claims`.
    fn collect(&self, value: ExprRef, is_complete: bool, reach: Reach, depth: u32, out: &mut ClaimReads) {
        for found in self.uses(value, reach) {
            match found.kind {
                UseKind::Item { key: Some(key), item } => match &*key {
                    "payload" | "claims" if is_complete && depth < 2 => {
                        self.collect(item, false, reach, depth + 1, out)
                    }
                    "header" | "signature" if is_complete => {}
                    _ => out.reads.push(ClaimRead {
                        name: key,
                        form: self.form(item),
                        item,
                    }),
                },
                UseKind::Item { key: None, .. } => out.escape = true,
                UseKind::Attribute { name, call } if is_complete && call.is_none() => {
                    let is_claims = matches!(&*name, "payload" | "claims");
                    let ast = self.model.ast(found.value.file);
                    if is_claims
                        && depth < 2
                        && let Some(id) = ast.parent_expr(found.value.id)
                    {
                        let file = found.value.file;
                        self.collect(ExprRef { file, id }, false, reach, depth + 1, out);
                    }
                }
                UseKind::Attribute { name, .. } => {
                    // Authlib's checks give nothing away.
                    out.escape |= !matches!(
                        &*name,
                        "validate" | "validate_exp" | "header" | "options" | "keys" | "params"
                    );
                }
                UseKind::Argument { call } => match self.made_class(call) {
                    Some(class) => out.models.push(class),
                    None => out.escape |= !self.is_log(call),
                },
                UseKind::Compared { comparison } => out.asked.extend(self.asked(comparison, found.value)),
                UseKind::Returned { function } => out.returned_by.push(function),
                UseKind::Tested | UseKind::Text => {}
                UseKind::Index { .. } | UseKind::Escapes => out.escape = true,
            }
        }
    }

    /// What is done with a value, also where FastAPI puts it into parameters.
    pub(crate) fn uses(&self, value: ExprRef, reach: Reach) -> Vec<Use> {
        let following = Following {
            passes_through: &|path| PASSED_ON.contains(&path),
            into_callers: reach == Reach::Callers,
        };
        let mut out = Vec::new();
        let mut seen = vec![value];
        let mut next = 0;
        while next < seen.len() && next < MAX_VALUES {
            for found in self.model.uses(seen[next], following) {
                match found.kind {
                    UseKind::Returned { function } if reach == Reach::Callers => {
                        let reads = self.injected_reads(function);
                        if reads.is_empty() {
                            out.push(found);
                        }
                        for read in reads {
                            if !seen.contains(&read) && seen.len() < MAX_VALUES {
                                seen.push(read);
                            }
                        }
                    }
                    _ => out.push(found),
                }
            }
            next += 1;
        }
        out
    }

    /// Where parameters are read that FastAPI fills with what a function returns.
    fn injected_reads(&self, function: FunctionRef) -> Vec<ExprRef> {
        if self.handlers.kind(function) != Some(HandlerKind::Dependency) {
            return Vec::new();
        }
        let parameters = self.injected.get_or_init(|| self.find_injected());
        let mut out = Vec::new();
        for &(taker, index) in parameters.get(&function).into_iter().flatten() {
            out.extend(self.model.parameter_reads(taker, index));
        }
        out
    }

    fn find_injected(&self) -> FxHashMap<FunctionRef, Vec<(FunctionRef, u32)>> {
        let mut out: FxHashMap<FunctionRef, Vec<(FunctionRef, u32)>> = FxHashMap::default();
        let mut takers: Vec<FunctionRef> = self
            .handlers
            .all()
            .map(|(function, _)| function)
            .filter(|function| !self.model.file(function.file).is_test())
            .collect();
        text::sort(&mut takers);
        for taker in takers {
            let ast = self.model.ast(taker.file);
            for index in 0..ast[ast[taker.id].parameters].len() as u32 {
                for value in self.model.injected(taker, index).unwrap_or_default() {
                    if let Some(function) = crate::verification::called_function(value) {
                        out.entry(function).or_default().push((taker, index));
                    }
                }
            }
        }
        out
    }

    /// Whether FastAPI calls a function: it is registered, or asks for something to be injected.
    pub(crate) fn is_handler(&self, function: FunctionRef) -> bool {
        let parameters = || {
            let ast = self.model.ast(function.file);
            0..ast[ast[function.id].parameters].len() as u32
        };
        self.handlers.kind(function).is_some()
            || parameters().any(|index| self.model.injected(function, index).is_some())
    }

    fn form(&self, item: ExprRef) -> ReadForm {
        match self.model.expr(item).kind {
            ExprKind::Call { arguments, .. } if arguments.len() > 1 => {
                let given = self.model.arguments(item, None);
                let is_none = given
                    .get(Some(1), &["default"])
                    .is_some_and(|default| default.values.iter().all(|value| matches!(value.kind, ValueKind::None)));
                match is_none {
                    true => ReadForm::Get,
                    false => ReadForm::GetWithDefault,
                }
            }
            ExprKind::Call { .. } => match self.model.written(item).contains(".pop(") {
                true => ReadForm::Index,
                false => ReadForm::Get,
            },
            _ => ReadForm::Index,
        }
    }

    /// The class of the project that a call makes an object of: `TokenData(**claims)`,
    /// `TokenData.model_validate(claims)`.
    fn made_class(&self, call: ExprRef) -> Option<ClassRef> {
        let class = |values: Vec<semantic::Value>| {
            values.into_iter().find_map(|value| match value.kind {
                ValueKind::Class(class) => Some(class),
                _ => None,
            })
        };
        class(self.model.callee(call)).or_else(|| class(self.model.eval(self.model.receiver(call)?)))
    }

    fn is_log(&self, call: ExprRef) -> bool {
        self.model.called_path(call).is_some_and(|path| {
            ["logging.", "loguru.", "structlog.", "builtins.print", "pprint."]
                .iter()
                .any(|logger| path.starts_with(logger))
        })
    }

    /// The claim that `"sub" in claims` asks for.
    fn asked(&self, comparison: ExprRef, claims: ExprRef) -> Option<Option<Rc<str>>> {
        let ast = self.model.ast(comparison.file);
        let ExprKind::Compare { first, rest } = ast[comparison.id].kind else {
            return None;
        };
        let is_membership = ast[rest].iter().any(|part| {
            part.right == claims.id && matches!(part.operator, CompareOperator::In | CompareOperator::NotIn)
        });
        let key = self.model.eval(ExprRef {
            file: comparison.file,
            id: first,
        });
        is_membership.then(|| match key.as_slice() {
            [key] => key.as_str().map(Into::into),
            _ => None,
        })
    }

    /// Whether a value is compared or tested before the code goes on: in a condition, or with `None`.
    pub(crate) fn is_checked(&self, value: ExprRef) -> bool {
        self.uses(value, Reach::Callers)
            .iter()
            .any(|found| self.is_check(found))
    }

    pub(crate) fn is_check(&self, found: &Use) -> bool {
        match found.kind {
            UseKind::Tested => !self.only_tells(found.value),
            UseKind::Compared { comparison } => {
                self.decides(comparison) || self.is_with_none(comparison) && !self.only_tells(comparison)
            }
            UseKind::Index { .. } => true,
            _ => false,
        }
    }

    fn is_with_none(&self, comparison: ExprRef) -> bool {
        let ast = self.model.ast(comparison.file);
        match ast[comparison.id].kind {
            ExprKind::Compare { rest, .. } => ast[rest]
                .iter()
                .any(|part| matches!(ast[part.right].kind, ExprKind::None)),
            _ => false,
        }
    }

    /// Whether a comparison is what an `if`, `while` or `assert` tests, or a function returns.
    pub(crate) fn decides(&self, comparison: ExprRef) -> bool {
        let ast = self.model.ast(comparison.file);
        let mut at = comparison.id;
        while let Some(parent) = ast.parent_expr(at) {
            match ast[parent].kind {
                ExprKind::Boolean { .. } | ExprKind::Unary { .. } | ExprKind::Compare { .. } => {}
                ExprKind::Conditional { test, .. } => return test == at,
                _ => return false,
            }
            at = parent;
        }
        matches!(
            ast[ast.stmt_of(at)].kind,
            StmtKind::If { .. } | StmtKind::While { .. } | StmtKind::Assert { .. } | StmtKind::Return(_)
        ) && !self.only_tells(comparison)
    }

    /// Whether nothing is done with a value but to say what it is.
    pub(crate) fn is_only_told(&self, value: ExprRef) -> bool {
        let uses = self.uses(value, Reach::Function);
        !uses.is_empty()
            && uses.iter().all(|found| match found.kind {
                UseKind::Compared { comparison } => self.only_tells(comparison),
                UseKind::Tested => self.only_tells(found.value),
                UseKind::Argument { call } => self.is_log(call),
                _ => false,
            })
    }

    /// Whether all that an `if` does is to say how its test came out, as in `if claims["type"] != "access": print(…)`.
    fn only_tells(&self, test: ExprRef) -> bool {
        let ast = self.model.ast(test.file);
        let StmtKind::If { branches, otherwise } = ast[ast.stmt_of(test.id)].kind else {
            return false;
        };
        let blocks = ast[branches].iter().map(|branch| branch.body).chain(otherwise);
        blocks.into_iter().all(|block| only_logs(self.model, test.file, block))
    }

    pub(crate) fn span(&self, expr: ExprRef) -> Span {
        self.model.span(expr)
    }
}
