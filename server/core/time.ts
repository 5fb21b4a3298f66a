/** A time in milliseconds since 1970 as ISO 8601 text in UTC: the only form in which times are kept and shown. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
