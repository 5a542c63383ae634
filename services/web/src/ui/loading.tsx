import './loading.css';

/** Names what it waits for. Appears after 200 ms only, so that quick answers do not flicker. */
export function Loading({ text }: { text: string }) {
  return (
    <p className="loading" role="status">
      <span className="loading-ring" aria-hidden="true" />
      {text}
    </p>
  );
}
