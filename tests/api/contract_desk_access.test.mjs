/* Role × action × status: what the server answers is what the table prints. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { actions, at, coordinator, doIt, farsta, roleAt, roles, serial, statuses, submitTo,
  trafik, unit }
  from './contract_desk_kit.mjs';
import { jpeg } from './contract_samples.mjs';
import { multipart, startServer } from './harness.mjs';
import { openPsql } from './psql.mjs';
import { newColleague } from './staff.mjs';

let server;
let line; /* to the database, kept open: a case is made ready a thousand times */
let table;
let picture; /* its place in the store */
const clients = {};
before(async () => {
  server = await startServer();
  line = openPsql(server);
  await coordinator(server);
  const out = await server.ctl(['--json', 'config', '--access']);
  table = JSON.parse(out.stdout).actions;
  assert.equal((await server.post('/api/v1/cases', { multipart: multipart([{ name: 'case', json: { text: 'Bilden' } },
    { name: 'attachment', filename: 'bild.jpg', body: jpeg }]) })).status, 201);
  [picture] = await server.sql('SELECT sha256, thumbnail_sha256 FROM synpunkt.case_attachment');
  for (const role of roles) {
    const board = ['analyst', 'administrator'].includes(role) ? '*' : trafik;
    clients[role] = await newColleague(server, `roll-${role}`, roleAt(role, board));
  }
  await server.sql(`INSERT INTO synpunkt.contractor (code, board, name, way) VALUES
    ('ingen', '${trafik}', 'Gren AB', 'link')`);
  actions.merge[1].parent = (await submitTo(server, 'Samma sak')).number;
});
after(async () => {
  await line.close();
  await server.stop();
});

test('the table has every action, of known roles and statuses', () => {
  assert.deepEqual(table.map((r) => r.action).sort(), Object.keys(actions).sort());
  for (const row of table) {
    assert.ok(row.roles.length && row.roles.every((r) => roles.includes(r)), row.action);
    assert.ok(row.statuses.length && row.statuses.every((s) => statuses.includes(s)));
  }
});

/* A leg that came by a transfer and is not taken yet, so that return and accept could
 * be done, no acknowledgement yet, a marking, a letter that failed, a draft that nobody
 * here has written, a hold, and of a closed one the parent that it was merged into. */
async function prepared(number, status) {
  const id = serial(number);
  await line.run(`BEGIN; UPDATE synpunkt.case SET status = '${status}', board = '${trafik}',
      unit = '${unit}',
      closed_at = ${status === 'closed' ? 'now()' : 'NULL'}, closure_reason = NULL,
      acknowledged_at = NULL, answered_at = NULL, quality_dimension = NULL, handler = NULL,
      threat = false, protected_by = NULL, sensitivity = 1,
      version = version + 1 WHERE id = ${id};
    DELETE FROM synpunkt.case_leg WHERE case_id = ${id};
    INSERT INTO synpunkt.case_leg (case_id, seq, board, opened_at, opened_on, ended_at,
      state, opened_by) VALUES (${id}, 1, '${farsta}', now(), current_date, now(),
      'passed-on', 'routing'), (${id}, 2, '${trafik}', now(), current_date,
      ${status === 'closed' ? 'now()' : 'NULL'}, 'offered', 'routing');
    DELETE FROM synpunkt.case_marking WHERE case_id = ${id};
    INSERT INTO synpunkt.case_marking (case_id, seq, section, marked_at, marked_by)
      SELECT ${id}, 1, 'OSL 21:7', now(), min(id) FROM synpunkt.staff_user;
    DELETE FROM synpunkt.case_concern WHERE case_id = ${id};
    DELETE FROM synpunkt.case_unshown WHERE case_id = ${id};
    DELETE FROM synpunkt.case_photo_shown WHERE case_id = ${id};
    INSERT INTO synpunkt.case_attachment (case_id, seq, name, type, size, state, sha256,
      thumbnail_sha256) VALUES (${id}, 1, 'bild.jpg', 'image/jpeg', 1, 'stored', '${picture.sha256}', '${picture.thumbnail_sha256}')
      ON CONFLICT DO NOTHING;
    DELETE FROM synpunkt.case_merge WHERE child_id = ${id};
    DELETE FROM synpunkt.work_order WHERE case_id = ${id};
    ${status === 'closed' ? `INSERT INTO synpunkt.case_merge (child_id, parent_id, merged_by, status)
      SELECT ${id}, ${serial(actions.merge[1].parent)}, min(id), 'received' FROM synpunkt.staff_user;` : ''}
    DELETE FROM synpunkt.outbox WHERE case_id = ${id};
    INSERT INTO synpunkt.outbox (case_id, seq, kind, due_at, failed_at, trouble)
      VALUES (${id}, 1, 'receipt', now(), now(), 'refused');
    SELECT synpunkt_desk.put_event(${id}, 'approval-asked', 'user:0', '${trafik}', '{}',
      'draft', 'Det är lagat.');
    INSERT INTO synpunkt.disposal_hold (case_id, reason, set_by, from_on)
      VALUES (${id}, 'prov', 'prov', current_date); COMMIT`);
}

const outsiders = ['analyst', 'administrator', 'auditor', 'data-protection-officer'];

for (const status of statuses)
  test(`from ${status}: every role, every action`, async () => {
    /* The whole takes longer than a password once given lasts (sensitive.test.mjs). */
    await server.sql('UPDATE synpunkt.staff_session SET confirmed_at = now()');
    for (const { action, roles: may, statuses: from } of table) {
      /* A case for each: one with hundreds of events takes ten times as long to read. */
      const c = await submitTo(server, `Tabellen, ${action} ${status}`);
      await prepared(c.number, status);
      for (const role of roles) {
        const client = clients[role];
        const seen = await client.get(at(c.number));
        assert.equal(seen.status, outsiders.includes(role) ? 403 : 200, role);
        /* Who may not see the case is told so whatever version they name. */
        const res = await doIt(client, c.number, action, { etag: `"${seen.json?.version ?? 1}"` });
        const done = action === 'change' ? 200 : 201;
        const right = !may.includes(role) ? 403 : from.includes(status) ? done : 409;
        assert.equal(res.status, right, `${role} ${action} ${status}: ${res.text}`);
        if (seen.json?.actions)
          assert.equal(seen.json.actions.includes(action), right === done,
            `${role} is offered ${action} in ${status}`);
        if (right === done) await prepared(c.number, status);
        else if (right === 409) assert.equal(res.json.current.status, status);
      }
    }
  });

test('a right role at another board, or with no board, is no right', async () => {
  const c = await submitTo(server, 'Fel nämnd');
  const mixed = await newColleague(server, 'blandad',
    `board-secretary@${trafik},manager@${farsta}`);
  for (const { action } of table.filter((row) => !row.roles.includes('board-secretary')))
    assert.equal((await doIt(mixed, c.number, action, { etag: '"1"' })).status, 403, action);
  const floating = await newColleague(server, 'svavande', 'manager@*');
  for (const action of Object.keys(actions))
    assert.equal((await doIt(floating, c.number, action, { etag: '"1"' })).status, 404, action);
});
