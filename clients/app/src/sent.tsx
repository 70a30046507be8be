/* After the button: what really happens to what was sent, from "waits" to its number. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { useApp } from './app_state.ts';
import { clock, longDay } from './format.ts';
import { Title } from './frame.tsx';
import { CodeSlip } from './code_slip.tsx';
import { isLoose, takeOut } from './outbox.ts';
import { sendNow } from './sending.ts';
import { stepOfField } from './draft.ts';
import type { Known, Waiting } from './types.ts';
import { caseOfKey, useSent } from './use_outbox.ts';
import { useWords } from './words.ts';
import type { Words } from './words.ts';

/* Why it was refused and what to do, in the app's words; what the server says of a field
 * comes after. */
export function refusalText({ t, or }: Words, { refusal }: Waiting): string {
  return refusal ? or(`refused.${refusal.status}`, t('refused.other', { status: refusal.status })) : '';
}

export function stateText(words: Words, entry: Waiting, isSending: boolean): string {
  const { t, language } = words;

  if (entry.refusal) return refusalText(words, entry);
  if (isSending) return t('state.sending');
  if (isLoose(entry.key)) return t('state.loose');
  if (!navigator.onLine) return t('state.offline');
  return entry.tries === 0 ? t('state.waits') : t('state.again', { time: clock(language.code, entry.notBefore) });
}

/* Back to what was typed, with all of it. What may have arrived is not changed: the same
 * key with other words would be nobody's. */
export function useTakeBack(): (entry: Waiting) => void {
  const { go, writing } = useApp();

  return (entry) => {
    void takeOut(entry.key, true).then((begun) => {
      if (!begun) return;
      writing.begin(begun);
      const step = stepOfField(entry.refusal?.fields[0]?.name ?? 'text');
      go(step === 'what' ? { name: 'what', area: '' } : { name: step });
    });
  };
}

export function EntryActions({ entry, isSending }: { entry: Waiting; isSending: boolean }): JSX.Element {
  const { t } = useWords();
  const takeBack = useTakeBack();
  const [isAsking, setAsking] = useState(false);

  return (
    <div class="pair">
      {!entry.refusal && !isSending && <button type="button" onClick={() => { void sendNow(true); }}>{t('state.try')}</button>}
      {!isSending && (entry.refusal || entry.tries === 0) &&
        <button type="button" class={entry.refusal ? 'main' : ''} onClick={() => takeBack(entry)}>{t('state.change')}</button>}
      {!isSending && !isAsking && <button type="button" onClick={() => setAsking(true)}>{t('remove')}</button>}
      {isAsking && <button type="button" class="danger" onClick={() => { void takeOut(entry.key, false); }}>{t('state.remove-sure')}</button>}
    </div>);
}

function Entry({ entry, isSending }: { entry: Waiting; isSending: boolean }): JSX.Element {
  const words = useWords();
  const { t } = words;
  const kind = entry.refusal ? 'refused' : isSending ? 'sending' : 'waiting';

  return (
    <>
      <Title text={t(`sent.${kind}`)} on="sent" />
      <div class={`state ${kind}`} role="status"><p>{stateText(words, entry, isSending)}</p></div>
      {entry.refusal?.fields.map(({ name, reason }) => <p key={name} class="fault">{words.or(`field.${name}`, name)}: {reason}</p>)}
      {kind === 'waiting' && <p>{t(isLoose(entry.key) ? 'sent.loose-lead' : 'sent.waiting-lead')}</p>}
      <EntryActions entry={entry} isSending={isSending} />
    </>);
}

function Received({ known }: { known: Known }): JSX.Element {
  const { t, language } = useWords();

  return (
    <>
      <Title text={t('sent.received', { number: known.number })} on={`received ${known.number}`} />
      <p role="status">{t('sent.received-lead', { board: known.board, day: longDay(language.code, known.answerBy) })}</p>
      <CodeSlip known={known} />
      <p><a class="button" href={`/app/mina/${known.number}`}>{t('sent.follow')}</a></p>
    </>);
}

export function SentScreen({ sentKey }: { sentKey: string }): JSX.Element {
  const { t } = useWords();
  const sent = useSent();
  const known = sent && caseOfKey(sent, sentKey);
  const entry = sent?.waiting.find(({ key }) => key === sentKey);

  if (!sent) return <Title text={t('sent.waiting')} on="sent" />;
  return (
    <>
      {known ? <Received known={known} /> : entry ? <Entry entry={entry} isSending={sent.sending.has(sentKey)} />
        : <Title text={t('sent.none')} />}
      <p class="after"><a class="button" href="/app/">{t('sent.new')}</a> <a class="button" href="/app/mina">{t('menu.mine')}</a></p>
    </>);
}
