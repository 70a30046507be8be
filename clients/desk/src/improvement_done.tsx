/* An action is done: what is said of it, in which languages, and to whom. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { bodyOf, languages, missingIn, nameOf, parts, refusedIn, startOf } from './completion.ts';
import type { Language } from './completion.ts';
import { ProblemError } from './errors.ts';
import { Check, ErrorSummary, Field } from './field.tsx';
import type { Fault } from './field.tsx';
import { today } from './format.ts';
import { improvementDraft } from './improvement_draft.ts';
import { completeImprovement, parseImprovement } from './improvements_api.ts';
import { KeptNote, useKept } from './kept_note.tsx';
import { useSending } from './sending.ts';
import { draftKeep } from './store.ts';
import type { Draft } from './store.ts';
import { improvementWords } from './texts/improvement.ts';
import type { ImprovementWords } from './texts/improvement.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { Improvement } from './types.ts';
import { fill, useWords } from './words.ts';

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
  const t = useWords();
  const w = improvementWords(t);
  const key = `klar-${it.id}`;
  const kept = useKept(improvementDraft, key, () => startOf(it));
  const { values } = kept;
  const { isBusy, error, send, fail } = useSending();
  const [faults, setFaults] = useState<Fault[]>([]);
  const failed = (why: unknown): void => {
    const { status, problem } = why instanceof ProblemError ? why : { status: 0, problem: null };
    const refused = status === 422 ? refusedIn(t, w, problem?.fields ?? []) : [];

    setFaults(refused);
    if (!refused.length) fail(why);
    /* Sent again it replaces what was changed meanwhile, which was said. */
    if (status === 409 && problem?.current) kept.set({ version: String(parseImprovement(problem.current).version) });
  };
  const complete = async (): Promise<void> => {
    const missing = missingIn(t, w, values);

    setFaults(missing);
    if (missing.length) return;
    await send(async () => {
      const done = await completeImprovement({ id: it.id, version: Number(values['version']) }, bodyOf(values));
      draftKeep(improvementDraft, key, {});
      onDone(done, done.toldNow ?? 0);
    }, failed);
  };

  return { kept, isBusy, error, faults, complete };
}

function errorText(w: ImprovementWords, otherwise: string, error: unknown): string {
  if (!(error instanceof ProblemError)) return otherwise;
  return error.status === 403 ? w.approval : error.status === 409 ? w.conflict : otherwise;
}

export function Completion({ it, onDone }: { it: Improvement; onDone: (it: Improvement, told: number) => void }): JSX.Element {
  const t = useWords();
  const w = improvementWords(t);
  const { kept, isBusy, error, faults, complete } = useCompleting(it, onDone);
  const { values } = kept;
  const others = languages.filter((l) => l !== 'sv');
  const isElsewhere = faults.some(({ id }) => others.some((l) => parts.some((part) => id === nameOf(l, part))));
  const set = (name: string, value: string): void => kept.set({ [name]: value });
  const box = (name: 'tell' | 'public', hint?: string): JSX.Element => (
    <><Check id={`done-${name}`} text={w[name]} isOn={values[name] === 'yes'} onChange={(isOn) => set(name, isOn ? 'yes' : '')} />
    {hint && <p class="hint">{hint}</p>}</>);

  return (
    <form noValidate onSubmit={(event) => { event.preventDefault(); void complete(); }}>
      <ErrorSummary title={t.error.summary} faults={faults} />
      <p>{w.completeLead}</p>
      <Field id="doneOn" label={w.doneOn} fault={faults.find(({ id }) => id === 'doneOn')?.text}>
        {(aria) => <input {...aria} type="date" class="short" max={today()} value={values['doneOn'] ?? ''}
          onInput={(event) => set('doneOn', event.currentTarget.value)} />}
      </Field>
      <Texts language="sv" values={values} faults={faults} onValue={set} />
      <details open={isElsewhere || undefined}>
        <summary>{w.others}</summary>
        {others.map((l) => (
          <fieldset key={l}><legend>{t.template.languages[l]}</legend><Texts language={l} values={values} faults={faults} onValue={set} /></fieldset>))}
      </details>
      {box('tell', fill(w.tellHint, { n: it.cases - it.told }))}
      {box('public')}
      {error !== null && <Trouble text={errorText(w, troubleText(t, error), error)} />}
      <div class="buttons"><button type="submit" class="main" aria-disabled={isBusy}>{isBusy ? w.saving : w.finish}</button></div>
      <KeptNote {...kept} />
    </form>);
}
