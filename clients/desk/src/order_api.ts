/* The calls about work orders. */
import { caseAt, desk, shaped } from './api.ts';
import { request } from './request.ts';
import type { NewOrder, OrderList, OrderPage } from './types.ts';

const at = (number: string, rest = ''): string => `${caseAt(number)}/orders${rest}`;
const parse = (v: unknown): OrderList => shaped(v, ['items', 'contractors', 'draft']) as OrderList;

export async function readOrders(number: string, signal: AbortSignal): Promise<OrderList> {
  return parse(await request(at(number), { signal }));
}

/* version: the case's, as it was seen. */
export async function placeOrder(number: string, version: number, body: NewOrder): Promise<OrderList> {
  return parse(await request(at(number), { method: 'POST', version, body }));
}

export async function doOrder(number: string, version: number, id: number, what: string, body: object): Promise<OrderList> {
  return parse(await request(at(number, `/${id}/${what}`), { method: 'POST', version, body }));
}

export async function stuckOrders(after: string, signal: AbortSignal): Promise<OrderPage> {
  const query = new URLSearchParams({ state: 'stuck', ...(after && { after }) });

  return shaped(await request(`${desk}/orders?${query.toString()}`, { signal }), ['items', 'next']) as OrderPage;
}
