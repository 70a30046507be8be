/* Open data: of each frozen month what the packs show, once and for all; nothing small in
 * any file, nor to be found in all of them together; a catalogue that harvesters read. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Readable } from 'node:stream';

import N3 from 'n3';
import { RdfXmlParser } from 'rdfxml-streaming-parser';

import { csvParse, ctl, eventually, request, startServer } from './harness.mjs';
import { cityOf, localDay, makeLives, nextMonth, storeLives } from './lives.mjs';
import { leaksOf } from './pack_leaks.mjs';
import { newColleague } from './staff.mjs';

const thisMonth = localDay(Date.now()).slice(0, 7);
/* The last period of four months of which the last is frozen by now, whatever day it is. */
const last = [-2, -3, -4, -5].map((n) => nextMonth(thisMonth, n)).find((m) => Number(m.slice(5)) % 4 === 0);
const months = [-3, -2, -1, 0].map((n) => nextMonth(last, n));
const trafik = 'trafiknamnden';
const files = {};
let server;
let calendar; /* from day to whether it is a working day */
let alva; /* analyst */
let truth; /* rows as they are, hidden or not */

const published = (month) => eventually(`${month} is published`, async () =>
  (await server.sql(`SELECT month FROM synpunkt.open_month WHERE month = '${month}-01'`)).length === 1, 120000);
async function freeze(month) {
  const got = await server.ctl(['statistics', '--freeze', '--month', month]);
  assert.equal(got.code, 0, got.stdout + got.stderr);
  await published(month);
}
async function json(path) {
  const res = await server.get(path);
  assert.equal(res.status, 200, `${path} ${res.text}`);
  return JSON.parse(res.text);
}
const monthFile = (month) => json(`/oppnadata/v1/manad/${month}.json`);
/* A file as the lines that a spreadsheet reads. */
const csvLines = (text) => {
  const [head, ...lines] = csvParse(text.replace(/^\ufeff/, '').replaceAll('";"', '","').replaceAll('\r\n', '\n'));
  return lines.map((l) => Object.fromEntries(head.map((name, i) => [name, l[i]])));
};

before(async () => {
  const days = JSON.parse((await ctl(['due', '--list', '2020', '2035', '--json'])).stdout);
  calendar = new Map(days.map((d) => [d.date, d.workingDay]));
  server = await startServer();
  await storeLives(server, makeLives(1500, 23, calendar, undefined, await cityOf(server)));
  alva = await newColleague(server, 'alva', 'analyst');
  await eventually('all is counted', async () => (await server.sql(`SELECT
    (SELECT count(*) FROM synpunkt.case) = (SELECT count(*) FROM synpunkt.statistic_case)
    AND NOT EXISTS (SELECT FROM synpunkt.statistic_dirty) AS done`))[0].done === 't', 300000);
});
after(async () => {
  await server.stop();
  assert.doesNotMatch(server.log, /Sanitizer|runtime error|page_failed|open_data_failed/);
});

test('the same lives are made at any hour of a day', (context) => {
  const made = [0, 12, 23].map((hours) => {
    const clock = context.mock.method(Date, 'now', () => Date.parse('2026-06-15T00:30:00+02:00') + hours * 3600000);
    const lives = makeLives(50, 1, calendar);
    clock.mock.restore();
    return lives.map(({ events }) => events.map((e) => [e.at, e.what]));
  });
  assert.deepEqual(made[1], made[0]);
  assert.deepEqual(made[2], made[0]);
});

test('before a month is frozen there is a page, a catalogue, and no file', async () => {
  assert.equal((await server.get(`/oppnadata/v1/manad/${last}.csv`)).status, 404);
  assert.equal((await server.get('/oppnadata/')).status, 200);
  assert.equal((await server.get('/datasets/dcat')).status, 200);
  assert.deepEqual((await json('/api/v1/quality-indicators')).items, []);
});

test('months that are frozen are published, as CSV, as JSON and in their year', async () => {
  for (const month of months) await freeze(month);
  truth = (await server.sql(`SELECT to_char(month, 'YYYY-MM') AS month, board, part, code, measure,
    n, hidden FROM synpunkt.open_row`)).map((r) => ({ ...r, n: Number(r.n), hidden: r.hidden === 't' }));
  for (const month of months) {
    files[month] = await monthFile(month);
    const { rows } = files[month];
    assert.equal(files[month].month, month);
    assert.equal(files[month].schemaVersion, '1.0');
    assert.ok(rows.length > 100, `${rows.length}`);
    const csv = await server.get(`/oppnadata/v1/manad/${month}.csv`);
    assert.match(csv.headers['content-type'], /^text\/csv; charset=utf-8/);
    assert.deepEqual(csvLines(csv.text).map((l) => Object.values(l).map((v) => v || null)),
      rows.map((r) => Object.values(r).map((v) => (v === null || v === '' ? null : String(v)))));
  }
  const year = last.slice(0, 4);
  const whole = await json(`/oppnadata/v1/ar/${year}.json`);
  assert.deepEqual(whole.rows, months.filter((m) => m.startsWith(year)).flatMap((m) => files[m].rows));
});

