//! Names of credentials.

use rustc_hash::FxHashMap;
use syntax::SourceText;
use syntax::ast::Name;

use crate::secrets::names::words;

/// What a name says that it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Password,
    /// A key or a secret.
    Key,
    Token,
}

/// What the names of a file say, each looked at once.
#[derive(Default)]
pub(super) struct Names {
    known: FxHashMap<Name, Option<Kind>>,
}

impl Names {
    pub(super) fn kind(&mut self, source: &SourceText, name: Name) -> Option<Kind> {
        *self.known.entry(name).or_insert_with(|| kind(source.name(name)))
    }
}

const PASSWORDS: &[&str] = &["password", "passwd", "passphrase", "pwd", "pass", "pswd", "passcode"];
/// Words of names that are about credentials and hold none.
const ABOUT: &[&str] = &[
    "age",
    "algorithm",
    "alias",
    "arn",
    "attempts",
    "audience",
    "budget",
    "cache",
    "changed",
    "class",
    "code",
    "column",
    "confirm",
    "confirmation",
    "context",
    "cookie",
    "count",
    "created",
    "csrf",
    "description",
    "digest",
    "dummy",
    "encoding",
    "endpoint",
    "env",
    "error",
    "example",
    "expire",
    "expired",
    "expires",
    "expiry",
    "fake",
    "field",
    "file",
    "filename",
    "form",
    "format",
    "hash",
    "hashed",
    "hasher",
    "header",
    "headers",
    "help",
    "hint",
    "history",
    "id",
    "index",
    "input",
    "invalid",
    "issuer",
    "kind",
    "label",
    "len",
    "length",
    "level",
    "lifetime",
    "limit",
    "link",
    "location",
    "manager",
    "map",
    "max",
    "message",
    "method",
    "min",
    "minutes",
    "missing",
    "mock",
    "mode",
    "msg",
    "name",
    "names",
    "object",
    "param",
    "parameter",
    "path",
    "pattern",
    "placeholder",
    "policy",
    "prefix",
    "prompt",
    "public",
    "pub",
    "query",
    "regex",
    "repeat",
    "required",
    "reset",
    "role",
    "rule",
    "rules",
    "sample",
    "schema",
    "scheme",
    "scope",
    "size",
    "source",
    "strategy",
    "strength",
    "subject",
    "suffix",
    "table",
    "template",
    "test",
    "title",
    "ttl",
    "type",
    "types",
    "uri",
    "url",
    "usage",
    "validation",
    "validator",
    "var",
    "variable",
    "version",
    "wrong",
];

/// What a name says that it holds.
pub(super) fn kind(name: &str) -> Option<Kind> {
    // Cheap first, for the many names that are none.
    let bytes = name.as_bytes();
    let may_be = bytes.windows(3).any(|three| {
        matches!(
            [three[0] | 0x20, three[1] | 0x20, three[2] | 0x20],
            [b'p', b'a', b's']
                | [b'p', b'w', b'd']
                | [b'k', b'e', b'y']
                | [b's', b'e', b'c']
                | [b't', b'o', b'k']
                | [b'p', b's', b'w']
        )
    });
    if !may_be || name.len() > 60 {
        return None;
    }
    let words = words(&name.replace('-', "_"));
    let words: Vec<&str> = words
        .iter()
        .map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()))
        .filter(|word| !word.is_empty())
        .collect();
    let last = *words.last()?;
    let is_password = |word: &str| PASSWORDS.contains(&word) || word.ends_with("password");
    if words.iter().any(|word| ABOUT.contains(word)) {
        return None;
    }
    let before = words.get(words.len().wrapping_sub(2)).copied().unwrap_or_default();
    if is_password(last) || (is_password(before) && matches!(last, "plain" | "default" | "value" | "bytes")) {
        return Some(Kind::Password);
    }
    let is_bytes = matches!(last, "bytes" | "value");
    let (last, before) = match is_bytes {
        true => (
            before,
            words.get(words.len().wrapping_sub(3)).copied().unwrap_or_default(),
        ),
        false => (last, before),
    };
    match last {
        "apikey" | "secret" | "secretkey" | "accesskey" | "authkey" | "privatekey" | "clientsecret" | "apisecret" => {
            Some(Kind::Key)
        }
        "key"
            if matches!(
                before,
                "api"
                    | "secret"
                    | "private"
                    | "encryption"
                    | "fernet"
                    | "master"
                    | "access"
                    | "auth"
                    | "signing"
                    | "service"
                    | "license"
                    | "admin"
                    | "app"
                    | "session"
                    | "cipher"
                    | "aes"
                    | "crypto"
                    | "account"
                    | "subscription"
                    | "internal"
            ) =>
        {
            Some(Kind::Key)
        }
        "token" | "pat" if words.len() > 1 || name == "TOKEN" => {
            let is_said = words.iter().any(|word| {
                matches!(
                    *word,
                    "access"
                        | "api"
                        | "auth"
                        | "bot"
                        | "admin"
                        | "bearer"
                        | "github"
                        | "gitlab"
                        | "slack"
                        | "telegram"
                        | "discord"
                        | "service"
                        | "internal"
                        | "secret"
                        | "master"
                        | "static"
                        | "hf"
                        | "openai"
                        | "webhook"
                        | "deploy"
                        | "personal"
                )
            });
            (is_said || name == "TOKEN").then_some(Kind::Token)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds() {
        for name in [
            "password",
            "DB_PASSWORD",
            "smtpPassword",
            "ADMIN_PASS",
            "passwd",
            "POSTGRES_PWD",
            "MAIL_PASSWORD",
        ] {
            assert_eq!(kind(name), Some(Kind::Password), "{name}");
        }
        for name in [
            "API_KEY",
            "apiKey",
            "STRIPE_SECRET_KEY",
            "aws_secret_access_key",
            "CLIENT_SECRET",
            "WEBHOOK_SECRET",
            "secret",
            "x-api-key",
            "ENCRYPTION_KEY",
            "PRIVATE_KEY",
            "SESSION_SECRET",
        ] {
            assert_eq!(kind(name), Some(Kind::Key), "{name}");
        }
        for name in ["BOT_TOKEN", "ADMIN_API_TOKEN", "access_token", "GITHUB_TOKEN"] {
            assert_eq!(kind(name), Some(Kind::Token), "{name}");
        }
        for name in [
            "author",
            "tokenizer",
            "authorization_header",
            "token_type",
            "tokenUrl",
            "refresh_token",
            "password_hash",
            "hashed_password",
            "API_KEY_HEADER",
            "api_key_name",
            "SECRET_KEY_PATH",
            "key",
            "primary_key",
            "client_id",
            "PUBLIC_KEY",
            "password_reset_url",
            "token",
            "csrf_token",
            "secretary",
            "passport",
            "compass",
            "monkey",
            "ACCESS_TOKEN_EXPIRE_MINUTES",
            "DUMMY_PASSWORD",
            "keyword",
            "secrets",
            "passed",
            "cache_key",
            "s3_key",
        ] {
            assert_eq!(kind(name), None, "{name}");
        }
    }
}
