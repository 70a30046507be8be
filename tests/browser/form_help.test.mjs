/* What scripts add to the form: what is typed is kept on the device. That the form is whole
 * without them is in journey.test.mjs. */
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';

import { eventually, startServer } from '../api/harness.mjs';
import { axeSource, closeBrowser, formEnv, lookAt, openTab } from './browser.mjs';

const send = 'form#synpunkt section:last-of-type button';
const note = '[data-draft-note]';
const remove = '[data-draft-remove]';

let city, server;
before(async () => {
  city = http.createServer((req, res) => {
    res.setHeader('content-type', 'text/html; charset=utf-8');
    res.end(`<iframe src="${server.url}/lamna?ram=1" width="400" height="800"></iframe>`);
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

async function submit(tab) {
  await Promise.all([tab.waitForNavigation(), tab.click(send)]);
}

const cases = async () => Number((await server.sql('SELECT count(*) AS n FROM synpunkt.case'))[0].n);
const kept = (tab) => tab.evaluate(() => JSON.parse(window.localStorage.getItem('synpunkt.draft')));

async function write(tab, text) {
  await tab.fill('#text', text);
  await eventually('it is kept', async () => (await kept(tab))?.values.text === text);
}

/* Another tab of the same browser; the form is open in it. */
async function another(tab, path = '/lamna') {
  const other = await tab.context().newPage();

  await other.goto(path);
  return other;
}

async function begun(text, more = {}) {
  const tab = await openTab(server, more);

  await tab.goto('/lamna');
  if (text) await write(tab, text);
  return tab;
}

test('a tab closed in the middle loses nothing, and sending leaves nothing behind', async () => {
  const first = await begun('Bänken vid kajen är');
  await first.selectOption('#category', 'park');
  await first.check('#type-fault-report');
  await first.fill('#address', 'Norr Mälarstrand 4');
  await first.fill('#email', 'eva@example.se');
  await first.check('#reply-no');
  await first.locator('#text').pressSequentially(' trasig.');
  await first.close({ runBeforeUnload: true });

  const tab = await another(first);
  await tab.waitForSelector(note);
  assert.match(await tab.textContent(`${note} p`), /^Vi har sparat det du skrev/);
  for (const [id, value] of [['text', 'Bänken vid kajen är trasig.'], ['category', 'park'],
    ['address', 'Norr Mälarstrand 4'], ['email', 'eva@example.se']])
    assert.equal(await tab.inputValue(`#${id}`), value);
  assert.ok(await tab.isChecked('#type-fault-report') && await tab.isChecked('#reply-no'));
  await submit(tab);
  assert.match(tab.url(), /\/kvitto\//);
  await eventually('nothing is kept', async () => await kept(tab) === null);
  await tab.goto('/lamna');
  await tab.waitForSelector('[data-draft]');
  assert.equal(await tab.inputValue('#text'), '');
  assert.ok(!await tab.isVisible(note));
  await tab.context().close();
});

test('what was kept is removed by a button, and is there again if that was a mistake', async () => {
  const tab = await begun('Det här ska bort.');

  await tab.goto('/lamna?category=park');
  await tab.waitForSelector(note);
  await tab.focus(remove);
  await tab.keyboard.press('Enter');
  assert.equal(await tab.textContent(`${note} p`), 'Utkastet är borttaget.');
  assert.equal(await tab.inputValue('#text'), '');
  assert.equal(await tab.inputValue('#category'), 'park', 'the link’s stays');
  assert.equal(await kept(tab), null);
  assert.equal(await tab.textContent(remove), 'Ångra');
  await tab.keyboard.press('Enter');
  assert.equal(await tab.inputValue('#text'), 'Det här ska bort.');
  assert.equal((await kept(tab)).values.text, 'Det här ska bort.');
  await tab.keyboard.press('Enter');
  const next = await another(tab);
  assert.equal(await next.inputValue('#text'), '');
  await tab.context().close();
});

test('what a link presets wins over the draft, and its place over the draft’s', async () => {
  const tab = await begun('Gungan är trasig.');

  await tab.selectOption('#category', 'park');
  await tab.fill('#address', 'Vasagatan 1');
  await tab.goto('/lamna?category=lekplats&unit=Vasaparken');
  await tab.waitForSelector(note);
  assert.equal(await tab.inputValue('#text'), 'Gungan är trasig.');
  assert.equal(await tab.inputValue('#category'), 'lekplats');
  assert.equal(await tab.inputValue('#unit'), 'Vasaparken');
  assert.equal(await tab.inputValue('#address'), '');
  await tab.context().close();
});

test('two tabs: the second keeps nothing and says so; the first one’s text is whole', async () => {
  const first = await begun('Den första flikens text.');
  const second = await another(first);

  await second.waitForSelector(note);
  assert.match(await second.textContent(`${note} p`), /annan flik/);
  assert.equal(await second.inputValue('#text'), '');
  await second.fill('#text', 'Den andra flikens text.');
  await second.waitForTimeout(1500);
  assert.equal((await kept(second)).values.text, 'Den första flikens text.');
  await submit(second);
  assert.match(second.url(), /\/kvitto\//);
  assert.equal((await kept(second)).values.text, 'Den första flikens text.', 'sent, and not the first one’s');
  await write(first, 'Den första flikens text, längre.');
  await first.close({ runBeforeUnload: true });
  await second.goto('/lamna');
  await eventually('given back', async () =>
    await second.inputValue('#text') === 'Den första flikens text, längre.');
  await second.context().close();
});

test('after a fault the server’s fields stand, and are kept; sent twice it is one case', async () => {
  const tab = await begun('Sanden är halkig.');
  const before = await cases();
  await tab.fill('#email', 'eva@');
  await submit(tab);

  assert.equal(await tab.inputValue('#text'), 'Sanden är halkig.');
  await tab.waitForSelector('[data-draft]');
  assert.ok(!await tab.isVisible(note));
  await tab.fill('#email', 'eva@example.se');
  await eventually('kept', async () => (await kept(tab)).values.email === 'eva@example.se');

  /* The case is made, but its receipt never comes: the same key, so the same case. */
  await tab.route('**/lamna', async (route) => {
    await route.fetch({ maxRedirects: 0 });
    await route.abort();
  });
  await tab.click(send);
  await eventually('made', async () => await cases() === before + 1);
  await tab.unroute('**/lamna');
  await tab.goto('/lamna');
  await tab.waitForSelector(note);
  await submit(tab);
  assert.match(tab.url(), /\/kvitto\//);
  assert.equal(await cases(), before + 1);
  await eventually('nothing is kept', async () => await kept(tab) === null);
  await tab.context().close();
});

test('who shares the device has nothing kept, now and next time', async () => {
  const tab = await begun('På bibliotekets dator.');

  await tab.click('[data-draft] summary');
  await tab.check('#draft-off');
  assert.equal(await kept(tab), null);
  await tab.fill('#text', 'På bibliotekets dator, mer.');
  await tab.waitForTimeout(800);
  assert.equal(await kept(tab), null);
  await tab.goto('/lamna');
  await tab.click('[data-draft] summary');
  assert.ok(await tab.isChecked('#draft-off'));
  await tab.uncheck('#draft-off');
  await write(tab, 'Nu får det sparas.');
  await tab.context().close();
});

test('a draft is a week old at most, and no larger than a form', async () => {
  const tab = await begun('Gammalt.');

  await tab.fill('#text', 'å'.repeat(70_000));
  await tab.waitForSelector(note);
  assert.match(await tab.textContent(`${note} p`), /gick inte att spara/);
  assert.equal((await kept(tab)).values.text, 'Gammalt.');
  await write(tab, 'Gammalt.');
  await eventually('kept again', async () => !await tab.isVisible(note));
  await tab.evaluate(() => {
    const draft = JSON.parse(window.localStorage.getItem('synpunkt.draft'));
    draft.at -= 7 * 24 * 3600 * 1000;
    window.addEventListener('pagehide', () =>
      window.localStorage.setItem('synpunkt.draft', JSON.stringify(draft)));
  });
  await tab.goto('/lamna');
  await eventually('it is gone', async () => await kept(tab) === null);
  assert.equal(await tab.inputValue('#text'), '');
  await tab.evaluate(() => window.localStorage.setItem('synpunkt.draft', '{"key":1'));
  await tab.reload();
  await write(tab, 'Något annat sparat är inget utkast.');
  await tab.context().close();
});

test('in a frame, on the child’s form nothing is kept', async () => {
  const tab = await openTab(server);

  await tab.goto(city.origin);
  const frame = await (await tab.$('iframe')).contentFrame();
  await frame.fill('#text', 'I en ram.');
  const child = await another(tab, '/lamna/barn');
  await child.fill('#text', 'Ett barns text.');
  await tab.waitForTimeout(800);
  assert.equal(await frame.locator('[data-draft]').count(), 0);
  assert.equal(await child.evaluate(() =>
    window.localStorage.length + window.sessionStorage.length), 0);
  await tab.context().close();
});

for (const [lang, text] of [['sv', /sparat/], ['fi', /tallentaneet/], ['ar', /حفظنا/]])
  test(`the kept text is told of in ${lang}, narrow and wide, light and dark`, async () => {
    const tab = await begun('Bänken vid kajen är trasig.', { lang, width: 320 });

    await tab.goto('/lamna');
    await tab.waitForSelector(note);
    assert.match(await tab.textContent(`${note} p`), text);
    await tab.click('[data-draft] summary');
    await tab.evaluate(axeSource);
    for (const [width, colorScheme] of [[320, 'light'], [1280, 'dark']]) {
      await tab.setViewportSize({ width, height: 900 });
      await tab.emulateMedia({ colorScheme });
      const { faults, wide, small } = await lookAt(tab);
      assert.deepEqual({ faults, small, fits: wide <= width }, { faults: [], small: [], fits: true });
    }
    await tab.context().close();
  });
