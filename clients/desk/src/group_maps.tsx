/* Which groups of a provider stand for which roles, for administrators: the list with what can
 * be done, and a new one (group_maps.ts says what will come of it). */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { isAdministrator, useDesk } from './desk.ts';
import { useFetched } from './fetched.ts';
import { useFocus } from './focus.ts';
import { instant, today } from './format.ts';
import { daysText, endText, holdersText } from './group_maps.ts';
import { addMap, changeMapDays, endMap, readMaps, readProviders } from './group_maps_api.ts';
import { Providers } from './group_states.tsx';
import { OutsidePage } from './outside.tsx';
import { roleText } from './people.ts';
import { PersonForm } from './person_form.tsx';
import { settingPath, settingsPath } from './place.ts';
import { validityText } from './settings.ts';
import type { Speaker } from './settings.ts';
import { groupWords } from './texts/group_map.ts';
import { Trouble } from './trouble_box.tsx';
import type { GroupMapping, ProviderStates } from './types.ts';
import { fill, useWords, wordOf } from './words.ts';

const groupsPath = settingPath('groups');

interface RowProps {
  speaker: Speaker;
  map: GroupMapping;
  labelOf: (issuer: string) => string;
  open: string | null; /* the form that is: one at a time, for their fields have the same names */
  setOpen: (form: string | null) => void;
  onDone: (said: string) => void;
}

function History({ speaker, map }: Pick<RowProps, 'speaker' | 'map'>): JSX.Element {
  const { t, w: all } = speaker;
  const w = groupWords(t);

  return (
    <details class="history"><summary>{w.history}</summary>
      <ol>{map.changes.map((change, i) => (
        <li key={i}><p><strong>{wordOf(w.done, change.what)}</strong>{change.what !== 'ended' && <> {validityText(speaker, { ...change })},</>}{' '}
          <time dateTime={change.at}>{instant(t, change.at)}</time>, {change.byName ?? all.byTool}
          {change.reason && <>: <q>{change.reason}</q></>}</p></li>))}</ol>
    </details>);
}

function Deeds({ speaker, map, open, setOpen, onDone }: RowProps): JSX.Element {
  const w = groupWords(speaker.t);
  const what = fill(w.gives, { group: map.group, role: roleText(speaker, map) });
  const [days, end] = [`days ${map.id}`, `end ${map.id}`];
  const close = (): void => setOpen(null);

  if (open === end)
    return <PersonForm speaker={speaker} names={['reason']} start={{}} label={w.endNow} onCancel={close}
      before={() => endText(w, map)} send={async (body) => { await endMap(map.id, body); onDone(w.ended); }} />;
  if (open === days)
    return <PersonForm speaker={speaker} names={['validFrom', 'validTo', 'reason']} label={w.save} onCancel={close}
      start={{ validFrom: map.validFrom ?? '', validTo: map.validTo ?? '' }}
      before={({ validFrom, validTo }) => daysText(w, map, { validFrom, validTo }, today())}
      send={async (body) => { await changeMapDays(map.id, body); onDone(w.changed); }} />;
  return (
    <div class="buttons">
      <button type="button" aria-label={fill(w.daysThis, { what })} onClick={() => setOpen(days)}>{w.days}</button>
      <button type="button" aria-label={fill(w.endThis, { what })} onClick={() => setOpen(end)}>{w.end}</button>
    </div>);
}

function Row(props: RowProps): JSX.Element {
  const { speaker, map, labelOf } = props;
  const w = groupWords(speaker.t);

  return (
    <li>
      <p><strong>{fill(w.gives, { group: map.group, role: roleText(speaker, map) })}</strong></p>
      <p class="soft">{labelOf(map.issuer)}, {validityText(speaker, { ...map })}</p>
      {!map.isOver && <p>{holdersText(w, map)}</p>}
      {!map.isOver && <Deeds {...props} />}
      <History speaker={speaker} map={map} />
    </li>);
}

const labelsOf = (states: ProviderStates | null) => (issuer: string): string =>
  states?.items.find((it) => it.issuer === issuer)?.label ?? issuer;

function List({ speaker }: { speaker: Speaker }): JSX.Element {
  const { t, w: all } = speaker;
  const w = groupWords(t);
  const { announce, signIns } = useDesk();
  const { value, error, again } = useFetched(readMaps, [signIns]);
  const states = useFetched(readProviders, [signIns]);
  const [open, setOpen] = useState<string | null>(null);
  const [told, setTold] = useState('');
  const focus = useFocus();
  const done = (said: string): void => {
    setOpen(null);
    setTold(said);
    announce(said);
    focus('settings-title');
    again();
  };
  const rows = (isOver: boolean): JSX.Element[] => (value ?? []).filter((map) => map.isOver === isOver).map((map) => (
    <Row key={map.id} speaker={speaker} map={map} labelOf={labelsOf(states.value)} open={open} setOpen={setOpen} onDone={done} />));

  return (
    <OutsidePage title={w.title} lead={w.lead} back={{ href: settingsPath, text: all.back }} error={error} isLoading={!value} onRetry={again} told={told}>
      {value && <section aria-labelledby="groups-title">
        <h2 id="groups-title">{w.groups}</h2>
        {states.value?.items.length ? <div class="choices"><a class="button main" href={settingPath('groups', 'ny')}>{w.add}</a></div> : null}
        {rows(false).length ? <ul class="outsiders">{rows(false)}</ul> : <p>{w.none}</p>}
      </section>}
      <Providers states={states} />
      {rows(true).length > 0 && <section aria-labelledby="over-title"><h2 id="over-title">{w.over}</h2><ul class="outsiders">{rows(true)}</ul></section>}
    </OutsidePage>);
}

function Add({ speaker }: { speaker: Speaker }): JSX.Element {
  const { t } = speaker;
  const w = groupWords(t);
  const { announce, go, signIns } = useDesk();
  const { value, error, again } = useFetched(readProviders, [signIns]);
  const issuers = (value?.items ?? []).map(({ issuer, label }): [string, string] => [issuer, label]);

  return (
    <OutsidePage title={w.add} back={{ href: groupsPath, text: w.back }} error={error} isLoading={!value} onRetry={again}>
      {value && (issuers.length ? <PersonForm speaker={speaker} issuers={issuers} label={w.save}
        names={['issuer', 'group', 'role', 'board', 'unit', 'validFrom', 'validTo', 'reason']}
        start={{ issuer: issuers[0]?.[0] ?? '', validFrom: today() }}
        before={({ validFrom }) => ((validFrom ?? '') > today() ? w.beforeLater : w.before)}
        send={async (body) => { await addMap(body); announce(w.added); go({ number: null, filters: {}, view: 'settings', setting: { kind: 'groups' } }); }} /> : <p>{w.noProviders}</p>)}
    </OutsidePage>);
}

export function Groups({ at, speaker }: { at: string | undefined; speaker: Speaker }): JSX.Element {
  const w = groupWords(useWords());
  const { session } = useDesk();

  if (!isAdministrator(session)) return <><h1>{w.title}</h1><Trouble text={w.notYou} /></>;
  return at === 'ny' ? <Add speaker={speaker} /> : <List speaker={speaker} />;
}
