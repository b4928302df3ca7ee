//! Flags secrets that are read from another environment variable than the one that services share.

use report::{Confidence, OwaspApi, Phase, Severity};

use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// Tokens that are verified with a shared secret from another environment variable than the configured one,
    /// which is `BETTER_AUTH_SECRET` unless the settings of the audit name another.
    ///
    /// Said once for each variable. Public keys and key sets need no shared secret. A variable that only stands in
    /// for the configured one, an alias beside it, and secrets of refresh, reset and verification tokens are right.
    ///
    /// ```python,finding
    /// import os
    ///
    /// import jwt
    ///
    /// SECRET = os.environ["JWT_SECRET"]
    ///
    ///
    /// def read(token: str) -> dict:
    ///     return jwt.decode(token, SECRET, algorithms=["HS256"])
    /// ```
    ///
    /// ## Why it matters
    ///
    /// The service that signs and the service that verifies need the same secret. Under two names it is set twice,
    /// rotated once, and one day a sample value or the secret of something else stands in one of the two places.
    ///
    /// ## How it is exploited
    ///
    /// By itself it is not. After a rotation of `BETTER_AUTH_SECRET` because the old value leaked, a service that
    /// reads `JWT_SECRET` still accepts what the old value signs:
    ///
    /// ```text
    /// GET /tasks
    /// Authorization: Bearer <signed with the secret that was withdrawn>
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```python,ok
    /// import os
    ///
    /// import jwt
    ///
    /// SECRET = os.environ["BETTER_AUTH_SECRET"]
    ///
    ///
    /// def read(token: str) -> dict:
    ///     return jwt.decode(token, SECRET, algorithms=["HS256"])
    /// ```
    ///
    /// ## References
    ///
    /// - Better Auth, options, `secret`: <https://www.better-auth.com/docs/reference/options#secret>
    /// - OWASP, Secrets Management Cheat Sheet: <https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html>
    pub(super) static RULE: Rule = Rule {
        name: "jwt-secret-env-name",
        summary: "The shared secret is read from another variable than the configured one",
        severity: Severity::Suggestion,
        phase: Phase::AuthenticationInfrastructure,
        cwe: 1188,
        owasp: OwaspApi::SecurityMisconfiguration,
        checklist_item: Some(2),
        fixable: false,
        supersedes: &[],
        check,
    };
}

/// Words of variables that are for other tokens, or hold no shared secret.
const OTHERS: &[&str] = &[
    "REFRESH", "RESET", "VERIF", "EMAIL", "MAIL", "MAGIC", "INVIT", "WEBHOOK", "PUBLIC", "PRIVATE", "PEM", "CERT",
    "JWK", "CSRF", "STATE",
];

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    let wanted = context.options().secret_name.clone();
    for variable in facts.secret_variables() {
        let is_it = |name: &str| name.eq_ignore_ascii_case(&wanted);
        let upper = variable.name.to_uppercase();
        let is_other = OTHERS.iter().any(|word| upper.contains(word));
        // `AliasChoices("BETTER_AUTH_SECRET", "JWT_SECRET")`
        let is_alias = facts.snippet(variable.declaration).contains(&wanted);
        if is_it(&variable.name) || is_other || is_alias || variable.others.iter().any(|other| is_it(other)) {
            continue;
        }
        let name = &variable.name;
        let (confidence, note) = match variable.is_signed_with {
            true => (Confidence::Low, ", and signed with it here, too"),
            false => (Confidence::High, ""),
        };
        let message = format!("Tokens are verified with the secret in `{name}` instead of `{wanted}`{note}");
        let finding = context.report(variable.read, message);
        finding.confidence(confidence);
        finding.related(variable.decode, "verified here");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn other_names() {
        check(
            r#"
            #- a.py
            import os
            import jwt
            SECRET = os.environ["JWT_SECRET"]  # finding: jwt-secret-env-name (suggestion, high)
            #        ^^^^^^^^^^^^^^^^^^^^^^^^ jwt-secret-env-name
            def read(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"])
            def again(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"])
            #- b.py
            from pydantic_settings import BaseSettings
            from jose import jwt
            class Settings(BaseSettings):
                auth_secret: str  # finding: jwt-secret-env-name
            settings = Settings()
            def read(token):
                return jwt.decode(token, settings.auth_secret, algorithms=["HS256"])
            #- c.py
            import jwt
            from decouple import config
            KEY = config("APP_SECRET")  # finding: jwt-secret-env-name (low)
            def read(token):
                return jwt.decode(token, KEY, algorithms=["HS256"])
            def issue(user, expires):
                return jwt.encode({"sub": user, "exp": expires}, KEY, algorithm="HS256")
            "#,
        );
    }

    #[test]
    fn the_configured_name() {
        check(
            r#"
            #- a.py
            import os
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]  # ok
            def read(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"])
            #- b.py
            from pydantic import AliasChoices, Field
            from pydantic_settings import BaseSettings
            from jose import jwt
            class Settings(BaseSettings):
                better_auth_secret: str  # ok
                jwt_secret: str = Field(validation_alias=AliasChoices("BETTER_AUTH_SECRET", "JWT_SECRET"))  # ok
                refresh_secret: str  # ok
            settings = Settings()
            def read(token):
                return jwt.decode(token, settings.better_auth_secret, algorithms=["HS256"])
            def other(token):
                return jwt.decode(token, settings.jwt_secret, algorithms=["HS256"])
            def refresh(token):
                return jwt.decode(token, settings.refresh_secret, algorithms=["HS256"])
            #- c.py
            import os
            import jwt
            KEY = os.environ.get("BETTER_AUTH_SECRET") or os.environ["JWT_SECRET"]  # ok
            def read(token):
                return jwt.decode(token, KEY, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn another_configured_name() {
        check(
            r#"
            #- option: secret_name = JWT_SECRET
            import os
            import jwt
            SECRET = os.environ["JWT_SECRET"]  # ok
            OTHER = os.environ["BETTER_AUTH_SECRET"]  # finding: jwt-secret-env-name
            def read(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"])
            def other(token):
                return jwt.decode(token, OTHER, algorithms=["HS256"])
            "#,
        );
    }

    #[test]
    fn no_shared_secret() {
        check(
            r#"
            import os
            import jwt
            from jwt import PyJWKClient
            PUBLIC_KEY = os.environ["JWT_KEY"]  # ok
            STRIPE = os.environ["STRIPE_SECRET"]  # ok
            keys = PyJWKClient(os.environ["JWKS_URL"])  # ok
            def read(token):
                return jwt.decode(token, PUBLIC_KEY, algorithms=["RS256"])
            def from_set(token):
                key = keys.get_signing_key_from_jwt(token).key
                return jwt.decode(token, key, algorithms=["ES256"], audience="api")
            def pay():
                return STRIPE
            "#,
        );
    }
}
