/* All that mouse and keys do with the areas, by buttons; and the areas as a list. */
import type { JSX } from 'preact';

import type { Box } from '../../shared/picture.ts';

import { mostAreas } from './mask.ts';
import type { MaskDeed, MaskState } from './mask.ts';
import { maskWords } from './texts/mask.ts';
import { fill, useWords } from './words.ts';

const step = 0.02;
const arrows = [
  { name: 'left', sign: '←', by: { x: -step } },
  { name: 'up', sign: '↑', by: { y: -step } },
  { name: 'down', sign: '↓', by: { y: step } },
  { name: 'right', sign: '→', by: { x: step } },
] as const;
const sizes = [
  { name: 'narrower', by: { w: -step } },
  { name: 'wider', by: { w: step } },
  { name: 'lower', by: { h: -step } },
  { name: 'taller', by: { h: step } },
] as const;

interface ToolsProps {
  state: MaskState;
  deed: (deed: MaskDeed) => void;
  onAdd: () => void;
  onZoom: (by: number) => void;
}

export function MaskTools({ state, deed, onAdd, onZoom }: ToolsProps): JSX.Element {
  const w = maskWords(useWords());
  const isChosen = state.now.chosen >= 0;
  const change = (by: Partial<Box>) => (): void => deed({ what: 'change', by });

  return (
    <>
      <div class="buttons">
        <button type="button" id="mask-add" onClick={onAdd} aria-disabled={state.now.boxes.length >= mostAreas}>{w.add}</button>
        <button type="button" onClick={() => deed({ what: 'undo' })} aria-disabled={state.past.length === 0}>{w.undo}</button>
        <button type="button" aria-label={w.larger} onClick={() => onZoom(1.5)}>+</button>
        <button type="button" aria-label={w.smaller} onClick={() => onZoom(1 / 1.5)}>−</button>
      </div>
      <div class="buttons masktools" role="group" aria-label={w.tools}>
        {arrows.map(({ name, sign, by }) => (
          <button type="button" key={name} aria-label={w[name]} aria-disabled={!isChosen} onClick={change(by)}>{sign}</button>))}
        {sizes.map(({ name, by }) => (
          <button type="button" key={name} aria-disabled={!isChosen} onClick={change(by)}>{w[name]}</button>))}
        <button type="button" aria-disabled={!isChosen} onClick={() => deed({ what: 'remove' })}>{w.remove}</button>
      </div>
    </>);
}

/* What was done last, for who does not see it. */
function saidOf(w: ReturnType<typeof maskWords>, { said, now }: MaskState, placeOf: (box: Box) => string): string {
  const box = now.boxes[now.chosen];
  const count = fill(w.count, { n: now.boxes.length });

  if (said === 'added') return `${fill(w.added, { n: now.boxes.length })} ${count}`;
  if (said === 'changed') return box ? placeOf(box) : '';
  return said ? `${w[said]} ${count}` : '';
}

interface ListProps {
  state: MaskState;
  placeOf: (box: Box) => string;
  deed: (deed: MaskDeed) => void;
}

export function MaskList({ state, placeOf, deed }: ListProps): JSX.Element {
  const w = maskWords(useWords());
  const { boxes, chosen } = state.now;

  return (
    <section class="areas" aria-labelledby="mask-list">
      <h3 id="mask-list">{w.list}</h3>
      {boxes.length === 0 ? <p class="soft">{w.none}</p> : (
        <ol>{boxes.map((box, i) => (
          <li key={i}>
            <button type="button" class="plain" aria-current={chosen === i ? 'true' : undefined}
              onClick={() => { deed({ what: 'choose', n: -1 }); deed({ what: 'choose', n: i }); }}>
              <strong>{fill(w.area, { n: i + 1 })}</strong> <span class="soft">{placeOf(box)}</span>
            </button>
          </li>))}</ol>)}
      {boxes.length >= mostAreas && <p class="soft">{fill(w.full, { n: mostAreas })}</p>}
      <p class="away" role="status">{saidOf(w, state, placeOf)}</p>
    </section>);
}
