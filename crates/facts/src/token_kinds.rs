//! Kinds of tokens that are signed with one key, and decodes that do not tell them apart.

use rustc_hash::FxHashMap;
use semantic::{ExprRef, FunctionRef, Step, Value, ValueKind};
use syntax::ast::*;
use text::Span;

use crate::Facts;
use crate::claims::{ClaimFlow, ClaimReads, Reach, ReadForm};
use crate::keys::Key;
use crate::source::expr_at;
use crate::tokens::{TokenDecode, TokenEncode};

/// A use of verified claims that takes tokens of another kind for its own.
#[derive(Debug, Clone)]
pub struct TypeConfusion<'f> {
    pub decode: &'f TokenDecode,
    /// What the use wants.
    pub wanted: TokenKind,
    /// What it also takes.
    pub taken: TokenKind,
    /// Where tokens of that kind are issued.
    pub issued: Span,
    /// The function that uses the claims, by its name.
    pub user: Option<Span>,
    /// More uses that tell nothing apart.
    pub others: Vec<Span>,
    /// The claim that says the kind, which the tokens have and nobody reads.
    pub claim: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TokenKind {
    Access,
    Refresh,
    /// To set a new password.
    Reset,
    /// To confirm an address, an invitation.
    Confirmation,
}

impl TokenKind {
    /// With an article, for a reader.
    pub fn words(self) -> &'static str {
        match self {
            TokenKind::Access => "an access token",
            TokenKind::Refresh => "a refresh token",
            TokenKind::Reset => "a reset token",
            TokenKind::Confirmation => "a confirmation token",
        }
    }
}

/// Claims that say what a token is for.
const KIND_CLAIMS: &[&str] = &[
    "type",
    "typ",
    "token_type",
    "tokenType",
    "token_use",
    "use",
    "purpose",
    "kind",
    "action",
    "scope",
    "scopes",
    "aud",
    "refresh",
    "is_refresh",
    "grant_type",
    "mode",
    "category",
    "ttype",
    "tt",
    "intent",
    "for",
];

/// A kind of token that is issued.
struct Issued {
    kind: TokenKind,
    span: Span,
    /// Names of the claims, where all are known.
    claims: Option<Vec<String>>,
    kind_claim: Option<String>,
    audience: bool,
    key: Vec<Span>,
}

/// Callers that claims are followed to.
const MAX_DEPTH: u32 = 3;
/// Callers of a function that signs that are asked what they call its tokens.
const MAX_CALLERS: usize = 12;

