/**
 * A window into RabbitMQ: a page of its management API that evaluates Erlang expressions inside the broker and answers in
 * JSON, in a few milliseconds. `rabbitmqctl eval` does the same for about a second of CPU, and the API's own counts are up
 * to five seconds old. For brokers of tests only.
 */

/** One form a line. Whoever asks must log in as an administrator. */
const source = `
-module(contract_probe).
-export([init/2]).
init(Request, State) -> {ok, Body, Read} = cowboy_req:read_body(Request, #{length => 1000000}), {Status, Answer} = answer(cowboy_req:parse_header(<<"authorization">>, Read), Body), {ok, cowboy_req:reply(Status, #{}, Answer, Read), State}.
answer({basic, Name, Password}, Body) -> case rabbit_access_control:check_user_pass_login(Name, Password) of {ok, User} -> case lists:member(administrator, element(3, User)) of true -> evaluate(Body); false -> {403, <<"no administrator">>} end; _ -> {401, <<"refused">>} end; answer(_, _) -> {401, <<"who is it?">>}.
evaluate(Body) -> try {ok, Tokens, _} = erl_scan:string(unicode:characters_to_list(Body)), {ok, Expressions} = erl_parse:parse_exprs(Tokens), {value, Value, _} = erl_eval:exprs(Expressions, []), {200, rabbit_json:encode(Value)} catch Class:Reason:Stack -> {500, unicode:characters_to_binary(io_lib:format("~0p", [{Class, Reason, Stack}]))} end.
`;

export const probePath = '/contract-probe';

/**
 * The argument of `rabbitmqctl eval` that puts the page before all others. It is gone when the broker restarts. Without
 * backslashes: some packages of `rabbitmqctl` lose them.
 */
export const installation = `
Source = binary_to_list(base64:decode("${Buffer.from(source.trim()).toString('base64')}")),
Forms = [begin {ok, Tokens, _} = erl_scan:string(Line), {ok, Form} = erl_parse:parse_form(Tokens), Form end || Line <- string:split(Source, [10], all)],
{ok, contract_probe, Binary} = compile:forms(Forms),
{module, contract_probe} = code:load_binary(contract_probe, "contract_probe", Binary),
[{Port, Listener, Selectors, Fallback}] = ets:lookup(rabbitmq_web_dispatch, 15672),
Here = fun(Request) -> cowboy_req:path(Request) =:= <<"${probePath}">> end,
Routes = cowboy_router:compile([{'_', [{"${probePath}", contract_probe, []}]}]),
Others = lists:keydelete(contract_probe, 1, Selectors),
ets:insert(rabbitmq_web_dispatch, {Port, Listener, [{contract_probe, Here, Routes, {"probe", "probe"}} | Others], Fallback}).
`;

/** A binary for an expression, whatever the text holds. */
export function binary(text: string): string {
  return `base64:decode(<<"${Buffer.from(text).toString('base64')}">>)`;
}
