/* A morning at the desk by keyboard alone: sorted case by case, at most six keys each; and the
 * command palette, which finds what one wants by some letters. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startServer } from '../api/harness.mjs';
import { addUser, signIn } from '../api/staff.mjs';
import { closeBrowser, formEnv } from './browser.mjs';
import { at, clean, enterDesk, leave, says } from './desk_kit.mjs';

const trafik = 'trafiknamnden';
const password = {};
let server;

before(async () => {
  server = await startServer({ env: formEnv });
  for (const [user, name, role] of [['rut', 'Rut Registrator', 'registrar'], ['bo', 'Bo Alm', 'case-handler']])
    password[user] = await addUser(server, user, `${role}@${trafik}`, name);
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});

async function submit(n, category) {
  const made = [];
  for (let i = 0; i < n; i++) {
    const res = await server.post('/api/v1/cases', { json: { text: `Morgonens ärende ${i}.`, category, type: 'praise',
      place: { lat: 59.2518, lon: 18.0921 } } });
    assert.equal(res.status, 201, res.text);
    made.push(res.json);
  }
  return made;
}

const rowsOf = async (cases) => server.sql(`SELECT c.category, c.acknowledged_at IS NOT NULL AS acknowledged, u.username AS handler,
    (SELECT string_agg(e.what, ',' ORDER BY e.seq) FROM synpunkt.case_event e WHERE e.case_id = c.id AND e.actor LIKE 'user:%') AS events
  FROM synpunkt.case c LEFT JOIN synpunkt.staff_user u ON u.id = c.handler
  WHERE c.id IN (${cases.map((c) => Number(c.number.split('-')[1])).join(',')}) ORDER BY c.id`);

const queue = (category) => `/desk/?category=${category}&type=praise&sort=receivedAt`;

/* Counts what is pressed. */
function fingers(tab) {
  const count = { n: 0 };
  return { count, press: async (...keys) => { for (const key of keys) { count.n++; await tab.keyboard.press(key); } } };
}

const atCase = async (tab, { number }) => {
  await tab.waitForSelector(`.casehead h1:focus:has-text("${number}")`);
  await tab.waitForSelector('.sort .quick button');
};

test('ten cases acknowledged, categorised and assigned, at most six keys each', async () => {
  const cases = await submit(10, 'gatuarbete');
  const tab = await enterDesk(server, 'rut', password.rut, queue('gatuarbete'));
  const { count, press } = fingers(tab);

  await tab.locator('a.open').nth(9).waitFor();
  await press('s');
  await atCase(tab, cases[0]);
  await clean(tab, 'sorting fast');
  const first = (await tab.textContent('.quick button:nth-child(2) span')).trim();
  for (const [i, c] of cases.entries()) {
    await atCase(tab, c);
    count.n = 0;
    if (i % 2 === 0) {
      await press('a', '2', 't');
    } else {
      await press('a', '2', 'g');
      await tab.waitForSelector('#palette:focus');
      await press('b', 'Enter'); /* Bo */
    }
    assert.ok(count.n <= 6, `${count.n} keys`);
  }
  await tab.waitForURL(/\/desk\/\?category=gatuarbete/);
  await says(tab, 'Det var det sista ärendet i urvalet.');
  const rows = await rowsOf(cases);
  assert.deepEqual(rows.map((r) => r.handler), cases.map((_, i) => (i % 2 === 0 ? 'rut' : 'bo')));
  assert.equal(new Set(rows.map((r) => r.category)).size, 1);
  assert.notEqual(rows[0].category, 'gatuarbete');
  assert.ok(rows.every((r) => r.events === 'acknowledged,changed,assigned'), JSON.stringify(rows));
  const named = await server.sql(`SELECT name FROM synpunkt.category WHERE code = '${rows[0].category}'`);
  assert.equal(named[0].name, first);
  await leave(tab);
});

test('a subject by some letters, six keys with them; what was chosen last comes first', async () => {
  const cases = await submit(2, 'stadning');
  const tab = await enterDesk(server, 'rut', password.rut, queue('stadning'));
  const { count, press } = fingers(tab);

  await tab.locator('a.open').nth(1).waitFor();
  await press('s');
  await atCase(tab, cases[0]);
  count.n = 0;
  await press('a', 'c');
  await tab.waitForSelector('#palette:focus');
  await press('k', 'Enter');
  await press('t');
  assert.ok(count.n <= 6, `${count.n} keys`);
  await atCase(tab, cases[1]);
  await press('c');
  await tab.waitForSelector('#palette:focus');
  await clean(tab, 'a list to type in');
  await press('Enter', 't');
  await says(tab, 'Det var det sista ärendet i urvalet.');
  const rows = await rowsOf(cases);
  assert.equal(rows[0].category, rows[1].category);
  assert.notEqual(rows[0].category, 'stadning');
  await leave(tab);
});

test('a colleague in between: it is said, the case is shown as it is, and one goes on', async () => {
  const [c] = await submit(1, 'klotter');
  const tab = await enterDesk(server, 'rut', password.rut, `${at(c)}?sortera=1`);
  const bo = await signIn(server, 'bo', password.bo);

  await atCase(tab, c);
  await tab.route('**/events', (route) => route.abort()); /* it does not hear of it */
  await tab.route(/acknowledgements$/, async (route) => {
    await bo.post(`/api/v1/desk/cases/${c.number}/notes`, { json: { text: 'Före dig.' }, etag: '"1"' });
    await route.continue();
  }, { times: 1 });
  await tab.keyboard.press('a');
  await tab.keyboard.press('t'); /* which waits, and is dropped with it */
  await says(tab, 'Någon annan ändrade ärendet samtidigt.');
  await says(tab, 'Före dig.');
  assert.deepEqual((await rowsOf([c])).map((r) => [r.events, r.handler]), [['note', null]]);
  await tab.keyboard.press('a');
  await says(tab, 'Bekräftelsen är registrerad.');
  await leave(tab);
});

