/* The key that a contractor's Open311 server has given the city: whether there is one, another
 * in its place, and none. It is never shown again. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { forgetKey, keepKey, readKept } from './contractor_key_api.ts';
import { useDesk } from './desk.ts';
import { useFetched } from './fetched.ts';
import { ErrorSummary, Field } from './field.tsx';
import type { Fault } from './field.tsx';
import { useFocus } from './focus.ts';
import { instant } from './format.ts';
import { EndIt } from './outside.tsx';
import { useSending } from './sending.ts';
import { contractorKeyWords } from './texts/contractor_key.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import { fill, useWords } from './words.ts';

const fits = (key: string): boolean => /^[\x21-\x7e]{1,500}$/.test(key);

interface KeyFormProps {
  code: string;
  hasOne: boolean;
  onKept: () => void;
}

function KeyForm({ code, hasOne, onKept }: KeyFormProps): JSX.Element {
  const t = useWords();
  const w = contractorKeyWords(t);
  const [key, setKey] = useState('');
  const { isBusy, error, send } = useSending();
  const [faults, setFaults] = useState<Fault[]>([]);
  const keep = (): Promise<void> => send(async () => {
    setFaults(fits(key.trim()) ? [] : [{ id: 'contractor-key', text: w.fault }]);
    if (!fits(key.trim())) return;
    await keepKey(code, key.trim());
    setKey('');
    onKept();
  });

  return (
    <form noValidate onSubmit={(event) => { event.preventDefault(); void keep(); }}>
      <ErrorSummary title={w.faults} faults={faults} />
      <Field id="contractor-key" label={hasOne ? w.another : w.key} hint={w.hint} fault={faults[0]?.text}>
        {(aria) => <input {...aria} type="password" autocomplete="off" spellcheck={false} value={key} onInput={(event) => setKey(event.currentTarget.value)} />}
      </Field>
      {error !== null && <Trouble text={troubleText(t, error)} />}
      <button type="submit" aria-disabled={isBusy}>{isBusy ? w.keeping : w.keep}</button>
    </form>);
}

export function ContractorKey({ code }: { code: string }): JSX.Element {
  const t = useWords();
  const w = contractorKeyWords(t);
  const { announce, signIns } = useDesk();
  const { value, error, again } = useFetched((signal) => readKept(code, signal), [code, signIns]);
  const [told, setTold] = useState('');
  const focus = useFocus();
  const done = (words: string): void => {
    setTold(words);
    announce(words);
    again();
  };

  return (
    <section aria-labelledby="contractor-key-title">
      <h2 id="contractor-key-title" tabIndex={-1}>{w.title}</h2>
      {told && <p class="notice">✓ {told}</p>}
      {error !== null && <Trouble text={troubleText(t, error)} of={w.title} onRetry={again} />}
      {value && <>
        <p>{value.kept ? fill(w.there, { at: instant(t, value.kept.setAt), who: value.kept.setBy }) : w.none}</p>
        <KeyForm code={code} hasOne={value.kept !== null} onKept={() => done(w.kept)} />
        {value.kept && <EndIt title={w.forgetTitle} lead={w.forgetLead} label={w.forget} onEnd={async () => { await forgetKey(code); done(w.forgotten); focus('contractor-key-title'); }} />}
      </>}
    </section>);
}
