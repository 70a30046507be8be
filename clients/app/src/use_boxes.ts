/* What covers a picture while it is worked on, as state. */
import { useState } from 'preact/hooks';

import { withBox, withChange, withoutChosen } from '../../shared/boxes.ts';
import type { Boxes as Covers } from '../../shared/boxes.ts';
import type { Box } from '../../shared/picture.ts';

export interface Boxes extends Covers {
  add: (box: Box) => void;
  choose: (i: number) => void;
  change: (by: Partial<Box>) => void;
  remove: () => void;
}

export function useBoxes(): Boxes {
  const [covers, set] = useState<Covers>({ boxes: [], chosen: -1 });

  return { ...covers,
    add: (box) => set((old) => withBox(old, box)),
    choose: (i) => set((old) => ({ ...old, chosen: i })),
    change: (by) => set((old) => withChange(old, by)),
    remove: () => set(withoutChosen) };
}
