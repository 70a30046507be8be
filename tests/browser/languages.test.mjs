/* Finnish, and Arabic as proof that right-to-left works; and that the pages hold for
 * readers who want large text, their own colours or stillness. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { chromium } from 'playwright-core';

import { startServer } from '../api/harness.mjs';
import { axeSource, browserOptions, closeBrowser, formEnv, lookAt, makeCase, openTab, unfold,
  widthOf } from './browser.mjs';

let server, made;
before(async () => {
  server = await startServer({ env: formEnv });
  made = {};
  for (const lang of ['sv', 'fi', 'ar']) made[lang] = await makeCase(server, { language: lang });
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});

const paths = (lang) => ['/', '/lamna', '/lamna/barn', made[lang].receipt, made[lang].follow,
  '/folj', '/om', '/tillganglighet', '/karta', '/resultat/', '/resultat/farsta'];

async function eachPath(tab, lang, look) {
  for (const path of paths(lang)) {
    await tab.goto(`${path}?lang=${lang}`);
    await unfold(tab);
    await look(path.replace(made[lang].number, '').replace(made[lang].code, ''));
  }
}

/* Where the first and the last sign of each text stand: in the page. */
function backwards(selector) {
  return [...document.querySelectorAll(selector)].filter((e) => {
    const text = e.firstChild, n = text.length;
    const at = (i) => {
      const range = document.createRange();
      range.setStart(text, i);
      range.setEnd(text, i + 1);
      return range.getBoundingClientRect().left;
    };
    return at(0) > at(n - 1);
  }).map((e) => e.textContent);
}

/* Whether the first sign of words within a text stands left of the last: in the page. */
function ends([selector, words]) {
  const text = document.querySelector(selector).firstChild;
  const start = text.data.indexOf(words);
  const [first, last] = [start, start + words.length - 1].map((i) => {
    const range = document.createRange();
    range.setStart(text, i);
    range.setEnd(text, i + 1);
    return range.getBoundingClientRect().left;
  });
  return first < last ? 'in order' : 'turned round';
}

for (const [lang, dir] of [['fi', 'ltr'], ['ar', 'rtl']])
  for (const width of [320, 1280])
    test(`${lang} at ${width} px: clean, no wider than the window, easy to hit`, async () => {
      const tab = await openTab(server, { width, lang });
      await eachPath(tab, lang, async (path) => {
        await tab.evaluate(axeSource);
        const { faults, wide, small } = await lookAt(tab);
        assert.deepEqual({ faults, small }, { faults: [], small: [] }, path);
        assert.ok(wide <= width, `${path} is ${wide} px wide`);
        assert.equal(await tab.evaluate(() => getComputedStyle(document.body).direction), dir);
      });
      await tab.context().close();
    });

test('numbers, codes and telephone numbers read from left to right in Arabic', async () => {
  const tab = await openTab(server, { width: 320, lang: 'ar' });

  await tab.goto(`${made.ar.receipt}?lang=ar`);
  assert.equal(await tab.locator('.code bdi').count(), 2);
  assert.deepEqual(await tab.evaluate(backwards, '.code bdi'), []);
  await tab.goto('/lamna/barn?lang=ar');
  assert.ok(await tab.locator('.lines .phone bdi').count() > 0);
  assert.deepEqual(await tab.evaluate(backwards, '.lines .phone bdi'), []);
  /* Within words: the year left of the serial, the hour left of the minute. */
  await tab.goto(`${made.ar.follow}?lang=ar`);
  assert.equal(await tab.evaluate(ends, ['h1', made.ar.number]), 'in order');
  const time = await tab.locator('.events time').first().textContent();
  const [clock, hour, minute] = /(\d\d)\u2069:\u2068(\d\d)/.exec(time);
  assert.equal(await tab.evaluate(ends, ['.events time', clock]), 'in order', `${hour}:${minute}`);
  await tab.context().close();
});

test('right-to-left pages have their marks, bars and indents on the right', async () => {
  const tab = await openTab(server, { width: 1280, lang: 'ar' });

  await tab.goto('/?lang=ar');
  const [mark, text] = await tab.evaluate(() => {
    const item = document.querySelector('.steps li');
    return [parseFloat(getComputedStyle(item).paddingRight), parseFloat(getComputedStyle(item).paddingLeft)];
  });
  assert.ok(mark > 40 && text === 0, `${mark} ${text}`);
  await tab.goto(`${made.ar.follow}?lang=ar`);
  const said = tab.locator('.said').first();
  assert.equal(await said.evaluate((e) => getComputedStyle(e).direction), 'ltr', 'Swedish words in their own direction');
  await tab.goto('/lamna?lang=ar');
  for (const [id, dir] of [['email', 'ltr'], ['phone', 'ltr']])
    assert.equal(await tab.locator(`#${id}`).evaluate((e) => getComputedStyle(e).direction), dir, id);
  await tab.fill('#text', 'المصباح مكسور');
  assert.equal(await tab.locator('#text').evaluate((e) => getComputedStyle(e).direction), 'rtl');
  await tab.fill('#text', 'Lampan är trasig');
  assert.equal(await tab.locator('#text').evaluate((e) => getComputedStyle(e).direction), 'ltr');
  await tab.context().close();
});

