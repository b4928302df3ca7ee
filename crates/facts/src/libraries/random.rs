//! Functions that make random values, and how good these are as keys.

/// A function that makes a random value.
pub(crate) struct Generator {
    pub(crate) path: &'static str,
    pub(crate) size: Size,
    /// Whoever sees some output can compute the rest, or knows when it was made.
    pub(crate) is_predictable: bool,
}

/// How many bytes a key has that it makes.
#[derive(Clone, Copy)]
pub(crate) enum Size {
    /// The first argument, or this default, times `numerator` over `denominator` for the text that is made of them.
    Argument {
        default: Option<u32>,
        numerator: u32,
        denominator: u32,
    },
    Fixed(u32),
    Unknown,
}

const fn sized(path: &'static str, default: Option<u32>, numerator: u32, denominator: u32) -> Generator {
    Generator {
        path,
        size: Size::Argument {
            default,
            numerator,
            denominator,
        },
        is_predictable: false,
    }
}

const fn secure(path: &'static str, size: Size) -> Generator {
    Generator {
        path,
        size,
        is_predictable: false,
    }
}

const fn predictable(path: &'static str) -> Generator {
    Generator {
        path,
        size: Size::Unknown,
        is_predictable: true,
    }
}

const GENERATORS: &[Generator] = &[
    sized("secrets.token_hex", Some(32), 2, 1),
    sized("secrets.token_urlsafe", Some(32), 4, 3),
    sized("secrets.token_bytes", Some(32), 1, 1),
    sized("os.urandom", None, 1, 1),
    sized("os.getrandom", None, 1, 1),
    sized("Crypto.Random.get_random_bytes", None, 1, 1),
    sized("Cryptodome.Random.get_random_bytes", None, 1, 1),
    secure("secrets.choice", Size::Unknown),
    secure("secrets.randbits", Size::Unknown),
    secure("secrets.randbelow", Size::Unknown),
    secure("secrets.SystemRandom().choice", Size::Unknown),
    secure("secrets.SystemRandom().choices", Size::Unknown),
    secure("random.SystemRandom().choice", Size::Unknown),
    secure("random.SystemRandom().choices", Size::Unknown),
    secure("uuid.uuid4", Size::Fixed(32)),
    secure("cryptography.fernet.Fernet.generate_key", Size::Fixed(44)),
    secure(
        "cryptography.hazmat.primitives.asymmetric.rsa.generate_private_key",
        Size::Unknown,
    ),
    secure(
        "cryptography.hazmat.primitives.asymmetric.ec.generate_private_key",
        Size::Unknown,
    ),
    secure(
        "cryptography.hazmat.primitives.asymmetric.ed25519.Ed25519PrivateKey.generate",
        Size::Unknown,
    ),
    secure("Crypto.PublicKey.RSA.generate", Size::Unknown),
    secure("jwcrypto.jwk.JWK.generate", Size::Unknown),
    secure("joserfc.jwk.OctKey.generate_key", Size::Unknown),
    secure("joserfc.jwk.RSAKey.generate_key", Size::Unknown),
    secure("joserfc.jwk.ECKey.generate_key", Size::Unknown),
    secure("joserfc.jwk.OKPKey.generate_key", Size::Unknown),
    secure("joserfc.jwk.JWKRegistry.generate_key", Size::Unknown),
    secure("authlib.jose.JsonWebKey.generate_key", Size::Unknown),
    secure("authlib.jose.OctKey.generate_key", Size::Unknown),
    secure("authlib.jose.RSAKey.generate_key", Size::Unknown),
    predictable("random.choice"),
    predictable("random.choices"),
    predictable("random.sample"),
    predictable("random.randbytes"),
    predictable("random.getrandbits"),
    predictable("random.randint"),
    predictable("random.randrange"),
    predictable("random.random"),
    predictable("random.uniform"),
    predictable("random.Random().choice"),
    predictable("random.Random().choices"),
    predictable("random.Random().randbytes"),
    predictable("random.Random().getrandbits"),
    predictable("random.Random().randint"),
    predictable("numpy.random.randint"),
    predictable("numpy.random.bytes"),
    predictable("uuid.uuid1"),
];

/// The generator that a path calls, or whose result it reads from (`uuid.uuid4().hex`).
pub(crate) fn generator(path: &str) -> Option<&'static Generator> {
    GENERATORS.iter().find(|generator| {
        path.strip_prefix(generator.path)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with("()"))
    })
}
