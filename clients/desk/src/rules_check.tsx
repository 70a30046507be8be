/* What the server says of the rules as they stand now: asked a moment after each change. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { isMissing, ProblemError } from './errors.ts';
import { checkRules } from './rules_api.ts';
import { faultPlace, findingsOf, isSame } from './rules.ts';
import type { Finding, Speaker } from './rules.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { Rule, RuleCheck, RuleVersion } from './types.ts';
import { fill, wordOf } from './words.ts';

const pause = 400; /* milliseconds */

export interface Checked {
  findings: Finding[];
  table: RuleCheck['table'];
  isBusy: boolean;
  isReadable: boolean;
  error: unknown; /* null: none */
}

/* What is no rule at all, as errors beside the rule that has it. */
export function faultFindings({ w }: Pick<Speaker, 'w'>, rules: Rule[], error: ProblemError): Finding[] {
  return error.problem.fields.map(({ name, reason }) => {
    const place = faultPlace(name);
    const field = wordOf(w.fields, place?.field ?? '', w.inOrder);

    return { severity: 'error', code: 'invalid', rule: place ? rules[place.rule]?.code ?? '' : null, other: null, category: null, district: null,
      text: fill(isMissing({ reason }) ? w.missing : w.invalid, { field }), ...(place && { at: place }) };
  });
}

export function useChecked(speaker: Speaker, it: RuleVersion, rules: Rule[]): Checked {
  const [checked, setChecked] = useState<Checked>({ findings: it.findings ?? [], table: it.table, isBusy: false, isReadable: it.findings !== null, error: null });

  useEffect(() => {
    if (isSame(rules, it.rules)) {
      setChecked({ findings: it.findings ?? [], table: it.table, isBusy: false, isReadable: it.findings !== null, error: null });
      return undefined;
    }
    const control = new AbortController();
    setChecked((was) => ({ ...was, isBusy: true }));
    const timer = window.setTimeout(() => {
      checkRules(rules, control.signal).then(({ findings, table }) => {
        if (!control.signal.aborted) setChecked({ findings: findings ?? [], table, isBusy: false, isReadable: findings !== null, error: null });
      }, (error: unknown) => {
        if (control.signal.aborted) return;
        if (error instanceof ProblemError && error.status === 422)
          setChecked((was) => ({ ...was, findings: faultFindings(speaker, rules, error), isBusy: false, isReadable: true, error: null }));
        else setChecked((was) => ({ ...was, isBusy: false, error }));
      });
    }, pause);
    return () => {
      window.clearTimeout(timer);
      control.abort();
    };
  }, [rules]);
  return checked;
}

export function FindingLine({ w, it }: { w: Speaker['w']; it: Finding }): JSX.Element {
  return <li class={it.severity === 'error' ? 'attention' : ''}>{it.severity === 'error' ? `▲ ${w.error}` : `△ ${w.warning}`}: <span lang="sv">{it.text}</span></li>;
}

function countText({ w }: Speaker, findings: Finding[]): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.length - errors;

  return [errors === 1 ? w.oneError : errors ? fill(w.errors, { n: errors }) : '',
    warnings === 1 ? w.oneWarning : warnings ? fill(w.warnings, { n: warnings }) : ''].filter(Boolean).join(' ') || w.fine;
}

/* How much there is; and what is of no rule in the list. */
export function CheckSummary({ speaker, checked, rules }: { speaker: Speaker; checked: Checked; rules: Rule[] }): JSX.Element {
  const { t, w } = speaker;
  const { findings, isBusy, isReadable, error } = checked;
  const beside = new Set(rules.flatMap((_, n) => findingsOf(findings, rules, n)));
  const general = findings.filter((one) => !beside.has(one));
  const [isShort] = useState(general.length < 6); /* it does not fold by itself while it is read */

  return (
    <section class="card checked" aria-labelledby="findings-title">
      <h2 id="findings-title">{w.findings}</h2>
      <p role="status">{isBusy ? w.checking : isReadable ? countText(speaker, findings) : w.unreadable}</p>
      {error !== null && <Trouble text={troubleText(t, error)} />}
      {general.length > 0 && <details open={isShort}><summary>{w.general} ({general.length})</summary>
        <ul>{general.map((one, i) => <FindingLine key={i} w={w} it={one} />)}</ul></details>}
    </section>);
}
