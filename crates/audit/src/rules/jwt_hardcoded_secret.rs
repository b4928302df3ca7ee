//! Flags secrets that sign or verify tokens and are written in the code.

use facts::secrets::{Circumstance, LiteralForm, Purpose, Secret, SecretKind};
use report::{Confidence, OwaspApi, Phase, Severity};

use crate::fixes::environment;
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// A key for JSON Web Tokens that is written in the code: passed to `encode` or `decode` directly, through a
    /// constant, a class attribute, a dictionary of settings or a function in another file, wrapped in `base64` or
    /// `SecretStr`; handed to a library that signs by itself (fastapi-users, fastapi-jwt, fastapi-jwt-auth,
    /// fastapi-login, AuthX, itsdangerous). A constant whose name nothing else bears (`JWT_SECRET`, `SECRET_KEY`,
    /// `BETTER_AUTH_SECRET`) is found where its use is not among the files, with medium confidence. A private key in
    /// PEM form is a secret, a public key is not.
    ///
    /// A literal that only stands in for an unset variable is found by `jwt-secret-fallback`. Secrets of tests are
    /// a suggestion.
    ///
    /// ```python,finding
    /// import jwt
    ///
    /// SECRET_KEY = "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7"
    ///
    ///
    /// def read(token: str) -> dict:
    ///     return jwt.decode(token, SECRET_KEY, algorithms=["HS256"])
    /// ```
    ///
    /// ## Why it matters
    ///
    /// Whoever holds the key of an HMAC signature can issue tokens. Code is read by more people than configuration:
    /// it lies in repositories, images, backups and logs of builds, and a key that was committed once stays in the
    /// history. It cannot be changed without a release, and every environment shares it.
    ///
    /// ## How it is exploited
    ///
    /// Somebody who has seen the code signs a token of their own and is any user they name:
    ///
    /// ```text
    /// $ python -c 'import jwt; print(jwt.encode({"sub": "1", "exp": 4102444800}, "09d25e09…", "HS256"))'
    /// $ curl -H "Authorization: Bearer eyJhbGciOiJIUzI1NiIs…" https://api.example.com/users/me
    /// ```
    ///
    /// ## Use instead
    ///
    /// Read the secret from the environment when the application starts, so that it fails at once without it; then
    /// replace the secret that was in the code by a new one.
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
    /// import jwt
    /// from pydantic_settings import BaseSettings
    ///
    ///
    /// class Settings(BaseSettings):
    ///     better_auth_secret: str
    ///
    ///
    /// settings = Settings()
    ///
    ///
    /// def read(token: str) -> dict:
    ///     return jwt.decode(token, settings.better_auth_secret, algorithms=["HS256"])
    /// ```
    ///
    /// ## References
    ///
    /// - CWE-798: <https://cwe.mitre.org/data/definitions/798.html>
    /// - RFC 8725, JSON Web Token Best Current Practices, section 3.5: <https://www.rfc-editor.org/rfc/rfc8725#section-3.5>
    /// - OWASP Secrets Management Cheat Sheet:
    ///   <https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html>
    /// - Better Auth, the `secret` option: <https://www.better-auth.com/docs/reference/options#secret>
    pub(super) static RULE: Rule = Rule {
        name: "jwt-hardcoded-secret",
        summary: "A secret that signs tokens is written in the code",
        severity: Severity::Critical,
        phase: Phase::AuthenticationInfrastructure,
        cwe: 798,
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
        let SecretKind::Written { form } = secret.kind else {
            continue;
        };
        let fix = environment::take_out(facts, secret, &context.options().secret_name);
        let accepts_empty = secret.uses.iter().any(|given| given.accepts_empty_key);
        let mut message = message(secret, form);
        let (severity, confidence) = match (secret.circumstance, form) {
            (Circumstance::Test, _) => {
                message += ", in a test";
                (Severity::Suggestion, Confidence::Low)
            }
            (Circumstance::Development, _) => {
                message += ", for development";
                (Severity::Warning, Confidence::Medium)
            }
            (Circumstance::Always, LiteralForm::Empty) if !accepts_empty => {
                message += ", which the library refuses";
                (Severity::Warning, Confidence::High)
            }
            (Circumstance::Always, _) if secret.uses.is_empty() => (Severity::Critical, Confidence::Medium),
            (Circumstance::Always, _) => (Severity::Critical, Confidence::High),
        };
        let finding = context.report(secret.origin, message);
        finding.severity(severity).confidence(confidence).fix(fix);
        finding.traces(secret.steps.iter().cloned());
        for (span, note) in secret.use_notes() {
            finding.related(span, note);
        }
    }
}

fn message(secret: &Secret, form: LiteralForm) -> String {
    let what = match form {
        LiteralForm::PrivateKey => "a private key",
        LiteralForm::Empty => "an empty key",
        _ => "a secret",
    };
    let does = purpose(secret);
    let Some(name) = &secret.name else {
        let callee = secret.uses.first().map_or("a call", |given| &given.callee);
        return format!("`{callee}` {does} tokens with {what} that is written in the code");
    };
    match secret.uses.is_empty() {
        true => format!("`{name}` is {what} that is written in the code"),
        false => format!("`{name}`, which {does} tokens, is {what} that is written in the code"),
    }
}

/// What all uses of a secret do together.
fn purpose(secret: &Secret) -> &'static str {
    let has = |purpose: Purpose| secret.uses.iter().any(|given| given.purpose == purpose);
    match (has(Purpose::Signs), has(Purpose::Verifies), has(Purpose::Configures)) {
        (true, false, false) => "signs",
        (false, true, false) => "verifies",
        _ => "signs and verifies",
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
            import jwt
            token = jwt.encode({"sub": "1", "exp": 1}, "s3cret-s3cret-s3cret-s3cret-s3cret", algorithm="HS256")  # finding: jwt-hardcoded-secret (critical, high, fix)
            #                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ jwt-hardcoded-secret
            "#,
        );
    }
}
