/* The way through: from the form to the answer's place, for people without a mouse,
 * without script, and when things go wrong. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { eventually, rawOpen, startServer } from '../api/harness.mjs';
import { closeBrowser, formEnv, makeCase, openTab, sendForm } from './browser.mjs';

const send = 'form#synpunkt section:last-of-type button';
const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAgAAAAIAQMAAAD+wSzIAAAABlBMVEX///+/v7+jQ3Y5AAAADklEQVQI12P4AIX8EAgALgAD/aNpbtEAAAAASUVORK5CYII=', 'base64');

let server;
before(async () => { server = await startServer({ env: formEnv }); });
after(async () => {
  await closeBrowser();
  await server?.stop();
});

async function submit(tab, selector = send) {
  await Promise.all([tab.waitForNavigation(), tab.click(selector)]);
}

async function focused(tab) {
  return tab.evaluate(() => document.activeElement.id);
}

test('without script: file, receipt, follow, add, find again', async () => {
  const tab = await openTab(server, { javaScriptEnabled: false, width: 360 });

  await tab.goto('/');
  await submit(tab, '.hero .button');
  await tab.fill('#text', 'Lekplatsen är trasig.\n\nGungan saknar en kedja.');
  await tab.selectOption('#category', 'lekplats');
  await tab.check('#type-fault-report');
  await tab.fill('#address', 'Vasaparken');
  await tab.setInputFiles('#attachment',
    { name: 'gungan.png', mimeType: 'image/png', buffer: png });
  await tab.fill('#email', 'eva@example.se');
  await submit(tab);

  assert.match(tab.url(), /\/kvitto\/20\d\d-\d+\/[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  const [number, code] = await tab.locator('.slip .code').allTextContents();
  const facts = await tab.locator('.sheet').textContent();
  assert.match(facts, /nämnd/i);
  assert.match(facts, /senast/);
  assert.match(await tab.locator('.files').textContent(), /gungan\.png/);
  const picture = await fetch(server.url + await tab.getAttribute('.files a', 'href'));
  assert.equal(picture.status, 200);
  assert.match(picture.headers.get('content-type'), /^image\//);

  await submit(tab, '.slip .button');
  assert.match(await tab.locator('.said').first().textContent(), /en kedja/);
  await tab.fill('#text', 'Nu är den andra gungan också trasig.');
  await submit(tab, '#mer button');
  assert.match(tab.url(), /tack=1$/);
  assert.equal(await tab.locator('.said').count(), 2);
  assert.ok(await tab.locator('#klart').isVisible());

  await tab.goto('/folj');
  await tab.fill('#number', ` ${number} `);
  await tab.fill('#code', code.toLowerCase().replaceAll('-', ' '));
  await submit(tab, 'main form button');
  assert.match(await tab.textContent('h1'), new RegExp(number));
  await tab.context().close();
});

test('with the keyboard alone', async () => {
  const tab = await openTab(server);

  await tab.goto('/lamna');
  const tabTo = async (id) => {
    for (let i = 0; i < 60; i++) {
      if (await focused(tab) === id) return;
      await tab.keyboard.press('Tab');
    }
    assert.fail(`the Tab key does not lead to ${id}`);
  };
  await tabTo('text');
  await tab.keyboard.type('Bussens hållplats saknar bänk.');
  await tabTo('category');
  await tab.keyboard.type('Park, gräs');
  await tabTo('type-complaint');
  await tab.keyboard.press('ArrowDown');
  assert.equal(await focused(tab), 'type-suggestion');
  await tabTo('reply-yes');
  await tab.keyboard.press('ArrowRight');
  for (let i = 0; i < 10; i++) {
    await tab.keyboard.press('Tab');
    if (await tab.evaluate(() => document.activeElement.type === 'submit')) break;
  }
  await Promise.all([tab.waitForNavigation(), tab.keyboard.press('Enter')]);
  assert.match(tab.url(), /\/kvitto\//);
  assert.match(await tab.textContent('.sheet'), /Förslag/);
  await tab.context().close();
});

for (const javaScriptEnabled of [true, false])
  test(`faults: a summary that takes the focus, ${javaScriptEnabled ? 'with' : 'without'} script`,
    async () => {
      const tab = await openTab(server, { javaScriptEnabled });

      await tab.goto('/lamna');
      await tab.fill('#name', 'Eva <b>Ek</b>');
      await tab.fill('#email', 'eva@');
      await tab.fill('#address', 'Hornsgatan 12');
      await tab.selectOption('#category', 'gatubelysning');
      await tab.check('#type-praise');
      await tab.check('#reply-no');
      await tab.selectOption('#behalf', 'child');
      await tab.setInputFiles('#attachment',
        { name: 'lampan.png', mimeType: 'image/png', buffer: png });
      await submit(tab);

      assert.match(await tab.title(), /^Fel: /);
      assert.ok(await tab.locator('#fel:focus').count());
      assert.deepEqual(await tab.locator('#fel li a').evaluateAll((links) =>
        links.map((a) => a.getAttribute('href'))), ['#text', '#email']);
      /* All that was typed is there, the file too. */
      assert.equal(await tab.inputValue('#name'), 'Eva <b>Ek</b>');
      assert.equal(await tab.inputValue('#email'), 'eva@');
      assert.equal(await tab.inputValue('#address'), 'Hornsgatan 12');
      assert.equal(await tab.inputValue('#category'), 'gatubelysning');
      assert.ok(await tab.isChecked('#type-praise'));
      assert.ok(await tab.isChecked('#reply-no'));
      assert.equal(await tab.inputValue('#behalf'), 'child');
      assert.match(await tab.textContent('form#synpunkt'), javaScriptEnabled ? /lampan\.jpg/ : /lampan\.png/);
      for (const id of ['text', 'email']) {
        assert.equal(await tab.getAttribute(`#${id}`, 'aria-invalid'), 'true');
        const [, fault] = (await tab.getAttribute(`#${id}`, 'aria-describedby')).split(' ');
        assert.ok((await tab.textContent(`#${fault}`)).length > 10);
      }
      await tab.click('#fel li a >> nth=1');
      assert.ok(await tab.locator('#email:focus').count());

      await tab.fill('#text', 'Ny lampa, tack för det!');
      await tab.fill('#email', 'eva@example.se');
      await submit(tab);
      assert.match(tab.url(), /\/kvitto\//);
      assert.match(await tab.textContent('.files'), javaScriptEnabled ? /lampan\.jpg/ : /lampan\.png/);
      await tab.context().close();
    });

