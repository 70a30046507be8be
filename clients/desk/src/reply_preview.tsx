/* What the complainant will see, before it is sent: the letter as it will be written, and
 * the page where the case is followed. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { Dialog } from './dialog.tsx';
import { previewReply } from './template_api.ts';
import { replyFileWords } from './texts/reply_file.ts';
import { troubleText } from './trouble.ts';
import { Trouble } from './trouble_box.tsx';
import type { ReplyPreview } from './types.ts';
import { useWords, wordOf } from './words.ts';

interface SeenProps {
  it: ReplyPreview;
  files: File[];
  areApart: boolean;
}

const namesOf = (files: File[]): string => files.map(({ name }) => name).join(', ');

function Letter({ it, files, areApart }: SeenProps): JSX.Element {
  const t = useWords();
  const w = replyFileWords(t);

  return (
    <section aria-labelledby="preview-letter">
      <h3 id="preview-letter">{t.preview.letter}</h3>
      {it.letter ? <div class="sheet">
        <p><strong lang={it.language}>{it.letter.subject}</strong></p>
        <p class="words" lang={it.language}>{it.letter.text}</p>
        {files.length > 0 && <p class="soft">{areApart ? w.apart : `${w.inLetter}: ${namesOf(files)}`}</p>}
      </div> : <p class="attention">▲ {wordOf(t.preview.noLetter, it.noLetter)}</p>}
    </section>);
}

function Page({ it, files }: Omit<SeenProps, 'areApart'>): JSX.Element {
  const t = useWords();

  return (
    <section aria-labelledby="preview-page">
      <h3 id="preview-page">{t.preview.page}</h3>
      <div class="sheet" lang={it.language}>
        <p><strong>{it.page.status}</strong></p>
        <p>{it.page.statusText}</p>
        {it.page.text !== null && <>
          <p><strong>{it.page.from}</strong></p>
          <p class="words">{it.page.text}</p>
        </>}
        {files.length > 0 && <ul>{files.map(({ name }, i) => <li key={i}>{name}</li>)}</ul>}
      </div>
    </section>);
}

interface PreviewProps {
  number: string;
  action: string;
  body: object;
  files: File[];
  areApart: boolean;
  sendText: string;
  onSend: () => void;
  onClose: () => void;
}

export function Preview({ number, action, body, files, areApart, sendText, onSend, onClose }: PreviewProps): JSX.Element {
  const t = useWords();
  const [it, setIt] = useState<ReplyPreview | null>(null);
  const [error, setError] = useState<unknown>(null);

  useEffect(() => {
    const control = new AbortController();
    previewReply(number, { ...body, action }, control.signal).then(setIt, (failed: unknown) => {
      if (!control.signal.aborted) setError(failed);
    });
    return () => control.abort();
  }, []);
  return (
    <Dialog labelledBy="preview-title" onClose={onClose}>
      <h2 id="preview-title" tabIndex={-1} autofocus>{t.preview.title}</h2>
      {error !== null && <Trouble text={troubleText(t, error)} />}
      {!it && error === null && <p role="status">{t.loading}</p>}
      {it && <div class="previews"><Letter it={it} files={files} areApart={areApart} /><Page it={it} files={files} /></div>}
      <div class="buttons">
        <button type="button" class="main" onClick={onSend}>{sendText}</button>
        <button type="button" onClick={onClose}>{t.preview.back}</button>
      </div>
    </Dialog>);
}
