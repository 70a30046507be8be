/* The report editor: written and saved by keyboard alone, and nothing lost on a dead network, a
 * dead session or somebody else's version. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { ctl, eventually, startServer } from '../api/harness.mjs';
import { makeLives, storeLives } from '../api/lives.mjs';
import { addUser, signIn } from '../api/staff.mjs';
import { closeBrowser, nuCheck } from './browser.mjs';
import { clean, enterDesk, htmlOf, leave, picture, says, signInAt } from './desk_kit.mjs';
import { keyboard } from './hands.mjs';

const trafik = 'trafiknamnden';
const year = Number(new Date().toLocaleDateString('sv-SE', { timeZone: 'Europe/Stockholm' }).slice(0, 4)) - 1;
const path = '/desk/rapporter';
const at = (period) => `${path}/${trafik}/${period}`;
const api = (period) => `/api/v1/desk/reports/${trafik}/${period}`;
const html = {};
const passwords = {};
let server, chef;

before(async () => {
  const days = JSON.parse((await ctl(['due', '--list', '2020', '2035', '--json'])).stdout);
  server = await startServer();
  /* The months stay as the cells say, so that they can change. */
  await server.sql("UPDATE synpunkt.statistic_freeze SET next_month = '2099-01-01'");
  await storeLives(server, makeLives(600, 5, new Map(days.map((d) => [d.date, d.workingDay]))));
  await eventually('all is counted', async () => (await server.sql(`SELECT
    (SELECT count(*) FROM synpunkt.case) = (SELECT count(*) FROM synpunkt.statistic_case)
    AND NOT EXISTS (SELECT FROM synpunkt.statistic_dirty) AS done`))[0].done === 't', 240000);
  for (const [user, roles, name] of [['siv', `board-secretary@${trafik}`, 'Siv Ek'], ['mats', `manager@${trafik}`, 'Mats Chef'],
    ['anna', `case-handler@${trafik}`, 'Anna Ek'], ['alva', 'analyst', 'Alva Ask']])
    passwords[user] = await addUser(server, user, roles, name);
  chef = await signIn(server, 'mats', passwords.mats);
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});

const enter = (user, to, options) => enterDesk(server, user, passwords[user], to, options);
const value = (tab, id) => tab.inputValue(`#section-${id}`);
const savedOf = async (period) => (await chef.get(api(period))).json;
const textOf = async (period, id) => (await savedOf(period)).sections.find((s) => s.id === id).text;
async function saveAs(who, period, sections) {
  const { version } = (await who.get(api(period))).json;
  const res = await who.put(api(period), { json: { sections }, etag: `"${version}"` });
  assert.equal(res.status, 200, res.text);
  return res.json;
}

async function look(tab, name) {
  await clean(tab, name);
  html[name] = await htmlOf(tab);
  await picture(tab, `reports-${name}`);
}

test('by keyboard alone: from the menu to a report, written, saved, and the system’s text again', async () => {
  const tab = await enter('siv', '/desk/');
  const hands = keyboard(tab);
  await hands.press(`header nav a[href="${path}"]`);
  await says(tab, 'Verksamhetsberättelse');
  await look(tab, 'list');
  await hands.press(`a[href="${at(`${year}-t1`)}"]`);
  await tab.waitForSelector('#section-told');
  const suggested = await value(tab, 'told');
  assert.match(suggested, /emot \d+ ärenden/);
  await look(tab, 'one');
  await tab.setViewportSize({ width: 390, height: 900 });
  assert.ok(await tab.locator('.reports table').first().isVisible(), 'on a telephone, too');
  await hands.retype('#section-told', 'Många skrev om snö.');
  await says(tab, 'Ett avsnitt är ändrat och inte sparat.');
  await tab.keyboard.press('Control+s');
  await says(tab, '✓ Sparat som version 1.');
  assert.equal(await textOf(`${year}-t1`, 'told'), 'Många skrev om snö.');
  await hands.press('button[aria-label^="Använd systemets text igen: "]');
  await tab.waitForSelector('#section-told:focus');
  assert.equal(await value(tab, 'told'), suggested);
  await hands.press('button[type=submit]');
  await says(tab, '✓ Sparat som version 2.');
  assert.equal((await savedOf(`${year}-t1`)).sections[0].edited, false);
  await tab.keyboard.press('Control+s');
  await says(tab, 'Det finns inget att spara.');
  for (const ending of ['', '.docx', '.odt', '.pdf', '/ils'])
    assert.equal(await tab.locator(`.files a[href="/statistik/${trafik}/rapport/${year}-t1${ending}"]`).count(), 1, ending);
  for (const ending of ['', '.docx', '.odt', '/ils'])
    assert.equal((await chef.get(`/statistik/${trafik}/rapport/${year}-t1${ending}`)).status, 200, ending);
  await leave(tab);
});

