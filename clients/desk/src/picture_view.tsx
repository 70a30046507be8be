/* A case's pictures, large: turned, zoomed, one after the other. The stored picture stays
 * as it is. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { attachmentAt } from './api.ts';
import { Dialog } from './dialog.tsx';
import { instant, isPicture } from './format.ts';
import { keysAreOn } from './keys.ts';
import { later } from './later.tsx';
import { maskKeep, maskRead } from './store.ts';
import { pictureWords } from './texts/picture.ts';
import type { Attachment, Case } from './types.ts';
import { fill, useWords } from './words.ts';

interface PictureViewProps {
  it: Case;
  start: number; /* of the attachment */
  onCase: (it: Case) => void;
  onClose: () => void;
}

const MaskView = later(async () => (await import('./mask_view.tsx')).MaskView);

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

interface MaskedProps {
  it: Case;
  file: Attachment;
  isOriginal: boolean; /* is what is shown */
  onOriginal: (isOriginal: boolean) => void;
  onMask: () => void;
}

/* Which of the two is shown, the other one, and making it. */
function Masked({ it, file, isOriginal, onOriginal, onMask }: MaskedProps): JSX.Element {
  const t = useWords();
  const w = pictureWords(t);
  const { mask } = file;

  return (
    <>
      {mask && <p class="masked">{isOriginal ? w.isOriginal
        : fill(w.masked, { who: mask.byName ?? t.event.system, at: instant(t, mask.at) })}{!file.original && ` ${w.onlyMasked}`}</p>}
      <div class="buttons">
        {mask && file.original && <button type="button" id="mask-other" onClick={() => onOriginal(!isOriginal)}>{isOriginal ? w.showMasked : w.showOriginal}</button>}
        {it.actions.includes('mask-picture') && <button type="button" id="mask" onClick={onMask}>{maskRead(it.number, file.n) ? w.maskOn : mask ? w.maskAgain : w.mask}</button>}
      </div>
    </>);
}

interface OneProps {
  it: Case;
  file: Attachment;
  at: string; /* which it is of how many, with its name */
  isOne: boolean;
  isBack: boolean; /* from masking: what had the focus is gone */
  onStep: (by: number) => void;
  onMask: () => void;
  onClose: () => void;
}

/* Drawn anew for another picture, so it begins whole, and masked if it is. */
function One({ it, file, at, isOne, isBack, onStep, onMask, onClose }: OneProps): JSX.Element {
  const t = useWords();
  const w = pictureWords(t);
  const [looks, setLooks] = useState(whole);
  const [isOriginal, setOriginal] = useState(false);
  const address = attachmentAt(it.number, file.n, false, isOriginal ? 0 : file.mask?.version);
  const { canvas, isAway, isHere } = useDrawn(address, looks.turn);
  const title = useRef<HTMLHeadingElement>(null);
  const onKey = (event: KeyboardEvent): void => {
    const name = keys[event.key];
    if (!keysAreOn() || event.ctrlKey || event.metaKey || event.altKey) return;
    if (name) setLooks(steps[name](looks));
    else if (event.key === 'n' || event.key === 'p') onStep(event.key === 'n' ? 1 : -1);
  };

  useEffect(() => { if (isBack) title.current?.focus(); }, []);
  return (
    <div class="viewer" onKeyDown={onKey}>
      <h2 id="picture-title" ref={title} tabIndex={-1}>{at}</h2>
      <Bar looks={looks} set={setLooks} step={onStep} isOne={isOne} />
      {isAway && <p role="alert">{w.away}</p>}
      {!isHere && !isAway && <p role="status">{t.loading}</p>}
      <div class="frame" tabIndex={0} role="region" aria-label={file.name}>
        <canvas ref={canvas} role="img" class={looks.zoom === 1 ? 'fitted' : ''} style={{ inlineSize: looks.zoom === 1 ? 'auto' : `${looks.zoom * 100}%` }} hidden={!isHere}
          aria-label={fill(w.picture, { name: file.name, turn: looks.turn * 90, zoom: Math.round(looks.zoom * 100) })} />
      </div>
      <Masked it={it} file={file} isOriginal={isOriginal} onOriginal={setOriginal} onMask={onMask} />
      <p class="soft">{w.keys}</p>
      <div class="buttons"><button type="button" class="main" onClick={onClose}>{t.close}</button>
        <a class="button" href={address} target="_blank" rel="noopener">{w.own}</a></div>
    </div>);
}

export function PictureView({ it, start, onCase, onClose }: PictureViewProps): JSX.Element {
  const w = pictureWords(useWords());
  const files = it.attachments.filter(isPicture);
  const [at, setAt] = useState(Math.max(0, files.findIndex(({ n }) => n === start)));
  const [isMasking, setMasking] = useState<boolean | null>(null); /* null: not yet */
  const file = files[at];

  if (!file) return <></>;
  return (
    <Dialog labelledBy="picture-title" onClose={() => (isMasking ? setMasking(false) : onClose())}>
      {isMasking ? <MaskView it={it} file={file} kept={maskRead(it.number, file.n)}
        onKeep={(state) => maskKeep(it.number, file.n, state.past.length ? state : null)}
        onBack={() => setMasking(false)} onSaved={(after) => {
          maskKeep(it.number, file.n, null);
          setMasking(false);
          onCase(after);
        }} /> : <One key={file.n} it={it} file={file} at={fill(w.title, { n: at + 1, all: files.length, name: file.name })}
        isOne={files.length === 1} isBack={isMasking !== null} onStep={(by) => {
          setMasking(null);
          setAt((at + by + files.length) % files.length);
        }}
        onMask={() => setMasking(true)} onClose={onClose} />}
    </Dialog>);
}
