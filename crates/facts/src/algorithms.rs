//! Which algorithms a token may be signed with, and who chooses them.

use semantic::{BoundArguments, Catch, ExprRef, FunctionRef, Model, Place, PlaceRoot, Value, ValueKind, Walk};
use syntax::ast::*;
use text::Span;

use crate::by_hand;
use crate::environment::environment_read;
use crate::handlers::{HandlerKind, Handlers};
use crate::libraries::{Argument, JSON_READERS, TOKEN_LIBRARIES};
use crate::shapes;
use crate::tokens::{TokenDecode, TokenPart};
use crate::trace::{Setting, Traced};

/// What a list of algorithms allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AlgorithmList {
    Names(Vec<AlgorithmName>),
    /// `None` or an empty list, which counts as not given.
    Nothing,
    /// Every algorithm that the library knows.
    Everything,
    /// Read from the token itself.
    FromToken,
    /// Sent by the client beside the token.
    FromClient,
    /// Some part is not followed; the parts that are known.
    Partly(Vec<AlgorithmName>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlgorithmName {
    pub name: String,
    pub span: Span,
    /// The item of the list that it is, or is an alternative of.
    pub item: u32,
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

/// What arguments allow, and where that is written.
pub(crate) fn setting(
    model: &Model<'_>,
    arguments: &BoundArguments,
    argument: Argument,
) -> (Setting<AlgorithmList>, Option<Span>) {
    let mut setting = Setting {
        known: Vec::new(),
        absent: false,
        unknown: false,
    };
    let Some(given) = arguments.get(argument.position, argument.keywords) else {
        setting.absent = !arguments.is_open();
        setting.unknown = arguments.is_open();
        return (setting, None);
    };
    for value in &given.values {
        add(model, value, &mut setting);
    }
    (setting, Some(given.span))
}

fn add(model: &Model<'_>, value: &Value, setting: &mut Setting<AlgorithmList>) {
    match list(model, value) {
        Some(list) => setting.known.push(Traced::new(list, value)),
        None => match configured(model, value) {
            Some(defaults) => {
                setting.unknown = true;
                for default in &defaults {
                    if let Some(list) = list(model, default) {
                        setting.known.push(Traced::new(list, default).came_in(value));
                    }
                }
            }
            None => setting.unknown = true,
        },
    }
}

/// What holds while the environment sets nothing else.
fn configured(model: &Model<'_>, value: &Value) -> Option<Vec<Value>> {
    if let Some(read) = environment_read(model, value) {
        return Some(read.default);
    }
    match &value.kind {
        ValueKind::Field {
            default: Some(default), ..
        } => Some(model.eval(*default)),
        _ => None,
    }
}

fn list(model: &Model<'_>, value: &Value) -> Option<AlgorithmList> {
    match &value.kind {
        ValueKind::None => Some(AlgorithmList::Nothing),
        ValueKind::Str(name) => Some(AlgorithmList::Names(vec![AlgorithmName {
            name: name.to_string(),
            span: value.origin,
            item: 0,
        }])),
        ValueKind::List(items) if items.is_empty() => Some(AlgorithmList::Nothing),
        ValueKind::List(items) => {
            let mut names = Vec::new();
            let mut partly = false;
            let numbered = (0..).zip(items.iter());
            for (item, value) in numbered.flat_map(|(item, values)| values.iter().map(move |value| (item, value))) {
                let (lists, is_whole) = match list(model, value) {
                    Some(list) => (vec![list], true),
                    None => {
                        let defaults = configured(model, value).unwrap_or_default();
                        let lists = defaults.iter().filter_map(|default| list(model, default));
                        (lists.collect(), false)
                    }
                };
                partly |= !is_whole;
                for list in lists {
                    match list {
                        AlgorithmList::Names(more) => {
                            names.extend(more.into_iter().map(|name| AlgorithmName { item, ..name }));
                        }
                        AlgorithmList::FromToken | AlgorithmList::FromClient => return Some(list),
                        AlgorithmList::Everything => return Some(AlgorithmList::Everything),
                        AlgorithmList::Nothing | AlgorithmList::Partly(_) => partly = true,
                    }
                }
            }
            Some(match partly {
                true => AlgorithmList::Partly(names),
                false => AlgorithmList::Names(names),
            })
        }
        // `list(Algorithm)`, `[algorithm.value for algorithm in Algorithm]`
        ValueKind::Class(class) if !shapes::is_enumeration(model, *class) => None,
        ValueKind::Class(_) | ValueKind::Comprehension { .. } => {
            let mut names: Vec<AlgorithmName> = Vec::new();
            for (item, value) in (0..).zip(model.elements(value)) {
                let found = list(model, &value)?;
                names.extend(found.names().iter().map(|name| AlgorithmName { item, ..name.clone() }));
            }
            (!names.is_empty()).then_some(AlgorithmList::Partly(names))
        }
        // `json.loads(base64…(token.split(".")[0]))`
        ValueKind::Call {
            path, call: Some(call), ..
        } if JSON_READERS.contains(&&**path) => by_hand::part_of_json(model, *call).map(|part| match part {
            TokenPart::Header | TokenPart::Claims => AlgorithmList::FromToken,
        }),
        ValueKind::External(path) | ValueKind::Call { path, .. } => from_path(path, value.origin),
        ValueKind::Item { base, .. } | ValueKind::Attribute { base, .. } => {
            if let ValueKind::Item { base, key } = &base.kind
                && let ValueKind::Call { path, .. } = &base.kind
                && path.ends_with("decode_complete")
                && key.iter().any(|key| key.as_str() == Some("header"))
            {
                return Some(AlgorithmList::FromToken);
            }
            chosen_elsewhere(model, base)
        }
        ValueKind::MethodCall { receiver, .. } => chosen_elsewhere(model, receiver),
        _ => None,
    }
}

/// What is read from something that the token or the client chose is chosen by them.
fn chosen_elsewhere(model: &Model<'_>, base: &Value) -> Option<AlgorithmList> {
    match list(model, base)? {
        found @ (AlgorithmList::FromToken | AlgorithmList::FromClient) => Some(found),
        _ => None,
    }
}

fn from_path(path: &str, origin: Span) -> Option<AlgorithmList> {
    let starts = starts_with(path);
    for library in TOKEN_LIBRARIES {
        let mut unverified = library.unverified_headers.iter().chain(library.unverified_claims);
        if unverified.any(&starts) {
            return Some(AlgorithmList::FromToken);
        }
        if library.all_algorithms.iter().any(&starts) {
            return Some(AlgorithmList::Everything);
        }
    }
    if [
        "fastapi.Request().",
        "starlette.requests.Request().",
        "fastapi.requests.Request().",
    ]
    .iter()
    .any(|request| path.starts_with(request))
    {
        return Some(AlgorithmList::FromClient);
    }
    // `jose.constants.ALGORITHMS.HS256`
    let name = path
        .strip_prefix("jose.constants.ALGORITHMS.")
        .or_else(|| path.strip_prefix("jose.constants.Algorithms()."))?;
    let named = |names: &[&str]| {
        let names = names.iter().map(|name| AlgorithmName {
            name: (*name).to_owned(),
            span: origin,
            item: 0,
        });
        Some(AlgorithmList::Names(names.collect()))
    };
    match name {
        "HMAC" => named(&["HS256", "HS384", "HS512"]),
        "RSA" | "RSA_DS" => named(&["RS256", "RS384", "RS512"]),
        "EC" | "EC_DS" => named(&["ES256", "ES384", "ES512"]),
        "NONE" => named(&["none"]),
        _ if name.contains(['.', '(']) => None,
        _ => named(&[name]),
    }
}

/// Whether a path begins with a prefix: is it, or is read from its result.
fn starts_with(path: &str) -> impl Fn(&&str) -> bool + '_ {
    move |prefix| {
        path.strip_prefix(*prefix)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('('))
    }
}

