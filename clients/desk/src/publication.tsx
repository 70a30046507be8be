/* What of a case anybody may see: a picture of it, and whether it is on the public map. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { act } from './api.ts';
import { troubleText } from './trouble.ts';
import { Trouble } from './trouble_box.tsx';
import type { Attachment, Case } from './types.ts';
import { useWords } from './words.ts';

interface ShowProps {
  it: Case;
  onCase: (it: Case) => void;
}

interface SwitchProps extends ShowProps {
  id: string;
  path: string;
  shown: boolean; /* what the button asks for */
  text: string;
  hint: string;
}

function Switch({ it, onCase, id, path, shown, text, hint }: SwitchProps): JSX.Element {
  const t = useWords();
  const [error, setError] = useState<unknown>(null);
  const press = (): void => {
    setError(null);
    act(it.number, { path, body: { shown }, version: it.version }, new AbortController().signal)
      .then((after) => { if (after) onCase(after); }, setError);
  };

  return (
    <div class="switch noprint">
      <p class="soft" id={`${id}-hint`}>{hint}</p>
      <button type="button" id={id} aria-describedby={`${id}-hint`} onClick={press}>{text}</button>
      {error !== null && <Trouble text={troubleText(t, error)} />}
    </div>);
}

export function ShowPhoto({ it, file, onCase }: ShowProps & { file: Attachment }): JSX.Element | null {
  const t = useWords();
  const isShown = it.shownPhotos.includes(file.n);

  if (!it.actions.includes('show-photo') || !file.type.startsWith('image/')) return null;
  if (!isShown && it.sensitivity > 1) return null;
  return <Switch it={it} onCase={onCase} id={`show-photo-${file.n}`} shown={!isShown}
    path={`attachments/${file.n}/publications`} text={isShown ? t.shown.photoStop : t.shown.photo}
    hint={isShown ? t.shown.photoShown : t.shown.photoHint} />;
}

export function ShowCase({ it, onCase }: ShowProps): JSX.Element | null {
  const t = useWords();

  if (!it.onMap && !it.hiddenFromMap) return null;
  const hint = it.hiddenFromMap ? t.shown.hidden : t.shown.onMap;
  if (!it.actions.includes('show-case')) return <p class="soft">{hint}</p>;
  return <Switch it={it} onCase={onCase} id="show-case" path="publications" shown={it.hiddenFromMap}
    text={it.hiddenFromMap ? t.shown.show : t.shown.hide} hint={hint} />;
}
