/* Work orders that have stuck: a person sees to each, at its case. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { boardName, useDesk } from './desk.ts';
import { useFetched } from './fetched.ts';
import { instant } from './format.ts';
import { stuckOrders } from './order_api.ts';
import { addressOf } from './place.ts';
import { orderTrouble, orderWords } from './texts/order.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { OrderPage } from './types.ts';
import { fill, useWords } from './words.ts';

export function StuckOrders(): JSX.Element {
  const t = useWords();
  const w = orderWords(t);
  const { lists, signIns } = useDesk();
  const heading = useRef<HTMLHeadingElement>(null);
  const [after, setAfter] = useState('');
  const [before, setBefore] = useState<OrderPage['items']>([]); /* of the pages before this one */
  const { value: page, error, again } = useFetched((signal) => stuckOrders(after, signal), [after, signIns]);

  useEffect(() => {
    document.title = `${w.stuckTitle} – ${t.desk}`;
    heading.current?.focus();
  }, []);
  const more = (): void => {
    if (!page?.next) return;
    setBefore([...before, ...page.items]);
    setAfter(page.next);
  };
  const items = [...before, ...(page?.items ?? []).filter(({ id }) => !before.some((one) => one.id === id))];

  return (
    <section class="people">
      <h1 ref={heading} tabIndex={-1}>{w.stuckTitle}</h1>
      {error !== null && <Trouble text={troubleText(t, error)} onRetry={again} />}
      {!page && error === null && <p role="status">{t.loading}</p>}
      {page && items.length === 0 && <p>{w.stuckNone}</p>}
      <ul class="plain">{items.map((order) => (
        <li key={order.id} class="card">
          <p><a href={addressOf({ number: order.number, filters: {} })}>{order.number}</a>{' '}
            <strong>{order.contractorName}</strong>: <span lang="sv">{order.subject}</span></p>
          {order.trouble && <p class="attention">▲ {orderTrouble(w, order.trouble)}</p>}
          <p class="soft"><span lang="sv">{boardName(lists, order.board)}</span>, {fill(w.since, { at: instant(t, order.at) })}</p>
        </li>))}</ul>
      {page?.next && <button type="button" onClick={more}>{w.more}</button>}
    </section>);
}
