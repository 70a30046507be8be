/* A key for one more system: whose, for what, and how many an hour. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { addClient } from './api_clients_api.ts';
import { Checks } from './checks.tsx';
import { isConflict } from './errors.ts';
import { ErrorSummary, Field } from './field.tsx';
import type { Fault } from './field.tsx';
import { useSending } from './sending.ts';
import { apiClientWords } from './texts/api_client.ts';
import type { ApiClientWords } from './texts/api_client.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { ApiClientKey, NewApiClient } from './types.ts';
import { useWords } from './words.ts';

const scopes = ['post', 'updates', 'cases'] as const;
const kinds = ['production', 'test'] as const;

/* As typed: what is no number stands there until it is made one. */
interface Typed extends Omit<NewApiClient, 'perHour'> {
  perHour: string;
}
const empty: Typed = { name: '', kind: 'production', scopes: ['post'], perHour: '300' };
const isCount = (text: string): boolean => /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 10000;

function faultsOf(w: ApiClientWords, { name, scopes: chosen, perHour }: Typed): Fault[] {
  const faults: Fault[] = [];

  if (!name.trim() || [...name.trim()].length > 100) faults.push({ id: 'client-name', text: w.nameFault });
  if (!chosen.length) faults.push({ id: 'client-post', text: w.scopesFault });
  if (!isCount(perHour.trim())) faults.push({ id: 'client-per-hour', text: w.perHourFault });
  return faults;
}

function useAdding(onMade: (made: ApiClientKey) => void) {
  const w = apiClientWords(useWords());
  const [faults, setFaults] = useState<Fault[]>([]);
  const { isBusy, error, send } = useSending();
  const add = (client: Typed): Promise<void> => send(async () => {
    const found = faultsOf(w, client);

    setFaults(found);
    if (!found.length) onMade(await addClient({ ...client, name: client.name.trim(), perHour: Number(client.perHour) }));
  });

  return { isBusy, error, faults, add };
}

interface PartProps {
  client: Typed;
  onChange: (client: Typed) => void;
  faults: Fault[];
}

function Choices({ client, onChange, faults }: PartProps): JSX.Element {
  const w = apiClientWords(useWords());

  return (
    <>
      <Field id="client-kind" label={w.kind}>
        {(aria) => <select {...aria} value={client.kind} onChange={(event) => onChange({ ...client, kind: kinds.find((kind) => kind === event.currentTarget.value) ?? client.kind })}>
          {kinds.map((kind) => <option key={kind} value={kind}>{w.kinds[kind]}</option>)}</select>}
      </Field>
      <Checks id="client-post" legend={w.scopes} fault={faults.find(({ id }) => id === 'client-post')?.text} chosen={client.scopes}
        choices={scopes.map((scope) => [scope, w.scopeNames[scope]])}
        onChange={(chosen) => onChange({ ...client, scopes: scopes.filter((scope) => chosen.includes(scope)) })} />
    </>);
}

export function ApiClientForm({ back, onMade }: { back: string; onMade: (made: ApiClientKey) => void }): JSX.Element {
  const t = useWords();
  const w = apiClientWords(t);
  const [client, setClient] = useState(empty);
  const { isBusy, error, faults, add } = useAdding(onMade);
  const faultOf = (id: string): string | undefined => faults.find((fault) => fault.id === id)?.text;

  return (
    <form noValidate onSubmit={(event) => { event.preventDefault(); void add(client); }}>
      <ErrorSummary title={w.faults} faults={faults} />
      <Field id="client-name" label={w.name} hint={w.nameHint} fault={faultOf('client-name')}>
        {(aria) => <input {...aria} autocomplete="off" value={client.name} onInput={(event) => setClient({ ...client, name: event.currentTarget.value })} />}
      </Field>
      <Choices client={client} onChange={setClient} faults={faults} />
      <Field id="client-per-hour" label={w.perHour} fault={faultOf('client-per-hour')}>
        {(aria) => <input {...aria} inputMode="numeric" autocomplete="off" value={client.perHour} onInput={(event) => setClient({ ...client, perHour: event.currentTarget.value })} />}
      </Field>
      {error !== null && <Trouble text={isConflict(error) ? w.full : troubleText(t, error)} />}
      <div class="buttons"><button type="submit" class="main" aria-disabled={isBusy}>{isBusy ? w.making : w.make}</button>
        <a class="button" href={back}>{t.cancel}</a></div>
    </form>);
}
