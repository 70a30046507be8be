/* The settings' calls; they are fetched with the settings' page. */
import { parseList, shaped } from './api.ts';
import { request } from './request.ts';
import type { OwnTexts, Setting, SettingChanged, SettingKind, SettingList } from './types.ts';

const root = '/api/v1/settings';
const at = (kind: string, key: string): string => `${root}/${kind}/${encodeURIComponent(key)}`;

export async function readKinds(signal: AbortSignal): Promise<SettingKind[]> {
  return parseList<SettingKind>(await request(root, { signal }));
}

export async function readSettings(kind: string, signal: AbortSignal): Promise<SettingList> {
  return shaped(await request(`${root}/${kind}`, { signal }), ['items']) as SettingList;
}

export async function readSetting(kind: string, key: string, signal: AbortSignal): Promise<Setting> {
  return shaped(await request(at(kind, key), { signal }), ['changes']) as Setting;
}

export async function readOwnTexts(signal: AbortSignal): Promise<OwnTexts> {
  return shaped(await request('/api/v1/texts', { signal }), ['languages', 'items']) as OwnTexts;
}

interface Wanted {
  kind: string;
  key: string | null; /* null: a new row */
  version: number;
  body: object;
}

/* With preview in the body nothing is changed. */
export async function changeSetting({ kind, key, version, body }: Wanted): Promise<SettingChanged> {
  return shaped(await request(key === null ? `${root}/${kind}` : at(kind, key),
    key === null ? { method: 'POST', body } : { method: 'PUT', body, version }), ['after']) as SettingChanged;
}

export async function removeSetting({ kind, key, version, body }: Wanted): Promise<void> {
  await request(`${at(kind, key ?? '')}/removals`, { method: 'POST', body, version });
}

/* As it was before the change, whatever has been done since. */
export async function restoreSetting({ kind, key, version, body }: Wanted): Promise<SettingChanged> {
  return shaped(await request(`${at(kind, key ?? '')}/restorations`, { method: 'POST', body, version }), ['after']) as SettingChanged;
}

export async function undoSetting(kind: string, key: string, body: object): Promise<SettingChanged> {
  return shaped(await request(`${at(kind, key)}/reversals`, { method: 'POST', body }), ['key']) as SettingChanged;
}
