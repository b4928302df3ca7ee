//! Flags cross-origin policies that let strangers' sites read answers with the user's credentials.

use facts::Facts;
use facts::cors::{CorsPolicy, OpenOrigin, OpenPattern};
use facts::origin_pattern::{Reach, repaired};
use facts::trace::Traced;
use report::{Confidence, OwaspApi, Phase, Severity};

use crate::fix::Fix;
use crate::fixes::{lists, style};
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// `CORSMiddleware` with `allow_credentials=True` and origins that strangers can hold: `*` in `allow_origins`,
    /// written there, in a list elsewhere, or as the default of a setting; `null`; an `allow_origin_regex` that a
    /// domain anybody can register passes (`.*`, `https://.*example\.com`, an unescaped dot, names below a shared
    /// host such as `vercel.app`). Also the request's `Origin` sent back by hand beside
    /// `Access-Control-Allow-Credentials`.
    ///
    /// Explicit origins, escaped subdomains of your own domain, blocks that run in development only and policies
    /// without credentials are right. The finding is critical when the application logs users in by a cookie.
    ///
    /// ```python,finding
    /// from fastapi import FastAPI
    /// from fastapi.middleware.cors import CORSMiddleware
    ///
    /// app = FastAPI()
    /// app.add_middleware(
    ///     CORSMiddleware,
    ///     allow_origins=["*"],
    ///     allow_credentials=True,
    ///     allow_methods=["GET", "POST"],
    /// )
    /// ```
    ///
    /// ## Why it matters
    ///
    /// Browsers refuse `Access-Control-Allow-Origin: *` on requests with credentials. Starlette (1.10) works around
    /// that: with `allow_origins=["*"]` and `allow_credentials=True` it answers with the origin that asks, so every
    /// site on the web may send the user's cookies or client certificate along and read the answer.
    /// `allow_origin_regex` is matched against the whole origin (`re.fullmatch`); a dot that is not escaped stands
    /// for any character.
    ///
    /// ## How it is exploited
    ///
    /// A page on `https://evil.example`, opened by somebody who is logged in, runs
    /// `fetch("https://api.example.com/tasks", {credentials: "include"}).then(r => r.text())` and gets the tasks:
    /// the answer carries `Access-Control-Allow-Origin: https://evil.example`.
    ///
    /// ## Use instead
    ///
    /// Name the origins of your frontends. An API that is called with `Authorization: Bearer` alone needs no
    /// credentials in this sense and can leave `allow_credentials` out.
    ///
    /// ```python,fixed
    /// from fastapi import FastAPI
    /// from fastapi.middleware.cors import CORSMiddleware
    ///
    /// app = FastAPI()
    /// app.add_middleware(
    ///     CORSMiddleware,
    ///     allow_origins=["https://app.example.com"],
    ///     allow_credentials=True,
    ///     allow_methods=["GET", "POST"],
    /// )
    /// ```
    ///
    /// ```python,ok
    /// from fastapi import FastAPI
    /// from fastapi.middleware.cors import CORSMiddleware
    ///
    /// app = FastAPI()
    /// app.add_middleware(
    ///     CORSMiddleware,
    ///     allow_origin_regex=r"https://([a-z0-9-]+\.)?example\.com",
    ///     allow_credentials=True,
    /// )
    /// ```
    ///
    /// ## References
    ///
    /// - Fetch standard, CORS protocol and credentials: <https://fetch.spec.whatwg.org/#cors-protocol-and-credentials>
    /// - FastAPI, CORS: <https://fastapi.tiangolo.com/tutorial/cors/>
    /// - CWE-942: <https://cwe.mitre.org/data/definitions/942.html>
    pub(super) static RULE: Rule = Rule {
        name: "cors-wildcard-with-credentials",
        summary: "Any site may read answers with the user's credentials",
        severity: Severity::Warning,
        phase: Phase::SecurityConfiguration,
        cwe: 942,
        owasp: OwaspApi::SecurityMisconfiguration,
        checklist_item: None,
        fixable: true,
        supersedes: &[],
        check,
    };
}

