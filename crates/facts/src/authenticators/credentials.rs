//! Where a function has the credential of the request, and what a test says of it.

use semantic::{ExprRef, FunctionRef, Model, Place, PlaceRoot, Value, ValueKind};
use syntax::ast::*;
use text::FileId;

use crate::libraries::owners::LOGIN_COLUMNS;
use crate::libraries::privileges::plain;
use crate::libraries::requests;

pub(crate) struct Credentials<'m, 'a> {
    model: &'m Model<'a>,
}

/// What a test says when it comes out one way: whether its subject is there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Presence {
    pub(super) subject: ExprId,
    pub(super) is_there: bool,
    /// What it is compared with, where that is not `None`.
    pub(super) compared: Option<ExprId>,
    /// `x == y`, not a test of form.
    pub(super) is_equality: bool,
}

/// Headers that carry a credential.
const HEADERS: &[&str] = &[
    "authorization",
    "x-api-key",
    "api-key",
    "x-token",
    "x-auth-token",
    "x-access-token",
    "access-token",
    "token",
];

/// Words that say in a name that it holds a credential.
const WORDS: &[&str] = &[
    "token",
    "jwt",
    "credential",
    "credentials",
    "creds",
    "cred",
    "authorization",
    "bearer",
    "apikey",
];

/// Addresses of the machine itself, which everybody has behind a proxy.
const LOOPBACK: &[&str] = &["127.0.0.1", "localhost", "::1", "0.0.0.0"];
/// The key of the caller's address, as far as the request has one.
const ADDRESS: &str = "request.client.host";

impl<'m, 'a> Credentials<'m, 'a> {
    pub(crate) fn new(model: &'m Model<'a>) -> Credentials<'m, 'a> {
        Credentials { model }
    }

    /// Whether a function takes a credential as a parameter, or reads it from the request.
    pub(crate) fn reads(&self, function: FunctionRef) -> bool {
        let ast = self.model.ast(function.file);
        let parameters = ast[ast[function.id].parameters].len() as u32;
        if (0..parameters).any(|index| self.is_credential_parameter(function, index)) {
            return true;
        }
        let Some(body) = ast.block_range(ast[function.id].body) else {
            return false;
        };
        let mentions = |name: &str| ast.name(name).is_some();
        if !mentions("headers") && !mentions("cookies") {
            return false;
        }
        let reads = self.model.calls_within(function.file, body).into_iter().any(|call| {
            let places = self.model.places(call);
            places.iter().any(is_read_of_credential)
        });
        reads
            || ast.exprs().any(|(id, expr)| {
                matches!(expr.kind, ExprKind::Subscript { .. })
                    && body.contains_range(expr.range)
                    && self
                        .model
                        .places(ExprRef {
                            file: function.file,
                            id,
                        })
                        .iter()
                        .any(is_read_of_credential)
            })
    }

    /// `request.headers["Authorization"]` and the like.
    pub(crate) fn is_read(&self, expr: ExprRef) -> bool {
        self.model.places(expr).iter().any(is_read_of_credential)
    }

    /// Something else of the request: `request.headers.get("X-Debug")`, `request.query_params["as"]`; by its key.
    pub(super) fn other_read(&self, expr: ExprRef) -> Option<String> {
        let places = self.model.places(expr);
        places.iter().find_map(|place| match &place.path[..] {
            [part, key, ..] if matches!(&**part, "headers" | "query_params" | "cookies") => Some(key.to_string()),
            _ => None,
        })
    }

    /// A parameter that the client fills as it likes: `debug: bool = False`, `x_internal: str | None = Header(None)`; or
    /// the address it calls from. `compared`: the text that it should be.
    pub(super) fn said_by_client(
        &self,
        function: FunctionRef,
        expr: ExprRef,
        compared: Option<ExprRef>,
    ) -> Option<String> {
        let texts = compared.map(|compared| self.texts(compared)).unwrap_or_default();
        let ast = self.model.ast(function.file);
        self.model.places(expr).iter().find_map(|place| match place.root {
            _ if matches!(&place.path[..], [client, host] if &**client == "client" && &**host == "host") => {
                let is_near = |text: &String| LOOPBACK.contains(&text.as_str());
                (!texts.is_empty() && texts.iter().all(is_near)).then(|| ADDRESS.to_owned())
            }
            PlaceRoot::Parameter(found, index)
                if found == function && place.path.is_empty() && self.model.injected(found, index).is_none() =>
            {
                let parameter = ast[ast[function.id].parameters].get(index as usize)?;
                let text = self.model.file(function.file).text();
                let is_flag = parameter
                    .annotation
                    .is_some_and(|id| text[ast[id].range].contains("bool"));
                let is_text = !texts.is_empty() && parameter.annotation.is_some();
                (is_flag && compared.is_none() || is_text)
                    .then(|| self.model.file(function.file).source().name(parameter.name).to_owned())
            }
            _ => None,
        })
    }

