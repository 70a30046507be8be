/* A template for what is being written: chosen, and inserted where the cursor is. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { useDesk } from './desk.ts';
import { Field } from './field.tsx';
import { fitTemplates } from './template_api.ts';
import { insertText, withGaps } from './templates.ts';
import type { Case, FilledTemplate } from './types.ts';
import { fill, useWords, wordOf } from './words.ts';
import type { Texts } from './texts/sv.ts';

interface TemplateChoiceProps {
  it: Case;
  kind: string;
  target: string; /* the id of the field that it goes to */
}

/* null: not known yet; []: none, or they could not be fetched. */
function useFitting(number: string, kind: string): { items: FilledTemplate[] | null; isFailed: boolean } {
  const { signIns } = useDesk();
  const [items, setItems] = useState<FilledTemplate[] | null>(null);
  const [isFailed, setFailed] = useState(false);

  useEffect(() => {
    const control = new AbortController();
    fitTemplates(number, kind, control.signal).then(
      (found) => { setItems(found); setFailed(false); },
      () => { if (!control.signal.aborted) { setItems([]); setFailed(true); } });
    return () => control.abort();
  }, [number, kind, signIns]);
  return { items, isFailed };
}

function hintOf(t: Texts, items: FilledTemplate[] | null, isFailed: boolean): string {
  if (isFailed) return t.template.failed;
  if (!items) return t.loading;
  return items.length ? t.template.hint : t.template.none;
}

export function TemplateChoice({ it, kind, target }: TemplateChoiceProps): JSX.Element {
  const t = useWords();
  const { announce } = useDesk();
  const { items, isFailed } = useFitting(it.number, kind);
  const [at, setAt] = useState(0);
  const [missing, setMissing] = useState<string[]>([]);
  const isMine = (language: string): boolean => it.language === language || it.language.startsWith(`${language}-`);
  const insert = (): void => {
    const item = items?.[at];
    const area = document.getElementById(target);
    if (!item || !(area instanceof HTMLTextAreaElement)) return;
    insertText(area, withGaps(t, item.text, item.missing));
    setMissing(item.missing);
    announce([t.template.inserted, item.missing.length ? gapsText(t, item.missing) : ''].join(' '));
  };

  return (
    <>
      <Field id="act-template" label={<>{t.template.label} <span class="optional"><kbd>Alt</kbd> <kbd>M</kbd></span></>}
        hint={hintOf(t, items, isFailed)}
        after={items !== null && items.length > 0 && <button type="button" class="insert" onClick={insert}>{t.template.insert}</button>}>
        {(aria) => (
          <select {...aria} class="template" disabled={!items?.length} value={at}
            onChange={(event) => setAt(Number(event.currentTarget.value))}>
            {items?.map((item, i) => (
              <option key={item.id} value={i} lang={item.language}>{item.name}
                {!isMine(item.language) && ` (${wordOf(t.template.languages, item.language)})`}</option>))}
          </select>)}
      </Field>
      {missing.length > 0 && <p class="attention">▲ {gapsText(t, missing)}</p>}
    </>);
}

function gapsText(t: Texts, missing: string[]): string {
  return fill(t.template.gaps, { fields: missing.map((field) => wordOf(t.template.fields, field)).join(', ') });
}
