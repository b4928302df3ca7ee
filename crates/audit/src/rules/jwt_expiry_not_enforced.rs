//! Flags tokens that are accepted after they expired.

use facts::Facts;
use facts::expired::{AcceptedForm, ExpiredAccepted, ExpiredUse};
use facts::source::CallSyntax;
use facts::tokens::TokenDecode;
use facts::unverified::Purpose;
use facts::validation::Validation;
use report::{Confidence, OwaspApi, Phase, Severity};
use text::{Span, TextRange, TextSize};

use crate::finding::Finding;
use crate::fix::{Fix, Replacement};
use crate::fixes::calls::import_member;
use crate::fixes::style::indent_at;
use crate::fixes::tokens;
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// Tokens that are accepted after their `exp`: `verify_exp` is `False`; `ExpiredSignatureError` is caught and the
    /// claims are read another way; claims of Authlib or joserfc, which do not look at the time when they decode, are
    /// never validated.
    ///
    /// `claims.validate()` later in the function or in its callers, and `exp` compared by hand, are right. A refresh
    /// or introspection helper that then looks the token up in a store is a warning.
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
    ///     payload = jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_exp": False})
    ///     return payload["sub"]
    /// ```
    ///
    /// ## Why it matters
    ///
    /// A token cannot be taken back; its end is what limits the damage of a stolen one. PyJWT (2.15) and python-jose
    /// (3.5) check `exp` on their own. Authlib (1.9) checks it in `claims.validate()`, joserfc (1.8) in
    /// `JWTClaimsRegistry().validate(token.claims)`, and neither when decoding.
    ///
    /// ## How it is exploited
    ///
    /// A token from an old log, backup or browser profile works for ever, also after the user was removed:
    ///
    /// ```text
    /// $ curl -H "Authorization: Bearer $TOKEN_OF_LAST_YEAR" https://api.example.com/users/me
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
    /// ```python,ok
    /// from joserfc import jwt
    /// from app.keys import KEY
    ///
    /// REGISTRY = jwt.JWTClaimsRegistry(exp={"essential": True})
    ///
    ///
    /// def current_user_id(value: str) -> str:
    ///     token = jwt.decode(value, KEY, algorithms=["HS256"])
    ///     REGISTRY.validate(token.claims)
    ///     return token.claims["sub"]
    /// ```
    ///
    /// ## References
    ///
    /// - CWE-613, insufficient session expiration: <https://cwe.mitre.org/data/definitions/613.html>
    /// - RFC 7519, JSON Web Token, section 4.1.4: <https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4>
    /// - PyJWT, registered claim names: <https://pyjwt.readthedocs.io/en/stable/usage.html#expiration-time-claim-exp>
    /// - Authlib, JSON Web Token: <https://docs.authlib.org/en/latest/jose/jwt.html>
    /// - joserfc, claims validation: <https://jose.authlib.org/en/guide/jwt/#claims-validation>
    pub(super) static RULE: Rule = Rule {
        name: "jwt-expiry-not-enforced",
        summary: "Tokens are accepted after they expired",
        severity: Severity::Critical,
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
    for decode in facts.decodes.iter().filter(|decode| !decode.call.is_test) {
        if let Some(Purpose::VerifiedButExpired(handler)) = decode.purpose {
            passed_over(context, &decode.call, handler, decode.expired_use.as_ref());
        } else {
            switched_off(context, decode);
        }
        if let Some(validation) = decode.validation {
            not_validated(context, decode, validation);
        }
    }
    for read in facts.unverified_reads.iter().filter(|read| !read.call.is_test) {
        if let Some(Purpose::VerifiedButExpired(handler)) = read.purpose {
            passed_over(context, &read.call, handler, read.expired_use.as_ref());
        }
    }
    for accepted in &facts.expired_accepted {
        taken_for_good(context, accepted);
    }
}

