//! Flags passwords that are hashed with a digest made for speed, with one salt for all, or with too few rounds.

use facts::Facts;
use facts::passwords::{PasswordHash, SaltSource, Weakness, Work};
use report::{Confidence, OwaspApi, Phase, Severity};
use text::{Span, TextRange, TextSize};

use crate::fix::Fix;
use crate::fixes::{calls, style, tokens};
use crate::rule::{Rule, RuleContext, declare_rule};

declare_rule! {
    /// ## What it finds
    ///
    /// Passwords that are hashed with MD5, SHA-1, SHA-2, SHA-3, BLAKE2 or a checksum, with or without a salt: in a
    /// helper of any name that is called with a password, inline in a route, through `hashlib.new`, `update` or an
    /// alias; passlib's weak schemes; `generate_password_hash(method="sha256")`. HMAC, a digest repeated in a loop,
    /// bcrypt or PBKDF2 with one salt for everybody, and too few rounds are warnings.
    ///
    /// A digest that goes on into bcrypt or argon2 (bcrypt reads 72 bytes), hashes of tokens, keys and files, and
    /// look-ups in a list of leaked passwords are right.
    ///
    /// ```python,finding
    /// import hashlib
    ///
    /// def hash_password(password: str) -> str:
    ///     return hashlib.sha256(password.encode()).hexdigest()
    /// ```
    ///
    /// ```python,finding
    /// import bcrypt
    ///
    /// def hash_password(password: str) -> bytes:
    ///     return bcrypt.hashpw(password.encode(), bcrypt.gensalt(rounds=4))
    /// ```
    ///
    /// ## Why it matters
    ///
    /// Such digests are made to be fast: one graphics card tries about 10 billion passwords a second against
    /// SHA-256. People's passwords do not hold out. Without a salt of its own for each user, one table serves for
    /// all of them.
    ///
    /// ## How it is exploited
    ///
    /// Whoever reads the table of users, by SQL injection or from a backup, runs a list of known passwords:
    ///
    /// ```text
    /// $ hashcat -m 1400 hashes.txt rockyou.txt
    /// ```
    ///
    /// ## Use instead
    ///
    /// argon2id, scrypt or bcrypt, which take time and make a salt for each password. Hash again when a user logs
    /// in the next time; what is stored cannot be changed back.
    ///
    /// ```python,fixed
    /// import bcrypt
    ///
    /// def hash_password(password: str) -> bytes:
    ///     return bcrypt.hashpw(password.encode(), bcrypt.gensalt(rounds=12))
    /// ```
    ///
    /// ```python,ok
    /// from pwdlib import PasswordHash
    ///
    /// password_hash = PasswordHash.recommended()
    ///
    /// def hash_password(password: str) -> str:
    ///     return password_hash.hash(password)
    ///
    /// def verify_password(password: str, hashed: str) -> bool:
    ///     return password_hash.verify(password, hashed)
    /// ```
    ///
    /// ## References
    ///
    /// - OWASP Password Storage Cheat Sheet: <https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html>
    /// - CWE-916: <https://cwe.mitre.org/data/definitions/916.html>
    pub(super) static RULE: Rule = Rule {
        name: "weak-password-hash",
        summary: "Passwords are hashed with something that is fast to try",
        severity: Severity::Critical,
        phase: Phase::CodeQuality,
        cwe: 916,
        owasp: OwaspApi::BrokenAuthentication,
        checklist_item: None,
        fixable: true,
        supersedes: &[],
        check,
    };
}

fn check(context: &mut RuleContext<'_>) {
    let facts = context.facts();
    for hash in &facts.passwords().hashes {
        let (severity, confidence, message) = judge(hash);
        let finding = context.report(hash.span, message);
        finding.severity(severity).confidence(confidence).fix(fix(facts, hash));
        if let Some(function) = &hash.function {
            finding.related(function.name_span, format!("`{}` hashes it", function.name));
        }
        for &other in &hash.also {
            finding.related(other, "hashed the same way to compare");
        }
    }
}

