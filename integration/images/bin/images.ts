/**
 * `pnpm images [name…]`: builds the stand-in images of these brokers, or of all, where a container registry is out of reach.
 * `pnpm images remove` removes every stand-in there is. Needs root on Debian or Ubuntu; an engine that is missing is
 * installed and started, unless EVENTS_SETUP=off forbids that.
 */
import { docker } from '../../brokers/docker.ts';
import { brokerKind, brokerKinds, type BrokerKind } from '../../brokers/kinds.ts';
import { prepareStandIns } from '../../brokers/setup.ts';
import { repositories, standInTag } from '../recipe.ts';

const words = process.argv.slice(2);
const say = (line: string) => console.log(`images: ${line}`);

try {
  if (words[0] === 'remove') await remove();
  else await build(words.length === 0 ? brokerKinds : words.map(brokerKind));
} catch (error) {
  console.error(`images: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

async function build(kinds: readonly BrokerKind[]): Promise<void> {
  await prepareStandIns(kinds, say);
  for (const kind of kinds) console.log(`${kind}: ${standInTag(kind)}`);
}

async function remove(): Promise<void> {
  const tags = await docker(['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}', `${repositories}/*`]);
  for (const tag of tags.split('\n').filter((line) => line !== '')) {
    await docker(['image', 'rm', tag]);
    say(`${tag} is removed`);
  }
}
