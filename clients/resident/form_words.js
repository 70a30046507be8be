/* The page's texts with their values. Among words from right to left a value stands isolated
 * (U+2068, U+2069), or a house's number would come before its street. */
const isolated = (value) => document.dir === 'rtl' ? `\u2068${value}\u2069` : value;

export const fill = (text, values) =>
  text.replace(/\{(\w+)\}/g, (_, name) => isolated(values[name]));
