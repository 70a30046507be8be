/* The place in the form, with scripts: suggestions from the city's own table, the reader's
 * position with how good it is, and a point that never contradicts the address. That the form
 * is whole without them is in journey.test.mjs. */
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';

import { eventually, startServer } from '../api/harness.mjs';
import { axeSource, closeBrowser, formEnv, lookAt, openTab } from './browser.mjs';
import { keyboard } from './hands.mjs';
import { edges, rings } from './own_colours.mjs';

const send = 'form#synpunkt section:last-of-type button';
const list = '.suggestions';
const open = `${list}:not([hidden])`;
const said = '[data-here] [role=status]';
const [button, back] = ['[data-here] button:first-of-type', '[data-here] button:last-of-type'];
/* Beside Exempelgatan 11 of the demonstration's table. */
const farsta = { latitude: 59.25272, longitude: 18.0927, accuracy: 23 };

let city, server;
before(async () => {
  city = http.createServer((req, res) => {
    res.setHeader('content-type', 'text/html; charset=utf-8');
    res.end(`<iframe src="${server.url}/lamna?ram=1" width="380" height="800"></iframe>`);
  });
  await new Promise((done) => { city.listen(0, '127.0.0.1', done); });
  city.origin = `http://localhost:${city.address().port}`;
  server = await startServer({ env: { ...formEnv, SYNPUNKT_FRAME_ANCESTORS: city.origin } });
});
after(async () => {
  await closeBrowser();
  await server?.stop();
  city?.close();
});

async function begin({ at = '/lamna', here, ...more } = {}) {
  const tab = await openTab(server, { width: 390, ...(here && { geolocation: here, permissions: ['geolocation'] }), ...more });

  tab.faults = [];
  tab.on('pageerror', (e) => tab.faults.push(e.message));
  tab.on('console', (m) => { if (/Content Security|Refused to/.test(m.text())) tab.faults.push(m.text()); });
  await tab.goto(at);
  return tab;
}

async function leave(tab) {
  assert.deepEqual(tab.faults, []);
  await tab.context().close();
}

async function type(tab, text) {
  await tab.click('#address');
  await tab.keyboard.type(text);
}

const options = (tab) => tab.locator(`${open} [role=option]`).allTextContents();
const says = (tab, text) => eventually(text, async () => await tab.textContent(said) === text);
const point = async (tab) => [await tab.inputValue('#lat'), await tab.inputValue('#lon')];
const active = (tab) => tab.evaluate(() =>
  document.getElementById(document.getElementById('address').getAttribute('aria-activedescendant'))?.textContent ?? null);

/* Sends the form, and has the case that it became. */
async function sent(tab) {
  await tab.fill('#text', 'Lampan är släckt.');
  await tab.click(send);
  await tab.waitForURL('**/kvitto/**');
  const id = /\/kvitto\/\d+-(\d+)\//.exec(tab.url())[1];
  const [row] = await server.sql(`SELECT c.district, public.st_x(c.position) AS lon, public.st_y(c.position) AS lat,
    (SELECT body FROM synpunkt.case_content o WHERE o.case_id = c.id AND o.kind = 'place') AS place
    FROM synpunkt.case c WHERE c.id = ${id}`);
  return { ...row, place: JSON.parse(row.place ?? 'null') };
}

test('by keyboard alone: a few letters, two arrows, Enter, and the case has address, district and point', async () => {
  const tab = await begin();
  const hands = keyboard(tab);
  const address = tab.getByRole('combobox', { name: 'Adress eller beskrivning av platsen' });

  await hands.write('#address', 'provst');
  await tab.waitForSelector(open);
  assert.equal((await options(tab)).length, 6);
  assert.equal(await tab.locator('.combo [role=status]').textContent(), '6 förslag');
  assert.equal(await address.getAttribute('aria-expanded'), 'true');
  assert.equal(await active(tab), null, 'nothing is chosen for anybody');
  await tab.keyboard.press('ArrowDown');
  await tab.keyboard.press('ArrowDown');
  assert.equal(await active(tab), 'Provstigen 58, Farsta');
  await tab.getByRole('option', { name: 'Provstigen 58, Farsta', selected: true }).waitFor();
  assert.equal(await tab.inputValue('#address'), 'provst', 'until then it is what was typed');
  await tab.keyboard.press('Enter');
  await says(tab, 'Vald plats: Provstigen 58, Farsta. Den följer med på kartan.');
  assert.equal(await tab.locator(open).count(), 0);
  assert.match(tab.url(), /\/lamna$/, 'Enter sends nothing while it chooses');
  assert.ok(await address.evaluate((e) => document.activeElement === e));
  assert.deepEqual(await sent(tab), { district: 'farsta', lat: '59.2493', lon: '18.1017',
    place: { address: 'Provstigen 58, Farsta', unit: null } });
  await leave(tab);
});

