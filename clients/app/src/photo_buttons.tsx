/* The ways in for photos: the camera, and what is on the device already. */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';

import { useApp } from './app_state.ts';
import { photosMax } from './draft.ts';
import { Icon } from './icons.tsx';
import { useWords } from './words.ts';

interface PickProps {
  id: string;
  icon: string;
  label: string;
  isCamera?: boolean;
  onFiles: (files: File[]) => void;
}

/* The button presses the field: a field of files cannot be given a face of its own. */
function Pick({ id, icon, label, isCamera, onFiles }: PickProps): JSX.Element {
  const field = useRef<HTMLInputElement>(null);

  return (
    <>
      <button type="button" onClick={() => field.current?.click()}><Icon name={icon} />{label}</button>
      <input ref={field} id={id} type="file" accept="image/*" aria-label={label} hidden
        {...(isCamera ? { capture: 'environment' as const } : { multiple: true })}
        onChange={(event) => {
          onFiles(Array.from(event.currentTarget.files ?? []));
          event.currentTarget.value = ''; /* the same one can be chosen again */
        }} />
    </>);
}

export function PhotoButtons({ id }: { id: string }): JSX.Element {
  const { t } = useWords();
  const { writing, say } = useApp();
  const [trouble, setTrouble] = useState('');
  const take = async (files: File[]): Promise<void> => {
    const room = photosMax - writing.photos.length;
    setTrouble(files.length > room ? t('photos.most', { most: photosMax }) : '');
    const faults = await writing.addPhotos(files);
    if (faults[0]) setTrouble(t(`photos.${faults[0]}`));
    say(t('photos.added', { n: Math.min(files.length, room) - faults.length }));
  };

  return (
    <div class="photobuttons">
      <div class="pair">
        <Pick id={`${id}-camera`} icon="camera" label={t('photos.camera')} isCamera onFiles={(files) => { void take(files); }} />
        <Pick id={`${id}-files`} icon="pictures" label={t('photos.files')} onFiles={(files) => { void take(files); }} />
      </div>
      <p class="hint" role="status">{writing.isReading ? t('photos.reading')
        : writing.photos.length > 0 && t('photos.count', { n: writing.photos.length })}</p>
      {trouble && <p class="fault" role="alert">{trouble}</p>}
    </div>);
}
