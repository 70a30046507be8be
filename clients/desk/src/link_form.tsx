/* A case that belongs to this one, by its number. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { useWords } from './words.ts';

export function LinkForm({ onLink }: { onLink: (other: string) => Promise<boolean> }): JSX.Element {
  const t = useWords();
  const [number, setNumber] = useState('');
  const send = (event: Event): void => {
    event.preventDefault();
    if (!number.trim()) return;
    void onLink(number.trim()).then((isDone) => { if (isDone) setNumber(''); });
  };

  return (
    <form class="link" onSubmit={send}>
      <label for="link-number">{t.related.number}</label>
      <div class="beside">
        <input id="link-number" value={number} type="text" autocomplete="off"
          onInput={(event) => setNumber(event.currentTarget.value)} />
        <button type="submit">{t.related.link}</button>
      </div>
    </form>);
}