test('a field is as high as what stands in it', async () => {
  const tab = await enter('siv', at(`${year}-t1`));
  await tab.waitForSelector('#section-risks');
  const height = async () => (await tab.locator('#section-risks').boundingBox()).height;
  await tab.fill('#section-risks', 'En rad.');
  const low = await height();
  await tab.fill('#section-risks', Array(30).fill('Ännu en rad om risker.').join('\n'));
  assert.ok(await height() > low + 400);
  assert.ok(await tab.evaluate(() => {
    const field = document.getElementById('section-risks');
    return field.scrollHeight <= field.clientHeight;
  }), 'nothing of it is hidden');
  await leave(tab);
});

test('earlier versions are looked at and stay as they are', async () => {
  const period = `${year}`;
  await saveAs(chef, period, [{ id: 'late', text: 'Sjukdom.' }]);
  await saveAs(chef, period, [{ id: 'late', text: 'Sjukdom och snö.' }]);
  const tab = await enter('siv', at(period));
  await tab.waitForSelector('#report-version');
  await tab.selectOption('#report-version', '1');
  await says(tab, 'Du läser version 1.');
  assert.equal(await tab.locator('textarea').count(), 0);
  await tab.getByText('Sjukdom.', { exact: true }).waitFor();
  await look(tab, 'earlier');
  await tab.getByRole('button', { name: 'Till den senaste' }).click();
  await tab.waitForSelector('#section-late');
  assert.equal(await value(tab, 'late'), 'Sjukdom och snö.');
  await leave(tab);
});

test('somebody else’s version is shown beside what is written, and neither is lost', async () => {
  const period = `${year}-t2`;
  const tab = await enter('siv', at(period));
  const hands = keyboard(tab);
  await hands.retype('#section-told', 'Mitt.');
  await hands.retype('#section-late', 'Mitt om sent.');
  await saveAs(chef, period, [{ id: 'told', text: 'Deras.' }, { id: 'risks', text: 'Deras risker.' }]);
  await tab.keyboard.press('Control+s');
  await says(tab, 'Mats Chef har sparat version 1 medan du skrev.');
  assert.deepEqual([await value(tab, 'told'), await value(tab, 'late'), await value(tab, 'risks')], ['Mitt.', 'Mitt om sent.', 'Deras risker.']);
  await says(tab, 'Texten har ändrats sedan du började skriva.');
  await tab.getByText('Deras.', { exact: true }).waitFor();
  await look(tab, 'conflict');
  await hands.press('.besides button:last-child');
  await tab.waitForSelector('.besides', { state: 'detached' });
  await tab.keyboard.press('Control+s');
  await says(tab, '✓ Sparat som version 2.');
  assert.deepEqual([await textOf(period, 'told'), await textOf(period, 'late'), await textOf(period, 'risks')], ['Mitt.', 'Mitt om sent.', 'Deras risker.']);
  await leave(tab);
});

