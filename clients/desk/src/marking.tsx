/* Secrecy markings: a warning on the case or on one document of it, by which section of
 * law, whose, and since when. Never a decision, and said so. */
import type { JSX } from 'preact';

import { instant } from './format.ts';
import type { Options } from './options.ts';
import type { Case, Marking } from './types.ts';
import { fill, useWords, wordOf } from './words.ts';
import type { Texts } from './texts/sv.ts';

const wholeCase = 'case'; /* in events, where a marking's document is null */

export function documentName(t: Texts, code: string, it?: Case): string {
  const [kind = '', n = ''] = code.split('-');
  const said = [...(it?.messages ?? []), ...(it?.notes ?? [])].find((m) => m.document === code);
  const file = kind === 'attachment' && it?.attachments.find((a) => String(a.n) === n);

  if (file) return fill(t.marking.file, { name: file.name });
  return wordOf(t.marking.documents, kind) + (said ? ` ${instant(t, said.at)}` : n && ` ${n}`);
}

/* The case first, as an empty value: it is what is meant when nothing is chosen. */
export function documentsOf(t: Texts, it: Case): Options {
  const codes = ['text', ...it.attachments.filter((a) => a.state === 'stored').map((a) => `attachment-${a.n}`),
    ...[...it.messages, ...it.notes].map((m) => m.document)];

  return [['', wordOf(t.marking.documents, wholeCase)],
    ...codes.map((code): [string, string] => [code, documentName(t, code, it)])];
}

const live = (it: Case): Marking[] => it.markings.filter((m) => m.removedAt === null);

export function markedDocumentsOf(t: Texts, it: Case): Options {
  const codes = live(it).map((m) => m.document ?? '');
  return documentsOf(t, it).filter(([code]) => codes.includes(code));
}

function Warning({ mark }: { mark: Marking }): JSX.Element {
  const t = useWords();

  return (
    <p class="marking"><strong>⚠ {fill(t.marking.by, { section: mark.section })}</strong>{' '}
      <span class="soft">{mark.byName}, <time dateTime={mark.at}>{instant(t, mark.at)}</time>.</span></p>);
}

export function DocumentMarking({ it, document }: { it: Case; document: string }): JSX.Element | null {
  const mark = live(it).find((m) => m.document === document);
  return mark ? <Warning mark={mark} /> : null;
}

/* In the head: the case's own, and which documents have one. */
export function CaseMarking({ it }: { it: Case }): JSX.Element | null {
  const t = useWords();
  const own = live(it).find((m) => m.document === null);
  const parts = live(it).flatMap((m) => (m.document === null ? [] : [documentName(t, m.document, it)]));

  if (!own && !parts.length) return null;
  return (
    <div class="markings">
      {own && <Warning mark={own} />}
      {parts.length > 0 && <p class="marking"><strong>⚠ {t.marking.parts}</strong> {parts.join(', ')}</p>}
      <p class="soft">{t.marking.warning}</p>
    </div>);
}

/* All there have been, also those that were taken away. */
export function MarkingHistory({ it }: { it: Case }): JSX.Element | null {
  const t = useWords();

  if (!it.markings.length) return null;
  return (
    <section class="card">
      <h2>{t.marking.title}</h2>
      <ul class="legs">{it.markings.map((m) => (
        <li key={`${m.document}${m.at}`}>
          {documentName(t, m.document ?? wholeCase, it)}: {m.section}
          <span class="soft">, {m.byName} {instant(t, m.at)}{m.removedAt && m.removedByName && (
            <>. {fill(t.marking.removed, { who: m.removedByName, at: instant(t, m.removedAt) })}</>)}</span>
        </li>))}</ul>
    </section>);
}
