//! Flags tokens, passwords and secrets in logs.

use facts::Facts;
use facts::logged::{LoggedKind, LoggedSecret};
use report::{OwaspApi, Phase, Severity};
use text::{Span, TextRange};

use crate::fix::Fix;
use crate::fixes::style;
use crate::rule::{Rule, RuleContext, declare_rule};

/// What stands in the log instead.
const HIDDEN: &str = "[hidden]";

declare_rule! {
    /// ## What it finds
    ///
    /// A token, password, key, all headers of a request or all variables of the environment as an argument of `print`
    /// or of a logger, also inside of an f-string or dictionary.
    ///
    /// What is masked, hashed or cut (`token[:8]`), and names about a secret (`token_type`, `token_id`) are right.
    ///
    /// ```python,finding
    /// import logging
    ///
    /// logger = logging.getLogger(__name__)
    ///
    /// def get_current_user(token: str):
    ///     logger.info(f"Authenticating {token}")
    ///     return verify(token)
    /// ```
    ///
    /// ## Why it matters
    ///
    /// Logs are kept longer than tokens live, copied to other systems, and read by people who must not act as users.
    ///
    /// ## How it is exploited
    ///
    /// Whoever reads the log sends a token found there in `Authorization: Bearer …` until it expires. A signing key in
    /// the log makes tokens for every user.
    ///
    /// ## Use instead
    ///
    /// ```python,fixed
    /// import logging
    ///
    /// logger = logging.getLogger(__name__)
    ///
    /// def get_current_user(token: str):
    ///     logger.info(f"Authenticating [hidden]")
    ///     return verify(token)
    /// ```
    ///
    /// ```python,ok
    /// import logging
    ///
    /// logger = logging.getLogger(__name__)
    ///
    /// def get_current_user(token: str):
    ///     claims = verify(token)
    ///     logger.info("Authenticated user %s", claims["sub"])
    ///     return claims
    /// ```
    ///
    /// ## References
    ///
    /// - OWASP Logging Cheat Sheet: <https://cheatsheetseries.owasp.org/cheatsheets/Logging_Cheat_Sheet.html>
    /// - CWE-532: <https://cwe.mitre.org/data/definitions/532.html>
    pub(super) static RULE: Rule = Rule {
        name: "token-or-secret-logged",
        summary: "A token, password or secret is written to a log",
        severity: Severity::Warning,
        phase: Phase::AuthenticationInfrastructure,
        cwe: 532,
        owasp: OwaspApi::SecurityMisconfiguration,
        checklist_item: Some(12),
        fixable: true,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for found in facts.logged_secrets() {
        let name = &found.name;
        let call = &found.call;
        let message = match found.kind {
            LoggedKind::Credential => format!("`{name}` is written to the log by `{call}`"),
            LoggedKind::Headers => format!("`{name}` is written to the log by `{call}`, with the tokens in it"),
            LoggedKind::Environment => format!("`{name}` is written to the log by `{call}`, with every secret in it"),
        };
        let fix = fix(facts, &found);
        context.report(found.span, message).fix(fix);
    }
}

/// Takes the secret out of what is logged, or the statement that logs nothing else.
fn fix(facts: &Facts<'_>, found: &LoggedSecret) -> Option<Fix> {
    let fix = Fix::safe(format!("Leave `{}` out of the log", found.name));
    if let Some(statement) = found.statement {
        let text = facts.text(statement.file);
        let start = style::line_start(text, statement.range.start().into());
        let end = style::next_line(text, statement.range.end().into())?;
        let lines = TextRange::new((start as u32).into(), (end as u32).into());
        return Some(fix.delete(Span::new(statement.file, lines)));
    }
    if let Some(interpolation) = found.interpolation {
        return Some(fix.edit(interpolation, HIDDEN));
    }
    let literal = style::string_literal(facts.text(found.span.file), HIDDEN);
    // In the braces of an f-string quotes of its own kind would end it.
    let is_nested = facts.snippet(found.span).contains('\n') || found.is_within_text;
    (!is_nested).then(|| fix.edit(found.span, literal))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, check_fix};

    #[test]
    fn left_out() {
        check_fix(
            &RULE,
            r#"
            import logging

            logger = logging.getLogger(__name__)

            def login(token: str, password: str, name: str):
                print(token)  # finding: token-or-secret-logged (fix)
                logger.info("token of %s: %s", name, token)  # finding: token-or-secret-logged (fix)
                logger.info(f"{name} with {password!r:>20}.")  # finding: token-or-secret-logged (fix)
                logger.info(f"{name} with {str(password)}.")  # finding: token-or-secret-logged (no-fix)
                logger.info("token " + token)  # finding: token-or-secret-logged (fix)
                if name:
                    print(token)  # finding: token-or-secret-logged (fix)
            "#,
            r#"
            import logging

            logger = logging.getLogger(__name__)

            def login(token: str, password: str, name: str):
                logger.info("token of %s: %s", name, "[hidden]")
                logger.info(f"{name} with [hidden].")
                logger.info(f"{name} with {str(password)}.")  # finding: token-or-secret-logged (no-fix)
                logger.info("token " + "[hidden]")
                if name:
                    print("[hidden]")
            "#,
        );
    }

    #[test]
    fn secrets() {
        check(
            r#"
            import logging
            import os
            from os import environ

            from fastapi import Request
            from loguru import logger as log

            logger = logging.getLogger(__name__)
            SECRET_KEY = os.environ["SECRET_KEY"]

            def login(request: Request, email: str, password: str, token: str, form):
                print(token)  # finding: token-or-secret-logged (warning, high)
                #     ^^^^^ token-or-secret-logged
                print("token:", token)  # finding: token-or-secret-logged
                logger.info(f"login of {email} with {password}")  # finding: token-or-secret-logged
                logger.debug("login %s %s", email, form.password)  # finding: token-or-secret-logged
                logger.warning("token %s" % token)  # finding: token-or-secret-logged
                log.info("token {}", token)  # finding: token-or-secret-logged
                logging.error("bad " + token)  # finding: token-or-secret-logged
                logger.info("signing with " + SECRET_KEY)  # finding: token-or-secret-logged
                logger.info(request.headers)  # finding: token-or-secret-logged
                logger.info(request.headers.get("Authorization"))  # finding: token-or-secret-logged
                logger.info(request.headers["authorization"])  # finding: token-or-secret-logged
                logger.info(os.environ)  # finding: token-or-secret-logged
                logger.info(dict(os.environ))  # finding: token-or-secret-logged
                logger.info(os.getenv("JWT_SECRET"))  # finding: token-or-secret-logged
                logger.info("login", extra={"token": token})  # finding: token-or-secret-logged
            "#,
        );
    }

    #[test]
    fn what_may_be_logged() {
        check(
            r#"
            import hashlib
            import logging
            import os

            from fastapi import Request

            logger = logging.getLogger(__name__)

            def login(request: Request, email: str, password: str, token: str, token_type: str, usage):
                print("token")
                logger.info("Invalid token for %s", email)
                logger.info("token of type %s", token_type)
                logger.info(f"token {token[:8]}…")
                logger.info(f"token {mask(token)}")
                logger.info(f"token {hashlib.sha256(token.encode()).hexdigest()}")
                logger.info("token length %d", len(token))
                logger.info("has token: %s", bool(token))
                logger.info("has token: %s", token is not None)
                logger.info("has token: %s", "yes" if token else "no")
                logger.info("agent %s", request.headers.get("User-Agent"))
                logger.info("environment %s", os.getenv("ENVIRONMENT"))
                logger.info("tokens used: %d", usage.total_tokens)
                token_preview = token[:4]
                logger.info(token_preview)
                self.info(token)
            "#,
        );
    }

    #[test]
    fn masked_settings() {
        check(
            r#"
            import logging

            from pydantic import SecretStr
            from pydantic_settings import BaseSettings

            logger = logging.getLogger(__name__)

            class Settings(BaseSettings):
                secret_key: SecretStr
                api_key: str

            settings = Settings()

            def start():
                logger.info(settings.secret_key)
                logger.info(settings.secret_key.get_secret_value())  # finding: token-or-secret-logged
                logger.info(f"{settings.api_key}")  # finding: token-or-secret-logged
            "#,
        );
    }

    #[test]
    fn tests_and_development() {
        check(
            r#"
            #- tests/test_login.py
            def test_login(token):
                print(token)
            #- main.py
            def start(settings, token):
                if settings.DEBUG:
                    print(token)
                print(token)  # finding: token-or-secret-logged
            "#,
        );
    }

    #[test]
    fn in_other_styles() {
        check(
            r#"
            import logging
            import os
            import jwt
            from loguru import logger as loguru
            logger = logging.getLogger(__name__)
            SECRET = os.environ["BETTER_AUTH_SECRET"]

            def login(user, password: str, exp: int) -> str:
                token = jwt.encode({"sub": user.id, "exp": exp}, SECRET, algorithm="HS256")
                logger.info("issued", extra={"token": token})  # finding: token-or-secret-logged
                loguru.debug("signed with {}", SECRET)  # finding: token-or-secret-logged
                logger.log(logging.INFO, "password of %s is %s", user.id, password)  # finding: token-or-secret-logged
                logger.info("issued %s…", token[:6])  # ok
                logger.info("token has %d characters", len(token))  # ok
                logger.info("password of %s changed", user.id)  # ok
                loguru.debug("key is set: {}", bool(SECRET))  # ok
                return token
            "#,
        );
    }
}
