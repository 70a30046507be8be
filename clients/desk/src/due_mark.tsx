/* By when: a shape and words, and only then a colour. */
import type { JSX } from 'preact';

import { dueOf } from './format.ts';
import type { DueFacts } from './format.ts';
import { useWords } from './words.ts';

const shapes = { late: '▲', near: '◆', calm: '', done: '✓' };

export function DueMark({ item }: { item: DueFacts }): JSX.Element {
  const due = dueOf(useWords(), item);

  return (
    <p class={`duemark ${due.kind}`}>
      <strong>{shapes[due.kind] && <span aria-hidden="true">{shapes[due.kind]} </span>}{due.text}</strong>
      {due.more && <span class="soft">{due.more}</span>}
    </p>);
}
