/* A case that belongs to what is shown, by its number. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

interface LinkFormProps {
  id: string;
  label: string;
  button: string;
  onLink: (other: string) => Promise<boolean>; /* true: it was done, so that the number need not stand there any more */
}

export function LinkForm({ id, label, button, onLink }: LinkFormProps): JSX.Element {
  const [number, setNumber] = useState('');
  const send = (event: Event): void => {
    event.preventDefault();
    if (!number.trim()) return;
    void onLink(number.trim()).then((isDone) => { if (isDone) setNumber(''); });
  };

  return (
    <form class="link" onSubmit={send}>
      <label for={id}>{label}</label>
      <div class="beside">
        <input id={id} value={number} type="text" autocomplete="off"
          onInput={(event) => setNumber(event.currentTarget.value)} />
        <button type="submit">{button}</button>
      </div>
    </form>);
}
