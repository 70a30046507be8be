/* Section 3, Submit: the rule of every member, at its edges. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { assertProblem, lamp, serialOf, submitter } from './contract_kit.mjs';
import { startServer } from './harness.mjs';

let server;
let submit;
before(async () => {
  server = await startServer();
  submit = submitter(server);
});
after(async () => { await server.stop(); });

const wrong = async (member, ...names) => assertProblem(await submit(member), 422, names);
const right = async (member) => {
  const res = await submit(member);
  assert.equal(res.status, 201, res.text);
  return res;
};
const stored = async (res, kind) => {
  const [row] = await server.sql(`SELECT body FROM synpunkt.case_content
    WHERE case_id = ${serialOf(res)} AND kind = '${kind}'`);
  return row?.body;
};
const caseRow = async (res) =>
  (await server.sql(`SELECT * FROM synpunkt.case WHERE id = ${serialOf(res)}`))[0];

/* text ---------------------------------------------------------------------------- */

test('text is required', async () => {
  await wrong({}, 'text');
  await wrong({ text: null }, 'text');
});

test('text is a string', async () => {
  for (const text of [1, true, [], {}, ['a']]) await wrong({ text }, 'text');
});

test('text of only white space is none', async () => {
  for (const text of ['', ' ', '\n', '\r\n', '\t \n', '\u00a0', '\u2003\u3000', '\u2028',
    '\u0085'])
    await wrong({ text }, 'text');
});

test('one character is enough', async () => {
  for (const text of ['a', '?', 'å', '\u{1f600}', ' x ']) await right({ text });
});

test('10,000 characters are taken, 10,001 are not', async () => {
  const kinds = ['a', 'å', '漢', '\u{1f600}'];
  for (const c of kinds) {
    await right({ text: c.repeat(10000) });
    await wrong({ text: c.repeat(10001) }, 'text');
  }
});

test('CRLF counts as one character', async () => {
  await right({ text: `x${'\r\n'.repeat(9999)}` });
  await wrong({ text: `x${'\r\n'.repeat(10000)}` }, 'text');
});

test('a lone CR and a lone LF count as one each', async () => {
  for (const c of ['\r', '\n']) {
    await right({ text: `x${c.repeat(9999)}` });
    await wrong({ text: `x${c.repeat(10000)}` }, 'text');
  }
});

test('U+0000 in the text is refused', async () => {
  await wrong({ text: 'a\u0000b' }, 'text');
  await wrong({ text: '\u0000' }, 'text');
});

test('the text is stored as it was sent', async () => {
  for (const text of ['  Hej\r\npå\ndig\t\u{1f600} é \u0001 ', 'e\u0301 \u202e', '"\\\'<b>{{x}}'])
    assert.equal(await stored(await right({ text }), 'text'), text);
});

/* type ---------------------------------------------------------------------------- */

test('every type for residents is taken', async () => {
  for (const type of ['complaint', 'suggestion', 'praise', 'question', 'fault-report'])
    assert.equal((await right({ ...lamp, type })).json.type, type);
});

test('a type that is absent or null is a complaint', async () => {
  assert.equal((await right(lamp)).json.type, 'complaint');
  assert.equal((await right({ ...lamp, type: null })).json.type, 'complaint');
});

test('the types for staff, unknown ones and no strings are wrong', async () => {
  for (const type of ['deviation', 'citizen-proposal', 'Complaint', 'klagomål', '', 1, []])
    await wrong({ ...lamp, type }, 'type');
});

/* category ------------------------------------------------------------------------ */

test('no category, or null, means I do not know', async () => {
  for (const json of [{ text: 'Hej' }, { text: 'Hej', category: null }])
    assert.equal((await right(json)).json.category, null);
});

test('an unknown category is wrong', async () => {
  for (const category of ['', 'okand', 'Gatubelysning', 'district', 'none', 4, {}, 'a\u0000'])
    await wrong({ text: 'Hej', category }, 'category');
});

/* place --------------------------------------------------------------------------- */

