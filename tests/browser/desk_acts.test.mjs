/* What is done less often at the desk, pressed in the browser: cases that are passed on
 * and back, waiting, letters that failed, delays, and answers that refuse. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { eventually, startServer } from '../api/harness.mjs';
import { localDay } from '../api/lives.mjs';
import { readLetter, startSink } from '../api/smtp_sink.mjs';
import { addUser } from '../api/staff.mjs';
import { closeBrowser, formEnv } from './browser.mjs';
import { at, clean, enterDesk, leave, says } from './desk_kit.mjs';

const trafik = 'trafiknamnden';
const farsta = 'farsta-stadsdelsnamnd';
const password = {};
let server;
let sink;

before(async () => {
  sink = await startSink();
  server = await startServer({ env: { ...formEnv, SYNPUNKT_SMTP: sink.url,
    SYNPUNKT_MAIL_FROM: 'synpunkter@stad.example' } });
  password.anna = await addUser(server, 'anna', `case-handler@${trafik}`, 'Anna Ek');
  password.fia = await addUser(server, 'fia', `coordinator@${farsta}`, 'Fia Lind');
  password.gun = await addUser(server, 'gun', `case-handler@${trafik}`, 'Gun Ask');
});
after(async () => {
  await closeBrowser();
  await server?.stop();
  await sink?.close();
});

const enter = (user, path) => enterDesk(server, user, password[user], path);
let serial = 0;

async function submit(text) {
  const email = `skribent.${++serial}@example.se`;
  const res = await server.post('/api/v1/cases', { json: { text, category: 'gatubelysning',
    contact: { email } } });
  assert.equal(res.status, 201, res.text);
  return { ...res.json, email };
}

const follow = async (c) => (await server.get(`/api/v1/cases/${c.number}`,
  { headers: { authorization: `Bearer ${c.followUpCode}` } })).json;
const lettersTo = (c) => sink.letters.filter((l) => l.to === c.email)
  .map((l) => readLetter(l.text));
const send = (tab) => tab.click('.act button[type=submit]');
const offeredActs = (tab) => tab.locator('.actions > .buttons button')
  .evaluateAll((all) => all.map((b) => b.id.replace('do-', '')));

test('passed on: the other board accepts one case and returns the other', async () => {
  for (const isReturned of [false, true]) {
    const c = await submit(`Lampan vid lekplatsen ${isReturned}.`);
    const anna = await enter('anna', at(c));
    await says(anna, 'Kom in hit');
    assert.equal(await anna.getByText('Inte mottaget än').count(), 0);
    assert.ok(!(await offeredActs(anna)).includes('accept'), 'nobody receives a first leg');
    await anna.click('#do-transfer');
    await anna.selectOption('#act-board', farsta);
    await anna.selectOption('#act-ground', 'no-secrecy');
    await anna.fill('#act-text', 'Lampan står i parken.');
    await send(anna);
    await says(anna, `Ärende ${c.number} är inte längre hos dina nämnder.`);
    await anna.waitForURL(/\/desk\/$/);
    await anna.locator('.queue .notice', { hasText: c.number }).waitFor();

    const fia = await enter('fia', at(c));
    await says(fia, 'Ärendet kommer från Trafiknämnden. Ta emot det');
    await says(fia, 'Inte mottaget än');
    await says(fia, 'Lampan står i parken.');
    if (!isReturned) {
      await fia.click('#do-accept');
      await says(fia, 'Ärendet är mottaget av er nämnd.');
      assert.equal(await fia.getByText('Inte mottaget än').count(), 0);
      assert.deepEqual((await offeredActs(fia)).filter((n) => /accept|return/.test(n)), []);
      await leave(anna, fia);
      continue;
    }
    await fia.keyboard.press('b'); /* the key on the button */
    await fia.waitForSelector('#act-text:focus');
    await fia.keyboard.type('Det är gatan, inte parken.');
    await send(fia);
    await says(fia, 'är inte längre hos dina nämnder');
    await anna.goto(at(c));
    await says(anna, 'Ärendet har kommit tillbaka från Farsta');
    await says(anna, 'Det är gatan, inte parken.');
    await clean(anna, 'a returned case');
    await anna.click('#do-accept');
    await says(anna, 'Ärendet är mottaget av er nämnd.');
    await leave(anna, fia);
  }
});

test('waiting for somebody else, and going on', async () => {
  const c = await submit('Stolpen lutar.');
  const tab = await enter('anna', at(c));

  await tab.click('#do-take');
  await says(tab, 'Ärendet är ditt.');
  await tab.click('#do-wait');
  await tab.fill('#act-text', 'Entreprenören beställer en ny stolpe.');
  await send(tab);
  await says(tab, 'Ärendet väntar.');
  assert.equal(await tab.textContent('.casehead .status'), 'Väntar på annan');
  assert.equal((await follow(c)).status, 'waiting-other');
  await tab.keyboard.press('f');
  await tab.waitForSelector('#act-text:focus');
  await send(tab);
  await says(tab, 'Arbetet fortsätter.');
  assert.equal(await tab.textContent('.casehead .status'), 'Hos handläggare');
  assert.ok(!(await offeredActs(tab)).includes('resume'));
  await leave(tab);
});

