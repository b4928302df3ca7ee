//! Flags secrets and personal data in the claims of tokens.

use facts::Facts;
use facts::sensitive_claims::{SensitiveClaim, SensitiveKind};
use report::{Confidence, OwaspApi, Phase, Severity};
use text::TextRange;

use crate::fix::Fix;
use crate::fixes::lists;
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// Claims that hold a password or its hash, a number of a card, an account or a person, a key or a secret: by
    /// the name of the claim or of the attribute that it holds. Whole users in a token, `user.dict()`,
    /// `user.model_dump()`, `vars(user)`: where the class is known, if it has such a field, otherwise with low
    /// confidence.
    ///
    /// Flags and times such as `password_changed_at`, constants, fingerprints, and objects that are narrowed with
    /// `include` or `exclude` are right.
    ///
    /// ```python,finding
    /// import os
    ///
    /// import jwt
    ///
    /// SECRET = os.environ["BETTER_AUTH_SECRET"]
    ///
    ///
    /// def create_access_token(user, exp: int) -> str:
    ///     return jwt.encode({"sub": user.id, "password": user.hashed_password, "exp": exp}, SECRET, algorithm="HS256")
    /// ```
    ///
    /// ## Why it matters
    ///
    /// A signed token is not encrypted. Its payload is base64 that anybody reads: the user, every script in the
    /// page, proxies, logs, and each service that the token is shown to.
    ///
    /// ## How it is exploited
    ///
    /// ```text
    /// $ cut -d. -f2 token.txt | base64 -d
    /// {"sub": "1", "password": "$2b$12$Ro0CUfOqk6cXEKf3dyaM7O…"}
    /// $ hashcat -m 3200 hash.txt wordlist.txt
    /// ```
    ///
    /// ## Use instead
    ///
    /// The id of the user; the rest is looked up where it is needed.
    ///
    /// ```python,fixed
    /// import os
    ///
    /// import jwt
    ///
    /// SECRET = os.environ["BETTER_AUTH_SECRET"]
    ///
    ///
    /// def create_access_token(user, exp: int) -> str:
    ///     return jwt.encode({"sub": user.id, "exp": exp}, SECRET, algorithm="HS256")
    /// ```
    ///
    /// ```python,ok
    /// import os
    ///
    /// import jwt
    ///
    /// SECRET = os.environ["BETTER_AUTH_SECRET"]
    ///
    ///
    /// def create_access_token(user, exp: int) -> str:
    ///     return jwt.encode({"sub": str(user.id), "exp": exp}, SECRET, algorithm="HS256")
    /// ```
    ///
    /// ## References
    ///
    /// - RFC 7519, section 12, privacy considerations: <https://www.rfc-editor.org/rfc/rfc7519#section-12>
    /// - CWE-312, cleartext storage of sensitive information: <https://cwe.mitre.org/data/definitions/312.html>
    /// - OWASP, JSON Web Token Cheat Sheet, token information disclosure:
    ///   <https://cheatsheetseries.owasp.org/cheatsheets/JSON_Web_Token_for_Java_Cheat_Sheet.html#token-information-disclosure>
    pub(super) static RULE: Rule = Rule {
        name: "jwt-sensitive-claims",
        summary: "A token carries what everybody who holds it can read",
        severity: Severity::Warning,
        phase: Phase::AuthenticationInfrastructure,
        cwe: 312,
        owasp: OwaspApi::BrokenObjectPropertyLevelAuthorization,
        checklist_item: None,
        fixable: true,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for claim in facts.sensitive_claims() {
        let callee = &claim.callee;
        let (message, confidence) = match &claim.kind {
            SensitiveKind::Claim(name) => (
                format!("`{callee}` puts `{name}` into a token, which everybody who holds it can read"),
                Confidence::High,
            ),
            SensitiveKind::Object(fields) if fields.is_empty() => (
                format!("`{callee}` puts all that is known of a user into a token"),
                Confidence::Low,
            ),
            SensitiveKind::Object(fields) => (
                format!(
                    "`{callee}` puts a whole object into a token, with its `{}`",
                    fields.join("`, `")
                ),
                Confidence::High,
            ),
        };
        let fix = fix(facts, &claim);
        let finding = context.report(claim.span, message);
        finding.confidence(confidence).fix(fix);
        let is_inside = claim.call.file == claim.span.file && claim.call.range.contains_range(claim.span.range);
        if !is_inside {
            finding.related(claim.call, "the token is signed here");
        }
    }
}

