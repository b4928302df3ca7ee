//! How long issued tokens live, and how long expired ones still pass.

use std::rc::Rc;

use semantic::{DictEntry, ExprRef, Frame, Model, Step, Value, ValueKind};
use syntax::ast::*;
use text::Span;

use crate::Facts;
use crate::environment::{declared_default, environment_read};
use crate::source::expr_at;
use crate::token_kinds::{TokenKind, kind_of_words};
use crate::tokens::TokenDecode;

/// How long a token lives that a call issues.
#[derive(Debug, Clone)]
pub struct Lifetime {
    pub kind: TokenKind,
    pub end: LifetimeEnd,
    /// The number or duration that says it.
    pub written: Span,
    /// The call that signs.
    pub call: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LifetimeEnd {
    /// So many seconds after it was issued.
    After(i64),
    /// On a day that is written in the code, in this year.
    Fixed(i64),
    /// Counted in milliseconds, where the claim counts seconds.
    Milliseconds,
}

/// How long after its end a decode still takes a token.
#[derive(Debug, Clone)]
pub struct Leeway<'f> {
    pub decode: &'f TokenDecode,
    pub seconds: i64,
    pub written: Span,
}

impl Facts<'_> {
    /// Lifetimes that can be told, each place once.
    pub fn lifetimes(&self) -> Vec<Lifetime> {
        let mut out: Vec<Lifetime> = Vec::new();
        for encode in self.encodes.iter().filter(|encode| !encode.call.is_test) {
            let Some(call) = expr_at(&self.model, encode.call.span) else {
                continue;
            };
            let arguments = self.model.arguments(call, None);
            let payload = encode.function.payload;
            let Some(given) = arguments.get(payload.position, payload.keywords) else {
                continue;
            };
            for value in &given.values {
                let ValueKind::Dict(entries) = &value.kind else {
                    continue;
                };
                for entry in entries.iter() {
                    let DictEntry::Pair {
                        key: Some(key),
                        value: expiry,
                        ..
                    } = entry
                    else {
                        continue;
                    };
                    if &**key != "exp" {
                        continue;
                    }
                    // Where several kinds come this way, the one that may live longest.
                    let kinds = self.kinds(encode, value);
                    let whole = match kinds.iter().any(|(kind, _)| *kind == TokenKind::Refresh) {
                        true => TokenKind::Refresh,
                        false => kinds.first().map_or(TokenKind::Access, |(kind, _)| *kind),
                    };
                    let durations = Durations { model: &self.model };
                    for expiry in expiry {
                        for amount in durations.of_value(expiry, 0) {
                            let Some(end) = amount.end() else { continue };
                            if out.iter().any(|known| known.written == amount.written) {
                                continue;
                            }
                            out.push(Lifetime {
                                kind: self.kind_of_duration(&amount).unwrap_or(whole),
                                end,
                                written: amount.written,
                                call: encode.call.span,
                            });
                        }
                    }
                }
            }
        }
        text::sort_by_number(&mut out, |lifetime| lifetime.written.number());
        out
    }

    /// `leeway=` of decodes.
    pub fn leeways(&self) -> Vec<Leeway<'_>> {
        let mut out = Vec::new();
        for decode in self.decodes.iter().filter(|decode| !decode.call.is_test) {
            let arguments = self.model.arguments(decode.id, None);
            let Some(given) = arguments.get(None, &["leeway"]) else {
                // python-jose has an option.
                let option = decode.option("leeway");
                let known = option.known.iter().find_map(|way| match way.value {
                    crate::tokens::OptionValue::Number(seconds) => Some((seconds, way.origin)),
                    _ => None,
                });
                if let Some((seconds, written)) = known {
                    out.push(Leeway {
                        decode,
                        seconds,
                        written,
                    });
                }
                continue;
            };
            let durations = Durations { model: &self.model };
            let longest = given
                .values
                .iter()
                .flat_map(|value| durations.of_value(value, 0))
                .max_by_key(|amount| amount.seconds);
            if let Some(longest) = longest {
                out.push(Leeway {
                    decode,
                    seconds: longest.seconds,
                    written: longest.written,
                });
            }
        }
        out
    }

    /// What the names say that a duration came by, or those around the place where it is written.
    fn kind_of_duration(&self, amount: &Amount) -> Option<TokenKind> {
        let said = amount.names.iter().find_map(|name| kind_of_words(name));
        said.or_else(|| {
            let expr = self.model.expr_of(amount.written)?;
            let function = self.model.enclosing_function(expr)?;
            let around = self.call_name_around(expr);
            around
                .and_then(|name| kind_of_words(&name))
                .or_else(|| kind_of_words(self.model.function_name(function)))
        })
    }
}

