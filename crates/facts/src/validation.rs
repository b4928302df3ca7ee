//! Whether the times of claims are checked after decoding, where the library leaves that to the caller.
//!
//! ```python
//! claims = jwt.decode(token, key)  # Authlib: an expired token passes
//! claims.validate()                # … until here
//! ```

use semantic::{Catch, ExprRef, FunctionRef, Model, Place, PlaceRoot, ValueKind, Walk};
use syntax::ast::*;
use text::{FileId, Span};

use crate::handlers::Handlers;
use crate::libraries::{Expiry, TokenLibrary};
use crate::tokens::TokenDecode;
use crate::verification::{Cause, Status, cause, is_nothing};

/// How surely claims are validated before they are used. From good to bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Validation {
    Always,
    /// On some ways.
    Sometimes,
    /// It is tried, and its failure is caught; by this handler.
    Swallowed(Span),
    Never,
}

/// Calls that are followed into callers or callees.
const MAX_DEPTH: u32 = 4;

pub(crate) fn of_decode(model: &Model<'_>, handlers: &Handlers, decode: &TokenDecode) -> Option<Validation> {
    let is_left_open = decode.library.expiry == Expiry::AcceptedUntilValidated;
    is_left_open.then(|| of_value(model, handlers, decode.library, decode.id, 0))
}

/// How the claims that an expression gives are validated.
fn of_value(model: &Model<'_>, handlers: &Handlers, library: &TokenLibrary, value: ExprRef, depth: u32) -> Validation {
    let function = model.enclosing_function(value);
    let claims = Claims {
        places: kept_in(model, value),
        value: Some(value),
    };
    let walk = walk(model, library, value.file, function, &claims, depth);
    if !walk.exits.iter().any(|exit| exit.status != Status::Verified) {
        return Validation::Always;
    }
    let swallowed = walk.exits.iter().find_map(|exit| match exit.status {
        Status::Expired(range) => Some(Span::new(value.file, range)),
        _ => None,
    });
    if let Some(handler) = swallowed {
        return Validation::Swallowed(handler);
    }
    if !walk.validating.is_empty() || walk.has_compared {
        return Validation::Sometimes;
    }
    let gives_claims = walk
        .exits
        .iter()
        .filter(|exit| exit.status != Status::Verified)
        .all(|exit| exit.gives_claims);
    let Some(function) = function.filter(|_| gives_claims && depth < MAX_DEPTH) else {
        return Validation::Never;
    };
    let callers = model.callers(function);
    if callers.is_empty() || handlers.kind(function).is_some() {
        return Validation::Never;
    }
    let of_callers = callers
        .iter()
        .map(|&call| of_value(model, handlers, library, call, depth + 1));
    of_callers.max_by_key(rank).unwrap_or(Validation::Never)
}

fn rank(validation: &Validation) -> u8 {
    match validation {
        Validation::Always => 0,
        Validation::Sometimes => 1,
        Validation::Swallowed(_) => 2,
        Validation::Never => 3,
    }
}

/// Claims inside one function.
struct Claims {
    places: Vec<Place>,
    /// The expression that makes them; a parameter has none.
    value: Option<ExprRef>,
}

/// The name that a value is bound to.
fn kept_in(model: &Model<'_>, value: ExprRef) -> Vec<Place> {
    let ast = model.ast(value.file);
    let bound = |target: ExprId| match ast[target].kind {
        ExprKind::Name(_) => vec![Place {
            root: PlaceRoot::Bound(value.file, ast[target].range),
            path: Vec::new(),
        }],
        // `self.claims = jwt.decode(…)`
        _ => model.places(ExprRef {
            file: value.file,
            id: target,
        }),
    };
    let mut at = value.id;
    for _ in 0..8 {
        let Some(parent) = ast.parent_expr(at) else {
            return match ast[ast.stmt_of(at)].kind {
                StmtKind::Assign { targets, value } if value == at => {
                    ast[targets].iter().flat_map(|&target| bound(target)).collect()
                }
                StmtKind::AnnotatedAssign {
                    target,
                    value: Some(value),
                    ..
                } if value == at => bound(target),
                _ => Vec::new(),
            };
        };
        match ast[parent].kind {
            ExprKind::Await(_) | ExprKind::Attribute { .. } | ExprKind::Conditional { .. } => at = parent,
            ExprKind::Walrus { target, .. } => return bound(target),
            _ => return Vec::new(),
        }
    }
    Vec::new()
}

