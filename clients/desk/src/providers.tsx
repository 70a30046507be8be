/* Signing in with a provider: its buttons, which lead away from the page, or to a new tab
 * where the page holds what somebody has written. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { currentSession, signInWays } from './api.ts';
import { SignedOutError } from './errors.ts';
import { troubleText } from './trouble.ts';
import type { Session, SignInWays } from './types.ts';
import { fill, useWords } from './words.ts';
import type { Texts } from './texts/sv.ts';

/* Where a tab ends that was opened to sign in. */
export const donePath = '/desk/bekraftad';
/* Where the form for a password is shown whatever the settings say. */
export const localPath = '/desk/lokal';
const troubleName = 'inloggning';

export interface Ways {
  ways: SignInWays | null; /* null: not known yet */
  isLocal: boolean;        /* the form for a password is shown */
}

/* When it cannot be asked there is the form: it says itself what does not work. */
export function useWays(): Ways {
  const [ways, setWays] = useState<SignInWays | null>(null);

  useEffect(() => {
    const leaving = new AbortController();
    signInWays(leaving.signal).then(setWays,
      () => { if (!leaving.signal.aborted) setWays({ providers: [], localAccounts: 'always' }); });
    return () => leaving.abort();
  }, []);
  return { ways, isLocal: ways !== null && (ways.localAccounts === 'always' || window.location.pathname === localPath) };
}

/* What went wrong at the provider, as the address says it; null: nothing did. */
export function providerTrouble(t: Texts, url: URL): string | null {
  const word = url.searchParams.get(troubleName);

  return word !== null && Object.hasOwn(t.provider.trouble, word) ? t.provider.trouble[word] ?? null : null;
}

/* It went well after all: what went wrong is no longer in the address. */
export function forgetTrouble(): void {
  const url = new URL(window.location.href);

  if (!url.searchParams.has(troubleName)) return;
  url.searchParams.delete(troubleName);
  window.history.replaceState(window.history.state, '', url);
}

/* Back to the page that one is on, without what went wrong the last time. */
export function startPath(name: string, url: URL): string {
  const to = new URL(url);

  to.searchParams.delete(troubleName);
  return `/oidc/${encodeURIComponent(name)}/start?to=${encodeURIComponent(to.pathname === localPath ? '/desk/' : to.pathname + to.search)}`;
}

export function ProviderButtons({ ways }: { ways: SignInWays }): JSX.Element {
  const t = useWords();
  const url = new URL(window.location.href);

  return (
    <ul class="providers">
      {ways.providers.map(({ name, label }) => (
        <li key={name}><a class="button main" href={startPath(name, url)}>{fill(t.provider.button, { provider: label })}</a></li>))}
    </ul>);
}

interface ElsewhereProps {
  providers: SignInWays['providers'];
  isConfirming: boolean;
  onDone: (session: Session) => void;
}

/* In a new tab; whoever comes back says so. */
export function Elsewhere({ providers, isConfirming, onDone }: ElsewhereProps): JSX.Element {
  const t = useWords();
  const [trouble, setTrouble] = useState('');
  const start = (name: string): string => `/oidc/${encodeURIComponent(name)}/start?to=${donePath}${isConfirming ? '&confirm=1' : ''}`;
  const resume = (): void => {
    currentSession(new AbortController().signal).then(onDone, (error: unknown) =>
      setTrouble(error instanceof SignedOutError ? t.provider.notYet : troubleText(t, error)));
  };

  return (
    <>
      <p>{t.provider.tab}</p>
      <ul class="providers">
        {providers.map(({ name, label }) => (
          <li key={name}><a class="button main" href={start(name)} target="_blank" rel="noopener">{fill(t.provider.button, { provider: label })}</a></li>))}
      </ul>
      <button type="button" onClick={resume}>{t.provider.resume}</button>
      <p role="status">{trouble}</p>
    </>);
}
