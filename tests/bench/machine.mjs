/* What the machine did meanwhile, from /proc: who used the processor, and memory. */
import fs from 'node:fs';
import os from 'node:os';

const ticksOf = (text) => {
  const rest = text.slice(text.lastIndexOf(')') + 2).split(' ');
  /* utime, stime and those of ended children */
  return rest.slice(11, 15).reduce((sum, n) => sum + Number(n), 0);
};

function processes() {
  const all = new Map();
  for (const entry of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const text = fs.readFileSync(`/proc/${entry}/stat`, 'utf8');
      const parent = Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]);
      all.set(Number(entry), { parent, ticks: ticksOf(text) });
    } catch {
      /* it ended while we looked */
    }
  }
  return all;
}

/* The given processes and all below them. */
export function family(roots) {
  const all = processes();
  const found = new Set(roots.filter((pid) => all.has(pid)));
  for (let grew = true; grew;) {
    grew = false;
    for (const [pid, { parent }] of all)
      if (!found.has(pid) && found.has(parent)) grew = Boolean(found.add(pid));
  }
  return { pids: [...found],
    ticks: [...found].reduce((sum, pid) => sum + all.get(pid).ticks, 0) };
}

/* user, nice, system and steal; interrupts are nobody's and mostly our own network's. */
function busy() {
  const [user, nice, system, idle, iowait, irq, softirq, steal] =
    fs.readFileSync('/proc/stat', 'utf8').split('\n')[0].trim().split(/\s+/).slice(1)
      .map(Number);
  return { used: user + nice + system + steal,
    all: user + nice + system + idle + iowait + irq + softirq + steal };
}

/* Runs work() and tells the share of the whole machine that others used meanwhile.
 * roots() names the processes that are ours. */
export async function foreignShare(roots, work) {
  const before = busy();
  const ours = family(roots()).ticks;
  const result = await work();
  const after = busy();
  const own = family(roots()).ticks - ours;
  const share = (after.used - before.used - own) / Math.max(after.all - before.all, 1);
  return { result, share: Math.max(0, share) };
}

/* Proportional set size of processes together, in bytes. */
export function pss(pids) {
  let kib = 0;
  for (const pid of pids) {
    try {
      const text = fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
      kib += Number(/^Pss:\s+(\d+)/m.exec(text)[1]);
    } catch {
      /* it ended while we looked */
    }
  }
  return kib * 1024;
}

export function describe() {
  const model = os.cpus()[0]?.model.trim() ?? 'unknown';
  const gib = (os.totalmem() / 2 ** 30).toFixed(0);
  return `${os.cpus().length} × ${model}, ${gib} GiB, Linux ${os.release()}`;
}
