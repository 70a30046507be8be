/* The form of a row: first it is looked at what a change means, then it is saved. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { ProblemError } from './errors.ts';
import { ErrorSummary, Field } from './field.tsx';
import type { Fault } from './field.tsx';
import { rowOf } from './settings.ts';
import { faultWhy, outcomeText } from './settings_faults.ts';
import type { Speaker, Values } from './settings.ts';
import { changeSetting, removeSetting } from './settings_api.ts';
import { SettingInput, idOfSetting } from './settings_field.tsx';
import { SettingPreview } from './settings_preview.tsx';
import { Trouble } from './trouble_box.tsx';
import type { SettingChanged, SettingKind } from './types.ts';
import { fill, wordOf } from './words.ts';

export interface FormProps {
  kind: SettingKind;
  speaker: Speaker;
  at: string | null; /* null: a new row */
  version: number;
  start: Values;
  onDone: (key: string) => void;
  onRemoved?: () => void;
  onConflict?: () => Promise<number>; /* shows what is there now; its version */
}

function faultsOf({ kind, speaker }: FormProps, error: unknown): Fault[] {
  const { w } = speaker;

  if (!(error instanceof ProblemError)) return [];
  return error.problem.fields.map(({ name, reason }) => {
    const field = kind.fields.find((one) => `row.${one.name}` === name);
    return { id: idOfSetting(field?.name ?? name), text: fill(w.faulty, {
      label: field ? wordOf(w.fields, field.name) : w.reason,
      why: faultWhy(speaker, reason) }) };
  });
}

function useSaving(props: FormProps) {
  const { kind, at, onDone, onConflict } = props;
  const [version, setVersion] = useState(props.version); /* that was seen: another one is shown first */
  const [busy, setBusy] = useState<'look' | 'save' | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [faults, setFaults] = useState<Fault[]>([]);
  const [seen, setSeen] = useState<SettingChanged | null>(null);
  const attempt = async (what: 'look' | 'save', work: () => Promise<void>): Promise<void> => {
    if (busy) return;
    setBusy(what);
    setError(null);
    setFaults([]);
    try {
      await work();
    } catch (failed) {
      const found = faultsOf(props, failed);
      setFaults(found);
      if (!found.length) setError(failed);
      setSeen(null);
      if (failed instanceof ProblemError && failed.status === 409 && at !== null && onConflict)
        setVersion(await onConflict().catch(() => version));
    }
    setBusy(null);
  };
  const body = (values: Values): object => ({ row: rowOf(kind.fields, values) });

  return { busy, error, faults, seen,
    forget: () => setSeen(null),
    look: (values: Values) => attempt('look', async () => setSeen(await changeSetting({ kind: kind.code, key: at, version,
      body: { ...body(values), preview: true } }))),
    save: (values: Values, reason: string) => attempt('save', async () => {
      const { key } = await changeSetting({ kind: kind.code, key: at, version, body: { ...body(values), reason } });
      onDone(key);
    }),
    remove: (reason: string) => attempt('save', async () => {
      await removeSetting({ kind: kind.code, key: at, version, body: { reason } });
      props.onRemoved?.();
    }) };
}

export function SettingForm(props: FormProps): JSX.Element {
  const { kind, speaker, at, start, onRemoved } = props;
  const { w } = speaker;
  const [values, setValues] = useState(start);
  const [reason, setReason] = useState('');
  const saving = useSaving(props);
  const faultOf = (id: string): string | undefined => saving.faults.find((fault) => fault.id === id)?.text;
  const set = (name: string, value: string): void => {
    setValues({ ...values, [name]: value });
    saving.forget();
  };
  const fields = kind.fields.filter(({ name, key }) => (at === null || !key) && !(kind.code === 'texts' && ['text', 'language'].includes(name)));

  return (
    <form noValidate onSubmit={(event) => {
      event.preventDefault();
      void (saving.seen ? saving.save(values, reason) : saving.look(values));
    }}>
      <ErrorSummary title={w.faults} faults={saving.faults} />
      {fields.map((field) => (
        <SettingInput key={field.name} speaker={speaker} field={field} value={values[field.name] ?? ''}
          values={values} fault={faultOf(idOfSetting(field.name))} onValue={(value) => set(field.name, value)} />))}
      {saving.error !== null && <Trouble text={outcomeText(speaker, kind, saving.error)} />}
      {saving.seen && <SettingPreview kind={kind} speaker={speaker} seen={saving.seen} />}
      {(saving.seen || (kind.removable && at !== null)) && <Field id={idOfSetting('reason')} label={w.reason} hint={w.reasonHint} fault={faultOf(idOfSetting('reason'))}>
        {(aria) => <input {...aria} type="text" maxLength={500} autocomplete="off" value={reason}
          onInput={(event) => setReason(event.currentTarget.value)} />}
      </Field>}
      <div class="buttons">
        <button type="submit" class="main" aria-disabled={saving.busy !== null}>
          {saving.seen ? (saving.busy ? w.saving : w.save) : (saving.busy ? w.looking : w.look)}</button>
        {kind.removable && at !== null && onRemoved && <button type="button" onClick={() => void saving.remove(reason)}>{w.remove}</button>}
      </div>
    </form>);
}
