//! Flags tokens whose algorithm the server does not choose.

use facts::Facts;
use facts::algorithms::AlgorithmList;
use facts::keys::KeySource;
use facts::libraries::WithoutAlgorithms;
use facts::tokens::TokenDecode;
use report::{Applicability, Confidence, OwaspApi, Phase, Severity};

use crate::fix::{Fix, Replacement};
use crate::fixes::calls::{self, import_member};
use crate::fixes::tokens::{self, Written};
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// A token that is verified without a fixed list of algorithms: no `algorithms`, `None`, an empty list, all that
    /// the library knows, the `alg` of the token's own header, or what the client sends.
    ///
    /// A list or text written anywhere, a setting, a wrapper that adds it, the algorithm of the key (`PyJWK`), and the
    /// header's `alg` after a comparison with a list are right.
    ///
    /// ```python,finding
    /// import os
    ///
    /// from jose import jwt
    ///
    /// SECRET = os.environ["BETTER_AUTH_SECRET"]
    ///
    ///
    /// def read(token: str) -> dict:
    ///     return jwt.decode(token, SECRET)
    /// ```
    ///
    /// ## Why it matters
    ///
    /// Who chooses the algorithm chooses how the key is used. Without `algorithms` python-jose (3.5) takes whatever
    /// the token's header says: critical. PyJWT (2.15) raises `DecodeError`, so every request is refused: a warning.
    /// Authlib (1.9) and joserfc (1.8) fall back to lists of their own, without `none`: a suggestion. A list made from
    /// the header is no list at all, in every library.
    ///
    /// ## How it is exploited
    ///
    /// Where tokens are verified with a public key and the header decides, the attacker signs with that key, which
    /// everybody has, as an HMAC secret (CVE-2022-29217 in PyJWT, CVE-2024-33663 in python-jose):
    ///
    /// ```text
    /// {"alg":"HS256","typ":"JWT"} . {"sub":"1","role":"admin"} . HMAC-SHA256(public_key.pem, …)
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```python,fixed
    /// import os
    ///
    /// from jose import jwt
    ///
    /// SECRET = os.environ["BETTER_AUTH_SECRET"]
    ///
    ///
    /// def read(token: str) -> dict:
    ///     return jwt.decode(token, SECRET, algorithms=["HS256"])
    /// ```
    ///
    /// ```python,ok
    /// import jwt
    ///
    /// KEYS = jwt.PyJWKClient("https://auth.example.com/.well-known/jwks.json")
    ///
    ///
    /// def read(token: str) -> dict:
    ///     key = KEYS.get_signing_key_from_jwt(token)
    ///     return jwt.decode(token, key.key, algorithms=["RS256"], audience="api")
    /// ```
    ///
    /// ## References
    ///
    /// - CWE-347, improper verification of cryptographic signature: <https://cwe.mitre.org/data/definitions/347.html>
    /// - RFC 8725, JSON Web Token Best Current Practices, section 3.1: <https://www.rfc-editor.org/rfc/rfc8725#section-3.1>
    /// - CVE-2022-29217: <https://nvd.nist.gov/vuln/detail/CVE-2022-29217>
    /// - CVE-2024-33663: <https://nvd.nist.gov/vuln/detail/CVE-2024-33663>
    pub(super) static RULE: Rule = Rule {
        name: "jwt-algorithms-not-pinned",
        summary: "The algorithm of a token is not fixed by the server",
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

/// Who chooses instead of the server, from bad to worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Chooser {
    /// Nothing is said: what the library does then.
    Library,
    Everything,
    Client,
    Token,
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for decode in facts.decodes.iter().filter(|decode| !decode.call.is_test) {
        // Where the signature is not looked at, its algorithm does not matter.
        let is_unverified = decode.signature().find(|&verify| !verify).is_some();
        let is_legacy = decode.legacy_verify.find(|&verify| !verify).is_some();
        if is_unverified || is_legacy {
            continue;
        }
        if let Some((chooser, confidence)) = chooser(decode) {
            report(context, decode, chooser, confidence);
        }
    }
}