test('lat and lon go together', async () => {
  await wrong({ ...lamp, place: { lat: 59.3 } }, 'place.lon');
  await wrong({ ...lamp, place: { lon: 18 } }, 'place.lat');
  await wrong({ ...lamp, place: { lat: 59.3, lon: null } }, 'place.lon');
  await wrong({ ...lamp, place: { lat: null, lon: 18 } }, 'place.lat');
});

test('each way alone is enough', async () => {
  for (const place of [{ lat: 59.3, lon: 18 }, { address: 'Torget 1' },
    { unit: 'Biblioteket Lyktan' }])
    await right({ ...lamp, place });
});

test('the position is within WGS 84', async () => {
  for (const [lat, lon] of [[90, 180], [-90, -180], [0, 0], [59, 18], [1e-320, 1e-9]])
    await right({ ...lamp, place: { lat, lon } });
  for (const lat of [90.0000001, -90.1, 1e300])
    await wrong({ ...lamp, place: { lat, lon: 18 } }, 'place.lat');
  for (const lon of [180.0000001, -181, 1e300])
    await wrong({ ...lamp, place: { lat: 59, lon } }, 'place.lon');
  await wrong({ ...lamp, place: { lat: 91, lon: 181 } }, 'place.lat', 'place.lon');
});

test('a position is of numbers', async () => {
  for (const lat of ['59.3', 'NaN', true, [], {}])
    await wrong({ ...lamp, place: { lat, lon: 18 } }, 'place.lat');
});

test('NaN, Infinity and numbers too large are no JSON', async () => {
  for (const n of ['NaN', 'Infinity', '-Infinity', '1e999', '+1', '.5', '1.', '01', '0x10']) {
    const res = await server.post('/api/v1/cases',
      { body: `{"text":"x","place":{"lat":${n},"lon":1}}`,
        headers: { 'content-type': 'application/json' } });
    assertProblem(res, 400);
  }
});

test('an address has 300 characters at most', async () => {
  for (const c of ['a', 'å', '\u{1f600}']) {
    await right({ ...lamp, place: { address: c.repeat(300) } });
    await wrong({ ...lamp, place: { address: c.repeat(301) } }, 'place.address');
  }
});

test('address and unit are strings without U+0000', async () => {
  for (const v of [1, false, [], {}, 'a\u0000']) {
    await wrong({ ...lamp, place: { address: v } }, 'place.address');
    await wrong({ ...lamp, place: { unit: v } }, 'place.unit');
  }
});

test('a place is an object; null and empty mean none', async () => {
  for (const place of [1, 'x', [], true]) await wrong({ ...lamp, place }, 'place');
  await right({ ...lamp, place: null });
  await right({ ...lamp, place: { lat: null, lon: null, address: null, unit: null } });
});

/* contact ------------------------------------------------------------------------- */

test('without contact the case is anonymous', async () => {
  for (const json of [lamp, { ...lamp, contact: null }, { ...lamp, contact: {} },
    { ...lamp, contact: { name: null, email: null, phone: null } }])
    assert.equal(await stored(await right(json), 'contact'), undefined);
});

test('an address that can be one is taken', async () => {
  for (const email of ['a@b.se', 'anna.åkesson@example.se', 'a+b@example.se', "o'x@example.se",
    'anna@åre.se', 'a@xn--re-xia.se', 'a_b-c@sub.sub.example.museum', '1@1.se'])
    await right({ ...lamp, contact: { email } });
});

test('an address that cannot be one is wrong', async () => {
  for (const email of ['', ' ', 'anna', '@', 'anna@', '@example.se', 'anna@@example.se', 'a b@example.se',
    'anna@exa mple.se', 'anna@.se', 'anna@example..se', 'anna@-x.se', 'a@b@c.se',
    'anna@example.se\r\nBcc: x@y.se', 'a\u0000@example.se', `${'x'.repeat(300)}@example.se`,
    'Anna <anna@example.se>', 'anna@example.se, b@example.se', 1, [], {}])
    await wrong({ ...lamp, contact: { email } }, 'contact.email');
});

