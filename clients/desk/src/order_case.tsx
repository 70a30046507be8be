/* Beside a case: work orders to contractors, what became of them, and a new one. Fetched when
 * somebody opens it. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { useDesk } from './desk.ts';
import { ProblemError } from './errors.ts';
import { useFetched } from './fetched.ts';
import { instant } from './format.ts';
import { doOrder, placeOrder, readOrders } from './order_api.ts';
import { OrderForm } from './order_form.tsx';
import type { OrderFaults } from './order_form.tsx';
import { orderTrouble, orderWords } from './texts/order.ts';
import type { OrderWords } from './texts/order.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { Case, OrderList, WorkOrder } from './types.ts';
import { fill, useWords, wordOf } from './words.ts';

type Act = (id: number, what: string, body: object) => void;

function Acts({ order, w, onAct }: { order: WorkOrder; w: OrderWords; onAct: Act }): JSX.Element {
  const [text, setText] = useState('');
  const [remoteId, setRemoteId] = useState('');
  const input = (id: string, label: string, value: string, set: (text: string) => void): JSX.Element => (
    <><label for={`${id}-${order.id}`}>{label}</label>
      <input id={`${id}-${order.id}`} type="text" autocomplete="off" maxLength={200} value={value}
        onInput={(event) => set(event.currentTarget.value)} /></>);

  return (
    <>
      {order.actions.includes('resend') && <p><button type="button" onClick={() => onAct(order.id, 'resends', {})}>{w.resend}</button></p>}
      {order.actions.includes('confirm') && <form onSubmit={(event) => {
        event.preventDefault();
        if (remoteId.trim()) onAct(order.id, 'confirmations', { remoteId: remoteId.trim() });
      }}>{input('order-remote', w.remoteId, remoteId, setRemoteId)} <button type="submit">{w.confirm}</button></form>}
      {order.actions.includes('recall') && <form onSubmit={(event) => {
        event.preventDefault();
        onAct(order.id, 'recalls', { ...(text.trim() && { text: text.trim() }) });
      }}>{input('order-recall', w.recallText, text, setText)} <button type="submit">{w.recall}</button></form>}
    </>);
}

function One({ order, w, mayAct, onAct }: { order: WorkOrder; w: OrderWords; mayAct: boolean; onAct: Act }): JSX.Element {
  const t = useWords();
  const { told } = order;

  return (
    <li>
      <p><strong>{order.contractorName}</strong>: {wordOf(w.states, order.state)}, {instant(t, order.at)}</p>
      <p class="soft">{order.orderedBy ? fill(w.by, { who: order.orderedBy, at: instant(t, order.orderedAt) }) : w.automatic}
        {order.remoteId && <>. {fill(w.number, { id: order.remoteId })}</>}{order.phone && <>. {order.phone}</>}</p>
      {order.text && <p class="said">{order.text}</p>}
      {order.trouble && <p>{orderTrouble(w, order.trouble)}</p>}
      {told && <p>{wordOf(w.told, told)}</p>}
      {mayAct && <Acts order={order} w={w} onAct={onAct} />}
    </li>);
}

/* What the form says at its fields; of anything else that was refused, the page says why. */
function faultsOf(w: OrderWords, error: unknown): OrderFaults {
  const has = (name: string): boolean => error instanceof ProblemError && error.problem.fields.some((field) => field.name === name);

  return { ...(has('text') && { text: w.identity }), ...(has('ground') && { ground: w.wrongGround }) };
}

export function CaseOrders({ it }: { it: Case }): JSX.Element {
  const t = useWords();
  const w = orderWords(t);
  const { announce, signIns } = useDesk();
  const { value: list, error, again, put } = useFetched((signal) => readOrders(it.number, signal), [it.number, it.version, signIns]);
  const [failed, setFailed] = useState<unknown>(null);
  const [link, setLink] = useState(''); /* told once: reading the list again must not take it away */
  const mayOrder = it.actions.includes('order');
  const run = async (work: () => Promise<OrderList>, said: string): Promise<boolean> => {
    setFailed(null);
    try {
      const next = await work();
      put(next);
      setLink(next.items.find((order) => order.link)?.link ?? '');
      announce(said);
      return true;
    } catch (e) {
      setFailed(e);
      return false;
    }
  };

  if (error !== null) return <Trouble text={troubleText(t, error)} onRetry={again} />;
  if (!list) return <p role="status">{t.loading}</p>;
  return (
    <>
      {link && <p role="status">{w.link} <a href={link}>{link}</a></p>}
      {list.items.length === 0 && <p class="soft">{w.none}</p>}
      <ul class="plain">{list.items.map((order) => (
        <One key={order.id} order={order} w={w} mayAct={mayOrder}
          onAct={(id, what, body) => void run(() => doOrder(it.number, it.version, id, what, body), w.did)} />))}</ul>
      {failed !== null && Object.keys(faultsOf(w, failed)).length === 0 && <Trouble text={troubleText(t, failed)} />}
      {mayOrder && (list.contractors.length === 0 ? <p class="soft">{w.noContractors}</p>
        : <OrderForm it={it} list={list} w={w} faults={faultsOf(w, failed)}
            onOrder={(wanted) => run(() => placeOrder(it.number, it.version, wanted), w.ordered)} />)}
    </>);
}
