/* The form in which a colleague takes down what somebody says. What is typed is kept until
 * it is sent; what is wrong with it the server says, all at once. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

import { takeDown } from './api.ts';
import { useDesk } from './desk.ts';
import { OfflineError, ProblemError, ServerError } from './errors.ts';
import { ErrorSummary } from './field.tsx';
import type { Fault } from './field.tsx';
import type { Draft } from './store.ts';
import { bodyOfTaking, daysSaid, idOfField, isDeviation, keyFor, sentKeep, sentRead, startTaking, takingKeep, takingRead } from './take.ts';
import { TakeDeviation } from './take_deviation.tsx';
import { TakeHow, TakeType, TakeWhat, TakeWhere, TakeWho } from './take_fields.tsx';
import type { PartProps } from './take_fields.tsx';
import { reportsOnly } from './takers.ts';
import { deviationWords } from './texts/deviation.ts';
import { takingWords } from './texts/taking.ts';
import { troubleText } from './trouble.ts';
import { Trouble } from './trouble_box.tsx';
import type { ReceivedDays, Taken } from './types.ts';
import { fill, useWords } from './words.ts';
import type { Texts } from './texts/sv.ts';

interface TakeFormProps {
  days: ReceivedDays | null;
  onDone: (taken: Taken, language: string) => void;
}

/* In the order of the form, which is that of the texts. */
function refusedOf(t: Texts, values: Draft, days: ReceivedDays | null, error: unknown): Fault[] {
  if (!(error instanceof ProblemError)) return [];
  const names = error.problem.fields.map(({ name }) => name);
  const texts = isDeviation(values) ? deviationWords(t).refused : t.takeRefused;
  const field = (name: string): string => (isDeviation(values) && name === 'place.unit' ? 'deviation.unit' : name);

  return Object.entries(texts).filter(([name]) => names.includes(name)).map(([name, text]) => ({
    id: idOfField(field(name)), text: fill(text, daysSaid(t, days)) }));
}

function takeTrouble(t: Texts, error: unknown): string {
  if (error instanceof OfflineError || error instanceof ServerError) return takingWords(t).offline;
  if (!(error instanceof ProblemError)) return troubleText(t, error);
  if (error.status === 409) return takingWords(t).conflict;
  if (error.status === 413) return takingWords(t).fileSize;
  return error.status === 415 ? takingWords(t).fileType : troubleText(t, error);
}

function contentOf(values: Draft, files: File[], days: ReceivedDays | null): string {
  return JSON.stringify([bodyOfTaking(values, days), files.map((file) => [file.name, file.size, file.lastModified])]);
}

function useTaking({ days, onDone }: TakeFormProps) {
  const t = useWords();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [faults, setFaults] = useState<Fault[]>([]);
  const send = async (values: Draft, files: File[]): Promise<void> => {
    const content = contentOf(values, files, days);
    const key = keyFor(content, sentRead());

    if (isBusy) return;
    setBusy(true);
    setError(null);
    setFaults([]);
    sentKeep(content, key);
    try {
      const taken = await takeDown(bodyOfTaking(values, days), files, key);
      takingKeep(startTaking);
      sentKeep('', '');
      onDone(taken, values['language'] ?? 'sv');
    } catch (failed) {
      const refused = refusedOf(t, values, days, failed);
      setFaults(refused);
      if (!refused.length) setError(failed);
      if (failed instanceof ProblemError) sentKeep('', ''); /* it is not stored: nothing to repeat */
      setBusy(false);
    }
  };
  return { isBusy, error, faults, setFaults, setError, send };
}

function TakeParts(part: PartProps & { onFiles: (files: File[]) => void }): JSX.Element {
  if (isDeviation(part.values)) return <TakeDeviation {...part} />;
  return (
    <>
      <TakeHow {...part} />
      <TakeWhat {...part} />
      <TakeWhere {...part} />
      <TakeWho {...part} />
    </>);
}

export function TakeForm(props: TakeFormProps): JSX.Element {
  const t = useWords();
  const { announce, session } = useDesk();
  const forced = reportsOnly(session) ? { type: 'deviation' } : {};
  const [values, setValues] = useState(() => ({ ...takingRead(), ...forced }));
  const [files, setFiles] = useState<File[]>([]);
  const [round, setRound] = useState(0); /* a file field is emptied by being made anew */
  const heading = useRef<HTMLHeadingElement>(null);
  const form = useRef<HTMLFormElement>(null);
  const { isBusy, error, faults, setFaults, setError, send } = useTaking(props);
  const set = (name: string, value: string): void => {
    const next = { ...values, [name]: value };
    setValues(next);
    takingKeep(next);
  };
  const discard = (): void => {
    takingKeep(startTaking);
    sentKeep('', '');
    setValues({ ...startTaking, ...forced });
    setFiles([]);
    setFaults([]);
    setError(null);
    setRound(round + 1);
    announce(takingWords(t).discarded);
    heading.current?.focus();
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.current?.requestSubmit();
  };
  const part = { values, days: props.days, set,
    faultOf: (name: string) => faults.find(({ id }) => id === idOfField(name))?.text };

  useLayoutEffect(() => heading.current?.focus(), []);
  return (
    <form ref={form} noValidate onKeyDown={onKey} aria-labelledby="take-title" onSubmit={(event) => {
      event.preventDefault();
      void send(values, files);
    }}>
      <h1 tabIndex={-1} ref={heading} id="take-title">{isDeviation(values) ? deviationWords(t).title : t.take.title}</h1>
      {!isDeviation(values) && <p>{takingWords(t).lead}</p>}
      <ErrorSummary title={t.error.summary} faults={faults} />
      {reportsOnly(session) ? <p>{deviationWords(t).deviationHint}</p> : <TakeType {...part} />}
      <TakeParts key={round} {...part} onFiles={setFiles} />
      {error !== null && <Trouble text={takeTrouble(t, error)} />}
      <div class="buttons">
        <button type="submit" class="main" aria-disabled={isBusy}>{isBusy ? t.form.sending : isDeviation(values) ? deviationWords(t).send : takingWords(t).send}</button>
        <button type="button" onClick={discard}>{takingWords(t).discard}</button>
      </div>
      <p class="hint">{t.form.draftKept}</p>
    </form>);
}
