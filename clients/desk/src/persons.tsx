/* What one's boards hold on a person, for their data protection officer: found by an
 * address or a number, to be read, printed or saved. The address stands in no URL. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { searchPersons } from './api.ts';
import { isOfficer, useDesk } from './desk.ts';
import { ProblemError } from './errors.ts';
import { ErrorSummary, Field } from './field.tsx';
import type { Fault } from './field.tsx';
import { PersonHeld } from './person_held.tsx';
import type { Found } from './person_held.tsx';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import { useWords } from './words.ts';

/* An address has an @; anything else is a telephone number. */
function searchOf(sought: string): { email: string } | { phone: string } {
  return sought.includes('@') ? { email: sought } : { phone: sought };
}

function useSearch() {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [found, setFound] = useState<Found | null>(null);
  const search = async (sought: string): Promise<void> => {
    setBusy(true);
    setError(null);
    setFound(null);
    try {
      const held = await searchPersons(searchOf(sought), new AbortController().signal);
      setFound({ sought, at: new Date().toISOString(), held });
    } catch (failed) {
      setError(failed);
    }
    setBusy(false);
  };

  return { isBusy, error, found, search };
}

const isRefused = (error: unknown): boolean => error instanceof ProblemError && error.status === 422;

function Search(): JSX.Element {
  const t = useWords();
  const { isBusy, error, found, search } = useSearch();
  const [sought, setSought] = useState('');
  const [faults, setFaults] = useState<Fault[]>([]);
  const send = (event: Event): void => {
    event.preventDefault();
    setSought(sought.trim());
    if (!isBusy) void search(sought.trim());
  };

  useEffect(() => { setFaults(isRefused(error) ? [{ id: 'sought', text: t.persons.fault }] : []); }, [t, error]);
  return (
    <>
      <form class="noprint" noValidate onSubmit={send}>
        <ErrorSummary title={t.error.summary} faults={faults} />
        <Field id="sought" label={t.persons.label} hint={t.persons.hint} fault={faults[0]?.text}>
          {(aria) => <input {...aria} type="text" maxLength={254} autocomplete="off" spellcheck={false} value={sought}
            onInput={(event) => setSought(event.currentTarget.value)} />}
        </Field>
        <button type="submit" class="main" aria-disabled={isBusy}>{isBusy ? t.persons.searching : t.persons.search}</button>
      </form>
      {error !== null && !isRefused(error) && <Trouble text={troubleText(t, error)} />}
      {found && <PersonHeld found={found} />}
    </>);
}

export function Persons(): JSX.Element {
  const t = useWords();
  const { session } = useDesk();
  const isAllowed = isOfficer(session);

  useEffect(() => { document.title = `${t.persons.title} – ${t.desk}`; }, [t]);
  return (
    <article class="persons">
      <h1>{t.persons.title}</h1>
      {isAllowed && <p class="noprint">{t.persons.lead}</p>}
      {isAllowed ? <Search /> : <Trouble text={t.persons.notYou} />}
    </article>);
}
