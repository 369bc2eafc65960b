/** Whether a pattern, in words, can match a type that is published to a topic: more rather than less. */

/** Some words `payment`, the entity, and anything after it. */
export function reachesEntity(pattern: readonly string[], entity: string): boolean {
  for (let before: readonly number[] = ready(pattern, [0]); before.length > 0;) {
    if (after(pattern, before, entity).length > 0) return true;
    const next = after(pattern, before, 'payment');
    if (next.join() === before.join()) return false;
    before = next;
  }
  return false;
}

/** Words of a type may hold a `_` themselves: each one may have been a `.`. */
export function reachesType(pattern: readonly string[], named: string): boolean {
  const parts = named.split('_');
  /** For each part: where in the pattern one may be before it. */
  const at: number[][] = parts.map(() => []);
  at[0] = ready(pattern, [0]);
  for (const [begin, places] of at.entries()) {
    for (let end = begin + 1; places.length > 0 && end <= parts.length; end += 1) {
      const word = parts.slice(begin, end).join('_');
      if (word === '') continue;
      const found = after(pattern, places, word);
      if (end === parts.length && found.includes(pattern.length)) return true;
      if (end < parts.length) at[end] = [...new Set([...at[end]!, ...found])];
    }
  }
  return false;
}

/** Where in the pattern one may be after a word; past its end is its length. */
function after(pattern: readonly string[], places: readonly number[], word: string): number[] {
  const next = places.flatMap((place) => {
    const expected = pattern[place];
    if (expected === '#') return [place];
    return expected === '*' || expected === word ? [place + 1] : [];
  });
  return ready(pattern, next);
}

/** A `#` may also be no word. */
function ready(pattern: readonly string[], places: readonly number[]): number[] {
  const found = new Set(places);
  for (const place of found) if (pattern[place] === '#') found.add(place + 1);
  return [...found].toSorted((one, other) => one - other);
}
