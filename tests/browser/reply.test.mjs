/* Writing to the complainant, by keyboard alone: a coordinator's template with its preview
 * and history, and a handler who chooses it, fills what is missing and sends. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startClamd } from '../api/clamd.mjs';
import { pdf } from '../api/contract_samples.mjs';
import { eventually, startServer } from '../api/harness.mjs';
import { addUser } from '../api/staff.mjs';
import { closeBrowser, formEnv } from './browser.mjs';
import { at, clean, enterDesk, leave, openDesk, picture, says } from './desk_kit.mjs';
import { keyboard } from './hands.mjs';

const trafik = 'trafiknamnden';
const people = { hanna: ['case-handler', 'Hanna Ek'], sam: ['coordinator', 'Sam Berg'] };
const password = {};
let server, clamd;

before(async () => {
  clamd = await startClamd();
  server = await startServer({ env: { ...formEnv, SYNPUNKT_CLAMAV: clamd.address } });
  for (const [user, [role, name]] of Object.entries(people))
    password[user] = await addUser(server, user, `${role}@${trafik}`, name);
});
after(async () => {
  await closeBrowser();
  await server?.stop();
  await clamd?.close();
});

const enter = (user, path) => enterDesk(server, user, password[user], path);

async function submit(over = {}) {
  const res = await server.post('/api/v1/cases', { json: { category: 'gatubelysning',
    text: 'Gatlampan vid bron är släckt.', contact: { name: 'Eva Ek', email: 'eva@example.se' }, ...over } });
  return res.json;
}
const messagesOf = async (c) => (await server.get(`/api/v1/cases/${c.number}`,
  { headers: { authorization: `Bearer ${c.followUpCode}` } })).json.messages;

/* Where DESK_PICTURES names a directory, for the eye. */
test('a template is written by keyboard, seen as it will be, changed, and its past is kept', async () => {
  const sam = await enter('sam', '/desk/mallar');
  await says(sam, 'Lampan är lagad');
  await clean(sam, 'the templates');
  await picture(sam, 'templates');
  await keyboard(sam).press('#template-new');
  assert.equal(await sam.evaluate(() => document.activeElement.id), 'template-name');
  await sam.keyboard.type('Besök på plats');
  await keyboard(sam).choose('#template-category', 'Gatubelysning');
  await sam.focus('#template-text');
  await sam.keyboard.type('Hej {{complainantName}}! Vi kommer ut. {{fel}}');
  await says(sam, 'Texten kan inte visas: fältet fel finns inte');
  await keyboard(sam).press('button[type="submit"]');
  await says(sam, 'Texten har ett fel: fältet fel finns inte');
  await clean(sam, 'a template with a fault');
  await sam.focus('#template-text');
  await sam.keyboard.press('Control+A');
  await sam.keyboard.type('Hej {{complainantName}}! Vi kommer ut. {{handlerName}}');
  await says(sam, 'Hej Kim Exempel! Vi kommer ut. Hanna Handläggare');
  await clean(sam, 'a template that is written');
  await picture(sam, 'template-form');

  /* What is typed stays, whoever leaves it by Escape and whatever becomes of the page. */
  await sam.keyboard.press('Escape');
  await sam.waitForSelector('#template-text', { state: 'detached' });
  await keyboard(sam).press('#template-new');
  assert.match(await sam.inputValue('#template-text'), /Vi kommer ut/);
  await sam.reload();
  await sam.waitForSelector('#template-text');
  assert.match(await sam.inputValue('#template-text'), /Vi kommer ut/);
  await keyboard(sam).press('button[type="submit"]');
  await says(sam, 'Mallen är sparad.');
  await clean(sam, 'a template that is saved');
  const [{ id }] = await server.sql(`SELECT id FROM synpunkt.reply_template WHERE name = 'Besök på plats'`);
  assert.equal(await sam.evaluate(() => document.activeElement.id), `template-${id}`);

  await sam.keyboard.press('Enter');
  await sam.focus('#template-text');
  await sam.keyboard.press('Control+End');
  await sam.keyboard.type(' igen');
  /* A colleague is first. */
  await server.sql(`UPDATE synpunkt.reply_template SET version = 2, body = 'Annans text' WHERE id = ${id}`);
  await keyboard(sam).press('button[type="submit"]');
  await says(sam, 'Någon annan har ändrat mallen');
  await says(sam, 'Annans text');
  await clean(sam, 'a template that somebody else has changed');
  await keyboard(sam).press('button[type="submit"]');
  await sam.waitForFunction((one) => document.activeElement.id === one, `template-${id}`);
  await sam.keyboard.press('Enter');
  await keyboard(sam).press('.history summary');
  await says(sam, 'Version 3');
  await clean(sam, 'a template with its history');
  await leave(sam);
});

