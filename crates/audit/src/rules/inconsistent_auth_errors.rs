//! Flags functions that answer a bad token otherwise than others of the application do.

use facts::verifiers::Answer;
use report::{OwaspApi, Phase, Severity};

use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// Two functions of one application that verify tokens of one kind and answer a bad one with different statuses
    /// or different texts. The later one is found.
    ///
    /// Different texts within one function (expired, invalid) and for other kinds of tokens are right.
    ///
    /// ```python,finding
    /// import os
    ///
    /// import jwt
    /// from fastapi import HTTPException
    ///
    /// SECRET = os.environ["BETTER_AUTH_SECRET"]
    ///
    /// def current_user(token: str) -> dict:
    ///     try:
    ///         return jwt.decode(token, SECRET, algorithms=["HS256"])
    ///     except jwt.PyJWTError:
    ///         raise HTTPException(status_code=401, detail="Could not validate credentials")
    ///
    /// def current_admin(token: str) -> dict:
    ///     try:
    ///         return jwt.decode(token, SECRET, algorithms=["HS256"])
    ///     except jwt.PyJWTError:
    ///         raise HTTPException(status_code=403, detail="Invalid token")
    /// ```
    ///
    /// ## Why it matters
    ///
    /// A client that renews its token on 401 fails where the same mistake is 403. Differences also tell which code
    /// stands behind a route.
    ///
    /// ## How it is exploited
    ///
    /// A bad token is sent to every path; paths that answer otherwise are those with a verification of their own,
    /// where checks are most often forgotten.
    ///
    /// ## Use instead
    ///
    /// One dependency that answers every bad token with 401 and the same text.
    ///
    /// ```python,ok
    /// import os
    ///
    /// import jwt
    /// from fastapi import Depends, HTTPException
    ///
    /// SECRET = os.environ["BETTER_AUTH_SECRET"]
    ///
    /// def current_user(token: str) -> dict:
    ///     try:
    ///         return jwt.decode(token, SECRET, algorithms=["HS256"])
    ///     except jwt.PyJWTError:
    ///         raise HTTPException(status_code=401, detail="Could not validate credentials")
    ///
    /// def current_admin(user: dict = Depends(current_user)) -> dict:
    ///     if user["role"] != "admin":
    ///         raise HTTPException(status_code=403, detail="Not enough permissions")
    ///     return user
    /// ```
    ///
    /// ## References
    ///
    /// - RFC 6750, section 3.1: <https://www.rfc-editor.org/rfc/rfc6750#section-3.1>
    pub(super) static RULE: Rule = Rule {
        name: "inconsistent-auth-errors",
        summary: "A bad token is answered differently in different places",
        severity: Severity::Suggestion,
        phase: Phase::CodeQuality,
        cwe: 1041,
        owasp: OwaspApi::BrokenAuthentication,
        checklist_item: Some(5),
        fixable: false,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for disagreement in &facts.verifiers().disagreements {
        let (here, there) = (&disagreement.function.name, &disagreement.other.name);
        let (this, other) = (said(&disagreement.answer), said(&disagreement.other_answer));
        let message = format!("`{here}` answers a bad token with {this}, `{there}` with {other}");
        let finding = context.report(disagreement.span, message);
        finding.related(disagreement.other_span, format!("`{there}` answers here"));
    }
}

