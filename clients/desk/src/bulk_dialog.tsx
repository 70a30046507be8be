/* The same thing done to the chosen cases: what, which of them can, doing it, and what was not
 * done. The cases are those that were seen when it began. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { BulkForm } from './bulk_form.tsx';
import { BulkResult } from './bulk_result.tsx';
import { bulkRows } from './bulk.ts';
import type { Try } from './bulk.ts';
import type { Values } from './actions.ts';
import { useBulkRun } from './bulk_run.ts';
import type { BulkRun } from './bulk_run.ts';
import type { Chosen } from './chosen.ts';
import { Dialog } from './dialog.tsx';
import { keysAreOn } from './keys.ts';
import { fill, useWords, wordOf } from './words.ts';

interface ChoiceProps {
  onChoose: (name: string) => void;
  onClose: () => void;
}

/* The same letters as in a case. */
function Choice({ onChoose, onClose }: ChoiceProps): JSX.Element {
  const t = useWords();
  const box = useRef<HTMLDivElement>(null);
  const onKey = (event: KeyboardEvent): void => {
    const name = Object.entries(bulkRows).find(([, { key }]) => key === event.key)?.[0];
    if (!name || !keysAreOn() || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    onChoose(name);
  };

  useEffect(() => box.current?.querySelector('button')?.focus(), []);
  return (
    <div ref={box} onKeyDown={onKey}>
      <div class="buttons bulkchoice">{Object.entries(bulkRows).map(([name, { key }]) => (
        <button type="button" key={name} onClick={() => onChoose(name)}>{wordOf(t.action, name)}
          <kbd aria-hidden="true">{key}</kbd></button>))}
      </div>
      <button type="button" class="plain" onClick={onClose}>{t.cancel}</button>
    </div>);
}

/* Heard at each quarter, seen at each case. */
function Progress({ run }: { run: BulkRun }): JSX.Element {
  const t = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  const quarter = Math.floor((run.ended * 4) / Math.max(run.of, 1));
  const said = fill(t.bulk.progress, { n: Math.ceil((quarter * run.of) / 4), of: run.of });

  useEffect(() => heading.current?.focus(), []);
  return (
    <>
      <h3 tabIndex={-1} ref={heading}>{t.bulk.running}</h3>
      <progress max={run.of} value={run.ended} aria-label={t.bulk.running} />
      <p>{fill(t.bulk.progress, { n: run.ended, of: run.of })}</p>
      <p class="away" role="status">{said}</p>
      {run.isStopping ? <p>{t.bulk.stopping}</p>
        : <button type="button" onClick={run.stop}>{t.bulk.stop} <kbd aria-hidden="true">Esc</kbd></button>}
    </>);
}

interface BulkDialogProps {
  chosen: Chosen;
  first: string | null; /* what is done, if that was said already */
  onClose: () => void;
}

export function BulkDialog({ chosen, first, onClose }: BulkDialogProps): JSX.Element {
  const t = useWords();
  const [items] = useState(chosen.items);
  const [name, setName] = useState(first);
  const run = useBulkRun();
  const row = name === null ? undefined : bulkRows[name];
  const start = (tries: Try[], values: Values): void => { if (row) run.start(row, tries, values); };
  const close = (): void => {
    if (run.state === 'running') { run.stop(); return; }
    const done = run.outcomes.filter(({ ending }) => ending === 'done').map(({ item }) => item.number);
    if (done.length && name) delete chosen.drafts[name];
    chosen.drop(done);
    onClose();
  };

  return (
    <Dialog labelledBy="bulk-title" onClose={close}>
      <h2 id="bulk-title">{items.length === 1 ? t.bulk.titleOne : fill(t.bulk.title, { n: items.length })}</h2>
      {!row && <Choice onChoose={setName} onClose={close} />}
      {row && name && run.state === 'before' && <BulkForm name={name} row={row} items={items}
        drafts={chosen.drafts} onStart={start} onClose={close} />}
      {run.state === 'running' && <Progress run={run} />}
      {row && run.state === 'after' && <BulkResult row={row} outcomes={run.outcomes} onRetry={run.retry} onClose={close} />}
    </Dialog>);
}
