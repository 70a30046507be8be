/* One more system that is told: where, of what, and of whose cases. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { useDesk } from './desk.ts';
import { ProblemError } from './errors.ts';
import { Check, ErrorSummary, Field } from './field.tsx';
import type { Fault } from './field.tsx';
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
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [faults, setFaults] = useState<Fault[]>([]);
  const add = async ({ url, events, boards }: Typed): Promise<void> => {
    const found = webhookFaults(w, { url, events, boards });

    setFaults(found);
    if (isBusy || found.length) return;
    setBusy(true);
    setError(null);
    try {
      onMade(await addWebhook({ url: url.trim(), events, ...(events.includes('case-changed') && { boards }) }));
    } catch (failed) {
      if (failed instanceof ProblemError && failed.status === 422) setFaults(refusedOf(w, failed));
      else setError(failed);
    }
    setBusy(false);
  };

  return { isBusy, error, faults, add };
}

interface ChoicesProps {
  id: string; /* where a fault leads */
  legend: string;
  hint?: string;
  fault?: string | undefined;
  choices: [code: string, text: string][];
  chosen: string[];
  onChange: (chosen: string[]) => void;
}

function Choices({ id, legend, hint, fault, choices, chosen, onChange }: ChoicesProps): JSX.Element {
  const choose = (code: string, isOn: boolean): void =>
    onChange(choices.map(([one]) => one).filter((one) => (one === code ? isOn : chosen.includes(one))));

  return (
    <fieldset class={`field parts-field${fault ? ' wrong' : ''}`} id={`${id}-field`} aria-describedby={hint && `${id}-hint`}>
      <legend>{legend}</legend>
      {hint && <p class="hint" id={`${id}-hint`}>{hint}</p>}
      {fault && <p class="fault">{fault}</p>}
      {choices.map(([code, text], i) => (
        <Check key={code} id={i === 0 ? id : `${id}-${code}`} text={text} isOn={chosen.includes(code)} onChange={(isOn) => choose(code, isOn)} />))}
    </fieldset>);
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
      <Choices id="webhook-month-frozen" legend={w.what} fault={faultOf('webhook-month-frozen')} chosen={hook.events}
        choices={kinds.map((kind) => [kind, wordOf(w.events, kind)])}
        onChange={(chosen) => setHook({ ...hook, events: kinds.filter((kind) => chosen.includes(kind)) })} />
      {hook.events.includes('case-changed') && <Choices id="webhook-boards" legend={w.whose} hint={w.whoseHint}
        fault={faultOf('webhook-boards')} chosen={hook.boards} choices={lists.boards.map(({ code, name }) => [code, name])}
        onChange={(boards) => setHook({ ...hook, boards })} />}
      {error !== null && <Trouble text={error instanceof ProblemError && error.status === 409 ? w.full : troubleText(t, error)} />}
      <div class="buttons"><button type="submit" class="main" aria-disabled={isBusy}>{isBusy ? w.making : w.make}</button>
        <a class="button" href={back}>{t.cancel}</a></div>
    </form>);
}
