//! Key sets that are fetched over connections that nobody vouches for.

use semantic::{ExprRef, MutationKind, NameUse, TextOrValue, Value, ValueKind};
use syntax::ast::*;
use text::Span;

use crate::Facts;
use crate::environment::environment_read;

/// A fetch of keys that somebody on the way can change.
#[derive(Debug, Clone)]
pub struct InsecureFetch {
    pub flaw: FetchFlaw,
    /// The address or the switch, where it is written; the call where that is elsewhere.
    pub span: Span,
    /// The call that fetches.
    pub call: Span,
    pub callee: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FetchFlaw {
    /// `http://`; the host is inside of one network where `is_internal`.
    PlainHttp { url: String, is_internal: bool },
    /// The certificate is not checked.
    Unverified,
}

/// Functions that fetch, and where they take the address.
const FETCHERS: &[(&str, usize)] = &[
    ("jwt.PyJWKClient", 0),
    ("jwt.jwks_client.PyJWKClient", 0),
    ("requests.get", 0),
    ("requests.request", 1),
    ("requests.Session().get", 0),
    ("requests.session().get", 0),
    ("httpx.get", 0),
    ("httpx.request", 1),
    ("httpx.Client().get", 0),
    ("httpx.AsyncClient().get", 0),
    ("aiohttp.ClientSession().get", 0),
    ("urllib.request.urlopen", 0),
    ("urllib3.PoolManager().request", 1),
];

const NAMES: &[&str] = &["PyJWKClient", "get", "request", "urlopen"];

/// Words of addresses and names that are about keys.
const KEY_WORDS: &[&str] = &[
    "jwks",
    "jwk_",
    ".well-known",
    "well_known",
    "openid-configuration",
    "openid_configuration",
    "oidc",
    "/certs",
    "discovery/keys",
    "public_key",
    "public-key",
    "signing_key",
    "signing-key",
];

impl Facts<'_> {
    /// In order of place.
    pub fn insecure_fetches(&self) -> Vec<InsecureFetch> {
        let mut out: Vec<InsecureFetch> = Vec::new();
        for file in self.files().filter(|&file| !self.is_test(file)) {
            let text = self.text(file);
            // A cheap test first: `.get` is everywhere, and few files are about keys.
            let lower_words = [
                "jwk",
                "JWK",
                "well-known",
                "/certs",
                "public_key",
                "PUBLIC_KEY",
                "openid",
                "OIDC",
                "oidc",
            ];
            if !lower_words.iter().any(|word| text.contains(word)) {
                continue;
            }
            for call in self.model.calls_named(file, NAMES.iter().copied()) {
                self.judge(call, &mut out);
            }
        }
        text::sort_by_number(&mut out, |fetch| fetch.span.number());
        out.dedup_by_key(|fetch| fetch.span);
        out
    }

    fn judge(&self, call: ExprRef, out: &mut Vec<InsecureFetch>) {
        let model = &self.model;
        let Some(path) = model.called_path(call) else { return };
        let Some(&(path, position)) = FETCHERS.iter().find(|(known, _)| **known == *path) else {
            return;
        };
        let ast = model.ast(call.file);
        let ExprKind::Call { function, .. } = ast[call.id].kind else {
            return;
        };
        let arguments = model.arguments(call, None);
        let Some(address) = arguments.get(Some(position), &["url", "uri", "fullurl"]) else {
            return;
        };
        let urls: Vec<(String, Span)> = address
            .values
            .iter()
            .flat_map(|value| self.beginnings(value, 0))
            .collect();
        let written = self.snippet(address.span).to_lowercase();
        let function_name = model
            .enclosing_function(call)
            .map(|function| model.function_name(function).to_lowercase())
            .unwrap_or_default();
        // `jwks = requests.get(url)`
        let statement = Span::new(call.file, ast[ast.stmt_of(call.id)].range);
        let statement: String = self
            .snippet(statement)
            .chars()
            .take(200)
            .collect::<String>()
            .to_lowercase();
        let is_about_keys = path.ends_with("PyJWKClient")
            || KEY_WORDS.iter().any(|word| {
                written.contains(word)
                    || statement.contains(word)
                    || function_name.contains(word)
                    || urls.iter().any(|(url, _)| url.to_lowercase().contains(word))
            });
        if !is_about_keys {
            return;
        }
        let span = model.span(call);
        let callee = model
            .written(ExprRef {
                file: call.file,
                id: function,
            })
            .into_owned();
        let mut add = |flaw, at: Span| {
            out.push(InsecureFetch {
                flaw,
                span: at,
                call: span,
                callee: callee.clone(),
            });
        };
        for (url, origin) in &urls {
            if let Some(is_internal) = plain_http(url) {
                let flaw = FetchFlaw::PlainHttp {
                    url: url.clone(),
                    is_internal,
                };
                add(flaw, *origin);
            }
        }
        if let Some(at) = self.unverified(call) {
            add(FetchFlaw::Unverified, at);
        }
    }

