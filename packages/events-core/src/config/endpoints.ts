/** One server of a `url`. */
export interface Endpoint {
  readonly host: string;
  /** Absent where the URL names none: the broker's usual one. */
  readonly port?: number;
}

/** A configured `url`, taken apart. Several servers are separated by commas: `kafka://one:9092,two:9092`. */
export interface ConnectionUrl {
  /** Lower case, without `://`. */
  readonly scheme: string;
  readonly endpoints: readonly [Endpoint, ...Endpoint[]];
  /** Decoded. */
  readonly username?: string;
  /** Decoded. */
  readonly password?: string;
  /** Decoded, without the leading slash: RabbitMQ's virtual host, Redis' database number. Absent where the URL ends at the host or its slash. */
  readonly path?: string;
}

/**
 * Takes a URL apart, several servers included, which `URL` alone cannot.
 * @throws {TypeError} for what is no such URL. The message is a predicate ("must …") and never holds the URL, which may hold a password.
 */
export function readConnectionUrl(url: string): ConnectionUrl {
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]*):\/\/(.+)$/is.exec(url) ?? [];
  if (scheme === undefined || rest === undefined) throw new TypeError('must be a URL such as scheme://host:port');
  const servers = rest
    .split(',')
    .map((server) => readServer(server.includes('://') ? server : `${scheme}://${server}`));
  const [first, ...others] = servers as [URL, ...URL[]];
  for (const server of others) {
    if (server.protocol !== first.protocol) throw new TypeError('must give all its servers the same scheme');
    if (!sameOrNone(server, first))
      throw new TypeError('must give all its servers the same credentials, once is enough');
  }
  const path = decoded(first.pathname.slice(1));
  return {
    scheme: scheme.toLowerCase(),
    endpoints: [endpoint(first), ...others.map(endpoint)],
    ...(first.username === '' ? {} : { username: decoded(first.username) }),
    ...(first.password === '' ? {} : { password: decoded(first.password) }),
    ...(path === '' ? {} : { path }),
  };
}

/** The servers of a URL as `host:port, host:port`, for people: without credentials. */
export function describeEndpoints(url: string): string {
  const { endpoints } = readConnectionUrl(url);
  return endpoints.map(({ host, port }) => (port === undefined ? host : `${host}:${port}`)).join(', ');
}

function readServer(text: string): URL {
  if (!URL.canParse(text)) {
    throw new TypeError('must be a URL; percent-encode special characters in the user name and the password');
  }
  const server = new URL(text);
  if (server.hostname === '') throw new TypeError('must name a host');
  // An unencoded `/` in a password makes the rest of it look like a path.
  if (/@/.test(server.pathname + server.search + server.hash)) {
    throw new TypeError('must percent-encode special characters in the user name and the password');
  }
  if (server.search !== '' || server.hash !== '') {
    throw new TypeError('must end before "?" and "#": options are keys of their own');
  }
  return server;
}

function sameOrNone(server: URL, first: URL): boolean {
  if (server.username === '' && server.password === '') return true;
  return server.username === first.username && server.password === first.password;
}

function endpoint({ hostname, port }: URL): Endpoint {
  return port === '' ? { host: hostname } : { host: hostname, port: Number(port) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new TypeError('must percent-encode special characters, "%" itself as %25');
  }
}
