/* Cases into a disclosure: by filter, or by their numbers. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { useDesk } from './desk.ts';
import { numbersIn, whyNot } from './disclosure.ts';
import { doDisclosure } from './disclosure_api.ts';
import { useDistricts } from './districts.ts';
import { ProblemError } from './errors.ts';
import { Field } from './field.tsx';
import type { Options } from './options.ts';
import { useSending } from './sending.ts';
import { disclosureWords } from './texts/disclosure.ts';
import type { DisclosureWords } from './texts/disclosure.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { Disclosure } from './types.ts';
import { fill, useWords } from './words.ts';

interface ChooseProps {
  it: Disclosure;
  onChange: (it: Disclosure) => void;
}

function addedText(w: DisclosureWords, { adding }: Disclosure): string {
  if (!adding) return '';
  return [fill(w.added, { added: adding.added }), ...(adding.unreadable ? [fill(w.addedUnreadable, { n: adding.unreadable })] : []),
    ...adding.passed.map(({ number, boardName }) => fill(w.passed, { number, board: boardName })),
    ...(adding.unknown ? [fill(w.addedUnknown, { n: adding.unknown })] : [])].join(' ');
}

interface Adding {
  isBusy: boolean;
  error: unknown;
  told: string; /* what came of the last one */
  add: (body: object, done?: () => void) => Promise<void>;
}

function useAdding({ it, onChange }: ChooseProps): Adding {
  const w = disclosureWords(useWords());
  const { announce } = useDesk();
  const [told, setTold] = useState('');
  const { isBusy, error, send } = useSending();

  return { isBusy, error, told, add: (body, done) => send(async () => {
    setTold('');
    const next = await doDisclosure(String(it.id), 'cases', body);
    const said = addedText(w, next);
    setTold(said);
    announce(said);
    done?.();
    onChange(next);
  }) };
}

/* What the server found wrong with one of the fields. */
function faultOf(error: unknown, name: string): boolean {
  return error instanceof ProblemError && error.problem.fields.some((field) => field.name === name || field.name.startsWith(`${name}[`));
}

function Outcome({ error, told, isShown }: { error: unknown; told: string; isShown: boolean }): JSX.Element | null {
  const t = useWords();
  const w = disclosureWords(t);

  if (error !== null && isShown) return <Trouble text={whyNot(w, error) || troubleText(t, error)} />;
  return told ? <p class="notice">✓ {told}</p> : null;
}

function Choice({ name, label, options, value, onChange }: { name: string; label: string; options: Options; value: string;
  onChange: (value: string) => void }): JSX.Element {
  const w = disclosureWords(useWords());

  return (
    <Field id={`disclosure-${name}`} label={label}>{(aria) => (
      <select {...aria} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {[['', w.any] as const, ...options].map(([code, text]) => <option key={code} value={code}>{text}</option>)}</select>)}</Field>);
}

function ByFilter(props: ChooseProps): JSX.Element {
  const t = useWords();
  const w = disclosureWords(t);
  const { lists, signIns } = useDesk();
  const districts = useDistricts(signIns);
  const [filter, setFilter] = useState<Record<string, string>>({});
  const { isBusy, error, told, add } = useAdding(props);
  const isBackward = Boolean(filter['from'] && filter['to'] && filter['from'] > filter['to']);
  const [isTried, setTried] = useState(false);
  const faults: Record<string, string | undefined> = { from: faultOf(error, 'filter.from') ? w.dayWrong : undefined,
    to: isTried && isBackward ? w.backward : faultOf(error, 'filter.to') ? w.dayWrong : undefined };
  const set = (name: string) => (value: string): void => setFilter({ ...filter, [name]: value });
  const choices: [string, string, Options][] = [['category', w.category, lists.categories.map((c) => [c.code, c.name])],
    ['district', w.district, districts], ['type', w.type, Object.entries(t.type)], ['status', w.status, Object.entries(t.status)]];
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    setTried(true);
    if (isBackward) document.getElementById('disclosure-to')?.focus();
    else await add({ filter: Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== '')) });
  };

  return (
    <form class="card" onSubmit={send} noValidate>
      <h2>{w.byFilter}</h2>
      <div class="choices">
        {choices.map(([name, label, options]) => (
          <Choice key={name} name={name} label={label} options={options} value={filter[name] ?? ''} onChange={set(name)} />))}
        {([['from', w.from], ['to', w.to]] as const).map(([name, label]) => (
          <Field key={name} id={`disclosure-${name}`} label={label} fault={faults[name]}>{(aria) => (
            <input {...aria} type="date" value={filter[name] ?? ''} onChange={(event) => set(name)(event.currentTarget.value)} />)}</Field>))}
      </div>
      <Outcome error={error} told={told} isShown={!faults['from'] && !faults['to']} />
      <button type="submit" aria-disabled={isBusy}>{isBusy ? w.adding : w.add}</button>
    </form>);
}

function ByNumber(props: ChooseProps): JSX.Element {
  const w = disclosureWords(useWords());
  const [text, setText] = useState('');
  const [isMistyped, setMistyped] = useState(false);
  const { isBusy, error, told, add } = useAdding(props);
  const isWrong = isMistyped || faultOf(error, 'numbers');
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    const numbers = numbersIn(text);
    const isBad = !numbers.length || numbers.some((one) => !/^\d{4}-\d{1,15}$/.test(one));

    setMistyped(isBad);
    if (isBad) document.getElementById('disclosure-numbers')?.focus();
    else await add({ numbers }, () => setText(''));
  };

  return (
    <form class="card" onSubmit={send} noValidate>
      <h2>{w.byNumber}</h2>
      <Field id="disclosure-numbers" label={w.numbers} hint={w.numbersHint} fault={isWrong ? w.numbersWrong : undefined}>{(aria) => (
        <textarea {...aria} rows={3} value={text} onInput={(event) => setText(event.currentTarget.value)} />)}</Field>
      <Outcome error={error} told={told} isShown={!isWrong} />
      <button type="submit" aria-disabled={isBusy}>{isBusy ? w.adding : w.add}</button>
    </form>);
}

/* What leads while there are no cases; later it is in the way of those that there are. It does
 * not fold by itself while somebody chooses. */
export function Choosing(props: ChooseProps): JSX.Element {
  const w = disclosureWords(useWords());
  const [isFirst] = useState(props.it.items.length === 0);

  return (
    <details class="choosing" open={isFirst}>
      <summary>{w.choosing}</summary>
      <ByFilter {...props} />
      <ByNumber {...props} />
    </details>);
}
