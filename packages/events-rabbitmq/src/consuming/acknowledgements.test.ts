import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAcknowledgements, type Unacknowledged } from './acknowledgements.ts';

interface Node extends Unacknowledged {
  previous: this | undefined;
  next: this | undefined;
}

/** A channel as the broker sees it: what it delivered and has not seen acknowledged. */
function createBench() {
  const outstanding = new Set<number>();
  const commands: { tag: number; multiple: boolean; freed: number[] }[] = [];
  let pending: (() => void) | undefined;
  let lastTag = 0;
  const acknowledgements = createAcknowledgements<Node>({
    acknowledge(tag, multiple) {
      const freed = multiple
        ? [...outstanding].filter((one) => one <= tag)
        : [tag].filter((one) => outstanding.has(one));
      for (const one of freed) outstanding.delete(one);
      commands.push({ tag, multiple, freed });
    },
    soon: (flush) => (pending = flush),
  });
  return {
    acknowledgements,
    outstanding,
    commands,
    take(count = 1): Node[] {
      return Array.from({ length: count }, () => {
        const node: Node = { tag: (lastTag += 1), previous: undefined, next: undefined };
        outstanding.add(node.tag);
        acknowledgements.took(node);
        return node;
      });
    },
    turn() {
      pending?.();
      pending = undefined;
    },
  };
}

describe('acknowledgements', () => {
  it('says a run from the oldest on with one command, at the end of the turn', () => {
    const { acknowledgements, commands, take, turn } = createBench();
    const nodes = take(5);
    for (const node of [2, 0, 1]) acknowledgements.done(nodes[node]!);
    expect(commands).toEqual([]);
    turn();
    expect(commands).toEqual([{ tag: 3, multiple: true, freed: [1, 2, 3] }]);
  });

  it('acknowledges singly what lies behind an open one', () => {
    const { acknowledgements, commands, take, turn } = createBench();
    const nodes = take(4);
    acknowledgements.done(nodes[3]!);
    acknowledgements.done(nodes[1]!);
    turn();
    expect(commands).toEqual([
      { tag: 4, multiple: false, freed: [4] },
      { tag: 2, multiple: false, freed: [2] },
    ]);
  });

  it('flushes at once when asked, and says nothing twice', () => {
    const { acknowledgements, commands, take, turn } = createBench();
    const [node] = take();
    acknowledgements.done(node!);
    acknowledgements.flush();
    turn();
    expect(commands).toHaveLength(1);
  });

  it('never acknowledges an open delivery, and each finished one exactly once, whatever the order', () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant('take' as const), count: fc.integer({ min: 1, max: 8 }) }),
        fc.record({ kind: fc.constant('done' as const), which: fc.nat() }),
        fc.constant({ kind: 'turn' as const }),
      ),
      { maxLength: 120 },
    );
    fc.assert(
      fc.property(steps, (plan) => {
        const { acknowledgements, commands, outstanding, take, turn } = createBench();
        let open: Node[] = [];
        const done = new Set<number>();
        for (const step of plan) {
          if (step.kind === 'take') open.push(...take(step.count));
          else if (step.kind === 'turn') {
            const before = commands.length;
            turn();
            expect(commands.slice(before).filter(({ multiple }) => multiple).length).toBeLessThanOrEqual(1);
            expect([...outstanding]).toEqual(open.map(({ tag }) => tag));
          } else if (open.length > 0) {
            const node = open[step.which % open.length]!;
            open = open.filter((one) => one !== node);
            done.add(node.tag);
            acknowledgements.done(node);
          }
          expect([...acknowledgements.all()]).toEqual(open);
          expect(acknowledgements.open).toBe(open.length);
        }
        turn();
        const freed = commands.flatMap((command) => command.freed);
        expect(freed.toSorted((a, b) => a - b)).toEqual([...done].toSorted((a, b) => a - b));
        expect(commands.every((command) => command.freed.length > 0)).toBe(true);
      }),
    );
  });
});
