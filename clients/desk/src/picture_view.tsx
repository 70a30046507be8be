/* A case's pictures, large: turned, zoomed, one after the other. The stored picture stays
 * as it is. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { attachmentAt } from './api.ts';
import { Dialog } from './dialog.tsx';
import { isPicture } from './format.ts';
import { keysAreOn } from './keys.ts';
import { pictureWords } from './texts/picture.ts';
import type { Case } from './types.ts';
import { fill, useWords } from './words.ts';

interface PictureViewProps {
  it: Case;
  start: number; /* of the attachment */
  onClose: () => void;
}

interface Looks {
  turn: number; /* quarters to the right */
  zoom: number; /* of the frame's width */
}

const whole: Looks = { turn: 0, zoom: 1 };
const most = 6;

/* Drawn turned, so that what is larger than its frame can be scrolled to. */
function draw(canvas: HTMLCanvasElement, picture: HTMLImageElement, turn: number): void {
  const { naturalWidth: w, naturalHeight: h } = picture;
  const ink = canvas.getContext('2d');
  const isLying = turn % 2 === 1;

  canvas.width = isLying ? h : w;
  canvas.height = isLying ? w : h;
  ink?.translate(canvas.width / 2, canvas.height / 2);
  ink?.rotate(turn * Math.PI / 2);
  ink?.drawImage(picture, -w / 2, -h / 2);
}

function useDrawn(address: string, turn: number) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [picture, setPicture] = useState<HTMLImageElement | null>(null);
  const [isAway, setAway] = useState(false);

  useEffect(() => {
    const image = new Image();
    let isWanted = true;
    setPicture(null);
    setAway(false);
    image.onload = () => { if (isWanted) setPicture(image); };
    image.onerror = () => { if (isWanted) setAway(true); };
    image.src = address;
    return () => { isWanted = false; };
  }, [address]);
  useEffect(() => { if (canvas.current && picture) draw(canvas.current, picture, turn); }, [picture, turn]);
  return { canvas, isAway, isHere: picture !== null };
}

interface BarProps {
  looks: Looks;
  set: (looks: Looks) => void;
  step: (by: number) => void;
  isOne: boolean;
}

const steps = {
  left: ({ turn, zoom }: Looks): Looks => ({ turn: (turn + 3) % 4, zoom }),
  right: ({ turn, zoom }: Looks): Looks => ({ turn: (turn + 1) % 4, zoom }),
  larger: ({ turn, zoom }: Looks): Looks => ({ turn, zoom: Math.min(zoom * 1.5, most) }),
  smaller: ({ turn, zoom }: Looks): Looks => ({ turn, zoom: Math.max(zoom / 1.5, 0.5) }),
  whole: (): Looks => whole,
};
type Step = keyof typeof steps;

const keys: Record<string, Step> = { l: 'left', r: 'right', '+': 'larger', '=': 'larger', '-': 'smaller', 0: 'whole' };

function Bar({ looks, set, step, isOne }: BarProps): JSX.Element {
  const w = pictureWords(useWords());

  return (
    <div class="buttons">
      {(Object.keys(steps) as Step[]).map((name) => (
        <button type="button" key={name} onClick={() => set(steps[name](looks))}>{w[name]}</button>))}
      {!isOne && <><button type="button" onClick={() => step(-1)}>{w.previous}</button>
        <button type="button" onClick={() => step(1)}>{w.next}</button></>}
    </div>);
}

export function PictureView({ it, start, onClose }: PictureViewProps): JSX.Element {
  const t = useWords();
  const w = pictureWords(t);
  const files = it.attachments.filter(isPicture);
  const [at, setAt] = useState(Math.max(0, files.findIndex(({ n }) => n === start)));
  const [looks, setLooks] = useState(whole);
  const file = files[at];
  const address = attachmentAt(it.number, file?.n ?? start, false);
  const { canvas, isAway, isHere } = useDrawn(address, looks.turn);
  const step = (by: number): void => {
    setAt((at + by + files.length) % files.length);
    setLooks(whole);
  };
  const onKey = (event: KeyboardEvent): void => {
    const name = keys[event.key];
    if (!keysAreOn() || event.ctrlKey || event.metaKey || event.altKey) return;
    if (name) setLooks(steps[name](looks));
    else if (event.key === 'n' || event.key === 'p') step(event.key === 'n' ? 1 : -1);
  };
  const name = file?.name ?? '';

  return (
    <Dialog labelledBy="picture-title" onClose={onClose}>
      <div class="viewer" onKeyDown={onKey}>
        <h2 id="picture-title">{fill(w.title, { n: at + 1, all: files.length, name })}</h2>
        <Bar looks={looks} set={setLooks} step={step} isOne={files.length === 1} />
        {isAway && <p role="alert">{w.away}</p>}
        {!isHere && !isAway && <p role="status">{t.loading}</p>}
        <div class="frame" tabIndex={0} role="region" aria-label={name}>
          <canvas ref={canvas} role="img" class={looks.zoom === 1 ? 'fitted' : ''} style={{ inlineSize: looks.zoom === 1 ? 'auto' : `${looks.zoom * 100}%` }} hidden={!isHere}
            aria-label={fill(w.picture, { name, turn: looks.turn * 90, zoom: Math.round(looks.zoom * 100) })} />
        </div>
        <p class="soft">{w.keys}</p>
        <div class="buttons"><button type="button" class="main" onClick={onClose}>{t.close}</button>
          <a class="button" href={address} target="_blank" rel="noopener">{w.own}</a></div>
      </div>
    </Dialog>);
}
