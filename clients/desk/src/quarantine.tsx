/* Mail in quarantine: what waits for somebody to say whether it goes on. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { listHeldMails } from './api.ts';
import { decidesOnMail, useDesk } from './desk.ts';
import { HeldRow } from './held_row.tsx';
import { quarantineWords } from './texts/quarantine.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { HeldMail } from './types.ts';
import { useWords } from './words.ts';

function useHeld() {
  const { signIns } = useDesk();
  const [items, setItems] = useState<HeldMail[] | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const load = async (after: string | null): Promise<void> => {
    setError(null);
    try {
      const page = await listHeldMails(after, new AbortController().signal);
      setItems((before) => [...(after === null ? [] : before ?? []), ...page.items]);
      setNext(page.next);
    } catch (failed) {
      setError(failed);
    }
  };

  useEffect(() => { void load(null); }, [signIns]);
  return { items, next, error, load,
    drop: (id: number) => setItems((before) => before?.filter((mail) => mail.id !== id) ?? null) };
}

function Waiting(): JSX.Element {
  const t = useWords();
  const { announce } = useDesk();
  const { items, next, error, load, drop } = useHeld();
  const [told, setTold] = useState('');
  const onDecided = (id: number, words: string): void => {
    drop(id);
    setTold(words);
    announce(words);
    document.querySelector<HTMLElement>('.quarantine h1')?.focus();
  };

  return (
    <>
      {told && <p class="attention told">{told}</p>}
      {error !== null && <Trouble text={troubleText(t, error)} onRetry={() => void load(null)} />}
      {!items && error === null && <p role="status">{t.loading}</p>}
      {items?.length === 0 && <p>{quarantineWords(t).none}</p>}
      {items && items.length > 0 && <ul class="mails">{items.map((mail) => (
        <HeldRow key={mail.id} mail={mail} onDecided={onDecided} />))}</ul>}
      {next !== null && <button type="button" onClick={() => void load(next)}>{quarantineWords(t).more}</button>}
    </>);
}

export function Quarantine(): JSX.Element {
  const t = useWords();
  const { session } = useDesk();
  const isAllowed = decidesOnMail(session);

  useEffect(() => { document.title = `${quarantineWords(t).title} – ${t.desk}`; }, [t]);
  return (
    <article class="quarantine">
      <h1 tabIndex={-1}>{quarantineWords(t).title}</h1>
      {isAllowed && <p>{quarantineWords(t).lead}</p>}
      {isAllowed ? <Waiting /> : <Trouble text={quarantineWords(t).notYou} />}
    </article>);
}
