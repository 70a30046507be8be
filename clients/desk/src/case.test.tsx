import assert from 'node:assert/strict';
import { test } from 'node:test';

import { renderToString } from 'preact-render-to-string';

import { faultsOf } from './action_form.tsx';
import { bodyOf, actionRows, missing, offered, order, pressRows, startValues } from './actions.ts';
import { Conflict } from './conflict.tsx';
import { neighbours } from './case_head.tsx';
import { newest } from './case_state.ts';
import { CaseText } from './case_text.tsx';
import { optionsOf } from './action_field.tsx';
import { documentsOf, markedDocumentsOf } from './marking.tsx';
import { legText, movesOf } from './timeline.tsx';
import { groundFor, isAskedFirst } from './transfer.ts';
import { sv } from './texts/sv.ts';
import type { Case, CaseEvent } from './types.ts';

const lists = { boards: [{ code: 'b', name: 'B' }, { code: 'c', name: 'C' }], categories: [{ code: 'park', name: 'Park',
  area: '', owner: 'b', acknowledgeDays: 2, answerDays: 10, synonyms: [] }],
colleagues: [{ user: 'bo', name: 'Bo', boards: ['b'] }, { user: 'eva', name: 'Eva', boards: ['c'] }],
sections: [], access: [] };

const it: Case = { number: '2026-1', version: 1, type: 'complaint', typeGiven: 'complaint', category: 'park',
  categoryGiven: 'park', categoryName: 'Park', board: 'b', boardName: 'B', status: 'received', receivedAt: '2026-01-01T10:00:00Z', receivedOn: '2026-01-01', registeredAt: '2026-01-01T10:00:00Z',
  acknowledgeBy: '2026-01-03', answerBy: '2026-01-12', overdue: false, handler: null, handlerName: null, snippet: '',
  channel: 'web', unit: null, unitName: null, district: null, districtName: null, sensitivity: 1, qualityDimension: null,
  language: 'sv', onBehalfOf: null, fromChild: false, wantsReply: true, acknowledgedAt: null, answeredAt: null, closedAt: null,
  closureReason: null, acknowledgeBecause: '', answerBecause: '', routing: { rule: 'r', because: 'b' }, text: 'hej',
  acknowledged: false, daysLeft: 5, attention: [], mail: [], marked: false, restricted: false, readers: [], part: 'present', withheld: [], markings: [],
  concerns: [], replyNeedsApproval: false, approval: null,
  threat: false, threatSuggested: false, protectedIdentity: false,
  holds: [], corrections: [], disposedOn: null,
  supporters: 0, followers: 0, onMap: false, hiddenFromMap: false, shownPhotos: [], sameLetter: [], imported: null, replyFiles: [], mentions: [],
  mergedInto: null, merged: [], mergedTotal: 0, mergedWaiting: 0,
  place: null, contact: null, attachments: [], messages: [], notes: [], events: [], legs: [],
  actions: ['reply', 'note', 'assign', 'change'] };
const row = (name: string) => actionRows[name] ?? assert.fail(name);

test('only what the case allows is offered; take and give back go by who has it', () => {
  assert.deepEqual(offered(it, 'me'), ['take', 'reply', 'note', 'assign', 'change']);
  assert.deepEqual(offered({ ...it, handler: 'me' }, 'me'), ['reply', 'note', 'assign', 'giveBack', 'change']);
  assert.deepEqual(offered({ ...it, actions: [] }, 'me'), []);
});

test('whatever stands in the order can be done', () => {
  assert.deepEqual(order.filter((name) => !(name in actionRows) && !(name in pressRows)), []);
});

test('readers are named where most may not read, and removed where some are', () => {
  const secret: Case = { ...it, sensitivity: 3, actions: ['name-reader', 'remove-reader'] };
  assert.deepEqual(offered(secret, 'me'), ['nameReader']);
  assert.deepEqual(offered({ ...secret, sensitivity: 2, readers: [{ user: 'bo', name: 'Bo' }] }, 'me'), ['removeReader']);
});

test('a sensitive case is asked about before it is passed on, until there is a ground', () => {
  const secret: Case = { ...it, sensitivity: 3, actions: ['transfer', 'ask-consent'] };
  const said = (what: CaseEvent['what']): Case => ({ ...secret, events: [{ seq: 2, at: '2026-01-02T10:00:00Z', what, actor: 'resident',
    byName: null, board: 'b', codes: { consentBoard: 'c' } as never }] });
  const asks = (now: Case): boolean => isAskedFirst(now, groundFor(now));
  assert.deepEqual([it, secret, said('consent-given'), said('consent-refused'), { ...secret, actions: [] },
    { ...said('consent-given'), board: 'c' }].map(asks), [false, true, false, false, false, true]);
  assert.equal(isAskedFirst(secret, 'osl-10-28'), false);
});

