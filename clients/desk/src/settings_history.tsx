/* Who has changed a row, when and why; the last change can be taken back, and the row made
 * what it was at any time before. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { Field } from './field.tsx';
import { instant } from './format.ts';
import type { Speaker } from './settings.ts';
import { undoSetting } from './settings_api.ts';
import { ChangeTable } from './settings_preview.tsx';
import { Restore } from './settings_restore.tsx';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { Setting, SettingKind } from './types.ts';
import { fill } from './words.ts';

type Change = Setting['changes'][number];

interface HistoryProps {
  kind: SettingKind;
  speaker: Speaker;
  it: Setting;
  onUndone: () => void;
  onRestored: () => void;
}

/* To take back the change right before is to undo; further back is to restore. */
function whatOf({ speaker: { w }, it: { changes } }: HistoryProps, change: Change, i: number): string {
  if (change.undoes !== null) return change.undoes === changes[i + 1]?.id ? w.undone : w.restored;
  if (change.before === null) return w.made;
  return change.after === null ? w.taken : w.changed;
}

function Undo({ kind, speaker: { t, w }, it, onUndone, change }: HistoryProps & { change: Change }): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [isMissing, setMissing] = useState(false);
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    setMissing(!reason.trim());
    if (!reason.trim()) return;
    try {
      await undoSetting(kind.code, it.key, { change: change.id, reason });
      onUndone();
    } catch (failed) {
      setError(failed);
    }
  };

  if (!isOpen)
    return <button type="button" aria-label={fill(w.undoThis, { at: instant(t, change.at) })} onClick={() => setOpen(true)}>{w.undo}</button>;
  return (
    <form noValidate onSubmit={(event) => void send(event)}>
      <Field id="undo-reason" label={w.undoReason} fault={isMissing ? fill(w.faulty, { label: w.undoReason, why: w.why['fault.required'] }) : undefined}>
        {(aria) => <input {...aria} type="text" maxLength={500} autocomplete="off" autoFocus value={reason}
          onInput={(event) => setReason(event.currentTarget.value)} />}
      </Field>
      {error !== null && <Trouble text={troubleText(t, error)} />}
      <div class="buttons"><button type="submit" class="main">{w.undoDo}</button>
        <button type="button" onClick={() => setOpen(false)}>{t.cancel}</button></div>
    </form>);
}

export function SettingHistory(props: HistoryProps): JSX.Element {
  const { kind, speaker, it } = props;
  const { t, w } = speaker;
  const first = it.changes.at(-1);

  return (
    <section aria-labelledby="history-title" class="history">
      <h2 id="history-title">{w.history}</h2>
      {it.changes.length === 0 && <p>{w.noHistory}</p>}
      <ol>{it.changes.map((change, i) => (
        <li key={change.id}>
          <p><strong>{whatOf(props, change, i)}</strong> <time dateTime={change.at}>{instant(t, change.at)}</time>, {change.userName ?? w.byImport}
            {change.reason && <>: <q>{change.reason}</q></>}</p>
          {change.before !== null && change.after !== null && <ChangeTable kind={kind} speaker={speaker} before={change.before} after={change.after}
            label={`${w.differences}, ${instant(t, change.at)} (${change.id})`} />}
          {i === 0 && it.mayChange && <Undo {...props} change={change} />}
          {i > 0 && it.mayChange && change.after !== null && <Restore {...props} change={it.changes[i - 1]!.id}
            label={fill(w.restoreThis, { at: instant(t, change.at) })} />}
        </li>))}
        {it.mayChange && first && first.before !== null && it.changes.length > 1 && <li><p><strong>{w.fromStart}</strong></p>
          <Restore {...props} change={first.id} label={w.restoreFirst} /></li>}</ol>
    </section>);
}
