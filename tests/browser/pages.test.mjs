/* Every page, narrow and wide, light and dark, in both languages: can everybody use
 * it, and is it written as the standards say? */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { HtmlValidate, StaticConfigLoader } from 'html-validate';

import { startServer } from '../api/harness.mjs';
import { allPages, axeSource, closeBrowser, formEnv, lookAt, nuCheck, openPage, openTab, unfold,
  widthOf } from './browser.mjs';

let server, pages;
before(async () => {
  server = await startServer({ env: formEnv });
  pages = await allPages(server);
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});

const windows = [
  { width: 320, scheme: 'light' }, { width: 768, scheme: 'light' },
  { width: 1280, scheme: 'light' }, { width: 1280, scheme: 'dark' },
  { width: 320, scheme: 'dark' },
];

async function eachPage(options, look) {
  const tab = await openTab(server, options);

  try {
    for (const page of pages) {
      await openPage(tab, page);
      await unfold(tab);
      await look(tab, page);
    }
  } finally {
    await tab.context().close();
  }
}

/* A page is opened once and looked at in every window: most of the time goes to opening.
 * Colours do not depend on the language. */
const surveys = {};

function survey(lang) {
  surveys[lang] ??= surveyPages(lang);
  return surveys[lang];
}

async function surveyPages(lang) {
  const seen = [];

  await eachPage({ lang }, async (tab, page) => {
    await tab.evaluate(axeSource);
    for (const { width, scheme } of windows.filter((w) => lang === 'sv' || w.scheme === 'light')) {
      await tab.setViewportSize({ width, height: 900 });
      await tab.emulateMedia({ colorScheme: scheme });
      seen.push({ page: page.name, width, scheme, ...await lookAt(tab) });
    }
  });
  return seen;
}

for (const lang of ['sv', 'en']) {
  test(`axe has nothing to say: ${lang}`, async () => {
    const found = (await survey(lang)).filter((look) => look.faults.length);
    assert.deepEqual(found.map(({ page, width, scheme, faults }) =>
      ({ page, width, scheme, faults })), []);
  });

  test(`nothing is wider than the window: ${lang}`, async () => {
    const found = (await survey(lang)).filter((look) => look.wide > look.width);
    assert.deepEqual(found.map(({ page, width, wide }) => ({ page, width, wide })), []);
  });

  test(`targets are at least 44 px high and wide: ${lang}`, async () => {
    const found = (await survey(lang)).filter((look) => look.small.length);
    assert.deepEqual(found.map(({ page, width, small }) => ({ page, width, small })), []);
  });
}

/* 1280 by 1024 at 400 % is a window of 320 by 256 that shows four pixels for one. */
test('400 % zoom needs no sideways scrolling and hides no button', async () => {
  await eachPage({ width: 320, viewport: { width: 320, height: 256 },
    deviceScaleFactor: 4 }, async (tab, page) => {
    assert.ok(await widthOf(tab) <= 320, page.name);
    for (const button of await tab.locator('main button:visible, main .button').all()) {
      await button.scrollIntoViewIfNeeded();
      const box = await button.boundingBox();
      assert.ok(box.x >= 0 && box.x + box.width <= 320, page.name);
    }
  });
});

/* WCAG 1.4.12: the reader's own spacing must not cut anything off. */
test('wider text spacing cuts nothing off', async () => {
  await eachPage({ width: 320, bypassCSP: true }, async (tab, page) => {
    await tab.addStyleTag({ content: `* { line-height: 1.5 !important;
      letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
      p { margin-bottom: 2em !important; }` });
    const wide = await widthOf(tab);
    assert.ok(wide <= 320, `${page.name} is ${wide} px wide`);
  });
});

test('html-validate and the Nu checker find no errors', async () => {
  const validate = new HtmlValidate(new StaticConfigLoader({
    extends: ['html-validate:recommended', 'html-validate:a11y'],
    rules: {
      /* The error summary takes the focus without a script: that is its point. */
      'no-autofocus': 'off',
      /* <dl> with <div> and the like are laid out by hand, close to the text. */
      'no-trailing-whitespace': 'off',
      'void-style': 'off',
      'long-title': 'off',
    },
  }));
  const found = {};

  for (const lang of ['sv', 'en']) {
    const tab = await openTab(server, { lang, javaScriptEnabled: false });
    for (const page of pages) {
      const [html] = await Promise.all([lastHtml(tab, page), openPage(tab, page)]);
      found[`${lang} ${page.name}`] = html;
      const report = await validate.validateString(html, `${page.name}.html`);
      assert.deepEqual(report.results.flatMap((r) => r.messages)
        .map((m) => `${m.line}: ${m.ruleId} ${m.message}`), [], `${lang} ${page.name}`);
    }
    await tab.context().close();
  }
  assert.deepEqual(await nuCheck(found), []);
});