/// An amount of time.
#[derive(Debug, Clone)]
struct Amount {
    seconds: i64,
    /// A duration, or a time after now; otherwise a number.
    is_duration: bool,
    is_from_now: bool,
    /// A day that is written in the code.
    is_fixed: bool,
    /// In milliseconds, or finer.
    is_fine: bool,
    /// Where the number is written that decides.
    written: Span,
    /// Names that it was bound to.
    names: Vec<String>,
}

impl Amount {
    fn end(&self) -> Option<LifetimeEnd> {
        let year = 1970 + self.seconds / SECONDS_OF_A_YEAR;
        match self {
            Amount { is_fine: true, .. } => Some(LifetimeEnd::Milliseconds),
            Amount { is_fixed: true, .. } => Some(LifetimeEnd::Fixed(year)),
            Amount { is_from_now: true, .. } => Some(LifetimeEnd::After(self.seconds)),
            // A number alone is a point in time.
            Amount { is_duration: false, .. } => Some(LifetimeEnd::Fixed(year)),
            _ => None,
        }
    }
}

const SECONDS_OF_A_YEAR: i64 = 31_556_952;

struct Durations<'m, 'a> {
    model: &'m Model<'a>,
}

const UNITS: &[(&str, usize, i64)] = &[
    ("days", 0, 86_400),
    ("seconds", 1, 1),
    ("minutes", 4, 60),
    ("hours", 5, 3_600),
    ("weeks", 6, 604_800),
];

/// Functions that give the time now.
const CLOCKS: &[&str] = &[
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "time.time",
    "arrow.utcnow",
    "arrow.now",
    "pendulum.now",
    "django.utils.timezone.now",
];

/// Methods and functions that give their object or argument in another form.
const FORMS: &[&str] = &[
    "timestamp",
    "astimezone",
    "replace",
    "total_seconds",
    "timetuple",
    "utctimetuple",
    "isoformat",
];
const FUNCTIONS: &[&str] = &[
    "builtins.int",
    "builtins.round",
    "builtins.float",
    "math.floor",
    "math.ceil",
    "calendar.timegm",
];

const MAX_DEPTH: u32 = 16;
const MAX_AMOUNTS: usize = 12;

impl Durations<'_, '_> {
    fn of_expr(&self, expr: ExprRef, frame: Option<&Rc<Frame>>, depth: u32) -> Vec<Amount> {
        if depth > MAX_DEPTH {
            return Vec::new();
        }
        let source = self.model.file(expr.file).source();
        let ast = source.ast();
        let at = |id: ExprId| ExprRef { file: expr.file, id };
        let both = |left: ExprId, right: ExprId, join: &dyn Fn(&Amount, &Amount) -> Option<Amount>| {
            let right = self.of_expr(at(right), frame, depth + 1);
            let left = self.of_expr(at(left), frame, depth + 1);
            let mut out: Vec<Amount> = Vec::new();
            for a in &left {
                out.extend(right.iter().filter_map(|b| join(a, b)));
            }
            out.truncate(MAX_AMOUNTS);
            out
        };
        let mut out = match ast[expr.id].kind {
            ExprKind::Binary { operator, left, right } => match operator {
                BinaryOperator::Add => both(left, right, &|a, b| sum(a, b, 1)),
                BinaryOperator::Subtract => both(left, right, &|a, b| sum(a, b, -1)),
                BinaryOperator::Multiply => {
                    let whole = self.model.span(expr);
                    both(left, right, &|a, b| product(a, b, whole))
                }
                _ => Vec::new(),
            },
            ExprKind::Conditional { then, otherwise, .. }
            | ExprKind::Boolean {
                left: then,
                right: otherwise,
                ..
            } => {
                let mut out = self.of_expr(at(then), frame, depth + 1);
                out.extend(self.of_expr(at(otherwise), frame, depth + 1));
                out
            }
            ExprKind::Call { function, arguments } => {
                let is_form = match ast[function].kind {
                    ExprKind::Attribute { object, name, .. } => FORMS.contains(&source.name(name)).then_some(object),
                    _ => None,
                };
                let passed = || {
                    let path = self.model.called_path(expr)?;
                    let first = ast[arguments].first()?;
                    FUNCTIONS.contains(&&*path).then_some(first.value)
                };
                match is_form.or_else(passed) {
                    Some(inner) => self.of_expr(at(inner), frame, depth + 1),
                    None => self.of_values(expr, frame, depth),
                }
            }
            _ => self.of_values(expr, frame, depth),
        };
        out.truncate(MAX_AMOUNTS);
        out
    }