/// The algorithms of a decode: what the token or the client names is only chosen by them where nothing has
/// compared it with a list before.
pub(crate) fn of_decode(model: &Model<'_>, handlers: &Handlers, decode: &TokenDecode) -> Setting<AlgorithmList> {
    let mut setting = decode.algorithms.clone();
    let Some(argument) = written_algorithms(model, decode) else {
        return setting;
    };
    let chosen = items(model, argument);
    let is_chosen = |list: &AlgorithmList| matches!(list, AlgorithmList::FromToken | AlgorithmList::FromClient);
    if let Some(item) = chosen.iter().find(|&&item| is_sent_by_client(model, handlers, item))
        && setting.find(is_chosen).is_none()
    {
        let origin = model.span(*item);
        let value = Value::new(ValueKind::Unknown(semantic::Reason::NotFollowed), origin);
        setting.known.push(Traced::new(AlgorithmList::FromClient, &value));
    }
    if setting.find(is_chosen).is_some()
        && chosen
            .iter()
            .any(|&item| is_checked(model, handlers, item, decode.id, 0))
    {
        setting.known.retain(|way| !is_chosen(&way.value));
        setting.unknown = true;
    }
    setting
}

fn written_algorithms(model: &Model<'_>, decode: &TokenDecode) -> Option<ExprRef> {
    let argument = decode.function.algorithms?;
    let arguments = model.arguments(decode.id, None);
    arguments.get(argument.position, argument.keywords)?.expr
}