test('a file may be kept, and says when nothing is new', async () => {
  const path = `/oppnadata/v1/manad/${last}.csv`;
  const { headers } = await server.get(path);
  assert.match(headers['cache-control'], /public, max-age=\d+, immutable/);
  assert.equal(headers['access-control-allow-origin'], '*');
  assert.ok(Date.parse(headers['last-modified']) <= Date.now());
  const again = await request(server.url, 'GET', path, { headers: { 'If-None-Match': headers.etag } });
  assert.equal(again.status, 304);
  assert.equal((await request(server.url, 'HEAD', path)).status, 200);
  assert.doesNotMatch((await server.get(`/oppnadata/v1/ar/${last.slice(0, 4)}.csv`)).headers['cache-control'], /immutable/);
});

test('what there is no file of answers 404', async () => {
  for (const path of ['manad/2026-13.csv', 'manad/2019-01.csv', `manad/${thisMonth}.json`, `manad/${last}.xml`,
    'manad/x.csv', 'ar/26.csv', 'ar/1999.json', 'kodlistor/unit.csv', 'annat.csv', '%2e%2e.json'])
    assert.equal((await server.get(`/oppnadata/v1/${path}`)).status, 404, path);
});

test('no number of 1 to 4 stands in a file, and no sensitive subject, unit or free text', async () => {
  const sensitive = new Set((await server.sql('SELECT code FROM synpunkt.category WHERE sensitivity > 2'))
    .map((r) => r.code));
  let suppressed = 0;
  for (const { rows } of Object.values(files))
    for (const row of rows) {
      assert.deepEqual(Object.keys(row), ['month', 'board', 'dimension', 'code', 'measure', 'value', 'n', 'suppressed']);
      assert.equal(row.value === null, row.suppressed);
      if (['received', 'closed'].includes(row.measure)) assert.ok(!(row.value >= 1 && row.value <= 4), JSON.stringify(row));
      else assert.ok(row.n === null || row.n >= 10, JSON.stringify(row));
      assert.ok(!sensitive.has(row.code), row.code);
      assert.ok(['whole', 'category', 'type', 'channel', 'district'].includes(row.dimension), row.dimension);
      suppressed += row.suppressed;
    }
  assert.ok(suppressed > 50, `${suppressed}`);
});

/* ---- somebody who wants to know ---- */

const keyOf = (r) => `${r.month} ${r.board} ${r.dimension} ${r.code}`;
const sum = (list) => list.reduce((n, r) => n + r.n, 0);
const groupBy = (list, key) => {
  const groups = new Map();
  for (const item of list) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
};

/* All files as one system: what of a board adds up to its total. What a file does not name
 * is nothing, but for subjects that are sensitive. */
function system() {
  const cells = new Map();
  const sums = [];
  const rows = Object.values(files).flatMap((f) => f.rows).filter((r) => r.measure === 'received');
  for (const r of rows)
    cells.set(keyOf(r), r.suppressed ? { mark: 'withheld' } : { mark: 'shown', n: r.value });
  for (const [of, parts] of groupBy(rows, (r) => `${r.month} ${r.board} ${r.dimension}`)) {
    const [month, board, dimension] = of.split(' ');
    if (dimension === 'whole') continue;
    const keys = parts.map(keyOf);
    if (dimension === 'category') {
      keys.push(`${of} rest`);
      cells.set(keys.at(-1), { mark: 'withheld' });
    }
    sums.push({ total: `${month} ${board} whole `, parts: keys });
  }
  return { cells, sums, rows, mapped: true };
}

test('a suppressed number cannot be found by combining all files', () => {
  const all = system();
  const hidden = all.rows.filter((r) => r.suppressed).map(keyOf);
  assert.ok(hidden.length > 50);
  const found = leaksOf(all).filter((k) => hidden.includes(k));
  assert.deepEqual(found, []);
});

