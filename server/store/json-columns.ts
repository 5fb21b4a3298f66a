/** The value of a nullable JSON column, as it comes: text. */
export function parsed<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T);
}
