//! Flags middleware that skips authentication for more paths than meant.

use facts::Facts;
use facts::path_tests::{PathTest, PathTestKind};
use report::{Confidence, OwaspApi, Phase, Severity};
use text::Span;

use crate::fix::Fix;
use crate::fixes::style;
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// An authenticating middleware that lets requests through by a loose test of the path: a substring
    /// (`"/public" in path`), a suffix (`path.endswith("/login")`), a prefix that is not closed by `/`
    /// (`path.startswith("/auth")`, which `/authors` passes, too), `/` itself, the whole URL with its query, or by the
    /// method alone (`request.method == "GET"`).
    ///
    /// Exact paths (`path in {"/login", "/docs"}`), prefixes that end in `/`, and `OPTIONS` are right. A prefix that no
    /// route of the project passes by mistake is a warning.
    ///
    /// ```python,finding
    /// from fastapi import FastAPI, Request
    /// from fastapi.responses import JSONResponse
    ///
    /// app = FastAPI()
    ///
    /// @app.middleware("http")
    /// async def authenticate(request: Request, call_next):
    ///     if "/public" in request.url.path:
    ///         return await call_next(request)
    ///     if not verify_token(request.headers.get("Authorization")):
    ///         return JSONResponse({"detail": "Not authenticated"}, status_code=401)
    ///     return await call_next(request)
    /// ```
    ///
    /// ## Why it matters
    ///
    /// The path is chosen by the client. Routes with parameters accept almost every text in it, and the query belongs
    /// to the URL.
    ///
    /// ## How it is exploited
    ///
    /// `DELETE /tasks/public` reaches `/tasks/{task_id}`, and `GET /tasks?x=/public` passes a test of the whole URL.
    ///
    /// ## Use instead
    ///
    /// A dependency on the routers that need it. Where it must be a middleware, exact paths and what lies below them:
    ///
    /// ```python,fixed
    /// from fastapi import FastAPI, Request
    /// from fastapi.responses import JSONResponse
    ///
    /// app = FastAPI()
    ///
    /// @app.middleware("http")
    /// async def authenticate(request: Request, call_next):
    ///     if request.url.path == "/public" or request.url.path.startswith("/public/"):
    ///         return await call_next(request)
    ///     if not verify_token(request.headers.get("Authorization")):
    ///         return JSONResponse({"detail": "Not authenticated"}, status_code=401)
    ///     return await call_next(request)
    /// ```
    ///
    /// ```python,ok
    /// from fastapi import FastAPI, Request
    /// from fastapi.responses import JSONResponse
    ///
    /// app = FastAPI()
    /// PUBLIC = {"/login", "/docs", "/openapi.json"}
    ///
    /// @app.middleware("http")
    /// async def authenticate(request: Request, call_next):
    ///     if request.method == "OPTIONS" or request.url.path in PUBLIC:
    ///         return await call_next(request)
    ///     if not verify_token(request.headers.get("Authorization")):
    ///         return JSONResponse({"detail": "Not authenticated"}, status_code=401)
    ///     return await call_next(request)
    /// ```
    ///
    /// ## References
    ///
    /// - CWE-288, authentication bypass using an alternate path: <https://cwe.mitre.org/data/definitions/288.html>
    /// - OWASP API2:2023: <https://owasp.org/API-Security/editions/2023/en/0xa2-broken-authentication/>
    pub(super) static RULE: Rule = Rule {
        name: "middleware-path-bypass",
        summary: "A middleware skips authentication by a loose test of the path or method",
        severity: Severity::Critical,
        phase: Phase::AuthenticationInfrastructure,
        cwe: 288,
        owasp: OwaspApi::BrokenAuthentication,
        checklist_item: None,
        fixable: true,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for test in facts.path_tests() {
        let middleware = &test.middleware;
        let written = match test.texts.first() {
            Some(text) => format!("`{text}`"),
            None => "a text".to_owned(),
        };
        match test.kind {
            PathTestKind::Contains => {
                let message = format!("`{middleware}` skips every path that contains {written}, wherever it stands");
                report(context, &test, message, Severity::Critical, Confidence::High, None);
            }
            PathTestKind::Url => {
                let message = format!("`{middleware}` skips every URL that contains {written}, in its query too");
                report(context, &test, message, Severity::Critical, Confidence::High, None);
            }
            PathTestKind::EndsWith => {
                let message = format!("`{middleware}` skips every path that ends in {written}");
                report(context, &test, message, Severity::Critical, Confidence::High, None);
            }
            PathTestKind::Method => {
                let message = format!("`{middleware}` skips every {} request", test.texts.join(" and "));
                report(context, &test, message, Severity::Critical, Confidence::High, None);
            }
            PathTestKind::StartsWith => prefix(context, facts, &test),
        }
    }
}

