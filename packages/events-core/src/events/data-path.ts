const identifier = /^[A-Za-z_$][A-Za-z0-9_$]*$/;
const maxPathLength = 200;

/** `data.items[3].amount`: where in an event's data. Keys that are no identifiers are quoted; long paths are cut. */
export function dataPath(keys: readonly PropertyKey[]): string {
  let path = 'data';
  for (const key of keys) {
    if (typeof key === 'number' || (typeof key === 'string' && /^\d+$/.test(key))) path += `[${key}]`;
    else if (typeof key === 'string' && identifier.test(key)) path += `.${key}`;
    else path += `[${JSON.stringify(String(key))}]`;
    if (path.length > maxPathLength) return `${path.slice(0, maxPathLength).toWellFormed()}…`;
  }
  return path;
}
