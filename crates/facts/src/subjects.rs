//! Claims that name the user, used without asking whether they are there.

use std::cell::RefCell;

use rustc_hash::FxHashMap;
use semantic::{Catch, ExprRef, FunctionRef, UseKind};
use syntax::ast::*;
use text::Span;

use crate::Facts;
use crate::claims::{ClaimFlow, ClaimRead, ClaimReads, IDENTITY_CLAIMS, Reach, ReadForm};
use crate::libraries::RequireExpiry;
use crate::tokens::{OptionValue, TokenDecode, TokenPart};
use crate::verification::exception_name;

/// A claim that is used unchecked.
#[derive(Debug, Clone)]
pub struct UncheckedSubject<'f> {
    /// `None`: the claims are read without verification.
    pub decode: Option<&'f TokenDecode>,
    /// The call that gives the claims.
    pub call: Span,
    pub claim: String,
    pub risk: SubjectRisk,
    /// The read, with the conversion around it.
    pub span: Span,
    /// More reads of the claim that are unchecked.
    pub others: Vec<Span>,
    /// Every token that the project issues has the claim.
    pub is_always_issued: bool,
    /// What the library raises for a token without a required claim is caught.
    pub is_decode_caught: bool,
    /// Other decodes that lead to the same read, where a claim that they require would be noticed.
    pub further: Vec<Further<'f>>,
}

/// One more decode that a claim comes from.
#[derive(Debug, Clone, Copy)]
pub struct Further<'f> {
    pub decode: Option<&'f TokenDecode>,
    pub is_caught: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubjectRisk {
    /// `claims["sub"]` raises `KeyError`, and nothing catches it.
    Raises,
    /// `int(claims["sub"])`: the function raises, and nothing catches it.
    ConversionRaises(String),
    /// `claims.get("sub")` is `None`, and goes on as the user.
    BecomesNone,
}

/// Functions that raise for what is no number, UUID or object id.
const CONVERSIONS: &[&str] = &[
    "builtins.int",
    "builtins.float",
    "uuid.UUID",
    "bson.ObjectId",
    "bson.objectid.ObjectId",
    "beanie.PydanticObjectId",
];

/// What libraries raise for a token without a required claim, and what that descends from.
const CLAIM_ERRORS: &[&str] = &[
    "MissingRequiredClaimError",
    "InvalidTokenError",
    "PyJWTError",
    "JWTError",
    "JOSEError",
];

const MAX_CALLERS: u32 = 3;
/// Results that are followed to a test.
const MAX_RESULTS: u32 = 6;

impl Facts<'_> {
    /// Unchecked claims of verified tokens, each once for a decode.
    pub fn unchecked_subjects(&self) -> Vec<UncheckedSubject<'_>> {
        let flow = ClaimFlow::new(&self.model, &self.handlers);
        let search = Search {
            facts: self,
            flow: &flow,
            always_issued: RefCell::default(),
        };
        let mut out: Vec<UncheckedSubject<'_>> = Vec::new();
        let decodes = self.decodes.iter().filter(|decode| !decode.call.is_test);
        let decoded = decodes.map(|decode| (decode.call.span, Some(decode), flow.of_decode(decode, Reach::Callers)));
        let unverified = self
            .unverified_reads
            .iter()
            .filter(|read| read.library.is_some() && read.part == TokenPart::Claims && !read.call.is_test);
        let read = unverified.map(|read| (read.call.span, None, flow.of_value(read.id, Reach::Callers)));
        for (call, decode, reads) in decoded.chain(read) {
            for &claim in IDENTITY_CLAIMS {
                let Some(found) = search.unchecked(call, decode, &reads, claim) else {
                    continue;
                };
                // A read that two decodes lead to is told once.
                match out.iter_mut().find(|known| known.span == found.span) {
                    Some(known) => known.further.push(Further {
                        decode: found.decode,
                        is_caught: found.is_decode_caught,
                    }),
                    None => out.push(found),
                }
            }
        }
        out
    }
}