async function failedMail(text) {
  sink.mode = 'rcpt-550';
  const c = await submit(text);
  const id = c.number.split('-')[1];
  await eventually('the letter failed', async () => (await server.sql(`SELECT 1 FROM synpunkt.outbox
    WHERE case_id = ${id} AND failed_at IS NOT NULL`)).length === 1);
  sink.mode = 'ok';
  return c;
}

test('a letter that failed is found, sent again, or let be', async () => {
  const again = await failedMail('Brevet ska komma fram.');
  const never = await failedMail('Brevet får vara.');
  const tab = await enter('anna');

  await tab.click('.summary a[href*="mail-failed"]');
  await tab.waitForURL(/attention=mail-failed/);
  await tab.click(`a.open[data-number="${again.number}"]`);
  await says(tab, 'Ett mejl gick inte fram');
  await says(tab, 'Orsak: adressen tar inte emot mejl');
  await clean(tab, 'a letter that failed');
  await tab.click('#do-retryMail');
  await says(tab, 'Mejlet skickas igen.');
  await eventually('it has come', () => lettersTo(again).length === 1);
  assert.deepEqual((await offeredActs(tab)).filter((n) => /Mail/.test(n)), []);

  await tab.goto(at(never));
  await tab.click('#do-dismissMail');
  await says(tab, 'Mejlet skickas inte igen.');
  assert.equal(await tab.locator('.casehead .attention').count(), 0);
  assert.deepEqual((await offeredActs(tab)).filter((n) => /Mail/.test(n)), []);
  const kept = await server.sql(`SELECT o.kind FROM synpunkt.outbox o
    WHERE o.case_id = ${Number(never.number.split('-')[1])} AND o.dismissed_at IS NULL
      AND o.sent_at IS NULL`);
  assert.deepEqual(kept, [], 'nothing waits to be sent again');
  await leave(tab);
});

test('a notice of delay reaches the complainant with its day and words', async () => {
  const c = await submit('Svaret dröjer.');
  const tab = await enter('anna', at(c));
  const expectedBy = localDay(Date.now() + 40 * 86400000);

  await tab.waitForSelector('#do-notify-delay');
  await tab.keyboard.press('d');
  await tab.waitForSelector('#act-expectedBy:focus');
  await tab.fill('#act-expectedBy', localDay(Date.now() - 86400000));
  await send(tab);
  await says(tab, 'Välj ett datum som är i dag eller senare.');
  await tab.waitForSelector('.faults:focus');
  await tab.click('.faults a');
  await tab.waitForSelector('#act-expectedBy[aria-invalid=true]:focus');
  await tab.fill('#act-expectedBy', expectedBy);
  await tab.fill('#act-text', 'Vi väntar på en reservdel.');
  await send(tab);
  await says(tab, 'Beskedet är registrerat.');
  await eventually('the letter', () => lettersTo(c).some(({ body }) => body.includes('reservdel')));
  assert.equal((await follow(c)).events.at(-1).expectedBy, expectedBy);
  await leave(tab);
});

test('what is refused is said at its field, and what was typed stays', async () => {
  const c = await submit('Fälten prövas.');
  const tab = await enter('anna', at(c));
  const faultAt = (field) => tab.textContent(`#act-${field}-fault`);

  await tab.click('#do-reply');
  await tab.fill('#act-text', ' \n ');
  await send(tab);
  assert.equal(await faultAt('text'), 'Fyll i: Svar');
  await tab.fill('#act-text', 'å'.repeat(10_001));
  await send(tab);
  await says(tab, 'Texten är för lång');
  assert.match(await faultAt('text'), /Högst 10 000 tecken/);
  assert.equal((await tab.inputValue('#act-text')).length, 10_001);
  await clean(tab, 'a text that is too long');
  await tab.fill('#act-text', '');
  await tab.click('.act button[type=button]');
  assert.equal(await tab.locator('.quiet #do-mark').count(), 1, 'what is done seldom stands apart');
  assert.equal(await tab.locator('.quiet #do-reply, .quiet .main').count(), 0);

  /* The list was read when Gun still was a colleague: the server knows better. */
  await tab.click('#do-assign');
  await tab.selectOption('#act-user', 'gun');
  await server.sql(`DELETE FROM synpunkt.staff_role WHERE user_id =
    (SELECT id FROM synpunkt.staff_user WHERE username = 'gun')`);
  await send(tab);
  await says(tab, 'Kollegan har ingen roll hos nämnden. Välj någon annan.');
  assert.match(await faultAt('user'), /Välj någon annan/);
  assert.equal(await tab.inputValue('#act-user'), 'gun');
  await leave(tab);
});

test('signing out while the server is away says so, and loses nothing', async () => {
  const c = await submit('Utloggningen prövas.');
  const tab = await enter('anna', at(c));

  await tab.click('#do-note');
  await tab.fill('#act-text', 'Halvskrivet.');
  await server.stop();
  await tab.click('.me summary');
  await tab.click('.me .sheet button:text-is("Logga ut")');
  await says(tab, 'Du kunde inte loggas ut');
  assert.equal(await tab.inputValue('#act-text'), 'Halvskrivet.');
  await clean(tab, 'a sign-out that failed');
  await server.start();
  await tab.locator('.trouble button').click();
  await tab.waitForSelector('#username');
  assert.equal(await tab.evaluate(() => Object.keys(sessionStorage).length), 0);
  await leave(tab);
});
