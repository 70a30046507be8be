/* A new passkey: what it is to be called, and the device that makes it. */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';

import { Field } from './field.tsx';
import { addPasskey } from './passkey_device.ts';
import { useSending } from './sending.ts';
import { passkeyWords } from './texts/passkey.ts';
import { troubleText } from './trouble.ts';
import { Trouble } from './trouble_box.tsx';
import { useWords } from './words.ts';

interface PasskeyFormProps {
  onAdded: (codes: string[]) => void; /* recovery codes, with the first second factor */
  onCancel?: (() => void) | undefined;
}

/* The name stays when the device gave nothing: one tries again. */
export function PasskeyForm({ onAdded, onCancel }: PasskeyFormProps): JSX.Element {
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
    void send(async () => {
      const codes = await addPasskey(name.trim());
      setName('');
      onAdded(codes);
    });
  };

  return (
    <form noValidate onSubmit={add}>
      {error !== null && <Trouble title={w.notAdded} text={error instanceof DOMException ? w.cancelled : troubleText(t, error)} />}
      <Field id="passkey-name" label={w.name} hint={w.nameHint} fault={isMissing ? w.missing : undefined}>
        {(aria) => <input {...aria} ref={input} type="text" maxLength={60} autoComplete="off" value={name}
          onInput={(event) => setName(event.currentTarget.value)} />}
      </Field>
      <div class="buttons">
        <button type="submit" class={onCancel ? 'main' : ''} aria-disabled={isBusy}>{isBusy ? w.waiting : w.add}</button>
        {onCancel && <button type="button" onClick={onCancel}>{t.cancel}</button>}
      </div>
    </form>);
}
