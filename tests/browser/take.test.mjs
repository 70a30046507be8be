/* What came by telephone, letter or visit, taken down at the desk. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { farsta, serial, trafik } from '../api/contract_desk_kit.mjs';
import { eventually, startServer } from '../api/harness.mjs';
import { addUser, signIn } from '../api/staff.mjs';
import { closeBrowser, formEnv, nuCheck } from './browser.mjs';
import { clean, enterDesk, htmlOf, leave, picture, says } from './desk_kit.mjs';
import { keyboard } from './hands.mjs';

const path = '/desk/nytt';
const words = 'Hissen i huset står still sedan i måndags.\nJag kommer inte ut med rullatorn.';
const html = {};
const passwords = {};
let server, days;

before(async () => {
  server = await startServer({ env: formEnv });
  for (const [user, roles, name] of [['hanna', `case-handler@${farsta}`, 'Hanna Ord'],
    ['mats', `manager@${farsta}`, 'Mats Chef'], ['thea', `coordinator@${trafik}`, 'Thea Ord'],
    ['sten', `board-secretary@${farsta}`, 'Sten Sekr']])
    passwords[user] = await addUser(server, user, roles, name);
  const hanna = await signIn(server, 'hanna', passwords.hanna);
  days = (await hanna.get('/api/v1/desk/received-days')).json;
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});

const enter = (user, to, options) => enterDesk(server, user, passwords[user], to, options);
const value = (tab, selector) => tab.inputValue(selector);
const told = (tab, i) => tab.locator('.slip .told dd').nth(i).textContent();
const caseOf = async (number) => (await server.sql(`SELECT c.*, (SELECT body FROM
  synpunkt.case_content t WHERE t.case_id = c.id AND t.kind = 'text') AS text,
  (SELECT body FROM synpunkt.case_content t WHERE t.case_id = c.id AND t.kind = 'contact') AS contact
  FROM synpunkt.case c WHERE c.id = ${serial(number)}`))[0];
const count = async () => (await server.sql('SELECT count(*) AS n FROM synpunkt.case'))[0].n;

async function look(tab, name) {
  await clean(tab, name);
  html[name] = await htmlOf(tab);
  await picture(tab, `take-${name}`);
  await tab.setViewportSize({ width: 1280, height: 900 });
}

test('by keyboard alone: from the queue to number and code, and one more', async () => {
  const tab = await enter('hanna');
  const hands = keyboard(tab);
  await tab.waitForSelector('.rows');
  await tab.keyboard.press('n');
  await tab.waitForSelector('#take-title:focus');
  assert.equal(new URL(tab.url()).pathname, path);
  assert.match(await tab.title(), /^Ta emot en synpunkt/);
  await eventually('the day stands there', async () => await value(tab, '#take-receivedOn') === days.last);
  await hands.choose('#take-channel', 'Brev');
  assert.equal(await value(tab, '#take-receivedOn'), days.letter);
  await says(tab, 'Ett brev räknas som inkommet arbetsdagen före');
  await hands.write('#take-text', words.split('\n')[0]);
  await tab.keyboard.press('Enter');
  await tab.keyboard.type(words.split('\n')[1]);
  await hands.choose('#take-category', 'Gatubelysning');
  await hands.write('#take-place-address', 'Storgatan 1');
  await hands.write('#take-contact-name', 'Rut Berg');
  await hands.write('#take-contact-phone', '08-123 45 67');
  await tab.keyboard.press('Control+Enter');
  await tab.waitForSelector('h1:focus:has-text("mottagen")');
  const number = await told(tab, 0);
  const code = await told(tab, 1);
  assert.match(code, /^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  const c = await caseOf(number);
  assert.deepEqual([c.channel, c.received_on, c.text, c.board], ['letter', days.letter, words, trafik]);
  assert.equal(JSON.parse(c.contact).name, 'Rut Berg');
  await says(tab, 'Trafiknämnden');
  await says(tab, 'Du ser det bara om du arbetar där');
  assert.equal((await (await fetch(`${server.url}/folj/${number}/${code}`)).text()).includes('Hissen i huset'), true);
  /* On with the next one: the form is empty again. */
  await tab.keyboard.press('n');
  await tab.waitForSelector('#take-title:focus');
  assert.equal(await value(tab, '#take-text'), '');
  assert.equal(await value(tab, '#take-channel'), 'phone');
  await tab.keyboard.press('Escape');
  await tab.waitForSelector('.queue');
  await leave(tab);
});