fn said(answer: &Answer) -> String {
    match (answer.status, &answer.detail) {
        (Some(status), Some(detail)) => format!("{status} \"{detail}\""),
        (Some(status), None) => status.to_string(),
        (None, Some(detail)) => format!("\"{detail}\""),
        (None, None) => "something else".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn statuses_and_texts() {
        check(
            r#"
            #- unannounced: duplicated-token-verification
            #- main.py
            from fastapi import FastAPI
            app = FastAPI()
            #- security.py
            import os
            import jwt
            from fastapi import HTTPException, status
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            credentials_exception = HTTPException(status_code=status.HTTP_401_UNAUTHORIZED, detail="Could not validate credentials")

            def current_user(token: str):
                try:
                    return jwt.decode(token, SECRET, algorithms=["HS256"])
                except jwt.ExpiredSignatureError:
                    raise HTTPException(401, "Token expired")
                except jwt.PyJWTError:
                    raise credentials_exception  # ok

            def refresh(refresh_token: str):
                try:
                    return jwt.decode(refresh_token, SECRET, algorithms=["HS256"])
                except jwt.PyJWTError:
                    raise HTTPException(400, "Invalid refresh token")  # ok
            #- sockets.py
            import jwt
            from fastapi import HTTPException
            from security import SECRET

            def user_of_token(token: str):
                try:
                    return jwt.decode(token, SECRET, algorithms=["HS256"])
                except jwt.PyJWTError as error:
                    raise HTTPException(status_code=403, detail="Forbidden") from error  # finding: inconsistent-auth-errors (suggestion)
                    #     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ inconsistent-auth-errors

            def same_answer(token: str):
                try:
                    return jwt.decode(token, SECRET, algorithms=["HS256"])
                except Exception:
                    raise HTTPException(status_code=401, detail="Could not validate credentials")  # ok
            "#,
        );
    }

    #[test]
    fn other_texts() {
        check(
            r#"
            #- unannounced: duplicated-token-verification
            import os
            from fastapi import HTTPException
            from jose import JWTError, jwt
            SECRET = os.environ["BETTER_AUTH_SECRET"]

            def a(token: str):
                try:
                    return jwt.decode(token, SECRET, algorithms=["HS256"])
                except JWTError:
                    raise HTTPException(status_code=401, detail="Invalid token")  # ok

            def b(token: str):
                try:
                    return jwt.decode(token, SECRET, algorithms=["HS256"])
                except JWTError:
                    raise HTTPException(status_code=401, detail="Not authenticated")  # finding: inconsistent-auth-errors

            def c(token: str):
                try:
                    return jwt.decode(token, SECRET, algorithms=["HS256"])
                except JWTError:
                    return None  # ok
            "#,
        );
    }

    #[test]
    fn applications_and_keys_of_their_own() {
        check(
            r#"
            #- a/main.py
            import os
            import jwt
            from fastapi import FastAPI, HTTPException
            app = FastAPI()
            def read(token):
                try:
                    return jwt.decode(token, os.environ["A"], algorithms=["HS256"])
                except jwt.PyJWTError:
                    raise HTTPException(401, "a")  # ok
            #- b/main.py
            import os
            import jwt
            from fastapi import FastAPI, HTTPException
            app = FastAPI()
            def read(token):
                try:
                    return jwt.decode(token, os.environ["A"], algorithms=["HS256"])
                except jwt.PyJWTError:
                    raise HTTPException(401, "b")  # ok

            def read_service_token(token):
                try:
                    return jwt.decode(token, os.environ["A"], algorithms=["HS256"])
                except jwt.PyJWTError:
                    raise HTTPException(401, "c")  # ok
            "#,
        );
    }

    #[test]
    fn in_other_styles() {
        check(
            r#"
            #- users.py
            import os
            import jwt
            from fastapi import Depends, FastAPI, HTTPException
            from fastapi.security import OAuth2PasswordBearer
            app = FastAPI()
            SECRET = os.environ["BETTER_AUTH_SECRET"]
            oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")

            def a(token: str = Depends(oauth2_scheme)) -> dict:
                try:
                    return jwt.decode(token, SECRET, algorithms=["HS256"])
                except jwt.PyJWTError:
                    raise HTTPException(401, "Could not validate credentials")  # ok

            def b(token: str = Depends(oauth2_scheme)) -> dict:
                try:
                    return jwt.decode(token, SECRET, algorithms=["HS256"])
                except jwt.PyJWTError:
                    raise HTTPException(401, "Could not validate credentials")  # ok

            def c(token: str = Depends(oauth2_scheme)) -> dict:
                try:
                    return jwt.decode(token, SECRET, algorithms=["HS256"])
                except jwt.InvalidTokenError:
                    raise HTTPException(status_code=401, detail="Login again")  # finding: inconsistent-auth-errors

            def d(token: str = Depends(oauth2_scheme)) -> dict:
                try:
                    return jwt.decode(token, SECRET, algorithms=["HS256"])
                except jwt.InvalidTokenError:
                    raise HTTPException(status_code=400, detail="Could not validate credentials")  # finding: inconsistent-auth-errors, auth-failure-not-401
            "#,
        );
    }
}
