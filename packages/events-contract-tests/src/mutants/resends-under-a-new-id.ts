import { patched, type Mutant } from './mutant.ts';

export const resendsUnderANewId: Mutant = {
  name: 'resends under a new id',
  killedBy: 'P5',
  mutate(adapter) {
    const tries = new Map<string, number>();
    return patched(adapter, {
      send(message, options) {
        const before = tries.get(message.id) ?? 0;
        tries.set(message.id, before + 1);
        return adapter.send(before === 0 ? message : { ...message, id: `${message.id}-${before}` }, options);
      },
    });
  },
};
