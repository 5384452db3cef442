import { Group, Text } from "@mantine/core";

/** The sign and the name. */
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <Group gap={size / 3} wrap="nowrap">
      <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="8" fill="var(--mantine-color-pine-7)" />
        <g fill="none" stroke="#fff" strokeWidth="2.6" strokeLinecap="round" strokeLinejoin="round">
          <path d="M22.5 11.2A8 8 0 0 0 8.3 14M9.5 20.8A8 8 0 0 0 23.7 18" />
          <path d="M23.2 7v5h-5M8.8 25v-5h5" />
        </g>
      </svg>
      <Text component="span" fw={650} fz={size * 0.62} lh={1} style={{ letterSpacing: "-0.02em" }}>
        girosync
      </Text>
    </Group>
  );
}
