/** What stand-in images are made of, and the tags that follow from it. */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { noHolderLabels } from '../brokers/holder.ts';
import type { BrokerKind } from '../brokers/kinds.ts';

/** The release of Debian whose packages are taken: the first with RabbitMQ 4 and Redis 8. */
export const suite = 'trixie';

export const recipesFolder = join(import.meta.dirname, 'recipes');

/** Whatever is no file of a recipe and changes what comes out. Count on when `build.ts` does something else. */
const builderVersion = 1;

const settings: Readonly<Record<BrokerKind, readonly string[]>> = {
  rabbitmq: [
    'CMD ["start-rabbitmq"]',
    'ENV RABBITMQ_NODENAME=rabbit@localhost',
    'EXPOSE 5672 5671 15672',
    'VOLUME /var/lib/rabbitmq',
  ],
  kafka: ['CMD ["start-kafka"]', 'EXPOSE 9092', 'VOLUME /var/lib/kafka/data'],
  redis: ['CMD ["redis-server"]', 'EXPOSE 6379', 'WORKDIR /data', 'VOLUME /data'],
  nats: ['ENTRYPOINT ["nats-server"]', 'CMD ["--jetstream"]', 'EXPOSE 4222', 'VOLUME /data'],
};

/**
 * The image's own settings, in the words of a Dockerfile. It is committed from a container of the process that builds it:
 * with that one's labels, what anybody runs from the image would be taken for something that a dead process has left.
 */
export function changesOf(kind: BrokerKind): readonly string[] {
  const blanks = Object.entries(noHolderLabels).map(([label, value]) => `LABEL ${label}="${value}"`);
  return [...settings[kind], ...blanks];
}

export const repositories = 'payments-events';

/** The first layer, which all stand-ins share. */
export const baseTag = `${repositories}/base:${hashOf('base', [suite])}`;

/** A changed recipe has another tag and is built anew; one that has not changed is found. */
export function standInTag(kind: BrokerKind): string {
  return `${repositories}/${kind}:${hashOf(kind, [baseTag, ...changesOf(kind)])}`;
}

function hashOf(recipe: string, also: readonly string[]): string {
  const folder = join(recipesFolder, recipe);
  const hash = createHash('sha256').update(JSON.stringify([builderVersion, ...also]));
  for (const file of filesIn(folder)) {
    // Windows and careless archives lose the mode; what needs one gets it from the builder.
    hash.update(JSON.stringify([relative(folder, file), readFileSync(file, 'utf8')]));
  }
  return hash.digest('hex').slice(0, 12);
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile())
    .toSorted();
}
