//! Whether issued tokens expire: what each way to a call that signs puts into its claims.

use semantic::{BindingKind, ClassRef, DictEntry, ExprRef, FunctionRef, Model, Step, Value, ValueKind, Values};
use syntax::ast::*;
use text::{FileId, Span, TextRange, TextSize};

use crate::libraries::{EncodeFunction, TOKEN_SERVICES};
use crate::source::{CallSyntax, call_syntax, expr_at};
use crate::tokens::{OptionValue, TokenDecode, TokenEncode, Tokens};

/// A call that issues a token, with what limits the token's life.
#[derive(Debug, Clone)]
pub struct IssuedToken {
    pub call: CallSyntax,
    /// `jwt.encode` as written.
    pub callee: String,
    pub purpose: TokenPurpose,
    /// One for each way that leads to the call.
    pub ways: Vec<IssuedWay>,
    /// Something else that limits the token, with words for a reader.
    pub other_limit: Option<OtherLimit>,
    /// The payload as written at the call.
    pub payload: Span,
    /// The payload's dictionary, where one is written in the same function.
    pub literal: Option<DictSyntax>,
}

/// What the claims of one way hold.
#[derive(Debug, Clone)]
pub struct IssuedWay {
    pub expiry: ClaimState,
    /// Where the claims are put together.
    pub origin: Span,
    pub steps: Vec<(Span, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimState {
    Set,
    /// Set on some way into a part of the claims.
    Sometimes,
    Unset,
    /// The claims are a parameter whose callers are not known.
    LeftToCallers,
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenPurpose {
    /// Names a user, and nothing says that it is for something else.
    Access,
    Refresh,
    /// A link in a mail, an invitation, a state of a login.
    OneTime,
    Unknown,
}

/// What limits a token besides `exp`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherLimit {
    pub kind: OtherLimitKind,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OtherLimitKind {
    /// A claim of the project's own, compared by hand with the time where tokens are read.
    CheckedClaim(String),
    /// A claim that looks like a time limit; nothing compares it.
    UncheckedClaim(String),
    /// A claim by which a store may know the token.
    Handle(String),
    /// Decoding refuses tokens without `exp`.
    RequiredOnDecode,
}

/// A dictionary as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DictSyntax {
    pub span: Span,
    /// Just behind the opening brace.
    pub open: TextSize,
    pub items: Vec<TextRange>,
}

/// A library that issues tokens, told that they never expire.
#[derive(Debug, Clone)]
pub struct EndlessService {
    /// What is called, or the class that configures it.
    pub callee: String,
    /// The argument or attribute, as written.
    pub argument: Span,
    pub value: Span,
    pub library: &'static str,
}

/// Claims of projects that limit a token by hand.
const OWN_LIMITS: &[&str] = &[
    "expires",
    "expire",
    "expiry",
    "expires_at",
    "expire_at",
    "expiresAt",
    "expiration",
    "expiration_time",
    "exp_time",
    "valid_until",
    "iat",
    "issued_at",
    "created_at",
];

/// Claims by which a store may know and revoke a token.
const HANDLES: &[&str] = &[
    "jti",
    "sid",
    "session_id",
    "session",
    "token_version",
    "token_id",
    "ver",
    "version",
];

/// Claims that name a user.
const IDENTITIES: &[&str] = &[
    "sub",
    "user_id",
    "userId",
    "uid",
    "id",
    "user",
    "username",
    "user_name",
    "email",
    "login",
    "name",
    "scopes",
    "role",
    "roles",
];

/// Every call that issues a token outside of tests.
pub(crate) fn find(model: &Model<'_>, tokens: &Tokens) -> Vec<IssuedToken> {
    let required = required_on_decode(tokens);
    tokens
        .encodes
        .iter()
        .filter(|encode| !encode.call.is_test)
        .filter_map(|encode| issued(model, encode, &required))
        .collect()
}

/// Libraries that are told to issue tokens without end.
pub(crate) fn endless(model: &Model<'_>) -> Vec<EndlessService> {
    let mut out = Vec::new();
    for file in model.file_ids().filter(|&file| !model.file(file).is_test()) {
        for service in TOKEN_SERVICES {
            for taker in service.lifetimes {
                let name = taker.path.rsplit('.').next().unwrap_or(taker.path);
                for call in model.calls_named(file, [name]) {
                    if model.called_path(call).as_deref() != Some(taker.path) {
                        continue;
                    }
                    let arguments = model.arguments(call, None);
                    let Some(given) = arguments.get(taker.argument.position, taker.argument.keywords) else {
                        continue;
                    };
                    let is_endless = !given.values.is_empty() && given.values.iter().all(is_never);
                    let (true, Some(syntax), Some(expr)) = (is_endless, call_syntax(model, call), given.expr) else {
                        continue;
                    };
                    out.push(EndlessService {
                        callee: model.text(syntax.callee).to_owned(),
                        argument: given.span,
                        value: model.span(expr),
                        library: service.name,
                    });
                }
            }
            for attribute in service.endless_attributes {
                out.extend(endless_attributes(model, file, attribute, service.name));
            }
        }
    }
    out
}

/// `None` or `False` for a time.
fn is_never(value: &Value) -> bool {
    matches!(value.kind, ValueKind::None | ValueKind::Bool(false))
}

/// `authjwt_access_token_expires = False` in a class.
fn endless_attributes(model: &Model<'_>, file: FileId, name: &str, library: &'static str) -> Vec<EndlessService> {
    let ast = model.ast(file);
    // A cheap test first: most files do not name it.
    if ast.name(name).is_none() {
        return Vec::new();
    }
    let classes = ast.classes().map(|(id, _)| ClassRef { file, id });
    classes
        .filter_map(|class| {
            let binding = model.class_binding(class, name)?;
            let BindingKind::Value(id) = binding.kind else {
                return None;
            };
            let values = model.eval(ExprRef { file, id });
            (!values.is_empty() && values.iter().all(is_never)).then(|| EndlessService {
                callee: model.class_name(class).to_owned(),
                argument: Span::new(file, ast[binding.stmt].range),
                value: Span::new(file, ast[id].range),
                library,
            })
        })
        .collect()
}

/// The first decode of each library that refuses tokens without `exp`.
fn required_on_decode(tokens: &Tokens) -> Vec<(&'static str, Span)> {
    let requires = |decode: &TokenDecode| match decode.library.require_expiry {
        crate::libraries::RequireExpiry::RequireList => decode
            .option("require")
            .find(|option| matches!(option, OptionValue::Strings(names) if names.iter().any(|name| name == "exp")))
            .is_some(),
        crate::libraries::RequireExpiry::RequireFlag => decode.flag("require_exp").find(|on| *on).is_some(),
        crate::libraries::RequireExpiry::ClaimsOptions => false,
    };
    let mut out: Vec<(&'static str, Span)> = Vec::new();
    for decode in &tokens.decodes {
        let library = decode.library.name;
        if !out.iter().any(|(known, _)| *known == library) && requires(decode) {
            out.push((library, decode.options_span.unwrap_or(decode.call.span)));
        }
    }
    out
}

fn issued(model: &Model<'_>, encode: &TokenEncode, required: &[(&str, Span)]) -> Option<IssuedToken> {
    let call = expr_at(model, encode.call.span)?;
    let EncodeFunction { payload, .. } = encode.function;
    let arguments = model.arguments(call, None);
    let given = arguments.get(payload.position, payload.keywords)?;
    // The variable at the call, beside those that the value was bound to on its way there.
    let held: Option<(String, Span)> = given.expr.and_then(|expr| match model.expr(expr).kind {
        ExprKind::Name(name) => {
            let name = model.file(expr.file).source().imported_name(name);
            Some((name.to_owned(), model.span(expr)))
        }
        _ => None,
    });
    let mut ways: Vec<IssuedWay> = given
        .values
        .iter()
        .map(|value| IssuedWay {
            expiry: settled(model, value, &held),
            origin: value.origin,
            steps: crate::trace::steps(value),
        })
        .collect();
    // Keys that are not followed are set in a loop or under a condition: the way around them says nothing.
    let unknown: Vec<Span> = ways
        .iter()
        .filter(|way| way.expiry == ClaimState::Unknown)
        .map(|way| way.origin)
        .collect();
    ways.retain(|way| way.expiry != ClaimState::Unset || !unknown.contains(&way.origin));
    let all_claims = claims(model, &given.values);
    // What the tokens are for that lack the claim, where some do.
    let lacking: Values = given
        .values
        .iter()
        .filter(|value| matches!(state(model, value, 0), ClaimState::Unset | ClaimState::Sometimes))
        .cloned()
        .collect();
    let telling = match lacking.is_empty() {
        true => all_claims.clone(),
        false => claims(model, &lacking),
    };
    let payload = given.expr.map_or(given.span, |expr| model.span(expr));
    Some(IssuedToken {
        callee: model.text(encode.call.callee).to_owned(),
        purpose: purpose(encode, &telling),
        other_limit: other_limit(model, encode, required, &all_claims),
        literal: literal(model, call, &given.values),
        payload,
        call: encode.call.clone(),
        ways,
    })
}

/// What is known of `exp` in a payload, with helpers that change it in place.
fn settled(model: &Model<'_>, value: &Value, held: &Option<(String, Span)>) -> ClaimState {
    let state = state(model, value, 0);
    if state == ClaimState::Set {
        return state;
    }
    let mut names: Vec<(String, Span)> = value
        .steps()
        .into_iter()
        .filter_map(|step| match step {
            Step::Bound { name, at } => Some((name, at)),
            _ => None,
        })
        .collect();
    names.extend(held.clone());
    match completed(model, &names) {
        Some(Helper::Sets) => ClaimState::Set,
        Some(Helper::Unknown) => ClaimState::Unknown,
        None => state,
    }
}

fn state(model: &Model<'_>, value: &Value, depth: usize) -> ClaimState {
    if depth > 6 {
        return ClaimState::Unknown;
    }
    match &value.kind {
        ValueKind::Dict(entries) => state_of_entries(model, entries, depth),
        ValueKind::Parameter { .. } => ClaimState::LeftToCallers,
        ValueKind::Instance { class, call, .. } => state_of_object(model, *class, *call),
        ValueKind::Call { .. } => joined(model, &dumped(model, value), depth),
        ValueKind::Attribute { base, name } if &**name == "__dict__" => state(model, base, depth + 1),
        _ => ClaimState::Unknown,
    }
}

fn state_of_entries(model: &Model<'_>, entries: &[DictEntry], depth: usize) -> ClaimState {
    let mut out = ClaimState::Unset;
    for entry in entries {
        let found = match entry {
            DictEntry::Pair { key: Some(key), .. } => match &**key == "exp" {
                true => return ClaimState::Set,
                false => ClaimState::Unset,
            },
            DictEntry::Pair { key: None, .. } => ClaimState::Unknown,
            DictEntry::Spread(values) => joined(model, values, depth),
        };
        out = match (out, found) {
            (_, ClaimState::Set) => return ClaimState::Set,
            (ClaimState::Sometimes, _) | (_, ClaimState::Sometimes) => ClaimState::Sometimes,
            (ClaimState::Unknown, _) | (_, ClaimState::Unknown) => ClaimState::Unknown,
            (ClaimState::LeftToCallers, _) | (_, ClaimState::LeftToCallers) => ClaimState::LeftToCallers,
            _ => ClaimState::Unset,
        };
    }
    out
}

/// What is known when a part can be any of several values.
fn joined(model: &Model<'_>, values: &Values, depth: usize) -> ClaimState {
    let states: Vec<ClaimState> = values.iter().map(|value| state(model, value, depth + 1)).collect();
    let has = |state: ClaimState| states.contains(&state);
    if states.is_empty() || has(ClaimState::Unknown) {
        ClaimState::Unknown
    } else if has(ClaimState::LeftToCallers) {
        ClaimState::LeftToCallers
    } else if has(ClaimState::Sometimes) || (has(ClaimState::Set) && has(ClaimState::Unset)) {
        ClaimState::Sometimes
    } else if has(ClaimState::Set) {
        ClaimState::Set
    } else {
        ClaimState::Unset
    }
}

/// Whether an object of a class of claims has a field `exp`.
fn state_of_object(model: &Model<'_>, class: ClassRef, call: Option<ExprRef>) -> ClaimState {
    let given = call.map(|call| model.arguments(call, None));
    let is_open = given.as_ref().is_some_and(|given| given.is_open());
    if given.as_ref().is_some_and(|given| given.get(None, &["exp"]).is_some()) {
        return ClaimState::Set;
    }
    let bases = model.bases(class);
    let mut classes = vec![class];
    classes.extend(bases.iter().filter_map(|base| match base.kind {
        ValueKind::Class(class) => Some(class),
        _ => None,
    }));
    let binding = classes
        .iter()
        .find_map(|&class| Some((class, model.class_binding(class, "exp")?)));
    match binding {
        Some((class, binding)) => match binding.kind {
            semantic::BindingKind::Value(id) => {
                let default = ExprRef { file: class.file, id };
                let default = crate::environment::declared_default(model, default).unwrap_or_default();
                // `exp: datetime | None = None`: what fills it is not known.
                match default.iter().any(|value| matches!(value.kind, ValueKind::None)) {
                    true => ClaimState::Unknown,
                    false => ClaimState::Set,
                }
            }
            _ => ClaimState::Set,
        },
        // A base that is not followed, or `extra="allow"`, may bring the field.
        None if is_open || !bases.iter().all(is_plain_base) => ClaimState::Unknown,
        None => match model.class_binding(class, "model_config").is_some() {
            true => ClaimState::Unknown,
            false => ClaimState::Unset,
        },
    }
}

fn is_plain_base(base: &Value) -> bool {
    match &base.kind {
        ValueKind::Class(_) => true,
        ValueKind::External(path) => {
            let last = path.rsplit('.').next().unwrap_or(path);
            matches!(
                last,
                "BaseModel" | "SQLModel" | "TypedDict" | "object" | "ABC" | "Generic" | "Struct"
            )
        }
        _ => false,
    }
}

/// What a function that a dictionary is passed to does with it.
enum Helper {
    /// It sets `exp`.
    Sets,
    /// It may.
    Unknown,
}

/// Whether a dictionary is completed under one of its names: by a function that changes it in place,
/// `add_expiry(payload)`, or where the claim is missing, `if "exp" not in payload:`.
fn completed(model: &Model<'_>, names: &[(String, Span)]) -> Option<Helper> {
    let mut out = None;
    for (name, at) in names {
        if asks_for_expiry(model, name, *at) {
            return Some(Helper::Sets);
        }
        for callee in passes(model, name, *at) {
            match callee.kind {
                ValueKind::Function(function) | ValueKind::Method { function, .. }
                    if speaks_of_expiry(model, function) =>
                {
                    return Some(Helper::Sets);
                }
                ValueKind::External(path) if is_harmless(&path) => {}
                ValueKind::External(_) | ValueKind::Unknown(_) | ValueKind::Attribute { .. } => {
                    out = Some(Helper::Unknown);
                }
                _ => {}
            }
        }
    }
    out
}

/// The statements of the scope in which a name is bound.
fn scope_of(model: &Model<'_>, bound: Span) -> Vec<StmtId> {
    let ast = model.ast(bound.file);
    let function = crate::places::function_around(model, bound.file, bound.range.start());
    ast.stmts_within(match function {
        Some(function) => ast[function.id].body,
        None => ast.body,
    })
}

/// `if "exp" not in payload:`, `if not payload.get("exp"):`
fn asks_for_expiry(model: &Model<'_>, name: &str, bound: Span) -> bool {
    let source = model.file(bound.file).source();
    let ast = source.ast();
    let Some(name) = ast.name(name) else { return false };
    scope_of(model, bound).into_iter().any(|stmt| {
        let StmtKind::If { branches, .. } = ast[stmt].kind else {
            return false;
        };
        ast[branches].iter().any(|branch| {
            let parts = ast.descendants(branch.test);
            let is_claim = |part: &ExprId| {
                matches!(ast[*part].kind, ExprKind::String { .. })
                    && ast.string(source.text(), *part).as_deref() == Some("exp")
            };
            let is_name = |part: &ExprId| matches!(ast[*part].kind, ExprKind::Name(found) if found == name);
            parts.iter().any(is_claim) && parts.iter().any(is_name)
        })
    })
}

/// Calls that stand as statements in the scope of a name and are passed the name.
fn passes(model: &Model<'_>, name: &str, bound: Span) -> Values {
    let source = model.file(bound.file).source();
    let ast = source.ast();
    let Some(name) = ast.name(name) else {
        return Values::new();
    };
    let mut out = Values::new();
    for stmt in scope_of(model, bound) {
        let StmtKind::Expr(expr) = ast[stmt].kind else { continue };
        let expr = match ast[expr].kind {
            ExprKind::Await(inner) => inner,
            _ => expr,
        };
        let ExprKind::Call { arguments, .. } = ast[expr].kind else {
            continue;
        };
        let is_passed = ast[arguments]
            .iter()
            .any(|argument| matches!(ast[argument.value].kind, ExprKind::Name(found) if found == name));
        if is_passed {
            out.extend(model.callee(ExprRef {
                file: bound.file,
                id: expr,
            }));
        }
    }
    out
}

/// Whether a function names the claim `exp` anywhere.
fn speaks_of_expiry(model: &Model<'_>, function: FunctionRef) -> bool {
    let source = model.file(function.file).source();
    let ast = source.ast();
    let range = ast[ast[function.id].stmt].range;
    ast.exprs().any(|(id, expr)| {
        range.contains_range(expr.range)
            && match expr.kind {
                ExprKind::String { .. } => ast.string(source.text(), id).as_deref() == Some("exp"),
                ExprKind::Call { arguments, .. } => ast[arguments]
                    .iter()
                    .any(|argument| matches!(argument.kind, ArgumentKind::Keyword(name) if source.name(name) == "exp")),
                _ => false,
            }
    })
}

/// Functions that leave what they are passed as it is.
fn is_harmless(path: &str) -> bool {
    path.starts_with("builtins.")
        || path.starts_with("logging.")
        || path.contains("logger")
        || path.contains("getLogger")
}

/// The names of all claims that can be there, with their texts.
fn claims(model: &Model<'_>, values: &Values) -> Vec<(String, Span, Option<String>)> {
    let mut out: Vec<(String, Span, Option<String>)> = Vec::new();
    let mut pending: Vec<(Value, usize)> = values.iter().map(|value| (value.clone(), 0)).collect();
    while let Some((value, depth)) = pending.pop() {
        if depth > 6 {
            continue;
        }
        match &value.kind {
            ValueKind::Dict(entries) => {
                for entry in entries.iter() {
                    match entry {
                        DictEntry::Pair {
                            key: Some(key),
                            value,
                            at,
                        } => {
                            let text = value.first().and_then(|value| value.as_str().map(str::to_owned));
                            out.push((key.to_string(), *at, text));
                        }
                        DictEntry::Pair { key: None, .. } => {}
                        DictEntry::Spread(values) => {
                            pending.extend(values.iter().map(|value| (value.clone(), depth + 1)));
                        }
                    }
                }
            }
            ValueKind::Instance { class, .. } => {
                let file = model.file(class.file);
                let scope = file.index().class_scope(class.id);
                for binding in file.index().bindings_in(scope) {
                    if matches!(
                        binding.kind,
                        semantic::BindingKind::Declared(_) | semantic::BindingKind::Value(_)
                    ) {
                        let at = Span::new(class.file, binding.range);
                        out.push((file.source().name(binding.name).to_owned(), at, None));
                    }
                }
            }
            _ => pending.extend(dumped(model, &value).into_iter().map(|value| (value, depth + 1))),
        }
    }
    text::sort_by_key(&mut out, |(_, at, _)| *at);
    out
}

/// The objects whose fields a call gives as a dictionary: `JWTMeta(exp=expire).dict()`, `asdict(claims)`,
/// `jsonable_encoder(claims)`.
fn dumped(model: &Model<'_>, value: &Value) -> Values {
    let ValueKind::Call {
        path,
        call: Some(call),
        frame,
    } = &value.kind
    else {
        return Values::new();
    };
    match path.rsplit('.').next().unwrap_or(path) {
        "dict" | "model_dump" | "_asdict" | "copy" | "model_dump_json" => match model.receiver(*call) {
            Some(object) => model.eval_in(object, frame.as_ref()),
            None => Values::new(),
        },
        "asdict" | "jsonable_encoder" | "to_builtins" | "vars" => {
            let arguments = model.arguments(*call, frame.as_ref());
            let first = arguments.positional().first();
            first.map(|argument| argument.values.clone()).unwrap_or_default()
        }
        _ => Values::new(),
    }
}

const REFRESH_WORDS: &[&str] = &["refresh"];
const ONE_TIME_WORDS: &[&str] = &[
    "reset",
    "verif",
    "confirm",
    "invit",
    "magic",
    "activat",
    "unsubscribe",
    "email",
    "mail",
    "state",
    "download",
    "share",
    "oauth",
    "login_link",
];

fn purpose(encode: &TokenEncode, claims: &[(String, Span, Option<String>)]) -> TokenPurpose {
    let said = claims.iter().filter_map(|(name, _, text)| {
        let says = matches!(
            &**name,
            "type" | "typ" | "token_type" | "purpose" | "scope" | "use" | "kind" | "aud" | "action"
        );
        says.then_some(text.as_deref()?).map(str::to_lowercase)
    });
    let function = encode
        .call
        .function
        .as_ref()
        .map(|function| function.name.to_lowercase())
        .unwrap_or_default();
    let words: Vec<String> = said.chain([function]).collect();
    let has = |known: &[&str]| words.iter().any(|text| known.iter().any(|word| text.contains(word)));
    if has(&["access"]) {
        TokenPurpose::Access
    } else if has(REFRESH_WORDS) {
        TokenPurpose::Refresh
    } else if has(ONE_TIME_WORDS) {
        TokenPurpose::OneTime
    } else if claims.iter().any(|(name, ..)| IDENTITIES.contains(&&**name)) {
        TokenPurpose::Access
    } else {
        TokenPurpose::Unknown
    }
}

fn other_limit(
    model: &Model<'_>,
    encode: &TokenEncode,
    required: &[(&str, Span)],
    claims: &[(String, Span, Option<String>)],
) -> Option<OtherLimit> {
    let mut unchecked = None;
    for (name, at, _) in claims.iter().filter(|(name, ..)| OWN_LIMITS.contains(&&**name)) {
        if let Some(span) = compared(model, name) {
            return Some(OtherLimit {
                kind: OtherLimitKind::CheckedClaim(name.clone()),
                span,
            });
        }
        let says_limit = !matches!(&**name, "iat" | "issued_at" | "created_at");
        if says_limit && unchecked.is_none() {
            unchecked = Some(OtherLimit {
                kind: OtherLimitKind::UncheckedClaim(name.clone()),
                span: *at,
            });
        }
    }
    let required = required.iter().find(|(library, _)| *library == encode.library.name);
    if let Some((_, span)) = required {
        return Some(OtherLimit {
            kind: OtherLimitKind::RequiredOnDecode,
            span: *span,
        });
    }
    let handle = claims.iter().find(|(name, ..)| HANDLES.contains(&&**name));
    let handle = handle.map(|(name, at, _)| OtherLimit {
        kind: OtherLimitKind::Handle(name.clone()),
        span: *at,
    });
    unchecked.or(handle)
}

/// Where a claim is compared by order with something.
fn compared(model: &Model<'_>, claim: &str) -> Option<Span> {
    for file in model.file_ids() {
        if model.file(file).is_test() {
            continue;
        }
        let source = model.file(file).source();
        let ast = source.ast();
        // A cheap test first: most files do not name the claim.
        if !source.text().contains(claim) {
            continue;
        }
        let names_it = |expr: ExprId| {
            ast.descendants(expr).into_iter().any(|part| match ast[part].kind {
                ExprKind::String { .. } => ast.string(source.text(), part).as_deref() == Some(claim),
                // `claims.expires` of a model
                ExprKind::Attribute { name, .. } => source.name(name) == claim,
                _ => false,
            })
        };
        for (id, expr) in ast.exprs() {
            let ExprKind::Compare { first, rest } = expr.kind else {
                continue;
            };
            let is_ordered = ast[rest].iter().any(|comparison| {
                matches!(
                    comparison.operator,
                    CompareOperator::Less
                        | CompareOperator::LessEqual
                        | CompareOperator::Greater
                        | CompareOperator::GreaterEqual
                )
            });
            if !is_ordered {
                continue;
            }
            let sides = std::iter::once(first).chain(ast[rest].iter().map(|comparison| comparison.right));
            let is_claim = sides.into_iter().any(|side| {
                // `expires = payload.get("expires")`, compared further down
                let by_name = || {
                    ast.descendants(side)
                        .into_iter()
                        .filter(|&part| matches!(ast[part].kind, ExprKind::Name(_)))
                        .flat_map(|part| model.eval(ExprRef { file, id: part }))
                        .filter(|value| value.origin.file == file)
                        .filter_map(|value| expr_at(model, value.origin))
                        .any(|origin| names_it(origin.id))
                };
                names_it(side) || by_name()
            });
            if is_claim {
                return Some(Span::new(file, ast[id].range));
            }
        }
    }
    None
}

/// The one dictionary that the payload is, if it is written in the function of the call.
fn literal(model: &Model<'_>, call: ExprRef, values: &Values) -> Option<DictSyntax> {
    let first = values.first()?.origin;
    if !values.iter().all(|value| value.origin == first) || first.file != call.file {
        return None;
    }
    let dictionary = expr_at(model, first)?;
    let ast = model.ast(call.file);
    let ExprKind::Dict(items) = ast[dictionary.id].kind else {
        return None;
    };
    if model.enclosing_function(dictionary) != model.enclosing_function(call) {
        return None;
    }
    // One that has the claim loses it later: nothing is gained there.
    let source = model.file(call.file).source();
    let sets_expiry = ast[items].iter().any(|item| match *item {
        DictItem::Pair { key, .. } => ast.string(source.text(), key).as_deref() == Some("exp"),
        DictItem::Spread(_) => false,
    });
    if sets_expiry {
        return None;
    }
    let text = model.text(first);
    let open = text.find('{')? as u32 + 1;
    let items = ast[items]
        .iter()
        .map(|item| match *item {
            DictItem::Pair { key, value } => ast[key].range.cover(ast[value].range),
            DictItem::Spread(value) => {
                let range = ast[value].range;
                let stars = model.file(call.file).text()[..usize::from(range.start())].rfind("**");
                TextRange::new(stars.map_or(range.start(), |at| (at as u32).into()), range.end())
            }
        })
        .collect();
    Some(DictSyntax {
        span: first,
        open: first.range.start() + TextSize::new(open),
        items,
    })
}