test('from the menu and from the queue, and the case opened where it is one’s own', async () => {
  const tab = await enter('thea', '/desk/');
  await tab.click('header nav a[href="/desk/nytt"]');
  await tab.waitForSelector('#take-title:focus');
  await tab.goto('/desk/');
  await tab.setViewportSize({ width: 390, height: 800 }); /* where the menu has no room for it */
  await tab.click('.queue a[href="/desk/nytt"]');
  await tab.fill('#take-text', 'Lampan är släckt');
  await tab.selectOption('#take-category', 'gatubelysning');
  await tab.click('button[type=submit]');
  await tab.getByRole('link', { name: 'Öppna ärendet' }).click();
  await tab.waitForSelector('.casehead');
  await says(tab, 'Nedskrivet');
  await says(tab, 'av Thea Ord');
  await leave(tab);
});

test('every fault is said at once, leads to its field, and goes when it is put right', async () => {
  const tab = await enter('hanna', path);
  const n = await count();
  await tab.waitForSelector('#take-receivedOn');
  await tab.fill('#take-receivedOn', '2020-01-01');
  await tab.fill('#take-contact-email', 'inte en adress');
  await tab.fill('#take-contact-phone', '1');
  await tab.click('button[type=submit]');
  await tab.waitForSelector('.faults:focus');
  assert.equal(await tab.locator('.faults li').count(), 4);
  for (const id of ['take-text', 'take-receivedOn', 'take-contact-email', 'take-contact-phone'])
    assert.equal(await tab.getAttribute(`#${id}`, 'aria-invalid'), 'true', id);
  await look(tab, 'faults');
  await tab.click('.faults a[href="#take-contact-email"]');
  await tab.waitForSelector('#take-contact-email:focus');
  assert.equal(await count(), n);
  await tab.fill('#take-receivedOn', days.first);
  await tab.fill('#take-contact-email', 'rut@example.se');
  await tab.fill('#take-contact-phone', '');
  await tab.fill('#take-text', 'Nu med ord');
  await tab.click('button[type=submit]');
  await says(tab, 'Ett kvitto mejlas till personen');
  const c = await caseOf(await told(tab, 0));
  assert.equal(c.received_on, days.first);
  await leave(tab);
});

test('what is written is kept: over a reload, a lost network, and until one signs out', async () => {
  const tab = await enter('hanna', path);
  const n = Number(await count());
  await tab.fill('#take-text', 'Halvskrivet');
  await tab.selectOption('#take-channel', 'visit');
  await tab.reload();
  await tab.waitForSelector('#take-text');
  assert.equal(await value(tab, '#take-text'), 'Halvskrivet');
  assert.equal(await value(tab, '#take-channel'), 'visit');
  /* Stored, but the answer is lost on its way. Sent again it is the same case. */
  let lost = 0;
  await tab.route('**/api/v1/desk/cases', async (route) => {
    await route.fetch();
    lost++;
    await route.abort();
  });
  await tab.click('button[type=submit]');
  await says(tab, 'så blir det inte två ärenden');
  assert.equal(lost, 1);
  await tab.unroute('**/api/v1/desk/cases');
  await tab.reload(); /* also by whoever loads the page anew */
  await tab.waitForSelector('#take-text');
  await eventually('the day stands there', async () => await value(tab, '#take-receivedOn') !== '');
  await tab.click('button[type=submit]');
  await tab.waitForSelector('.slip');
  assert.equal(Number(await count()), n + 1);
  await tab.getByRole('button', { name: 'Ta emot ett till' }).click();
  assert.equal(await value(tab, '#take-text'), '');
  await tab.fill('#take-text', 'Till nästa gång');
  await tab.click('.me summary');
  const link = tab.locator('.me .sheet a.button[href="/desk/nytt"]');
  await link.waitFor();
  assert.equal(await link.textContent(), 'En synpunkt som tas emot');
  await link.click();
  await tab.getByRole('button', { name: 'Töm formuläret' }).click();
  assert.equal(await value(tab, '#take-text'), '');
  await tab.click('.me summary');
  await tab.waitForSelector('.me[open] .sheet');
  await link.waitFor({ state: 'detached' });
  await leave(tab);
});

