//! Cookies that carry a login, and how they are protected.

use semantic::{BoundArguments, ExprRef, Model, Value, ValueKind};

use crate::cors::is_auth_name;
use crate::development::is_development_only;
use crate::environment::environment_read;
use crate::source::{CallSyntax, call_syntax};

/// A call that sets a cookie which logs somebody in.
#[derive(Debug, Clone)]
pub struct LoginCookie {
    pub call: CallSyntax,
    /// Where it is known.
    pub name: Option<String>,
    pub secure: Protection,
    pub http_only: Protection,
    pub same_site: SameSite,
    /// The arguments that say so, by their names there.
    pub keywords: CookieKeywords,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    On,
    /// Written so.
    Off,
    /// The library's default, which is off.
    Missing,
    /// From settings, or not followed.
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SameSite {
    /// Other sites' requests carry it; nothing in the project looks like a defence.
    None,
    Other,
}

/// What a library calls the arguments.
#[derive(Debug, Clone, Copy)]
pub struct CookieKeywords {
    pub secure: &'static str,
    pub http_only: &'static str,
    pub same_site: &'static str,
}

/// A function that sets cookies.
struct Setter {
    name: &'static str,
    keywords: CookieKeywords,
    /// Whether cookies are protected when nothing is said.
    is_protected: bool,
    /// Of the name, `secure` and `httponly`.
    positions: [Option<usize>; 3],
}

const SETTERS: &[Setter] = &[
    // Starlette's responses.
    Setter {
        name: "set_cookie",
        keywords: CookieKeywords {
            secure: "secure",
            http_only: "httponly",
            same_site: "samesite",
        },
        is_protected: false,
        positions: [Some(0), Some(6), Some(7)],
    },
    // fastapi-users
    Setter {
        name: "CookieTransport",
        keywords: CookieKeywords {
            secure: "cookie_secure",
            http_only: "cookie_httponly",
            same_site: "cookie_samesite",
        },
        is_protected: true,
        positions: [None, None, None],
    },
];

pub(crate) fn find(model: &Model<'_>) -> Vec<LoginCookie> {
    let mut out = Vec::new();
    for file in model.file_ids().filter(|&file| !model.file(file).is_test()) {
        for setter in SETTERS {
            for call in model.calls_named(file, [setter.name]) {
                out.extend(login_cookie(model, call, setter));
            }
        }
    }
    if out.iter().any(|cookie| cookie.same_site == SameSite::None) && has_csrf_defence(model) {
        for cookie in &mut out {
            cookie.same_site = SameSite::Other;
        }
    }
    text::sort_by_number(&mut out, |cookie| cookie.call.span.number());
    out
}

fn login_cookie(model: &Model<'_>, call: ExprRef, setter: &Setter) -> Option<LoginCookie> {
    let arguments = model.arguments(call, None);
    let [name_at, secure_at, http_only_at] = setter.positions;
    let name = match setter.name {
        "set_cookie" => {
            let name = arguments.get(name_at, &["key"]);
            let value = arguments.get(Some(1), &["value"]);
            if is_removal(&arguments) {
                return None;
            }
            let known = name
                .into_iter()
                .flat_map(|name| &name.values)
                .find_map(|value| text_of(model, value));
            let is_login = match &known {
                Some(name) => is_auth_name(name),
                // Told by its value, where the name is not known.
                None => {
                    let written = value.map(|value| model.text(value.span).to_ascii_lowercase());
                    let is_token = written.is_some_and(|written| written.contains("token") || written.contains("jwt"));
                    is_token && is_response(model, call)
                }
            };
            if !is_login {
                return None;
            }
            known
        }
        _ => None,
    };
    let call_syntax = call_syntax(model, call)?;
    if is_development_only(model, call_syntax.span) {
        return None;
    }
    let keywords = setter.keywords;
    let same_site = arguments.get(None, &[keywords.same_site]);
    let is_none = same_site.is_some_and(|given| {
        !given.values.is_empty()
            && given.values.iter().all(|value| match &value.kind {
                ValueKind::Str(text) => text.eq_ignore_ascii_case("none"),
                _ => false,
            })
    });
    Some(LoginCookie {
        name,
        secure: protection(&arguments, secure_at, keywords.secure, setter.is_protected),
        http_only: protection(&arguments, http_only_at, keywords.http_only, setter.is_protected),
        same_site: if is_none { SameSite::None } else { SameSite::Other },
        keywords,
        call: call_syntax,
    })
}

fn protection(arguments: &BoundArguments, position: Option<usize>, keyword: &str, is_protected: bool) -> Protection {
    let Some(given) = arguments.get(position, &[keyword]) else {
        return match (is_protected, arguments.is_open()) {
            (true, _) => Protection::On,
            (false, true) => Protection::Unknown,
            (false, false) => Protection::Missing,
        };
    };
    let flags = || given.values.iter().map(Value::as_bool);
    match given.values.is_empty() {
        false if flags().all(|flag| flag == Some(false)) => Protection::Off,
        false if flags().all(|flag| flag == Some(true)) => Protection::On,
        _ => Protection::Unknown,
    }
}

/// `set_cookie("access_token", "", max_age=0)` takes a cookie away.
fn is_removal(arguments: &BoundArguments) -> bool {
    let empty = |value: &Value| value.as_str() == Some("") || matches!(value.kind, ValueKind::None);
    let zero = |value: &Value| matches!(value.kind, ValueKind::Int(0));
    let all = |position, names: &[&str], passes: &dyn Fn(&Value) -> bool| {
        arguments
            .get(position, names)
            .is_some_and(|given| !given.values.is_empty() && given.values.iter().all(passes))
    };
    all(Some(1), &["value"], &empty) || all(Some(2), &["max_age"], &zero) || all(Some(3), &["expires"], &zero)
}

fn text_of(model: &Model<'_>, value: &Value) -> Option<String> {
    if let Some(text) = value.as_str() {
        return Some(text.to_owned());
    }
    let read = environment_read(model, value)?;
    read.default.iter().find_map(|value| value.as_str().map(str::to_owned))
}

/// The object looks like a response: not a library's own `set_cookie(response, token)`.
fn is_response(model: &Model<'_>, call: ExprRef) -> bool {
    model.receiver(call).is_some_and(|object| {
        let text = model.written(object).to_ascii_lowercase();
        let is_made = |value: &Value| matches!(&value.kind, ValueKind::Call { path, .. } if path.ends_with("Response"));
        text.starts_with("res") || text.ends_with("response") || model.eval(object).iter().any(is_made)
    })
}

/// Whether anything in the project is called after a defence against forged requests.
fn has_csrf_defence(model: &Model<'_>) -> bool {
    model.file_ids().any(|file| {
        let text = model.file(file).text().as_bytes();
        text.windows(4)
            .any(|window| window.eq_ignore_ascii_case(b"csrf") || window.eq_ignore_ascii_case(b"xsrf"))
    })
}