impl Facts<'_> {
    /// Uses of verified claims that do not tell kinds of tokens apart, one for each decode.
    pub fn type_confusions(&self) -> Vec<TypeConfusion<'_>> {
        let issued = self.issued_kinds();
        let first = issued.first().map(|issued| issued.kind);
        // Where all tokens are of one kind, there is nothing to take for another.
        if issued.iter().all(|issued| Some(issued.kind) == first) {
            return Vec::new();
        }
        let flow = ClaimFlow::new(&self.model, &self.handlers);
        let mut out: Vec<TypeConfusion<'_>> = Vec::new();
        for decode in self.decodes.iter().filter(|decode| !decode.call.is_test) {
            let is_unverified = decode.signature().find(|&verify| !verify).is_some();
            let Some(key) = decode.key.as_ref().filter(|_| !is_unverified) else {
                continue;
            };
            let origins = origins(key);
            let under_key: Vec<&Issued> = issued
                .iter()
                .filter(|issued| issued.key.iter().any(|origin| origins.contains(origin)))
                .collect();
            let mut found: Option<TypeConfusion<'_>> = None;
            for user in users(&flow, decode) {
                // One that is compared with what a store holds is no other one.
                if user.function.is_some_and(|function| self.compares_tokens(function)) {
                    continue;
                }
                let wanted = self.wanted(&flow, decode, user.function);
                let taken = under_key.iter().find(|issued| {
                    issued.kind != wanted && !user.tells_apart(&flow, issued) && !is_audience_checked(decode, issued)
                });
                let is_issued = under_key.iter().any(|issued| issued.kind == wanted);
                let (Some(taken), true) = (taken, is_issued) else {
                    continue;
                };
                let span = user.function.map(|function| self.name_of(function));
                match &mut found {
                    Some(found) => found.others.extend(span),
                    None => {
                        found = Some(TypeConfusion {
                            decode,
                            wanted,
                            taken: taken.kind,
                            issued: taken.span,
                            user: span,
                            others: Vec::new(),
                            claim: taken.kind_claim.clone(),
                        });
                    }
                }
            }
            out.extend(found);
        }
        // One key without a check is one mistake, however many decodes there are: those for access speak.
        text::sort_by_number(&mut out, |confusion| confusion.wanted as u128);
        let mut settled: Vec<TypeConfusion<'_>> = Vec::new();
        let mut by_key: FxHashMap<Span, usize> = FxHashMap::default();
        for confusion in out {
            let origins = confusion.decode.key.as_ref().map(origins).unwrap_or_default();
            match origins.iter().find_map(|origin| by_key.get(origin)) {
                Some(&index) => settled[index].others.push(confusion.decode.call.span),
                None => {
                    by_key.extend(origins.into_iter().map(|origin| (origin, settled.len())));
                    settled.push(confusion);
                }
            }
        }
        settled
    }

    /// `if token != stored_token:`
    fn compares_tokens(&self, function: FunctionRef) -> bool {
        let source = self.model.file(function.file).source();
        let ast = source.ast();
        let is_token = |expr: ExprId| match ast[expr].kind {
            ExprKind::Name(name) | ExprKind::Attribute { name, .. } => {
                source.imported_name(name).to_lowercase().contains("token")
            }
            _ => false,
        };
        ast.stmts_within(ast[function.id].body).into_iter().any(|stmt| {
            let StmtKind::If { branches, .. } = ast[stmt].kind else {
                return false;
            };
            ast[branches].iter().any(|branch| {
                ast.descendants(branch.test)
                    .into_iter()
                    .any(|part| match ast[part].kind {
                        ExprKind::Compare { first, rest } => {
                            is_token(first) && ast[rest].iter().any(|other| is_token(other.right))
                        }
                        _ => false,
                    })
            })
        })
    }

    fn name_of(&self, function: FunctionRef) -> Span {
        Span::new(function.file, self.model.ast(function.file)[function.id].name_range)
    }

    /// The kinds of tokens that the project issues, one for each way to a call that signs.
    fn issued_kinds(&self) -> Vec<Issued> {
        let mut out: Vec<Issued> = Vec::new();
        for encode in self.encodes.iter().filter(|encode| !encode.call.is_test) {
            let Some(call) = expr_at(&self.model, encode.call.span) else {
                continue;
            };
            let Some(key) = &encode.key else { continue };
            let arguments = self.model.arguments(call, None);
            let Some(given) = arguments.get(encode.function.payload.position, encode.function.payload.keywords) else {
                continue;
            };
            for (index, value) in given.values.iter().enumerate() {
                let payload = encode.payloads.get(index).map(|payload| &payload.value);
                for (kind, span) in self.kinds(encode, value) {
                    let issued = Issued {
                        kind,
                        span,
                        claims: payload
                            .filter(|payload| !payload.is_open)
                            .map(|payload| payload.claims.iter().map(|claim| claim.name.clone()).collect()),
                        kind_claim: payload.and_then(|payload| {
                            let mut claims = payload.claims.iter();
                            claims
                                .find(|claim| KIND_CLAIMS.contains(&claim.name.as_str()))
                                .map(|claim| claim.name.clone())
                        }),
                        audience: payload.is_some_and(|payload| payload.claim("aud").is_some()),
                        key: origins(key),
                    };
                    if !out
                        .iter()
                        .any(|known| known.kind == issued.kind && known.span == issued.span)
                    {
                        out.push(issued);
                    }
                }
            }
        }
        out
    }

    /// What tokens are for: by a claim that says it, by the functions and names on its way.
    pub(crate) fn kinds(&self, encode: &TokenEncode, value: &Value) -> Vec<(TokenKind, Span)> {
        let model = &self.model;
        let passed: Vec<Span> = value
            .steps()
            .into_iter()
            .filter_map(|step| match step {
                Step::Passed { at, .. } => Some(at),
                _ => None,
            })
            .collect();
        let outermost = passed.last().copied().unwrap_or(encode.call.span);
        if let ValueKind::Dict(entries) = &value.kind {
            for entry in entries.iter() {
                if let semantic::DictEntry::Pair {
                    key: Some(key), value, ..
                } = entry
                    && KIND_CLAIMS.contains(&&**key)
                {
                    let mut said: Vec<(TokenKind, Span)> = Vec::new();
                    for value in value {
                        let kind = match (&value.kind, value.as_str()) {
                            (ValueKind::Bool(true), _) if key.contains("refresh") => Some(TokenKind::Refresh),
                            (_, Some(text)) => kind_of_words(text),
                            _ => None,
                        };
                        // Written at the call, or passed to it.
                        if let Some(kind) = kind
                            && !said.iter().any(|(known, _)| *known == kind)
                        {
                            said.push((kind, value.origin));
                        }
                    }
                    if !said.is_empty() {
                        return said;
                    }
                }
            }
        }
        // The function that signs, then those that call it, and the names that they give the token.
        let own = encode
            .call
            .function
            .as_ref()
            .map(|function| (function.name.clone(), encode.call.span));
        let mut named: Vec<(String, Span)> = own.into_iter().collect();
        for &at in passed.iter() {
            if let Some(call) = self.call_around(at)
                && let Some(name) = self.bound_name(call)
            {
                named.push((name, at));
            }
            if let Some(function) = model.function_at(at.file, at.range.start()) {
                named.push((model.function_name(function).to_owned(), at));
            }
        }
        if let Some(call) = expr_at(model, encode.call.span)
            && let Some(name) = self.bound_name(call)
        {
            named.insert(0, (name, encode.call.span));
        }
        let said = named.iter().find_map(|(name, at)| Some((kind_of_words(name)?, *at)));
        if let Some(said) = said {
            return vec![said];
        }
        self.kinds_by_callers(encode)
            .unwrap_or_else(|| vec![(TokenKind::Access, outermost)])
    }

    /// What those who call the function that signs call its tokens: `refresh_token = create_token(user)`.
    fn kinds_by_callers(&self, encode: &TokenEncode) -> Option<Vec<(TokenKind, Span)>> {
        let function = encode.call.function.as_ref()?.id;
        let mut out: Vec<(TokenKind, Span)> = Vec::new();
        for &call in self.model.callers(function).iter().take(MAX_CALLERS) {
            let own = self.bound_name(call).and_then(|name| kind_of_words(&name));
            let around = || {
                let function = self.model.enclosing_function(call)?;
                kind_of_words(self.model.function_name(function))
            };
            let kind = own.or_else(around).unwrap_or(TokenKind::Access);
            if !out.iter().any(|(known, _)| *known == kind) {
                out.push((kind, self.model.span(call)));
            }
        }
        (!out.is_empty()).then_some(out)
    }

    /// The call that an argument at a place is passed to.
    fn call_around(&self, argument: Span) -> Option<ExprRef> {
        let expr = self.model.expr_of(argument)?;
        let ast = self.model.ast(expr.file);
        match ast[expr.id].kind {
            ExprKind::Call { .. } => Some(expr),
            _ => ast.parent_expr(expr.id).map(|id| ExprRef { file: expr.file, id }),
        }
    }

    /// `refresh_token` of `refresh_token = create_token(…)` and of `{"refresh_token": create_token(…)}`.
    fn bound_name(&self, expr: ExprRef) -> Option<String> {
        let source = self.model.file(expr.file).source();
        let ast = source.ast();
        let mut at = expr.id;
        for _ in 0..6 {
            let Some(parent) = ast.parent_expr(at) else { break };
            match ast[parent].kind {
                ExprKind::Dict(items) => {
                    return ast[items].iter().find_map(|item| match *item {
                        DictItem::Pair { key, value } if value == at => {
                            ast.string(source.text(), key).map(|key| key.into_owned())
                        }
                        _ => None,
                    });
                }
                ExprKind::Call { arguments, .. } => {
                    return ast[arguments].iter().find_map(|argument| match argument.kind {
                        ArgumentKind::Keyword(name) if argument.value == at => Some(source.name(name).to_owned()),
                        _ => None,
                    });
                }
                _ => {}
            }
            at = parent;
        }
        match ast[ast.stmt_of(at)].kind {
            StmtKind::Assign { targets, value } if value == at => match ast[*ast[targets].first()?].kind {
                ExprKind::Name(name) | ExprKind::Attribute { name, .. } => Some(source.imported_name(name).to_owned()),
                _ => None,
            },
            _ => None,
        }
    }

    /// What the user of claims wants: by its name and that of the function that decodes.
    fn wanted(&self, flow: &ClaimFlow<'_, '_>, decode: &TokenDecode, user: Option<FunctionRef>) -> TokenKind {
        let of_user = user.map(|function| flow.model.function_name(function).to_owned());
        let of_decode = decode.call.function.as_ref().map(|function| function.name.clone());
        let path = user.and_then(|function| self.route_path(function));
        [of_user, of_decode, path]
            .into_iter()
            .flatten()
            .find_map(|name| kind_of_words(&name))
            .unwrap_or(TokenKind::Access)
    }

    /// The name that the result of the call around an expression gets.
    pub(crate) fn call_name_around(&self, expr: ExprRef) -> Option<String> {
        let ast = self.model.ast(expr.file);
        let mut at = expr.id;
        while let Some(parent) = ast.parent_expr(at) {
            at = parent;
            let call = ExprRef {
                file: expr.file,
                id: at,
            };
            if matches!(ast[at].kind, ExprKind::Call { .. })
                && let Some(name) = self.bound_name(call)
            {
                return Some(name);
            }
        }
        None
    }

    /// The path of the route that a function handles, as written in its decorator.
    fn route_path(&self, function: FunctionRef) -> Option<String> {
        let source = self.model.file(function.file).source();
        let ast = source.ast();
        ast[ast[function.id].decorators]
            .iter()
            .find_map(|&decorator| match ast[decorator].kind {
                ExprKind::Call { arguments, .. } => {
                    let first = ast[arguments].first()?;
                    ast.string(source.text(), first.value).map(|path| path.into_owned())
                }
                _ => None,
            })
    }
}