fn walk<'w, 'a>(
    model: &'w Model<'a>,
    library: &TokenLibrary,
    file: FileId,
    function: Option<FunctionRef>,
    claims: &'w Claims,
    depth: u32,
) -> ClaimsWalk<'w, 'a> {
    let ast = model.ast(file);
    let validating: Vec<ExprId> = ast
        .exprs()
        .filter(|(_, expr)| matches!(expr.kind, ExprKind::Call { .. }))
        .filter(|&(id, _)| ast.enclosing_function(ast.stmt_of(id)) == function.map(|function| function.id))
        .map(|(id, _)| id)
        .filter(|&id| is_validation(model, library, ExprRef { file, id }, claims, depth))
        .collect();
    let body = function.map_or(ast.body, |function| ast[function.id].body);
    let returns_value = ast
        .stmts_within(body)
        .iter()
        .any(|&stmt| matches!(ast[stmt].kind, StmtKind::Return(Some(_))));
    let mut walk = ClaimsWalk {
        model,
        file,
        claims,
        validating,
        has_compared: false,
        returns_value,
        exits: Vec::new(),
    };
    let start = State {
        has_claims: claims.value.is_none(),
        status: Status::Open,
    };
    model.walk(file, body, start, &mut walk);
    walk
}

/// Whether a call checks the times of the claims, or raises.
fn is_validation(model: &Model<'_>, library: &TokenLibrary, call: ExprRef, claims: &Claims, depth: u32) -> bool {
    let file = model.file(call.file);
    let ast = file.ast();
    let ExprKind::Call { function, arguments } = ast[call.id].kind else {
        return false;
    };
    let at = |id: ExprId| ExprRef { file: call.file, id };
    let arguments: Vec<ExprId> = ast[arguments].iter().map(|argument| argument.value).collect();
    if let ExprKind::Attribute { object, name, .. } = ast[function].kind
        && library.claims_validators.contains(&file.source().name(name))
    {
        let is_on_claims = holds_claims(model, at(object), claims);
        let is_given = arguments
            .iter()
            .any(|&argument| holds_claims(model, at(argument), claims));
        return is_on_claims || is_given && !is_model(model, at(object));
    }
    depth < MAX_DEPTH
        && arguments.iter().any(|&argument| {
            holds_claims(model, at(argument), claims)
                && model
                    .parameters_of(call, argument)
                    .into_iter()
                    .any(|(function, index)| validates(model, library, function, index, depth + 1))
        })
}

/// Whether a function validates the claims that it is given on every way to its end.
fn validates(model: &Model<'_>, library: &TokenLibrary, function: FunctionRef, index: u32, depth: u32) -> bool {
    let claims = Claims {
        places: vec![Place {
            root: PlaceRoot::Parameter(function, index),
            path: Vec::new(),
        }],
        value: None,
    };
    let walk = walk(model, library, function.file, Some(function), &claims, depth);
    let validated = |exit: &Exit| exit.status == Status::Verified;
    !walk.exits.is_empty() && walk.exits.iter().all(validated)
}

/// A class of pydantic, whose `validate` checks types, or one that says nothing of times.
fn is_model(model: &Model<'_>, receiver: ExprRef) -> bool {
    model.eval(receiver).iter().any(|value| match &value.kind {
        ValueKind::Class(class) | ValueKind::Instance { class, .. } => model.descends_from(*class, |path| {
            path.starts_with("pydantic") || path.starts_with("sqlmodel")
        }),
        ValueKind::External(path) => path.starts_with("pydantic"),
        _ => false,
    })
}

