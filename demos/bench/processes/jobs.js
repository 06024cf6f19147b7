// What the workers of the workloads `threads` and `processes` do: nothing. So a call costs what it costs to get there
// and back.

/** Gives back what it was given. */
export const echo = (value) => value;
