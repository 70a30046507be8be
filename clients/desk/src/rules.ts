/* Routing rules as they are shown and written: everything that needs no page. */
import { boardName, categoryName } from './desk.ts';
import type { Lists } from './desk.ts';
import { day, languageName } from './format.ts';
import { nameOf } from './options.ts';
import type { Options } from './options.ts';
import type { RuleWords } from './texts/rule.ts';
import type { Texts } from './texts/sv.ts';
import type { Rule, RuleFinding, RuleNames, RuleVersionHead } from './types.ts';
import { fill, wordOf } from './words.ts';

export interface Speaker {
  t: Texts;
  w: RuleWords;
  lists: Lists;
  districts: Options;
  names: RuleNames;
}

/* As lists they are in a rule; any of them fits. */
export const listFields = ['categories', 'types', 'districts', 'units', 'channels', 'mailboxes', 'languages', 'words'] as const;
export type ListField = (typeof listFields)[number];

export { nameOf };

export function unitName({ names }: Speaker, code: string): string {
  return names.units.find((unit) => unit.code === code)?.name ?? code;
}

function itemWord(speaker: Speaker, field: ListField, code: string): string {
  const { t, w, lists, districts } = speaker;

  if (field === 'categories') return code === 'none' ? w.noCategory : categoryName(lists, code) ?? code;
  if (field === 'types') return wordOf(t.type, code);
  if (field === 'channels') return wordOf(t.channel, code);
  if (field === 'districts') return nameOf(districts, code);
  if (field === 'units') return unitName(speaker, code);
  if (field === 'languages') return languageName(t, code);
  return field === 'words' ? `”${code}”` : code;
}
export { itemWord };

export function outcomeWord({ w, lists }: Speaker, code: string): string {
  return w.found[code] ?? boardName(lists, code);
}

export function policyWord({ w, t, lists, names }: Speaker, id: number | string): string {
  const policy = names.policies.find((one) => String(one.id) === String(id));
  if (!policy) return String(id);
  const what = [policy.board && boardName(lists, policy.board), policy.category && categoryName(lists, policy.category), policy.type && wordOf(t.type, policy.type)];

  return fill(w.policy, { days: policy.answerDays ?? '–', what: what.filter(Boolean).join(', ') || w.everyCase });
}

type Area = NonNullable<Rule['areas']>[number];

export const areaKey = ({ kind, code }: Pick<Area, 'kind' | 'code'>): string => `${kind}/${code}`;

/* A kind has no slash. */
export function areaOf(key: string): Area {
  const [kind = '', ...code] = key.split('/');
  return { kind, code: code.join('/') };
}

export function areaName({ names }: Pick<Speaker, 'names'>, key: string): string {
  const area = names.areas.find((one) => areaKey(one) === key);
  return area ? `${area.name} (${area.kind})` : key;
}

/* "Ämnen: Snöröjning eller Halka" */
export function conditionTexts(speaker: Speaker, rule: Rule): string[] {
  const { t, w } = speaker;
  const label = (name: string, text: string): string => `${wordOf(w.fields, name)}: ${text}`;
  const lists = listFields.flatMap((name) => {
    const items = rule[name] ?? [];
    return items.length ? [label(name, items.map((code) => itemWord(speaker, name, code)).join(` ${w.or} `))] : [];
  });

  return [...lists,
    ...(rule.areas?.length ? [label('areas', rule.areas.map((area) => areaName(speaker, areaKey(area))).join(` ${w.or} `))] : []),
    ...(rule.sensitivityAtLeast ? [label('sensitivityAtLeast', `S${rule.sensitivityAtLeast}`)] : []),
    ...(rule.season ? [fill(w.season, rule.season)] : []),
    ...(rule.validFrom || rule.validTo ? [fill(w.validity, { from: rule.validFrom ? day(t, rule.validFrom) : w.ever, to: rule.validTo ? day(t, rule.validTo) : w.forever })] : [])];
}

