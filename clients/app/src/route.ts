/* Where in the app one is, as the address says it. */
export type Step = 'what' | 'where' | 'tell' | 'send';

export type Route =
  | { name: 'what'; area: string }
  | { name: 'where' | 'tell' | 'send' | 'mine' | 'add' | 'device' }
  | { name: 'sent' | 'support'; key: string }
  | { name: 'case'; number: string };

export const steps: readonly Step[] = ['what', 'where', 'tell', 'send'];

const paths = { where: '/app/var', tell: '/app/beratta', send: '/app/skicka', mine: '/app/mina',
  add: '/app/mina/lagg-till', device: '/app/enheten' } as const;

export function addressOf(route: Route): string {
  switch (route.name) {
    case 'what': return route.area ? `/app/?omrade=${encodeURIComponent(route.area)}` : '/app/';
    case 'sent': return `/app/skickat/${route.key}`;
    case 'support': return `/app/stod/${route.key}`;
    case 'case': return `/app/mina/${route.number}`;
    default: return paths[route.name];
  }
}

export function routeOf(url: URL): Route {
  const [, name, value] = /^\/app\/(skickat|stod|mina)\/([\w-]+)$/.exec(url.pathname) ?? [];
  const plain = (Object.keys(paths) as (keyof typeof paths)[]).find((key) => paths[key] === url.pathname);

  if (plain) return { name: plain };
  if (name === 'skickat' && value) return { name: 'sent', key: value };
  if (name === 'stod' && value) return { name: 'support', key: value };
  if (name === 'mina' && value && /^\d{4}-\d{1,15}$/.test(value)) return { name: 'case', number: value };
  return { name: 'what', area: url.searchParams.get('omrade') ?? '' };
}

export function isStep(route: Route): boolean {
  return (steps as readonly string[]).includes(route.name);
}
