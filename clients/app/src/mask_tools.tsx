/* The same as finger and arrow keys do, by buttons: nobody has to drag. */
import type { JSX } from 'preact';

import type { Box } from '../../shared/picture.ts';

import type { Boxes } from './use_boxes.ts';
import { useWords } from './words.ts';

const step = 0.04;
const tools: { name: string; sign: string; by: Partial<Box> }[] = [
  { name: 'left', sign: '←', by: { x: -step } },
  { name: 'up', sign: '↑', by: { y: -step } },
  { name: 'down', sign: '↓', by: { y: step } },
  { name: 'right', sign: '→', by: { x: step } },
  { name: 'larger', sign: '+', by: { x: -step / 2, y: -step / 2, w: step, h: step } },
  { name: 'smaller', sign: '−', by: { x: step / 2, y: step / 2, w: -step, h: -step } },
];

export function MaskTools({ boxes, onAdd }: { boxes: Boxes; onAdd: () => void }): JSX.Element {
  const { t } = useWords();
  const isChosen = boxes.chosen >= 0;

  return (
    <div class="masktools" role="group" aria-label={t('mask.tools')}>
      <button type="button" onClick={onAdd}>{t('mask.add')}</button>
      <button type="button" aria-disabled={!isChosen} onClick={() => { if (isChosen) boxes.remove(); }}>{t('mask.remove')}</button>
      <div class="arrows">{tools.map(({ name, sign, by }) => (
        <button key={name} type="button" aria-label={t(`mask.${name}`)} aria-disabled={!isChosen}
          onClick={() => boxes.change(by)}>{sign}</button>))}</div>
      <p class="hint" id="mask-keys">{t('mask.keys')}</p>
    </div>);
}
