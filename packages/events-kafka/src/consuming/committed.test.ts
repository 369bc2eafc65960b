import { expect, test } from 'vitest';
import { readCommitted } from './committed.ts';
import { fakeAdmin } from './fake-admin.test-support.ts';

test('each partition is read on from what the group has committed for it, with its marks', async () => {
  const { admin } = fakeAdmin({ committed: { 't/0': ['5', 'marks'], 't/1': ['7', null], 'u/0': ['9', ''] } });
  const places = [
    { topic: 't', partition: 1 },
    { topic: 't', partition: 0 },
  ];
  expect(await readCommitted(admin, 'g', places)).toEqual([
    { topic: 't', partition: 1, offset: 7, metadata: null, begin: 0 },
    { topic: 't', partition: 0, offset: 5, metadata: 'marks', begin: 0 },
  ]);
});

test('one without a commit is read from where its log begins, which is asked once for each such topic', async () => {
  const { admin, asked } = fakeAdmin({
    committed: { 't/0': ['5', null], 't/1': ['-1', null], 'u/0': ['3', null] },
    begins: { t: ['2', '4', '6'] },
  });
  const places = [0, 1, 2].map((partition) => ({ topic: 't', partition }));
  const found = await readCommitted(admin, 'g', [...places, { topic: 'u', partition: 0 }]);
  expect(found.map(({ offset, begin }) => [offset, begin])).toEqual([
    [5, 0],
    [-1, 4],
    [-1, 6],
    [3, 0],
  ]);
  expect(asked).toEqual(['committed', 'begin t']);
});

test('a partition that nobody tells the beginning of is read from 0', async () => {
  const { admin } = fakeAdmin({ begins: { t: [] } });
  const found = await readCommitted(admin, 'g', [{ topic: 't', partition: 0 }]);
  expect(found).toEqual([{ topic: 't', partition: 0, offset: -1, metadata: null, begin: 0 }]);
});

test('without partitions nothing is asked', async () => {
  const { admin, asked } = fakeAdmin({});
  expect(await readCommitted(admin, 'g', [])).toEqual([]);
  expect(asked).toEqual([]);
});

test('an offset that cannot be counted with is an error, not a beginning', async () => {
  const { admin } = fakeAdmin({ committed: { 't/0': ['9007199254740993', null] } });
  await expect(readCommitted(admin, 'g', [{ topic: 't', partition: 0 }])).rejects.toThrow(RangeError);
});
