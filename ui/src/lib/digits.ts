/** How many digits a code has. */
export const LENGTH = 6;

/**
 * What of a typed or pasted text belongs into the code field: its digits, however they are grouped
 * ("123 456", "123-456") or written (full-width digits), and no more than six.
 */
export function digitsOf(text: string): string {
  return text.normalize("NFKC").replace(/\D/gu, "").slice(0, LENGTH);
}

/** Whether the field is full. */
export function isWhole(code: string): boolean {
  return code.length === LENGTH;
}

/** Which cell the caret stands in: after the last digit it is the next empty one, and the last when all are full. */
export function cellOf(caret: number): number {
  return Math.min(Math.max(caret, 0), LENGTH - 1);
}
