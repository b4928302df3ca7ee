//! Tokens that are verified, issued and read.

use std::rc::Rc;

use semantic::{BoundArguments, DictEntry, ExprRef, Model, Value, ValueKind, Values};
use syntax::ast::ExprKind;
use text::Span;

use crate::algorithms::{self, AlgorithmList, AlgorithmName};
use crate::by_hand;
use crate::environment::environment_read;
use crate::expired::{self, ExpiredAccepted, ExpiredUse};
use crate::handlers::Handlers;
use crate::keys::{self, Key};
use crate::libraries::{
    Argument, DecodeFunction, EncodeAlgorithm, EncodeFunction, KEYS_WITH_ALGORITHM, TOKEN_LIBRARIES, TokenLibrary,
};
use crate::source::{CallSyntax, DictSyntax, Statement, call_syntax, dict_syntax, statement_of};
use crate::switches::{Switch, switch};
use crate::trace::{Setting, Traced};
use crate::unverified::{self, Purpose};
use crate::validation::{self, Validation};
use crate::verification::Verification;

/// A call that verifies, or claims to verify, a token.
#[derive(Debug, Clone)]
pub struct TokenDecode {
    pub(crate) id: ExprRef,
    pub(crate) token_expr: Option<ExprRef>,
    pub call: CallSyntax,
    /// The statement that the call is, where it is nothing else.
    pub statement: Option<Statement>,
    pub library: &'static TokenLibrary,
    pub function: &'static DecodeFunction,
    /// The token as written at the call.
    pub token: Option<Span>,
    /// `None`: no key is passed.
    pub key: Option<Key>,
    /// The key says which algorithm it is for, and the library asks for no list then.
    pub key_names_algorithm: bool,
    pub algorithms: Setting<AlgorithmList>,
    /// Where the algorithms are written at the call or constructor.
    pub algorithms_span: Option<Span>,
    /// `algorithm="HS256"`, which only encoding knows.
    pub misnamed_algorithm: Option<Span>,
    /// Options by name, over all dictionaries that can be passed.
    options: Vec<(String, Setting<OptionValue>)>,
    /// What decides an option while the program runs.
    switches: Vec<(String, Switch)>,
    /// The `options` argument at the call.
    pub options_span: Option<Span>,
    /// The dictionary of options, where it is written at the call.
    pub written_options: Option<DictSyntax>,
    /// Some option may be set in a way that is not followed.
    pub options_are_open: bool,
    /// The `verify=` argument, of which the function says whether it is honoured.
    pub legacy_verify: Setting<bool>,
    /// What the claims are read for, where the signature may be left unchecked.
    pub purpose: Option<Purpose>,
    /// Whether the times of the claims are checked afterwards, where the library leaves that to the caller.
    pub validation: Option<Validation>,
    /// What is done with the claims of an expired token, where the check of `exp` may be turned off.
    pub expired_use: Option<ExpiredUse>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OptionValue {
    Bool(bool),
    Number(i64),
    Text(String),
    Strings(Vec<String>),
    Nothing,
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
    /// Algorithms that the call may sign with, where the library asks for a list.
    pub allowed: Setting<AlgorithmList>,
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
    pub(crate) id: ExprRef,
    pub(crate) token_expr: Option<ExprRef>,
    pub call: CallSyntax,
    /// `None`: the token is taken apart by hand.
    pub library: Option<&'static TokenLibrary>,
    pub part: TokenPart,
    /// The token as written at the call.
    pub token: Option<Span>,
    /// What claims are read for.
    pub purpose: Option<Purpose>,
    /// What is done with the claims, where the token is known to be expired.
    pub expired_use: Option<ExpiredUse>,
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

    /// What decides an option while the program runs: a variable of the environment, a setting.
    pub fn switch(&self, name: &str) -> Option<&Switch> {
        let found = self.switches.iter().find(|(known, _)| known == name);
        found.map(|(_, switch)| switch)
    }

    /// Whether the signature is checked, by option or argument.
    pub fn signature(&self) -> Setting<bool> {
        match &self.function.verify {
            Some(verify) if verify.is_honoured => self.legacy_verify.clone(),
            _ => self.flag("verify_signature"),
        }
    }

    /// What an option counts as, true or false.
    pub fn flag(&self, name: &str) -> Setting<bool> {
        let setting = self.option(name);
        let is_other = |traced: &Traced<OptionValue>| traced.value == OptionValue::Other;
        Setting {
            absent: setting.absent,
            unknown: setting.unknown || setting.known.iter().any(is_other),
            known: setting
                .known
                .into_iter()
                .filter(|traced| !is_other(traced))
                .map(|traced| traced.map(|value| value.truth()))
                .collect(),
        }
    }
}

impl OptionValue {
    /// What Python takes it for; true where that is not known.
    fn truth(&self) -> bool {
        match self {
            OptionValue::Bool(value) => *value,
            OptionValue::Number(value) => *value != 0,
            OptionValue::Text(text) => !text.is_empty(),
            OptionValue::Strings(items) => !items.is_empty(),
            OptionValue::Nothing => false,
            OptionValue::Other => true,
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
    pub(crate) expired_accepted: Vec<ExpiredAccepted>,
}

/// Every use of a token library in a project.
pub(crate) fn find(model: &Model<'_>, handlers: &Handlers) -> Tokens {
    let names = called_names();
    let mut tokens = Tokens {
        decodes: Vec::new(),
        encodes: Vec::new(),
        unverified_reads: Vec::new(),
        expired_accepted: Vec::new(),
    };
    for file in model.file_ids() {
        for call in model.calls_named(file, names.iter().copied()) {
            let Some(path) = model.called_path(call) else { continue };
            for library in TOKEN_LIBRARIES {
                add(model, library, &path, call, &mut tokens);
            }
        }
        // `verify = functools.partial(jwt.decode, options=…)`
        for call in model.calls_named(file, ["partial"]) {
            let Some(path) = prepared(model, call) else { continue };
            for library in TOKEN_LIBRARIES {
                add(model, library, &path, call, &mut tokens);
            }
        }
        tokens.unverified_reads.extend(by_hand::reads(model, file));
    }
    text::sort_by_number(&mut tokens.decodes, |decode| decode.call.span.number());
    text::sort_by_number(&mut tokens.encodes, |encode| encode.call.span.number());
    text::sort_by_number(&mut tokens.unverified_reads, |read| read.call.span.number());
    judge(model, handlers, &mut tokens);
    tokens
}

/// Looks at what is done with tokens once all uses are known.
fn judge(model: &Model<'_>, handlers: &Handlers, tokens: &mut Tokens) {
    let (mut purposes, mut validations, mut expired_uses, mut lists) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    {
        let verification = Verification::new(model, handlers, &tokens.decodes);
        for decode in tokens.decodes.iter().filter(|decode| !decode.call.is_test) {
            let purpose = unverified::of_decode(&verification, decode);
            expired_uses.push(expired::of_decode(&verification, decode, purpose.as_ref()));
            purposes.push(purpose);
            validations.push(validation::of_decode(model, handlers, decode));
            lists.push(algorithms::of_decode(model, handlers, decode));
            tokens.expired_accepted.extend(expired::accepted(&verification, decode));
        }
        for read in &mut tokens.unverified_reads {
            if read.part == TokenPart::Claims && !read.call.is_test {
                read.purpose = unverified::of_read(&verification, read);
                if let Some(Purpose::VerifiedButExpired(_)) = read.purpose {
                    read.expired_use = Some(expired::of_claims(&verification, read.id, read.token_expr));
                }
            }
        }
    }
    let judged = purposes.into_iter().zip(validations).zip(expired_uses).zip(lists);
    let decodes = tokens.decodes.iter_mut().filter(|decode| !decode.call.is_test);
    for (decode, (((purpose, validation), expired_use), list)) in decodes.zip(judged) {
        decode.purpose = purpose;
        decode.validation = validation;
        decode.expired_use = expired_use;
        decode.algorithms = list;
    }
    tokens.unverified_reads.retain(|read| {
        let is_named = read.library.is_some();
        is_named
            || read
                .purpose
                .as_ref()
                .is_none_or(|purpose| purpose != &Purpose::NotAToken)
    });
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
    text::sort(&mut names);
    names.dedup();
    names
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
            .argument(Some(0), &["token", "jwt", "value"])
            .map(|argument| argument.value);
        tokens.unverified_reads.push(UnverifiedRead {
            id: call,
            token_expr: argument_expr(model, call, crate::libraries::argument(0, &["token", "jwt", "value"])),
            call: syntax,
            library: Some(library),
            part,
            token,
            purpose: None,
            expired_use: None,
        });
    }
}

/// The path of what `functools.partial(function, …)` prepares.
fn prepared(model: &Model<'_>, call: ExprRef) -> Option<Rc<str>> {
    if &*model.called_path(call)? != "functools.partial" {
        return None;
    }
    let arguments = model.arguments(call, None);
    let function = arguments.positional().first()?;
    function.values.iter().find_map(|value| match &value.kind {
        ValueKind::External(path) => Some(path.clone()),
        _ => None,
    })
}

/// The arguments that a call gives the function of a library, by itself or through `functools.partial`.
fn arguments_of(model: &Model<'_>, call: ExprRef) -> BoundArguments {
    let arguments = model.arguments(call, None);
    match prepared(model, call) {
        Some(_) => arguments.after_first(),
        None => arguments,
    }
}

/// What is written for an argument at a call.
fn argument_expr(model: &Model<'_>, call: ExprRef, argument: Argument) -> Option<ExprRef> {
    let arguments = arguments_of(model, call);
    arguments.get(argument.position, argument.keywords)?.expr
}

fn decode(
    model: &Model<'_>,
    library: &'static TokenLibrary,
    function: &'static DecodeFunction,
    call: ExprRef,
    syntax: CallSyntax,
) -> TokenDecode {
    let arguments = arguments_of(model, call);
    let needs_constructor = function.constructor_algorithms.is_some() || function.constructor_options.is_some();
    let constructor = needs_constructor.then(|| constructor(model, call)).flatten();
    let constructed = constructor.map(|constructor| model.arguments(constructor, None));
    let (mut algorithms, algorithms_span) = match (function.algorithms, function.constructor_algorithms, &constructed) {
        (Some(argument), ..) => algorithms::setting(model, &arguments, argument),
        (None, Some(argument), Some(constructed)) => algorithms::setting(model, constructed, argument),
        // An object that is made elsewhere has its algorithms there.
        (None, Some(_), None) => (
            Setting {
                known: Vec::new(),
                absent: false,
                unknown: true,
            },
            None,
        ),
        _ => (Setting::default(), None),
    };
    let mut options = Options::default();
    if let (Some(constructor), Some(constructed)) = (&function.constructor_options, &constructed)
        && let Some(given) = constructed.get(constructor.argument.position, constructor.argument.keywords)
    {
        options.collect(model, &given.values);
        if constructor.ignores_signature {
            options.forget("verify_signature");
        }
    }
    options.is_open |= arguments.is_open();
    let given = function
        .options
        .and_then(|argument| arguments.get(argument.position, argument.keywords));
    if let Some(given) = given {
        let mut at_call = Options::default();
        at_call.collect(model, &given.values);
        options.overridden_by(at_call);
    }
    let mut legacy_verify = match &function.verify {
        Some(verify) => flag_setting(&arguments, verify.argument),
        None => Setting::default(),
    };
    // `jwt.decode(token, key, False)`: the third argument of PyJWT 1 was `verify`.
    if let Some(third) = function
        .algorithms
        .and_then(|argument| arguments.get(argument.position, &[]))
        && let [value] = third.values.as_slice()
        && let Some(flag) = value.as_bool()
        && library.name == "PyJWT"
    {
        legacy_verify.absent = false;
        legacy_verify.known.push(Traced::new(flag, value));
        algorithms.unknown = false;
        algorithms.known.push(Traced::new(AlgorithmList::Nothing, value));
    }
    TokenDecode {
        id: call,
        token_expr: arguments
            .get(function.token.position, function.token.keywords)
            .and_then(|argument| argument.expr),
        token: syntax
            .argument(function.token.position, function.token.keywords)
            .map(|argument| argument.value),
        key: arguments
            .get(function.key.position, function.key.keywords)
            .map(|argument| keys::key(model, argument)),
        key_names_algorithm: arguments
            .get(function.key.position, function.key.keywords)
            .is_some_and(|key| key.values.iter().any(names_algorithm)),
        legacy_verify,
        statement: statement_of(model, call),
        options_span: given.map(|given| given.span),
        written_options: given
            .and_then(|given| given.expr)
            .filter(|&expr| matches!(model.expr(expr).kind, ExprKind::Dict(_)))
            .and_then(|expr| dict_syntax(model, expr)),
        misnamed_algorithm: syntax.argument(None, &["algorithm"]).map(|argument| argument.span),
        call: syntax,
        library,
        function,
        algorithms,
        algorithms_span,
        options: options.settings,
        switches: options.switches,
        options_are_open: options.is_open,
        purpose: None,
        validation: None,
        expired_use: None,
    }
}

fn names_algorithm(key: &Value) -> bool {
    match &key.kind {
        ValueKind::Call { path, .. } => KEYS_WITH_ALGORITHM.contains(&&**path),
        _ => false,
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

/// Options while they are collected.
#[derive(Default)]
struct Options {
    settings: Vec<(String, Setting<OptionValue>)>,
    switches: Vec<(String, Switch)>,
    /// Some option may be set unseen.
    is_open: bool,
}

/// `[("verify_signature", False)]` as the dictionary that PyJWT makes of it.
fn as_dictionary(mut value: Value) -> Value {
    let ValueKind::List(items) = &value.kind else {
        return value;
    };
    let pair = |item: &Values| {
        let [item] = item.as_slice() else { return None };
        let ValueKind::List(parts) = &item.kind else {
            return None;
        };
        let [key, given] = &parts[..] else { return None };
        Some(DictEntry::Pair {
            key: key.first()?.as_str().map(Into::into),
            value: given.clone(),
            at: item.origin,
        })
    };
    if let Some(entries) = items.iter().map(pair).collect::<Option<Vec<DictEntry>>>() {
        value.kind = ValueKind::Dict(entries.into());
    }
    value
}

impl Options {
    /// Adds the entries of all dictionaries that can be passed.
    fn collect(&mut self, model: &Model<'_>, values: &Values) {
        let values: Values = configured(model, values).into_iter().map(as_dictionary).collect();
        let mut dictionaries = 0;
        for value in &values {
            match &value.kind {
                ValueKind::None => dictionaries += 1,
                ValueKind::Dict(entries) => {
                    dictionaries += 1;
                    self.entries(model, entries, value);
                }
                _ => self.is_open = true,
            }
        }
        for (name, setting) in &mut self.settings {
            let given = values.iter().filter(|value| gives(value, name)).count();
            setting.absent = given < dictionaries;
        }
    }

    fn entries(&mut self, model: &Model<'_>, entries: &[DictEntry], dictionary: &Value) {
        for entry in entries {
            match entry {
                DictEntry::Pair {
                    key: Some(key),
                    value: given,
                    ..
                } => self.add(model, key, given, dictionary),
                DictEntry::Spread(values) => {
                    for value in &configured(model, values) {
                        match &value.kind {
                            ValueKind::Dict(inner) => {
                                for entry in inner.iter() {
                                    match entry {
                                        DictEntry::Pair {
                                            key: Some(key),
                                            value: given,
                                            ..
                                        } => self.add(model, key, given, value),
                                        _ => self.is_open = true,
                                    }
                                }
                            }
                            _ => self.is_open = true,
                        }
                    }
                }
                DictEntry::Pair { key: None, .. } => self.is_open = true,
            }
        }
    }

    fn add(&mut self, model: &Model<'_>, name: &str, given: &Values, dictionary: &Value) {
        for value in given {
            if let Some(switch) = switch(model, value) {
                self.switches.push((name.to_owned(), switch));
            }
        }
        let setting = self.setting(name);
        for value in &configured(model, given) {
            let known = match &value.kind {
                ValueKind::Bool(value) => OptionValue::Bool(*value),
                ValueKind::Int(value) => OptionValue::Number(*value),
                ValueKind::Str(text) => OptionValue::Text(text.to_string()),
                ValueKind::None => OptionValue::Nothing,
                ValueKind::Float => OptionValue::Other,
                ValueKind::List(items) => OptionValue::Strings(
                    items
                        .iter()
                        .flatten()
                        .filter_map(|item| item.as_str().map(str::to_owned))
                        .collect(),
                ),
                _ => {
                    setting.unknown = true;
                    continue;
                }
            };
            setting.known.push(Traced::new(known, value).came_in(dictionary));
        }
    }

    fn setting(&mut self, name: &str) -> &mut Setting<OptionValue> {
        let index = match self.settings.iter().position(|(known, _)| known == name) {
            Some(index) => index,
            None => {
                let setting = Setting {
                    known: Vec::new(),
                    absent: false,
                    unknown: false,
                };
                self.settings.push((name.to_owned(), setting));
                self.settings.len() - 1
            }
        };
        &mut self.settings[index].1
    }

    fn forget(&mut self, name: &str) {
        self.settings.retain(|(known, _)| known != name);
        self.switches.retain(|(known, _)| known != name);
    }

    fn overridden_by(&mut self, other: Options) {
        for (name, setting) in &other.settings {
            if !setting.absent {
                self.forget(name);
            }
        }
        self.settings.extend(other.settings);
        self.switches.extend(other.switches);
        self.is_open |= other.is_open;
    }
}

/// Whether a dictionary has an entry.
fn gives(value: &Value, name: &str) -> bool {
    match &value.kind {
        ValueKind::Dict(entries) => entries.iter().any(|entry| match entry {
            DictEntry::Pair { key: Some(key), .. } => **key == *name,
            DictEntry::Spread(values) => values.iter().any(|value| match &value.kind {
                ValueKind::Dict(inner) => inner
                    .iter()
                    .any(|entry| matches!(entry, DictEntry::Pair { key: Some(key), .. } if **key == *name)),
                _ => false,
            }),
            DictEntry::Pair { key: None, .. } => false,
        }),
        _ => false,
    }
}

/// Values with what the environment may set replaced by what holds while it sets nothing.
fn configured(model: &Model<'_>, values: &Values) -> Values {
    let mut out = Values::new();
    for value in values {
        match environment_read(model, value) {
            Some(read) => {
                out.push(value.clone());
                out.extend(read.default);
            }
            None => match &value.kind {
                // A field of a class from outside holds its default unless it is given another.
                ValueKind::Field {
                    default: Some(default), ..
                } => out.extend(model.eval(*default)),
                _ => out.push(value.clone()),
            },
        }
    }
    out
}

fn flag_setting(arguments: &BoundArguments, argument: Argument) -> Setting<bool> {
    let Some(given) = arguments.get(argument.position, argument.keywords) else {
        return Setting::default();
    };
    let mut setting = Setting {
        known: Vec::new(),
        absent: false,
        unknown: false,
    };
    for value in &given.values {
        match value.truth() {
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
    let arguments = arguments_of(model, call);
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
    let constructor = function
        .constructor_allowed
        .and_then(|argument| Some((argument, model.arguments(constructor(model, call)?, None))));
    let allowed = match (function.allowed, constructor) {
        (Some(argument), _) => algorithms::setting(model, &arguments, argument).0,
        (None, Some((argument, constructed))) => algorithms::setting(model, &constructed, argument).0,
        _ => Setting::default(),
    };
    TokenEncode {
        key: get(function.key).map(|argument| keys::key(model, argument)),
        algorithm: signing_algorithm(model, &arguments, function),
        allowed,
        call: syntax,
        library,
        function,
        payloads,
    }
}

fn signing_algorithm(
    model: &Model<'_>,
    arguments: &BoundArguments,
    function: &EncodeFunction,
) -> Setting<AlgorithmName> {
    let (argument, is_header) = match function.algorithm {
        EncodeAlgorithm::Argument(argument) => (argument, false),
        EncodeAlgorithm::Header(argument) => (argument, true),
    };
    let mut setting = Setting {
        known: Vec::new(),
        absent: false,
        unknown: false,
    };
    // `headers={"alg": "none"}` goes before the argument.
    if let Some(headers) = function.headers
        && let Some(given) = arguments.get(headers.position, headers.keywords)
    {
        header_algorithms(model, &given.values, &mut setting);
        if !setting.known.is_empty() {
            return setting;
        }
        setting.unknown = false;
    }
    let Some(given) = arguments.get(argument.position, argument.keywords) else {
        return Setting::default();
    };
    match is_header {
        true => header_algorithms(model, &given.values, &mut setting),
        false => given
            .values
            .iter()
            .for_each(|value| add_name(model, value, &mut setting)),
    }
    setting
}

/// The `alg` of dictionaries.
fn header_algorithms(model: &Model<'_>, headers: &Values, setting: &mut Setting<AlgorithmName>) {
    for header in headers {
        let ValueKind::Dict(entries) = &header.kind else {
            setting.unknown = true;
            continue;
        };
        for entry in entries.iter() {
            if let DictEntry::Pair {
                key: Some(key), value, ..
            } = entry
                && &**key == "alg"
            {
                value.iter().for_each(|value| add_name(model, value, setting));
            }
        }
    }
}

fn add_name(model: &Model<'_>, value: &Value, setting: &mut Setting<AlgorithmName>) {
    let values = configured(model, &vec![value.clone()]);
    for value in &values {
        let name = match &value.kind {
            ValueKind::Str(name) => name.to_string(),
            // PyJWT signs with nothing at all: `algorithm=None` is `none`.
            ValueKind::None => "none".to_owned(),
            _ => {
                setting.unknown = true;
                continue;
            }
        };
        let name = AlgorithmName {
            name,
            span: value.origin,
            item: 0,
        };
        setting.known.push(Traced::new(name, value));
    }
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