fn switched_off(context: &mut RuleContext<'_>, decode: &TokenDecode) {
    let facts = context.facts();
    let Some(expired) = &decode.expired_use else { return };
    let is_unverified = decode.signature().find(|&verify| !verify).is_some();
    // One mistake: without the signature PyJWT looks at no claim. And what is read before it is verified is not
    // the token that counts.
    let is_verified_elsewhere = !matches!(decode.purpose, None | Some(Purpose::Identity { .. }));
    if is_unverified && (decode.library.signature_option_covers_expiry || is_verified_elsewhere) {
        return;
    }
    if expired.is_compared || expired.names_nobody && expired.store.is_none() {
        return;
    }
    let callee = facts.snippet(decode.call.callee);
    let expiry = decode.flag("verify_exp");
    let off = expiry.find(|&verify| !verify);
    let Some(off) = off else {
        if let Some(switch) = decode.switch("verify_exp") {
            let message = format!("`{}` can turn off the check of `exp` in `{callee}`", switch.name);
            let fix = fix_option(facts, decode);
            context
                .report(decode.call.span, message)
                .severity(Severity::Warning)
                .confidence(Confidence::Low)
                .related(switch.span, "this decides")
                .fix(fix);
        }
        return;
    };
    let is_always = expiry.always(|&verify| !verify);
    let when = match is_always {
        true => "is",
        false => "can be",
    };
    let fix = fix_option(facts, decode);
    let effect = match (expired.store, expired.is_left_to_others) {
        (Some(_), _) => ", and the token is looked up afterwards",
        (None, true) => ", and nothing in the project calls this helper for them",
        (None, false) => "",
    };
    let message = format!("`{callee}` accepts expired tokens: `verify_exp` {when} `False`{effect}");
    let finding = context.report(decode.call.span, message);
    finding.fix(fix).confidence(match is_always {
        true => Confidence::High,
        false => Confidence::Medium,
    });
    looked_up(finding, expired);
    if decode.call.span.file != off.origin.file || !decode.call.span.range.contains_range(off.origin.range) {
        finding.related(off.origin, "switched off here");
    }
    finding.traces(off.steps.iter().cloned());
}

/// A token that is looked up in a store afterwards has another end, and what callers do that are not there is not
/// known.
fn looked_up(finding: &mut Finding, expired: &ExpiredUse) {
    if expired.store.is_some() || expired.is_left_to_others {
        finding.severity(Severity::Warning).confidence(Confidence::Medium);
    }
    if let Some(store) = expired.store {
        finding.related(store, "looked up here");
    }
}

/// Claims read another way after the library said that the token is expired.
fn passed_over(context: &mut RuleContext<'_>, call: &CallSyntax, handler: Span, expired: Option<&ExpiredUse>) {
    let facts = context.facts();
    if expired.is_some_and(|expired| expired.is_compared) {
        return;
    }
    let message = format!(
        "`{}` reads claims that are used although the token is expired",
        facts.snippet(call.callee)
    );
    let finding = context.report(call.span, message);
    finding.related(handler, "expired tokens come here");
    if let Some(expired) = expired {
        looked_up(finding, expired);
    }
}

fn not_validated(context: &mut RuleContext<'_>, decode: &TokenDecode, validation: Validation) {
    let facts = context.facts();
    let callee = facts.snippet(decode.call.callee);
    let library = decode.library.name;
    let (message, severity, confidence) = match validation {
        Validation::Always => return,
        Validation::Never => (
            format!("`{callee}` accepts expired tokens: {library} does not check `exp` until the claims are validated"),
            Severity::Critical,
            Confidence::High,
        ),
        Validation::Swallowed(_) => (
            format!("The claims of `{callee}` are used although their validation failed"),
            Severity::Critical,
            Confidence::High,
        ),
        Validation::Sometimes => (
            format!(
                "The claims of `{callee}` are validated on some ways only, and {library} does not check `exp` before"
            ),
            Severity::Warning,
            Confidence::Medium,
        ),
    };
    let fix = match validation {
        Validation::Never => fix_validation(facts, decode),
        _ => None,
    };
    let finding = context.report(decode.call.span, message);
    finding.severity(severity).confidence(confidence).fix(fix);
    if let Validation::Swallowed(handler) = validation {
        finding.related(handler, "the failure is caught here");
    }
}

