import { patched, type Mutant } from './mutant.ts';

export const reSerialisesADeadLetter: Mutant = {
  name: 're-serialises a dead letter',
  killedBy: 'L1',
  mutate: (adapter) =>
    patched(adapter, {
      deadLetters: (group) => ({
        sweep: (visit, options) =>
          adapter.deadLetters(group).sweep((letter) => {
            const body = Buffer.from(JSON.stringify(JSON.parse(Buffer.from(letter.message.body).toString()), null, 1));
            return visit({ ...letter, message: { ...letter.message, body } });
          }, options),
      }),
    }),
};
