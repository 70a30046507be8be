/* How good a position is, in metres that mean something: 12.4 says more than is known. */
export function metres(accuracy: number): number {
  const step = accuracy < 10 ? 1 : accuracy < 100 ? 5 : accuracy < 1000 ? 50 : 500;
  return Math.max(1, Math.round(accuracy / step) * step);
}

export const unsure = 100; /* metres, from which on it may be the next street */
export const vague = 1000; /* and from which on an address would be a guess */
