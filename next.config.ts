import type { NextConfig } from "next";

const config: NextConfig = {
  poweredByHeader: false,
  // The check sets this variable: it has checked the types before it builds.
  typescript: { tsconfigPath: "tsconfig.json", ignoreBuildErrors: process.env.TYPES_CHECKED === "1" },
  // Browsers request this path when a response names no icon.
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
    // Browsers request the icon after every change of the address, and scrubbing changes it many times a second.
    { source: "/icon.svg", headers: [{ key: "Cache-Control", value: "public, max-age=86400" }] },
  ],
};

export default config;
