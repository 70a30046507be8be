/* One document of a case that is to be handed out: what may be masked, taken one by one or
 * selected; and what is decided about it. */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';

import { attachmentAt } from './api.ts';
import { isMasked, piecesOf, selected, withMask, withoutMask, wordsOf } from './disclosure.ts';
import type { Span } from './disclosure.ts';
import type { DocumentDecision } from './disclosure_api.ts';
import { Field } from './field.tsx';
import { instant } from './format.ts';
import { disclosureWords } from './texts/disclosure.ts';
import type { Disclosure, DisclosureDocument, Passage } from './types.ts';
import { fill, useWords, wordOf } from './words.ts';

interface DocumentProps {
  it: DisclosureDocument;
  number: string;
  sections: Disclosure['sections'];
  isOpen: boolean;
  decide: (body: DocumentDecision) => Promise<void>;
}

interface MaskingProps {
  it: DisclosureDocument;
  text: string;
  masks: Passage[];
  setMasks: (masks: Passage[]) => void;
  section: string;
}

function Proposals({ it, text, masks, setMasks, section }: MaskingProps): JSX.Element {
  const w = disclosureWords(useWords());

  if (!it.proposals.length) return <p class="soft">{w.noProposals}</p>;
  return (
    <>
      <h3>{w.proposals}</h3>
      <ul class="plain proposals">{it.proposals.map((p) => {
        const said = { kind: wordOf(w.propose, p.kind), words: wordsOf(text, p) };
        const isOn = isMasked(masks, p);

        return (
          <li key={p.start}>
            <span><strong lang="sv">{said.words}</strong> ({said.kind}): {isOn ? `■ ${w.isMasked}` : w.isLeft}</span>
            {isOn ? <button type="button" aria-label={fill(w.leaveThis, said)} onClick={() => setMasks(withoutMask(masks, p))}>{w.leave}</button>
              : <button type="button" aria-label={fill(w.maskThis, said)}
                onClick={() => setMasks(withMask(masks, { start: p.start, end: p.end, section }))}>{w.mask}</button>}
          </li>);
      })}</ul>
    </>);
}

/* A field takes a selection by keyboard, too; one that is readOnly does not in every browser,
 * so this one is not, and nothing that is typed gets into it. */
function Own({ it, text, masks, setMasks, section }: MaskingProps): JSX.Element {
  const w = disclosureWords(useWords());
  const box = useRef<HTMLTextAreaElement>(null);
  const [isEmpty, setEmpty] = useState(false);
  const id = `own-${it.document}`;
  const mask = (): void => {
    const span = box.current && selected(text, box.current.selectionStart, box.current.selectionEnd);

    setEmpty(!span);
    if (span) setMasks(withMask(masks, { ...span, section }));
    else box.current?.focus();
  };

  return (
    <>
      <Field id={id} label={w.own} hint={w.ownHint} fault={isEmpty ? w.selectFirst : undefined}>{(aria) => (
        <textarea {...aria} ref={box} aria-readonly="true" onBeforeInput={(event) => event.preventDefault()} rows={Math.min(12, 2 + Math.ceil(text.length / 80))} lang="sv" value={text} />)}</Field>
      <button type="button" name="mask" onClick={mask}>{w.maskSelected}</button>
    </>);
}

function Masked({ text, masks, setMasks }: Omit<MaskingProps, 'it' | 'section'>): JSX.Element | null {
  const w = disclosureWords(useWords());

  if (!masks.length) return null;
  return (
    <>
      <h3>{w.masks}</h3>
      <ul class="plain proposals">{masks.map((m: Passage & Span) => (
        <li key={`${m.start} ${m.end}`}><span><strong lang="sv">{wordsOf(text, m)}</strong> ({m.section})</span>
          <button type="button" aria-label={fill(w.undo, { words: wordsOf(text, m) })}
            onClick={() => setMasks(masks.filter((one) => one !== m))}>{w.undoShort}</button></li>))}</ul>
    </>);
}

