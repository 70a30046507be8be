/* Groups and their roles: a group gives one, its days are changed, it ends, and the providers. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { enter, startWith } from '../api/oidc_kit.mjs';
import { startProvider } from '../api/oidc_provider.mjs';
import { addUser } from '../api/staff.mjs';
import { closeBrowser, nuCheck } from './browser.mjs';
import { clean, enterDesk, htmlOf, leave, says } from './desk_kit.mjs';
import { keyboard } from './hands.mjs';

const shots = process.env.SYNPUNKT_TEST_PICTURES; /* a folder to look at, or none */
const path = '/desk/installningar/groups';
const html = {};
let server, provider, admin, leader;

before(async () => {
  const people = { anna: { name: 'Anna A', groups: ['trafik'] } };
  ({ server, provider } = await startWith((options) => startProvider({ ...options, people })));
  admin = await addUser(server, 'adam', 'administrator@*', 'Adam Ask');
  leader = await addUser(server, 'carl', 'coordinator@trafiknamnden', 'Carl Alm');
});
after(async () => {
  await closeBrowser();
  await server?.stop();
  await provider?.stop();
});

async function look(tab, name) {
  await clean(tab, name);
  html[name] = await htmlOf(tab);
  for (const [width, colorScheme] of shots ? [[390, 'light'], [1280, 'light'], [1280, 'dark']] : []) {
    await tab.setViewportSize({ width, height: 900 });
    await tab.emulateMedia({ colorScheme });
    await tab.screenshot({ path: `${shots}/groups-${name}-${width}-${colorScheme}.png`, fullPage: true });
  }
}

const rolesNow = async () => (await server.sql(`SELECT r.role FROM synpunkt.staff_role r
  WHERE r.map_id IS NOT NULL AND synpunkt.today() BETWEEN r.valid_from AND r.valid_to`)).map((r) => r.role);

test('by keyboard alone: a group gives a role, its days are changed, and it ends', async () => {
  const tab = await enterDesk(server, 'adam', admin, '/desk/installningar');
  const hands = keyboard(tab);
  await hands.press(`a[href="${path}"]`);
  await says(tab, 'Ingen grupp ger någon roll.');
  await says(tab, 'Svarar: det går att logga in.');
  await hands.press(`a[href="${path}/ny"]`);
  await hands.write('#person-group', 'trafik');
  await tab.keyboard.press('Enter');
  await tab.waitForSelector('.faults:focus');
  assert.equal(await tab.inputValue('#person-group'), 'trafik', 'what was written stays');
  await look(tab, 'faults');
  await hands.choose('#person-role', 'Handl');
  await hands.choose('#person-board', 'Trafik');
  await hands.write('#person-reason', 'Beslut av nämnden');
  await tab.keyboard.press('Enter');
  await says(tab, /trafik ger Handläggare/);
  await enter(server, 'anna');
  await tab.reload();
  await says(tab, '1 person har rollen så i dag.');
  await look(tab, 'list');

  await hands.press('button[aria-label^="Ändra dagar"]');
  await hands.day('#person-validFrom', '2999-01-01');
  await says(tab, /1 person förlorar rollen genast/);
  await look(tab, 'days');
  await hands.write('#person-reason', 'Från nyår');
  await tab.keyboard.press('Enter');
  await says(tab, 'Dagarna är ändrade.');
  assert.deepEqual(await rolesNow(), []);

  await hands.press('button[aria-label^="Avsluta"]');
  await says(tab, /Ingen förlorar rollen/);
  await hands.write('#person-reason', 'Gruppen är borta');
  await tab.keyboard.press('Enter');
  await says(tab, 'Gruppen ger inte rollen längre.');
  await says(tab, 'Gäller inte längre');
  await hands.press('details.history summary');
  await says(tab, /Avslutades.*Gruppen är borta/s);
  await look(tab, 'over');
  await leave(tab);
  assert.deepEqual(await nuCheck(html), []);
});

test('a provider that is away is told so, and groups are there all the same', async () => {
  const away = await startWith(async (how) => { const it = await startProvider(how); await it.stop(); return it; });
  const password = await addUser(away.server, 'borta', 'administrator@*', 'Bo Borta');
  const tab = await enterDesk(away.server, 'borta', password, path);
  await says(tab, 'Grupper');
  await says(tab, /Svarar inte som den ska: det går inte att logga in\. Uppgifterna: servern går inte att nå\./);
  await look(tab, 'away');
  await leave(tab);
  await away.server.stop();
});

test('who is no administrator neither sees the way there nor the page', async () => {
  const tab = await enterDesk(server, 'carl', leader, '/desk/installningar');
  await says(tab, 'Svarstider');
  assert.equal(await tab.locator(`a[href="${path}"]`).count(), 0);
  await tab.goto(path);
  await says(tab, 'Grupper och roller är för administratörer.');
  await leave(tab);
});
