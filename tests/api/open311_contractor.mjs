/*
 * A contractor's server by GeoReport v2, for tests, that behaves as told.
 *
 *   const it = await startContractor();   it.url, it.requests [{fields, key}], it.asked [paths]
 *   it.create = (res, id) => …;           how it answers a new request from now on
 *   it.look = (res, id) => …;             and a question about one
 */
import http from 'node:http';

export const json = (res, body, status = 200) =>
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

export async function startContractor() {
  const it = { requests: [], bodies: [], updates: [], asked: [], status: 'open', notes: null };
  let serial = 0;
  it.idOf = {}; /* by Idempotency-Key, of a server that knows one again */
  it.taken = (res, id) => json(res, [{ service_request_id: id, service_notice: '', account_id: '' }], 201);
  it.told = (res, id) => json(res, [{ service_request_id: id, status: it.status, status_notes: it.notes }]);
  it.create = it.taken;
  it.look = it.told;
  const server = http.createServer((req, res) => {
    const parts = [];
    req.on('data', (p) => parts.push(p)).on('end', () => {
      const fields = Object.fromEntries(new URLSearchParams(Buffer.concat(parts).toString()));
      const at = new URL(req.url, 'http://x');
      it.asked.push(`${req.method} ${req.url}`);
      if (req.method === 'POST' && at.pathname === '/v2/requests.json') {
        const key = req.headers['idempotency-key'];
        it.requests.push({ fields, key });
        it.bodies.push(Buffer.concat(parts).toString());
        it.idOf[key] ??= `G-${++serial}`;
        return it.create(res, it.idOf[key]);
      }
      if (req.method === 'POST' && at.pathname === '/v2/servicerequestupdates.json') {
        it.updates.push(fields);
        return json(res, [{ update_id: '1' }]);
      }
      const [, what, id] = /^\/v2\/(requests|tokens)\/(.+)\.json$/.exec(at.pathname) ?? [];
      if (what === 'requests') return it.look(res, decodeURIComponent(id), at.searchParams);
      if (what === 'tokens') return it.token(res, decodeURIComponent(id));
      return res.writeHead(404).end();
    });
  });
  const open = (port) => new Promise((done) => { server.listen(port, '127.0.0.1', done); });
  await open(0);
  const { port } = server.address();
  it.url = `http://127.0.0.1:${port}/v2`;
  it.close = () => new Promise((done) => { server.closeAllConnections(); server.close(done); });
  it.open = () => open(port);
  return it;
}
