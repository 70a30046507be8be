/* What is chosen in the queue, how many, and what can be done with them. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { BulkDialog } from './bulk_dialog.tsx';
import { bulkRows } from './bulk.ts';
import type { Chosen } from './chosen.ts';
import { useCommands } from './commands.ts';
import { useDesk } from './desk.ts';
import { useKeys } from './keys.ts';
import type { Item } from './types.ts';
import { fill, useWords, wordOf } from './words.ts';

export function PickAll({ chosen, rows }: { chosen: Chosen; rows: Item[] }): JSX.Element {
  const t = useWords();
  const n = chosen.items.length;

  return (
    <label class="choice pickall">
      <input type="checkbox" checked={n > 0 && n === rows.length} onChange={chosen.all}
        ref={(box) => { if (box) box.indeterminate = n > 0 && n < rows.length; }} />
      <span>{t.bulk.pickAll}</span>
    </label>);
}

export function Pick({ number, chosen }: { number: string; chosen: Chosen }): JSX.Element {
  const t = useWords();

  return (
    <label class="choice pick">
      <input type="checkbox" checked={chosen.has(number)} aria-label={fill(t.bulk.pick, { number })}
        onClick={(event) => chosen.toggle(number, event.shiftKey)} />
    </label>);
}

/* The dialog gives the focus back to what had it, which may be gone with what was chosen. */
function keepFocus(): void {
  window.setTimeout(() => {
    if (document.activeElement === document.body)
      document.querySelector<HTMLElement>('#bulk-act, a.open, .queue h1')?.focus();
  }, 50);
}

/* Null: closed. '': what to do is not said yet. */
export function ChosenBar({ chosen, onDone }: { chosen: Chosen; onDone: () => void }): JSX.Element {
  const t = useWords();
  const { announce } = useDesk();
  const [open, setOpen] = useState<string | null>(null);
  const n = chosen.items.length;
  const said = n === 1 ? t.bulk.chosenOne : fill(t.bulk.chosen, { n });

  const close = (): void => {
    setOpen(null);
    keepFocus();
    onDone();
  };

  useCommands(() => (n ? Object.entries(bulkRows).map(([name]) => ({ id: `bulk:${name}`, text: `${said}: ${wordOf(t.action, name)}`,
    group: t.palette.chosen, run: () => setOpen(name) })) : []));
  useKeys({ b: () => { if (n) setOpen(''); else announce(t.bulk.none); } });
  useEffect(() => { if (n) announce(said); }, [n]);
  return (
    <>
      {n > 0 && <section class="chosenbar" aria-label={t.bulk.act}>
        <p><strong>{said}</strong></p>
        <button type="button" class="main" id="bulk-act" onClick={() => setOpen('')}>{t.bulk.act} <kbd aria-hidden="true">b</kbd></button>
        {Object.keys(bulkRows).map((name) => (
          <button type="button" class="direct" key={name} onClick={() => setOpen(name)}>{wordOf(t.action, name)}</button>))}
        <button type="button" class="plain" onClick={chosen.clear}>{t.bulk.clear}</button>
      </section>}
      {open !== null && <BulkDialog chosen={chosen} first={open || null} onClose={close} />}
    </>);
}
