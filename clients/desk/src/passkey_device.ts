/* Between the server's words and the browser's for a passkey (W3C Web Authentication): bytes
 * are base64url there and buffers here. */
import { parseCodes, shaped } from './api.ts';
import { request } from './request.ts';
import type { PasskeyAnswer, PasskeyChallenge, PasskeyList } from './types.ts';

const way = '/api/v1/passkeys';
const patience = 300_000; /* milliseconds, as long as the server waits */

export const hasPasskeys = (): boolean => 'PublicKeyCredential' in window;

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
}

function textOf(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

const listOf = (ids: string[]): PublicKeyCredentialDescriptor[] =>
  ids.map((id) => ({ type: 'public-key', id: bytesOf(id) }));

export interface PasskeyAsked { challenge: string; host: string; credentials: string[] }

/* What came with the server's problem; null: it asks for no passkey. */
export function askedOf(given: unknown): PasskeyAsked | null {
  return typeof given === 'object' && given !== null && 'challenge' in given && hasPasskeys() ? given as PasskeyAsked : null;
}

/* Throws what the browser says: that somebody left, or that there was nobody. */
export async function answerBy(asked: PasskeyAsked): Promise<PasskeyAnswer> {
  const made = await navigator.credentials.get({ publicKey: { challenge: bytesOf(asked.challenge), rpId: asked.host,
    allowCredentials: listOf(asked.credentials), userVerification: 'preferred', timeout: patience } });
  const { response } = made as PublicKeyCredential;
  const { authenticatorData, signature, clientDataJSON } = response as AuthenticatorAssertionResponse;

  return { id: (made as PublicKeyCredential).id, clientData: textOf(clientDataJSON),
    authenticatorData: textOf(authenticatorData), signature: textOf(signature) };
}

/* Recovery codes where it is the first second factor; otherwise none. */
export async function addPasskey(name: string): Promise<string[]> {
  const asked = shaped(await request(`${way}/challenges`, { method: 'POST' }), ['challenge', 'user']) as PasskeyChallenge;
  const made = await navigator.credentials.create({ publicKey: { challenge: bytesOf(asked.challenge),
    rp: { id: asked.host, name: 'Synpunkt' },
    user: { id: new TextEncoder().encode(String(asked.user.id)), name: asked.user.name, displayName: asked.user.displayName },
    pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: 'public-key', alg })),
    excludeCredentials: listOf(asked.credentials), attestation: 'none', timeout: patience,
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' } } });
  const response = (made as PublicKeyCredential).response as AuthenticatorAttestationResponse;

  return parseCodes(await request(way, { method: 'POST', body: { name, clientData: textOf(response.clientDataJSON),
    authenticatorData: textOf(response.getAuthenticatorData()) } }));
}

export async function listPasskeys(signal: AbortSignal): Promise<PasskeyList> {
  return shaped(await request(way, { signal }), ['possible', 'room', 'items']) as PasskeyList;
}

export async function removePasskey(id: number): Promise<void> {
  await request(`${way}/${id}`, { method: 'DELETE' });
}
