import { z } from 'zod';
import { readConnectionUrl, type ConnectionUrl } from './endpoints.ts';
import { tlsSchema, type TlsConfig } from './tls-config.ts';

/** What every broker that is reached over the network can be told. */
export interface ConnectionConfig {
  /** Where the broker is. Credentials may stand in it, or in the keys below, not in both. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  /** Present = TLS is used; also set where the URL's scheme says so. `true` in the file is `{}` here. */
  readonly tls?: TlsConfig;
}

export const credentialKeys = {
  username: z.string().min(1).exactOptional(),
  password: z.string().min(1).exactOptional(),
  tls: tlsSchema.exactOptional(),
};

/** The schema of a `url` key. */
export function urlKey(rule: {
  readonly schemes: readonly [string, ...string[]];
  readonly servers: 'one' | 'several';
  /** What may stand behind the host; nothing if absent. */
  readonly path?: { readonly allowed: RegExp; readonly message: string };
}) {
  return z.string().superRefine((url, context) => {
    const message = problem(url);
    // Ends the check here: those of the whole object read the URL again.
    if (message !== undefined) context.addIssue({ code: 'custom', message, continue: false });
  });

  function problem(url: string): string | undefined {
    const expected = rule.schemes.map((scheme) => `${scheme}://`).join(' or ');
    if (!rule.schemes.some((scheme) => url.toLowerCase().startsWith(`${scheme}://`)))
      return `must begin with ${expected}`;
    let read: ConnectionUrl;
    try {
      read = readConnectionUrl(url);
    } catch (error) {
      return error instanceof TypeError ? error.message : 'must be a URL';
    }
    if (rule.servers === 'one' && read.endpoints.length > 1) return 'must name one server';
    const { allowed, message } = rule.path ?? { allowed: /^$/, message: 'must end at the host and port' };
    return allowed.test(read.path ?? '') ? undefined : message;
  }
}

/** Cross-checks of the connection keys, for `superRefine` on each broker's object. `url` has passed its own check. */
export function checkCredentials(
  config: ConnectionConfig,
  context: z.RefinementCtx,
  options: { readonly passwordAlone: boolean },
): void {
  const inUrl = readConnectionUrl(config.url);
  const twice = config.password === undefined ? 'username' : 'password';
  if ((inUrl.username ?? inUrl.password) !== undefined && config[twice] !== undefined) {
    context.addIssue({
      code: 'custom',
      path: [twice],
      message: 'must not be set while url holds credentials: say them once',
    });
  } else if (config.username !== undefined && config.password === undefined) {
    context.addIssue({ code: 'custom', path: ['password'], message: 'is missing: username is set' });
  } else if (config.password !== undefined && config.username === undefined && !options.passwordAlone) {
    context.addIssue({ code: 'custom', path: ['username'], message: 'is missing: password is set' });
  }
}

const encryptedSchemes: readonly string[] = ['amqps', 'rediss', 'tls'];

/** Sets `tls` where the URL's scheme asks for it, so that adapters look in one place. */
export function withTlsOfUrl<C extends ConnectionConfig>(config: C): C {
  return config.tls === undefined && encryptedSchemes.includes(readConnectionUrl(config.url).scheme)
    ? { ...config, tls: {} }
    : config;
}

/** User name and password, wherever they were said. */
export function credentialsOf(config: ConnectionConfig): { readonly username?: string; readonly password?: string } {
  const { username, password } =
    config.username === undefined && config.password === undefined ? readConnectionUrl(config.url) : config;
  return { ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }) };
}
