export type AnyFunction = (...args: unknown[]) => unknown;

/** What a call on the view does. `self` is the service where the view was called on. */
type Call = (self: unknown, args: unknown[]) => unknown;

/**
 * An object that stands for the service. Methods run on the service itself, because private fields exist on nothing
 * else. The target is a stand-in: a proxy must return a frozen object's own properties unchanged.
 */
export function serviceView(service: object, callOf: (name: string, method: AnyFunction) => Call): object {
  const seen = new WeakMap<AnyFunction, Map<PropertyKey, AnyFunction>>();

  function methodOf(name: PropertyKey, method: AnyFunction): AnyFunction {
    const byName = seen.get(method) ?? new Map<PropertyKey, AnyFunction>();
    seen.set(method, byName);
    const known = byName.get(name);
    if (known !== undefined) return known;
    const call = callOf(String(name), method);
    const viewed = new Proxy(method, { apply: (_method, self, args) => call(self === view ? service : self, args) });
    byName.set(name, viewed);
    return viewed;
  }

  const view: object = new Proxy(Object.create(Object.getPrototypeOf(service)) as object, {
    get(_target, name) {
      const value: unknown = Reflect.get(service, name, service);
      return isFunction(value) && name !== 'constructor' ? methodOf(name, value) : value;
    },
    set: (_target, name, value) => Reflect.set(service, name, value, service),
    has: (_target, name) => Reflect.has(service, name),
    deleteProperty: (_target, name) => Reflect.deleteProperty(service, name),
    ownKeys: () => Reflect.ownKeys(service),
    getOwnPropertyDescriptor(_target, name) {
      const descriptor = Reflect.getOwnPropertyDescriptor(service, name);
      return descriptor === undefined ? undefined : { ...descriptor, configurable: true };
    },
  });
  return view;
}

export function isFunction(value: unknown): value is AnyFunction {
  return typeof value === 'function';
}
