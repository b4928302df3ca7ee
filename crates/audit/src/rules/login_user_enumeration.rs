//! Flags logins that answer otherwise for an unknown user than for a wrong password.

use facts::Facts;
use facts::login_answers::TellingLogin;
use facts::verifiers::Answer;
use report::{Confidence, OwaspApi, Phase, Severity};

use crate::fix::Fix;
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// A function that checks a password and answers with another status or text where there is no such user than
    /// where the password is wrong.
    ///
    /// One answer for both, functions that give the same nothing for both, and changes of a password by somebody who
    /// is logged in are right.
    ///
    /// ```python,finding
    /// from fastapi import FastAPI, HTTPException
    /// from accounts import LoginForm, find_user, verify_password
    ///
    /// app = FastAPI()
    ///
    /// @app.post("/login")
    /// def login(form: LoginForm):
    ///     user = find_user(form.email)
    ///     if not user:
    ///         raise HTTPException(status_code=404, detail="User not found")
    ///     if not verify_password(form.password, user.hashed_password):
    ///         raise HTTPException(status_code=401, detail="Incorrect email or password")
    ///     return {"id": user.id}
    /// ```
    ///
    /// ## Why it matters
    ///
    /// The answer tells who has an account. Such lists are sold, are used for mails that look genuine, and save an
    /// attacker the passwords of users who are not there.
    ///
    /// ## How it is exploited
    ///
    /// ```text
    /// POST /login {"email": "a@example.com", "password": "x"}   404 User not found
    /// POST /login {"email": "b@example.com", "password": "x"}   401 Incorrect email or password: b has an account
    /// ```
    ///
    /// ## Use instead
    ///
    /// The same status and text for both. Checking the password against a hash of nobody, where there is no user,
    /// keeps the time the same, too.
    ///
    /// ```python,fixed
    /// from fastapi import FastAPI, HTTPException
    /// from accounts import LoginForm, find_user, verify_password
    ///
    /// app = FastAPI()
    ///
    /// @app.post("/login")
    /// def login(form: LoginForm):
    ///     user = find_user(form.email)
    ///     if not user:
    ///         raise HTTPException(status_code=401, detail="Incorrect email or password")
    ///     if not verify_password(form.password, user.hashed_password):
    ///         raise HTTPException(status_code=401, detail="Incorrect email or password")
    ///     return {"id": user.id}
    /// ```
    ///
    /// ```python,ok
    /// from fastapi import FastAPI, HTTPException
    /// from accounts import DUMMY_HASH, LoginForm, find_user, verify_password
    ///
    /// app = FastAPI()
    ///
    /// @app.post("/login")
    /// def login(form: LoginForm):
    ///     user = find_user(form.email)
    ///     hashed = user.hashed_password if user else DUMMY_HASH
    ///     if not verify_password(form.password, hashed) or not user:
    ///         raise HTTPException(status_code=401, detail="Incorrect email or password")
    ///     return {"id": user.id}
    /// ```
    ///
    /// ## References
    ///
    /// - OWASP Authentication Cheat Sheet, error messages: <https://cheatsheetseries.owasp.org/cheatsheets/Authentication_Cheat_Sheet.html#authentication-and-error-messages>
    /// - CWE-204: <https://cwe.mitre.org/data/definitions/204.html>
    pub(super) static RULE: Rule = Rule {
        name: "login-user-enumeration",
        summary: "A login answers differently for an unknown user and a wrong password",
        severity: Severity::Suggestion,
        phase: Phase::CodeQuality,
        cwe: 204,
        owasp: OwaspApi::BrokenAuthentication,
        checklist_item: None,
        fixable: true,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for login in facts.telling_logins() {
        let (unknown, wrong) = (said(&login.unknown_answer), said(&login.wrong_answer));
        let name = &login.function.name;
        let message = format!("`{name}` answers {unknown} for an unknown user, {wrong} for a wrong password");
        let fix = fix(facts, login);
        let finding = context.report(login.unknown, message);
        finding.confidence(Confidence::High).fix(fix);
        finding.related(login.wrong, "the answer for a wrong password");
    }
}

fn said(answer: &Answer) -> String {
    match (answer.status, &answer.detail) {
        (Some(status), Some(detail)) => format!("{status} \"{detail}\""),
        (Some(status), None) => status.to_string(),
        (None, Some(detail)) => format!("`{detail}`"),
        (None, None) => "something else".to_owned(),
    }
}