/// Stands for the origin that only the author knows.
const PLACEHOLDER: &str = "https://app.example.com";

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for policy in &facts.cors_policies {
        let has_credentials = policy.credentials.find(|on| *on).is_some();
        if policy.is_test || !has_credentials {
            continue;
        }
        if let Some(origin) = policy.open_origins.first() {
            open_origin(context, policy, origin);
        }
        if let Some(pattern) = policy.open_patterns.first() {
            open_pattern(context, policy, pattern);
        }
    }
    for reflected in facts
        .reflected_origins
        .iter()
        .filter(|origin| !facts.is_test(origin.span.file))
    {
        let message = "The request's own `Origin` is sent back as allowed, with credentials: any site may read what \
                       the user is answered";
        let finding = context.report(reflected.span, format!("{message}{}", cookie_clause(facts)));
        finding.related(reflected.credentials, "credentials are allowed here");
        finding.traces(reflected.steps.iter().cloned());
        if let Some(cookie) = facts.auth_cookies.first() {
            finding.severity(Severity::Critical);
            finding.related(cookie.span, format!("the cookie `{}` logs users in", cookie.name));
        }
    }
}

fn open_origin(context: &mut RuleContext<'_>, policy: &CorsPolicy, origin: &Traced<OpenOrigin>) {
    let facts = context.facts();
    let span = policy.origins_span.unwrap_or(policy.call.span);
    let open = &origin.value;
    let who = match &*open.text {
        "null" => "any page in a sandboxed frame",
        _ => "any site",
    };
    let what = match &open.default_of {
        Some(name) => format!("`allow_origins` falls back to `{}` when `{name}` is not set", open.text),
        None if open.text.len() > 1 && open.text.contains('*') => {
            format!(
                "`allow_origins` is the text `{}`, whose asterisk stands for all origins",
                open.text
            )
        }
        None => format!("`allow_origins` holds `{}`", open.text),
    };
    let mut message = format!("{what}, with `allow_credentials` on: {who} may read what the user is answered");
    let is_certain = open.default_of.is_none() && open.text != "null" && policy.credentials.always(|on| *on);
    let confidence = match is_certain && !policy.has_other_origins {
        true => Confidence::High,
        false => Confidence::Medium,
    };
    let cookie = facts.auth_cookies.first().filter(|_| is_certain);
    if cookie.is_some() {
        message += &cookie_clause(facts);
    }
    let fix = origins_fix(facts, policy);
    let finding = context.report(span, message);
    finding.confidence(confidence).fix(fix);
    if !span.range.contains_range(origin.origin.range) || span.file != origin.origin.file {
        finding.related(origin.origin, format!("`{}` is written here", open.text));
        finding.trace(origin.origin, format!("`{}` is written here", open.text));
    }
    finding.traces(origin.steps.iter().cloned());
    if let Some(credentials) = policy.credentials_span {
        finding.related(credentials, "credentials are allowed here");
    }
    if let Some(cookie) = cookie {
        finding.severity(Severity::Critical);
        finding.related(cookie.span, format!("the cookie `{}` logs users in", cookie.name));
    }
}