/// Severity, message, and the route that is reached.
type Found = (Severity, String, Option<(Span, String)>);

fn prefix(context: &mut RuleContext<'_>, facts: &Facts<'_>, test: &PathTest) {
    let middleware = &test.middleware;
    let mut widest: Option<Found> = None;
    for text in &test.texts {
        if text.len() <= 1 {
            let message = format!("`{middleware}` skips every path: each begins with `{text}`");
            report(context, test, message, Severity::Critical, Confidence::High, None);
            return;
        }
        if text.ends_with('/') {
            continue;
        }
        let reached = facts
            .applications()
            .routes
            .iter()
            .map(|route| &route.operation)
            .find(|operation| {
                let path = &operation.path.text;
                match path.strip_prefix(text.as_str()) {
                    Some(rest) => !(rest.is_empty() || rest.starts_with(['/', '.'])),
                    // `/{slug}` takes what begins with the prefix and goes on.
                    None => begins_with_parameter(path, text),
                }
            });
        let found = match reached {
            Some(operation) => (
                Severity::Critical,
                format!(
                    "`{middleware}` skips every path that begins with `{text}`, `{}` too",
                    operation.path.text
                ),
                Some((operation.declaration, "this route is skipped".to_owned())),
            ),
            None => (
                Severity::Warning,
                format!("`{middleware}` skips every path that begins with `{text}`, also `{text}x`"),
                None,
            ),
        };
        let is_wider = match &widest {
            Some((Severity::Critical, ..)) => false,
            Some(_) => found.0 == Severity::Critical,
            None => true,
        };
        if is_wider {
            widest = Some(found);
        }
    }
    if let Some((severity, message, related)) = widest {
        report(context, test, message, severity, Confidence::High, related);
    }
}

/// Whether a parameter of a path can take the last part of a prefix and more: `/{slug}` for `/auth`.
fn begins_with_parameter(path: &str, prefix: &str) -> bool {
    let Some((before, _)) = path.split_once('{') else {
        return false;
    };
    match prefix.strip_prefix(before) {
        Some(rest) => !rest.is_empty() && !rest.contains('/') && before.len() > 1,
        None => false,
    }
}

