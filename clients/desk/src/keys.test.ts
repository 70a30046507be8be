import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isWritten, shortcutOf } from './keys.ts';

const press = (key: string, more = {}): Parameters<typeof shortcutOf>[0] => ({ key, ctrlKey: false,
  metaKey: false, altKey: false, isComposing: false, defaultPrevented: false, ...more });

test('letters do nothing while one writes; Escape does', () => {
  assert.equal(shortcutOf(press('r'), true, true), null);
  assert.equal(shortcutOf(press('Escape'), true, true), 'Escape');
  assert.equal(shortcutOf(press('r'), false, true), 'r');
});

test('with a modifier it is the browser’s', () => {
  for (const held of ['ctrlKey', 'metaKey', 'altKey', 'isComposing', 'defaultPrevented'])
    assert.equal(shortcutOf(press('r', { [held]: true }), false, true), null, held);
});

test('switched off, letters are silent and arrows are not', () => {
  assert.equal(shortcutOf(press('j'), false, false), null);
  assert.equal(shortcutOf(press('?'), false, false), null);
  assert.equal(shortcutOf(press('ArrowDown'), false, false), 'ArrowDown');
});

test('what is written in', () => {
  for (const tagName of ['TEXTAREA', 'SELECT', 'INPUT']) assert.ok(isWritten({ tagName }));
  assert.ok(isWritten({ tagName: 'DIV', isContentEditable: true }));
  assert.ok(!isWritten({ tagName: 'INPUT', type: 'checkbox' }));
  assert.ok(!isWritten({ tagName: 'BUTTON' }));
});
