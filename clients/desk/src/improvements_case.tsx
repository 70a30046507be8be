/* Beside a case: the actions that it led to, and praise that is shared. Fetched when somebody
 * opens it. */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';

import { useDesk } from './desk.ts';
import { ProblemError } from './errors.ts';
import { useFetched } from './fetched.ts';
import { Field } from './field.tsx';
import { day } from './format.ts';
import { allImprovements, improvementsOf, linkImprovement, readPraise, sharePraise } from './improvements_api.ts';
import { improvementsPath } from './place.ts';
import { draftKeep, draftRead } from './store.ts';
import { improvementWords } from './texts/improvement.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { Case, Praise } from './types.ts';
import { fill, useWords } from './words.ts';

function Actions({ it }: { it: Case }): JSX.Element {
  const t = useWords();
  const w = improvementWords(t);
  const { signIns } = useDesk();
  const { value: of, error, again } = useFetched((signal) => improvementsOf(it.number, signal), [it.number, it.version, signIns]);
  const all = useFetched((signal) => allImprovements(it.board, signal), [it.board, signIns]).value ?? [];
  const [chosen, setChosen] = useState('');
  const [said, setSaid] = useState('');
  const link = (): void => {
    if (!chosen) return;
    linkImprovement(Number(chosen), it.number, false).then(() => {
      setSaid(fill(w.didLink, { number: it.number }));
      setChosen('');
      again();
    }, (e: unknown) => setSaid(e instanceof ProblemError && e.status === 422 ? fill(w.wrongCase, { number: it.number })
      : e instanceof ProblemError && e.status === 409 ? w.full : troubleText(t, e)));
  };
  const free = all.filter(({ id, state }) => state !== 'dropped' && !of?.some((one) => one.id === id));

  if (error !== null) return <Trouble text={troubleText(t, error)} onRetry={again} />;
  if (!of) return <p role="status">{t.loading}</p>;
  return (
    <>
      {of.length === 0 && <p class="soft">{w.caseNone}</p>}
      <ul class="related">{of.map((one) => (
        <li key={one.id}><a href={`${improvementsPath}/${one.id}`} lang="sv">{one.title}</a> <span class="soft">{w.states[one.state]}</span></li>))}</ul>
      <p role="status">{said}</p>
      {free.length > 0 && <form class="link" onSubmit={(event) => { event.preventDefault(); link(); }}>
        <label for="improvement-choice">{w.choose}</label>
        <div class="beside">
          <select id="improvement-choice" value={chosen} onChange={(event) => setChosen(event.currentTarget.value)}>
            <option value="">{w.chooseNone}</option>
            {free.map(({ id, title }) => <option key={id} value={String(id)}>{title}</option>)}</select>
          <button type="submit">{w.linkTo}</button>
        </div>
      </form>}
    </>);
}

const draft = 'praise';

function Sharing({ it, praise, onChange }: { it: Case; praise: Praise; onChange: (praise: Praise) => void }): JSX.Element {
  const t = useWords();
  const w = improvementWords(t);
  const [text, setText] = useState(() => draftRead(it.number, draft)['text'] ?? praise.shared?.text ?? '');
  const [consent, setConsent] = useState(false);
  const [isMissing, setMissing] = useState(false);
  const [said, setSaid] = useState('');
  const status = useRef<HTMLParagraphElement>(null);
  const send = (words: string | null): void => {
    sharePraise(it.number, words, consent).then((next) => {
      draftKeep(it.number, draft, {});
      onChange(next);
      setSaid(words === null ? w.didUnshare : w.didShare);
      status.current?.focus();
    }, (e: unknown) => setSaid(troubleText(t, e)));
  };

  return (
    <>
      <p class="said" tabIndex={-1} ref={status} role="status">{said}</p>
      {praise.shared && <p>{fill(w.shared, { day: day(t, praise.shared.on) })} <button type="button" onClick={() => send(null)}>{w.unshare}</button></p>}
      {praise.possible ? <form noValidate onSubmit={(event) => {
        event.preventDefault();
        setMissing(!text.trim() || !consent);
        if (text.trim() && consent) send(text.trim());
      }}>
        <p class="soft">{w.praiseLead}</p>
        <Field id="praise-text" label={w.praiseText} hint={w.praiseHint} fault={isMissing && !text.trim() ? fill(w.required, { label: w.praiseText }) : undefined}>
          {(aria) => <textarea {...aria} rows={3} maxLength={1000} value={text} onInput={(event) => {
            setText(event.currentTarget.value);
            draftKeep(it.number, draft, { text: event.currentTarget.value });
          }} />}
        </Field>
        <Field id="praise-consent" label={w.consent} fault={isMissing && !consent ? fill(w.required, { label: w.consent }) : undefined}>
          {(aria) => <input {...aria} type="checkbox" checked={consent} onChange={(event) => setConsent(event.currentTarget.checked)} />}
        </Field>
        <button type="submit">{w.share}</button>
      </form> : <p class="soft">{w.praiseNot}</p>}
    </>);
}

function SharedPraise({ it }: { it: Case }): JSX.Element {
  const t = useWords();
  const w = improvementWords(t);
  const { value: praise, error, again, put } = useFetched((signal) => readPraise(it.number, signal), [it.number, it.version]);

  return (
    <section>
      <h3>{w.praise}</h3>
      {error !== null && <Trouble text={troubleText(t, error)} onRetry={again} />}
      {praise && <Sharing it={it} praise={praise} onChange={put} />}
    </section>);
}

export function CaseImprovements({ it }: { it: Case }): JSX.Element {
  return (
    <>
      <Actions it={it} />
      {it.type === 'praise' && <SharedPraise it={it} />}
    </>);
}
