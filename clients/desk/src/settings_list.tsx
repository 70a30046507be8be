/* The rows of a kind, those of today first. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { fitsWords } from './commands.ts';
import { useDesk } from './desk.ts';
import { today } from './format.ts';
import { settingPath, settingsPath } from './place.ts';
import { columnsOf, isValidOn, titleOf, validityText, valueText } from './settings.ts';
import type { Row, Speaker } from './settings.ts';
import { readSettings } from './settings_api.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { SettingKind, SettingList as List } from './types.ts';
import { fill, wordOf } from './words.ts';

interface ListProps {
  kind: SettingKind;
  speaker: Speaker;
}

export function useSettings(kind: string): { list: List | null; error: unknown } {
  const { signIns } = useDesk();
  const [list, setList] = useState<List | null>(null);
  const [error, setError] = useState<unknown>(null);

  useEffect(() => {
    const control = new AbortController();
    setError(null);
    readSettings(kind, control.signal).then(setList, setError);
    return () => control.abort();
  }, [kind, signIns]);
  return { list, error };
}

type Item = List['items'][number];

/* By what is seen of it, and by its code. */
function fits({ kind, speaker }: ListProps, item: Item, sought: string): boolean {
  return fitsWords([item.key, ...columnsOf(kind).map((field) => valueText(speaker, field, item.row[field.name]))], sought);
}

function Rows({ kind, speaker, items }: ListProps & { items: Item[] }): JSX.Element {
  const { w } = speaker;
  const fields = columnsOf(kind);
  const hasValidity = kind.fields.some(({ name }) => name === 'validFrom');
  const cell = (row: Row, i: number): string => valueText(speaker, fields[i]!, row[fields[i]!.name]);

  return (
    <div class="wide" role="region" tabIndex={0} aria-labelledby="settings-title">
      <table class="stacked">
        <thead><tr>{fields.map(({ name }) => <th scope="col" key={name}>{wordOf(w.fields, name)}</th>)}
          {hasValidity && <th scope="col">{w.validity}</th>}</tr></thead>
        <tbody>{items.map(({ key, row }) => (
          <tr key={key}>
            <th scope="row"><a href={settingPath(kind.code, key)}>{cell(row, 0) || titleOf(speaker, kind, row)}</a></th>
            {fields.slice(1).map(({ name }, i) => <td key={name} data-label={wordOf(w.fields, name)}>{cell(row, i + 1)}</td>)}
            {hasValidity && <td data-label={w.validity}>{validityText(speaker, row)}</td>}
          </tr>))}</tbody>
      </table>
    </div>);
}

function Found({ kind, speaker, list }: ListProps & { list: List }): JSX.Element {
  const { w } = speaker;
  const [sought, setSought] = useState('');
  const [isEverything, setEverything] = useState(false);
  const items = list.items.filter((item) => (isEverything || isValidOn(item.row, today()))
    && fits({ kind, speaker }, item, sought));

  return (
    <>
      <div class="choices">
        <div class="field"><label for="setting-sought">{w.filter}</label>
          <input id="setting-sought" type="search" autocomplete="off" value={sought}
            onInput={(event) => setSought(event.currentTarget.value)} /></div>
        <label class="check choice"><input type="checkbox" checked={isEverything}
          onChange={(event) => setEverything(event.currentTarget.checked)} /><span>{w.everything}</span></label>
        {kind.addable && list.mayAdd && <a class="button main" href={settingPath(kind.code, 'ny')}>{w.add}</a>}
      </div>
      <p role="status" class="soft">{items.length === 1 ? w.one : items.length ? fill(w.count, { n: items.length }) : w.empty}</p>
      {items.length > 0 && <Rows kind={kind} speaker={speaker} items={items} />}
    </>);
}

export function SettingList(props: ListProps): JSX.Element {
  const { kind, speaker: { t, w } } = props;
  const { list, error } = useSettings(kind.code);
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => { document.title = `${wordOf(w.kinds, kind.code)} – ${w.title} – ${t.desk}`; });
  useLayoutEffect(() => heading.current?.focus(), []);
  return (
    <>
      <p class="noprint"><a class="back" href={settingsPath}>← {w.back}</a></p>
      <h1 tabIndex={-1} ref={heading} id="settings-title">{wordOf(w.kinds, kind.code)}</h1>
      <p>{wordOf(w.leads, kind.code)}</p>
      {error !== null && <Trouble text={troubleText(t, error)} />}
      {!list && error === null && <p role="status">{t.loading}</p>}
      {list && <Found {...props} list={list} />}
    </>);
}
