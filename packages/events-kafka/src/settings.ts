/** How a connection is encrypted. Paths are relative to the working directory. */
export interface TlsOptions {
  /** PEM file with the authorities to trust. @default those Node.js trusts */
  readonly caFile?: string;
  /** PEM file with the client's certificate; needs `keyFile`. */
  readonly certFile?: string;
  /** PEM file with the client's private key; needs `certFile`. */
  readonly keyFile?: string;
  /** The name the servers' certificates must carry. @default the host that a connection goes to */
  readonly serverName?: string;
}

/** Where a broker is reached. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

export type SaslMechanism = 'plain' | 'scram-sha-256' | 'scram-sha-512';

interface Login {
  readonly mechanism: SaslMechanism;
  readonly username: string;
  readonly password: string;
}

/** The options, checked and with their defaults. */
export interface Settings {
  /** `host:port`, at least one. */
  readonly brokers: readonly string[];
  /** A function, so that no credential is shown when the settings are. Undefined: nobody logs in. */
  readonly login: (() => Login) | undefined;
  readonly tls: TlsOptions | undefined;
  readonly topicPrefix: string;
  readonly topicStrategy: 'entity' | 'type';
  readonly partitions: number;
  /** Undefined: three, or as many as there are brokers. */
  readonly replicationFactor: number | undefined;
  /** Of main topics; -1 is for ever. */
  readonly retentionMs: number;
  readonly topology: 'declare' | 'check';
  readonly sessionTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly topicRefreshMs: number;
  readonly clientId: string;
  readonly addressOf: ((advertised: Address) => Address) | undefined;
}
