//! Flags decodes that take tokens without `exp`, where such tokens exist.

use facts::Facts;
use facts::libraries::RequireExpiry;
use facts::required_expiry::{ExpiryNotRequired, NotRequired};
use report::{OwaspApi, Phase, Severity};

use crate::fix::Fix;
use crate::fixes::tokens;
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// A decode that does not ask for the claim `exp`, where the project issues tokens that lack it under the same
    /// key; and `options={"require": ["exp"]}` with python-jose (3.5), which only knows `require_exp` and ignores
    /// the rest without a word.
    ///
    /// Where every token that the project issues has `exp`, where others issue them, and where the code looks at
    /// `exp` itself, nothing is said.
    ///
    /// ```python,finding
    /// from jose import jwt
    /// from app.keys import SECRET
    ///
    ///
    /// def read(token: str) -> dict:
    ///     return jwt.decode(token, SECRET, algorithms=["HS256"], options={"require": ["exp"]})
    /// ```
    ///
    /// ## Why it matters
    ///
    /// Libraries check `exp` when it is there. A token without it passes for ever: PyJWT (2.15), python-jose (3.5).
    ///
    /// ## How it is exploited
    ///
    /// A token that was issued without end, by an old version or another service with the key, still works years
    /// later:
    ///
    /// ```text
    /// payload: {"sub": "1", "iat": 1577836800}
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```python,fixed
    /// from jose import jwt
    /// from app.keys import SECRET
    ///
    ///
    /// def read(token: str) -> dict:
    ///     return jwt.decode(
    ///         token,
    ///         SECRET,
    ///         algorithms=["HS256"],
    ///         options={"require": ["exp"], "require_exp": True},
    ///     )
    /// ```
    ///
    /// With PyJWT:
    ///
    /// ```python,ok
    /// import jwt
    /// from app.keys import SECRET
    ///
    ///
    /// def read(token: str) -> dict:
    ///     return jwt.decode(token, SECRET, algorithms=["HS256"], options={"require": ["exp"]})
    /// ```
    ///
    /// ## References
    ///
    /// - CWE-613, insufficient session expiration: <https://cwe.mitre.org/data/definitions/613.html>
    /// - PyJWT, requiring claims: <https://pyjwt.readthedocs.io/en/stable/usage.html#requiring-presence-of-claims>
    /// - python-jose, options of `decode`: <https://python-jose.readthedocs.io/en/latest/jwt/api.html>
    pub(super) static RULE: Rule = Rule {
        name: "jwt-expiry-not-required",
        summary: "Tokens without `exp` pass, and exist",
        severity: Severity::Suggestion,
        phase: Phase::AuthenticationInfrastructure,
        cwe: 613,
        owasp: OwaspApi::BrokenAuthentication,
        checklist_item: Some(3),
        fixable: true,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for found in facts.expiry_not_required() {
        let callee = facts.snippet(found.decode.call.callee);
        let (span, message) = match found.reason {
            NotRequired::Issued(_) => (
                found.decode.call.span,
                format!("`{callee}` takes tokens without `exp`, and the project issues such tokens"),
            ),
            NotRequired::Ignored(written) => (
                written,
                format!(
                    "{} ignores `require`: tokens without `exp` pass",
                    found.decode.library.name
                ),
            ),
        };
        let fix = fix(facts, &found);
        let finding = context.report(span, message);
        finding.fix(fix);
        if let NotRequired::Issued(call) = found.reason {
            finding.related(call, "issued here, without `exp` on some way");
        }
    }
}

fn fix(facts: &Facts<'_>, found: &ExpiryNotRequired<'_>) -> Option<Fix> {
    let decode = found.decode;
    if !tokens::is_plain(&decode.call) {
        return None;
    }
    let edit = match decode.library.require_expiry {
        RequireExpiry::RequireList => tokens::require_in_list(facts, decode, "exp")?,
        RequireExpiry::RequireFlag => tokens::require_by_flag(facts, decode, "exp")?,
        RequireExpiry::ClaimsOptions => return None,
    };
    Some(Fix::changes_behaviour("Refuse tokens without `exp`").with([edit]))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, check_fix};

    #[test]
    fn issued_without_end() {
        check(
            r#"
            #- a.py
            import os
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def issue(user):
                return jwt.encode({"sub": user}, SECRET, algorithm="HS256")
            def read(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"])  # finding: jwt-expiry-not-required (suggestion, high, fix)
                #      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ jwt-expiry-not-required
            def read_well(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"], options={"require": ["exp"]})  # ok
            #- b.py
            import os
            from jose import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def issue(user, expires=None):
                claims = {"sub": user}
                if expires:
                    claims["exp"] = expires
                return jwt.encode(claims, SECRET, algorithm="HS256")
            def read(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"])  # finding: jwt-expiry-not-required (suggestion, high, fix), duplicated-token-verification
            def read_well(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"], options={"require_exp": True})  # ok
            "#,
        );
    }

    #[test]
    fn always_issued_with_end() {
        check(
            r#"
            #- a.py
            import os
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def issue(user, exp):
                return jwt.encode({"sub": user, "exp": exp}, SECRET, algorithm="HS256")
            def read(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"])  # ok
            #- b.py
            import os
            import jwt
            OTHER = os.environ["OTHER_SECRET"]
            def issue(user):
                return jwt.encode({"sub": user}, os.environ["LINK_SECRET"], algorithm="HS256")
            def read(token):
                return jwt.decode(token, OTHER, algorithms=["HS256"])  # ok
            "#,
        );
    }

    #[test]
    fn looked_at_by_hand() {
        check(
            r#"
            import os
            import time
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def issue(user):
                return jwt.encode({"sub": user}, SECRET, algorithm="HS256")
            def read(token):
                claims = jwt.decode(token, SECRET, algorithms=["HS256"])  # ok
                if claims.get("exp", 0) < time.time():
                    raise ValueError("expired")
                return claims
            def asks(token):
                claims = jwt.decode(token, SECRET, algorithms=["HS256"])  # ok
                if "exp" not in claims:
                    raise ValueError("no end")
                return claims
            "#,
        );
    }

    #[test]
    fn in_the_form_of_another_library() {
        check(
            r#"
            #- a.py
            from jose import jwt
            OPTIONS = {"require": ["exp", "sub"]}  # finding: jwt-expiry-not-required (no-fix)
            def read(token, key):
                return jwt.decode(token, key, algorithms=["HS256"], options=OPTIONS)
            def both(token, key):
                return jwt.decode(token, key, algorithms=["HS256"], options={"require": ["exp"], "require_exp": True})  # ok
            #- b.py
            import jwt
            OPTIONS = {"require": ["exp", "sub"]}  # ok
            def read(token, key):
                return jwt.decode(token, key, algorithms=["HS256"], options=OPTIONS)
            "#,
        );
    }

    #[test]
    fn fixes() {
        check_fix(
            &RULE,
            r#"
            import os
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def issue(user):
                return jwt.encode({"sub": user}, SECRET, algorithm="HS256")
            def read(token):
                return jwt.decode(  # finding: jwt-expiry-not-required (changes-behaviour)
                    token,
                    SECRET,
                    algorithms=["HS256"],
                    options={"require": ["sub"]},
                )
            "#,
            r#"
            import os
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def issue(user):
                return jwt.encode({"sub": user}, SECRET, algorithm="HS256")
            def read(token):
                return jwt.decode(
                    token,
                    SECRET,
                    algorithms=["HS256"],
                    options={"require": ["sub", "exp"]},
                )
            "#,
        );
    }
}
