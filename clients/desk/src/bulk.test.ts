import assert from 'node:assert/strict';
import { test } from 'node:test';

import { bulkBody, bulkRows, canRetry, hindrance, outcomeOf, runBulk } from './bulk.ts';
import type { Known, Outcome, Try } from './bulk.ts';
import { between, mostChosen, withMost } from './chosen.ts';
import { OfflineError, ProblemError, SignedOutError } from './errors.ts';
import type { Case, FilledTemplate, Item } from './types.ts';

const item = (number: string, more: Partial<Item> = {}): Item => ({ number, version: 3, type: 'complaint', category: 'park',
  board: 'b', status: 'received', receivedAt: '', acknowledgeBy: '', answerBy: '', overdue: false, marked: false,
  restricted: false, supporters: 0, threat: false, protectedIdentity: false, handler: null, handlerName: null,
  snippet: '', acknowledged: false, daysLeft: 3, attention: [], ...more });
const known: Known = { session: { user: 'me', name: 'Me', csrfToken: '', roles: [{ role: 'case-handler', board: 'b' }] },
  access: [{ action: 'assign', roles: ['case-handler'], statuses: ['received', 'assigned'] },
    { action: 'close', roles: ['manager'], statuses: ['received'] },
    { action: 'acknowledge', roles: ['case-handler'], statuses: ['received'] },
    { action: 'change', roles: ['case-handler'], statuses: ['received'] },
    { action: 'transfer', roles: ['case-handler'], statuses: ['received'] }],
  colleagues: [{ user: 'bo', name: 'Bo', boards: ['b'] }] };
const row = (name: string) => bulkRows[name] ?? assert.fail(name);
const why = (name: string, more: Partial<Item>, values = {}) => hindrance(item('2026-1', more), row(name), values, known);
const tryOf = (number: string, isUnsure = false): Try => ({ item: item(number), version: 3, isUnsure });
const problem = (status: number, more: object = {}) => new ProblemError({ status, detail: '', fields: [], current: undefined,
  isOfInterest: false, retryAfter: 0, outcome: '', needs: '', ...more });
const now = (version: number, events: object[], actions: string[] = ['assign']) =>
  ({ number: '2026-1', version, events, actions, part: 'present' });
const ending = (one: Try, error: unknown): Outcome => outcomeOf(one, error, row('assign'), known.session);

test('before: what cannot be done is known with its reason', () => {
  assert.equal(why('assign', {}, { user: 'bo' }), null);
  assert.equal(why('assign', { restricted: true }), 'unreadable');
  assert.equal(why('assign', { leftAt: '2026-01-01' }), 'left');
  assert.equal(why('assign', { status: 'closed' }), 'closed');
  assert.equal(why('assign', { status: 'answered' }), 'status');
  assert.equal(why('assign', { board: 'c' }), 'role');
  assert.equal(why('close', {}), 'role');
  assert.equal(why('acknowledge', { acknowledged: true }), 'acknowledged');
  assert.equal(why('assign', {}, { user: 'eva' }), 'colleague');
  assert.equal(why('assign', { handler: 'bo' }, { user: 'bo' }), 'same');
  assert.equal(why('assign', {}, { user: '-' }), 'same');
  assert.equal(why('change', {}, { category: 'park', type: '' }), 'same');
  assert.equal(why('change', {}, { category: 'park', qualityDimension: 'cost' }), null);
  assert.equal(why('transfer', {}, { board: 'b' }), 'board');
});

test('a reply goes where its template fits and has all it fills in', () => {
  const template = (id: number, missing: FilledTemplate['missing'] = []): FilledTemplate => ({ id, missing, name: 'Tack',
    language: 'sv', board: null, category: null, status: null, text: 'Tack!' });
  const whyNot = (fitting: FilledTemplate[]) => hindrance(item('2026-1'), row('reply'), { template: '7' },
    { ...known, filled: new Map([['2026-1', fitting]]) });

  assert.equal(whyNot([template(7)]), null);
  assert.equal(whyNot([template(8)]), 'template');
  assert.equal(whyNot([template(7, ['complainantName'])]), 'gap');
  assert.deepEqual(bulkBody({ template: '7', close: 'remedied' }, 'Tack!'), { text: 'Tack!', close: 'remedied' });
  assert.deepEqual(bulkBody({ template: '7', close: '' }, 'Tack!'), { text: 'Tack!' });
});

test('what is left as it is is not sent; nobody is null', () => {
  assert.deepEqual(bulkBody({ category: 'park', type: '', qualityDimension: '' }), { category: 'park' });
  assert.deepEqual(bulkBody({ user: '-' }), { user: null });
});