test('a personal identity number can be taken out or sent anyway', async () => {
  const tab = await openTab(server, { javaScriptEnabled: false });
  const text = 'Min granne, 811228-9874, väntar på svar.';

  await tab.goto('/lamna');
  await tab.fill('#text', text);
  await submit(tab);
  assert.ok(await tab.locator('#fel:focus').count());
  assert.equal(await tab.inputValue('#text'), text);
  await submit(tab, '#fel button');
  assert.match(tab.url(), /\/kvitto\//);
  await tab.context().close();
});

test('a form sent sooner than hands can is asked for once more, nothing lost', async () => {
  const slow = await startServer({ env: { SYNPUNKT_FORM_LEAST_MS: '3000' } });
  const tab = await openTab(slow, { javaScriptEnabled: false });

  try {
    await tab.goto(`${slow.url}/lamna`);
    await tab.fill('#text', 'Snabbt skrivet.');
    await submit(tab);
    assert.equal(await tab.inputValue('#text'), 'Snabbt skrivet.');
    await submit(tab, '#fel button');
    assert.match(tab.url(), /\/kvitto\//);
    /* A program that fills in every box, or makes up its stamp, gets the same. */
    for (const more of [{ website: 'x' }, { stamp: '1.00' }, {}])
      assert.equal((await sendForm(slow, { text: 'Hej', ...more })).status, 422);
  } finally {
    await tab.context().close();
    await slow.stop();
  }
});

test('the same form twice is one case; changed, it is asked about', async () => {
  const fields = { text: 'En gång.', key: 'samma-nyckel-1', language: 'sv' };
  const first = await sendForm(server, fields);
  const second = await sendForm(server, fields);
  const third = await sendForm(server, { ...fields, text: 'En annan gång.' });

  assert.equal(first.status, 303);
  assert.equal(second.headers.get('location'), first.headers.get('location'));
  assert.equal(third.status, 409);
  const html = await third.text();
  assert.match(html, /En annan gång\./);
  assert.doesNotMatch(html, /samma-nyckel-1/);
});

const fileCases = [
  { what: 'a type that is not taken', status: 415,
    files: [{ name: 'spel.exe', bytes: 'MZ\x90\0\x03\0\0\0program', type: 'application/octet-stream' }] },
  { what: 'a file over 20 MiB', status: 413,
    files: [{ name: 'stor.txt', bytes: Buffer.alloc(21 << 20, 'a\n'), type: 'text/plain' }] },
  { what: 'eleven files', status: 413, files: Array.from({ length: 11 }, (_, i) =>
    ({ name: `${i}.txt`, bytes: `fil ${i}\n`, type: 'text/plain' })) },
];
for (const { what, status, files } of fileCases)
  test(`${what}: ${status}, and the text comes back`, async () => {
    const res = await sendForm(server, { text: 'Texten ska finnas kvar.', language: 'sv' }, files);
    const html = await res.text();

    assert.equal(res.status, status);
    assert.match(html, /Texten ska finnas kvar\./);
    assert.match(html, /href="#attachment"/);
  });

test('too many from one address: 429, and the text comes back', async () => {
  const few = await startServer({ env: { ...formEnv, SYNPUNKT_INTAKE_PER_HOUR: '1' } });

  try {
    const fields = { text: 'Texten ska finnas kvar.', language: 'sv' };
    assert.equal((await sendForm(few, fields)).status, 303);
    const res = await sendForm(few, fields);
    assert.equal(res.status, 429);
    assert.ok(Number(res.headers.get('retry-after')) > 0);
    assert.match(await res.text(), /Texten ska finnas kvar\./);
  } finally {
    await few.stop();
  }
});

/* Each step of the way in can find the client gone. */
test('a reader who leaves at any moment leaves nothing broken', async () => {
  const form = new FormData();
  form.append('text', 'Jag hinner inte vänta.');
  form.append('attachment', new Blob([png], { type: 'image/png' }), 'bild.png');
  const sent = new Request(`${server.url}/lamna`, { method: 'POST', body: form });
  const body = Buffer.from(await sent.arrayBuffer());
  const head = `POST /lamna HTTP/1.1\r\nHost: x\r\nContent-Type: ${
    sent.headers.get('content-type')}\r\nContent-Length: ${body.length}\r\n\r\n`;

  for (let ms = 0; ms < 30; ms += 1) {
    const conn = await rawOpen(server.url);
    conn.write(Buffer.concat([Buffer.from(head), body]));
    await new Promise((done) => { setTimeout(done, ms); });
    conn.socket.destroy();
  }
  assert.equal((await sendForm(server, { text: 'Fungerar allt?' })).status, 303);
});

test('a wrong number and a wrong code look the same', async () => {
  const made = await makeCase(server);
  const wrongCode = await fetch(`${server.url}/folj/${made.number}/0000-0000-0000`);
  const wrongNumber = await fetch(`${server.url}/folj/2026-999999/${made.code}`);
  const strip = (html) => html.replaceAll(/value="[^"]*"/g, '');

  assert.equal(wrongCode.status, 404);
  assert.equal(wrongNumber.status, 404);
  assert.equal(strip(await wrongCode.text()), strip(await wrongNumber.text()));
});

test('what a resident writes stays text', async () => {
  const nasty = '<script>alert(1)</script>"\'&{{t.form.send}}';
  const made = await makeCase(server, { text: nasty });
  const tab = await openTab(server);

  await tab.goto(made.follow);
  assert.equal(await tab.textContent('.said'), nasty);
  await tab.context().close();
});

test('pages with a code are not stored, sent on or framed', async () => {
  const made = await makeCase(server);
  for (const path of [made.receipt, made.follow]) {
    const { headers } = await fetch(server.url + path);
    assert.match(headers.get('cache-control'), /no-store/);
    assert.equal(headers.get('referrer-policy'), 'no-referrer');
    assert.match(headers.get('content-security-policy'), /frame-ancestors 'none'/);
  }
});

test('an accessibility fault is reported in the same form, preset', async () => {
  const tab = await openTab(server);

  await tab.goto('/tillganglighet');
  await submit(tab, 'main .button');
  assert.equal(await tab.inputValue('#category'), 'webb-etjanst-tillganglighet');
  await tab.context().close();
});

test('while the database is away the form keeps everything, and works again after', async () => {
  const own = await startServer({ env: formEnv, ownCluster: true });
  const tab = await openTab(own, { javaScriptEnabled: false });

  try {
    await tab.goto(`${own.url}/lamna`);
    await tab.fill('#text', 'Skrivet medan databasen var borta.');
    await tab.fill('#email', 'eva@example.se');
    await own.cluster.stop();
    await submit(tab);
    assert.match(await tab.textContent('#fel'), /finns kvar/);
    assert.equal(await tab.inputValue('#text'), 'Skrivet medan databasen var borta.');
    assert.equal(await tab.inputValue('#email'), 'eva@example.se');
    await own.cluster.start();
    await eventually('the database is back', async () => {
      await submit(tab, '#fel button');
      return /\/kvitto\//.test(tab.url());
    }, 30000);
  } finally {
    await tab.context().close();
    await own.stop();
  }
});