test('by keyboard: a template is chosen and filled in, a gap stops it, and undo takes it back', async () => {
  const c = await submit({ contact: { email: 'eva@example.se' } });
  const hanna = await enter('hanna', at(c));
  await says(hanna, 'Gatlampan vid bron');
  await hanna.keyboard.press('r');
  await hanna.waitForSelector('#act-template option', { state: 'attached' });
  assert.equal(await hanna.evaluate(() => document.activeElement.id), 'act-text');
  await hanna.keyboard.type('Mitt eget. ');
  await hanna.keyboard.press('Alt+m');
  assert.equal(await hanna.evaluate(() => document.activeElement.id), 'act-template');
  await hanna.selectOption('#act-template', { label: 'Besök på plats' });
  await hanna.keyboard.press('Tab');
  await hanna.keyboard.press('Enter');
  const gap = '[namn på den som klagar saknas]';
  assert.equal(await hanna.inputValue('#act-text'),
    `Mitt eget. Hej ${gap}! Vi kommer ut. [handläggarens namn saknas] igen`);
  await says(hanna, 'Fyll i det som saknas: namn på den som klagar, handläggarens namn');
  assert.equal(await hanna.evaluate(() => document.activeElement.id), 'act-text');
  await clean(hanna, 'a reply with a template');
  await picture(hanna, 'reply-template');
  await hanna.keyboard.press('Control+Enter');
  await says(hanna, `Det finns en lucka kvar i texten: ${gap}`);
  assert.deepEqual(await messagesOf(c), []);
  await hanna.focus('#act-text');
  await hanna.keyboard.press('Control+z');
  assert.equal(await hanna.inputValue('#act-text'), 'Mitt eget. ');
  await hanna.keyboard.press('Control+Enter');
  await says(hanna, 'Svaret är registrerat.');
  assert.deepEqual((await messagesOf(c)).map((m) => m.text), ['Mitt eget. ']);
  await leave(hanna);
});

