/* One section of a report: its text, what the figures suggest by now, what somebody else has
 * written, and the tables that it is about. */
import type { JSX } from 'preact';

import { Field } from './field.tsx';
import { ReportTable } from './report_table.tsx';
import { isOthers, isSuggested, mine, suggestedAgain, textOf, untouched, written } from './reports.ts';
import type { Draft } from './store.ts';
import { reportWords } from './texts/report.ts';
import type { ReportSection } from './types.ts';
import { fill, useWords } from './words.ts';

export const idOfSection = (id: string): string => `section-${id}`;

interface SectionProps {
  it: ReportSection;
  draft: Draft;
  fault: string | undefined;
  isWritten: boolean; /* by the reader: else it is only read */
  onDraft: (make: (draft: Draft) => Draft) => void;
}

/* The button that was pressed goes: on to the text that it was about. */
const toText = (id: string): void => document.getElementById(idOfSection(id))?.focus();

/* Beside what is written here: nothing of either is lost. */
function Others({ it, onDraft }: SectionProps): JSX.Element {
  const w = reportWords(useWords());
  const take = (make: (draft: Draft) => Draft): void => { onDraft(make); toText(it.id); };

  return (
    <div class="besides" role="group" aria-labelledby={`others-${it.id}`}>
      <p class="attention" id={`others-${it.id}`}>▲ {w.others}</p>
      <p class="words" lang="sv">{it.text || w.empty}</p>
      <div class="buttons">
        <button type="button" onClick={() => take((draft) => untouched(it, draft))}>{w.takeTheirs}</button>
        <button type="button" onClick={() => take((draft) => mine(it, draft))}>{w.keepMine}</button>
      </div>
    </div>);
}

function Outdated({ it, onDraft }: SectionProps): JSX.Element {
  const w = reportWords(useWords());

  return (
    <div class="besides" role="group" aria-labelledby={`outdated-${it.id}`}>
      <p class="attention" id={`outdated-${it.id}`}>▲ {w.outdated}</p>
      <p class="soft">{w.suggestion}</p>
      <p class="words" lang="sv">{it.suggested}</p>
      <div class="buttons"><button type="button" onClick={() => { onDraft((draft) => suggestedAgain(it, draft)); toText(it.id); }}>{w.takeSuggestion}</button></div>
    </div>);
}

/* As high as what stands in it: .grow has the same words in the same place. */
function Text(props: SectionProps): JSX.Element {
  const w = reportWords(useWords());
  const { it, draft, fault, onDraft } = props;
  const text = textOf(it, draft);

  return (
    <>
      <Field id={idOfSection(it.id)} label={<span class="away">{fill(w.textOf, { title: it.title })}</span>} fault={fault}>
        {(aria) => <div class="grow" data-text={text}>
          <textarea {...aria} rows={3} lang="sv" value={text} onInput={(event) => {
            const { value } = event.currentTarget;
            onDraft((now) => written(it, now, value));
          }} /></div>}
      </Field>
      {isOthers(it, draft) && <Others {...props} />}
      {it.outdated && !isSuggested(it, draft) && <Outdated {...props} />}
      {!it.outdated && !isSuggested(it, draft) && <p class="again">
        <button type="button" class="plain" aria-label={fill(w.againOf, { title: it.title })}
          onClick={() => { onDraft((now) => suggestedAgain(it, now)); toText(it.id); }}>{w.again}</button></p>}
    </>);
}

export function SectionOfReport(props: SectionProps): JSX.Element {
  const w = reportWords(useWords());
  const { it, draft, isWritten } = props;

  return (
    <section class="card" aria-labelledby={`title-${it.id}`}>
      <h2 id={`title-${it.id}`} lang="sv">{it.title}</h2>
      {isWritten ? <Text {...props} /> : <p class="words" lang="sv">{it.text || w.empty}</p>}
      {isWritten && draft[it.id] !== undefined && <p class="soft">{w.unsaved}</p>}
      {it.notes.map((note) => <p class="hint" lang="sv" key={note}>{note}</p>)}
      {it.tables.map((table) => <ReportTable key={table.id} table={table} />)}
    </section>);
}
