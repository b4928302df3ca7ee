//! Formats in which services publish their tokens, so that people and programs recognise one that is leaked.

/// Tokens that begin alike.
#[derive(Debug)]
pub(crate) struct TokenFormat {
    pub(crate) prefix: &'static str,
    /// Whose it is.
    pub(crate) service: &'static str,
    /// Characters behind the prefix, at least.
    pub(crate) least: usize,
    pub(crate) alphabet: Alphabet,
    /// It opens an environment for tests only.
    pub(crate) is_for_tests: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Alphabet {
    /// Capitals and digits.
    Upper,
    Alphanumeric,
    /// Letters, digits, `-`, `_`, `.`, `/`.
    Url,
}

const fn format(prefix: &'static str, service: &'static str, least: usize, alphabet: Alphabet) -> TokenFormat {
    TokenFormat {
        prefix,
        service,
        least,
        alphabet,
        is_for_tests: false,
    }
}

const fn for_tests(prefix: &'static str, service: &'static str, least: usize) -> TokenFormat {
    TokenFormat {
        prefix,
        service,
        least,
        alphabet: Alphabet::Url,
        is_for_tests: true,
    }
}

use Alphabet::{Alphanumeric, Upper, Url};

pub(crate) const TOKEN_FORMATS: &[TokenFormat] = &[
    format("sk_live_", "Stripe", 10, Url),
    format("rk_live_", "Stripe", 10, Url),
    for_tests("sk_test_", "Stripe", 10),
    for_tests("rk_test_", "Stripe", 10),
    format("whsec_", "Stripe", 16, Url),
    format("AKIA", "AWS", 16, Upper),
    format("ASIA", "AWS", 16, Upper),
    format("sk-ant-", "Anthropic", 20, Url),
    format("sk-proj-", "OpenAI", 16, Url),
    format("sk-or-", "OpenRouter", 20, Url),
    format("sk-", "OpenAI", 20, Alphanumeric),
    format("gsk_", "Groq", 20, Alphanumeric),
    format("hf_", "Hugging Face", 20, Alphanumeric),
    format("r8_", "Replicate", 20, Alphanumeric),
    format("ghp_", "GitHub", 20, Alphanumeric),
    format("gho_", "GitHub", 20, Alphanumeric),
    format("ghu_", "GitHub", 20, Alphanumeric),
    format("ghs_", "GitHub", 20, Alphanumeric),
    format("ghr_", "GitHub", 20, Alphanumeric),
    format("github_pat_", "GitHub", 20, Url),
    format("glpat-", "GitLab", 16, Url),
    format("xoxb-", "Slack", 16, Url),
    format("xoxp-", "Slack", 16, Url),
    format("xoxa-", "Slack", 16, Url),
    format("xoxr-", "Slack", 16, Url),
    format("xapp-", "Slack", 16, Url),
    format("hooks.slack.com/services/T", "Slack", 16, Url),
    format("discord.com/api/webhooks/", "Discord", 30, Url),
    format("AIza", "Google", 30, Url),
    format("ya29.", "Google", 20, Url),
    format("GOCSPX-", "Google", 16, Url),
    format("SG.", "SendGrid", 40, Url),
    format("key-", "Mailgun", 32, Alphanumeric),
    format("npm_", "npm", 30, Alphanumeric),
    format("pypi-AgEI", "PyPI", 30, Url),
    format("dop_v1_", "DigitalOcean", 40, Alphanumeric),
    format("shpat_", "Shopify", 20, Alphanumeric),
    format("shpss_", "Shopify", 20, Alphanumeric),
    format("sq0atp-", "Square", 16, Url),
    format("sq0csp-", "Square", 16, Url),
    format("lin_api_", "Linear", 20, Alphanumeric),
    format("ntn_", "Notion", 30, Alphanumeric),
    format("hvs.", "Vault", 20, Url),
    format("dapi", "Databricks", 32, Alphanumeric),
    format("sbp_", "Supabase", 30, Alphanumeric),
    format("sb_secret_", "Supabase", 16, Url),
    format("pscale_tkn_", "PlanetScale", 20, Url),
    format("rnd_", "Render", 24, Alphanumeric),
    format("PMAK-", "Postman", 24, Url),
    format("EAACEdEose0cBA", "Facebook", 10, Alphanumeric),
];

/// Readers of the environment by the name of what is called: their default is a credential in the code, too.
pub(crate) const READERS: &[&str] = &[
    "getenv",
    "get",
    "config",
    "env",
    "str",
    "secret",
    "setdefault",
    "get_env",
    "getvar",
    "env_str",
];

/// Calls that give their argument in another form, by name.
pub(crate) const WRAPPERS: &[&str] = &[
    "SecretStr",
    "SecretBytes",
    "Secret",
    "Field",
    "field",
    "str",
    "bytes",
    "quote",
    "quote_plus",
    "hash",
    "hash_password",
    "get_password_hash",
    "hashpw",
    "generate_password_hash",
    "make_password",
    "b64encode",
    "b64decode",
    "PostgresDsn",
    "MongoDsn",
    "RedisDsn",
];