test('a colleague’s change is a conflict of that case, to be tried again knowingly', () => {
  const stale = ending(tryOf('2026-1'), problem(409, { current: now(4, [{ what: 'changed', byName: 'Bo' }]) }));

  assert.deepEqual([stale.ending, stale.version, canRetry(stale, row('assign'))], ['stale', 4, true]);
  const closed = ending(tryOf('2026-1'), problem(409, { current: now(4, [], ['reopen']) }));
  assert.equal(canRetry(closed, row('assign')), false);
  assert.equal(ending(tryOf('2026-1'), problem(409, { current: now(3, []) })).ending, 'status');
  assert.equal(ending(tryOf('2026-1'), problem(409, { current: now(3, []), isOfInterest: true })).ending, 'interest');
  assert.equal(ending(tryOf('2026-1'), problem(404)).ending, 'forbidden');
  assert.equal(ending(tryOf('2026-1'), problem(422, { fields: [{ name: 'user', reason: '' }] })).field, 'user');
});

test('an answer that was lost: what was done is not taken for a colleague’s', () => {
  const lost = ending(tryOf('2026-1'), new OfflineError(''));
  const mine = problem(409, { current: now(4, [{ what: 'assigned', byName: 'Me' }]) });

  assert.deepEqual([lost.ending, lost.isUnsure, lost.version], ['silent', true, 3]);
  assert.equal(ending(lost, mine).ending, 'done');
  assert.equal(ending(tryOf('2026-1'), mine).ending, 'stale', 'one that was not sent before is another desk’s');
  assert.equal(ending(lost, problem(409, { current: now(4, [{ what: 'assigned', byName: 'Bo' }]) })).ending, 'stale');
  assert.equal(ending(lost, problem(409, { current: now(4, [{ what: 'assigned', byName: 'Me' }, { what: 'note', byName: 'Bo' },
    { what: 'note', byName: 'Bo' }]) })).ending, 'stale', 'an older one is not it');
});

async function run(n: number, send: (one: Try) => Promise<Case | null>, stop = new AbortController()) {
  const seen: Outcome[] = [];
  const outcomes = await runBulk(Array.from({ length: n }, (_, i) => tryOf(`2026-${i}`)), { row: row('assign'),
    session: known.session, stop: stop.signal, send, onOutcome: (outcome) => seen.push(outcome) });
  return { outcomes, seen };
}

test('four at a time, each once, in their order', async () => {
  let now = 0;
  let most = 0;
  const sent: string[] = [];
  const { outcomes, seen } = await run(20, async ({ item: it }) => {
    sent.push(it.number);
    most = Math.max(most, ++now);
    await new Promise((done) => { setTimeout(done, 2); });
    now--;
    return null;
  });

  assert.deepEqual([most, seen.length, new Set(sent).size], [4, 20, 20]);
  assert.ok(outcomes.every((outcome, i) => outcome.ending === 'done' && outcome.item.number === `2026-${i}`));
});

test('a line that breaks, or a stop, begins no more; the rest is listed as not begun', async () => {
  let n = 0;
  const broken = await run(20, () => (++n === 6 ? Promise.reject(new OfflineError('')) : Promise.resolve(null)));
  assert.equal(broken.outcomes.filter((o) => o.ending === 'silent').length, 1);
  assert.ok(broken.outcomes.filter((o) => o.ending === 'unbegun').length >= 10);
  assert.equal(broken.outcomes.length, 20);

  const stop = new AbortController();
  const stopped = await run(20, () => { stop.abort(); return Promise.resolve(null); }, stop);
  assert.equal(stopped.outcomes.filter((o) => o.ending === 'done').length, 1);
  assert.ok(stopped.outcomes.every((o) => canRetry(o, row('assign')) === (o.ending !== 'done')));
  const out = await run(3, () => Promise.reject(new SignedOutError('')));
  assert.equal(out.outcomes[0]?.ending, 'signedOut');
});

test('a range is all between, either way; no more than may be chosen', () => {
  assert.deepEqual(between(['a', 'b', 'c', 'd'], 'c', 'a'), ['a', 'b', 'c']);
  assert.deepEqual(between(['a', 'b'], null, 'b'), ['b']);
  assert.deepEqual(between(['a', 'b'], 'gone', 'b'), ['b']);
  assert.equal(withMost(new Set(), Array.from({ length: 300 }, (_, i) => String(i))).size, mostChosen);
});
