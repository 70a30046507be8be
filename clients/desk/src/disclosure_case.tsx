/* The documents of one case of a disclosure, gone through one after the other. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { useDesk } from './desk.ts';
import { decideDocument, readDisclosure, readDocuments } from './disclosure_api.ts';
import type { DocumentDecision } from './disclosure_api.ts';
import { OneDocument } from './disclosure_document.tsx';
import { useFetched } from './fetched.ts';
import { disclosurePath } from './place.ts';
import { disclosureWords } from './texts/disclosure.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { Disclosure, DisclosureCase } from './types.ts';
import { fill, useWords, wordOf } from './words.ts';

interface DocumentsProps {
  whole: Disclosure;
  it: DisclosureCase;
  put: (it: DisclosureCase) => void;
  onAgain: () => void;
}

/* The focus goes on to the next that waits, or to the way on. */
function lead(it: DisclosureCase, from: string): void {
  const at = it.items.findIndex((d) => d.document === from);
  const next = [...it.items.slice(at + 1), ...it.items.slice(0, at)].find((d) => d.state === 'needs');

  window.setTimeout(() => document.getElementById(next ? `head-${next.document}` : 'disclosure-on')?.focus(), 0);
}

function Documents({ whole, it, put, onAgain }: DocumentsProps): JSX.Element {
  const t = useWords();
  const w = disclosureWords(t);
  const { announce } = useDesk();
  const isOpen = it.state === 'open';
  const left = whole.items.find((one) => one.needs > 0 && one.number !== it.number);
  const decide = (document: string) => async (body: DocumentDecision): Promise<void> => {
    const next = await decideDocument(String(whole.id), it.number, document, body);
    put(next);
    announce(fill(w.saved, { state: wordOf(w.docStates, body.decision) }));
    lead(next, document);
  };

  return (
    <>
      {!isOpen && <p class="soft">{w.closed}</p>}
      {it.items.map((d) => (
        <OneDocument key={`${d.document} ${d.hash} ${d.state}`} it={d} number={it.number} sections={whole.sections} isOpen={isOpen}
          decide={decide(d.document)} onAgain={onAgain} />))}
      {isOpen && <p>{left ? <a class="button" id="disclosure-on" href={disclosurePath(whole.id, left.number)}>{w.nextCase}</a>
        : <a class="button" id="disclosure-on" href={disclosurePath(whole.id)}>{fill(w.backTo, { reference: whole.reference })}</a>}</p>}
    </>);
}

export function OneCase({ id, number }: { id: string; number: string }): JSX.Element {
  const t = useWords();
  const w = disclosureWords(t);
  const { signIns } = useDesk();
  const whole = useFetched((signal) => readDisclosure(id, signal), [id, signIns]);
  const { value: it, error, again, put } = useFetched((signal) => readDocuments(id, number, signal), [id, number, signIns]);
  const heading = useRef<HTMLHeadingElement>(null);
  const failed = error ?? whole.error;

  useEffect(() => { document.title = `${number} – ${w.title} – ${t.desk}`; }, [number, w, t]);
  useEffect(() => heading.current?.focus(), []);
  return (
    <>
      <p class="noprint"><a class="back" href={disclosurePath(id)}>← {fill(w.backTo, { reference: whole.value?.reference ?? w.title })}</a></p>
      <h1 tabIndex={-1} ref={heading}>{number}</h1>
      {failed !== null && <Trouble text={troubleText(t, failed)} of={number} onRetry={() => { again(); whole.again(); }} />}
      {it && whole.value ? <Documents whole={whole.value} it={it} put={put} onAgain={again} /> : failed === null && <p role="status">{t.loading}</p>}
    </>);
}
