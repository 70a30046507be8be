/* More words to a case; to one that is closed, the wish that it is opened again. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { addMessage, ProblemError, readCase, reopenCase } from './api.ts';
import { useApp } from './app_state.ts';
import { Faults, Field } from './field.tsx';
import type { CaseNow, Known } from './types.ts';
import { useWords } from './words.ts';

interface AnswerProps {
  known: Known;
  now: CaseNow;
  onNow: (now: CaseNow) => void;
}

function troubleKey(error: unknown): string {
  if (!(error instanceof ProblemError)) return 'answer.offline';
  return error.status === 429 ? 'answer.busy' : 'answer.refused';
}

function useAnswer({ known, now, onNow }: AnswerProps): { text: string; setText: (text: string) => void; isBusy: boolean; fault: string; round: number; send: () => void } {
  const { t } = useWords();
  const { say } = useApp();
  const [text, setText] = useState('');
  const [{ fault, round }, setFaulty] = useState({ fault: '', round: 0 });
  const setFault = (key: string): void => setFaulty((old) => ({ fault: key, round: old.round + 1 }));
  const [isBusy, setBusy] = useState(false);
  const send = async (): Promise<void> => {
    setBusy(true);
    setFault('');
    try {
      if (now.status === 'closed') {
        await reopenCase(known.number, known.code, text);
        onNow(await readCase(known.number, known.code));
      } else onNow(await addMessage(known.number, known.code, text));
      setText('');
      say(t('answer.sent'));
    } catch (error) {
      setFault(troubleKey(error));
    }
    setBusy(false);
  };

  return { text, setText, isBusy, fault, round, send: () => {
    if (!text.trim()) setFault('answer.empty');
    else if (!isBusy) void send();
  } };
}

export function CaseAnswer(props: AnswerProps): JSX.Element | null {
  const { t } = useWords();
  const { text, setText, isBusy, fault, round, send } = useAnswer(props);
  const isClosed = props.now.status === 'closed';

  if (props.now.disposedOn) return null;
  return (
    <form class="noprint" noValidate aria-labelledby="answer-title" onSubmit={(event) => { event.preventDefault(); send(); }}>
      <h2 id="answer-title">{t(isClosed ? 'answer.reopen-title' : 'answer.title')}</h2>
      <Faults title={t('fault.summary')} faults={fault ? [{ id: 'answer', text: t(fault) }] : []} round={round} />
      <Field id="answer" label={t(isClosed ? 'answer.why' : 'answer.text')} fault={fault ? t(fault) : undefined}>{(aria) => (
        <textarea {...aria} rows={4} value={text} onInput={(event) => setText(event.currentTarget.value)} />)}</Field>
      <button type="submit" class="main" aria-disabled={isBusy}>{t(isClosed ? 'answer.reopen' : 'answer.send')}</button>
    </form>);
}