fn open_pattern(context: &mut RuleContext<'_>, policy: &CorsPolicy, pattern: &Traced<OpenPattern>) {
    let facts = context.facts();
    let span = policy.pattern_span.unwrap_or(policy.call.span);
    let foreign = &pattern.value.foreign;
    let example = &foreign.example;
    let mut message = match foreign.reach {
        Reach::Everyone => {
            "`allow_origin_regex` lets every origin in, with `allow_credentials` on: any site may read what the \
             user is answered"
                .to_owned()
        }
        Reach::Domain => {
            format!("`allow_origin_regex` lets `{example}` in, which anybody can register, with `allow_credentials` on")
        }
        Reach::SharedHost => format!(
            "`allow_origin_regex` lets names such as `{example}` in, which anybody can take at that host, with \
             `allow_credentials` on"
        ),
    };
    let is_certain = policy.credentials.always(|on| *on);
    let confidence = match is_certain && foreign.reach != Reach::SharedHost {
        true => Confidence::High,
        false => Confidence::Medium,
    };
    let cookie = facts.auth_cookies.first().filter(|_| is_certain);
    if cookie.is_some() {
        message += &cookie_clause(facts);
    }
    let fix = pattern_fix(facts, pattern);
    let finding = context.report(span, message);
    finding.confidence(confidence).fix(fix);
    if !span.range.contains_range(pattern.origin.range) || span.file != pattern.origin.file {
        finding.related(pattern.origin, "the pattern is written here");
        finding.trace(pattern.origin, "the pattern is written here");
    }
    finding.traces(pattern.steps.iter().cloned());
    if let Some(credentials) = policy.credentials_span {
        finding.related(credentials, "credentials are allowed here");
    }
    if let Some(cookie) = cookie {
        finding.severity(Severity::Critical);
        finding.related(cookie.span, format!("the cookie `{}` logs users in", cookie.name));
    }
}

fn cookie_clause(facts: &Facts<'_>) -> String {
    match facts.auth_cookies.first() {
        Some(cookie) => format!(", logged in by the cookie `{}`", cookie.name),
        None => String::new(),
    }
}

/// Takes `*` out of a list that holds other origins, or puts an origin in its place.
fn origins_fix(facts: &Facts<'_>, policy: &CorsPolicy) -> Option<Fix> {
    let origins = &policy.open_origins;
    // One literal at a time may be written; several ways to several literals are for the author.
    let [origin] = &origins[..] else { return None };
    let literal = origin.value.literal?;
    let text = facts.text(literal.file);
    if let Some(entry) = origin.value.entry.as_ref().filter(|entry| entry.items.len() > 1) {
        let items: Vec<_> = entry.items.iter().map(|item| item.range).collect();
        let title = format!("Take `{}` out of the allowed origins", origin.value.text);
        return Some(Fix::changes_behaviour(title).with([lists::remove(literal.file, text, &items, entry.index)]));
    }
    let named = style::string_literal(text, PLACEHOLDER);
    // `allow_origins="*"` is a list of one at best.
    let is_argument = policy.call.arguments.iter().any(|argument| argument.value == literal);
    let replacement = match is_argument {
        true => format!("[{named}]"),
        false => named,
    };
    Some(Fix::needs_value("Name your frontend's origin").edit(literal, replacement))
}

