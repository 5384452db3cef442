import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

const pine: MantineColorsTuple = [
  "#ecf7f4", "#d7ebe6", "#acd7cc", "#7dc2b1", "#57b09b", "#3ea58c", "#1f8e76", "#0b6e5f", "#075a4d", "#04463c",
];

/** Warm greys: pages of an account book rather than of a control room. */
const gray: MantineColorsTuple = [
  "#faf9f7", "#f3f2ee", "#e8e6e0", "#dbd8d0", "#c2beb4", "#9d998f", "#716d65", "#54514b", "#393733", "#23221f",
];

const dark: MantineColorsTuple = [
  "#d6d9dc", "#b4b9bf", "#949ba3", "#68707a", "#454c55", "#353b43", "#282d34", "#1e2228", "#171a1f", "#111418",
];

export const theme = createTheme({
  primaryColor: "pine",
  primaryShade: 7,
  colors: { pine, gray, dark },
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  headings: {
    fontWeight: "620",
    sizes: { h1: { fontSize: "1.625rem", lineHeight: "1.25" }, h2: { fontSize: "1.125rem", lineHeight: "1.35" }, h3: { fontSize: "1.25rem", lineHeight: "1.3" } },
  },
});

/** The tints of light buttons and badges: calm on either ground, and dark enough to read. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: { "--mantine-color-text": gray[9], "--mantine-color-error": "#c92a2a", "--mantine-color-yellow-light": "#fdf3dc", "--mantine-color-yellow-light-color": "#7a4f00" },
  dark: {
    "--mantine-color-pine-light": "#1c3934",
    "--mantine-color-pine-light-hover": "#23463f",
    "--mantine-color-pine-light-color": pine[2],
    "--mantine-color-red-light": "#432422",
    "--mantine-color-red-light-color": "#ffb4aa",
    "--mantine-color-yellow-light": "#332b17",
    "--mantine-color-yellow-light-color": "#f3d48b",
    "--mantine-color-anchor": pine[3],
    "--mantine-color-error": "#ffa8a0",
  },
});
