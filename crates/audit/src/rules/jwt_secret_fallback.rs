//! Flags secrets with a default that is written in the code.

use facts::secrets::{Circumstance, LiteralForm, Secret, SecretKind};
use report::{Confidence, OwaspApi, Phase, Severity};

use crate::fixes::environment;
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// A key for JSON Web Tokens that is read from the environment and has a value from the code where the variable
    /// is not set: the default of `os.getenv`, `config(…)` or a field of a settings class, `or "…"`, a conditional
    /// expression, `except KeyError`, `if not SECRET: SECRET = "…"`, an empty text, and `str()` or an f-string
    /// around an unset variable, which gives the text `None`.
    ///
    /// A default that a validator, a check at import or start-up, or the function that uses it refuses is right. So
    /// is one that only counts under an environment for tests; under one of development it is a warning. An empty
    /// default is critical with python-jose (3.5), which signs and verifies with an empty key; PyJWT (2.15), Authlib
    /// (1.9) and joserfc (1.8) raise.
    ///
    /// ```python,finding
    /// import os
    ///
    /// import jwt
    ///
    /// SECRET_KEY = os.getenv("BETTER_AUTH_SECRET", "dev-secret-change-me")
    ///
    ///
    /// def read(token: str) -> dict:
    ///     return jwt.decode(token, SECRET_KEY, algorithms=["HS256"])
    /// ```
    ///
    /// ## Why it matters
    ///
    /// A variable that is forgotten, misspelt or lost in a deployment goes unnoticed: the application starts and
    /// signs with a key that everybody who has seen the code knows.
    ///
    /// ## How it is exploited
    ///
    /// An attacker tries the defaults of public code against the API. Where one fits, the token is accepted:
    ///
    /// ```text
    /// $ python -c 'import jwt; print(jwt.encode({"sub": "1", "exp": 4102444800}, "dev-secret-change-me", "HS256"))'
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
    /// A default may stay where start-up refuses it:
    ///
    /// ```python,ok
    /// import jwt
    /// from pydantic import field_validator
    /// from pydantic_settings import BaseSettings
    ///
    ///
    /// class Settings(BaseSettings):
    ///     secret_key: str = "changethis"
    ///
    ///     @field_validator("secret_key")
    ///     @classmethod
    ///     def refuse_default(cls, value: str) -> str:
    ///         if value == "changethis":
    ///             raise ValueError("secret_key is not set")
    ///         return value
    ///
    ///
    /// settings = Settings()
    ///
    ///
    /// def read(token: str) -> dict:
    ///     return jwt.decode(token, settings.secret_key, algorithms=["HS256"])
    /// ```
    ///
    /// ## References
    ///
    /// - CWE-1188, initialization with an insecure default: <https://cwe.mitre.org/data/definitions/1188.html>
    /// - RFC 8725, JSON Web Token Best Current Practices, section 3.5: <https://www.rfc-editor.org/rfc/rfc8725#section-3.5>
    /// - pydantic, settings validate their defaults:
    ///   <https://docs.pydantic.dev/latest/concepts/pydantic_settings/#validation-of-default-values>
    pub(super) static RULE: Rule = Rule {
        name: "jwt-secret-fallback",
        summary: "A secret that signs tokens has a default in the code",
        severity: Severity::Critical,
        phase: Phase::AuthenticationInfrastructure,
        cwe: 1188,
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
        let SecretKind::Fallback { variable, read, form } = &secret.kind else {
            continue;
        };
        let fix = environment::take_out(facts, secret, &context.options().secret_name);
        let accepting = secret.uses.iter().find(|given| given.accepts_empty_key);
        let mut message = message(secret, variable.as_deref(), *form);
        let (severity, mut confidence) = match (secret.circumstance, form) {
            (Circumstance::Development, _) => {
                message += ", in development";
                (Severity::Warning, Confidence::Medium)
            }
            (_, LiteralForm::Empty) => match accepting {
                Some(given) => {
                    message += &format!(", and {} takes an empty key", given.library);
                    (Severity::Critical, Confidence::High)
                }
                None => (Severity::Warning, Confidence::High),
            },
            _ => (Severity::Critical, Confidence::High),
        };
        if secret.uses.is_empty() {
            confidence = Confidence::Medium;
        }
        let finding = context.report(secret.origin, message);
        finding.severity(severity).confidence(confidence).fix(fix);
        finding.traces(secret.steps.iter().cloned());
        if *read != secret.origin && !contains(*read, secret.origin) {
            finding.related(*read, "it stands in for this");
        }
        for (span, note) in secret.use_notes() {
            finding.related(span, note);
        }
    }
}

fn contains(outer: text::Span, inner: text::Span) -> bool {
    outer.file == inner.file && outer.range.contains_range(inner.range)
}

fn message(secret: &Secret, variable: Option<&str>, form: LiteralForm) -> String {
    let what = match form {
        LiteralForm::Text => "a secret that is written in the code",
        LiteralForm::PrivateKey => "a private key that is written in the code",
        LiteralForm::Empty => "an empty secret",
        LiteralForm::None => "the known text `None`",
    };
    let subject = match &secret.name {
        Some(name) => format!("`{name}`"),
        None => "The key for tokens".to_owned(),
    };
    match variable {
        Some(variable) if secret.name.as_deref() != Some(variable) => {
            format!("{subject} falls back to {what} when `{variable}` is not set")
        }
        _ => format!("{subject} falls back to {what} when it is not set"),
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
            SECRET = os.getenv("BETTER_AUTH_SECRET", "s3cret-s3cret-s3cret-s3cret-s3cret")  # finding: jwt-secret-fallback (critical, high, fix)
            token = jwt.encode({"sub": "1", "exp": 1}, SECRET, algorithm="HS256")
            "#,
        );
    }
}
