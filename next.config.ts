import type { NextConfig } from "next";

const config: NextConfig = {
  poweredByHeader: false,
  typescript: { tsconfigPath: "tsconfig.json" },
  headers: async () => [
    {
      source: "/:path*",
      headers: [
        { key: "X-Frame-Options", value: "DENY" },
        { key: "X-Content-Type-Options", value: "nosniff" },
        { key: "Referrer-Policy", value: "same-origin" },
      ],
    },
  ],
};

export default config;
