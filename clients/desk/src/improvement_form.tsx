/* One action is written or changed. What is typed is kept until it is saved. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { boardName, useDesk } from './desk.ts';
import { ProblemError } from './errors.ts';
import { useFetched } from './fetched.ts';
import { ErrorSummary, Field } from './field.tsx';
import type { Fault, FieldAria } from './field.tsx';
import { today } from './format.ts';
import { boardsToImprove, improvementDraft, missingOf, mostSubjects, newValues, subjectsOf, valuesOf, wantedOf } from './improvements.ts';
import { listGoals, parseImprovement, saveImprovement } from './improvements_api.ts';
import { draftKeep, draftRead } from './store.ts';
import type { Draft } from './store.ts';
import { improvementWords } from './texts/improvement.ts';
import type { ImprovementWords } from './texts/improvement.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { Improvement } from './types.ts';
import { fill, useWords, wordOf } from './words.ts';

const idOf = (name: string): string => `improvement-${name}`;

function faultsOf(w: ImprovementWords, error: unknown): Fault[] {
  if (!(error instanceof ProblemError) || error.status !== 422) return [];
  return error.problem.fields.map(({ name }) => ({ id: idOf(name),
    text: fill(wordOf(w.refused, name in w.refused ? name : 'other'), { label: wordOf(w.fields, name) }) }));
}

interface FormProps {
  old: Improvement | null;
  onSaved: (it: Improvement) => void;
  onCancel: () => void;
}

function useSaving({ old, onSaved }: FormProps, key: string, version: string | undefined) {
  const w = improvementWords(useWords());
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [faults, setFaults] = useState<Fault[]>([]);
  const [seen, setSeen] = useState<Pick<Improvement, 'id' | 'version'> | null>(
    old && { id: old.id, version: Number(version ?? old.version) }); /* what the draft was typed against */
  const save = async (values: Draft): Promise<void> => {
    const missing = missingOf(values).map((name) => ({ id: idOf(name), text: fill(w.required, { label: wordOf(w.fields, name) }) }));

    setFaults(missing);
    if (isBusy || missing.length) return;
    setBusy(true);
    setError(null);
    try {
      const it = await saveImprovement(wantedOf(values), seen);
      draftKeep(improvementDraft, key, {});
      onSaved(it);
      return;
    } catch (failed) {
      const refused = faultsOf(w, failed);
      setFaults(refused);
      if (!refused.length) setError(failed);
      /* Saved again it replaces what somebody else made of it, which was said. */
      if (failed instanceof ProblemError && failed.status === 409 && old) setSeen(parseImprovement(failed.problem.current));
    }
    setBusy(false);
  };
  return { isBusy, error, faults, save };
}

interface FieldsProps {
  values: Draft;
  faults: Fault[];
  isDone: boolean;
  isOld: boolean;
  onValue: (name: string, value: string) => void;
}

function Subjects({ values, onValue }: FieldsProps): JSX.Element {
  const w = improvementWords(useWords());
  const { lists } = useDesk();
  const chosen = subjectsOf(values);
  const isFull = chosen.length >= mostSubjects;

  return (
    <fieldset id={`${idOf('categories')}-field`}>
      <legend>{w.fields.categories}</legend>
      <p class="hint">{w.hints.categories}</p>
      <div class="subjects" id={idOf('categories')} tabIndex={-1}>{lists.categories.map(({ code, name }) => (
        <label class="check choice" key={code}><input type="checkbox" checked={chosen.includes(code)} disabled={isFull && !chosen.includes(code)}
          onChange={(event) => onValue('categories', (event.currentTarget.checked ? [...chosen, code] : chosen.filter((c) => c !== code)).join(' '))} />{' '}
          <span lang="sv">{name}</span></label>))}</div>
    </fieldset>);
}

