/* A text of the city's own as people will meet it, made by the server: a part of a page in a
 * frame of its own, where no script runs, or a letter. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import type { Speaker } from './settings.ts';
import { ownTextWords } from './texts/own_text.ts';
import type { SettingChanged } from './types.ts';

type What = NonNullable<SettingChanged['shown']>;

const most = 800; /* pixels; what is higher scrolls */

function Part({ html, title }: { html: string; title: string }): JSX.Element {
  const [height, setHeight] = useState(160);
  const fit = (event: { currentTarget: HTMLIFrameElement }): void => {
    const inner = event.currentTarget.contentDocument?.body.lastElementChild?.getBoundingClientRect().bottom ?? height;
    setHeight(Math.min(Math.ceil(inner) + 16, most));
  };

  /* Of the same origin, so that its height can be known; scripts and links are still off. */
  return <iframe sandbox="allow-same-origin" title={title} srcdoc={html} height={height} onLoad={fit} />;
}

function direction({ texts }: Speaker, language: string): 'ltr' | 'rtl' {
  return texts?.languages.find(({ code }) => code === language)?.dir ?? 'ltr';
}

export function Shown({ speaker, shown, language }: { speaker: Speaker; shown: What; language: string }): JSX.Element {
  const own = ownTextWords(speaker.t);

  return (
    <section class="shown" aria-labelledby="shown-title">
      <h3 id="shown-title">{own.shown}</h3>
      <p class="soft">{shown.html === undefined ? own.shownLetter : own.shownPage}</p>
      {shown.html === undefined ? <div class="sheet" lang={language} dir={direction(speaker, language)}>
        <p><strong>{shown.subject}</strong></p>
        <p class="held">{shown.text}</p>
      </div> : <Part html={shown.html} title={own.shown} />}
    </section>);
}
