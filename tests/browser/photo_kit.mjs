/* A photo as a telephone takes it, and what is in one. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { openTab } from './browser.mjs';

const inFile = (bytes, name, task) => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'synpunkt-photo-'));
  try {
    fs.writeFileSync(path.join(dir, name), bytes);
    return task(path.join(dir, name));
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
};
export const tagsOf = (bytes) => inFile(bytes, 'x.jpg', (file) => JSON.parse(execFileSync('exiftool', ['-j', '-G', '-a', '-n', file], { encoding: 'utf8' }))[0]);

/* A picture with all that a telephone writes in it; larger than is sent. */
export async function takePhoto(server) {
  const tab = await openTab(server, { viewport: { width: 2600, height: 1800 } });
  await tab.setContent('<body style="margin:0;background:linear-gradient(45deg,#f80,#08f)">');
  const plain = await tab.screenshot({ type: 'jpeg' });
  await tab.context().close();
  return inFile(plain, 'a.jpg', (file) => {
    execFileSync('exiftool', ['-q', '-overwrite_original', '-GPSLatitude=59.2518', '-GPSLatitudeRef=N', '-GPSLongitude=18.0921',
      '-GPSLongitudeRef=E', '-Make=Kamera', '-Model=K1', '-SerialNumber=4711', '-XMP:Creator=Eva', '-Comment=hemma', file]);
    return fs.readFileSync(file);
  });
}

/* The pictures in what went to the server, as they went. */
export function jpegsIn(body) {
  const found = [];
  for (let at = body.indexOf('\xff\xd8\xff', 0, 'latin1'); at >= 0; at = body.indexOf('\xff\xd8\xff', at + 1, 'latin1')) {
    const end = body.indexOf('\xff\xd9\r\n--', at, 'latin1');
    found.push(body.subarray(at, end + 2));
    at = end;
  }
  return found;
}
