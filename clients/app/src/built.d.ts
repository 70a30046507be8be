/* Made by ../bundle.py. */
declare module 'built/sv.json' {
  const table: Record<string, string>;
  export default table;
}

declare module 'built/languages.json' {
  const languages: { code: string; name: string; dir: 'ltr' | 'rtl'; isUnreviewed: boolean; texts: string }[];
  export default languages;
}

declare module 'built/vector.json' {
  const vector: { script: string };
  export default vector;
}

declare module 'built/map.json' {
  const map: { script: string; style: string };
  export default map;
}

declare module 'built/kept.json' {
  const kept: { version: string; files: string[]; icon: string };
  export default kept;
}

declare module 'built/notices.json' {
  const notices: Record<string, { title: string; body: string }>;
  export default notices;
}
