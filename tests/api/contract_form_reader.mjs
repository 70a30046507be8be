/*
 * A page's form as a browser without script reads it: what would be sent if nothing was
 * touched. Enough of HTML for pages that are well formed, as another test proves they are.
 */
const entities = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };

export const unescape = (text) => text.replace(/&(#x[\da-f]+|#\d+|\w+);/gi, (whole, name) => {
  if (/^#x/i.test(name)) return String.fromCodePoint(parseInt(name.slice(2), 16));
  if (name[0] === '#') return String.fromCodePoint(Number(name.slice(1)));
  return entities[name] ?? whole;
});

function attributes(tag) {
  const found = {};
  for (const [, name, value] of tag.matchAll(/\s([\w-]+)(?:="([^"]*)")?/g))
    found[name.toLowerCase()] = unescape(value ?? '');
  return found;
}

function inputs(html, fields) {
  for (const [tag] of html.matchAll(/<input\b[^>]*>/g)) {
    const a = attributes(tag);
    if (!a.name || a.disabled !== undefined || a.type === 'file') continue;
    if (['radio', 'checkbox'].includes(a.type) && a.checked === undefined) continue;
    fields[a.name] = a.value ?? '';
  }
}

function selects(html, fields) {
  for (const [, head, body] of html.matchAll(/<select\b([^>]*)>([^]*?)<\/select>/g)) {
    const options = [...body.matchAll(/<option\b[^>]*>/g)].map(([tag]) => attributes(tag));
    const chosen = options.find((o) => o.selected !== undefined) ?? options[0];
    fields[attributes(head).name] = chosen?.value ?? '';
  }
}

/* A newline straight after <textarea> is not part of it. */
function textareas(html, fields) {
  for (const [, head, body] of html.matchAll(/<textarea\b([^>]*)>([^]*?)<\/textarea>/g))
    fields[attributes(head).name] = unescape(body.replace(/^\n/, ''));
}

/* {action, method, enctype, fields} of the n-th form that posts; undefined if none. */
export function readForm(html, n = 0) {
  const forms = [...html.matchAll(/<form\b([^>]*)>([^]*?)<\/form>/g)]
    .map(([, head, body]) => ({ ...attributes(head), body }))
    .filter((f) => f.method?.toLowerCase() === 'post');
  if (!forms[n]) return undefined;
  const { body, ...head } = forms[n];
  const fields = {};
  inputs(body, fields);
  selects(body, fields);
  textareas(body, fields);
  return { ...head, fields };
}

/* What a reader sees of it. */
export const visible = (html) => unescape(html.replace(/<(script|style)[^]*?<\/\1>/g, ' ')
  .replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ');