/// The expressions that name algorithms: the items of a list that is written out, through names.
fn items(model: &Model<'_>, list: ExprRef) -> Vec<ExprRef> {
    let mut out = Vec::new();
    let mut pending = vec![list];
    while let Some(expr) = pending.pop() {
        let ast = model.ast(expr.file);
        let at = |id: ExprId| ExprRef { file: expr.file, id };
        match ast[expr.id].kind {
            ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items) => {
                out.extend(ast[items].iter().map(|&item| at(item)));
            }
            ExprKind::Name(_) if out.len() + pending.len() < 16 => {
                let before = pending.len();
                for binding in model.bindings_of(expr) {
                    if let semantic::BindingKind::Value(value) = binding.kind
                        && matches!(
                            ast[value].kind,
                            ExprKind::List(_) | ExprKind::Tuple(_) | ExprKind::Set(_)
                        )
                    {
                        pending.push(at(value));
                    }
                }
                if pending.len() == before {
                    out.push(expr);
                }
            }
            _ => out.push(expr),
        }
    }
    out
}

/// Whether an expression leads back to a parameter that the client fills: of a route, and not injected.
fn is_sent_by_client(model: &Model<'_>, handlers: &Handlers, expr: ExprRef) -> bool {
    model.places(expr).iter().any(|place| match place.root {
        PlaceRoot::Parameter(function, index)
            if matches!(
                handlers.kind(function),
                Some(HandlerKind::Route | HandlerKind::WebSocket | HandlerKind::Dependency)
            ) =>
        {
            let ast = model.ast(function.file);
            let parameter = ast[ast[function.id].parameters][index as usize];
            let injects = |expr: Option<ExprId>| {
                expr.is_some_and(|expr| {
                    ast.descendants(expr).iter().any(|&part| match ast[part].kind {
                        ExprKind::Name(name) | ExprKind::Attribute { name, .. } => {
                            let name = model.file(function.file).imported_name(name);
                            matches!(name, "Depends" | "Security" | "Request")
                        }
                        _ => false,
                    })
                })
            };
            !injects(parameter.default) && !injects(parameter.annotation)
        }
        _ => false,
    })
}

/// Callers and callees that a check is looked for in.
const MAX_DEPTH: u32 = 3;

