/* One action is written or changed. What is typed is kept until it is saved. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { boardName, useDesk } from './desk.ts';
import { ProblemError } from './errors.ts';
import { useFetched } from './fetched.ts';
import { Check, ErrorSummary, Field } from './field.tsx';
import type { Fault, FieldAria } from './field.tsx';
import { today } from './format.ts';
import { improvementDraft } from './improvement_draft.ts';
import { boardsToImprove, missingOf, mostSubjects, newValues, subjectsOf, valuesOf, wantedOf } from './improvements.ts';
import { listGoals, parseImprovement, saveImprovement } from './improvements_api.ts';
import { KeptNote, useKept } from './kept_note.tsx';
import { useSending } from './sending.ts';
import { draftKeep } from './store.ts';
import type { Draft } from './store.ts';
import { improvementWords } from './texts/improvement.ts';
import type { ImprovementWords } from './texts/improvement.ts';
import type { Texts } from './texts/sv.ts';
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
  onClose: () => void; /* what is typed stays */
}

const currentOf = (error: unknown): unknown => (error instanceof ProblemError && error.status === 409 ? error.problem.current : undefined);

function useSaving({ old, onSaved }: FormProps) {
  const w = improvementWords(useWords());
  const { session } = useDesk();
  const key = old ? String(old.id) : 'ny';
  const kept = useKept(improvementDraft, key, () => (old ? valuesOf(old) : newValues(boardsToImprove(session)[0] ?? '', today())));
  const { values } = kept;
  const { isBusy, error, send, fail } = useSending();
  const [faults, setFaults] = useState<Fault[]>([]);
  const save = async (): Promise<void> => {
    const missing = missingOf(values).map((name) => ({ id: idOf(name), text: fill(w.required, { label: wordOf(w.fields, name) }) }));

    setFaults(missing);
    if (missing.length) return;
    await send(async () => {
      const it = await saveImprovement(wantedOf(values), old && { id: old.id, version: Number(values['version']) });
      draftKeep(improvementDraft, key, {});
      onSaved(it);
    }, (failed) => {
      const refused = faultsOf(w, failed);
      const current = currentOf(failed);
      setFaults(refused);
      if (!refused.length) fail(failed);
      /* Saved again it replaces what somebody else made of it, which was said. */
      if (current) kept.set({ version: String(parseImprovement(current).version) });
    });
  };

  return { kept, isBusy, error, faults, save };
}

/* Without the action as it is now, the board can have no more of them. */
function errorText(w: ImprovementWords, t: Texts, error: unknown): string {
  if (!(error instanceof ProblemError) || error.status !== 409) return troubleText(t, error);
  return error.problem.current ? w.conflict : w.boardFull;
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
        <Check key={code} text={<span lang="sv">{name}</span>} isOn={chosen.includes(code)} isOff={isFull && !chosen.includes(code)}
          onChange={(isOn) => onValue('categories', (isOn ? [...chosen, code] : chosen.filter((c) => c !== code)).join(' '))} />))}</div>
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
  const { old, onClose } = props;
  const t = useWords();
  const w = improvementWords(t);
  const { kept, isBusy, error, faults, save } = useSaving(props);

  useEffect(() => document.getElementById(idOf('title'))?.focus(), []);
  return (
    <form class="card" noValidate onSubmit={(event) => { event.preventDefault(); void save(); }}>
      <ErrorSummary title={t.error.summary} faults={faults} />
      <Fields values={kept.values} faults={faults} isOld={old !== null} isDone={old?.state === 'done'}
        onValue={(name, value) => kept.set({ [name]: value })} />
      {error !== null && <Trouble text={errorText(w, t, error)} />}
      <div class="buttons">
        <button type="submit" class="main" aria-disabled={isBusy}>{isBusy ? w.saving : w.save}</button>
        <button type="button" onClick={onClose}>{t.close}</button>
      </div>
      <KeptNote {...kept} />
    </form>);
}
