/* The app's four steps on a telephone: by touch, by keyboard alone, with and without a
 * position, photos without what a camera writes in them, and every screen clean. Sending
 * without a network is in app_outbox.test.mjs, one's own cases in app_cases.test.mjs. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startServer } from '../api/harness.mjs';
import { addPhotos, another, button, cases, clean, eventually, farsta, fillIn, heading, installed, kept, leave, next, openApp,
  received, send, startNet } from './app_kit.mjs';
import { closeBrowser, openTab } from './browser.mjs';
import { keyboard } from './hands.mjs';
import { jpegsIn, tagsOf, takePhoto } from './photo_kit.mjs';

let server, net, photo;
before(async () => {
  server = await startServer();
  net = await startNet(server);
  photo = await takePhoto(server);
});
after(async () => {
  await closeBrowser();
  await net?.stop();
  await server?.stop();
});

const asPhoto = () => ({ name: 'IMG_4711.jpg', mimeType: 'image/jpeg', buffer: photo });

const jsonIn = (body) => JSON.parse(/\{.*\}/.exec(body.toString('latin1').slice(0, 4000))[0]);

test('under a broken lamp: a picture, a tap for what, the place is found, some words, sent', async () => {
  const tab = await openApp(net);

  await tab.setInputFiles('#what-camera', asPhoto());
  await tab.getByText('Bilder: 1').first().waitFor();
  await tab.getByRole('link', { name: 'Trafik och gata' }).tap();
  await heading(tab, 'Trafik och gata');
  await button(tab, 'Gatubelysning').tap();
  await heading(tab, 'Var är det?');
  await tab.getByText('på ungefär 10 meter när').waitFor();
  await tab.getByText('Den ligger i Farsta.').waitFor();
  await button(tab, 'Nästa').tap();
  await heading(tab, 'Berätta');
  await tab.fill('#tell-text', 'Lampan är släckt.');
  await button(tab, 'Nästa').tap();
  await heading(tab, 'Läs igenom och skicka');
  assert.match(await tab.textContent('.summary'), /Gatubelysning.*En plats på kartan.*Lampan är släckt\..*Bilder: 1/s);
  await button(tab, 'Skicka').tap();
  const number = await received(tab);
  const [row] = await server.sql(`SELECT channel, category, district, public.st_astext(position) AS at FROM synpunkt.case
    WHERE id = ${number.split('-')[1]}`);
  assert.deepEqual(row, { channel: 'app', category: 'gatubelysning', district: 'farsta', at: 'POINT(18.0921 59.2518)' });
  assert.equal((await cases(server)).at(-1).attachments, 1);
  assert.deepEqual(await kept(tab, 'outbox'), []);
  assert.deepEqual(await kept(tab, 'photos'), [], 'the device keeps no photo that the city has');
  await leave(tab);
});

test('what goes out of the telephone has no position and nothing else of the camera’s', async () => {
  assert.ok(tagsOf(photo)['EXIF:GPSLatitude'], 'the photo had a position');
  const tab = await openApp(net);

  await fillIn(tab, { photos: [asPhoto()] });
  await send(tab);
  const number = await received(tab);
  const [sent] = jpegsIn(net.bodies.at(-1));
  const tags = tagsOf(sent);
  assert.deepEqual(Object.keys(tags).filter((name) => /^(EXIF|XMP|IPTC|MakerNotes|MPF)|GPS|Comment/.test(name)), []);
  assert.equal(Math.max(tags['File:ImageWidth'], tags['File:ImageHeight']), 2048, 'shrunk');
  assert.doesNotMatch(net.bodies.at(-1).toString('latin1'), /IMG_4711/, 'the camera’s name for it tells, too');
  const [{ sha256 }] = await server.sql(`SELECT sha256 FROM synpunkt.case_attachment WHERE case_id = ${number.split('-')[1]}`);
  assert.ok(sha256);
  await leave(tab);
});

test('what is covered, by finger or by keys, is black in what is sent', async () => {
  const tab = await openApp(net);

  await fillIn(tab, { photos: [asPhoto()] });
  await tab.goBack();
  await heading(tab, 'Berätta');
  await tab.getByRole('button', { name: 'Dölj något Bild 1' }).click();
  const picture = tab.locator('.canvas');
  await tab.locator('.canvas img').waitFor();
  await tab.waitForFunction(() => document.querySelector('.canvas img').complete);
  const box = await picture.boundingBox();
  await tab.mouse.move(box.x + box.width * 0.05, box.y + box.height * 0.05);
  await tab.mouse.down();
  await tab.mouse.move(box.x + box.width * 0.3, box.y + box.height * 0.4, { steps: 4 });
  await tab.mouse.up();
  await tab.getByRole('button', { name: 'Ruta 1' }).waitFor();
  await button(tab, 'Lägg till ruta').focus();
  await tab.keyboard.press('Enter');
  for (let i = 0; i < 12; i++) await tab.keyboard.press('ArrowRight');
  await tab.keyboard.press('Shift+ArrowDown');
  await clean(tab, 'covering');
  await button(tab, 'Klar').click();
  await tab.locator('dialog').waitFor({ state: 'detached' });
  assert.ok(await tab.evaluate(() => document.activeElement.textContent.includes('Dölj något')), 'the focus is back');
  await next(tab);
  await send(tab);
  await received(tab);
  const [sent] = jpegsIn(net.bodies.at(-1));
  const dark = await tab.evaluate(async (bytes) => {
    const picture = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    const pen = canvas.getContext('2d');
    pen.drawImage(picture, 0, 0);
    return [[0.15, 0.2], [0.75, 0.5], [0.15, 0.9]].map(([x, y]) =>
      Math.max(...pen.getImageData(picture.width * x, picture.height * y, 1, 1).data.slice(0, 3)) < 20);
  }, [...sent]);
  assert.deepEqual(dark, [true, true, false]);
  await leave(tab);
});

test('with the keyboard alone, from the first field to the number', async () => {
  const tab = await openApp(net, { place: null });
  const hands = keyboard(tab);
  const chooseBy = async (selector) => { await hands.press(selector); };

  await hands.write('#what-search', 'potthål');
  await chooseBy('.hits button');
  await heading(tab, 'Var är det?');
  assert.equal(await tab.evaluate(() => document.activeElement.tagName), 'H1', 'the step is read out');
  await hands.write('#address', 'Torget 1');
  await hands.press('.bar .main');
  await heading(tab, 'Berätta');
  await hands.press('.bar .main');
  await tab.locator('.faults:focus').waitFor();
  await hands.press('.faults a');
  await tab.keyboard.type('Ett hål i gatan.');
  await hands.press('.contact summary');
  await hands.write('#tell-contact-email', 'eva@example.se');
  await hands.press('.bar .main');
  await heading(tab, 'Läs igenom och skicka');
  await hands.press('.bar .main');
  const number = await received(tab);
  const [row] = await server.sql(`SELECT category FROM synpunkt.case WHERE id = ${number.split('-')[1]}`);
  assert.equal(row.category, 'vagskador');
  assert.deepEqual(jsonIn(net.bodies.at(-1)).place, { address: 'Torget 1' });
  await leave(tab);
});

test('nobody has to know what it is about, or where a point on a map is', async () => {
  const tab = await openApp(net, { place: null });

  await button(tab, 'Vet inte').click();
  await heading(tab, 'Var är det?');
  await tab.selectOption('#district', 'farsta');
  await tab.fill('#described', 'bakom skolan');
  await next(tab);
  await tab.fill('#tell-text', 'Det luktar konstigt.');
  await next(tab);
  await send(tab);
  await received(tab);
  const sent = jsonIn(net.bodies.at(-1));
  assert.equal('category' in sent, false);
  assert.deepEqual(sent.place, { address: 'Farsta. bakom skolan' });
  await leave(tab);
});

test('back and forward lead through the steps, and lose nothing', async () => {
  const tab = await openApp(net);

  await fillIn(tab);
  await tab.goBack();
  await heading(tab, 'Berätta');
  assert.equal(await tab.inputValue('#tell-text'), 'Lampan vid torget är släckt.');
  await tab.goBack();
  await heading(tab, 'Var är det?');
  await button(tab, 'Tillbaka').click();
  await heading(tab, 'Vad gäller det?');
  await tab.getByText('Du har valt: Gatubelysning').waitFor();
  await tab.goForward();
  await tab.goForward();
  await tab.goForward();
  await heading(tab, 'Läs igenom och skicka');
  assert.match(await tab.title(), /^Läs igenom och skicka – /);
  await leave(tab);
});

test('the map comes when it is asked for; its pin is put by a tap and moved by keys', async () => {
  const tab = await openApp(net, { place: null, path: '/app/var' });
  const asked = [];
  tab.on('request', (r) => asked.push(r.url()));

  assert.equal(await tab.locator('.map').count(), 0);
  assert.ok(!asked.some((url) => url.includes('appmap')));
  await button(tab, 'Visa karta').click();
  await tab.locator('.map .pin').waitFor();
  await tab.locator('.map').scrollIntoViewIfNeeded();
  await tab.locator('.map').click({ position: { x: 120, y: 120 } });
  await tab.locator('.given').waitFor();
  await clean(tab, 'map');
  const first = await eventually('the draft is kept', async () => (await kept(tab, 'drafts'))[0]?.place);
  await tab.locator('.map .pin').focus();
  await tab.keyboard.press('ArrowRight');
  const moved = await eventually('the pin has moved', async () => {
    const place = (await kept(tab, 'drafts'))[0]?.place;
    return place.lon > first.lon && place;
  });
  assert.equal(moved.lat.toFixed(3), first.lat.toFixed(3));
  assert.equal(moved.from, 'map');
  assert.equal(await tab.evaluate(() => document.activeElement.classList.contains('pin')), true);
  await button(tab, 'Ta bort platsen').click();
  await tab.locator('.given').waitFor({ state: 'detached' });
  await leave(tab);
});

test('who stands outside the city is told, and may send all the same', async () => {
  const tab = await openApp(net, { place: { latitude: 57.7, longitude: 11.97, accuracy: 40 } });

  await fillIn(tab);
  await tab.goBack();
  await tab.goBack();
  await tab.getByText('utanför Stockholm').waitFor();
  await tab.goForward();
  await tab.goForward();
  await send(tab);
  await received(tab);
  await leave(tab);
});

test('who does not want to be found is told what to do instead', async () => {
  const tab = await openApp(net, { place: null, path: '/app/var' });

  await button(tab, 'Här är jag').click();
  await tab.getByText('Skriv adressen i stället').waitFor();
  await leave(tab);
});

test('an address is looked up in the city’s table, where there is one', async () => {
  const hit = { name: 'Hornsgatan 12', kind: 'address', district: { code: 'sodermalm', name: 'Södermalm' }, lat: 59.3179, lon: 18.0606 };
  net.answers['GET /api/v1/places'] = { status: 200, body: { items: [hit], next: null } };
  const tab = await openApp(net, { place: null, path: '/app/var' });

  await tab.fill('#address', 'hornsg');
  await tab.getByRole('button', { name: 'Hornsgatan 12 Södermalm' }).click();
  await tab.locator('.given').getByText('Hornsgatan 12').waitFor();
  assert.equal(await tab.inputValue('#address'), 'Hornsgatan 12');
  await tab.fill('#address', 'Hornsgatan 1');
  await tab.locator('.given').waitFor({ state: 'detached' });
  delete net.answers['GET /api/v1/places'];
  await leave(tab);
});

test('the same thing, told by somebody else, is supported instead of told again', async () => {
  const key = 'abcdefghijklmnopqrstuv';
  const asked = [];
  net.answers['GET /api/v1/open-cases'] = { status: 200, body: { next: null, items: [{ key, category: 'gatubelysning', status: 'open',
    days: 3, distance: 17.4, photo: null, supporters: 4 }] } };
  net.answers[`POST /api/v1/open-cases/${key}/supports`] = (req, body) => {
    asked.push(JSON.parse(body));
    return { status: 201, body: { supporters: 5, supportToken: 'token', new: true } };
  };
  net.answers['GET /api/v1/supports/current'] = (req) => ({ status: req.headers.authorization === 'Bearer token' ? 200 : 401,
    body: { status: 'open', category: 'gatubelysning', month: '2026-03', supporters: 5, answers: [{ at: '2026-03-02T10:00:00Z', text: 'Vi byter lampan.' }] } });
  const before = (await cases(server)).length;
  const tab = await openApp(net);

  await fillIn(tab);
  await tab.getByText('Är det samma sak?').waitFor();
  await tab.getByText('17 meter bort').waitFor();
  await clean(tab, 'nearby');
  await button(tab, 'Samma sak').click();
  await heading(tab, 'Ett ärende som du stödjer');
  await tab.getByText('Vi byter lampan.').waitFor();
  assert.match(asked[0].device, /^[0-9a-f]{32}$/);
  assert.equal((await cases(server)).length, before, 'no case of one’s own');
  assert.deepEqual(await kept(tab, 'drafts'), []);
  await tab.goto('/app/mina');
  await tab.getByRole('link', { name: 'Gatubelysning' }).waitFor();
  net.answers = {};
  await leave(tab);
});

test('photos and words that another app shares begin a draft', async () => {
  const tab = await openApp(net);
  await installed(tab);

  await tab.evaluate(async (bytes) => {
    const form = new FormData();
    form.append('text', 'Se här');
    form.append('photos', new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' }), 'delad.jpg');
    await fetch('/app/dela', { method: 'POST', body: form });
  }, [...photo]);
  await tab.goto('/app/beratta');
  await tab.locator('.photo img').waitFor();
  assert.equal(await tab.inputValue('#tell-text'), 'Se här');
  const [ready] = await eventually('the photo is ready', async () => {
    const all = await kept(tab, 'photos');
    return all.every(({ state }) => state === 'ready') && all;
  });
  assert.ok(ready.bytes > 0);
  await leave(tab);
});

test('a new version is offered, and taken when it is pressed, with what was written', async () => {
  const tab = await openApp(net);
  await installed(tab);
  const script = await (await fetch(`${server.url}/app/sw.js`)).text();

  await tab.goto('/app/beratta');
  net.answers['GET /app/sw.js'] = { status: 200, headers: { 'content-type': 'text/javascript' }, body: `${script}\n/* newer */` };
  await tab.fill('#tell-text', 'Halvvägs');
  await tab.evaluate(async () => { await (await navigator.serviceWorker.getRegistration('/app/')).update(); });
  await tab.getByText('Det finns en ny version').waitFor();
  assert.equal(await tab.inputValue('#tell-text'), 'Halvvägs', 'nothing happens by itself');
  await Promise.all([tab.waitForEvent('load'), button(tab, 'Byt till den nya').click()]);
  await heading(tab, 'Berätta');
  assert.equal(await tab.inputValue('#tell-text'), 'Halvvägs');
  net.answers = {};
  await leave(tab);
});

test('what was used last comes first', async () => {
  const tab = await openApp(net);

  await fillIn(tab);
  await send(tab);
  await received(tab);
  await tab.getByRole('link', { name: 'Lämna en ny synpunkt' }).click();
  await tab.getByText('Senast använt').waitFor();
  await tab.locator('section[aria-labelledby="recent-title"]').getByRole('button', { name: 'Gatubelysning' }).click();
  await heading(tab, 'Var är det?');
  await leave(tab);
});

test('every step is clean, light and dark, also with letters twice as large', async () => {
  const tab = await openApp(net);
  const look = async (name) => {
    await clean(tab, name);
    await tab.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
    const wide = await tab.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 360, `${name}: ${wide} px wide with large letters`);
    await tab.evaluate(() => { document.documentElement.style.fontSize = ''; });
  };

  await tab.locator('.tile').first().waitFor();
  await look('what');
  await tab.fill('#what-search', 'gata');
  await look('search');
  await tab.fill('#what-search', '');
  await tab.getByRole('link', { name: 'Park, natur, renhållning' }).click();
  await look('area');
  await button(tab, 'Lekplats, utegym, plaskdamm').click();
  await tab.locator('.given').waitFor();
  await look('where');
  await next(tab);
  await addPhotos(tab, [asPhoto()]);
  await tab.locator('.contact summary').click();
  await tab.fill('#tell-contact-email', 'eva@');
  await next(tab);
  await tab.locator('.faults').waitFor();
  await look('tell');
  await tab.fill('#tell-text', 'Gungan är trasig.');
  await tab.fill('#tell-contact-email', 'eva@example.se');
  await next(tab);
  await heading(tab, 'Läs igenom och skicka');
  await look('send');
  net.next('hold');
  await send(tab);
  await heading(tab, 'Skickas');
  await look('sending');
  net.release();
  await received(tab);
  await look('received');
  for (const at of ['mina', 'mina/lagg-till', 'enheten']) {
    await tab.goto(`/app/${at}`);
    await tab.waitForSelector('h1');
    await look(at);
  }
  await leave(tab);
});

test('in English, chosen on the device or by the telephone', async () => {
  const tab = await openApp(net, { lang: 'en-GB' });

  await heading(tab, 'What is it about?');
  assert.equal(await tab.getAttribute('html', 'lang'), 'en');
  await tab.getByRole('link', { name: 'Traffic' }).first().waitFor();
  await tab.goto('/app/enheten');
  await tab.locator('.choice', { hasText: /^\s*Svenska/ }).click();
  await heading(tab, 'Språk och inställningar');
  await tab.goto('/app/');
  await heading(tab, 'Vad gäller det?');
  await leave(tab);
});

test('read from the right, nothing runs out of the screen', async () => {
  const tab = await openApp(net, { place: farsta });

  await fillIn(tab);
  for (const at of ['', 'var', 'beratta', 'skicka', 'mina', 'enheten']) {
    await tab.goto(`/app/${at}`);
    await tab.waitForSelector('h1');
    await tab.evaluate(() => { document.documentElement.dir = 'rtl'; });
    assert.ok(await tab.evaluate(() => document.documentElement.scrollWidth) <= 360, at);
  }
  const two = await another(tab);
  await leave(tab, two);
});
