/* Signed in or not, in which language, and where: everything else is below. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { currentSession, signOut } from './api.ts';
import { Dialog } from './dialog.tsx';
import { flushDrafts } from './draft_sync.ts';
import { SignedOutError } from './errors.ts';
import { Frame } from './frame.tsx';
import { later } from './later.tsx';
import { nextAfterSignIn } from './place.ts';
import { donePath, forgetTrouble, providerTrouble } from './providers.tsx';
import { setToken, whenConfirmationWanted, whenEnrolmentWanted, whenSignedOut } from './request.ts';
import { draftsBelongTo, draftsForget, settingKeep } from './store.ts';
import { troubleText } from './trouble.ts';
import type { Session } from './types.ts';
import { Trouble } from './trouble_box.tsx';
import { fetchLanguage, languageNow, languages, useWords, Words } from './words.ts';
import { sv } from './texts/sv.ts';
import { Workplace } from './workplace.tsx';

const SignIn = later(async () => (await import('./signin.tsx')).SignIn);
const Enrol = later(async () => (await import('./enrol.tsx')).Enrol);
const Confirm = later(async () => (await import('./confirm.tsx')).Confirm);
const ConfirmElsewhere = later(async () => (await import('./confirm.tsx')).ConfirmElsewhere);

interface Presence {
  session: Session | null;
  isAsking: boolean;
  isDead: boolean; /* the session ended under work that is still on the screen */
  signIns: number;
  error: unknown;
  out: Out | null; /* a sign-out that failed */
  confirming: ((isDone: boolean) => void) | null; /* the password is asked for again */
  isAgain: boolean; /* it was said to be confirmed, and was not */
}

interface Out {
  isEverywhere: boolean;
  error: unknown;
}

function usePresence(): [Presence, (change: Partial<Presence>) => void, () => void] {
  const [now, setNow] = useState<Presence>({ session: null, isAsking: true, isDead: false,
    signIns: 0, error: null, out: null, confirming: null, isAgain: false });
  const change = (part: Partial<Presence>): void => setNow((old) => ({ ...old, ...part }));
  const ask = (): void => {
    change({ isAsking: true, error: null });
    currentSession(new AbortController().signal).then(
      (session) => {
        setToken(session.csrfToken);
        draftsBelongTo(session.user);
        change({ session, isAsking: false });
        leaveIfAsked(session);
      },
      (error: unknown) => change({ isAsking: false,
        error: error instanceof SignedOutError ? null : error }));
  };

  useEffect(() => {
    whenSignedOut(() => setNow((old) => (old.session ? { ...old, isDead: true } : old)));
    whenEnrolmentWanted(() => setNow((old) => (old.session
      ? { ...old, session: { ...old.session, needs: 'totp-enrolment' } } : old)));
    whenConfirmationWanted((isAgain) => new Promise((resolve) => {
      change({ isAgain, confirming: (isDone) => { change({ confirming: null }); resolve(isDone); } });
    }));
    ask();
  }, []);
  return [now, change, ask];
}

function leaveIfAsked(session: Session): void {
  const next = nextAfterSignIn(new URL(window.location.href));
  if (next && !session.needs) window.location.replace(next);
}

interface DoorProps {
  now: Presence;
  onDone: (session: Session) => void;
  onRetry: () => void;
}

function Door({ now, onDone, onRetry }: DoorProps): JSX.Element {
  const t = useWords();

  useEffect(() => { document.title = `${t.signIn.title} – ${t.desk}`; });
  if (now.isAsking) return <p class="lonely" role="status">{t.loading}</p>;
  if (now.error) return <div class="lonely"><Trouble text={troubleText(t, now.error)} onRetry={onRetry} /></div>;
  return <SignIn title={t.signIn.title} lead={t.signIn.lead} level={1} onDone={onDone} />;
}

