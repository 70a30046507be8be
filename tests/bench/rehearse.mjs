/* Row 14: what a changed set of rules would have done to a hundred thousand past cases. */
import fs from 'node:fs';
import path from 'node:path';

import { eventually, testRoot } from '../api/harness.mjs';
import { newColleague } from '../api/staff.mjs';
import { manyCases } from './million.mjs';

const cases = 100000;
const most = 10000; /* ms */
const name = 'many_to_rehearse';

export async function rehearsalDatabase(cluster) {
  await manyCases(cluster, name, cases);
  return name;
}

/* As the city has them, but that parks' paths, litter and paint are others'. */
function changed(rules) {
  const others = { 'stadning-park': 'trafiknamnden', 'klotter-park': 'trafiknamnden',
    parkvag: 'trafiknamnden', 'ord-klotter': 'dispatch' };
  return rules.map((r) => (others[r.code] ? { ...r, outcome: others[r.code] } : r));
}

function judged(what, result) {
  if (result.cases < cases || result.elsewhere === 0)
    throw new Error(`${what}: ${result.cases} cases, ${result.elsewhere} elsewhere`);
  return result;
}

/* The tool's whole run, from its start. */
async function byTool(server, file) {
  const started = performance.now();
  const out = await server.ctl(['rules', 'rehearse', file, '--since', '2020-01-01', '--json']);
  const ms = performance.now() - started;
  if (out.code !== 0) throw new Error(out.stderr + out.stdout);
  return { ms, result: judged('rules rehearse', JSON.parse(out.stdout)) };
}

/* From the question to the answer, by a colleague who asks every tenth of a second. */
async function atDesk(server, staff, version) {
  const started = performance.now();
  const asked = await staff.post(`/api/v1/desk/rules/${version}/rehearsals`,
    { json: { since: '2020-01-01' } });
  if (asked.status !== 202) throw new Error(`asking answers ${asked.status}`);
  const result = await eventually('it is rehearsed', async () => {
    const { json } = await staff.get(`/api/v1/desk/rules/rehearsals/${asked.json.id}`);
    if (json.state === 'failed') throw new Error(`it failed: ${json.why}`);
    return json.state === 'done' ? json : null;
  }, 120000);
  return { ms: performance.now() - started, result: judged('at the desk', result) };
}

export async function rehearsalRows(server, { quiet, median, rounds }) {
  const [{ rules }] = await server.sql(
    'SELECT rules::text FROM synpunkt.rule_version ORDER BY version DESC LIMIT 1');
  const text = JSON.stringify(changed(JSON.parse(rules)));
  const file = path.join(testRoot(), 'changed_rules.json');
  fs.writeFileSync(file, text);
  const [{ version }] = await server.sql(`INSERT INTO synpunkt.rule_version (note, rules)
    VALUES ('rehearsed', '${text.replaceAll("'", "''")}') RETURNING version`);
  const staff = await newColleague(server, 'regler', 'administrator@*');
  const row = (what, ms) => ({ row: '14', name: `${cases} past cases decided again ${what}`,
    unit: 'ms', ours: ms, reference: most, ratio: ms / most, most: 1 });
  const tool = [], desk = [];
  for (let i = 0; i < rounds; i++) {
    tool.push(await quiet('rules rehearse', () => byTool(server, file)));
    desk.push(await quiet('a rehearsal', () => atDesk(server, staff, version)));
  }
  const told = (r) => JSON.stringify([r.cases, r.elsewhere, r.otherwise, r.failed,
    r.load.map((l) => [l.board, l.now, l.then])]);
  if (told(tool[0].result) !== told(desk[0].result))
    throw new Error('the tool and the desk do not say the same');
  console.error(`${tool[0].result.elsewhere} of ${tool[0].result.cases} elsewhere, in ${
    tool[0].result.moves.length} moves`);
  return [row('by the tool', median(tool.map((t) => t.ms))),
    row('at the desk', median(desk.map((d) => d.ms)))];
}
