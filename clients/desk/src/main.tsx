import { render } from 'preact';

import { App } from './app.tsx';
import { fetchLanguage, languageNow } from './words.ts';

const root = document.getElementById('desk');

/* Swedish stands in for a language that does not come. */
if (root) void fetchLanguage(languageNow()).catch(() => undefined).then(() => render(<App />, root));
