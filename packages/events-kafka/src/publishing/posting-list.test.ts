import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Posting } from './posting.ts';
import { createPostingList } from './posting-list.ts';
import { each } from './topic-queue.ts';

test('whatever is appended, put back and taken out, the order is that of an array', () => {
  const act = fc.oneof(
    fc.record({ act: fc.constant('append' as const) }),
    fc.record({ act: fc.constant('putBack' as const), count: fc.nat(3) }),
    fc.record({ act: fc.constant('remove' as const), at: fc.nat(20) }),
  );
  fc.assert(
    fc.property(fc.array(act), (acts) => {
      const list = createPostingList();
      let model: Posting[] = [];
      const made = () => ({ list: undefined, previous: undefined, next: undefined }) as unknown as Posting;
      for (const one of acts) {
        if (one.act === 'append') {
          const posting = made();
          list.append(posting);
          model.push(posting);
        } else if (one.act === 'putBack') {
          const several = Array.from({ length: one.count }, made);
          list.putBack(several);
          model = [...several, ...model];
        } else {
          const [removed] = model.splice(one.at % Math.max(1, model.length), 1);
          removed?.list?.remove(removed);
        }
        const found = [...each(list.first)];
        expect(found.length).toBe(model.length);
        expect(found.every((posting, index) => posting === model[index] && posting.list === list)).toBe(true);
        expect(found.map(({ previous }) => previous)).toEqual([undefined, ...found].slice(0, found.length));
      }
    }),
  );
});
