/* The frame around every view: who is signed in, language, keys, the way out. */
import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';

import { boardName, decidesOnMail, hasSettings, improves, isOfficer, ledBoards, makesPosters, useDesk } from './desk.ts';
import { unsavedNumbers } from './draft_sync.ts';
import { improvementDraft } from './improvement_draft.ts';
import { addressOf, disclosuresPath, improvementsPath, quarantinePath, reportsPath, rulesPath, settingsPath, signalsPath, takePath, templatesPath, workloadPath } from './place.ts';
import { draftNumbers } from './store.ts';
import { disclosingBoards, readsReports, reportDraft, rulesDraft, takeDraft, takingName, writesReports } from './takers.ts';
import { templateDraft, writableBoards } from './templates.ts';
import { languageNames, useWords, wordOf } from './words.ts';

export interface FrameProps {
  language: string;
  onLanguage: (code: string) => void;
  notice?: ComponentChildren; /* about the session, above everything */
  onHelp?: () => void;
  onPalette?: () => void;
  onSignOut?: (isEverywhere: boolean) => void;
  children: ComponentChildren;
}

export function LanguageChoice({ language, onLanguage }: Pick<FrameProps, 'language' | 'onLanguage'>): JSX.Element {
  const t = useWords();

  return (
    <div class="langs" role="group" aria-label={t.language}>
      {Object.entries(languageNames).map(([code, name]) => (
        <button type="button" class="plain" key={code} lang={code} aria-pressed={code === language}
          onClick={() => onLanguage(code)}>{name}</button>))}
    </div>);
}

/* Signing out forgets what is typed and not sent: said before, with the way to it. */
function Unsent({ numbers }: { numbers: string[] }): JSX.Element {
  const t = useWords();
  const { place } = useDesk();

  return (
    <div class="attention">
      <p>▲ {unsavedNumbers().length ? t.signIn.unsent : t.draft.later}</p>
      <ul>{numbers.map((number) => (
        <li key={number}>{number === takeDraft ? <a class="button" href={takePath}>{t.take.draft}</a>
          : number === improvementDraft ? <a class="button" href={improvementsPath}>{t.improvements}</a>
          : number === reportDraft ? <a class="button" href={reportsPath}>{t.reports}</a>
          : number === rulesDraft ? <a class="button" href={rulesPath}>{t.rules}</a>
          : number === templateDraft ? <a class="button" href={templatesPath}>{t.template.draft}</a>
          : <a class="button" href={addressOf({ filters: place.filters, number })}>{number}</a>}</li>))}</ul>
    </div>);
}

interface MeProps extends Pick<FrameProps, 'language' | 'onLanguage'> {
  onSignOut: (isEverywhere: boolean) => void;
}

function Me({ onSignOut, ...choice }: MeProps): JSX.Element {
  const t = useWords();
  const { session, lists } = useDesk();
  const [unsent, setUnsent] = useState<string[]>([]);

  return (
    <details class="me" onToggle={() => setUnsent(draftNumbers())} onClick={(event) => {
      if (event.target instanceof HTMLAnchorElement) event.currentTarget.open = false;
    }}>
      <summary>{session.name}</summary>
      <div class="sheet">
        <ul>{session.roles.map(({ role, board }) => (
          <li key={`${role}@${board}`}>{wordOf(t.role, role)}
            {board !== '*' && <>, <span lang="sv">{boardName(lists, board)}</span></>}</li>))}</ul>
        {unsent.length > 0 && <Unsent numbers={unsent} />}
        {hasSettings(session) && <a class="button" href={settingsPath}>{t.settings}</a>}
        {ledBoards(session).length > 0 && <a class="button" href={signalsPath}>{t.signals}</a>}
        {improves(session) && <a class="button" href={improvementsPath}>{t.improvements}</a>}
        {readsReports(session) && <a class="button" href={reportsPath}>{t.reports}</a>}
        {disclosingBoards(session).length > 0 && <a class="button" href={disclosuresPath}>{t.disclosures}</a>}
        {writableBoards(session).length > 0 && <a class="button" href={templatesPath}>{t.template.menu}</a>}
        {makesPosters(session) && <a class="button" href="/affischer/">{t.posters}</a>}
        <a class="button" href="/desk/konto" onClick={(event) => {
          event.currentTarget.closest('details')?.removeAttribute('open');
        }}>{t.account.title}</a>
        <button type="button" onClick={() => onSignOut(false)}>{t.signIn.out}</button>
        <button type="button" onClick={() => onSignOut(true)}>{t.signIn.everywhere}</button>
        <LanguageChoice {...choice} />
      </div>
    </details>);
}

/* From wherever one is when the telephone rings. */
function TakeLink(): JSX.Element | null {
  const t = useWords();
  const { session } = useDesk();

  const name = takingName(t, session);

  return name ? <><a class="taking" href={takePath}>{name === t.take.title ? t.take.menu : name}</a>{' '}</> : null;
}

/* For a board's data protection officer alone. */
function PersonsLink(): JSX.Element | null {
  const t = useWords();
  const { session } = useDesk();

  return isOfficer(session) ? <>{' '}<a href="/desk/personer">{t.persons.menu}</a></> : null;
}

/* Also when nothing waits: what is stopped must be easy to find. */
function QuarantineLink(): JSX.Element | null {
  const t = useWords();
  const { session } = useDesk();

  return decidesOnMail(session) ? <>{' '}<a href={quarantinePath}>{t.quarantine.menu}</a></> : null;
}

/* For those who see to it that nobody has too much. */
function WorkloadLink(): JSX.Element | null {
  const t = useWords();
  const { session } = useDesk();

  return ledBoards(session).length ? <>{' '}<a href={workloadPath}>{t.workload.title}</a></> : null;
}

/* For the board's secretary, whose page it is; others have it below their name. */
function ReportsLink(): JSX.Element | null {
  const t = useWords();
  const { session } = useDesk();

  return session.roles.some(({ role }) => role === 'board-secretary') && writesReports(session)
    ? <>{' '}<a href={reportsPath}>{t.reports}</a></> : null;
}

export function Frame({ language, onLanguage, onHelp, onPalette, onSignOut, notice, children }: FrameProps): JSX.Element {
  const t = useWords();

  return (
    <>
      <a class="skip" href="#main">{t.skip}</a>
      <header class="site">
        <p class="name"><a href="/desk/">{t.product} <span class="where">{t.desk}</span></a></p>
        <div class="tools">
          {onSignOut && <nav aria-label={t.menu}><TakeLink /><a href="/diarium/">{t.register}</a>{' '}<a href="/statistik/">{t.statistics}</a><ReportsLink /><WorkloadLink /><QuarantineLink /><PersonsLink /></nav>}
          {!onSignOut && <LanguageChoice language={language} onLanguage={onLanguage} />}
          {onPalette && <button type="button" class="plain" onClick={onPalette}>
            <kbd aria-hidden="true" class="wide">Ctrl K</kbd> <span class="wide">{t.palette.button}</span>
            <span class="narrow" aria-hidden="true">⌕</span>
            <span class="away narrow">{t.palette.button}</span></button>}
          {onHelp && <button type="button" class="plain" onClick={onHelp}>
            <kbd aria-hidden="true">?</kbd> <span class="wide">{t.keys.help}</span>
            <span class="away narrow">{t.keys.help}</span></button>}
          {onSignOut && <Me onSignOut={onSignOut} language={language} onLanguage={onLanguage} />}
        </div>
      </header>
      <main id="main" tabIndex={-1}>{notice}{children}</main>
    </>);
}