    fn texts(&self, expr: ExprRef) -> Vec<String> {
        let values = self.model.eval(expr);
        let texts = values.iter().flat_map(|value| match &value.kind {
            ValueKind::List(items) => items.iter().flatten().cloned().collect(),
            _ => vec![value.clone()],
        });
        texts.filter_map(|value| value.as_str().map(str::to_owned)).collect()
    }

    /// Whether a parameter of a function that FastAPI calls holds the credential.
    pub(crate) fn is_credential_parameter(&self, function: FunctionRef, index: u32) -> bool {
        if let Some(values) = self.model.injected(function, index) {
            return values.iter().any(|value| self.is_scheme(value));
        }
        let ast = self.model.ast(function.file);
        let parameter = ast[ast[function.id].parameters][index as usize];
        let name = self
            .model
            .file(function.file)
            .source()
            .name(parameter.name)
            .to_lowercase();
        let name = name.replace('_', "-");
        if !HEADERS.contains(&&*name) {
            return false;
        }
        let is_header = |id: ExprId| {
            ast.descendants(id).into_iter().any(|part| {
                let call = ExprRef {
                    file: function.file,
                    id: part,
                };
                matches!(ast[part].kind, ExprKind::Call { .. })
                    && self.model.called_path(call).is_some_and(|path| {
                        matches!(requests::parameter_part(&path), Some(crate::flow::RequestPart::Header))
                    })
            })
        };
        parameter.default.into_iter().chain(parameter.annotation).any(is_header)
    }

    /// A security scheme, or a function that hands on what one reads.
    pub(super) fn is_scheme(&self, value: &Value) -> bool {
        match &value.kind {
            ValueKind::Call { path, .. } | ValueKind::External(path) => requests::scheme_part(path).is_some(),
            ValueKind::Instance { class, .. } => self
                .model
                .descends_from(*class, |path| requests::scheme_part(path).is_some()),
            _ => false,
        }
    }

    /// Whether an expression is the credential, or a part of it.
    pub(super) fn is_credential(&self, function: FunctionRef, expr: ExprRef) -> bool {
        let places = self.model.places(expr);
        let is_read = places.iter().any(|place| match place.root {
            PlaceRoot::Parameter(found, index) => {
                is_read_of_credential(place) || (found == function && self.is_credential_parameter(found, index))
            }
            _ => is_read_of_credential(place),
        });
        if is_read {
            return true;
        }
        let name = self.last_name(expr).unwrap_or_default().to_lowercase();
        let is_named = name.split('_').any(|word| WORDS.contains(&word))
            || matches!(
                &*name,
                "auth_header" | "api_key" | "x_api_key" | "auth" | "scheme" | "parts" | "token_parts" | "param"
            );
        let is_something_else = ["data", "type", "user", "exp", "payload", "claims", "version", "secret"]
            .iter()
            .any(|word| name.split('_').any(|part| part == *word));
        is_named && !is_something_else
    }

