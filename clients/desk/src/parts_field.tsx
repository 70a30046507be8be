/* What goes along with a transfer, as boxes to tick. */
import type { JSX } from 'preact';

import { parts, partsOf } from './transfer.ts';
import type { Case } from './types.ts';
import { useWords } from './words.ts';

interface PartsFieldProps {
  id: string;
  it: Case;
  value: string; /* the parts, with commas between */
  onValue: (value: string) => void;
}

export function PartsField({ id, it, value, onValue }: PartsFieldProps): JSX.Element {
  const t = useWords();
  const chosen = value.split(',');
  const toggle = (part: string): void => onValue(parts
    .filter((p) => (p === part ? !chosen.includes(p) : chosen.includes(p))).join(','));

  return (
    <fieldset class="field parts-field" id={`${id}-field`} aria-describedby={`${id}-hint`}>
      <legend>{t.form.send}</legend>
      <p class="hint" id={`${id}-hint`}>{t.form.sendHint}</p>
      {partsOf(it).map((part) => (
        <label class="check choice" key={part}>
          <input type="checkbox" checked={chosen.includes(part)} onChange={() => toggle(part)} />
          <span>{t.part[part]}</span>
        </label>))}
    </fieldset>);
}
