/* The child's form in a browser: with and without script, by keyboard alone, and the way
 * out. What holds for every page is in pages.test.mjs. */
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';

import { at } from '../api/contract_desk_kit.mjs';
import { startServer } from '../api/harness.mjs';
import { newColleague } from '../api/staff.mjs';
import { axeSource, closeBrowser, formEnv, lookAt, makeCase, nuCheck, openTab } from './browser.mjs';

const send = 'form#synpunkt section:last-of-type button';
const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAgAAAAIAQMAAAD+wSzIAAAABlBMVEX///+/v7+jQ3Y5AAAADklEQVQI12P4AIX8EAgALgAD/aNpbtEAAAAASUVORK5CYII=', 'base64');

/* A page that says nothing about who was there before, and who sent them. */
let neutral, server;
let asked = [];
before(async () => {
  neutral = http.createServer((req, res) => {
    if (req.url === '/') asked.push(req.headers.referer);
    res.setHeader('content-type', 'text/html; charset=utf-8');
    res.end('<!DOCTYPE html><html lang="sv"><title>Vädret</title><h1>Sol</h1></html>');
  });
  await new Promise((done) => { neutral.listen(0, '127.0.0.1', done); });
  server = await startServer({ env: { ...formEnv,
    SYNPUNKT_SAFE_EXIT: `http://127.0.0.1:${neutral.address().port}/` } });
});
after(async () => {
  await closeBrowser();
  await server?.stop();
  neutral?.close();
});

async function submit(tab, selector = send) {
  await Promise.all([tab.waitForNavigation(), tab.click(selector)]);
}

