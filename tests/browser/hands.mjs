/*
 * Two pairs of hands for one way through: a mouse, or a keyboard and nothing else.
 *
 *   await hands.press('a.button');          go there and press it
 *   await hands.write('#text', 'Hej');      go there and type
 *   await hands.choose('#category', 'Park')  go there and choose what begins so
 *   await hands.tick('#type-complaint')      a radio button
 *   await hands.act('reply')                 what the desk offers to do with a case
 *
 * The keyboard's alone: reach('#text') goes there by Tab, back('#text') the other way,
 * retype('#text', 'Hej') writes over what stands there, retype('#text', '') empties it, and
 * day('#day', '2026-12-01') types a day.
 */
import assert from 'node:assert/strict';

/* The value of the choice that begins with a word; what can be chosen may be on its way. */
async function valueOf(tab, selector, word) {
  const value = await tab.waitForFunction(([one, start]) => [...document.querySelectorAll(`${one} option`)]
    .find((o) => o.textContent.startsWith(start))?.value, [selector, word]);
  return value.jsonValue();
}

export function mouse(tab) {
  return {
    name: 'mouse',
    press: (selector) => tab.click(selector),
    write: async (selector, text) => {
      await tab.click(selector);
      await tab.keyboard.type(text);
    },
    choose: async (selector, word) => {
      await tab.selectOption(selector, await valueOf(tab, selector, word));
    },
    tick: (selector) => tab.click(`.choice:has(${selector})`),
    act: (name) => tab.click(`#do-${name}`),
  };
}

const isAt = (tab, selector) => tab.evaluate((s) => document.activeElement.matches(s), selector);

export function keyboard(tab) {
  const key = (name) => tab.keyboard.press(name);
  /* By the Tab key from where the focus is, once around the page and no further. */
  async function reach(selector, step = 'Tab') {
    await tab.waitForSelector(selector);
    for (let i = 0; i < 150; i++) {
      if (await isAt(tab, selector)) return;
      await key(step);
    }
    assert.fail(`${step} does not lead to ${selector}`);
  }

  return {
    name: 'keyboard',
    reach,
    back: (selector) => reach(selector, 'Shift+Tab'),
    retype: async (selector, text) => {
      await reach(selector);
      await key('Control+a');
      await key('Delete');
      await tab.keyboard.type(text);
    },
    /* In the order that this browser has the parts of a day in. */
    day: async (selector, wanted) => {
      const [year, month, day] = wanted.split('-');
      await reach(selector);
      for (const typed of [month + day + year, year + month + day, day + month + year]) {
        for (let i = 0; i < 3; i++) await key('ArrowLeft');
        await tab.keyboard.type(typed);
        if (await tab.inputValue(selector) === wanted) return;
      }
      assert.fail(`${wanted} cannot be typed into ${selector}`);
    },
    press: async (selector) => {
      await reach(selector);
      await key('Enter');
    },
    write: async (selector, text) => {
      await reach(selector);
      await tab.keyboard.type(text);
    },
    choose: async (selector, word) => {
      await reach(selector);
      await valueOf(tab, selector, word);
      await tab.keyboard.type(word);
    },
    /* The Tab key leads to a group's chosen button, or to its first; arrows to the rest. */
    tick: async (selector) => {
      const name = await tab.getAttribute(selector, 'name');
      await reach(`[name="${name}"]`);
      for (let i = 0; i < 10 && !await isAt(tab, selector); i++) await key('ArrowDown');
      await key(' ');
      assert.ok(await tab.isChecked(selector), selector);
    },
    /* By the key that stands on the button. */
    act: async (name) => key(await tab.textContent(`#do-${name} kbd`)),
  };
}
