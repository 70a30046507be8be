/* Sorting fast: acknowledge, subject, whose it is, each by one key, and on to the next case by
 * itself. What is pressed while an answer is awaited is done after it. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { useCommands } from './commands.ts';
import type { Command } from './commands.ts';
import { useDeeds } from './deeds.ts';
import { categoryName, useDesk } from './desk.ts';
import { useKeys } from './keys.ts';
import type { Keys } from './keys.ts';
import { Palette } from './palette.tsx';
import { digits, quickCodes, quickForget, recentAdd, recentFirst } from './quick.ts';
import type { RowsState } from './rows.ts';
import { guessDigits, guessesOf, hasGuessDigits, Suggested } from './suggested.tsx';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { Case, Suggestions } from './types.ts';
import { fill, useWords } from './words.ts';

interface SortPanelProps {
  it: Case;
  found: Suggestions | null;
  rows: RowsState;
  next: string | undefined;
  onCase: (it: Case) => void;
  onLost: () => void;
  onLeft: () => void;
}

interface Sorting {
  error: unknown;
  said: string;
  isBusy: boolean;
  acknowledge: () => void;
  categorise: (code: string, rank?: number) => void; /* of the guesses, from 1 */
  assign: (user: string) => void;
  skip: () => void;
  leave: () => void;
}

function useSorting({ it, found, rows, next, onCase, onLost, onLeft }: SortPanelProps): Sorting {
  const t = useWords();
  const { session, place, go, announce, tell, lists } = useDesk();
  const [error, setError] = useState<unknown>(null);
  const [said, setSaid] = useState('');
  const deeds = useDeeds(it, { onCase, onFault: (fault) => { setError(fault); onLost(); },
    onLate: (fault, number) => tell(fill(t.sort.late, { number, why: troubleText(t, fault) })) });
  const say = (text: string): void => { setSaid(text); announce(text); };
  const skip = (): void => {
    if (next) { go({ ...place, number: next }); return; }
    tell(t.sort.end);
    go({ number: null, filters: place.filters });
  };
  const send: typeof deeds.send = (deed, done) => { setError(null); deeds.send(deed, done); };

  /* Soon at the end of what is shown: the rest of the queue follows. */
  useEffect(() => {
    const { items } = rows.rows;
    if (rows.next && items.findIndex(({ number }) => number === it.number) > items.length - 5) rows.more();
  }, [it.number]);
  return {
    error, said, isBusy: deeds.isBusy, skip: () => deeds.then(skip),
    acknowledge: () => send({ code: 'acknowledge', path: 'acknowledgements', body: {}, isDone: (now) => now.acknowledged },
      () => say(t.done.acknowledge)),
    categorise: (category, rank) => {
      const of = rank && found?.version ? { suggestedVersion: found.version, suggestedRank: rank } : {};
      recentAdd('category', category);
      send({ code: 'change', path: '', body: { category, ...of }, isDone: (now) => now.category === category },
        () => say(fill(t.sort.category, { category: categoryName(lists, category) ?? category })));
    },
    assign: (user) => {
      if (user !== session.user) recentAdd('user', user);
      send({ code: 'assign', path: 'assignments', body: { user }, isDone: (now) => now.handler === user }, (after) => {
        announce(fill(t.sort.assigned, { number: it.number, who: after?.handlerName ?? user }));
        onLeft();
        skip();
      });
    },
    leave: () => go({ number: it.number, filters: place.filters }),
  };
}

/* Lists that one types in: subjects, and colleagues of the board. */
function choices(kind: 'category' | 'user', lists: ReturnType<typeof useDesk>['lists'], it: Case, sorting: Sorting): Command[] {
  return kind === 'category'
    ? recentFirst('category', lists.categories, ({ code }) => code).map(({ code, name, area }) =>
      ({ id: code, text: name, group: area, run: () => sorting.categorise(code) }))
    : recentFirst('user', lists.colleagues.filter(({ boards }) => boards.includes(it.board)), ({ user }) => user)
      .map(({ user, name }) => ({ id: user, text: name, group: user, run: () => sorting.assign(user) }));
}