fn chooser(decode: &TokenDecode) -> Option<(Chooser, Confidence)> {
    let algorithms = &decode.algorithms;
    let of_list = |list: &AlgorithmList| match list {
        AlgorithmList::FromToken => Some(Chooser::Token),
        AlgorithmList::FromClient => Some(Chooser::Client),
        AlgorithmList::Everything => Some(Chooser::Everything),
        AlgorithmList::Nothing => Some(Chooser::Library),
        AlgorithmList::Names(_) | AlgorithmList::Partly(_) => None,
    };
    let is_absent = algorithms.absent && !decode.key_names_algorithm;
    let absent = is_absent.then_some(Chooser::Library);
    let worst = algorithms
        .known
        .iter()
        .filter_map(|way| of_list(&way.value))
        .chain(absent)
        .filter(|&chooser| chooser != Chooser::Library || !decode.key_names_algorithm)
        .max()?;
    let is_always = !algorithms.unknown && algorithms.known.iter().all(|way| of_list(&way.value).is_some());
    let confidence = match is_always {
        true => Confidence::High,
        false => Confidence::Medium,
    };
    Some((worst, confidence))
}

fn report(context: &mut RuleContext<'_>, decode: &TokenDecode, chooser: Chooser, confidence: Confidence) {
    let facts = context.facts();
    let library = decode.library;
    let callee = facts.snippet(decode.call.callee);
    let accepts_header = library.without_algorithms == WithoutAlgorithms::AcceptsHeader;
    // joserfc asks the key, too, which algorithms it is for; and what is looked up in a key set is no text that could
    // be taken for an HMAC secret.
    let is_typed = decode.key.as_ref().is_some_and(|key| {
        let mut sources = key.sources.iter();
        !key.sources.is_empty() && sources.all(|source| matches!(source.value, KeySource::KeySet { .. }))
    });
    let asks_key = library.name == "joserfc" || is_typed && !library.accepts_none;
    let (severity, message) = match chooser {
        Chooser::Token | Chooser::Client => {
            let by = match chooser {
                Chooser::Token => "the token itself says",
                _ => "the client sends",
            };
            let severity = match asks_key {
                true => Severity::Warning,
                false => Severity::Critical,
            };
            (severity, format!("`{callee}` accepts the algorithm that {by}"))
        }
        Chooser::Everything => {
            let severity = match accepts_header {
                true => Severity::Critical,
                false => Severity::Warning,
            };
            let message = format!("`{callee}` accepts every algorithm that {} knows", library.name);
            (severity, message)
        }
        Chooser::Library => {
            let given = match (decode.misnamed_algorithm.is_some(), decode.algorithms_span) {
                (true, _) => "`algorithm` is no argument of it, and without `algorithms`",
                (_, Some(_)) => "its `algorithms` are empty, and so",
                (_, None) => "without `algorithms`",
            };
            let (severity, effect) = match library.without_algorithms {
                WithoutAlgorithms::Raises => (Severity::Warning, "refuses every token"),
                WithoutAlgorithms::AcceptsHeader if decode.misnamed_algorithm.is_some() => {
                    (Severity::Warning, "raises `TypeError`")
                }
                WithoutAlgorithms::AcceptsHeader => {
                    (Severity::Critical, "accepts the algorithm that the token itself says")
                }
                WithoutAlgorithms::OwnList => (Severity::Suggestion, "accepts a list of the library's own"),
            };
            (severity, format!("`{callee}`: {given} {} {effect}", library.name))
        }
    };
    let span = match chooser {
        Chooser::Library => decode.call.callee,
        _ => decode.algorithms_span.unwrap_or(decode.call.callee),
    };
    let fix = fix(facts, decode, chooser);
    let finding = context.report(span, message);
    finding.severity(severity).confidence(confidence).fix(fix);
    let is_it = |list: &AlgorithmList| {
        matches!(
            (list, chooser),
            (AlgorithmList::FromToken, Chooser::Token)
                | (AlgorithmList::FromClient, Chooser::Client)
                | (AlgorithmList::Everything, Chooser::Everything)
                | (AlgorithmList::Nothing, Chooser::Library)
        )
    };
    if let Some(way) = decode.algorithms.find(is_it) {
        let is_outside =
            !decode.call.span.range.contains_range(way.origin.range) || decode.call.span.file != way.origin.file;
        if is_outside {
            finding.related(way.origin, "the algorithms come from here");
        }
        finding.traces(way.steps.iter().cloned());
    }
}

