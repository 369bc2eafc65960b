/** Loads the configuration of each broker and prints what it means, defaults included. Needs no broker: nothing connects. */
import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { loadConfig } from '@payments/events-core';

for (const file of globSync(`${import.meta.dirname}/configuration/*.json`).toSorted()) {
  const config = await loadConfig(file);
  console.log(`${basename(file)}:`);
  for (const [key, value] of Object.entries(config.messaging)) console.log(`  ${key}: ${JSON.stringify(value)}`);
}
