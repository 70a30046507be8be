/*
 * What browser tests stand on: one Chromium and one server for a test file, and the
 * list of all the residents' pages.
 */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';

import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const run = promisify(execFile);

export const axeSource = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

let launched;

/* The same engine without what draws a window takes a third less of the processor. */
const places = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];

export const browserOptions = {
  executablePath: process.env.CHROMIUM ?? places.find((p) => fs.existsSync(p)),
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'],
};

/* For what that one has not: notifications. Before the first tab is opened. */
export function takeWholeBrowser() {
  browserOptions.executablePath = process.env.CHROMIUM ?? places.at(-1);
}

export function browser() {
  launched ??= chromium.launch(browserOptions);
  return launched;
}

export async function closeBrowser() {
  if (launched) await (await launched).close();
  launched = undefined;
}

/* Makes a tab slower by a factor: what a test takes for granted because it usually comes
 * first then shows. */
async function slow(tab, factor) {
  const line = await tab.context().newCDPSession(tab);
  await line.send('Emulation.setCPUThrottlingRate', { rate: factor });
}

/* A tab in a window of its own; closed by the caller's after(). */
export async function openTab(server, { width = 1280, scheme = 'light', lang = 'sv',
  ...more } = {}) {
  const context = await (await browser()).newContext({ baseURL: server.url,
    viewport: { width, height: 900 }, colorScheme: scheme, locale: lang, ...more });
  const tab = await context.newPage();
  if (process.env.SYNPUNKT_TEST_SLOW) await slow(tab, Number(process.env.SYNPUNKT_TEST_SLOW));
  return tab;
}

/* The form's fields as a browser sends them, for tests that need no browser. The time
 * trap is a setting: tests that are not about it switch it off (formEnv). */
export const formEnv = { SYNPUNKT_FORM_LEAST_MS: '0' };

export async function sendForm(server, fields, files = [], at = '/lamna') {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  for (const { name, bytes, type } of files)
    form.append('attachment', new Blob([bytes], { type }), name);
  return fetch(server.url + at, { method: 'POST', body: form, redirect: 'manual',
    headers: { 'Accept-Language': 'sv' } });
}

/* A case with a file, and its number and code. */
export async function makeCase(server, fields = {}, at = '/lamna') {
  const res = await sendForm(server, { text: 'Lampan vid Hornsgatan 12 är släckt.',
    category: 'gatubelysning', type: 'fault-report', language: 'sv', ...fields },
  [{ name: 'plats.txt', bytes: 'Vid övergångsstället.\n', type: 'text/plain' }], at);
  const to = res.headers.get('location');
  const found = /^\/kvitto\/([^/]+)\/([^/]+)$/.exec(to ?? '');

  if (res.status !== 303 || !found)
    throw new Error(`the form answered ${res.status}: ${await res.text()}`);
  return { number: found[1], code: found[2], receipt: to, follow: to.replace('kvitto', 'folj') };
}

/* An action that is done and praise that is shared, as their page has them; the board. */
async function tellDeeds(server) {
  const { json } = await server.post('/api/v1/cases', { json: { text: 'Tack!', type: 'praise', category: 'park' } });
  await server.sql(`WITH me AS (INSERT INTO synpunkt.staff_user (username, name) VALUES ('deeds', 'Dea Ed')
      ON CONFLICT (username) DO UPDATE SET name = excluded.name RETURNING id),
    a AS (INSERT INTO synpunkt.improvement (board, title, cause, expected, responsible, starts_on, ends_on,
      categories, state, done_on, texts, public, changed_by) SELECT 'trafiknamnden', 'x', 'x', '', 'x', '2026-01-01',
      '2026-03-01', '{gatubelysning,park}', 'done', '2026-03-01', '{"sv": {"said": "Det var mörkt vid skolan.", "did":
      "Vi satte upp nya lampor längs hela vägen."}}', true, me.id FROM me)
    INSERT INTO synpunkt.praise_shared (case_id, board, words, shared_by)
    SELECT ${json.number.split('-')[1]}, 'trafiknamnden', 'Snabb hjälp uppskattades.', me.id FROM me`);
  return 'trafiknamnden';
}

/* Every page there is, with what a script must do to see it, if an address is not
 * enough. */