/// Lets exact paths through, and what lies below them.
fn fix(facts: &Facts<'_>, test: &PathTest) -> Option<Fix> {
    let (subject, compared) = test.sides?;
    let file_text = facts.text(test.span.file);
    let path = facts.snippet(subject);
    let written = facts.snippet(compared);
    let literal = |text: &str| style::string_literal(file_text, text);
    let listed = |texts: &[String]| texts.iter().map(|text| literal(text)).collect::<Vec<_>>().join(", ");
    if test.kind == PathTestKind::Method {
        // What is left asks for a token, as browsers do not when they ask for leave.
        return Some(
            Fix::changes_behaviour("Skip only requests that ask for leave")
                .edit(test.span, format!("{path} == {}", literal("OPTIONS"))),
        );
    }
    let path = match test.kind {
        PathTestKind::Url => format!(
            "{}.path",
            path.strip_prefix("str(").and_then(|url| url.strip_suffix(')'))?
        ),
        _ => path.to_owned(),
    };
    let known: Vec<&str> = facts
        .applications()
        .routes
        .iter()
        .map(|route| route.operation.path.text.as_str())
        .collect();
    let is_literal = written.starts_with(['"', '\'']);
    let fix = Fix::changes_behaviour("Skip exact paths only");
    match test.kind {
        PathTestKind::EndsWith => {
            let [text] = &test.texts[..] else { return None };
            let mut paths: Vec<String> = known
                .iter()
                .filter(|path| path.ends_with(text.as_str()) && !path.contains('{'))
                .map(|path| (*path).to_owned())
                .collect();
            paths.sort();
            paths.dedup();
            let condition = match &paths[..] {
                [] if text.starts_with('/') => format!("{path} == {}", literal(text)),
                [] => return None,
                [only] => format!("{path} == {}", literal(only)),
                _ => format!("{path} in {{{}}}", listed(&paths)),
            };
            Some(fix.edit(test.span, condition))
        }
        PathTestKind::StartsWith if test.texts.iter().any(|text| text == "/") => {
            let [_] = &test.texts[..] else { return None };
            is_literal.then(|| fix.edit(test.span, format!("{path} == {}", literal("/"))))
        }
        PathTestKind::Contains | PathTestKind::Url | PathTestKind::StartsWith => {
            // What FastAPI serves itself under such a name: `/openapi.json`.
            let is_dotted = |text: &String| text == "/openapi" || text == "/favicon" || !text.starts_with('/');
            if test.texts.is_empty() || test.texts.iter().any(is_dotted) {
                return None;
            }
            let is_inside = |text: &String| {
                let mut paths = known.iter().filter(|path| !path.starts_with(text.as_str()));
                paths.any(|path| path.contains(text.as_str()))
            };
            if test.kind != PathTestKind::StartsWith && test.texts.iter().any(is_inside) {
                return None;
            }
            let condition = match &test.texts[..] {
                [text] if is_literal => {
                    let exact = text.trim_end_matches('/');
                    format!(
                        "{path} == {} or {path}.startswith({})",
                        literal(exact),
                        literal(&format!("{exact}/"))
                    )
                }
                // A list that is written elsewhere, one by one: `any(path.startswith(p) for p in PUBLIC)`.
                _ if is_name(written) && test.texts.iter().all(|text| !text.ends_with('/')) => {
                    let below = style::string_literal(file_text, "/");
                    match facts.is_element(compared) {
                        true => format!("{path} == {written} or {path}.startswith({written} + {below})"),
                        false => return None,
                    }
                }
                texts if written.starts_with('(') => {
                    let exact: Vec<String> = texts.iter().map(|text| text.trim_end_matches('/').to_owned()).collect();
                    let below: Vec<String> = exact.iter().map(|text| format!("{text}/")).collect();
                    format!(
                        "{path} in ({}) or {path}.startswith(({}))",
                        listed(&exact),
                        listed(&below)
                    )
                }
                _ => return None,
            };
            Some(match test.binds_tighter {
                true => fix.edit(test.span, format!("({condition})")),
                false => fix.edit(test.span, condition),
            })
        }
        PathTestKind::Method => None,
    }
}

fn is_name(written: &str) -> bool {
    written
        .chars()
        .all(|character| character.is_alphanumeric() || character == '_')
}

