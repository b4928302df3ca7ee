//! Functions that make digests, and how they may be used for passwords.

/// A digest that is made as fast as the processor can.
#[derive(Debug)]
pub(crate) struct FastHash {
    pub(crate) path: &'static str,
    /// As people call it.
    pub(crate) name: &'static str,
    /// Where the data is given, if at the call.
    pub(crate) data: usize,
    /// It mixes in a key that is kept apart from the hashes.
    pub(crate) is_keyed: bool,
}

const fn fast(path: &'static str, name: &'static str) -> FastHash {
    FastHash {
        path,
        name,
        data: 0,
        is_keyed: false,
    }
}

pub(crate) const FAST_HASHES: &[FastHash] = &[
    fast("hashlib.md5", "MD5"),
    fast("hashlib.sha1", "SHA-1"),
    fast("hashlib.sha224", "SHA-224"),
    fast("hashlib.sha256", "SHA-256"),
    fast("hashlib.sha384", "SHA-384"),
    fast("hashlib.sha512", "SHA-512"),
    fast("hashlib.sha3_224", "SHA3-224"),
    fast("hashlib.sha3_256", "SHA3-256"),
    fast("hashlib.sha3_384", "SHA3-384"),
    fast("hashlib.sha3_512", "SHA3-512"),
    fast("hashlib.blake2b", "BLAKE2b"),
    fast("hashlib.blake2s", "BLAKE2s"),
    fast("Crypto.Hash.MD5.new", "MD5"),
    fast("Crypto.Hash.SHA1.new", "SHA-1"),
    fast("Crypto.Hash.SHA256.new", "SHA-256"),
    fast("Crypto.Hash.SHA512.new", "SHA-512"),
    fast("Cryptodome.Hash.MD5.new", "MD5"),
    fast("Cryptodome.Hash.SHA256.new", "SHA-256"),
    fast("cryptography.hazmat.primitives.hashes.Hash", "a plain digest"),
    fast("zlib.crc32", "CRC-32"),
    fast("binascii.crc32", "CRC-32"),
    fast("builtins.hash", "`hash()`"),
    fast("xxhash.xxh64", "xxHash"),
    fast("passlib.hash.md5_crypt.hash", "md5-crypt"),
    fast("passlib.hash.hex_md5.hash", "MD5"),
    fast("passlib.hash.hex_sha1.hash", "SHA-1"),
    fast("passlib.hash.hex_sha256.hash", "SHA-256"),
    fast("passlib.hash.hex_sha512.hash", "SHA-512"),
    fast("passlib.hash.ldap_md5.hash", "MD5"),
    fast("passlib.hash.ldap_salted_md5.hash", "salted MD5"),
    fast("passlib.hash.ldap_salted_sha1.hash", "salted SHA-1"),
    fast("passlib.hash.des_crypt.hash", "DES-crypt"),
    fast("passlib.hash.lmhash.hash", "the LM hash"),
    fast("passlib.hash.nthash.hash", "the NT hash"),
    fast("passlib.hash.mysql41.hash", "SHA-1"),
    fast("passlib.hash.postgres_md5.hash", "MD5"),
    FastHash {
        path: "hashlib.new",
        name: "a plain digest",
        data: 1,
        is_keyed: false,
    },
    FastHash {
        path: "hmac.new",
        name: "HMAC",
        data: 1,
        is_keyed: true,
    },
    FastHash {
        path: "hmac.digest",
        name: "HMAC",
        data: 1,
        is_keyed: true,
    },
];

/// The last names of the functions above: what a file has to mention.
pub(crate) const FAST_NAMES: &[&str] = &[
    "md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_224", "sha3_256", "sha3_384", "sha3_512", "blake2b",
    "blake2s", "new", "Hash", "crc32", "hash", "xxh64", "digest", "using",
];

