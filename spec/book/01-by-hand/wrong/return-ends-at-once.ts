// A finally that yields is overlooked.
export const guesses = [
  'yields a',
  'returns c',
  'yields undefined',
  'returns undefined',
  'yields caught b',
  'throws b',
  'returns b',
  'returns b',
  'returns b',
  'returns b',
  'yields a',
  'returns mine',
];
