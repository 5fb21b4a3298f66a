/** Object ids of Postgres' built-in types, which never change. */
const BIGINT = 20;
const TEXT = 25;
/** Number of dimensions, null flag, element type, length and lower bound: 4 bytes each. */
const HEADER = 20;

/**
 * A `bigint[]` in Postgres' binary format (as `array_recv` reads it), which needs neither escaping nor parsing. The
 * values are safe integers, none negative.
 */
export function bigints(values: readonly (number | null)[]): Buffer {
  const buffer = Buffer.allocUnsafe(HEADER + values.length * 12);
  let at = header(buffer, BIGINT, values.length);
  for (const value of values) {
    at = buffer.writeInt32BE(value === null ? -1 : 8, at);
    if (value === null) continue;
    at = buffer.writeUInt32BE(Math.floor(value / 2 ** 32), at);
    at = buffer.writeUInt32BE(value % 2 ** 32, at);
  }
  return buffer.subarray(0, at);
}

/** A `text[]` in Postgres' binary format. */
export function texts(values: readonly (string | null)[]): Buffer {
  let bytes = HEADER + values.length * 4;
  for (const value of values) if (value !== null) bytes += Buffer.byteLength(value);
  const buffer = Buffer.allocUnsafe(bytes);
  let at = header(buffer, TEXT, values.length);
  for (const value of values) {
    const length = value === null ? -1 : buffer.write(value, at + 4);
    buffer.writeInt32BE(length, at);
    at += 4 + Math.max(length, 0);
  }
  return buffer;
}

function header(buffer: Buffer, type: number, length: number): number {
  buffer.writeInt32BE(1, 0);
  buffer.writeInt32BE(1, 4);
  buffer.writeInt32BE(type, 8);
  buffer.writeInt32BE(length, 12);
  return buffer.writeInt32BE(1, 16);
}
