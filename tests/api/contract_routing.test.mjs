/* Which board gets a case, and by when: over the wire, and equal to synpunktctl. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { lamp, submitter } from './contract_kit.mjs';
import { eventually, startServer } from './harness.mjs';

let server;
let submit;
before(async () => {
  server = await startServer();
  submit = submitter(server);
});
after(async () => { await server.stop(); });

const sent = async (json) => {
  const res = await submit({ text: 'Så här är det.', ...json });
  assert.equal(res.status, 201, res.text);
  return res.json;
};

/* One within each district, its centre. */
const districts = {
  'bromma-stadsdelsnamnd': [59.3411, 17.9359],
  'enskede-arsta-vantors-stadsdelsnamnd': [59.2784, 18.0518],
  'farsta-stadsdelsnamnd': [59.2518, 18.0921],
  'hagersten-alvsjo-stadsdelsnamnd': [59.2925, 17.99],
  'hasselby-vallingby-stadsdelsnamnd': [59.3716, 17.8331],
  'jarva-stadsdelsnamnd': [59.3977, 17.9118],
  'kungsholmens-stadsdelsnamnd': [59.3293, 18.0154],
  'norra-innerstadens-stadsdelsnamnd': [59.3436, 18.0913],
  'skarpnacks-stadsdelsnamnd': [59.2643, 18.1407],
  'skarholmens-stadsdelsnamnd': [59.2851, 17.906],
  'sodermalms-stadsdelsnamnd': [59.3142, 18.0678],
};

for (const [board, [lat, lon]] of Object.entries(districts))
  test(`a park at ${lat}, ${lon} is the matter of ${board}`, async () => {
    const made = await sent({ category: 'park', place: { lat, lon } });
    assert.equal(made.board.code, board);
    assert.ok(made.routing.because.includes(made.board.name), made.routing.because);
  });

const owners = { vagskador: 'trafiknamnden', sophamtning: 'stockholm-vatten-och-avfall',
  livsmedel: 'miljo-och-halsoskyddsnamnden', bygglov: 'stadsbyggnadsnamnden',
  byggprojekt: 'exploateringsnamnden', 'skola-trygghet': 'utbildningsnamnden',
  'vuxenutbildning-arbete': 'arbetsmarknadsnamnden', 'god-man': 'overformyndarnamnden',
  bostadsko: 'bostadsformedlingen-i-stockholm', bibliotek: 'kulturnamnden',
  'simhall-idrottshall': 'idrottsnamnden', 'bemotande-kontakt': 'servicenamnden',
  'webb-etjanst-tillganglighet': 'kommunstyrelsen' };

for (const [category, board] of Object.entries(owners))
  test(`${category} is the matter of ${board}, wherever it is`, async () => {
    for (const place of [null, { lat: 59.2518, lon: 18.0921 }, { lat: 0, lon: 0 }])
      assert.equal((await sent({ category, place })).board.code, board);
  });

test('a matter of the district in an unknown place goes to dispatch, with the reason', async () => {
  for (const place of [null, { address: 'Storgatan 1' }, { lat: 0, lon: 0 },
    { lat: -90, lon: 180 }, { unit: 'En enhet som inte finns' }]) {
    const made = await sent({ category: 'park', place });
    assert.equal(made.board.code, 'dispatch', JSON.stringify(place));
    assert.ok(made.routing.because.length > 20);
  }
});

test('no category and no known word goes to dispatch', async () => {
  assert.equal((await sent({ text: 'Hej' })).board.code, 'dispatch');
});

test('no category but a known word goes to the owner of that', async () => {
  for (const [text, board] of [['Det är ett potthål här', 'trafiknamnden'],
    ['LYKTSTOLPEN lutar', 'trafiknamnden'], ['Klotter på väggen', 'trafiknamnden']])
    assert.equal((await sent({ text })).board.code, board, text);
});

test('a known unit decides the board, by name and by code', async () => {
  const [unit] = await server.sql(`SELECT * FROM synpunkt.unit
    WHERE name = 'Solglimtens äldreboende'`);
  for (const said of [unit.name, unit.code])
    assert.equal((await sent({ category: 'aldreboende', place: { unit: said } })).board.code,
      'bromma-stadsdelsnamnd', said);
});

test('no case goes nowhere: every category, with and without a place', async () => {
  const { json } = await server.get('/api/v1/categories?limit=200');
  const boards = new Set((await server.get('/api/v1/boards?limit=200')).json.items
    .map((b) => b.code));
  for (const { code, owner } of json.items)
    for (const place of [null, { lat: 59.3142, lon: 18.0678 }]) {
      const made = await sent({ category: code, place });
      assert.ok(boards.has(made.board.code), `${code}: ${made.board.code}`);
      assert.ok(made.routing.rule.length > 0 && made.routing.because.length > 0);
      assert.ok(!/[{}]/.test(made.routing.because), made.routing.because);
      if (owner === 'district' && place)
        assert.equal(made.board.code, 'sodermalms-stadsdelsnamnd', code);
    }
});

test('synpunktctl route says the same as the server does', async () => {
  for (const [category, lat, lon] of [['park', 59.2518, 18.0921], ['gatubelysning', 59.3, 18],
    ['lekplats', 0, 0], ['aldreboende', 59.3411, 17.9359]]) {
    const made = await sent({ category, place: { lat, lon } });
    const out = await server.ctl(['--json', 'route', '--category', category, '--type', 'complaint',
      '--lat', String(lat), '--lon', String(lon), '--text', 'Så här är det.', '--channel', 'api']);
    assert.equal(out.code, 0, out.stderr);
    const said = JSON.parse(out.stdout);
    assert.deepEqual([said.board, said.unit, said.category, said.rule, said.because],
      [made.board.code, null, category, made.routing.rule, made.routing.because]);
  }
});

/* Deadlines ---------------------------------------------------------------------------- */

const local = (instant) => new Intl.DateTimeFormat('sv', { timeZone: 'Europe/Stockholm' })
  .format(new Date(instant));

test('the dates promised are those of synpunktctl due', async () => {
  for (const [category, acknowledge, answer] of [['gatubelysning', 2, 10], ['snorojning', 1, 5],
    ['stadning', 2, 5], ['skola-undervisning', 1, 10], [null, 2, 10]]) {
    const made = await sent({ category });
    const day = local(made.receivedAt);
    const due = async (n) => (await server.ctl(['due', day, String(n)])).stdout.trim();
    assert.equal(made.acknowledgeBy, await due(acknowledge), category);
    assert.equal(made.answerBy, await due(answer), category);
  }
});

test('a day on which the city is closed moves the promise', async () => {
  const before = await sent(lamp);
  assert.ok(before.answerBy > before.acknowledgeBy);
  await server.sql(`INSERT INTO synpunkt.working_day_exception (day, open, name)
    VALUES ('${before.acknowledgeBy}', false, 'stängt')`);
  await eventually('the promise is later', async () =>
    (await sent(lamp)).acknowledgeBy > before.acknowledgeBy);
});
