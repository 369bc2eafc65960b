import { globSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun, type Say } from '../brokers/docker.ts';
import { findProgram } from '../brokers/engine.ts';
import { recipesFolder } from './recipe.ts';

/**
 * Fetches Kafka's jars into a folder, with Maven as this machine has it configured.
 *
 * @throws {Error} where there is no Maven, or it does not find them.
 */
export async function fetchKafkaJars(folder: string, say: Say): Promise<void> {
  const maven = findProgram('mvn');
  if (maven === undefined) throw new Error('the Kafka image needs Maven: apt-get install -y maven');
  say('mvn dependency:copy-dependencies');
  await mustRun(
    maven,
    [
      '--batch-mode',
      '--file',
      join(recipesFolder, 'kafka/pom.xml'),
      'dependency:copy-dependencies',
      '-DincludeScope=runtime',
      `-DoutputDirectory=${folder}`,
    ],
    600_000,
  );
  const jars = globSync(join(folder, '*.jar')).length;
  if (jars < 20) throw new Error(`Maven has left ${jars} jars where Kafka needs some forty`);
}
