//! Flags `none`, in any letter case, among the algorithms that tokens are signed or verified with.

use facts::Facts;
use facts::algorithms::AlgorithmName;
use facts::keys::KeySource;
use facts::libraries::{EncodeAlgorithm, SignsNone};
use facts::tokens::{TokenDecode, TokenEncode};
use facts::unverified::Purpose;
use report::{Applicability, Confidence, OwaspApi, Phase, Severity};
use text::Span;

use crate::fix::{Fix, Replacement};
use crate::fixes::lists;
use crate::fixes::style::string_literal;
use crate::fixes::tokens::{self, Written};
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// `none`, in any letter case, among the algorithms that a token may be signed with, or as the algorithm that it
    /// is signed with: written at the call, in a constant, in a setting's default.
    ///
    /// A comparison that turns `none` away, and `"none"` as the value of something else, are not flagged.
    ///
    /// ```python,finding
    /// from authlib.jose import JsonWebToken
    /// from app.keys import KEY
    ///
    /// tokens = JsonWebToken(["HS256", "none"])
    ///
    ///
    /// def read(token: str) -> dict:
    ///     claims = tokens.decode(token, KEY)
    ///     claims.validate()
    ///     return claims
    /// ```
    ///
    /// ## Why it matters
    ///
    /// A token whose header says `none` has no signature. Where the algorithm is allowed, Authlib (1.9) and joserfc
    /// (1.8) accept such a token whatever the key is: critical. PyJWT (2.15) and python-jose (3.5) refuse it all the
    /// same, so there it is a warning: the intent is wrong, and other versions or libraries honour it. Signing with
    /// `none` makes tokens that anybody can write; a library that refuses to do so breaks every log-in instead.
    ///
    /// ## How it is exploited
    ///
    /// The header `{"alg":"none"}`, any claims, an empty third part:
    ///
    /// ```text
    /// Authorization: Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIiwicm9sZSI6ImFkbWluIn0.
    /// ```
    ///
    /// ## Use instead
    ///
    /// The one algorithm that the server signs with:
    ///
    /// ```python,fixed
    /// from authlib.jose import JsonWebToken
    /// from app.keys import KEY
    ///
    /// tokens = JsonWebToken(["HS256"])
    ///
    ///
    /// def read(token: str) -> dict:
    ///     claims = tokens.decode(token, KEY)
    ///     claims.validate()
    ///     return claims
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
    /// def read(token: str) -> dict:
    ///     return jwt.decode(token, SECRET, algorithms=["HS256"])
    /// ```
    ///
    /// ## References
    ///
    /// - CWE-347, improper verification of cryptographic signature: <https://cwe.mitre.org/data/definitions/347.html>
    /// - RFC 8725, JSON Web Token Best Current Practices, section 3.2: <https://www.rfc-editor.org/rfc/rfc8725#section-3.2>
    /// - RFC 7519, JSON Web Token, section 6, unsecured JWTs: <https://www.rfc-editor.org/rfc/rfc7519#section-6>
    pub(super) static RULE: Rule = Rule {
        name: "jwt-none-algorithm",
        summary: "Tokens without a signature are accepted or issued: the algorithm `none`",
        severity: Severity::Critical,
        phase: Phase::AuthenticationInfrastructure,
        cwe: 347,
        owasp: OwaspApi::BrokenAuthentication,
        checklist_item: Some(2),
        fixable: true,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for decode in facts.decodes.iter().filter(|decode| !decode.call.is_test) {
        accepted(context, decode);
    }
    for encode in facts.encodes.iter().filter(|encode| !encode.call.is_test) {
        signed(context, encode);
    }
}

fn is_none(name: &AlgorithmName) -> bool {
    name.name.eq_ignore_ascii_case("none")
}

fn accepted(context: &mut RuleContext<'_>, decode: &TokenDecode) {
    let facts = context.facts();
    let none: Vec<&AlgorithmName> = decode
        .algorithms
        .known
        .iter()
        .flat_map(|way| way.value.names())
        .filter(|name| is_none(name))
        .collect();
    // Where the token is read first and verified then, the list says nothing.
    let is_peek = matches!(
        decode.purpose,
        Some(Purpose::VerifiedToo | Purpose::Routing | Purpose::VerifiedButExpired(_))
    );
    let Some(first) = none.first().filter(|_| !is_peek) else {
        return;
    };
    let library = decode.library;
    let callee = facts.snippet(decode.call.callee);
    let is_honoured = library.accepts_none && none.iter().any(|name| name.name == "none");
    let effect = match (is_honoured, library.accepts_none) {
        (true, _) => "tokens without a signature pass".to_owned(),
        (false, true) => format!("which {} does not know in this spelling", library.name),
        (false, false) => format!("which {} refuses all the same", library.name),
    };
    let severity = match is_honoured {
        true => Severity::Critical,
        false => Severity::Warning,
    };
    let is_always = decode.algorithms.always(|list| list.names().iter().any(is_none));
    let span = decode.algorithms_span.unwrap_or(decode.call.callee);
    let algorithms = tokens::algorithms(facts, decode.call.span.file, decode.key.as_ref());
    let fix = fix(facts, &none, &algorithms);
    let message = format!("`{callee}` accepts the algorithm `{}`: {effect}", first.name);
    let finding = context.report(span, message);
    finding.severity(severity).fix(fix).confidence(match is_always {
        true => Confidence::High,
        false => Confidence::Medium,
    });
    if !span.range.contains_range(first.span.range) || span.file != first.span.file {
        finding.related(first.span, "allowed here");
    }
    if let Some(way) = decode.algorithms.find(|list| list.names().iter().any(is_none)) {
        finding.traces(way.steps.iter().cloned());
    }
}

