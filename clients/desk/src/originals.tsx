/* The mails that came about a case, as they came. Fetched when somebody asks for them: a
 * few cases have any, and fewer readers want them. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { listMails, mailAt } from './api.ts';
import { instant, size } from './format.ts';
import { Folded } from './folded.tsx';
import { troubleText } from './trouble.ts';
import { Trouble } from './trouble_box.tsx';
import type { Case, Original } from './types.ts';
import { fill, useWords, wordOf } from './words.ts';

/* Who has left no address has written no mail, nor answered one. */
export function mayHaveMails(it: Case): boolean {
  return !it.restricted && (it.channel === 'mail' || Boolean(it.contact?.email));
}

function Mail({ it, mail }: { it: Case; mail: Original }): JSX.Element {
  const t = useWords();
  const at = instant(t, mail.receivedAt);

  return (
    <li>
      {mail.infected ? <time dateTime={mail.receivedAt}>{at}</time>
        : <a href={mailAt(it.number, mail.n)} download aria-label={fill(t.originals.file, { at })}>
          <time dateTime={mail.receivedAt}>{at}</time></a>}
      <span class="soft"> {wordOf(t.originals.kinds, mail.class)}, {size(mail.size, t)}</span>
      {mail.infected && <p>▲ {t.originals.infected}</p>}
    </li>);
}

function Mails({ it }: { it: Case }): JSX.Element {
  const t = useWords();
  const [mails, setMails] = useState<Original[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const load = (): void => {
    setError(null);
    listMails(it.number, new AbortController().signal).then(setMails, setError);
  };

  useEffect(load, [it.number, it.version]);
  if (error !== null) return <Trouble text={troubleText(t, error)} onRetry={load} />;
  if (!mails) return <p role="status">{t.loading}</p>;
  if (!mails.length) return <p>{t.originals.none}</p>;
  return <ul>{mails.map((mail) => <Mail key={mail.n} it={it} mail={mail} />)}</ul>;
}

export function Originals({ it }: { it: Case }): JSX.Element | null {
  const t = useWords();
  const [isOpen, setOpen] = useState(false);

  if (!mayHaveMails(it)) return null;
  return (
    <div class="card noprint originals">
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{t.originals.title}</summary>
        {isOpen && <Folded it={it} why="protectedIdentity"><Mails it={it} /></Folded>}
      </details>
    </div>);
}