    /// What an address begins with, over all that it can be: as far as it is constant.
    fn beginnings(&self, value: &Value, depth: u32) -> Vec<(String, Span)> {
        if depth > 4 {
            return Vec::new();
        }
        if let Some(read) = environment_read(&self.model, value) {
            return read
                .default
                .iter()
                .flat_map(|value| self.beginnings(value, depth + 1))
                .collect();
        }
        match &value.kind {
            ValueKind::Str(text) => vec![(text.to_string(), value.origin)],
            ValueKind::Format(parts) => {
                let mut heads = vec![(String::new(), value.origin)];
                for part in parts.iter().take(6) {
                    match part {
                        TextOrValue::Text(text) => {
                            for (head, _) in &mut heads {
                                head.push_str(text);
                            }
                        }
                        TextOrValue::Value(_, values) => {
                            let known: Vec<(String, Span)> = values
                                .iter()
                                .flat_map(|value| self.beginnings(value, depth + 1))
                                .collect();
                            if known.is_empty() {
                                for (head, _) in &mut heads {
                                    head.push('…');
                                }
                                continue;
                            }
                            let mut next = Vec::new();
                            for (head, origin) in heads.iter().take(4) {
                                for (text, theirs) in known.iter().take(4) {
                                    // The scheme is written where the first part is.
                                    let origin = if head.is_empty() { *theirs } else { *origin };
                                    next.push((format!("{head}{text}"), origin));
                                }
                            }
                            heads = next;
                        }
                    }
                }
                heads
            }
            _ => Vec::new(),
        }
    }

    /// Where the check of the certificate is turned off: at the call, at the client, at its context.
    fn unverified(&self, call: ExprRef) -> Option<Span> {
        let model = &self.model;
        let of_arguments = |call: ExprRef| {
            let arguments = model.arguments(call, None);
            for name in ["verify", "verify_ssl", "ssl", "context", "ssl_context", "cert_reqs"] {
                let Some(given) = arguments.get(None, &[name]) else {
                    continue;
                };
                let is_off = given.values.iter().any(|value| match &value.kind {
                    ValueKind::Bool(on) => !on,
                    ValueKind::External(path) => path.ends_with("CERT_NONE"),
                    ValueKind::Str(text) => &**text == "CERT_NONE",
                    ValueKind::Call { path, .. } => path.ends_with("_create_unverified_context"),
                    _ => false,
                });
                // `context.verify_mode = ssl.CERT_NONE`
                let is_changed = given
                    .expr
                    .is_some_and(|expr| self.sets(expr, "verify_mode", "CERT_NONE"));
                if is_off || is_changed {
                    return Some(given.span);
                }
            }
            None
        };
        of_arguments(call).or_else(|| {
            let object = model.receiver(call)?;
            let made = model.eval(object).into_iter().find_map(|value| match value.kind {
                ValueKind::Call { call, .. } => call,
                _ => None,
            });
            // `session.verify = False`
            let is_changed = self.sets(object, "verify", "False");
            made.and_then(of_arguments)
                .or_else(|| is_changed.then(|| model.span(call)))
        })
    }

    /// Whether an attribute of what a name holds is set to something that is written so.
    fn sets(&self, expr: ExprRef, attribute: &str, written: &str) -> bool {
        let NameUse::Bound(definitions) = self.model.definitions(expr) else {
            return false;
        };
        definitions.iter().any(|definition| {
            let source = self.model.file(definition.file).source();
            definition.mutations.iter().any(|mutation| match mutation.kind {
                MutationKind::SetAttribute { attribute: name, value } => {
                    let value = ExprRef {
                        file: definition.file,
                        id: value,
                    };
                    source.name(name) == attribute && self.model.written(value).ends_with(written)
                }
                _ => false,
            })
        })
    }
}

/// Whether an address is `http://` on a host that is not this machine; `true`: inside of one network.
fn plain_http(url: &str) -> Option<bool> {
    let rest = url.trim().strip_prefix("http://")?;
    let host = rest.split(['/', ':', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or(host);
    let is_local = matches!(host, "localhost" | "0.0.0.0" | "testserver" | "host.docker.internal")
        || host.starts_with("127.")
        || rest.starts_with("[::1]")
        || host.ends_with(".localhost");
    if is_local || host.is_empty() || host.starts_with("${") {
        return None;
    }
    let is_private = [
        "10.", "192.168.", "172.16.", "172.17.", "172.18.", "172.19.", "172.2", "172.30.", "172.31.",
    ]
    .iter()
    .any(|range| host.starts_with(range));
    let is_inside = [".local", ".internal", ".svc", ".lan", ".cluster.local"]
        .iter()
        .any(|suffix| host.ends_with(suffix));
    // `http://keycloak:8080`, `http://{HOST}/certs`
    Some(is_private || is_inside || !host.contains('.'))
}