export function outcomeTexts(speaker: Speaker, rule: Rule): string[] {
  const { w, lists } = speaker;

  return [outcomeWord(speaker, rule.outcome),
    ...(rule.unit ? [fill(w.alsoUnit, { what: unitName(speaker, rule.unit) })] : []),
    ...(rule.handler ? [fill(w.alsoHandler, { who: rule.handler })] : []),
    ...(rule.setsCategory ? [fill(w.alsoSets, { what: categoryName(lists, rule.setsCategory) ?? rule.setsCategory })] : []),
    ...(rule.priority ? [w.alsoHigh] : []),
    ...(rule.sensitivity ? [fill(w.alsoSensitive, { n: rule.sensitivity })] : []),
    ...(rule.deadlinePolicy ? [fill(w.alsoPolicy, { what: policyWord(speaker, rule.deadlinePolicy) })] : []),
    ...(rule.needsHuman ? [w.alsoHuman] : [])];
}

type Dates = Pick<RuleVersionHead, 'state' | 'from' | 'next'>;

/* "Gäller nu, sedan 1 nov." and when it begins anew. */
export function stateText(t: Texts, w: RuleWords, { state, from, next }: Dates): string {
  const since = state === 'scheduled' || state === 'draft' ? '' : from ? fill(state === 'past' ? w.from : w.since, { date: day(t, from) }) : w.always;

  return [wordOf(w.states, state), since, next && fill(w.nextFrom, { date: day(t, next) })].filter(Boolean).join(', ');
}

/* ---- changing ---- */

export function moved<T>(list: T[], at: number, by: 1 | -1): T[] {
  const to = at + by;
  const next = [...list];

  if (to < 0 || to >= list.length) return list;
  [next[at], next[to]] = [next[to]!, next[at]!];
  return next;
}

/* A field that says nothing is left out: so it stands in the city's files, too. */
export function withField<K extends keyof Rule>(rule: Rule, name: K, value: Rule[K] | undefined): Rule {
  const next = { ...rule };

  if (value === undefined || value === '' || value === false || (Array.isArray(value) && value.length === 0)) delete next[name];
  else next[name] = value;
  return next;
}

export const linesOf = (text: string): string[] => text.split('\n').map((line) => line.trim()).filter(Boolean);

export function freeCode(rules: Rule[], stem = 'ny-regel'): string {
  for (let n = 1; ; n++) {
    const code = n === 1 ? stem : `${stem}-${n}`;
    if (!rules.some((rule) => rule.code === code)) return code;
  }
}

export function newRule(rules: Rule[]): Rule {
  return { code: freeCode(rules), outcome: 'dispatch', because: 'Ärendet går till {board}.' };
}

export const isSame = (a: Rule[], b: Rule[]): boolean => JSON.stringify(a) === JSON.stringify(b);

/* "rules[3].categories[0]": of which rule, which field. */
export function faultPlace(name: string): { rule: number; field: string } | null {
  const found = /^rules\[(\d+)\](?:\.([a-zA-Z]+))?(?:\.(from|to))?/.exec(name);
  if (!found) return null;
  const field = found[2] ?? 'code';

  return { rule: Number(found[1]), field: field === 'season' ? `season${found[3] === 'to' ? 'To' : 'From'}` : field };
}

/* What is no rule at all is found before anything is checked: then it is known of which field. */
export interface Finding extends RuleFinding {
  at?: { rule: number; field: string };
}

/* What is told beside a rule. */
export function findingsOf(findings: Finding[], rules: Rule[], n: number): Finding[] {
  return findings.filter(({ rule, at }) => at ? at.rule === n : rule === rules[n]?.code);
}

export type FieldFaults = Record<string, string | undefined>;

/* What is told beside its fields, while they are shown. */
export function fieldFaults(findings: Finding[]): FieldFaults {
  return Object.fromEntries(findings.flatMap(({ at, text }) => at ? [[at.field, text]] : []));
}
