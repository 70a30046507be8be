/* One report: what is written in it and saved as a new version, earlier versions, and the files.
 * What is written stays on the device until it is saved, whatever becomes of the network, the
 * session or the version that it began from. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { useDesk } from './desk.ts';
import { ProblemError } from './errors.ts';
import { useFetched } from './fetched.ts';
import { ErrorSummary } from './field.tsx';
import { instant } from './format.ts';
import { KeptNote, useKept } from './kept_note.tsx';
import type { Kept } from './kept_note.tsx';
import { idOfSection, SectionOfReport } from './report_section.tsx';
import { changesOf, draftKeyOf, filesOf, isOthers, refusedIds, settled } from './reports.ts';
import { parseReport, readReport, saveReport } from './reports_api.ts';
import { useSending } from './sending.ts';
import { reportDraft } from './takers.ts';
import { reportWords } from './texts/report.ts';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { Report } from './types.ts';
import { fill, useWords } from './words.ts';

function Files({ report }: { report: Report }): JSX.Element {
  const w = reportWords(useWords());
  const files = filesOf(report);

  return (
    <nav class="files" aria-label={w.files}>
      <a href={files.page}>{w.page}</a>{' '}<a href={files.word}>{w.word}</a>{' '}<a href={files.open}>{w.open}</a>{' '}
      <a href={files.pdf}>{w.pdf}</a>{' '}<a href={files.ils}>{w.ils}</a>
    </nav>);
}

interface VersionsProps {
  report: Report;
  shown: number | null;
  onShow: (version: number | null) => void;
}

function Versions({ report, shown, onShow }: VersionsProps): JSX.Element {
  const t = useWords();
  const w = reportWords(t);
  const latest = report.versions[0]?.version ?? 0;

  if (!report.versions.length) return <p class="soft">{w.noVersion}</p>;
  return (
    <div class="field">
      <label for="report-version">{w.version}</label>
      <select id="report-version" value={String(shown ?? latest)} onChange={(event) => {
        const version = Number(event.currentTarget.value);
        onShow(version === latest ? null : version);
      }}>{report.versions.map(({ version, at, by }) => (
        <option key={version} value={String(version)}>{fill(version === latest ? w.latest : w.versionBy, { n: version, at: instant(t, at), by })}</option>))}</select>
    </div>);
}

interface EditorProps {
  report: Report;
  onReport: (report: Report) => void;
}

const isStale = (error: unknown): error is ProblemError => error instanceof ProblemError && error.status === 409 && error.problem.current !== undefined;

function useSaving({ report, onReport, kept }: EditorProps & { kept: Kept }) {
  const w = reportWords(useWords());
  const { announce } = useDesk();
  const sending = useSending();
  const [refused, setRefused] = useState<string[]>([]);
  const [said, setSaid] = useState('');
  const say = (text: string): void => { setSaid(text); announce(text); };
  const save = async (): Promise<void> => {
    const sent = changesOf(report, kept.values);

    if (!sent.length) {
      say(w.nothing);
      return;
    }
    setRefused([]);
    setSaid('');
    await sending.send(async () => {
      const saved = await saveReport(report, sent);
      onReport(saved);
      kept.change((draft) => settled(saved, draft, sent));
      say(fill(w.saved, { n: saved.version }));
    }, (error) => {
      const found = error instanceof ProblemError && error.status === 422 ? refusedIds(error.problem.fields.map(({ name }) => name), sent) : [];

      setRefused(found);
      if (!isStale(error)) {
        if (!found.length) sending.fail(error);
        return;
      }
      /* Of an answer that was lost the report has our own words by now. */
      const current = parseReport(error.problem.current);
      const rest = settled(current, kept.values);
      onReport(current);
      kept.change((draft) => settled(current, draft));
      if (changesOf(current, rest).length) sending.fail(error);
      else say(fill(w.saved, { n: current.version }));
    });
  };

  return { ...sending, refused, said, save };
}

