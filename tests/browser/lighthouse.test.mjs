/*
 * Lighthouse, accessibility alone, on the pages a resident comes by, each step of the app
 * that has an address, and the desk's door: a hundred of a hundred. axe says more of each
 * page elsewhere; this is the figure that others measure.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import lighthouse from 'lighthouse';
import { chromium } from 'playwright-core';

import { eventually, startServer, testRoot } from '../api/harness.mjs';
import { farsta, fillIn, installed, phone, received, send } from './app_kit.mjs';
import { browserOptions, formEnv, makeCase } from './browser.mjs';

let context, port, server;

/* A profile of its own, so that what the app keeps is there for the tabs of both. */
before(async () => {
  server = await startServer({ env: formEnv });
  const dir = fs.mkdtempSync(path.join(testRoot(), 'lighthouse-'));
  context = await chromium.launchPersistentContext(dir, { ...browserOptions,
    args: [...browserOptions.args, '--remote-debugging-port=0'], baseURL: server.url,
    viewport: phone, locale: 'sv', geolocation: farsta, permissions: ['geolocation'] });
  [port] = fs.readFileSync(path.join(dir, 'DevToolsActivePort'), 'utf8').split('\n');
  await eventually('the map’s cases are there', async () => (await server.sql(
    'SELECT 1 FROM synpunkt.map_sweep WHERE after_id IS NULL')).length, 30000);
});
after(async () => {
  await context?.close();
  await server?.stop();
});

/* Nothing is throttled and no picture is taken: neither changes the figure. The page counts
 * as there when network and processor have been quiet for a while. */
const quiet = { pauseAfterFcpMs: 0, pauseAfterLoadMs: 0, networkQuietThresholdMs: 250, cpuQuietThresholdMs: 250 };
const flags = { logLevel: 'error', onlyCategories: ['accessibility'], disableStorageReset: true,
  disableFullPageScreenshot: true, skipAboutBlank: true, ...quiet };

async function judge(where) {
  const url = server.url + where;
  const { lhr } = await lighthouse(url, { ...flags, port: Number(port) });
  const audits = Object.values(lhr.audits);
  const faults = audits.filter(({ score }) => score !== null && score < 1)
    .map(({ id, details }) => `${id}: ${(details?.items ?? []).map(({ node }) => node?.selector).join(', ')}`);

  assert.deepEqual({ url: lhr.finalDisplayedUrl, error: lhr.runtimeError, warnings: lhr.runWarnings, faults },
    { url, error: undefined, warnings: [], faults: [] });
  assert.equal(lhr.categories.accessibility.score, 1, where);
  assert.equal(lhr.audits['heading-order'].scoreDisplayMode, 'binary', `${where} has a heading`);
}

test('residents’ pages and the desk’s door', async () => {
  const made = await makeCase(server);
  for (const where of ['/', '/lamna', made.receipt, made.follow, '/karta', '/desk/']) await judge(where);
});

test('the app, step by step', async () => {
  const tab = await context.newPage();
  await tab.goto('/app/');
  await installed(tab);
  await judge('/app/');
  await fillIn(tab);
  for (const where of ['/app/var', '/app/beratta', '/app/skicka']) await judge(where);
  await send(tab);
  const number = await received(tab);
  for (const where of [new URL(tab.url()).pathname, '/app/mina', `/app/mina/${number}`]) await judge(where);
});
