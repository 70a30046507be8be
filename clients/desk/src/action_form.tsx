/* The form of one action, made from its row. What is typed is kept until it is sent; when
 * somebody else was first, both texts are shown and nothing is lost. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

import { act, parseCase, readCase } from './api.ts';
import { Draft } from './approval.tsx';
import { bodyOf, missing, startValues } from './actions.ts';
import type { ActionRow, FieldRow, Values } from './actions.ts';
import { Caution, Seen } from './action_beside.tsx';
import { ActionField } from './action_field.tsx';
import { Conflict } from './conflict.tsx';
import { DraftNote } from './draft_note.tsx';
import { ProblemError } from './errors.ts';
import { ErrorSummary } from './field.tsx';
import type { Fault } from './field.tsx';
import { useKeys } from './keys.ts';
import { later } from './later.tsx';
import { MergedNote } from './merged.tsx';
import { areApart, fileRefused, filesField } from './reply_files.ts';
import { draftKeep, draftRead, filesKeep, filesRead } from './store.ts';
import { TemplateChoice } from './template_choice.tsx';
import { gapLeft, hasTemplates } from './templates.ts';
import { isAskedFirst, isSensitive, withGround } from './transfer.ts';
import { isOutOfReach, troubleText } from './trouble.ts';
import { Trouble } from './trouble_box.tsx';
import type { Case } from './types.ts';
import { fill, useWords, wordOf } from './words.ts';
import type { Texts } from './texts/sv.ts';

interface ActionFormProps {
  name: string;
  row: ActionRow;
  it: Case;
  onDone: (after: Case | null) => void;
  onFresh: (it: Case) => void; /* as it is now, after a conflict that has been shown */
  onLost: () => void;
  onInterest: (user: string) => void; /* the colleague is named in it: nothing was done */
  onCancel: () => void;
  onAsk: (board: string) => void; /* the complainant, whether it may go there */
}

const Preview = later(async () => (await import('./reply_preview.tsx')).Preview);
const FilesField = later(async () => (await import('./files_field.tsx')).FilesField);

/* The choice of a template stands before what is written, and is not begun with. */
const firstField = 'textarea, select:not(.template), input';
/* Whom a note mentions is chosen in its text. */
const idOf = (field: FieldRow): string => `act-${field.kind === 'mentions' ? 'text' : field.name}`;

export function faultsOf(t: Texts, row: ActionRow, values: Values): Fault[] {
  const faults = missing(row, values).map((field) => ({ id: idOf(field),
    text: fill(t.error.required, { label: wordOf(t.form, field.label) }) }));

  for (const field of row.fields)
    if (field.kind === 'text' && [...(values[field.name] ?? '')].length > 10_000)
      faults.push({ id: idOf(field), text: t.error.tooLong });
  /* What is a gap in a template is none in a note. */
  const gap = hasTemplates(row.code) ? gapLeft(t, values['text'] ?? '') : undefined;
  if (gap !== undefined) faults.push({ id: 'act-text', text: fill(t.template.gapLeft, { gap }) });
  return faults;
}

/* What the server would not take, at its field and in the desk's own words. */
export function refusedFields(t: Texts, row: ActionRow, error: unknown): Fault[] {
  if (!(error instanceof ProblemError) || error.status !== 422) return [];
  const why: Record<string, string> = t.merged.refused;
  return error.problem.fields.flatMap(({ name }) => {
    const field = row.fields.find((known) => known.name === name || known.name.startsWith(`${name}.`));
    return field ? [{ id: idOf(field), text: why[error.problem.outcome] ?? wordOf(t.refused, name) }] : [];
  });
}

/* The case as it is now, where the refusal is that it has changed. */
async function currentOf(error: unknown, number: string): Promise<Case | null> {
  if (!(error instanceof ProblemError)) return null;
  if (error.status === 409 && error.problem.current) return parseCase(error.problem.current);
  if (error.status === 409 || error.status === 428) return readCase(number, new AbortController().signal);
  return null;
}

function useSending({ name, row, it, onDone, onLost, onInterest }: ActionFormProps, values: Values,
  files: File[], onFaults: (faults: Fault[]) => void) {
  const t = useWords();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [current, setCurrent] = useState<Case | null>(null);
  const send = async (version: number): Promise<void> => {
    if (isBusy) return;
    setBusy(true);
    setError(null);
    try {
      const after = await act(it.number, { path: row.path, body: bodyOf(row, values, it), version, files },
        new AbortController().signal);
      draftKeep(it.number, name, {});
      filesKeep(it.number, name, []);
      onDone(after);
    } catch (fault) {
      if (fault instanceof ProblemError && fault.problem.isOfInterest) {
        onInterest(values['user'] ?? '');
        return;
      }
      const now = await currentOf(fault, it.number).catch(() => null);
      setBusy(false);
      setCurrent(now);
      if (now) return;
      const file = fileRefused(t, files, fault);
      const refused = file ? [{ id: filesField, text: file }] : refusedFields(t, row, fault);
      onFaults(refused);
      if (!refused.length) setError(fault);
      if (isOutOfReach(fault)) onLost();
    }
  };
  return { isBusy, error, current, setCurrent, send };
}

