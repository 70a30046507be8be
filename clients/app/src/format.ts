/* Days and times as people say them in their language. */

function formatted(language: string, options: Intl.DateTimeFormatOptions, at: Date): string {
  const zoned = { ...options, timeZone: 'Europe/Stockholm' };

  try {
    return new Intl.DateTimeFormat(language, zoned).format(at);
  } catch {
    return new Intl.DateTimeFormat('sv', zoned).format(at);
  }
}

/* "sv-x-easy" and the like mean Swedish days. */
const plain = (language: string): string => language.split('-x-')[0] ?? language;

export function clock(language: string, at: number): string {
  return formatted(plain(language), { hour: '2-digit', minute: '2-digit' }, new Date(at));
}

/* A date is a day in the city, whatever the telephone's zone: its noon is that day. */
export function longDay(language: string, day: string): string {
  const at = new Date(`${day.slice(0, 10)}T12:00:00Z`);
  return Number.isNaN(at.getTime()) ? day : formatted(plain(language), { day: 'numeric', month: 'long', year: 'numeric' }, at);
}

export function moment(language: string, at: string): string {
  const time = new Date(at);
  return Number.isNaN(time.getTime()) ? at
    : formatted(plain(language), { day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit' }, time);
}
