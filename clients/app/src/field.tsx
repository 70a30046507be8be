/* A field with its label, hint and fault tied together; and the summary of faults, which
 * takes the focus and leads to each field with its label in view. */
import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

export interface FieldAria {
  id: string;
  'aria-describedby'?: string;
  'aria-invalid'?: 'true';
}

interface FieldProps {
  id: string;
  label: string;
  hint?: string | undefined;
  fault?: string | undefined;
  children: (aria: FieldAria) => JSX.Element;
}

export function Field({ id, label, hint, fault, children }: FieldProps): JSX.Element {
  const described = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(' ');
  const aria: FieldAria = { id, ...(described && { 'aria-describedby': described }),
    ...(fault && { 'aria-invalid': 'true' as const }) };

  return (
    <div class={`field${fault ? ' wrong' : ''}`} id={`${id}-field`}>
      <label for={id}>{label}</label>
      {hint && <p class="hint" id={`${id}-hint`}>{hint}</p>}
      {fault && <p class="fault" id={`${id}-fault`}>{fault}</p>}
      {children(aria)}
    </div>);
}

export interface Shown {
  id: string;
  text: string;
}

interface FaultsProps {
  title: string;
  faults: Shown[];
  round: number; /* how often one has tried: the focus goes here once for each */
}

export function Faults({ title, faults, round }: FaultsProps): JSX.Element | null {
  const box = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => { if (faults.length) box.current?.focus(); }, [round]);
  if (!faults.length) return null;
  const lead = (event: Event, id: string): void => {
    const field = document.getElementById(id);
    event.preventDefault();
    field?.closest('details')?.setAttribute('open', '');
    document.getElementById(`${id}-field`)?.scrollIntoView({ block: 'start' });
    field?.focus({ preventScroll: true });
  };
  return (
    <div class="faults" ref={box} tabIndex={-1} role="alert">
      <p class="heading">{title}</p>
      <ul>{faults.map(({ id, text }) => (
        <li key={id}><a href={`#${id}`} onClick={(event) => lead(event, id)}>{text}</a></li>))}</ul>
    </div>);
}

interface ChoiceProps {
  name: string;
  value: string;
  label: ComponentChildren;
  isChosen: boolean;
  onChoose: () => void;
}

export function Choice({ name, value, label, isChosen, onChoose }: ChoiceProps): JSX.Element {
  return (
    <div class="choice">
      <input type="radio" name={name} id={`${name}-${value}`} value={value} checked={isChosen} onChange={onChoose} />
      <label for={`${name}-${value}`}>{label}</label>
    </div>);
}
