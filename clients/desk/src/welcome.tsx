/* A line for who is new here, until the tour was taken or declined on this device. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { later } from './later.tsx';
import { settingKeep, settingRead } from './store.ts';
import { useWords } from './words.ts';

const Tour = later(async () => (await import('./tour.tsx')).Tour);

export function TourButton({ onSeen }: { onSeen?: () => void }): JSX.Element {
  const t = useWords();
  const [isOpen, setOpen] = useState(false);

  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>{t.tour.take}</button>
      {isOpen && <Tour onClose={() => {
        settingKeep('tour', 'seen');
        setOpen(false);
        onSeen?.();
      }} />}
    </>);
}

export function Welcome(): JSX.Element | null {
  const t = useWords();
  const [isNew, setNew] = useState(settingRead('tour') !== 'seen');

  if (!isNew) return null;
  return (
    <div class="notice welcome noprint">
      <p>{t.tour.isNew}</p>
      <div class="buttons"><TourButton onSeen={() => setNew(false)} />
        <button type="button" class="plain" onClick={() => {
          settingKeep('tour', 'seen');
          setNew(false);
        }}>{t.tour.decline}</button></div>
    </div>);
}
