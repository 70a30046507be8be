/* What this device has sent, waits to send, has begun and supports; and a case added by
 * hand, by the number and code of a letter. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { ProblemError, readCase } from './api.ts';
import { useApp } from './app_state.ts';
import { listen } from './changes.ts';
import { within } from './db.ts';
import { isBegun } from './draft.ts';
import { draftAt, draftRemove, draftsBegun } from './draft_store.ts';
import { Faults, Field } from './field.tsx';
import { moment } from './format.ts';
import { Title } from './frame.tsx';
import { knownNow } from './known.ts';
import { lookForNews } from './news.ts';
import { EntryActions, stateText } from './sent.tsx';
import type { Draft, Known, Waiting } from './types.ts';
import { useSent } from './use_outbox.ts';
import { useWords } from './words.ts';

function WaitingRow({ entry, isSending }: { entry: Waiting; isSending: boolean }): JSX.Element {
  const words = useWords();
  const kind = entry.refusal ? 'refused' : isSending ? 'sending' : 'waiting';

  return (
    <li class="card">
      <p><strong dir="auto">{entry.draft.text.slice(0, 80)}</strong></p>
      <div class={`state ${kind}`} role="status"><p><strong>{words.t(`state.${kind}`)}</strong> {kind !== 'sending' && stateText(words, entry, isSending)}</p></div>
      <EntryActions entry={entry} isSending={isSending} />
    </li>);
}

function CaseRow({ known }: { known: Known }): JSX.Element {
  const { t, or, language } = useWords();

  return (
    <li><a class="card row" href={`/app/mina/${known.number}`}>
      <strong dir="auto">{known.text || known.number}</strong>
      <span>{known.hasNews && <strong>● {t('mine.news')}: </strong>}{or(`status.${known.status}.name`, known.status)}</span>
      <span class="soft">{t('mine.received', { number: known.number, at: moment(language.code, known.receivedAt) })}</span></a></li>);
}

/* As it is opened, and when word of something new comes meanwhile. */
function useNews(): void {
  useEffect(() => {
    const control = new AbortController();
    const look = (): void => { void lookForNews(control.signal).catch(() => undefined); };
    look();
    const deaf = listen((news) => { if (news === 'news') look(); });
    return () => { control.abort(); deaf(); };
  }, []);
}

/* Drafts other than the one that the steps show. */
function useBegun(): [Draft[], () => void] {
  const { writing } = useApp();
  const [drafts, setDrafts] = useState<Draft[]>([]);
  const read = (): void => { void draftsBegun().then(setDrafts); };

  useEffect(read, [writing.draft.id]);
  return [drafts.filter((draft) => draft.id !== writing.draft.id), read];
}

function Begun(): JSX.Element | null {
  const { t } = useWords();
  const { go, writing } = useApp();
  const [drafts, read] = useBegun();
  const open = (id: string): void => {
    void draftAt(id).then((begun) => {
      if (begun) writing.begin(begun);
      go({ name: 'tell' });
    });
  };

  if (!drafts.length) return null;
  return (
    <section aria-labelledby="begun-title">
      <h2 id="begun-title">{t('mine.begun')}</h2>
      <ul class="plain">{drafts.map((draft) => (
        <li class="card" key={draft.id}>
          <p dir="auto">{draft.text.slice(0, 80) || t('mine.no-words')}</p>
          <div class="pair">
            <button type="button" onClick={() => open(draft.id)}>{t('mine.go-on')}</button>
            <button type="button" onClick={() => { void draftRemove(draft.id).then(read); }}>{t('remove')}</button>
          </div>
        </li>))}</ul>
    </section>);
}