test('what is refused is told although one has pressed on to the next case', async () => {
  const [c] = await submit(2, 'klotter');
  const tab = await enterDesk(server, 'rut', password.rut, `${at(c)}?sortera=1`);
  const bo = await signIn(server, 'bo', password.bo);

  await atCase(tab, c);
  await tab.waitForSelector('.quick kbd');
  await tab.route('**/events', (route) => route.abort());
  await tab.route(new RegExp(`cases/${c.number}$`), async (route) => {
    if (route.request().method() !== 'PATCH') { await route.continue(); return; }
    await bo.post(`/api/v1/desk/cases/${c.number}/notes`, { json: { text: 'Före dig.' }, etag: '"1"' });
    await route.continue();
  });
  await tab.keyboard.press('2');
  await tab.keyboard.press('s');
  await says(tab, 'Någon annan ändrade ärendet samtidigt.');
  assert.match(tab.url(), new RegExp(c.number), 'the next key waits for the answer, and is dropped with it');
  await leave(tab);
});

test('the palette: a case by number, a filter, a page and an action by some letters', async () => {
  const [c] = await submit(1, 'vagskador');
  const tab = await enterDesk(server, 'bo', password.bo, '/desk/');
  const type = async (text) => {
    await tab.keyboard.press('Control+k');
    await tab.waitForSelector('#palette:focus');
    await tab.keyboard.type(text);
  };

  await tab.waitForSelector('a.open');
  await tab.keyboard.press('j');
  await type('xyzzy');
  await says(tab, 'Inget passar.');
  await clean(tab, 'a palette with nothing found');
  await tab.keyboard.press('Escape');
  await tab.waitForSelector('a.open:focus'); /* back where one was */

  await tab.focus('#q'); /* also while one writes */
  await type('handlaggare: ja');
  await tab.waitForSelector('[role=option][aria-selected=true]:has-text("Handläggare: Jag")');
  await clean(tab, 'the palette');
  await tab.keyboard.press('Enter');
  await tab.waitForURL(/[?&]handler=me/);

  await type(c.number.split('-')[1]);
  await tab.keyboard.press('Enter');
  await tab.waitForURL(new RegExp(`/desk/arenden/${c.number}`));
  await tab.waitForSelector('#do-note');
  await type('anteck');
  await tab.keyboard.press('Enter');
  await tab.waitForSelector('#act-text:focus');
  await tab.keyboard.press('Escape');
  await type('statistik: tra');
  await tab.keyboard.press('Enter');
  await tab.waitForURL(/\/statistik\/trafiknamnden/);
  await leave(tab);
});

test('the palette acts on what is chosen, by its visible button too', async () => {
  const cases = await submit(2, 'trafiksakerhet');
  const tab = await enterDesk(server, 'bo', password.bo, queue('trafiksakerhet'), { width: 390 });

  await tab.locator('a.open').nth(1).waitFor();
  await tab.click('.pickall');
  await tab.click('.tools button:has-text("Kommandon")');
  await tab.waitForSelector('#palette:focus');
  await tab.keyboard.type('2 valda: bek');
  await tab.keyboard.press('Enter');
  await tab.waitForSelector('#bulk-text:focus');
  await tab.keyboard.press('Control+Enter');
  await says(tab, '✓ 2 klara');
  assert.ok((await rowsOf(cases)).every((r) => r.events === 'acknowledged'));
  await leave(tab);
});

test('at the dispatch three guesses by the text have the digits 1 to 3, and nothing is decided before one is pressed', async () => {
  const trained = await server.ctl(['classifier', 'train']);
  assert.equal(trained.code, 0, trained.stderr);
  const cases = [];
  for (const text of ['Det är kolmörkt vid lekplatsen, lamporna lyser inte.', 'Gropen i vägen har funnits hela våren. Soporna hämtas inte heller, tunnan är full.']) {
    const res = await server.post('/api/v1/cases', { json: { text } });
    assert.deepEqual([res.status, res.json.board.code], [201, 'dispatch'], res.text);
    cases.push(res.json);
  }
  const word = await addUser(server, 'disa', 'dispatcher@dispatch', 'Disa Dirigent');
  const tab = await enterDesk(server, 'disa', word, `${at(cases[0])}?sortera=1`);
  const { press } = fingers(tab);
  const guesses = tab.locator('.guesses button');

  await guesses.nth(2).waitFor();
  assert.match(await guesses.first().textContent(), /1\s*Gatubelysning\s*\d+\s%.*(lamporna|kolmörkt)/s);
  assert.match(await tab.textContent('.quick:not(.guesses) button:first-child'), /^4/);
  await clean(tab, 'guesses while sorting');
  assert.deepEqual((await rowsOf([cases[0]])).map((r) => r.category), [null]);
  await press('1');
  await says(tab, 'Ämne: Gatubelysning');
  assert.deepEqual((await rowsOf([cases[0]])).map((r) => r.category), ['gatubelysning']);
  assert.equal(await guesses.count(), 0, 'it has a subject now');
  await tab.goto(`${at(cases[1])}?sortera=1`);
  await tab.waitForSelector('.spotted .attention:has-text("flera ämnen")');
  await leave(tab);
});
