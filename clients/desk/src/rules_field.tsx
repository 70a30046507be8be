/* Fields that hold several things: chosen of what there is, or one on each line. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { Field } from './field.tsx';
import type { Options } from './filters.tsx';
import { linesOf, nameOf } from './rules.ts';
import type { RuleWords } from './texts/rule.ts';
import { fill } from './words.ts';

interface ManyProps {
  id: string;
  w: RuleWords;
  label: string;
  held: string[];
  options: Options;
  onHeld: (held: string[]) => void;
}

/* Choosing adds; by keyboard one goes through the choices first, so it takes the button, too. */
export function ManyField({ id, w, label, held, options, onHeld }: ManyProps): JSX.Element {
  const [chosen, setChosen] = useState('');
  const take = (code: string): void => {
    if (code && !held.includes(code)) onHeld([...held, code]);
    setChosen('');
    document.getElementById(id)?.focus();
  };
  const drop = (code: string): void => {
    onHeld(held.filter((other) => other !== code));
    document.getElementById(id)?.focus();
  };

  return (
    <div class="field many" id={`${id}-field`}>
      <label for={id}>{label}</label>
      {held.length === 0 && <p class="hint" id={`${id}-hint`}>{w.listHint}</p>}
      {held.length > 0 && <ul aria-label={label}>{held.map((code) => (
        <li key={code}>{nameOf(options, code)} <button type="button" class="plain" aria-label={fill(w.takeAway, { what: nameOf(options, code) })} onClick={() => drop(code)}>✕</button></li>))}</ul>}
      <div class="adding">
        <select id={id} value={chosen} aria-describedby={held.length ? undefined : `${id}-hint`} onChange={(event) => setChosen(event.currentTarget.value)}>
          <option value="">{w.noChoice}</option>
          {options.filter(([code]) => !held.includes(code)).map(([code, text]) => <option key={code} value={code}>{text}</option>)}</select>
        <button type="button" aria-label={`${w.addTo}: ${label}`} aria-disabled={!chosen} onClick={() => take(chosen)}>{w.addTo}</button>
      </div>
    </div>);
}

interface LinesProps {
  id: string;
  label: string;
  hint: string | undefined;
  held: string[];
  onHeld: (held: string[]) => void;
}

/* What is typed stays as it is typed: an empty line is no item, and not yet the end of it. */
export function LinesField({ id, label, hint, held, onHeld }: LinesProps): JSX.Element {
  const [text, setText] = useState(held.join('\n'));

  return (
    <Field id={id} label={label} hint={hint}>
      {(aria) => <textarea {...aria} rows={Math.min(8, Math.max(2, held.length + 1))} value={text} onInput={(event) => {
        setText(event.currentTarget.value);
        onHeld(linesOf(event.currentTarget.value));
      }} />}
    </Field>);
}
