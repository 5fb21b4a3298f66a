/** The sign of the project: the lamp over a green room's door. */
export function Mark() {
  return (
    <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
      <path d="M3.75 16.5V8.25a5.25 5.25 0 0 1 10.5 0v8.25" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M1.5 16.5h15" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" />
      <circle cx="9" cy="8.5" r="2.25" className="fill-emerald" />
    </svg>
  );
}
