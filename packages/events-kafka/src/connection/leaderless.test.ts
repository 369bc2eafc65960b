import { expect, test } from 'vitest';
import { apiKeys, createAnswers } from './answers.ts';
import { forgiveLeaderless } from './leaderless.ts';
import { heartbeatRequest, metadataAnswer, metadataRequest } from './requests.test-support.ts';

const readers = new Map([[apiKeys.metadata, forgiveLeaderless]]);
const leaderNotAvailable = 5;
const unknownTopic = 3;
const someWithout = { mine: [0, leaderNotAvailable, 0], others: [leaderNotAvailable, 9, 72] };
const none = { mine: [0, 0, 0], others: [0, 0, 0] };

/** The same but for the errors: partitions that have none still have no leader. */
function withoutErrors(topics: Readonly<Record<string, readonly number[]>>): Buffer {
  const answer = metadataAnswer(topics);
  for (const error of [5, 9, 72]) {
    const leaderless = Buffer.from([0, error, 0, 0, 0]);
    for (let at = answer.indexOf(leaderless); at !== -1; at = answer.indexOf(leaderless, at)) answer[at + 1] = 0;
  }
  return answer;
}

test.each([5, 6])('partitions without a leader are no error in answers to version %i', (version) => {
  const { sent, received } = createAnswers(readers);
  sent(metadataRequest(version));
  const answer = metadataAnswer(someWithout);
  received(answer);
  expect(answer).toEqual(withoutErrors(someWithout));
  expect(answer).not.toEqual(metadataAnswer(someWithout));
});

test('other errors stay, and so does an answer in which nothing is wrong', () => {
  for (const topics of [{ mine: [unknownTopic] }, none, {}]) {
    const { sent, received } = createAnswers(readers);
    sent(metadataRequest(6));
    const answer = metadataAnswer(topics);
    received(answer);
    expect(answer).toEqual(metadataAnswer(topics));
  }
});

test('what was not asked for in a version that is known is left as it is', () => {
  const { sent, received } = createAnswers(readers);
  sent(heartbeatRequest('m1'));
  sent(metadataRequest(9));
  const answer = metadataAnswer(someWithout);
  received(answer);
  expect(answer).toEqual(metadataAnswer(someWithout));
});

test('each request has one answer, and several may come at once', () => {
  const { sent, received } = createAnswers(readers);
  sent(metadataRequest(6));
  const twice = Buffer.concat([metadataAnswer(someWithout), metadataAnswer(someWithout)]);
  received(twice);
  expect(twice).toEqual(Buffer.concat([withoutErrors(someWithout), metadataAnswer(someWithout)]));
});
