//! Flags applications in debug mode, and routes that answer with the environment or the settings.

use facts::debugging::DumpKind;
use report::{OwaspApi, Phase, Severity};

use crate::fix::Fix;
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// `FastAPI(debug=True)` and `app.debug = True`, and routes that answer with `os.environ`, with an object of
    /// settings that holds secrets, or with one secret (`settings.SECRET_KEY`, `os.getenv("DATABASE_URL")`). The
    /// latter are critical unless only administrators may call them.
    ///
    /// Right are a mode that the environment decides (`debug=settings.DEBUG`; a suggestion where it is on unless it
    /// says otherwise), blocks that run in development only, settings without secrets and single harmless ones.
    ///
    /// ```python,finding
    /// from fastapi import FastAPI
    ///
    /// app = FastAPI(title="Tasks", debug=True)
    /// ```
    ///
    /// ## Why it matters
    ///
    /// In debug mode Starlette (1.10) answers an exception that nobody catches with its traceback: source lines,
    /// paths, and in them what the code was doing with whose data. A dump of the environment holds the key that
    /// tokens are signed with, the database's password and every API key.
    ///
    /// ## How it is exploited
    ///
    /// `GET /debug/env` gives `BETTER_AUTH_SECRET`; with it anybody signs a token for any user. In debug mode a
    /// request that makes a handler fail (`?page=x`) is answered with the traceback.
    ///
    /// ## Use instead
    ///
    /// ```python,fixed
    /// from fastapi import FastAPI
    ///
    /// app = FastAPI(title="Tasks", debug=False)
    /// ```
    ///
    /// ```python,ok
    /// from fastapi import FastAPI
    /// from pydantic_settings import BaseSettings
    ///
    /// class Settings(BaseSettings):
    ///     debug: bool = False
    ///
    /// settings = Settings()
    /// app = FastAPI(debug=settings.debug)
    ///
    /// @app.get("/version")
    /// def version():
    ///     return {"debug": settings.debug}
    /// ```
    ///
    /// ## References
    ///
    /// - Starlette, debug: <https://www.starlette.io/applications/#instantiating-the-application>
    /// - OWASP API8:2023, Security Misconfiguration: <https://owasp.org/API-Security/editions/2023/en/0xa8-security-misconfiguration/>
    /// - CWE-489: <https://cwe.mitre.org/data/definitions/489.html>
    pub(super) static RULE: Rule = Rule {
        name: "debug-enabled",
        summary: "The application runs in debug mode, or a route answers with the environment or the settings",
        severity: Severity::Warning,
        phase: Phase::SecurityConfiguration,
        cwe: 489,
        owasp: OwaspApi::SecurityMisconfiguration,
        checklist_item: Some(12),
        fixable: true,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    let debugging = facts.debugging();
    for mode in &debugging.modes {
        match &mode.default_of {
            None => {
                let message = "Debug mode is on: exceptions are answered with their traceback";
                let written = facts.snippet(mode.span) == "True";
                let fix = Fix::safe("Turn debug mode off").edit(mode.span, "False");
                context.report(mode.span, message).fix(written.then_some(fix));
            }
            Some(variable) => {
                let message = format!("Debug mode is on unless `{variable}` turns it off");
                context.report(mode.span, message).severity(Severity::Suggestion);
            }
        }
    }
    for dump in &debugging.dumps {
        let operation = &facts.applications().routes[dump.route].operation;
        let route = format!("{} {}", operation.methods.join(", "), operation.path.text);
        let what = match &dump.kind {
            DumpKind::Environment => "all variables of the environment".to_owned(),
            DumpKind::Settings { class, field } => format!("all of `{class}`, `{field}` included"),
            DumpKind::Secret { name } => format!("`{name}`"),
        };
        let finding = context.report(dump.span, format!("`{route}` answers with {what}"));
        if !dump.is_for_the_privileged {
            finding.severity(Severity::Critical);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn modes() {
        check(
            r#"
            import os
            from fastapi import FastAPI
            from config import settings

            DEBUG = True
            app = FastAPI(debug=True)  # finding: debug-enabled (warning, safe)
            #                   ^^^^ debug-enabled
            other = FastAPI(debug=DEBUG)  # finding: debug-enabled (warning, no-fix)
            third = FastAPI(debug=settings.debug)  # finding: debug-enabled (suggestion)
            fourth = FastAPI(debug=settings.quiet)  # ok
            fifth = FastAPI(debug=os.getenv("DEBUG") == "1")  # ok
            sixth = FastAPI(debug=False)  # ok
            seventh = FastAPI()
            seventh.debug = True  # finding: debug-enabled
            if os.getenv("ENVIRONMENT") == "development":
                seventh.debug = True  # ok
            class Task:
                pass
            task = Task()
            task.debug = True  # ok
            #- config.py
            from pydantic_settings import BaseSettings

            class Settings(BaseSettings):
                debug: bool = True
                quiet: bool = False

            settings = Settings()
            #- tests/test_app.py
            from fastapi import FastAPI
            app = FastAPI(debug=True)
            "#,
        );
    }

    #[test]
    fn dumps() {
        check(
            r#"
            import os
            from fastapi import Depends, FastAPI, HTTPException
            from fastapi.responses import JSONResponse
            from config import public, settings

            app = FastAPI()

            @app.get("/a")
            def a():
                return dict(os.environ)  # finding: debug-enabled (critical)

            @app.get("/b")
            def b():
                return {"env": os.environ}  # finding: debug-enabled (critical)

            @app.get("/c")
            def c():
                return {name: value for name, value in os.environ.items()}  # finding: debug-enabled

            @app.get("/d")
            def d():
                return settings  # finding: debug-enabled

            @app.get("/e")
            def e():
                info = {"config": settings.model_dump()}  # finding: debug-enabled
                return info

            @app.get("/f")
            def f():
                return {"key": settings.SECRET_KEY}  # finding: debug-enabled (critical)

            @app.get("/g")
            def g():
                return JSONResponse({"db": os.getenv("DATABASE_URL")})  # finding: debug-enabled

            def get_admin():
                raise HTTPException(403)

            @app.get("/h", dependencies=[Depends(get_admin)])
            def h():
                return dict(os.environ)  # finding: debug-enabled (warning)

            @app.get("/i")
            def i():
                return {"name": settings.name, "env": os.getenv("ENVIRONMENT"), "set": bool(settings.SECRET_KEY)}  # ok

            @app.get("/j")
            def j():
                return public  # ok

            @app.get("/k")
            def k():
                return settings.model_dump(include={"name"})  # ok

            @app.get("/l")
            def l():
                return {"ok": "SECRET_KEY" in os.environ, "stripe": os.getenv("STRIPE_PUBLIC_KEY")}  # ok
            #- config.py
            from pydantic_settings import BaseSettings

            class Settings(BaseSettings):
                SECRET_KEY: str
                name: str = "Tasks"

            class Public(BaseSettings):
                name: str = "Tasks"
                token_expire_minutes: int = 5

            settings = Settings()
            public = Public()
            "#,
        );
    }
}
