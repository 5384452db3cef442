import { ActionIcon, Group, SegmentedControl, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { type Language, languages, useI18n } from "../i18n/I18n";
import { MoonIcon, SunIcon } from "./icons";

/** Language and light or dark, the two choices that hold before and after logging in. */
export function Preferences() {
  const { language, choose, t } = useI18n();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light", { getInitialValueInEffect: false });
  const dark = scheme === "dark";
  const choices = (Object.keys(languages) as Language[]).map((value) => ({ value, label: value.toUpperCase() }));
  return (
    <Group gap="xs" wrap="nowrap">
      <SegmentedControl size="xs" aria-label={t.app.language} data={choices} value={language}
        onChange={(value) => choose(value as Language)} />
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={dark ? t.app.toLight : t.app.toDark}
        onClick={() => setColorScheme(dark ? "light" : "dark")}>
        {dark ? <SunIcon /> : <MoonIcon />}
      </ActionIcon>
    </Group>
  );
}
