/* A field with its label, hint and fault tied together; and the summary of faults, which
 * takes the focus and leads to each field with its label in view. */
import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

export interface Fault {
  id: string;
  text: string;
}

export interface FieldAria {
  id: string;
  'aria-describedby'?: string;
  'aria-invalid'?: 'true';
}

interface FieldProps {
  id: string;
  label: ComponentChildren;
  hint?: string | undefined;
  fault?: string | undefined;
  after?: ComponentChildren;
  children: (aria: FieldAria) => JSX.Element;
}

export function Field({ id, label, hint, fault, after, children }: FieldProps): JSX.Element {
  const described = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(' ');
  const aria: FieldAria = { id, ...(described && { 'aria-describedby': described }),
    ...(fault && { 'aria-invalid': 'true' as const }) };

  return (
    <div class={`field${fault ? ' wrong' : ''}`} id={`${id}-field`}>
      <label for={id}>{label}</label>
      {hint && <p class="hint" id={`${id}-hint`}>{hint}</p>}
      {fault && <p class="fault" id={`${id}-fault`}>{fault}</p>}
      {children(aria)}
      {after}
    </div>);
}

export function ErrorSummary({ title, faults }: { title: string; faults: Fault[] }): JSX.Element | null {
  const box = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => { if (faults.length) box.current?.focus(); }, [faults]);
  if (!faults.length) return null;
  const lead = (event: Event, id: string): void => {
    event.preventDefault();
    document.getElementById(`${id}-field`)?.scrollIntoView({ block: 'start' });
    document.getElementById(id)?.focus({ preventScroll: true });
  };
  return (
    <div class="faults" ref={box} tabIndex={-1} role="alert">
      <p class="heading">{title}</p>
      <ul>{faults.map((f) => (
        <li key={f.id}><a href={`#${f.id}`} onClick={(event) => lead(event, f.id)}>{f.text}</a></li>))}</ul>
    </div>);
}

interface CheckProps {
  text: ComponentChildren;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
  id?: string;
  isOff?: boolean; /* cannot be chosen now */
}

export function Check({ text, isOn, onChange, id, isOff = false }: CheckProps): JSX.Element {
  return (
    <label class="check choice">
      <input type="checkbox" id={id} checked={isOn} disabled={isOff} onChange={(event) => onChange(event.currentTarget.checked)} />{' '}
      <span>{text}</span>
    </label>);
}