test('by keyboard: files go with a reply; one that is refused loses no word', async () => {
  const c = await submit({ text: 'Lampan vid skolan blinkar.' });
  const hanna = await enter('hanna', at(c));
  await says(hanna, 'Lampan vid skolan');
  await hanna.keyboard.press('r');
  await hanna.waitForSelector('#act-files');
  await hanna.keyboard.type('Se ritningen.');
  await keyboard(hanna).reach('#act-files');
  await hanna.setInputFiles('#act-files', [{ name: 'Ritning över gården.pdf', mimeType: '', buffer: pdf },
    { name: 'film.gif', mimeType: '', buffer: Buffer.from('GIF89a\u0001\u0000;') },
    { name: 'tom.txt', mimeType: '', buffer: Buffer.alloc(0) }]);
  await says(hanna, 'tom.txt är tom och togs inte med.');
  await clean(hanna, 'a reply with files');
  await picture(hanna, 'reply-files');
  await hanna.focus('#act-text');
  await hanna.keyboard.press('Control+Enter');
  await hanna.waitForFunction(() => document.activeElement.className === 'faults');
  await says(hanna, 'film.gif är av en sort som inte tas emot');
  assert.equal(await hanna.inputValue('#act-text'), 'Se ritningen.');
  await hanna.keyboard.press('Tab');
  await hanna.keyboard.press('Enter');
  await hanna.waitForFunction(() => document.activeElement.id === 'act-files');
  await keyboard(hanna).press('[aria-label="Ta bort film.gif"]');
  await hanna.waitForFunction(() => document.activeElement.id === 'act-files'
    && document.querySelectorAll('.chosenfiles li').length === 1);
  await hanna.keyboard.press('Alt+p');
  await says(hanna, 'Följer med mejlet: Ritning över gården.pdf');
  await picture(hanna, 'reply-files-preview');
  await hanna.keyboard.press('Escape');
  await hanna.waitForSelector('dialog', { state: 'detached' });
  await hanna.focus('#act-text');
  await hanna.keyboard.press('Control+Enter');
  await says(hanna, 'Svaret är registrerat.');
  await hanna.waitForSelector('.talk .files a');
  await picture(hanna, 'reply-files-sent');

  const eva = await openDesk(server, `/folj/${c.number}/${c.followUpCode}`);
  await keyboard(eva).reach('.talk .files a');
  const name = await eva.evaluate(() => document.activeElement.textContent);
  assert.equal(name, 'Ritning över gården.pdf');
  await clean(eva, 'the page of an answer with a file');
  await picture(eva, 'reply-files-page');
  const [load] = await Promise.all([eva.waitForEvent('download'), eva.keyboard.press('Enter')]);
  assert.equal(load.suggestedFilename(), name);
  await leave(hanna, eva);
});

test('by keyboard: a file that the virus check does not clear is told at its field, and nothing goes', async () => {
  const c = await submit({ text: 'Lampan vid torget blinkar.' });
  const hanna = await enter('hanna', at(c));
  await says(hanna, 'Lampan vid torget');
  await hanna.keyboard.press('r');
  await hanna.waitForSelector('#act-files');
  await hanna.keyboard.type('Se fakturan.');
  await hanna.setInputFiles('#act-files', [{ name: 'faktura.pdf', mimeType: '',
    buffer: Buffer.concat([pdf, Buffer.from(`%${clamd.marker}\n`)]) }]);
  await hanna.focus('#act-text');
  await hanna.keyboard.press('Control+Enter');
  await says(hanna, 'Viruskontrollen hittade skadlig kod i faktura.pdf. Inget är skickat.');
  await hanna.waitForFunction(() => document.activeElement.className === 'faults');
  await clean(hanna, 'a reply with an infected file');
  await picture(hanna, 'reply-files-infected');
  await hanna.keyboard.press('Tab');
  await hanna.keyboard.press('Enter');
  await hanna.waitForFunction(() => document.activeElement.id === 'act-files');
  assert.match(await hanna.evaluate(() => document.getElementById(document.activeElement
    .getAttribute('aria-describedby').split(' ').at(-1)).textContent), /faktura\.pdf/);
  await keyboard(hanna).press('[aria-label="Ta bort faktura.pdf"]');
  await clamd.stop();
  await hanna.setInputFiles('#act-files', [{ name: 'ritning.pdf', mimeType: '', buffer: pdf }]);
  await hanna.focus('#act-text');
  await hanna.keyboard.press('Control+Enter');
  await says(hanna, 'Filerna kunde inte kontrolleras mot virus just nu. Inget är skickat.');
  await clean(hanna, 'a reply with a file that could not be checked');
  assert.equal(await hanna.inputValue('#act-text'), 'Se fakturan.');
  assert.deepEqual(await messagesOf(c), []);
  await clamd.start();
  await hanna.focus('#act-text');
  await hanna.keyboard.press('Control+Enter');
  await says(hanna, 'Svaret är registrerat.');
  await leave(hanna);
});

const kept = (c) => server.sql(`SELECT d.action, d.fields ->> 'text' AS text FROM synpunkt.reply_draft d
  WHERE d.case_id = ${c.number.split('-')[1]}`);

