/*
 * What the city's own table of addresses and places says; nobody else is asked. No network,
 * a slow one, or too many questions from it: null, and the form is as it is without.
 */
const wait = 5000; /* milliseconds */

let quietUntil = 0;

async function answerOf(res) {
  if (res.status === 429)
    quietUntil = Date.now() + 1000 * (Number(res.headers.get('Retry-After')) || 60);
  return res.ok ? await res.json() : null;
}

async function ask(question, control) {
  const timer = setTimeout(() => control.abort(), wait);

  if (Date.now() < quietUntil) return null;
  try {
    return await answerOf(await fetch(`/api/v1/places${question}`, { signal: control.signal,
      credentials: 'omit' }));
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

export async function findPlaces(q, most, control) {
  return (await ask(`?limit=${most}&q=${encodeURIComponent(q)}`, control))?.items ?? [];
}

/* {name, district, insideCity}; name and district may be null. */
export const nearestPlace = (lat, lon) =>
  ask(`/nearest?lat=${lat}&lon=${lon}`, new AbortController());

/* As people say it; most names have the district in them. */
export const placeName = ({ name, district }) =>
  district && !name.includes(district.name) ? `${name}, ${district.name}` : name;