test('the other keys: round the list, back to the text, closed and opened again', async () => {
  const tab = await begin();

  await type(tab, 'demov');
  await tab.waitForSelector(open);
  const all = await options(tab);
  await tab.keyboard.press('ArrowUp');
  assert.equal(await active(tab), all.at(-1));
  await tab.keyboard.press('ArrowDown');
  assert.equal(await active(tab), all[0]);
  await tab.keyboard.press('Home');
  assert.equal(await active(tab), null);
  assert.equal(await tab.locator('#address').evaluate((e) => e.selectionStart), 0);
  await tab.keyboard.press('ArrowDown');
  await tab.keyboard.press('End');
  assert.deepEqual([await active(tab), await tab.locator('#address').evaluate((e) => e.selectionStart)], [null, 5]);
  await tab.keyboard.press('Escape');
  assert.equal(await tab.locator(open).count(), 0);
  assert.equal(await tab.inputValue('#address'), 'demov', 'nothing that was typed goes');
  assert.equal(await tab.locator('.combo [role=status]').textContent(), '');
  await tab.keyboard.press('Alt+ArrowDown');
  await tab.waitForSelector(open);
  await tab.keyboard.press('Alt+ArrowUp');
  assert.equal(await tab.locator(open).count(), 0);
  await tab.keyboard.press('ArrowDown');
  await tab.keyboard.press('Tab');
  assert.equal(await tab.locator(open).count(), 0);
  assert.deepEqual([await tab.inputValue('#address'), ...await point(tab)], ['demov', '', ''], 'Tab chooses nothing');
  await leave(tab);
});

test('by finger, on rows that are large enough', async () => {
  const tab = await begin({ hasTouch: true, isMobile: true, width: 360 });

  await tab.tap('#address');
  await tab.keyboard.type('exempelgatan 11');
  const option = tab.getByRole('option', { name: 'Exempelgatan 11, Farsta' });
  await option.waitFor();
  for (const one of await tab.locator('[role=option]').all()) assert.ok((await one.boundingBox()).height >= 44);
  await option.tap();
  await says(tab, 'Vald plats: Exempelgatan 11, Farsta. Den följer med på kartan.');
  assert.deepEqual(await point(tab), ['59.252700', '18.092600']);
  await leave(tab);
});

test('the city is asked when a pause comes, and an older answer never replaces a newer', async () => {
  const tab = await begin();
  const asked = [];
  let release;
  await tab.route('**/api/v1/places?*', async (route) => {
    const q = new URL(route.request().url()).searchParams.get('q');
    asked.push(q);
    if (q === 'prov') await new Promise((done) => { release = done; });
    await route.continue().catch(() => undefined);
  });

  await type(tab, 'p');
  await tab.waitForTimeout(400);
  assert.deepEqual(asked, [], 'one letter is no question');
  /* Letters without a pause between them, however slow the machine is. */
  await tab.locator('#address').evaluate((field) => {
    for (const typed of ['pr', 'pro', 'prov']) {
      field.value = typed;
      field.dispatchEvent(new Event('input', { bubbles: true }));
    }
  });
  await eventually('the first question', () => release);
  await tab.fill('#address', 'Södermalm');
  await tab.getByRole('option', { name: 'Södermalm', exact: true }).waitFor();
  const newer = await options(tab);
  release();
  await tab.waitForTimeout(300);
  assert.deepEqual(await options(tab), newer);
  assert.deepEqual(asked, ['prov', 'Södermalm']);
  await leave(tab);
});

