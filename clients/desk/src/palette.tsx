/* A list that one types in: the command palette, and the choice of one among many. The focus
 * stays in the field; arrows move along the list (ARIA's combobox with a list box). */
import type { JSX } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';

import { matching } from './commands.ts';
import type { Command } from './commands.ts';
import { Dialog } from './dialog.tsx';
import { fill, useWords } from './words.ts';

interface OptionProps {
  command: Command;
  at: number;
  isAt: boolean;
  onPress: () => void;
}

function Option({ command, at, isAt, onPress }: OptionProps): JSX.Element {
  return (
    <li role="option" id={`palette-${at}`} aria-selected={isAt} class="option" onClick={onPress}>
      <span>{command.text}</span>
      <span class="soft">{command.group}</span>
      {command.key && <kbd aria-hidden="true">{command.key}</kbd>}
    </li>);
}

interface PaletteProps {
  label: string;
  hint?: string;
  commands: Command[];
  more?: (query: string) => Command[]; /* what the words themselves are, as a case's number */
  onClose: () => void;
}

export function Palette({ label, hint, commands, more, onClose }: PaletteProps): JSX.Element {
  const t = useWords();
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const found = [...more?.(query) ?? [], ...matching(commands, query)];
  const now = Math.min(at, found.length - 1);
  /* After the dialog has given the focus back: a command may take it somewhere else. */
  const run = (command: Command | undefined): void => {
    if (!command) return;
    onClose();
    window.setTimeout(command.run, 0);
  };
  const moves: Record<string, () => void> = { ArrowDown: () => setAt((now + 1) % Math.max(found.length, 1)),
    ArrowUp: () => setAt((now + Math.max(found.length, 1) - 1) % Math.max(found.length, 1)),
    PageDown: () => setAt(Math.min(now + 8, found.length - 1)), PageUp: () => setAt(Math.max(now - 8, 0)),
    Enter: () => run(found[now]) };
  const onKey = (event: KeyboardEvent): void => {
    const move = event.isComposing || event.ctrlKey || event.altKey || event.metaKey ? undefined : moves[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  };

  useLayoutEffect(() => document.getElementById(`palette-${now}`)?.scrollIntoView({ block: 'nearest' }), [now, query]);
  return (
    <Dialog labelledBy="palette-title" onClose={onClose}>
      <div class="palette">
        <h2 id="palette-title"><label for="palette">{label}</label></h2>
        <div class="line">
          <input id="palette" type="text" role="combobox" aria-expanded="true" aria-controls="palette-list" aria-autocomplete="list"
            aria-activedescendant={found.length ? `palette-${now}` : undefined} autoComplete="off" spellcheck={false}
            aria-describedby="palette-hint" value={query} onKeyDown={onKey}
            onInput={(event) => { setQuery(event.currentTarget.value); setAt(0); }} />
          <button type="button" class="plain" onClick={onClose}>{t.close}</button>
        </div>
        <p class="hint" id="palette-hint">{hint ?? t.palette.hint}</p>
        <ul id="palette-list" role="listbox" aria-label={label}>{found.map((command, i) => (
          <Option key={command.id} command={command} at={i} isAt={i === now} onPress={() => run(command)} />))}</ul>
        <p class="soft" role="status">{found.length ? fill(t.palette.found, { n: found.length }) : t.palette.none}</p>
      </div>
    </Dialog>);
}