test('without script: from the start, a picture, the answer\'s place, more words', async () => {
  const tab = await openTab(server, { javaScriptEnabled: false, width: 320 });

  await tab.goto('/');
  await submit(tab, 'a[href="/lamna/barn"]');
  await tab.fill('#text', 'Gungan är sönder.\n\nMin kompis ramlade.');
  await tab.fill('#address', 'Parken vid skolan');
  await tab.setInputFiles('#attachment',
    { name: 'gungan.png', mimeType: 'image/png', buffer: png });
  await submit(tab);
  assert.match(tab.url(), /\/kvitto\//);
  assert.equal(await tab.textContent('h1'), 'Tack! Nu har vi fått det du skrev');
  const [number, code] = await tab.locator('.slip .code').allTextContents();
  await submit(tab, '.slip .button');
  assert.match(await tab.textContent('.said'), /Min kompis ramlade/);
  assert.match(await tab.textContent('.files'), /gungan\.png/);
  await tab.fill('#text', 'Nu är den andra gungan sönder också.');
  await submit(tab, '#mer button');
  assert.equal(await tab.locator('.said').count(), 2);

  await tab.goto('/folj');
  await tab.fill('#number', number);
  await tab.fill('#code', code);
  await submit(tab, 'main form button');
  assert.match(await tab.textContent('h1'), /Det du berättade/);
  await tab.context().close();
});

test('nobody is asked who they or their guardians are', async () => {
  const tab = await openTab(server);

  await tab.goto('/lamna/barn');
  const names = await tab.locator('form input:visible, form select:visible, form textarea:visible')
    .evaluateAll((fields) => fields.map((f) => f.name));
  assert.deepEqual([...new Set(names)], ['text', 'address', 'wantsReply', 'email', 'attachment']);
  assert.doesNotMatch(await tab.textContent('main'), /vårdnadshavare|personnummer|mamma|pappa/i);
  await tab.context().close();
});

for (const javaScriptEnabled of [true, false])
  test(`what was wrong costs nothing that was written, ${javaScriptEnabled ? 'with' : 'without'} script`,
    async () => {
      const tab = await openTab(server, { javaScriptEnabled });

      await tab.goto('/lamna/barn');
      await tab.fill('#address', 'Hos <b>mig</b>');
      await tab.fill('#email', 'eva@');
      await tab.check('#reply-no');
      await tab.setInputFiles('#attachment',
        { name: 'bilden.png', mimeType: 'image/png', buffer: png });
      await submit(tab);
      assert.match(new URL(tab.url()).pathname, /^\/lamna\/barn$/);
      assert.ok(await tab.locator('#fel:focus').count());
      assert.deepEqual(await tab.locator('#fel li').allTextContents(), ['Skriv vad som har hänt',
        'E-posten ser inte rätt ut. Den ska se ut som namn@example.se. Du kan också ta bort den']);
      assert.equal(await tab.inputValue('#address'), 'Hos <b>mig</b>');
      assert.equal(await tab.inputValue('#email'), 'eva@');
      assert.ok(await tab.isChecked('#reply-no'));
      await tab.fill('#email', '');
      await tab.fill('#text', 'Det är mörkt på vägen hem.');
      await submit(tab);
      assert.match(tab.url(), /\/kvitto\//);
      await submit(tab, '.slip .button');
      assert.match(await tab.textContent('.files'), javaScriptEnabled ? /bilden\.jpg/ : /bilden\.png/);
      await tab.context().close();
    });

test('with the keyboard alone, the way out first', async () => {
  const tab = await openTab(server);

  await tab.goto('/lamna/barn');
  await tab.keyboard.press('Tab'); /* past the link that skips to the content */
  await tab.keyboard.press('Tab');
  assert.ok(await tab.locator('header [data-exit]:focus').count());
  const tabTo = async (id) => {
    for (let i = 0; i < 60; i++) {
      if (await tab.evaluate(() => document.activeElement.id) === id) return;
      await tab.keyboard.press('Tab');
    }
    assert.fail(`the Tab key does not lead to ${id}`);
  };
  await tabTo('text');
  await tab.keyboard.type('Toaletterna i skolan går inte att låsa.');
  await tabTo('reply-yes');
  await tab.keyboard.press('ArrowRight');
  for (let i = 0; i < 10; i++) {
    await tab.keyboard.press('Tab');
    if (await tab.evaluate(() => document.activeElement.type === 'submit')) break;
  }
  await Promise.all([tab.waitForNavigation(), tab.keyboard.press('Enter')]);
  assert.match(tab.url(), /\/kvitto\//);
  await tab.context().close();
});

const exits = [
  { how: 'the button at the top', leave: (tab) => tab.click('header [data-exit]') },
  { how: 'the button at the bottom', leave: (tab) => tab.click('footer [data-exit]') },
  { how: 'Esc', leave: async (tab) => {
    await tab.focus('#text');
    await tab.keyboard.press('Escape');
  } },
];

for (const { how, leave } of exits)
  test(`${how} leads away, and the page's place in the history is taken`, async () => {
    const tab = await openTab(server);
    asked = [];

    await tab.goto('/om');
    await tab.goto('/lamna/barn');
    await tab.fill('#text', 'Något som ingen annan får se.');
    await Promise.all([tab.waitForURL(`http://127.0.0.1:${neutral.address().port}/`), leave(tab)]);
    assert.equal(await tab.title(), 'Vädret');
    assert.deepEqual(asked, [undefined]);
    await tab.goBack();
    assert.equal(new URL(tab.url()).pathname, '/om');
    await tab.context().close();
  });

test('without script the button is a link that tells nobody where it was', async () => {
  const tab = await openTab(server, { javaScriptEnabled: false });
  asked = [];

  await tab.goto('/lamna/barn');
  assert.ok(await tab.isHidden('[data-exit-key]'));
  await submit(tab, 'header [data-exit]');
  assert.equal(await tab.title(), 'Vädret');
  assert.deepEqual(asked, [undefined]);
  await tab.context().close();
});

/* Before the neutral page has come, however slow it is. */
test('what was written is off the screen at once', async () => {
  const tab = await openTab(server);

  await tab.goto('/lamna/barn');
  await tab.fill('#text', 'Något som ingen annan får se.');
  assert.deepEqual(await tab.evaluate(() => {
    document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }));
    return [document.body.childElementCount, document.title];
  }), [0, '']);
  await tab.context().close();
});

