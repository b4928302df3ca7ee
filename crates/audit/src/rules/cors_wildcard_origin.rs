//! Flags cross-origin policies that let every site read answers, without credentials.

use report::{OwaspApi, Phase, Severity};

use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// `CORSMiddleware` with `*` in `allow_origins`, written there, in a list elsewhere or as the default of a
    /// setting, and without `allow_credentials=True`. With credentials it is `cors-wildcard-with-credentials`'
    /// business. Explicit origins and blocks that run in development only are right.
    ///
    /// ```python,finding
    /// from fastapi import FastAPI
    /// from fastapi.middleware.cors import CORSMiddleware
    ///
    /// app = FastAPI()
    /// app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_headers=["Authorization"])
    /// ```
    ///
    /// ## Why it matters
    ///
    /// Without credentials the browser sends no cookies along, and a token in `Authorization` is only known to
    /// pages that hold it: nobody's data leak by this alone. It is right for a public API. For one that serves its
    /// own frontend it gives away a line of defence: a page on any site can call what needs no token, services in a
    /// private network that the browser reaches, and use a stolen token from the victim's own address.
    ///
    /// ## How it is exploited
    ///
    /// A page on `http://evil.example` runs `fetch("http://10.0.0.5:8000/internal/report")` in the browser of
    /// somebody in that network and reads the answer.
    ///
    /// ## Use instead
    ///
    /// ```python,ok
    /// from fastapi import FastAPI
    /// from fastapi.middleware.cors import CORSMiddleware
    ///
    /// app = FastAPI()
    /// app.add_middleware(CORSMiddleware, allow_origins=["https://app.example.com"], allow_headers=["Authorization"])
    /// ```
    ///
    /// ## References
    ///
    /// - Fetch standard, CORS protocol: <https://fetch.spec.whatwg.org/#http-cors-protocol>
    /// - FastAPI, CORS: <https://fastapi.tiangolo.com/tutorial/cors/>
    /// - CWE-942: <https://cwe.mitre.org/data/definitions/942.html>
    pub(super) static RULE: Rule = Rule {
        name: "cors-wildcard-origin",
        summary: "Any site may read what the API answers without credentials",
        severity: Severity::Suggestion,
        phase: Phase::SecurityConfiguration,
        cwe: 942,
        owasp: OwaspApi::SecurityMisconfiguration,
        checklist_item: None,
        fixable: false,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    for policy in &context.facts().cors_policies {
        if policy.is_test || policy.credentials.find(|on| *on).is_some() {
            continue;
        }
        let Some(open) = policy.open_origins.iter().find(|origin| origin.value.text == "*") else {
            continue;
        };
        let message = match &open.value.default_of {
            Some(variable) => {
                format!(
                    "`allow_origins` is `*` unless `{variable}` is set: any site may read what is answered without credentials"
                )
            }
            None => "`allow_origins` holds `*`: any site may read what is answered without credentials".to_owned(),
        };
        let span = policy.origins_span.unwrap_or(policy.call.span);
        let finding = context.report(span, message);
        if open.origin != span {
            finding.related(open.origin, "the `*` is written here");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn flags() {
        check(
            r#"
            import os
            from fastapi import FastAPI
            from fastapi.middleware import Middleware
            from fastapi.middleware.cors import CORSMiddleware

            origins = ["http://localhost:3000", "*"]
            app = FastAPI(middleware=[Middleware(CORSMiddleware, allow_origins=origins)])  # finding: cors-wildcard-origin
            app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=False)  # finding: cors-wildcard-origin (suggestion)
            #                                  ^^^^^^^^^^^^^^^^^^^ cors-wildcard-origin
            app.add_middleware(CORSMiddleware, allow_origins=os.getenv("ORIGINS", "*").split(","))  # finding: cors-wildcard-origin
            app.add_middleware(CORSMiddleware, allow_origins=("*",), allow_methods=["*"])  # finding: cors-wildcard-origin
            "#,
        );
    }

    #[test]
    fn stays_silent() {
        check(
            r#"
            import os
            from fastapi import FastAPI
            from fastapi.middleware.cors import CORSMiddleware

            app = FastAPI()
            app.add_middleware(CORSMiddleware, allow_origins=["https://a.example"], allow_methods=["*"], allow_headers=["*"])
            app.add_middleware(CORSMiddleware, allow_origins=os.environ["ORIGINS"].split(","))
            app.add_middleware(CORSMiddleware, allow_origins=[])
            if os.getenv("ENVIRONMENT") == "development":
                app.add_middleware(CORSMiddleware, allow_origins=["*"])
            #- test_app.py
            from fastapi import FastAPI
            from fastapi.middleware.cors import CORSMiddleware

            app = FastAPI()
            app.add_middleware(CORSMiddleware, allow_origins=["*"])
            "#,
        );
    }

    /// The other rule speaks.
    #[test]
    fn with_credentials() {
        check(
            r#"
            #- unannounced: cors-wildcard-with-credentials
            from fastapi import FastAPI
            from fastapi.middleware.cors import CORSMiddleware

            app = FastAPI()
            app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)
            "#,
        );
    }

    #[test]
    fn in_other_styles() {
        check(
            r#"
            from fastapi import FastAPI
            from starlette.middleware.cors import CORSMiddleware
            from pydantic_settings import BaseSettings

            class Settings(BaseSettings):
                any_site: list[str] = ["*"]
                own_sites: list[str] = ["https://app.example.com"]

            class Policy:
                origins = {"*"}

            settings = Settings()
            OPTIONS = {"allow_origins": ["*"], "allow_methods": ["GET"]}
            OWN = {"allow_origins": ["https://app.example.com"], "allow_methods": ["GET"]}

            def create() -> FastAPI:
                app = FastAPI()
                app.add_middleware(CORSMiddleware, allow_origins=settings.any_site)  # finding: cors-wildcard-origin
                app.add_middleware(CORSMiddleware, allow_origins=list(Policy.origins))  # finding: cors-wildcard-origin
                app.add_middleware(CORSMiddleware, **OPTIONS)  # finding: cors-wildcard-origin
                app.add_middleware(CORSMiddleware, allow_origins=settings.own_sites)  # ok
                app.add_middleware(CORSMiddleware, **OWN)  # ok
                app.add_middleware(CORSMiddleware, allow_origins=["https://app.example.com"], allow_headers=["*"])  # ok
                app.add_middleware(CORSMiddleware, allow_origin_regex=r"https://[a-z]+\.example\.com")  # ok
                return app
            "#,
        );
    }
}
