/* The settings as pages: found, looked at before they are changed, changed, and undone, by
 * keyboard alone. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { eventually, startServer } from '../api/harness.mjs';
import { addUser } from '../api/staff.mjs';
import { closeBrowser } from './browser.mjs';
import { clean, enterDesk, leave, picture, says } from './desk_kit.mjs';
import { keyboard } from './hands.mjs';

const path = '/desk/installningar';
let server;
let admin;
let handler;
let leader;

before(async () => {
  server = await startServer();
  admin = await addUser(server, 'adam', 'administrator@*', 'Adam Ask');
  leader = await addUser(server, 'carl', 'coordinator@trafiknamnden', 'Carl Alm');
  handler = await addUser(server, 'anna', 'case-handler@trafiknamnden', 'Anna Ek');
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});

async function look(tab, name) {
  await clean(tab, name);
  await picture(tab, `settings-${name}`);
}

test('by keyboard alone: a day is added, seen before it is saved, and taken back', async () => {
  const tab = await enterDesk(server, 'adam', admin, path);
  const hands = keyboard(tab);
  await says(tab, 'Det som staden själv bestämmer');
  await look(tab, 'kinds');
  await hands.press(`a[href="${path}/working-days"]`);
  await tab.waitForSelector('#setting-sought');
  await hands.press(`a[href="${path}/working-days/ny"]`);
  await tab.waitForSelector('#setting-day');
  await hands.day('#setting-day', '2027-06-04');
  await hands.write('#setting-name', 'Klämdag');
  await tab.keyboard.press('Enter');

  await tab.waitForSelector('#preview-title:focus');
  await says(tab, 'ska besvaras fre 18 juni 2027 i stället för tors 17 juni 2027');
  await look(tab, 'preview');
  await tab.keyboard.press('Tab');
  await hands.write('#setting-reason', 'Beslut 2026-11-20');
  await tab.keyboard.press('Enter');

  await says(tab, 'Lades till');
  assert.equal(new URL(tab.url()).pathname, `${path}/working-days/2027-06-04`);
  await look(tab, 'one');
  await hands.press('.history button');
  await tab.waitForSelector('#undo-reason');
  await tab.keyboard.type('Det var fel dag');
  await tab.keyboard.press('Enter');
  await says(tab, 'Raden är borttagen.');
  const [{ n }] = await server.sql("SELECT count(*)::int AS n FROM synpunkt.working_day_exception WHERE day = '2027-06-04'");
  assert.equal(Number(n), 0);
  await leave(tab);
});

test('by keyboard alone: an announcement is seen as the page will have it, said, and taken back to how it once was', async () => {
  const tab = await enterDesk(server, 'adam', admin, `${path}/texts`);
  const hands = keyboard(tab);
  await says(tab, 'Meddelande överst');
  await look(tab, 'texts');
  await hands.press(`a[href="${path}/texts/page.announcement.sv"]`);
  await hands.write('#setting-wording', 'Just nu tar det längre tid.');
  await hands.press('button.main');
  await tab.waitForSelector('#preview-title:focus');
  await tab.frameLocator('.shown iframe').getByText('Just nu tar det längre tid.').waitFor();
  await look(tab, 'text-preview');
  await hands.write('#setting-reason', 'Många synpunkter');
  await hands.press('button.main');
  await says(tab, 'Lades till');

  await hands.retype('#setting-wording', 'Nu går det fortare.');
  await hands.press('button.main');
  await hands.write('#setting-reason', 'Det gick över');
  await hands.press('button.main');
  await says(tab, 'Det gick över');
  await hands.press('.history li:nth-child(2) button');
  await tab.waitForSelector('.history .preview');
  await look(tab, 'text-back');
  await hands.write('#restore-reason', 'Det kom fler');
  await hands.press('.history button.main');
  await says(tab, 'Nu är det som det var då.');
  await look(tab, 'text-one');
  assert.equal(await tab.inputValue('#setting-wording'), 'Just nu tar det längre tid.');

  await eventually('the page says so', async () => {
    await tab.goto('/');
    return (await tab.getByText('Just nu tar det längre tid.').count()) === 1;
  });
  await look(tab, 'announcement');
  await leave(tab);
});

test('an administrator, who sees no cases, is led from the first page to the settings', async () => {
  const tab = await enterDesk(server, 'adam', admin);
  await tab.click(`.ways a[href="${path}"]`);
  await says(tab, 'Personer och roller');
  await leave(tab);
});

test('what is wrong is told at its field, and what was typed stays', async () => {
  const tab = await enterDesk(server, 'adam', admin, `${path}/categories/ny`);
  await tab.waitForSelector('#setting-code');
  await tab.fill('#setting-code', 'Fel Kod');
  await tab.fill('#setting-synonyms', 'snö\nis');
  await tab.click('button.main');

  await tab.waitForSelector('.faults:focus');
  assert.equal(await tab.getAttribute('#setting-code', 'aria-invalid'), 'true');
  await says(tab, 'Namn: fyll i');
  assert.equal(await tab.inputValue('#setting-synonyms'), 'snö\nis');
  await look(tab, 'faults');
  await leave(tab);
});

test('a colleague\'s change is shown, and what one typed is still there', async () => {
  await server.sql(`INSERT INTO synpunkt.helpline (code, position, name, phone, link) VALUES ('linje', 950, 'Linjen', '08-1', '')`);
  const tab = await enterDesk(server, 'adam', admin, `${path}/helplines/linje`);
  await tab.waitForSelector('#setting-name');
  await tab.fill('#setting-name', 'Min linje');
  await server.sql("UPDATE synpunkt.helpline SET phone = '08-2' WHERE code = 'linje'");
  await tab.click('button.main');

  await says(tab, 'Någon annan har ändrat raden');
  await says(tab, 'Ändrades');
  assert.equal(await tab.inputValue('#setting-name'), 'Min linje');
  /* What is there now is looked at before it is written over. */
  await tab.click('button.main');
  await tab.waitForSelector('#preview-title:focus');
  await tab.fill('#setting-reason', 'Nytt namn');
  await server.sql("UPDATE synpunkt.helpline SET phone = '08-3' WHERE code = 'linje'");
  await tab.click('button.main');
  await tab.waitForSelector('#preview-title', { state: 'detached' });
  assert.deepEqual(await server.sql("SELECT name, phone FROM synpunkt.helpline WHERE code = 'linje'"), [{ name: 'Linjen', phone: '08-3' }]);
  await leave(tab);
});