fn pattern_fix(facts: &Facts<'_>, pattern: &Traced<OpenPattern>) -> Option<Fix> {
    let span = pattern.origin;
    let written = facts.snippet(span);
    let (is_raw, literal) = match written.strip_prefix(['r', 'R']) {
        Some(rest) => (true, rest),
        None => (false, written),
    };
    let quote = literal.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let inner = literal.strip_prefix(quote)?.strip_suffix(quote)?;
    // Another form of literal: escapes decoded, several joined.
    if inner != pattern.value.pattern || inner.contains(quote) || (!is_raw && inner.contains('\\')) {
        return None;
    }
    let raw = |pattern: &str| format!("r{quote}{pattern}{quote}");
    match (pattern.value.foreign.reach, repaired(inner)) {
        (_, Some(better)) => {
            let fix = Fix::changes_behaviour("Let subdomains of your domain in, and nothing else");
            Some(fix.edit(span, raw(&better)))
        }
        (Reach::Everyone, None) => {
            let placeholder = PLACEHOLDER.replace('.', "\\.");
            Some(Fix::needs_value("Name your frontend's origin").edit(span, raw(&placeholder)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, check_fix, report};

    #[test]
    fn literal() {
        check(
            r#"
            from fastapi import FastAPI
            from fastapi.middleware.cors import CORSMiddleware

            app = FastAPI()
            app.add_middleware(
                CORSMiddleware,
                allow_origins=["*"],  # finding: cors-wildcard-with-credentials (warning, high, needs-value)
            #   ^^^^^^^^^^^^^^^^^^^ cors-wildcard-with-credentials
                allow_credentials=True,
                allow_methods=["*"],
                allow_headers=["*"],
            )
            "#,
        );
    }

    #[test]
    fn explicit_origins() {
        check(
            r#"
            from fastapi import FastAPI
            from fastapi.middleware.cors import CORSMiddleware

            app = FastAPI()
            app.add_middleware(
                CORSMiddleware,
                allow_origins=["https://app.example.org", "http://localhost:3000", "https://*.example.org"],
                allow_credentials=True,
                allow_methods=["*"],
                allow_headers=["*"],
            )
            "#,
        );
    }

    #[test]
    fn without_credentials() {
        check(
            r#"
            from fastapi import FastAPI
            from starlette.middleware.cors import CORSMiddleware

            app = FastAPI()
            app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=False)
            app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"])
            app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials="*" not in ORIGINS)
            "#,
        );
    }

    #[test]
    fn through_a_variable_and_among_others() {
        check_fix(
            &RULE,
            r#"
            from fastapi import FastAPI
            from fastapi.middleware.cors import CORSMiddleware as Cors

            origins = [
                "http://localhost:3000",
                "*",
            ]
            app = FastAPI()
            app.add_middleware(
                Cors,
                allow_origins=origins,  # finding: cors-wildcard-with-credentials (warning, high, changes-behaviour)
                allow_credentials=True,
            )
            "#,
            r#"
            from fastapi import FastAPI
            from fastapi.middleware.cors import CORSMiddleware as Cors

            origins = [
                "http://localhost:3000",
            ]
            app = FastAPI()
            app.add_middleware(
                Cors,
                allow_origins=origins,
                allow_credentials=True,
            )
            "#,
        );
    }

    #[test]
    fn options_in_a_dictionary() {
        check(
            r#"
            from fastapi import FastAPI
            from fastapi.middleware.cors import CORSMiddleware

            OPEN = {"allow_origins": ["*"], "allow_methods": ["*"]}
            OPEN["allow_credentials"] = True
            CLOSED = {"allow_origins": ["https://a.example"], "allow_credentials": True}
            app = FastAPI()
            app.add_middleware(CORSMiddleware, **OPEN)  # finding: cors-wildcard-with-credentials
            app.add_middleware(CORSMiddleware, **CLOSED)  # ok
            "#,
        );
    }

    #[test]
    fn middleware_in_a_list_with_a_settings_default() {
        check_fix(
            &RULE,
            r#"
            #- app/middlewares.py
            from starlette.middleware import Middleware
            from starlette.middleware.cors import CORSMiddleware

            from app.config import settings

            def make_middlewares():
                return [
                    Middleware(
                        CORSMiddleware,
                        allow_origins=settings.CORS_ORIGINS,  # finding: cors-wildcard-with-credentials (warning, medium)
                        allow_credentials=settings.CORS_ALLOW_CREDENTIALS,
                    ),
                    Middleware(
                        CORSMiddleware,
                        allow_origins=settings.OTHER_ORIGINS,  # ok
                        allow_credentials=settings.CORS_ALLOW_CREDENTIALS,
                    ),
                ]
            #- app/config.py
            from pydantic_settings import BaseSettings

            class Settings(BaseSettings):
                CORS_ORIGINS: list[str] = ["*"]
                OTHER_ORIGINS: list[str] = []
                CORS_ALLOW_CREDENTIALS: bool = True

            settings = Settings()
            "#,
            r#"
            #- app/middlewares.py
            from starlette.middleware import Middleware
            from starlette.middleware.cors import CORSMiddleware

            from app.config import settings

            def make_middlewares():
                return [
                    Middleware(
                        CORSMiddleware,
                        allow_origins=settings.CORS_ORIGINS,
                        allow_credentials=settings.CORS_ALLOW_CREDENTIALS,
                    ),
                    Middleware(
                        CORSMiddleware,
                        allow_origins=settings.OTHER_ORIGINS,
                        allow_credentials=settings.CORS_ALLOW_CREDENTIALS,
                    ),
                ]
            #- app/config.py
            from pydantic_settings import BaseSettings

            class Settings(BaseSettings):
                CORS_ORIGINS: list[str] = ["https://app.example.com"]
                OTHER_ORIGINS: list[str] = []
                CORS_ALLOW_CREDENTIALS: bool = True

            settings = Settings()
            "#,
        );
    }

    #[test]
    fn environment_with_a_default() {
        check(
            r#"
            import os

            from fastapi import FastAPI
            from fastapi.middleware.cors import CORSMiddleware

            def create_app() -> FastAPI:
                app = FastAPI()
                origins = [o.strip() for o in os.getenv("ALLOWED_ORIGINS", "*").split(",") if o]
                named = [o.strip() for o in os.getenv("ALLOWED_ORIGINS", "http://localhost:3000").split(",") if o]
                app.add_middleware(
                    CORSMiddleware,
                    allow_origins=origins,  # finding: cors-wildcard-with-credentials (warning, medium)
                    allow_credentials=True,
                )
                app.add_middleware(CORSMiddleware, allow_origins=named, allow_credentials=True)  # ok
                app.add_middleware(CORSMiddleware, allow_origins=os.environ["O"].split(","), allow_credentials=True)
                return app
            "#,
        );
        let report = report(
            r#"
            import os
            from fastapi.middleware.cors import CORSMiddleware
            app.add_middleware(CORSMiddleware, allow_origins=os.getenv("ORIGINS", "*").split(","), allow_credentials=True)
            "#,
        );
        assert_eq!(
            report.findings[0].message,
            "`allow_origins` falls back to `*` when `ORIGINS` is not set, with `allow_credentials` on: any site may \
             read what the user is answered"
        );
    }

    #[test]
    fn wrapped_application_and_own_class() {
        check(
            r#"
            from fastapi import FastAPI
            from fastapi.middleware.cors import CORSMiddleware

            class Cors(CORSMiddleware):
                pass

            app = FastAPI()
            app.add_middleware(Cors, allow_origins=("*",), allow_credentials=True)  # finding: cors-wildcard-with-credentials
            wrapped = CORSMiddleware(app, ["*"], allow_credentials=True)  # finding: cors-wildcard-with-credentials
            wrapped = CORSMiddleware(app=app, allow_origins=["https://a.example"], allow_credentials=True)
            "#,
        );
    }

    /// `"*" in allow_origins` is what Starlette asks: true for a text with an asterisk in it.
    #[test]
    fn a_text_is_no_list() {
        check_fix(
            &RULE,
            r#"
            from fastapi import FastAPI
            from fastapi.middleware.cors import CORSMiddleware

            app = FastAPI()
            app.add_middleware(CORSMiddleware, allow_origins="*", allow_credentials=True)  # finding: cors-wildcard-with-credentials
            "#,
            r#"
            from fastapi import FastAPI
            from fastapi.middleware.cors import CORSMiddleware

            app = FastAPI()
            app.add_middleware(CORSMiddleware, allow_origins=["https://app.example.com"], allow_credentials=True)
            "#,
        );
        check(
            r#"
            from fastapi.middleware.cors import CORSMiddleware
            app.add_middleware(CORSMiddleware, allow_origins="https://*.example.org", allow_credentials=True)  # finding: cors-wildcard-with-credentials (needs-value)
            app.add_middleware(CORSMiddleware, allow_origins=["null"], allow_credentials=True)  # finding: cors-wildcard-with-credentials (medium)
            "#,
        );
    }

    #[test]
    fn patterns() {
        check(
            r#"
            from fastapi import FastAPI
            from fastapi.middleware.cors import CORSMiddleware

            app = FastAPI()
            app.add_middleware(CORSMiddleware, allow_origin_regex=".*", allow_credentials=True)  # finding: cors-wildcard-with-credentials (high, needs-value)
            app.add_middleware(CORSMiddleware, allow_origin_regex=r"https?://.*", allow_credentials=True)  # finding: cors-wildcard-with-credentials
            app.add_middleware(CORSMiddleware, allow_origin_regex=r"https://.*\.vercel\.app", allow_credentials=True)  # finding: cors-wildcard-with-credentials (medium, no-fix)
            app.add_middleware(CORSMiddleware, allow_origin_regex=r"https://.*\.example\.com", allow_credentials=True)  # ok
            app.add_middleware(CORSMiddleware, allow_origin_regex=r"http://localhost:\d+", allow_credentials=True)  # ok
            app.add_middleware(CORSMiddleware, allow_origin_regex=".*")  # ok
            "#,
        );
        check_fix(
            &RULE,
            r#"
            from fastapi.middleware.cors import CORSMiddleware

            PATTERN = 'https://.*example.com'
            app.add_middleware(CORSMiddleware, allow_origin_regex=PATTERN, allow_credentials=True)  # finding: cors-wildcard-with-credentials
            "#,
            r#"
            from fastapi.middleware.cors import CORSMiddleware

            PATTERN = r'https://(.*\.)?example\.com'
            app.add_middleware(CORSMiddleware, allow_origin_regex=PATTERN, allow_credentials=True)
            "#,
        );
    }

    #[test]
    fn development_only() {
        check(
            r#"
            import os

            from fastapi import FastAPI
            from fastapi.middleware.cors import CORSMiddleware

            from app.config import settings

            app = FastAPI()
            if settings.DEBUG:
                app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)  # ok
            if settings.ENVIRONMENT == "production":
                app.add_middleware(CORSMiddleware, allow_origins=settings.ORIGINS, allow_credentials=True)
            else:
                app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)  # ok
            origins = ["*"] if os.getenv("ENV") in ("dev", "local") else ["https://a.example"]
            app.add_middleware(CORSMiddleware, allow_origins=origins, allow_credentials=True)  # ok
            if settings.ENVIRONMENT != "local":
                app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)  # finding: cors-wildcard-with-credentials
            if settings.BACKEND_CORS_ORIGINS:
                app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)  # finding: cors-wildcard-with-credentials
            DEBUG = True
            if DEBUG:
                app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)  # finding: cors-wildcard-with-credentials
            #- app/config.py
            from pydantic_settings import BaseSettings

            class Settings(BaseSettings):
                DEBUG: bool = False
                ENVIRONMENT: str = "local"
                ORIGINS: list[str] = []
                BACKEND_CORS_ORIGINS: list[str] = []

            settings = Settings()
            "#,
        );
    }

    #[test]
    fn refused_at_start_up() {
        check(
            r#"
            import os

            from fastapi import FastAPI
            from fastapi.middleware.cors import CORSMiddleware

            origins = os.getenv("ORIGINS", "*").split(",")
            if "*" in origins:
                raise RuntimeError("name the origins")
            app = FastAPI()
            app.add_middleware(CORSMiddleware, allow_origins=origins, allow_credentials=True)  # ok
            "#,
        );
    }

    #[test]
    fn cookie_authentication_is_critical() {
        check(
            r#"
            #- main.py
            from fastapi import FastAPI
            from fastapi.middleware.cors import CORSMiddleware

            app = FastAPI()
            app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)  # finding: cors-wildcard-with-credentials (critical, high)
            #- login.py
            from fastapi import APIRouter, Response

            router = APIRouter()

            @router.post("/login")
            def login(response: Response):
                response.set_cookie("access_token", make_token(), httponly=True, secure=True, samesite="lax")
            "#,
        );
        check(
            r#"
            from fastapi import FastAPI, Request
            from fastapi.middleware.cors import CORSMiddleware

            app = FastAPI()
            app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)  # finding: cors-wildcard-with-credentials (warning)

            @app.get("/theme")
            def theme(request: Request):
                return {"theme": request.cookies.get("theme"), "csrf": request.cookies["csrf_token"]}
            "#,
        );
    }

    #[test]
    fn reflected_by_hand() {
        check(
            r#"
            from fastapi import FastAPI, Request

            app = FastAPI()
            ALLOWED = {"https://a.example", "https://b.example"}

            @app.middleware("http")
            async def cors(request: Request, call_next):
                response = await call_next(request)
                origin = request.headers.get("origin")
                response.headers["Access-Control-Allow-Origin"] = origin  # finding: cors-wildcard-with-credentials
                response.headers["Access-Control-Allow-Credentials"] = "true"
                return response

            @app.middleware("http")
            async def cors_of_the_known(request: Request, call_next):
                response = await call_next(request)
                origin = request.headers.get("origin")
                if origin in ALLOWED:
                    response.headers["Access-Control-Allow-Origin"] = origin  # ok
                    response.headers["Access-Control-Allow-Credentials"] = "true"
                return response

            @app.middleware("http")
            async def cors_without_credentials(request: Request, call_next):
                response = await call_next(request)
                response.headers["Access-Control-Allow-Origin"] = request.headers["origin"]  # ok
                return response

            def preflight(request: Request):
                headers = {
                    "Access-Control-Allow-Origin": request.headers["Origin"],  # finding: cors-wildcard-with-credentials
                    "Access-Control-Allow-Credentials": "true",
                }
                return Response(headers=headers)
            "#,
        );
    }

    #[test]
    fn tests_may_do_as_they_like() {
        check(
            r#"
            #- tests/test_cors.py
            from fastapi.middleware.cors import CORSMiddleware
            app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)  # ok
            "#,
        );
    }

    /// The official template: a property joins a comprehension and a list.
    #[test]
    fn origins_of_a_property() {
        check(
            r#"
            #- app/main.py
            from fastapi import FastAPI
            from starlette.middleware.cors import CORSMiddleware
            from app.config import settings

            app = FastAPI()
            if settings.all_cors_origins:
                app.add_middleware(
                    CORSMiddleware,
                    allow_origins=settings.all_cors_origins,  # ok
                    allow_credentials=True,
                    allow_methods=["*"],
                    allow_headers=["*"],
                )
            #- app/config.py
            from pydantic import computed_field
            from pydantic_settings import BaseSettings

            class Settings(BaseSettings):
                FRONTEND_HOST: str = "http://localhost:5173"
                BACKEND_CORS_ORIGINS: list[str] | str = []

                @computed_field
                @property
                def all_cors_origins(self) -> list[str]:
                    return [str(origin).rstrip("/") for origin in self.BACKEND_CORS_ORIGINS] + [self.FRONTEND_HOST]

            settings = Settings()
            "#,
        );
        check(
            r#"
            #- app/main.py
            from fastapi import FastAPI
            from starlette.middleware.cors import CORSMiddleware
            from app.config import settings

            app = FastAPI()
            app.add_middleware(
                CORSMiddleware,
                allow_origins=settings.all_cors_origins,  # finding: cors-wildcard-with-credentials (medium)
                allow_credentials=True,
            )
            #- app/config.py
            from pydantic_settings import BaseSettings

            class Settings(BaseSettings):
                FRONTEND_HOST: str = "http://localhost:5173"
                BACKEND_CORS_ORIGINS: list[str] = ["*"]

                @property
                def all_cors_origins(self) -> list[str]:
                    return [str(origin).rstrip("/") for origin in self.BACKEND_CORS_ORIGINS] + [self.FRONTEND_HOST]

            settings = Settings()
            "#,
        );
    }

    #[test]
    fn the_asterisk_is_handled_apart() {
        check(
            r#"
            import os

            from fastapi import FastAPI
            from fastapi.middleware.cors import CORSMiddleware

            app = FastAPI()
            origins = os.environ.get("CORS_ORIGINS", "*").strip()

            if origins == "*":
                app.add_middleware(CORSMiddleware, allow_credentials=True, allow_origin_regex=".*")  # finding: cors-wildcard-with-credentials
            else:
                app.add_middleware(CORSMiddleware, allow_credentials=True, allow_origins=origins.split(","))  # ok

            if origins == "https://app.example.com":
                pass
            else:
                app.add_middleware(CORSMiddleware, allow_credentials=True, allow_origins=origins.split(","))  # finding: cors-wildcard-with-credentials
            "#,
        );
    }
}