interface QuickProps {
  it: Case;
  codes: string[];
  first: number; /* the first one's digit */
  sorting: Sorting;
  onAnew: () => void;
}

function Quick({ it, codes, first, sorting, onAnew }: QuickProps): JSX.Element {
  const t = useWords();
  const { lists } = useDesk();

  return (
    <div class="quick" role="group" aria-label={t.sort.categories}>
      {codes.map((code, i) => (
        <button type="button" key={code} aria-pressed={it.category === code} onClick={() => sorting.categorise(code)}>
          <kbd aria-hidden="true">{i + first}</kbd> <span lang="sv">{categoryName(lists, code)}</span></button>))}
      <button type="button" class="plain" onClick={onAnew}>{t.sort.anew}</button>
    </div>);
}

export function SortPanel(props: SortPanelProps): JSX.Element {
  const { it, rows } = props;
  const guesses = guessesOf(it, props.found);
  const t = useWords();
  const { session, lists } = useDesk();
  const sorting = useSorting(props);
  const [open, setOpen] = useState<'category' | 'user' | null>(null);
  const [all, setCodes] = useState<string[]>([]);
  const first = hasGuessDigits(it) ? guessDigits + 1 : 1;
  const codes = all.slice(0, digits + 1 - first);
  const can = (code: Case['actions'][number]): boolean => it.actions.includes(code);
  const keys: Keys = { s: sorting.skip, ...(can('acknowledge') && { a: sorting.acknowledge }), ...(can('assign') && {
    t: () => sorting.assign(session.user), g: () => setOpen('user') }), ...(can('change') && { c: () => setOpen('category') }) };

  useEffect(() => setCodes(quickCodes(it.board, rows.rows.items, lists.categories)), [it.board, lists.categories, rows.rows.items.length > 0]);
  if (can('change')) codes.forEach((code, i) => { keys[String(i + first)] = () => sorting.categorise(code); });
  if (hasGuessDigits(it)) guesses.forEach(({ code }, i) => { keys[String(i + 1)] = () => sorting.categorise(code, i + 1); });
  useKeys(keys);
  useCommands(() => (can('change') ? choices('category', lists, it, sorting).map((c) => ({ ...c, isQuiet: true,
    id: `sort:${c.id}`, text: fill(t.sort.category, { category: c.text }) })) : []));
  return (
    <section class="sort card noprint" aria-labelledby="sort-title" aria-busy={sorting.isBusy}>
      <div class="line">
        <h2 id="sort-title">{t.sort.title}</h2>
        <button type="button" class="plain" onClick={sorting.leave}>{t.sort.leave}</button>
      </div>
      {sorting.said && <p class="said">✓ {sorting.said}</p>}
      {sorting.error !== null && <Trouble text={troubleText(t, sorting.error)} />}
      <div class="buttons">
        {it.acknowledged ? <span class="mark">✓ {t.sort.acknowledged}</span> : can('acknowledge')
          && <button type="button" onClick={sorting.acknowledge}>{t.action.acknowledge} <kbd aria-hidden="true">a</kbd></button>}
        {can('change') && <button type="button" onClick={() => setOpen('category')}>{t.sort.other} <kbd aria-hidden="true">c</kbd></button>}
        {can('assign') && <>
          <button type="button" class="main" onClick={() => sorting.assign(session.user)}>{t.sort.take} <kbd aria-hidden="true">t</kbd></button>
          <button type="button" onClick={() => setOpen('user')}>{t.sort.give} <kbd aria-hidden="true">g</kbd></button></>}
        <button type="button" onClick={sorting.skip}>{t.sort.skip} <kbd aria-hidden="true">s</kbd></button>
      </div>
      <Suggested it={it} guesses={guesses} onChoose={sorting.categorise} />
      {can('change') && <Quick it={it} codes={codes} first={first} sorting={sorting} onAnew={() => {
        quickForget(it.board);
        setCodes(quickCodes(it.board, rows.rows.items, lists.categories));
      }} />}
      <p class="hint">{t.sort.rest}</p>
      {open && <Palette label={open === 'category' ? t.sort.other : t.sort.give} hint={t.sort.typing}
        commands={choices(open, lists, it, sorting)} onClose={() => setOpen(null)} />}
    </section>);
}
