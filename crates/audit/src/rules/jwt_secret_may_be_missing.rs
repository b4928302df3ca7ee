//! Flags secrets that are `None` when a variable is not set.

use facts::secrets::SecretKind;
use report::{Confidence, OwaspApi, Phase, Severity};

use crate::fixes::environment;
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// A key for JSON Web Tokens that is read by `os.getenv`, `os.environ.get` or an optional field of a settings
    /// class, and used without a check that it is there.
    ///
    /// `os.environ["…"]`, a required field, `if not SECRET: raise` or `sys.exit` at import or start-up, a helper
    /// that raises, and a check in the function that uses the key are right.
    ///
    /// ```python,finding
    /// import os
    ///
    /// import jwt
    ///
    /// SECRET_KEY = os.getenv("BETTER_AUTH_SECRET")
    ///
    ///
    /// def read(token: str) -> dict:
    ///     return jwt.decode(token, SECRET_KEY, algorithms=["HS256"])
    /// ```
    ///
    /// ## Why it matters
    ///
    /// The application starts without its secret and fails later, in every request: PyJWT (2.15) raises `TypeError`
    /// for `None`, which `except jwt.PyJWTError` does not catch. A variable that is set to nothing is worse with
    /// python-jose (3.5), which signs and verifies with an empty key; code that skips the check when there is no key
    /// lets everybody in.
    ///
    /// ## How it is exploited
    ///
    /// With `BETTER_AUTH_SECRET=` in the environment and python-jose, a token that is signed with the empty key
    /// passes:
    ///
    /// ```text
    /// $ python -c 'from jose import jwt; print(jwt.encode({"sub": "1", "exp": 4102444800}, "", "HS256"))'
    /// $ curl -H "Authorization: Bearer eyJhbGciOiJIUzI1NiIs…" https://api.example.com/users/me
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```python,fixed
    /// import os
    ///
    /// import jwt
    ///
    /// SECRET_KEY = os.environ["BETTER_AUTH_SECRET"]
    ///
    ///
    /// def read(token: str) -> dict:
    ///     return jwt.decode(token, SECRET_KEY, algorithms=["HS256"])
    /// ```
    ///
    /// ```python,ok
    /// import os
    ///
    /// import jwt
    ///
    /// SECRET_KEY = os.getenv("BETTER_AUTH_SECRET")
    /// if not SECRET_KEY:
    ///     raise RuntimeError("BETTER_AUTH_SECRET is not set")
    ///
    ///
    /// def read(token: str) -> dict:
    ///     return jwt.decode(token, SECRET_KEY, algorithms=["HS256"])
    /// ```
    ///
    /// ## References
    ///
    /// - CWE-636, not failing securely: <https://cwe.mitre.org/data/definitions/636.html>
    /// - Python, `os.getenv`: <https://docs.python.org/3/library/os.html#os.getenv>
    /// - RFC 7518, JSON Web Algorithms, section 3.2: <https://www.rfc-editor.org/rfc/rfc7518#section-3.2>
    pub(super) static RULE: Rule = Rule {
        name: "jwt-secret-may-be-missing",
        summary: "The application starts without the secret that signs its tokens",
        severity: Severity::Warning,
        phase: Phase::AuthenticationInfrastructure,
        cwe: 636,
        owasp: OwaspApi::BrokenAuthentication,
        checklist_item: Some(10),
        fixable: true,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for secret in &facts.secrets {
        let SecretKind::Missing { variable } = &secret.kind else {
            continue;
        };
        let fix = environment::take_out(facts, secret, &context.options().secret_name);
        let subject = match (&secret.name, secret.uses.first()) {
            (Some(name), _) => format!("`{name}` is `None`"),
            (None, Some(given)) => format!("The key of `{}` is `None`", given.callee),
            (None, None) => continue,
        };
        let condition = match variable {
            Some(variable) if secret.name.as_deref() != Some(variable) => format!("`{variable}` is not set"),
            _ => "the variable is not set".to_owned(),
        };
        let effect = match secret.uses.iter().find(|given| given.accepts_empty_key) {
            Some(given) => format!("and {} takes an empty one as key", given.library),
            None => "and nothing checks that before it is used".to_owned(),
        };
        let finding = context.report(secret.origin, format!("{subject} when {condition}, {effect}"));
        finding.confidence(Confidence::High).fix(fix);
        finding.traces(secret.steps.iter().cloned());
        for (span, note) in secret.use_notes() {
            finding.related(span, note);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, check_fix};

    #[test]
    fn direct() {
        check(
            r#"
            import os
            import jwt
            SECRET = os.getenv("BETTER_AUTH_SECRET")  # finding: jwt-secret-may-be-missing (warning, high, fix)
            token = jwt.encode({"sub": "1", "exp": 1}, SECRET, algorithm="HS256")
            "#,
        );
    }
}
