/*
 * What a reader can work out of a pack: every sum that its tables have, solved for what
 * is hidden. Written from the document alone, as somebody would who wants to know.
 *
 * In a mapped pack "··" says nothing of the size.
 *
 * Returns the hidden cells whose value follows: by elimination over all sums, or by the
 * bounds of the marks ("<5" is 0 to 4, "··" is 5 or more) sum by sum until nothing moves.
 */

/* A cell is one variable wherever it is shown: by table family, row, column and month. */
function variablesOf(doc) {
  const cells = new Map();
  const sums = [];
  const month = doc.month;
  const yearBefore = `${Number(month.slice(0, 4)) - 1}${month.slice(4)}`;
  const note = (key, told) => {
    const cell = told.mark === 'none' ? { n: 0, text: '0', mark: 'shown' } : told;
    const known = cells.get(key);
    if (known) {
      if (known.mark !== cell.mark || known.n !== cell.n)
        throw new Error(`${key} is shown in two ways: ${known.text} and ${cell.text}`);
    } else cells.set(key, cell);
    return key;
  };
  const part = { types: 'type', 'types-months': 'type', top: 'category', 'top-months': 'category',
    categories: 'category', units: 'unit', districts: 'district', forms: 'form',
    channel: 'channel', language: 'language' };
  const tables = doc.sections.flatMap((s) => s.tables);
  for (const table of tables) {
    const family = part[table.id];
    const complete = !['top', 'top-months'].includes(table.id);
    const grid = ['dimensions', 'stock'].includes(table.id);
    table.columns.forEach((column, k) => {
      if (column.kind !== 'count' || (!family && !grid && table.id !== 'handling-bins'
        && table.id !== 'answer-bins')) return;
      const of = /^\d{4}-\d\d$/.test(column.id) ? `${column.id} received`
        : column.id === 'last-year' ? `${yearBefore} received` : `${month} ${column.id}`;
      const keys = table.rows.filter((r) => !r.total)
        .map((r) => note(`${family ?? table.id} ${r.id} ${of}`, r.cells[k]));
      const total = table.rows.find((r) => r.total);
      if (total) keys.push(note(grid ? `${table.id} all ${of}` : `whole ${of}`, total.cells[k]));
      if (total && complete) sums.push({ total: keys.at(-1), parts: keys.slice(0, -1) });
    });
    if (grid)
      for (const row of table.rows) {
        const id = row.total ? 'all' : row.id;
        const keys = table.columns.map((c) => `${table.id} ${id} ${month} ${c.id}`);
        sums.push({ total: keys.at(-1), parts: keys.slice(0, -1) });
      }
  }
  return { cells, sums, mapped: doc.mapped };
}

const rangeOf = (cell, mapped) => (cell.mark === 'shown' ? [cell.n, cell.n]
  : cell.mark === 'few' ? [0, 4] : [mapped ? 0 : 5, Infinity]);

function byBounds({ cells, sums, mapped }) {
  const ranges = new Map([...cells].map(([key, cell]) => [key, rangeOf(cell, mapped)]));
  for (let moved = true; moved;) {
    moved = false;
    for (const { total, parts } of sums)
      for (const key of [total, ...parts]) {
        const own = ranges.get(key);
        const others = key === total ? parts : parts.filter((p) => p !== key);
        const low = others.reduce((n, p) => n + ranges.get(p)[0], 0);
        const high = others.reduce((n, p) => n + ranges.get(p)[1], 0);
        const [from, to] = key === total ? [low, high]
          : [ranges.get(total)[0] - high, ranges.get(total)[1] - low];
        const next = [Math.max(own[0], from), Math.min(own[1], to)];
        if (next[0] > own[0] || next[1] < own[1]) {
          ranges.set(key, next);
          moved = true;
        }
      }
  }
  return [...cells].filter(([key, cell]) => cell.mark !== 'shown'
    && ranges.get(key)[0] === ranges.get(key)[1]).map(([key]) => key);
}

/* Gauss and Jordan in fractions of small whole numbers: rows stay -1, 0, 1 for the most
 * part, and a number is compared with a margin. */
function byElimination({ cells, sums }) {
  const hidden = [...cells].filter(([, cell]) => cell.mark !== 'shown').map(([key]) => key);
  const at = new Map(hidden.map((key, i) => [key, i]));
  const rows = [];
  for (const { total, parts } of sums) {
    const row = new Array(hidden.length).fill(0);
    for (const key of parts) if (at.has(key)) row[at.get(key)] += 1;
    if (at.has(total)) row[at.get(total)] -= 1;
    rows.push(row);
  }
  const told = [];
  let rank = 0;
  for (let c = 0; c < hidden.length && rank < rows.length; c++) {
    const best = rows.findIndex((r, i) => i >= rank && Math.abs(r[c]) > 1e-9);
    if (best < 0) continue;
    [rows[rank], rows[best]] = [rows[best], rows[rank]];
    const pivot = rows[rank];
    const by = pivot[c];
    for (let k = 0; k < pivot.length; k++) pivot[k] /= by;
    rows.forEach((row, i) => {
      const times = row[c];
      if (i === rank || Math.abs(times) < 1e-9) return;
      for (let k = 0; k < row.length; k++) row[k] -= times * pivot[k];
    });
    rank++;
  }
  for (const row of rows.slice(0, rank)) {
    const left = row.map((v, i) => [v, i]).filter(([v]) => Math.abs(v) > 1e-9);
    if (left.length === 1) told.push(hidden[left[0][1]]);
  }
  return told;
}

/* The hidden ones of cells (key → cell) that sums ({total, parts}) of them tell. */
export const leaksOf = (tables) => [...new Set([...byBounds(tables), ...byElimination(tables)])];

export const leaks = (doc) => leaksOf(variablesOf(doc));

export function hiddenCells(doc) {
  return [...variablesOf(doc).cells.values()].filter((c) => ['few', 'withheld'].includes(c.mark));
}