/// Schemes of passlib that are no protection, with the name of the digest.
pub(crate) const WEAK_SCHEMES: &[(&str, &str)] = &[
    ("md5_crypt", "md5-crypt"),
    ("apr_md5_crypt", "md5-crypt"),
    ("sha1_crypt", "sha1-crypt"),
    ("des_crypt", "DES-crypt"),
    ("bsdi_crypt", "DES-crypt"),
    ("bigcrypt", "DES-crypt"),
    ("crypt16", "DES-crypt"),
    ("hex_md4", "MD4"),
    ("hex_md5", "MD5"),
    ("hex_sha1", "SHA-1"),
    ("hex_sha256", "SHA-256"),
    ("hex_sha512", "SHA-512"),
    ("ldap_md5", "MD5"),
    ("ldap_sha1", "SHA-1"),
    ("ldap_salted_md5", "salted MD5"),
    ("ldap_salted_sha1", "salted SHA-1"),
    ("ldap_hex_md5", "MD5"),
    ("ldap_hex_sha1", "SHA-1"),
    ("django_salted_md5", "salted MD5"),
    ("django_salted_sha1", "salted SHA-1"),
    ("mysql323", "a broken digest"),
    ("mysql41", "SHA-1"),
    ("mssql2000", "SHA-1"),
    ("oracle10", "DES"),
    ("postgres_md5", "MD5"),
    ("lmhash", "the LM hash"),
    ("nthash", "the NT hash"),
    ("roundup_plaintext", "no hash at all"),
    ("ldap_plaintext", "no hash at all"),
    ("plaintext", "no hash at all"),
];

/// A number that says how much work a hash is, where an attacker gains by a small one.
#[derive(Debug)]
pub(crate) struct Cost {
    pub(crate) path: &'static str,
    pub(crate) position: Option<usize>,
    pub(crate) keyword: &'static str,
    /// What is recommended at least: OWASP Password Storage Cheat Sheet.
    pub(crate) least: i64,
    /// Written instead of a number that is too small.
    pub(crate) recommended: &'static str,
}

const fn cost(
    path: &'static str,
    position: Option<usize>,
    keyword: &'static str,
    least: i64,
    recommended: &'static str,
) -> Cost {
    Cost {
        path,
        position,
        keyword,
        least,
        recommended,
    }
}

pub(crate) const COSTS: &[Cost] = &[
    cost("bcrypt.gensalt", Some(0), "rounds", 10, "12"),
    cost("hashlib.pbkdf2_hmac", Some(3), "iterations", 100_000, "600_000"),
    cost("hashlib.scrypt", None, "n", 1 << 13, "2**17"),
    cost(
        "cryptography.hazmat.primitives.kdf.pbkdf2.PBKDF2HMAC",
        None,
        "iterations",
        100_000,
        "600_000",
    ),
    cost("passlib.context.CryptContext", None, "bcrypt__rounds", 10, "12"),
    cost("passlib.context.CryptContext", None, "bcrypt__default_rounds", 10, "12"),
    cost(
        "passlib.context.CryptContext",
        None,
        "pbkdf2_sha256__rounds",
        20_000,
        "29_000",
    ),
    cost(
        "passlib.context.CryptContext",
        None,
        "pbkdf2_sha256__default_rounds",
        20_000,
        "29_000",
    ),
    cost("passlib.hash.bcrypt.using", None, "rounds", 10, "12"),
    cost("pwdlib.hashers.bcrypt.BcryptHasher", Some(0), "rounds", 10, "12"),
];

/// Where functions that hash passwords take a salt.
pub(crate) const SALTED: &[(&str, usize, &str)] = &[
    ("bcrypt.hashpw", 1, "salt"),
    ("hashlib.pbkdf2_hmac", 2, "salt"),
    ("hashlib.scrypt", 1, "salt"),
];

/// Names of functions that do the slow work: what is passed to them may be a digest.
pub(crate) const SLOW_NAMES: &[&str] = &[
    "hashpw",
    "checkpw",
    "verify",
    "verify_and_update",
    "hash",
    "kdf",
    "derive",
    "pbkdf2_hmac",
    "scrypt",
    "hash_secret",
    "hash_secret_raw",
    "verify_secret",
    "hash_password",
    "verify_password",
    "generate_password_hash",
    "check_password_hash",
    "pwhash",
    "encrypt",
    "identify",
];
