/* The app in Finnish and, from right to left, in Arabic: every step on a telephone clean,
 * no wider than it, and a number the right way round. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startServer } from '../api/harness.mjs';
import { button, clean, heading, leave, openApp, startNet } from './app_kit.mjs';
import { closeBrowser } from './browser.mjs';

let server, net;
before(async () => {
  server = await startServer();
  net = await startNet(server);
});
after(async () => {
  await closeBrowser();
  await net?.stop();
  await server?.stop();
});

const words = {
  fi: { dir: 'ltr', lamp: 'Katuvalaistus', next: 'Seuraava', send: 'Lähetä', what: 'Mitä asia koskee?',
    where: 'Missä se on?', tell: 'Kerro', read: 'Lue läpi ja lähetä', received: 'Vastaanotettu:',
    unreviewed: 'Tätä käännöstä ei ole tarkastanut kukaan' },
  ar: { dir: 'rtl', lamp: 'إنارة الشوارع', next: 'التالي', send: 'إرسال', what: 'بماذا يتعلق الأمر؟',
    where: 'أين المكان؟', tell: 'أخبرنا', read: 'راجع وأرسل', received: 'تم الاستلام:',
    unreviewed: 'لم يراجع هذه الترجمة' },
};

/* Whether the first sign of the text stands left of the last; runs in the page. */
function inOrder(e) {
  const at = (i) => {
    const range = document.createRange();
    range.setStart(e.firstChild, i);
    range.setEnd(e.firstChild, i + 1);
    return range.getBoundingClientRect().left;
  };
  return at(0) < at(e.firstChild.length - 1);
}

for (const [lang, w] of Object.entries(words))
  test(`the four steps in ${lang}: clean, and no wider than the telephone`, async () => {
    const tab = await openApp(net, { lang });
    const shown = async (name) => {
      await clean(tab, `${lang} ${name}`);
      if (process.env.SYNPUNKT_TEST_PICTURES)
        await tab.screenshot({ path: `${process.env.SYNPUNKT_TEST_PICTURES}/app-${lang}-${name}.png`, fullPage: true });
    };

    await heading(tab, w.what);
    assert.equal(await tab.getAttribute('html', 'lang'), lang);
    assert.equal(await tab.getAttribute('html', 'dir'), w.dir);
    const notice = tab.locator('.unreviewed p');
    assert.ok((await notice.first().textContent()).startsWith(w.unreviewed));
    assert.match(await notice.last().textContent(), /^Den här översättningen har inte granskats/);
    await shown('what');
    await tab.fill('#what-search', w.lamp);
    await tab.locator('.hits button', { hasText: w.lamp }).first().click();
    await heading(tab, w.where);
    await tab.locator('.given').waitFor();
    await shown('where');
    await button(tab, w.next).click();
    await heading(tab, w.tell);
    await tab.fill('#tell-text', 'Lampan vid torget är släckt.');
    await shown('tell');
    await button(tab, w.next).click();
    await heading(tab, w.read);
    await shown('send');
    await button(tab, w.send).click();
    await heading(tab, w.received);
    await shown('sent');
    const codes = tab.locator('dd.code bdi');
    assert.equal(await codes.count(), 2);
    for (const code of await codes.all()) assert.ok(await code.evaluate(inOrder), await code.textContent());
    const [row] = await server.sql('SELECT language FROM synpunkt."case" ORDER BY id DESC LIMIT 1');
    assert.equal(row.language, lang);
    await tab.goto('/app/mina');
    await tab.waitForSelector('h1');
    await shown('mine');
    await tab.goto('/app/enheten');
    await tab.waitForSelector('h1');
    await shown('device');
    await leave(tab);
  });
