/* Fields that hold several things: chosen of what there is, or one on each line. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { Field } from './field.tsx';
import type { Options } from './options.ts';
import { linesOf, nameOf } from './rules.ts';
import type { RuleWords } from './texts/rule.ts';
import { fill } from './words.ts';

interface ManyProps {
  id: string;
  w: RuleWords;
  label: string;
  fault: string | undefined;
  held: string[];
  options: Options;
  onHeld: (held: string[]) => void;
}

/* Choosing adds; by keyboard one goes through the choices first, so it takes the button, too. */
export function ManyField({ id, w, label, fault, held, options, onHeld }: ManyProps): JSX.Element {
  const [chosen, setChosen] = useState('');
  const put = (next: string[]): void => {
    onHeld(next);
    setChosen('');
    document.getElementById(id)?.focus();
  };

  return (
    <Field id={id} label={label} hint={held.length ? undefined : w.listHint} fault={fault}>{(aria) => (
      <div class="many">
        {held.length > 0 && <ul aria-label={label}>{held.map((code) => (
          <li key={code}>{nameOf(options, code)} <button type="button" class="plain" aria-label={fill(w.takeAway, { what: nameOf(options, code) })}
            onClick={() => put(held.filter((other) => other !== code))}>✕</button></li>))}</ul>}
        <div class="adding">
          <select {...aria} value={chosen} onChange={(event) => setChosen(event.currentTarget.value)}>
            <option value="">{w.noChoice}</option>
            {options.filter(([code]) => !held.includes(code)).map(([code, text]) => <option key={code} value={code}>{text}</option>)}</select>
          <button type="button" aria-label={`${w.addTo}: ${label}`} aria-disabled={!chosen} onClick={() => { if (chosen) put([...held, chosen]); }}>{w.addTo}</button>
        </div>
      </div>)}</Field>);
}

interface LinesProps {
  id: string;
  label: string;
  hint: string | undefined;
  fault: string | undefined;
  held: string[];
  onHeld: (held: string[]) => void;
}

/* What is typed stays as it is typed: an empty line is no item, and not yet the end of it. What
 * is held may become another meanwhile, when changes are thrown away; then that is what it says. */
export function LinesField({ id, label, hint, fault, held, onHeld }: LinesProps): JSX.Element {
  const [typed, setTyped] = useState('');
  const text = linesOf(typed).join('\n') === held.join('\n') ? typed : held.join('\n');

  return (
    <Field id={id} label={label} hint={hint} fault={fault}>
      {(aria) => <textarea {...aria} rows={Math.min(8, Math.max(2, held.length + 1))} value={text} onInput={(event) => {
        setTyped(event.currentTarget.value);
        onHeld(linesOf(event.currentTarget.value));
      }} />}
    </Field>);
}
