/**
 * The fields of one CSV record (RFC 4180); null when a quote stands where none may: inside a field that is not quoted,
 * or before anything but a comma.
 */
export function readFields(record: string): string[] | null {
  const fields: string[] = [];
  for (let start = 0; ; ) {
    const quoted = record[start] === '"';
    const end = quoted ? quotedEnd(record, start) : plainEnd(record, start);
    if (end === null) return null;
    fields.push(quoted ? record.slice(start + 1, end - 1).replaceAll('""', '"') : record.slice(start, end));
    if (end === record.length) return fields;
    start = end + 1;
  }
}

function plainEnd(record: string, start: number): number | null {
  const comma = record.indexOf(",", start);
  const end = comma === -1 ? record.length : comma;
  return record.slice(start, end).includes('"') ? null : end;
}

function quotedEnd(record: string, start: number): number | null {
  for (let at = start + 1; ; ) {
    const quote = record.indexOf('"', at);
    if (quote === -1) return null;
    const after = record[quote + 1];
    if (after === undefined || after === ",") return quote + 1;
    if (after !== '"') return null;
    at = quote + 2;
  }
}
