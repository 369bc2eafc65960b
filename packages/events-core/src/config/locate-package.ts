import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * What to import for a package as it is installed for the code in a folder, or undefined where it is not installed.
 * `require.resolve` is used for its search alone: it works from any folder, on Node 22 as on 24, and honours `--conditions`,
 * while `import.meta.resolve` takes no folder without a flag. It sees `default` exports, not those under `import`.
 * @throws what Node.js says when the package is there and its entry is not.
 */
export function locatePackage(name: string, folder: string): string | undefined {
  const require = createRequire(join(folder, 'package.json'));
  try {
    return pathToFileURL(require.resolve(name)).href;
  } catch (error) {
    const installed = (require.resolve.paths(name) ?? []).some((modules) =>
      existsSync(join(modules, name, 'package.json')),
    );
    if (installed) throw error;
    return undefined;
  }
}
