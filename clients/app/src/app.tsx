/* Which screen is shown, in which language. What the screens share is made here. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { AppContext } from './app_state.ts';
import type { App } from './app_state.ts';
import { CaseScreen } from './case.tsx';
import { listen } from './changes.ts';
import { settingKeep } from './db.ts';
import { DeviceScreen } from './device.tsx';
import { Frame } from './frame.tsx';
import { languages } from './languages.ts';
import { AddCase, Mine } from './mine.tsx';
import type { Begun } from './outbox.ts';
import type { Route } from './route.ts';
import { SendStep } from './send_step.tsx';
import { SentScreen } from './sent.tsx';
import { SupportScreen } from './support.tsx';
import { TellStep } from './tell_step.tsx';
import { useCity } from './use_city.ts';
import { useRoute } from './use_route.ts';
import { useWriting } from './use_writing.ts';
import { WhatStep } from './what_step.tsx';
import { WhereStep } from './where_step.tsx';
import { WordsContext, wordsIn } from './words.ts';
import type { Words } from './words.ts';
import { useNotice } from './worker.ts';

function Screen({ route }: { route: Route }): JSX.Element {
  switch (route.name) {
    case 'what': return <WhatStep area={route.area} />;
    case 'where': return <WhereStep />;
    case 'tell': return <TellStep />;
    case 'send': return <SendStep />;
    case 'sent': return <SentScreen key={route.key} sentKey={route.key} />;
    case 'support': return <SupportScreen key={route.key} supportKey={route.key} />;
    case 'mine': return <Mine />;
    case 'add': return <AddCase />;
    case 'case': return <CaseScreen key={route.number} number={route.number} />;
    case 'device': return <DeviceScreen />;
  }
}

/* Storage that the browser does not clear by itself, asked for once there is something. */
function usePersistence(isNeeded: boolean): void {
  useEffect(() => {
    if (isNeeded) void navigator.storage?.persist?.().catch(() => false);
  }, [isNeeded]);
}

/* Somebody removed everything in another tab: what is on the screen goes, too, and this tab
 * leaves the app, which would begin to keep things again. */
function useRemoval(isHere: { current: boolean }): void {
  useEffect(() => listen((news) => {
    if (news === 'removed' && !isHere.current) location.replace('/');
  }), []);
}

export function AppRoot({ words: first, begun }: { words: Words; begun: Begun }): JSX.Element {
  const [words, setWords] = useState(first);
  const [said, setSaid] = useState('');
  const moving = useRoute();
  const city = useCity(words);
  const writing = useWriting(begun);
  const isRemover = useRef(false);
  const choose = (code: string): void => {
    const language = languages.find((one) => one.code === code);
    if (!language) return;
    void settingKeep('language', code);
    void wordsIn(language).then(setWords);
  };
  const app: App = { ...moving, city, writing, choose, say: setSaid, isRemover };

  usePersistence(writing.draft.changed > 0);
  useRemoval(isRemover);
  useNotice(moving.go);
  useEffect(() => {
    document.documentElement.lang = words.language.code;
    document.documentElement.dir = words.language.dir;
  }, [words]);
  return (
    <WordsContext.Provider value={words}>
      <AppContext.Provider value={app}>
        <Frame>
          <Screen route={moving.route} />
          <p class="away" role="status">{said}</p>
        </Frame>
      </AppContext.Provider>
    </WordsContext.Provider>);
}
