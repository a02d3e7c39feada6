/**
 * The columns of the table: each as wide as its longest text, within reason, and sharing what room is left. Takes the
 * letters in each head and in its longest value; the running number comes before them. `least` is the width of all:
 * a box that is as wide as its content would stretch every column by the widest one's share.
 */
export function columnWidths(letters: readonly (readonly number[])[]): { columns: string; least: string } {
  const LEAST = 6;
  const MOST = 26;
  /** What a letter is wide on average. In rem: head and rows have different sizes of text but must line up. */
  const LETTER = 0.43;
  /** Room at both sides of a text, and for the running number. */
  const ROOM = 24;
  const NUMBER = 72;
  const widths = letters.map((each) => Math.min(Math.max(LEAST, ...each), MOST));
  const columns = widths.map((width) => `minmax(calc(${(width * LETTER).toFixed(2)}rem + ${ROOM}px), ${width}fr)`);
  const sum = widths.reduce((all, width) => all + width, 0) * LETTER;
  return {
    columns: [`${NUMBER}px`, ...columns].join(" "),
    least: `calc(${sum.toFixed(2)}rem + ${NUMBER + widths.length * ROOM}px)`,
  };
}