fn judge(hash: &PasswordHash) -> (Severity, Confidence, String) {
    let callee = &hash.callee;
    match &hash.weakness {
        Weakness::Fast {
            digest,
            work: Work::None,
        } => {
            let message = format!("`{callee}` makes the hash of a password with {digest}, which is fast to try");
            (Severity::Critical, Confidence::High, message)
        }
        Weakness::Fast {
            digest,
            work: Work::Keyed,
        } => {
            let message =
                format!("`{callee}` makes the hash of a password with {digest}: fast to try for whoever has the key");
            (Severity::Warning, Confidence::Medium, message)
        }
        Weakness::Fast {
            digest,
            work: Work::Repeated,
        } => {
            let message = format!("`{callee}` makes the hash of a password with {digest} in a loop of its own");
            (Severity::Warning, Confidence::Medium, message)
        }
        Weakness::Scheme { scheme, digest } => {
            let message = format!("`{callee}` hashes new passwords with `{scheme}`, which is {digest}");
            (Severity::Critical, Confidence::High, message)
        }
        Weakness::SharedSalt { source } => {
            let whence = match source {
                SaltSource::Written => "written in the code",
                SaltSource::Settings => "a setting",
                SaltSource::OncePerProcess => "made once for the process",
            };
            let message = format!("`{callee}` hashes all passwords with one salt, {whence}");
            (Severity::Warning, Confidence::High, message)
        }
        Weakness::Cost {
            keyword, value, least, ..
        } => {
            let message = format!("`{keyword}` of `{callee}` is {value}, at least {least} is recommended");
            (Severity::Warning, Confidence::High, message)
        }
    }
}

/// What passlib brings along itself, with the work that OWASP recommends.
const SLOW: &str = "pbkdf2_sha256";

/// New passwords are hashed slowly; hashes that are there go on being verified.
fn slow_scheme(facts: &Facts<'_>, hash: &PasswordHash) -> Option<Fix> {
    let file = hash.span.file;
    let text = facts.text(file);
    // `schemes=["md5_crypt"]`
    let whole = facts.snippet(hash.span);
    let named = whole.find('=').filter(|_| whole.starts_with(char::is_alphabetic));
    let start = named.map_or(0, |at| at + whole[at..].len() - whole[at + 1..].trim_start().len());
    let place = Span::new(
        file,
        TextRange::new(
            hash.span.range.start() + TextSize::new(start as u32),
            hash.span.range.end(),
        ),
    );
    let call = facts.call_with_argument(place)?;
    let written = facts.snippet(place);
    let literal = style::string_literal(text, SLOW);
    if hash.callee.ends_with("generate_password_hash") {
        let fix = Fix::changes_behaviour("Hash new passwords with scrypt");
        return Some(fix.edit(place, style::string_literal(text, "scrypt")));
    }
    if !tokens::is_plain(&call) || call.argument(None, &["default"]).is_some() || written.contains(SLOW) {
        return None;
    }
    let first = written.strip_prefix('[')?.trim_start();
    let is_list = first.starts_with(['"', '\'']);
    let mut fix = Fix::changes_behaviour(format!("Hash new passwords with `{SLOW}`")).insert(
        file,
        place.range.start() + TextSize::of('['),
        format!("{literal}, "),
    );
    let mut added = Vec::new();
    if call.argument(None, &["deprecated"]).is_none() {
        added.push(format!("deprecated={}", style::string_literal(text, "auto")));
    }
    added.push(format!("{SLOW}__rounds=600_000"));
    fix = fix.with([calls::append_argument(facts, &call, &added.join(", "))]);
    is_list.then_some(fix)
}

