/* What is written in a report and not saved: a draft of its sections, held against the report
 * as the server has it now. Everything that needs no page.
 *
 * Of a section that was touched there is its text, and what stood there when writing began
 * ("told" and "told:was"); "told:suggested" says that it is to be the system's own again. */
import type { Draft } from './store.ts';
import type { Report, ReportHead, ReportSection } from './types.ts';

export const draftKeyOf = (board: string, period: string): string => `${board}_${period}`;

const isTouched = (draft: Draft, id: string): boolean => draft[id] !== undefined;
const wasOf = ({ id, text }: ReportSection, draft: Draft): string => draft[`${id}:was`] ?? text;

export function textOf(section: ReportSection, draft: Draft): string {
  return draft[`${section.id}:suggested`] ? section.suggested : draft[section.id] ?? section.text;
}

/* The section as it is saved: nothing of it is left in the draft. */
export function untouched({ id }: Pick<ReportSection, 'id'>, draft: Draft): Draft {
  return Object.fromEntries(Object.entries(draft).filter(([name]) => name !== id && !name.startsWith(`${id}:`)));
}

/* What is written back to how it was is no change, unless somebody else has changed it. */
export function written(section: ReportSection, draft: Draft, text: string): Draft {
  const others = untouched(section, draft);
  const was = wasOf(section, draft);

  return text === section.text && text === was ? others : { ...others, [section.id]: text, [`${section.id}:was`]: was };
}

export function suggestedAgain(section: ReportSection, draft: Draft): Draft {
  const others = untouched(section, draft);

  return section.edited || section.outdated
    ? { ...others, [section.id]: section.suggested, [`${section.id}:was`]: wasOf(section, draft), [`${section.id}:suggested`]: 'yes' } : others;
}

export const isSuggested = (section: ReportSection, draft: Draft): boolean => textOf(section, draft) === section.suggested;

/* What stands there now is neither what writing began from nor what was written. */
export function isOthers(section: ReportSection, draft: Draft): boolean {
  return isTouched(draft, section.id) && wasOf(section, draft) !== section.text && textOf(section, draft) !== section.text;
}

/* What stands there now has been seen: saved, it is written over. */
export function mine(section: ReportSection, draft: Draft): Draft {
  return { ...draft, [`${section.id}:was`]: section.text };
}

export interface SectionChange {
  id: ReportSection['id'];
  text: string | null; /* null: the system's own */
}

export function changesOf({ sections }: Pick<Report, 'sections'>, draft: Draft): SectionChange[] {
  return sections.filter(({ id }) => isTouched(draft, id))
    .map((section) => ({ id: section.id, text: draft[`${section.id}:suggested`] ? null : draft[section.id] ?? '' }));
}

/* After saving, and after an answer that was lost: what the report says by now is no draft.
 * What was written meanwhile goes on from what was saved. */
export function settled({ sections }: Pick<Report, 'sections'>, draft: Draft, sent: SectionChange[] = []): Draft {
  return sections.reduce((rest, section) => {
    const was = sent.find(({ id }) => id === section.id);
    const now = isTouched(rest, section.id) ? textOf(section, rest) : null;

    if (now === null) return rest;
    if (now === section.text) return untouched(section, rest);
    return was ? mine(section, rest) : rest;
  }, draft);
}

/* "sections[1].text": of which of those that were sent. */
export function refusedIds(names: string[], sent: SectionChange[]): string[] {
  return names.flatMap((name) => sent[Number(/^sections\[(\d+)\]/.exec(name)?.[1] ?? -1)]?.id ?? []);
}

/* The files have what is saved. */
export function filesOf({ board, period }: Pick<ReportHead, 'board' | 'period'>): { page: string; word: string; open: string; pdf: string; ils: string } {
  const root = `/statistik/${board.code}/rapport/${period}`;

  return { page: root, word: `${root}.docx`, open: `${root}.odt`, pdf: `${root}.pdf`, ils: `${root}/ils` };
}
