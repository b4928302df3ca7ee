//! Functions that fetch or make keys, by what they are given.

/// What a value from the token becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SinkKind {
    /// The path of a file that is read.
    File,
    /// The text of a query.
    Query,
    /// An address from which a key is fetched.
    Address,
    /// A command.
    Command,
    /// The key itself.
    Key,
}

struct Sink {
    path: &'static str,
    kind: SinkKind,
}

const SINKS: &[Sink] = &[
    sink_of("builtins.open", SinkKind::File),
    sink_of("io.open", SinkKind::File),
    sink_of("aiofiles.open", SinkKind::File),
    sink_of("requests.get", SinkKind::Address),
    sink_of("requests.request", SinkKind::Address),
    sink_of("requests.post", SinkKind::Address),
    sink_of("requests.Session().get", SinkKind::Address),
    sink_of("requests.session().get", SinkKind::Address),
    sink_of("httpx.get", SinkKind::Address),
    sink_of("httpx.request", SinkKind::Address),
    sink_of("httpx.Client().get", SinkKind::Address),
    sink_of("httpx.AsyncClient().get", SinkKind::Address),
    sink_of("aiohttp.ClientSession().get", SinkKind::Address),
    sink_of("urllib.request.urlopen", SinkKind::Address),
    sink_of("urllib.request.Request", SinkKind::Address),
    sink_of("urllib3.PoolManager().request", SinkKind::Address),
    sink_of("jwt.PyJWKClient", SinkKind::Address),
    sink_of("jwt.jwks_client.PyJWKClient", SinkKind::Address),
    sink_of("sqlalchemy.text", SinkKind::Query),
    sink_of("sqlalchemy.sql.text", SinkKind::Query),
    sink_of("os.system", SinkKind::Command),
    sink_of("os.popen", SinkKind::Command),
    sink_of("subprocess.run", SinkKind::Command),
    sink_of("subprocess.check_output", SinkKind::Command),
    sink_of("jwt.PyJWK", SinkKind::Key),
    sink_of("jwt.PyJWK.from_dict", SinkKind::Key),
    sink_of("jwt.api_jwk.PyJWK", SinkKind::Key),
    sink_of("jwt.algorithms.RSAAlgorithm.from_jwk", SinkKind::Key),
    sink_of("jwt.algorithms.ECAlgorithm.from_jwk", SinkKind::Key),
    sink_of("jose.jwk.construct", SinkKind::Key),
    sink_of("authlib.jose.JsonWebKey.import_key", SinkKind::Key),
    sink_of("authlib.jose.RSAKey.import_key", SinkKind::Key),
    sink_of("joserfc.jwk.RSAKey.import_key", SinkKind::Key),
    sink_of("joserfc.jwk.ECKey.import_key", SinkKind::Key),
    sink_of("joserfc.jwk.JWKRegistry.import_key", SinkKind::Key),
    sink_of("joserfc.jwk.import_key", SinkKind::Key),
    sink_of("jwcrypto.jwk.JWK", SinkKind::Key),
    sink_of("cryptography.x509.load_pem_x509_certificate", SinkKind::Key),
    sink_of("cryptography.x509.load_der_x509_certificate", SinkKind::Key),
];

const fn sink_of(path: &'static str, kind: SinkKind) -> Sink {
    Sink { path, kind }
}

/// What a function does with its argument at `index`: by its path, or the name of a method of something unknown.
pub(crate) fn sink(path: Option<&str>, method: &str, index: usize, is_text: bool) -> Option<SinkKind> {
    if let Some(path) = path
        && let Some(sink) = SINKS.iter().find(|sink| sink.path == path)
    {
        let is_any = sink.kind == SinkKind::Command;
        let is_second = path.ends_with(".request");
        return (index == 0 || is_any || is_second && index == 1).then_some(sink.kind);
    }
    match method {
        "execute" | "executemany" | "exec_driver_sql" | "fetchrow" | "fetchval" | "fetch_one" | "fetchone" | "raw"
            if index == 0 && is_text =>
        {
            Some(SinkKind::Query)
        }
        _ => None,
    }
}
