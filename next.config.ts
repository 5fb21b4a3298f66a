import type { NextConfig } from "next";

const config: NextConfig = {
  poweredByHeader: false,
  // The check sets this variable: it has checked the types before it builds.
  typescript: { tsconfigPath: "tsconfig.json", ignoreBuildErrors: process.env.TYPES_CHECKED === "1" },
  // Browsers ask for it by themselves where a page could not tell them of its icon.
  redirects: async () => [{ source: "/favicon.ico", destination: "/icon.svg", permanent: true }],
  headers: async () => [
    {
      source: "/:path*",
      headers: [
        { key: "X-Frame-Options", value: "DENY" },
        { key: "X-Content-Type-Options", value: "nosniff" },
        { key: "Referrer-Policy", value: "same-origin" },
      ],
    },
    // Browsers look for the icon at each new address, which who scrubs makes many a second; its own names its content.
    { source: "/icon.svg", headers: [{ key: "Cache-Control", value: "public, max-age=86400" }] },
  ],
};

export default config;
