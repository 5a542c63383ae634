import { useEffect, useState } from 'react';

/** The value as of `ms` ago: for searches while somebody types. */
export function useDelayed<T>(value: T, ms = 200): T {
  const [delayed, setDelayed] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setDelayed(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return delayed;
}
