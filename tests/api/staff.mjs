/* Staff for tests: accounts made by synpunktctl, and a signed-in client. */
import assert from 'node:assert/strict';

/* roles: "case-handler@trafiknamnden,…". Gives the password. */
export async function addUser(server, username, roles, name = `Test ${username}`) {
  const out = await server.ctl(['--json', 'user', 'add', username, '--name', name,
    '--roles', roles]);
  assert.equal(out.code, 0, `${out.stdout}${out.stderr}`);
  return JSON.parse(out.stdout).password;
}

export const cookieOf = (res) =>
  (res.headers['set-cookie'] ?? []).map((c) => c.split(';')[0]).join('; ');

/* A client with get/post/put/patch/delete that send the cookie and the CSRF token; `etag`
 * as an option becomes If-Match. */
export async function signIn(server, username, password) {
  const res = await server.post('/api/v1/sessions', { json: { username, password } });
  assert.equal(res.status, 201, res.text);
  const client = { username, cookie: cookieOf(res), session: res.json,
    csrf: res.json.csrfToken };
  for (const verb of ['get', 'post', 'put', 'patch', 'delete'])
    client[verb] = (where, options = {}) => server[verb](where, { ...options,
      headers: { cookie: client.cookie,
        ...(verb !== 'get' && { 'x-csrf-token': client.csrf }),
        ...(options.etag && { 'if-match': options.etag }), ...options.headers } });
  return client;
}

export async function newColleague(server, username, roles, name) {
  return signIn(server, username, await addUser(server, username, roles, name));
}