test('a scanned letter goes along', async () => {
  const tab = await enter('hanna', path);
  await tab.selectOption('#take-channel', 'letter');
  await tab.fill('#take-text', 'Se brevet');
  await tab.setInputFiles('#take-files', { name: 'brev.txt', mimeType: 'text/plain', buffer: Buffer.from('Hej staden\n') });
  await tab.click('button[type=submit]');
  await tab.waitForSelector('.slip');
  const files = await server.sql(`SELECT name, state FROM synpunkt.case_attachment
    WHERE case_id = ${serial(await told(tab, 0))}`);
  assert.deepEqual(files, [{ name: 'brev.txt', state: 'stored' }]);
  await tab.getByRole('button', { name: 'Ta emot ett till' }).click();
  await tab.fill('#take-text', 'Ett program');
  await tab.setInputFiles('#take-files', { name: 'p.exe', mimeType: 'application/octet-stream', buffer: Buffer.from('MZ\x90\0\x03\0\0\0') });
  await tab.click('button[type=submit]');
  await says(tab, 'En av filerna är av en sort som inte tas emot.');
  await leave(tab);
});

test('the receipt on paper: number, code and dates, and nothing to press', async () => {
  const tab = await enter('hanna', path);
  await tab.fill('#take-text', words);
  await tab.fill('#take-contact-name', 'Rut Berg');
  await tab.selectOption('#take-language', 'en');
  await tab.evaluate(() => { window.print = () => { window.printed = true; }; });
  await tab.click('button[type=submit]');
  await tab.waitForSelector('.slip[lang="en"]');
  await tab.getByRole('button', { name: 'Skriv ut kvitto' }).click();
  assert.equal(await tab.evaluate(() => window.printed), true);
  await look(tab, 'receipt');
  const [number, code] = [await told(tab, 0), await told(tab, 1)];
  await tab.emulateMedia({ media: 'print', colorScheme: 'light' });
  const paper = await tab.locator('body').innerText();
  for (const part of ['Receipt for what you told us', number, code, 'Answer by', `${server.url}/folj`])
    assert.ok(paper.includes(part), `${part} in ${paper}`);
  assert.doesNotMatch(paper, /Rut Berg|Hissen|Skriv ut|Ta emot|Hanna/);
  const pdf = (await tab.pdf({ format: 'A4' })).toString('latin1');
  assert.equal(pdf.match(/\/Type\s*\/Page\b/g).length, 1);
  await leave(tab);
});