fn report(
    context: &mut RuleContext<'_>,
    test: &PathTest,
    message: String,
    severity: Severity,
    confidence: Confidence,
    related: Option<(Span, String)>,
) {
    let fix = fix(context.facts(), test);
    let finding = context.report(test.span, message);
    finding.severity(severity).confidence(confidence).fix(fix);
    if let Some((at, words)) = related {
        finding.related(at, words);
    }
    if test.skip.file != test.span.file || !test.skip.range.contains_range(test.span.range) {
        finding.related(test.skip, "the handler runs without authentication");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    const BEFORE: &str = r#"
import os

import jwt
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.middleware.base import BaseHTTPMiddleware

app = FastAPI()
KEY = os.environ["BETTER_AUTH_SECRET"]

@app.get("/authors")
def authors():
    return load()

@app.get("/tasks/{task_id}")
def task(task_id: str):
    return load(task_id)

"#;

    const AFTER: &str = r#"
    try:
        jwt.decode(request.headers["Authorization"][7:], KEY, algorithms=["HS256"])
    except Exception:
        return JSONResponse({"detail": "Not authenticated"}, 401)
    return await call_next(request)
"#;

    /// A middleware that begins with these lines.
    fn middleware(lines: &str) -> String {
        let head = "@app.middleware(\"http\")\nasync def authenticate(request: Request, call_next):\n";
        format!("{BEFORE}{head}{lines}{AFTER}")
    }

    #[test]
    fn loose() {
        for test in [
            r#""/public" in request.url.path"#,
            r#""/public" in request.url.path.lower()"#,
            r#"request.url.path.endswith("/login")"#,
            r#"request.url.path.startswith("/auth")"#,
            r#"request.url.path.startswith(("/login/", "/auth"))"#,
            r#"request.url.path.startswith("/")"#,
            r#""/public" in str(request.url)"#,
            r#"request.method == "GET""#,
            r#"request.method in ("GET", "OPTIONS")"#,
            r#"request.method not in {"POST", "PUT"}"#,
            r#"any(request.url.path.startswith(p) for p in ["/login/", "/auth"])"#,
            r#"any(p in request.url.path for p in ["/public"])"#,
            r#"request.url.path == "/x" or "health" in request.url.path"#,
        ] {
            check(&middleware(&format!(
                "    if {test}:  # finding: middleware-path-bypass (critical)\n        return await call_next(request)\n"
            )));
        }
    }

    #[test]
    fn tight() {
        for test in [
            r#"request.url.path == "/public""#,
            r#"request.url.path in {"/login", "/docs"}"#,
            r#"request.url.path.startswith("/public/")"#,
            r#"request.method == "OPTIONS""#,
            r#"request.method == "POST" and request.url.path == "/users""#,
            r#"not request.url.path.startswith("/api/")"#,
        ] {
            check(&middleware(&format!(
                "    if {test}:  # ok\n        return await call_next(request)\n"
            )));
        }
    }

    #[test]
    fn a_prefix_that_no_route_passes() {
        check(&middleware(
            "    if request.url.path.startswith(\"/docs\"):  # finding: middleware-path-bypass (warning)\n        return await call_next(request)\n",
        ));
    }

    #[test]
    fn variables_and_helpers() {
        check(
            r#"
            import os

            import jwt
            from fastapi import FastAPI, Request
            from fastapi.responses import JSONResponse
            from starlette.middleware.base import BaseHTTPMiddleware

            app = FastAPI()
            KEY = os.environ["BETTER_AUTH_SECRET"]
            EXACT = {"/login"}

            class Authentication(BaseHTTPMiddleware):
                OPEN = ["/public", "/health"]

                async def dispatch(self, request: Request, call_next):
                    path = request.url.path
                    if self.is_open(path) or path in EXACT:
                        return await call_next(request)
                    is_read = request.method == "GET"  # finding: middleware-path-bypass (critical)
                    if is_read:
                        return await call_next(request)
                    try:
                        jwt.decode(request.headers["Authorization"][7:], KEY, algorithms=["HS256"])
                    except Exception:
                        return JSONResponse({"detail": "Not authenticated"}, 401)
                    return await call_next(request)

                def is_open(self, path: str) -> bool:
                    for part in self.OPEN:
                        if part in path:  # finding: middleware-path-bypass (critical)
                            return True
                    return False

            app.add_middleware(Authentication)
            "#,
        );
    }

    #[test]
    fn around_the_verification() {
        check(
            r#"
            import os

            import jwt
            from fastapi import FastAPI, Request
            from fastapi.responses import JSONResponse

            app = FastAPI()
            KEY = os.environ["BETTER_AUTH_SECRET"]

            @app.middleware("http")
            async def authenticate(request: Request, call_next):
                if not request.url.path.endswith("/login"):  # finding: middleware-path-bypass (critical)
            #          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ middleware-path-bypass
                    try:
                        jwt.decode(request.headers["Authorization"][7:], KEY, algorithms=["HS256"])
                    except Exception:
                        return JSONResponse({"detail": "Not authenticated"}, 401)
                return await call_next(request)

            @app.middleware("http")
            async def log(request: Request, call_next):
                if "health" not in request.url.path:
                    print(request.method)
                return await call_next(request)
            "#,
        );
        check(
            r#"
            import os

            import jwt
            from fastapi import FastAPI, Request
            from fastapi.responses import JSONResponse

            app = FastAPI()

            @app.middleware("http")
            async def authenticate(request: Request, call_next):
                if request.url.path.startswith("/api/"):
                    try:
                        jwt.decode(request.headers["Authorization"][7:], os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
                    except Exception:
                        return JSONResponse({"detail": "Not authenticated"}, 401)
                return await call_next(request)
            "#,
        );
    }
}
