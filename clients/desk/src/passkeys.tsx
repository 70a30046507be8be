/* One's passkeys, as a list that grows and shrinks. */
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';

import { useDesk } from './desk.ts';
import { instant } from './format.ts';
import { hasPasskeys, removePasskey } from './passkey_device.ts';
import { PasskeyForm } from './passkey_form.tsx';
import { useSending } from './sending.ts';
import { passkeyWords } from './texts/passkey.ts';
import { troubleText } from './trouble.ts';
import { Trouble } from './trouble_box.tsx';
import type { Passkey, PasskeyList } from './types.ts';
import { fill, useWords } from './words.ts';

function Row({ it, onRemove }: { it: Passkey; onRemove: () => void }): JSX.Element {
  const t = useWords();
  const w = passkeyWords(t);

  return (
    <li class="session">
      <div>
        <p class="heading">{it.name}</p>
        <p class="soft">{fill(w.since, { at: instant(t, it.addedAt) })}
          {' · '}{it.usedAt ? fill(w.used, { at: instant(t, it.usedAt) }) : w.unused}</p>
      </div>
      <button type="button" aria-label={fill(w.removeOf, { name: it.name })} onClick={onRemove}>{w.remove}</button>
    </li>);
}

interface PasskeysProps {
  has: PasskeyList;
  onChange: (codes: string[]) => void; /* recovery codes, where the first came */
}

export function Passkeys({ has, onChange }: PasskeysProps): JSX.Element | null {
  const t = useWords();
  const w = passkeyWords(t);
  const { announce } = useDesk();
  const heading = useRef<HTMLHeadingElement>(null);
  const removal = useSending();
  const isPossible = has.possible && hasPasskeys();
  const changed = (said: string, codes: string[]): void => {
    heading.current?.focus(); /* the button that had it may be gone */
    announce(said);
    onChange(codes);
  };

  if (!has.items.length && !isPossible) return null;
  return (
    <section class="passkeys">
      <h3 tabIndex={-1} ref={heading}>{w.title}</h3>
      <p>{w.lead}</p>
      {removal.error !== null && <Trouble title={w.notRemoved} text={troubleText(t, removal.error)} />}
      {has.items.length
        ? <ul class="sessions">{has.items.map((it) => <Row key={it.id} it={it}
          onRemove={() => { void removal.send(async () => { await removePasskey(it.id); changed(w.removed, []); }); }} />)}</ul>
        : <p>{w.none}</p>}
      {has.room ? isPossible && <PasskeyForm onAdded={(codes) => changed(w.added, codes)} /> : <p>{w.most}</p>}
    </section>);
}
