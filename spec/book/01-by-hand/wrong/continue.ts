// A loop in a finally is overlooked.
export const guesses = [
  'yields a',
  'returns c',
  'yields undefined',
  'returns undefined',
  'yields caught b',
  'throws b',
  'returns b',
  'yields tidy',
  'returns b',
  'returns b',
  'returns b',
  'returns mine',
];