/// Whether an algorithm is compared with a list, or chosen from one, before `call` on every way.
fn is_checked(model: &Model<'_>, handlers: &Handlers, algorithm: ExprRef, call: ExprRef, depth: u32) -> bool {
    let places = model.places(algorithm);
    if places.is_empty() {
        return false;
    }
    let function = model.enclosing_function(call);
    let mut walk = CheckWalk {
        model,
        file: call.file,
        places: &places,
        call: Some(call.id),
        reached: Vec::new(),
        depth,
    };
    let ast = model.ast(call.file);
    let body = function.map_or(ast.body, |function| ast[function.id].body);
    model.walk(call.file, body, false, &mut walk);
    if !walk.reached.is_empty() && walk.reached.iter().all(|&checked| checked) {
        return true;
    }
    // A parameter may be checked by those who pass it.
    let Some(function) = function.filter(|_| depth < MAX_DEPTH) else {
        return false;
    };
    let callers = model.callers(function);
    !callers.is_empty()
        && callers.iter().all(|&caller| {
            passed(model, caller, function, &places).is_some_and(|given| {
                let comes_from_token = model.eval(given).iter().any(|value| {
                    matches!(
                        list(model, value),
                        Some(AlgorithmList::FromToken | AlgorithmList::FromClient)
                    )
                });
                !comes_from_token && !is_sent_by_client(model, handlers, given)
                    || is_checked(model, handlers, given, caller, depth + 1)
            })
        })
}

/// What a call passes for the parameter that a place is.
fn passed(model: &Model<'_>, call: ExprRef, function: FunctionRef, places: &[Place]) -> Option<ExprRef> {
    let ast = model.ast(call.file);
    let ExprKind::Call { arguments, .. } = ast[call.id].kind else {
        return None;
    };
    ast[arguments].iter().find_map(|argument| {
        let is_it = model
            .parameters_of(call, argument.value)
            .into_iter()
            .any(|(found, index)| {
                found == function
                    && places
                        .iter()
                        .any(|place| place.root == PlaceRoot::Parameter(function, index))
            });
        is_it.then_some(ExprRef {
            file: call.file,
            id: argument.value,
        })
    })
}

/// The state is whether the algorithm was checked.
struct CheckWalk<'w, 'a> {
    model: &'w Model<'a>,
    file: text::FileId,
    places: &'w [Place],
    /// Where the algorithm is used; `None`: at the end of the function.
    call: Option<ExprId>,
    reached: Vec<bool>,
    depth: u32,
}

impl CheckWalk<'_, '_> {
    fn ast(&self) -> &Ast {
        self.model.ast(self.file)
    }

    fn is_algorithm(&self, id: ExprId) -> bool {
        let ast = self.ast();
        let can_be = matches!(
            ast[id].kind,
            ExprKind::Name(_)
                | ExprKind::Subscript { .. }
                | ExprKind::Attribute { .. }
                | ExprKind::Call { .. }
                | ExprKind::Walrus { .. }
        );
        let file = self.file;
        can_be
            && self
                .model
                .places(ExprRef { file, id })
                .iter()
                .any(|place| self.places.contains(place))
    }

    /// Whether a collection does not come from the token itself, nor holds all that the library knows.
    fn is_list(&self, id: ExprId) -> bool {
        let file = self.file;
        self.model.eval(ExprRef { file, id }).iter().all(|value| {
            !matches!(
                list(self.model, value),
                Some(
                    AlgorithmList::FromToken
                        | AlgorithmList::FromClient
                        | AlgorithmList::Everything
                        | AlgorithmList::Nothing
                )
            )
        })
    }

    /// Whether a call of the project checks the algorithm or raises.
    fn is_checking_call(&self, call: ExprId) -> bool {
        let ast = self.ast();
        let ExprKind::Call { arguments, .. } = ast[call].kind else {
            return false;
        };
        if self.depth >= MAX_DEPTH {
            return false;
        }
        let file = self.file;
        ast[arguments].iter().any(|argument| {
            self.is_algorithm(argument.value)
                && self
                    .model
                    .parameters_of(ExprRef { file, id: call }, argument.value)
                    .into_iter()
                    .any(|(function, index)| checks(self.model, function, index, self.depth + 1))
        })
    }
}

/// Whether a function compares its parameter with a list on every way to its end, or tells by its result.
fn checks(model: &Model<'_>, function: FunctionRef, index: u32, depth: u32) -> bool {
    let places = [Place {
        root: PlaceRoot::Parameter(function, index),
        path: Vec::new(),
    }];
    let mut walk = CheckWalk {
        model,
        file: function.file,
        places: &places,
        call: None,
        reached: Vec::new(),
        depth,
    };
    let ast = model.ast(function.file);
    model.walk(function.file, ast[function.id].body, false, &mut walk);
    !walk.reached.is_empty() && walk.reached.iter().all(|&checked| checked)
}

