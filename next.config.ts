import type { NextConfig } from "next";

const config: NextConfig = {
  poweredByHeader: false,
  typescript: { tsconfigPath: "tsconfig.json" },
};

export default config;
