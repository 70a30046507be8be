/* What the desk's contract tests share: cases, colleagues, and short ways to act. */
import assert from 'node:assert/strict';

import { newColleague } from './staff.mjs';

export const trafik = 'trafiknamnden';
export const farsta = 'farsta-stadsdelsnamnd';

export const roles = ['registrar', 'coordinator', 'case-handler', 'manager',
  'board-secretary', 'dispatcher', 'analyst', 'data-protection-officer', 'auditor',
  'provider', 'administrator'];
export const statuses = ['received', 'assigned', 'waiting-complainant', 'waiting-other',
  'awaiting-approval', 'answered', 'closed'];

/* Each action of the table: its address, and a body that is right. */
export const actions = {
  change: ['', { qualityDimension: 'safety' }],
  acknowledge: ['acknowledgements', {}],
  ask: ['questions', { text: 'Var?' }],
  reply: ['replies', { text: 'Det är lagat.' }],
  note: ['notes', { text: 'till oss' }],
  assign: ['assignments', { user: 'kontrakt-co' }],
  transfer: ['transfers', { board: farsta, ground: 'no-secrecy' }],
  return: ['returns', {}],
  close: ['closures', { reason: 'explained' }],
  reopen: ['reopenings', {}],
  'notify-delay': ['delay-notices', {}],
  'interim-reply': ['interim-replies', { text: 'Vi har varit där.' }],
  'retry-mail': ['mail-retries', {}],
  wait: ['waits', {}],
  resume: ['resumptions', {}],
  accept: ['acceptances', {}],
  'ask-consent': ['consent-requests', { board: farsta }],
  'name-reader': ['readers', { user: 'kontrakt-co' }],
  'remove-reader': ['reader-removals', { user: 'kontrakt-co' }],
  mark: ['markings', { section: 'OSL 26:1' }],
  unmark: ['marking-removals', {}],
  approve: ['approvals', {}],
  'reject-approval': ['approvals/rejections', { text: 'Skriv vänligare.' }],
  'withdraw-approval': ['approvals/withdrawals', {}],
  concern: ['concerns', { user: 'kontrakt-co' }],
  hold: ['holds', { text: 'Rättegång pågår' }],
  'release-hold': ['hold-releases', {}],
  'flag-threat': ['threats', {}],
  protect: ['protections', {}],
  split: ['splits', { parts: [{ text: 'Lampan.', category: 'gatubelysning', board: trafik }] }],
  'show-photo': ['attachments/1/publications', { shown: true }],
  'show-case': ['publications', { shown: false }],
  merge: ['merges', { parent: '2026-1' }], /* there is none: whoever wants it done says another */
  unmerge: ['merge-removals', {}],
  'mask-picture': ['attachments/1/masks', { areas: [{ left: 0, top: 0, width: 8, height: 8 }] }],
  'hand-off': ['hand-offs', { to: 'police' }],
  order: ['orders', { contractor: 'ingen', text: 'Laga lampan' }], /* the same */
  correct: ['corrections', { text: 'Det stod fel', contact: { name: 'Rätt Namn' } }],
};

/* A provider is one unit's. */
export const unit = 'klippskolan';
export const roleAt = (role, board) => `${role}@${board}${role === 'provider' ? `/${unit}` : ''}`;

export const at = (number, what = '') =>
  `/api/v1/desk/cases/${number}${what && `/${what}`}`;
export const serial = (number) => number.split('-')[1];

export const doIt = (client, number, action, options) => {
  const [word, json] = actions[action];
  return client[action === 'change' ? 'patch' : 'post'](at(number, word),
    { json, ...options });
};

export async function submitTo(server, text, more = {}) {
  const res = await server.post('/api/v1/cases', { json: { text,
    category: 'gatubelysning', contact: { email: 'a@example.org' }, ...more } });
  assert.equal(res.status, 201, res.text);
  assert.equal(res.json.board.code, trafik);
  return res.json;
}

/* A coordinator of the board, and its manager: who may do everything. */
export const coordinator = (server) =>
  newColleague(server, 'kontrakt-co', `coordinator@${trafik},manager@${trafik}`, 'Cia Ord');

/* Does it with the case's present tag. */
export async function act(client, number, action, json, status) {
  const { etag } = (await client.get(at(number))).headers;
  const res = await doIt(client, number, action, { etag, ...(json && { json }) });
  assert.equal(res.status, status ?? (action === 'change' ? 200 : 201), res.text);
  return res;
}

export const events = (server, number) => server.sql(`SELECT what, codes FROM
  synpunkt.case_event WHERE case_id = ${serial(number)} ORDER BY seq`);