impl Walk for CheckWalk<'_, '_> {
    type State = bool;

    fn evaluated(&mut self, expr: ExprId, checked: &mut bool) {
        let file = self.file;
        for part in self.ast().descendants(expr) {
            match self.ast()[part].kind {
                // `KEYS[algorithm]` raises for what is not there.
                ExprKind::Subscript { object, index } if self.is_algorithm(index) => {
                    let is_mapping = self
                        .model
                        .eval(ExprRef { file, id: object })
                        .iter()
                        .any(|value| matches!(value.kind, ValueKind::Dict(_)));
                    *checked |= is_mapping;
                }
                ExprKind::Call { .. } => *checked |= self.is_checking_call(part),
                _ => {}
            }
        }
        if let Some(call) = self.call
            && self.ast()[expr].range.contains_range(self.ast()[call].range)
        {
            // `… if algorithm in ALLOWED else …` around the call itself.
            let mut reached = *checked;
            let mut at = call;
            while at != expr
                && let Some(parent) = self.ast().parent_expr(at)
            {
                if let ExprKind::Conditional { test, then, otherwise } = self.ast()[parent].kind {
                    let mut state = reached;
                    self.branched(test, then == at, &mut state);
                    reached = match then == at || otherwise == at {
                        true => state,
                        false => reached,
                    };
                }
                at = parent;
            }
            self.reached.push(reached);
        }
    }

    fn branched(&mut self, test: ExprId, truth: bool, checked: &mut bool) {
        for (test, truth) in semantic::implied(self.ast(), test, truth) {
            let ExprKind::Compare { first, rest } = self.ast()[test].kind else {
                continue;
            };
            let [comparison] = self.ast()[rest] else { continue };
            let right = comparison.right;
            *checked |= match comparison.operator {
                CompareOperator::In => truth && self.is_algorithm(first) && self.is_list(right),
                CompareOperator::NotIn => !truth && self.is_algorithm(first) && self.is_list(right),
                CompareOperator::Equal | CompareOperator::NotEqual => {
                    truth == (comparison.operator == CompareOperator::Equal)
                        && (self.is_algorithm(first) && self.is_list(right)
                            || self.is_algorithm(right) && self.is_list(first))
                }
                _ => false,
            };
        }
    }

    fn matched(&mut self, subject: ExprId, case: &Case, checked: &mut bool) {
        if self.is_algorithm(subject) && is_constant_pattern(self.ast(), case.pattern) {
            *checked = true;
        }
    }

    fn caught(&mut self, _thrower: StmtId, _catch: &Catch, checked: bool) -> Option<bool> {
        Some(checked)
    }

    fn returned(&mut self, _stmt: StmtId, value: Option<ExprId>, checked: &bool) {
        if self.call.is_none() {
            // `return algorithm in ALLOWED`
            let tells = value.is_some_and(|value| {
                let mut state = false;
                self.branched(value, true, &mut state);
                state || crate::verification::is_nothing(self.ast(), value)
            });
            self.reached.push(*checked || tells);
        }
    }

    fn ended(&mut self, checked: &bool) {
        if self.call.is_none() {
            self.reached.push(*checked);
        }
    }
}

/// `case "HS256" | "HS384":`
fn is_constant_pattern(ast: &Ast, pattern: ExprId) -> bool {
    match ast[pattern].kind {
        ExprKind::String { .. } | ExprKind::Attribute { .. } => true,
        ExprKind::Binary {
            operator: BinaryOperator::BitOr,
            left,
            right,
        } => {
            let is_constant = |id: ExprId| matches!(ast[id].kind, ExprKind::String { .. } | ExprKind::Attribute { .. });
            is_constant(right)
                && (is_constant(left)
                    || ast
                        .descendants(left)
                        .iter()
                        .all(|&part| !matches!(ast[part].kind, ExprKind::Name(_))))
        }
        _ => false,
    }
}
