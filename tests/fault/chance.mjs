/*
 * The course of the kills: by chance, and the same again by its seed (FAULT_SEED).
 */
import crypto from 'node:crypto';

export const seed = Number(process.env.FAULT_SEED ?? crypto.randomInt(1e6));

/* mulberry32 */
function randomOf(start) {
  let a = start;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export const random = randomOf(seed);
