/* Where one is, as the address says it: the queue with its filters, one case of it, one's
 * own account and the like. */

export const filterNames = ['board', 'status', 'category', 'type', 'district', 'handler',
  'overdue', 'attention', 'part', 'q', 'sort'] as const;
export type FilterName = (typeof filterNames)[number];
export type Filters = Partial<Record<FilterName, string>>;

export interface Place {
  number: string | null; /* the open case */
  filters: Filters;
  isSorting?: true; /* one case after the other, by single keys */
  view?: 'account' | 'disclosures' | 'improvements' | 'orders' | 'persons' | 'quarantine' | 'reorganisations' | 'reports' | 'rules' | 'settings' | 'signals' | 'take' | 'templates' | 'workload'; /* instead of queue or case */
  setting?: { kind?: string; key?: string }; /* of the settings: which, and which row */
  report?: { board: string; period: string };
  disclosure?: { id: string; number?: string }; /* which, and which case of it */
  reorganisation?: string; /* its code */
  rules?: number; /* of the routing rules: which version */
  improvement?: string; /* of the improvement actions: its id, or 'ny' */
}

const root = '/desk/';
const accountPath = '/desk/konto';
const personsPath = '/desk/personer';
export const quarantinePath = '/desk/karantan';
export const workloadPath = '/desk/belastning';
export const signalsPath = '/desk/signaler';
export const ordersPath = '/desk/uppdrag';
export const improvementsPath = '/desk/forbattringar';
export const disclosuresPath = '/desk/utlamnande';
export const rulesPath = '/desk/regler';
export const reportsPath = '/desk/rapporter';
export const reorganisationsPath = '/desk/omorganisation';
export const takePath = '/desk/nytt';
export const settingsPath = '/desk/installningar';
export const templatesPath = '/desk/mallar';
const casePath = /^\/desk\/arenden\/(\d{4}-\d{1,15})$/;
const improvementPath = /^\/desk\/forbattringar(?:\/(\d{1,18}|ny))?\/?$/;
const reportsPlace = /^\/desk\/rapporter(?:\/([a-z0-9-]{1,100})\/(\d{4}(?:-t[12])?))?\/?$/;
const disclosurePlace = /^\/desk\/utlamnande(?:\/(\d{1,18})(?:\/(\d{4}-\d{1,15}))?)?\/?$/;
const reorganisationPlace = /^\/desk\/omorganisation(?:\/([a-z0-9-]{1,100}))?\/?$/;
const rulesPlace = /^\/desk\/regler(?:\/(\d{1,15}))?\/?$/;
const sorting = 'sortera';
const numberForm = /^\d{4}-\d{1,15}$/;

export function settingPath(kind: string, key?: string): string {
  return `${settingsPath}/${kind}${key === undefined ? '' : `/${encodeURIComponent(key)}`}`;
}

export function reportPath(board: string, period: string): string {
  return `${reportsPath}/${board}/${period}`;
}

export function disclosurePath(id: number | string, number?: string): string {
  return `${disclosuresPath}/${id}${number ? `/${number}` : ''}`;
}

export function reorganisationPath(code: string): string {
  return `${reorganisationsPath}/${code}`;
}

export function rulePath(version: number): string {
  return `${rulesPath}/${version}`;
}

/* Of a broken address the settings' first page. */
function settingOf(path: string): NonNullable<Place['setting']> {
  try {
    const [kind, key] = path.slice(settingsPath.length + 1).split('/').map(decodeURIComponent);
    return { ...(kind && { kind }), ...(key && { key }) };
  } catch {
    return {};
  }
}

