/* The photos of the draft, each with what can be done with it. */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';

import { useApp } from './app_state.ts';
import { Icon } from './icons.tsx';
import { MaskDialog } from './mask_dialog.tsx';
import type { Photo } from './types.ts';
import { useBlobUrl } from './use_blob_url.ts';
import { useWords } from './words.ts';

interface RowProps {
  photo: Photo;
  n: number;
  onMask: () => void;
  onRemove: () => void;
}

function Row({ photo, n, onMask, onRemove }: RowProps): JSX.Element {
  const { t } = useWords();
  const url = useBlobUrl(photo.blob);

  return (
    <li class="photo">
      {photo.state === 'ready' && url ? <img src={url} alt={t('photos.alt', { n })} /> : <p>{t('photos.whole', { n })}</p>}
      <div class="pair">
        {photo.state === 'ready' && <button type="button" onClick={onMask}>
          <Icon name="cover" />{t('photos.mask')}<span class="away"> {t('photos.alt', { n })}</span></button>}
        <button type="button" onClick={onRemove}><Icon name="remove" />{t('photos.remove')}<span class="away"> {t('photos.alt', { n })}</span></button>
      </div>
    </li>);
}

export function PhotoList(): JSX.Element | null {
  const { t } = useWords();
  const { writing, say } = useApp();
  const [masking, setMasking] = useState<Photo | null>(null);
  const list = useRef<HTMLUListElement>(null);
  const remove = (id: string): void => {
    writing.removePhoto(id);
    say(t('photos.removed'));
    /* The pressed button is gone: on to the first that is left, else to where photos come from. */
    requestAnimationFrame(() => (list.current?.querySelector('button') ?? document.querySelector<HTMLElement>('.photobuttons button'))?.focus());
  };

  if (!writing.photos.length) return null;
  return (
    <>
      <p class="hint">{t('photos.hint')}</p>
      <ul class="photos" ref={list}>{writing.photos.map((photo, i) => (
        <Row key={photo.id} photo={photo} n={i + 1} onMask={() => setMasking(photo)} onRemove={() => remove(photo.id)} />))}</ul>
      {masking && <MaskDialog photo={masking} onClose={() => setMasking(null)} onDone={(photo) => {
        writing.replacePhoto(photo);
        setMasking(null);
        say(t('mask.done'));
      }} />}
    </>);
}
