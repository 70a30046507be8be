/* Parts of a picture covered: faces, number plates, names. The server makes the copy; what
 * stands here is where. */
import type { JSX } from 'preact';
import { useEffect, useReducer, useRef, useState } from 'preact/hooks';

import type { Box } from '../../shared/picture.ts';

import { attachmentAt, maskPicture } from './api.ts';
import { ProblemError } from './errors.ts';
import { keysAreOn } from './keys.ts';
import { areaOf, boxOfArea, masking, startMask } from './mask.ts';
import type { MaskState, Size } from './mask.ts';
import { MaskStage } from './mask_stage.tsx';
import { MaskList, MaskTools } from './mask_tools.tsx';
import { maskWords } from './texts/mask.ts';
import { troubleText } from './trouble.ts';
import { Trouble } from './trouble_box.tsx';
import type { Attachment, Case } from './types.ts';
import { fill, useWords } from './words.ts';

const most = 6;

/* In the middle of what is seen of the picture, the next a little further down. */
function middleOf(frame: HTMLElement | null, n: number): Box {
  const at = 0.35 + (n % 6) * 0.05;
  const stage = frame?.querySelector('.stage')?.getBoundingClientRect();
  const seen = frame?.getBoundingClientRect();
  if (!stage || !seen || !stage.width || !stage.height) return { x: at, y: at, w: 0.3, h: 0.3 };
  const left = Math.max(stage.left, seen.left);
  const top = Math.max(stage.top, seen.top);
  const w = (Math.min(stage.right, seen.right) - left) / stage.width;
  const h = (Math.min(stage.bottom, seen.bottom) - top) / stage.height;
  return { x: (left - stage.left) / stage.width + w * at, y: (top - stage.top) / stage.height + h * at, w: w * 0.3, h: h * 0.3 };
}

interface MaskViewProps {
  it: Case;
  file: Attachment;
  kept: MaskState | undefined; /* what stood here when it was left */
  onKeep: (state: MaskState) => void;
  onBack: () => void;
  onSaved: (after: Case) => void;
}

/* Saves once however often it is pressed; after a conflict with the case as it then is. */
function useSaving(it: Case, file: Attachment, onSaved: (after: Case) => void) {
  const [version, setVersion] = useState(it.version);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const fail = (why: unknown): void => {
    const current = why instanceof ProblemError && why.status === 409 ? why.problem.current : null;
    if (typeof current === 'object' && current !== null && 'version' in current) setVersion(Number(current.version));
    setError(why);
    setBusy(false);
  };

  useEffect(() => setVersion((known) => Math.max(known, it.version)), [it.version]);
  return { isBusy, error, save: (boxes: Box[], size: Size): void => {
    if (isBusy) return;
    setBusy(true);
    setError(null);
    maskPicture(it.number, file.n, boxes.map((box) => areaOf(box, size)), version).then(onSaved, fail);
  } };
}

export function MaskView({ it, file, kept, onKeep, onBack, onSaved }: MaskViewProps): JSX.Element {
  const t = useWords();
  const w = maskWords(t);
  const title = useRef<HTMLHeadingElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const [state, deed] = useReducer(masking, kept ?? startMask([]));
  const [size, setSize] = useState<Size | null>(null);
  const [isAway, setAway] = useState(false);
  const [zoom, setZoom] = useState(1);
  const { isBusy, error, save } = useSaving(it, file, onSaved);
  const placeOf = (box: Box): string => (size ? fill(w.place, { ...areaOf(box, size) }) : '');
  const add = (): void => deed({ what: 'add', box: middleOf(frame.current, state.now.boxes.length) });
  const onPicture = (picture: HTMLImageElement | null): void => {
    setAway(picture === null);
    if (!picture || size) return;
    const seen = { width: picture.naturalWidth, height: picture.naturalHeight };
    setSize(seen);
    if (!kept && file.original) deed({ what: 'begin', boxes: (file.mask?.areas ?? []).map((area) => boxOfArea(area, seen)) });
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key.toLowerCase() === 'z' && (event.ctrlKey || event.metaKey)) deed({ what: 'undo' });
    else if (event.key === 'a' && keysAreOn() && !event.ctrlKey && !event.metaKey && !event.altKey) add();
    else return;
    event.preventDefault();
  };

  useEffect(() => title.current?.focus(), []);
  useEffect(() => { if (size) onKeep(state); }, [state, size]);
  return (
    <div class="viewer mask" onKeyDown={onKey}>
      <h2 id="picture-title" ref={title} tabIndex={-1}>{fill(w.title, { name: file.name })}</h2>
      <p id="mask-how">{w.how}</p>
      {!file.original && <p>{w.again}</p>}
      {isAway && <p role="alert">{t.error.server}</p>}
      <div class="beside"><div class="frame" ref={frame} tabIndex={0} role="region" aria-label={file.name}>
        <MaskStage address={attachmentAt(it.number, file.n, false)} name={file.name} zoom={zoom} state={state}
          placeOf={placeOf} deed={deed} onPicture={onPicture} />
      </div>
      <div><MaskTools state={state} deed={deed} onAdd={add} onZoom={(by) => setZoom(Math.min(Math.max(zoom * by, 1), most))} />
        <MaskList state={state} placeOf={placeOf} deed={deed} /></div></div>
      <p class="soft" id="mask-keys">{w.keys}</p>
      {error !== null && <Trouble text={error instanceof ProblemError && error.status === 409 ? w.conflict : troubleText(t, error)} />}
      <div class="buttons">
        <button type="button" class="main" id="mask-save" aria-disabled={isBusy || !size || state.now.boxes.length === 0}
          onClick={() => { if (size && state.now.boxes.length) save(state.now.boxes, size); }}>{isBusy ? w.saving : w.save}</button>
        <button type="button" onClick={onBack}>{w.cancel}</button>
      </div>
    </div>);
}