test('nor with what the results of all districts and the city’s totals add up to', () => {
  const all = system();
  const exact = new Map(truth.filter((r) => r.measure === 'received')
    .map((r) => [`${r.month} ${r.board} ${r.part} ${r.code}`, r.n]));
  const known = (name, keys) => {
    const n = keys.reduce((k, key) => k + exact.get(key), 0);
    if (n > 0 && n < 5) return;
    all.cells.set(name, { mark: 'shown', n });
    all.sums.push({ total: name, parts: keys });
  };
  const rows = all.rows.map((r) => ({ ...r, key: keyOf(r) }));
  const subjects = rows.filter((r) => r.dimension === 'category' && r.code !== 'none');
  for (const [month, list] of groupBy(rows.filter((r) => r.dimension === 'whole'), (r) => r.month))
    known(`city ${month}`, list.map((r) => r.key));
  for (const [month, list] of groupBy(subjects, (r) => r.month)) known(`open ${month}`, list.map((r) => r.key));
  for (const [code, list] of groupBy(subjects, (r) => r.code)) known(`period ${code}`, list.map((r) => r.key));
  const small = leaksOf(all).filter((k) => exact.get(k) >= 1 && exact.get(k) <= 4);
  assert.deepEqual(small, []);
});

test('a file has what the pack of the board shows, and nothing that it hides', async () => {
  const parts = { categories: 'category', types: 'type', channel: 'channel', districts: 'district' };
  let same = 0, shown = 0;
  /* How much is hidden hangs on the hour: the cases are spread over the time until now. */
  for (const month of months) {
    const told = groupBy(files[month].rows.filter((r) => r.value > 0 && r.measure === 'received'
      && Object.values(parts).includes(r.dimension)), (r) => r.board);
    const most = [...told].sort(([, a], [, b]) => b.length - a.length).slice(0, 3).map(([board]) => board);
    shown += most.length;
    for (const board of most) {
      const res = await alva.get(`/api/v1/statistics/packs?month=${month}&board=${board}`);
      assert.equal(res.status, 200, res.text);
      for (const table of res.json.sections.flatMap((s) => s.tables)) {
        const at = table.columns.findIndex((c) => c.id === 'received');
        if (!parts[table.id] || at < 0) continue;
        for (const row of table.rows.filter((r) => !r.total)) {
          const found = told.get(board).find((r) => r.dimension === parts[table.id] && r.code === (row.id || 'none'));
          if (!found) continue;
          assert.deepEqual([row.cells[at].mark, row.cells[at].n], ['shown', found.value], `${month} ${board} ${row.id}`);
          same++;
        }
      }
    }
  }
  assert.ok(same > 0 || shown === 0, `${same} of ${shown} boards`);
});

test('quality indicators are those of the files, page by page', async () => {
  const rows = files[last].rows.filter((r) => r.dimension === 'whole');
  const items = [];
  for (let after = ''; after !== null;) {
    const got = await json(`/api/v1/quality-indicators?month=${last}&limit=37${after && `&after=${after}`}`);
    items.push(...got.items);
    assert.ok(got.indicators.every((i) => i.name && i.definition && i.unit));
    after = got.next;
  }
  const line = (r) => `${r.board} ${r.measure ?? r.indicator} ${r.value} ${r.n} ${r.suppressed}`;
  assert.deepEqual(items.map(line).sort(), rows.map(line).sort());
  assert.ok(items.every((i) => i.frozen && i.boardName && i.month === last));
  const own = await json(`/api/v1/quality-indicators?board=${trafik}`);
  assert.ok(own.items.length > 3 && own.items.every((i) => i.board === trafik && i.month === last));
  for (const query of ['board=nej', 'month=x', 'limit=0'])
    assert.equal((await server.get(`/api/v1/quality-indicators?${query}`)).status, 422, query);
});

test('every code of a file stands in a code list, with the time that it is valid', async () => {
  const names = { boards: 'board', categories: 'category', districts: 'district', types: 'type',
    channels: 'channel', dimensions: 'dimension', measures: 'measure' };
  for (const [list, what] of Object.entries(names)) {
    const { rows } = await json(`/oppnadata/v1/kodlistor/${list}.json`);
    const codes = new Set([...rows.map((r) => r.code), 'none']);
    for (const row of rows) assert.ok(row.name && 'validFrom' in row && 'validTo' in row, list);
    for (const file of Object.values(files))
      for (const r of file.rows)
        if (['board', 'measure', 'dimension'].includes(what)) assert.ok(codes.has(r[what]), r[what]);
        else if (r.dimension === what) assert.ok(codes.has(r.code), r.code);
    const csv = await server.get(`/oppnadata/v1/kodlistor/${list}.csv`);
    assert.equal(csvLines(csv.text).length, rows.length, list);
  }
});

