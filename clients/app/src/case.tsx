/* One case: where it stands, what was said, more words to it, and the code that opens it. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { ProblemError, readCase } from './api.ts';
import { useApp } from './app_state.ts';
import { CaseAnswer } from './case_answer.tsx';
import { listen, tell } from './changes.ts';
import { CodeSlip } from './code_slip.tsx';
import { within } from './db.ts';
import { longDay, moment } from './format.ts';
import { Title } from './frame.tsx';
import { knownNow } from './known.ts';
import { dropCase } from './push_now.ts';
import { PushSwitch } from './push_switch.tsx';
import type { CaseNow, Known } from './types.ts';
import { useSent } from './use_outbox.ts';
import { useWords } from './words.ts';

type Trouble = '' | 'offline' | 'gone';

function useCase(known: Known | undefined): { now: CaseNow | null; trouble: Trouble; setNow: (now: CaseNow) => void } {
  const [now, set] = useState<CaseNow | null>(null);
  const [trouble, setTrouble] = useState<Trouble>('');
  const setNow = (read: CaseNow): void => {
    set(read);
    setTrouble('');
    if (known) void within(['cases'], 'readwrite', async (kept) => {
      if (await kept.get('cases', known.number)) await kept.put('cases', knownNow(known, read));
    }).catch(() => undefined);
  };

  useEffect(() => {
    const control = new AbortController();
    const read = (): void => {
      if (known) readCase(known.number, known.code, control.signal).then(setNow, (error: unknown) => {
        if (!control.signal.aborted) setTrouble(error instanceof ProblemError && error.status === 404 ? 'gone' : 'offline');
      });
    };
    read();
    const deaf = listen((news) => { if (news === 'news') read(); });
    return () => { control.abort(); deaf(); };
  }, [known?.number]);
  return { now, trouble, setNow };
}

function Messages({ now }: { now: CaseNow }): JSX.Element {
  const { t, language } = useWords();

  return (
    <section aria-labelledby="talk-title">
      <h2 id="talk-title">{t('case.talk')}</h2>
      {now.messages.length === 0 && <p>{t('case.no-words')}</p>}
      <ul class="plain talk">{now.messages.map(({ from, at, text }, i) => (
        <li key={i} class={from}><p class="soft">{t(from === 'city' ? 'case.city' : 'case.you')}, {moment(language.code, at)}</p><p class="said" dir="auto">{text}</p></li>))}</ul>
    </section>);
}

function Events({ now }: { now: CaseNow }): JSX.Element {
  const { t, or, language } = useWords();

  return (
    <details>
      <summary>{t('case.events')}</summary>
      <ul>{now.events.map(({ at, what }, i) => <li key={i}>{moment(language.code, at)}: {or(`event.${what}`, t('event.other'))}</li>)}</ul>
    </details>);
}

function Forget({ known }: { known: Known }): JSX.Element {
  const { t } = useWords();
  const { go } = useApp();
  const [isAsking, setAsking] = useState(false);
  const forget = async (): Promise<void> => {
    await dropCase(known).catch(() => undefined);
    await within(['cases'], 'readwrite', (kept) => kept.remove('cases', known.number));
    tell('changed');
    go({ name: 'mine' }, true);
  };

  return (
    <p class="noprint">{isAsking ? <button type="button" class="danger" onClick={() => { void forget(); }}>{t('case.forget-sure')}</button>
      : <button type="button" onClick={() => setAsking(true)}>{t('case.forget')}</button>}</p>);
}

function CaseBody({ known }: { known: Known }): JSX.Element {
  const { t, or, language } = useWords();
  const { now, trouble, setNow } = useCase(known);
  const status = now?.disposedOn ? 'disposed' : now?.status ?? known.status;

  return (
    <>
      <Title text={t('case.title', { number: known.number })} />
      {known.text && <p class="lead" dir="auto">{known.text}</p>}
      {trouble && <p class="warning" role="status">▲ {t(`case.${trouble}`)}</p>}
      <div class="state" role="status"><p><strong>{or(`status.${status}.name`, status)}</strong> {or(`status.${status}.text`, '')}</p></div>
      <dl class="summary">
        <div><dt>{t('case.board')}</dt><dd><bdi lang="sv">{now?.board.name ?? known.board}</bdi></dd></div>
        {status !== 'closed' && status !== 'disposed' && <div><dt>{t('case.answer-by')}</dt><dd>{longDay(language.code, now?.answerBy ?? known.answerBy)}</dd></div>}
      </dl>
      {status !== 'disposed' && <PushSwitch known={known} />}
      {now && <><Messages now={now} /><CaseAnswer known={known} now={now} onNow={setNow} /><Events now={now} /></>}
      <CodeSlip known={known} />
      <Forget known={known} />
    </>);
}

export function CaseScreen({ number }: { number: string }): JSX.Element {
  const { t } = useWords();
  const sent = useSent();
  const known = sent?.cases.find((one) => one.number === number);

  if (known) return <CaseBody known={known} />;
  return (
    <>
      <Title text={t('case.title', { number })} />
      {sent && <p>{t('case.unknown')} <a class="button" href="/app/mina/lagg-till">{t('add.title')}</a></p>}
    </>);
}
