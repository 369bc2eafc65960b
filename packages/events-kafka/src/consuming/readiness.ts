/**
 * - `nothing`: none waits.
 * - `free`: the next may be handed over.
 * - `reserve`: commit `run` first.
 * - `suspect`: unsettled twice or more. Once nothing of the subscription is out: commit `suspect` (and the others `clean`).
 * - `alone`: the suspect may be handed over, while nothing else of the subscription is out and until it has ended. After it
 *   commit `clean` before anything else of the subscription is handed over, or a crash is charged to it as well.
 * - `wait`: not before something of this partition is settled.
 */
export type Readiness = 'nothing' | 'free' | 'reserve' | 'suspect' | 'alone' | 'wait';
