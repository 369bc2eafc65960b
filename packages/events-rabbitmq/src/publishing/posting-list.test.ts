import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPostingList } from './posting-list.ts';
import { nothing, type Posting } from './posting.ts';

interface Numbered extends Posting<Numbered> {
  readonly n: number;
}

function posting(n: number): Numbered {
  const { signal } = new AbortController();
  const links = { previous: undefined, next: undefined };
  return {
    n,
    exchange: '',
    native: nothing,
    bytes: 0,
    signal,
    stage: 'waiting',
    writtenAt: 0,
    returned: false,
    ...links,
  };
}

test('whatever is written, taken out or written again: what is written comes first, and what waits keeps its order', () => {
  const step = fc.oneof(fc.constant('append'), fc.constant('advance'), fc.nat(20));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const list = createPostingList<Numbered>();
      let written: Numbered[] = [];
      let waiting: Numbered[] = [];
      for (const [n, what] of steps.entries()) {
        if (what === 'append') {
          const added = posting(n);
          waiting.push(added);
          list.append(added);
        } else if (what === 'advance') {
          list.advance();
          written.push(...waiting.splice(0, 1));
        } else {
          const all = [...written, ...waiting];
          const gone = all[what as number];
          if (gone === undefined) continue;
          list.remove(gone);
          written = written.filter((one) => one !== gone);
          waiting = waiting.filter((one) => one !== gone);
        }
        expect(list.first).toBe([...written, ...waiting][0]);
        expect(list.waiting).toBe(waiting[0]);
        expect(list.length).toBe(written.length + waiting.length);
      }
      const last = written.at(-1);
      if (last !== undefined) {
        list.retreat(last);
        expect(list.waiting?.n).toBe(last.n);
        expect(list.waiting?.next).toBe(waiting[0]);
      }
    }),
  );
});
