/* Where it is, in the app, against the real server: what is nearest is told in words, a point
 * and an address never contradict each other, and the same thing is supported. Each step as
 * such is in app.test.mjs. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { act, coordinator, serial } from '../api/contract_desk_kit.mjs';
import { startServer } from '../api/harness.mjs';
import { button, clean, eventually, fillIn, heading, kept, leave, openApp } from './app_kit.mjs';
import { closeBrowser } from './browser.mjs';
import { keyboard } from './hands.mjs';

/* Beside Exempelgatan 11 of the demonstration's table. */
const here = { latitude: 59.25272, longitude: 18.0927, accuracy: 23 };

let server;
before(async () => { server = await startServer(); });
after(async () => {
  await closeBrowser();
  await server?.stop();
});

const near = (tab) => tab.locator('.given p[role=status]').nth(1);
const nearSays = (tab, text) => near(tab).filter({ hasText: text }).waitFor();
const placeOf = async (tab) => (await kept(tab, 'drafts'))[0]?.place;

test('after one’s own position the nearest address is told in words', async () => {
  const tab = await openApp(server, { path: '/app/var', place: here });

  await tab.getByText('på ungefär 25 meter när').waitFor();
  await nearSays(tab, /^Närmaste adress: Exempelgatan 11, Farsta\.$/);
  assert.equal(await tab.locator('.given .warning').count(), 0);
  await clean(tab, 'where');
  await leave(tab);
});

test('a position that is good to 250 metres is told to be unsure', async () => {
  const tab = await openApp(server, { path: '/app/var', place: { ...here, accuracy: 260 } });

  await tab.getByText('på ungefär 250 meter när').waitFor();
  await tab.getByText('Platsen är osäker. Kontrollera den på kartan eller skriv adressen.').waitFor();
  await clean(tab, 'an unsure place');
  await leave(tab);
});

test('the pin is moved by keys, and where it came is told each time', async () => {
  const tab = await openApp(server, { path: '/app/var', place: here });
  const hands = keyboard(tab);
  const asked = [];
  tab.on('request', (r) => { if (r.url().includes('/nearest')) asked.push(r.url()); });

  await nearSays(tab, 'Exempelgatan 11');
  await hands.press('.mapsection > button');
  await tab.locator('.map .pin').waitFor();
  await hands.reach('.map .zoom button');
  for (let i = 0; i < 5; i++) await tab.keyboard.press('Enter');
  await hands.reach('.map .pin');
  asked.length = 0;
  for (let i = 0; i < 4; i++) await tab.keyboard.press('ArrowRight');
  await tab.getByText('Platsen är utsatt på kartan.').waitFor();
  await nearSays(tab, /^Närmaste adress: Exempelgatan 11, Farsta, [123]\d meter bort\.$/);
  assert.equal(asked.length, 1, 'not for every press');
  assert.ok(await tab.evaluate(() => document.activeElement.classList.contains('pin')), 'the focus stays on the pin');
  assert.equal(await near(tab).getAttribute('role'), 'status');
  await leave(tab);
});

test('where the city knows no address within 200 metres it says so', async () => {
  const tab = await openApp(server, { path: '/app/var', place: { latitude: 59.3, longitude: 18.07, accuracy: 5 } });

  await nearSays(tab, 'Ingen känd adress inom 200 meter.');
  await leave(tab);
});

test('without an answer nothing is said, and the place is there', async () => {
  const tab = await openApp(server, { path: '/app/', place: here, first: (t) => t.route('**/places/nearest*', (route) => route.abort()) });

  await fillIn(tab);
  await tab.goto('/app/var');
  await tab.locator('.given').waitFor();
  await tab.waitForTimeout(700);
  assert.equal(await near(tab).textContent(), '');
  await leave(tab);
});

