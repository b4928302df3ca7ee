//! Tokens that are verified, issued and read.

use std::rc::Rc;

use semantic::{BoundArguments, DictEntry, ExprRef, Model, Value, ValueKind, Values};
use text::Span;

use crate::keys::{self, Key};
use crate::libraries::{Argument, DecodeFunction, EncodeAlgorithm, EncodeFunction, TOKEN_LIBRARIES, TokenLibrary};
use crate::source::{CallSyntax, call_syntax};
use crate::trace::{Setting, Traced};

/// A call that verifies, or claims to verify, a token.
#[derive(Debug, Clone)]
pub struct TokenDecode {
    pub call: CallSyntax,
    pub library: &'static TokenLibrary,
    pub function: &'static DecodeFunction,
    /// The token as written at the call.
    pub token: Option<Span>,
    /// `None`: no key is passed.
    pub key: Option<Key>,
    pub algorithms: Setting<AlgorithmList>,
    /// Where the algorithms are written at the call or constructor.
    pub algorithms_span: Option<Span>,
    /// Options by name, over all dictionaries that can be passed.
    options: Vec<(String, Setting<OptionValue>)>,
    /// The `options` argument at the call.
    pub options_span: Option<Span>,
    /// Some option may be set in a way that is not followed.
    pub options_are_open: bool,
    /// PyJWT's legacy `verify=` argument.
    pub legacy_verify: Setting<bool>,
}