    fn of_values(&self, expr: ExprRef, frame: Option<&Rc<Frame>>, depth: u32) -> Vec<Amount> {
        let values = self.model.eval_in(expr, frame);
        let own = self.model.span(expr);
        // What cannot be evaluated is this very expression.
        values
            .iter()
            .filter(|value| !(value.is_unknown() && value.origin == own))
            .flat_map(|value| self.of_value(value, depth + 1))
            .collect()
    }

    fn of_value(&self, value: &Value, depth: u32) -> Vec<Amount> {
        if depth > MAX_DEPTH {
            return Vec::new();
        }
        let names: Vec<String> = value
            .steps()
            .into_iter()
            .filter_map(|step| match step {
                Step::Bound { name, .. } | Step::Attribute { name, .. } => Some(name),
                _ => None,
            })
            .collect();
        let mut found = self.of_kind(value, depth);
        for amount in &mut found {
            amount.names.extend(names.iter().cloned());
        }
        found
    }

    fn of_kind(&self, value: &Value, depth: u32) -> Vec<Amount> {
        let number = |seconds: i64| Amount {
            seconds,
            is_duration: false,
            is_from_now: false,
            is_fixed: false,
            is_fine: false,
            written: value.origin,
            names: Vec::new(),
        };
        // What holds while the environment sets nothing else.
        if let Some(read) = environment_read(self.model, value) {
            let mut out: Vec<Amount> = read
                .default
                .iter()
                .flat_map(|value| self.of_value(value, depth + 1))
                .collect();
            for amount in &mut out {
                amount.names.extend(read.variable.clone());
            }
            return out;
        }
        let fixed = |year: i64| Amount {
            is_fixed: true,
            is_duration: true,
            ..number(year.saturating_sub(1970).saturating_mul(SECONDS_OF_A_YEAR))
        };
        match &value.kind {
            ValueKind::External(path) if &**path == "datetime.datetime.max" => vec![fixed(9999)],
            ValueKind::Int(seconds) => vec![number(*seconds)],
            ValueKind::Str(text) => text.trim().parse().map(number).into_iter().collect(),
            ValueKind::Field {
                default: Some(default),
                name,
                ..
            } => {
                let default = declared_default(self.model, *default).unwrap_or_default();
                let mut out: Vec<Amount> = default
                    .iter()
                    .flat_map(|value| self.of_value(value, depth + 1))
                    .collect();
                for amount in &mut out {
                    amount.names.push(name.to_string());
                }
                out
            }
            ValueKind::Call {
                path,
                call: Some(call),
                frame,
            } => {
                if &**path == "datetime.timedelta" {
                    self.of_timedelta(*call, frame.as_ref(), value.origin, depth)
                } else if CLOCKS.contains(&&**path) || &**path == "time.time_ns" {
                    vec![Amount {
                        is_from_now: true,
                        is_duration: true,
                        is_fine: &**path == "time.time_ns",
                        ..number(0)
                    }]
                } else if &**path == "datetime.datetime" {
                    let arguments = self.model.arguments(*call, frame.as_ref());
                    let year = arguments.get(Some(0), &["year"]);
                    let years = year.into_iter().flat_map(|year| &year.values);
                    let years = years.filter_map(|year| match year.kind {
                        ValueKind::Int(year) => Some(fixed(year)),
                        _ => None,
                    });
                    years.collect()
                } else {
                    self.of_passed(*call, path, frame.as_ref(), depth)
                }
            }
            ValueKind::MethodCall { call, frame, .. } => self.of_expr(*call, frame.as_ref(), depth + 1),
            ValueKind::Unknown(_) | ValueKind::Format(_) | ValueKind::Attribute { .. } => {
                let expr = self.model.expr_of(value.origin);
                let is_made_here = |expr: &ExprRef| {
                    matches!(
                        self.model.expr(*expr).kind,
                        ExprKind::Binary { .. }
                            | ExprKind::Boolean { .. }
                            | ExprKind::Conditional { .. }
                            | ExprKind::Call { .. }
                    )
                };
                let made = expr.filter(is_made_here);
                made.map_or_else(Vec::new, |expr| self.of_expr(expr, None, depth + 1))
            }
            _ => Vec::new(),
        }
    }