for (const [name, answer] of [['no network', (route) => route.abort()], ['an error', (route) => route.fulfill({ status: 503 })],
  ['a page of the network’s own', (route) => route.fulfill({ status: 200, contentType: 'text/html', body: '<p>Logga in' })]])
  test(`with ${name} it is a plain field, without a word`, async () => {
    const tab = await begin({ here: farsta });
    let asked = 0;
    await tab.route('**/api/v1/places*/**', (route) => answer(route));
    await tab.route('**/api/v1/places?*', (route) => { asked++; return answer(route); });

    await type(tab, 'Torget 1');
    await eventually('it was asked', () => asked);
    await tab.waitForTimeout(100);
    assert.deepEqual([await tab.locator(open).count(), await tab.textContent(said)], [0, '']);
    await tab.click(button);
    await says(tab, 'Din plats, på ungefär 25 meter när.');
    const { place, lat } = await sent(tab);
    assert.deepEqual([place.address, lat], ['Torget 1', '59.25272']);
    await leave(tab);
  });

test('told to wait, it waits', async () => {
  const tab = await begin();
  let asked = 0;
  await tab.route('**/api/v1/places?*', (route) => { asked++; return route.fulfill({ status: 429, headers: { 'retry-after': '30' } }); });

  await type(tab, 'provs');
  await eventually('it was asked', () => asked);
  /* Of keys that come slowly more than one may have been asked before the first answer was there. */
  await tab.waitForTimeout(600);
  const before = asked;
  await tab.keyboard.type('tigen');
  await tab.waitForTimeout(600);
  assert.equal(asked, before);
  await leave(tab);
});

test('a unit that is chosen is the unit of the case, and goes with other words', async () => {
  const tab = await begin();

  await type(tab, 'smultronbacken');
  await tab.getByRole('option', { name: 'Förskolan Smultronbacken' }).click();
  assert.equal(await tab.inputValue('#unit'), 'Förskolan Smultronbacken');
  await tab.locator('#address').press('Backspace');
  assert.equal(await tab.inputValue('#unit'), '');
  await tab.keyboard.type('n');
  assert.equal(await tab.inputValue('#unit'), 'Förskolan Smultronbacken');
  const { district, place } = await sent(tab);
  assert.deepEqual([district, place.unit], ['kungsholmen', 'Förskolan Smultronbacken']);
  await leave(tab);
});

test('one’s own place says how good it is, and fills in the nearest address where there is none', async () => {
  const tab = await begin({ here: farsta });

  await tab.focus(button);
  await tab.keyboard.press('Enter');
  await says(tab, 'Din plats, på ungefär 25 meter när. Adressen är ifylld: Exempelgatan 11, Farsta.');
  assert.equal(await tab.inputValue('#address'), 'Exempelgatan 11, Farsta');
  assert.equal(await tab.textContent(button), 'Ta bort platsen');
  assert.deepEqual(await sent(tab), { district: 'farsta', lat: '59.25272', lon: '18.0927',
    place: { address: 'Exempelgatan 11, Farsta', unit: null } });
  await leave(tab);
});

test('what is typed stands: the nearest address is only told', async () => {
  const tab = await begin({ here: farsta });

  await tab.fill('#address', 'Vid kiosken');
  await tab.click(button);
  await says(tab, 'Din plats, på ungefär 25 meter när. Närmaste adress: Exempelgatan 11, Farsta.');
  assert.equal(await tab.inputValue('#address'), 'Vid kiosken');
  await tab.click(button);
  await says(tab, 'Platsen på kartan är borttagen.');
  assert.deepEqual(await point(tab), ['', '']);
  assert.equal(await tab.textContent(button), 'Använd platsen där jag är nu');
  await leave(tab);
});

for (const [accuracy, words, address] of [
  [4.3, 'Din plats, på ungefär 4 meter när. Adressen är ifylld: Exempelgatan 11, Farsta.', 'Exempelgatan 11, Farsta'],
  [260, 'Din plats, på ungefär 250 meter när. Adressen är ifylld: Exempelgatan 11, Farsta. Platsen är osäker. Kontrollera adressen.',
    'Exempelgatan 11, Farsta'],
  [4100, 'Din plats, på ungefär 4000 meter när. Platsen är osäker. Kontrollera adressen.', '']])
  test(`a position good to ${accuracy} metres is told as such`, async () => {
    const tab = await begin({ here: { ...farsta, accuracy } });

    await tab.click(button);
    await says(tab, words);
    assert.equal(await tab.inputValue('#address'), address, 'no address that would be a guess');
    await leave(tab);
  });

