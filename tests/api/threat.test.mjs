/* Threats: a flag that masks what is shown before one chooses to read, and keeps the
 * handler's name from the complainant. What was written stays as it was. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { assertProblem } from './contract_kit.mjs';
import { act, at, events, serial, submitTo, trafik } from './contract_desk_kit.mjs';
import { eventually, startServer, testRoot } from './harness.mjs';
import { newColleague } from './staff.mjs';

let server;
let anna;
let clara; /* manager */
before(async () => {
  server = await startServer();
  anna = await newColleague(server, 'anna', `case-handler@${trafik}`, 'Anna Åkesson');
  clara = await newColleague(server, 'clara', `manager@${trafik}`, 'Clara Dahl');
});
after(() => server.stop());

const words = 'Laga lampan, annars kommer jag att skjuta er.';
const submit = (text = words) => submitTo(server, text);
const look = async (c) => (await anna.get(at(c.number))).json;
const follow = (c) => server.get(`/api/v1/cases/${c.number}`,
  { headers: { authorization: `Bearer ${c.followUpCode}` } });
const row = async (c) => (await anna.get(`/api/v1/desk/cases?limit=200&q=${c.number}`))
  .json.items.find((i) => i.number === c.number);

test('the list only suggests: nothing is set, changed or hidden by itself', async () => {
  const c = await submit();
  const seen = await look(c);
  assert.deepEqual([seen.threatSuggested, seen.threat, seen.text], [true, false, words]);
  assert.equal((await row(c)).snippet, words);
  assert.equal((await events(server, c.number)).length, 1);
  assert.equal((await look(await submit('Lampan är trasig'))).threatSuggested, false);
});

test('words of the list are whole, after each other, in small or capital letters', async () => {
  const file = path.join(testRoot(), `threats-${process.pid}.tsv`);
  const list = async (...lines) => {
    fs.writeFileSync(file, `words\tvalid_to\n${lines.join('\n')}\n`);
    const out = await server.ctl(['import', 'threat-words', file]);
    assert.equal(out.code, 0, out.stderr);
  };
  await list('slå dig', 'ÖRFIL', 'a.b', 'förr\t2020-01-01');
  for (const [text, is] of [['Jag ska SLÅ  DIG!', true], ['slå\ndig', true], ['slå  inte dig', false],
    ['påslå dig', false], ['slå digt', false], ['en örfil', true], ['örfilar', false],
    ['a.b', true], ['aXb', false], ['förr', false], ['skjuta er', false]])
    assert.equal((await look(await submit(text))).threatSuggested, is, text);
  await list('skjuta er');
});

test('staff set and lift it: who did is an event, and a second time changes nothing', async () => {
  const c = await submit();
  let res = await act(anna, c.number, 'flag-threat', {});
  assert.deepEqual([res.json.threat, res.json.threatSuggested], [true, false]);
  assert.deepEqual([res.json.events.at(-1).what, res.json.events.at(-1).byName],
    ['threat-set', 'Anna Åkesson']);
  assert.equal((await act(anna, c.number, 'flag-threat', {})).json.version, res.json.version);
  res = await act(clara, c.number, 'flag-threat', { lift: true });
  assert.deepEqual([res.json.threat, res.json.events.at(-1).what], [false, 'threat-lifted']);
  assert.equal(res.json.threatSuggested, false); /* somebody has judged it */
});

test('flagged, the queue shows no word of it; the text itself is whole and unaltered', async () => {
  const c = await submit();
  const before = await server.sql(`SELECT salt, body FROM synpunkt.case_content
    WHERE case_id = ${serial(c.number)}`);
  await act(anna, c.number, 'flag-threat', {});
  assert.deepEqual([(await row(c)).snippet, (await row(c)).threat], ['', true]);
  assert.deepEqual([(await look(c)).snippet, (await look(c)).text], ['', words]);
  assert.deepEqual(await server.sql(`SELECT salt, body FROM synpunkt.case_content
    WHERE case_id = ${serial(c.number)}`), before);
  await eventually('it is still found by its words', async () =>
    (await anna.get('/api/v1/desk/cases?limit=200&q=annars+skjuta')).json.items
      .some((i) => i.number === c.number));
});

test('an answer to it does not hold the writer’s or the handler’s name', async () => {
  const c = await submit();
  await act(anna, c.number, 'assign', { user: 'anna' });
  await act(anna, c.number, 'flag-threat', {});
  const { version } = await look(c);
  for (const [client, text] of [[anna, 'Vi lagar den. Anna Åkesson'],
    [anna, 'Vi lagar den. Åkesson, ANNA'], [clara, 'Clara Dahl, chef'],
    [clara, 'Anna Åkesson lagar den']])
    for (const action of ['reply', 'ask', 'acknowledge', 'notify-delay'])
      assertProblem(await act(client, c.number, action, { text }, 422), 422, ['text']);
  assert.equal((await look(c)).version, version);
  await act(anna, c.number, 'note', { text: 'Till Anna Åkesson' });
  const res = await act(anna, c.number, 'reply',
    { text: 'Vi lagar den.\nHandläggare, Trafiknämnden' });
  assert.equal(res.json.status, 'answered');
});

test('the complainant is told neither the flag nor a name, on page or by API', async () => {
  const c = await submit();
  await act(anna, c.number, 'assign', { user: 'anna' });
  await act(anna, c.number, 'flag-threat', {});
  await act(anna, c.number, 'reply', { text: 'Vi lagar den.' });
  const page = await server.get(`/folj/${c.number}/${c.followUpCode}`);
  assert.equal(page.status, 200);
  assert.match(page.text, /Trafiknämnden/);
  for (const { text } of [page, await follow(c)])
    for (const word of ['Anna', 'Åkesson', 'threat', 'hot ', 'anna'])
      assert.ok(!text.replaceAll(words, '').includes(word), word);
});
