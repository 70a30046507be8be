/* The picture with its boxes: a finger draws one, a tap chooses one, arrow keys move it. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { boxOf, byKey, placed, spotOf } from '../../shared/boxes.ts';
import type { Box } from '../../shared/picture.ts';

import type { Photo } from './types.ts';
import { useBlobUrl } from './use_blob_url.ts';
import type { Boxes } from './use_boxes.ts';
import { useWords } from './words.ts';

const step = 0.02;
const least = 0.02; /* smaller is a tap */

interface BoxProps {
  box: Box;
  n: number;
  boxes: Boxes;
}

function CoverBox({ box, n, boxes }: BoxProps): JSX.Element {
  const { t } = useWords();
  const own = useRef<HTMLButtonElement>(null);
  const isChosen = boxes.chosen === n;
  const onKey = (event: KeyboardEvent): void => {
    const by = byKey(event, step);
    if (event.key === 'Delete' || event.key === 'Backspace') boxes.remove();
    else if (by) boxes.change(by);
    else return;
    event.preventDefault();
  };

  useEffect(() => { if (isChosen) own.current?.focus(); }, [isChosen]);
  return (
    <button type="button" class="cover" ref={own} style={placed(box)} aria-pressed={isChosen} onFocus={() => boxes.choose(n)}
      aria-label={t('mask.box', { n: n + 1 })} aria-describedby="mask-keys" onKeyDown={onKey} />);
}

type Spot = { x: number; y: number };

export function MaskCanvas({ photo, boxes }: { photo: Photo; boxes: Boxes }): JSX.Element {
  const { t } = useWords();
  const url = useBlobUrl(photo.blob);
  const [from, setFrom] = useState<Spot | null>(null);
  const [to, setTo] = useState<Spot | null>(null);
  const begin = (event: PointerEvent): void => {
    if (event.target instanceof Element && event.target.closest('.cover')) return;
    if (event.currentTarget instanceof Element) event.currentTarget.setPointerCapture(event.pointerId);
    setFrom(spotOf(event));
    setTo(null);
  };
  const end = (event: PointerEvent): void => {
    const box = from && boxOf(from, spotOf(event));
    setFrom(null);
    setTo(null);
    if (box && box.w > least && box.h > least) boxes.add(box);
  };
  const drawing = from && to ? boxOf(from, to) : null;

  return (
    <div class="canvas" onPointerDown={begin} onPointerUp={end} onPointerMove={(event) => { if (from) setTo(spotOf(event)); }}
      onPointerCancel={() => setFrom(null)}>
      {url && <img src={url} alt={t('mask.picture')} draggable={false} />}
      {boxes.boxes.map((box, i) => <CoverBox key={i} box={box} n={i} boxes={boxes} />)}
      {drawing && <span class="cover drawing" style={placed(drawing)} />}
    </div>);
}