test('an Arabic form comes through to an Arabic receipt without script', async () => {
  const tab = await openTab(server, { width: 320, lang: 'ar', javaScriptEnabled: false });

  await tab.goto('/lamna');
  assert.equal(await tab.getAttribute('html', 'dir'), 'rtl');
  await tab.fill('#text', 'المصباح في شارع Hornsgatan 12 مكسور.');
  await tab.selectOption('#category', 'gatubelysning');
  await Promise.all([tab.waitForNavigation(), tab.click('form#synpunkt section:last-of-type button')]);
  assert.match(tab.url(), /\/kvitto\//);
  assert.equal(await tab.getAttribute('html', 'lang'), 'ar');
  assert.ok((await tab.textContent('main')).includes('إنارة الشوارع'));
  await tab.context().close();
});

/* The reader's own text size, as set in the browser: twice the usual. */
test('twice the text size cuts nothing off and needs no sideways scrolling', async () => {
  const large = await chromium.launch({ ...browserOptions,
    args: [...browserOptions.args, '--blink-settings=defaultFontSize=32'] });

  try {
    for (const lang of ['sv', 'fi', 'ar'])
      for (const width of [390, 1280]) {
        const context = await large.newContext({ baseURL: server.url, viewport: { width, height: 900 }, locale: lang });
        const tab = await context.newPage();
        await eachPath(tab, lang, async (path) => {
          assert.ok(await tab.evaluate(() => parseFloat(getComputedStyle(document.documentElement).fontSize)) >= 34);
          assert.ok(await widthOf(tab) <= width, `${lang} ${path} at ${width} is ${await widthOf(tab)} px wide`);
          assert.deepEqual(await tab.evaluate(cutOff), [], `${lang} ${path} at ${width}`);
        });
        await context.close();
      }
  } finally {
    await large.close();
  }
});

/* What hides a part of its own text; runs in the page. A map shows a part of the city, and is
 * moved. */
function cutOff() {
  return [...document.querySelectorAll('main *, header *, footer *')].filter((e) =>
    e.checkVisibility() && !e.closest('[role="application"]') && !['SELECT', 'OPTION', 'OPTGROUP', 'INPUT', 'TEXTAREA'].includes(e.tagName) &&
    getComputedStyle(e).overflow !== 'visible' && !e.classList.contains('away') &&
    (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1))
    .map((e) => e.outerHTML.slice(0, 80));
}

test('in the reader\'s own colours buttons have an edge and the chosen one is seen', async () => {
  const tab = await openTab(server, { width: 390, forcedColors: 'active' });

  await eachPath(tab, 'sv', async (path) => {
    const edges = await tab.evaluate(() => [...document.querySelectorAll('.button, button')]
      .filter((e) => e.checkVisibility())
      .map((e) => getComputedStyle(e))
      .filter((s) => s.borderTopStyle !== 'solid' || s.borderTopColor === s.backgroundColor ||
        parseFloat(s.borderTopWidth) < 1).length);
    assert.equal(edges, 0, path);
  });
  await tab.goto('/lamna?lang=sv');
  const seen = async (selector) => tab.locator(selector).first().evaluate((e) => {
    const { borderTopColor, borderTopWidth, outlineStyle } = getComputedStyle(e);
    return [borderTopColor, borderTopWidth, outlineStyle].join();
  });
  assert.notEqual(await seen('.choice:has(:checked)'), await seen('.choice:not(:has(:checked))'));
  const marks = await tab.evaluate(() => {
    const ground = getComputedStyle(document.querySelector('header')).backgroundColor;
    return [...document.querySelectorAll('nav.main a, .langs a')].map((a) =>
      [a.hasAttribute('aria-current'), getComputedStyle(a).borderBottomColor !== ground]);
  });
  assert.deepEqual(marks.filter(([current, marked]) => current !== marked), []);
  await tab.context().close();
});

test('nothing moves by itself, least of all for those who have asked for stillness', async () => {
  const tab = await openTab(server, { width: 390, reducedMotion: 'reduce' });

  await eachPath(tab, 'sv', async (path) => {
    const moving = await tab.evaluate(() => [...document.querySelectorAll('*')].filter((e) => {
      const s = getComputedStyle(e);
      return s.animationName !== 'none' || s.transitionDuration.split(', ').some((d) => d !== '0s') ||
        s.scrollBehavior !== 'auto';
    }).map((e) => e.outerHTML.slice(0, 60)));
    assert.deepEqual(moving, [], path);
  });
  await tab.context().close();
});