/// A function that uses verified claims.
struct User {
    function: Option<FunctionRef>,
    reads: Vec<ClaimReads>,
    /// A class that the claims are made into has a field for the kind.
    has_model_field: bool,
}

impl User {
    /// Whether tokens of a kind are refused, as far as can be seen.
    fn tells_apart(&self, flow: &ClaimFlow<'_, '_>, issued: &Issued) -> bool {
        let reads_kind = self
            .reads
            .iter()
            .flat_map(|reads| &reads.reads)
            .any(|read| KIND_CLAIMS.contains(&&*read.name) && !flow.is_only_told(read.item));
        let asks_kind = self
            .reads
            .iter()
            .flat_map(|reads| &reads.asked)
            .any(|asked| asked.as_deref().is_none_or(|asked| KIND_CLAIMS.contains(&asked)));
        // Goes on in a way that is not followed: the check may be there, where tokens say their kind.
        let escapes = self
            .reads
            .iter()
            .any(|reads| reads.escape || !reads.returned_by.is_empty());
        if reads_kind || asks_kind || self.has_model_field || escapes && issued.kind_claim.is_some() {
            return true;
        }
        // Tokens of the other kind lack a claim that is needed here.
        issued.claims.as_ref().is_some_and(|claims| {
            let mut reads = self.reads.iter().flat_map(|reads| &reads.reads);
            reads.any(|read| read.form != ReadForm::GetWithDefault && !claims.iter().any(|claim| **claim == *read.name))
        })
    }
}

