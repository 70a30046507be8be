/* A telephone for tests: the codes of RFC 6238, made apart from the server's library. */
import assert from 'node:assert/strict';
import crypto from 'node:crypto';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export function base32(text) {
  const bits = [...text].map((c) => letters.indexOf(c).toString(2).padStart(5, '0')).join('');
  return Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
}

const stepNow = () => Math.floor(Date.now() / 30000);

/* Waits until a step has three seconds left, so that no test is between two. */
export async function inStep() {
  const left = 30000 - Date.now() % 30000;
  if (left < 3000) await new Promise((done) => { setTimeout(done, left + 50); });
}

/* off: steps from now. */
export function codeOf(secret, off = 0) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(stepNow() + off));
  const mac = crypto.createHmac('sha1', base32(secret)).update(counter).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, '0');
}

/* A code that none of the steps near now has. */
export function wrongCode(secret) {
  const near = [-3, -2, -1, 0, 1, 2, 3].map((off) => codeOf(secret, off));
  return ['000000', '111111', '222222', '333333', '444444', '555555', '666666', '777777']
    .find((code) => !near.includes(code));
}

/* Enrols a signed-in client; { secret, uri, codes }. */
export async function enrol(client) {
  const begun = await client.post('/api/v1/totp');
  assert.equal(begun.status, 201, begun.text);
  const done = await client.post('/api/v1/totp/confirmation',
    { json: { code: codeOf(begun.json.secret) } });
  assert.equal(done.status, 201, done.text);
  return { ...begun.json, codes: done.json.recoveryCodes };
}

/* As if the last code had been taken long ago: what was used may be used again. */
export const forgetStep = (server, username) => server.sql(`UPDATE synpunkt.staff_totp
  SET last_step = 0 WHERE user_id =
    (SELECT id FROM synpunkt.staff_user WHERE username = '${username}')`);
