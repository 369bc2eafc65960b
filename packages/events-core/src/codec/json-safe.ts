import type { EventIssue } from '../errors/invalid-event-error.ts';
import { dataPath } from '../events/data-path.ts';
import { maxNesting } from './json-text.ts';

/** One event may be wrong in a million places; a few tell the story. */
const maxIssues = 10;
/** Ten times what the largest body holds in practice. Objects shared by reference can be doubled at each level, up to 2^64 values. */
const maxValues = 10_000_000;

/**
 * Why data cannot travel as JSON and arrive as it was: empty when it can. An object's undefined properties are allowed,
 * JSON leaves them out. Issues name places, never values.
 */
export function jsonIssues(data: unknown): readonly EventIssue[] {
  const walk: Walk = { keys: [], containers: [], issues: [], values: 0 };
  visit(walk, data);
  return walk.issues;
}

interface Walk {
  /** From the data to the value being looked at. */
  readonly keys: PropertyKey[];
  /** The objects and arrays around it. */
  readonly containers: object[];
  readonly issues: EventIssue[];
  /** Looked at so far. */
  values: number;
}

function visit(walk: Walk, value: unknown): void {
  walk.values += 1;
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return;
    case 'number':
      // Whole numbers beyond 2^53 are not told apart from their neighbours, by this side or the other.
      if (Number.isSafeInteger(value)) return;
      if (!Number.isFinite(value)) refuse(walk, 'must be a finite number');
      else if (Number.isInteger(value)) refuse(walk, 'is a whole number beyond ±(2^53 − 1): send it as a string');
      return;
    case 'object':
      if (value !== null) visitContainer(walk, value);
      return;
    case 'undefined':
      return refuse(walk, 'must not be undefined');
    case 'bigint':
      return refuse(walk, 'is a BigInt: send a safe integer, or a string');
    default:
      return refuse(walk, `is a ${typeof value}, for which JSON has no word`);
  }
}

function visitContainer(walk: Walk, value: object): void {
  if (walk.containers.includes(value)) return refuse(walk, 'contains itself');
  if (walk.values > maxValues) return refuse(walk, `is beyond the ${maxValues} values an event may have`);
  if (walk.containers.length === maxNesting) return refuse(walk, `is nested deeper than ${maxNesting} levels`);
  walk.containers.push(value);
  if (Array.isArray(value)) visitArray(walk, value);
  else if (isPlain(value)) visitObject(walk, value);
  else refuse(walk, adviceFor(value));
  walk.containers.pop();
}

function visitArray(walk: Walk, array: readonly unknown[]): void {
  // By index, because `forEach` would pass over holes.
  for (let index = 0; index < array.length && walk.issues.length < maxIssues; index += 1) {
    walk.keys.push(index);
    visit(walk, array[index]);
    walk.keys.pop();
  }
}

function visitObject(walk: Walk, object: object): void {
  for (const key of Object.keys(object)) {
    if (walk.issues.length >= maxIssues) return;
    walk.keys.push(key);
    const value: unknown = Reflect.get(object, key);
    if (key === '__proto__') refuse(walk, 'must not be a key: a careless consumer would change a prototype');
    else if (value !== undefined) visit(walk, value);
    walk.keys.pop();
  }
}

/** Also for objects of other realms, such as those of a test runner. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'hasOwnProperty');
}

function adviceFor(value: object): string {
  if (value instanceof Date) return 'is a Date: send date.toISOString()';
  if (value instanceof Map) return 'is a Map: send Object.fromEntries(map)';
  if (value instanceof Set) return 'is a Set: send [...set]';
  if (ArrayBuffer.isView(value)) return 'holds bytes: send them as text, in base64 for example';
  return 'is an instance of a class: send a plain object';
}

function refuse(walk: Walk, message: string): void {
  walk.issues.push({ path: dataPath(walk.keys), message });
}