/* The document as it was sent: what the browser holds is already mended. */
async function lastHtml(tab, page) {
  const documents = page.after ? 2 : 1;
  for (let i = 1; ; i++) {
    const res = await tab.waitForEvent('response',
      (r) => r.request().resourceType() === 'document');
    if (i === documents) {
      assert.equal(res.status(), page.status ?? 200, page.name);
      return res.text();
    }
  }
}

test('pages bring nothing inline and nothing from elsewhere', async () => {
  await eachPage({ width: 1280 }, async (tab, page) => {
    const found = await tab.evaluate(() => [
      /* A map's script places its marks through the CSSOM, which the policy allows. */
      ...document.querySelectorAll('style, script:not([src]), ' +
        '[style]:not(.leaflet-container, .leaflet-container *)'),
      ...document.querySelectorAll('script[src^=http], link[href^=http], img[src^=http]'),
      ...[...document.querySelectorAll('*')].filter((e) =>
        e.getAttributeNames().some((n) => n.startsWith('on'))),
    ].map((e) => e.outerHTML));
    assert.deepEqual(found, [], page.name);
  });
});

test('what never changes may be kept for ever, and says so', async () => {
  const html = await (await fetch(`${server.url}/`)).text();
  const links = [...html.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map((m) => m[1]);

  assert.equal(links.length, 3);
  for (const link of links) {
    const res = await fetch(server.url + link);
    assert.equal(res.status, 200, link);
    assert.match(res.headers.get('cache-control'), /immutable/);
    const again = await fetch(server.url + link,
      { headers: { 'If-None-Match': res.headers.get('etag') } });
    assert.equal(again.status, 304);
  }
  const old = await fetch(server.url + links[0].replace(/[0-9a-f]{16}/, '0'.repeat(16)));
  assert.equal(old.headers.get('cache-control'), 'no-cache');
});

test('the skip link leads past the menu', async () => {
  const tab = await openTab(server);

  await tab.goto('/lamna');
  await tab.keyboard.press('Tab');
  assert.equal(await tab.evaluate(() => document.activeElement.className), 'skip');
  await tab.keyboard.press('Enter');
  await tab.keyboard.press('Tab');
  assert.ok(await tab.evaluate(() => document.activeElement.closest('main') !== null));
  await tab.context().close();
});

test('the language is chosen by the reader and remembered', async () => {
  const tab = await openTab(server, { lang: 'en' });

  await tab.goto('/');
  assert.equal(await tab.getAttribute('html', 'lang'), 'en');
  await tab.click('.langs summary');
  await tab.click('.langs a[lang=sv]');
  assert.equal(await tab.getAttribute('html', 'lang'), 'sv');
  await tab.goto('/om');
  assert.equal(await tab.getAttribute('html', 'lang'), 'sv');
  await tab.context().close();
});

test('the focus can be seen on everything that takes it', async () => {
  for (const scheme of ['light', 'dark']) {
    const tab = await openTab(server, { scheme });
    await tab.goto('/lamna');
    for (let i = 0; i < 30; i++) {
      await tab.keyboard.press('Tab');
      const seen = await tab.evaluate(() => {
        const e = document.activeElement;
        const holder = e.closest('.choice') ?? e;
        const style = getComputedStyle(holder);
        return { html: e.outerHTML.slice(0, 80), body: e === document.body,
          width: parseFloat(style.outlineWidth), kind: style.outlineStyle };
      });
      if (seen.body) break;
      assert.ok(seen.kind !== 'none' && seen.width >= 3, seen.html);
    }
    await tab.context().close();
  }
});

test('print shows number and code and leaves the menus out', async () => {
  const tab = await openTab(server);

  await openPage(tab, pages.find((p) => p.name === 'receipt'));
  await tab.emulateMedia({ media: 'print' });
  assert.ok(await tab.locator('.slip .code').first().isVisible());
  assert.ok(!await tab.locator('nav.main').isVisible());
  await tab.context().close();
});
