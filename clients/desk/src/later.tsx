/* A part that most days do without: fetched when it is first shown, so that the queue is
 * there sooner. Once here it is drawn at once. */
import type { ComponentType, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { OfflineError } from './errors.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import { useWords } from './words.ts';

/* An upgraded server no longer has the file that this page asks for: the page is asked
 * for again, which is an answer to both. */
function NotHere(): JSX.Element {
  const t = useWords();

  return <Trouble text={troubleText(t, new OfflineError('no answer'))} onRetry={() => window.location.reload()} />;
}

export function later<P extends object>(load: () => Promise<ComponentType<P>>): (props: P) => JSX.Element {
  let here: ComponentType<P> | null = null;

  return function Later(props: P): JSX.Element {
    const t = useWords();
    const [part, setPart] = useState<{ draw: ComponentType<P> | null }>({ draw: here });
    const [isLost, setLost] = useState(false);

    useEffect(() => {
      if (part.draw) return;
      load().then((draw) => {
        here = draw;
        setPart({ draw });
      }, () => setLost(true));
    }, []);
    if (isLost) return <NotHere />;
    return part.draw ? <part.draw {...props} /> : <p role="status">{t.loading}</p>;
  };
}
