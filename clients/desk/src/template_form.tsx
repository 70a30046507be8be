/* One template: written or changed by those who may, looked at by others. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

import { ProblemError } from './errors.ts';
import { ErrorSummary } from './field.tsx';
import type { Fault } from './field.tsx';
import { KeptNote, useKept } from './kept_note.tsx';
import { useKeys } from './keys.ts';
import { draftKeep } from './store.ts';
import type { Draft } from './store.ts';
import { useDesk } from './desk.ts';
import { today } from './format.ts';
import { parseTemplate, saveTemplate } from './template_api.ts';
import { TemplateFields } from './template_fields.tsx';
import { TemplateHistory, TemplatePreview, TemplateStrife } from './template_parts.tsx';
import { newValues, templateDraft, valuesOf, wantedOf, whyOf, writableBoards } from './templates.ts';
import { troubleText } from './trouble.ts';
import { Trouble } from './trouble_box.tsx';
import type { Template } from './types.ts';
import { fill, useWords, wordOf } from './words.ts';
import type { Texts } from './texts/sv.ts';

interface TemplateFormProps {
  old: Template | null;
  onSaved: (one: Template) => void;
  onClose: () => void;
}

function emptyOf(t: Texts, values: Draft): Fault[] {
  return (['name', 'text'] as const).filter((name) => !values[name]?.trim())
    .map((name) => ({ id: `template-${name}`, text: fill(t.error.required, { label: t.template[name] }) }));
}

function refusedOf(t: Texts, error: unknown): Fault[] {
  if (!(error instanceof ProblemError) || error.status !== 422) return [];
  return error.problem.fields.map(({ name, reason }) => ({ id: `template-${name}`,
    text: fill(wordOf(t.template.refused, name), { why: whyOf(t, reason) }) }));
}

function useSaving({ old, onSaved }: TemplateFormProps, key: string) {
  const t = useWords();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [faults, setFaults] = useState<Fault[]>([]);
  const [current, setCurrent] = useState<Template | null>(null);
  const save = async (values: Draft, seen: Template | null): Promise<void> => {
    const empty = emptyOf(t, values);

    setFaults(empty);
    if (isBusy || empty.length) return;
    setBusy(true);
    setError(null);
    try {
      const one = await saveTemplate(wantedOf(values), seen);
      draftKeep(templateDraft, key, {});
      onSaved(one);
      return;
    } catch (failed) {
      const refused = refusedOf(t, failed);
      setFaults(refused);
      if (failed instanceof ProblemError && failed.status === 409) setCurrent(parseTemplate(failed.problem.current));
      else if (!refused.length) setError(failed);
    }
    setBusy(false);
  };
  return { isBusy, error, faults, current, setCurrent, save: (values: Draft) => save(values, current ?? old) };
}

export function TemplateForm(props: TemplateFormProps): JSX.Element {
  const { old, onClose } = props;
  const t = useWords();
  const { session } = useDesk();
  const key = old ? String(old.id) : 'new';
  const mayWrite = old?.writable ?? true;
  const kept = useKept(templateDraft, key, () => (old ? valuesOf(old) : newValues(writableBoards(session)[0] ?? '', today())));
  const { values } = kept;
  const saving = useSaving(props, key);
  const form = useRef<HTMLFormElement>(null);
  const take = (theirs: Template): void => {
    draftKeep(templateDraft, key, {});
    props.onSaved(theirs);
  };

  useLayoutEffect(() => { form.current?.querySelector<HTMLElement>(mayWrite ? '#template-name' : 'h2')?.focus(); }, []);
  useKeys({ Escape: onClose });
  return (
    <div class="writing">
      <form class="card" ref={form} noValidate onSubmit={(event) => { event.preventDefault(); void saving.save(values); }}>
        <h2 tabIndex={-1}>{old?.name ?? t.template.add}</h2>
        <ErrorSummary title={t.error.summary} faults={saving.faults} />
        {saving.current && <TemplateStrife theirs={saving.current} onTake={take} />}
        <TemplateFields values={values} faults={saving.faults} isLocked={!mayWrite} onValue={(name, value) => kept.set({ [name]: value })} />
        {saving.error !== null && <Trouble text={troubleText(t, saving.error)} />}
        <div class="buttons">
          {mayWrite && <button type="submit" class="main">{saving.isBusy ? t.template.saving
            : saving.current ? t.template.saveAnyway : t.template.save}</button>}
          <button type="button" onClick={onClose}>{t.template.back}</button>
        </div>
        {mayWrite && <KeptNote {...kept} />}
      </form>
      <div>
        <TemplatePreview text={values['text'] ?? ''} language={values['language'] ?? 'sv'} />
        {old && <TemplateHistory id={old.id} />}
      </div>
    </div>);
}
