import assert from 'node:assert/strict';
import { test } from 'node:test';

import { matching, mentionedIn, parseMentions, tokenAt, withMention } from './mention.ts';

const anna = { user: 'aek', name: 'Anna Ek' };
const orjan = { user: 'oal', name: 'Örjan von Alm' };

test('what is written after an @ is looked for, and an address of mail is left alone', () => {
  const cases: [string, string | null][] = [['@', ''], ['Hej @an', 'an'], ['(@Örjan v', 'Örjan v'], ['a@b', null],
    ['@Anna Ek', 'Anna Ek'], ['@a\nb', null], ['@a b c d', null], ['utan', null], ['@a, ', null]];
  for (const [text, word] of cases) assert.equal(tokenAt(text, text.length)?.word ?? null, word, text);
  assert.deepEqual(tokenAt('Hej @an hej', 7), { start: 4, word: 'an' });
});

test('a colleague is found by any of their names and by user name', () => {
  const found = (word: string): string[] => matching([anna, orjan], word).map(({ user }) => user);
  assert.deepEqual(['', 'AN', 'ek', 'von a', 'ör', 'oa', 'Anna Ek '].map(found),
    [['aek', 'oal'], ['aek'], ['aek'], ['oal'], ['oal'], ['oal'], []]);
});

test('whose name is taken out of the text is not meant, and nobody twice', () => {
  const kept = withMention('@Anna Ek ', withMention('', '', anna), orjan);
  assert.deepEqual(parseMentions(kept), [anna, orjan]);
  assert.deepEqual(parseMentions(withMention('@Anna Ek', kept, anna)), [anna]);
  assert.deepEqual(mentionedIn('Fråga @Anna Ek.', kept), [anna]);
  assert.deepEqual(mentionedIn('Fråga @Anna Ekström.', kept), [], 'another name that begins with hers');
  assert.deepEqual([parseMentions('trasigt'), parseMentions('{}'), parseMentions('[1]')], [[], [], []]);
});
