/* One webhook: what it is told, how each message went, sending one again, and its end. */
import type { JSX } from 'preact';

import { useDesk } from './desk.ts';
import { useFetched } from './fetched.ts';
import { instant } from './format.ts';
import { EndIt, OutsidePage } from './outside.tsx';
import { placeOf, settingPath } from './place.ts';
import { useSending } from './sending.ts';
import { listensTo, webhookWords } from './texts/webhook.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { Delivery } from './types.ts';
import { endWebhook, readWebhooks, replayDelivery } from './webhooks_api.ts';
import type { Told } from './webhooks_api.ts';
import { fill, useWords, wordOf } from './words.ts';

interface RowProps {
  it: Delivery;
  onReplay: (it: Delivery) => Promise<void>; /* throws */
}

function Row({ it, onReplay }: RowProps): JSX.Element {
  const t = useWords();
  const w = webhookWords(t);
  const { isBusy, error, send } = useSending();

  return (
    <li>
      <p><strong>{it.month}</strong> {wordOf(w.states, it.state)} {it.deliveredAt && instant(t, it.deliveredAt)}</p>
      <p class="soft">{w.attempts}: {it.attempts}.{it.why && ` ${w.why}: ${wordOf(w.whys, it.why)}.`}</p>
      {error !== null && <Trouble text={troubleText(t, error)} />}
      <button type="button" aria-label={fill(isBusy ? w.replayingThis : w.replayThis, { month: it.month })} aria-disabled={isBusy}
        onClick={() => void send(() => onReplay(it))}>{isBusy ? w.replaying : w.replay}</button>
    </li>);
}

function Deliveries({ hook, onAgain, onReplay }: { hook: Told; onAgain: () => void; onReplay: RowProps['onReplay'] }): JSX.Element {
  const w = webhookWords(useWords());

  return (
    <section aria-labelledby="deliveries-title">
      <h2 id="deliveries-title">{w.deliveries}</h2>
      <p>{hook.deliveries.length ? w.most : w.noDeliveries}</p>
      <p><button type="button" onClick={onAgain}>{w.again}</button></p>
      {hook.deliveries.length > 0 && <ul class="outsiders">{hook.deliveries.map((it) => <Row key={it.id} it={it} onReplay={onReplay} />)}</ul>}
    </section>);
}

function Facts({ hook }: { hook: Told }): JSX.Element {
  const t = useWords();
  const w = webhookWords(t);

  return (
    <dl class="facts">
      <div><dt>{w.listens}</dt><dd>{listensTo(w, hook, useDesk().lists)}</dd></div>
      <div><dt>{w.since}</dt><dd>{fill(w.by, { at: instant(t, hook.madeAt), who: hook.madeBy })}</dd></div>
    </dl>);
}

/* Away: it was ended, here or by somebody else. */
export function WebhookPage({ id }: { id: string }): JSX.Element {
  const t = useWords();
  const w = webhookWords(t);
  const { announce, go, signIns } = useDesk();
  const { value, error, again } = useFetched(readWebhooks, [signIns]);
  const hook = value?.find((one) => one.id === id);
  const replay = async (it: Delivery): Promise<void> => {
    await replayDelivery(id, it.id);
    announce(w.replayed);
    again();
  };
  const end = async (): Promise<void> => {
    await endWebhook(id);
    announce(w.ended);
    go(placeOf(new URL(settingPath('webhooks'), window.location.href)));
  };

  return (
    <OutsidePage title={hook?.url ?? w.title} back={{ href: settingPath('webhooks'), text: w.back }} error={error} isLoading={!value} onRetry={again}>
      {value && !hook && <p>{w.gone}</p>}
      {hook && <>
        <Facts hook={hook} />
        <Deliveries hook={hook} onAgain={again} onReplay={replay} />
        <EndIt lead={w.endLead} label={w.end} onEnd={end} />
      </>}
    </OutsidePage>);
}
