import { binary } from './erlang-page.ts';
import type { Management } from './management.ts';

/** The broker's own list of a virtual host's clients. One that has just gone may stand in it still: it is asked whether it lives. */
const connectionsOf = (vhost: string, username: string) => `
  Pids = [Pid || Tracked <- rabbit_connection_tracking:list(${binary(vhost)}),
                 element(11, Tracked) =:= ${binary(username)},
                 Pid <- [element(6, Tracked)], is_process_alive(Pid)],`;

/** How many connections this user has. */
export async function countConnections(management: Management, vhost: string, username: string): Promise<number> {
  return Number(await management.evaluate(`${connectionsOf(vhost, username)} length(Pids).`));
}

/** Closes what connections the user has, the way an operator does, and waits until they are gone, for ten seconds at most. */
export async function closeConnections(management: Management, vhost: string, username: string): Promise<void> {
  await management.evaluate(`${connectionsOf(vhost, username)}
    [spawn(fun() -> rabbit_networking:close_connection(Pid, "closed by the lab") end) || Pid <- Pids],
    Gone = fun(_, 0) -> false;
              (Again, Left) -> case lists:any(fun is_process_alive/1, Pids) of
                  true -> timer:sleep(10), Again(Again, Left - 1);
                  false -> true
              end
           end,
    true = Gone(Gone, 1000).`);
}
