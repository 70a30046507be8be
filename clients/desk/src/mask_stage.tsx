/* The picture with the areas that are covered: a box is drawn by mouse or finger, dragged, or
 * moved and sized by keys. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { boxOf, byKey, placed, spotOf } from '../../shared/boxes.ts';
import type { Box } from '../../shared/picture.ts';

import { leastSide } from './mask.ts';
import type { MaskDeed, MaskState } from './mask.ts';
import { maskWords } from './texts/mask.ts';
import { fill, useWords } from './words.ts';

const step = 0.01;

interface CoverProps {
  box: Box;
  n: number;
  isChosen: boolean;
  place: string;
  deed: (deed: MaskDeed) => void;
}

function Cover({ box, n, isChosen, place, deed }: CoverProps): JSX.Element {
  const w = maskWords(useWords());
  const own = useRef<HTMLButtonElement>(null);
  const onKey = (event: KeyboardEvent): void => {
    const by = byKey(event, step);

    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Delete' || event.key === 'Backspace') deed({ what: 'remove' });
    else if (by) deed({ what: 'change', by });
    else return;
    event.preventDefault();
  };

  useEffect(() => { if (isChosen) own.current?.focus(); }, [isChosen]);
  return (
    <button type="button" class="cover" ref={own} style={placed(box)} aria-pressed={isChosen} data-n={n} onKeyDown={onKey}
      onFocus={() => deed({ what: 'choose', n })} aria-label={`${fill(w.area, { n: n + 1 })}: ${place}`} aria-describedby="mask-keys">
      {n + 1}
    </button>);
}

interface Spot {
  x: number;
  y: number;
}

/* A drag on the picture draws a box; one that begins on a box moves that. */
function useDrag(deed: (deed: MaskDeed) => void) {
  const [from, setFrom] = useState<Spot | null>(null);
  const [to, setTo] = useState<Spot | null>(null);
  const held = useRef<Spot | null>(null);
  const stop = (): void => {
    setFrom(null);
    setTo(null);
    held.current = null;
  };

  return { drawing: from && to ? boxOf(from, to) : null,
    onPointerDown: (event: PointerEvent): void => {
      const cover = event.target instanceof Element ? event.target.closest<HTMLElement>('.cover') : null;
      if (event.button !== 0) return;
      if (event.currentTarget instanceof Element && (!cover || event.pointerType === 'mouse' || event.isPrimary))
        event.currentTarget.setPointerCapture(event.pointerId);
      if (cover) {
        deed({ what: 'choose', n: Number(cover.dataset['n']) });
        held.current = spotOf(event);
      } else setFrom(spotOf(event));
    },
    onPointerMove: (event: PointerEvent): void => {
      const spot = spotOf(event);
      if (from) setTo(spot);
      if (!held.current) return;
      deed({ what: 'change', by: { x: spot.x - held.current.x, y: spot.y - held.current.y } });
      held.current = spot;
    },
    onPointerUp: (event: PointerEvent): void => {
      const box = from && boxOf(from, spotOf(event));
      stop();
      if (box && box.w > leastSide && box.h > leastSide) deed({ what: 'add', box });
    },
    onPointerCancel: stop };
}

interface StageProps {
  address: string;
  name: string;
  zoom: number; /* of the frame's width; 1: all of it is seen */
  state: MaskState;
  placeOf: (box: Box) => string;
  deed: (deed: MaskDeed) => void;
  onPicture: (picture: HTMLImageElement | null) => void; /* null: it cannot be fetched */
}

export function MaskStage({ address, name, zoom, state, placeOf, deed, onPicture }: StageProps): JSX.Element {
  const { drawing, ...drag } = useDrag(deed);

  return (
    <div class={`stage ${zoom === 1 ? 'fitted' : ''}`} {...(zoom !== 1 && { style: { inlineSize: `${zoom * 100}%` } })} {...drag}>
      <img src={address} alt={name} draggable={false} onLoad={(event) => onPicture(event.currentTarget)} onError={() => onPicture(null)} />
      {state.now.boxes.map((box, i) => (
        <Cover key={i} box={box} n={i} isChosen={state.now.chosen === i} place={placeOf(box)} deed={deed} />))}
      {drawing && <span class="cover drawing" style={placed(drawing)} />}
    </div>);
}