fn fix(facts: &Facts<'_>, decode: &TokenDecode, chooser: Chooser) -> Option<Fix> {
    let call = &decode.call;
    if !tokens::is_plain(call) {
        return None;
    }
    let file = call.span.file;
    let algorithms = tokens::algorithms(facts, file, decode.key.as_ref());
    let replacements = match decode.function.algorithms {
        Some(argument) => with_argument(facts, decode, argument, &algorithms),
        None => with_object(facts, decode, &algorithms)?,
    };
    // Who refuses every token, or reads no header, notices nothing but that it works.
    let certain = match (chooser, decode.library.without_algorithms) {
        (Chooser::Library, _) => Applicability::Safe,
        _ => Applicability::ChangesBehaviour,
    };
    let names = algorithms.text.trim_matches(['[', ']', '"', '\'']);
    let (title, is_certain) = match decode.misnamed_algorithm {
        Some(_) => ("Name the argument `algorithms`".to_owned(), true),
        None => (format!("Accept {names} only"), algorithms.is_certain),
    };
    let fix = match (is_certain, certain) {
        (true, Applicability::Safe) => Fix::safe(title),
        _ => Fix::changes_behaviour(title),
    };
    Some(fix.with(replacements))
}

fn with_argument(
    facts: &Facts<'_>,
    decode: &TokenDecode,
    argument: facts::libraries::Argument,
    algorithms: &Written,
) -> Vec<Replacement> {
    let call = &decode.call;
    if let Some(misnamed) = call.argument(None, &["algorithm"]) {
        let value = facts.snippet(misnamed.value);
        let text = match value.starts_with('[') {
            true => format!("algorithms={value}"),
            false => format!("algorithms=[{value}]"),
        };
        return vec![Replacement {
            span: misnamed.span,
            text,
        }];
    }
    let name = argument.keywords.first().copied().unwrap_or("algorithms");
    vec![calls::set_argument(
        facts,
        call,
        argument.position,
        name,
        &algorithms.text,
    )]
}

