/* Covers faces and number plates: boxes drawn by finger, or put and moved by buttons and
 * keys. When it is done the picture is painted anew, so that nothing lies under them. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import type { Box } from '../../shared/picture.ts';

import { Dialog } from './dialog.tsx';
import { MaskCanvas } from './mask_canvas.tsx';
import { MaskTools } from './mask_tools.tsx';
import { masked } from './photos.ts';
import type { Photo } from './types.ts';
import { useBoxes } from './use_boxes.ts';
import { useWords } from './words.ts';

interface MaskProps {
  photo: Photo;
  onClose: () => void;
  onDone: (photo: Photo) => void;
}

const startBox: Box = { x: 0.35, y: 0.35, w: 0.3, h: 0.3 };

export function MaskDialog({ photo, onClose, onDone }: MaskProps): JSX.Element {
  const { t } = useWords();
  const boxes = useBoxes();
  const [isBusy, setBusy] = useState(false);
  const done = (): void => {
    if (isBusy) return;
    setBusy(true);
    masked(photo, boxes.boxes).then(onDone, () => setBusy(false));
  };

  return (
    <Dialog labelledBy="mask-title" onClose={onClose}>
      <h2 id="mask-title">{t('mask.title')}</h2>
      <p class="hint" id="mask-how">{t('mask.how')}</p>
      <MaskCanvas photo={photo} boxes={boxes} />
      <MaskTools boxes={boxes} onAdd={() => boxes.add(startBox)} />
      <div class="pair">
        <button type="button" onClick={onClose}>{t('cancel')}</button>
        <button type="button" class="main" aria-disabled={isBusy} onClick={done}>{t('mask.save')}</button>
      </div>
    </Dialog>);
}
