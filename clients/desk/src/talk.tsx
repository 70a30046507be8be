/* What was said to and by the complainant; and, apart from it, what colleagues noted. */
import type { JSX } from 'preact';

import { Folded } from './folded.tsx';
import { instant } from './format.ts';
import { DocumentMarking } from './marking.tsx';
import { SentFiles } from './sent_files.tsx';
import { mentionWords } from './texts/mention.ts';
import type { Case } from './types.ts';
import { fill, useWords, wordOf } from './words.ts';

interface SaidProps {
  who: string;
  what: string;
  at: string;
  text: string;
  side: string;
  children?: JSX.Element;
  after?: JSX.Element;
}

export function Said({ who, what, at, text, side, children, after }: SaidProps): JSX.Element {
  const t = useWords();

  return (
    <li class={side}>
      <p class="by"><strong>{who}</strong> <span class="soft">{what} <time dateTime={at}>{instant(t, at)}</time></span></p>
      {children}
      <p class="words">{text}</p>
      {after}
    </li>);
}

export function Talk({ it }: { it: Case }): JSX.Element {
  const t = useWords();

  return (
    <section class="card">
      <h2>{t.case.messages}</h2>
      {it.messages.length === 0 ? <p class="soft">{t.case.noMessages}</p>
        : <Folded it={it} why="threat"><ol class="talk">{it.messages.map((m) => (
          <Said key={`${m.at}${m.kind}`} side={m.from} at={m.at} text={m.text}
            who={m.from === 'resident' ? t.case.fromResident : m.byName ?? it.boardName}
            what={m.kind === 'message' ? '' : wordOf(t.event, m.kind)} after={<SentFiles it={it} document={m.document} />}>
            <DocumentMarking it={it} document={m.document} /></Said>))}</ol></Folded>}
    </section>);
}

function Mentioned({ it, document }: { it: Case; document: string }): JSX.Element | null {
  const w = mentionWords(useWords());
  const names = it.mentions.filter((m) => m.document === document).map(({ name }) => name);

  return names.length ? <p class="soft">{fill(w.mentions, { names: names.join(', ') })}</p> : null;
}

export function Notes({ it }: { it: Case }): JSX.Element {
  const t = useWords();

  return (
    <section class="card internal">
      <h2>{t.case.notes}</h2>
      <p class="soft">{t.case.notesHint}</p>
      {it.notes.length === 0 ? <p class="soft">{t.case.noNotes}</p>
        : <ol class="talk">{it.notes.map((n) => (
          <Said key={`${n.at}${n.kind}`} side="note" at={n.at} text={n.text} who={n.byName ?? t.event.system}
            what={n.kind === 'note' ? '' : wordOf(t.event, n.kind)} after={<Mentioned it={it} document={n.document} />}>
            <DocumentMarking it={it} document={n.document} /></Said>))}</ol>}
    </section>);
}