/// What a list of algorithms allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AlgorithmList {
    Names(Vec<AlgorithmName>),
    /// `None`, which counts as not given.
    Nothing,
    /// Every algorithm that the library knows.
    Everything,
    /// Read from the token's own header.
    FromHeader,
    /// Some part is not followed; the parts that are known.
    Partly(Vec<AlgorithmName>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlgorithmName {
    pub name: String,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OptionValue {
    Bool(bool),
    Strings(Vec<String>),
    Other,
}

/// A call that issues a token.
#[derive(Debug, Clone)]
pub struct TokenEncode {
    pub call: CallSyntax,
    pub library: &'static TokenLibrary,
    pub function: &'static EncodeFunction,
    pub key: Option<Key>,
    /// Algorithms that the call signs with, one for each way.
    pub algorithm: Setting<AlgorithmName>,
    /// One for each way that leads to the call.
    pub payloads: Vec<Traced<Payload>>,
}

/// Claims that are signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    pub claims: Vec<Claim>,
    /// More claims may be there that are not followed.
    pub is_open: bool,
    /// Nothing of it is known: not even that it is a dictionary.
    pub is_unknown: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub name: String,
    pub span: Span,
    /// The value, where it is a constant text.
    pub text: Option<String>,
}

/// Claims or header of a token read without verifying its signature.
#[derive(Debug, Clone)]
pub struct UnverifiedRead {
    pub call: CallSyntax,
    pub library: &'static TokenLibrary,
    pub part: TokenPart,
    /// The token as written at the call.
    pub token: Option<Span>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenPart {
    Claims,
    Header,
}

impl TokenDecode {
    /// What an option is set to.
    pub fn option(&self, name: &str) -> Setting<OptionValue> {
        let known = self.options.iter().find(|(known, _)| known == name);
        let mut setting = known.map(|(_, setting)| setting.clone()).unwrap_or_default();
        setting.unknown |= self.options_are_open;
        setting
    }

    /// What a boolean option is set to.
    pub fn flag(&self, name: &str) -> Setting<bool> {
        let setting = self.option(name);
        let is_bool = |traced: &Traced<OptionValue>| matches!(traced.value, OptionValue::Bool(_));
        Setting {
            absent: setting.absent,
            unknown: setting.unknown || !setting.known.iter().all(is_bool),
            known: setting
                .known
                .into_iter()
                .filter_map(|traced| match traced.value {
                    OptionValue::Bool(value) => Some(Traced {
                        value,
                        origin: traced.origin,
                        steps: traced.steps,
                    }),
                    _ => None,
                })
                .collect(),
        }
    }
}

impl AlgorithmList {
    /// The names that are known to be allowed.
    pub fn names(&self) -> &[AlgorithmName] {
        match self {
            AlgorithmList::Names(names) | AlgorithmList::Partly(names) => names,
            _ => &[],
        }
    }
}

impl Payload {
    pub fn claim(&self, name: &str) -> Option<&Claim> {
        self.claims.iter().find(|claim| claim.name == name)
    }
}

pub(crate) struct Tokens {
    pub(crate) decodes: Vec<TokenDecode>,
    pub(crate) encodes: Vec<TokenEncode>,
    pub(crate) unverified_reads: Vec<UnverifiedRead>,
}

/// Every use of a token library in a project.
pub(crate) fn find(model: &Model<'_>) -> Tokens {
    let names = called_names();
    let mut tokens = Tokens {
        decodes: Vec::new(),
        encodes: Vec::new(),
        unverified_reads: Vec::new(),
    };
    for file in model.file_ids() {
        for call in model.calls_named(file, names.iter().copied()) {
            let Some(path) = model.called_path(call) else { continue };
            for library in TOKEN_LIBRARIES {
                add(model, library, &path, call, &mut tokens);
            }
        }
        // Methods and functions under another name: `from jwt import decode as read`.
        for call in aliased_calls(model, file) {
            let Some(path) = model.called_path(call) else { continue };
            for library in TOKEN_LIBRARIES {
                add(model, library, &path, call, &mut tokens);
            }
        }
    }
    tokens.decodes.sort_by_key(|decode| decode.call.span);
    tokens.encodes.sort_by_key(|encode| encode.call.span);
    tokens.unverified_reads.sort_by_key(|read| read.call.span);
    tokens
}

/// The last names of every function that the libraries have for tokens.
fn called_names() -> Vec<&'static str> {
    let mut names: Vec<&str> = TOKEN_LIBRARIES
        .iter()
        .flat_map(|library| {
            let decodes = library.decodes.iter().map(|function| function.path);
            let encodes = library.encodes.iter().map(|function| function.path);
            let reads = library
                .unverified_claims
                .iter()
                .chain(library.unverified_headers)
                .copied();
            decodes.chain(encodes).chain(reads)
        })
        .filter_map(|path| path.rsplit('.').next())
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Calls of names that a file imports from a token library under an alias.
fn aliased_calls(model: &Model<'_>, file: text::FileId) -> Vec<ExprRef> {
    let names = called_names();
    model
        .imported_aliases(file)
        .into_iter()
        .filter(|(path, _)| names.contains(path))
        .flat_map(|(_, alias)| model.calls_named(file, [alias]).collect::<Vec<_>>())
        .collect()
}

fn add(model: &Model<'_>, library: &'static TokenLibrary, path: &Rc<str>, call: ExprRef, tokens: &mut Tokens) {
    let Some(syntax) = call_syntax(model, call) else { return };
    if let Some(function) = library.decodes.iter().find(|function| *function.path == **path) {
        tokens.decodes.push(decode(model, library, function, call, syntax));
    } else if let Some(function) = library.encodes.iter().find(|function| *function.path == **path) {
        tokens.encodes.push(encode(model, library, function, call, syntax));
    } else {
        let part = if library.unverified_claims.contains(&&**path) {
            TokenPart::Claims
        } else if library.unverified_headers.contains(&&**path) {
            TokenPart::Header
        } else {
            return;
        };
        let token = syntax
            .argument(Some(0), &["token", "jwt"])
            .map(|argument| argument.value);
        tokens.unverified_reads.push(UnverifiedRead {
            call: syntax,
            library,
            part,
            token,
        });
    }
}

fn decode(
    model: &Model<'_>,
    library: &'static TokenLibrary,
    function: &'static DecodeFunction,
    call: ExprRef,
    syntax: CallSyntax,
) -> TokenDecode {
    let arguments = model.arguments(call, None);
    let constructor = function.constructor_algorithms.and_then(|_| constructor(model, call));
    let (algorithms, algorithms_span) = match (function.algorithms, function.constructor_algorithms, constructor) {
        (Some(argument), ..) => algorithm_setting(&arguments, argument),
        (None, Some(argument), Some(constructor)) => algorithm_setting(&model.arguments(constructor, None), argument),
        _ => (Setting::default(), None),
    };
    let mut options = Vec::new();
    let mut options_are_open = arguments.is_open();
    let given = function
        .options
        .and_then(|argument| arguments.get(argument.position, argument.keywords));
    if let Some(given) = given {
        options_are_open |= collect_options(&given.values, &mut options);
    }
    TokenDecode {
        token: syntax
            .argument(function.token.position, function.token.keywords)
            .map(|argument| argument.value),
        key: arguments
            .get(function.key.position, function.key.keywords)
            .map(|argument| keys::key(model, argument)),
        legacy_verify: flag_setting(&arguments, "verify"),
        options_span: given.map(|given| given.span),
        call: syntax,
        library,
        function,
        algorithms,
        algorithms_span,
        options,
        options_are_open,
    }
}

/// The call that made the object whose method is called.
fn constructor(model: &Model<'_>, call: ExprRef) -> Option<ExprRef> {
    let object = model.receiver(call)?;
    model.eval(object).into_iter().find_map(|value| match value.kind {
        ValueKind::Call { call, .. } => call,
        _ => None,
    })
}

fn algorithm_setting(arguments: &BoundArguments, argument: Argument) -> (Setting<AlgorithmList>, Option<Span>) {
    let Some(given) = arguments.get(argument.position, argument.keywords) else {
        let setting = Setting {
            known: Vec::new(),
            absent: !arguments.is_open(),
            unknown: arguments.is_open(),
        };
        return (setting, None);
    };
    let mut setting = Setting {
        known: Vec::new(),
        absent: false,
        unknown: false,
    };
    for value in &given.values {
        match algorithm_list(value) {
            Some(list) => setting.known.push(Traced::new(list, value)),
            None => setting.unknown = true,
        }
    }
    (setting, Some(given.span))
}

fn algorithm_list(value: &Value) -> Option<AlgorithmList> {
    match &value.kind {
        ValueKind::None => Some(AlgorithmList::Nothing),
        ValueKind::Str(name) => Some(AlgorithmList::Names(vec![AlgorithmName {
            name: name.to_string(),
            span: value.origin,
        }])),
        ValueKind::List(items) => {
            let mut names = Vec::new();
            let mut partly = false;
            for item in items.iter() {
                for value in item {
                    match algorithm_list(value) {
                        Some(AlgorithmList::Names(more)) => names.extend(more),
                        Some(AlgorithmList::FromHeader) => return Some(AlgorithmList::FromHeader),
                        _ => partly = true,
                    }
                }
            }
            Some(match partly {
                true => AlgorithmList::Partly(names),
                false => AlgorithmList::Names(names),
            })
        }
        ValueKind::External(path) | ValueKind::Call { path, .. } => list_from_path(path),
        ValueKind::Item { base, .. } | ValueKind::Attribute { base, .. } => match algorithm_list(base)? {
            AlgorithmList::FromHeader => Some(AlgorithmList::FromHeader),
            _ => None,
        },
        _ => None,
    }
}

fn list_from_path(path: &str) -> Option<AlgorithmList> {
    let starts = |prefix: &&str| {
        path.strip_prefix(*prefix)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with("("))
    };
    for library in TOKEN_LIBRARIES {
        if library.unverified_headers.iter().any(|header| starts(header)) {
            return Some(AlgorithmList::FromHeader);
        }
        if library.all_algorithms.iter().any(|all| starts(all)) {
            return Some(AlgorithmList::Everything);
        }
    }
    // `jose.constants.ALGORITHMS.HS256`
    let name = path.strip_prefix("jose.constants.ALGORITHMS.")?;
    Some(AlgorithmList::Names(vec![AlgorithmName {
        name: name.to_owned(),
        span: Span::new(text::FileId(0), Default::default()),
    }]))
}

/// Collects options over all dictionaries that can be passed; says whether some may be set unseen.
fn collect_options(values: &Values, options: &mut Vec<(String, Setting<OptionValue>)>) -> bool {
    let mut is_open = false;
    let mut dictionaries = 0;
    for value in values {
        match &value.kind {
            ValueKind::None => dictionaries += 1,
            ValueKind::Dict(entries) => {
                dictionaries += 1;
                for entry in entries.iter() {
                    match entry {
                        DictEntry::Pair {
                            key: Some(key),
                            value: given,
                            ..
                        } => add_option(options, key, given, value),
                        _ => is_open = true,
                    }
                }
            }
            _ => is_open = true,
        }
    }
    for (name, setting) in options {
        let given = values
            .iter()
            .filter(|value| match &value.kind {
                ValueKind::Dict(entries) => entries
                    .iter()
                    .any(|entry| matches!(entry, DictEntry::Pair { key: Some(key), .. } if **key == **name)),
                _ => false,
            })
            .count();
        setting.absent = given < dictionaries;
    }
    is_open
}

fn add_option(options: &mut Vec<(String, Setting<OptionValue>)>, name: &str, given: &Values, dictionary: &Value) {
    let index = match options.iter().position(|(known, _)| known == name) {
        Some(index) => index,
        None => {
            options.push((
                name.to_owned(),
                Setting {
                    known: Vec::new(),
                    absent: false,
                    unknown: false,
                },
            ));
            options.len() - 1
        }
    };
    let setting = &mut options[index].1;
    for value in given {
        let known = match &value.kind {
            ValueKind::Bool(value) => OptionValue::Bool(*value),
            ValueKind::List(items) => OptionValue::Strings(
                items
                    .iter()
                    .flatten()
                    .filter_map(|item| item.as_str().map(str::to_owned))
                    .collect(),
            ),
            ValueKind::Int(_) | ValueKind::Float | ValueKind::None | ValueKind::Str(_) => OptionValue::Other,
            _ => {
                setting.unknown = true;
                continue;
            }
        };
        let mut traced = Traced::new(known, value);
        traced.steps.extend(crate::trace::steps(dictionary));
        setting.known.push(traced);
    }
}

fn flag_setting(arguments: &BoundArguments, name: &str) -> Setting<bool> {
    let Some(given) = arguments.get(None, &[name]) else {
        return Setting::default();
    };
    let mut setting = Setting {
        known: Vec::new(),
        absent: false,
        unknown: false,
    };
    for value in &given.values {
        match value.as_bool() {
            Some(flag) => setting.known.push(Traced::new(flag, value)),
            None => setting.unknown = true,
        }
    }
    setting
}

fn encode(
    model: &Model<'_>,
    library: &'static TokenLibrary,
    function: &'static EncodeFunction,
    call: ExprRef,
    syntax: CallSyntax,
) -> TokenEncode {
    let arguments = model.arguments(call, None);
    let get = |argument: Argument| arguments.get(argument.position, argument.keywords);
    let payloads = get(function.payload)
        .map(|argument| {
            argument
                .values
                .iter()
                .map(|value| Traced::new(payload(value), value))
                .collect()
        })
        .unwrap_or_default();
    TokenEncode {
        key: get(function.key).map(|argument| keys::key(model, argument)),
        algorithm: signing_algorithm(&arguments, &function.algorithm),
        call: syntax,
        library,
        function,
        payloads,
    }
}

fn signing_algorithm(arguments: &BoundArguments, algorithm: &EncodeAlgorithm) -> Setting<AlgorithmName> {
    let argument = match algorithm {
        EncodeAlgorithm::Argument(argument) | EncodeAlgorithm::Header(argument) => argument,
    };
    let Some(given) = arguments.get(argument.position, argument.keywords) else {
        return Setting::default();
    };
    let mut setting = Setting {
        known: Vec::new(),
        absent: false,
        unknown: false,
    };
    let mut add = |value: &Value| match &value.kind {
        ValueKind::Str(name) => {
            let name = AlgorithmName {
                name: name.to_string(),
                span: value.origin,
            };
            setting.known.push(Traced::new(name, value));
        }
        // PyJWT signs with nothing at all: `algorithm=None` is `none`.
        ValueKind::None => {
            let name = AlgorithmName {
                name: "none".to_owned(),
                span: value.origin,
            };
            setting.known.push(Traced::new(name, value));
        }
        _ => setting.unknown = true,
    };
    for value in &given.values {
        match (&value.kind, algorithm) {
            (ValueKind::Dict(entries), EncodeAlgorithm::Header(_)) => entries.iter().for_each(|entry| match entry {
                DictEntry::Pair {
                    key: Some(key), value, ..
                } if &**key == "alg" => value.iter().for_each(&mut add),
                _ => {}
            }),
            _ => add(value),
        }
    }
    setting
}

fn payload(value: &Value) -> Payload {
    let mut out = Payload {
        claims: Vec::new(),
        is_open: false,
        is_unknown: false,
    };
    match &value.kind {
        ValueKind::Dict(entries) => collect_claims(entries, &mut out),
        _ => {
            out.is_open = true;
            out.is_unknown = true;
        }
    }
    out
}

fn collect_claims(entries: &[DictEntry], out: &mut Payload) {
    for entry in entries {
        match entry {
            DictEntry::Pair {
                key: Some(key),
                value,
                at,
            } => out.claims.push(Claim {
                name: key.to_string(),
                span: *at,
                text: value.first().and_then(|value| value.as_str().map(str::to_owned)),
            }),
            DictEntry::Pair { key: None, .. } => out.is_open = true,
            DictEntry::Spread(values) => {
                for value in values {
                    match &value.kind {
                        ValueKind::Dict(inner) => collect_claims(inner, out),
                        _ => out.is_open = true,
                    }
                }
            }
        }
    }
}
