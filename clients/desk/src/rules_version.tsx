/* One version of the routing rules: what stands in it, as it is changed; what the check says;
 * saving it as a new one, trying it, and having it in force. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { useDesk } from './desk.ts';
import { useDistricts } from './districts.ts';
import { useFetched } from './fetched.ts';
import { instant } from './format.ts';
import { ActivateRules } from './rules_activate.tsx';
import { readNames, readVersion } from './rules_api.ts';
import { CheckSummary, useChecked } from './rules_check.tsx';
import { RuleList } from './rules_list.tsx';
import { Rehearsal } from './rules_rehearse.tsx';
import { SaveRules } from './rules_save.tsx';
import { RuleTable } from './rules_table.tsx';
import { isSame, stateText } from './rules.ts';
import type { Speaker } from './rules.ts';
import { draftPut, draftRead } from './store.ts';
import { rulesDraft } from './takers.ts';
import { ruleWords } from './texts/rule.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { Rule, RuleNames, RuleVersion } from './types.ts';
import { fill, useWords } from './words.ts';

/* Kept on the device until it is saved. What cannot be read is as if nothing was kept. */
function kept(it: RuleVersion): Rule[] {
  try {
    const rules: unknown = JSON.parse(draftRead(rulesDraft, String(it.version))['rules'] ?? 'null');
    return Array.isArray(rules) && rules.every((rule) => typeof rule === 'object' && rule !== null && 'code' in rule) ? rules as Rule[] : it.rules;
  } catch {
    return it.rules;
  }
}

function useRules(it: RuleVersion): [Rule[], (rules: Rule[]) => void] {
  const [rules, setRules] = useState(() => it.mayChange ? kept(it) : it.rules);

  return [rules, (next) => {
    setRules(next);
    draftPut(rulesDraft, String(it.version), isSame(next, it.rules) ? {} : { rules: JSON.stringify(next) });
  }];
}

function Head({ it }: { it: RuleVersion }): JSX.Element {
  const t = useWords();
  const w = ruleWords(t);
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => { document.title = `${fill(w.version, { n: it.version })} – ${w.title} – ${t.desk}`; });
  useLayoutEffect(() => heading.current?.focus(), []);
  return (
    <>
      <h1 tabIndex={-1} ref={heading}>{w.title}, {fill(w.version, { n: it.version }).toLowerCase()}</h1>
      <p><strong>{stateText(t, w, it)}</strong>{it.note && <> – <span lang="sv">{it.note}</span></>}</p>
      <p class="soft">{fill(w.made, { at: instant(t, it.madeAt), by: it.madeBy ?? w.machine })} {!it.mayChange && w.readOnly}</p>
    </>);
}

/* The list last: it is long, and what is done with the whole stands before it. */
function Shown({ it, names, onAgain }: { it: RuleVersion; names: RuleNames; onAgain: () => void }): JSX.Element {
  const t = useWords();
  const { lists, signIns } = useDesk();
  const speaker: Speaker = { t, w: ruleWords(t), lists, names, districts: useDistricts(signIns) };
  const [rules, setRules] = useRules(it);
  const isChanged = !isSame(rules, it.rules);
  const checked = useChecked(speaker, it, rules);

  return (
    <>
      <Head it={it} />
      <CheckSummary speaker={speaker} checked={checked} rules={rules} />
      {it.mayChange && <SaveRules it={it} rules={rules} isChanged={isChanged} speaker={speaker} onDrop={() => setRules(it.rules)} />}
      <Rehearsal it={it} speaker={speaker} isChanged={isChanged} />
      {it.mayChange && <ActivateRules it={it} isChanged={isChanged} onAgain={onAgain} />}
      {checked.table && <RuleTable speaker={speaker} table={checked.table} />}
      <RuleList speaker={speaker} rules={rules} checked={checked} onRules={it.mayChange ? setRules : null} />
    </>);
}

export function OneVersion({ version }: { version: number }): JSX.Element {
  const t = useWords();
  const { signIns } = useDesk();
  const { value: it, error, again } = useFetched((signal) => readVersion(version, signal), [version, signIns]);
  const { value: names, error: noNames, again: namesAgain } = useFetched(readNames, [signIns]);
  const failed = error ?? noNames;

  if (it && names) return <Shown it={it} names={names} onAgain={again} />;
  return failed !== null ? <Trouble text={troubleText(t, failed)} of={fill(ruleWords(t).version, { n: version })} onRetry={() => { again(); namesAgain(); }} /> : <p role="status">{t.loading}</p>;
}