test('a form begins with the case, then the draft; what is left as it was is not sent', () => {
  const values = startValues(row('change'), it, {});
  assert.deepEqual(values, { category: 'park', type: 'complaint', qualityDimension: '' });
  assert.deepEqual(bodyOf(row('change'), { ...values, qualityDimension: 'cost' }, it), { qualityDimension: 'cost' });
  assert.deepEqual(startValues(row('reply'), it, { text: 'utkast' }), { text: 'utkast', close: '' });
  assert.deepEqual(bodyOf(row('reply'), { text: 'x', close: '' }, it), { text: 'x' });
  assert.deepEqual(missing(row('transfer'), { board: 'c', ground: '', text: '' }).map((f) => f.name), ['ground']);
  assert.deepEqual(missing(row('note'), { text: ' \n' }).map((f) => f.name), ['text']);
});

test('a text that is too long is said at its own field', () => {
  const long = 'å'.repeat(10_001);
  assert.deepEqual(faultsOf(sv, row('overrule'), { user: 'bo', reason: long }), [{ id: 'act-reason', text: sv.error.tooLong }]);
  assert.deepEqual(faultsOf(sv, row('note'), { text: long.slice(1) }), []);
});

test('a correction sends what was changed, and null for what was emptied', () => {
  const her: Case = { ...it, contact: { name: 'Eva', email: 'fel@example.org', phone: '070' } };
  const values = startValues(row('correct'), her, {});
  assert.deepEqual(bodyOf(row('correct'), { ...values, 'contact.email': ' ratt@example.org ', 'contact.phone': '', text: 'x' },
    her), { text: 'x', contact: { email: 'ratt@example.org', phone: null } });
});

test('a case goes to colleagues of its board, and to other boards than its own', () => {
  assert.deepEqual(optionsOf(sv, lists, 'user', it).map(([code]) => code), ['', 'bo']);
  assert.deepEqual(optionsOf(sv, lists, 'board', it).map(([code]) => code), ['', 'c']);
});

test('events say what moved, by name', () => {
  const codes = { status: { from: 'received', to: 'assigned' }, handler: { from: null, to: 'Bo' }, ground: 'consent' } as never;
  assert.deepEqual(movesOf(sv, lists, { what: 'assigned', codes }), ['Läge: Nytt → Hos handläggare',
    'Handläggare: Ingen → Bo', 'Grund: Den som klagar har samtyckt']);
  assert.deepEqual(movesOf(sv, lists, { what: 'received', codes }), []);
});

test('a first leg came in; only a case that was passed on waits to be accepted', () => {
  assert.equal(legText(sv, { seq: 1, state: 'offered' }), 'Kom in hit');
  assert.equal(legText(sv, { seq: 2, state: 'offered' }), 'Inte mottaget än');
  assert.equal(legText(sv, { seq: 1, state: 'accepted' }), 'Mottaget');
});

test('the next case is the one after in the queue; of a case outside it, the first', () => {
  const rows = ['a', 'b', 'c'].map((number) => ({ number }));
  assert.deepEqual(neighbours(rows, 'b'), { at: 2, of: 3, next: 'c', previous: 'a' });
  assert.deepEqual(neighbours(rows, 'x'), { at: 0, of: 3, next: 'a', previous: undefined });
});

test('a conflict shows both texts, and offers to send only what can be done', () => {
  const current: Case = { ...it, version: 2, notes: [
    { document: 'note-2', at: '2026-01-02T10:00:00Z', kind: 'note', byName: 'Bo', text: 'Deras ord' }],
    events: [{ seq: 2, at: '2026-01-02T10:00:00Z', what: 'note', actor: 'staff', byName: 'Bo', board: 'b', codes: {} }] };
  const show = (now: Case) => renderToString(<Conflict current={now} seen={it} row={row('reply')} values={{ text: 'Mina ord' }}
    onSend={() => undefined} onEdit={() => undefined} onDrop={() => undefined} />);

  assert.match(show(current), /Deras ord.*Mina ord/s);
  assert.match(show(current), /Skicka ändå/);
  assert.doesNotMatch(show({ ...current, actions: [] }), /Skicka ändå/);
});

