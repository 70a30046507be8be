/* What of a document's text is masked: taken from what is proposed, or selected; and how it is
 * handed out then. */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';

import { useDesk } from './desk.ts';
import { isMasked, piecesOf, selected, withMask, withoutMask, wordsOf } from './disclosure.ts';
import type { Span } from './disclosure.ts';
import { Field } from './field.tsx';
import { disclosureWords } from './texts/disclosure.ts';
import type { DisclosureDocument, Passage } from './types.ts';
import { fill, useWords, wordOf } from './words.ts';

interface MaskingProps {
  it: DisclosureDocument;
  text: string;
  masks: Passage[];
  setMasks: (masks: Passage[]) => void;
  section: string;
  focus: (id: string) => void;
}

export function Proposals({ it, text, masks, setMasks, section }: MaskingProps): JSX.Element {
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
 * so this one is not, and nothing that is typed gets into it. What is composed, as on a
 * telephone, cannot be held back: it is taken out again. */
export function Own({ it, text, masks, setMasks, section, fault }: MaskingProps & { fault: string | undefined }): JSX.Element {
  const w = disclosureWords(useWords());
  const { announce } = useDesk();
  const box = useRef<HTMLTextAreaElement>(null);
  const [isEmpty, setEmpty] = useState(false);
  const id = `own-${it.document}`;
  const mask = (): void => {
    const span = box.current && selected(text, box.current.selectionStart, box.current.selectionEnd);

    setEmpty(!span);
    if (!span) { box.current?.focus(); return; }
    setMasks(withMask(masks, { ...span, section }));
    announce(fill(w.maskedNow, { words: wordsOf(text, span) }));
  };

  return (
    <>
      <Field id={id} label={w.own} hint={w.ownHint} fault={isEmpty ? w.selectFirst : fault}>{(aria) => (
        <textarea {...aria} ref={box} aria-readonly="true" onBeforeInput={(event) => event.preventDefault()}
          onInput={(event) => { event.currentTarget.value = text; }} rows={Math.min(12, 2 + Math.ceil(text.length / 80))} lang="sv" value={text} />)}</Field>
      <button type="button" name="mask" onClick={mask}>{w.maskSelected}</button>
    </>);
}

export function Masked({ it, text, masks, setMasks, focus }: Omit<MaskingProps, 'section'>): JSX.Element | null {
  const w = disclosureWords(useWords());
  const { announce } = useDesk();
  const undo = (m: Passage): void => {
    setMasks(masks.filter((one) => one !== m));
    announce(fill(w.undone, { words: wordsOf(text, m) }));
    focus(`result-${it.document}`);
  };

  if (!masks.length) return null;
  return (
    <>
      <h3>{w.masks}</h3>
      <ul class="plain proposals">{masks.map((m: Passage & Span) => (
        <li key={`${m.start} ${m.end}`}><span><strong lang="sv">{wordsOf(text, m)}</strong> ({m.section})</span>
          <button type="button" aria-label={fill(w.undo, { words: wordsOf(text, m) })}
            onClick={() => undo(m)}>{w.undoShort}</button></li>))}</ul>
    </>);
}

export function Result({ it, text, masks }: Pick<MaskingProps, 'it' | 'text' | 'masks'>): JSX.Element {
  const w = disclosureWords(useWords());

  return (
    <>
      <h3 id={`result-${it.document}`} tabIndex={-1}>{w.result}</h3>
      <p class="words result" lang="sv">{piecesOf(text, masks).map(({ text: part, section }, i) => (
        section === null ? part : <mark key={i}>[{fill(w.cut, { section })}]</mark>))}</p>
    </>);
}
