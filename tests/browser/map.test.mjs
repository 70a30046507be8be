/* What is drawn on the public map: every case there is, and marks that can all be pressed. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { eventually, startServer } from '../api/harness.mjs';
import { axeSource, closeBrowser, lookAt, openTab } from './browser.mjs';

const side = 44;
let server, total;
before(async () => {
  server = await startServer();
  const one = async (category, lat, lon) => {
    const res = await server.post('/api/v1/cases', { json: { text: 'På kartan', category, place: { lat, lon } } });
    assert.equal(res.status, 201, res.text);
  };
  for (const category of ['park', 'klotter', 'klotter']) await one(category, 59.25, 18.09);
  for (let i = 0; i < 12; i++) await one('park', 59.25 + i * 4e-4, 18.09 + (i % 3) * 4e-4);
  await eventually('all are on the map', async () => (await server.sql(`SELECT 1 FROM synpunkt.map_sweep s
    WHERE s.after_id IS NULL AND 15 = (SELECT count(*) FROM synpunkt.public_case p
      JOIN synpunkt.case_content t ON t.case_id = p.case_id AND t.body = 'På kartan')`)).length, 30000);
  total = Number((await server.sql('SELECT count(*) AS n FROM synpunkt.public_case'))[0].n);
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});

/* Each, and whether something lies on top of the middle of it; those outside the frame, too. */
const marksOf = (tab) => tab.locator('.map .mark').evaluateAll((all) => all.map((mark) => {
  const { x, y, width, height } = mark.getBoundingClientRect();
  const here = document.elementsFromPoint(x + width / 2, y + height / 2);
  const isSeen = here.some((it) => it.matches('.map'));
  return { x, y, width, n: Number(mark.textContent || 1), isCovered: isSeen && here[0] !== mark };
}));

function assertApart(marks, name) {
  for (const [i, one] of marks.entries()) {
    assert.ok(!one.isCovered && one.width === side, `${name}: ${JSON.stringify(one)}`);
    for (const other of marks.slice(i + 1))
      assert.ok(Math.max(Math.abs(one.x - other.x), Math.abs(one.y - other.y)) >= side - 1, `${name}: ${JSON.stringify([one, other])}`);
  }
}

for (const width of [320, 1280])
  test(`all cases are on the map, none under another or under a button: ${width} px`, async () => {
    const tab = await openTab(server, { width });
    await tab.goto('/karta');
    await tab.locator('.map .mark').first().waitFor();
    const marks = await marksOf(tab);
    assertApart(marks, 'the whole city');
    assert.equal(marks.reduce((sum, { n }) => sum + n, 0), total);
    await tab.evaluate(axeSource);
    for (const colorScheme of ['light', 'dark']) {
      await tab.emulateMedia({ colorScheme });
      await tab.locator('.leaflet-control-zoom-in').hover();
      const { faults, wide, small } = await lookAt(tab);
      assert.deepEqual({ faults, small, isWide: wide > width }, { faults: [], small: [], isWide: false });
    }
    await tab.context().close();
  });

test('by keyboard, closer and closer: marks come apart, and what has one place is told one by one', async () => {
  const tab = await openTab(server, { width: 1280, reducedMotion: 'reduce' });
  await tab.goto('/karta?district=farsta');
  await tab.locator('.map .mark').first().waitFor();
  let last = Infinity;
  for (let i = 0; i < 12; i++) {
    const [most] = (await marksOf(tab)).map(({ n }) => n).sort((a, b) => b - a);
    assert.ok(most <= last, `${most} after ${last}`);
    last = most;
    if (await tab.locator('.leaflet-control-zoom-in.leaflet-disabled').count()) break;
    const shown = tab.waitForResponse(/\/api\/v1\/map/);
    await tab.locator('.map .mark.many', { hasText: new RegExp(`^${most}$`) }).first().press('Enter');
    await shown;
    await tab.locator('.map .mark.many').first().waitFor();
    await tab.waitForTimeout(50);
    assertApart(await marksOf(tab), `closer, ${i}`);
  }
  const many = tab.locator('.map .mark.many').first();
  const n = Number(await many.textContent());
  assert.ok(n >= 3, String(n));
  await many.press('Enter');
  const told = (await tab.locator('.leaflet-popup-content').innerText()).split('\n').filter(Boolean);
  assert.equal(told.length, n);
  for (const name of ['Park, gräs, planteringar', 'Klotter, skadegörelse'])
    assert.ok(told.some((line) => line.startsWith(`${name}, `) && line.endsWith(', pågår')), name);
  await tab.context().close();
});

test('what a mark tells stays, also where the map has to move to show it', async () => {
  const tab = await openTab(server, { width: 320 });
  await tab.goto('/karta');
  await tab.locator('.map .mark').first().waitFor();
  for (let i = 0; i < 3; i++) {
    const shown = tab.waitForResponse(/\/api\/v1\/map/);
    await tab.locator('.leaflet-control-zoom-in').click();
    await shown;
    await tab.waitForTimeout(500);
  }
  const box = await tab.locator('.map').boundingBox();
  const found = await tab.locator('.map .mark.one').evaluateAll((all, { x, y, width }) => all.findIndex((mark) => {
    const at = mark.getBoundingClientRect();
    return at.x > x && at.right < x + width && at.y > y && at.y < y + 120;
  }), box);
  await tab.locator('.map .mark.one').nth(Math.max(found, 0)).press(' ');
  await tab.locator('.leaflet-popup').waitFor();
  await tab.waitForTimeout(1500);
  assert.equal(await tab.locator('.leaflet-popup').count(), 1);
  await tab.context().close();
});
