/* What the complainant wrote and sent along. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { attachmentAt, mailAt } from './api.ts';
import { Folded } from './folded.tsx';
import { isPicture, size } from './format.ts';
import { later } from './later.tsx';
import { DocumentMarking } from './marking.tsx';
import { ShowPhoto } from './publication.tsx';
import type { Attachment, Case } from './types.ts';
import { fill, useWords } from './words.ts';

interface CaseTextProps {
  it: Case;
  onCase: (it: Case) => void;
}

const PictureView = later(async () => (await import('./picture_view.tsx')).PictureView);

/* A picture opens over the page; with a key held, or by the middle button, in a window of
 * its own, as any link. */
function isPlain(event: MouseEvent): boolean {
  return event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
}

function File({ it, file, onCase }: CaseTextProps & { file: Attachment }): JSX.Element {
  const t = useWords();
  const [isLarge, setLarge] = useState(false);

  if (file.state !== 'stored') return <li>{file.name}: {t.case[file.state]}</li>;
  return (
    <li>
      <a href={attachmentAt(it.number, file.n, false, file.mask?.version)} target="_blank" rel="noopener" onClick={(event) => {
        if (!isPicture(file) || !isPlain(event)) return;
        event.preventDefault();
        setLarge(true);
      }}
        aria-label={fill(t.case.open, { name: `${file.name} ${size(file.size, t)}${file.mask ? `, ${t.case.masked}` : ''}` })}>
        {isPicture(file) && <img src={attachmentAt(it.number, file.n, true, file.mask?.version)} alt="" loading="lazy" />}
        <span>{file.name}</span> <span class="soft">{size(file.size, t)}</span>{file.mask && <> <strong class="masked">{t.case.masked}</strong></>}
      </a>
      {isLarge && <PictureView it={it} start={file.n} onCase={onCase} onClose={() => setLarge(false)} />}
      <DocumentMarking it={it} document={`attachment-${file.n}`} />
      <ShowPhoto it={it} file={file} onCase={onCase} />
    </li>);
}

export function CaseText({ it, onCase }: CaseTextProps): JSX.Element {
  const t = useWords();

  return (
    <section class="card">
      <h2>{t.case.text}</h2>
      <DocumentMarking it={it} document="text" />
      <Folded it={it} why="threat">
        {it.text === null ? <p class="soft">{it.withheld.includes('text') ? t.case.notSent : t.case.noText}</p>
          : <p class="words" lang={it.language}>{it.text}</p>}
        {it.channel === 'mail' && it.text !== null && <p><a class="button" href={mailAt(it.number, 1)} download>{t.case.original}</a></p>}
        {it.withheld.includes('attachments') && <p class="soft">{t.case.filesNotSent}</p>}
        {it.attachments.some(({ original }) => !original) && <p class="soft">{t.case.originalsNotSent}</p>}
        {it.attachments.length > 0 && <>
          <h3>{t.case.pictures}</h3>
          <ul class="files">{it.attachments.map((file) => <File key={file.n} it={it} file={file} onCase={onCase} />)}</ul>
        </>}
      </Folded>
    </section>);
}

/* In its place for those who see that there is a case, but do not read it. */
export function Restricted(): JSX.Element {
  const t = useWords();

  return (
    <section class="card">
      <h2>{t.case.restricted}</h2>
      <p>{t.case.restrictedLead}</p>
    </section>);
}