    /// The last name of what an expression reads: `credentials` of `bearer.credentials`, `header` of
    /// `header.split()[1]`.
    pub(crate) fn last_name(&self, expr: ExprRef) -> Option<&'a str> {
        let file = self.model.file(expr.file);
        let ast = file.ast();
        let mut at = expr.id;
        for _ in 0..8 {
            at = match ast[at].kind {
                ExprKind::Name(name) | ExprKind::Attribute { name, .. } => return Some(file.imported_name(name)),
                ExprKind::Subscript { object, .. } => object,
                ExprKind::Await(inner) => inner,
                ExprKind::Walrus { target, .. } => target,
                ExprKind::Call { function, arguments } => match ast[function].kind {
                    ExprKind::Attribute { object, .. } => object,
                    _ => ast[arguments].first()?.value,
                },
                _ => return None,
            };
        }
        None
    }

    /// What users log in by is a text, and not what claims are looked up in.
    fn is_text(&self, expr: ExprRef) -> bool {
        let is_member = matches!(self.model.expr(expr).kind, ExprKind::Attribute { .. });
        let name = self.last_name(expr).unwrap_or_default();
        is_member && LOGIN_COLUMNS.contains(&&*plain(name))
    }

    /// What one test, taken apart already, says.
    pub(super) fn presence(&self, file: FileId, test: ExprId, truth: bool) -> Option<Presence> {
        let ast = self.model.ast(file);
        let there = |subject: ExprId, is_there: bool| Presence {
            subject,
            is_there,
            compared: None,
            is_equality: false,
        };
        match ast[test].kind {
            ExprKind::Compare { first, rest } => {
                let [comparison] = ast[rest] else { return None };
                let right = comparison.right;
                let is_nothing = |id: ExprId| {
                    matches!(ast[id].kind, ExprKind::None | ExprKind::False)
                        || matches!(ast[id].kind, ExprKind::String { parts, .. } if parts.is_empty())
                };
                let (subject, other) = match is_nothing(first) || matches!(ast[first].kind, ExprKind::String { .. }) {
                    true => (right, first),
                    false => (first, right),
                };
                match comparison.operator {
                    CompareOperator::Is | CompareOperator::Equal => match ast[other].kind {
                        _ if is_nothing(other) => Some(there(subject, !truth)),
                        ExprKind::True => Some(there(subject, truth)),
                        _ => Some(Presence {
                            compared: Some(other),
                            is_equality: true,
                            ..there(subject, truth)
                        }),
                    },
                    CompareOperator::IsNot | CompareOperator::NotEqual => match ast[other].kind {
                        _ if is_nothing(other) => Some(there(subject, truth)),
                        ExprKind::True => Some(there(subject, !truth)),
                        _ => Some(Presence {
                            compared: Some(other),
                            is_equality: true,
                            ..there(subject, !truth)
                        }),
                    },
                    // `"sub" in payload`, `token in TOKENS`
                    CompareOperator::In | CompareOperator::NotIn => {
                        let is_there = truth == (comparison.operator == CompareOperator::In);
                        match ast[first].kind {
                            // `"admin" in user.email`
                            ExprKind::String { .. } if self.is_text(ExprRef { file, id: right }) => None,
                            ExprKind::String { .. } => Some(there(right, is_there)),
                            _ => Some(Presence {
                                compared: Some(right),
                                is_equality: true,
                                ..there(first, is_there)
                            }),
                        }
                    }
                    CompareOperator::Less | CompareOperator::LessEqual => Some(there(first, !truth)),
                    CompareOperator::Greater | CompareOperator::GreaterEqual => Some(there(first, truth)),
                }
            }
            ExprKind::Call { function, arguments } => match ast[function].kind {
                ExprKind::Attribute { object, name, .. } => {
                    let name = self.model.file(file).source().name(name);
                    match name {
                        "startswith" | "endswith" => Some(Presence {
                            compared: ast[arguments].first().map(|argument| argument.value),
                            ..there(object, truth)
                        }),
                        "compare_digest" => Some(Presence {
                            compared: ast[arguments].get(1).map(|argument| argument.value),
                            is_equality: true,
                            ..there(ast[arguments].first()?.value, truth)
                        }),
                        _ => Some(there(test, truth)),
                    }
                }
                ExprKind::Name(name) => match self.model.file(file).source().imported_name(name) {
                    "isinstance" | "len" | "bool" => Some(there(ast[arguments].first()?.value, truth)),
                    "compare_digest" => Some(Presence {
                        compared: ast[arguments].get(1).map(|argument| argument.value),
                        is_equality: true,
                        ..there(ast[arguments].first()?.value, truth)
                    }),
                    _ => Some(there(test, truth)),
                },
                _ => Some(there(test, truth)),
            },
            ExprKind::Name(_)
            | ExprKind::Attribute { .. }
            | ExprKind::Subscript { .. }
            | ExprKind::Await(_)
            | ExprKind::Walrus { .. } => Some(there(test, truth)),
            _ => None,
        }
    }
}

/// `request.headers["Authorization"]`, `request.cookies.get("access_token")`
fn is_read_of_credential(place: &Place) -> bool {
    let mut path = place.path.iter();
    while let Some(part) = path.next() {
        let key = path.clone().next().map(|key| key.to_lowercase());
        match (&**part, key) {
            ("headers", Some(key)) => return HEADERS.contains(&&*key),
            ("cookies" | "query_params", Some(key)) => {
                return key.contains("token") || key.contains("jwt") || key.contains("auth");
            }
            _ => {}
        }
    }
    false
}
