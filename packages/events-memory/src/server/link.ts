/** Which way nothing gets through, without anyone being told: a network that swallows packets. */
export type Silence = 'none' | 'to-broker' | 'from-broker' | 'both';

/** What is wrong between one adapter and the server. Outlives its connections. */
export interface Link {
  silence: Silence;
  refusing: boolean;
  lostReplies: number;
  /** The process is stopped, its sockets are open. */
  frozen: boolean;
  /** The process is gone. */
  dead: boolean;
}

export function createLink(): Link {
  return { silence: 'none', refusing: false, lostReplies: 0, frozen: false, dead: false };
}
