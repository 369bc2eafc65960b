import { binary } from './erlang-page.ts';
import type { Management } from './management.ts';

/** What the leader of a quorum queue holds at this moment: waiting, with consumers, and on its way to another queue. */
export interface QueueCount {
  readonly name: string;
  readonly total: number;
  /** Of these, what no consumer holds. */
  readonly ready: number;
}

export interface StoredMessage {
  readonly id: string;
  readonly type: string;
}

/** The lock of a sweep is a classic queue, and never holds anything. */
const quorumQueuesOf = (vhost: string) => `
  Queues = [Queue || Queue <- rabbit_amqqueue:list(${binary(vhost)}), amqqueue:get_type(Queue) =:= rabbit_quorum_queue],
  Name = fun(Queue) -> element(4, amqqueue:get_name(Queue)) end,`;

/** Asks the state machines themselves: no statistics in between, and nothing is delivered. */
export async function countMessages(management: Management, vhost: string): Promise<readonly QueueCount[]> {
  return (await management.evaluate(`${quorumQueuesOf(vhost)}
    Ask = fun(Queue, Question) -> {ok, {_, Answer}, _} = ra:leader_query(amqqueue:get_pid(Queue), Question), Answer end,
    [#{name => Name(Queue),
       total => Ask(Queue, fun rabbit_fifo:query_messages_total/1),
       ready => Ask(Queue, fun rabbit_fifo:query_messages_ready/1)} || Queue <- Queues].`)) as readonly QueueCount[];
}

/**
 * Messages that no consumer holds, in the order in which they would be delivered. Peeking charges no delivery and moves
 * nothing, unlike `basic.get` with requeue, which does both.
 */
export async function peekMessages(
  management: Management,
  vhost: string,
  queue?: string,
): Promise<readonly StoredMessage[]> {
  const wanted = queue === undefined ? 'true' : `Name(Queue) =:= ${binary(queue)}`;
  return (await management.evaluate(`${quorumQueuesOf(vhost)}
    Text = fun(Names, Properties) ->
      hd([Value || Key <- Names, {Found, Value} <- Properties, Found =:= Key, is_binary(Value)] ++ [<<>>]) end,
    Peek = fun(Again, Queue, Position, Seen) ->
      case rabbit_quorum_queue:peek(Position, Queue) of
        {ok, Properties} -> Again(Again, Queue, Position + 1, [#{
          id => Text([<<"message_id">>, <<"header.payments:id">>], Properties),
          type => Text([<<"type">>], Properties)} | Seen]);
        {error, no_message_at_pos} -> lists:reverse(Seen)
      end end,
    lists:append([Peek(Peek, Queue, 1, []) || Queue <- Queues, ${wanted}]).`)) as readonly StoredMessage[];
}