fn signed(context: &mut RuleContext<'_>, encode: &TokenEncode) {
    let facts = context.facts();
    let none: Vec<&AlgorithmName> = encode
        .algorithm
        .known
        .iter()
        .map(|way| &way.value)
        .filter(|name| is_none(name))
        .collect();
    let Some(first) = none.first() else { return };
    let library = encode.library;
    let callee = facts.snippet(encode.call.callee);
    let is_written = none.iter().any(|name| name.name == "none");
    let signs = is_written
        && match library.signs_none {
            SignsNone::WithoutKey => has_no_key(encode),
            SignsNone::WhereAllowed => encode.allowed.find(|list| list.names().iter().any(is_none)).is_some(),
            SignsNone::Never => false,
        };
    let effect = match signs {
        true => "anybody can write tokens as good as these".to_owned(),
        false => format!("which {} refuses, so that no token is issued", library.name),
    };
    let severity = match signs {
        true => Severity::Critical,
        false => Severity::Warning,
    };
    let is_always = encode.algorithm.always(is_none);
    let fix = fix_encode(facts, encode, &none);
    let message = format!("`{callee}` signs with the algorithm `{}`: {effect}", first.name);
    let finding = context.report(encode.call.span, message);
    finding.severity(severity).fix(fix).confidence(match is_always {
        true => Confidence::High,
        false => Confidence::Medium,
    });
    if !encode.call.span.range.contains_range(first.span.range) || encode.call.span.file != first.span.file {
        finding.related(first.span, "chosen here");
    }
    if let Some(way) = encode.algorithm.find(is_none) {
        finding.traces(way.steps.iter().cloned());
    }
}

fn has_no_key(encode: &TokenEncode) -> bool {
    encode.key.as_ref().is_some_and(|key| {
        key.sources.iter().any(|source| match &source.value {
            KeySource::None => true,
            KeySource::Literal { text, .. } => text.is_empty(),
            _ => false,
        })
    })
}

/// `none` taken out of its list; in a list of its own it becomes the algorithm that the project signs with.
fn fix(facts: &Facts<'_>, none: &[&AlgorithmName], algorithms: &Written) -> Option<Fix> {
    let [name] = none else { return None };
    let is_literal = is_literal(facts, name.span);
    let replacement = match facts.list_around(name.span) {
        Some(items) if items.len() > 1 => {
            let index = items.iter().position(|&item| item == name.span.range)?;
            let file = name.span.file;
            let removed = lists::remove(file, facts.text(file), &items, index);
            return Some(Fix::safe(format!("Allow `{}` no longer", name.name)).with([removed]));
        }
        _ if is_literal => Replacement {
            span: name.span,
            text: algorithms.text.trim_matches(['[', ']']).to_owned(),
        },
        _ => return None,
    };
    let fix = tokens::fix(
        format!("Accept {} only", algorithms.text.trim_matches(['[', ']', '"', '\''])),
        &[algorithms],
        Applicability::ChangesBehaviour,
    );
    Some(fix.with([replacement]))
}

fn fix_encode(facts: &Facts<'_>, encode: &TokenEncode, none: &[&AlgorithmName]) -> Option<Fix> {
    let [name] = none else { return None };
    let is_argument = matches!(encode.function.algorithm, EncodeAlgorithm::Argument(_));
    // Without a key there is nothing to sign with.
    if !is_argument || has_no_key(encode) || !is_literal(facts, name.span) {
        return None;
    }
    let text = string_literal(facts.text(name.span.file), "HS256");
    Some(Fix::changes_behaviour("Sign with HS256").edit(name.span, text))
}

