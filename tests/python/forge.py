"""What an attacker holds: tokens made by hand, with any algorithm and any key."""

import base64
import hashlib
import hmac
import json

HASHES = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}


def token(claims, key="", algorithm="HS256", **header):
    parts = [{"alg": algorithm, "typ": "JWT", **header}, claims]
    signed = ".".join(encoded(json.dumps(part).encode()) for part in parts)
    if algorithm.lower() == "none":
        return signed + "."
    signature = hmac.digest(key.encode(), signed.encode(), HASHES[algorithm])
    return f"{signed}.{encoded(signature)}"


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def claims(token):
    """What a token says, unverified."""
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def bearer(token):
    return {"Authorization": f"Bearer {token}"}