export function ActionForm(props: ActionFormProps): JSX.Element {
  const { name, row, it, onCancel } = props;
  const t = useWords();
  const [values, setValues] = useState(() => startValues(row, it, draftRead(it.number, name)));
  const [faults, setFaults] = useState<Fault[]>([]);
  const [files, setFiles] = useState(() => filesRead(it.number, name));
  const sending = useSending(props, values, files, setFaults);
  const [isPreview, setPreview] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const isKept = row.fields.some((field) => field.kind === 'text');
  const isAsk = row.code === 'transfer' && isAskedFirst(it, values['ground'] ?? '');
  const isOfDraft = name === 'approve' || name === 'reject-approval';
  /* Two fields may change before the form is drawn again. */
  const latest = useRef(values);
  latest.current = values;
  const set = (field: string, value: string): void => {
    const next = row.code === 'transfer' && field === 'ground' ? withGround(it, latest.current, value)
      : { ...latest.current, [field]: value };
    latest.current = next;
    setValues(next);
    if (isKept) draftKeep(it.number, name, next);
  };
  const choose = (next: File[]): void => {
    setFiles(next);
    filesKeep(it.number, name, next);
    setFaults(faults.filter(({ id }) => id !== filesField));
  };
  /* Thrown away, taken back, or taken from another device. */
  const replace = (draft: Values, isThere: boolean): void => {
    setValues(startValues(row, it, draft));
    if (!isThere) draftKeep(it.number, name, draft);
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    const wrong = faultsOf(t, row, values);
    setFaults(wrong);
    if (!wrong.length) void sending.send(it.version);
  };

  /* Before the next key comes: it is meant for the field. */
  useLayoutEffect(() => { form.current?.querySelector<HTMLElement>(isAsk ? '#act-ask' : row.fields.length ? firstField : 'button')?.focus(); }, []);
  useKeys({ Escape: onCancel });
  const onKey = (event: KeyboardEvent): void => {
    if (event.altKey && !event.ctrlKey && !event.getModifierState('AltGraph') && hasTemplates(row.code) && ['KeyM', 'KeyP'].includes(event.code)) {
      event.preventDefault();
      if (event.code === 'KeyP') setPreview(true);
      else document.getElementById('act-template')?.focus();
      return;
    }
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.current?.requestSubmit();
  };
  if (sending.current)
    return <Conflict current={sending.current} seen={it} row={row} values={values}
      onSend={(version) => { void sending.send(version); }}
      onEdit={(now) => { props.onFresh(now); sending.setCurrent(null); }}
      onDrop={(now) => { draftKeep(it.number, name, {}); props.onFresh(now); onCancel(); }} />;
  return (
    <form class="act card" ref={form} noValidate onSubmit={submit} onKeyDown={onKey} aria-labelledby="act-title">
      <div>
        <h3 id="act-title">{wordOf(t.action, name)}</h3>
        <p class="soft">{wordOf(t.form, name === 'reply' && it.replyNeedsApproval ? 'replyWaits' : name)}</p>
        <MergedNote it={it} name={name} />
        {isOfDraft && <Draft it={it} />}
        {row.code === 'transfer' && isSensitive(it) && <Caution it={it} isLead={isAsk}
          onAsk={() => props.onAsk(values['board'] ?? '')} />}
        <ErrorSummary title={t.error.summary} faults={faults} />
        {hasTemplates(row.code) && <TemplateChoice it={it} kind={row.code} target="act-text" />}
        {row.fields.map((field) => <ActionField key={field.name} id={idOf(field)} field={field} it={it}
          value={values[field.name] ?? ''} fault={faults.find((f) => f.id === idOf(field))?.text}
          onValue={(value) => set(field.name, value)} />)}
        {row.hasFiles && <FilesField files={files} fault={faults.find(({ id }) => id === filesField)?.text} onFiles={choose} />}
        {sending.error !== null && <Trouble text={troubleText(t, sending.error)} />}
        <div class="buttons">
          <button type="submit" class={isAsk ? '' : 'main'}>{sending.isBusy ? t.form.sending : wordOf(t.action, name)}</button>
          {hasTemplates(row.code) && <button type="button" id="act-preview" onClick={() => setPreview(true)}>{t.preview.show}
            <kbd aria-hidden="true">Alt</kbd><kbd aria-hidden="true">P</kbd></button>}
          <button type="button" onClick={onCancel}>{t.cancel}</button>
        </div>
        {isPreview && <Preview number={it.number} action={row.code} body={bodyOf(row, values, it)}
          files={files} areApart={areApart(files, isSensitive(it))} sendText={wordOf(t.action, name)}
          onClose={() => setPreview(false)} onSend={() => { setPreview(false); form.current?.requestSubmit(); }} />}
        {isKept && <DraftNote number={it.number} action={name} values={values} onValues={replace} />}
      </div>
      {(isKept || isOfDraft) && it.text !== null && <Seen it={it} />}
    </form>);
}