/// Whether an expression is the claims, or the token around them.
fn holds_claims(model: &Model<'_>, expr: ExprRef, claims: &Claims) -> bool {
    let ast = model.ast(expr.file);
    let mut inner = expr.id;
    while let ExprKind::Await(next) | ExprKind::Attribute { object: next, .. } = ast[inner].kind {
        inner = next;
    }
    if claims.value
        == Some(ExprRef {
            file: expr.file,
            id: inner,
        })
    {
        return true;
    }
    model.places(expr).iter().any(|place| {
        claims.places.iter().any(|known| {
            let rest = place.path.strip_prefix(&known.path[..]);
            known.root == place.root && rest.is_some_and(|rest| rest.is_empty() || rest == ["claims".into()])
        })
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct State {
    has_claims: bool,
    /// `Verified` stands for validated, `Expired` for a failure that was caught.
    status: Status,
}

struct Exit {
    status: Status,
    /// The claims themselves are returned.
    gives_claims: bool,
}

struct ClaimsWalk<'w, 'a> {
    model: &'w Model<'a>,
    file: FileId,
    claims: &'w Claims,
    /// Calls of this function that validate.
    validating: Vec<ExprId>,
    /// `exp` is compared by hand.
    has_compared: bool,
    returns_value: bool,
    exits: Vec<Exit>,
}

impl ClaimsWalk<'_, '_> {
    /// `if claims["exp"] < time.time():`
    fn compares_expiry(&self, expr: ExprId) -> bool {
        let ast = self.model.ast(self.file);
        ast.descendants(expr).into_iter().any(|part| {
            let ExprKind::Compare { rest, .. } = ast[part].kind else {
                return false;
            };
            let is_order = ast[rest].iter().any(|comparison| {
                matches!(
                    comparison.operator,
                    CompareOperator::Less
                        | CompareOperator::LessEqual
                        | CompareOperator::Greater
                        | CompareOperator::GreaterEqual
                )
            });
            is_order && ast.descendants(part).into_iter().any(|operand| self.is_expiry(operand))
        })
    }

    fn is_expiry(&self, id: ExprId) -> bool {
        let can_be = matches!(
            self.model.ast(self.file)[id].kind,
            ExprKind::Name(_) | ExprKind::Subscript { .. } | ExprKind::Call { .. } | ExprKind::Attribute { .. }
        );
        let file = self.file;
        can_be
            && self.model.places(ExprRef { file, id }).iter().any(|place| {
                let is_exp = place.path.last().is_some_and(|last| &**last == "exp");
                is_exp && self.claims.places.iter().any(|known| known.root == place.root)
            })
    }
}

impl Walk for ClaimsWalk<'_, '_> {
    type State = State;

    fn evaluated(&mut self, expr: ExprId, state: &mut State) {
        let ast = self.model.ast(self.file);
        let range = ast[expr].range;
        if self
            .claims
            .value
            .is_some_and(|value| range.contains_range(ast[value.id].range))
        {
            state.has_claims = true;
        }
        let validates = self
            .validating
            .iter()
            .any(|&call| range.contains_range(ast[call].range));
        if validates {
            state.status = Status::Verified;
        } else if state.has_claims && state.status == Status::Open && self.compares_expiry(expr) {
            state.status = Status::Verified;
            self.has_compared = true;
        }
    }

    fn caught(&mut self, thrower: StmtId, catch: &Catch, state: State) -> Option<State> {
        let ast = self.model.ast(self.file);
        if !self.validating.iter().any(|&call| ast.stmt_of(call) == thrower) {
            return Some(state);
        }
        let is_decoded_here = self.claims.value.is_some_and(|value| ast.stmt_of(value.id) == thrower);
        let status = match cause(self.model, self.file, catch) {
            Cause::AfterVerification => Status::Verified,
            _ => Status::Expired(catch.range),
        };
        Some(State {
            has_claims: state.has_claims || is_decoded_here,
            status,
        })
    }

    fn returned(&mut self, _stmt: StmtId, value: Option<ExprId>, state: &State) {
        let ast = self.model.ast(self.file);
        let Some(value) = value.filter(|&value| !is_nothing(ast, value)) else {
            return;
        };
        if !state.has_claims {
            return;
        }
        let file = self.file;
        self.exits.push(Exit {
            status: state.status,
            gives_claims: holds_claims(self.model, ExprRef { file, id: value }, self.claims),
        });
    }

    fn ended(&mut self, state: &State) {
        if state.has_claims && !self.returns_value {
            self.exits.push(Exit {
                status: state.status,
                gives_claims: false,
            });
        }
    }
}
