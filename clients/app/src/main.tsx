import { render } from 'preact';

import { AppRoot } from './app.tsx';
import { settingRead } from './db.ts';
import { draftNow } from './draft_store.ts';
import { languageFor } from './languages.ts';
import { keepTold } from './push_now.ts';
import { keepSending } from './sending.ts';
import { wordsIn } from './words.ts';
import { startWorker } from './worker.ts';

const root = document.getElementById('app');

async function start(into: HTMLElement): Promise<void> {
  const chosen = await settingRead('language', '');
  const [words, begun] = await Promise.all([wordsIn(languageFor(chosen, navigator.languages)), draftNow()]);

  render(<AppRoot words={words} begun={begun} />, into);
  keepSending();
  await startWorker().catch(() => undefined); /* without one the app works, with a network */
  keepTold();
}

if (root) void start(root);
