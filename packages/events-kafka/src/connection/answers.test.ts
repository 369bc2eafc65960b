import { expect, test } from 'vitest';
import { apiKeys, createAnswers, readsCoordinator } from './answers.ts';
import { coordinatorAnswer, heartbeatRequest, request } from './requests.test-support.ts';

const authorizationFailed = 30;

test.each([0, 1, 2])('whether the coordinator may be known is read from answers to version %i', (version) => {
  const told: boolean[] = [];
  const { sent, received } = createAnswers(
    new Map([[apiKeys.findCoordinator, readsCoordinator((forbidden) => void told.push(forbidden))]]),
  );
  for (const error of [authorizationFailed, 15, 0]) {
    sent(request(apiKeys.findCoordinator, version));
    received(coordinatorAnswer(version, error));
  }
  sent(heartbeatRequest('m1'));
  received(coordinatorAnswer(version, authorizationFailed));
  expect(told).toEqual([true, false, false]);
});