test('a name that a spreadsheet would take for a formula is none in the list', async () => {
  await server.sql(`UPDATE synpunkt.organisation SET name = '=1+1' WHERE code = '${trafik}'`);
  assert.match((await server.get('/oppnadata/v1/kodlistor/boards.csv')).text, /"'=1\+1"/);
});

/* ---- corrections ---- */

async function correct(n) {
  await server.sql(`INSERT INTO synpunkt.statistic_frozen (board, month, part, at, actor, reason, body,
      before, hash)
    SELECT f.board, f.month, f.part + 1, now(), 'operator', 'Ett skäl i fri text',
      jsonb_set(f.body::jsonb, '{rows}', (SELECT jsonb_agg(CASE WHEN r ->> 0 = 'whole' AND r ->> 2 = 'received'
        THEN jsonb_set(r, '{3}', to_jsonb((r ->> 3)::bigint + ${n})) ELSE r END)
        FROM jsonb_array_elements(f.body::jsonb -> 'rows') AS r))::text, f.hash, sha256('')
    FROM synpunkt.statistic_frozen f
    WHERE f.board = '${trafik}' AND f.month = '${last}-01' ORDER BY f.part DESC LIMIT 1`);
}

test('a correction is a row of its own, without its reason, and changes no file', async () => {
  const path = `/oppnadata/v1/manad/${last}.json`;
  const before = await server.get(path);
  await correct(7);
  await correct(2);
  await eventually('both are taken', async () => (await server.sql(
    'SELECT count(*) AS n FROM synpunkt.open_correction'))[0].n === '2', 60000);
  const got = await json('/oppnadata/v1/rattelser.json');
  const now = files[last].rows.find((r) => r.board === trafik && r.dimension === 'whole' && r.measure === 'received').value;
  assert.deepEqual(got.rows.map((r) => [r.month, r.board, r.correction, r.measure, r.before, r.value, r.suppressed]), [
    [last, trafik, 1, 'received', now, now + 7, false],
    [last, trafik, 2, 'received', null, null, true]]);
  assert.doesNotMatch(JSON.stringify(got), /fri text/);
  const after = await server.get(path);
  assert.deepEqual([after.text, after.headers.etag], [before.text, before.headers.etag]);
});

test('what is published does not change, and the server’s role reads no table', async () => {
  for (const sql of ['UPDATE synpunkt.open_row SET hidden = false', 'DELETE FROM synpunkt.open_month', 'TRUNCATE synpunkt.open_row, synpunkt.open_correction'])
    await assert.rejects(server.sql(sql), /does not change/, sql);
  for (const table of ['open_row', 'open_month', 'open_correction'])
    await assert.rejects(server.sqlAs('synpunkt_resident', `SELECT FROM synpunkt.${table}`), /permission denied/, table);
  for (const call of ['next()', `put('${last}-01', '[]')`, 'take_corrections(1)'])
    await assert.rejects(server.sqlAs('synpunkt_resident', `SELECT synpunkt_open.${call}`), /permission denied/, call);
});

/* ---- the catalogue ---- */

const quadsOfTurtle = (text) => new N3.Parser({ baseIRI: 'urn:none' }).parse(text);
const quadsOfXml = (text) => new Promise((done, fail) => {
  const quads = [];
  Readable.from([text]).pipe(new RdfXmlParser()).on('data', (q) => quads.push(q))
    .on('error', fail).on('end', () => done(quads));
});
const asText = (term) => (term.termType === 'Literal' ? `"${term.value}"@${term.language}^^${term.datatype.value}` : term.value);
const statements = (quads) => quads.map((q) => `${q.subject.value} ${q.predicate.value} ${asText(q.object)}`).sort();

const ns = { dcat: 'http://www.w3.org/ns/dcat#', dcterms: 'http://purl.org/dc/terms/', foaf: 'http://xmlns.com/foaf/0.1/',
  vcard: 'http://www.w3.org/2006/vcard/ns#', rdf: 'http://www.w3.org/1999/02/22-rdf-syntax-ns#' };
const iri = (name) => ns[name.split(':')[0]] + name.split(':')[1];
/* What docs.dataportal.se/dcat/3.0.1 calls mandatory, class by class, and the kind of value
 * that it takes; of what is recommended what this catalogue promises. */