export function Mine(): JSX.Element {
  const { t, or } = useWords();
  const { writing, city } = useApp();
  const sent = useSent();
  useNews();
  const isEmpty = sent && !sent.cases.length && !sent.waiting.length && !sent.supports.length;

  return (
    <>
      <Title text={t('menu.mine')} />
      {isEmpty && <p>{t('mine.empty')}</p>}
      {sent && sent.waiting.length > 0 && <section aria-labelledby="waiting-title">
        <h2 id="waiting-title">{t('mine.waiting')}</h2>
        <ul class="plain">{sent.waiting.map((entry) => <WaitingRow key={entry.key} entry={entry} isSending={sent.sending.has(entry.key)} />)}</ul>
      </section>}
      {sent && sent.cases.length > 0 && <section aria-labelledby="cases-title">
        <h2 id="cases-title">{t('mine.cases')}</h2>
        <ul class="plain">{sent.cases.map((known) => <CaseRow key={known.number} known={known} />)}</ul>
      </section>}
      {sent && sent.supports.length > 0 && <section aria-labelledby="supports-title">
        <h2 id="supports-title">{t('mine.supports')}</h2>
        <ul class="plain">{sent.supports.map(({ key, category }) => (
          <li key={key}><a class="card row" href={`/app/stod/${key}`}>
            <strong>{city.categories?.find(({ code }) => code === category)?.name ?? or(`category.${category}`, category)}</strong></a></li>))}</ul>
      </section>}
      <Begun />
      <p class="after"><a class="button main" href="/app/">{t(isBegun(writing.draft, writing.photos.length) ? 'mine.draft' : 'sent.new')}</a>{' '}
        <a class="button" href="/app/mina/lagg-till">{t('add.title')}</a></p>
    </>);
}

const codeForm = (typed: string): string => typed.trim().toUpperCase();

function useAdd(): { fault: string; round: number; isBusy: boolean; add: (number: string, code: string) => void } {
  const { t } = useWords();
  const { go } = useApp();
  const [now, setNow] = useState({ fault: '', isBusy: false, round: 0 });
  const add = async (number: string, code: string): Promise<void> => {
    setNow((old) => ({ ...old, fault: '', isBusy: true }));
    try {
      const known = knownNow({ number, code, key: '', text: '' }, await readCase(number, code));
      await within(['cases'], 'readwrite', (kept) => kept.put('cases', known));
      go({ name: 'case', number }, true);
    } catch (error) {
      setNow((old) => ({ fault: t(error instanceof ProblemError ? 'add.wrong' : 'add.offline'), isBusy: false, round: old.round + 1 }));
    }
  };

  return { ...now, add: (number, code) => { void add(number.trim(), codeForm(code)); } };
}

export function AddCase(): JSX.Element {
  const { t } = useWords();
  const { back } = useApp();
  const [number, setNumber] = useState('');
  const [code, setCode] = useState('');
  const { fault, round, isBusy, add } = useAdd();
  const faults = fault ? [{ id: 'add-number', text: fault }] : [];

  return (
    <form noValidate onSubmit={(event) => { event.preventDefault(); if (!isBusy) add(number, code); }}>
      <Title text={t('add.title')} />
      <p>{t('add.lead')}</p>
      <Faults title={t('fault.summary')} faults={faults} round={round} />
      <Field id="add-number" label={t('slip.number')} hint={t('add.number-hint')} fault={fault || undefined}>{(aria) => (
        <input {...aria} type="text" inputmode="numeric" autocomplete="off" class="code" dir="ltr" value={number} onInput={(e) => setNumber(e.currentTarget.value)} />)}</Field>
      <Field id="add-code" label={t('slip.code')} hint={t('add.code-hint')}>{(aria) => (
        <input {...aria} type="text" autocapitalize="characters" autocomplete="off" spellcheck={false} class="code" dir="ltr" value={code} onInput={(e) => setCode(e.currentTarget.value)} />)}</Field>
      <div class="pair">
        <button type="button" onClick={back}>{t('back')}</button>
        <button type="submit" class="main" aria-disabled={isBusy}>{t('add.add')}</button>
      </div>
    </form>);
}