function Result({ text, masks }: { text: string; masks: Passage[] }): JSX.Element {
  const w = disclosureWords(useWords());

  return (
    <>
      <h3>{w.result}</h3>
      <p class="words result" lang="sv">{piecesOf(text, masks).map(({ text: part, section }, i) => (
        section === null ? part : <mark key={i}>[{fill(w.cut, { section })}]</mark>))}</p>
    </>);
}

/* Of the copy, so that no browser takes an older one for it. */
const versionOf = (hash: string): number => parseInt(hash.slice(0, 7), 16) + 1;

/* What is handed out masked is led to as the copy alone. */
function Picture({ it, number }: { it: DisclosureDocument; number: string }): JSX.Element | null {
  const w = disclosureWords(useWords());

  if (!it.file) return null;
  return (
    <>
      <p class="files">
        {it.file.masked && <a href={attachmentAt(number, it.file.n, false, versionOf(it.hash))} target="_blank" rel="noreferrer">{w.fileMasked}</a>}
        {it.state !== 'part' && <a href={attachmentAt(number, it.file.n, false)} target="_blank" rel="noreferrer">{w.file}</a>}
        <a href={`/desk/arenden/${number}`}>{w.toCase}</a></p>
      {it.file.picture && <p>{it.file.masked ? w.copy : w.noCopy}</p>}
      <p class="soft">{w.ownFile}</p>
    </>);
}

export function OneDocument({ it, number, sections, isOpen, decide }: DocumentProps): JSX.Element {
  const t = useWords();
  const w = disclosureWords(t);
  const [masks, setMasks] = useState<Passage[]>(it.masks);
  const [section, setSection] = useState(it.section ?? it.masks[0]?.section ?? sections[0]?.section ?? '');
  const text = it.text ?? '';
  const name = `${wordOf(w.kinds, it.kind)}${it.file ? ` ${it.file.n}` : ''}`;
  const seen = { hash: it.hash, because: it.because };
  const mayMask = it.file ? it.file.masked : masks.length > 0;

  return (
    <section class="card" id={it.document} aria-labelledby={`head-${it.document}`}>
      <h2 id={`head-${it.document}`} tabIndex={-1}>{name}</h2>
      <p class={it.state === 'needs' ? 'attention' : 'soft'}>{it.state === 'needs' && '▲ '}{wordOf(w.docStates, it.state)}. {instant(t, it.at)}.
        {it.because.length > 0 && <>{' '}{fill(w.may, { reasons: it.because.map((b) => wordOf(w.because, b)).join(', ') })}</>}</p>
      <Picture it={it} number={number} />
      {it.text !== null && !isOpen && <Result text={text} masks={it.masks} />}
      {isOpen && <>
        <Field id={`section-${it.document}`} label={w.section}>{(aria) => (
          <select {...aria} value={section} onChange={(event) => setSection(event.currentTarget.value)}>
            {sections.map((s) => <option key={s.section} value={s.section}>{s.section}, {s.name}</option>)}</select>)}</Field>
        {it.text !== null && <>
          <Proposals it={it} text={text} masks={masks} setMasks={setMasks} section={section} />
          <Own it={it} text={text} masks={masks} setMasks={setMasks} section={section} />
          <Masked text={text} masks={masks} setMasks={setMasks} />
          <Result text={text} masks={masks} />
        </>}
        <div class="buttons">
          {mayMask && <button type="button" name="part" class="main" onClick={() => decide({ decision: 'part', ...seen, masks })}>{w.part}</button>}
          {masks.length === 0 && <button type="button" name="whole" onClick={() => decide({ decision: 'whole', ...seen })}>{w.whole}</button>}
          <button type="button" name="refused" onClick={() => decide({ decision: 'refused', ...seen, section })}>{w.refuse}</button>
        </div>
      </>}
    </section>);
}
