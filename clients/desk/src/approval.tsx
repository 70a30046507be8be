/* An answer that waits for a manager: whose it is, who can let it go, and its words. */
import type { JSX } from 'preact';

import { instant } from './format.ts';
import { SentFiles } from './sent_files.tsx';
import type { Case } from './types.ts';
import { fill, useWords, wordOf } from './words.ts';

export function Draft({ it }: { it: Case }): JSX.Element | null {
  const t = useWords();
  const draft = it.approval;

  if (!draft) return null;
  return (
    <>
      <p class="soft">{fill(t.approval.by, { who: draft.byName ?? t.nobody, date: instant(t, draft.at) })}</p>
      <p class="words" lang="sv">{draft.text ?? t.case.noText}</p>
      <SentFiles it={it} document="draft" />
      {draft.close && <p class="soft">{fill(t.approval.closes, { reason: wordOf(t.reason, draft.close) })}</p>}
    </>);
}

function approversOf(names: string[], nobody: string): string {
  return names.length ? names.join(', ') : nobody;
}

export function Approval({ it }: { it: Case }): JSX.Element | null {
  const t = useWords();

  if (!it.approval) return null;
  return (
    <section class="card waits" aria-labelledby="approval-title">
      <h2 id="approval-title">{t.approval.title}</h2>
      <p>{fill(t.approval.whom, { who: approversOf(it.approval.approvers, t.approval.nobody) })}</p>
      <Draft it={it} />
    </section>);
}