fn fix(facts: &Facts<'_>, hash: &PasswordHash) -> Option<Fix> {
    match &hash.weakness {
        Weakness::Cost { recommended, .. } => {
            Some(Fix::changes_behaviour(format!("Use {recommended}")).edit(hash.span, *recommended))
        }
        Weakness::Scheme { .. } => slow_scheme(facts, hash),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{check, check_fix};

    #[test]
    fn digests() {
        check(
            r#"
            #- a.py
            import hashlib

            def hash_password(password: str) -> str:
                return hashlib.sha256(password.encode()).hexdigest()  # finding: weak-password-hash (critical, high)
                #      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ weak-password-hash

            def verify_password(plain_password: str, hashed_password: str) -> bool:
                return hashlib.sha256(plain_password.encode()).hexdigest() == hashed_password  # ok

            def fingerprint(document: str) -> str:
                return hashlib.sha256(document.encode()).hexdigest()  # ok
            #- b.py
            from hashlib import md5 as digest

            def get_password_hash(value):
                return digest(value.encode("utf-8")).hexdigest()  # finding: weak-password-hash

            class Md5Cipher:
                @staticmethod
                def encrypt(plaintext: str) -> str:
                    return digest(plaintext.encode()).hexdigest()  # ok

            def etag(value):
                return digest(value.encode("utf-8")).hexdigest()  # ok
            #- c.py
            import hashlib

            def make(user_in):
                salt = "pepper"
                salted = f"{salt}{user_in.password}"
                digest = hashlib.sha512(salted.encode()).hexdigest()  # finding: weak-password-hash
                return digest
            #- d.py
            import hashlib

            class Hasher:
                @staticmethod
                def encode(data: dict):
                    h = hashlib.new("sha1")  # finding: weak-password-hash
                    h.update(data["password"].encode())
                    return h.hexdigest()

                @staticmethod
                def token(data: dict):
                    h = hashlib.new("sha1")  # ok
                    h.update(data["token"].encode())
                    return h.hexdigest()
            "#,
        );
    }

    #[test]
    fn helpers_that_are_called_with_passwords() {
        check(
            r#"
            #- crypto.py
            import hashlib

            def encrypt_aes256(plain_text: str):
                hash_object = hashlib.sha256(plain_text.encode())  # finding: weak-password-hash (critical)
                return hash_object.hexdigest()

            def checksum(text: str):
                return hashlib.sha256(text.encode()).hexdigest()  # ok
            #- service.py
            from crypto import checksum, encrypt_aes256

            def register(form):
                return {"secret": encrypt_aes256(form.password), "etag": checksum(form.bio)}
            "#,
        );
    }

    #[test]
    fn prepared_for_slow_hashes() {
        check(
            r#"
            #- passlib_context.py
            import hashlib
            from passlib.context import CryptContext

            pwd_context = CryptContext(schemes=["bcrypt"], deprecated="auto")

            def _prehash(password: str) -> str:
                return hashlib.sha256(password.encode("utf-8")).hexdigest()  # ok

            def verify_password(plain_password: str, hashed_password: str) -> bool:
                return pwd_context.verify(_prehash(plain_password), hashed_password)

            def get_password_hash(password: str) -> str:
                prehashed = _prehash(password)
                return pwd_context.hash(prehashed)
            #- plain_bcrypt.py
            import base64
            import hashlib

            import bcrypt

            def hash_password(password: str) -> bytes:
                digest = hashlib.sha256(password.encode()).digest()  # ok
                return bcrypt.hashpw(base64.b64encode(digest), bcrypt.gensalt())

            def hash_long_password(password: str) -> bytes:
                if len(password) > 72:
                    password = hashlib.sha256(password.encode()).hexdigest()  # ok
                return bcrypt.hashpw(password.encode()[:72], bcrypt.gensalt())
            #- in_another_file.py
            from hashing import slow
            import hashlib

            def store(user, password):
                user.hashed_password = slow.hash(hashlib.sha384(password.encode()).hexdigest())  # ok
            "#,
        );
    }

    #[test]
    fn not_the_password_of_a_user() {
        check(
            r#"
            #- leaks.py
            import hashlib
            import httpx

            def is_leaked(password: str) -> bool:
                digest = hashlib.sha1(password.encode()).hexdigest().upper()  # ok
                answer = httpx.get(f"https://api.pwnedpasswords.com/range/{digest[:5]}")
                return digest[5:] in answer.text
            #- tokens.py
            import hashlib
            import hmac

            def hash_token(token: str) -> str:
                return hashlib.sha256(token.encode()).hexdigest()  # ok

            def hash_password_reset_token(token: str) -> str:
                return hashlib.sha256(token.encode()).hexdigest()  # ok

            def store(api_key, user):
                user.key_hash = hashlib.sha256(api_key.encode()).hexdigest()  # ok
                return hashlib.md5(user.email.lower().encode()).hexdigest()  # ok

            def sign(body: bytes, webhook_secret: bytes):
                return hmac.new(webhook_secret, body, hashlib.sha256).hexdigest()  # ok
            #- tests/test_auth.py
            import hashlib

            def fake_hash_password(password):
                return hashlib.md5(password.encode()).hexdigest()  # ok
            "#,
        );
    }

    #[test]
    fn keyed_and_repeated() {
        check(
            r#"
            import hashlib
            import hmac
            import os

            PEPPER = os.environ["PEPPER"].encode()

            def hash_password(password: str) -> str:
                return hmac.new(PEPPER, password.encode(), hashlib.sha256).hexdigest()  # finding: weak-password-hash (warning, medium)

            def slow_hash(password: str, salt: bytes) -> bytes:
                digest = hashlib.sha512(password.encode() + salt).digest()  # finding: weak-password-hash (warning, medium)
                for _ in range(100_000):
                    digest = hashlib.sha512(digest + salt).digest()
                return digest
            "#,
        );
    }

    #[test]
    fn schemes_of_passlib() {
        check(
            r#"
            from passlib.context import CryptContext
            from passlib.hash import md5_crypt
            from werkzeug.security import generate_password_hash

            weak = CryptContext(schemes=["md5_crypt"], deprecated="auto")  # finding: weak-password-hash (critical, high)
            moving_on = CryptContext(schemes=["argon2", "md5_crypt"], deprecated="auto")  # ok
            default = CryptContext(schemes=["bcrypt", "hex_sha256"], default="hex_sha256")  # finding: weak-password-hash
            iterated = CryptContext(schemes=["sha256_crypt"])  # ok
            bare = CryptContext(schemes=["plaintext"])  # finding: weak-password-hash

            def by_scheme(password):
                return md5_crypt.hash(password)  # finding: weak-password-hash

            def by_werkzeug(password):
                generate_password_hash(password, method="pbkdf2:sha256")  # ok
                return generate_password_hash(password, method="sha256")  # finding: weak-password-hash
            "#,
        );
    }

    #[test]
    fn salts_and_rounds() {
        check(
            r#"
            #- config.py
            from decouple import config

            from pydantic import BaseModel

            class Settings(BaseModel):
                salt: bytes = config("SALT").encode()

            CONFIG = Settings()
            #- passwords.py
            import hashlib
            import os

            import bcrypt

            from config import CONFIG

            SALT = bcrypt.gensalt()

            def hash_password(password: str) -> str:
                return bcrypt.hashpw(password.encode(), CONFIG.salt).decode()  # finding: weak-password-hash (warning, high)
                #                                       ^^^^^^^^^^^ weak-password-hash

            def once(password: str) -> bytes:
                return bcrypt.hashpw(password.encode(), SALT)  # finding: weak-password-hash (warning)

            def right(password: str) -> bytes:
                return bcrypt.hashpw(password.encode(), bcrypt.gensalt())  # ok

            def verify(password: str, hashed: bytes) -> bool:
                return bcrypt.hashpw(password.encode(), hashed) == hashed  # ok

            def cheap(password: str) -> bytes:
                return bcrypt.hashpw(password.encode(), bcrypt.gensalt(rounds=4))  # finding: weak-password-hash (warning, high, changes-behaviour)
                #                                                             ^ weak-password-hash

            def derived(password: str) -> bytes:
                return hashlib.pbkdf2_hmac("sha256", password.encode(), b"static-salt", 600_000)  # finding: weak-password-hash (warning)

            def short(password: str) -> bytes:
                return hashlib.pbkdf2_hmac("sha256", password.encode(), os.urandom(16), 1000)  # finding: weak-password-hash (warning)

            def right_again(password: str) -> bytes:
                return hashlib.pbkdf2_hmac("sha256", password.encode(), os.urandom(16), 600_000)  # ok

            def encryption_key(secret: bytes) -> bytes:
                return hashlib.pbkdf2_hmac("sha256", secret, b"context", 1000)  # ok
            "#,
        );
    }

    #[test]
    fn fixed() {
        check_fix(
            &RULE,
            r#"
            import bcrypt

            def hash_password(password: str) -> bytes:
                return bcrypt.hashpw(password.encode(), bcrypt.gensalt(4))  # finding: weak-password-hash
            "#,
            r#"
            import bcrypt

            def hash_password(password: str) -> bytes:
                return bcrypt.hashpw(password.encode(), bcrypt.gensalt(12))
            "#,
        );
    }
}