test('an address that is typed lets go of the point, and that is said', async () => {
  const tab = await openApp(server, { path: '/app/var', place: here });

  await tab.locator('.given').waitFor();
  await tab.fill('#address', 'Torget 1');
  await tab.locator('p.away[role=status]', { hasText: 'Du ändrade adressen. Platsen på kartan följer därför inte med.' }).waitFor();
  await tab.locator('.given').waitFor({ state: 'detached' });
  await eventually('the draft has the address alone', async () => {
    const { lat, from, address } = await placeOf(tab) ?? {};
    return lat === null && from === '' && address === 'Torget 1';
  });
  await leave(tab);
});

test('a pin that is moved lets go of the address that was chosen, and that is said', async () => {
  const tab = await openApp(server, { path: '/app/var', place: null });

  await tab.fill('#address', 'provstigen 58');
  await tab.getByRole('button', { name: 'Provstigen 58, Farsta' }).click();
  await tab.locator('.given', { hasText: 'Provstigen 58, Farsta' }).waitFor();
  await button(tab, 'Visa karta').click();
  await tab.locator('.map .pin').focus();
  await tab.keyboard.press('ArrowUp');
  await tab.locator('p.away[role=status]', { hasText: 'Nålen är flyttad. Adressen som du valde är borttagen.' }).waitFor();
  assert.equal(await tab.inputValue('#address'), '');
  await eventually('the draft has the point alone', async () => {
    const { lat, from, address } = await placeOf(tab) ?? {};
    return lat > 59.2493 && from === 'map' && address === '';
  });
  await leave(tab);
});

/* An open case that the map shows; lat is 0.0001 degrees for eleven metres. */
async function publicCase(north, category = 'gatubelysning') {
  const res = await server.post('/api/v1/cases', { json: { text: 'Lampan är släckt', category,
    place: { lat: here.latitude + north, lon: here.longitude } } });
  assert.equal(res.status, 201, res.text);
  await eventually('it is on the map', async () => (await server.sql(
    `SELECT key FROM synpunkt.public_case WHERE case_id = ${serial(res.json.number)}`))[0]);
  return res.json;
}

const nearby = async () => (await server.get(
  `/api/v1/open-cases?lat=${here.latitude}&lon=${here.longitude}&category=gatubelysning`)).json.items;

test('the same thing, open within 50 metres and shown by the city, is supported by keyboard instead of told again', async () => {
  const same = await publicCase(0.0002);
  await publicCase(0.0007); /* too far */
  await publicCase(0.0001, 'vagskador'); /* another matter */
  const count = async () => Number((await server.sql('SELECT count(*) AS n FROM synpunkt.case'))[0].n);
  const before = await count();
  const [{ distance }] = await nearby(); /* to its place as the public is shown it, which is rounded */
  const tab = await openApp(server, { place: here });

  await fillIn(tab);
  await tab.getByText('Är det samma sak?').waitFor();
  assert.equal(await tab.locator('.near').count(), 1);
  await tab.getByText('Anmält i dag').waitFor();
  assert.ok(distance > 0 && distance <= 50);
  await tab.getByText(`${distance} meter bort`).waitFor();
  await tab.getByText('Fler som tycker det är viktigt: 0').waitFor();
  await clean(tab, 'nearby');
  await keyboard(tab).press('.near button');
  await heading(tab, 'Ett ärende som du stödjer');
  await tab.getByText('Inget svar än.').waitFor();
  assert.equal(await count(), before, 'no case of one’s own');
  assert.deepEqual(await kept(tab, 'drafts'), []);

  const desk = await coordinator(server);
  await act(desk, same.number, 'reply', { text: 'Vi byter lampan i dag.', followers: true });
  await tab.goto('/app/mina');
  await tab.getByRole('link', { name: 'Gatubelysning' }).click();
  await tab.getByText('Vi byter lampan i dag.').waitFor();
  await tab.getByText('Fler som tycker det är viktigt: 1').waitFor();
  await clean(tab, 'supported');

  await button(tab, 'Sluta stödja').click();
  await heading(tab, 'Mina ärenden');
  await eventually('nobody supports it any more', async () => {
    const [one, ...others] = await nearby();
    return one.supporters === 0 && !others.length;
  });
  await leave(tab);
});