    /// `int(…)`, `(…).timestamp()` behind a name.
    fn of_passed(&self, call: ExprRef, path: &str, frame: Option<&Rc<Frame>>, depth: u32) -> Vec<Amount> {
        let is_form = path.rsplit('.').next().is_some_and(|name| FORMS.contains(&name));
        match is_form || FUNCTIONS.contains(&path) {
            true => self.of_expr(call, frame, depth + 1),
            false => Vec::new(),
        }
    }

    fn of_timedelta(&self, call: ExprRef, frame: Option<&Rc<Frame>>, origin: Span, depth: u32) -> Vec<Amount> {
        let arguments = self.model.arguments(call, frame);
        let zero = Amount {
            seconds: 0,
            is_duration: true,
            is_from_now: false,
            is_fixed: false,
            is_fine: false,
            written: origin,
            names: Vec::new(),
        };
        let mut out = vec![zero];
        for &(unit, position, factor) in UNITS {
            let Some(given) = arguments.get(Some(position), &[unit]) else {
                continue;
            };
            let amounts: Vec<Amount> = match given.expr {
                Some(expr) => self.of_expr(expr, frame, depth + 1),
                None => given
                    .values
                    .iter()
                    .flat_map(|value| self.of_value(value, depth + 1))
                    .collect(),
            };
            let mut next: Vec<Amount> = Vec::new();
            for known in &out {
                for amount in &amounts {
                    let Some(seconds) = amount
                        .seconds
                        .checked_mul(factor)
                        .and_then(|seconds| seconds.checked_add(known.seconds))
                    else {
                        continue;
                    };
                    let is_inside =
                        origin.file == amount.written.file && origin.range.contains_range(amount.written.range);
                    next.push(Amount {
                        seconds,
                        written: if is_inside { known.written } else { amount.written },
                        names: [known.names.clone(), amount.names.clone()].concat(),
                        ..known.clone()
                    });
                }
            }
            out = next;
            out.truncate(MAX_AMOUNTS);
        }
        out
    }
}

fn sum(a: &Amount, b: &Amount, sign: i64) -> Option<Amount> {
    let seconds = b.seconds.checked_mul(sign)?.checked_add(a.seconds)?;
    // The longer part decides.
    let larger = if b.seconds.abs() >= a.seconds.abs() { b } else { a };
    Some(Amount {
        seconds,
        is_duration: a.is_duration || b.is_duration,
        is_from_now: a.is_from_now || b.is_from_now,
        is_fixed: a.is_fixed || b.is_fixed,
        is_fine: a.is_fine || b.is_fine,
        written: larger.written,
        names: [a.names.clone(), b.names.clone()].concat(),
    })
}

fn product(a: &Amount, b: &Amount, whole: Span) -> Option<Amount> {
    let is_inside =
        |amount: &Amount| whole.file == amount.written.file && whole.range.contains_range(amount.written.range);
    let is_moment = |amount: &Amount| amount.is_from_now || amount.is_fixed;
    let is_fine = is_moment(a) && b.seconds >= 1_000 || is_moment(b) && a.seconds >= 1_000;
    let outside = [a, b].into_iter().find(|amount| !is_fine && !is_inside(amount));
    Some(Amount {
        seconds: a.seconds.checked_mul(b.seconds)?,
        is_duration: a.is_duration || b.is_duration,
        is_from_now: is_fine,
        is_fixed: false,
        is_fine,
        written: outside.map_or(whole, |amount| amount.written),
        names: [a.names.clone(), b.names.clone()].concat(),
    })
}
