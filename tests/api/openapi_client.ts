/*
 * A program that somebody else would write: by the client that is generated of
 * /api/v1/openapi.json and nothing else. Compiled strictly by openapi.test.mjs.
 *
 *   node openapi_client.js URL USERNAME PASSWORD MONTH
 */
import createClient from 'openapi-fetch';

import type { components, paths } from './api.gen.js';

type Problem = components['schemas']['Problem'];

interface Answer<T> { data?: T; error?: unknown; response: Response }

function must<T>(answer: Answer<T>): T {
  if (answer.data === undefined)
    throw new Error(`${answer.response.status} ${answer.response.url}: ${JSON.stringify(answer.error)}`);
  return answer.data;
}

const [baseUrl = '', username = '', password = '', month = ''] = process.argv.slice(2);
const resident = createClient<paths>({ baseUrl });

const receipt = must(await resident.POST('/api/v1/cases', { body: {
  text: 'Lampan vid busshållplatsen är släckt', category: 'gatubelysning',
  place: { lat: 59.2518, lon: 18.0921 } } }));
const refused = await resident.POST('/api/v1/cases', { body: { text: '', type: 'praise' } });
const problem: Problem | undefined = refused.error;

async function follow(): Promise<components['schemas']['Case']> {
  return must(await resident.GET('/api/v1/cases/{number}', {
    params: { path: { number: receipt.number } },
    headers: { authorization: `Bearer ${receipt.followUpCode}` } }));
}
const before = await follow();

const entered = await resident.POST('/api/v1/sessions', { body: { username, password } });
const session = must(entered);
const cookie = entered.response.headers.getSetCookie().map((c) => c.split(';')[0]).join('; ');
const staff = createClient<paths>({ baseUrl, headers: { cookie, 'x-csrf-token': session.csrfToken } });

const queue = must(await staff.GET('/api/v1/desk/cases', { params: { query: { q: receipt.number } } }));
const path = { number: receipt.number };
const read = await staff.GET('/api/v1/desk/cases/{number}', { params: { path } });
const answered = must(await staff.POST('/api/v1/desk/cases/{number}/replies', {
  params: { path, header: { 'If-Match': read.response.headers.get('etag') ?? '' } },
  body: { text: 'Lampan är bytt.', close: 'remedied' } }));
const figures = must(await staff.GET('/api/v1/statistics', {
  params: { query: { board: answered.board, month } } }));
const ended = await staff.DELETE('/api/v1/sessions/current');

console.log(JSON.stringify({
  number: receipt.number, board: receipt.board.code, refused: problem?.invalidParams?.map((p) => p.name),
  before: before.status, queue: queue.items.map((i) => i.number), text: must(read).text,
  answered: answered.status, after: (await follow()).messages.map((m) => m.text),
  figures: figures.month, ended: ended.response.status }));