export async function allPages(server) {
  const made = await makeCase(server);
  const asked = await makeCase(server);
  await fetch(`${server.url}${asked.receipt}/fragor`, { method: 'POST', redirect: 'manual',
    body: new URLSearchParams({ sex: 'woman', age: '25' }) });
  const told = {};
  for (const lang of ['sv', 'en'])
    told[lang] = await makeCase(server, { text: 'De stora tar min mössa.', language: lang },
      '/lamna/barn');
  /* Two who are asked how the answer was. */
  const tokens = ['0', '1'].map((n) => n.padStart(32, '0'));
  for (const [i] of tokens.entries())
    await server.sql(`INSERT INTO synpunkt.satisfaction_ask (asked_on, open_until, board, unit, category, letter_hash)
      SELECT synpunkt.today(), synpunkt.today() + 30, 'trafiknamnden', '', '', sha256('\\x${String(i).padStart(40, '0')}')`);
  await fetch(`${server.url}/tyck/${tokens[1]}`, { method: 'POST', redirect: 'manual',
    body: new URLSearchParams({ ease: '4', clarity: '5' }) });
  const submit = (selector) => async (tab) => {
    await Promise.all([tab.waitForNavigation(), tab.click(selector)]);
  };
  const send = 'form#synpunkt section:last-of-type button';

  return [
    { name: 'start', path: '/' },
    { name: 'form', path: '/lamna' },
    { name: 'form with a preset', path: '/lamna?type=praise&category=park&unit=Vasaparken&lat=59.34&lon=18.04' },
    { name: 'form with faults', path: '/lamna', status: 422, after: async (tab) => {
      await tab.fill('#email', 'eva@');
      await submit(send)(tab);
    } },
    { name: 'form with a warning', path: '/lamna', status: 422, after: async (tab) => {
      await tab.fill('#text', 'Min granne, 811228-9874, väntar på svar.');
      await submit(send)(tab);
    } },
    { name: 'child form', path: '/lamna/barn' },
    { name: 'child form with faults', path: '/lamna/barn', status: 422, after: async (tab) => {
      await tab.fill('#email', 'eva@');
      await submit(send)(tab);
    } },
    { name: 'child receipt', path: told.sv.receipt },
    { name: 'child receipt in English', path: told.en.receipt },
    { name: 'child follow', path: told.sv.follow },
    { name: 'child follow with a fault', path: told.en.follow, status: 422,
      after: submit('#mer button') },
    { name: 'receipt', path: made.receipt },
    { name: 'receipt, questions answered', path: `${asked.receipt}?svar=tack` },
    { name: 'find', path: '/folj' },
    { name: 'find with faults', path: '/folj', status: 422, after: submit('main form button') },
    { name: 'no such case', path: '/folj/2026-1/AAAA-BBBB-CCCC', status: 404 },
    { name: 'follow', path: made.follow },
    { name: 'follow with a fault', path: made.follow, status: 422, after: submit('#mer button') },
    { name: 'follow after adding', path: `${made.follow}?tack=1` },
    { name: 'survey', path: `/tyck/${tokens[0]}` },
    { name: 'survey with faults', path: `/tyck/${tokens[0]}`, status: 422, after: submit('main form button') },
    { name: 'survey answered', path: `/tyck/${tokens[1]}?tack=1` },
    { name: 'survey of nobody', path: `/tyck/${'Z'.repeat(32)}`, status: 404 },
    { name: 'map', path: '/karta' },
    { name: 'map with nothing on it', path: '/karta?category=lekplats&status=closed&district=farsta' },
    { name: 'results, before there are any', path: '/resultat/farsta' },
    { name: 'results to choose from', path: '/resultat/' },
    { name: 'results of nowhere', path: '/resultat/?q=qqqqqqq', status: 422 },
    { name: 'open data, before there are any', path: '/oppnadata/' },
    { name: 'what was done', path: '/resultat/du-sa-vi-gjorde' },
    { name: 'what a board did', path: `/resultat/du-sa-vi-gjorde/${await tellDeeds(server)}` },
    { name: 'about', path: '/om' },
    { name: 'accessibility', path: '/tillganglighet' },
    { name: 'no such page', path: '/finns-inte', status: 404 },
  ];
}

export async function openPage(tab, page) {
  await tab.goto(page.path);
  if (page.after) await page.after(tab);
}

/* Unfolds what is folded, so that it is looked at too. */
export async function unfold(tab) {
  await tab.evaluate(() => {
    for (const details of document.querySelectorAll('details')) details.open = true;
  });
}

/* What is wrong with the page as it stands; the tab has been given axeSource. */
export async function lookAt(tab) {
  const { violations } = await tab.evaluate(() => window.axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  }));

  return { faults: violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(' ')}`),
    wide: await widthOf(tab), small: await tab.evaluate(smallTargets) };
}

export const widthOf = (tab) => tab.evaluate(() => document.documentElement.scrollWidth);

/* 44 by 44, but for links in the middle of a sentence (WCAG 2.5.8, exception). The
 * target of a radio button, and of a link that is stretched over its row, is the row. Runs
 * in the page. */
function smallTargets() {
  const inText = (e) => e.tagName === 'A' && !e.classList.contains('button') &&
    [...e.parentElement.childNodes].some((n) => n !== e && n.textContent.trim());
  const target = (e) => (e.type === 'radio' || e.type === 'checkbox'
    ? e.closest('.choice') : e.closest('.row')) ?? e;
  const found = document.querySelectorAll(
    'a, button, input:not([type=hidden]), select, textarea, summary');

  return [...found].filter((e) => e.checkVisibility() && !inText(e) &&
      !e.classList.contains('skip'))
    .map((e) => ({ e, box: target(e).getBoundingClientRect() }))
    .filter(({ box }) => box.width > 0 && (box.height < 43.9 || box.width < 43.9))
    .map(({ e, box }) => `${e.outerHTML.slice(0, 80)} ${box.width}x${box.height}`);
}

/* What the Nu checker says of {name: html}; [] is content. */
export async function nuCheck(pages) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'synpunkt-nu-'));
  const jar = path.join(path.dirname(require.resolve('vnu-jar/package.json')),
    'build/dist/vnu.jar');

  try {
    const files = Object.entries(pages).map(([name, html], i) => {
      const file = path.join(dir, `${i}-${name.replace(/\W+/g, '-')}.html`);
      fs.writeFileSync(file, html);
      return file;
    });
    /* For some seconds, not for a day: one compiler and one collector are cheaper. */
    const out = await run('java', ['-Xss8m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-jar', jar, '--format', 'json', '--exit-zero-always',
      ...files], { maxBuffer: 1 << 24 }).then(({ stderr }) => stderr);
    return JSON.parse(out).messages
      .map((m) => `${path.basename(m.url ?? '')}:${m.lastLine ?? ''} ${m.message}`);
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
}
