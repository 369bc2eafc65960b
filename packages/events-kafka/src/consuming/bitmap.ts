/** Offsets at or past `base` as bits, from the lowest bit of the first byte on. Those past `mostBits` are left out. */
export function encodeBitmap(base: number, offsets: Iterable<number>, mostBits: number): string {
  const places = [...offsets].map((offset) => offset - base).filter((place) => place >= 0 && place < mostBits);
  if (places.length === 0) return '';
  const bytes = Buffer.alloc((places.reduce((most, place) => Math.max(most, place), 0) >> 3) + 1);
  for (const place of places) bytes.writeUInt8(bytes.readUInt8(place >> 3) | (1 << (place & 7)), place >> 3);
  return bytes.toString('base64');
}

/** Ascending. Undefined for what `encodeBitmap` does not write. */
export function decodeBitmap(base: number, text: string, mostBits: number): number[] | undefined {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text || bytes.length > Math.ceil(mostBits / 8)) return undefined;
  return [...bytes].flatMap((byte, at) =>
    [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => (byte & (1 << bit)) !== 0).map((bit) => base + at * 8 + bit),
  );
}