test('what is written outlives a reload, a lost answer, a dead network and a dead session', async () => {
  const period = `${year}-t2`;
  const tab = await enter('siv', at(period));
  await tab.waitForSelector('#section-who');
  const { version } = await savedOf(period);
  await tab.fill('#section-who', 'Halvskrivet.');
  await tab.reload();
  await tab.waitForSelector('#section-who');
  assert.equal(await value(tab, 'who'), 'Halvskrivet.');
  await tab.goto(path);
  await says(tab, 'Det finns text här som inte är sparad.');
  await tab.goto(at(period));
  await tab.waitForSelector('#section-who');
  await tab.context().setOffline(true);
  await tab.keyboard.press('Control+s');
  await tab.waitForSelector('.savebar .trouble');
  assert.equal(await value(tab, 'who'), 'Halvskrivet.');
  await tab.context().setOffline(false);
  /* Saved, but the answer is lost on its way: saved again it is one version. */
  await tab.route(`**${api(period)}`, async (route) => {
    if (route.request().method() !== 'PUT') return route.continue();
    await route.fetch();
    await route.abort();
  });
  await tab.keyboard.press('Control+s');
  await eventually('it is stored', async () => (await savedOf(period)).version === version + 1);
  await tab.waitForSelector('.savebar .trouble');
  await tab.unroute(`**${api(period)}`);
  await tab.keyboard.press('Control+s');
  await says(tab, `✓ Sparat som version ${version + 1}.`);
  assert.equal((await savedOf(period)).version, version + 1);
  /* The session ends under it. */
  await tab.fill('#section-who', 'Efter sessionen.');
  await server.sql("DELETE FROM synpunkt.staff_session WHERE user_id = (SELECT id FROM synpunkt.staff_user WHERE username = 'siv')");
  await tab.keyboard.press('Control+s');
  await tab.waitForSelector('dialog #username');
  await signInAt(tab, 'siv', passwords.siv);
  await tab.waitForSelector('dialog', { state: 'detached' });
  assert.equal(await value(tab, 'who'), 'Efter sessionen.');
  await tab.keyboard.press('Control+s');
  await says(tab, `✓ Sparat som version ${version + 2}.`);
  assert.equal(await textOf(period, 'who'), 'Efter sessionen.');
  await leave(tab);
});

test('figures that changed are told with what they suggest now', async () => {
  const period = `${year}-t1`;
  await saveAs(chef, period, [{ id: 'types', text: 'Som det var.' }]);
  await server.sql(`UPDATE synpunkt.statistic_cube SET received = received + 7
    WHERE board = '${trafik}' AND month < '${year}-05-01' AND type = 'complaint'`);
  const tab = await enter('siv', at(period));
  await tab.waitForSelector('#section-types');
  const { suggested, outdated } = (await savedOf(period)).sections.find((s) => s.id === 'types');
  assert.equal(outdated, true);
  await says(tab, 'Siffrorna har ändrats sedan texten skrevs.');
  assert.equal(await value(tab, 'types'), 'Som det var.');
  await look(tab, 'outdated');
  await tab.getByRole('button', { name: 'Använd förslaget' }).click();
  await tab.waitForSelector('#section-types:focus');
  assert.equal(await value(tab, 'types'), suggested);
  await tab.keyboard.press('Control+s');
  await says(tab, '✓ Sparat som version');
  assert.equal((await savedOf(period)).sections.find((s) => s.id === 'types').outdated, false);
  await leave(tab);
});

test('a text that is too long is told at its section', async () => {
  const tab = await enter('siv', at(`${year}`));
  await tab.waitForSelector('#section-operation');
  await tab.fill('#section-operation', 'å'.repeat(10001));
  await tab.keyboard.press('Control+s');
  await tab.waitForSelector('.faults:focus');
  assert.equal(await tab.getAttribute('#section-operation', 'aria-invalid'), 'true');
  await tab.getByRole('button', { name: 'Släng det' }).click().catch(() => undefined);
  await leave(tab);
});

test('who does not write reads, from the palette, and nobody has another board’s', async () => {
  const tab = await enter('anna', '/desk/');
  assert.equal(await tab.locator(`header nav a[href="${path}"]`).count(), 0);
  await tab.keyboard.press('Control+k');
  await tab.keyboard.type('Rapporter');
  await tab.keyboard.press('Enter');
  await tab.click(`a[href="${at(`${year}-t1`)}"]`);
  await says(tab, 'Du kan läsa rapporten men inte ändra den.');
  assert.equal(await tab.locator('textarea, button[type=submit]').count(), 0);
  await tab.goto(`${path}/farsta-stadsdelsnamnd/${year}`);
  await tab.waitForSelector('.trouble');
  await leave(tab);
  const alva = await enter('alva', path);
  await alva.selectOption('#report-board', trafik);
  await alva.click(`a[href="${at(`${year}`)}"]`);
  await says(alva, 'Du kan läsa rapporten men inte ändra den.');
  await leave(alva);
  assert.deepEqual(await nuCheck(html), []);
});
