import { render } from 'preact';

import { App } from './app.tsx';

const root = document.getElementById('desk');

if (root) render(<App />, root);
