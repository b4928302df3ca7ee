//! Names that nothing but a secret for tokens bears.

/// Words that may stand before `secret`, `secret key` or `signing key` in such a name.
const QUALIFIERS: &[&str] = &[
    "access",
    "app",
    "application",
    "auth",
    "authentication",
    "authjwt",
    "backend",
    "bearer",
    "better",
    "email",
    "encode",
    "encoding",
    "hmac",
    "hs256",
    "hs384",
    "hs512",
    "jws",
    "jwt",
    "link",
    "login",
    "magic",
    "my",
    "next",
    "nextauth",
    "password",
    "private",
    "refresh",
    "reset",
    "security",
    "server",
    "signing",
    "token",
    "tokens",
    "user",
    "users",
    "verification",
    "verify",
];

/// Words that say what a plain `secret` is for.
const STRONG: &[&str] = &[
    "auth", "authjwt", "bearer", "hs256", "hs384", "hs512", "jws", "jwt", "nextauth", "token", "tokens",
];

/// Words of class names that say nothing about what the settings are for.
const GENERAL: &[&str] = &[
    "base",
    "common",
    "config",
    "configuration",
    "core",
    "default",
    "dev",
    "development",
    "env",
    "environment",
    "global",
    "local",
    "main",
    "options",
    "prod",
    "production",
    "project",
    "secrets",
    "service",
    "settings",
    "staging",
];

/// Whether a name may be that of a secret; cheap, for the many names that are not.
pub(super) fn may_be_secret_name(name: &str) -> bool {
    let ends = |suffix: &str| {
        name.len() >= suffix.len()
            && name.is_char_boundary(name.len() - suffix.len())
            && name[name.len() - suffix.len()..].eq_ignore_ascii_case(suffix)
    };
    ends("secret") || ends("key")
}

/// Whether a name says that it is about tokens.
pub(super) fn is_for_tokens(name: &str) -> bool {
    words(name).iter().any(|word| STRONG.contains(&word.as_str()))
}

/// Whether a class's name says that its settings are those of some other service: `MinioSettings`,
/// `RecaptchaConfig`.
pub(super) fn is_service(class: &str) -> bool {
    words(class)
        .iter()
        .any(|word| !GENERAL.contains(&word.as_str()) && !QUALIFIERS.contains(&word.as_str()))
}

/// Whether a name is that of a secret that signs tokens: `JWT_SECRET`, `betterAuthSecret`, `SECRET_KEY`, and not
/// `CLIENT_SECRET`, `SESSION_SECRET_KEY`, `SECRET_KEY_PATH` or `author_secrets`.
pub(crate) fn is_secret_name(name: &str) -> bool {
    if name == "SECRET" {
        return true;
    }
    if !may_be_secret_name(name) {
        return false;
    }
    let words = words(name);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (qualifiers, is_plain) = match words.as_slice() {
        [rest @ .., "secret" | "signing", "key"] => (rest, false),
        [rest @ .., "secret" | "key"] => (rest, true),
        _ => return false,
    };
    let are_known = qualifiers.iter().all(|word| QUALIFIERS.contains(word));
    // `JWT_KEY`, `TOKEN_SECRET`, `JWT_PRIVATE_KEY`
    let is_key = words.last() == Some(&"key");
    let is_said = match (is_plain, is_key) {
        (false, _) => true,
        (true, true) => qualifiers.iter().any(|word| matches!(*word, "jwt" | "jws" | "hs256")),
        (true, false) => qualifiers.iter().any(|word| STRONG.contains(word)),
    };
    are_known && is_said
}

/// Whether two names are the same but for case and separators.
pub(crate) fn is_same_name(a: &str, b: &str) -> bool {
    words(a).concat() == words(b).concat()
}

/// The words of `SNAKE_CASE`, `camelCase` and `JWTSettings`, in lower case.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut out: Vec<String> = vec![String::new()];
    let mut after_lower = false;
    let mut characters = name.chars().peekable();
    while let Some(character) = characters.next() {
        if !character.is_alphanumeric() {
            out.push(String::new());
            after_lower = false;
            continue;
        }
        // `tS` of `jwtSecret`, and `Se` of `JWTSecret`.
        let before_lower = characters.peek().is_some_and(|next| next.is_lowercase());
        if character.is_uppercase() && (after_lower || before_lower) {
            out.push(String::new());
        }
        after_lower = character.is_lowercase() || character.is_numeric();
        if let Some(word) = out.last_mut() {
            word.extend(character.to_lowercase());
        }
    }
    out.retain(|word| !word.is_empty());
    out.into_iter()
        .flat_map(|word| match word.as_str() {
            "secretkey" => vec!["secret".to_owned(), "key".to_owned()],
            "jwtsecret" => vec!["jwt".to_owned(), "secret".to_owned()],
            "authsecret" => vec!["auth".to_owned(), "secret".to_owned()],
            "jwtkey" => vec!["jwt".to_owned(), "key".to_owned()],
            _ => vec![word],
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets() {
        for name in [
            "SECRET",
            "SECRET_KEY",
            "secret_key",
            "secretKey",
            "SECRETKEY",
            "JWT_SECRET",
            "JWT_SECRET_KEY",
            "jwtSecret",
            "JWTSecretKey",
            "JWT_KEY",
            "JWT_PRIVATE_KEY",
            "JWT_SIGNING_KEY",
            "BETTER_AUTH_SECRET",
            "AUTH_SECRET",
            "ACCESS_TOKEN_SECRET",
            "REFRESH_SECRET_KEY",
            "RESET_PASSWORD_TOKEN_SECRET",
            "authjwt_secret_key",
            "_APP_SECRET_KEY",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn others() {
        for name in [
            "secret",
            "secrets",
            "CLIENT_SECRET",
            "GOOGLE_CLIENT_SECRET",
            "STRIPE_SECRET_KEY",
            "AWS_SECRET_ACCESS_KEY",
            "SESSION_SECRET_KEY",
            "WEBHOOK_SECRET",
            "SECRET_KEY_PATH",
            "JWT_SECRET_NAME",
            "JWT_PUBLIC_KEY",
            "TOKEN_KEY",
            "token_type",
            "refresh_token",
            "REFRESH_TOKEN_KEY",
            "author_secret",
            "tokenizer_key",
            "DEFAULT_SECRET_KEY",
            "API_KEY",
            "KEY",
            "key",
            "",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn services() {
        assert!(is_service("MinioSettings") && is_service("RecaptchaConfig") && is_service("S3"));
        assert!(!is_service("Settings") && !is_service("AppConfig") && !is_service("JWTSettings"));
    }

    #[test]
    fn same() {
        assert!(is_same_name("JWT_SECRET", "jwt-secret"));
        assert!(!is_same_name("JWT_SECRET", "changethis"));
    }
}
