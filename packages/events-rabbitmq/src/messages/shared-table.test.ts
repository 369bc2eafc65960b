import { expect, test } from 'vitest';
import { sharedTable } from './shared-table.ts';

const written = (headers: object | undefined) =>
  Object.fromEntries(Object.entries(headers ?? {}).filter(([, value]) => value !== undefined));

test('the headers of an event, and none of the one before', () => {
  const first = { 'event-id': '1', 'event-type': 'a.b', 'event-key': 'k', traceparent: '00' };
  expect(written(sharedTable(first))).toEqual(first);
  const second = { 'event-id': '2', 'content-type': 'application/json', 'schema-version': '1' };
  expect(written(sharedTable(second))).toEqual(second);
  expect(sharedTable(first)).toBe(sharedTable(second));
});

test('headers with a name that is not core’s stay as they are', () => {
  const headers = { 'event-id': '1', tenant: 'a' };
  expect(sharedTable(headers)).toBe(headers);
  expect(sharedTable({ toString: 'x' })).toEqual({ toString: 'x' });
});
