/* The calls about routing rules; they are fetched with their page. */
import { caseAt, shaped } from './api.ts';
import { request } from './request.ts';
import type { CaseRouting, Rule, RuleCheck, RuleNames, RuleVersion, RuleVersionList } from './types.ts';

const root = '/api/v1/desk/rules';
const parseList = (value: unknown): RuleVersionList => shaped(value, ['versions', 'inForce']) as RuleVersionList;
const parseVersion = (value: unknown): RuleVersion => shaped(value, ['version', 'rules', 'findings']) as RuleVersion;

export async function readVersions(signal: AbortSignal): Promise<RuleVersionList> {
  return parseList(await request(root, { signal }));
}

export async function readVersion(version: number, signal: AbortSignal): Promise<RuleVersion> {
  return parseVersion(await request(`${root}/${version}`, { signal }));
}

export async function readNames(signal: AbortSignal): Promise<RuleNames> {
  return shaped(await request(`${root}/names`, { signal }), ['units', 'policies']) as RuleNames;
}

export async function checkRules(rules: Rule[], signal: AbortSignal): Promise<RuleCheck> {
  return shaped(await request(`${root}/checks`, { method: 'POST', body: { rules }, signal }), ['findings', 'table']) as RuleCheck;
}

export async function saveRules(basedOn: number, note: string, rules: Rule[]): Promise<RuleVersion> {
  return parseVersion(await request(root, { method: 'POST', body: { basedOn, note, rules } }));
}

export async function activateRules(version: number, from: string): Promise<RuleVersionList> {
  return parseList(await request(`${root}/${version}/activations`, { method: 'POST', body: { from } }));
}

export async function withdrawRules(version: number, activation: number): Promise<RuleVersionList> {
  return parseList(await request(`${root}/${version}/activations/${activation}/withdrawals`, { method: 'POST' }));
}

export async function stepBack(leaves: number): Promise<RuleVersionList> {
  return parseList(await request(`${root}/back`, { method: 'POST', body: { leaves } }));
}

export async function readRouting(number: string, signal: AbortSignal): Promise<CaseRouting> {
  return shaped(await request(`${caseAt(number)}/routing`, { signal }), ['rule', 'steps', 'inputs']) as CaseRouting;
}
