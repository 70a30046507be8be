/* The form that gives a work order: to whom, in which words, with which pictures. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { Field } from './field.tsx';
import { draftKeep, draftRead } from './store.ts';
import type { OrderWords } from './texts/order.ts';
import type { Case, NewOrder, OrderList } from './types.ts';
import { fill, useWords, wordOf } from './words.ts';

const draft = 'order';

export interface OrderFaults {
  text?: string;
  ground?: string;
}

interface OrderFormProps {
  it: Case;
  list: OrderList;
  w: OrderWords;
  faults: OrderFaults;
  onOrder: (wanted: NewOrder) => Promise<boolean>;
}

function Pictures({ it, w, chosen, onChosen }: { it: Case; w: OrderWords; chosen: number[]; onChosen: (n: number[]) => void }): JSX.Element | null {
  const pictures = it.attachments.filter(({ state, type }) => state === 'stored' && type.startsWith('image/'));

  if (pictures.length === 0) return null;
  return (
    <fieldset class="field">
      <legend>{w.pictures}</legend>
      {pictures.map(({ n, name }) => (
        <label class="check choice" key={n}><input type="checkbox" checked={chosen.includes(n)}
          onChange={(event) => onChosen(event.currentTarget.checked ? [...chosen, n] : chosen.filter((one) => one !== n))} /><span>{name}</span></label>))}
    </fieldset>);
}

function Marks({ list, text, w }: { list: OrderList; text: string; w: OrderWords }): JSX.Element | null {
  const there = (list.draft?.marks ?? []).filter((mark) => text.includes(mark.text));

  if (there.length === 0) return null;
  return (
    <div role="status">
      <p>{w.marks}</p>
      <ul>{there.map((mark, i) => <li key={i}><mark>{mark.text}</mark> ({wordOf(w.kinds, mark.kind)})</li>)}</ul>
    </div>);
}

export function OrderForm({ it, list, w, faults, onOrder }: OrderFormProps): JSX.Element {
  const t = useWords();
  const [typed, setTyped] = useState(() => ({ contractor: list.suggestion ?? '', text: list.draft?.text ?? '', ...draftRead(it.number, draft) }));
  const [more, setMore] = useState<{ pictures: number[]; waits: boolean; ground: string }>({ pictures: [], waits: true, ground: '' });
  const [isBusy, setBusy] = useState(false);
  const [isMissing, setMissing] = useState(false);
  const way = list.contractors.find(({ code }) => code === typed.contractor)?.way;
  const set = (next: typeof typed): void => {
    setTyped(next);
    draftKeep(it.number, draft, next);
  };
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    setMissing(!way || !typed.text.trim());
    if (!way || !typed.text.trim() || isBusy) return;
    setBusy(true);
    const isDone = await onOrder({ contractor: typed.contractor, text: typed.text, waits: more.waits,
      ...(way !== 'open311' && { pictures: more.pictures }),
      ...(list.needsGround && more.ground && { ground: more.ground as NonNullable<NewOrder['ground']> }) });
    if (isDone) set({ contractor: '', text: '' });
    setBusy(false);
  };
  const suggested = list.contractors.find(({ code }) => code === list.suggestion);

  return (
    <form noValidate onSubmit={(event) => void send(event)}>
      {suggested && <p>{fill(w.suggested, { name: suggested.name })}</p>}
      <Field id="order-contractor" label={w.contractor} fault={isMissing && !way ? w.missing : undefined}>
        {(aria) => <select {...aria} value={typed.contractor} onChange={(event) => set({ ...typed, contractor: event.currentTarget.value })}>
          <option value="">{w.choose}</option>
          {list.contractors.map(({ code, name }) => <option key={code} value={code}>{name}</option>)}</select>}
      </Field>
      <Field id="order-text" label={w.text} hint={w.textHint} fault={faults.text ?? (isMissing && !typed.text.trim() ? w.missing : undefined)}>
        {(aria) => <textarea {...aria} rows={6} maxLength={4000} value={typed.text} onInput={(event) => set({ ...typed, text: event.currentTarget.value })} />}
      </Field>
      <Marks list={list} text={typed.text} w={w} />
      {way === 'open311' ? <p class="soft">{w.noPictures}</p>
        : <Pictures it={it} w={w} chosen={more.pictures} onChosen={(pictures) => setMore({ ...more, pictures })} />}
      {list.needsGround && <Field id="order-ground" label={w.ground} fault={faults.ground}>
        {(aria) => <select {...aria} value={more.ground} onChange={(event) => setMore({ ...more, ground: event.currentTarget.value })}>
          <option value="">{w.noGround}</option>
          {Object.entries(t.ground).map(([code, name]) => <option key={code} value={code}>{name}</option>)}</select>}
      </Field>}
      <label class="check choice"><input type="checkbox" checked={more.waits}
        onChange={(event) => setMore({ ...more, waits: event.currentTarget.checked })} /><span>{w.waits}</span></label>
      <p><button type="submit" aria-disabled={isBusy}>{isBusy ? w.ordering : w.order}</button></p>
    </form>);
}
