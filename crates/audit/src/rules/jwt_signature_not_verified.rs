//! Flags claims of tokens that are used although nothing verifies the signature.

use facts::Facts;
use facts::tokens::{TokenDecode, TokenPart, UnverifiedRead};
use facts::unverified::Purpose;
use report::{Applicability, Confidence, OwaspApi, Phase, Severity};

use crate::fix::{Fix, Replacement};
use crate::fixes::calls;
use crate::fixes::tokens::{self, Written};
use crate::options::Options;
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// Claims of a token that are used although nothing verifies its signature: `verify_signature` is `False`,
    /// directly, in a dictionary built elsewhere, through `**kwargs` or by a setting; python-jose's
    /// `get_unverified_claims`; joserfc's `extract_compact`; the middle part of the token decoded from base64 by
    /// hand; PyJWT's `verify=False`; a function of the library that the program replaces by one that verifies nothing.
    ///
    /// Reading first and verifying the same token afterwards is right, and so is choosing a key by the header's
    /// `kid` or by an `iss` that is compared with a list.
    ///
    /// ```python,finding
    /// import os
    ///
    /// import jwt
    ///
    /// SECRET = os.environ["BETTER_AUTH_SECRET"]
    ///
    ///
    /// def current_user_id(token: str) -> str:
    ///     payload = jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_signature": False})
    ///     return payload["sub"]
    /// ```
    ///
    /// ## Why it matters
    ///
    /// The signature is all that tells a token of the server from one that a client wrote. Without the check every
    /// claim is what the client says it is. PyJWT (2.15) also stops checking `exp` when `verify_signature` is
    /// `False`; python-jose (3.5) does not.
    ///
    /// ## How it is exploited
    ///
    /// A token with another user's id and any text for a signature is accepted:
    ///
    /// ```text
    /// $ claims=$(printf '{"sub":"1","role":"admin"}' | basenc --base64url | tr -d =)
    /// $ curl -H "Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.$claims.x" https://api.example.com/users/me
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```python,fixed
    /// import os
    ///
    /// import jwt
    ///
    /// SECRET = os.environ["BETTER_AUTH_SECRET"]
    ///
    ///
    /// def current_user_id(token: str) -> str:
    ///     payload = jwt.decode(token, SECRET, algorithms=["HS256"])
    ///     return payload["sub"]
    /// ```
    ///
    /// To choose among several keys, read first and verify then:
    ///
    /// ```python,ok
    /// import jwt
    /// from app.keys import KEYS
    ///
    ///
    /// def current_user_id(token: str) -> str:
    ///     issuer = jwt.decode(token, options={"verify_signature": False})["iss"]
    ///     payload = jwt.decode(token, KEYS[issuer], algorithms=["RS256"], issuer=issuer)
    ///     return payload["sub"]
    /// ```
    ///
    /// ## References
    ///
    /// - CWE-347, improper verification of cryptographic signature: <https://cwe.mitre.org/data/definitions/347.html>
    /// - RFC 7519, JSON Web Token, section 7.2: <https://www.rfc-editor.org/rfc/rfc7519#section-7.2>
    /// - RFC 8725, JSON Web Token Best Current Practices, section 3.3: <https://www.rfc-editor.org/rfc/rfc8725#section-3.3>
    /// - PyJWT, reading claims without validation: <https://pyjwt.readthedocs.io/en/stable/usage.html#reading-the-claimset-without-validation>
    pub(super) static RULE: Rule = Rule {
        name: "jwt-signature-not-verified",
        summary: "Claims of a token are used without verifying its signature",
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
        let signature = decode.signature();
        if signature.find(|&verify| !verify).is_some() {
            switched_off(context, decode);
        } else if decode.legacy_verify.find(|&verify| !verify).is_some() {
            legacy(context, decode);
        } else if decode.switch("verify_signature").is_some() {
            switchable(context, decode);
        }
    }
    for read in facts.unverified_reads.iter().filter(|read| !read.call.is_test) {
        if read.part == TokenPart::Claims {
            unverified(context, read);
        }
    }
    for replaced in facts.replaced_decodes() {
        let message = format!(
            "`{}` is replaced by a function that verifies nothing, wherever the program calls it",
            facts.snippet(replaced.function)
        );
        let finding = context.report(replaced.span, message);
        finding.related(replaced.replacement, "called in its place");
    }
}

/// How grave a purpose is, with what is said of it; `None` where the token is verified elsewhere or not needed.
fn judged(purpose: Option<&Purpose>) -> Option<(Severity, Confidence, String)> {
    match purpose? {
        Purpose::VerifiedToo | Purpose::VerifiedButExpired(_) | Purpose::Routing | Purpose::NotAToken => None,
        Purpose::FromIssuer { only_times: true } => None,
        Purpose::UncheckedRouting => Some((
            Severity::Warning,
            Confidence::Medium,
            ", and no list of trusted issuers decides what it names".to_owned(),
        )),
        Purpose::Discarded => Some((
            Severity::Warning,
            Confidence::Medium,
            ", and its result is thrown away: it checks nothing".to_owned(),
        )),
        Purpose::Times { in_handler: true } => Some((
            Severity::Warning,
            Confidence::Medium,
            ", only to read its times".to_owned(),
        )),
        Purpose::Times { in_handler: false } => Some((
            Severity::Suggestion,
            Confidence::Low,
            ", only to read its times".to_owned(),
        )),
        Purpose::TokenId => Some((
            Severity::Warning,
            Confidence::Medium,
            ", only to read its id".to_owned(),
        )),
        Purpose::Logged => Some((Severity::Suggestion, Confidence::Low, ", only to print it".to_owned())),
        Purpose::FromIssuer { only_times: false } => Some((
            Severity::Warning,
            Confidence::Low,
            ", which is as good as the connection that it came over".to_owned(),
        )),
        Purpose::Identity { claims } => Some((Severity::Critical, Confidence::High, used(claims))),
    }
}

/// `, and uses `sub` and `role` of it`
fn used(claims: &[String]) -> String {
    let quoted: Vec<String> = claims.iter().take(3).map(|claim| format!("`{claim}`")).collect();
    match &quoted[..] {
        [] => String::new(),
        [only] => format!(", and {only} is used as if it were true"),
        [first @ .., last] => format!(", and {} and {last} are used as if they were true", first.join(", ")),
    }
}

