/* What must hold where the reader's own colours replace the page's (forced-colors): all that
 * can be pressed or filled in has an edge, and what has the focus a ring. */
import assert from 'node:assert/strict';

/* Of everything that can be pressed or filled in: what has no edge that is seen, but for links
 * that are text; runs in the page. */
function edgeless() {
  const found = document.querySelectorAll('button, .button, .tile, .choice, select, textarea, input:not([type=radio], [type=checkbox])');
  const groundOf = (e) => {
    for (let up = e.parentElement; up; up = up.parentElement) {
      const { backgroundColor } = getComputedStyle(up);
      if (!/, 0\)$|transparent/.test(backgroundColor)) return backgroundColor;
    }
    return 'none';
  };

  return [...found].filter((e) => e.checkVisibility() && !e.classList.contains('cover')).filter((e) => {
    const { borderTopStyle, borderTopWidth, borderTopColor } = getComputedStyle(e);
    return borderTopStyle === 'none' || parseFloat(borderTopWidth) < 1 || borderTopColor === groundOf(e);
  }).map((e) => e.outerHTML.slice(0, 100));
}

/* Whether what has the focus has a ring that is seen; runs in the page. */
function ringless() {
  const at = document.activeElement;
  const e = at.matches('[type=radio], [type=checkbox]') ? at.closest('.choice') ?? at : at;
  const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(e);
  return at === document.body || (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1 &&
    outlineColor !== getComputedStyle(document.body).backgroundColor) ? '' : e.outerHTML.slice(0, 100);
}

export async function edges(tab, name) {
  assert.deepEqual(await tab.evaluate(edgeless), [], `${name}: edges`);
}

/* Wherever the Tab key leads. */
export async function rings(tab, name) {
  const bad = new Set();
  await tab.evaluate(() => { document.activeElement.blur(); window.scrollTo(0, 0); });
  for (let i = 0; i < 60; i++) {
    await tab.keyboard.press('Tab');
    const said = await tab.evaluate(ringless);
    if (said) bad.add(said);
    if (await tab.evaluate(() => document.activeElement === document.body)) break;
  }
  assert.deepEqual([...bad], [], `${name}: focus`);
}
