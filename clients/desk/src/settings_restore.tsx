/* Back to a row as it once was: seen first, with a reason, and a change like any other. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { ProblemError } from './errors.ts';
import { Field } from './field.tsx';
import { restoreSetting } from './settings_api.ts';
import { faultWhy, outcomeText } from './settings_faults.ts';
import type { Speaker } from './settings.ts';
import { SettingPreview } from './settings_preview.tsx';
import { Trouble } from './trouble_box.tsx';
import type { Setting, SettingChanged, SettingKind } from './types.ts';
import { fill, wordOf } from './words.ts';

interface RestoreProps {
  kind: SettingKind;
  speaker: Speaker;
  it: Setting;
  change: number; /* the row as it was before this one */
  label: string;  /* names the version, for who hears the button */
  onRestored: () => void;
}

function whyNot({ kind, speaker }: RestoreProps, error: unknown): string {
  const { w } = speaker;
  const fields = error instanceof ProblemError && error.status === 422 ? error.problem.fields : [];
  const [wording] = fields.filter(({ name }) => name === 'row.wording');

  if (wording) return fill(w.goneWords, { why: `${wordOf(w.fields, 'wording')} ${faultWhy(speaker, wording.reason)}` });
  if (fields.length) return fill(w.goneFields, { fields: fields.map(({ name }) => wordOf(w.fields, name.replace(/^row\./, ''))).join(', ') });
  return outcomeText(speaker, kind, error);
}

interface TryProps extends RestoreProps {
  seen: SettingChanged;
  onError: (error: unknown) => void;
  onClose: () => void;
}

function Try({ kind, speaker, it, change, seen, onRestored, onError, onClose }: TryProps): JSX.Element {
  const { t, w } = speaker;
  const [reason, setReason] = useState('');
  const [isMissing, setMissing] = useState(false);
  const isSame = JSON.stringify(seen.before) === JSON.stringify(seen.after);
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    setMissing(!reason.trim());
    if (!reason.trim()) return;
    try {
      await restoreSetting({ kind: kind.code, key: it.key, version: it.version, body: { change, reason } });
      onRestored();
    } catch (failed) {
      onError(failed);
    }
  };

  return (
    <form noValidate onSubmit={(event) => void send(event)}>
      <SettingPreview kind={kind} speaker={speaker} seen={seen} title={w.restorePreview} />
      {isSame ? <p>{w.restoreSame}</p> : <Field id="restore-reason" label={w.restoreReason}
        fault={isMissing ? fill(w.faulty, { label: w.restoreReason, why: w.why['fault.required'] }) : undefined}>
        {(aria) => <input {...aria} type="text" maxLength={500} autocomplete="off" value={reason}
          onInput={(event) => setReason(event.currentTarget.value)} />}
      </Field>}
      <div class="buttons">{!isSame && <button type="submit" class="main">{w.restoreDo}</button>}
        <button type="button" onClick={onClose}>{t.cancel}</button></div>
    </form>);
}

export function Restore(props: RestoreProps): JSX.Element {
  const { kind, speaker, it, change, label } = props;
  const [seen, setSeen] = useState<SettingChanged | null>(null);
  const [error, setError] = useState<unknown>(null);
  const look = async (): Promise<void> => {
    setError(null);
    try {
      setSeen(await restoreSetting({ kind: kind.code, key: it.key, version: it.version, body: { change, preview: true } }));
    } catch (failed) {
      setError(failed);
    }
  };

  return (
    <>
      {!seen && <button type="button" aria-label={label} onClick={() => void look()}>{speaker.w.restore}</button>}
      {error !== null && <Trouble text={whyNot(props, error)} />}
      {seen && <Try {...props} seen={seen} onClose={() => setSeen(null)}
        onError={(failed) => { setSeen(null); setError(failed); }} />}
    </>);
}
