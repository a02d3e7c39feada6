// Rows of the table: which are found by a text, and in what order.
import { comparer, valueWords, type Row } from "$lib/features";
import { plainly } from "$lib/find";

/** More rows than this are looked at in samples, where a guess does. */
const SAMPLE = 1000;

/** The rows in which some column holds a text, as it is shown. */
export function filterRows(rows: readonly Row[], columns: readonly string[], text: string): Row[] {
  const wanted = plainly(text.trim());
  if (wanted === "") return [...rows];
  return rows.filter(({ properties }) => columns.some((key) => plainly(valueWords(key, properties[key])).includes(wanted)));
}

/** The rows by what a column shows. Nothing stays last in either direction: people sort to see what is there. */
export function sortRows(rows: readonly Row[], column: string, down: boolean, locale: string): Row[] {
  const compare = comparer(locale);
  const worded = rows.map((row) => ({ row, words: valueWords(column, row.properties[column]) }));
  worded.sort((a, b) => {
    const order = compare(a.words, b.words);
    return down && a.words !== "" && b.words !== "" ? -order : order;
  });
  return worded.map(({ row }) => row);
}

/** Whether a column holds numbers only, which stand right. */
export function isNumeric(rows: readonly Row[], column: string): boolean {
  let any = false;
  for (const { properties } of sampled(rows)) {
    const value = properties[column];
    if (value === undefined || value === null || value === "") continue;
    if (typeof value !== "number" && !/^-?\d+([.,]\d+)?$/.test(String(value))) return false;
    any = true;
  }
  return any;
}

/** About how many letters the longest value of a column has. */
export function longest(rows: readonly Row[], column: string): number {
  return sampled(rows).reduce((most, { properties }) => Math.max(most, valueWords(column, properties[column]).length), 0);
}

function sampled(rows: readonly Row[]): readonly Row[] {
  const every = Math.ceil(rows.length / SAMPLE);
  return every <= 1 ? rows : rows.filter((_, i) => i % every === 0);
}