/// Takes the entry out of the dictionary that is signed.
fn fix(facts: &Facts<'_>, claim: &SensitiveClaim) -> Option<Fix> {
    let SensitiveKind::Claim(name) = &claim.kind else {
        return None;
    };
    let (dict, index) = facts.entry_at(claim.span)?;
    let file = dict.span.file;
    let items: Vec<TextRange> = dict.entries.iter().map(|entry| entry.span.range).collect();
    let removed = lists::remove(file, facts.text(file), &items, index);
    Some(Fix::changes_behaviour(format!("Leave `{name}` out of the token")).with([removed]))
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn claims() {
        check(
            r#"
            import os
            import jwt
            from jose import jwt as jose_jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def direct(user, exp):
                return jwt.encode({"sub": user.id, "password": user.password, "exp": exp}, SECRET, algorithm="HS256")  # finding: jwt-sensitive-claims (warning, high)
            def built(user, exp):
                claims = {"sub": user.id, "exp": exp}
                claims["hashed_password"] = user.hashed_password  # finding: jwt-sensitive-claims
                return jose_jwt.encode(claims, SECRET, algorithm="HS256")
            def by_value(user, exp):
                return jwt.encode({"sub": user.id, "h": user.password_hash, "exp": exp}, SECRET, algorithm="HS256")  # finding: jwt-sensitive-claims
            def nested(user, exp):
                return jwt.encode({"sub": user.id, "user": {"name": user.name, "ssn": user.ssn}, "exp": exp}, SECRET, algorithm="HS256")  # finding: jwt-sensitive-claims
            def card(user, exp):
                return jwt.encode({"sub": user.id, "creditCard": user.card, "exp": exp}, SECRET, algorithm="HS256")  # finding: jwt-sensitive-claims
            def well(user, exp):
                return jwt.encode({"sub": user.id, "name": user.name, "exp": exp}, SECRET, algorithm="HS256")  # ok
            "#,
        );
    }

    #[test]
    fn flags_and_fingerprints() {
        check(
            r#"
            import os
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def a(user, exp):
                return jwt.encode({"sub": user.id, "password_changed_at": user.password_changed_at, "exp": exp}, SECRET, algorithm="HS256")  # ok
            def b(user, exp):
                return jwt.encode({"sub": user.id, "has_password": True, "must_change_password": user.must_change_password, "exp": exp}, SECRET, algorithm="HS256")  # ok
            def c(user, exp):
                return jwt.encode({"sub": user.id, "type": "password_reset", "purpose": "reset_password", "exp": exp}, SECRET, algorithm="HS256")  # ok
            def d(user, exp, fingerprint):
                return jwt.encode({"sub": user.id, "password_fgpt": fingerprint(user.hashed_password), "exp": exp}, SECRET, algorithm="HS256")  # ok
            def e(user, exp):
                return jwt.encode({"sub": user.id, "card_id": user.card_id, "author": user.name, "exp": exp}, SECRET, algorithm="HS256")  # ok
            "#,
        );
    }

    #[test]
    fn whole_objects() {
        check(
            r#"
            #- models.py
            from pydantic import BaseModel
            class UserInDb(BaseModel):
                id: int
                email: str
                hashed_password: str
            class UserOut(BaseModel):
                id: int
                email: str
            #- auth.py
            import os
            import jwt
            from fastapi.encoders import jsonable_encoder
            from models import UserInDb, UserOut
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def whole(user: UserInDb, exp):
                return jwt.encode({**user.model_dump(), "exp": exp}, SECRET, algorithm="HS256")  # finding: jwt-sensitive-claims (warning, high)
                #                    ^^^^^^^^^^^^^^^^^ jwt-sensitive-claims
            def encoded(user: UserInDb, exp):
                return jwt.encode({"sub": "1", "user": jsonable_encoder(user), "exp": exp}, SECRET, algorithm="HS256")  # finding: jwt-sensitive-claims
            def schema(user: UserOut, exp):
                return jwt.encode({**user.model_dump(), "exp": exp}, SECRET, algorithm="HS256")  # ok
            def narrowed(user: UserInDb, exp):
                return jwt.encode({**user.model_dump(include={"id"}), "exp": exp}, SECRET, algorithm="HS256")  # ok
            def without(user: UserInDb, exp):
                return jwt.encode({**user.dict(exclude={"hashed_password"}), "exp": exp}, SECRET, algorithm="HS256")  # ok
            "#,
        );
    }

    #[test]
    fn objects_that_are_not_followed() {
        check(
            r#"
            import os
            import jwt
            from app.users import find
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def login(name, exp):
                user = find(name)
                return jwt.encode({"user": user.dict(), "exp": exp}, SECRET, algorithm="HS256")  # finding: jwt-sensitive-claims (warning, low)
            def login_by_attributes(name, exp):
                user = find(name)
                return jwt.encode({"sub": "1", "data": user.__dict__, "exp": exp}, SECRET, algorithm="HS256")  # finding: jwt-sensitive-claims (warning, low)
            def other(session, exp):
                return jwt.encode({"sub": "1", "session": session.dict(), "exp": exp}, SECRET, algorithm="HS256")  # ok
            def given(data: dict, exp):
                return jwt.encode({**data, "exp": exp}, SECRET, algorithm="HS256")  # ok
            "#,
        );
    }

    #[test]
    fn tests_are_left_alone() {
        check(
            r#"
            #- tests/test_tokens.py
            import jwt
            def test_token():
                jwt.encode({"sub": "1", "password": input()}, "x" * 32, algorithm="HS256")  # ok
            "#,
        );
    }
}
