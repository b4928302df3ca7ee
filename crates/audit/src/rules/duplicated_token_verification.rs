//! Flags functions that verify tokens which another function of the application verifies already.

use facts::Facts;
use facts::verifiers::Duplicate;
use report::{Confidence, OwaspApi, Phase, Severity};
use text::Span;

use crate::fix::Fix;
use crate::fixes::calls;
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// Tokens of one kind that are decoded in several modules of an application, or in route handlers besides the
    /// place for it. The function that others call, outside of the files of routes, is taken for that place; each
    /// other one is found.
    ///
    /// Helpers for other kinds of tokens (refresh, reset, invitations, another issuer), tokens under another key, a
    /// retry within one function, applications of their own and tests are right.
    ///
    /// ```python,finding
    /// #- security.py
    /// import os
    ///
    /// import jwt
    ///
    /// SECRET = os.environ["BETTER_AUTH_SECRET"]
    ///
    /// def read_token(token: str) -> dict:
    ///     return jwt.decode(token, SECRET, algorithms=["HS256"], options={"require": ["exp"]})
    /// #- routes/reports.py
    /// import jwt
    /// from security import SECRET
    ///
    /// def current_user(token: str) -> dict:
    ///     return jwt.decode(token, SECRET, algorithms=["HS256"])
    /// ```
    ///
    /// ## Why it matters
    ///
    /// Copies grow apart. When a check is added (an audience, a list of revoked tokens, a new algorithm), the copy
    /// that was forgotten stays as weak as before, and nothing in the program shows it.
    ///
    /// ## How it is exploited
    ///
    /// A token that one half of the API refuses is sent to the other half: above, a token without `exp` never ends
    /// for the reports.
    ///
    /// ```text
    /// GET /reports
    /// Authorization: Bearer <token without exp>
    /// ```
    ///
    /// ## Use instead
    ///
    /// One dependency that verifies the token, which every route asks for.
    ///
    /// ```python,fixed
    /// #- security.py
    /// import os
    ///
    /// import jwt
    ///
    /// SECRET = os.environ["BETTER_AUTH_SECRET"]
    ///
    /// def read_token(token: str) -> dict:
    ///     return jwt.decode(token, SECRET, algorithms=["HS256"], options={"require": ["exp"]})
    /// #- routes/reports.py
    /// import jwt
    /// from security import SECRET, read_token
    ///
    /// def current_user(token: str) -> dict:
    ///     return read_token(token)
    /// ```
    ///
    /// ```python,ok
    /// #- security.py
    /// import os
    ///
    /// import jwt
    ///
    /// SECRET = os.environ["BETTER_AUTH_SECRET"]
    ///
    /// def read_token(token: str) -> dict:
    ///     return jwt.decode(token, SECRET, algorithms=["HS256"], options={"require": ["exp"]})
    /// #- routes/reports.py
    /// from security import read_token
    ///
    /// def current_user(token: str) -> dict:
    ///     return read_token(token)
    /// ```
    ///
    /// ## References
    ///
    /// - OWASP Authorization Cheat Sheet, centralise: <https://cheatsheetseries.owasp.org/cheatsheets/Authorization_Cheat_Sheet.html>
    /// - FastAPI, dependencies: <https://fastapi.tiangolo.com/tutorial/dependencies/>
    /// - CWE-1041: <https://cwe.mitre.org/data/definitions/1041.html>
    pub(super) static RULE: Rule = Rule {
        name: "duplicated-token-verification",
        summary: "Tokens are verified in several places instead of one",
        severity: Severity::Warning,
        phase: Phase::CodeQuality,
        cwe: 1041,
        owasp: OwaspApi::BrokenAuthentication,
        checklist_item: Some(5),
        fixable: true,
        supersedes: &[],
        check,
    };
}

/// Further functions that are shown with a finding.
const SHOWN: usize = 6;

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for duplicate in &facts.verifiers().duplicates {
        let here = &duplicate.function.name;
        let there = &duplicate.other.name;
        let file = facts.path(duplicate.other_span.file);
        let is_here = duplicate.other_span.file == duplicate.span.file;
        let more = match duplicate.more.len() {
            0 => String::new(),
            1 => "; so does one more function of this file".to_owned(),
            count => format!("; so do {count} more functions of this file"),
        };
        let message = match (duplicate.is_handler, is_here) {
            (true, true) => format!("The handler `{here}` verifies tokens itself, as `{there}` does{more}"),
            (true, false) => format!("The handler `{here}` verifies tokens itself, as `{there}` in {file} does{more}"),
            (false, _) => format!("`{here}` verifies tokens again, as `{there}` in {file} does{more}"),
        };
        let fix = fix(facts, duplicate);
        let finding = context.report(duplicate.span, message);
        finding.fix(fix);
        if !duplicate.is_same_key {
            finding.confidence(Confidence::Medium);
        }
        finding.related(duplicate.other_span, format!("`{there}` verifies them here"));
        for (span, name) in duplicate.more.iter().take(SHOWN) {
            finding.related(*span, format!("`{name}` verifies them, too"));
        }
    }
}

