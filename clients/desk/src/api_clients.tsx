/* Other systems that may send cases: which, a new one, whose key is shown once
 * (api_client_form.tsx), and revoking one. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { ApiClientForm } from './api_client_form.tsx';
import { readClients, revokeClient } from './api_clients_api.ts';
import { isAdministrator, useDesk } from './desk.ts';
import { useFetched } from './fetched.ts';
import { useFocus } from './focus.ts';
import { instant } from './format.ts';
import { EndIt, OutsidePage } from './outside.tsx';
import { settingPath, settingsPath } from './place.ts';
import { apiClientWords } from './texts/api_client.ts';
import { settingWords } from './texts/settings.ts';
import { ToldOnce } from './told_once.tsx';
import { Trouble } from './trouble_box.tsx';
import type { ApiClient, ApiClientKey } from './types.ts';
import { fill, useWords, wordOf } from './words.ts';

export const apiClientsPath = settingPath('api-clients');

function Facts({ client }: { client: ApiClient }): JSX.Element {
  const t = useWords();
  const w = apiClientWords(t);

  return (
    <>
      <p>{client.scopes.map((scope) => wordOf(w.scopeNames, scope)).join('. ')}. {client.revokedAt && fill(w.revokedAt, { at: instant(t, client.revokedAt), who: client.revokedBy ?? '' })}</p>
      <p class="soft">{fill(w.facts, { kind: wordOf(w.kinds, client.kind), n: client.perHour, cases: client.cases, at: instant(t, client.madeAt), who: client.madeBy })}</p>
    </>);
}

function Rows({ clients, onRevoke }: { clients: ApiClient[]; onRevoke?: (id: string) => Promise<void> }): JSX.Element {
  const w = apiClientWords(useWords());

  return (
    <ul class="outsiders">{clients.map((client) => (
      <li key={client.id}>
        <p><strong>{client.name}</strong></p>
        <Facts client={client} />
        {onRevoke && <EndIt title={fill(w.revokeThis, { name: client.name })} lead={w.revokeLead} label={w.revoke} onEnd={() => onRevoke(client.id)} />}
      </li>))}</ul>);
}

function List(): JSX.Element {
  const t = useWords();
  const w = apiClientWords(t);
  const { announce, signIns } = useDesk();
  const { value, error, again } = useFetched(readClients, [signIns]);
  const [told, setTold] = useState('');
  const focus = useFocus();
  const now = value?.filter((client) => client.revokedAt === null) ?? [];
  const gone = value?.filter((client) => client.revokedAt !== null) ?? [];
  const revoke = async (id: string): Promise<void> => {
    await revokeClient(id);
    setTold(w.revoked);
    announce(w.revoked);
    focus('settings-title');
    again();
  };

  return (
    <OutsidePage title={w.title} lead={w.lead} back={{ href: settingsPath, text: settingWords(t).back }} error={error} isLoading={!value} onRetry={again} told={told}>
      <div class="choices"><a class="button main" href={settingPath('api-clients', 'ny')}>{w.add}</a></div>
      {value && !now.length && <p>{w.none}</p>}
      {now.length > 0 && <Rows clients={now} onRevoke={revoke} />}
      {gone.length > 0 && <section aria-labelledby="revoked-title"><h2 id="revoked-title">{w.gone}</h2><Rows clients={gone} /></section>}
    </OutsidePage>);
}

function Add(): JSX.Element {
  const w = apiClientWords(useWords());
  const [made, setMade] = useState<ApiClientKey | null>(null);

  return (
    <OutsidePage title={w.add} back={{ href: apiClientsPath, text: w.back }} error={null} isLoading={false} onRetry={() => undefined}>
      {made ? <ToldOnce title={fill(w.keyOf, { name: made.name })} secret={made.key} lead={w.keyOnce} /> : <ApiClientForm back={apiClientsPath} onMade={setMade} />}
    </OutsidePage>);
}

export function ApiClients({ at }: { at: string | undefined }): JSX.Element {
  const w = apiClientWords(useWords());
  const { session } = useDesk();

  if (!isAdministrator(session)) return <><h1>{w.title}</h1><Trouble text={w.notYou} /></>;
  return at === 'ny' ? <Add /> : <List />;
}
