/* What the tests of work orders share: contractors of a board, and orders of a case. */
import assert from 'node:assert/strict';

import { at, serial } from './contract_desk_kit.mjs';

export async function addContractor(leader, row) {
  const res = await leader.post('/api/v1/settings/contractors', { json: { reason: 'Ny', row: {
    board: 'trafiknamnden', ...row } } });
  assert.equal(res.status, 201, res.text);
  return row.code;
}

export async function addShare(leader, row) {
  const res = await leader.post('/api/v1/settings/contractor-shares', { json: { reason: 'Ny', row: {
    board: 'trafiknamnden', ...row } } });
  assert.equal(res.status, 201, res.text);
}

export const orders = async (client, number) => {
  const res = await client.get(at(number, 'orders'));
  assert.equal(res.status, 200, res.text);
  return res.json;
};
export const tagOf = async (client, number) => (await client.get(at(number))).headers.etag;

/* Orders with the case's present tag; gives the order. */
export async function order(client, number, json, status = 201) {
  const res = await client.post(at(number, 'orders'), { etag: await tagOf(client, number),
    json: { text: 'Byt lampan i stolpen.', ...json } });
  assert.equal(res.status, status, res.text);
  return status === 201 ? res.json.items[0] : res;
}

export async function doOrder(client, number, id, what, json, status = 200) {
  const res = await client.post(at(number, `orders/${id}/${what}`), {
    etag: await tagOf(client, number), json: json ?? {} });
  assert.equal(res.status, status, res.text);
  return status === 200 ? res.json.items.find((o) => o.id === id) : res;
}

/* Whatever is to be done is to be done now. */
export const hurry = (server) => server.sql(
  'UPDATE synpunkt.work_order SET due_at = now() WHERE due_at IS NOT NULL');
export const row = async (server, id) => (await server.sql(
  `SELECT * FROM synpunkt.work_order WHERE id = ${id}`))[0];
export const eventsOf = async (server, number) => (await server.sql(`SELECT what FROM
  synpunkt.case_event WHERE case_id = ${serial(number)} AND what LIKE 'order-%' ORDER BY seq`)).map((e) => e.what);
