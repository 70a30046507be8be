/*
 * A passkey device in memory (W3C Web Authentication, 6): makes a passkey for a challenge
 * and signs with it. What an attacker would change can be changed: more.origin, host, type,
 * challenge, flags, count.
 */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const b64 = (bytes) => Buffer.from(bytes).toString('base64url');
const head = (major, n) => (n < 24 ? [major << 5 | n] : n < 256 ? [major << 5 | 24, n]
  : [major << 5 | 25, n >> 8, n & 255]);

/* CBOR of what a key needs: whole numbers, bytes, maps of pairs. */
function cbor(value) {
  if (Buffer.isBuffer(value)) return Buffer.concat([Buffer.from(head(2, value.length)), value]);
  if (value instanceof Map)
    return Buffer.concat([Buffer.from(head(5, value.size)), ...[...value].flat().map(cbor)]);
  return Buffer.from(value < 0 ? head(1, -1 - value) : head(0, value));
}

const bytesOf = (text) => Buffer.from(text, 'base64url');

/* COSE keys (RFC 9052, 7; RFC 8230). */
const kinds = {
  es256: { make: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }), hash: 'sha256',
    cose: ({ x, y }) => new Map([[1, 2], [3, -7], [-1, 1], [-2, bytesOf(x)], [-3, bytesOf(y)]]) },
  eddsa: { make: () => generateKeyPairSync('ed25519'), hash: null,
    cose: ({ x }) => new Map([[1, 1], [3, -8], [-1, 6], [-2, bytesOf(x)]]) },
  rs256: { make: () => generateKeyPairSync('rsa', { modulusLength: 2048 }), hash: 'sha256',
    cose: ({ n, e }) => new Map([[1, 3], [3, -257], [-1, bytesOf(n)], [-2, bytesOf(e)]]) },
};

export function newDevice({ origin, kind = 'es256', counts = true }) {
  const { make, hash, cose } = kinds[kind];
  const { publicKey, privateKey } = make();
  const id = randomBytes(32);
  const host = new URL(origin).hostname;
  let count = 0;

  const clientData = (type, challenge, more) => Buffer.from(JSON.stringify({ type: more.type ?? type,
    challenge: more.challenge ?? challenge, origin: more.origin ?? origin,
    crossOrigin: more.crossOrigin ?? false }));
  const data = (flags, more) => {
    const counted = Buffer.alloc(4);
    counted.writeUInt32BE(more.count ?? (counts ? ++count : 0));
    return Buffer.concat([createHash('sha256').update(more.host ?? host).digest(),
      Buffer.from([more.flags ?? flags]), counted]);
  };

  return {
    id: b64(id),
    make(challenge, more = {}) {
      const size = Buffer.alloc(2);
      size.writeUInt16BE(id.length);
      return { clientData: b64(clientData('webauthn.create', challenge, more)),
        authenticatorData: b64(Buffer.concat([data(0x45, more), Buffer.alloc(16), size, id,
          cbor(cose(publicKey.export({ format: 'jwk' })))])) };
    },
    answer(challenge, more = {}) {
      const client = clientData('webauthn.get', challenge, more);
      const auth = data(0x05, more);
      const signed = Buffer.concat([auth, createHash('sha256').update(client).digest()]);
      return { id: b64(id), clientData: b64(client), authenticatorData: b64(auth),
        signature: b64(sign(hash, signed, privateKey)) };
    },
  };
}