test('outside the city one is told, and may send all the same', async () => {
  const tab = await begin({ here: { latitude: 57.7, longitude: 11.97, accuracy: 40 } });

  await tab.click(button);
  await says(tab, 'Din plats, på ungefär 40 meter när. Platsen ser ut att ligga utanför Stockholm. Du kan skicka ändå.');
  assert.equal((await sent(tab)).lat, '57.7');
  await leave(tab);
});

test('who does not want to be found is told what to do instead', async () => {
  const tab = await begin();

  await tab.click(button);
  await says(tab, 'Platsen gick inte att hitta. Skriv adressen i stället.');
  await leave(tab);
});

test('an address that is changed by hand lets go of the point, and says so; changed back it has it', async () => {
  const tab = await begin({ here: farsta });
  const dropped = 'Du ändrade adressen. Platsen på kartan följer därför inte med.';

  await type(tab, 'provstigen 58');
  await tab.getByRole('option', { name: 'Provstigen 58, Farsta' }).click();
  await tab.keyboard.type('b');
  await says(tab, dropped);
  assert.deepEqual(await point(tab), ['', '']);
  await tab.keyboard.press('Backspace');
  await says(tab, 'Vald plats: Provstigen 58, Farsta. Den följer med på kartan.');
  assert.deepEqual(await point(tab), ['59.249300', '18.101700']);
  await tab.fill('#address', '');
  await tab.click(button);
  await says(tab, 'Din plats, på ungefär 25 meter när. Adressen är ifylld: Exempelgatan 11, Farsta.');
  await tab.fill('#address', 'Hemma');
  await says(tab, dropped);
  const { place, lat } = await sent(tab);
  assert.deepEqual([place.address, lat], ['Hemma', null]);
  await leave(tab);
});

test('point and other words go together when one says so', async () => {
  const tab = await begin({ here: farsta });

  await tab.click(button);
  await says(tab, 'Din plats, på ungefär 25 meter när. Adressen är ifylld: Exempelgatan 11, Farsta.');
  await tab.fill('#address', 'Vid kiosken');
  assert.equal(await tab.textContent(back), 'Ta med platsen ändå');
  await tab.focus(back);
  await tab.keyboard.press('Enter');
  assert.equal(await tab.textContent('button:focus'), 'Ta bort platsen', 'the focus is on what undoes it');
  assert.ok(!await tab.isVisible(back));
  await tab.fill('#address', 'Vid kiosken bakom tunnelbanan');
  const { place, lat } = await sent(tab);
  assert.deepEqual([place.address, lat], ['Vid kiosken bakom tunnelbanan', '59.25272']);
  await leave(tab);
});

const draft = (tab) => tab.evaluate(() => JSON.parse(window.localStorage.getItem('synpunkt.draft'))?.values);

test('the draft keeps point and address together, and gives them back so', async () => {
  const first = await begin();
  await type(first, 'provstigen 58');
  await first.getByRole('option', { name: 'Provstigen 58, Farsta' }).click();
  await eventually('the point is kept', async () => {
    const { address, lat, lon } = await draft(first) ?? {};
    return `${address} ${lat} ${lon}` === 'Provstigen 58, Farsta 59.249300 18.101700';
  });
  await first.close({ runBeforeUnload: true });

  const tab = await first.context().newPage();
  await tab.goto('/lamna');
  await says(tab, 'En plats på kartan följer med: 59.249300, 18.101700');
  assert.equal(await tab.inputValue('#address'), 'Provstigen 58, Farsta');
  await tab.click('[data-draft-remove]');
  assert.deepEqual([...await point(tab), await tab.textContent(said)], ['', '', '']);
  await tab.click('[data-draft-remove]');
  await says(tab, 'En plats på kartan följer med: 59.249300, 18.101700');
  await tab.fill('#address', 'Provstigen 60');
  await says(tab, 'Du ändrade adressen. Platsen på kartan följer därför inte med.');
  await eventually('the draft has no point', async () => {
    const { address, lat } = await draft(tab) ?? {};
    return address === 'Provstigen 60' && lat === '';
  });
  await tab.context().close();
});

