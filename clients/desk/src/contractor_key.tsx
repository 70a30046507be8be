/* The key that a contractor's Open311 server has given the city: whether there is one, another
 * in its place, and none. It is never shown again. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { forgetKey, keepKey, readKept } from './contractor_key_api.ts';
import { useDesk } from './desk.ts';
import { useFetched } from './fetched.ts';
import { ErrorSummary, Field } from './field.tsx';
import type { Fault } from './field.tsx';
import { instant } from './format.ts';
import { EndIt } from './outside.tsx';
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
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [faults, setFaults] = useState<Fault[]>([]);
  const keep = async (): Promise<void> => {
    setFaults(fits(key.trim()) ? [] : [{ id: 'contractor-key', text: w.fault }]);
    if (isBusy || !fits(key.trim())) return;
    setBusy(true);
    setError(null);
    try {
      await keepKey(code, key.trim());
      setKey('');
      onKept();
    } catch (failed) {
      setError(failed);
    }
    setBusy(false);
  };

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
  const done = (words: string): void => {
    setTold(words);
    announce(words);
    again();
  };

  return (
    <section aria-labelledby="contractor-key-title">
      <h2 id="contractor-key-title">{w.title}</h2>
      {told && <p class="notice">✓ {told}</p>}
      {error !== null && <Trouble text={troubleText(t, error)} onRetry={again} />}
      {value && <>
        <p>{value.kept ? fill(w.there, { at: instant(t, value.kept.setAt), who: value.kept.setBy }) : w.none}</p>
        <KeyForm code={code} hasOne={value.kept !== null} onKept={() => done(w.kept)} />
        {value.kept && <EndIt title={w.forgetTitle} lead={w.forgetLead} label={w.forget} onEnd={async () => { await forgetKey(code); done(w.forgotten); }} />}
      </>}
    </section>);
}