fn switched_off(context: &mut RuleContext<'_>, decode: &TokenDecode) {
    let facts = context.facts();
    let Some((severity, confidence, effect)) = judged(decode.purpose.as_ref()) else {
        return;
    };
    let signature = decode.signature();
    let callee = facts.snippet(decode.call.callee);
    let is_argument = decode.function.verify.as_ref().is_some_and(|verify| verify.is_honoured);
    let by = match is_argument {
        true => "`verify`",
        false => "`verify_signature`",
    };
    let confidence = match signature.always(|&verify| !verify) || confidence != Confidence::High {
        true => confidence,
        false => Confidence::Medium,
    };
    let when = match confidence == Confidence::Medium && severity == Severity::Critical {
        true => "can be",
        false => "is",
    };
    let fix = fix_decode(facts, context.options(), decode);
    let message = format!("`{callee}` does not verify the signature: {by} {when} `False`{effect}");
    let finding = context.report(decode.call.span, message);
    finding.severity(severity).confidence(confidence).fix(fix);
    for way in signature.known.iter().filter(|way| !way.value).take(1) {
        if !decode.call.span.range.contains_range(way.origin.range) || decode.call.span.file != way.origin.file {
            finding.related(way.origin, "switched off here");
        }
        finding.traces(way.steps.iter().cloned());
    }
}

fn legacy(context: &mut RuleContext<'_>, decode: &TokenDecode) {
    let facts = context.facts();
    let Some((severity, confidence, effect)) = judged(decode.purpose.as_ref()) else {
        return;
    };
    let callee = facts.snippet(decode.call.callee);
    let has_algorithms = decode.algorithms.unknown || decode.algorithms.find(|list| !list.names().is_empty()).is_some();
    let has_key_and_algorithms = decode.key.is_some() && has_algorithms;
    let finding = match has_key_and_algorithms {
        true => {
            let message = format!("`{callee}` is given `verify=False`, which PyJWT 1 obeys and PyJWT 2 ignores");
            let finding = context.report(decode.call.span, message);
            finding.severity(severity.max(Severity::Warning)).confidence(confidence);
            finding
        }
        false => {
            let message = format!("`{callee}` does not verify the signature: `verify` is `False`{effect}");
            let finding = context.report(decode.call.span, message);
            finding.severity(severity).confidence(confidence);
            finding
        }
    };
    finding.fix(fix_legacy(facts, decode, has_key_and_algorithms));
}

fn switchable(context: &mut RuleContext<'_>, decode: &TokenDecode) {
    let facts = context.facts();
    let (Some(switch), Some((severity, ..))) = (decode.switch("verify_signature"), judged(decode.purpose.as_ref()))
    else {
        return;
    };
    let callee = facts.snippet(decode.call.callee);
    let is_on_by_default = decode.signature().find(|&verify| verify).is_some();
    let confidence = match is_on_by_default {
        true => Confidence::Low,
        false => Confidence::Medium,
    };
    let message = format!(
        "`{}` can turn off the check of the signature in `{callee}`",
        switch.name
    );
    let fix = fix_decode(facts, context.options(), decode);
    context
        .report(decode.call.span, message)
        .severity(severity.max(Severity::Warning))
        .confidence(confidence)
        .related(switch.span, "this decides")
        .fix(fix);
}

fn unverified(context: &mut RuleContext<'_>, read: &UnverifiedRead) {
    let facts = context.facts();
    let Some((severity, confidence, effect)) = judged(read.purpose.as_ref()) else {
        return;
    };
    let callee = facts.snippet(read.call.callee);
    let message = match read.library {
        Some(_) => format!("`{callee}` reads a token without verifying its signature{effect}"),
        None => format!("The token is decoded by hand, and nothing verifies its signature{effect}"),
    };
    let fix = fix_read(facts, context.options(), read);
    context
        .report(read.call.span, message)
        .severity(severity)
        .confidence(confidence)
        .fix(fix);
}

/// The check turned on, with key and algorithms where the call has none.
fn fix_decode(facts: &Facts<'_>, options: &Options, decode: &TokenDecode) -> Option<Fix> {
    let call = &decode.call;
    if decode.function.options.is_none() || !tokens::is_plain(call) || decode.misnamed_algorithm.is_some() {
        return None;
    }
    let file = call.span.file;
    let mut parts = Vec::new();
    let mut arguments = Vec::new();
    if has_no_key(decode) {
        let key = tokens::key(facts, file, call.span.range.start(), &options.secret_name);
        arguments.push(("key", key.text.clone()));
        parts.push(key);
    }
    let is_pinned = decode.key_names_algorithm
        || decode.algorithms.unknown
        || decode.algorithms.always(|list| !list.names().is_empty());
    if decode.function.algorithms.is_some() && !is_pinned {
        let algorithms = tokens::algorithms(facts, file, decode.key.as_ref());
        arguments.push(("algorithms", algorithms.text.clone()));
        parts.push(algorithms);
    }
    // What PyJWT leaves out along with the signature stays out if it is turned off on its own.
    let turned_on: &[&str] = match decode.library.signature_option_covers_expiry {
        true => &["verify_signature", "verify_exp"],
        false => &["verify_signature"],
    };
    let replacements = tokens::check_again(facts, decode, turned_on, &arguments)?;
    let imports: Vec<Replacement> = parts.iter().filter_map(|part| part.import.clone()).collect();
    let parts: Vec<&Written> = parts.iter().collect();
    let fix = tokens::fix(
        "Verify the signature".to_owned(),
        &parts,
        Applicability::ChangesBehaviour,
    );
    Some(fix.with(replacements).with(imports))
}

fn has_no_key(decode: &TokenDecode) -> bool {
    use facts::keys::KeySource;
    decode.key.as_ref().is_none_or(|key| {
        !key.sources.is_empty()
            && key.sources.iter().all(|source| match &source.value {
                KeySource::None => true,
                KeySource::Literal { text, .. } => text.is_empty(),
                _ => false,
            })
    })
}

fn fix_legacy(facts: &Facts<'_>, decode: &TokenDecode, is_complete: bool) -> Option<Fix> {
    let argument = decode.call.argument(None, &["verify"]).filter(|_| is_complete)?;
    let removed = calls::remove_argument(facts, &decode.call, argument)?;
    Some(Fix::safe("Take `verify` away").with([removed]))
}

