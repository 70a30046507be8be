/* What the city decides for itself: its kinds, the rows of one, one row. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';

import { hasSettings, isAdministrator, useDesk } from './desk.ts';
import { useDistricts } from './districts.ts';
import { useFetched } from './fetched.ts';
import { readToday } from './follow_ups_api.ts';
import { later } from './later.tsx';
import { People } from './people.tsx';
import { reorganisationsPath, settingsPath, templatesPath } from './place.ts';
import type { Speaker } from './settings.ts';
import { readKinds, readOwnTexts } from './settings_api.ts';
import { SettingList } from './settings_list.tsx';
import { SettingPage } from './settings_one.tsx';
import { TextList } from './settings_texts.tsx';
import { settingWords } from './texts/settings.ts';
import { FailingWebhooks } from './today_list.tsx';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { SettingKind } from './types.ts';
import { useWords, wordOf } from './words.ts';

const ApiClients = later(async () => (await import('./api_clients.tsx')).ApiClients);
const Groups = later(async () => (await import('./group_maps.tsx')).Groups);
const Webhooks = later(async () => (await import('./webhooks.tsx')).Webhooks);

/* Who says the rows' codes in words. */
function useSpeaker(): Speaker {
  const t = useWords();
  const { lists, signIns } = useDesk();

  return { t, w: settingWords(t), lists, districts: Object.fromEntries(useDistricts(signIns)) };
}

function Failing(): JSX.Element | null {
  const { value } = useFetched(readToday, [useDesk().signIns]);

  return value?.failingWebhooks ? <p class="choices"><FailingWebhooks n={value.failingWebhooks} /></p> : null;
}

function Kinds({ kinds, speaker: { w, t } }: { kinds: SettingKind[]; speaker: Speaker }): JSX.Element {
  const { session } = useDesk();

  useEffect(() => { document.title = `${w.title} – ${t.desk}`; }, [w, t]);
  return (
    <>
      <h1 tabIndex={-1}>{w.title}</h1>
      <p>{w.lead}</p>
      {isAdministrator(session) && <Failing />}
      <ul class="kinds">
        <li><a href={`${settingsPath}/people`}>{w.people}</a><p class="soft">{w.peopleLead}</p></li>
        {isAdministrator(session) && <li><a href={`${settingsPath}/groups`}>{w.groups}</a><p class="soft">{w.groupsLead}</p></li>}
        <li><a href="/desk/regler">{w.rules}</a><p class="soft">{w.rulesLead}</p></li>
        <li><a href={templatesPath}>{w.templates}</a><p class="soft">{w.templatesLead}</p></li>
        {isAdministrator(session) && <li><a href={`${settingsPath}/webhooks`}>{w.webhooks}</a><p class="soft">{w.webhooksLead}</p></li>}
        {isAdministrator(session) && <li><a href={reorganisationsPath}>{w.reorganisations}</a><p class="soft">{w.reorganisationsLead}</p></li>}
        {isAdministrator(session) && <li><a href={`${settingsPath}/api-clients`}>{w.apiClients}</a><p class="soft">{w.apiClientsLead}</p></li>}
        {kinds.map(({ code }) => (
        <li key={code}><a href={`${settingsPath}/${code}`}>{wordOf(w.kinds, code)}</a><p class="soft">{wordOf(w.leads, code)}</p></li>))}</ul>
    </>);
}

function Texts({ kind, at, speaker }: { kind: SettingKind; at: string | undefined; speaker: Speaker }): JSX.Element {
  const { signIns } = useDesk();
  const { value: texts, error } = useFetched(readOwnTexts, [signIns]); /* what the program itself says */
  const all = { ...speaker, texts };
  if (!texts) return error !== null ? <Trouble text={troubleText(speaker.t, error)} /> : <p role="status">{speaker.t.loading}</p>;
  return at === undefined || texts.languages.some(({ code }) => code === at)
    ? <TextList kind={kind} speaker={all} language={at ?? 'sv'} /> : <SettingPage key={at} kind={kind} at={at} speaker={all} />;
}

function Shown(): JSX.Element {
  const { place: { setting = {} }, signIns } = useDesk();
  const speaker = useSpeaker();
  const { value: kinds, error } = useFetched(readKinds, [signIns]);
  const kind = kinds?.find(({ code }) => code === setting.kind);

  if (!kinds) return error !== null ? <Trouble text={troubleText(speaker.t, error)} /> : <p role="status">{speaker.t.loading}</p>;
  if (setting.kind === 'people') return <People at={setting.key} speaker={speaker} />;
  if (setting.kind === 'groups') return <Groups at={setting.key} speaker={speaker} />;
  if (setting.kind === 'api-clients') return <ApiClients at={setting.key} />;
  if (setting.kind === 'webhooks') return <Webhooks at={setting.key} />;
  if (!setting.kind) return <Kinds kinds={kinds} speaker={speaker} />;
  if (!kind) return <Trouble text={speaker.t.error.missing} />;
  if (kind.code === 'texts') return <Texts kind={kind} at={setting.key} speaker={speaker} />;
  return setting.key === undefined ? <SettingList key={kind.code} kind={kind} speaker={speaker} />
    : <SettingPage key={`${kind.code} ${setting.key}`} kind={kind} at={setting.key} speaker={speaker} />;
}

export function SettingsView(): JSX.Element {
  const t = useWords();
  const { session } = useDesk();

  return (
    <article class="settings">
      {hasSettings(session) ? <Shown /> : <><h1>{settingWords(t).title}</h1><Trouble text={settingWords(t).notYou} /></>}
    </article>);
}
