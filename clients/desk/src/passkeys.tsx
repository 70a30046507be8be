/* One's passkeys, below the codes that they stand beside. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { useDesk } from './desk.ts';
import { Field } from './field.tsx';
import { instant } from './format.ts';
import { addPasskey, hasPasskeys, listPasskeys, removePasskey } from './passkey_device.ts';
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

/* The name stays when the device gave nothing: one tries again. */
function Add({ onAdded }: { onAdded: () => void }): JSX.Element {
  const t = useWords();
  const w = passkeyWords(t);
  const input = useRef<HTMLInputElement>(null);
  const [name, setName] = useState('');
  const [isMissing, setMissing] = useState(false);
  const { isBusy, error, send } = useSending();
  const add = (event: Event): void => {
    event.preventDefault();
    setMissing(!name.trim());
    if (!name.trim()) { input.current?.focus(); return; }
    void send(async () => { await addPasskey(name.trim()); setName(''); onAdded(); });
  };

  return (
    <form noValidate onSubmit={add}>
      {error !== null && <Trouble title={w.notAdded} text={error instanceof DOMException ? w.cancelled : troubleText(t, error)} />}
      <Field id="passkey-name" label={w.name} hint={w.nameHint} fault={isMissing ? w.missing : undefined}>
        {(aria) => <input {...aria} ref={input} type="text" maxLength={60} autoComplete="off" value={name}
          onInput={(event) => setName(event.currentTarget.value)} />}
      </Field>
      <button type="submit" aria-disabled={isBusy}>{isBusy ? w.waiting : w.add}</button>
    </form>);
}

export function Passkeys(): JSX.Element | null {
  const t = useWords();
  const w = passkeyWords(t);
  const { signIns, announce } = useDesk();
  const heading = useRef<HTMLHeadingElement>(null);
  const [has, setHas] = useState<PasskeyList | null>(null);
  const removal = useSending();
  const [error, setError] = useState<unknown>(null);
  const load = (): void => {
    setError(null);
    listPasskeys(new AbortController().signal).then(setHas, setError);
  };
  const changed = (said: string): void => {
    heading.current?.focus(); /* the button that had it may be gone */
    announce(said);
    load();
  };

  useEffect(load, [signIns]);
  if (has && !has.items.length && !(has.possible && hasPasskeys())) return null;
  return (
    <section class="passkeys">
      <h3 tabIndex={-1} ref={heading}>{w.title}</h3>
      <p>{w.lead}</p>
      {error !== null && <Trouble title={w.failed} text={troubleText(t, error)} onRetry={load} />}
      {removal.error !== null && <Trouble title={w.notRemoved} text={troubleText(t, removal.error)} />}
      {!has && error === null && <p role="status">{t.loading}</p>}
      {has && (has.items.length
        ? <ul class="sessions">{has.items.map((it) => <Row key={it.id} it={it}
          onRemove={() => { void removal.send(async () => { await removePasskey(it.id); changed(w.removed); }); }} />)}</ul>
        : <p>{w.none}</p>)}
      {has && (has.room ? has.possible && hasPasskeys() && <Add onAdded={() => changed(w.added)} /> : <p>{w.most}</p>)}
    </section>);
}