test('by keyboard: what is typed is there after a reload and on another device, and gone when it is sent', async () => {
  const c = await submit({ text: 'Lyktstolpen lutar.' });
  const hanna = await enter('hanna', at(c));
  await says(hanna, 'Lyktstolpen lutar.');
  await hanna.keyboard.press('r');
  await hanna.keyboard.type('Vi rätar upp');
  await says(hanna, 'Utkastet sparades klockan');
  assert.deepEqual(await kept(c), [{ action: 'reply', text: 'Vi rätar upp' }]);
  await clean(hanna, 'a draft that is saved');
  await picture(hanna, 'reply-draft');

  await hanna.keyboard.type(' den.');
  await hanna.reload(); /* before the next saving */
  await hanna.waitForSelector('#act-text');
  assert.equal(await hanna.inputValue('#act-text'), 'Vi rätar upp den.');
  await says(hanna, 'Utkastet sparades klockan');

  const tablet = await enter('hanna', at(c));
  await tablet.waitForSelector('#act-text');
  assert.equal(await tablet.inputValue('#act-text'), 'Vi rätar upp den.');
  await tablet.focus('#act-text');
  await tablet.keyboard.press('Control+End');
  await tablet.keyboard.type(' I morgon.');
  await eventually('it is saved', async () => (await kept(c))[0].text.endsWith('I morgon.'));

  /* Both write: neither is lost, and one decides. */
  await hanna.focus('#act-text');
  await hanna.keyboard.press('Control+End');
  await hanna.keyboard.type(' I dag.');
  await says(hanna, 'Du har skrivit något annat på en annan enhet');
  await says(hanna, 'Vi rätar upp den. I morgon.');
  await clean(hanna, 'two drafts');
  await picture(hanna, 'reply-two-drafts');
  await keyboard(hanna).press('.draftnote .notice button:first-child');
  assert.equal(await hanna.inputValue('#act-text'), 'Vi rätar upp den. I morgon.');

  /* Thrown away and taken back. */
  await keyboard(hanna).press('.draftnote button.plain');
  assert.equal(await hanna.inputValue('#act-text'), '');
  await eventually('the server has none', async () => (await kept(c)).length === 0);
  await keyboard(hanna).press('.draftnote [role=status] button');
  assert.equal(await hanna.inputValue('#act-text'), 'Vi rätar upp den. I morgon.');
  await eventually('the server has it again', async () => (await kept(c)).length === 1);
  await hanna.keyboard.press('Control+Enter');
  await says(hanna, 'Svaret är registrerat.');
  await eventually('the draft is gone', async () => (await kept(c)).length === 0);
  await leave(hanna, tablet);
});

test('without a network what is typed stays, and goes to the server when there is one', async () => {
  const c = await submit({ text: 'Bänken är trasig.' });
  const hanna = await enter('hanna', at(c));
  await says(hanna, 'Bänken är trasig.');
  await hanna.keyboard.press('i');
  await hanna.waitForSelector('#act-text');
  await hanna.context().setOffline(true);
  await hanna.keyboard.type('Ring parken');
  await says(hanna, 'Utkastet finns kvar i den här fliken.');
  assert.deepEqual(await kept(c), []);
  await hanna.context().setOffline(false);
  await says(hanna, 'Utkastet sparades klockan');
  assert.deepEqual(await kept(c), [{ action: 'note', text: 'Ring parken' }]);
  await leave(hanna);
});