/// A text as it is written in the code, not put together.
fn is_literal(facts: &Facts<'_>, span: Span) -> bool {
    facts
        .snippet(span)
        .trim_matches(['"', '\''])
        .eq_ignore_ascii_case("none")
        && facts.snippet(span).len() == 6
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, check_fix};

    #[test]
    fn libraries_that_refuse() {
        check(
            r#"
            import os
            import jwt
            from jose import jwt as j
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            jwt.decode(token, SECRET, algorithms=["HS256", "none"])  # finding: jwt-none-algorithm (warning, high, safe)
            #                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ jwt-none-algorithm
            j.decode(token, SECRET, ["none"])  # finding: jwt-none-algorithm (warning, high, fix)
            j.decode(token, SECRET, algorithms="none")  # finding: jwt-none-algorithm (warning, high, fix)
            jwt.decode(token, SECRET, algorithms=("HS256", "NONE"))  # finding: jwt-none-algorithm (warning)
            jwt.decode(token, SECRET, algorithms={"HS256", "nOnE"})  # finding: jwt-none-algorithm (warning)
            jwt.decode(token, SECRET, algorithms=["HS256"])  # ok
            "#,
        );
    }

    #[test]
    fn libraries_that_accept() {
        check(
            r#"
            #- unannounced: jwt-expiry-not-enforced
            from authlib.jose import JsonWebToken
            from joserfc import jwt
            from app.keys import KEY
            tokens = JsonWebToken(["HS256", "none"])  # finding: jwt-none-algorithm (critical, high, safe)
            def a(token):
                return tokens.decode(token, KEY)
            def b(token):
                return JsonWebToken(["none"]).decode(token, KEY)  # finding: jwt-none-algorithm (critical)
            def c(token):
                return JsonWebToken(["HS256", "None"]).decode(token, KEY)  # finding: jwt-none-algorithm (warning)
            def d(value):
                return jwt.decode(value, KEY, algorithms=["none", "HS256"])  # finding: jwt-none-algorithm (critical)
            def e(value):
                return jwt.decode(value, KEY, algorithms=["HS256"])  # ok
            "#,
        );
    }

    #[test]
    fn where_it_is_written() {
        check(
            r#"
            #- app/config.py
            import os
            from pydantic_settings import BaseSettings
            ALGORITHMS = ["HS256"]
            ALGORITHMS.append("none")
            DEFAULT = os.getenv("JWT_ALGORITHM", "none")
            class Settings(BaseSettings):
                BETTER_AUTH_SECRET: str
                JWT_ALGORITHM: str = "none"
                REFRESH_ALGORITHM: str = "HS256"
            settings = Settings()
            #- app/auth.py
            from enum import Enum
            import jwt
            from app.config import ALGORITHMS, DEFAULT, settings
            class Algorithm(str, Enum):
                PLAIN = "none"
                SIGNED = "HS256"
            def a(token):
                return jwt.decode(token, settings.BETTER_AUTH_SECRET, algorithms=ALGORITHMS)  # finding: jwt-none-algorithm (warning, high)
            def b(token):
                return jwt.decode(token, settings.BETTER_AUTH_SECRET, algorithms=[settings.JWT_ALGORITHM])  # finding: jwt-none-algorithm (warning)
            def c(token):
                return jwt.decode(token, settings.BETTER_AUTH_SECRET, algorithms=[DEFAULT])  # finding: jwt-none-algorithm (warning)
            def d(token):
                return jwt.decode(token, settings.BETTER_AUTH_SECRET, algorithms=[Algorithm.PLAIN.value])  # finding: jwt-none-algorithm (warning)
            def e(token):
                return jwt.decode(token, settings.BETTER_AUTH_SECRET, algorithms=[settings.REFRESH_ALGORITHM])  # ok
            def f(token):
                return jwt.decode(token, settings.BETTER_AUTH_SECRET, algorithms=[Algorithm.SIGNED.value])  # ok
            "#,
        );
    }

    #[test]
    fn wrapper_and_callers() {
        check(
            r#"
            import os
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            class Tokens:
                def __init__(self, algorithms):
                    self.algorithms = algorithms
                def read(self, token):
                    return jwt.decode(token, SECRET, algorithms=self.algorithms)  # finding: jwt-none-algorithm (warning)
            def read(token, algorithms=("HS256",)):
                return jwt.decode(token, SECRET, algorithms=algorithms)  # finding: jwt-none-algorithm (warning, medium)
            Tokens(["HS256", "none"]).read("x")
            read("a")
            read("b", algorithms=["none"])
            "#,
        );
    }

    #[test]
    fn signing() {
        check(
            r#"
            import os
            import jwt
            from authlib.jose import JsonWebToken, jwt as authlib
            from jose import jwt as j
            from joserfc import jwt as rfc
            from app.keys import KEY
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            claims = {"sub": "1", "exp": 4102444800}
            jwt.encode(claims, None, algorithm="none")  # finding: jwt-none-algorithm (critical, high)
            jwt.encode(claims, None, algorithm=None)  # finding: jwt-none-algorithm (critical, high)
            jwt.encode(claims, None, "HS256", {"alg": "none"})  # finding: jwt-none-algorithm (critical)
            jwt.encode(claims, SECRET, algorithm="none")  # finding: jwt-none-algorithm (warning, high, fix)
            jwt.encode(claims, SECRET, algorithm="None")  # finding: jwt-none-algorithm (warning, high, fix)
            jwt.encode(claims, SECRET, algorithm="HS256")  # ok
            jwt.encode(claims, SECRET)  # ok
            j.encode(claims, SECRET, algorithm="none")  # finding: jwt-none-algorithm (warning)
            authlib.encode({"alg": "none"}, claims, SECRET)  # finding: jwt-none-algorithm (warning)
            JsonWebToken(["none"]).encode({"alg": "none"}, claims, SECRET)  # finding: jwt-none-algorithm (critical)
            rfc.encode({"alg": "none"}, claims, KEY)  # finding: jwt-none-algorithm (warning)
            rfc.encode({"alg": "none"}, claims, KEY, algorithms=["none"])  # finding: jwt-none-algorithm (critical)
            rfc.encode({"alg": "HS256"}, claims, KEY)  # ok
            "#,
        );
    }

    #[test]
    fn turned_away() {
        check(
            r#"
            import os
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            FORBIDDEN = ["none", "None", "NONE"]
            def read(token):
                algorithm = jwt.get_unverified_header(token).get("alg", "none")
                if algorithm.lower() == "none":  # ok
                    raise ValueError("unsigned")
                if algorithm in FORBIDDEN:  # ok
                    raise ValueError("unsigned")
                return jwt.decode(token, SECRET, algorithms=["HS256"])
            def cookie(response, token, level=os.getenv("LOG_LEVEL", "none")):
                response.set_cookie("theme", token, samesite="none", secure=True, httponly=True)  # ok
            "#,
        );
    }

    #[test]
    fn read_first_and_verified_then() {
        check(
            r#"
            import jwt
            from app.keys import KEYS
            def read(token):
                kind = jwt.decode(token, algorithms=["none"], options={"verify_signature": False})["kind"]  # ok
                return jwt.decode(token, KEYS[kind], algorithms=["RS256"])
            def careless(token):
                return jwt.decode(token, algorithms=["none"], options={"verify_signature": False})["sub"]  # finding: jwt-none-algorithm (warning), jwt-signature-not-verified
            "#,
        );
    }

    #[test]
    fn tests_and_texts() {
        check(
            r#"
            #- tests/test_auth.py
            import jwt
            def test_unsigned(client):
                token = jwt.encode({"sub": "1"}, None, algorithm="none")  # ok
                assert client.get("/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401
            #- app/auth.py
            """Never use algorithms=["none"]."""
            ALGORITHMS = ["HS256"]  # not "none"
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
            SECRET = os.environ['BETTER_AUTH_SECRET']
            ALGORITHMS = [
                'HS512',
                'none',
            ]
            def a(token):
                return jwt.decode(token, SECRET, algorithms=ALGORITHMS)  # finding: jwt-none-algorithm (safe)
            def b(token):
                return jwt.decode(token, SECRET, algorithms=['none'])  # finding: jwt-none-algorithm (needs-value)
            def c(claims):
                return jwt.encode({'exp': 1, **claims}, SECRET, algorithm='none')  # finding: jwt-none-algorithm (changes-behaviour)
            "#,
            r#"
            import os
            import jwt
            SECRET = os.environ['BETTER_AUTH_SECRET']
            ALGORITHMS = [
                'HS512',
            ]
            def a(token):
                return jwt.decode(token, SECRET, algorithms=ALGORITHMS)
            def b(token):
                return jwt.decode(token, SECRET, algorithms=['HS256'])
            def c(claims):
                return jwt.encode({'exp': 1, **claims}, SECRET, algorithm='HS256')
            "#,
        );
    }

    #[test]
    fn members_of_an_enumeration() {
        check(
            r#"
            import os
            from enum import StrEnum
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            class Algorithm(StrEnum):
                HS256 = "HS256"
                NONE = "none"
            class Signed(StrEnum):
                HS256 = "HS256"
                HS512 = "HS512"
            def each(token):
                return jwt.decode(token, SECRET, algorithms=[algorithm.value for algorithm in Algorithm])  # finding: jwt-none-algorithm (warning)
            def all_of_them(token):
                return jwt.decode(token, SECRET, algorithms=list(Algorithm))  # finding: jwt-none-algorithm (warning)
            def each_signed(token):
                return jwt.decode(token, SECRET, algorithms=[algorithm.value for algorithm in Signed])  # ok
            def all_signed(token):
                return jwt.decode(token, SECRET, algorithms=list(Signed))  # ok
            "#,
        );
    }
}
