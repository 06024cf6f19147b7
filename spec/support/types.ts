// What type specs are made of: they are checked by the compiler, not at run time.

/** True when the two types are the same, not only assignable to each other; `any` equals only `any`. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** `type<number>()(value)` compiles when the value's type is exactly that. */
export const type =
  <Wanted>() =>
  <Actual>(
    _value: Actual,
    ..._proof: Equal<Actual, Wanted> extends true ? [] : [error: { wanted: Wanted; actual: Actual }]
  ): void => {};
