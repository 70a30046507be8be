/* One mail in quarantine. It is fetched in full when somebody opens it, which is kept. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { readHeldMail } from './api.ts';
import { boardName, useDesk } from './desk.ts';
import { instant, size } from './format.ts';
import { HeldDecision } from './held_decision.tsx';
import { quarantineWords } from './texts/quarantine.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { HeldMail } from './types.ts';
import { fill, useWords, wordOf } from './words.ts';

function Head({ mail }: { mail: HeldMail }): JSX.Element {
  const t = useWords();
  const { lists } = useDesk();

  return (
    <>
      <dl>
        <div><dt>{quarantineWords(t).from}</dt><dd>{mail.fromName} {mail.from ? <span class="address">{mail.from}</span> : quarantineWords(t).nobody}</dd></div>
        <div><dt>{quarantineWords(t).received}</dt><dd><time dateTime={mail.receivedAt}>{instant(t, mail.receivedAt)}</time></dd></div>
        <div><dt>{quarantineWords(t).mailbox}</dt><dd><span class="address">{mail.mailbox}</span>, <span lang="sv">{boardName(lists, mail.board)}</span></dd></div>
        <div><dt>{quarantineWords(t).why}</dt><dd>{mail.reasons.map(({ code, detail }) => (
          <span class="reason" key={code}>{wordOf(quarantineWords(t).reasons, code)}{detail && <span class="soft"> ({detail})</span>}</span>))}</dd></div>
      </dl>
      {mail.overdue && <p class="duemark late"><strong><span aria-hidden="true">▲ </span>{quarantineWords(t).late}</strong></p>}
      {!mail.looked && <p class="soft">{quarantineWords(t).fresh}</p>}
    </>);
}

function Files({ mail }: { mail: HeldMail }): JSX.Element | null {
  const t = useWords();

  if (!mail.attachments.length) return null;
  return (
    <>
      <h3>{quarantineWords(t).files}</h3>
      <ul>{mail.attachments.map((file, i) => (
        <li key={i}>{file.name} <span class="soft">{file.type}, {size(file.size, t)}</span>
          {file.withheld && <strong> ▲ {quarantineWords(t).withheld}</strong>}</li>))}</ul>
    </>);
}

function Whole({ mail }: { mail: HeldMail }): JSX.Element {
  const t = useWords();

  return (
    <>
      <h3>{quarantineWords(t).excerpt}</h3>
      <p class="words">{mail.excerpt}</p>
      <Files mail={mail} />
      <h3>{quarantineWords(t).trace}</h3>
      <ol class="trace">{(mail.trace ?? []).map((one, i) => (
        <li key={i}>{wordOf(quarantineWords(t).done, one.what)} <span class="soft">{one.by ?? quarantineWords(t).server},{' '}
          <time dateTime={one.at}>{instant(t, one.at)}</time></span></li>))}</ol>
    </>);
}

interface HeldRowProps {
  mail: HeldMail;
  onDecided: (id: number, words: string) => void;
}

export function HeldRow({ mail, onDecided }: HeldRowProps): JSX.Element {
  const t = useWords();
  const [whole, setWhole] = useState<HeldMail | null>(null);
  const [error, setError] = useState<unknown>(null);
  const subject = mail.subject ?? quarantineWords(t).noSubject;
  const toggle = (): void => {
    setError(null);
    if (whole) setWhole(null);
    else readHeldMail(mail.id, new AbortController().signal).then(setWhole, setError);
  };

  return (
    <li class="card">
      <h2>{subject}</h2>
      <Head mail={whole ?? mail} />
      <button type="button" aria-expanded={whole !== null} onClick={toggle}
        aria-label={fill(whole ? quarantineWords(t).hideThis : quarantineWords(t).showThis, { subject })}>
        {whole ? quarantineWords(t).hide : quarantineWords(t).show}</button>
      {error !== null && <Trouble text={troubleText(t, error)} onRetry={toggle} />}
      {whole && <Whole mail={whole} />}
      {whole && <HeldDecision mail={whole} subject={subject} onDecided={onDecided} />}
    </li>);
}