const mandatory = {
  'dcat:Catalog': { 'dcterms:title': 'Literal', 'dcterms:description': 'Literal', 'dcterms:publisher': 'foaf:Agent',
    'dcterms:license': 'NamedNode', 'dcat:dataset': 'dcat:Dataset', 'dcat:service': 'dcat:DataService' },
  'dcat:Dataset': { 'dcterms:title': 'Literal', 'dcterms:description': 'Literal', 'dcterms:publisher': 'foaf:Agent',
    'dcat:contactPoint': 'vcard:Organization', 'dcat:distribution': 'dcat:Distribution' },
  'dcat:Distribution': { 'dcat:accessURL': 'NamedNode', 'dcterms:license': 'NamedNode', 'dcterms:format': 'Literal' },
  'dcat:DataService': { 'dcterms:title': 'Literal', 'dcat:endpointURL': 'NamedNode', 'dcat:contactPoint': 'vcard:Organization' },
  'foaf:Agent': { 'foaf:name': 'Literal', 'dcterms:type': 'NamedNode' },
  'vcard:Organization': { 'vcard:fn': 'Literal', 'vcard:hasEmail': 'NamedNode' },
};

test('the catalogue is the same in RDF/XML and in Turtle, and has what is mandatory', async () => {
  const xml = await server.get('/datasets/dcat');
  assert.equal(xml.status, 200, xml.text);
  assert.match(xml.headers['content-type'], /^application\/rdf\+xml/);
  assert.match(xml.headers.vary, /Accept/);
  const turtle = await request(server.url, 'GET', '/datasets/dcat', { headers: { Accept: 'text/turtle' } });
  assert.match(turtle.headers['content-type'], /^text\/turtle/);
  const quads = await quadsOfXml(xml.text);
  assert.deepEqual(statements(quads), statements(quadsOfTurtle(turtle.text)));
  const store = new N3.Store(quads);
  for (const [kind, wanted] of Object.entries(mandatory)) {
    const things = store.getSubjects(iri('rdf:type'), iri(kind), null);
    assert.ok(things.length > 0, kind);
    for (const thing of things)
      for (const [property, value] of Object.entries(wanted)) {
        const objects = store.getObjects(thing, iri(property), null);
        assert.ok(objects.length > 0, `${thing.value} ${property}`);
        for (const object of objects)
          if (value.includes(':')) assert.equal(store.countQuads(object, iri('rdf:type'), iri(value), null), 1, object.value);
          else assert.equal(object.termType, value, `${thing.value} ${property}`);
      }
  }
  for (const q of quads)
    for (const term of [q.subject, q.object])
      if (term.termType === 'NamedNode') assert.match(term.value, /^(https?:\/\/|mailto:)/, term.value);
  const [licence] = store.getObjects(null, iri('dcterms:license'), null);
  assert.equal(licence.value, 'http://creativecommons.org/publicdomain/zero/1.0/');
});

test('every address in the catalogue that is ours answers', async () => {
  const quads = quadsOfTurtle((await server.get('/datasets/dcat.ttl')).text);
  const ours = new Set(['downloadURL', 'accessURL', 'landingPage', 'endpointURL', 'endpointDescription']
    .flatMap((p) => quads.filter((q) => q.predicate.value === ns.dcat + p).map((q) => q.object.value)));
  assert.ok([...ours].filter((u) => u.includes('/manad/')).length === 8, [...ours].join(' '));
  for (const url of ours) assert.equal((await server.get(new URL(url).pathname)).status, 200, url);
});

test('the form of the catalogue can be asked for by ending, by name and by quality', async () => {
  const type = async (path, accept) => (await request(server.url, 'GET', path, { headers: accept ? { Accept: accept } : {} }))
    .headers['content-type'].split(';')[0];
  assert.equal(await type('/datasets/dcat.ttl'), 'text/turtle');
  assert.equal(await type('/datasets/dcat.rdf', 'text/turtle'), 'application/rdf+xml');
  assert.equal(await type('/datasets/dcat?format=turtle'), 'text/turtle');
  assert.equal(await type('/datasets/dcat', 'application/rdf+xml, text/turtle;q=0.5'), 'application/rdf+xml');
  assert.equal(await type('/datasets/dcat', 'application/rdf+xml;q=0.4, text/turtle'), 'text/turtle');
  assert.equal((await server.get('/datasets/dcat?format=x')).status, 400);
});

test('the page has every month in every language, and what a person asks', async () => {
  for (const lang of ['sv', 'en', 'fi', 'fit', 'se', 'sv-x-easy', 'ar']) {
    const { status, text } = await server.get(`/oppnadata/?lang=${lang}`);
    assert.equal(status, 200, lang);
    for (const month of months) assert.ok(text.includes(`href="/oppnadata/v1/manad/${month}.csv"`), `${lang} ${month}`);
    assert.match(text, /creativecommons\.org\/publicdomain\/zero/);
    assert.doesNotMatch(text, /open\.[a-z-]+</, lang);
  }
  assert.match((await server.get('/')).text, /href="\/oppnadata\/"/);
});