/// The functions that use the claims of a decode: its own, or those that it returns them to.
fn users(flow: &ClaimFlow<'_, '_>, decode: &TokenDecode) -> Vec<User> {
    let mut out = Vec::new();
    let function = decode.call.function.as_ref().map(|function| function.id);
    let read = |reach| flow.of_decode(decode, reach);
    expand(flow, function, &read, Vec::new(), 0, &mut out);
    out
}

fn expand(
    flow: &ClaimFlow<'_, '_>,
    function: Option<FunctionRef>,
    read: &dyn Fn(Reach) -> ClaimReads,
    before: Vec<ClaimReads>,
    depth: u32,
    out: &mut Vec<User>,
) {
    let model = flow.model;
    let mut reads = read(Reach::Function);
    let callers = match function.filter(|function| reads.returned_by.contains(function) && depth < MAX_DEPTH) {
        Some(function) => model.callers(function),
        None => [].into(),
    };
    let has_model_field = |all: &[ClaimReads]| {
        all.iter().flat_map(|reads| &reads.models).any(|&class| {
            KIND_CLAIMS
                .iter()
                .any(|name| model.class_binding(class, name).is_some())
        })
    };
    if callers.is_empty() || out.len() > 24 {
        let is_handed_on = function.is_some_and(|function| reads.returned_by.contains(&function));
        // Injected into routes and other dependencies, which are looked at together.
        if is_handed_on {
            reads = read(Reach::Callers);
            reads.returned_by.clear();
            // Nobody who is known uses them.
            if reads.reads.is_empty() && reads.asked.is_empty() && reads.models.is_empty() {
                return;
            }
        }
        let mut all = before;
        all.push(reads);
        out.push(User {
            function,
            has_model_field: has_model_field(&all),
            reads: all,
        });
        return;
    }
    reads.returned_by.clear();
    let with_own: Vec<ClaimReads> = before.into_iter().chain([reads]).collect();
    for &call in callers.iter() {
        let read = |reach| flow.of_value(call, reach);
        expand(
            flow,
            model.enclosing_function(call),
            &read,
            with_own.clone(),
            depth + 1,
            out,
        );
    }
}

fn is_audience_checked(decode: &TokenDecode, issued: &Issued) -> bool {
    let is_asked = decode.call.argument(None, &["audience"]).is_some();
    // Without an audience in the token, one that asks for it refuses the token.
    is_asked && (!issued.audience || issued.kind_claim.as_deref() == Some("aud"))
}

fn origins(key: &Key) -> Vec<Span> {
    key.sources.iter().map(|source| source.origin).collect()
}

/// The kind that a name or text says, if it says one.
pub(crate) fn kind_of_words(text: &str) -> Option<TokenKind> {
    let lower = text.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if has(&["refresh"]) {
        Some(TokenKind::Refresh)
    } else if has(&["reset", "recover", "forgot"]) {
        Some(TokenKind::Reset)
    } else if has(&["verif", "confirm", "activat", "invit", "magic"])
        && has(&[
            "email",
            "mail",
            "account",
            "invit",
            "magic",
            "confirm",
            "activat",
            "verification",
        ])
    {
        Some(TokenKind::Confirmation)
    } else if has(&["access"]) {
        Some(TokenKind::Access)
    } else {
        None
    }
}