test('the case and each document can be marked; what is marked, unmarked', () => {
  const mark = { section: 'OSL 26:1', at: '2026-01-02T10:00:00Z', byName: 'Bo', removedAt: null, removedByName: null };
  const full: Case = { ...it, attachments: [{ n: 1, name: 'a.pdf', type: 'application/pdf', size: 1, state: 'stored', original: true, mask: null },
    { n: 2, name: 'b.png', type: 'image/png', size: 1, state: 'refused', original: true, mask: null },
    { n: 3, name: 'c.pdf', type: 'application/pdf', size: 1, state: 'checking', original: true, mask: null },
    { n: 4, name: 'd.pdf', type: 'application/pdf', size: 1, state: 'infected', original: true, mask: null }],
  notes: [{ document: 'note-2', at: '2026-01-02T10:00:00Z', kind: 'note', byName: 'Bo', text: 'x' }],
  markings: [{ ...mark, document: 'note-2' },
    { ...mark, document: null, removedAt: '2026-01-03T10:00:00Z', removedByName: 'Bo' }] };

  assert.deepEqual(documentsOf(sv, full).map(([code]) => code), ['', 'text', 'attachment-1', 'note-2']);
  assert.deepEqual(markedDocumentsOf(sv, full).map(([code]) => code), ['note-2']);
  assert.deepEqual(startValues(row('unmark'), full, {}), { document: 'note-2' });
  assert.deepEqual(bodyOf(row('mark'), { document: '', section: 'OSL 26:1' }, it), { section: 'OSL 26:1' });
  assert.deepEqual(movesOf(sv, lists, { what: 'marked', codes: { document: 'case', section: 'OSL 26:1' } as never }),
    ['Handling: Hela ärendet', 'Lagrum: OSL 26:1']);
});

test('a case that came by mail has the whole mail one step away, unless its text was not sent', () => {
  const show = (now: Case): string => renderToString(<CaseText it={now} onCase={() => undefined} />);
  assert.match(show({ ...it, channel: 'mail' }), /href="[^"]*2026-1\/mails\/1" download/);
  assert.doesNotMatch(show(it), /mails/);
  assert.doesNotMatch(show({ ...it, channel: 'mail', text: null }), /mails/);
});

test('a file that was not checked yet, or that something was found in, is named and cannot be opened', () => {
  const file = { n: 1, name: 'c.pdf', type: 'application/pdf', size: 1, original: true, mask: null };
  const show = (state: 'checking' | 'infected'): string => renderToString(
    <CaseText it={{ ...it, attachments: [{ ...file, state }] }} onCase={() => undefined} />);
  assert.match(show('checking'), /c\.pdf: kontrolleras/);
  assert.match(show('infected'), /c\.pdf: filen innehöll skadlig kod och öppnas inte/);
  assert.doesNotMatch(show('checking') + show('infected'), /attachments\/1/);
});

test('an answer goes to followers only where there are some and the box is ticked', () => {
  const followed: Case = { ...it, followers: 3 };
  assert.deepEqual(Object.keys(startValues(row('reply'), it, {})), ['text', 'close']);
  assert.deepEqual(startValues(row('reply'), followed, {}), { text: '', close: '', followers: '' });
  assert.deepEqual(bodyOf(row('reply'), { text: 'Lagat', close: '', followers: '' }, followed), { text: 'Lagat' });
  assert.deepEqual(bodyOf(row('reply'), { text: 'Lagat', followers: 'true' }, followed), { text: 'Lagat', followers: true });
  assert.deepEqual(bodyOf(row('reply'), { text: 'Lagat', followers: 'true' }, it), { text: 'Lagat' }, 'they left meanwhile');
});

test('a picture can be shown to the public where the case may be, and taken back anywhere', () => {
  const file = { n: 1, name: 'a.jpg', type: 'image/jpeg', size: 9, state: 'stored' as const, original: true, mask: null };
  const now: Case = { ...it, attachments: [file], actions: ['show-photo'] };
  const show = (one: Case): string => renderToString(<CaseText it={one} onCase={() => undefined} />);
  assert.match(show(now), /Visa för allmänheten/);
  assert.match(show({ ...now, sensitivity: 2, shownPhotos: [1] }), /Sluta visa/);
  for (const other of [{ ...now, sensitivity: 2 }, { ...now, actions: [] }, { ...now, attachments: [{ ...file, type: 'application/pdf' }] }])
    assert.doesNotMatch(show(other), /allmänheten/);
});

test('an older answer that comes late does not take the place of a newer one', () => {
  const newer = { ...it, version: 3 };
  const earlier = { ...it, version: 2, part: 'earlier' as const };
  assert.equal(newest(newer, { ...it, version: 2 }), newer);
  for (const next of [{ ...it, version: 3 }, { ...it, version: 4 }, { ...it, number: '2026-2' }, earlier])
    assert.equal(newest(newer, next), next);
  assert.equal(newest(null, it), it);
});