test('after a fault the point is there, and still goes with its address alone', async () => {
  const tab = await begin();
  await type(tab, 'provstigen 58');
  await tab.getByRole('option', { name: 'Provstigen 58, Farsta' }).click();
  await Promise.all([tab.waitForNavigation(), tab.click(send)]);

  assert.equal(await tab.textContent(said), 'En plats på kartan följer med: 59.249300, 18.101700');
  assert.equal(await tab.locator('#no-point').count(), 0, 'the button does what the box does without script');
  await tab.fill('#address', 'Provstigen 60');
  await says(tab, 'Du ändrade adressen. Platsen på kartan följer därför inte med.');
  assert.deepEqual(await point(tab), ['', '']);
  await leave(tab);
});

test('a link’s point goes with the words that are written to it, until it is removed', async () => {
  const tab = await begin({ at: '/lamna?lat=59.3&lon=18.05' });

  await tab.fill('#address', 'Bakom bänken');
  assert.deepEqual(await point(tab), ['59.3', '18.05']);
  await tab.click(button);
  assert.deepEqual(await point(tab), ['', '']);
  assert.ok(await tab.evaluate(() => document.activeElement !== document.body), 'the focus is not lost');
  await leave(tab);
});

test('the child’s form asks nobody, and without script the field is a plain one', async () => {
  const child = await begin({ at: '/lamna/barn' });
  const asked = [];
  child.on('request', (r) => { if (r.url().includes('/api/')) asked.push(r.url()); });
  await type(child, 'provstigen');
  await child.waitForTimeout(500);
  assert.deepEqual(asked, []);
  assert.equal(await child.getAttribute('#address', 'role'), null);
  await leave(child);
  const plain = await begin({ at: '/lamna?lat=59.3&lon=18.05', javaScriptEnabled: false });
  assert.equal(await plain.getAttribute('#address', 'role'), null);
  assert.ok(await plain.isVisible('#no-point') && !await plain.isVisible(button));
  await leave(plain);
});

test('in a frame of another site’s page the city suggests, too', async () => {
  const tab = await begin({ at: city.origin });
  const frame = await (await tab.$('iframe')).contentFrame();

  await frame.locator('#address').pressSequentially('provstigen 58');
  await frame.getByRole('option', { name: 'Provstigen 58, Farsta' }).click();
  await eventually('the point is there', async () => await frame.inputValue('#lat') === '59.249300');
  await leave(tab);
});

for (const [lang, dir] of [['sv', 'ltr'], ['fi', 'ltr'], ['ar', 'rtl']])
  test(`the suggestions and what is said in ${lang}: clean, narrow and wide, light and dark`, async () => {
    const tab = await begin({ lang, here: farsta });

    await tab.evaluate(axeSource);
    await tab.click(button);
    await eventually('the address is filled in', async () => await tab.inputValue('#address') === 'Exempelgatan 11, Farsta');
    for (const [width, colorScheme] of [[320, 'light'], [1280, 'dark']]) {
      await tab.setViewportSize({ width, height: 900 });
      await tab.emulateMedia({ colorScheme });
      await tab.fill('#address', '');
      await type(tab, 'provs');
      await tab.waitForSelector(open);
      await tab.keyboard.press('ArrowDown');
      assert.equal(await tab.locator(list).evaluate((e) => getComputedStyle(e).direction), dir);
      const { faults, wide, small } = await lookAt(tab);
      assert.deepEqual({ faults, small, fits: wide <= width }, { faults: [], small: [], fits: true });
    }
    await leave(tab);
  });

test('in the reader’s own colours the suggestion that is reached is seen', async () => {
  const tab = await begin({ forcedColors: 'active' });
  const look = (e) => {
    const { color, borderTopWidth, borderTopColor, backgroundColor } = getComputedStyle(e);
    return { color, backgroundColor, edge: borderTopColor === backgroundColor ? 0 : parseFloat(borderTopWidth) };
  };

  await type(tab, 'provs');
  await tab.waitForSelector(open);
  await tab.keyboard.press('ArrowDown');
  const [first, second] = await Promise.all([0, 1].map((i) => tab.locator('[role=option]').nth(i).evaluate(look)));
  assert.ok(first.color !== second.color && first.backgroundColor !== second.backgroundColor && first.color !== first.backgroundColor,
    JSON.stringify([first, second]));
  assert.ok((await tab.locator(list).evaluate(look)).edge >= 1, 'the list has an edge');
  await tab.keyboard.press('Enter');
  await edges(tab, 'form');
  await rings(tab, 'form');
  await leave(tab);
});
