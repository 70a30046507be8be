/* What a change would make of a row, and what follows of it. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

import { day } from './format.ts';
import { differing, valueText } from './settings.ts';
import type { Row, Speaker } from './settings.ts';
import { Shown } from './settings_shown.tsx';
import type { SettingChanged, SettingKind } from './types.ts';
import { fill, wordOf } from './words.ts';

interface ChangeTableProps {
  kind: SettingKind;
  speaker: Speaker;
  before: Row | null;
  after: Row | null;
  label: string; /* of the part that scrolls sideways: no other has it */
}

export function ChangeTable({ kind, speaker, before, after, label }: ChangeTableProps): JSX.Element {
  const { w } = speaker;
  const fields = differing(kind.fields, before, after);

  if (!fields.length) return <p>{w.same}</p>;
  return (
    <div class="wide" role="region" tabIndex={0} aria-label={label}>
      <table>
        <thead><tr><th scope="col">{w.field}</th><th scope="col">{w.now}</th><th scope="col">{w.then}</th></tr></thead>
        <tbody>{fields.map((field) => (
          <tr key={field.name}><th scope="row">{wordOf(w.fields, field.name)}</th>
            <td class="held">{before ? valueText(speaker, field, before[field.name]) : w.none}</td>
            <td class="held">{after ? valueText(speaker, field, after[field.name]) : w.none}</td></tr>))}</tbody>
      </table>
    </div>);
}

function effectText({ t, w }: Speaker, effect: SettingChanged['effects'][number]): string {
  const { before, after, n } = effect;

  if (effect.code === 'last-month') return fill(w.effects['last-month'], { n: n ?? 0 });
  return before && after && before !== after
    ? fill(w.effects['answer-day'], { before: day(t, before), after: day(t, after) }) : w.effects['answer-day-same'];
}

const dated = ['deadlines', 'working-days'];

export function SettingPreview({ kind, speaker, seen, title }: { kind: SettingKind; speaker: Speaker; seen: SettingChanged; title?: string }): JSX.Element {
  const { w } = speaker;
  const heading = useRef<HTMLHeadingElement>(null);

  useLayoutEffect(() => heading.current?.focus(), []);
  return (
    <section class="preview" aria-labelledby="preview-title">
      <h2 id="preview-title" tabIndex={-1} ref={heading}>{title ?? w.preview}</h2>
      <ChangeTable kind={kind} speaker={speaker} before={seen.before} after={seen.after} label={w.differences} />
      {seen.shown && <Shown speaker={speaker} shown={seen.shown} language={String(seen.after?.['language'] ?? '')} />}
      <ul>
        {seen.effects.map((effect) => <li key={effect.code}>{effectText(speaker, effect)}</li>)}
        {dated.includes(kind.code) && <li>{w.stored}</li>}
      </ul>
    </section>);
}
