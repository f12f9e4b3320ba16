#!/usr/bin/env python3
"""Computes the vectors of src/vault/self_test.c from the specifications alone: BLAKE2b from Python's hashlib (crypto_kdf is BLAKE2b
with the number as salt and the context as personalisation), HChaCha20, ChaCha20 and Poly1305 written out below.
`vectors.py SELF_TEST.C` checks that the file holds them."""
import hashlib
import pathlib
import struct
import sys


def rotl(v, n):
    return (v << n | v >> 32 - n) & 0xFFFFFFFF


def rounds(state):
    x = list(state)
    for _ in range(10):
        for a, b, c, d in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
                           (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
            for p, q, r, n in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
                x[p] = (x[p] + x[q]) & 0xFFFFFFFF
                x[r] = rotl(x[r] ^ x[p], n)
    return x


def state_of(key, tail):
    return struct.unpack("<16I", b"expand 32-byte k" + key + tail)


def chacha_block(key, counter, nonce):
    s = state_of(key, struct.pack("<I", counter) + nonce)
    return struct.pack("<16I", *((a + b) & 0xFFFFFFFF for a, b in zip(rounds(s), s)))


def hchacha(key, nonce16):
    x = rounds(state_of(key, nonce16))
    return struct.pack("<8I", *x[0:4], *x[12:16])


def poly1305(key, message):
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    acc = 0
    for i in range(0, len(message), 16):
        acc = (acc + int.from_bytes(message[i:i + 16] + b"\1", "little")) * r % ((1 << 130) - 5)
    return ((acc + int.from_bytes(key[16:], "little")) & ((1 << 128) - 1)).to_bytes(16, "little")


def pad16(b):
    return b + bytes(-len(b) % 16)


def seal(key, nonce, ad, plain):
    subkey, iv = hchacha(key, nonce[:16]), bytes(4) + nonce[16:]
    stream = b"".join(chacha_block(subkey, 1 + i, iv) for i in range(len(plain) // 64 + 1))
    text = bytes(a ^ b for a, b in zip(plain, stream))
    tagged = pad16(ad) + pad16(text) + struct.pack("<QQ", len(ad), len(text))
    return nonce + text + poly1305(chacha_block(subkey, 0, iv)[:32], tagged)


def kdf(master, number):
    return hashlib.blake2b(key=master, digest_size=32, salt=struct.pack("<Q", number) + bytes(8),
                           person=b"havenkey" + bytes(8)).digest()


# Ed25519, RFC 8032 section 5.1, written out; points are affine, which is slow and short.
P = 2**255 - 19
D = -121665 * pow(121666, P - 2, P) % P
ORDER = 2**252 + 27742317777372353535851937790883648493


def add(a, b):
    (x1, y1), (x2, y2) = a, b
    t = D * x1 * x2 * y1 * y2
    return ((x1 * y2 + x2 * y1) * pow(1 + t, P - 2, P) % P, (y1 * y2 + x1 * x2) * pow(1 - t, P - 2, P) % P)


def times(k, point):
    out = (0, 1)
    while k:
        out = add(out, point) if k & 1 else out
        point, k = add(point, point), k >> 1
    return out


BASE = (15112221349535400772501151409588531511454012693041857206046113283949847762202, 4 * pow(5, P - 2, P) % P)


def encode(point):
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def sign(seed, message):
    """(public key, signature)"""
    h = hashlib.sha512(seed).digest()
    a = int.from_bytes(h[:32], "little") & (1 << 254) - 8 | 1 << 254
    public = encode(times(a, BASE))
    r = int.from_bytes(hashlib.sha512(h[32:] + message).digest(), "little") % ORDER
    big_r = encode(times(r, BASE))
    k = int.from_bytes(hashlib.sha512(big_r + public + message).digest(), "little") % ORDER
    return public, big_r + ((r + k * a) % ORDER).to_bytes(32, "little")


def vectors():
    master, nonce = bytes(range(32)), bytes(range(100, 124))
    return {
        "SEALED": seal(kdf(master, 1), nonce, b"mention|sealed|42", b"a sealed text"),
        "INDEX": hashlib.blake2b(b"nhs\0" + b"9990000000", key=kdf(master, 2), digest_size=16).digest(),
        "NAMED": hashlib.blake2b(b"people index", key=kdf(master, 3), digest_size=32).digest(),
        "SIGNED": sign(kdf(master, 4), b"a checkpoint")[1],
    }


def main():
    text = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
    wrong = [k for k, v in vectors().items() if f'#define WANT_{k} "{v.hex()}"' not in text]
    for k in wrong:
        print(f'{sys.argv[1]}: WANT_{k} should be "{vectors()[k].hex()}"', file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
