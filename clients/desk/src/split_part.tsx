/* One further matter of a letter: its words, what it is, and where it goes. */
import type { JSX } from 'preact';

import { useDesk } from './desk.ts';
import { Check, Field } from './field.tsx';
import { longDay, today } from './format.ts';
import { contactGoes } from './split.ts';
import type { Part } from './split.ts';
import { types } from './take.ts';
import { splitWords } from './texts/split.ts';
import type { Case, SplitDecision } from './types.ts';
import { fill, sentence, useWords, wordOf } from './words.ts';

export interface SplitPartProps {
  it: Case;
  i: number;
  part: Part;
  goes: SplitDecision | undefined; /* once it has been looked at */
  faultOf: (field: string) => string | undefined;
  onPart: (part: Part) => void;
  onDrop: (() => void) | null; /* null: the only one */
}

type InputEvent = { currentTarget: { value: string } };

export const splitId = (i: number, field: string): string => `split-${i}-${field}`;

function Along({ it, part, onPart }: SplitPartProps): JSX.Element {
  const w = splitWords(useWords());
  const files = it.attachments.filter(({ state }) => state === 'stored');

  return (
    <>
      {it.place && <Check text={w.place} isOn={part.place} onChange={(place) => onPart({ ...part, place })} />}
      {files.length > 0 && (
        <fieldset class="plain">
          <legend>{w.files}</legend>
          {files.map(({ n, name }) => (
            <Check key={n} text={name} isOn={part.files.includes(n)} onChange={(isOn) => onPart({ ...part,
              files: files.map((f) => f.n).filter((f) => (f === n ? isOn : part.files.includes(f))) })} />))}
        </fieldset>)}
    </>);
}

/* To another board it is a disclosure: why it may be, and who wrote or not. */
function Disclosure({ it, i, part, faultOf, onPart }: SplitPartProps): JSX.Element {
  const t = useWords();
  const w = splitWords(t);

  return (
    <>
      <p>{w.other}</p>
      <Field id={splitId(i, 'ground')} label={w.ground} fault={faultOf('ground')} hint={wordOf(t.groundMeans, part.ground || 'choose')}>
        {(aria) => <select {...aria} value={part.ground} onChange={(event: InputEvent) => onPart({ ...part, ground: event.currentTarget.value })}>
          <option value="">{t.choose}</option>
          {Object.entries(t.ground).map(([code, name]) => <option key={code} value={code}>{name}</option>)}
        </select>}
      </Field>
      {it.contact && <>
        <Check text={w.contact} isOn={contactGoes(it, part)} onChange={(contact) => onPart({ ...part, contact })} />
        <p class="hint">{w.contactHint}</p>
      </>}
    </>);
}

function Goes(props: SplitPartProps & { goes: SplitDecision }): JSX.Element {
  const t = useWords();
  const w = splitWords(t);
  const { goes } = props;

  return (
    <div class="goes">
      <p><strong>{fill(goes.otherBoard ? w.goes : w.stays, { board: goes.board.name })}</strong></p>
      <p lang="sv">{goes.routing.because}</p>
      <p>{fill(w.dates, { acknowledge: longDay(t, goes.acknowledgeBy), answer: longDay(t, goes.answerBy) })}{' '}
        <span class="soft" lang="sv">{sentence(goes.answerBecause)}</span></p>
      {goes.answerBy < today() && <p class="attention">▲ {w.late}</p>}
      <p class="soft">{goes.receiptMailed ? w.mailed : w.notMailed}</p>
      {goes.otherBoard && <Disclosure {...props} />}
    </div>);
}

export function SplitPart(props: SplitPartProps): JSX.Element {
  const t = useWords();
  const w = splitWords(t);
  const { lists } = useDesk();
  const { it, i, part, goes, faultOf, onPart, onDrop } = props;
  const choices: ['category' | 'type', string, [string, string][]][] = [
    ['category', w.category, [['', w.unknown], ...lists.categories.map((c): [string, string] => [c.code, c.name])]],
    ['type', w.type, types.map((code) => [code, wordOf(t.type, code)])]];

  return (
    <fieldset class="part">
      <legend>{fill(w.part, { n: i + 2 })}</legend>
      <Field id={splitId(i, 'text')} label={w.text} hint={w.textHint} fault={faultOf('text')}>
        {(aria) => <textarea {...aria} rows={5} lang={it.language} value={part.text}
          onInput={(event) => onPart({ ...part, text: event.currentTarget.value })} />}
      </Field>
      <div class="beside">{choices.map(([name, label, options]) => (
        <Field key={name} id={splitId(i, name)} label={label} fault={faultOf(name)}>
          {(aria) => <select {...aria} value={part[name]} onChange={(event: InputEvent) => onPart({ ...part, [name]: event.currentTarget.value })}>
            {options.map(([code, text]) => <option key={code} value={code}>{text}</option>)}
          </select>}
        </Field>))}</div>
      <Along {...props} />
      {faultOf('board') && <p class="fault" id={splitId(i, 'board')} tabIndex={-1}>{faultOf('board')}</p>}
      {faultOf('attachments') && <p class="fault" id={splitId(i, 'attachments')} tabIndex={-1}>{faultOf('attachments')}</p>}
      {goes && <Goes {...props} goes={goes} />}
      {onDrop && <button type="button" onClick={onDrop}>{fill(w.drop, { n: i + 2 })}</button>}
    </fieldset>);
}
