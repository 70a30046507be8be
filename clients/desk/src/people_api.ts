/* The calls about accounts and roles; they are fetched with the settings. */
import { shaped } from './api.ts';
import { request } from './request.ts';
import type { Account, Person } from './types.ts';

const root = '/api/v1/people';
const at = (username: string): string => `${root}/${encodeURIComponent(username)}`;

/* All of them: a page at a time, of which there are some dozen in a large city. */
export async function readPeople(signal: AbortSignal): Promise<Account[]> {
  const all: Account[] = [];

  for (let after: string | null = ''; after !== null;) {
    const query: string = after ? `&after=${encodeURIComponent(after)}` : '';
    const page = shaped(await request(`${root}?limit=200${query}`, { signal }), ['items']) as { items: Account[]; next: string | null };
    all.push(...page.items);
    after = page.next;
  }
  return all;
}

export async function readPerson(username: string, signal: AbortSignal): Promise<Person> {
  return shaped(await request(at(username), { signal }), ['changes']) as Person;
}

const parsePassword = (value: unknown): string => (shaped(value, ['password']) as { password: string }).password;

export async function addPerson(body: object): Promise<string> {
  return parsePassword(await request(root, { method: 'POST', body }));
}

export async function newPassword(username: string, body: object): Promise<string> {
  return parsePassword(await request(`${at(username)}/passwords`, { method: 'POST', body }));
}

export async function changePerson(username: string, body: object): Promise<void> {
  await request(at(username), { method: 'PATCH', body });
}

export async function giveRole(username: string, body: object): Promise<void> {
  await request(`${at(username)}/roles`, { method: 'POST', body });
}

export async function endRole(username: string, body: object): Promise<void> {
  await request(`${at(username)}/role-ends`, { method: 'POST', body });
}
