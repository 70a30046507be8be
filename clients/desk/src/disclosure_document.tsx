/* One document of a case that is to be handed out, and what is decided about it. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { attachmentAt, replyFileAt } from './api.ts';
import { whyNot } from './disclosure.ts';
import type { DocumentDecision } from './disclosure_api.ts';
import { Masked, Own, Proposals, Result } from './disclosure_masking.tsx';
import { isConflict, ProblemError } from './errors.ts';
import { Field } from './field.tsx';
import { useFocus } from './focus.ts';
import { instant } from './format.ts';
import { useSending } from './sending.ts';
import { disclosureWords } from './texts/disclosure.ts';
import type { DisclosureWords } from './texts/disclosure.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { Disclosure, DisclosureDocument, Passage } from './types.ts';
import { fill, useWords, wordOf } from './words.ts';

interface DocumentProps {
  it: DisclosureDocument;
  number: string;
  sections: Disclosure['sections'];
  isOpen: boolean;
  decide: (body: DocumentDecision) => Promise<void>; /* throws */
  onAgain: () => void;
}

/* Of the copy, so that no browser takes an older one for it. */
const versionOf = (hash: string): number => parseInt(hash.slice(0, 7), 16) + 1;

/* What is handed out masked is led to as the copy alone. */
function Picture({ it, number }: { it: DisclosureDocument; number: string }): JSX.Element | null {
  const w = disclosureWords(useWords());

  if (!it.file) return null;
  const isReply = it.kind === 'replyfile';
  const original = isReply ? replyFileAt(number, it.file.n, false) : attachmentAt(number, it.file.n, false);
  return (
    <>
      <p class="files">
        {it.file.masked && <a href={attachmentAt(number, it.file.n, false, versionOf(it.hash))} target="_blank" rel="noreferrer">{w.fileMasked}</a>}
        {it.state !== 'part' && <a href={original} target="_blank" rel="noreferrer">{w.file}</a>}
        <a href={`/desk/arenden/${number}`}>{w.toCase}</a></p>
      {it.file.picture && !isReply && <p>{it.file.masked ? w.copy : w.noCopy}</p>}
      <p class="soft">{it.file.picture ? w.inPdf : w.ownFile}</p>
    </>);
}

interface DecidingProps {
  it: DisclosureDocument;
  masks: Passage[];
  isBusy: boolean;
  onDecide: (decision: DocumentDecision['decision']) => void;
}

function Deciding({ it, masks, isBusy, onDecide }: DecidingProps): JSX.Element {
  const w = disclosureWords(useWords());
  const mayMask = it.file ? it.file.masked : masks.length > 0;

  return (
    <div class="buttons">
      {mayMask && <button type="button" name="part" class="main" aria-disabled={isBusy} onClick={() => onDecide('part')}>{isBusy ? w.saving : w.part}</button>}
      {masks.length === 0 && <button type="button" name="whole" aria-disabled={isBusy} onClick={() => onDecide('whole')}>{isBusy ? w.saving : w.whole}</button>}
      <button type="button" name="refused" aria-disabled={isBusy} onClick={() => onDecide('refused')}>{w.refuse}</button>
    </div>);
}

function Judged({ it, sections, decide, onAgain }: Omit<DocumentProps, 'number' | 'isOpen'>): JSX.Element {
  const t = useWords();
  const w = disclosureWords(t);
  const [masks, setMasks] = useState<Passage[]>(it.masks);
  const [section, setSection] = useState(it.section ?? it.masks[0]?.section ?? sections[0]?.section ?? '');
  const focus = useFocus();
  const { isBusy, error, send } = useSending();
  const wrong = error instanceof ProblemError ? error.problem.fields.map(({ name }) => name) : [];
  const parts = { it, text: it.text ?? '', masks, setMasks, section, focus };
  const judge = (decision: DocumentDecision['decision']): Promise<void> => send(() => decide({ decision, hash: it.hash, because: it.because,
    ...(decision === 'part' && { masks }), ...(decision === 'refused' && { section }) }));

  return (
    <>
      <Field id={`section-${it.document}`} label={w.section} fault={wrong.includes('section') ? w.sectionWrong : undefined}>{(aria) => (
        <select {...aria} value={section} onChange={(event) => setSection(event.currentTarget.value)}>
          {sections.map((s) => <option key={s.section} value={s.section}>{s.section}, {s.name}</option>)}</select>)}</Field>
      {it.text !== null && <>
        <Proposals {...parts} />
        <Own {...parts} fault={wrong.some((name) => name.startsWith('masks')) ? w.masksWrong : undefined} />
        <Masked {...parts} />
        <Result {...parts} />
      </>}
      {error !== null && wrong.length === 0 && <Trouble text={whyNot(w, error) || troubleText(t, error)}
        {...(isConflict(error) && { retry: w.readAgain, of: nameOf(w, it), onRetry: onAgain })} />}
      <Deciding it={it} masks={masks} isBusy={isBusy} onDecide={(decision) => void judge(decision)} />
    </>);
}

const nameOf = (w: DisclosureWords, { kind, file }: DisclosureDocument): string => `${wordOf(w.kinds, kind)}${file ? ` ${file.n}` : ''}`;

export function OneDocument({ isOpen, number, ...judged }: DocumentProps): JSX.Element {
  const t = useWords();
  const w = disclosureWords(t);
  const { it } = judged;

  return (
    <section class="card" id={it.document} aria-labelledby={`head-${it.document}`}>
      <h2 id={`head-${it.document}`} tabIndex={-1}>{nameOf(w, it)}</h2>
      <p class={it.state === 'needs' ? 'attention' : 'soft'}>{it.state === 'needs' && '▲ '}{wordOf(w.docStates, it.state)}. {instant(t, it.at)}.
        {it.because.length > 0 && <>{' '}{fill(w.may, { reasons: it.because.map((b) => wordOf(w.because, b)).join(', ') })}</>}</p>
      <Picture it={it} number={number} />
      {it.text !== null && !isOpen && <Result it={it} text={it.text} masks={it.masks} />}
      {isOpen && <Judged {...judged} />}
    </section>);
}
