//! Flags secrets that are compared with `==`.

use facts::Facts;
use facts::secret_comparisons::SecretComparison;
use report::{Confidence, OwaspApi, Phase, Severity};

use crate::fix::Fix;
use crate::fixes::calls::import_module;
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// A key, token, signature or password of the installation that is compared with `==` or `!=` to what a client
    /// sends: with a setting, a constant, a computed HMAC, or a key or token that is kept for a user.
    ///
    /// `compare_digest`, comparisons with constants (types of tokens, start-up checks) and conditions of queries are
    /// right. Passwords of users are found by `password-not-hashed`.
    ///
    /// ```python,finding
    /// import os
    ///
    /// from fastapi import Header, HTTPException
    ///
    /// API_KEY = os.environ["API_KEY"]
    ///
    /// def require_key(x_api_key: str = Header()) -> None:
    ///     if x_api_key != API_KEY:
    ///         raise HTTPException(status_code=401)
    /// ```
    ///
    /// ## Why it matters
    ///
    /// `==` stops at the first character that differs, so the time it takes tells how many were right.
    ///
    /// ## How it is exploited
    ///
    /// A client in the same network sends each first character many times, keeps the one that takes longest, and goes
    /// on to the next. It takes many requests and a quiet network; a signature of 64 characters needs about a
    /// thousand guesses instead of 16 to the power of 64.
    ///
    /// ## Use instead
    ///
    /// A comparison that takes the same time for every text.
    ///
    /// ```python,fixed
    /// import os
    /// import secrets
    ///
    /// from fastapi import Header, HTTPException
    ///
    /// API_KEY = os.environ["API_KEY"]
    ///
    /// def require_key(x_api_key: str = Header()) -> None:
    ///     if not secrets.compare_digest(x_api_key.encode(), API_KEY.encode()):
    ///         raise HTTPException(status_code=401)
    /// ```
    ///
    /// ```python,ok
    /// import hashlib
    /// import hmac
    /// import os
    ///
    /// SECRET = os.environ["WEBHOOK_SECRET"].encode()
    ///
    /// def is_signed(body: bytes, signature: str) -> bool:
    ///     expected = hmac.new(SECRET, body, hashlib.sha256).hexdigest()
    ///     return hmac.compare_digest(expected, signature)
    /// ```
    ///
    /// ## References
    ///
    /// - Python, `hmac.compare_digest`: <https://docs.python.org/3/library/hmac.html#hmac.compare_digest>
    /// - CWE-208: <https://cwe.mitre.org/data/definitions/208.html>
    pub(super) static RULE: Rule = Rule {
        name: "timing-unsafe-compare",
        summary: "A secret is compared with `==`",
        severity: Severity::Suggestion,
        phase: Phase::CodeQuality,
        cwe: 208,
        owasp: OwaspApi::BrokenAuthentication,
        checklist_item: None,
        fixable: true,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for comparison in facts.secret_comparisons() {
        let operator = if comparison.is_negated { "!=" } else { "==" };
        let message = format!(
            "`{}` is compared with the secret `{}` by `{operator}`, whose time tells how much is right",
            comparison.given_text, comparison.secret_text
        );
        let fix = fix(facts, comparison);
        context
            .report(comparison.span, message)
            .confidence(Confidence::Medium)
            .fix(fix);
    }
}

/// Where both are texts on every way: with `None` the function raises.
fn fix(facts: &Facts<'_>, comparison: &SecretComparison) -> Option<Fix> {
    if !comparison.are_texts {
        return None;
    }
    let span = comparison.span;
    let named = import_module(facts, span.file, "secrets", span.range.start());
    let given = facts.snippet(comparison.given);
    let secret = facts.snippet(comparison.secret);
    let not = if comparison.is_negated { "not " } else { "" };
    let text = format!(
        "{not}{}.compare_digest({given}.encode(), {secret}.encode())",
        named.name
    );
    let fix = Fix::safe("Compare in constant time").edit(span, text);
    Some(fix.with(named.import))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, check_fix};

    #[test]
    fn settings_and_constants() {
        check(
            r#"
            import os
            import secrets
            from fastapi import Header, HTTPException, Request
            from config import settings

            ADMIN_TOKEN = os.environ["ADMIN_TOKEN"]

            def by_header(x_api_key: str = Header()):
                if x_api_key != settings.api_key:  # finding: timing-unsafe-compare (suggestion, medium)
                #  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ timing-unsafe-compare
                    raise HTTPException(401)

            def by_token(request: Request):
                if request.headers.get("X-Admin-Token") == ADMIN_TOKEN:  # finding: timing-unsafe-compare
                    return True
                token = request.query_params["token"]
                return token == ADMIN_TOKEN  # finding: timing-unsafe-compare

            def by_password(password: str):
                return password == settings.ADMIN_PASSWORD  # finding: timing-unsafe-compare

            def right(x_api_key: str = Header()):
                return secrets.compare_digest(x_api_key, settings.api_key)  # ok
            "#,
        );
    }

    #[test]
    fn signatures_and_rows() {
        check(
            r#"
            import hashlib
            import hmac
            import os

            SECRET = os.environ["WEBHOOK_SECRET"].encode()

            def is_signed(body: bytes, signature: str) -> bool:
                expected = hmac.new(SECRET, body, hashlib.sha256).hexdigest()
                return expected == signature  # finding: timing-unsafe-compare

            def is_signed_by(body: bytes, header: str) -> bool:
                return hmac.compare_digest(hmac.new(SECRET, body, hashlib.sha256).hexdigest(), header)  # ok

            def is_key_of(user, api_key: str) -> bool:
                return user.api_key == api_key  # finding: timing-unsafe-compare

            def by_query(session, User, api_key: str):
                return session.query(User).filter(User.api_key == api_key).first()  # ok
            "#,
        );
    }

    #[test]
    fn stays_silent() {
        check(
            r#"
            import os
            from config import settings

            def check(payload, token_type, token, request, key, user, form):
                if token_type == settings.token_type:  # ok
                    return 1
                if payload["type"] == "access":  # ok
                    return 2
                if settings.SECRET_KEY == "changethis":  # ok
                    raise RuntimeError
                if token == "":  # ok
                    return 3
                if key == "sort_key":  # ok
                    return 4
                if user.token_version != payload["token_version"]:  # ok
                    return 5
                if form.password == form.password_confirm:  # ok
                    return 6
                if settings.ENV == os.environ["ENV"]:  # ok
                    return 7
                return len(token) == settings.token_length  # ok
            "#,
        );
    }

    #[test]
    fn fixed() {
        check_fix(
            &RULE,
            r#"
            import hashlib
            import hmac

            def is_signed(secret: bytes, body: bytes, signature: str) -> bool:
                return hmac.new(secret, body, hashlib.sha256).hexdigest() == signature  # finding: timing-unsafe-compare
            "#,
            r#"
            import hashlib
            import hmac
            import secrets

            def is_signed(secret: bytes, body: bytes, signature: str) -> bool:
                return secrets.compare_digest(signature.encode(), hmac.new(secret, body, hashlib.sha256).hexdigest().encode())
            "#,
        );
    }
}
