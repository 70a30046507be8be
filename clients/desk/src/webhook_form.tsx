/* One more system that is told: where, of what, and of whose cases. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { Checks } from './checks.tsx';
import { useDesk } from './desk.ts';
import { isConflict, ProblemError } from './errors.ts';
import { ErrorSummary, Field } from './field.tsx';
import type { Fault } from './field.tsx';
import { useSending } from './sending.ts';
import { webhookWords } from './texts/webhook.ts';
import type { WebhookWords } from './texts/webhook.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { WebhookSecret } from './types.ts';
import { addWebhook } from './webhooks_api.ts';
import { useWords, wordOf } from './words.ts';

const kinds = ['month-frozen', 'case-changed'] as const;
type Kind = typeof kinds[number];

interface Typed {
  url: string;
  events: Kind[];
  boards: string[];
}

export function webhookFaults(w: WebhookWords, { events, boards }: Typed): Fault[] {
  if (!events.length) return [{ id: 'webhook-month-frozen', text: w.whatFault }];
  return events.includes('case-changed') && !boards.length ? [{ id: 'webhook-boards', text: w.whoseFault }] : [];
}

/* What the server found wrong: an address, or a board that is none any more. */
function refusedOf(w: WebhookWords, problem: ProblemError): Fault[] {
  return problem.problem.fields.map(({ name }) => (name.startsWith('boards')
    ? { id: 'webhook-boards', text: w.boardsFault } : { id: 'webhook-url', text: w.urlFault }));
}

function useAdding(onMade: (made: WebhookSecret) => void) {
  const w = webhookWords(useWords());
  const [faults, setFaults] = useState<Fault[]>([]);
  const { isBusy, error, send, fail } = useSending();
  const add = (typed: Typed): Promise<void> => send(async () => {
    const { url, events, boards } = typed;
    const found = webhookFaults(w, typed);

    setFaults(found);
    if (!found.length) onMade(await addWebhook({ url: url.trim(), events, ...(events.includes('case-changed') && { boards }) }));
  }, (failed) => {
    const refused = failed instanceof ProblemError && failed.status === 422 ? refusedOf(w, failed) : [];
    setFaults(refused);
    if (!refused.length) fail(failed);
  });

  return { isBusy, error, faults, add };
}

export function WebhookForm({ back, onMade }: { back: string; onMade: (made: WebhookSecret) => void }): JSX.Element {
  const t = useWords();
  const w = webhookWords(t);
  const { lists } = useDesk();
  const [hook, setHook] = useState<Typed>({ url: '', events: ['month-frozen'], boards: [] });
  const { isBusy, error, faults, add } = useAdding(onMade);
  const faultOf = (id: string): string | undefined => faults.find((fault) => fault.id === id)?.text;

  return (
    <form noValidate onSubmit={(event) => { event.preventDefault(); void add(hook); }}>
      <ErrorSummary title={w.faults} faults={faults} />
      <Field id="webhook-url" label={w.url} hint={w.urlHint} fault={faultOf('webhook-url')}>
        {(aria) => <input {...aria} type="url" autocomplete="off" maxLength={1000} value={hook.url} onInput={(event) => setHook({ ...hook, url: event.currentTarget.value })} />}
      </Field>
      <Checks id="webhook-month-frozen" legend={w.what} fault={faultOf('webhook-month-frozen')} chosen={hook.events}
        choices={kinds.map((kind) => [kind, wordOf(w.events, kind)])}
        onChange={(chosen) => setHook({ ...hook, events: kinds.filter((kind) => chosen.includes(kind)) })} />
      {hook.events.includes('case-changed') && <Checks id="webhook-boards" legend={w.whose} hint={w.whoseHint}
        fault={faultOf('webhook-boards')} chosen={hook.boards} choices={lists.boards.map(({ code, name }) => [code, name])}
        onChange={(boards) => setHook({ ...hook, boards })} />}
      {error !== null && <Trouble text={isConflict(error) ? w.full : troubleText(t, error)} />}
      <div class="buttons"><button type="submit" class="main" aria-disabled={isBusy}>{isBusy ? w.making : w.make}</button>
        <a class="button" href={back}>{t.cancel}</a></div>
    </form>);
}
