/* Any of several choices, as boxes with one legend, hint and fault. */
import type { JSX } from 'preact';

import { Check } from './field.tsx';

interface ChecksProps {
  id: string; /* of the first, where a fault leads */
  legend: string;
  hint?: string | undefined;
  fault?: string | undefined;
  choices: [code: string, text: string][];
  chosen: string[];
  onChange: (chosen: string[]) => void;
}

/* What is chosen stays in the order of the choices. */
export function Checks({ id, legend, hint, fault, choices, chosen, onChange }: ChecksProps): JSX.Element {
  const described = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(' ');
  const choose = (code: string, isOn: boolean): void =>
    onChange(choices.map(([one]) => one).filter((one) => (one === code ? isOn : chosen.includes(one))));

  return (
    <fieldset class={`field parts-field${fault ? ' wrong' : ''}`} id={`${id}-field`} aria-describedby={described || undefined}>
      <legend>{legend}</legend>
      {hint && <p class="hint" id={`${id}-hint`}>{hint}</p>}
      {fault && <p class="fault" id={`${id}-fault`}>{fault}</p>}
      {choices.map(([code, text], i) => (
        <Check key={code} id={i === 0 ? id : `${id}-${code}`} text={text} isOn={chosen.includes(code)} onChange={(isOn) => choose(code, isOn)} />))}
    </fieldset>);
}
