/* An action is done: what is said of it, in which languages, and to whom. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { ProblemError } from './errors.ts';
import { ErrorSummary, Field } from './field.tsx';
import type { Fault } from './field.tsx';
import { today } from './format.ts';
import { improvementDraft } from './improvements.ts';
import { completeImprovement } from './improvements_api.ts';
import { draftKeep, draftRead } from './store.ts';
import type { Draft } from './store.ts';
import { improvementWords } from './texts/improvement.ts';
import type { ImprovementWords } from './texts/improvement.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { Improvement } from './types.ts';
import { fill, useWords, wordOf } from './words.ts';

type Language = keyof NonNullable<Improvement['texts']>;
const languages: Language[] = ['sv', 'sv-x-easy', 'en', 'fi', 'fit', 'se', 'ar'];
const parts = ['said', 'did'] as const;
const nameOf = (language: Language, part: (typeof parts)[number]): string => `${part}-${language}`;

function startOf(it: Improvement): Draft {
  return { doneOn: it.doneOn ?? today(), public: it.state === 'done' && !it.public ? '' : 'yes', tell: 'yes',
    ...Object.fromEntries(languages.flatMap((l) => parts.map((part) => [nameOf(l, part), it.texts?.[l]?.[part] ?? '']))) };
}

function bodyOf(values: Draft): object {
  const given = languages.filter((l) => l === 'sv' || parts.some((part) => values[nameOf(l, part)]?.trim()));

  return { doneOn: values['doneOn'], public: values['public'] === 'yes', tell: values['tell'] === 'yes',
    texts: Object.fromEntries(given.map((l) => [l, Object.fromEntries(parts.map((part) => [part, (values[nameOf(l, part)] ?? '').trim()]))])) };
}

/* Both or neither, in each language but Swedish. */
function faultsOf(w: ImprovementWords, values: Draft): Fault[] {
  return languages.flatMap((l) => {
    const isGiven = l === 'sv' || parts.some((part) => values[nameOf(l, part)]?.trim());
    return isGiven ? parts.filter((part) => !values[nameOf(l, part)]?.trim())
      .map((part) => ({ id: nameOf(l, part), text: fill(w.required, { label: w[part] }) })) : [];
  });
}

function Texts({ language, values, faults, onValue }: { language: Language; values: Draft; faults: Fault[];
  onValue: (name: string, value: string) => void }): JSX.Element {
  const w = improvementWords(useWords());

  return <>{parts.map((part) => {
    const name = nameOf(language, part);
    return (
      <Field key={name} id={name} label={w[part]} fault={faults.find(({ id }) => id === name)?.text}>
        {(aria) => <textarea {...aria} rows={3} maxLength={2000} lang={language} dir="auto" value={values[name] ?? ''}
          onInput={(event) => onValue(name, event.currentTarget.value)} />}
      </Field>);
  })}</>;
}

function useCompleting(it: Improvement, onDone: (it: Improvement, told: number) => void) {
  const w = improvementWords(useWords());
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [faults, setFaults] = useState<Fault[]>([]);
  const send = async (values: Draft): Promise<void> => {
    const missing = faultsOf(w, values);

    setFaults(missing);
    if (isBusy || missing.length) return;
    setBusy(true);
    setError(null);
    try {
      const done = await completeImprovement(it, bodyOf(values));
      draftKeep(improvementDraft, `klar-${it.id}`, {});
      onDone(done, done.toldNow ?? 0);
      return;
    } catch (failed) {
      if (failed instanceof ProblemError && failed.status === 422) setFaults([{ id: 'doneOn', text: w.refused.doneOn }]);
      else setError(failed);
    }
    setBusy(false);
  };
  return { isBusy, error, faults, send };
}

function errorText(w: ImprovementWords, otherwise: string, error: unknown): string {
  if (!(error instanceof ProblemError)) return otherwise;
  return error.status === 403 ? w.approval : error.status === 409 ? w.conflict : otherwise;
}

export function Completion({ it, onDone }: { it: Improvement; onDone: (it: Improvement, told: number) => void }): JSX.Element {
  const t = useWords();
  const w = improvementWords(t);
  const key = `klar-${it.id}`;
  const [values, setValues] = useState<Draft>(() => ({ ...startOf(it), ...draftRead(improvementDraft, key) }));
  const { isBusy, error, faults, send } = useCompleting(it, onDone);
  const set = (name: string, value: string): void => setValues((now) => {
    const next = { ...now, [name]: value };
    draftKeep(improvementDraft, key, next);
    return next;
  });
  const box = (name: 'tell' | 'public', hint?: string): JSX.Element => (
    <><label class="check choice"><input type="checkbox" id={`done-${name}`} checked={values[name] === 'yes'}
      onChange={(event) => set(name, event.currentTarget.checked ? 'yes' : '')} /> <span>{w[name]}</span></label>
    {hint && <p class="hint">{hint}</p>}</>);

  return (
    <form noValidate onSubmit={(event) => { event.preventDefault(); void send(values); }}>
      <ErrorSummary title={t.error.summary} faults={faults} />
      <p>{w.completeLead}</p>
      <Field id="doneOn" label={w.doneOn} fault={faults.find(({ id }) => id === 'doneOn')?.text}>
        {(aria) => <input {...aria} type="date" class="short" max={today()} value={values['doneOn'] ?? ''}
          onInput={(event) => set('doneOn', event.currentTarget.value)} />}
      </Field>
      <Texts language="sv" values={values} faults={faults} onValue={set} />
      <details open={faults.some(({ id }) => !id.endsWith('-sv')) || undefined}>
        <summary>{w.others}</summary>
        {languages.filter((l) => l !== 'sv').map((l) => (
          <fieldset key={l}><legend>{wordOf(w.languages, l)}</legend><Texts language={l} values={values} faults={faults} onValue={set} /></fieldset>))}
      </details>
      {box('tell', fill(w.tellHint, { n: it.cases - it.told }))}
      {box('public')}
      {error !== null && <Trouble text={errorText(w, troubleText(t, error), error)} />}
      <div class="buttons"><button type="submit" class="main" aria-disabled={isBusy}>{isBusy ? w.saving : w.finish}</button></div>
    </form>);
}
