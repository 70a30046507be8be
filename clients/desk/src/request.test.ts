import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';

import { OfflineError, ProblemError, ServerError, SignedOutError } from './errors.ts';
import { request, setToken, whenConfirmationWanted, whenEnrolmentWanted, whenSignedOut } from './request.ts';

const real = globalThis.fetch;
afterEach(() => { globalThis.fetch = real; });

/* The wire alone is stood in for: what request() makes of an answer is what is tried. */
function answer(make: (input: unknown, init: RequestInit) => Response | Promise<Response>): void {
  globalThis.fetch = async (input, init = {}) => make(input, init);
}
const json = (status: number, body: unknown, headers = {}): Response => new Response(JSON.stringify(body),
  { status, headers: { 'Content-Type': 'application/problem+json', ...headers } });

test('a changing call carries token, version and body', async () => {
  setToken('abc');
  answer((_, init) => {
    const headers = new Headers(init.headers);
    assert.equal(headers.get('X-CSRF-Token'), 'abc');
    assert.equal(headers.get('If-Match'), '"3"');
    assert.equal(init.body, '{"text":"hej"}');
    return json(201, { number: '1' });
  });
  assert.deepEqual(await request('/x', { method: 'POST', body: { text: 'hej' }, version: 3 }), { number: '1' });
});

test('each kind of failure has its class', async () => {
  let told = 0;
  whenSignedOut(() => { told++; });
  answer(() => json(401, {}));
  await assert.rejects(request('/x'), SignedOutError);
  await assert.rejects(request('/x', { isSignIn: true }), ProblemError);
  assert.equal(told, 1);
  answer(() => json(503, {}));
  await assert.rejects(request('/x'), ServerError);
  answer(() => { throw new TypeError('failed to fetch'); });
  await assert.rejects(request('/x'), OfflineError);
  answer(() => json(409, { current: { version: 4 }, detail: 'stale' }, { 'Retry-After': '7' }));
  await assert.rejects(request('/x'), (error: unknown) => {
    assert.ok(error instanceof ProblemError);
    assert.deepEqual(error.problem, { status: 409, detail: 'stale', fields: [], isOfInterest: false, retryAfter: 7,
      current: { version: 4 }, outcome: '', needs: '' });
    return true;
  });
});

test('a refusal that wants the password again is asked about once, then sent again', async () => {
  const calls: string[] = [];
  let isConfirmed = false;
  let asked = 0;
  answer((input, init) => {
    calls.push(`${init.method} ${String(input)} ${String(init.body)}`);
    return isConfirmed ? json(200, { done: true }) : json(403, { needs: 'confirmation' });
  });
  whenConfirmationWanted(async () => {
    asked++;
    await new Promise((done) => { setTimeout(done, 10); });
    isConfirmed = true;
    return true;
  });
  const call = { method: 'POST' as const, body: { text: 'hej' } };
  assert.deepEqual(await Promise.all([request('/x', call), request('/y', call)]), [{ done: true }, { done: true }]);
  assert.equal(asked, 1);
  assert.deepEqual(calls.slice(2).sort(), ['POST /x {"text":"hej"}', 'POST /y {"text":"hej"}']);

  isConfirmed = false;
  const again: boolean[] = [];
  whenConfirmationWanted((isAgain) => {
    again.push(isAgain);
    isConfirmed = isAgain;
    return Promise.resolve(true);
  });
  await request('/x', call);
  assert.deepEqual(again, [false, true], 'it was not confirmed the first time, which is told');

  isConfirmed = false;
  whenConfirmationWanted(() => Promise.resolve(false));
  await assert.rejects(request('/x', call), (error: unknown) =>
    error instanceof ProblemError && error.problem.needs === 'confirmation');
});

test('a refusal that wants a second factor first is told, other refusals are not', async () => {
  let told = 0;
  whenEnrolmentWanted(() => { told++; });
  answer(() => json(403, { needs: 'totp-enrolment' }));
  await assert.rejects(request('/x'), ProblemError);
  answer(() => json(403, {}));
  await assert.rejects(request('/x'), ProblemError);
  assert.equal(told, 1);
});

test('silence ends in OfflineError, an abort in what the caller asked for', async () => {
  answer((_, init) => new Promise((_done, fail) => {
    init.signal?.addEventListener('abort', () => fail(new DOMException('aborted', 'AbortError')));
  }));
  await assert.rejects(request('/x', { timeout: 20 }), OfflineError);
  const control = new AbortController();
  const call = request('/x', { signal: control.signal });
  control.abort();
  await assert.rejects(call, { name: 'AbortError' });
});
