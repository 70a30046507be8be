import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';

import { flavorOf, palettes } from './map_colours.ts';

/* As WCAG 2.2 defines it. */
function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [dim = 0, bright = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (bright + 0.05) / (dim + 0.05);
}

const sheet = fs.readFileSync('../shared/tokens.css', 'utf8');
const tokens = (isDark: boolean): Record<string, string> => Object.fromEntries(
  [...(sheet.split('@media')[isDark ? 1 : 0] ?? '').matchAll(/--([\w-]+): (#\w{6})/g)].map(([, name, value]) => [name, value]));

for (const [name, p] of Object.entries(palettes)) {
  const theme = tokens(name === 'dark');

  test(`${name}: names are read on all that they may lie on`, () => {
    for (const under of ['land', 'ground', 'green', 'building', 'road', 'halo'] as const)
      for (const text of ['text', 'soft'] as const)
        assert.ok(contrast(p[text], p[under]) >= 4.5, `${text} on ${under}: ${contrast(p[text], p[under])}`);
    assert.ok(contrast(p.sea, p.water) >= 4.5);
  });

  test(`${name}: what is put on the map stands out`, () => {
    for (const under of ['land', 'ground', 'green', 'water', 'building', 'road'] as const)
      assert.ok(contrast(theme.accent ?? '', p[under]) >= 4.5, `${under}: ${contrast(theme.accent ?? '', p[under])}`);
    for (const under of ['land', 'ground', 'green', 'water'] as const)
      assert.ok(contrast(theme.line ?? '', p[under]) >= 3, `line on ${under}: ${contrast(theme.line ?? '', p[under])}`);
  });
}

test('every colour is one of ours', () => {
  for (const isDark of [false, true]) {
    const own = new Set<unknown>(Object.values(palettes[isDark ? 'dark' : 'light']));
    const flavor = Object.entries(flavorOf(isDark)).filter(([, colour]) => typeof colour === 'string');
    assert.ok(flavor.length > 50);
    assert.deepEqual(flavor.filter(([, colour]) => !own.has(colour)), []);
  }
});
