/* How the app looks for who has large words, a narrow screen or colours of their own: no
 * word is broken, and what is chosen, can be pressed and has the focus is seen. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startServer } from '../api/harness.mjs';
import { addPhotos, button, heading, leave, next, openApp, received, send } from './app_kit.mjs';
import { axeSource, closeBrowser, lookAt, openTab } from './browser.mjs';
import { edges, rings } from './own_colours.mjs';
import { takePhoto } from './photo_kit.mjs';

let server, photo;
before(async () => {
  server = await startServer();
  photo = await takePhoto(server);
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});

/* Words that go on in another line; runs in the page. */
function broken() {
  return [...document.querySelectorAll('.tile')].flatMap((tile) => {
    const text = [...tile.childNodes].find((n) => n.nodeType === Node.TEXT_NODE);
    return [...text.data.matchAll(/[^\s-]+/g)].filter(({ 0: word, index }) => {
      const range = document.createRange();
      range.setStart(text, index);
      range.setEnd(text, index + word.length);
      return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1;
    }).map(([word]) => word);
  });
}

for (const lang of ['sv', 'fi', 'ar'])
  for (const width of [360, 768, 1280])
    test(`in ${lang} at ${width} px no word of a tile is broken, and no tile is wider than its room`, async () => {
      const tab = await openTab(server, { lang, width });
      const look = async (name) => {
        await tab.locator('.tile').first().waitFor();
        assert.deepEqual(await tab.evaluate(broken), [], name);
        assert.ok(await tab.evaluate(() => document.documentElement.scrollWidth) <= width, name);
      };

      await tab.goto('/app/');
      await look('areas');
      const areas = await tab.locator('a.tile').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
      assert.ok(areas.length > 10);
      for (const area of areas) {
        await tab.goto(area);
        await tab.locator('button.tile').first().waitFor();
        await look(area);
      }
      await tab.context().close();
    });

const lookOf = (locator) => locator.evaluate((e) => {
  const { color, backgroundColor, borderTopColor, borderTopWidth } = getComputedStyle(e);
  return [color, backgroundColor, borderTopColor, borderTopWidth].join();
});

for (const scheme of ['light', 'dark'])
  test(`in the reader’s own colours, ${scheme}, all that can be pressed, is chosen or has the focus is seen`, async () => {
    const tab = await openApp(server, { forcedColors: 'active', scheme, viewport: { width: 360, height: 2400 } });
    const look = async (name) => {
      await tab.evaluate(axeSource);
      /* The colours are the reader's; axe judges those that stood there before them. */
      const faults = (await lookAt(tab)).faults.filter((fault) => !fault.startsWith('color-contrast'));
      assert.deepEqual(faults, [], name);
      await edges(tab, name);
      await rings(tab, name);
    };

    await tab.locator('.tile').first().waitFor();
    await look('what');
    await tab.getByRole('link', { name: 'Park, natur, renhållning' }).click();
    await button(tab, 'Lekplats, utegym, plaskdamm').click();
    await heading(tab, 'Var är det?');
    await tab.goBack();
    const chosen = tab.locator('.tile[aria-pressed=true]');
    await chosen.waitFor();
    assert.notEqual(await lookOf(chosen), await lookOf(tab.locator('.tile[aria-pressed=false]').first()), 'a tile that is chosen');
    assert.equal(await tab.locator('.tile[aria-pressed=true] .icon').evaluate((e) => getComputedStyle(e).stroke),
      await chosen.evaluate((e) => getComputedStyle(e).color), 'its picture is drawn as its words are');
    await look('area');
    await tab.goForward();
    await tab.locator('.given').waitFor();
    await button(tab, 'Visa karta').click();
    await tab.locator('.map .pin').waitFor();
    await look('where');
    await next(tab);
    await addPhotos(tab, [{ name: 'a.jpg', mimeType: 'image/jpeg', buffer: photo }]);
    assert.notEqual(await lookOf(tab.locator('.choice:has(:checked)').first()), await lookOf(tab.locator('.choice:not(:has(:checked))').first()));
    await look('tell');
    await tab.getByRole('button', { name: 'Dölj något Bild 1' }).click();
    await button(tab, 'Lägg till ruta').click();
    assert.equal(await tab.locator('.cover').evaluate((e) => getComputedStyle(e).backgroundColor), 'rgb(0, 0, 0)', 'as it is sent');
    await button(tab, 'Avbryt').click();
    await tab.fill('#tell-text', 'Gungan är trasig.');
    await next(tab);
    await heading(tab, 'Läs igenom och skicka');
    await look('send');
    await send(tab);
    await received(tab);
    await look('received');
    for (const at of ['mina', 'enheten']) {
      await tab.goto(`/app/${at}`);
      await tab.waitForSelector('h1');
      await look(at);
    }
    await leave(tab);
  });

test('on the map the districts’ names are words, not letters below each other', async () => {
  const tab = await openApp(server, { path: '/app/var' });

  await button(tab, 'Visa karta').click();
  const name = tab.locator('.areaname', { hasText: /^Farsta$/ });
  await name.waitFor();
  const { width, height } = await name.boundingBox();
  assert.ok(width > height, `${width} by ${height}`);
  await leave(tab);
});
