/* Reorganisations for tests: a plan as a file, the tool, and boards and units made up for it. */
import fs from 'node:fs';
import path from 'node:path';

import { testRoot } from './harness.mjs';

export const trafik = 'trafiknamnden';
export const farsta = 'farsta-stadsdelsnamnd';
export const bromma = 'bromma-stadsdelsnamnd';
export const syd = 'sydostra-stadsdelsnamnd';
export const park = 'parknamnden';

/* Two new boards, of the day before yesterday, and nobody there yet. */
export async function addBoards(server) {
  await server.sql(`INSERT INTO synpunkt.organisation (code, position, kind, name, short_name, valid_from)
    VALUES ('${syd}', 990, 'board', 'Sydöstra stadsdelsnämnden', 'Sydost', synpunkt.today() - 2),
      ('${park}', 991, 'board', 'Parknämnden', 'Park', synpunkt.today() - 2)`);
}

export const today = async (server, days = 0) =>
  (await server.sql(`SELECT to_char(synpunkt.today() + ${days}, 'YYYY-MM-DD') AS day`))[0].day;

export const planOf = (from, more) => ({ code: 'prov', name: 'Nya nämnder på prov',
  decision: 'Kommunfullmäktige 14 december 2026 § 12', from, ...more });

let files = 0;
export async function reorganise(server, word, plan) {
  let last = plan;
  if (typeof plan !== 'string') {
    last = path.join(testRoot(), `plan-${process.pid}-${++files}.json`);
    fs.writeFileSync(last, JSON.stringify(plan));
  }
  const out = await server.ctl(['--json', 'reorganise', word, last]);
  return { code: out.code, text: out.stdout + out.stderr, json: out.stdout ? JSON.parse(out.stdout) : null };
}

/* All rows of the figures of the months before this one, by everything that there is. */
export const pastFigures = (server) => server.sql(`SELECT t.name, t.row::text AS row FROM (
  SELECT 'cube' AS name, to_jsonb(c) AS row FROM synpunkt.statistic_cube c
    WHERE c.month < date_trunc('month', synpunkt.today())
  UNION ALL SELECT 'cell', to_jsonb(c) FROM synpunkt.statistic_cell c
    WHERE c.month < date_trunc('month', synpunkt.today())
  UNION ALL SELECT 'days', to_jsonb(c) FROM synpunkt.statistic_days c
    WHERE c.month < date_trunc('month', synpunkt.today())
  UNION ALL SELECT 'stock', to_jsonb(c) FROM synpunkt.statistic_stock c
    WHERE c.month < date_trunc('month', synpunkt.today())) t ORDER BY 1, 2`);
