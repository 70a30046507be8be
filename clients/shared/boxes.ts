/* Boxes over a picture that cover what nobody shall see: drawn between two corners, moved and
 * sized by keys; the numbers of app and desk alike. */
import type { Box } from './picture.ts';

/* chosen: which of them the keys are for; -1: none. */
export interface Boxes {
  boxes: Box[];
  chosen: number;
}

const within = (value: number, most: number): number => Math.min(Math.max(value, 0), most);

/* A box never leaves the picture, and stays large enough to be seen and held. */
export function moved(box: Box, by: Partial<Box>, least = 0.04): Box {
  const w = Math.min(Math.max(box.w + (by.w ?? 0), least), 1);
  const h = Math.min(Math.max(box.h + (by.h ?? 0), least), 1);
  return { w, h, x: within(box.x + (by.x ?? 0), 1 - w), y: within(box.y + (by.y ?? 0), 1 - h) };
}

/* Between two corners, in whichever order. */
export function boxOf(from: { x: number; y: number }, to: { x: number; y: number }): Box {
  const x = within(Math.min(from.x, to.x), 1);
  const y = within(Math.min(from.y, to.y), 1);
  return { x, y, w: within(Math.max(from.x, to.x), 1) - x, h: within(Math.max(from.y, to.y), 1) - y };
}

export function withBox({ boxes }: Boxes, box: Box): Boxes {
  return { boxes: [...boxes, box], chosen: boxes.length };
}

export function withChange({ boxes, chosen }: Boxes, by: Partial<Box>, least?: number): Boxes {
  return { boxes: boxes.map((box, i) => (i === chosen ? moved(box, by, least) : box)), chosen };
}

export function withoutChosen({ boxes, chosen }: Boxes): Boxes {
  const left = boxes.filter((_, i) => i !== chosen);
  return { boxes: left, chosen: left.length - 1 };
}

/* What an arrow key does to a box, and with Shift to its size; undefined for another key. */
export function byKey({ key, shiftKey }: Pick<KeyboardEvent, 'key' | 'shiftKey'>, step: number): Partial<Box> | undefined {
  const along = { ArrowLeft: -step, ArrowRight: step }[key];
  const down = { ArrowUp: -step, ArrowDown: step }[key];

  if (along !== undefined) return shiftKey ? { w: along } : { x: along };
  if (down !== undefined) return shiftKey ? { h: down } : { y: down };
  return undefined;
}

/* By the style's own interface: the pages' policy takes no style in the markup. */
export function placed(box: Box): { insetInlineStart: string; top: string; left: string; width: string; height: string } {
  return { insetInlineStart: 'auto', left: `${box.x * 100}%`, top: `${box.y * 100}%`, width: `${box.w * 100}%`, height: `${box.h * 100}%` };
}

/* Where a pointer is, as shares of the element that listens. */
export function spotOf(event: PointerEvent): { x: number; y: number } {
  const { left, top, width, height } = (event.currentTarget instanceof Element ? event.currentTarget : document.body).getBoundingClientRect();
  return { x: (event.clientX - left) / width, y: (event.clientY - top) / height };
}
