/** Where a browser keeps the theme that was chosen. */
export const THEME_KEY = "theme";

const script = `try {
  if (localStorage.getItem("${THEME_KEY}") === "light") document.documentElement.dataset.theme = "light";
} catch {}`;

/** Puts on the chosen theme before anything is drawn: a server cannot know it. */
export function ThemeScript({ nonce }: { nonce: string | undefined }) {
  // biome-ignore lint/security/noDangerouslySetInnerHtml: a constant
  return <script nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: script }} />;
}