test('name and phone are strings', async () => {
  for (const v of [1, [], {}, true, 'a\u0000']) {
    await wrong({ ...lamp, contact: { name: v } }, 'contact.name');
    await wrong({ ...lamp, contact: { phone: v } }, 'contact.phone');
  }
  for (const contact of [1, 'x', [], false]) await wrong({ ...lamp, contact }, 'contact');
});

test('a phone number is taken as people write it', async () => {
  for (const phone of ['070-123 45 67', '+46 8 508 00 000', '(08) 508 000 00', '0046 8 508 00 000',
    '08-508 00 000 ankn. 12'])
    await right({ ...lamp, contact: { phone } });
});

/* wantsReply, language, onBehalfOf ------------------------------------------------ */

const wants = async (more) => (await caseRow(await right({ ...lamp, ...more }))).wants_reply;

test('a reply is wanted where there is a way to answer, unless said', async () => {
  assert.equal(await wants({}), 'f');
  assert.equal(await wants({ contact: { name: 'Anna' } }), 'f');
  assert.equal(await wants({ contact: { email: 'a@b.se' } }), 't');
  assert.equal(await wants({ contact: { phone: '070-123 45 67' } }), 't');
  assert.equal(await wants({ contact: { email: 'a@b.se' }, wantsReply: null }), 't');
  assert.equal(await wants({ contact: { email: 'a@b.se' }, wantsReply: false }), 'f');
});

test('wantsReply is a boolean', async () => {
  for (const wantsReply of ['true', 1, [], {}]) await wrong({ ...lamp, wantsReply }, 'wantsReply');
});

test('the language is a BCP 47 tag, Swedish unless said', async () => {
  assert.equal((await caseRow(await right(lamp))).language, 'sv');
  assert.equal((await caseRow(await right({ ...lamp, language: null }))).language, 'sv');
  for (const language of ['en', 'fi', 'fit', 'se', 'sv-x-easy', 'zh-Hant-TW', 'sr-Latn', 'EN-gb'])
    await right({ ...lamp, language });
});

test('what is no language tag is wrong', async () => {
  for (const language of ['', 'svenska språket', 'x y', 'sv_SE', '-', 'sv-', 'a\u0000', 'å', 7, [],
    'x'.repeat(300)])
    await wrong({ ...lamp, language }, 'language');
});

test('on whose behalf is one of five', async () => {
  for (const onBehalfOf of ['self', 'child', 'relative', 'client', 'other', null])
    await right({ ...lamp, onBehalfOf });
  for (const onBehalfOf of ['', 'Self', 'friend', 1, []])
    await wrong({ ...lamp, onBehalfOf }, 'onBehalfOf');
});

/* All together --------------------------------------------------------------------- */

test('members that are not known are ignored', async () => {
  await right({ ...lamp, colour: 'red', board: 'x', status: 7, place: { address: 'x', z: [] },
    contact: { email: 'a@b.se', fax: 1 } });
});

test('all faults are told at once, by the members\' paths', async () => {
  await wrong({ type: 'deviation', category: 'x', wantsReply: 'yes', language: '!',
    place: { lat: 91, lon: '1', address: 'x'.repeat(301) }, onBehalfOf: 'cat',
    contact: { name: 1, email: 'x', phone: [] } },
  'text', 'type', 'category', 'place.lat', 'place.lon', 'place.address', 'contact.name',
  'contact.email', 'contact.phone', 'wantsReply', 'language', 'onBehalfOf');
});

test('the whole body has to be an object', async () => {
  for (const body of ['null', '[]', '"x"', '1', 'true']) {
    const res = await server.post('/api/v1/cases',
      { body, headers: { 'content-type': 'application/json' } });
    assert.ok(res.status === 400 || res.status === 422, `${body}: ${res.status}`);
    assertProblem(res, res.status);
  }
});

test('nothing is stored of what was refused', async () => {
  const count = async () =>
    (await server.sql('SELECT count(*) AS n FROM synpunkt.case'))[0].n;
  const before = await count();
  await wrong({ text: ' ' }, 'text');
  await wrong({ ...lamp, category: 'x' }, 'category');
  assert.equal(await count(), before);
});