test('nothing is kept on the device', async () => {
  const tab = await openTab(server);

  await tab.goto('/lamna/barn?lang=en');
  await tab.fill('#text', 'It is dark on the way home.');
  await submit(tab);
  assert.match(await tab.textContent('h1'), /Thank you/);
  assert.deepEqual(await tab.context().cookies(), []);
  assert.deepEqual(await tab.evaluate(async () => [localStorage.length, sessionStorage.length,
    (await indexedDB.databases()).length, (await caches?.keys?.())?.length ?? 0]), [0, 0, 0, 0]);
  await tab.context().close();
});

test('on paper there are the number and the code, and no buttons', async () => {
  const tab = await openTab(server);

  await tab.goto('/lamna/barn');
  await tab.fill('#text', 'Det är mörkt på vägen hem.');
  await submit(tab);
  await tab.emulateMedia({ media: 'print' });
  assert.equal(await tab.locator('.slip .code:visible').count(), 2);
  assert.equal(await tab.locator('[data-exit]:visible, button:visible').count(), 0);
  assert.ok(await tab.isVisible('.help'));
  await tab.context().close();
});

test('the ordinary form shows the way to the child\'s, and back', async () => {
  const tab = await openTab(server);

  await tab.goto('/lamna');
  await submit(tab, 'main a[href="/lamna/barn"]');
  await submit(tab, 'main a[href="/lamna"]');
  assert.equal(await tab.locator('#category').count(), 1);
  await tab.context().close();
});

const asking = {
  sv: { question: 'Får vi ge det du skrev till Farsta stadsdelsnämnd?', ask: 'Fråga en vuxen som du litar på.',
    helpers: 'Se vem du kan ringa', yes: 'Ja, det får ni', saved: 'En vuxen ser vad du svarade.' },
  en: { question: 'May we give what you wrote to Farsta stadsdelsnämnd?', ask: 'Ask a grown-up you trust.',
    helpers: 'See whom you can call', yes: 'Yes, you may', saved: 'A grown-up sees what you answered.' },
};

for (const [lang, words] of Object.entries(asking))
  test(`asked whether others may read it, in easy words and with whom to ask, ${lang}`, async () => {
    const made = await makeCase(server, { text: 'De stora tar min mössa.', language: lang }, '/lamna/barn');
    const dora = await newColleague(server, `dora.${lang}`, 'coordinator@dispatch');
    const { etag } = (await dora.get(at(made.number))).headers;
    const res = await dora.post(at(made.number, 'consent-requests'), { etag,
      json: { board: 'farsta-stadsdelsnamnd', text: 'De kan prata med skolan.' } });
    assert.equal(res.status, 201, res.text);

    const tab = await openTab(server, { lang });
    await tab.goto(`${made.follow}?lang=${lang}`);
    const box = tab.locator('section[aria-labelledby="samtycke"]');
    assert.equal(await box.locator('h2').textContent(), words.question);
    const text = await box.innerText();
    assert.ok(text.includes(words.ask), text);
    assert.ok(text.includes('De kan prata med skolan.'));
    assert.doesNotMatch(text.replace(words.question, ''), /ärende|annan nämnd|samtycke|another board|consent|your case/i);
    const html = await tab.content();
    await tab.evaluate(axeSource);
    for (const width of [320, 1280]) {
      await tab.setViewportSize({ width, height: 900 });
      const { faults, wide, small } = await lookAt(tab);
      assert.deepEqual({ faults, small, isWide: wide > width }, { faults: [], small: [], isWide: false }, `${width} px`);
    }
    if (lang === 'sv') assert.deepEqual(await nuCheck({ html }), []);
    await box.getByRole('link', { name: words.helpers }).click();
    assert.ok(await tab.locator('#hjalp').isVisible());
    assert.ok(tab.url().endsWith('#hjalp'));
    await Promise.all([tab.waitForNavigation(), box.getByRole('button', { name: words.yes }).click()]);
    assert.ok((await tab.textContent('.done')).includes(words.saved));
    await tab.context().close();
  });