function Fields(props: FieldsProps): JSX.Element {
  const { values, faults, isDone, isOld, onValue } = props;
  const w = improvementWords(useWords());
  const { lists, session } = useDesk();
  const board = values['board'] ?? '';
  const goals = useFetched(async (signal) => (board ? listGoals(board, signal) : []), [board]).value ?? [];
  const set = (name: string) => (event: { currentTarget: { value: string } }): void => onValue(name, event.currentTarget.value);
  const field = (name: keyof ImprovementWords['fields'], draw: (aria: FieldAria) => JSX.Element): JSX.Element => (
    <Field id={idOf(name)} label={w.fields[name]} hint={name in w.hints ? wordOf(w.hints, name) : undefined}
      fault={faults.find(({ id }) => id === idOf(name))?.text}>{draw}</Field>);
  const line = (name: keyof ImprovementWords['fields'], most: number): JSX.Element => field(name, (aria) => (
    <input {...aria} type="text" maxLength={most} autocomplete="off" value={values[name] ?? ''} onInput={set(name)} />));
  const lines = (name: keyof ImprovementWords['fields'], most: number): JSX.Element => field(name, (aria) => (
    <textarea {...aria} rows={4} maxLength={most} value={values[name] ?? ''} onInput={set(name)} />));
  const date = (name: 'startsOn' | 'endsOn'): JSX.Element => field(name, (aria) => (
    <input {...aria} type="date" class="short" value={values[name] ?? ''} onInput={set(name)} />));
  const choice = (name: 'board' | 'state' | 'goal' | 'indicator', options: [string, string][]): JSX.Element => field(name, (aria) => (
    <select {...aria} value={values[name] ?? ''} onChange={set(name)}>
      {options.map(([code, text]) => <option key={code} value={code}>{text}</option>)}</select>));
  /* What it has now stays among the choices, also when it holds no more. */
  const goalOptions = (isIndicator: boolean): [string, string][] => {
    const now = values[isIndicator ? 'indicator' : 'goal'] ?? '';
    const known = goals.filter(({ level }) => (level === 'indicator') === isIndicator);

    return [['', w.noGoal], ...(now && !known.some(({ code }) => code === now) ? [[now, now]] satisfies [string, string][] : []),
      ...known.map(({ code, level, name }): [string, string] => [code, isIndicator ? name : `${w.levels[level]}: ${name}`])];
  };
  const states = isDone ? (['done'] as const) : (['planned', 'ongoing', 'dropped'] as const);

  return (
    <>
      {line('title', 150)}
      {!isOld && choice('board', boardsToImprove(session).map((code): [string, string] => [code, boardName(lists, code)]))}
      {lines('cause', 4000)}
      {lines('expectedResult', 2000)}
      <div class="pair">{line('responsible', 100)}{choice('state', states.map((code): [string, string] => [code, w.states[code]]))}</div>
      <div class="pair">{date('startsOn')}{date('endsOn')}</div>
      {choice('goal', goalOptions(false))}
      {choice('indicator', goalOptions(true))}
      {line('unit', 100)}
      <Subjects {...props} />
    </>);
}

export function ImprovementForm(props: FormProps): JSX.Element {
  const { old, onCancel } = props;
  const t = useWords();
  const w = improvementWords(t);
  const { session } = useDesk();
  const key = old ? String(old.id) : 'ny';
  const [values, setValues] = useState<Draft>(() => ({ ...(old ? valuesOf(old) : newValues(boardsToImprove(session)[0] ?? '', today())),
    ...draftRead(improvementDraft, key) }));
  const saving = useSaving(props, key, values['version']);
  const set = (name: string, value: string): void => setValues((now) => {
    const next = { ...now, [name]: value, ...(old && { version: now['version'] ?? String(old.version) }) };
    draftKeep(improvementDraft, key, next);
    return next;
  });
  const isStrife = saving.error instanceof ProblemError && saving.error.status === 409;

  useEffect(() => document.getElementById(idOf('title'))?.focus(), []);
  return (
    <form class="card" noValidate onSubmit={(event) => { event.preventDefault(); void saving.save(values); }}>
      <ErrorSummary title={t.error.summary} faults={saving.faults} />
      <Fields values={values} faults={saving.faults} isOld={old !== null} isDone={old?.state === 'done'} onValue={set} />
      {saving.error !== null && <Trouble text={isStrife ? w.conflict : troubleText(t, saving.error)} />}
      <div class="buttons">
        <button type="submit" class="main" aria-disabled={saving.isBusy}>{saving.isBusy ? w.saving : w.save}</button>
        <button type="button" onClick={() => { draftKeep(improvementDraft, key, {}); onCancel(); }}>{w.cancel}</button>
      </div>
    </form>);
}
