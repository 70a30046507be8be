/* Cases into a disclosure: by filter, or by their numbers. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { useDesk } from './desk.ts';
import { numbersIn } from './disclosure.ts';
import { doDisclosure } from './disclosure_api.ts';
import { useDistricts } from './districts.ts';
import { ProblemError } from './errors.ts';
import { Field } from './field.tsx';
import type { Options } from './filters.tsx';
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

export function addedText(w: DisclosureWords, { adding }: Disclosure): string {
  if (!adding) return '';
  return [fill(w.added, { added: adding.added }), ...(adding.unreadable ? [fill(w.addedUnreadable, { n: adding.unreadable })] : []),
    ...(adding.unknown ? [fill(w.addedUnknown, { n: adding.unknown })] : [])].join(' ');
}

function useAdding({ it, onChange }: ChooseProps): { isBusy: boolean; error: unknown; add: (body: object) => Promise<void> } {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const w = disclosureWords(useWords());
  const { announce } = useDesk();

  return { isBusy, error, add: async (body) => {
    setBusy(true);
    setError(null);
    try {
      const next = await doDisclosure(String(it.id), 'cases', body);
      announce(addedText(w, next));
      onChange(next);
    } catch (failed) {
      setError(failed);
    }
    setBusy(false);
  } };
}

function Failed({ error }: { error: unknown }): JSX.Element | null {
  const t = useWords();
  const w = disclosureWords(t);

  if (error === null) return null;
  return <Trouble text={error instanceof ProblemError && error.status === 409 ? w.full : troubleText(t, error)} />;
}

function Choice({ name, label, options, value, onChange }: { name: string; label: string; options: Options; value: string;
  onChange: (value: string) => void }): JSX.Element {
  const w = disclosureWords(useWords());

  return (
    <Field id={`disclosure-${name}`} label={label}>{(aria) => (
      <select {...aria} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {[['', w.any] as const, ...options].map(([code, text]) => <option key={code} value={code}>{text}</option>)}</select>)}</Field>);
}

export function ByFilter(props: ChooseProps): JSX.Element {
  const t = useWords();
  const w = disclosureWords(t);
  const { lists, signIns } = useDesk();
  const districts = useDistricts(signIns);
  const [filter, setFilter] = useState<Record<string, string>>({});
  const { isBusy, error, add } = useAdding(props);
  const set = (name: string) => (value: string): void => setFilter({ ...filter, [name]: value });
  const choices: [string, string, Options][] = [['category', w.category, lists.categories.map((c) => [c.code, c.name])],
    ['district', w.district, districts], ['type', w.type, Object.entries(t.type)], ['status', w.status, Object.entries(t.status)]];
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    await add({ filter: Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== '')) });
  };

  return (
    <form class="card" onSubmit={send}>
      <h2>{w.byFilter}</h2>
      <Failed error={error} />
      <div class="choices">
        {choices.map(([name, label, options]) => (
          <Choice key={name} name={name} label={label} options={options} value={filter[name] ?? ''} onChange={set(name)} />))}
        {([['from', w.from], ['to', w.to]] as const).map(([name, label]) => (
          <Field key={name} id={`disclosure-${name}`} label={label}>{(aria) => (
            <input {...aria} type="date" value={filter[name] ?? ''} onChange={(event) => set(name)(event.currentTarget.value)} />)}</Field>))}
      </div>
      <button type="submit" disabled={isBusy}>{isBusy ? w.adding : w.add}</button>
    </form>);
}

export function ByNumber(props: ChooseProps): JSX.Element {
  const w = disclosureWords(useWords());
  const [text, setText] = useState('');
  const [isWrong, setWrong] = useState(false);
  const { isBusy, error, add } = useAdding(props);
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    const numbers = numbersIn(text);
    const isBad = !numbers.length || numbers.some((one) => !/^\d{4}-\d{1,15}$/.test(one));

    setWrong(isBad);
    if (isBad) document.getElementById('disclosure-numbers')?.focus();
    else await add({ numbers });
  };

  return (
    <form class="card" onSubmit={send} noValidate>
      <h2>{w.byNumber}</h2>
      <Failed error={error} />
      <Field id="disclosure-numbers" label={w.numbers} hint={w.numbersHint} fault={isWrong ? w.numbersWrong : undefined}>{(aria) => (
        <textarea {...aria} rows={3} value={text} onInput={(event) => setText(event.currentTarget.value)} />)}</Field>
      <button type="submit" disabled={isBusy}>{isBusy ? w.adding : w.add}</button>
    </form>);
}
