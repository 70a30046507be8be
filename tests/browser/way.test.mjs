/* The whole way in Chromium, from the form to the month: once by mouse, once by keyboard
 * alone. Complainant, case handler and letter meet only through the product. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { eventually, freePort, startServer } from '../api/harness.mjs';
import { localDay } from '../api/lives.mjs';
import { readLetter, startSink } from '../api/smtp_sink.mjs';
import { addUser } from '../api/staff.mjs';
import { closeBrowser, formEnv, openTab } from './browser.mjs';
import { leave, openDesk, says } from './desk_kit.mjs';
import { keyboard, mouse } from './hands.mjs';

const trafik = 'trafiknamnden';
let server;
let sink;
let password;

before(async () => {
  const http = `127.0.0.1:${await freePort()}`;
  sink = await startSink();
  server = await startServer({ env: { ...formEnv, SYNPUNKT_HTTP: http,
    SYNPUNKT_PUBLIC_URL: `http://${http}`, SYNPUNKT_SMTP: sink.url,
    SYNPUNKT_MAIL_FROM: 'synpunkter@stad.example' } });
  password = await addUser(server, 'anna', `case-handler@${trafik}`, 'Anna Ek');
  for (const text of ['Gropen på Götgatan växer.', 'Skylten är vriden.', 'Snön ligger kvar.'])
    assert.equal((await server.post('/api/v1/cases', { json: { text, category: 'vagskador' } })).status, 201);
});
after(async () => {
  await closeBrowser();
  await server?.stop();
  await sink?.close();
  assert.doesNotMatch(server?.log ?? '', /Sanitizer|runtime error|page_failed/);
});

/* The complainant's window has no script with the mouse: none is needed. */
async function complain(hands, tab, words) {
  await tab.goto('/');
  await hands.press('.hero .button');
  await tab.waitForURL(/\/lamna/);
  await hands.write('#text', words.complaint);
  await hands.choose('#category', 'Gatubelysning');
  await hands.tick('#type-fault-report');
  await hands.write('#address', 'Hornsgatan 12');
  await hands.write('#email', words.email);
  await hands.press('form#synpunkt section:last-of-type button[type=submit]');
  await tab.waitForURL(/\/kvitto\//);
  const [number, code] = await tab.locator('.slip .code').allTextContents();
  assert.match(number, /^20\d\d-\d+$/);
  assert.match(code, /^\w{4}-\w{4}-\w{4}$/);
  return { number, code };
}

const lettersTo = (email) => sink.letters.filter((l) => l.to === email)
  .map((l) => readLetter(l.text));
const letter = (email, subject) => eventually(`a letter "${subject}"`, async () =>
  lettersTo(email).find(({ headers }) => headers.subject.startsWith(subject)));

async function signIn(hands, tab) {
  await hands.write('#username', 'anna');
  await hands.write('#password', password);
  await hands.press('.signin button[type=submit]');
  await tab.waitForSelector('ol.rows');
}

/* Soonest answer first, so the new case is not the first of the queue. */
async function findInQueue(hands, tab, { number }) {
  const row = `a.open[data-number="${number}"]`;
  await tab.waitForSelector(row);
  if (hands.name === 'mouse') await tab.click(row);
  else {
    for (let i = 0; i < 60 && !await tab.locator(`${row}:focus`).count(); i++) await tab.keyboard.press('j');
    await tab.keyboard.press('Enter');
  }
  await tab.waitForSelector('h1:focus');
  assert.match(await tab.textContent('h1'), new RegExp(number));
}

async function handle(hands, tab, c, words) {
  await findInQueue(hands, tab, c);
  await says(tab, words.complaint);
  await hands.act('take');
  await says(tab, 'Ärendet är ditt.');
  await hands.act('reply');
  await tab.waitForSelector('#act-text:focus');
  await tab.keyboard.type(words.answer);
  await hands.press('.act button[type=submit]');
  await says(tab, 'Svaret är registrerat.');
  await hands.act('close');
  await hands.choose('#act-reason', 'Felet är åtgärdat');
  await hands.press('.act button[type=submit]');
  await says(tab, 'Ärendet är avslutat.');
}

/* By the links of the letter and of the page that is there. */
async function readAnswer(hands, tab, c, words) {
  const { body } = await letter(words.email, 'Du har fått svar');
  assert.ok(body.includes(words.answer), body);
  const [link] = /http\S+\/folj\/\S+/.exec(body);
  assert.ok(link.endsWith(`/folj/${c.number}/${c.code}`), link);
  await tab.goto('/folj');
  await hands.write('#number', c.number);
  await hands.write('#code', c.code);
  await hands.press('main form button[type=submit]');
  await tab.waitForURL(link);
  assert.equal(await tab.locator('.talk .city .said').last().textContent(), words.answer);
  assert.match(await tab.textContent('#laget'), /avslutat/);
}

const month = () => localDay(Date.now()).slice(0, 7);

/* The first table's measures as the reader sees them. */
async function figuresOf(tab) {
  const rows = await tab.locator('section:has(#headline) tbody tr').evaluateAll((all) =>
    all.map((row) => [row.cells[0].textContent, Number(row.cells[1].textContent.replace(/\s/g, ''))]));
  return Object.fromEntries(rows);
}

async function openMonth(hands, tab) {
  await hands.press('header nav a[href="/statistik/"]');
  await tab.waitForURL(/\/statistik\/$/);
  await hands.press(`a[href="/statistik/${trafik}/${month()}"]`);
  await tab.waitForURL(new RegExp(`/statistik/${trafik}/${month()}$`));
  return figuresOf(tab);
}

for (const [makeHands, words] of [
  [mouse, { complaint: 'Lampan vid porten är släckt.', email: 'eva@example.se',
    answer: 'Lampan är bytt i dag. Tack för att du hörde av dig!' }],
  [keyboard, { complaint: 'Lampan i backen blinkar hela natten.', email: 'nils@example.se',
    answer: 'Vi har lagat lampan. Den lyser nu som den ska.' }]])
  test(`the whole way by ${makeHands.name}: form, queue, answer, letter, month`, async () => {
    const desk = await openDesk(server);
    const home = await openTab(server, { javaScriptEnabled: makeHands !== mouse });
    const [handler, complainant] = [makeHands(desk), makeHands(home)];

    await signIn(handler, desk);
    const was = await openMonth(handler, desk);
    const c = await complain(complainant, home, words);
    await letter(words.email, 'Vi har fått din synpunkt');
    await desk.goto('/desk/');
    await handle(handler, desk, c, words);
    await readAnswer(complainant, home, c, words);
    const now = await eventually('the month has counted it', async () => {
      await desk.goto(`/statistik/${trafik}/${month()}`);
      const figures = await figuresOf(desk);
      return figures.Avslutade > was.Avslutade && figures;
    }, 30000);
    assert.deepEqual([now.Inkomna, now.Avslutade], [was.Inkomna + 1, was.Avslutade + 1]);
    await leave(desk, home);
  });
