/* A provider that lies as it is told: what its answers say is in `lie`, which a test sets.
 * People are not asked: who goes there comes back at once. */
import crypto from 'node:crypto';
import http from 'node:http';

export const newKey = (kid) => {
  const { privateKey, publicKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { kid, privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'ES256' } };
};

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

export function sign(key, claims, header = { alg: 'ES256', kid: key.kid }) {
  const text = `${part(header)}.${part(claims)}`;
  if (header.alg === 'none') return `${text}.`;
  const signature = header.alg === 'HS256'
    ? crypto.createHmac('sha256', JSON.stringify(key.jwk)).update(text).digest()
    : crypto.sign('sha256', Buffer.from(text), { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}

export async function startLiar() {
  const liar = { lie: {}, key: newKey('one'), asked: {}, nonce: '' };
  const now = () => Math.floor(Date.now() / 1000);
  const answers = {
    '/.well-known/openid-configuration': () => ({ issuer: liar.issuer,
      authorization_endpoint: `${liar.issuer}/auth`, token_endpoint: `${liar.issuer}/token`,
      jwks_uri: `${liar.issuer}/keys`, response_types_supported: ['code'], ...liar.lie.document }),
    '/keys': () => liar.lie.keys ?? { keys: [liar.key.jwk] },
    '/token': () => ({ access_token: 'a', token_type: 'Bearer',
      id_token: sign(liar.lie.key ?? liar.key, liar.claims(), liar.lie.header), ...liar.lie.token }),
  };
  liar.claims = () => ({ iss: liar.issuer, aud: 'synpunkt', sub: 'anna', nonce: liar.nonce,
    iat: now(), exp: now() + 300, groups: ['handlaggare'], ...liar.lie.claims });
  const server = http.createServer((req, res) => {
    const url = new URL(req.url, liar.issuer);
    liar.asked[url.pathname] = (liar.asked[url.pathname] ?? 0) + 1;
    if (url.pathname === '/auth') {
      liar.nonce = url.searchParams.get('nonce');
      const to = new URL(url.searchParams.get('redirect_uri'));
      to.searchParams.set('code', 'c');
      to.searchParams.set('state', url.searchParams.get('state'));
      res.writeHead(303, { location: to.href }).end();
      return;
    }
    if (liar.lie.raw?.[url.pathname]) { liar.lie.raw[url.pathname](res); return; }
    res.setHeader('content-type', 'application/json');
    res.end(JSON.stringify(answers[url.pathname]()));
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  liar.issuer = `http://127.0.0.1:${server.address().port}`;
  liar.stop = () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); });
  return liar;
}
