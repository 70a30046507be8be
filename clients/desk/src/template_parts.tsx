/* Beside a template that is written: what it will be, what it was, and what somebody else
 * made of it meanwhile. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { ProblemError } from './errors.ts';
import { instant } from './format.ts';
import { listTemplateChanges, previewTemplate } from './template_api.ts';
import { whyOf, withGaps } from './templates.ts';
import { troubleText } from './trouble.ts';
import { Trouble } from './trouble_box.tsx';
import type { Template, TemplateChange } from './types.ts';
import { fill, useWords } from './words.ts';

const pause = 400; /* ms without a key before the preview is made anew */

export function TemplatePreview({ text, language }: { text: string; language: string }): JSX.Element {
  const t = useWords();
  const [shown, setShown] = useState('');
  const [why, setWhy] = useState('');

  useEffect(() => {
    const control = new AbortController();
    const timer = window.setTimeout(() => {
      if (!text.trim()) { setShown(''); setWhy(''); return; }
      previewTemplate(text, language, control.signal).then(
        (filled) => { setShown(withGaps(t, filled.text, filled.missing)); setWhy(''); },
        (error: unknown) => {
          if (control.signal.aborted) return;
          const reason = error instanceof ProblemError ? error.problem.fields[0]?.reason : undefined;
          setWhy(reason === undefined ? troubleText(t, error) : whyOf(t, reason));
        });
    }, pause);
    return () => { clearTimeout(timer); control.abort(); };
  }, [text, language, t]);
  return (
    <section class="card" aria-labelledby="template-preview">
      <h2 id="template-preview">{t.template.preview}</h2>
      <p class="soft">{t.template.previewLead}</p>
      {why ? <p class="attention">▲ {fill(t.template.previewFault, { why })}</p>
        : <p class="words" lang={language}>{shown || <span class="soft">{t.template.previewNone}</span>}</p>}
    </section>);
}

/* Fetched when it is opened. */
export function TemplateHistory({ id }: { id: number }): JSX.Element {
  const t = useWords();
  const [items, setItems] = useState<TemplateChange[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const load = (): void => {
    setError(null);
    listTemplateChanges(id, new AbortController().signal).then(setItems, setError);
  };

  return (
    <details class="card history" onToggle={(event) => { if (event.currentTarget.open && !items) load(); }}>
      <summary>{t.template.history}</summary>
      {error !== null && <Trouble text={troubleText(t, error)} onRetry={load} />}
      <ol>{items?.map((it) => (
        <li key={it.version}>
          <h3>{fill(t.template.version, { n: it.version, at: instant(t, it.at) })}{' '}
            <span class="soft">{it.byName ?? t.template.imported}</span></h3>
          <p>{it.name}{it.validTo !== null && <span class="soft"> {fill(t.template.to, { date: it.validTo })}</span>}</p>
          <p class="words" lang={it.language}>{it.text}</p>
        </li>))}</ol>
    </details>);
}

/* Somebody else was first: both are there, and nothing is lost. */
export function TemplateStrife({ theirs, onTake }: { theirs: Template; onTake: (theirs: Template) => void }): JSX.Element {
  const t = useWords();
  const heading = useRef<HTMLHeadingElement>(null);

  useLayoutEffect(() => heading.current?.focus(), []);
  return (
    <div class="notice" role="group" aria-labelledby="template-strife">
      <h3 id="template-strife" tabIndex={-1} ref={heading}>▲ {t.template.conflict}</h3>
      <p>{t.template.conflictLead}</p>
      <h4>{t.template.theirs}</h4>
      <p>{theirs.name} <span class="soft">{theirs.changedBy}</span></p>
      <p class="words" lang={theirs.language}>{theirs.text}</p>
      <button type="button" onClick={() => onTake(theirs)}>{t.template.takeTheirs}</button>
    </div>);
}