function useSaveKey(save: () => void): void {
  const last = useRef(save);

  last.current = save;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 's' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey
        || document.querySelector('dialog[open]')) return;
      event.preventDefault();
      last.current();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}

function errorText(t: ReturnType<typeof useWords>, error: unknown): string {
  const w = reportWords(t);

  if (!isStale(error)) return troubleText(t, error);
  const { version, versions } = parseReport(error.problem.current);
  return versions.length >= 500 ? w.full : fill(w.conflict, { n: version, by: versions[0]?.by ?? '' });
}

function Editor({ report, onReport }: EditorProps): JSX.Element {
  const t = useWords();
  const w = reportWords(t);
  const kept = useKept(reportDraft, draftKeyOf(report.board.code, report.period), () => ({}));
  const { isBusy, error, refused, said, save } = useSaving({ report, onReport, kept });
  const changes = changesOf(report, kept.values);
  const others = report.sections.filter((it) => isOthers(it, kept.values));

  useSaveKey(() => void save());
  return (
    <form noValidate onSubmit={(event) => { event.preventDefault(); void save(); }}>
      <ErrorSummary title={t.error.summary} faults={report.sections.filter(({ id }) => refused.includes(id))
        .map(({ id, title }) => ({ id: idOfSection(id), text: fill(w.refused, { title }) }))} />
      {report.sections.map((it) => <SectionOfReport key={it.id} it={it} draft={kept.values} isWritten onDraft={kept.change}
        fault={refused.includes(it.id) ? fill(w.refused, { title: it.title }) : undefined} />)}
      <div class="savebar">
        {error !== null && <Trouble text={errorText(t, error)} />}
        {others.length > 0 && <p class="attention">▲ {w.othersIn} {others.map(({ id, title }, i) => <span key={id}>{i > 0 && ', '}<a href={`#${idOfSection(id)}`} lang="sv">{title}</a></span>)}</p>}
        <div class="buttons">
          <button type="submit" class="main" aria-disabled={isBusy}>{isBusy ? w.saving : w.save} <kbd aria-hidden="true">Ctrl S</kbd></button>
          <p>{changes.length ? fill(changes.length === 1 ? w.oneChange : w.changes, { n: changes.length }) : said || w.noChange}</p>
        </div>
        <KeptNote {...kept} />
      </div>
    </form>);
}

function Earlier({ report }: { report: Report }): JSX.Element {
  return <>{report.sections.map((it) => <SectionOfReport key={it.id} it={it} draft={{}} isWritten={false} fault={undefined} onDraft={() => undefined} />)}</>;
}

export function OneReport({ board, period }: { board: string; period: string }): JSX.Element {
  const t = useWords();
  const w = reportWords(t);
  const { signIns } = useDesk();
  const [version, setVersion] = useState<number | null>(null);
  const { value: report, error, again, put } = useFetched((signal) => readReport(board, period, version, signal), [board, period, version, signIns]);
  const heading = useRef<HTMLHeadingElement>(null);
  const isEarlier = report !== null && version !== null;

  useEffect(() => { document.title = `${report?.title ?? w.title} – ${t.desk}`; });
  useLayoutEffect(() => heading.current?.focus(), [report === null]);
  return (
    <>
      <h1 tabIndex={-1} ref={heading} lang={report ? 'sv' : undefined}>{report?.title ?? w.title}</h1>
      {error !== null && <Trouble text={troubleText(t, error)} onRetry={again} />}
      {!report && error === null && <p role="status">{t.loading}</p>}
      {report && <>
        <p lang="sv">{report.state}</p>
        <Files report={report} />
        <p class="hint">{w.filesHint}</p>
        <Versions report={report} shown={version} onShow={setVersion} />
        {isEarlier && <p class="notice">{fill(w.earlier, { n: version })} <button type="button" class="plain" onClick={() => setVersion(null)}>{w.toLatest}</button></p>}
        {!report.mayWrite && <p class="soft">{w.readOnly}</p>}
        {report.mayWrite && !isEarlier && report.latest ? <Editor report={report} onReport={put} /> : <Earlier report={report} />}
      </>}
    </>);
}
