/* The calls about reports; they are fetched with their page. */
import { parseList, shaped } from './api.ts';
import { request } from './request.ts';
import type { SectionChange } from './reports.ts';
import type { Report, ReportHead } from './types.ts';

const root = '/api/v1/desk/reports';
const at = (board: string, period: string): string => `${root}/${encodeURIComponent(board)}/${encodeURIComponent(period)}`;

export const parseReport = (value: unknown): Report => shaped(value, ['sections', 'versions', 'version']) as Report;

export async function readReports(signal: AbortSignal): Promise<ReportHead[]> {
  return parseList<ReportHead>(await request(root, { signal, timeout: 60_000 }));
}

/* version null: the latest. */
export async function readReport(board: string, period: string, version: number | null, signal: AbortSignal): Promise<Report> {
  return parseReport(await request(at(board, period) + (version === null ? '' : `?version=${version}`), { signal, timeout: 60_000 }));
}

/* The figures are summed up once more for what is suggested, which takes a while. */
export async function saveReport({ board, period, version }: Report, sections: SectionChange[]): Promise<Report> {
  return parseReport(await request(at(board.code, period), { method: 'PUT', body: { sections }, version, timeout: 60_000 }));
}
