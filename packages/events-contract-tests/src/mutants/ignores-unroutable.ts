import { compilePattern, type GroupSpec } from '@payments/events-core';
import { patched, perServer, type Mutant } from './mutant.ts';

const patternsOf = perServer(() => new Set<string>());

/** Says yes to what no group is bound to, and drops it. */
export const ignoresUnroutable: Mutant = {
  name: 'ignores unroutable',
  killedBy: 'P2',
  mutate(adapter, server) {
    const known = patternsOf(server);
    const learn = ({ patterns }: GroupSpec) => patterns.forEach((pattern) => known.add(pattern));
    return patched(adapter, {
      declareGroup(spec) {
        learn(spec);
        return adapter.declareGroup(spec);
      },
      subscribe(spec, deliver) {
        learn(spec);
        return adapter.subscribe(spec, deliver);
      },
      async send(message, options) {
        const routable = [...known].some((pattern) => compilePattern(pattern)(message.type));
        return routable ? adapter.send(message, options) : { duplicate: false };
      },
    });
  },
};