/// `jwt.get_unverified_claims(token)` to `jwt.decode(token, key, algorithms=…)`.
fn fix_read(facts: &Facts<'_>, options: &Options, read: &UnverifiedRead) -> Option<Fix> {
    let library = read.library.filter(|library| library.name == "python-jose")?;
    let call = &read.call;
    let callee = facts.snippet(call.callee);
    let object = callee.strip_suffix(".get_unverified_claims")?;
    if !tokens::is_plain(call) || object.ends_with("jws") {
        return None;
    }
    debug_assert_eq!(library.decodes[0].path, "jose.jwt.decode");
    let file = call.span.file;
    let key = tokens::key(facts, file, call.span.range.start(), &options.secret_name);
    let algorithms = tokens::algorithms(facts, file, None);
    let arguments = format!("key={}, algorithms={}", key.text, algorithms.text);
    let fix = tokens::fix(
        "Verify the signature".to_owned(),
        &[&key, &algorithms],
        Applicability::ChangesBehaviour,
    );
    let fix = fix
        .edit(call.callee, format!("{object}.decode"))
        .with([calls::append_argument(facts, call, &arguments)])
        .with(key.import);
    Some(fix)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, check_fix, report};

    #[test]
    fn written_at_the_call() {
        check(
            r#"
            import os
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]

            def user_id(token):
                payload = jwt.decode(token, options={"verify_signature": False})  # finding: jwt-signature-not-verified (critical, high, fix)
                #         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ jwt-signature-not-verified
                return payload["sub"]

            def whole(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_signature": False})  # finding: jwt-signature-not-verified (critical, high, changes-behaviour)

            def right(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_signature": True})  # ok
            "#,
        );
    }

    #[test]
    fn everything_that_python_takes_for_false() {
        check(
            r#"
            import os
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def a(token):
                return jwt.decode(token, SECRET, ["HS256"], {"verify_signature": 0})  # finding: jwt-signature-not-verified (critical)
            def b(token):
                return jwt.decode(token, SECRET, ["HS256"], {"verify_signature": None})  # finding: jwt-signature-not-verified (critical)
            def c(token):
                return jwt.decode(token, SECRET, ["HS256"], {"verify_signature": 1})  # ok
            def d(token):
                return jwt.decode(token, SECRET, ["HS256"], {"verify_signature": not True})  # finding: jwt-signature-not-verified (critical)
            "#,
        );
    }

    #[test]
    fn constant_in_another_file() {
        check(
            r#"
            #- app/core/config.py
            VERIFY_SIGNATURE = False
            #- app/auth.py
            import os
            from jose import jwt as j
            from app.core.config import VERIFY_SIGNATURE
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def user(token: str):
                claims = j.decode(token, SECRET, algorithms=["HS256"], options={"verify_signature": VERIFY_SIGNATURE})  # finding: jwt-signature-not-verified (critical, high, fix)
                return claims["sub"]
            "#,
        );
        check(
            r#"
            #- app/core/config.py
            VERIFY_SIGNATURE = True
            #- app/auth.py
            import os
            from jose import jwt as j
            from app.core.config import VERIFY_SIGNATURE
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def user(token: str):
                claims = j.decode(token, SECRET, algorithms=["HS256"], options={"verify_signature": VERIFY_SIGNATURE})  # ok
                return claims["sub"]
            "#,
        );
    }

    #[test]
    fn dictionary_built_elsewhere() {
        check(
            r#"
            import os
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            OPTIONS = {"verify_aud": False}
            OPTIONS["verify_signature"] = False
            def user(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"], options=OPTIONS)["sub"]  # finding: jwt-signature-not-verified (critical, high, fix)

            def other(token, strict):
                options = dict(verify_aud=False)
                if not strict:
                    options.update({"verify_signature": False})
                return jwt.decode(token, SECRET, algorithms=["HS256"], options=options)["sub"]  # finding: jwt-signature-not-verified (critical, medium)

            def spread(token):
                return jwt.decode(token, SECRET, ["HS256"], {**OPTIONS, "verify_signature": True})["sub"]  # ok
            "#,
        );
    }

    #[test]
    fn settings_class() {
        check(
            r#"
            #- app/config.py
            from pydantic_settings import BaseSettings
            class Settings(BaseSettings):
                BETTER_AUTH_SECRET: str
                VERIFY_JWT: bool = True
                CHECK_SIGNATURE: bool = False
                STRICT: bool
                JWT_OPTIONS: dict = {"verify_signature": False}
            settings = Settings()
            #- app/auth.py
            import jwt
            from app.config import settings
            def a(token):
                return jwt.decode(token, settings.BETTER_AUTH_SECRET, algorithms=["HS256"], options={"verify_signature": settings.VERIFY_JWT})["sub"]  # finding: jwt-signature-not-verified (warning, low)
            def b(token):
                return jwt.decode(token, settings.BETTER_AUTH_SECRET, algorithms=["HS256"], options={"verify_signature": settings.CHECK_SIGNATURE})["sub"]  # finding: jwt-signature-not-verified (critical, medium)
            def c(token):
                return jwt.decode(token, settings.BETTER_AUTH_SECRET, algorithms=["HS256"], options={"verify_signature": settings.STRICT})["sub"]  # finding: jwt-signature-not-verified (warning, medium)
            def d(token):
                return jwt.decode(token, settings.BETTER_AUTH_SECRET, algorithms=["HS256"], options=settings.JWT_OPTIONS)["sub"]  # finding: jwt-signature-not-verified (critical, medium)
            "#,
        );
    }

    #[test]
    fn environment() {
        check(
            r#"
            import os
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            VERIFY = os.getenv("VERIFY_JWT", "true").lower() == "true"
            def a(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_signature": VERIFY})["sub"]  # finding: jwt-signature-not-verified (warning, medium)
            def b(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_signature": not os.getenv("DEBUG")})["sub"]  # finding: jwt-signature-not-verified (warning, medium)
            def c(token, verify):
                return jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_signature": verify})["sub"]  # ok
            def d(token, options):
                return jwt.decode(token, SECRET, algorithms=["HS256"], options=options)["sub"]  # ok
            "#,
        );
    }

    #[test]
    fn wrapper_with_keyword_arguments() {
        check(
            r#"
            #- app/security.py
            import os
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def read(token, **kwargs):
                return jwt.decode(token, SECRET, algorithms=["HS256"], **kwargs)  # finding: jwt-signature-not-verified (critical)
            #- app/routes.py
            from app.security import read
            def me(token):
                return read(token, options={"verify_signature": False})["sub"]
            "#,
        );
        check(
            r#"
            #- app/security.py
            import os
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def read(token, **kwargs):
                return jwt.decode(token, SECRET, algorithms=["HS256"], **kwargs)  # ok
            #- app/routes.py
            from app.security import read
            def me(token):
                return read(token, options={"verify_aud": False})["sub"]
            "#,
        );
    }

    #[test]
    fn wrapper_with_a_flag() {
        check(
            r#"
            import os
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def read(token, verify=True):
                return jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_signature": verify})  # finding: jwt-signature-not-verified (critical, medium)
            def me(token):
                return read(token)["sub"]
            def other(token):
                return read(token, verify=False)["sub"]
            "#,
        );
        // The unverified way is followed by a verified one.
        check(
            r#"
            import os
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def read(token, verify=True):
                return jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_signature": verify})  # ok
            def me(token):
                claims = read(token, verify=False)
                if claims.get("kind") != "access":
                    raise ValueError
                return read(token)["sub"]
            "#,
        );
    }

    #[test]
    fn methods_and_async() {
        check(
            r#"
            import os
            import jwt
            class TokenService:
                options = {"verify_signature": False}
                def __init__(self):
                    self.secret = os.environ["BETTER_AUTH_SECRET"]
                async def read(self, token):
                    return jwt.decode(token, self.secret, algorithms=["HS256"], options=self.options)  # finding: jwt-signature-not-verified (critical)
            "#,
        );
        check(
            r#"
            from typing import Annotated
            import jwt
            from fastapi import Depends
            from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
            bearer = HTTPBearer()
            async def user(credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]) -> str:
                claims = jwt.decode(credentials.credentials, options={"verify_signature": False})  # finding: jwt-signature-not-verified (critical, high), auth-failure-not-401
                return claims.get("email")
            "#,
        );
    }

    #[test]
    fn other_functions_of_the_libraries() {
        check(
            r#"
            import jwt
            from jose import jws
            from jose.jwt import get_unverified_claims as claims_of
            from joserfc import jws as signatures
            def a(token):
                return claims_of(token)["sub"]  # finding: jwt-signature-not-verified (critical, high, no-fix)
            def b(token, key):
                return jws.verify(token, key, ["HS256"], verify=False)  # finding: jwt-signature-not-verified (critical)
            def c(token):
                return jwt.decode_complete(token, options={"verify_signature": False})["payload"]["sub"]  # finding: jwt-signature-not-verified (critical)
            def d(token):
                return jwt.decode_complete(token, options={"verify_signature": False})["header"]["kid"]  # ok
            def e(token):
                return signatures.extract_compact(token).payload  # finding: jwt-signature-not-verified (critical)
            def f(token):
                return signatures.extract_compact(token).headers()["kid"]  # ok
            def g(token, key):
                return jws.verify(token, key, ["HS256"])  # ok
            def h(token, key):
                return jwt.PyJWS().decode(token, key, ["HS256"], options={"verify_signature": False})  # finding: jwt-signature-not-verified (critical)
            "#,
        );
        // PyJWT sets it anew in every call.
        check(
            r#"
            import os
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            tokens = jwt.PyJWT(options={"verify_signature": False})
            def a(token):
                return tokens.decode(token, SECRET, algorithms=["HS256"])  # ok
            "#,
        );
    }

    #[test]
    fn legacy_argument() {
        check(
            r#"
            import os
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def a(token):
                return jwt.decode(token, verify=False)["sub"]  # finding: jwt-signature-not-verified (critical)
            def b(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"], verify=False)["sub"]  # finding: jwt-signature-not-verified (warning, high, safe)
            def c(token):
                return jwt.decode(token, SECRET, False)["sub"]  # finding: jwt-signature-not-verified (critical)
            def d(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"], verify=True)["sub"]  # ok
            "#,
        );
        check(
            r#"
            import requests
            requests.get("https://auth.example.com/users", verify=False)  # ok
            "#,
        );
    }

    #[test]
    fn read_first_and_verified_then() {
        check(
            r#"
            import jwt
            from jose import jwt as jose
            from app.keys import key_of

            def a(token):
                unverified = jwt.decode(token, options={"verify_signature": False})  # ok
                return jwt.decode(token, key_of(unverified["tenant"]), algorithms=["RS256"])

            def b(token):
                claims = jose.get_unverified_claims(token)  # ok
                try:
                    jose.decode(token, key_of(claims["tenant"]), algorithms=["RS256"])
                except jose.JWTError:
                    raise ValueError("invalid")
                return claims["sub"]

            def c(request):
                token = request.headers["Authorization"].removeprefix("Bearer ")
                tenant = jwt.decode(token, options={"verify_signature": False}).get("tenant")  # ok
                try:
                    payload = jwt.decode(token, key_of(tenant), algorithms=["RS256"])
                except jwt.PyJWTError:
                    return None
                return payload["sub"]

            def d(token):
                claims = jwt.decode(token, key_of("x"), algorithms=["RS256"])
                return jwt.decode(token, options={"verify_signature": False})["sub"]  # ok
            "#,
        );
    }

    /// Twins of the above, each with a way around the verification.
    #[test]
    fn verified_on_some_ways_only() {
        check(
            r#"
            import jwt
            from app.keys import key_of

            def another_token(token, other):
                unverified = jwt.decode(token, options={"verify_signature": False})  # finding: jwt-signature-not-verified (critical)
                jwt.decode(other, key_of(unverified["tenant"]), algorithms=["RS256"])
                return unverified["sub"]

            def internal(token):
                unverified = jwt.decode(token, options={"verify_signature": False})  # finding: jwt-signature-not-verified (critical)
                if unverified["iss"] == "internal":
                    return unverified
                return jwt.decode(token, key_of(unverified["iss"]), algorithms=["RS256"])

            def swallowed(token):
                unverified = jwt.decode(token, options={"verify_signature": False})  # finding: jwt-signature-not-verified (critical)
                try:
                    jwt.decode(token, key_of(unverified["tenant"]), algorithms=["RS256"])
                except jwt.PyJWTError:
                    pass
                return unverified["sub"]

            def fallback(token):
                try:
                    return jwt.decode(token, key_of("a"), algorithms=["RS256"])
                except jwt.InvalidTokenError:
                    return jwt.decode(token, options={"verify_signature": False})  # finding: jwt-signature-not-verified (critical)

            def one_arm(token, strict):
                return jwt.decode(token, key_of("a"), algorithms=["RS256"]) if strict else jwt.decode(token, options={"verify_signature": False})  # finding: jwt-signature-not-verified (critical)

            def suppressed(token):
                from contextlib import suppress
                unverified = jwt.decode(token, options={"verify_signature": False})  # finding: jwt-signature-not-verified (critical)
                with suppress(jwt.PyJWTError):
                    jwt.decode(token, key_of("a"), algorithms=["RS256"])
                return unverified
            "#,
        );
    }

    #[test]
    fn verified_in_another_function() {
        check(
            r#"
            #- app/tokens.py
            import jwt
            from app.keys import KEYS
            def issuer_of(token):
                return jwt.decode(token, options={"verify_signature": False})["iss"]  # ok
            def verify(token: str, key):
                return jwt.decode(token, key, algorithms=["RS256"])
            #- app/deps.py
            from fastapi import HTTPException
            from app.tokens import issuer_of, verify
            from app.keys import KEYS
            def current_user(token: str):
                issuer = issuer_of(token)
                if issuer not in KEYS:
                    raise HTTPException(401)
                return verify(token, KEYS[issuer])["sub"]
            "#,
        );
        check(
            r#"
            import jwt
            from app.keys import KEYS
            def peek(token):
                return jwt.decode(token, options={"verify_signature": False})  # finding: jwt-signature-not-verified (critical)
            def verify(token: str, key):
                return jwt.decode(token, key, algorithms=["RS256"])
            def current_user(token: str):
                return verify(token, KEYS[peek(token)["tenant"]])["sub"]
            def websocket_user(token: str):
                return peek(token)["sub"]
            "#,
        );
    }

    #[test]
    fn verified_by_a_dependency() {
        check(
            r#"
            import os
            import jwt
            from fastapi import Depends
            from fastapi.security import OAuth2PasswordBearer
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            scheme = OAuth2PasswordBearer(tokenUrl="token")
            def verified(token: str = Depends(scheme)):
                return jwt.decode(token, SECRET, algorithms=["HS256"])
            def tenant(token: str = Depends(scheme), _: dict = Depends(verified)):
                return jwt.decode(token, options={"verify_signature": False})["tenant"]  # finding: auth-failure-not-401
            "#,
        );
        check(
            r#"
            import jwt
            from fastapi import Depends
            from fastapi.security import OAuth2PasswordBearer
            scheme = OAuth2PasswordBearer(tokenUrl="token")
            def database():
                yield 1
            def tenant(token: str = Depends(scheme), _: dict = Depends(database)):
                return jwt.decode(token, options={"verify_signature": False})["tenant"]  # finding: jwt-signature-not-verified (critical), auth-failure-not-401
            "#,
        );
    }

    #[test]
    fn verified_by_a_decorator() {
        check(
            r#"
            #- app/auth.py
            from functools import wraps
            from jose import jwt
            from app.keys import key_of
            def token_of(request):
                return request.headers["Authorization"].split()[1]
            def requires_auth(function):
                @wraps(function)
                def decorated(request, *args, **kwargs):
                    jwt.decode(token_of(request), key_of("a"), algorithms=["RS256"])
                    return function(request, *args, **kwargs)
                return decorated
            def logs(function):
                @wraps(function)
                def decorated(*args, **kwargs):
                    return function(*args, **kwargs)
                return decorated
            def has_scope(request, scope):
                return scope in jwt.get_unverified_claims(token_of(request))["scope"].split()  # ok
            def has_role(request, role):
                return role in jwt.get_unverified_claims(token_of(request))["roles"]  # finding: jwt-signature-not-verified (critical)
            #- app/routes.py
            from app.auth import has_role, has_scope, logs, requires_auth
            @requires_auth
            def notes(request):
                if not has_scope(request, "read"):
                    raise PermissionError
            @logs
            def users(request):
                if not has_role(request, "admin"):
                    raise PermissionError
            "#,
        );
    }

    #[test]
    fn signature_verified_by_hand() {
        check(
            r#"
            from jose import jwk, jwt
            from jose.utils import base64url_decode
            from app.keys import KEYS
            def a(token):
                key = jwk.construct(KEYS[jwt.get_unverified_header(token)["kid"]])
                message, signature = token.rsplit(".", 1)
                if not key.verify(message.encode(), base64url_decode(signature.encode())):
                    raise ValueError("invalid")
                return jwt.get_unverified_claims(token)  # ok
            def b(token):
                message, signature = token.rsplit(".", 1)
                return jwt.get_unverified_claims(token)  # finding: jwt-signature-not-verified (critical)
            "#,
        );
    }

    #[test]
    fn keys_tried_one_after_the_other() {
        check(
            r#"
            import jwt
            from fastapi import HTTPException
            from app.keys import KEYS
            def user(token):
                kind = jwt.decode(token, options={"verify_signature": False}).get("kind")  # ok
                payload = None
                for key in KEYS[kind]:
                    try:
                        payload = jwt.decode(token, key, algorithms=["RS256"])
                        break
                    except jwt.InvalidTokenError:
                        continue
                if payload is None:
                    raise HTTPException(401)
                return payload["sub"]

            def careless(token):
                claims = jwt.decode(token, options={"verify_signature": False})  # finding: jwt-signature-not-verified (critical)
                for key in KEYS[claims["kind"]]:
                    try:
                        jwt.decode(token, key, algorithms=["RS256"])
                        break
                    except jwt.InvalidTokenError:
                        continue
                return claims["sub"]
            "#,
        );
    }

    #[test]
    fn verified_by_others() {
        check(
            r#"
            import httpx
            import jwt
            from google.oauth2 import id_token
            from app.clients import identity
            async def a(token):
                claims = jwt.decode(token, options={"verify_signature": False})  # ok
                answer = await httpx.AsyncClient().get("https://id.example.com/userinfo", headers={"Authorization": f"Bearer {token}"})
                answer.raise_for_status()
                return claims["sub"]
            def b(token):
                claims = jwt.decode(token, options={"verify_signature": False})  # ok
                id_token.verify_oauth2_token(token, None, claims["aud"])
                return claims["sub"]
            async def c(token):
                claims = jwt.decode(token, options={"verify_signature": False})  # ok
                await identity.introspect(token)
                return claims["sub"]
            "#,
        );
    }

    #[test]
    fn routing_by_issuer() {
        check(
            r#"
            import jwt
            from jose import jwt as jose
            ISSUERS = {"https://a.example.com": "a.pem", "https://b.example.com": "b.pem"}
            def a(token):
                issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")  # ok
                if issuer not in ISSUERS:
                    raise ValueError("unknown issuer")
                return ISSUERS[issuer]
            def b(token):
                claims = jose.get_unverified_claims(token)  # ok
                return ISSUERS.get(claims["iss"])
            def c(token):
                issuer = jwt.decode(token, options={"verify_signature": False})["iss"]  # finding: jwt-signature-not-verified (warning, medium)
                return issuer
            def d(token):
                claims = jose.get_unverified_claims(token)  # finding: jwt-signature-not-verified (critical)
                if claims["iss"] not in ISSUERS:
                    raise ValueError("unknown issuer")
                return claims["sub"]
            "#,
        );
    }

    #[test]
    fn header() {
        check(
            r#"
            import jwt
            from jose import jwt as jose
            from app.keys import KEYS
            def a(token):
                key = KEYS[jwt.get_unverified_header(token)["kid"]]  # ok
                return jwt.decode(token, key, algorithms=["RS256"])
            def b(token):
                header = jose.get_unverified_headers(token)  # ok
                return header["kid"]
            "#,
        );
    }

    #[test]
    fn less_than_identity() {
        check(
            r#"
            import jwt
            import httpx
            import logging
            import time
            from fastapi import FastAPI, HTTPException
            app = FastAPI()
            logger = logging.getLogger(__name__)
            def issuer_for_messages(token):
                return jwt.decode(token, options={"verify_signature": False}).get("iss", "")  # ok
            def complain(token):
                raise ValueError(f"unknown issuer {issuer_for_messages(token)}")
            def describe(token):
                issuer = jwt.decode(token, options={"verify_signature": False}).get("iss", "")  # finding: jwt-signature-not-verified (suggestion, low)
                return f"a token of {issuer}"
            def when(token):
                return jwt.decode(token, options={"verify_signature": False})["exp"]  # finding: jwt-signature-not-verified (suggestion, low)
            @app.get("/expired")
            def guard(token):
                if jwt.decode(token, options={"verify_signature": False})["exp"] < time.time():  # finding: jwt-signature-not-verified (warning, medium)
                    raise HTTPException(401)
            def revoke(token, store):
                store.add(jwt.decode(token, options={"verify_signature": False})["jti"])  # finding: jwt-signature-not-verified (warning, medium)
            def show(token):
                logger.debug("token %s", jwt.decode(token, options={"verify_signature": False}))  # finding: jwt-signature-not-verified (suggestion, low)
            async def callback(code):
                async with httpx.AsyncClient() as client:
                    answer = await client.post("https://id.example.com/token", data={"code": code})
                id_token = answer.json()["id_token"]
                return jwt.decode(id_token, options={"verify_signature": False})["email"]  # finding: jwt-signature-not-verified (warning, low)
            def own_expiry(url):
                token = httpx.post(url).json()["access_token"]
                return jwt.decode(token, options={"verify_signature": False})["exp"]  # ok
            "#,
        );
    }

    #[test]
    fn by_hand() {
        check(
            r#"
            import base64
            import json
            from fastapi import Header
            def a(authorization: str = Header()):
                token = authorization.split(" ")[1]
                payload = token.split(".")[1]
                payload += "=" * (-len(payload) % 4)
                claims = json.loads(base64.urlsafe_b64decode(payload))  # finding: jwt-signature-not-verified (critical, high)
                return claims["sub"]
            def b(token):
                header, body, signature = token.split(".")
                return json.loads(base64.b64decode(body + "==").decode("utf-8")).get("user_id")  # finding: jwt-signature-not-verified (critical)
            def pad(text):
                return base64.urlsafe_b64decode(text + "=" * (4 - len(text) % 4))
            def c(token):
                parts = token.split(".")
                if len(parts) != 3:
                    return None
                claims = json.loads(pad(parts[1]))  # finding: jwt-signature-not-verified (critical)
                return claims["email"]
            def d(token):
                return json.loads(pad(token.split(".")[0]))["kid"]  # ok
            "#,
        );
    }

    #[test]
    fn by_hand_and_verified() {
        check(
            r#"
            import base64
            import hashlib
            import hmac
            import json
            import os
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def own_signature(token):
                header, body, signature = token.split(".")
                expected = hmac.new(SECRET.encode(), f"{header}.{body}".encode(), hashlib.sha256).hexdigest()
                if not hmac.compare_digest(expected, signature):
                    raise ValueError("invalid")
                return json.loads(base64.urlsafe_b64decode(body))  # ok
            def library(token):
                tenant = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))["tenant"]  # ok
                return jwt.decode(token, SECRET, algorithms=["HS256"], issuer=tenant)
            def cursor(value):
                kind, data, page = value.split(".")
                return json.loads(base64.urlsafe_b64decode(data))["offset"]  # ok
            def image(data):
                return base64.b64decode(data.split(",")[1])  # ok
            "#,
        );
    }

    #[test]
    fn tests_and_texts() {
        check(
            r#"
            #- tests/test_auth.py
            import jwt
            def test_claims(token):
                assert jwt.decode(token, options={"verify_signature": False})["sub"] == "1"  # ok
            #- app/notes.py
            """jwt.decode(token, options={"verify_signature": False})"""
            # jwt.decode(token, options={"verify_signature": False})
            HELP = 'jwt.decode(token, options={"verify_signature": False})'  # ok
            "#,
        );
    }

    #[test]
    fn unknown_objects() {
        check(
            r#"
            from app.tokens import jwt
            from itsdangerous import URLSafeSerializer
            def a(token):
                return jwt.decode(token, options={"verify_signature": False})["sub"]  # ok
            "#,
        );
    }

    #[test]
    fn fixes_of_the_options() {
        check_fix(
            &RULE,
            r#"
            import os
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def alone(token):
                return jwt.decode(  # finding: jwt-signature-not-verified (changes-behaviour)
                    token,
                    SECRET,
                    algorithms=["HS256"],
                    options={"verify_signature": False},
                )
            def among_others(token):
                return jwt.decode(token, SECRET, ["HS256"], {"verify_signature": False, "verify_aud": False})  # finding: jwt-signature-not-verified (changes-behaviour)
            def with_expiry(token):
                return jwt.decode(token, SECRET, ["HS256"], options={"verify_exp": False, "verify_signature": False})  # finding: jwt-signature-not-verified (changes-behaviour)
            "#,
            r#"
            import os
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def alone(token):
                return jwt.decode(
                    token,
                    SECRET,
                    algorithms=["HS256"],
                )
            def among_others(token):
                return jwt.decode(token, SECRET, ["HS256"], {"verify_aud": False})
            def with_expiry(token):
                return jwt.decode(token, SECRET, ["HS256"])
            "#,
        );
    }

    #[test]
    fn fixes_where_it_is_written() {
        check_fix(
            &RULE,
            r#"
            #- config.py
            VERIFY = False
            #- main.py
            import os
            import jwt
            from config import VERIFY
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            OPTIONS = dict(verify_signature=VERIFY)
            def a(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"], options=OPTIONS)  # finding: jwt-signature-not-verified (changes-behaviour)
            "#,
            r#"
            #- config.py
            VERIFY = True
            #- main.py
            import os
            import jwt
            from config import VERIFY
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            OPTIONS = dict(verify_signature=VERIFY)
            def a(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"], options=OPTIONS)
            "#,
        );
    }

    #[test]
    fn fixes_without_a_key() {
        check_fix(
            &RULE,
            r#"
            import jwt

            def a(token):
                return jwt.decode(token, options={'verify_signature': False})['sub']  # finding: jwt-signature-not-verified (needs-value)
            "#,
            r#"
            import os

            import jwt

            def a(token):
                return jwt.decode(token, key=os.environ['BETTER_AUTH_SECRET'], algorithms=['HS256'])['sub']
            "#,
        );
        check_fix(
            &RULE,
            r#"
            import os
            from jose import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            ALGORITHM = "HS384"
            def issue(user):
                return jwt.encode({"sub": user.id, "exp": user.until}, SECRET, algorithm=ALGORITHM)
            def a(token):
                return jwt.get_unverified_claims(token)["sub"]  # finding: jwt-signature-not-verified (changes-behaviour)
            def b(token):
                return jwt.decode(token, None, options={"verify_signature": False, "verify_aud": False})["sub"]  # finding: jwt-signature-not-verified (changes-behaviour)
            "#,
            r#"
            import os
            from jose import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            ALGORITHM = "HS384"
            def issue(user):
                return jwt.encode({"sub": user.id, "exp": user.until}, SECRET, algorithm=ALGORITHM)
            def a(token):
                return jwt.decode(token, key=SECRET, algorithms=[ALGORITHM])["sub"]
            def b(token):
                return jwt.decode(token, SECRET, options={"verify_aud": False}, algorithms=[ALGORITHM])["sub"]
            "#,
        );
    }

    #[test]
    fn words() {
        let report = report(
            r#"
            #- app/flags.py
            CHECK = False
            #- app/auth.py
            import jwt
            from app.flags import CHECK
            def a(token):
                claims = jwt.decode(token, options={"verify_signature": CHECK})
                return claims["sub"], claims["role"]
            "#,
        );
        let finding = &report.findings[0];
        assert_eq!(
            finding.message,
            "`jwt.decode` does not verify the signature: `verify_signature` is `False`, and `role` and `sub` are used \
             as if they were true"
        );
        assert_eq!(finding.related[0].message, "switched off here");
        assert_eq!(finding.related[0].location.file, "app/flags.py");
        assert_eq!(finding.trace[0].message, "`CHECK` is set here");
    }

    #[test]
    fn lists_of_trusted_issuers() {
        check(
            r#"
            import os
            from enum import Enum

            import jwt

            class Issuer(Enum):
                FIRST = "https://first.example"
                SECOND = "https://second.example"

            class Wrapper:
                def __init__(self, value):
                    self.value = value

            ISSUERS = {"https://first.example": "first", "https://second.example": "second"}

            def by_enumeration(token: str) -> Issuer:
                claims = jwt.decode(token, options={"verify_signature": False})  # ok
                return Issuer(claims.get("iss"))

            def by_another_class(token: str) -> Wrapper:
                claims = jwt.decode(token, options={"verify_signature": False})  # finding: jwt-signature-not-verified (warning)
                return Wrapper(claims.get("iss"))

            def by_dictionary(token: str) -> str:
                claims = jwt.decode(token, options={"verify_signature": False})  # ok
                return ISSUERS[claims["iss"]]

            def by_nothing(token: str) -> str:
                known = {}
                claims = jwt.decode(token, options={"verify_signature": False})  # finding: jwt-signature-not-verified (warning)
                return known[claims["iss"]]

            def by_what_a_caller_gives(token: str, issuer):
                claims = jwt.decode(token, options={"verify_signature": False})  # finding: jwt-signature-not-verified (warning)
                if claims["iss"] not in {"https://first.example", issuer}:
                    raise ValueError("unknown issuer")
                return claims["iss"]

            def by_setting(token: str) -> str:
                claims = jwt.decode(token, options={"verify_signature": False})  # ok
                if claims["iss"] not in {"https://first.example", os.environ["ISSUER"]}:
                    raise ValueError("unknown issuer")
                return claims["iss"]

            def of_another_token(first, second, keys):
                claims = jwt.decode(first, options={"verify_signature": False})  # finding: jwt-signature-not-verified (warning)
                return jwt.decode(second, keys[claims["iss"]], algorithms=["RS256"])

            def of_the_same_token(first, keys):
                claims = jwt.decode(first, options={"verify_signature": False})  # ok
                return jwt.decode(first, keys[claims["iss"]], algorithms=["RS256"])
            "#,
        );
    }

    #[test]
    fn a_check_whose_result_is_thrown_away_is_none() {
        check(
            r#"
            import os

            import jwt

            KEY = os.environ["BETTER_AUTH_SECRET"]

            def check_twice(token: str):
                jwt.decode(token, KEY, options={"verify_signature": False})  # finding: jwt-signature-not-verified (warning)
                return jwt.decode(token, KEY, algorithms=["HS256"])  # ok

            def check_once(token: str):
                jwt.decode(token, KEY, options={"verify_signature": False})  # finding: jwt-signature-not-verified (critical)
                return True

            def options_as_pairs(token: str):
                return jwt.decode(token, KEY, algorithms=["HS256"], options=[("verify_signature", False)])  # finding: jwt-signature-not-verified (critical)

            def other_options_as_pairs(token: str):
                return jwt.decode(token, KEY, algorithms=["HS256"], options=[("verify_aud", False), ("require", ["exp"])])  # ok
            "#,
        );
    }

    #[test]
    fn python_jwt() {
        check(
            r#"
            import os

            import python_jwt
            import python_jwt as tokens

            KEY = os.environ["BETTER_AUTH_SECRET"]

            def header_and_claims(token: str):
                header, claims = python_jwt.process_jwt(token)  # finding: jwt-signature-not-verified (critical)
                return claims["sub"]

            def under_another_name(token: str):
                return tokens.process_jwt(token)  # finding: jwt-signature-not-verified (critical)

            def read_first(token: str):
                header, claims = python_jwt.process_jwt(token)  # ok
                return python_jwt.verify_jwt(token, KEY, ["HS256"])

            def verified(token: str):
                header, claims = python_jwt.verify_jwt(token, KEY, ["HS256"])  # ok
                return claims["sub"]
            "#,
        );
    }

    #[test]
    fn decodes_in_other_hands() {
        check(
            r#"
            import asyncio
            import functools
            import os
            from dataclasses import dataclass, field

            import jwt
            from fastapi.concurrency import run_in_threadpool

            KEY = os.environ["BETTER_AUTH_SECRET"]

            @dataclass
            class Config:
                options: dict = field(default_factory=lambda: {"verify_signature": False})
                strict: dict = field(default_factory=lambda: {"verify_signature": True})

            config = Config()

            read = functools.partial(jwt.decode, algorithms=["HS256"], options={"verify_signature": False})  # finding: jwt-signature-not-verified
            verify = functools.partial(jwt.decode, algorithms=["HS256"], options={"require": ["exp"]})  # ok

            async def in_a_thread(token):
                return await asyncio.to_thread(jwt.decode, token, KEY, algorithms=["HS256"], options={"verify_signature": False})  # finding: jwt-signature-not-verified

            async def in_a_pool(token):
                return await run_in_threadpool(jwt.decode, token, KEY, ["HS256"], {"verify_signature": True})  # ok

            def by_a_field(token):
                return jwt.decode(token, KEY, algorithms=["HS256"], options=config.options)  # finding: jwt-signature-not-verified

            def by_another_field(token):
                return jwt.decode(token, KEY, algorithms=["HS256"], options=config.strict)  # ok
            "#,
        );
    }

    #[test]
    fn functions_and_options_by_other_names() {
        check(
            r#"
            import importlib
            import os
            import jwt
            from types import MappingProxyType, SimpleNamespace
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            read = jwt.decode
            tokens = importlib.import_module("jwt")
            FROZEN = MappingProxyType({"verify_signature": False})
            STRICT = MappingProxyType({"verify_signature": True})
            settings = SimpleNamespace(verify=False, strict=True)
            class Reader:
                def __init__(self):
                    self._read = jwt.decode
                def identity(self, token):
                    return self._read(token, options={"verify_signature": False})["sub"]  # finding: jwt-signature-not-verified (critical)
                def verified(self, token):
                    return self._read(token, SECRET, algorithms=["HS256"])["sub"]  # ok
            def assigned(token):
                return read(token, options={"verify_signature": False})["sub"]  # finding: jwt-signature-not-verified (critical)
            def by_text(token):
                return getattr(jwt, "decode")(token, options={"verify_signature": False})["sub"]  # finding: jwt-signature-not-verified (critical)
            def imported(token):
                return tokens.decode(token, options={"verify_signature": False})["sub"]  # finding: jwt-signature-not-verified (critical)
            def frozen(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"], options=dict(FROZEN))["sub"]  # finding: jwt-signature-not-verified (critical)
            def thawed(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"], options=dict(STRICT))["sub"]  # ok
            def each_key(token):
                options = {name: False for name in ("verify_signature", "verify_aud")}
                return jwt.decode(token, SECRET, algorithms=["HS256"], options=options)["sub"]  # finding: jwt-signature-not-verified (critical)
            def each_other_key(token):
                options = {name: False for name in ("verify_iss", "verify_aud")}
                return jwt.decode(token, SECRET, algorithms=["HS256"], options=options)["sub"]  # ok
            def from_keys(token):
                options = dict.fromkeys(["verify_signature", "verify_aud"], False)
                return jwt.decode(token, SECRET, algorithms=["HS256"], options=options)["sub"]  # finding: jwt-signature-not-verified (critical)
            def namespace(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_signature": settings.verify})["sub"]  # finding: jwt-signature-not-verified (critical)
            def strict_namespace(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_signature": settings.strict})["sub"]  # ok
            "#,
        );
    }

    #[test]
    fn a_patched_library() {
        check(
            r#"
            import jwt
            original = jwt.decode
            def lax(token, *arguments, **options):
                return original(token, options={"verify_signature": False})  # finding: jwt-signature-not-verified (critical)
            jwt.decode = lax  # ok
            "#,
        );
    }

    #[test]
    fn switches_behind_names() {
        check(
            r#"
            import os
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            DEBUG = os.getenv("DEBUG", "false").lower() == "true"
            def unless_debugging(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_signature": not DEBUG})["sub"]  # finding: jwt-signature-not-verified
            def audience_unless_debugging(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_aud": not DEBUG})["sub"]  # ok
            "#,
        );
    }

    #[test]
    fn a_library_that_verifies_nothing() {
        check(
            r#"
            #- a.py
            import jwt
            jwt.decode = lambda token, *arguments, **options: {"sub": token}  # finding: jwt-signature-not-verified (critical)
            #- b.py
            import os
            import jwt
            def fake(token, *arguments, **options):
                return {"sub": token}
            if os.getenv("FAKE"):
                jwt.decode = fake  # finding: jwt-signature-not-verified (critical)
            #- c.py
            import jwt
            class Reader:
                pass
            reader = Reader()
            reader.decode = lambda token: {"sub": token}  # ok
            def counted(original):
                def read(*arguments, **options):
                    return original(*arguments, **options)
                return read
            jwt.decode = counted(jwt.decode)  # ok
            #- tests/conftest.py
            import jwt
            jwt.decode = lambda token, *arguments, **options: {"sub": token}  # ok
            "#,
        );
    }
}
