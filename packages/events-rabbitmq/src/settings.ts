/** How a connection is encrypted. Paths are relative to the working directory. */
export interface TlsOptions {
  /** PEM file with the authorities to trust. @default those Node.js trusts */
  readonly caFile?: string;
  /** PEM file with the client's certificate; needs `keyFile`. */
  readonly certFile?: string;
  /** PEM file with the client's private key; needs `certFile`. */
  readonly keyFile?: string;
  /** The name the server's certificate must carry. @default the host in `url` */
  readonly serverName?: string;
}

/** The options, checked and with their defaults. */
export interface Settings {
  readonly host: string;
  readonly port: number;
  readonly vhost: string;
  /** A function, so that no credential is shown when the settings are. */
  readonly login: () => { readonly username: string; readonly password: string };
  readonly tls: TlsOptions | undefined;
  readonly exchange: string;
  readonly queuePrefix: string;
  readonly unroutable: 'park' | 'error';
  readonly heartbeatS: number;
  readonly consumerTimeoutMs: number;
  readonly topology: 'declare' | 'check';
  readonly allowUnverifiedServer: boolean;
}
