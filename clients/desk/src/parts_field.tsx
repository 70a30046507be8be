/* What goes along with a transfer, as boxes to tick. */
import type { JSX } from 'preact';

import { parts } from './transfer.ts';
import { useWords } from './words.ts';

interface PartsFieldProps {
  id: string;
  value: string; /* the parts, with commas between */
  onValue: (value: string) => void;
}

export function PartsField({ id, value, onValue }: PartsFieldProps): JSX.Element {
  const t = useWords();
  const chosen = value.split(',');
  const toggle = (part: string): void => onValue(parts
    .filter((p) => (p === part ? !chosen.includes(p) : chosen.includes(p))).join(','));

  return (
    <fieldset class="field parts-field" id={`${id}-field`} aria-describedby={`${id}-hint`}>
      <legend>{t.form.send}</legend>
      <p class="hint" id={`${id}-hint`}>{t.form.sendHint}</p>
      {parts.map((part) => (
        <label class="check choice" key={part}>
          <input type="checkbox" checked={chosen.includes(part)} onChange={() => toggle(part)} />
          <span>{t.part[part]}</span>
        </label>))}
    </fieldset>);
}