struct Search<'s, 'f, 'm, 'a> {
    facts: &'f Facts<'a>,
    flow: &'s ClaimFlow<'m, 'a>,
    /// Whether every token has a claim, for those that were asked about.
    always_issued: RefCell<FxHashMap<String, bool>>,
}

impl<'f, 'a> Search<'_, 'f, '_, 'a> {
    fn unchecked(
        &self,
        call: Span,
        decode: Option<&'f TokenDecode>,
        claims: &ClaimReads,
        claim: &str,
    ) -> Option<UncheckedSubject<'f>> {
        let is_required = decode.is_some_and(|decode| may_require(decode) || self.requires(decode, claim));
        let is_asked = claims
            .asked
            .iter()
            .any(|asked| asked.as_deref().is_none_or(|asked| asked == claim));
        let reads: Vec<&ClaimRead> = claims.reads.iter().filter(|read| *read.name == *claim).collect();
        // Alternatives say that each may be missing: `claims.get("sub") or claims.get("id")`.
        let mut found: Vec<(SubjectRisk, Span)> = Vec::new();
        for read in &reads {
            let function = self.flow.model.enclosing_function(read.item);
            let is_checked_before = reads.iter().any(|other| {
                other.item != read.item
                    && self.flow.model.enclosing_function(other.item) == function
                    && other.item.file == read.item.file
                    && self.flow.is_checked(other.item)
            });
            let is_present = is_required || is_asked || is_checked_before;
            let risk = self.risk(read, is_present);
            // Beside another claim that names the user and is checked, this one only tells more of them.
            let is_told_by_another = || claims.reads.iter().any(|other| self.names_user_beside(other, read));
            let risk = risk.filter(|(risk, _)| *risk != SubjectRisk::BecomesNone || !is_told_by_another());
            if let Some(risk) = risk {
                found.push(risk);
            }
        }
        let ((risk, span), rest) = found.split_first().map(|(first, rest)| (first.clone(), rest))?;
        Some(UncheckedSubject {
            decode,
            call,
            claim: claim.to_owned(),
            risk,
            span,
            others: rest
                .iter()
                .map(|(_, span)| *span)
                .filter(|other| *other != span)
                .collect(),
            is_always_issued: self.is_always_issued(claim),
            is_decode_caught: decode.is_some_and(|decode| self.is_caught(decode.id, CLAIM_ERRORS, 0)),
            further: Vec::new(),
        })
    }

    /// Whether another read in the same function is of a claim that names the user, and notices when it is missing.
    fn names_user_beside(&self, other: &ClaimRead, read: &ClaimRead) -> bool {
        let model = self.flow.model;
        other.name != read.name
            && IDENTITY_CLAIMS.contains(&&*other.name)
            && other.item.file == read.item.file
            && model.enclosing_function(other.item) == model.enclosing_function(read.item)
            && (other.form == ReadForm::Index || self.flow.is_checked(other.item))
    }

    fn risk(&self, read: &ClaimRead, is_present: bool) -> Option<(SubjectRisk, Span)> {
        let item = read.item;
        if let Some((conversion, name)) = self.conversion(item) {
            // `None` and a text that is no number raise different exceptions.
            let is_none_possible = read.form == ReadForm::Get && !is_present && !self.flow.is_checked(item);
            let raised: &[&str] = match is_none_possible {
                true => &["TypeError"],
                false => &["ValueError"],
            };
            if name == "ObjectId" || name == "PydanticObjectId" {
                let any = ["InvalidId", "ValueError", "TypeError", "BSONError"];
                let is_caught = any.iter().any(|name| self.is_caught(conversion, &[name], 0));
                return (!is_caught).then(|| (SubjectRisk::ConversionRaises(name), self.flow.span(conversion)));
            }
            let is_caught = self.is_caught(conversion, raised, 0);
            return (!is_caught).then(|| (SubjectRisk::ConversionRaises(name), self.flow.span(conversion)));
        }
        if is_present {
            return None;
        }
        match read.form {
            ReadForm::Index => {
                let is_caught = self.is_caught(item, &["KeyError", "LookupError"], 0);
                (!is_caught).then(|| (SubjectRisk::Raises, self.flow.span(item)))
            }
            ReadForm::Get => self
                .becomes_identity(item)
                .then(|| (SubjectRisk::BecomesNone, self.flow.span(item))),
            ReadForm::GetWithDefault => None,
        }
    }

    /// The call that converts a claim, directly or under the name that it is bound to.
    fn conversion(&self, item: ExprRef) -> Option<(ExprRef, String)> {
        let model = self.flow.model;
        let of_call = |call: ExprRef| {
            let path = model.called_path(call)?;
            let is_known = CONVERSIONS.contains(&&*path);
            is_known.then(|| (call, path.rsplit('.').next().unwrap_or_default().to_owned()))
        };
        let ast = model.ast(item.file);
        let mut at = item.id;
        for _ in 0..3 {
            let Some(parent) = ast.parent_expr(at) else { break };
            if let ExprKind::Call { .. } = ast[parent].kind
                && let Some(found) = of_call(ExprRef {
                    file: item.file,
                    id: parent,
                })
            {
                return Some(found);
            }
            at = parent;
        }
        let uses = self.flow.uses(item, Reach::Function);
        uses.into_iter().find_map(|found| match found.kind {
            UseKind::Argument { call } => of_call(call),
            _ => None,
        })
    }

    /// Whether an exception that an expression raises is caught around it, or around every call of its function.
    fn is_caught(&self, expr: ExprRef, exceptions: &[&str], depth: u32) -> bool {
        let model = self.flow.model;
        let ast = model.ast(expr.file);
        let place = ast[expr.id].range;
        for ancestor in ast.ancestors(ast.stmt_of(expr.id)) {
            match ast[ancestor].kind {
                StmtKind::Try { body, handlers, .. } => {
                    let is_tried = ast.block_range(body).is_some_and(|body| body.contains_range(place));
                    let catches = |handler: &Handler| {
                        let catch = Catch::of(ast, handler);
                        catch.types.is_empty()
                            || catch.types.iter().any(|&id| {
                                let name = exception_name(model, ExprRef { file: expr.file, id });
                                exceptions.contains(&name.as_str())
                                    || matches!(name.as_str(), "" | "Exception" | "BaseException")
                            })
                    };
                    if is_tried && ast[handlers].iter().any(catches) {
                        return true;
                    }
                }
                StmtKind::Function(_) => break,
                _ => {}
            }
        }
        // What becomes of it outside of what is known is not known.
        let Some(function) = model.enclosing_function(expr).filter(|_| depth < MAX_CALLERS) else {
            return true;
        };
        let is_handler = self.flow.is_handler(function);
        !is_handler
            && model
                .callers(function)
                .iter()
                .all(|&call| self.is_caught(call, exceptions, depth + 1))
    }

    /// Whether a function is one that FastAPI calls, or is called by one.
    fn reaches_handler(&self, function: Option<FunctionRef>, depth: u32) -> bool {
        let Some(function) = function.filter(|_| depth < MAX_CALLERS) else {
            return false;
        };
        let model = self.flow.model;
        self.flow.is_handler(function)
            || model
                .callers(function)
                .iter()
                .any(|&call| self.reaches_handler(model.enclosing_function(call), depth + 1))
    }

    /// Whether a claim that may be `None` is used as the user with nothing that would notice.
    fn becomes_identity(&self, item: ExprRef) -> bool {
        let uses = self.flow.uses(item, Reach::Callers);
        let mut is_used = false;
        for found in &uses {
            if self.flow.is_check(found) {
                return false;
            }
            match &found.kind {
                // Made into a model of the project, which may refuse `None`; kept where it is not followed.
                UseKind::Argument { call } => {
                    let model = self.flow.model;
                    let is_outside = model.callee(*call).iter().all(|callee| {
                        matches!(
                            callee.kind,
                            semantic::ValueKind::External(_)
                                | semantic::ValueKind::Attribute { .. }
                                | semantic::ValueKind::Unknown(_)
                        )
                    });
                    if !is_outside || self.is_result_tested(*call, 0) {
                        return false;
                    }
                    let is_log = model
                        .called_path(*call)
                        .is_some_and(|path| path.starts_with("logging.") || &*path == "builtins.print");
                    is_used |= !is_log;
                }
                UseKind::Compared { comparison } => {
                    if self.is_result_tested(*comparison, 0) {
                        return false;
                    }
                    is_used = true;
                }
                UseKind::Returned { function } => {
                    if !self.flow.is_handler(*function) {
                        return false;
                    }
                    is_used = true;
                }
                UseKind::Escapes => {
                    // `return {"user_id": claims.get("sub")}` of a dependency is the user of all routes.
                    let is_returned = self.is_returned_by_dependency(found.value);
                    if !is_returned {
                        return false;
                    }
                    is_used = true;
                }
                UseKind::Item { .. } | UseKind::Attribute { .. } | UseKind::Index { .. } => is_used = true,
                UseKind::Tested | UseKind::Text => {}
            }
        }
        is_used && self.reaches_handler(self.flow.model.enclosing_function(item), 0)
    }

    fn is_returned_by_dependency(&self, value: ExprRef) -> bool {
        let model = self.flow.model;
        let ast = model.ast(value.file);
        matches!(ast[ast.stmt_of(value.id)].kind, StmtKind::Return(_))
            && model
                .enclosing_function(value)
                .is_some_and(|function| self.flow.is_handler(function))
    }

    /// Whether what an expression leads to is tested: the row that a query gives for the claim.
    fn is_result_tested(&self, expr: ExprRef, depth: u32) -> bool {
        if depth > MAX_RESULTS {
            // Too far to tell.
            return true;
        }
        let model = self.flow.model;
        let ast = model.ast(expr.file);
        let mut whole = expr.id;
        while let Some(parent) = ast.parent_expr(whole) {
            whole = parent;
        }
        let whole = ExprRef {
            file: expr.file,
            id: whole,
        };
        self.flow.uses(whole, Reach::Callers).iter().any(|found| {
            self.flow.is_check(found)
                || match found.kind {
                    UseKind::Argument { call } | UseKind::Attribute { call: Some(call), .. } => {
                        call != whole && self.is_result_tested(call, depth + 1)
                    }
                    _ => false,
                }
        })
    }

    /// Whether every token that the project issues has a claim.
    fn is_always_issued(&self, claim: &str) -> bool {
        if let Some(&known) = self.always_issued.borrow().get(claim) {
            return known;
        }
        let answer = self.find_always_issued(claim);
        self.always_issued.borrow_mut().insert(claim.to_owned(), answer);
        answer
    }

    fn find_always_issued(&self, claim: &str) -> bool {
        let mut encodes = self
            .facts
            .encodes
            .iter()
            .filter(|encode| !encode.call.is_test)
            .peekable();
        encodes.peek().is_some()
            && encodes.all(|encode| {
                !encode.payloads.is_empty()
                    && encode
                        .payloads
                        .iter()
                        .all(|payload| payload.value.claim(claim).is_some())
            })
    }

    /// Whether decoding refuses tokens without a claim.
    fn requires(&self, decode: &TokenDecode, claim: &str) -> bool {
        match decode.library.require_expiry {
            RequireExpiry::RequireList => decode
                .option("require")
                .find(|option| matches!(option, OptionValue::Strings(names) if names.iter().any(|name| name == claim)))
                .is_some(),
            RequireExpiry::RequireFlag => decode.flag(&format!("require_{claim}")).find(|on| *on).is_some(),
            // `claims_options={"sub": {"essential": True}}`, `JWTClaimsRegistry(sub={"essential": True})`
            RequireExpiry::ClaimsOptions => self.facts.text(decode.call.span.file).contains("essential"),
        }
    }
}

/// Whether options of a decode may require something that is not followed.
fn may_require(decode: &TokenDecode) -> bool {
    decode.options_are_open || decode.option("require").unknown
}
