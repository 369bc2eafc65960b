import { expect, test } from 'vitest';
import { readJoin } from './group-request.ts';
import { heartbeatRequest, joinRequest, leaveRequest, request } from './requests.test-support.ts';

test.each([0, 1, 5])('a request to join says who joins, in version %i', (version) => {
  expect(readJoin(joinRequest('client-1ä', { version }))).toEqual({ memberId: 'client-1ä', leaving: false });
  expect(readJoin(joinRequest('', { version }))).toEqual({ memberId: '', leaving: false });
});

test.each([0, 2, 3])('a request to leave says who leaves, in version %i', (version) => {
  expect(readJoin(leaveRequest('client-1', { version }))).toEqual({ memberId: 'client-1', leaving: true });
});

test('others are none', () => {
  expect(readJoin(heartbeatRequest('client-1'))).toBeUndefined();
  expect(readJoin(request(0, 7))).toBeUndefined();
  expect(readJoin(Buffer.alloc(3))).toBeUndefined();
});
