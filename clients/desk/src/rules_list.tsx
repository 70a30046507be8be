/* The rules in their order: moved, changed, added and taken away where they stand. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { fitsWords } from './commands.ts';
import { useDesk } from './desk.ts';
import { useFocus } from './focus.ts';
import { FindingLine } from './rules_check.tsx';
import type { Checked } from './rules_check.tsx';
import { RuleForm } from './rules_form.tsx';
import { conditionTexts, fieldFaults, findingsOf, moved, newRule, outcomeTexts } from './rules.ts';
import type { Speaker } from './rules.ts';
import type { Rule } from './types.ts';
import { fill } from './words.ts';

interface Acts {
  move: (at: number, by: 1 | -1) => void;
  open: (at: number | null) => void;
  put: (at: number, rule: Rule) => void;
  remove: (at: number) => void;
  add: (at: number) => void;
}

interface OneProps {
  speaker: Speaker;
  rules: Rule[];
  rule: Rule;
  at: number;
  checked: Checked;
  isOpen: boolean;
  acts: Acts | null; /* null: only to read */
}

function Said({ speaker, rule }: Pick<OneProps, 'speaker' | 'rule'>): JSX.Element {
  const { w } = speaker;
  const conditions = conditionTexts(speaker, rule);

  return (
    <dl class="said">
      <div><dt>{w.conditions}</dt><dd>{conditions.length ? <ul>{conditions.map((text) => <li key={text}>{text}</li>)}</ul> : w.anything}</dd></div>
      <div><dt>{w.outcomes}</dt><dd lang="sv">{outcomeTexts(speaker, rule).join(', ')}</dd></div>
    </dl>);
}

function Buttons({ speaker: { w }, rule: { code }, rules, at, acts }: OneProps): JSX.Element | null {
  if (!acts) return null;
  return (
    <div class="acts buttons noprint">
      <button type="button" aria-label={fill(w.upOf, { code })} aria-disabled={at === 0} id={`rule-up-${at}`} onClick={() => acts.move(at, -1)}>↑</button>
      <button type="button" aria-label={fill(w.downOf, { code })} aria-disabled={at === rules.length - 1} id={`rule-down-${at}`} onClick={() => acts.move(at, 1)}>↓</button>
      <button type="button" aria-label={fill(w.changeOf, { code })} id={`rule-change-${at}`} onClick={() => acts.open(at)}>{w.change}</button>
      <button type="button" aria-label={fill(w.belowOf, { code })} onClick={() => acts.add(at + 1)}>{w.below}</button>
      <button type="button" aria-label={fill(w.removeOf, { code })} onClick={() => acts.remove(at)}>{w.remove}</button>
    </div>);
}

function One(props: OneProps): JSX.Element {
  const { speaker, rules, rule, at, checked, isOpen, acts } = props;
  const findings = findingsOf(checked.findings, rules, at);
  const above = isOpen ? findings.filter((one) => !one.at) : findings;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!event.altKey || !acts || isOpen || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    acts.move(at, event.key === 'ArrowUp' ? -1 : 1);
  };

  return (
    <li class="rule" onKeyDown={onKeyDown}>
      <h3 id={`rule-${at}`} tabIndex={-1}>{at + 1}. {rule.code}</h3>
      {above.length > 0 && <ul class="found">{above.map((one, i) => <FindingLine key={i} w={speaker.w} it={one} />)}</ul>}
      {isOpen && acts ? <RuleForm speaker={speaker} rule={rule} at={at} faults={fieldFaults(findings)} onRule={(next) => acts.put(at, next)} onClose={() => acts.open(null)} />
        : <><Said speaker={speaker} rule={rule} /><Buttons {...props} /></>}
    </li>);
}

function useActs(speaker: Speaker, rules: Rule[], onRules: (rules: Rule[]) => void): { acts: Acts; opened: number | null; round: number; undo: (() => void) | null } {
  const { w } = speaker;
  const { announce } = useDesk();
  const [opened, setNow] = useState<number | null>(null);
  const [round, setRound] = useState(0); /* each rule that is opened has a form of its own */
  const [dropped, setDropped] = useState<Rule[] | null>(null);
  const focus = useFocus();
  const setOpened = (at: number | null): void => { setNow(at); setRound((n) => n + 1); };
  const put = (next: Rule[]): void => { setDropped(null); onRules(next); };
  const acts: Acts = {
    put: (at, rule) => put(rules.map((one, i) => i === at ? rule : one)),
    open: (at) => {
      focus(at === null ? `rule-change-${opened ?? 0}` : `rule-${at}-code`);
      setOpened(at);
    },
    move: (at, by) => {
      const to = at + by;
      if (to < 0 || to >= rules.length) return;
      put(moved(rules, at, by));
      setOpened(null);
      announce(fill(w.moved, { code: rules[at]!.code, n: to + 1 }));
      focus(`rule-${by < 0 ? 'up' : 'down'}-${to}`);
    },
    add: (at) => {
      put([...rules.slice(0, at), newRule(rules), ...rules.slice(at)]);
      setOpened(at);
      focus(`rule-${at}-code`);
    },
    remove: (at) => {
      const before = rules;
      put(rules.filter((_, i) => i !== at));
      setDropped(before);
      setOpened(null);
      announce(fill(w.removed, { code: rules[at]!.code }));
      focus('rule-undo');
    },
  };

  return { acts, opened, round, undo: dropped && (() => { put(dropped); focus('rules-title'); }) };
}

interface ListProps {
  speaker: Speaker;
  rules: Rule[];
  checked: Checked;
  onRules: ((rules: Rule[]) => void) | null; /* null: only to read */
}

export function RuleList({ speaker, rules, checked, onRules }: ListProps): JSX.Element {
  const { w } = speaker;
  const [sought, setSought] = useState('');
  const { acts, opened, round, undo } = useActs(speaker, rules, onRules ?? (() => undefined));
  const fits = (rule: Rule): boolean => !sought.trim() || fitsWords([rule.code, rule.because, ...conditionTexts(speaker, rule), ...outcomeTexts(speaker, rule)], sought);
  const shown = rules.map((rule, at) => ({ rule, at })).filter(({ rule, at }) => at === opened || fits(rule));

  return (
    <section aria-labelledby="rules-title">
      <h2 id="rules-title" tabIndex={-1}>{w.inOrder}</h2>
      {onRules && <p class="hint noprint">{w.keys}</p>}
      {rules.length > 8 && <div class="field noprint"><label for="rules-sought">{w.sought}</label>
        <input id="rules-sought" type="search" autocomplete="off" value={sought} onInput={(event) => setSought(event.currentTarget.value)} /></div>}
      {sought.trim() && <p role="status" class="soft">{fill(w.shown, { n: shown.length, all: rules.length })}</p>}
      {undo && <p class="notice"><button type="button" id="rule-undo" onClick={undo}>{w.undo}</button></p>}
      {rules.length === 0 && <p>{w.none}</p>}
      <ol class="rulelist">{shown.map(({ rule, at }) => (
        <One key={opened === at ? `${round} open` : at} speaker={speaker} rules={rules} rule={rule} at={at} checked={checked} isOpen={opened === at} acts={onRules && acts} />))}</ol>
      {onRules && <p class="noprint"><button type="button" onClick={() => acts.add(rules.length)}>{w.add}</button></p>}
    </section>);
}