test('a coordinator reads what others decide, and changes the own board\'s deadlines', async () => {
  const tab = await enterDesk(server, 'carl', leader, `${path}/categories`);
  await tab.waitForSelector('#setting-sought');
  assert.equal(await tab.getByText('Lägg till').count(), 0);
  await tab.fill('#setting-sought', 'gatubelysning');
  await look(tab, 'list');
  await tab.click('.settings tbody a');
  await says(tab, 'Du kan läsa den här raden men inte ändra den.');
  await look(tab, 'read');

  await tab.goto(`${path}/deadlines`);
  await tab.waitForSelector('#setting-sought');
  assert.equal(await tab.getByText('Lägg till').count(), 1);
  await leave(tab);
});

test('settings are no case handler\'s', async () => {
  const tab = await enterDesk(server, 'anna', handler, path);
  await says(tab, 'Inställningarna är för samordnare, chefer och administratörer.');
  assert.equal(await tab.locator(`.me a[href="${path}"]`).count(), 0);
  await leave(tab);
});

/* ---- people ---- */

test('by keyboard alone: a colleague gets an account, a role more, and loses it', async () => {
  const tab = await enterDesk(server, 'adam', admin, `${path}/people`);
  const hands = keyboard(tab);
  await says(tab, 'Anna Ek');
  await look(tab, 'people');
  await hands.press(`a[href="${path}/people/ny"]`);
  await hands.write('#person-username', 'nils');
  await hands.write('#person-name', 'Nils Ek');
  await hands.choose('#person-role', 'Handl');
  await hands.choose('#person-board', 'Trafikn');
  await hands.write('#person-reason', 'Börjar i dag');
  await tab.keyboard.press('Enter');
  await tab.waitForSelector('#secret-title:focus');
  await look(tab, 'password');

  await tab.goto(`${path}/people/nils`);
  await says(tab, 'Kontot skapades');
  await look(tab, 'person');
  await hands.press('section[aria-labelledby="roles-title"] > button');
  await hands.choose('#person-role', 'Registr');
  await hands.choose('#person-board', 'Trafikn');
  await hands.write('#person-reason', 'Hjälper till');
  await tab.keyboard.press('Enter');
  await says(tab, 'Sparat.');
  await hands.press('button[aria-label="Avsluta nu: Registrator, Trafiknämnden"]');
  await hands.write('#person-reason', 'Klar med det');
  await tab.keyboard.press('Enter');
  await says(tab, 'Rollen är avslutad.');
  await look(tab, 'person-after');
  await leave(tab);
});

test('the last administrator is told why the account cannot be closed', async () => {
  await server.sql("UPDATE synpunkt.staff_user SET disabled_at = now() WHERE username = 'administrator.staden'"); /* the demonstration's */
  const tab = await enterDesk(server, 'adam', admin, `${path}/people/adam`);
  await tab.getByRole('button', { name: 'Stäng kontot' }).click();
  await tab.fill('#person-reason', 'Slutar');
  await tab.getByRole('button', { name: 'Stäng kontot' }).click();
  await says(tab, 'ingen administratör skulle finnas kvar');
  await leave(tab);
});
