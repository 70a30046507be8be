/* The rules as a new version, with what is changed in it; or the changes thrown away. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { useDesk } from './desk.ts';
import { ProblemError } from './errors.ts';
import { ErrorSummary, Field } from './field.tsx';
import type { Fault } from './field.tsx';
import { faultFindings } from './rules_check.tsx';
import { saveRules } from './rules_api.ts';
import type { Speaker } from './rules.ts';
import { useSending } from './sending.ts';
import { draftPut } from './store.ts';
import { rulesDraft } from './takers.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { Rule, RuleVersion } from './types.ts';
import { fill } from './words.ts';

interface SaveProps {
  it: RuleVersion;
  rules: Rule[];
  isChanged: boolean;
  speaker: Speaker;
  onDrop: () => void;
}

/* The rule that has it, where the browser can lead there. */
function faultsOf(speaker: Speaker, rules: Rule[], error: unknown): Fault[] {
  if (!(error instanceof ProblemError) || error.status !== 422) return [];
  return faultFindings(speaker, rules, error).map(({ at, rule, text }) => (
    at ? { id: `rule-${at.rule}`, text: `${rule}: ${text}` } : { id: 'rules-note', text }));
}

function useSaving({ it, rules, speaker }: SaveProps) {
  const { w } = speaker;
  const { announce, go } = useDesk();
  const [faults, setFaults] = useState<Fault[]>([]);
  const sending = useSending();
  const save = (note: string): Promise<void> => sending.send(async () => {
    setFaults([]);
    if (!note.trim()) {
      setFaults([{ id: 'rules-note', text: w.missingNote }]);
      return;
    }
    const made = await saveRules(it.version, note.trim(), rules);
    draftPut(rulesDraft, String(it.version), {});
    announce([fill(w.saved, { n: made.version }), made.newerThan ? fill(w.newer, { n: made.newerThan }) : ''].filter(Boolean).join(' '));
    go({ number: null, filters: {}, view: 'rules', rules: made.version });
  }, (error) => {
    const found = faultsOf(speaker, rules, error);
    setFaults(found);
    if (!found.length) sending.fail(error);
  });

  return { ...sending, faults, save };
}

/* From anywhere in a long list, by the keys that everybody saves with. */
function useSaveKeys(isChanged: boolean): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (!isChanged || event.key.toLowerCase() !== 's' || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      event.preventDefault();
      document.getElementById('rules-note')?.focus();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [isChanged]);
}

export function SaveRules(props: SaveProps): JSX.Element {
  const { isChanged, speaker: { t, w }, onDrop } = props;
  const { announce } = useDesk();
  const [note, setNote] = useState('');
  const heading = useRef<HTMLHeadingElement>(null);
  const { isBusy, error, faults, save } = useSaving(props);

  useSaveKeys(isChanged);
  const drop = (): void => {
    onDrop();
    announce(w.dropped);
    heading.current?.focus();
  };

  return (
    <section class="card noprint" aria-labelledby="save-title">
      <h2 id="save-title" tabIndex={-1} ref={heading}>{w.save}</h2>
      {!isChanged && <p class="soft">{w.nothing}</p>}
      {isChanged && <form noValidate onSubmit={(event) => { event.preventDefault(); void save(note); }}>
        <p class="attention">▲ {w.unsaved}</p>
        <ErrorSummary title={w.faults} faults={faults} />
        <Field id="rules-note" label={w.note} fault={faults.find(({ id }) => id === 'rules-note')?.text}>
          {(aria) => <textarea {...aria} rows={2} maxLength={1000} value={note} onInput={(event) => setNote(event.currentTarget.value)} />}
        </Field>
        {error !== null && <Trouble text={troubleText(t, error)} />}
        <div class="buttons"><button type="submit" class="main" aria-disabled={isBusy}>{isBusy ? w.saving : w.save}</button>
          <button type="button" onClick={drop}>{w.drop}</button></div>
      </form>}
    </section>);
}