function Again({ onDone, onLeave }: { onDone: (session: Session) => void; onLeave: () => void }): JSX.Element {
  const t = useWords();

  return (
    <Dialog labelledBy="signin-title">
      <SignIn title={t.signIn.again} lead={t.signIn.againLead} level={2} onDone={onDone} />
      <button type="button" onClick={onLeave}>{t.signIn.leave}</button>
    </Dialog>);
}

/* Where a tab ends that was opened to sign in, or to confirm something. */
function Done({ trouble }: { trouble: string | null }): JSX.Element {
  const t = useWords();
  const title = trouble ? t.provider.notConfirmed : t.provider.done;

  useEffect(() => { document.title = `${title} – ${t.desk}`; });
  return <div class="lonely"><h1>{title}</h1>{trouble && <p role="alert">{trouble}</p>}<p>{t.provider.doneLead}</p></div>;
}

function Factor({ onLeave }: { onLeave: () => void }): JSX.Element {
  const t = useWords();

  useEffect(() => { document.title = `${t.provider.factor} – ${t.desk}`; });
  return (
    <div class="account">
      <h1>{t.provider.factor}</h1>
      <p>{t.provider.factorLead}</p>
      <p><button type="button" onClick={onLeave}>{t.signIn.out}</button></p>
    </div>);
}

export function App(): JSX.Element {
  const [language, setLanguage] = useState(() => (languageNow() in languages ? languageNow() : 'sv'));
  const [now, change, ask] = usePresence();

  useEffect(() => { document.documentElement.lang = language; }, [language]);
  const choose = (code: string): void => {
    fetchLanguage(code).then(() => {
      settingKeep('language', code);
      setLanguage(code);
    }, () => undefined); /* it stays as it is */
  };
  const enter = (session: Session): void => {
    draftsBelongTo(session.user);
    setToken(session.csrfToken);
    forgetTrouble();
    change({ session, isDead: false, out: null, signIns: now.signIns + 1 });
    leaveIfAsked(session);
  };
  const leave = (): void => {
    draftsForget();
    change({ session: null, isDead: false, out: null });
  };
  /* Who came by a provider is asked there, too, or the next one at this machine comes in. */
  const goOut = (): void => {
    const provider = now.session?.provider;
    leave();
    if (provider) window.location.assign(`/oidc/${encodeURIComponent(provider.name)}/end`);
  };
  const out = (isEverywhere: boolean): void => {
    void flushDrafts(false).then(() => signOut(isEverywhere)).then(goOut, (error: unknown) => {
      if (error instanceof SignedOutError) leave();
      else change({ out: { isEverywhere, error } });
    });
  };
  const words = languages[language] ?? sv;
  const trouble = providerTrouble(words, new URL(window.location.href));
  const frame = { language, onLanguage: choose, notice: now.out && (
    <Trouble title={words.signIn.notOut} text={troubleText(words, now.out.error)}
      onRetry={() => { if (now.out) out(now.out.isEverywhere); }} />) };

  return (
    <Words.Provider value={words}>
      {now.session && (trouble || window.location.pathname === donePath) ? <Frame {...frame}><Done trouble={trouble} /></Frame>
        : now.session?.needs === 'provider-factor'
        ? <Frame {...frame}><Factor onLeave={() => out(false)} /></Frame>
        : now.session?.needs
        ? <Frame {...frame}><Enrol onDone={ask} onLeave={() => out(false)} /></Frame>
        : now.session ? <Workplace key={now.session.user} session={now.session} signIns={now.signIns} frame={frame}
          onSignOut={out} onSignedOut={() => change({ isDead: true })} />
        : <Frame {...frame}><Door now={now} onDone={enter} onRetry={ask} /></Frame>}
      {now.confirming && (now.session?.provider
        ? <ConfirmElsewhere provider={now.session.provider} isAgain={now.isAgain} onDone={now.confirming} />
        : <Confirm onDone={now.confirming} />)}
      {now.session && now.isDead && <Again onDone={enter} onLeave={leave} />}
    </Words.Provider>);
}
