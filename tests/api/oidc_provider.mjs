/* A real OpenID provider (npm's oidc-provider) for tests: on a free port of its own, with
 * our client, whose people sign in by their name alone. Its own pages are walked through
 * as a browser does.
 *
 *   const provider = await startProvider({ publicUrl, jwks, people });
 *   provider.issuer, provider.rotate(), provider.stop() */
import crypto from 'node:crypto';
import http from 'node:http';

import Provider from 'oidc-provider';

const newKey = () => ({ ...crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  .export({ format: 'jwk' }), kid: crypto.randomUUID(), use: 'sig', alg: 'RS256' });

/* people: { sub: claims }. jwks: our public keys. */
function configured(options, keys) {
  const { people, jwks, publicUrl, name = 'stad' } = options;

  return { clients: [{ client_id: 'synpunkt', application_type: 'web',
    redirect_uris: [`${publicUrl}/oidc/${name}/callback`],
    post_logout_redirect_uris: [`${publicUrl}/desk/`],
    backchannel_logout_uri: `${publicUrl}/oidc/${name}/logout`,
    backchannel_logout_session_required: true,
    token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'RS256',
    grant_types: ['authorization_code'], response_types: ['code'], jwks }],
  jwks: { keys }, cookies: { keys: ['only for tests'] }, conformIdTokenClaims: false,
  claims: { openid: ['sub', 'sid', 'auth_time', 'acr', 'amr'], profile: ['name', 'preferred_username', 'groups'] },
  acrValues: ['urn:tva-steg'], pkce: { required: () => true },
  features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true },
    rpInitiatedLogout: { enabled: true } },
  ttl: { AccessToken: 60, AuthorizationCode: 60, IdToken: 300, Grant: 600, Session: 600, Interaction: 600 },
  interactions: { url: (ctx, { uid }) => `/interaction/${uid}` },
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({ clientId: 'synpunkt', accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope('openid profile');
    await grant.save();
    return grant;
  },
  findAccount: (ctx, sub) => (people[sub] ? { accountId: sub, claims: () => ({ sub, ...people[sub] }) } : undefined),
  /* It speaks to no addresses like ours otherwise. */
  fetch: (url, init) => globalThis.fetch(url, { ...init, dispatcher: undefined }) };
}

/* Who is to sign in is in the header, as if they had typed it. */
async function interact(provider, people, req, res) {
  const sub = req.headers['x-test-person'];
  const result = people[sub]
    ? { login: { accountId: sub, acr: people[sub].acr, amr: people[sub].amr } }
    : { error: 'access_denied', error_description: 'nobody' };

  await provider.interactionFinished(req, res, result, { mergeWithLastSubmission: false });
}

export async function startProvider(options) {
  const keys = [newKey()];
  const state = { requests: [], answers: null };
  let handler;
  const server = http.createServer((req, res) => {
    state.requests.push(`${req.method} ${req.url.split('?')[0]}`);
    if (state.answers?.(req, res)) return;
    handler(req, res);
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const make = () => {
    const provider = new Provider(issuer, configured(options, keys));
    const callback = provider.callback();

    provider.on('server_error', (ctx, error) => { state.error = error; });
    provider.on('grant.error', (ctx, error) => { state.error = error; });
    provider.on('backchannel.error', (ctx, error) => { state.logoutError = error; });
    handler = (req, res) => {
      if (req.url.startsWith('/interaction/')) {
        interact(provider, options.people, req, res).catch((error) => {
          state.error = error;
          res.writeHead(500).end(String(error));
        });
        return;
      }
      callback(req, res);
    };
  };
  make();
  return { issuer, state, people: options.people,
    /* New keys, and the old ones are gone. Sessions there are gone, too. */
    rotate: () => { keys.splice(0, keys.length, newKey()); make(); },
    stop: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }) };
}

const jar = (cookies, res) => {
  for (const line of res.headers.getSetCookie()) {
    const [pair] = line.split(';');
    const at = pair.indexOf('=');
    if (/max-age=0|expires=Thu, 01 Jan 1970/i.test(line)) cookies.delete(pair.slice(0, at));
    else cookies.set(pair.slice(0, at), pair.slice(at + 1));
  }
};

/* A browser: one jar for each origin, redirects followed by hand. */
export function newBrowser() {
  const jars = new Map();
  const from = `192.0.2.${crypto.randomInt(1, 255)}`; /* as a proxy says: quotas are each address's */
  const cookiesOf = (url) => {
    const { origin } = new URL(url);
    if (!jars.has(origin)) jars.set(origin, new Map());
    return jars.get(origin);
  };
  const get = async (url, { person, method = 'GET', body, headers } = {}) => {
    const cookies = cookiesOf(url);
    const res = await fetch(url, { redirect: 'manual', method, body, headers: {
      ...(cookies.size && { cookie: [...cookies].map((c) => c.join('=')).join('; ') }),
      'x-forwarded-for': from, ...(person && { 'x-test-person': person }), ...headers } });

    jar(cookies, res);
    return { status: res.status, location: res.headers.get('location')
      && new URL(res.headers.get('location'), url).href, text: await res.text(), url };
  };
  return { get, cookiesOf,
    /* Until a page, or until the next address matches. */
    follow: async (url, { person, until } = {}) => {
      for (let i = 0; i < 12; i++) {
        const res = await get(url, { person });
        if (!res.location || until?.test(res.location)) return res;
        url = res.location;
      }
      throw new Error(`no end of redirects: ${url}`);
    } };
}