/// Authlib takes the list where the object is made: `JsonWebToken(["HS256"]).decode(token, key)`.
fn with_object(facts: &Facts<'_>, decode: &TokenDecode, algorithms: &Written) -> Option<Vec<Replacement>> {
    let call = &decode.call;
    if let (Some(_), Some(span)) = (decode.function.constructor_algorithms, decode.algorithms_span) {
        // What is written for one file need not be known in another.
        let text = algorithms.text.clone();
        return (span.file == call.span.file).then(|| vec![Replacement { span, text }]);
    }
    let callee = facts.snippet(call.callee);
    if !callee.ends_with(".decode") || decode.function.constructor_algorithms.is_some() {
        return None;
    }
    let named = import_member(
        facts,
        call.span.file,
        "authlib.jose",
        "JsonWebToken",
        call.span.range.start(),
    );
    let edit = Replacement {
        span: call.callee,
        text: format!("{}({}).decode", named.name, algorithms.text),
    };
    Some([Some(edit), named.import].into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, check_fix};

    #[test]
    fn no_list() {
        check(
            r#"
            #- unannounced: jwt-expiry-not-enforced
            import os
            import jwt
            from authlib.jose import jwt as authlib
            from jose import jws, jwt as j
            from joserfc import jwt as rfc
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            jwt.decode(token, SECRET)  # finding: jwt-algorithms-not-pinned (warning, high, safe)
            j.decode(token, SECRET)  # finding: jwt-algorithms-not-pinned (critical, high, fix)
            #<^^^^^^ jwt-algorithms-not-pinned
            j.decode(token, key=SECRET, audience="api")  # finding: jwt-algorithms-not-pinned (critical)
            jws.verify(token, SECRET, None)  # finding: jwt-algorithms-not-pinned (critical)
            authlib.decode(token, SECRET)  # finding: jwt-algorithms-not-pinned (suggestion, high, fix)
            rfc.decode(token, KEY)  # finding: jwt-algorithms-not-pinned (suggestion, high, fix)
            j.decode(token, SECRET, algorithms=["HS256"])  # ok
            rfc.decode(token, KEY, ["HS256"])  # ok
            "#,
        );
    }

    #[test]
    fn nothing_in_the_list() {
        check(
            r#"
            import os
            import jwt
            from jose import jwt as j
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            ALGORITHMS = None
            jwt.decode(token, SECRET, algorithms=None)  # finding: jwt-algorithms-not-pinned (warning)
            j.decode(token, SECRET, ALGORITHMS)  # finding: jwt-algorithms-not-pinned (critical)
            j.decode(token, SECRET, algorithms=[])  # finding: jwt-algorithms-not-pinned (critical)
            jwt.decode(token, SECRET, algorithm="HS256")  # finding: jwt-algorithms-not-pinned (warning, high, safe)
            j.decode(token, SECRET, algorithm="HS256")  # finding: jwt-algorithms-not-pinned (warning, high, safe)
            "#,
        );
    }

    #[test]
    fn pinned() {
        check(
            r#"
            #- app/config.py
            import os
            from pydantic_settings import BaseSettings
            class Settings(BaseSettings):
                BETTER_AUTH_SECRET: str
                ALGORITHM: str = "HS256"
                ALGORITHMS: list[str]
            settings = Settings()
            ALGORITHM = os.getenv("ALGORITHM", "HS256")
            #- app/auth.py
            import os
            import jwt
            from jose import jwt as j
            from jose.constants import ALGORITHMS
            from app.config import ALGORITHM, settings
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            ALLOWED = frozenset({"HS256", "HS512"})
            jwt.decode(token, SECRET, ["HS256"])  # ok
            j.decode(token, SECRET, "HS256")  # ok
            j.decode(token, SECRET, algorithms=[ALGORITHM])  # ok
            j.decode(token, SECRET, algorithms=settings.ALGORITHM)  # ok
            j.decode(token, SECRET, algorithms=[settings.ALGORITHM])  # ok
            j.decode(token, SECRET, algorithms=settings.ALGORITHMS)  # ok
            j.decode(token, SECRET, algorithms=[ALGORITHMS.HS256])  # ok
            j.decode(token, SECRET, algorithms=list(ALLOWED))  # ok
            j.decode(token=token, key=SECRET, algorithms=("HS256",))  # ok
            "#,
        );
    }

    #[test]
    fn wrappers() {
        check(
            r#"
            import os
            from jose import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def adds_it(token, **kwargs):
                kwargs.setdefault("algorithms", ["HS256"])
                return jwt.decode(token, SECRET, **kwargs)  # ok
            def passes_it(token, **kwargs):
                return jwt.decode(token, SECRET, **kwargs)  # ok
            def takes_it(token, algorithms):
                return jwt.decode(token, SECRET, algorithms=algorithms)  # ok
            def may_get_none(token, algorithms=None):
                return jwt.decode(token, SECRET, algorithms=algorithms)  # finding: jwt-algorithms-not-pinned (critical, medium)
            passes_it("x", algorithms=["HS256"])
            takes_it("x", ["HS256"])
            may_get_none("x")
            may_get_none("x", ["HS256"])
            "#,
        );
        check(
            r#"
            import os
            from jose import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def passes_it(token, **kwargs):
                return jwt.decode(token, SECRET, **kwargs)  # finding: jwt-algorithms-not-pinned (critical)
            passes_it("x", audience="api")
            "#,
        );
    }

    #[test]
    fn everything() {
        check(
            r#"
            import os
            import jwt
            from jose import jwt as j
            from jose.constants import ALGORITHMS
            from jwt.algorithms import get_default_algorithms
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            ALL = list(get_default_algorithms().keys())
            jwt.decode(token, SECRET, algorithms=ALL)  # finding: jwt-algorithms-not-pinned (warning)
            jwt.decode(token, SECRET, algorithms=list(get_default_algorithms()))  # finding: jwt-algorithms-not-pinned (warning)
            j.decode(token, SECRET, algorithms=ALGORITHMS.ALL)  # finding: jwt-algorithms-not-pinned (critical)
            j.decode(token, SECRET, algorithms=list(ALGORITHMS.SUPPORTED))  # finding: jwt-algorithms-not-pinned (critical)
            j.decode(token, SECRET, algorithms=ALGORITHMS.HMAC)  # ok
            "#,
        );
    }

    #[test]
    fn chosen_by_the_token() {
        check(
            r#"
            import base64
            import json
            import os
            import jwt
            from authlib.jose import JsonWebToken
            from jose import jwt as j
            from joserfc import jwt as rfc
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def a(token):
                header = jwt.get_unverified_header(token)
                return jwt.decode(token, SECRET, algorithms=[header["alg"]])  # finding: jwt-algorithms-not-pinned (critical, high, fix)
                #                                ^^^^^^^^^^^^^^^^^^^^^^^^^^ jwt-algorithms-not-pinned
            def b(token):
                alg = j.get_unverified_headers(token).get("alg", "HS256")
                return j.decode(token, SECRET, algorithms=alg)  # finding: jwt-algorithms-not-pinned (critical)
            def c(token):
                header = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))
                return jwt.decode(token, SECRET, algorithms=[header["alg"], "HS256"])  # finding: jwt-algorithms-not-pinned (critical)
            def d(token):
                alg = jwt.decode_complete(token, options={"verify_signature": False})["header"]["alg"]
                return jwt.decode(token, SECRET, algorithms=[alg])  # finding: jwt-algorithms-not-pinned (critical)
            def e(token):
                claims = JsonWebToken([jwt.get_unverified_header(token)["alg"]]).decode(token, SECRET)  # finding: jwt-algorithms-not-pinned (critical, fix)
                claims.validate()
                return claims
            def algorithm_of(token):
                return jwt.get_unverified_header(token)["alg"]
            def f(token):
                return jwt.decode(token, SECRET, algorithms=[algorithm_of(token)])  # finding: jwt-algorithms-not-pinned (critical)
            def g(token):
                return read(token, jwt.get_unverified_header(token)["alg"])
            def read(token, algorithm):
                return jwt.decode(token, SECRET, algorithms=[algorithm])  # finding: jwt-algorithms-not-pinned (critical)
            "#,
        );
    }

    /// A key from a key set has a type of its own.
    #[test]
    fn chosen_by_the_token_with_a_typed_key() {
        check(
            r#"
            import jwt
            client = jwt.PyJWKClient("https://id.example.com/jwks.json")
            def a(token, public_pem):
                header = jwt.get_unverified_header(token)
                return jwt.decode(token, public_pem, algorithms=[header["alg"]], audience="api")  # finding: jwt-algorithms-not-pinned (critical)
            def b(token):
                header = jwt.get_unverified_header(token)
                key = client.get_signing_key_from_jwt(token)
                return jwt.decode(token, key.key, algorithms=[header["alg"]], audience="api")  # finding: jwt-algorithms-not-pinned (warning)
            "#,
        );
    }

    #[test]
    fn chosen_by_the_client() {
        check(
            r#"
            #- unannounced: duplicated-token-verification
            import os
            import jwt
            from fastapi import Depends, FastAPI, Header, Request
            from pydantic import BaseModel
            app = FastAPI()
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            class Body(BaseModel):
                token: str
                algorithm: str
            @app.get("/a")
            def a(request: Request):
                return jwt.decode(request.headers["X-Token"], SECRET, algorithms=[request.headers["X-Algorithm"]])  # finding: jwt-algorithms-not-pinned (critical), auth-failure-not-401
            @app.get("/b")
            def b(token: str, alg: str = "HS256"):
                return jwt.decode(token, SECRET, algorithms=[alg])  # finding: jwt-algorithms-not-pinned (critical)
            @app.post("/c")
            def c(body: Body):
                return jwt.decode(body.token, SECRET, algorithms=[body.algorithm])  # finding: jwt-algorithms-not-pinned (critical)
            @app.post("/d")
            async def d(request: Request):
                data = await request.json()
                return jwt.decode(data["token"], SECRET, algorithms=[data["alg"]])  # finding: jwt-algorithms-not-pinned (critical)
            def configured():
                return "HS256"
            @app.get("/e")
            def e(token: str, alg: str = Depends(configured)):
                return jwt.decode(token, SECRET, algorithms=[alg])  # ok
            def helper(token: str, alg: str):
                return jwt.decode(token, SECRET, algorithms=[alg])  # ok
            "#,
        );
    }

    #[test]
    fn compared_before() {
        check(
            r#"
            import os
            import jwt
            from fastapi import HTTPException
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            ALLOWED = ("HS256", "HS512")
            KEYS = {"HS256": SECRET, "RS256": os.environ["PUBLIC_KEY"]}
            def a(token):
                alg = jwt.get_unverified_header(token)["alg"]
                if alg not in ALLOWED:
                    raise HTTPException(401)
                return jwt.decode(token, SECRET, algorithms=[alg])  # ok
            def b(token):
                header = jwt.get_unverified_header(token)
                if header.get("alg") != "HS256":
                    raise HTTPException(401)
                return jwt.decode(token, SECRET, algorithms=[header["alg"]])  # ok
            def c(token):
                alg = jwt.get_unverified_header(token).get("alg")
                if not alg or alg not in ["HS256"]:
                    return None
                return jwt.decode(token, SECRET, algorithms=[alg])  # ok
            def d(token):
                alg = jwt.get_unverified_header(token)["alg"]
                if alg in ALLOWED:
                    return jwt.decode(token, SECRET, algorithms=[alg])  # ok
                raise HTTPException(401)
            def e(token):
                alg = jwt.get_unverified_header(token)["alg"]
                return jwt.decode(token, KEYS[alg], algorithms=[alg])  # ok
            def f(token):
                alg = jwt.get_unverified_header(token)["alg"]
                match alg:
                    case "HS256" | "HS512":
                        return jwt.decode(token, SECRET, algorithms=[alg])  # ok
                    case _:
                        raise HTTPException(401)
            def check(alg):
                if alg not in ALLOWED:
                    raise HTTPException(401)
            def g(token):
                alg = jwt.get_unverified_header(token)["alg"]
                check(alg)
                return jwt.decode(token, SECRET, algorithms=[alg])  # ok
            def read(token, alg):
                return jwt.decode(token, SECRET, algorithms=[alg])  # ok
            def h(token):
                alg = jwt.get_unverified_header(token)["alg"]
                if alg not in ALLOWED:
                    raise HTTPException(401)
                return read(token, alg)
            "#,
        );
    }

    /// Twins of the above with comparisons that pin nothing.
    #[test]
    fn compared_in_vain() {
        check(
            r#"
            import os
            import jwt
            from fastapi import HTTPException
            from jwt.algorithms import get_default_algorithms
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            ALLOWED = ("HS256", "HS512")
            def deny_list(token):
                alg = jwt.get_unverified_header(token)["alg"]
                if alg == "none":
                    raise HTTPException(401)
                return jwt.decode(token, SECRET, algorithms=[alg])  # finding: jwt-algorithms-not-pinned (critical)
            def after(token):
                alg = jwt.get_unverified_header(token)["alg"]
                payload = jwt.decode(token, SECRET, algorithms=[alg])  # finding: jwt-algorithms-not-pinned (critical)
                if alg not in ALLOWED:
                    raise HTTPException(401)
                return payload
            def only_logged(token):
                alg = jwt.get_unverified_header(token)["alg"]
                if alg not in ALLOWED:
                    print("odd algorithm")
                return jwt.decode(token, SECRET, algorithms=[alg])  # finding: jwt-algorithms-not-pinned (critical)
            def something_else(token, kind):
                alg = jwt.get_unverified_header(token)["alg"]
                if kind not in ALLOWED:
                    raise HTTPException(401)
                return jwt.decode(token, SECRET, algorithms=[alg])  # finding: jwt-algorithms-not-pinned (critical)
            def all_there_are(token):
                alg = jwt.get_unverified_header(token)["alg"]
                if alg not in get_default_algorithms():
                    raise HTTPException(401)
                return jwt.decode(token, SECRET, algorithms=[alg])  # finding: jwt-algorithms-not-pinned (critical)
            def inverted(token):
                alg = jwt.get_unverified_header(token)["alg"]
                if alg in ALLOWED:
                    raise HTTPException(401)
                return jwt.decode(token, SECRET, algorithms=[alg])  # finding: jwt-algorithms-not-pinned (critical)
            "#,
        );
    }

    #[test]
    fn algorithm_of_the_key() {
        check(
            r#"
            import jwt
            from jose import jwt as j
            client = jwt.PyJWKClient("https://id.example.com/jwks.json")
            def a(token):
                key = client.get_signing_key_from_jwt(token)
                return jwt.decode(token, key, audience="api")  # ok
            def b(token):
                key = client.get_signing_key_from_jwt(token)
                return jwt.decode(token, key.key, algorithms=[key.algorithm_name], audience="api")  # ok
            def c(token, jwks):
                kid = j.get_unverified_header(token)["kid"]
                key = next(key for key in jwks["keys"] if key["kid"] == kid)
                return j.decode(token, key, algorithms=[key["alg"]], audience="api")  # ok
            def d(token, jwks):
                key = jwks[j.get_unverified_header(token)["kid"]]
                return j.decode(token, key, algorithms=[key["alg"]], audience="api")  # ok
            def e(token):
                key = client.get_signing_key_from_jwt(token)
                return jwt.decode(token, key.key, audience="api")  # finding: jwt-algorithms-not-pinned (warning)
            "#,
        );
    }

    #[test]
    fn no_signature_no_algorithm() {
        check(
            r#"
            #- app/auth.py
            import jwt
            from app.keys import KEYS
            def read(token):
                kind = jwt.decode(token, options={"verify_signature": False})["kind"]  # ok
                return jwt.decode(token, KEYS[kind], algorithms=["RS256"])
            #- tests/test_auth.py
            from jose import jwt
            def test_claims(token, key):
                assert jwt.decode(token, key)["sub"] == "1"  # ok
            "#,
        );
    }

    #[test]
    fn fixes() {
        check_fix(
            &RULE,
            r#"
            import os
            from jose import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            ALGORITHM = "HS512"
            def issue(claims):
                return jwt.encode({"exp": 1, **claims}, SECRET, algorithm=ALGORITHM)
            def a(token):
                return jwt.decode(  # finding: jwt-algorithms-not-pinned (safe)
                    token,
                    SECRET,
                )
            def b(token):
                return jwt.decode(token, SECRET, algorithms=None)  # finding: jwt-algorithms-not-pinned (safe)
            def c(token):
                return jwt.decode(token, SECRET, algorithms=[jwt.get_unverified_header(token)["alg"]])  # finding: jwt-algorithms-not-pinned (changes-behaviour)
            def d(token):
                return jwt.decode(token, SECRET, algorithm=ALGORITHM)  # finding: jwt-algorithms-not-pinned (safe)
            "#,
            r#"
            import os
            from jose import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            ALGORITHM = "HS512"
            def issue(claims):
                return jwt.encode({"exp": 1, **claims}, SECRET, algorithm=ALGORITHM)
            def a(token):
                return jwt.decode(
                    token,
                    SECRET,
                    algorithms=[ALGORITHM],
                )
            def b(token):
                return jwt.decode(token, SECRET, algorithms=[ALGORITHM])
            def c(token):
                return jwt.decode(token, SECRET, algorithms=[ALGORITHM])
            def d(token):
                return jwt.decode(token, SECRET, algorithms=[ALGORITHM])
            "#,
        );
        check_fix(
            &RULE,
            r#"
            from authlib.jose import jwt
            from app.keys import KEY
            def a(token):
                claims = jwt.decode(token, KEY)  # finding: jwt-algorithms-not-pinned (changes-behaviour)
                claims.validate()
                return claims
            "#,
            r#"
            from authlib.jose import jwt, JsonWebToken
            from app.keys import KEY
            def a(token):
                claims = JsonWebToken(["HS256"]).decode(token, KEY)
                claims.validate()
                return claims
            "#,
        );
    }
}
