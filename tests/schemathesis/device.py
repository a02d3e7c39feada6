"""A client's device: its key, the proofs that it gives (RFC 9449), and the sign-ins that it makes."""

import base64
import hashlib
import hmac
import json
import secrets
import struct
import time
from urllib.parse import urlsplit

import requests
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

CLIENT = {"polder-client": "0.1.0 linux-x86_64"}


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


# What needs the device's proof alone: sign-ins, a session's tokens, setting a password with a code.
DEVICE_ALONE = ("/api/v1/sign-in/", "/api/v1/session/", "/api/v1/password/")


# Seconds. A sign-in is fresh for five minutes (B15), and a run may take longer.
FRESH = 200


class Fresh:
    """The access token of somebody who signed in a short while ago: called, it signs in anew when that is too long ago."""

    def __init__(self, sign_in):
        self.sign_in, self.until = sign_in, 0

    def anew(self):
        self.token, self.until = self.sign_in()["access_token"], time.monotonic() + FRESH

    def __call__(self):
        if time.monotonic() >= self.until:
            self.anew()
        return self.token


class Device(requests.auth.AuthBase):
    """Signs each request as it leaves, so that the proof is of the very method and path that go out."""

    def __init__(self, origin, ca):
        self.origin, self.ca = origin, ca
        self.key = ec.generate_private_key(ec.SECP256R1())
        point = self.key.public_key().public_numbers()
        x, y = (base64url(number.to_bytes(32, "big")) for number in (point.x, point.y))
        self.jwk = {"kty": "EC", "crv": "P-256", "x": x, "y": y}
        # A token, or a way to get one.
        self.access = None
        # Whose session goes along elsewhere: by how a path begins.
        self.access_at = {}
        # Good for five minutes, and every answer brings another.
        self.nonce = requests.get(origin, headers=CLIENT, verify=ca, timeout=10).headers["dpop-nonce"]

    def __call__(self, request):
        path = urlsplit(request.url).path
        access = self.access_of(path)
        request.headers["dpop"] = self.proof(request.method, path, access)
        request.headers.pop("authorization", None)
        if access:
            request.headers["authorization"] = f"DPoP {access}"
        request.register_hook("response", self.keep_nonce)
        return request

    def access_of(self, path):
        """A token, or a way to get one, of a path's own; else everybody's, but where the device's proof alone is asked."""
        alone = None if path.startswith(DEVICE_ALONE) else self.access
        access = next((access for at, access in self.access_at.items() if path.startswith(at)), alone)
        return access() if callable(access) else access

    def keep_nonce(self, response, *_args, **_kwargs):
        self.nonce = response.headers.get("dpop-nonce", self.nonce)

    def proof(self, method, path, access):
        header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self.jwk}
        claims = {
            "jti": secrets.token_urlsafe(16),
            "htm": method,
            "htu": self.origin + path,
            "iat": int(time.time()),
            "nonce": self.nonce,
        }
        if access:
            claims["ath"] = base64url(hashlib.sha256(access.encode()).digest())
        signed = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
        r, s = decode_dss_signature(self.key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{signed}.{base64url(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"

    def call(self, method, path, body=None):
        url = self.origin + path
        response = requests.request(
            method, url, json=body, headers=CLIENT, auth=self, verify=self.ca, timeout=30
        )
        response.raise_for_status()
        return response.json()

    def password(self, account):
        """The step after the password."""
        body = {"email": account["email"], "password": account["password"], "stay": True}
        return self.call("POST", "/api/v1/sign-in/password", body)

    def sign_in(self, account):
        """Grants of somebody who has a second step."""
        body = {"ticket": self.password(account)["ticket"], "code": code_of(account["totp"])}
        return self.call("POST", "/api/v1/sign-in/code", body)


def code_of(key):
    """The six digits that an authenticator with this Base32 key shows now (RFC 6238)."""
    key = base64.b32decode(key + "=" * (-len(key) % 8))
    tag = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), "sha1")
    at = tag[-1] & 15
    return f"{(struct.unpack('>I', tag[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"
