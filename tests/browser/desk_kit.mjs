/* What the desk's browser tests share: a tab that is signed in, and looks at a view. */
import assert from 'node:assert/strict';

import { lookAt, openTab, axeSource } from './browser.mjs';

/* Gathers what the browser complains about; leave() asks that it is nothing. */
export async function openDesk(server, path = '/desk/', options = {}) {
  const tab = await openTab(server, options);
  tab.faults = [];
  tab.on('pageerror', (e) => tab.faults.push(e.message));
  tab.on('console', (m) => { if (/Content Security|Refused/.test(m.text())) tab.faults.push(m.text()); });
  await tab.goto(path);
  return tab;
}

export async function signInAt(tab, user, password) {
  await tab.fill('#username', user);
  await tab.fill('#password', password);
  await tab.keyboard.press('Enter');
  await tab.waitForSelector('.me');
}

export async function enterDesk(server, user, password, path, options) {
  const tab = await openDesk(server, path, options);
  await signInAt(tab, user, password);
  return tab;
}

export async function leave(...tabs) {
  for (const tab of tabs) {
    assert.deepEqual(tab.faults ?? [], []);
    await tab.context().close();
  }
}

export const at = (c) => `/desk/arenden/${c.number}`;
/* Waits for the answer to what was asked last, and is true if the case is in it: the list
 * before it stays on the screen until then. */
export async function isListed(tab, { number }) {
  await tab.waitForSelector('.queue section[aria-busy="false"]');
  return await tab.locator(`a.open[data-number="${number}"]`).count() === 1;
}

export const says = (tab, text) => tab.getByText(text).first().waitFor();

/* Each width and each scheme once: colours do not depend on the width. */
const windows = [{ width: 320, scheme: 'light' }, { width: 1280, scheme: 'dark' }];

export async function clean(tab, name, prepare) {
  await tab.evaluate(axeSource);
  for (const { width, scheme } of windows) {
    await tab.setViewportSize({ width, height: 900 });
    await tab.emulateMedia({ colorScheme: scheme });
    await prepare?.();
    const { faults, wide, small } = await lookAt(tab);
    assert.deepEqual({ faults, small, isWide: wide > width },
      { faults: [], small: [], isWide: false }, `${name}, ${width} px, ${scheme}`);
  }
}

const pictured = [[390, 'light'], [1280, 'light'], [1280, 'dark']];

/* To look at, where SYNPUNKT_TEST_PICTURES names a folder for them. */
export async function picture(tab, name, views = pictured) {
  const folder = process.env.SYNPUNKT_TEST_PICTURES;
  for (const [width, colorScheme] of folder ? views : []) {
    await tab.setViewportSize({ width, height: 900 });
    await tab.emulateMedia({ colorScheme });
    await tab.screenshot({ path: `${folder}/${name}-${width}-${colorScheme}.png`, fullPage: true });
  }
}

/* What is drawn by Leaflet stands in for a picture and is written by its own rules. */
export const htmlOf = async (tab) => (await tab.evaluate(() => {
  const copy = document.documentElement.cloneNode(true);
  copy.querySelectorAll('.canvas').forEach((e) => { e.replaceChildren(); e.removeAttribute('style'); e.className = 'canvas'; });
  return `<!DOCTYPE html>\n${copy.outerHTML}`;
}));