/// Calls the function that verifies them already.
fn fix(facts: &Facts<'_>, duplicate: &Duplicate) -> Option<Fix> {
    let decode = |span: Span| facts.decodes.iter().find(|decode| decode.call.span == span);
    let there = decode(duplicate.other_span)?;
    let name = duplicate.other.name.as_str();
    let file = duplicate.span.file;
    // A handler would still do itself what a dependency does.
    if duplicate.is_handler || !duplicate.is_same_key || !facts.is_plain_verifier(&duplicate.other, there) {
        return None;
    }
    let mut fix = Fix::changes_behaviour(format!("Verify it with `{name}`"));
    let more = duplicate.more.iter().map(|(span, _)| *span);
    for span in std::iter::once(duplicate.span).chain(more) {
        let here = decode(span)?;
        let token = facts.snippet(here.token?);
        // What is asked here and not there would be asked no more.
        let is_more = here.call.arguments.len() > there.call.arguments.len();
        let is_other = here.options_span.is_some_and(|options| {
            there.options_span.map(|other| facts.snippet(other)) != Some(facts.snippet(options))
        });
        if is_more || is_other || span.file != file || here.library.name != there.library.name {
            return None;
        }
        fix = fix.edit(span, format!("{name}({token})"));
    }
    if duplicate.other.span.file != file {
        if facts.runs(duplicate.other.span.file, file) {
            return None;
        }
        let module = facts.module_path(file, facts.path(duplicate.other.span.file))?;
        let place = duplicate.span.range.start();
        let named = calls::import_local(facts, file, &module, name, place);
        if named.name != name || (named.import.is_some() && facts.is_bound(file, name)) {
            return None;
        }
        fix = fix.with(named.import);
    }
    Some(fix)
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn in_several_modules() {
        check(
            r#"
            #- app/main.py
            from fastapi import FastAPI
            app = FastAPI()
            #- app/core/security.py
            import os
            from jose import JWTError, jwt
            from fastapi import HTTPException
            JWT_SECRET = os.environ["JWT_SECRET"]

            def decode_token(token: str) -> dict:
                try:
                    return jwt.decode(token, JWT_SECRET, algorithms=["HS256"])  # ok
                except JWTError:
                    raise HTTPException(401, "Invalid token")

            def decode_refresh_token(token: str) -> dict:
                return jwt.decode(token, JWT_SECRET, algorithms=["HS256"])  # ok
            #- app/utils/token.py
            import os
            from jose import jwt
            JWT_SECRET = os.getenv("JWT_SECRET")

            def decode_token(token: str) -> dict:
                return jwt.decode(token, JWT_SECRET, algorithms=["HS256"])  # finding: duplicated-token-verification (warning, high)
                #      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ duplicated-token-verification

            def read_reset_token(token: str) -> dict:
                return jwt.decode(token, JWT_SECRET, algorithms=["HS256"])  # ok
            #- app/routes/google.py
            import jwt
            from app.keys import client

            def verify_google_token(token: str) -> dict:
                key = client.get_signing_key_from_jwt(token)
                return jwt.decode(token, key.key, algorithms=["RS256"], audience="app")  # ok
            #- app/tests/test_tokens.py
            from jose import jwt

            def test_claims(token):
                assert jwt.decode(token, "test", algorithms=["HS256"])["sub"]  # ok
            "#,
        );
    }

    #[test]
    fn in_handlers() {
        check(
            r#"
            import os
            import jwt
            from fastapi import Depends, FastAPI, Header
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            app = FastAPI()

            def current_user(authorization: str = Header()):
                return jwt.decode(authorization[7:], SECRET, algorithms=["HS256"])["sub"]  # finding: auth-failure-not-401, jwt-subject-not-checked

            @app.get("/tasks")
            def tasks(user=Depends(current_user)):
                return user

            @app.get("/reports")
            def reports(authorization: str = Header()):
                claims = jwt.decode(authorization[7:], SECRET, algorithms=["HS256"])  # finding: duplicated-token-verification (warning), auth-failure-not-401
                return claims["sub"]

            @app.get("/exports")
            def exports(authorization: str = Header()):
                return jwt.decode(authorization[7:], SECRET, algorithms=["HS256"])["sub"]  # finding: auth-failure-not-401, jwt-subject-not-checked
            "#,
        );
    }

    #[test]
    fn in_files_of_routes_alone() {
        check(
            r#"
            #- app/main.py
            from fastapi import FastAPI
            app = FastAPI()
            #- app/routes/users.py
            import os
            import jwt
            def decode_token(token):
                return jwt.decode(token, os.environ["JWT_SECRET"], algorithms=["HS256"])  # finding: duplicated-token-verification
            #- app/routes/tasks.py
            import os
            import jwt
            def decode_token(token):
                return jwt.decode(token, os.environ["JWT_SECRET"], algorithms=["HS256"])  # finding: duplicated-token-verification
            "#,
        );
    }

    #[test]
    fn one_place() {
        check(
            r#"
            #- security.py
            import os
            import jwt
            OLD = os.environ["OLD_SECRET"]
            NEW = os.environ["NEW_SECRET"]

            def read_token(token: str) -> dict:
                try:
                    return jwt.decode(token, NEW, algorithms=["HS256"])
                except jwt.InvalidSignatureError:
                    return jwt.decode(token, OLD, algorithms=["HS256"])  # ok
            #- routes/tasks.py
            from security import read_token

            def tasks(token: str):
                return read_token(token)["sub"]
            #- routes/partners.py
            import os
            import jwt

            def read_partner_token(token: str):
                return jwt.decode(token, os.environ["PARTNER_SECRET"], algorithms=["HS256"])  # ok
            "#,
        );
    }

    #[test]
    fn applications_of_their_own() {
        check(
            r#"
            #- orders/main.py
            import os
            import jwt
            from fastapi import FastAPI
            app = FastAPI()
            def read(token):
                return jwt.decode(token, os.environ["JWT_SECRET"], algorithms=["HS256"])  # ok
            #- billing/main.py
            import os
            import jwt
            from fastapi import FastAPI
            app = FastAPI()
            def read(token):
                return jwt.decode(token, os.environ["JWT_SECRET"], algorithms=["HS256"])  # ok
            #- billing/routes/invoices.py
            import os
            import jwt
            def read(token):
                return jwt.decode(token, os.environ["JWT_SECRET"], algorithms=["HS256"])  # finding: duplicated-token-verification
            "#,
        );
    }
}
