/* The forms of accounts and roles, all of them by the names of their fields. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { boardName, useDesk } from './desk.ts';
import { isMissing, ProblemError } from './errors.ts';
import { ErrorSummary, Field } from './field.tsx';
import type { Fault, FieldAria } from './field.tsx';
import { boardCodes, bodyOf, roleCodes } from './people.ts';
import { useSending } from './sending.ts';
import type { Speaker, Values } from './settings.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import { fill, wordOf } from './words.ts';

export type PersonField = 'issuer' | 'group' | 'username' | 'name' | 'email' | 'role' | 'board' | 'unit' | 'validFrom' | 'validTo' | 'reason';

interface PersonFormProps {
  speaker: Speaker;
  names: PersonField[];
  start: Values;
  label: string; /* of the button */
  isEmptySent?: boolean; /* an emptied address is taken away */
  send: (body: object, values: Values) => Promise<void>;
  onCancel?: () => void;
  issuers?: [issuer: string, label: string][]; /* where a provider is chosen */
  before?: (values: Values) => string; /* what will come of it */
}

const required: PersonField[] = ['issuer', 'group', 'username', 'name', 'role', 'reason'];
const idOf = (name: string): string => `person-${name}`;

function faultText({ w }: Speaker, name: string, isMissing: boolean): Fault {
  return { id: idOf(name), text: fill(w.faulty, { label: wordOf(w.personFields, name), why: w.why[isMissing ? 'fault.required' : 'other'] }) };
}

function troubleOf({ t, w }: Speaker, error: unknown): string {
  if (!(error instanceof ProblemError) || error.status !== 409) return troubleText(t, error);
  return error.problem.outcome === 'last-administrator' ? w.lastAdministrator : w.nameTaken;
}

function useSubmit({ speaker, names, isEmptySent, send: sendIt }: PersonFormProps) {
  const [faults, setFaults] = useState<Fault[]>([]);
  const { isBusy, error, send, fail } = useSending();
  const submit = (values: Values): Promise<void> => send(async () => {
    const missing = names.filter((name) => required.includes(name) && !values[name]?.trim());

    setFaults(missing.map((name) => faultText(speaker, name, true)));
    if (missing.length) return;
    await sendIt({ ...bodyOf(values), ...(isEmptySent && { email: values['email']?.trim() ?? '' }) }, values);
  }, (failed) => {
    const found = failed instanceof ProblemError ? failed.problem.fields.map((fault) =>
      faultText(speaker, fault.name, isMissing(fault))) : [];
    setFaults(found);
    if (!found.length) fail(failed);
  });

  return { isBusy, error, faults, submit };
}

interface InputProps {
  speaker: Speaker;
  name: PersonField;
  aria: FieldAria;
  value: string;
  onValue: (value: string) => void;
  issuers: [issuer: string, label: string][];
}

function Input({ speaker: { t, w, lists }, name, aria, value, onValue, issuers }: InputProps): JSX.Element {
  const { session } = useDesk();
  const set = (event: { currentTarget: { value: string } }): void => onValue(event.currentTarget.value);

  if (name === 'issuer')
    return <select {...aria} value={value} onChange={set}>{issuers.map(([issuer, label]) => <option key={issuer} value={issuer}>{label}</option>)}</select>;
  if (name === 'role')
    return <select {...aria} value={value} onChange={set}><option value="">{t.choose}</option>
      {roleCodes(session, Object.keys(t.role)).map((code) => <option key={code} value={code}>{wordOf(t.role, code)}</option>)}</select>;
  if (name === 'board')
    return <select {...aria} value={value} onChange={set}>{boardCodes(session, lists.boards.map((b) => b.code)).map((code) => (
      <option key={code} value={code}>{code ? boardName(lists, code) : w.wholeCity}</option>))}</select>;
  if (name === 'validFrom' || name === 'validTo')
    return <input {...aria} type="date" class="short" value={value} onInput={set} />;
  return <input {...aria} type="text" inputMode={name === 'email' ? 'email' : 'text'} autocomplete="off" spellcheck={false}
    maxLength={name === 'reason' ? 500 : name === 'group' ? 200 : 254} value={value} onInput={set} />;
}

export function PersonForm(props: PersonFormProps): JSX.Element {
  const { speaker, names, start, label, onCancel, issuers = [], before } = props;
  const { t, w } = speaker;
  const { session } = useDesk();
  const [values, setValues] = useState<Values>({ board: boardCodes(session, [])[0] ?? '', ...start });
  const { isBusy, error, faults, submit } = useSubmit(props);

  return (
    <form noValidate onSubmit={(event) => {
      event.preventDefault();
      void submit(Object.fromEntries(Object.entries(values).filter(([name]) => name in start || names.some((one) => one === name))));
    }}>
      <ErrorSummary title={w.faults} faults={faults} />
      {names.map((name) => (
        <Field key={name} id={idOf(name)} hint={w.personHints[name]} fault={faults.find(({ id }) => id === idOf(name))?.text}
          label={<>{wordOf(w.personFields, name)}{!required.includes(name) && name !== 'board' && <span class="optional"> ({t.optional})</span>}</>}>
          {(aria) => <Input speaker={speaker} name={name} aria={aria} value={values[name] ?? ''}
            issuers={issuers} onValue={(value) => setValues({ ...values, [name]: value })} />}
        </Field>))}
      {before && <p class="effect" aria-live="polite">{before(values)}</p>}
      {error !== null && <Trouble text={troubleOf(speaker, error)} />}
      <div class="buttons"><button type="submit" class="main" aria-disabled={isBusy}>{isBusy ? w.saving : label}</button>
        {onCancel && <button type="button" onClick={onCancel}>{t.cancel}</button>}</div>
    </form>);
}
