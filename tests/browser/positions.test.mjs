/* Where a picture was taken, and with what, is in no file that the city keeps of a case:
 * every kind of picture that is accepted, by every way in. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { withFiles } from '../api/contract_kit.mjs';
import { heic, jpeg, png, webp } from '../api/contract_samples.mjs';
import { eventually, startServer } from '../api/harness.mjs';
import { deliver, mailOf, newId } from '../api/mail_kit.mjs';
import { fillIn, leave, openApp, received, send, startNet } from './app_kit.mjs';
import { closeBrowser, formEnv, openTab } from './browser.mjs';

let server, net;
before(async () => {
  server = await startServer({ env: formEnv });
  net = await startNet(server);
});
after(async () => {
  await closeBrowser();
  await net?.stop();
  await server?.stop();
});

const pictures = { jpeg, png: png(64, 64), webp, heic };

/* Every file that is stored: pictures, smaller ones of them, and what else there may be. */
const storedFiles = () => fs.readdirSync(`${server.state}/attachments`, { withFileTypes: true, recursive: true })
  .filter((e) => e.isFile()).map((e) => path.join(e.parentPath ?? e.path, e.name));

/* What a file says besides being a picture; only what a camera or a person put there. */
function told(file) {
  const [tags] = JSON.parse(execFileSync('exiftool', ['-j', '-G', '-a', '-n', '-u', file], { encoding: 'utf8' }));
  return Object.keys(tags).filter((name) => /^(EXIF|XMP|IPTC|MakerNotes|MPF|PNG:(Author|Comment))|GPS|Comment|Author/.test(name));
}

const api = async (name, bytes) =>
  (await withFiles(server, { text: 'Lampan är släckt.', category: 'gatubelysning' }, [[name, bytes]])).json.number;

async function form(name, bytes, type) {
  const tab = await openTab(server, { width: 390 });
  await tab.goto('/lamna');
  await tab.fill('#text', 'Lampan är släckt.');
  await tab.selectOption('#category', 'gatubelysning');
  await tab.setInputFiles('input[type=file]', { name, mimeType: type, buffer: bytes });
  await Promise.all([tab.waitForURL(/\/kvitto\//), tab.click('form#synpunkt section:last-of-type button')]);
  const number = /\d{4}-\d+/.exec(await tab.textContent('main'))[0];
  await tab.context().close();
  return number;
}

async function app(name, bytes, type) {
  const tab = await openApp(net);
  await fillIn(tab, { photos: [{ name, mimeType: type, buffer: bytes }] });
  await send(tab);
  const number = await received(tab);
  await leave(tab);
  return number;
}

async function mail(name, bytes, type) {
  const id = newId('bild');
  await deliver(server, 'trafik@stad.example', { bytes: mailOf({ id, files: [{ name, type, bytes }] }) });
  return eventually('the mail is a case', async () => (await server.sql(`SELECT c.year || '-' || c.id AS number
    FROM synpunkt.mail_message m JOIN synpunkt.mail_delivery d ON d.message_id = m.id
    JOIN synpunkt.case c ON c.id = d.case_id WHERE m.message_id = '${id}'`))[0]?.number);
}

test('the pictures say where and with what they were taken: a fair test', () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'synpunkt-position-'));
  for (const [kind, bytes] of Object.entries(pictures)) {
    fs.writeFileSync(`${dir}/a.${kind}`, bytes);
    assert.ok(told(`${dir}/a.${kind}`).some((name) => name.includes('GPSLatitude')), kind);
  }
  fs.rmSync(dir, { recursive: true });
});

for (const [way, file] of Object.entries({ api, form, app, mail }))
  for (const [kind, bytes] of Object.entries(pictures))
    test(`${kind} by ${way}: no file that is kept tells where it was taken`, async () => {
      const before = new Set(storedFiles());
      const number = await file(`bild.${kind}`, bytes, `image/${kind}`);
      const stored = await eventually('it is stored', async () => {
        const [row] = await server.sql(`SELECT state, sha256, thumbnail_sha256 FROM synpunkt.case_attachment
          WHERE case_id = ${number.split('-')[1]}`);
        return row?.state === 'stored' && row.sha256 && row;
      });
      const kept = storedFiles();
      for (const sha256 of [stored.sha256, stored.thumbnail_sha256])
        assert.ok(kept.some((name) => name.includes(sha256.slice(4))), 'the picture is among the files');
      for (const name of kept.filter((one) => !before.has(one) || [stored.sha256, stored.thumbnail_sha256]
        .some((sha256) => one.includes(sha256.slice(4)))))
        assert.deepEqual(told(name), [], name);
    });