fn taken_for_good(context: &mut RuleContext<'_>, accepted: &ExpiredAccepted) {
    let facts = context.facts();
    let name = match &accepted.function {
        Some(function) => format!("`{}`", function.name),
        None => "the code".to_owned(),
    };
    let effect = match accepted.form {
        AcceptedForm::ReturnsTrue(_) => format!("{name} returns `True` for them"),
        AcceptedForm::ComesToEnd => format!("{name} goes on as for a good one"),
    };
    let message = format!(
        "Expired tokens are caught by `{}`, and {effect}",
        facts.snippet(accepted.handler)
    );
    let finding = context.report(accepted.handler, message);
    finding.confidence(Confidence::Medium);
    finding.related(accepted.decode.span, "the token is decoded here");
    if let AcceptedForm::ReturnsTrue(span) = accepted.form {
        finding.related(span, "taken for a good one");
    }
}

fn fix_option(facts: &Facts<'_>, decode: &TokenDecode) -> Option<Fix> {
    let replacements = tokens::check_again(facts, decode, &["verify_exp"], &[])?;
    Some(Fix::changes_behaviour("Check `exp`").with(replacements))
}

/// The claims validated right after they are decoded.
fn fix_validation(facts: &Facts<'_>, decode: &TokenDecode) -> Option<Fix> {
    let statement = decode.statement.as_ref()?;
    let file = decode.call.span.file;
    let text = facts.text(file);
    let indent = indent_at(text, statement.span.range.start());
    let (prefix, name, rest) = match &statement.bound_to {
        Some(name) => (String::new(), name.clone(), String::new()),
        // `return jwt.decode(…)`
        None if statement.is_return => (
            "claims = ".to_owned(),
            "claims".to_owned(),
            format!("\n{indent}return claims"),
        ),
        None => return None,
    };
    let mut replacements = Vec::new();
    let validation = match decode.library.name {
        "joserfc" => {
            let callee = facts.snippet(decode.call.callee);
            let registry = match callee.strip_suffix(".decode") {
                Some(module) => format!("{module}.JWTClaimsRegistry"),
                None => {
                    let place = decode.call.span.range.start();
                    let named = import_member(facts, file, "joserfc.jwt", "JWTClaimsRegistry", place);
                    replacements.extend(named.import);
                    named.name
                }
            };
            format!("{registry}().validate({name}.claims)")
        }
        _ => format!("{name}.validate()"),
    };
    // A comment behind the statement stays there.
    let after = &text[usize::from(statement.span.range.end())..];
    let comment = after.find(['\n', '\r']).unwrap_or(after.len());
    let end = statement.span.range.end() + TextSize::new(comment as u32);
    if prefix.is_empty() {
        replacements.push(Replacement {
            span: Span::new(file, TextRange::empty(end)),
            text: format!("\n{indent}{validation}"),
        });
    } else {
        let keyword = TextRange::new(statement.span.range.start(), decode.call.span.range.start());
        replacements.push(Replacement {
            span: Span::new(file, keyword),
            text: prefix,
        });
        replacements.push(Replacement {
            span: Span::new(file, TextRange::empty(end)),
            text: format!("\n{indent}{validation}{rest}"),
        });
    }
    Some(Fix::changes_behaviour("Validate the claims").with(replacements))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, check_fix, report};

    #[test]
    fn switched_off() {
        check(
            r#"
            #- app/config.py
            from pydantic_settings import BaseSettings
            class Settings(BaseSettings):
                BETTER_AUTH_SECRET: str
                CHECK_EXPIRY: bool = True
            settings = Settings()
            DECODE_OPTIONS = {"verify_aud": False, "verify_exp": False}
            #- app/auth.py
            import jwt
            from jose import jwt as j
            from app.config import DECODE_OPTIONS, settings
            SECRET = settings.BETTER_AUTH_SECRET
            def a(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_exp": False})  # finding: jwt-expiry-not-enforced (critical, high, fix)
                #      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ jwt-expiry-not-enforced
            def b(token):
                return j.decode(token, SECRET, algorithms=["HS256"], options=DECODE_OPTIONS)["sub"]  # finding: jwt-expiry-not-enforced (critical, high, fix)
            def c(token, strict=False):
                return jwt.decode(token, SECRET, ["HS256"], {"verify_exp": strict})["sub"]  # finding: jwt-expiry-not-enforced (critical, medium)
            def d(token):
                return jwt.decode(token, SECRET, ["HS256"], {"verify_exp": settings.CHECK_EXPIRY})["sub"]  # finding: jwt-expiry-not-enforced (warning, low, fix)
            def e(token):
                return jwt.decode(token, SECRET, ["HS256"], {"verify_exp": True})["sub"]  # ok
            def f(token):
                return jwt.decode(token, SECRET, ["HS256"], {"verify_aud": False, "verify_iat": False})["sub"]  # ok
            def g(token):
                return jwt.decode(token, SECRET, ["HS256"], {"verify_exp": 0})["sub"]  # finding: jwt-expiry-not-enforced (critical)
            tokens = jwt.PyJWT(options={"verify_exp": False})
            def h(token):
                return tokens.decode(token, SECRET, algorithms=["HS256"])["sub"]  # finding: jwt-expiry-not-enforced (critical)
            def i(token):
                return tokens.decode(token, SECRET, algorithms=["HS256"], options={"verify_exp": True})["sub"]  # ok
            "#,
        );
    }

    #[test]
    fn wrappers() {
        check(
            r#"
            import os
            import jwt
            class Tokens:
                def __init__(self):
                    self.secret = os.environ["BETTER_AUTH_SECRET"]
                def read(self, token, **options):
                    return jwt.decode(token, self.secret, algorithms=["HS256"], options=options)  # finding: jwt-expiry-not-enforced (critical)
            async def user(token):
                return Tokens().read(token, verify_exp=False)["sub"]
            "#,
        );
        check(
            r#"
            import os
            import jwt
            class Tokens:
                def __init__(self):
                    self.secret = os.environ["BETTER_AUTH_SECRET"]
                def read(self, token, **options):
                    return jwt.decode(token, self.secret, algorithms=["HS256"], options=options)  # ok
            async def user(token):
                return Tokens().read(token, verify_aud=False)["sub"]
            "#,
        );
    }

    /// PyJWT stops looking at `exp` along with the signature: one mistake.
    #[test]
    fn along_with_the_signature() {
        check(
            r#"
            import os
            import jwt
            from jose import jwt as j
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def a(token):
                return jwt.decode(token, SECRET, ["HS256"], {"verify_signature": False, "verify_exp": False})["sub"]  # finding: jwt-signature-not-verified
            def b(token):
                return j.decode(token, SECRET, ["HS256"], {"verify_signature": False, "verify_exp": False})["sub"]  # finding: jwt-signature-not-verified, jwt-expiry-not-enforced
            def c(token):
                kid = j.decode(token, "", options={"verify_signature": False, "verify_exp": False})["tenant"]  # ok
                return j.decode(token, SECRET, ["HS256"], issuer=kid)["sub"]
            "#,
        );
    }

    #[test]
    fn looked_up_in_a_store() {
        check(
            r#"
            import os
            import jwt
            from app.models import RefreshToken, is_revoked
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def by_id(token, db):
                payload = jwt.decode(token, SECRET, ["HS256"], {"verify_exp": False})  # finding: jwt-expiry-not-enforced (warning, medium, fix)
                stored = db.get(RefreshToken, payload["jti"])
                if stored is None:
                    raise ValueError("revoked")
                return stored.user_id
            def by_text(token, db):
                payload = jwt.decode(token, SECRET, ["HS256"], {"verify_exp": False})  # finding: jwt-expiry-not-enforced (warning, medium)
                if db.query(RefreshToken).filter(RefreshToken.token == token).first() is None:
                    raise ValueError("revoked")
                return payload["sub"]
            def read_refresh(token):
                return jwt.decode(token, SECRET, ["HS256"], {"verify_exp": False})  # finding: jwt-expiry-not-enforced (warning, medium)
            async def refresh(token):
                if await is_revoked(token):
                    raise ValueError("revoked")
                return read_refresh(token)["sub"]
            def without_store(token, db, User):
                payload = jwt.decode(token, SECRET, ["HS256"], {"verify_exp": False})  # finding: jwt-expiry-not-enforced (critical, high)
                return db.get(User, payload["sub"])
            "#,
        );
    }

    #[test]
    fn revoked() {
        check(
            r#"
            import hashlib
            import os
            import time
            import jwt
            from app.store import redis
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def by_text(token):
                exp = jwt.decode(token, SECRET, ["HS256"], {"verify_exp": False}).get("exp", 0)  # finding: jwt-expiry-not-enforced (warning, medium)
                redis.setex(hashlib.sha256(token.encode()).hexdigest(), max(1, exp - int(time.time())), "1")
            def remaining(token):
                return jwt.decode(token, SECRET, ["HS256"], {"verify_exp": False})["exp"] - time.time()  # ok
            def decode_expired(token):
                return jwt.decode(token, SECRET, ["HS256"], {"verify_exp": False})  # finding: jwt-expiry-not-enforced (warning, medium)
            def decode_expired_for_user(token):
                return jwt.decode(token, SECRET, ["HS256"], {"verify_exp": False})  # finding: jwt-expiry-not-enforced (critical, high)
            def user(token):
                return decode_expired_for_user(token)["sub"]
            "#,
        );
    }

    #[test]
    fn compared_by_hand() {
        check(
            r#"
            import os
            import time
            from datetime import datetime, timezone
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def a(token):
                payload = jwt.decode(token, SECRET, ["HS256"], {"verify_exp": False})  # ok
                if payload["exp"] < time.time():
                    raise ValueError("expired")
                return payload["sub"]
            def b(token):
                payload = jwt.decode(token, SECRET, ["HS256"], {"verify_exp": False})  # ok
                end = datetime.fromtimestamp(payload.get("exp"), timezone.utc)
                if end <= datetime.now(timezone.utc):
                    return None
                return payload
            def c(token):
                payload = jwt.decode(token, SECRET, ["HS256"], {"verify_exp": False})  # finding: jwt-expiry-not-enforced (critical)
                if not payload.get("exp"):
                    raise ValueError("no exp")
                return payload["sub"]
            "#,
        );
    }

    #[test]
    fn caught_and_read_another_way() {
        check(
            r#"
            import os
            import jwt
            from jose import jwt as j
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def a(token):
                try:
                    return jwt.decode(token, SECRET, algorithms=["HS256"])
                except jwt.ExpiredSignatureError:
                    return jwt.decode(token, options={"verify_signature": False})  # finding: jwt-expiry-not-enforced (critical, high)
            def b(token):
                try:
                    payload = j.decode(token, SECRET, algorithms=["HS256"])
                except j.ExpiredSignatureError:
                    payload = j.get_unverified_claims(token)  # finding: jwt-expiry-not-enforced (critical, high)
                except j.JWTError:
                    raise ValueError("invalid")
                return payload["sub"]
            def c(token):
                claims = j.get_unverified_claims(token)  # finding: jwt-expiry-not-enforced (critical)
                try:
                    j.decode(token, SECRET, algorithms=["HS256"])
                except j.ExpiredSignatureError:
                    pass
                return claims["sub"]
            def d(token):
                try:
                    return jwt.decode(token, SECRET, algorithms=["HS256"])
                except jwt.ExpiredSignatureError:
                    return jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_exp": False})  # finding: jwt-expiry-not-enforced (critical)
            def e(token, logger):
                try:
                    return jwt.decode(token, SECRET, algorithms=["HS256"])
                except jwt.ExpiredSignatureError:
                    logger.info("expired for %s", j.get_unverified_claims(token)["sub"])  # ok
                    raise
            def f(token, db):
                try:
                    return jwt.decode(token, SECRET, algorithms=["HS256"])
                except jwt.ExpiredSignatureError:
                    claims = jwt.decode(token, options={"verify_signature": False})  # finding: jwt-expiry-not-enforced (warning, medium)
                    db.require_session(claims["sid"])
                    return claims
            "#,
        );
    }

    #[test]
    fn caught_and_taken_for_good() {
        check(
            r#"
            import logging
            import os
            import jwt
            from fastapi import HTTPException
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            logger = logging.getLogger(__name__)
            def is_valid(token):
                try:
                    jwt.decode(token, SECRET, algorithms=["HS256"])
                except jwt.ExpiredSignatureError:  # finding: jwt-expiry-not-enforced (critical, medium)
                    return True
                except jwt.InvalidTokenError:
                    return False
                return True
            def guard(token):
                try:
                    jwt.decode(token, SECRET, algorithms=["HS256"])
                except jwt.ExpiredSignatureError:  # finding: jwt-expiry-not-enforced (critical, medium)
                    logger.warning("expired")
                except jwt.InvalidTokenError:
                    raise HTTPException(401)
            def right(token):
                try:
                    jwt.decode(token, SECRET, algorithms=["HS256"])
                except jwt.ExpiredSignatureError:  # ok
                    return False
                except jwt.InvalidTokenError:
                    return False
                return True
            def raises(token):
                try:
                    return jwt.decode(token, SECRET, algorithms=["HS256"])
                except jwt.ExpiredSignatureError:  # ok
                    raise HTTPException(401, "expired")
                except jwt.InvalidTokenError:
                    raise HTTPException(401, "invalid")
            def clean_up(token, db):
                try:
                    jwt.decode(token, SECRET, algorithms=["HS256"])
                except jwt.ExpiredSignatureError:  # ok
                    db.delete(token)
            "#,
        );
    }

    #[test]
    fn authlib() {
        check(
            r#"
            #- unannounced: jwt-algorithms-not-pinned
            from authlib.jose import JsonWebToken, jwt
            from authlib.jose.errors import ExpiredTokenError, JoseError
            from fastapi import HTTPException
            from app.keys import KEY
            tokens = JsonWebToken(["HS256"])
            def never(token):
                claims = tokens.decode(token, KEY)  # finding: jwt-expiry-not-enforced (critical, high, fix)
                return claims["sub"]
            def given_on(token):
                return jwt.decode(token, KEY)  # finding: jwt-expiry-not-enforced (critical, high, fix)
            def always(token):
                claims = tokens.decode(token, KEY)  # ok
                claims.validate()
                return claims["sub"]
            def issued(claims):
                token = JsonWebToken(["HS256"]).encode({"alg": "HS256"}, {"exp": 1, **claims}, KEY)
                return token.decode()  # ok
            def in_try(token):
                try:
                    claims = jwt.decode(token, KEY, claims_options={"exp": {"essential": True}})  # ok
                    claims.validate(leeway=10)
                except JoseError:
                    raise HTTPException(401)
                return claims["sub"]
            def options_alone(token):
                claims = jwt.decode(token, KEY, claims_options={"exp": {"essential": True}})  # finding: jwt-expiry-not-enforced (critical, high)
                return claims["sub"]
            def swallowed(token):
                claims = tokens.decode(token, KEY)  # finding: jwt-expiry-not-enforced (critical, high, no-fix)
                try:
                    claims.validate()
                except ExpiredTokenError:
                    pass
                return claims["sub"]
            def sometimes(token, strict):
                claims = tokens.decode(token, KEY)  # finding: jwt-expiry-not-enforced (warning, medium)
                if strict:
                    claims.validate()
                return claims["sub"]
            def by_hand(token, now):
                claims = tokens.decode(token, KEY)  # ok
                if claims["exp"] < now:
                    raise HTTPException(401)
                return claims["sub"]
            def nothing_on_failure(token):
                claims = tokens.decode(token, KEY)  # ok
                try:
                    claims.validate()
                except JoseError:
                    return None
                return claims["sub"]
            "#,
        );
    }

    #[test]
    fn validated_elsewhere() {
        check(
            r#"
            #- app/tokens.py
            from authlib.jose import JsonWebToken
            from app.keys import KEY
            tokens = JsonWebToken(["HS256"])
            def read(token):
                return tokens.decode(token, KEY)  # ok
            def read_other(token):
                return tokens.decode(token, KEY)  # finding: jwt-expiry-not-enforced (critical)
            def check(claims):
                claims.validate()
                if claims["type"] != "access":
                    raise ValueError("wrong type")
            def through_helper(token):
                claims = tokens.decode(token, KEY)  # ok
                check(claims)
                return claims["sub"]
            class Service:
                def decode(self, token):
                    claims = tokens.decode(token, KEY)  # ok
                    return claims
                def user(self, token):
                    claims = self.decode(token)
                    claims.validate()
                    return claims["sub"]
            #- app/deps.py
            from app.tokens import read, read_other
            def user(token):
                claims = read(token)
                claims.validate()
                return claims["sub"]
            def other(token):
                return read_other(token)["sub"]
            "#,
        );
    }

    #[test]
    fn joserfc() {
        check(
            r#"
            from joserfc import jwt
            from joserfc.jwt import JWTClaimsRegistry
            from pydantic import BaseModel
            from app.keys import KEY
            registry = JWTClaimsRegistry(exp={"essential": True})
            class Claims(BaseModel):
                sub: str
            def never(value):
                token = jwt.decode(value, KEY, algorithms=["HS256"])  # finding: jwt-expiry-not-enforced (critical, high, fix)
                return token.claims["sub"]
            def typed_only(value):
                token = jwt.decode(value, KEY, algorithms=["HS256"])  # finding: jwt-expiry-not-enforced (critical, high)
                return Claims.validate(token.claims)
            def always(value):
                token = jwt.decode(value, KEY, algorithms=["HS256"])  # ok
                registry.validate(token.claims)
                return token.claims["sub"]
            def on_the_spot(value):
                token = jwt.decode(value, KEY, algorithms=["HS256"])  # ok
                jwt.JWTClaimsRegistry().validate(token.claims)
                return token.claims
            def in_one_line(value):
                registry.validate(jwt.decode(value, KEY, algorithms=["HS256"]).claims)  # ok
            def claims_of(value):
                return jwt.decode(value, KEY, algorithms=["HS256"]).claims  # ok
            async def user(value):
                claims = claims_of(value)
                registry.validate(claims)
                return Claims(**claims)
            "#,
        );
    }

    #[test]
    fn tests_and_other_libraries() {
        check(
            r#"
            #- tests/test_auth.py
            import jwt
            def test_expired(token, key):
                assert jwt.decode(token, key, algorithms=["HS256"], options={"verify_exp": False})["sub"]  # ok
            #- app/auth.py
            import os
            import jwt
            from app.codec import decode
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def a(token):
                return decode(token, options={"verify_exp": False})  # ok
            def b(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_at_hash": False})  # ok
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
            from authlib.jose import JsonWebToken
            from joserfc import jwt as rfc
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            tokens = JsonWebToken(["HS256"])
            def a(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_exp": False, "verify_aud": False})  # finding: jwt-expiry-not-enforced
            def b(token):
                claims = tokens.decode(token, SECRET)  # finding: jwt-expiry-not-enforced
                return claims["sub"]
            def c(token):
                if token:
                    return tokens.decode(token, SECRET)  # finding: jwt-expiry-not-enforced
            def d(value, key):
                token = rfc.decode(value, key, algorithms=["HS256"])  # finding: jwt-expiry-not-enforced
                return token.claims
            "#,
            r#"
            import os
            import jwt
            from authlib.jose import JsonWebToken
            from joserfc import jwt as rfc
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            tokens = JsonWebToken(["HS256"])
            def a(token):
                return jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_aud": False})
            def b(token):
                claims = tokens.decode(token, SECRET)
                claims.validate()
                return claims["sub"]
            def c(token):
                if token:
                    claims = tokens.decode(token, SECRET)
                    claims.validate()
                    return claims
            def d(value, key):
                token = rfc.decode(value, key, algorithms=["HS256"])
                rfc.JWTClaimsRegistry().validate(token.claims)
                return token.claims
            "#,
        );
    }

    #[test]
    fn words() {
        let report = report(
            r#"
            import os
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            def a(token):
                try:
                    return jwt.decode(token, SECRET, algorithms=["HS256"])
                except jwt.ExpiredSignatureError:
                    return jwt.decode(token, options={"verify_signature": False})
            "#,
        );
        let finding = &report.findings[0];
        assert_eq!(
            finding.message,
            "`jwt.decode` reads claims that are used although the token is expired"
        );
        assert_eq!(finding.related[0].message, "expired tokens come here");
        assert_eq!(finding.related[0].location.start.line, 7);
    }

    #[test]
    fn comparisons_by_hand() {
        check(
            r#"
            import os
            import time
            from datetime import datetime, timezone
            import jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            LAX = {"verify_exp": False, "require": ["exp"]}
            def turned_round(token):
                claims = jwt.decode(token, SECRET, algorithms=["HS256"], options=LAX)  # finding: jwt-expiry-not-enforced (critical)
                if claims["exp"] > time.time():
                    raise ValueError("expired")
                return claims
            def right_way_round(token):
                claims = jwt.decode(token, SECRET, algorithms=["HS256"], options=LAX)  # ok
                if claims["exp"] < time.time():
                    raise ValueError("expired")
                return claims
            def only_told(token):
                claims = jwt.decode(token, SECRET, algorithms=["HS256"], options=LAX)  # finding: jwt-expiry-not-enforced (critical)
                if claims["exp"] < time.time():
                    print("expired")
                return claims
            def told_and_refused(token):
                claims = jwt.decode(token, SECRET, algorithms=["HS256"], options=LAX)  # ok
                if claims["exp"] < time.time():
                    print("expired")
                    return None
                return claims
            def with_another_claim(token):
                claims = jwt.decode(token, SECRET, algorithms=["HS256"], options=LAX)  # finding: jwt-expiry-not-enforced (critical)
                if claims["exp"] < claims["iat"]:
                    raise ValueError("expired")
                return claims
            def chosen(token):
                claims = jwt.decode(token, SECRET, algorithms=["HS256"], options=LAX)  # ok
                return claims if claims["exp"] > time.time() else None
            def chosen_wrongly(token):
                claims = jwt.decode(token, SECRET, algorithms=["HS256"], options=LAX)  # finding: jwt-expiry-not-enforced (critical)
                return claims if claims["exp"] < time.time() else None
            def difference(token):
                claims = jwt.decode(token, SECRET, algorithms=["HS256"], options=LAX)  # ok
                remaining = claims["exp"] - time.time()
                if remaining <= 0:
                    raise ValueError("expired")
                return claims
            def difference_turned_round(token):
                claims = jwt.decode(token, SECRET, algorithms=["HS256"], options=LAX)  # finding: jwt-expiry-not-enforced (critical)
                age = time.time() - claims["exp"]
                if age < 0:
                    raise ValueError("expired")
                return claims
            def kept(token):
                claims = jwt.decode(token, SECRET, algorithms=["HS256"], options=LAX)  # ok
                is_expired = datetime.fromtimestamp(claims["exp"], timezone.utc) < datetime.now(timezone.utc)
                if is_expired:
                    raise ValueError("expired")
                return claims
            def asserted(token):
                claims = jwt.decode(token, SECRET, algorithms=["HS256"], options=LAX)  # ok
                assert not claims["exp"] <= time.time()
                return claims
            def answers(token):
                claims = jwt.decode(token, SECRET, algorithms=["HS256"], options=LAX)  # ok
                if claims["exp"] < time.time():
                    return True
                return False
            def returned_when_good(token):
                claims = jwt.decode(token, SECRET, algorithms=["HS256"], options=LAX)  # ok
                if time.time() < claims["exp"]:
                    return claims
                raise ValueError("expired")
            "#,
        );
    }
}
