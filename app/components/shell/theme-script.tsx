/** The key of the chosen theme in the browser's storage. */
export const THEME_KEY = "theme";

const script = `try {
  if (localStorage.getItem("${THEME_KEY}") === "light") document.documentElement.dataset.theme = "light";
} catch {}`;

/** Sets the chosen theme before the first paint. The server does not know it. */
export function ThemeScript({ nonce }: { nonce: string | undefined }) {
  // biome-ignore lint/security/noDangerouslySetInnerHtml: a constant
  return <script nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: script }} />;
}
