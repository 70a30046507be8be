/* Rows 12 and 13: fifty desks that are open while cases change, and how soon a desk can be
 * worked with on a slow machine. */
import { chromium } from 'playwright-core';

import { sleep } from '../api/harness.mjs';
import { newColleague } from '../api/staff.mjs';
import { browserOptions } from '../browser/browser.mjs';
import { family } from './machine.mjs';

const desks = 50;
const colleagues = 10;
const changesPerSecond = 10;
const lookAfter = 300; /* ms from a change to the look at the rows, as the desk has it */
const lookPace = 2000; /* ms between two looks */
const page = '/api/v1/desk/cases?limit=50';

/* An open desk: its stream of changes, and the look at the queue that follows them. */
class Desk {
  constructor(server, { cookie }) {
    this.seen = new Map(); /* number and version: when it was told */
    this.looks = [];
    this.looked = -lookPace;
    this.control = new AbortController();
    this.server = server;
    this.headers = { cookie };
  }

  async open() {
    const res = await fetch(`${this.server.url}/api/v1/desk/events`, { headers: this.headers,
      signal: this.control.signal });
    if (res.status !== 200) throw new Error(`a stream answers ${res.status}`);
    this.reading = this.read(res.body.pipeThrough(new TextDecoderStream())).catch((e) => {
      if (!this.control.signal.aborted) this.fault = e;
    });
  }

  async read(stream) {
    let rest = '';
    for await (const piece of stream) {
      const blocks = (rest + piece).split('\n\n');
      rest = blocks.pop();
      for (const block of blocks) {
        const data = /^data: ?(.*)$/m.exec(block)?.[1];
        if (!/^event: ?case-changed$/m.test(block)) continue;
        const { number, version } = JSON.parse(data);
        const key = `${number} ${version}`;
        if (!this.seen.has(key)) this.seen.set(key, performance.now());
        this.timer ??= setTimeout(() => this.look(),
          Math.max(lookAfter, this.looked + lookPace - performance.now()));
      }
    }
  }

  async look() {
    this.timer = undefined;
    const started = performance.now();
    this.looked = started;
    const res = await fetch(this.server.url + page, { headers: this.headers });
    if (res.status !== 200) this.fault = new Error(`the queue answers ${res.status}`);
    await res.arrayBuffer();
    this.looks.push(performance.now() - started);
  }

  close() {
    clearTimeout(this.timer);
    this.control.abort();
  }
}

async function openDesks(server) {
  const people = [];
  for (let i = 0; i < colleagues; i++)
    people.push(await newColleague(server, `desk${i}`, 'case-handler@trafiknamnden'));
  const all = Array.from({ length: desks }, (_, i) => new Desk(server, people[i % colleagues]));
  await Promise.all(all.map((desk) => desk.open()));
  return { all, people };
}

/* Some cases of the board, each with the ETag that its next change needs. */
async function casesFor(server, client) {
  const list = [];
  for (let i = 0; i < 100; i++) {
    const { json } = await server.post('/api/v1/cases', { json: {
      text: `Lampa nummer ${i} är släckt.`, category: 'gatubelysning' } });
    const where = `/api/v1/desk/cases/${json.number}`;
    list.push({ number: json.number, where, etag: (await client.get(where)).headers.etag });
  }
  return list;
}

/* One change after the other at the given pace; when each was asked for. */
async function change(client, cases, seconds) {
  const asked = new Map();
  const started = performance.now();
  for (let i = 0; i < seconds * changesPerSecond; i++) {
    const one = cases[i % cases.length];
    await sleep(Math.max(0, started + i * 1000 / changesPerSecond - performance.now()));
    const at = performance.now();
    const res = await client.patch(one.where, { etag: one.etag,
      json: { qualityDimension: Math.floor(i / cases.length) % 2 ? 'information' : 'environment' } });
    if (res.status !== 200) throw new Error(`a change answers ${res.status}: ${res.text}`);
    one.etag = res.headers.etag;
    asked.set(`${one.number} ${res.json.version}`, at);
  }
  return asked;
}

const rank = (list, share) =>
  list.toSorted((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * share))];

/* Row 12: no desk misses a change. */
export async function liveDesks(server, { quiet, seconds }) {
  const { all, people } = await openDesks(server);
  const cases = await casesFor(server, people[0]);
  const round = async () => {
    for (const desk of all) {
      desk.seen.clear();
      desk.looks = [];
    }
    const before = family([server.process.pid]).ticks;
    const asked = await change(people[0], cases, seconds);
    const ticks = family([server.process.pid]).ticks - before;
    const isTold = () => all.every((desk) => [...asked.keys()].every((key) => desk.seen.has(key)));
    for (let i = 0; i < 50 && !isTold(); i++) await sleep(100);
    const fault = all.find((desk) => desk.fault)?.fault;
    if (fault) throw fault;
    if (!isTold()) throw new Error('a desk was not told of every change');
    const took = all.flatMap((desk) => [...asked].map(([key, at]) => desk.seen.get(key) - at));
    return { told: rank(took, 0.99), look: rank(all.flatMap((desk) => desk.looks), 0.99),
      share: ticks / 100 / seconds };
  };

  await sleep(2000);
  const { told, look, share } = await quiet('open desks', round);
  for (const desk of all) desk.close();
  console.log(`${desks} open desks, ${changesPerSecond} changes a second: synpunktd used ${
    (share * 100).toFixed(0)} % of a processor`);
  return [
    { row: '12', name: `a change told to ${desks} open desks, 99th percentile`, unit: 'ms',
      ours: told, reference: 1000, ratio: told / 1000, most: 1 },
    { row: '12', name: 'their looks at the queue meanwhile, 99th percentile', unit: 'ms',
      ours: look, reference: 1000, ratio: look / 1000, most: 1 },
  ];
}

/* Row 13: from the address to rows that can be opened, in a browser that has nothing kept,
 * with its processor four times slower. */
export async function slowDesk(server, { quiet, median }) {
  const client = await newColleague(server, 'slow', 'case-handler@trafiknamnden');
  const [name, value] = client.cookie.split('=');
  await casesFor(server, client);
  const browser = await chromium.launch(browserOptions);
  const once = async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    await context.addCookies([{ name, value, url: server.url }]);
    const tab = await context.newPage();
    const line = await context.newCDPSession(tab);
    await line.send('Emulation.setCPUThrottlingRate', { rate: 4 });
    const started = performance.now();
    await tab.goto(`${server.url}/desk/`, { waitUntil: 'commit' });
    await tab.locator('a.open').first().waitFor();
    const took = performance.now() - started;
    await context.close();
    return took;
  };
  await once();
  const took = await quiet('a slow desk', async () => {
    const list = [];
    for (let i = 0; i < 5; i++) list.push(await once());
    return median(list);
  });
  await browser.close();
  return [{ row: '13', name: 'the desk’s queue, processor four times slower', unit: 'ms', ours: took,
    reference: 1500, ratio: took / 1500, most: 1 }];
}
