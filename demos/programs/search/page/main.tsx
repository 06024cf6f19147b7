// The page: a search box, and a busy task beside a counter of frames.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Busy } from './busy.tsx';
import { SearchBox } from './search-box.tsx';

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <SearchBox />
    <Busy />
  </StrictMode>,
);