export function placeOf(url: URL): Place {
  const filters: Filters = {};

  for (const name of filterNames) {
    const value = url.searchParams.get(name);
    if (value) filters[name] = value;
  }
  const improvement = improvementPath.exec(url.pathname);
  const report = reportsPlace.exec(url.pathname);
  const disclosure = disclosurePlace.exec(url.pathname);
  const reorganisation = reorganisationPlace.exec(url.pathname);
  const rules = rulesPlace.exec(url.pathname);
  const number = casePath.exec(url.pathname)?.[1] ?? null;
  return { number, filters, ...(number !== null && url.searchParams.has(sorting) && { isSorting: true as const }),
    ...(url.pathname === accountPath && { view: 'account' as const }),
    ...(url.pathname === personsPath && { view: 'persons' as const }),
    ...(url.pathname === quarantinePath && { view: 'quarantine' as const }),
    ...(`${url.pathname}/`.startsWith(`${settingsPath}/`) && { view: 'settings' as const, setting: settingOf(url.pathname) }),
    ...(report && { view: 'reports' as const, ...(report[1] && report[2] && { report: { board: report[1], period: report[2] } }) }),
    ...(disclosure && { view: 'disclosures' as const, ...(disclosure[1] && { disclosure: { id: disclosure[1], ...(disclosure[2] && { number: disclosure[2] }) } }) }),
    ...(reorganisation && { view: 'reorganisations' as const, ...(reorganisation[1] && { reorganisation: reorganisation[1] }) }),
    ...(rules && { view: 'rules' as const, ...(rules[1] && { rules: Number(rules[1]) }) }),
    ...(improvement && { view: 'improvements' as const, ...(improvement[1] && { improvement: improvement[1] }) }),
    ...(url.pathname === takePath && { view: 'take' as const }),
    ...(url.pathname === workloadPath && { view: 'workload' as const }),
    ...(url.pathname === signalsPath && { view: 'signals' as const }),
    ...(url.pathname === ordersPath && { view: 'orders' as const }),
    ...(url.pathname === templatesPath && { view: 'templates' as const }) };
}

export function queryOf(filters: Filters): URLSearchParams {
  const query = new URLSearchParams();

  for (const name of filterNames) {
    const value = filters[name];
    if (value) query.set(name, value);
  }
  return query;
}

export function addressOf({ number, filters, isSorting, view, setting, improvement, report, rules, disclosure, reorganisation }: Place): string {
  const asked = queryOf(filters);
  if (number && isSorting) asked.set(sorting, '1');
  const query = asked.toString();

  if (view === 'account') return accountPath;
  if (view === 'persons') return personsPath;
  if (view === 'quarantine') return quarantinePath;
  if (view === 'settings') return setting?.kind ? settingPath(setting.kind, setting.key) : settingsPath;
  if (view === 'improvements') return improvementsPath + (improvement ? `/${improvement}` : '');
  if (view === 'reorganisations') return reorganisation ? reorganisationPath(reorganisation) : reorganisationsPath;
  if (view === 'reports') return report ? reportPath(report.board, report.period) : reportsPath;
  if (view === 'disclosures') return disclosure ? disclosurePath(disclosure.id, disclosure.number) : disclosuresPath;
  if (view === 'rules') return rules === undefined ? rulesPath : rulePath(rules);
  if (view === 'take') return takePath;
  if (view === 'templates') return templatesPath;
  if (view === 'workload') return workloadPath;
  if (view === 'signals') return signalsPath;
  if (view === 'orders') return ordersPath;
  return (number ? `${root}arenden/${number}` : root) + (query && `?${query}`);
}

/* With one filter set, or taken away by an empty value. */
export function withFilter(filters: Filters, name: FilterName, value: string): Filters {
  const next = { ...filters };

  if (value) next[name] = value;
  else delete next[name];
  return next;
}

/* Words go to the queue; a case's number, which people say on the telephone, to the case. */
export function soughtPlace(filters: Filters, words: string): Place {
  const text = words.trim();

  return numberForm.test(text) ? { number: text, filters }
    : { number: null, filters: withFilter(filters, 'q', text) };
}

/* Where ?next= leads after signing in: to the pages for staff and nowhere else. The
 * address must be the same for every reader of it, so what a browser would rewrite is refused. */
export function nextAfterSignIn(url: URL): string | null {
  const next = url.searchParams.get('next') ?? '';

  if (!/^\/(?:statistik|diarium|loggar)\/[\w\-./?=&%]*$/.test(next) || /\.\.|\/\/|%2e|%2f|%5c/i.test(next))
    return null;
  return next;
}