test('by keyboard alone: a template, edited, reloaded, previewed, sent and closed', async () => {
  const c = await submit({ text: 'Lampan utanför porten blinkar.' });
  const hanna = await enter('hanna', at(c));
  const keys = keyboard(hanna);
  await says(hanna, 'Lampan utanför porten blinkar.');
  await hanna.keyboard.press('r');
  await hanna.waitForSelector('#act-template option', { state: 'attached' });
  await hanna.keyboard.press('Alt+m');
  const isChosen = () => hanna.evaluate(() => document.activeElement.selectedOptions[0]?.text.startsWith('Lampan är lagad'));
  for (let i = 0; i < 20 && !await isChosen(); i++) await hanna.keyboard.press('ArrowDown');
  await hanna.keyboard.press('Tab');
  await hanna.keyboard.press('Enter');
  await hanna.keyboard.press('Control+End');
  await hanna.keyboard.type(' och Hugo');
  await says(hanna, 'Utkastet sparades klockan');
  await hanna.reload();
  await hanna.waitForSelector('#act-text');
  assert.match(await hanna.inputValue('#act-text'), /^Hej Eva Ek!.*Lampan är nu lagad.*och Hugo$/s);
  await keys.reach('#act-close');
  await hanna.keyboard.type('Felet');
  await keys.reach('#act-preview');
  await hanna.keyboard.press('Alt+p');
  await hanna.waitForSelector('dialog .previews');
  assert.equal(await hanna.evaluate(() => document.activeElement.id), 'preview-title');
  await says(hanna, `Du har fått svar (${c.number})`);
  const shown = await hanna.textContent('dialog');
  assert.match(shown, /Så här skriver vi|Hej Eva Ek!/);
  assert.match(shown, /Ärendet är avslutat/);
  assert.ok(!shown.includes(c.followUpCode), 'the code is the complainant\'s alone');
  await clean(hanna, 'a preview');
  await picture(hanna, 'reply-preview');
  await hanna.keyboard.press('Escape');
  assert.equal(await hanna.locator('dialog').count(), 0);
  await hanna.waitForSelector('#act-preview:focus');
  await hanna.keyboard.press('Enter');
  await keys.press('dialog button.main');
  await says(hanna, 'Svaret är registrerat.');
  await eventually('the draft is gone', async () => (await kept(c)).length === 0);
  const [row] = await server.sql(`SELECT status, closure_reason FROM synpunkt.case WHERE id = ${c.number.split('-')[1]}`);
  assert.deepEqual(row, { status: 'closed', closure_reason: 'remedied' });
  await leave(hanna);
});

test('who else has the case open, and who writes, is seen at once and gone when they leave', async () => {
  const c = await submit({ text: 'Två läser det här.' });
  const hanna = await enter('hanna', at(c));
  await says(hanna, 'Två läser det här.');
  assert.equal(await hanna.locator('.beside').count(), 0);
  const sam = await enter('sam', at(c));
  await says(sam, 'Hanna Ek har ärendet öppet');
  await hanna.locator('.beside', { hasText: 'Sam Berg har ärendet öppet' }).waitFor({ timeout: 5000 });
  await sam.keyboard.press('r');
  await hanna.locator('.beside', { hasText: 'Sam Berg skriver ett svar' }).waitFor({ timeout: 5000 });
  await hanna.locator('[aria-live="polite"]', { hasText: 'Sam Berg skriver ett svar' }).waitFor();
  await clean(hanna, 'a case that somebody else has open');
  await picture(hanna, 'presence');
  await keyboard(sam).press('nav.casenav a');
  await hanna.locator('.beside').waitFor({ state: 'detached', timeout: 5000 });
  await leave(hanna, sam);
});

test('by keyboard: an interim reply leaves the case open', async () => {
  const c = await submit({ text: 'Delsvar, tack.' });
  const hanna = await enter('hanna', at(c));
  await says(hanna, 'Delsvar, tack.');
  await keyboard(hanna).press('#do-interim-reply');
  await hanna.waitForSelector('#act-text:focus');
  await hanna.keyboard.type('Vi har varit där.');
  await clean(hanna, 'an interim reply');
  await hanna.keyboard.press('Control+Enter');
  await says(hanna, 'Delsvaret är registrerat.');
  assert.equal(await hanna.locator('#do-reply').count(), 1);
  assert.deepEqual((await messagesOf(c)).map((m) => m.text), ['Vi har varit där.']);
  await leave(hanna);
});