fn fix(facts: &Facts<'_>, login: &TellingLogin) -> Option<Fix> {
    let same = facts.snippet(login.wrong);
    let is_one_line = !same.contains('\n');
    (login.can_be_one && is_one_line)
        .then(|| Fix::changes_behaviour("Answer as for a wrong password").edit(login.unknown, same))
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    #[test]
    fn tells() {
        check(
            r#"
            #- a.py
            from fastapi import APIRouter, Depends, HTTPException, status
            from fastapi.security import OAuth2PasswordRequestForm
            from passlib.context import CryptContext
            from db import get_user

            router = APIRouter()
            pwd_context = CryptContext(schemes=["argon2"])
            not_found = HTTPException(status_code=status.HTTP_404_NOT_FOUND, detail="No such user")

            @router.post("/token")
            def token(form: OAuth2PasswordRequestForm = Depends()):
                user = get_user(form.username)
                if user is None:
                    raise not_found  # finding: login-user-enumeration (suggestion, high, fix)
                    #     ^^^^^^^^^ login-user-enumeration
                if not pwd_context.verify(form.password, user.hashed_password):
                    raise HTTPException(status_code=400, detail="Wrong password")
                return user.id

            @router.post("/token2")
            def token2(form: OAuth2PasswordRequestForm = Depends()):
                user = get_user(form.username)
                if not user:
                    raise HTTPException(401, "Incorrect email or password")  # ok
                if not pwd_context.verify(form.password, user.hashed_password):
                    raise HTTPException(401, "Incorrect email or password")
                return user.id

            @router.post("/token3")
            def token3(form: OAuth2PasswordRequestForm = Depends()):
                user = get_user(form.username)
                if not user or not pwd_context.verify(form.password, user.hashed_password):
                    raise HTTPException(401, "Incorrect email or password")  # ok
                return user.id
            #- b.py
            import bcrypt
            from fastapi import APIRouter, HTTPException
            from fastapi.responses import JSONResponse
            from models import users
            router = APIRouter()

            @router.post("/login")
            async def login(form: dict):
                if form["username"] not in users:
                    raise HTTPException(status_code=401, detail="Unknown user")  # finding: login-user-enumeration
                stored = users[form["username"]]["password"]
                is_right = bcrypt.checkpw(form["password"].encode(), stored.encode())
                if not is_right:
                    raise HTTPException(status_code=401, detail="Wrong password")
                return {}

            @router.post("/login2")
            async def login2(form: dict):
                user = users.get(form["username"])
                if not user:
                    return JSONResponse({"error": "User not found"}, 404)  # finding: login-user-enumeration
                elif not bcrypt.checkpw(form["password"].encode(), user["password_hash"].encode()):
                    return JSONResponse({"error": "Wrong password"}, 401)
                return {}
            "#,
        );
    }

    #[test]
    fn stays_silent() {
        check(
            r#"
            from fastapi import APIRouter, Depends, HTTPException
            from security import current_user, hash_password, verify_password
            from db import get_item, get_user
            router = APIRouter()

            def authenticate(email: str, password: str):
                user = get_user(email)
                if not user:
                    return None  # ok
                if not verify_password(password, user.hashed_password):
                    return None
                return user

            @router.post("/change-password")
            def change_password(id: int, old_password: str, user=Depends(current_user)):
                account = get_user(id)
                if not account:
                    raise HTTPException(404, "User not found")  # ok
                if not verify_password(old_password, account.hashed_password):
                    raise HTTPException(400, "Wrong password")

            @router.post("/items/{id}/unlock")
            def unlock(id: int, password: str):
                item = get_item(id)
                if not password:
                    raise HTTPException(422, "Password missing")  # ok
                if not verify_password(password, item.password_hash):
                    raise HTTPException(403, "Wrong password")

            @router.post("/login")
            def login(email: str, password: str):
                user = authenticate(email, password)
                if not user:
                    raise HTTPException(401, "Incorrect email or password")  # ok
                if not user.is_active:
                    raise HTTPException(403, "Inactive user")
            "#,
        );
    }

    #[test]
    fn in_other_styles() {
        check(
            r#"
            from fastapi import APIRouter, Form, HTTPException, status
            from passlib.hash import argon2
            from db import users
            router = APIRouter()
            WRONG = HTTPException(status.HTTP_401_UNAUTHORIZED, "Incorrect email or password")

            @router.post("/signin")
            async def signin(email: str = Form(), password: str = Form()):
                account = await users.find_one({"email": email})
                if account is None:
                    raise HTTPException(status.HTTP_401_UNAUTHORIZED, f"No account for {email}")  # finding: login-user-enumeration
                if not argon2.verify(password, account["password_hash"]):
                    raise WRONG
                return {"id": account["id"]}

            @router.post("/signin-alike")
            async def signin_alike(email: str = Form(), password: str = Form()):
                account = await users.find_one({"email": email})
                if account is None:
                    raise WRONG  # ok
                if not argon2.verify(password, account["password_hash"]):
                    raise WRONG
                return {"id": account["id"]}
            "#,
        );
    }
}