test('a deviation is reported by keyboard alone: what it asks for, every fault at once, and no receipt for anybody', async () => {
  const tab = await enter('hanna', path);
  const hands = keyboard(tab);
  await hands.write('#take-contact-name', 'Rut Berg');
  await hands.choose('#take-type', 'Avvikelse');
  await tab.waitForSelector('#take-deviation-unit option[value=furulidens-aldreboende]', { state: 'attached' });
  assert.equal(await tab.locator('#take-contact-name, #take-channel, #take-wants, #take-language').count(), 0);
  await look(tab, 'deviation');
  await hands.press('button[type=submit]');
  await tab.waitForSelector('.faults:focus');
  assert.equal(await tab.locator('.faults li').count(), 6);
  for (const name of ['text', 'deviation-unit', 'deviation-occurredOn', 'deviation-action', 'deviation-affected', 'deviation-statutory'])
    assert.equal(await tab.getAttribute(`#take-${name}`, 'aria-invalid'), 'true', name);
  await look(tab, 'deviation-faults');
  await hands.choose('#take-deviation-unit', 'Furulidens');
  await hands.day('#take-deviation-occurredOn', days.last);
  await hands.write('#take-text', 'En dörr stod olåst.');
  await hands.write('#take-deviation-affected', 'Två boende');
  await hands.write('#take-deviation-action', 'Dörren låstes.');
  await hands.choose('#take-deviation-statutory', 'Vet inte');
  await tab.reload(); /* what is written is kept */
  await tab.waitForSelector('#take-deviation-unit option[value=furulidens-aldreboende]', { state: 'attached' });
  assert.equal(await value(tab, '#take-deviation-unit'), 'furulidens-aldreboende');
  assert.equal(await value(tab, '#take-deviation-affected'), 'Två boende');
  await hands.reach('#take-text');
  await tab.keyboard.press('Control+Enter');
  await tab.waitForSelector('h1:focus:has-text("rapporterad")');
  await look(tab, 'deviation-reported');
  assert.equal(await tab.getByText('Kod', { exact: true }).count(), 0);
  const number = await told(tab, 0);
  const c = await caseOf(number);
  assert.deepEqual([c.type, c.channel, c.board, c.contact, c.wants_reply], ['deviation', 'web', farsta, null, 'f']);
  assert.match(c.text, /^En dörr stod olåst\.\n\nNär det hände: .*\nVerksamhet: Furulidens äldreboende\nGjordes direkt: Dörren låstes\.\n/);
  await hands.press('.buttons a.main');
  await tab.waitForSelector('.casehead');
  await says(tab, 'Vilka som berördes: Två boende');
  await look(tab, 'deviation-case');
  await leave(tab);
});

test('a citizen’s proposal asks for name, postal address and district, and says why', async () => {
  const tab = await enter('hanna', path);
  await tab.selectOption('#take-type', 'citizen-proposal');
  await says(tab, 'Ett medborgarförslag har namn, postadress');
  await tab.fill('#take-text', 'Bygg ett utegym.');
  await tab.click('button[type=submit]');
  await tab.waitForSelector('.faults:focus');
  for (const name of ['contact-name', 'contact-address', 'district'])
    assert.equal(await tab.getAttribute(`#take-${name}`, 'aria-invalid'), 'true', name);
  await look(tab, 'proposal');
  await tab.fill('#take-contact-name', 'Rut Berg');
  await tab.fill('#take-contact-address', 'Exempelgatan 11, 123 47 Farsta');
  await tab.selectOption('#take-district', 'farsta');
  await tab.click('button[type=submit]');
  await tab.waitForSelector('.slip');
  const c = await caseOf(await told(tab, 0));
  assert.deepEqual([c.type, c.board, JSON.parse(c.contact).address], ['citizen-proposal', farsta, 'Exempelgatan 11, 123 47 Farsta']);
  await leave(tab);
});

test('whose role takes nothing down is not offered it', async () => {
  const tab = await enter('sten');
  await tab.waitForSelector('main h1');
  assert.equal(await tab.locator('a[href="/desk/nytt"]').count(), 0);
  await tab.keyboard.press('n');
  await tab.goto(path);
  await says(tab, 'Din roll tar inte emot synpunkter');
  assert.equal(await tab.locator('form').count(), 0);
  await leave(tab);
});

test('who leads reports deviations by the same form, and takes nothing else down', async () => {
  const tab = await enter('mats');
  await tab.waitForSelector('.queue');
  await tab.locator('header a[href="/desk/nytt"]').click();
  await tab.waitForSelector('form');
  await clean(tab, 'reporting a deviation');
  assert.doesNotMatch(await tab.textContent('main form'), /Klagomål|Beröm/);
  assert.match(await tab.textContent('main'), /avvikelse/i);
  await leave(tab);
});

test('form and queue are clean at every width, in light and dark, and their markup holds', async () => {
  const tab = await enter('hanna', path);
  await tab.waitForSelector('#take-receivedOn');
  await look(tab, 'form');
  await tab.goto('/desk/');
  await tab.waitForSelector('.rows');
  await look(tab, 'queue');
  await tab.keyboard.press('?');
  await tab.waitForSelector('dialog[open]');
  await says(tab, 'Ta emot en synpunkt');
  await leave(tab);
  assert.deepEqual(await nuCheck(html), []);
});
