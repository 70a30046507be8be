/* The list of keys, and the switch that turns single letters off. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { actionKeys } from './actions.ts';
import { Dialog } from './dialog.tsx';
import { keysAreOn } from './keys.ts';
import { settingKeep } from './store.ts';
import { TourButton } from './welcome.tsx';
import { useWords, wordOf } from './words.ts';

type Row = [keys: string[], text: string];

function Rows({ title, rows }: { title: string; rows: Row[] }): JSX.Element {
  return (
    <section>
      <h3>{title}</h3>
      <dl class="keys">{rows.map(([keys, text]) => (
        <div key={text}>
          <dt>{keys.map((key) => <kbd key={key}>{key}</kbd>)}</dt>
          <dd>{text}</dd>
        </div>))}</dl>
    </section>);
}

export function Help({ onClose }: { onClose: () => void }): JSX.Element {
  const t = useWords();
  const [areOn, setOn] = useState(keysAreOn());
  const toggle = (): void => {
    settingKeep('keys', areOn ? 'off' : 'on');
    setOn(!areOn);
  };

  return (
    <Dialog labelledBy="help-title" onClose={onClose}>
      <h2 id="help-title">{t.keys.title}</h2>
      <p>{t.keys.lead}</p>
      <p class="switch">
        <span role="status">{areOn ? t.keys.on : t.keys.off}</span>
        <button type="button" onClick={toggle}>{areOn ? t.keys.turnOff : t.keys.turnOn}</button>
      </p>
      <div class="columns">
        <Rows title={t.keys.inQueue} rows={[[['j', '↓'], t.keys.down], [['k', '↑'], t.keys.up],
          [['Enter'], t.keys.open], [['m'], t.keys.more], [['n'], t.keys.taking],
          [['x', '␣'], t.keys.pick], [['X', '⇧'], t.keys.pickRange], [['A'], t.keys.pickAll], [['b'], t.keys.bulk], [['s'], t.sort.title], [['g', '1–9'], t.view.go]]} />
        <Rows title={t.keys.everywhere} rows={[[['/'], t.keys.search], [['?'], t.keys.list], [['Ctrl', 'K'], t.palette.title],
          [['Esc'], t.keys.back]]} />
        <Rows title={t.keys.inCase} rows={[[['j'], t.case.next], [['k'], t.case.previous],
          [['Ctrl', 'Enter'], t.keys.send], [['Alt', 'M'], t.template.key], [['Alt', 'P'], t.preview.key],
          ...Object.entries(actionKeys).map(([key, name]): Row => [[key], wordOf(t.action, name)])]} />
      </div>
      <div class="buttons"><button type="button" class="main" onClick={onClose}>{t.close}</button><TourButton /></div>
    </Dialog>);
}
