/* The files that went with one of the city's answers, or that wait with one. */
import type { JSX } from 'preact';

import { replyFileAt } from './api.ts';
import { size } from './format.ts';
import { replyFileWords } from './texts/reply_file.ts';
import type { Case } from './types.ts';
import { fill, useWords } from './words.ts';

export function SentFiles({ it, document }: { it: Case; document: string }): JSX.Element | null {
  const t = useWords();
  const files = it.replyFiles.filter((file) => file.document === document);

  if (!files.length) return null;
  return (
    <ul class="files" aria-label={replyFileWords(t).sent}>{files.map((file) => (
      <li key={file.n}>
        <a href={replyFileAt(it.number, file.n, false)} target="_blank" rel="noopener"
          aria-label={fill(t.case.open, { name: `${file.name} ${size(file.size, t)}` })}>
          {file.type.startsWith('image/') && <img src={replyFileAt(it.number, file.n, true)} alt="" loading="lazy" />}
          <span>{file.name}</span> <span class="soft">{size(file.size, t)}</span>
        </a>
      </li>))}</ul>);
}
