/* Cases of the city's present app: once each, with their number and their date. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { eventually, startServer, testRoot } from './harness.mjs';
import { newColleague } from './staff.mjs';

let server;
let anna;

before(async () => {
  server = await startServer();
  anna = await newColleague(server, 'anna', 'case-handler@trafiknamnden,board-secretary@trafiknamnden');
}, { timeout: 120000 });

after(async () => {
  await server?.stop();
});

const header = 'Ärendenummer;Inkom;Kategori;Beskrivning;Adress;Latitud;Longitud;Namn;E-post;Telefon;Status;Avslutad;Besvarad;Svar\r\n';

async function load(text, ...more) {
  const out = await server.ctl(['--json', 'import', 'tyck-till', '-', ...more], { input: text });
  return { code: out.code, stderr: out.stderr, ...JSON.parse(out.stdout) };
}

function file(name, text) {
  const at = path.join(testRoot(), name);
  fs.writeFileSync(at, text);
  return at;
}

const caseOf = async (number) => (await server.sql(`SELECT c.year || '-' || c.id AS number, c.*,
  (SELECT count(*) FROM synpunkt.outbox o WHERE o.case_id = c.id) AS letters
  FROM synpunkt.case c JOIN synpunkt.case_import i ON i.case_id = c.id WHERE i.number = '${number}'`))[0];
const day = (back) => new Date(Date.now() - back * 86400e3).toISOString().slice(0, 10);

test('a row is a case once, with its date, by the rules and with no letter', async () => {
  const row = `TT-1;${day(40)} 14:05;Gatubelysning;"Lampan är ""släckt"";\r\nsedan i går";Kungsgatan 1;59,3340;18,0630;Eva Ek;eva@example.org;;Pågående;;;\r\n`;
  const tried = await load(header + row, '--dry-run');
  assert.deepEqual([tried.code, tried.added, tried.dryRun], [0, 1, true]);
  assert.equal(await caseOf('TT-1'), undefined, 'a trial stores nothing');
  assert.equal((await load(header + row)).added, 1);
  const c = await caseOf('TT-1');
  assert.deepEqual([c.board, c.category, c.status, c.channel, c.received_on, c.letters, c.district !== null],
    ['trafiknamnden', 'gatubelysning', 'received', 'app', day(40), '0', true]);
  const [{ clock }] = await server.sql(`SELECT to_char(received_at AT TIME ZONE 'Europe/Stockholm', 'HH24:MI') AS clock
    FROM synpunkt.case WHERE id = ${c.id}`);
  assert.equal(clock, '14:05');
  const [said] = await server.sql(`SELECT body FROM synpunkt.case_content WHERE case_id = ${c.id} AND kind = 'text'`);
  assert.equal(said.body, 'Lampan är "släckt";\r\nsedan i går');
  const due = await server.ctl(['due', day(40), '10']);
  assert.equal(c.answer_by, due.stdout.trim(), 'the days run from when it came');
  const again = await load(header + row);
  assert.deepEqual([again.added, again.known, again.changed], [0, 1, []]);
});

test('a row that says something else is told and not touched', async () => {
  const row = (words) => `tt-2;${day(3)};Gatubelysning;${words};;;;;;;;;;\n`;
  assert.equal((await load(header + row('Först'))).added, 1);
  const got = await load(header + row('Sedan'));
  const c = await caseOf('tt-2');
  assert.deepEqual([got.added, got.changed], [0, [{ line: 2, number: 'tt-2', case: c.number, disposed: false }]]);
  assert.equal((await load(header.replaceAll(';', ',') + row('Först').replace('tt', 'TT').replaceAll(';', ','))).known, 0,
    'another spelling of the number is another row of the same case');
  assert.equal((await server.sql(`SELECT count(*) AS n FROM synpunkt.case_import WHERE key = 'tt-2'`))[0].n, '1');
});

test('all faults are told with line and column, and nothing is stored', async () => {
  const got = await load(`${header}TT-9;2026-13-01;Gatubelysning;Text;;;;;;;;;;\n`
    + `;${day(1)};Rymdfart;;;59;;;ingen adress;;Svävande;;;\n`
    + `TT-10;${day(1)};Gatubelysning;Text;;;;;;;Avslutad;;;\n`
    + `TT-11;${day(1)};Gatubelysning;Bra;;;;;;;;;;\n`
    + `TT-11;${day(1)};Gatubelysning;Bra;;;;;;;;;;\n`
    + `TT-12;${day(1)};Gatubelysning;Bra;;;;;;;;;;;;;för många\n`);
  assert.equal(got.code, 1);
  const said = got.faults.map((f) => `${f.line} ${f.column}`);
  for (const fault of ['2 Inkom', '3 Ärendenummer', '3 Kategori', '3 Beskrivning', '3 Longitud', '3 E-post',
    '3 Status', '4 reason', '4 Avslutad', '6 Ärendenummer', '7 null'])
    assert.ok(said.includes(fault), `${fault} in ${said}`);
  assert.equal(await caseOf('TT-11'), undefined);
});

test('a closed case comes closed as of its days, and its frozen month does not change', async () => {
  const at = day(70).slice(0, 7);
  await eventually('all is counted', async () => (await server.ctl(['statistics', '--freeze', '--month', at])).code === 0);
  const month = `/api/v1/statistics?board=trafiknamnden&month=${at}`;
  const frozen = (await anna.get(month)).json;
  assert.equal(frozen.frozen, true);
  const days = [`${at}-02`, `${at}-09`, `${at}-10`];
  const got = await load(`${header}TT-20;${days[0]};Gatubelysning;Mörkt;;;;Eva Ek;eva@example.org;;Åtgärdad;${days[2]};${days[1]};Nu lyser den.\n`
    + `TT-21;${days[0]};Gatubelysning;Mörkt här;;;;Eva Ek;eva@example.org;;Klart;${days[2]};;\n`,
  '--map', file('map.tsv', 'kind\tfrom\tto\nreason\tKlart\tno-action\n'));
  assert.equal(got.code, 0, JSON.stringify(got));
  const c = await caseOf('TT-20');
  assert.deepEqual([c.status, c.closure_reason, c.closed_at.slice(0, 10), c.answered_at.slice(0, 10), c.wants_reply, c.letters],
    ['closed', 'remedied', days[2], days[1], 't', '0']);
  const unanswered = await caseOf('TT-21');
  assert.deepEqual([unanswered.status, unanswered.closure_reason, unanswered.wants_reply], ['closed', 'no-action', 'f']);
  const events = await server.sql(`SELECT what, actor, at::date::text AS day FROM synpunkt.case_event WHERE case_id = ${c.id} ORDER BY seq`);
  assert.deepEqual(events.map((e) => e.what), ['received', 'imported', 'replied', 'closed']);
  assert.equal(events[1].day, day(0));
  const audit = JSON.parse((await server.ctl(['--json', 'audit', 'verify'])).stdout);
  assert.deepEqual(audit.faults, []);
  await eventually('it is counted', async () => (await server.sql(`SELECT 1 FROM synpunkt.statistic_case WHERE case_id = ${unanswered.id} AND seq = 3`)).length === 1, 20000);
  const [cells] = await server.sql(`SELECT sum(received) AS received, sum(closed) AS closed, sum(registered_late) AS late,
    sum(answer_of) AS due, sum(answer_in) AS kept, sum(unanswered) AS unanswered
    FROM synpunkt.statistic_cube WHERE board = 'trafiknamnden' AND month = '${at}-01' AND category = 'gatubelysning'`);
  assert.deepEqual({ ...cells }, { received: '2', closed: '2', late: '0', due: '1', kept: '1', unanswered: '0' });
  const now = (await anna.get(month)).json;
  assert.deepEqual(now, frozen, 'what was frozen stays');
  assert.equal((await server.sql('SELECT count(*) AS n FROM synpunkt_statistics.verify()'))[0].n, '0');
  assert.equal((await server.sql('SELECT synpunkt_statistics.differences() AS n'))[0].n, '0');
});

test('the desk finds the number and shows it, and asks nobody how it was', async () => {
  const mail = `${header}TT-30;${day(2)};Gatubelysning;Blinkar;;;;Eva Ek;eva30@example.org;;;;;\n`;
  assert.equal((await load(mail)).added, 1);
  const found = await anna.get('/api/v1/desk/cases?q=tt-30');
  assert.equal(found.status, 200);
  const { number } = await caseOf('TT-30');
  assert.deepEqual(found.json.items.map((i) => i.number), [number]);
  const one = await anna.get(`/api/v1/desk/cases/${number}`);
  assert.deepEqual(one.json.imported, { source: 'tyck-till', number: 'TT-30' });
  const sent = await anna.post(`/api/v1/desk/cases/${number}/replies`, { json: { text: 'Lampan är bytt.', close: 'remedied' },
    headers: { 'If-Match': one.headers.etag } });
  assert.equal(sent.status, 201, sent.text);
  assert.equal((await server.sql(`SELECT count(*) AS n FROM synpunkt.satisfaction_ask a JOIN synpunkt.case_import i
    ON i.case_id = a.case_id`))[0].n, '0');
  const other = await newColleague(server, 'olle', 'case-handler@utbildningsnamnden');
  assert.deepEqual((await other.get('/api/v1/desk/cases?q=TT-30')).json.items, []);
});

test('columns and words of another kind are said by a file', async () => {
  const map = file('names.tsv', 'kind\tfrom\tto\ncolumn\tLöpnr\tnumber\ncolumn\tNär\treceived\ncolumn\tVad\ttext\n'
    + 'column\tÖ\tsweref991800_e\ncolumn\tN\tsweref991800_n\ncategory\tLyse\tgatubelysning\ncategory\t*\t-\n');
  const text = `Löpnr\tNär\tVad\tKategori\tÖ\tN\tHandläggare\n7001\t${day(5)}T23:30:00Z\tMörkt\tLyse\t153000\t6580000\tBo\n7002\t${day(5)}\tAnnat\tRymdfart\t\t\t\n`;
  assert.equal((await load(text)).code, 1);
  const got = await load(text, '--map', map);
  assert.deepEqual([got.code, got.added, got.ignoredColumns], [0, 2, ['Handläggare']]);
  const c = await caseOf('7001');
  assert.equal(c.category, 'gatubelysning');
  assert.ok(c.position && c.district);
  assert.equal((await caseOf('7002')).category, null);
  const bad = await load(text, '--map', file('bad.tsv', 'kind\tfrom\tto\nreason\tKlart\tperhaps\n'));
  assert.match(bad.error, /bad\.tsv: line 2, to: no reason is called "perhaps"/);
});

test('files that are no such tables are refused with what is wrong', async () => {
  const many = `${header}${Array.from({ length: 1000000 }, (_, i) => `${i};2026-01-01;;x`).join('\n')}\n`;
  const cases = [
    [Buffer.from(`${header}TT-40;2026-01-02;;K\xf6ld;;`, 'latin1'), /line 2: is not UTF-8|line 1: is not UTF-8/],
    [`${header}TT-40;2026-01-02;;a\0b\n`, /line 2: has a NUL byte/],
    [`${header}TT-40;2026-01-02;;"slut\n\n`, /line 2: a quote in this row does not end/],
    [`${header}TT-40;2026-01-02;;"a"b\n`, /line 2: words after the end of a quote/],
    [`${header}TT-40;2026-01-02;;${'x'.repeat(70000)}\n`, /line 2: a cell of more than 64 KiB/],
    [`${header}${';'.repeat(200)}\n`, /line 2: more than 100 columns/],
    ['', /no line of column names/],
    ['Datum;Beskrivning\n', /no column is known as number/],
    [`Nummer;${header}`, /are both number/],
    [many, /more than 100000 rows/],
  ];
  for (const [text, why] of cases) {
    const got = await load(text);
    assert.equal(got.code, 1, String(why));
    assert.match(got.error, why);
  }
});

test('what was disposed of does not come back by the same file', async () => {
  const row = `${header}TT-50;${day(2)};Gatubelysning;Borta;;;;;;;Åtgärdad;${day(1)};;\n`;
  assert.equal((await load(row)).added, 1);
  const c = await caseOf('TT-50');
  await server.sql(`WITH d AS (INSERT INTO synpunkt.disposal (decision, rule, ran_at, ran_by)
    VALUES ('1', 'r', now(), 'x') RETURNING id)
    UPDATE synpunkt.case c SET disposed_on = synpunkt.today(), disposal_id = d.id, follow_hash = sha256('') FROM d WHERE c.id = ${c.id}`);
  const got = await load(row);
  assert.deepEqual([got.added, got.changed[0].disposed], [0, true]);
  assert.equal((await server.sql(`SELECT fingerprint FROM synpunkt.case_import WHERE case_id = ${c.id}`))[0].fingerprint, null);
});
