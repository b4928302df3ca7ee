//! itsdangerous, <https://itsdangerous.palletsprojects.com>: signed tokens in a format of their own.

use super::*;

pub(super) const ITSDANGEROUS: TokenService = TokenService {
    name: "itsdangerous",
    secrets: &[
        takes("itsdangerous.URLSafeTimedSerializer", SECRET),
        takes("itsdangerous.URLSafeSerializer", SECRET),
        takes("itsdangerous.TimedSerializer", SECRET),
        takes("itsdangerous.Serializer", SECRET),
        takes("itsdangerous.TimestampSigner", SECRET),
        takes("itsdangerous.Signer", SECRET),
        takes("itsdangerous.JSONWebSignatureSerializer", SECRET),
        takes("itsdangerous.TimedJSONWebSignatureSerializer", SECRET),
        takes("itsdangerous.url_safe.URLSafeTimedSerializer", SECRET),
        takes("itsdangerous.url_safe.URLSafeSerializer", SECRET),
        takes("itsdangerous.jws.TimedJSONWebSignatureSerializer", SECRET),
        takes("itsdangerous.jws.JSONWebSignatureSerializer", SECRET),
    ],
    attributes: &[],
    lifetimes: &[],
    endless_attributes: &[],
};

const SECRET: Argument = argument(0, &["secret_key"]);
