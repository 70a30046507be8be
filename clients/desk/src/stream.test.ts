import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseEvents } from './stream.ts';

const event = 'id: 7\nevent: case-changed\ndata: {"number":"2026-1","version":3}\n\n';

test('whole events are taken, the rest is kept for later', () => {
  assert.deepEqual(parseEvents(`retry: 2000\n\n${event}id: 8\nev`), { lastId: '7',
    changes: [{ number: '2026-1', version: 3 }], presences: [], rest: 'id: 8\nev' });
});

test('beats, other events and broken data change nothing', () => {
  for (const text of [':\n\n', 'event: other\ndata: {}\n\n', 'event: case-changed\ndata: {"number":1}\n\n',
    'event: case-changed\ndata: {\n\n'])
    assert.deepEqual(parseEvents(text), { changes: [], presences: [], lastId: null, rest: '' }, text);
});

test('an event that comes in two pieces is one event', () => {
  const first = parseEvents(event.slice(0, 20));

  assert.deepEqual(first.changes, []);
  assert.equal(parseEvents(first.rest + event.slice(20)).changes.length, 1);
});

test('that something is new of who has a case open is told by its number alone', () => {
  assert.deepEqual(parseEvents('event: presence\ndata: {"number":"2026-1"}\n\n').presences, ['2026-1']);
  assert.deepEqual(parseEvents('event: presence\ndata: {}\n\n').presences, []);
});
